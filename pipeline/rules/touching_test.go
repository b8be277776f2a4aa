package rules

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

// outlined tells Touching what the ledger tells it of a quarter.
func outlined(f *Facts) *Touching {
	t := NewTouching()
	for i := range f.Lines {
		l := f.Lines[i].Line
		t.Add(l.Loan(), l.ID, l.Account)
	}
	for _, person := range slices.Sorted(func(yield func(values.ResidentID) bool) {
		for id := range f.Roster {
			if !yield(id) {
				return
			}
		}
	}) {
		for _, m := range f.Roster[person] {
			t.OnRoster(person, m.Household, m.Account)
		}
	}
	for i := range f.Lines {
		if frozen := f.Lines[i].Frozen; frozen != nil {
			t.Judged(f.Lines[i].Line.Loan(), frozen.Household, frozen.Account)
		}
	}
	return t
}

// town draws a quarter of which some lines touch and some do not: loans,
// households and accounts are drawn from a few each, and some lines have been
// paid, or were decided.
func town(t *rapid.T) *Facts {
	f := crowd(t)
	for i := range f.Lines {
		l := f.Lines[i].Line
		spread := rapid.IntRange(0, 3).Draw(t, "spread")
		l.Contract += fmt.Sprint("-", spread)
		l.ID = resident("19800506", 10*spread+rapid.IntRange(1, 3).Draw(t, "person"))
		l.Account = values.Account(rapid.SampledFrom([]string{"", "", "1001", "1 001", "1009"}).Draw(t, "stated"))
		m := soundMember()
		m.Household = fmt.Sprint("H", rapid.IntRange(0, 8).Draw(t, "household"))
		m.Account = values.Account(fmt.Sprint("100", rapid.IntRange(0, 12).Draw(t, "account")))
		f.Roster[l.ID] = append(f.Roster[l.ID], m)
		switch rapid.IntRange(0, 9).Draw(t, "said") {
		case 0:
			f.Lines[i].Frozen = &Frozen{values.Accepted, fmt.Sprint("H", rapid.IntRange(0, 9).Draw(t, "was")), values.Account(fmt.Sprint("100", rapid.IntRange(0, 13).Draw(t, "went")))}
		case 1:
			f.Lines[i].Decision = Decision{Outcome: values.Returned, Round: rapid.IntRange(1, 2).Draw(t, "round"), Digest: "none"}
		}
	}
	return f
}

// batchOf are the facts of some lines alone: they, and the roster rows of their
// borrowers.
func batchOf(f *Facts, lines []int) *Facts {
	part := *f
	part.Lines, part.Roster = nil, map[values.ResidentID][]Membership{}
	for _, i := range lines {
		part.Lines = append(part.Lines, f.Lines[i])
		part.Roster[f.Lines[i].Line.ID] = f.Roster[f.Lines[i].Line.ID]
	}
	return &part
}

// Batch by batch, lines get the verdicts that they get in the whole quarter.
func TestBatchesGiveTheVerdictsOfTheWhole(t *testing.T) {
	split := false
	rapid.Check(t, func(t *rapid.T) {
		f := town(t)
		whole := Check(f)
		for i := range f.Lines { // decisions find the facts that the lines now have
			if d := &f.Lines[i].Decision; d.Outcome != "" {
				d.Digest = whole[i].Digest
			}
		}
		whole = Check(f)
		seen := make([]bool, len(f.Lines))
		first := -1
		for batch := range outlined(f).Batches(rapid.IntRange(1, 4).Draw(t, "at least")) {
			if !slices.IsSorted(batch) || batch[0] < first {
				t.Fatalf("%v comes after the batch of line %d", batch, first)
			}
			first = batch[0]
			split = split || len(batch) < len(f.Lines)
			for n, v := range Check(batchOf(f, batch)) {
				i := batch[n]
				if seen[i] {
					t.Fatalf("line %d is in two batches", i)
				}
				seen[i] = true
				if !reflect.DeepEqual(v, whole[i]) {
					t.Fatalf("line %d in %v:\n%+v\nin the whole:\n%+v", i, batch, v, whole[i])
				}
			}
		}
		if slices.Contains(seen, false) {
			t.Fatalf("lines are left out: %v", seen)
		}
	})
	if !split {
		t.Error("no quarter was split: this proves nothing")
	}
}

// Each thing that two lines can have in common keeps them in one batch, and lines
// with nothing in common are apart.
func TestWhatKeepsLinesTogether(t *testing.T) {
	loan := func(n int) values.Loan { return values.Loan{Bank: "甲", Contract: fmt.Sprint("HT", n)} }
	id := func(n int) values.ResidentID { return resident("19800506", n) }
	for what, test := range map[string]struct {
		tie  func(*Touching)
		want string
	}{
		"nothing":                   {func(*Touching) {}, "[[0] [1] [2]]"},
		"a household of the roster": {func(t *Touching) { t.OnRoster(id(0), "H1", ""); t.OnRoster(id(2), "H1", "") }, "[[0 2] [1]]"},
		"a household in between": {func(t *Touching) {
			t.OnRoster(id(0), "H1", "1")
			t.OnRoster(id(1), "H1", "2")
			t.OnRoster(id(2), "H3", "2")
		}, "[[0 1 2]]"},
		"the statement's and the roster": {func(t *Touching) { t.OnRoster(id(1), "H1", "10 02") }, "[[0] [1 2]]"},
		"what it was judged with":        {func(t *Touching) { t.Judged(loan(0), "H1", ""); t.OnRoster(id(1), "H1", "") }, "[[0 1] [2]]"},
		"somebody who borrowed nothing":  {func(t *Touching) { t.OnRoster(id(9), "H1", ""); t.OnRoster(id(0), "H1", "") }, "[[0] [1] [2]]"},
		"a line of the same loan":        {func(t *Touching) { t.Add(loan(1), id(3), "") }, "[[0] [1 3] [2]]"},
		"a line of the same borrower":    {func(t *Touching) { t.Add(loan(4), id(0), "") }, "[[0 3] [1] [2]]"},
		"no id, no account":              {func(t *Touching) { t.Add(loan(4), "", ""); t.Add(loan(5), "", "") }, "[[0] [1] [2] [3] [4]]"},
	} {
		touching := NewTouching()
		for n, account := range []values.Account{"", "", "1002"} {
			touching.Add(loan(n), id(n), account)
		}
		test.tie(touching)
		if got := fmt.Sprint(slices.Collect(touching.Batches(1))); got != test.want {
			t.Errorf("%s: %s, want %s", what, got, test.want)
		}
	}
}

// However many lines there are, a batch has no more than were asked for and the
// last set that it took; one household's lines meet across the quarter.
func TestABatchStaysSmall(t *testing.T) {
	const lines, atLeast = 10_000, 100
	touching := NewTouching()
	household := func(i int) string { return fmt.Sprint("H", i%(lines/2)) } // the first half's again in the second
	for i := range lines {
		person := values.ResidentID(fmt.Sprint(i))
		touching.Add(values.Loan{Bank: "甲", Contract: fmt.Sprint(i)}, person, "")
		touching.OnRoster(person, household(i), values.Account(fmt.Sprint("acct", household(i))))
	}
	batches := 0
	for batch := range touching.Batches(atLeast) {
		batches++
		if len(batch) != atLeast {
			t.Fatalf("a batch of %d", len(batch))
		}
		for n, i := range batch[:atLeast/2] {
			if household(i) != household(batch[n+atLeast/2]) {
				t.Fatalf("line %d is not with its household: %v", i, batch)
			}
		}
	}
	if batches != lines/atLeast {
		t.Errorf("%d batches", batches)
	}
}
