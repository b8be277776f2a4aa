// Package sheet reads any spreadsheet a bank may send, as rows of cells with their addresses.
// Nothing above it knows .xlsx from .xls from .csv; the kind is decided by the content, never by the name.
//
// Start at [Open], then [Book.Sheets] and [Book.Rows].
//
// It promises:
//   - A damaged or doubtful file is refused with a [Refusal], never read in part or guessed at. Open reads the whole
//     file once (every zip entry to its end with its checksum, every BIFF record, every character of a text);
//     what Open cannot see, Rows refuses when it gets there, and then nothing that Rows gave may be used.
//   - No row is dropped: a row is given if the file has a value anywhere in it, hidden or filtered or not.
//   - Values are exact: text as stored, numbers as plain decimal text, never through a display format.
//   - Hostile files cost little: bounded memory and time, no panic.
package sheet

import (
	"sort"
	"strconv"
)

// Kind says what a cell holds.
type Kind uint8

const (
	Empty    Kind = iota // nothing; Row.Cell alone gives such cells
	Text                 // a string
	Number               // a number, dates and percents included
	Bool                 // TRUE or FALSE
	Error                // an Excel error value, such as #DIV/0!
	Uncached             // a formula whose value the writing program did not store
)

// Cell is one cell with its place.
type Cell struct {
	Row, Column int // both from 1
	Kind        Kind

	// Text is a text as stored, not trimmed; a number as plain decimal text without exponent or separators, rounded
	// half up to 15 significant digits as Excel does (21568.059999999998 is 21568.06); TRUE or FALSE; an error's name.
	Text string
	// Raw is what was stored for a number ("1.4010019900101E+17"); else "", unless it differs from Text.
	Raw string

	Date    bool // a number whose format shows a date or time; Text is the serial, see DateFromSerial
	Percent bool // a number whose format shows a percentage; Text is the fraction
	Long    bool // a number with more than 15 digits before the point: the last ones are lost (ids, accounts)
	Covered bool // inside a merged range and not its first cell: all but Row and Column are copies of the first cell's
}

// Address returns the cell's name in a spreadsheet program, such as "C7".
func (c Cell) Address() string { return ColumnName(c.Column) + strconv.Itoa(c.Row) }

// Row is a row of a sheet, with at least one cell that has a value.
type Row struct {
	Number int    // from 1, as a spreadsheet program shows it
	Cells  []Cell // ascending by column, without empty ones
}

// Cell returns the cell in a column (from 1); one of kind Empty where there is none.
func (r Row) Cell(column int) Cell {
	i := column - 1 // where it stands in a row without gaps
	if i < 0 || i >= len(r.Cells) || r.Cells[i].Column != column {
		i = sort.Search(len(r.Cells), func(i int) bool { return r.Cells[i].Column >= column })
	}
	if i < len(r.Cells) && r.Cells[i].Column == column {
		return r.Cells[i]
	}
	return Cell{Row: r.Number, Column: column}
}

// Sheet is one worksheet of a book. Chart and macro sheets are not listed.
type Sheet struct {
	Index    int    // for Rows
	Name     string // "" for a CSV
	Hidden   bool   // hidden, or very hidden
	Date1904 bool   // the book counts dates from 1904
}

// Format is the kind of file, by its content.
type Format string

const (
	XLSX Format = "xlsx" // Office Open XML, .xlsm and a WPS .et of that kind too
	XLS  Format = "xls"  // BIFF8, a WPS .et of that kind too
	CSV  Format = "csv"  // comma, tab or semicolon
)

// Excel's own bounds on a worksheet.
const (
	maxRow    = 1 << 20
	maxColumn = 1 << 14
)
