package rules

import (
	"slices"
	"testing"

	"tiexi/pipeline/values"
)

// Cases beside the others, each of which once let a changed condition pass
// unseen.
var edgeProbes = []probe{
	{NotOnRoster, "a signing date that the bank did not give: the day of disbursement counts", false, func(w *world) {
		w.line().Given = 0
		w.member().From = day("2026-04-02")
	}},
	{TwoHouseholds, "twice in one household, and in another", true, func(w *world) {
		w.join(Membership{Household: "H1", Name: "张三", Until: day("2026-03-01")})
		w.join(Membership{Household: "H2", Name: "张三"})
	}},
	{ExtendedTwice, "an original maturity that is the maturity is no extension", false, func(w *world) {
		terms := bangfu
		terms.Extensions = 0
		w.extend("2025-07-01", "2027-06-20", "2027-06-20", "2026-06-10")
		w.Lines[0].Terms, w.line().Renewals = &terms, 0
	}},
	{ExtendedTwice, "twice by the bank's count, with the original maturity", true, func(w *world) {
		w.extend("2025-07-01", "2026-07-01", "2027-06-20", "2026-06-10")
		w.line().Renewals = 2
	}},
	{InterestMismatch, "nothing paid and nothing said to be due is unpaid, no mismatch", false, func(w *world) { w.line().Paid = 0 }},
	{LoanChanged, "a tranche that was not named before, with other dates", true, func(w *world) {
		w.line().Tranche = "2"
		w.earlier(func(e *Earlier) { e.Disbursed -= 10 })
	}},
	{LoanChanged, "a tranche that is not named now, with other dates", true, func(w *world) {
		w.earlier(func(e *Earlier) { e.Tranche = "1"; e.Disbursed -= 10 })
	}},
	{HouseholdOverCeiling, "of two terms on a day the lower ceiling rules", true, func(w *world) {
		terms := bangfu
		terms.HouseholdCeiling = yuan("200000")
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
		w.Lines[1].Terms = &terms
	}},
	{HouseholdOverCeiling, "the same in the other order", true, func(w *world) {
		terms := bangfu
		terms.HouseholdCeiling = yuan("200000")
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
		w.Lines[0].Terms = &terms
	}},
	{AccountChecksum, "a card of 16 digits that fails", true, func(w *world) { w.member().Account = "6228480402564891" }},
	{AccountChecksum, "a card of 16 digits that passes", false, func(w *world) { w.member().Account = "6228480402564899" }},
	{AccountChecksum, "a passbook's number of the length of neither", false, func(w *world) { w.member().Account = "62284804025648911" }},

	// of a person's memberships of one day the last that began counts, and of
	// two that began together the one that still runs, however they are listed
	{AccountChecksum, "the membership that began last has a bad card", true, func(w *world) {
		w.memberships(Membership{From: day("2026-01-01")}, Membership{From: day("2026-02-01"), Account: "6228480402564891"})
	}},
	{AccountChecksum, "the one that began first has it", false, func(w *world) {
		w.memberships(Membership{From: day("2026-01-01"), Account: "6228480402564891"}, Membership{From: day("2026-02-01")})
	}},
	{AccountChecksum, "the one that began first is listed last", false, func(w *world) {
		w.memberships(Membership{From: day("2026-02-01")}, Membership{From: day("2026-01-01"), Account: "6228480402564891"})
	}},
	{AccountChecksum, "of two that began together, the one that still runs has it", true, func(w *world) {
		w.memberships(Membership{From: day("2026-01-01"), Until: day("2026-12-01")}, Membership{From: day("2026-01-01"), Account: "6228480402564891"})
	}},
	{AccountChecksum, "the one that ends has it", false, func(w *world) {
		w.memberships(Membership{From: day("2026-01-01")}, Membership{From: day("2026-01-01"), Until: day("2026-12-01"), Account: "6228480402564891"})
	}},
}

