package rules

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"tiexi/pipeline/values"
)

// probe changes one thing in a sound quarter and says whether the first line
// then has the finding.
type probe struct {
	code string
	name string
	hit  bool
	set  func(w *world)
}

func problem(kind values.ProblemKind, field values.Field) func(w *world) {
	return func(w *world) {
		w.line().Problems = append(w.line().Problems, values.Problem{Kind: kind, Field: field, Cell: "C5", Raw: "原样"})
	}
}

// extend makes the line's loan one that matured and was extended.
func (w *world) extend(disbursed, original, matures, signed string) {
	l := w.line()
	l.Disbursed, l.Signed = day(disbursed), day(disbursed)
	l.OriginalMaturity, l.Matures, l.ExtensionSigned, l.Renewals = day(original), day(matures), day(signed), 1
	w.give(values.FieldOriginalMaturity, values.FieldExtensionSigned, values.FieldRenewals)
}

var probes = []probe{
	{UnreadableValue, "a required cell is empty", true, problem(values.ProblemEmpty, values.FieldPaid)},
	{UnreadableValue, "a cell cannot be read", true, problem(values.ProblemUnreadable, values.FieldBalance)},
	{UnreadableValue, "a formula was never computed", true, problem(values.ProblemUncached, values.FieldPaid)},
	{UnreadableValue, "dates do not fit the sheet's convention", true, problem(values.ProblemConvention, values.FieldDays)},
	{UnreadableValue, "the period ends before it begins", true, func(w *world) { w.line().To = day("2026-06-20") }},
	{UnreadableValue, "a period of one day", false, func(w *world) { charge(w.line(), "50000", "3.45", "2026-07-01", "2026-07-01") }},
	{UnreadableValue, "a negative balance", true, func(w *world) { w.line().Balance = -1 }},
	{UnreadableValue, "a negative payment", true, func(w *world) { w.line().Paid = -1 }},
	{UnreadableValue, "no maturity, and no word of it from the reader", true, func(w *world) { w.line().Matures = 0 }},
	{UnreadableValue, "digits lost is another finding", false, problem(values.ProblemDigitsLost, values.FieldID)},
	{IDDamaged, "an id lost digits", true, problem(values.ProblemDigitsLost, values.FieldID)},
	{IDDamaged, "an account lost digits", true, problem(values.ProblemDigitsLost, values.FieldAccount)},
	{IDDamaged, "an id is unreadable", false, problem(values.ProblemUnreadable, values.FieldID)},
	{RateUnitUnclear, "the reader could not tell", true, problem(values.ProblemRateUnit, values.FieldRate)},
	{RateUnitUnclear, "a rate of nil", true, func(w *world) { w.line().Rate = values.MustRate("0") }},
	{RateUnitUnclear, "a low rate", false, func(w *world) { charge(w.line(), "50000", "0.5", "2026-06-21", "2026-09-20") }},
	{PrivateUseCharacter, "in a name", true, problem(values.ProblemPrivateUse, values.FieldBorrower)},
	{PrivateUseCharacter, "a rare character of the standard", false, func(w *world) { w.line().Borrower, w.member().Name = "张𫖮", "张𫖮" }},

	{IDChecksum, "a wrong check character", true, func(w *world) {
		id := []byte(w.line().ID)
		id[17] = "10X98765432"[(strings.IndexByte("10X98765432", id[17])+1)%11]
		w.line().ID = values.ResidentID(id)
	}},
	{IDChecksum, "17 characters", true, func(w *world) { w.line().ID = w.line().ID[:17] }},
	{IDChecksum, "a birth date that does not exist", true, func(w *world) { w.line().ID = resident("19800231", 1) }},
	{IDChecksum, "born on a leap day", false, func(w *world) { w.born("19800229") }},
	{IDChecksum, "an id that was not read is not tried", false, func(w *world) {
		w.line().ID = "1499"
		problem(values.ProblemUnreadable, values.FieldID)(w)
	}},

	{TotalsDiffer, "by one fen", true, func(w *world) { w.total("440.84", "440.83") }},
	{TotalsDiffer, "equal", false, func(w *world) { w.total("440.83", "440.83") }},
	{TotalsDiffer, "of another sheet", false, func(w *world) { w.total("440.84", "440.83"); w.Sheets[0].Sheet = "二" }},

	{NotOnRoster, "not there at all", true, func(w *world) { clear(w.Roster) }},
	{NotOnRoster, "joined the day after signing", true, func(w *world) { w.member().From = day("2026-04-02") }},
	{NotOnRoster, "joined in the month that begins on the day of signing", false, func(w *world) { w.member().From = day("2026-04-01") }},
	{NotOnRoster, "no signing date: on the roster at disbursement", false, func(w *world) {
		w.line().Given, w.line().Signed = 0, 0
		w.member().From = day("2026-04-02")
	}},
	{NotOnRoster, "a signing date that the bank did not give does not count", true, func(w *world) {
		w.line().Given = 0
		w.member().From = day("2026-04-03")
	}},
	{NotOnRoster, "joined after signing and left since", true, func(w *world) {
		w.member().From, w.member().Until = day("2026-05-01"), day("2026-06-01")
	}},
	{NotOnRoster, "removed before: another finding", false, func(w *world) { w.member().Until = day("2026-03-01") }},
	{TwoHouseholds, "both at signing", true, func(w *world) { w.join(Membership{Household: "H2", Name: "张三"}) }},
	{TwoHouseholds, "the second one since, the first still", true, func(w *world) {
		w.join(Membership{Household: "H2", Name: "张三", From: day("2026-08-01")})
	}},
	{TwoHouseholds, "moved from one to the other", false, func(w *world) {
		w.member().Until = day("2026-02-01")
		w.join(Membership{Household: "H2", Name: "张三", From: day("2026-02-01")})
	}},
	{TwoHouseholds, "both, but long before signing", false, func(w *world) {
		w.join(Membership{Household: "H2", Name: "张三", Until: day("2026-04-01")})
	}},
	{TwoHouseholds, "twice in one household", false, func(w *world) { w.join(Membership{Household: "H1", Name: "张三"}) }},
	{NameDiffers, "another name", true, func(w *world) { w.member().Name = "张叁" }},
	{NameDiffers, "spaces and middle dots", false, func(w *world) {
		w.line().Borrower, w.member().Name = "阿依 古丽•买买提", "阿依古丽·买买提"
	}},
	{NameDiffers, "a name of before", false, func(w *world) {
		w.member().Until = day("2026-05-01")
		w.join(Membership{Household: "H1", Name: "张叁", From: day("2026-05-01")})
	}},

	{RemovedBeforeContract, "off the roster on the day of signing", true, func(w *world) { w.member().Until = day("2026-04-01") }},
	{RemovedBeforeContract, "off the day after", false, func(w *world) { w.member().Until = day("2026-04-02") }},
	{RemovedBeforeContract, "off, signed, and on again", true, func(w *world) {
		w.member().Until = day("2026-03-01")
		w.join(Membership{Household: "H1", Name: "张三", From: day("2026-05-01")})
	}},
	{RemovedBeforeContract, "all days in an extension signed after removal", true, func(w *world) {
		w.extend("2025-06-21", "2026-06-21", "2027-06-20", "2026-06-10")
		w.member().Until = day("2026-06-10")
	}},
	{RemovedBeforeContract, "one day before the original maturity", false, func(w *world) {
		w.extend("2025-06-22", "2026-06-22", "2027-06-20", "2026-06-10")
		w.member().Until = day("2026-06-10")
	}},
	{RemovedBeforeContract, "extension signed the day before removal", false, func(w *world) {
		w.extend("2025-06-21", "2026-06-21", "2027-06-20", "2026-06-10")
		w.member().Until = day("2026-06-11")
	}},
	{RemovedLater, "off the day after signing", true, func(w *world) { w.member().Until = day("2026-04-02") }},
	{RemovedLater, "still on", false, func(w *world) {}},
	{RemovedLater, "a new membership goes on from the old one", false, func(w *world) {
		w.member().Until = day("2026-05-01")
		w.join(Membership{Household: "H1", Name: "张三", From: day("2026-05-01")})
	}},
	{ExtensionAfterRemoval, "days on both sides of the original maturity", true, func(w *world) {
		w.extend("2025-06-22", "2026-06-22", "2027-06-20", "2026-06-10")
		w.member().Until = day("2026-06-10")
	}},
	{ExtensionAfterRemoval, "the original maturity is the line's last day", true, func(w *world) {
		w.extend("2025-09-20", "2026-09-20", "2027-06-20", "2026-06-10")
		w.member().Until = day("2026-06-10")
	}},
	{ExtensionAfterRemoval, "days before the original maturity only", false, func(w *world) {
		w.extend("2025-09-21", "2026-09-21", "2027-06-20", "2026-06-10")
		w.member().Until = day("2026-06-10")
	}},
	{ExtensionUndated, "removed before the original maturity, signing unknown", true, func(w *world) {
		w.extend("2025-07-21", "2026-07-21", "2027-06-20", "2026-07-10")
		w.line().ExtensionSigned = 0
		w.member().Until = day("2026-07-21")
	}},
	{ExtensionUndated, "the original maturity is the line's last day", true, func(w *world) {
		w.extend("2025-09-20", "2026-09-20", "2027-06-20", "2026-06-10")
		w.line().ExtensionSigned = 0
		w.member().Until = day("2026-06-10")
	}},
	{ExtensionUndated, "removed after the original maturity", false, func(w *world) {
		w.extend("2025-07-21", "2026-07-21", "2027-06-20", "2026-07-10")
		w.line().ExtensionSigned = 0
		w.member().Until = day("2026-07-22")
	}},

	{AgeOutOfRange, "the day before the 18th birthday", true, func(w *world) { w.born("20080402") }},
	{AgeOutOfRange, "the 18th birthday", false, func(w *world) { w.born("20080401") }},
	{AgeOutOfRange, "the day before the 66th birthday", false, func(w *world) { w.born("19600402") }},
	{AgeOutOfRange, "the 66th birthday", true, func(w *world) { w.born("19600401") }},
	{AgeOutOfRange, "born on a leap day, on 02-28 of the year of the 66th", false, func(w *world) {
		w.born("19600229")
		w.line().Signed = day("2026-02-28")
	}},
	{AgeOutOfRange, "born on a leap day, on 03-01 of the year of the 66th", true, func(w *world) {
		w.born("19600229")
		w.line().Signed = day("2026-03-01")
	}},
	{AgeOutOfRange, "66 since the contract was signed", false, func(w *world) { w.born("19600501") }},
	{AgeOutOfRange, "old, under a policy with a lower bound alone", false, func(w *world) {
		terms := bangfu
		terms.MaxAge = 0
		w.Lines[0].Terms = &terms
		w.born("19400101")
	}},
	{AgeOutOfRange, "young, under that policy", true, func(w *world) {
		terms := bangfu
		terms.MaxAge = 0
		w.Lines[0].Terms = &terms
		w.born("20080402")
	}},
	{AgeOutOfRange, "under a policy that asks nothing", false, func(w *world) {
		w.born("19400101")
		w.Lines[0].Terms = &tuopin
	}},
	{AgeOutOfRange, "66 on the day an extension under the new terms was signed", true, func(w *world) {
		w.extend("2024-08-01", "2026-08-01", "2027-08-01", "2026-07-20")
		w.Lines[0].Terms, w.Lines[0].ExtensionTerms = &tuopin, &bangfu
		w.born("19600720")
	}},
	{AgeOutOfRange, "65 on that day", false, func(w *world) {
		w.extend("2024-08-01", "2026-08-01", "2027-08-01", "2026-07-20")
		w.Lines[0].Terms, w.Lines[0].ExtensionTerms = &tuopin, &bangfu
		w.born("19600721")
	}},

	{PrincipalTooLarge, "100,000.01", true, func(w *world) { w.line().Amount = yuan("100000.01") }},
	{PrincipalTooLarge, "100,000.00", false, func(w *world) { w.line().Amount = yuan("100000") }},
	{PrincipalTooLarge, "a balance above what the amount says", true, func(w *world) { w.line().Balance = yuan("100000.01") }},
	{PrincipalTooLarge, "a balance of just that, and an amount of less", false, func(w *world) { w.line().Balance = yuan("100000") }},
	{PrincipalTooLarge, "the old policy has no ceiling yet", false, func(w *world) {
		w.line().Amount = yuan("100000.01")
		w.Lines[0].Terms = &tuopin
	}},
	{TermTooLong, "36 months to the day", false, func(w *world) { w.line().Matures = day("2029-04-02") }},
	{TermTooLong, "a day more", true, func(w *world) { w.line().Matures = day("2029-04-03") }},
	{TermTooLong, "from a leap day to the last of February", false, func(w *world) {
		w.line().Disbursed, w.line().Matures = day("2024-02-29"), day("2027-02-28")
	}},
	{TermTooLong, "from a leap day to the first of March", true, func(w *world) {
		w.line().Disbursed, w.line().Matures = day("2024-02-29"), day("2027-03-01")
	}},
	{TermTooLong, "an extended loan counts to its original maturity", false, func(w *world) {
		w.extend("2023-08-01", "2026-08-01", "2027-08-01", "2026-07-20")
	}},
	{TermTooLong, "an extension of 36 months", false, func(w *world) {
		w.extend("2023-08-01", "2026-08-01", "2029-08-01", "2026-07-20")
	}},
	{TermTooLong, "an extension of a day more", true, func(w *world) {
		w.extend("2023-08-01", "2026-08-01", "2029-08-02", "2026-07-20")
	}},
	{ExtendedTwice, "once where none is allowed, uncounted by the bank", true, func(w *world) {
		terms := bangfu
		terms.Extensions = 0
		w.extend("2025-07-01", "2026-07-01", "2027-06-20", "2026-06-10")
		w.Lines[0].Terms, w.line().Renewals = &terms, 0
	}},
	{ExtendedTwice, "never, where none is allowed", false, func(w *world) {
		terms := bangfu
		terms.Extensions = 0
		w.Lines[0].Terms = &terms
	}},
	{ExtendedTwice, "once", false, func(w *world) { w.line().Renewals = 1 }},
	{ExtendedTwice, "twice", true, func(w *world) { w.line().Renewals = 2 }},
	{ExtendedTwice, "twice under terms without a bound", false, func(w *world) {
		w.line().Renewals = 2
		w.Lines[0].Terms = &tuopin
	}},
	{ExtendedTwice, "an old loan's second extension, under the new terms", true, func(w *world) {
		w.line().Renewals = 2
		w.Lines[0].Terms, w.Lines[0].ExtensionTerms = &tuopin, &bangfu
	}},
	{SecuredLoan, "抵押", true, func(w *world) { w.line().Guarantee = "房产抵押" }},
	{SecuredLoan, "信用+抵押", true, func(w *world) { w.line().Guarantee = "信用+抵押" }},
	{SecuredLoan, "信用社职工担保", true, func(w *world) { w.line().Guarantee = "信用社职工担保" }},
	{SecuredLoan, "信 用 贷款", false, func(w *world) { w.line().Guarantee = "信 用 贷款" }},
	{SecuredLoan, "an agricultural guarantee company", false, func(w *world) { w.line().Guarantee = "信用、山西农业担保公司" }},
	{SecuredLoan, "a listed text that ends like a kind of loan", false, func(w *world) {
		terms := bangfu
		terms.Guarantees = []string{"信用贷款", "线上方式"}
		w.Lines[0].Terms, w.line().Guarantee = &terms, "信用贷款/线上方式"
	}},
	{SecuredLoan, "blank", false, func(w *world) { w.line().Guarantee = "" }},
	{PurposeNotAllowed, "a listed word", true, func(w *world) { w.line().Purpose = "翻 建房 屋" }},
	{PurposeNotAllowed, "養殖", false, func(w *world) { w.line().Purpose = "肉牛养殖" }},

	{TermsNotConfigured, "some days", true, func(w *world) {
		w.Lines[0].Unconfigured = []Span{{day("2026-07-01"), day("2026-07-31")}}
	}},
	{TermsNotConfigured, "days of an extension that earns nothing anyway", false, func(w *world) {
		w.extend("2025-07-01", "2026-07-01", "2027-06-20", "2026-06-10")
		w.member().Until = day("2026-06-10")
		w.Lines[0].Unconfigured = []Span{{day("2026-07-01"), day("2026-07-31")}}
	}},
	{TermsNotConfigured, "one day", true, func(w *world) {
		w.Lines[0].Unconfigured = []Span{{day("2026-07-01"), day("2026-07-01")}}
	}},
	{TermsNotConfigured, "days of an extension that would earn", true, func(w *world) {
		w.extend("2025-07-01", "2026-07-01", "2027-06-20", "2026-06-10")
		w.Lines[0].Unconfigured = []Span{{day("2026-07-01"), day("2026-07-31")}}
	}},
	{InterestUnpaid, "nothing paid", true, func(w *world) { w.line().Paid = 0 }},
	{InterestUnpaid, "a fen short", true, func(w *world) { w.line().Due = yuan("440.84"); w.give(values.FieldDue) }},
	{InterestUnpaid, "just what was due", false, func(w *world) { w.line().Due = yuan("440.83"); w.give(values.FieldDue) }},
	{InterestUnpaid, "a due that was not given", false, func(w *world) { w.line().Due = yuan("500") }},
	{InterestMismatch, "a fen more than 92 days of 360", false, func(w *world) { w.line().Paid = yuan("440.84") }},
	{InterestMismatch, "two fen more", true, func(w *world) { w.line().Paid = yuan("440.85") }},
	{InterestMismatch, "a fen less", false, func(w *world) { w.line().Paid = yuan("440.82") }},
	{InterestMismatch, "two fen less", true, func(w *world) { w.line().Paid = yuan("440.81") }},
	{InterestMismatch, "93 days and a fen, from a half fen rounded up", false, func(w *world) { w.line().Paid = yuan("445.64") }},
	{InterestMismatch, "93 days and two fen", true, func(w *world) { w.line().Paid = yuan("445.65") }},
	{InterestMismatch, "93 days and a fen less than the half fen rounded up", false, func(w *world) { w.line().Paid = yuan("445.62") }},
	{InterestMismatch, "93 days and two fen less", true, func(w *world) { w.line().Paid = yuan("445.61") }},
	{InterestMismatch, "91 days", false, func(w *world) { w.line().Paid = yuan("436.04") }},
	{InterestMismatch, "90 days", true, func(w *world) { w.line().Paid = yuan("431.25") }},
	{InterestMismatch, "a year of 365 days", false, func(w *world) { w.line().Paid = yuan("434.79") }},
	{InterestMismatch, "91 days of 365", false, func(w *world) { w.line().Paid = yuan("430.07") }},
	{InterestMismatch, "interest on a balance of nil", true, func(w *world) { w.line().Balance = 0 }},
	{InterestMismatch, "too little paid of what fits is unpaid, not a mismatch", false, func(w *world) {
		w.line().Paid, w.line().Due = yuan("400"), yuan("440.83")
		w.give(values.FieldDue)
	}},
	{InterestMismatch, "what is due fits nothing", true, func(w *world) {
		w.line().Paid, w.line().Due = yuan("400"), yuan("450")
		w.give(values.FieldDue)
	}},
	{InterestMismatch, "a rate that was not read is not tried", false, func(w *world) {
		w.line().Rate = values.MustRate("9")
		problem(values.ProblemRateUnit, values.FieldRate)(w)
	}},
	{PenaltyExcluded, "a penalty", true, func(w *world) { w.line().Penalty = 1 }},
	{PenaltyExcluded, "a penalty of nil", false, func(w *world) { w.line().Penalty = 0; w.give(values.FieldPenalty) }},

	{DaysOutsideQuarter, "a day before", true, func(w *world) { charge(w.line(), "50000", "3.45", "2026-06-20", "2026-09-20") }},
	{DaysOutsideQuarter, "a day after", true, func(w *world) { charge(w.line(), "50000", "3.45", "2026-06-21", "2026-09-21") }},
	{DaysOutsideQuarter, "the whole quarter", false, func(w *world) {}},
	{DaysOutsideQuarter, "disbursed on the 20th, in the quarter before", true, func(w *world) {
		w.line().Disbursed = day("2026-06-20")
		charge(w.line(), "50000", "3.45", "2026-06-20", "2026-09-20")
	}},
	{DaysOutsideQuarter, "disbursed on the 21st, its first day", false, func(w *world) {
		w.line().Disbursed = day("2026-06-21")
		charge(w.line(), "50000", "3.45", "2026-06-21", "2026-09-20")
	}},
	{DaysAfterMaturity, "the maturity date is the line's last day", true, func(w *world) { w.line().Matures = day("2026-09-20") }},
	{DaysAfterMaturity, "it is the day after", false, func(w *world) { w.line().Matures = day("2026-09-21") }},
	{DaysBeforeDisbursement, "a day before", true, func(w *world) { w.line().Disbursed = day("2026-06-22") }},
	{DaysBeforeDisbursement, "from disbursement on", false, func(w *world) { w.line().Disbursed = day("2026-06-21") }},
	{PartUnapproved, "50,000.01", true, func(w *world) { w.line().Balance = yuan("50000.01") }},
	{PartUnapproved, "50,000.00", false, func(w *world) {}},
	{PartUnapproved, "approved", false, func(w *world) { w.line().Balance = yuan("50000.01"); w.line().Approved = true }},
	{PartUnapproved, "in an extension under the new terms", true, func(w *world) {
		w.extend("2024-09-20", "2026-09-20", "2027-08-01", "2026-07-20")
		w.Lines[0].Terms, w.Lines[0].ExtensionTerms = &tuopin, &bangfu
		w.line().Balance = yuan("50000.01")
	}},
	{PartUnapproved, "still in the old loan", false, func(w *world) {
		w.extend("2024-09-21", "2026-09-21", "2027-08-01", "2026-07-20")
		w.Lines[0].Terms, w.Lines[0].ExtensionTerms = &tuopin, &bangfu
		w.line().Balance = yuan("50000.01")
	}},

	{OtherLender, "another bank's township", true, func(w *world) { w.Lenders = map[string][]string{"城关镇": {"清水农行"}} }},
	{OtherLender, "its own", false, func(w *world) { w.Lenders = map[string][]string{"城关镇": {"清水农商银行"}} }},
	{OtherLender, "one of two", false, func(w *world) { w.Lenders = map[string][]string{"城关镇": {"清水农行", "清水 农商银行"}} }},
	{OtherLender, "none of two", true, func(w *world) { w.Lenders = map[string][]string{"城关镇": {"清水农行", "清水储蓄"}} }},
	{OtherLender, "the township is not in the table", false, func(w *world) { w.Lenders = map[string][]string{"河东乡": {"清水农行"}} }},
	{ExcludedPerson, "listed", true, func(w *world) {
		w.Excluded = map[values.ResidentID]Exclusion{w.line().ID: {Reason: "公职人员"}}
	}},
	{ExcludedPerson, "somebody else is", false, func(w *world) {
		w.Excluded = map[values.ResidentID]Exclusion{resident("19800506", 9): {Reason: "死亡"}}
	}},
	{CompensatedLoan, "paid out", true, func(w *world) {
		w.Compensated = map[values.Loan]values.Date{w.line().Loan(): day("2026-08-01")}
	}},
	{CompensatedLoan, "the same number at another bank", false, func(w *world) {
		w.Compensated = map[values.Loan]values.Date{{Bank: "清水农行", Contract: w.line().Contract}: day("2026-08-01")}
	}},

	{AccountMissing, "none anywhere", true, func(w *world) { w.member().Account = "" }},
	{AccountMissing, "the statement's is another", true, func(w *world) { w.line().Account = "100000000000001" }},
	{AccountMissing, "the statement's alone", false, func(w *world) { w.line().Account, w.member().Account = "100000000000001", "" }},
	{AccountMissing, "the same, spaced", false, func(w *world) { w.line().Account = "6228 4804 0256 4890 018" }},
	{PayeeDiffers, "another's name", true, func(w *world) { w.line().AccountName = "李四" }},
	{PayeeDiffers, "the borrower's", false, func(w *world) { w.line().AccountName = "张 三" }},
	{AccountChecksum, "a card that fails", true, func(w *world) { w.member().Account = "6228480402564890017" }},
	{AccountChecksum, "a card that passes", false, func(w *world) { w.member().Account = "6228480402564890018" }},
	{AccountChecksum, "a passbook", false, func(w *world) { w.member().Account = "0501234567890123" }},
	{AccountChecksum, "a number too short for a card", false, func(w *world) { w.member().Account = "622848040256489" }},
	{PlaceDiffers, "another village", true, func(w *world) { w.line().Village = "西关村" }},
	{PlaceDiffers, "with the group", false, func(w *world) { w.line().Village = "东关村二组" }},
}

