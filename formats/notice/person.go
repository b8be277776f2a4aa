package notice

import "tiexi/pipeline/values"

// Person is somebody who is named on a village's lists.
type Person struct {
	Village string
	Name    string
	ID      values.ResidentID
}

// Suffixes gives, for each person in order, the last four of the id where
// another person of the same name (spaces, widths and middle dots folded) is
// named in the same village, else "". Pass everyone who is on any of the
// quarter's lists, supplements included, so that a person is called the same on
// each of them.
func Suffixes(people []Person) []string {
	type key struct{ village, name string }
	first := make(map[key]values.ResidentID, len(people))
	shared := make(map[key]bool)
	for _, p := range people {
		k := key{p.Village, values.FoldName(p.Name)}
		if id, seen := first[k]; seen && id != p.ID {
			shared[k] = true
		} else {
			first[k] = p.ID
		}
	}
	suffixes := make([]string, len(people))
	for i, p := range people {
		if whole := p.ID.Whole(); shared[key{p.Village, values.FoldName(p.Name)}] && len(whole) >= 4 {
			suffixes[i] = whole[len(whole)-4:]
		}
	}
	return suffixes
}
