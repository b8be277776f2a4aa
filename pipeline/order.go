package pipeline

import (
	"strings"

	"tiexi/pipeline/values"
)

// comparePlaces orders townships, then villages, as text.
func comparePlaces(a, b [2]string) int {
	if c := strings.Compare(a[0], b[0]); c != 0 {
		return c
	}
	return strings.Compare(a[1], b[1])
}

func compareQuarters(a, b values.Quarter) int { return strings.Compare(a.String(), b.String()) }
