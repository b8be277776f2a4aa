package rules

import (
	"slices"
	"testing"

	"tiexi/pipeline/values"
)

// decide records a decision on a line in sight of the present verdicts.
func (w *world) decide(line, round int, outcome values.Outcome) {
	w.Lines[line].Decision = Decision{Outcome: outcome, Digest: Check(&w.Facts)[line].Digest, Round: round}
}

func (w *world) outcomes(t *testing.T, want ...values.Outcome) {
	t.Helper()
	var got []values.Outcome
	for _, v := range Check(&w.Facts) {
		got = append(got, v.Outcome)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("outcomes %v, want %v", got, want)
	}
}

func TestDecisionOnHeldLine(t *testing.T) {
	w := soundWorld()
	w.line().Purpose = "建房"
	w.outcomes(t, values.Held)
	w.decide(0, 1, values.Accepted)
	w.outcomes(t, values.Accepted)
	if v := Check(&w.Facts)[0]; !v.Decided || v.Reopened || !slices.Equal(codes(v), []string{PurposeNotAllowed}) {
		t.Errorf("got %+v", v)
	}

	w.line().Paid += 1 // still fits the recomputation, but it is another fact
	w.outcomes(t, values.Held)
	if v := Check(&w.Facts)[0]; v.Decided || !v.Reopened {
		t.Errorf("after a change: decided %v, reopened %v", v.Decided, v.Reopened)
	}
	w.line().Paid -= 1
	w.line().Row, w.line().File = 77, "更正.xlsx" // where it stands is no fact
	w.outcomes(t, values.Accepted)

	w.decide(0, 2, values.Returned) // a later decision takes the place of the first
	w.outcomes(t, values.Returned)
}

func TestDecisionDoesNotLiftReturned(t *testing.T) {
	w := soundWorld()
	w.line().Purpose = "建房"
	w.decide(0, 1, values.Accepted)
	w.line().Renewals = 2
	w.outcomes(t, values.Returned)
}

func TestDecisionFallsWithItsHeldFindings(t *testing.T) {
	w := soundWorld()
	w.line().Purpose = "建房"
	w.decide(0, 1, values.Accepted)
	w.line().Guarantee = "抵押"
	w.outcomes(t, values.Held)

	w.line().Guarantee = "信用"
	w.line().Penalty = 100 // a notice more: the interest facts changed
	w.outcomes(t, values.Held)
	w.line().Penalty = 0
	w.member().Account = "" // a payment hold is mended by itself
	w.outcomes(t, values.Accepted)
}

// A returned line frees its household; the decision on it keeps standing though
// the finding it rests on is gone from the others.
func TestReturningOneFreesTheHousehold(t *testing.T) {
	w := soundWorld()
	w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
	w.outcomes(t, values.Held, values.Held)
	w.decide(1, 1, values.Returned)
	w.outcomes(t, values.Accepted, values.Returned)
	w.outcomes(t, values.Accepted, values.Returned)
}

func TestReturnDecisionsStandInTheirOrder(t *testing.T) {
	w := soundWorld()
	for range 2 {
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
	}
	w.outcomes(t, values.Held, values.Held, values.Held)
	w.decide(1, 1, values.Returned) // in sight of 170,000
	w.decide(2, 2, values.Returned) // in sight of 110,000
	w.outcomes(t, values.Accepted, values.Returned, values.Returned)

	// The first one's facts change: it is open again, and so is the second,
	// which was decided without it.
	w.Lines[1].Line.Balance -= 100
	w.Lines[1].Line.Paid = recomputed(w.Lines[1].Line.Balance, w.Lines[1].Line.Rate, 92, 360)
	w.outcomes(t, values.Held, values.Held, values.Held)
}

func TestReturnDecisionsOfOneRoundSeeTheSame(t *testing.T) {
	w := soundWorld()
	for range 2 {
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
	}
	seen := Check(&w.Facts)
	for _, i := range []int{1, 2} {
		w.Lines[i].Decision = Decision{values.Returned, seen[i].Digest, 1}
	}
	w.outcomes(t, values.Accepted, values.Returned, values.Returned)
}

func TestReturningTheFirstGivesItsDaysToTheNext(t *testing.T) {
	w := soundWorld()
	w.line().Purpose = "建房"
	w.twin(func(l *values.Line) { l.Purpose = "养牛" })
	w.outcomes(t, values.Held, values.Returned)
	w.decide(0, 1, values.Returned)
	w.outcomes(t, values.Returned, values.Accepted)
}

func TestAcceptanceOverTheCeilingIsOfThatSum(t *testing.T) {
	w := soundWorld()
	w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
	seen := Check(&w.Facts)
	for i := range w.Lines {
		w.Lines[i].Decision = Decision{values.Accepted, seen[i].Digest, 1}
	}
	w.outcomes(t, values.Accepted, values.Accepted)
	w.housemate(func(l *values.Line) { charge(l, "10000", "3.45", "2026-06-21", "2026-09-20") })
	w.outcomes(t, values.Held, values.Held, values.Held)
}

func TestFrozenLineIsNotJudgedAgain(t *testing.T) {
	w := soundWorld()
	w.line().Purpose = "建房"
	w.Lines[0].Frozen = &Frozen{Outcome: values.Accepted, Household: "H1", Account: "1"}
	w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
	got := Check(&w.Facts)
	if got[0].Outcome != values.Accepted || len(got[0].Findings) != 0 {
		t.Errorf("the paid line: %v %v", got[0].Outcome, codes(got[0]))
	}
	if !slices.Equal(codes(got[1]), []string{HouseholdOverCeiling, PartUnapproved}) {
		t.Errorf("the other: %v", codes(got[1]))
	}
}

func TestDigestIsStable(t *testing.T) {
	l := soundLine()
	held := []values.Finding{{Code: PurposeNotAllowed, Field: values.FieldPurpose, Value: "建房"}}
	first := FactsDigest(l, held)
	if len(first) != 64 || first != FactsDigest(l, held) {
		t.Fatalf("digest %q", first)
	}
	l.Rate = values.MustRate("3.450")
	if FactsDigest(l, held) != first {
		t.Error("3.45 and 3.450 are one rate")
	}
	notice := values.Finding{Code: PenaltyExcluded, Value: "1.00"}
	if FactsDigest(l, append(held, notice)) != first {
		t.Error("a notice is nothing that was decided on")
	}
	if FactsDigest(l, nil) == first {
		t.Error("a held finding is part of the facts")
	}
}

func TestUnknownCodeHolds(t *testing.T) {
	if got := Worst([]values.Finding{{Code: "of-tomorrow"}}); got != values.Held {
		t.Errorf("outcome %v", got)
	}
}
