package rules

import (
	"testing"

	"tiexi/pipeline/values"
)

// earlier is the first line's loan as the quarter before settled it.
func (w *world) earlier(change func(e *Earlier)) {
	l := w.line()
	e := Earlier{
		Quarter: values.Quarter{Year: 2026, Number: 2}, Loan: l.Loan(), ID: l.ID, Household: "H1",
		From: day("2026-04-02"), To: day("2026-06-20"), Rate: l.Rate, Balance: l.Balance, Amount: l.Amount,
		Disbursed: l.Disbursed, Matures: l.Matures, HouseholdCeiling: bangfu.HouseholdCeiling,
	}
	if change != nil {
		change(&e)
	}
	w.Earlier = append(w.Earlier, e)
}

// halves splits the quarter between the first line and a twin that comes before
// it in the sheet.
func (w *world) halves(change func(first *values.Line)) {
	charge(w.line(), "50000", "3.45", "2026-08-01", "2026-09-20")
	w.twin(func(l *values.Line) {
		charge(l, "50000", "3.45", "2026-06-21", "2026-07-31")
		l.Row = 4
		if change != nil {
			change(l)
		}
	})
}

// housemate gives the first line's household another loan.
func (w *world) housemate(change func(l *values.Line)) *values.Line {
	return w.another(func(l *values.Line, m *Membership) {
		m.Household = "H1"
		change(l)
	})
}