// memberships are the borrower's, in the sound household and with the sound
// account where they say nothing else.
func (w *world) memberships(all ...Membership) {
	for i := range all {
		m := soundMember()
		m.From, m.Until = all[i].From, all[i].Until
		if all[i].Account != "" {
			m.Account = all[i].Account
		}
		all[i] = m
	}
	w.Roster[w.line().ID] = all
}

// A loan that an earlier quarter settled brings today's loan of the household
// above the ceiling, on a day on which the household's other loan does not run.
func TestASettledLoanMarksOnlyWhatItRunsWith(t *testing.T) {
	w := soundWorld()
	charge(w.line(), "50000", "3.45", "2026-06-20", "2026-09-20")
	w.earlier(func(e *Earlier) { e.Loan.Contract, e.Balance = "HT9", yuan("60000") })
	w.housemate(func(l *values.Line) {
		l.Disbursed = day("2026-07-01")
		charge(l, "10000", "3.45", "2026-07-01", "2026-09-20")
	})
	for i, want := range []bool{true, false} {
		if got := slices.Contains(codes(Check(&w.Facts)[i]), HouseholdOverCeiling); got != want {
			t.Errorf("line %d is above the ceiling: %v, want %v", i, got, want)
		}
	}
}

// A line without an account stands before two that share one.
func TestALineWithoutAnAccountHidesNoSharedOne(t *testing.T) {
	w := soundWorld()
	w.member().Account = ""
	w.sharing(1, "H2")
	w.sharing(1, "H3")
	for i, want := range []bool{false, true, true} {
		if got := slices.Contains(codes(Check(&w.Facts)[i]), SharedAccount); got != want {
			t.Errorf("line %d shares an account: %v, want %v", i, got, want)
		}
	}
}

// A policy with a lower bound alone says so.
func TestAnAgeWithoutAnUpperBoundIsWrittenAsOne(t *testing.T) {
	w := soundWorld()
	terms := bangfu
	terms.MaxAge = 0
	w.Lines[0].Terms = &terms
	w.born("20100101")
	for _, f := range Check(&w.Facts)[0].Findings {
		if f.Code == AgeOutOfRange && f.Want == "≥18" {
			return
		}
	}
	t.Error("nothing says ≥18")
}

// Only a held line is a person's to decide, even where a decision was taken on
// the very facts.
func TestADecisionMovesHeldLinesAlone(t *testing.T) {
	const facts = "digest"
	finding := func(code string) []values.Finding { return []values.Finding{{Code: code}} }
	for _, test := range []struct {
		name     string
		findings []values.Finding
		decision Decision
		want     values.Outcome
	}{
		{"returned stays returned", finding(ExtendedTwice), Decision{Outcome: values.Accepted, Digest: facts}, values.Returned},
		{"accepted stays accepted", nil, Decision{Outcome: values.Returned, Digest: facts}, values.Accepted},
		{"held is accepted", finding(PurposeNotAllowed), Decision{Outcome: values.Accepted, Digest: facts}, values.Accepted},
		{"held is returned", finding(PurposeNotAllowed), Decision{Outcome: values.Returned, Digest: facts}, values.Returned},
		{"on other facts", finding(PurposeNotAllowed), Decision{Outcome: values.Accepted, Digest: "other"}, values.Held},
		{"no decision", finding(PurposeNotAllowed), Decision{Digest: facts}, values.Held},
	} {
		if got := Judge(test.findings, test.decision, facts); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// A decision to return that was overtaken does not come back by itself when the
// household is again as it was: what was decided in between saw the line held.
func TestAReturnThatWasOvertakenStaysOvertaken(t *testing.T) {
	w := soundWorld()
	w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
	w.decide(0, 1, values.Returned)
	w.outcomes(t, values.Returned, values.Accepted)
	w.housemate(func(l *values.Line) { charge(l, "10000", "3.45", "2026-06-21", "2026-09-20") })
	w.outcomes(t, values.Held, values.Held, values.Held)
	w.decide(2, 2, values.Returned)
	w.outcomes(t, values.Held, values.Held, values.Returned)
}
