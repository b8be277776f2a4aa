package values

import (
	"strconv"
	"strings"
)

// Field names a column of a bank statement (formats.md).
type Field uint8

// The fields in the order in which reports show them.
const (
	FieldNone Field = iota
	FieldBorrower
	FieldID
	FieldContract
	FieldTranche
	FieldBalance
	FieldRate
	FieldDisbursed
	FieldMatures
	FieldPaid
	FieldFrom
	FieldTo
	FieldDays
	FieldDue
	FieldPenalty
	FieldAmount
	FieldSigned
	FieldApproved
	FieldRenewals
	FieldOriginalMaturity
	FieldExtensionSigned
	FieldProduct
	FieldPurpose
	FieldGuarantee
	FieldOverdue
	FieldClass
	FieldHousehold
	FieldHead
	FieldTownship
	FieldVillage
	FieldPayoutBank
	FieldAccount
	FieldAccountName
	FieldLender
	FieldRemark
	FieldCount
)

var fieldNames = [FieldCount]string{
	"", "borrower", "id", "contract", "tranche", "balance", "rate", "disbursed", "matures", "paid",
	"from", "to", "days", "due", "penalty", "amount", "signed", "approved", "renewals",
	"original-maturity", "extension-signed", "product", "purpose", "guarantee", "overdue", "class",
	"household", "head", "township", "village", "payout-bank", "account", "account-name", "lender", "remark",
}

// String is the field's name in JSON and in jobs.yaml.
func (f Field) String() string { return fieldNames[f] }

// ParseField finds a field by its name; ok is false for an unknown one.
func ParseField(name string) (Field, bool) {
	for f, n := range fieldNames {
		if n == name && f != 0 {
			return Field(f), true
		}
	}
	return FieldNone, false
}

// FieldSet is a set of fields.
type FieldSet uint64

// Has tells whether f is in the set.
func (s FieldSet) Has(f Field) bool { return s&(1<<f) != 0 }

// With is the set and f.
func (s FieldSet) With(f Field) FieldSet { return s | 1<<f }

// Place is where a line stands: a row of a sheet of a file.
type Place struct {
	File  string // name in the inbox
	Sheet string // "" for CSV
	Row   int    // from 1
}

// ProblemKind says what is wrong with a cell; which finding that is, package
// rules decides.
type ProblemKind string

// Kinds of problem that a reader reports.
const (
	ProblemEmpty      ProblemKind = "empty"       // required and blank
	ProblemUnreadable ProblemKind = "unreadable"  // cannot be read as its kind
	ProblemUncached   ProblemKind = "uncached"    // a formula without a cached value
	ProblemDigitsLost ProblemKind = "digits-lost" // a number of more than 15 digits where text is needed
	ProblemRateUnit   ProblemKind = "rate-unit"   // neither plainly percent nor plainly a fraction
	ProblemConvention ProblemKind = "convention"  // dates and day count do not fit the sheet's day convention
	ProblemPrivateUse ProblemKind = "private-use" // a character of the private-use area in a name
)

// Problem is one cell that could not be taken as it stands.
type Problem struct {
	Kind  ProblemKind `json:"kind"`
	Field Field       `json:"field"`
	Cell  string      `json:"cell"`
	Raw   string      `json:"raw"`
}

// Line is one row of a bank statement: one loan, one stretch of days with one
// balance and one rate. Dates are inclusive on both ends, whatever convention
// the bank used. Optional figures count only where Given has their field.
type Line struct {
	Place
	Bank     string // lender's name as jobs.yaml or the sheet gives it
	Contract string // folded: NFKC, no spaces
	Tranche  string
	Borrower string
	ID       ResidentID

	Balance   Fen
	Rate      Rate
	Disbursed Date
	Matures   Date
	Paid      Fen // without penalty
	From, To  Date
	Days      int // To − From + 1

	Due     Fen
	Penalty Fen
	Amount  Fen // derived from the balances where Given lacks it
	Signed  Date

	Approved         bool
	Renewals         int // renewals and extensions in all, the present one included
	OriginalMaturity Date
	ExtensionSigned  Date

	Product, Purpose, Guarantee, Overdue, Class string
	Household, Head, Township, Village          string
	PayoutBank                                  string
	Account                                     Account
	AccountName, Remark                         string

	Given    FieldSet
	Columns  *[FieldCount]string // column letters of each field, shared by the lines of a sheet; see Cell
	Problems []Problem
}

// Cell is the address of the field's cell in the bank's sheet, "" where the
// sheet has no such column.
func (l *Line) Cell(f Field) string {
	if l.Columns == nil || l.Columns[f] == "" {
		return ""
	}
	return l.Columns[f] + strconv.Itoa(l.Row)
}

// Loan is what names a loan: bank and contract number.
type Loan struct {
	Bank     string
	Contract string
}

// Loan names the line's loan.
func (l *Line) Loan() Loan { return Loan{l.Bank, l.Contract} }

// ContractDate is the day on which the borrower's standing is judged: the
// signing of the contract, else disbursement.
func (l *Line) ContractDate() Date {
	if l.Given.Has(FieldSigned) && l.Signed.Known() {
		return l.Signed
	}
	return l.Disbursed
}

// Compare orders loans by bank, then contract number, as text.
func (l Loan) Compare(o Loan) int {
	if c := strings.Compare(l.Bank, o.Bank); c != 0 {
		return c
	}
	return strings.Compare(l.Contract, o.Contract)
}