func (w *world) join(m Membership) {
	m.Account = w.member().Account
	w.Roster[w.line().ID] = append(w.Roster[w.line().ID], m)
}

func (w *world) total(declared, computed string) {
	w.Sheets = []SheetFacts{{File: w.line().File, Sheet: w.line().Sheet, Totals: []Total{
		{Field: values.FieldPaid, Cell: "I99", Declared: yuan(declared), Computed: yuan(computed)},
	}}}
}

func TestProbes(t *testing.T) {
	for _, p := range slices.Concat(probes, amongProbes, bookProbes, edgeProbes) {
		t.Run(p.code+"/"+p.name, func(t *testing.T) {
			w := soundWorld()
			p.set(w)
			v := Check(&w.Facts)[0]
			if got := slices.Contains(codes(v), p.code); got != p.hit {
				t.Fatalf("has the finding: %v, want %v; all: %v", got, p.hit, codes(v))
			}
			for _, f := range v.Findings {
				for _, lang := range []values.Lang{values.Chinese, values.English} {
					if text := Message(f, lang); text == "" || strings.ContainsAny(text, "{}[]") || strings.Contains(text, "“”") {
						t.Errorf("%s says %q", f.Code, text)
					}
				}
			}
		})
	}
}

// Every code has a case with it and a case without; those that other packages
// find are made by hand.
func TestEveryCodeIsProbed(t *testing.T) {
	made := map[string]bool{MovedTiers(1, 2).Code: true, OpenObjection(1, "").Code: true, UpheldObjection(1, "").Code: true}
	for _, rule := range Catalogue() {
		hit, miss := made[rule.Code], made[rule.Code]
		for _, p := range slices.Concat(probes, amongProbes, bookProbes, edgeProbes) {
			hit = hit || p.code == rule.Code && p.hit
			miss = miss || p.code == rule.Code && !p.hit
		}
		if !hit || !miss {
			t.Errorf("%s: a case with it: %v, a case without: %v", rule.Code, hit, miss)
		}
	}
}

