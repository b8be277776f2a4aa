package statement

import (
	"tiexi/formats/cell"
	"tiexi/formats/heading"
	"tiexi/pipeline/values"
)

// Options are what is known of a file beforehand. The zero value reads as
// strictly as formats.md says.
type Options struct {
	File        string         // name in the inbox
	InterestDay int            // day of the month on which banks settle interest; 0 is 20
	Quarter     values.Quarter // whose days lines without dates have, where neither title nor file name says; may be zero

	// Overrides of one bank, from jobs.yaml.
	Bank     string                  // its name; "": a column of the sheet, else the title
	Headings map[string]values.Field // headings that somebody has explained; FieldNone: pass over
	Rate     cell.RateUnit           // cell.ByValue: as the heading says, else by value
	Amount   cell.AmountUnit         // "": as heading and title say, else yuan
	Days     Convention              // "": as the day counts of the sheet say, else both ends count
	Allow    []Tolerance
}

// Convention says which ends of the dates that a bank writes count
// (policy.md §1, "Days"). A line's own dates are inclusive whatever it is.
type Convention string

// The conventions.
const (
	BothCount  Convention = "both"  // n = to − from + 1
	FirstCount Convention = "first" // n = to − from, the last day does not count: 算头不算尾
	LastCount  Convention = "last"  // n = to − from, the first day does not count: the previous settlement day
)

// Tolerance is a named allowance for one bank.
type Tolerance string

// RoundAmounts takes amounts with more than two decimals and rounds them to the
// fen, half away from zero.
const RoundAmounts Tolerance = "round-amounts"

// Tolerances are all there are.
var Tolerances = []Tolerance{RoundAmounts}

// Taught are the bank's own headings for a vocabulary whose keys are fields.
func (o *Options) Taught() map[string]heading.Key {
	keys := make(map[string]heading.Key, len(o.Headings))
	for text, f := range o.Headings {
		if keys[text] = heading.Key(f); f == values.FieldNone {
			keys[text] = heading.Ignored
		}
	}
	return keys
}

func (o *Options) interestDay() int {
	if o.InterestDay == 0 {
		return 20
	}
	return o.InterestDay
}
