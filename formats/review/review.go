// Package review writes what people work through after the checks: the
// findings workbook (问题清单), each bank's returned lines (退回) and its receipt
// (收件回执).
//
// Start with [WriteFindings]. The outcome, clause and words of a finding are
// given by the caller; this package only lays them out.
package review

import "tiexi/pipeline/values"

// Entry is a statement line with findings.
type Entry struct {
	values.Place
	Bank     string
	Borrower string
	Contract string
	Outcome  values.Outcome // accepted, held or returned
	Findings []Finding      // worst first
	Link     string         // path of the bank's file relative to the workbook, with slashes; "" for no link
	Decision Decision       // already recorded, or Undecided
	Why      string         // with the decision
}

// Finding is one finding on a line, in the words people read.
type Finding struct {
	Code    string
	Title   string // Chinese
	Clause  string
	Message string // whole sentence
	Cell    string // address in the bank's sheet, "" where it has none
	Value   string // what stood there
	Want    string // what was expected, "" where that says nothing
}

// Decision is what a person said about a held line.
type Decision string

// The decisions, as they stand in column 处理意见.
const (
	Undecided Decision = ""
	Accept    Decision = "通过"
	Return    Decision = "退回"
)

// Findings is the whole workbook 问题清单.
type Findings struct {
	County  string
	Quarter values.Quarter
	Date    values.Date // document property; zero for none
	Entries []Entry     // in any order
}

// Returned is the workbook 退回-<bank>.
type Returned struct {
	County  string
	Office  string
	Phone   string
	Bank    string
	Quarter values.Quarter
	Date    values.Date
	Sheets  []ReturnedSheet
}

// ReturnedSheet holds the returned lines of one sheet of one of the bank's files.
type ReturnedSheet struct {
	File, Sheet string
	Headings    []string // the bank's own, in its order
	Rows        []ReturnedRow
}

// ReturnedRow is a returned line as the bank wrote it.
type ReturnedRow struct {
	Row     int      // in the bank's sheet
	Cells   []string // the bank's, as it sees them
	Reasons []string // one per finding that returned it
}

// Receipt is the workbook 收件回执-<bank>.
type Receipt struct {
	County  string
	Office  string
	Bank    string
	Quarter values.Quarter
	Date    values.Date
	Sheets  []ReceiptSheet
	Refused []RefusedFile
}

// ReceiptSheet is what arrived in one sheet and what became of it.
type ReceiptSheet struct {
	File, Sheet              string
	Digest                   string // SHA-256 of the file, hexadecimal
	Rows                     int    // Accepted + Held + Returned
	Balance, Paid            values.Fen
	Accepted, Held, Returned int
}

// RefusedFile is a file that could not be taken.
type RefusedFile struct {
	File   string
	Reason string
}