var amongProbes = []probe{
	{DuplicateLine, "the row above has one of the days", true, func(w *world) {
		w.halves(func(l *values.Line) { l.To = day("2026-08-01"); l.Paid = recomputed(l.Balance, l.Rate, 42, 360) })
	}},
	{DuplicateLine, "the row above ends the day before", false, func(w *world) { w.halves(nil) }},
	{DuplicateLine, "the row below has the days: this one keeps its place", false, func(w *world) { w.twin(func(*values.Line) {}) }},
	{DuplicateLine, "a file that comes before by name", true, func(w *world) {
		w.twin(func(l *values.Line) { l.File, l.Row = "a.xlsx", 99 })
	}},
	{DuplicateLine, "a sheet that comes before in the book", true, func(w *world) {
		w.Lines[0].Sheet = 1
		w.twin(func(l *values.Line) { l.Sheet, l.Row = "甲", 99 })
	}},
	{DuplicateLine, "a row above that goes back for itself keeps nothing", false, func(w *world) {
		w.twin(func(l *values.Line) { l.Row = 4; l.Renewals = 2 })
	}},
	{DuplicateLine, "another bank's loan of that number", false, func(w *world) {
		w.twin(func(l *values.Line) { l.Row = 4; l.Bank = "清水农行" })
	}},
	{DuplicateLine, "another tranche of the loan", true, func(w *world) {
		w.line().Tranche = "2"
		w.twin(func(l *values.Line) { l.Row = 4; l.Tranche = "1" })
	}},
	{DuplicateLine, "a paid line below keeps its days", true, func(w *world) {
		w.twin(func(*values.Line) {})
		w.Lines[1].Frozen = &Frozen{Outcome: values.Accepted, Household: "H1"}
	}},

	{DaysAlreadySettled, "one of the days", true, func(w *world) { w.earlier(func(e *Earlier) { e.To = day("2026-06-21") }) }},
	{DaysAlreadySettled, "up to the day before", false, func(w *world) { w.earlier(nil) }},
	{DaysAlreadySettled, "another loan's", false, func(w *world) {
		w.earlier(func(e *Earlier) { e.To, e.Loan.Contract, e.Household = day("2026-06-21"), "HT9", "H9" })
	}},

	{RateChanged, "since the quarter before", true, func(w *world) { w.earlier(func(e *Earlier) { e.Rate = values.MustRate("3.4") }) }},
	{RateChanged, "3.45 and 3.450", false, func(w *world) { w.earlier(func(e *Earlier) { e.Rate = values.MustRate("3.450") }) }},
	{RateChanged, "within the quarter", true, func(w *world) { w.halves(func(l *values.Line) { l.Rate = values.MustRate("3.46") }) }},
	{RateChanged, "back to what it was", false, func(w *world) {
		w.earlier(func(e *Earlier) { e.From, e.To = day("2026-04-02"), day("2026-05-01") })
		w.halves(func(l *values.Line) { charge(l, "50000", "3.5", "2026-06-21", "2026-07-31") })
	}},
	{RateChanged, "an accepted change is what it is compared with", false, func(w *world) {
		w.earlier(func(e *Earlier) { e.From, e.To, e.Rate = day("2026-04-02"), day("2026-05-01"), values.MustRate("4") })
		w.earlier(func(e *Earlier) { e.From = day("2026-05-02") })
	}},
	{RateChanged, "in an extension", false, func(w *world) {
		w.extend("2025-06-21", "2026-06-21", "2027-06-20", "2026-06-10")
		w.earlier(func(e *Earlier) { e.Matures, e.Rate = day("2026-06-21"), values.MustRate("4") })
	}},
	{RateChanged, "in an extension, since the quarter before of it", true, func(w *world) {
		w.extend("2025-03-21", "2026-03-21", "2027-03-20", "2026-03-10")
		w.earlier(func(e *Earlier) { e.OriginalMaturity, e.Rate = day("2026-03-21"), values.MustRate("4") })
	}},
	{RateChanged, "days of before the extension that come with it", true, func(w *world) {
		w.extend("2025-06-22", "2026-06-22", "2027-06-20", "2026-06-10")
		w.earlier(func(e *Earlier) { e.Matures, e.Rate = day("2026-06-22"), values.MustRate("4") })
	}},

	{RateChanged, "interest paid late, from before what was settled", true, func(w *world) {
		charge(w.line(), "50000", "3.45", "2026-04-02", "2026-05-01")
		w.earlier(func(e *Earlier) { e.From, e.To, e.Rate = day("2026-05-02"), day("2026-06-20"), values.MustRate("4") })
		w.earlier(func(e *Earlier) { e.From, e.To = day("2026-06-21"), day("2026-09-20") })
	}},
	{RateChanged, "interest paid late, at the rate of then", false, func(w *world) {
		charge(w.line(), "50000", "3.45", "2026-04-02", "2026-05-01")
		w.earlier(func(e *Earlier) { e.From, e.To = day("2026-05-02"), day("2026-06-20") })
		w.earlier(func(e *Earlier) { e.From, e.To, e.Rate = day("2026-06-21"), day("2026-09-20"), values.MustRate("4") })
	}},
	{LoanChanged, "another borrower", true, func(w *world) { w.earlier(func(e *Earlier) { e.ID = resident("19800506", 7) }) }},
	{LoanChanged, "another amount", true, func(w *world) { w.earlier(func(e *Earlier) { e.Amount = yuan("60000") }) }},
	{LoanChanged, "an amount that was not given", false, func(w *world) { w.earlier(func(e *Earlier) { e.Amount = 0 }) }},
	{LoanChanged, "an amount that is not given now", false, func(w *world) {
		w.line().Given, w.line().Amount = 0, yuan("40000")
		w.line().Signed = 0
		w.earlier(nil)
	}},
	{LoanChanged, "another start", true, func(w *world) { w.earlier(func(e *Earlier) { e.Disbursed++ }) }},
	{LoanChanged, "another maturity", true, func(w *world) { w.earlier(func(e *Earlier) { e.Matures-- }) }},
	{LoanChanged, "an extension of it", false, func(w *world) {
		w.extend("2025-06-22", "2026-06-22", "2027-06-20", "2026-06-10")
		w.earlier(func(e *Earlier) { e.Matures = day("2026-06-22") })
	}},
	{LoanChanged, "an extension of another maturity", true, func(w *world) {
		w.extend("2025-06-22", "2026-06-22", "2027-06-20", "2026-06-10")
		w.earlier(func(e *Earlier) { e.Matures = day("2026-06-23") })
	}},
	{LoanChanged, "interest of before the extension, paid late", false, func(w *world) {
		w.line().Matures = day("2026-12-21")
		w.earlier(func(e *Earlier) { e.OriginalMaturity, e.Matures = day("2026-12-21"), day("2027-12-21") })
	}},
	{LoanChanged, "the same, of another maturity", true, func(w *world) {
		w.line().Matures = day("2026-12-22")
		w.earlier(func(e *Earlier) { e.OriginalMaturity, e.Matures = day("2026-12-21"), day("2027-12-21") })
	}},
	{LoanChanged, "renewed under its number", false, func(w *world) {
		w.line().Renewals = 1
		w.earlier(func(e *Earlier) { e.Disbursed, e.Matures = day("2025-04-02"), day("2026-04-02") })
	}},
	{LoanChanged, "a tranche with its own dates", false, func(w *world) {
		w.line().Tranche = "2"
		w.earlier(func(e *Earlier) { e.Tranche = "1"; e.Disbursed -= 10 })
	}},
	{LoanChanged, "the same", false, func(w *world) { w.earlier(nil) }},

	{HouseholdOverCeiling, "100,000.01 on one day", true, func(w *world) {
		w.housemate(func(l *values.Line) { charge(l, "50000.01", "3.45", "2026-06-21", "2026-06-21") })
	}},
	{HouseholdOverCeiling, "100,000.00", false, func(w *world) {
		w.housemate(func(l *values.Line) { charge(l, "50000", "3.45", "2026-06-21", "2026-09-20") })
	}},
	{HouseholdOverCeiling, "one repaid before the other", false, func(w *world) {
		charge(w.line(), "50000", "3.45", "2026-06-21", "2026-07-31")
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-08-01", "2026-09-20") })
	}},
	{HouseholdOverCeiling, "the other not yet disbursed", false, func(w *world) {
		charge(w.line(), "50000", "3.45", "2026-06-21", "2026-07-31")
		w.housemate(func(l *values.Line) {
			charge(l, "60000", "3.45", "2026-06-21", "2026-09-20")
			l.Disbursed = day("2026-08-01")
		})
	}},
	{HouseholdOverCeiling, "this one matures as the other begins", false, func(w *world) {
		w.line().Matures = day("2026-08-10")
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-08-10", "2026-09-20") })
	}},
	{HouseholdOverCeiling, "and the day after", true, func(w *world) {
		w.line().Matures = day("2026-08-11")
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-08-10", "2026-09-20") })
	}},
	{HouseholdOverCeiling, "the other goes back", false, func(w *world) {
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20"); l.Renewals = 2 })
	}},
	{HouseholdOverCeiling, "the other is held", true, func(w *world) {
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20"); l.Purpose = "建房" })
	}},
	{HouseholdOverCeiling, "another household", false, func(w *world) {
		w.another(func(l *values.Line, _ *Membership) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
	}},
	{HouseholdOverCeiling, "late interest of days that an earlier quarter has of the other loan", true, func(w *world) {
		charge(w.line(), "50000", "3.45", "2026-06-20", "2026-09-20")
		w.earlier(func(e *Earlier) { e.Loan.Contract, e.Balance = "HT9", yuan("60000") })
	}},
	{HouseholdOverCeiling, "an earlier quarter's days before these", false, func(w *world) {
		w.earlier(func(e *Earlier) { e.Loan.Contract, e.Balance = "HT9", yuan("60000") })
	}},

	{HouseholdOverCeiling, "a loan of old terms without a ceiling counts in the new one's household", true, func(w *world) {
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
		w.Lines[0].Terms = &tuopin
	}},
	{HouseholdOverCeiling, "two loans of old terms", false, func(w *world) {
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
		w.Lines[0].Terms, w.Lines[1].Terms = &tuopin, &tuopin
	}},
	{HouseholdOverCeiling, "old terms up to the maturity, new ones in the extension", true, func(w *world) {
		w.extend("2025-09-20", "2026-09-20", "2027-09-20", "2026-09-01")
		w.Lines[0].Terms, w.Lines[0].ExtensionTerms = &tuopin, &bangfu
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
		w.Lines[1].Terms = &tuopin
	}},
	{HouseholdOverCeiling, "the extension begins after the quarter", false, func(w *world) {
		w.extend("2025-09-21", "2026-09-21", "2027-09-21", "2026-09-01")
		w.Lines[0].Terms, w.Lines[0].ExtensionTerms = &tuopin, &bangfu
		w.housemate(func(l *values.Line) { charge(l, "60000", "3.45", "2026-06-21", "2026-09-20") })
		w.Lines[1].Terms = &tuopin
	}},

	{SharedAccount, "three borrowers of one household", true, func(w *world) { w.sharing(2, "H1") }},
	{SharedAccount, "two borrowers of one household", false, func(w *world) { w.sharing(1, "H1") }},
	{SharedAccount, "two households", true, func(w *world) { w.sharing(1, "H2") }},
	{SharedAccount, "the other goes back", false, func(w *world) { w.sharing(1, "H2"); w.Lines[1].Line.Renewals = 2 }},
}

// sharing adds small loans of n more borrowers who name the first one's account.
func (w *world) sharing(n int, household string) {
	for range n {
		w.another(func(l *values.Line, m *Membership) {
			charge(l, "10000", "3.45", "2026-06-21", "2026-09-20")
			m.Household, m.Account = household, soundMember().Account
		})
	}
}

func TestOthersOfTheGroupAreMarkedToo(t *testing.T) {
	w := soundWorld()
	w.housemate(func(l *values.Line) { charge(l, "30000", "3.45", "2026-06-21", "2026-07-31") })
	w.housemate(func(l *values.Line) { charge(l, "30000", "3.45", "2026-07-31", "2026-08-31") })
	w.housemate(func(l *values.Line) { charge(l, "30000", "3.45", "2026-08-15", "2026-09-20") })
	got := Check(&w.Facts)
	// Over on 07-31 (1, 2, 3) and on 08-15…08-31 (1, 3, 4).
	for i, want := range []struct{ peakDay, days, contracts string }{
		{"2026-07-31", "18", "HT2026001、HT2026002、HT2026003"},
		{"2026-07-31", "1", "HT2026001、HT2026002、HT2026003"},
		{"2026-07-31", "18", "HT2026001、HT2026002、HT2026003"},
		{"2026-08-15", "17", "HT2026001、HT2026003、HT2026004"},
	} {
		if len(got[i].Findings) != 1 {
			t.Fatalf("line %d: %v", i, codes(got[i]))
		}
		f := got[i].Findings[0]
		if f.Value != "110000.00" || f.Want != "100000.00" || f.Details[0] != want.peakDay || f.Details[1] != want.days || f.Details[2] != want.contracts {
			t.Errorf("line %d: %+v", i, f)
		}
	}
}

// A line returned as a duplicate does not keep others from days that it alone
// had.
func TestDuplicateKeepsNothing(t *testing.T) {
	w := soundWorld()
	charge(w.line(), "50000", "3.45", "2026-06-21", "2026-07-20")
	w.twin(func(l *values.Line) { charge(l, "50000", "3.45", "2026-07-20", "2026-08-20") })
	w.twin(func(l *values.Line) { charge(l, "50000", "3.45", "2026-07-21", "2026-09-20") })
	got := Check(&w.Facts)
	for i, want := range []values.Outcome{values.Accepted, values.Returned, values.Accepted} {
		if got[i].Outcome != want {
			t.Errorf("line %d: %v %v, want %v", i, got[i].Outcome, codes(got[i]), want)
		}
	}
}
