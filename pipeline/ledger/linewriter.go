package ledger

import (
	"cmp"

	"tiexi/pipeline/values"
)

// LineRow is a line as its row in the ledger will be, but for the columns that
// only the ledger can tell. It is made where a file is parsed, beside the
// goroutine that owns the ledger.
type LineRow struct {
	Sheet  string
	Facts  string // digest of everything the line says, its place excepted
	bank   string
	values []any // of lineValues
}

// The columns of lineValues that are set when the line is inserted, and where
// those begin that the facts are a digest of.
const (
	lineKey = iota
	lineFile
	linePosition
	_
	_
	lineQuarter
	lineBank
	lineFacts
)

// NewLineRow writes a line as the ledger keeps it.
func NewLineRow(l *values.Line) LineRow {
	row := LineRow{Sheet: l.Sheet, bank: l.Bank, values: make([]any, 0, 33)}
	row.values = append(row.values, nil, nil, nil, l.Row, 1, nil, nil,
		l.Contract, l.Tranche, l.Borrower, l.ID.Whole(), int64(l.Balance), l.Rate.String(), l.Disbursed.String(), l.Matures.String(),
		int64(l.Paid), l.From.String(), l.To.String(), l.Days, int64(l.Due), int64(l.Penalty), int64(l.Amount), l.Signed.String(), l.Approved,
		l.Renewals, l.OriginalMaturity.String(), l.ExtensionSigned.String(), l.Account.Whole(), int64(l.Given), wordsOf(l))
	facts := appendArray(append(make([]byte, 0, 1<<10), '['), row.values[lineFacts:])
	facts = append(appendPlaceless(append(facts, ','), l.Problems), ']')
	problems := ""
	if len(l.Problems) > 0 {
		problems = document(l.Problems)
	}
	row.Facts = hexOf(halfDigest(facts))
	row.values = append(row.values, problems, row.Facts)
	return row
}

// wordsOf writes the line's words as encoding/json does, without looking at
// their type for each line.
func wordsOf(l *values.Line) string {
	text := append(make([]byte, 0, 1<<9), '{')
	for _, w := range [...]struct{ name, word string }{
		{`"product":`, l.Product}, {`"purpose":`, l.Purpose}, {`"guarantee":`, l.Guarantee}, {`"overdue":`, l.Overdue}, {`"class":`, l.Class},
		{`"household":`, l.Household}, {`"head":`, l.Head}, {`"township":`, l.Township}, {`"village":`, l.Village},
		{`"payout_bank":`, l.PayoutBank}, {`"account_name":`, l.AccountName}, {`"remark":`, l.Remark},
	} {
		if w.word == "" {
			continue
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = values.AppendJSON(append(text, w.name...), w.word)
	}
	return string(append(text, '}'))
}

// appendPlaceless leaves out the cells in which problems stand: the same line
// moved one row down says the same.
func appendPlaceless(to []byte, problems []values.Problem) []byte {
	placeless := make([]values.Problem, len(problems))
	for i, p := range problems {
		p.Cell = ""
		placeless[i] = p
	}
	return append(to, document(placeless)...)
}

// LineWriter inserts the lines of a file, several with each statement.
type LineWriter struct {
	rows    *rows
	last    int64 // the key of the line before
	bank    string
	file    any
	quarter any
}

// LineWriter prepares to insert lines of the file, which the ledger has; Flush it
// after the last one.
func (tx *Tx) LineWriter(file *File) (*LineWriter, error) {
	last, _, err := one(tx, scanInt, `SELECT coalesce(max(id), 0) FROM line`)
	return &LineWriter{tx.rows(`line`, lineValues), last, file.Bank, file.ID, file.Quarter.String()}, err
}

// Add inserts a line of the file's sheet at that position, once, and gives its
// key. A line that names no bank is of the file's.
func (w *LineWriter) Add(position int, row LineRow) (key int64, err error) {
	w.last++
	row.values[lineKey], row.values[lineFile], row.values[linePosition] = w.last, w.file, position
	row.values[lineQuarter], row.values[lineBank] = w.quarter, cmp.Or(row.bank, w.bank)
	return w.last, w.rows.add(row.values...)
}

// Flush inserts what is still to be inserted.
func (w *LineWriter) Flush() error { return w.rows.flush() }