// What findings say, to the letter.
func TestFindingsSayWhereAndWhat(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  func(w *world)
		want values.Finding
	}{
		{"before the quarter", func(w *world) { charge(w.line(), "50000", "3.45", "2026-06-20", "2026-09-20") },
			values.Finding{Code: DaysOutsideQuarter, Field: values.FieldFrom, Value: "2026-06-20…2026-09-20", Want: "2026-06-21…2026-09-20"}},
		{"after the quarter", func(w *world) { charge(w.line(), "50000", "3.45", "2026-06-21", "2026-09-21") },
			values.Finding{Code: DaysOutsideQuarter, Field: values.FieldTo, Value: "2026-06-21…2026-09-21", Want: "2026-06-21…2026-09-20"}},
		{"example K", func(w *world) { w.line().Matures = day("2026-08-10") },
			values.Finding{Code: DaysAfterMaturity, Field: values.FieldMatures, Value: "2026-08-10…2026-09-20", Want: "2026-08-10"}},
		{"matured long ago", func(w *world) { w.line().Matures = day("2026-05-10") },
			values.Finding{Code: DaysAfterMaturity, Field: values.FieldMatures, Value: "2026-06-21…2026-09-20", Want: "2026-05-10"}},
		{"disbursed in the middle", func(w *world) { w.line().Disbursed = day("2026-07-01") },
			values.Finding{Code: DaysBeforeDisbursement, Field: values.FieldDisbursed, Value: "2026-06-21…2026-06-30", Want: "2026-07-01"}},
		{"joined twice, both later", func(w *world) {
			w.member().From, w.member().Until = day("2026-05-01"), day("2026-06-01")
			w.join(Membership{Household: "H1", Name: "张三", From: day("2026-07-01")})
		}, values.Finding{Code: NotOnRoster, Field: values.FieldID, Value: resident("19800506", 1).Whole(), Details: []string{"later", "2026-04-01", "2026-05-01"}}},
		{"a row above with some of the days", func(w *world) {
			w.twin(func(l *values.Line) { charge(l, "50000", "3.45", "2026-06-10", "2026-07-31"); l.Row = 4 })
		}, values.Finding{Code: DuplicateLine, Field: values.FieldContract, Value: "2026-06-21…2026-07-31", Details: []string{"line", "清水农商.xlsx", "明细", "4"}}},
		{"an earlier quarter's balance", func(w *world) {
			charge(w.line(), "50000", "3.45", "2026-06-19", "2026-09-20")
			w.earlier(func(e *Earlier) { e.Loan.Contract, e.Balance = "HT9", yuan("60000") })
		}, values.Finding{Code: HouseholdOverCeiling, Field: values.FieldBalance, Value: "110000.00", Want: "100000.00",
			Details: []string{"2026-06-19", "2", "HT2026001、HT9"}}},
		{"interest that fits nothing", func(w *world) { w.line().Paid = yuan("500") },
			values.Finding{Code: InterestMismatch, Field: values.FieldPaid, Value: "500.00", Want: "440.83",
				Details: []string{"50000.00", "3.45", "92", "440.83", "434.79"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := soundWorld()
			tt.set(w)
			tt.want.Cell = w.line().Cell(tt.want.Field)
			for _, f := range Check(&w.Facts)[0].Findings {
				if f.Code == tt.want.Code {
					if !reflect.DeepEqual(f, tt.want) {
						t.Fatalf("got  %+v\nwant %+v", f, tt.want)
					}
					return
				}
			}
			t.Fatal("no such finding")
		})
	}
}

func TestLongListsAreCut(t *testing.T) {
	names := []string{"1", "2", "3", "4", "5", "6"}
	if got := listed(names); got != "1、2、3、4、5、6" {
		t.Error(got)
	}
	if got := listed(append(names, "7")); got != "1、2、3、4、5、6…" {
		t.Error(got)
	}
}
