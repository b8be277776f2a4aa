package jobs

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"inbox", "interest_day", "rules", "name"}
	for word, want := range map[string]string{
		"inboks": "inbox", "rulse": "rules", "nme": "name", "naem": "name", "interestday": "interest_day",
		"foo": "", "办公室": "", "": "", "n": "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
