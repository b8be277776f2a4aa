package main

import (
	"slices"
	"testing"

	"tiexi/formats/cell"
	"tiexi/formats/jobs"
	"tiexi/formats/statement"
)

// jobs.yaml speaks of what the readers and writers know, by the same names.
func TestJobsUsesTheFormatsOwnWords(t *testing.T) {
	for ours, theirs := range map[jobs.RateUnit]cell.RateUnit{
		jobs.Percent: cell.Percent, jobs.Fraction: cell.Fraction, jobs.PermilleMonth: cell.PermilleMonth,
	} {
		if string(ours) != string(theirs) {
			t.Errorf("rate unit %q is %q to the reader", ours, theirs)
		}
	}
	for ours, theirs := range map[jobs.AmountUnit]cell.AmountUnit{jobs.Yuan: cell.Yuan, jobs.Wan: cell.Wan} {
		if string(ours) != string(theirs) {
			t.Errorf("amount unit %q is %q to the reader", ours, theirs)
		}
	}
	for ours, theirs := range map[jobs.DayConvention]statement.Convention{
		jobs.DaysBoth: statement.BothCount, jobs.DaysFirst: statement.FirstCount, jobs.DaysLast: statement.LastCount,
	} {
		if string(ours) != string(theirs) {
			t.Errorf("convention %q is %q to the reader", ours, theirs)
		}
	}
	if !slices.Equal(statement.Tolerances, []statement.Tolerance{jobs.RoundAmounts}) {
		t.Errorf("the reader's tolerances are %v, jobs.yaml knows only %s", statement.Tolerances, jobs.RoundAmounts)
	}
}
