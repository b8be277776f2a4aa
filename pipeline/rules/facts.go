package rules

import "tiexi/pipeline/values"

// Facts are all that the checks of one quarter rest on. Empty parts are
// allowed: without a table of responsible banks nothing is said about lenders.
type Facts struct {
	Quarter     values.Quarter
	InterestDay int // day of the month on which banks settle interest; 20

	Lines  []LineFacts
	Roster map[values.ResidentID][]Membership
	// Earlier are the live accepted lines of earlier quarters, without those
	// that a line of this quarter corrects. Needed are the lines of loans that
	// this quarter's statements name, and those of their households that have
	// days in common with a line of this quarter.
	Earlier []Earlier
	Sheets  []SheetFacts

	Lenders     map[string][]string             // township → responsible banks (二(一))
	Excluded    map[values.ResidentID]Exclusion // the county's exclusion list
	Compensated map[values.Loan]values.Date     // loans the risk fund paid out on, and when
	Books       *Books                          // the banks' loan books of the quarter; nil: none came
}

// LineFacts is a statement line with what package policy and the ledger know
// of it.
type LineFacts struct {
	Line  *values.Line
	Sheet int // the sheet's place in its book, from 0; orders lines of one file

	Terms          *values.Conditions // the conditions of the contract's policy; nil asks nothing
	ExtensionTerms *values.Conditions // those of its extension where another policy governs it (二(三)), else nil
	Unconfigured   []Span             // its days that no policy row covers

	// Frozen is what payment has frozen of the line (policy.md §7), else nil.
	// Such a line is not judged again; it keeps its days before any other line
	// and counts in its household.
	Frozen *Frozen
	// Decision is the latest recorded on the line, or the zero Decision.
	Decision Decision
}

// Frozen is what stays as it was when the line was paid.
type Frozen struct {
	Outcome   values.Outcome
	Household string
	Account   values.Account
}

// Span is a stretch of days, both ends included.
type Span struct{ From, To values.Date }

// Membership is one stretch in which a person stood on the roster as a member
// of a household.
type Membership struct {
	Household         string
	Name              string
	From              values.Date // first day on it; zero: always
	Until             values.Date // first day no longer on it; zero: still on
	Township, Village string
	PayoutBank        string
	Account           values.Account
}

// Earlier is a live accepted line of an earlier quarter.
type Earlier struct {
	Quarter                              values.Quarter
	Loan                                 values.Loan
	Tranche                              string
	ID                                   values.ResidentID
	Household                            string
	From, To                             values.Date
	Rate                                 values.Rate
	Balance                              values.Fen
	Amount                               values.Fen // zero where it was derived and not given
	Disbursed, Matures, OriginalMaturity values.Date
	Renewals                             int
	HouseholdCeiling                     values.Fen // of the policy that governed it; zero: none
}

// SheetFacts are what a sheet says its columns come to, and what they do.
type SheetFacts struct {
	File, Sheet string
	Totals      []Total
}

// Total is one figure of the row that sums up the whole sheet.
type Total struct {
	Field              values.Field
	Cell               string
	Declared, Computed values.Fen
}

// Exclusion says why the county's list excludes a person, and where that
// stands.
type Exclusion struct {
	Reason string // 死亡, 公职人员 …
	Source string // file and row
}

// Verdict is what the checks make of a line.
type Verdict struct {
	Findings []values.Finding // in the catalogue's order
	Outcome  values.Outcome   // Accepted, Held or Returned, after the decision
	Blocked  []string         // codes of its payment holds

	// OnRoster tells whether the borrower stood on the roster on the contract
	// date; Member is that membership, else the latest one there is, for the
	// place and the household to show.
	OnRoster bool
	Member   Membership
	// ExtensionBarred: the household was taken off before the extension was
	// signed, so that days from the original maturity on earn nothing (四(二)).
	ExtensionBarred bool

	// PayoutBank and Account are the statement's, else the roster's.
	PayoutBank string
	Account    values.Account

	// Digest names the facts that a decision on this line stands on; record it
	// with the decision. "" where there is nothing to decide.
	Digest string
	// Decided tells that the recorded decision stands; Reopened, that there is
	// one and the facts it stood on have changed.
	Decided, Reopened bool
}
