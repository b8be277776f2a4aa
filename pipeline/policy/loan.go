package policy

import (
	"errors"
	"fmt"

	"tiexi/pipeline/values"
)

// Facts are what the regime of a loan's days depends on (policy.md §3). The
// zero Date means "not known".
type Facts struct {
	Disbursed        values.Date `json:"disbursed"`
	Matures          values.Date `json:"matures"`           // the maturity now in force, after any extension; no subsidy from this day on
	OriginalMaturity values.Date `json:"original_maturity"` // zero where there is no extension
	Signed           values.Date `json:"signed"`            // zero: Disbursed counts
	ExtensionSigned  values.Date `json:"extension_signed"`
	Renewals         int         `json:"renewals"` // renewals and extensions in all, the present one included
	Approved         bool        `json:"approved"` // for a large need (一(六))
}

// FactsOf takes the facts from a statement line.
func FactsOf(l *values.Line) Facts {
	return Facts{
		Disbursed: l.Disbursed, Matures: l.Matures, OriginalMaturity: l.OriginalMaturity,
		Signed: l.ContractDate(), ExtensionSigned: l.ExtensionSigned,
		Renewals: l.Renewals, Approved: l.Approved,
	}
}

// ContractDate is the day on which the contract was signed, else disbursement.
func (f *Facts) ContractDate() values.Date {
	if f.Signed.Known() {
		return f.Signed
	}
	return f.Disbursed
}

// extended tells whether some days of the loan lie in an extension: from the
// original maturity date, that day included.
func (f *Facts) extended() bool {
	return f.OriginalMaturity.Known() && (!f.Matures.Known() || f.OriginalMaturity < f.Matures)
}

// Line is what the amounts depend on of one accepted statement line: a stretch
// of days with one balance and one rate.
type Line struct {
	Key      int64          // the caller's handle; it comes back in the trace
	Quarter  values.Quarter // the quarter it is settled in
	From, To values.Date    // both included
	Days     int            // n, all its days; 0: To − From + 1
	Balance  values.Fen     // P
	Rate     values.Rate    // percent a year
	Paid     values.Fen     // interest really paid, without penalty

	// ExtensionBarred: the household was off the roster when the extension was
	// signed (四(二)), so the days from the original maturity earn nothing and
	// use up nothing; the days before do.
	ExtensionBarred bool
	// Facts are the line's own where they differ from its loan's (a statement
	// of the next quarter knows of an extension, this one did not; a tranche
	// has its own disbursement). Nil: the loan's.
	Facts *Facts
}

// Loan is one loan and every accepted line of it that matters: those of the
// quarter to be settled and of earlier ones. Lines of one loan that share days
// are tranches.
type Loan struct {
	Bank, Contract string
	First          values.Date // first disbursement, which ranks it in its household; a renewed or extended loan keeps its first. Zero: Disbursed
	Facts
	Lines []Line
}

// first is the date that ranks the loan within its household.
func (l *Loan) first() values.Date {
	if l.First.Known() {
		return l.First
	}
	return l.Disbursed
}

// facts are those that govern the line.
func (l *Loan) facts(line *Line) *Facts {
	if line.Facts != nil {
		return line.Facts
	}
	return &l.Facts
}

// Household is the unit of the tiers (以户为单位).
type Household struct {
	ID    string
	Loans []Loan
}

// Why a line cannot be settled; rules keeps such lines from being accepted.
var (
	ErrDays     = errors.New("the day count is not that of its dates, or not positive")
	ErrNegative = errors.New("balance, rate and interest paid must not be negative")
	ErrTooLarge = errors.New("above a trillion yuan, or longer than a hundred years")
)

// LineError names the line that cannot be settled. It wraps [ErrDays],
// [ErrNegative] or [ErrTooLarge].
type LineError struct {
	Household, Bank, Contract string
	Key                       int64
	Err                       error
}

func (e *LineError) Error() string {
	return fmt.Sprintf("household %s, loan %s %s, line %d: %v", e.Household, e.Bank, e.Contract, e.Key, e.Err)
}

// Unwrap gives the reason.
func (e *LineError) Unwrap() error { return e.Err }

// The bounds keep sums of balances over days within 64 bits.
const (
	maxFen  = values.Fen(1e14)
	maxDays = 36600
)

// check refuses what cannot be reckoned with; n is the line's day count.
func (l *Line) check() (n int, err error) {
	n = int(l.To-l.From) + 1
	switch {
	case l.To < l.From || l.Days != 0 && l.Days != n:
		return 0, ErrDays
	case l.Balance < 0 || l.Paid < 0 || l.Rate.Sign() < 0:
		return 0, ErrNegative
	case l.Balance > maxFen || l.Paid > maxFen || n > maxDays:
		return 0, ErrTooLarge
	}
	return n, nil
}
