package ledger

import "tiexi/pipeline/values"

// What the review workbooks say: the lines that somebody has to look at one by
// one, and of all the others sums.

// Found is a live line of the quarter that has findings, or goes back.
type Found struct {
	values.Place
	Key      int64
	FileID   int64
	Position int // of the sheet in its file
	Bank     string
	Contract string
	Borrower string
	Outcome  values.Outcome
	Decision int64 // the decision applied, 0 for none
}

// FoundLines gives them in order of file name, sheet and row.
func (tx *Tx) FoundLines(q values.Quarter) ([]Found, error) {
	return collect(tx, func(s scanner) (f Found, err error) {
		err = s.Scan(&f.Key, &f.FileID, &f.Position, common{&f.File}, common{&f.Sheet}, &f.Row, common{&f.Bank}, &f.Contract, &f.Borrower, &f.Outcome, &f.Decision)
		return f, err
	}, `SELECT l.id, l.file_id, l.position, f.name, s.name, l.row, l.bank, l.contract, l.borrower, j.outcome, j.decision`+lineSource+`JOIN judgement j ON j.line_id = l.id
		WHERE l.quarter = ?1 AND l.live = 1 AND l.id IN (
			SELECT line_id FROM finding UNION SELECT line_id FROM judgement WHERE quarter = ?1 AND outcome = 'returned')
		ORDER BY f.name, l.position, l.row`, q.String())
}

// SheetTally is what the live lines of a bank in a sheet come to. Those that are
// neither accepted nor held have gone back.
type SheetTally struct {
	Bank           string
	FileID         int64
	Position       int // of the sheet in its file
	Lines          int
	Balance, Paid  values.Fen
	Accepted, Held int
}

// SheetTallies adds up by bank, file name and sheet.
func (tx *Tx) SheetTallies(q values.Quarter) ([]SheetTally, error) {
	return collect(tx, func(s scanner) (t SheetTally, err error) {
		err = s.Scan(&t.Bank, &t.FileID, &t.Position, &t.Lines, &t.Balance, &t.Paid, &t.Accepted, &t.Held)
		return t, err
	}, `SELECT l.bank, l.file_id, l.position, count(*), sum(l.balance), sum(l.paid), count(*) FILTER (WHERE j.outcome = 'accepted'), count(*) FILTER (WHERE j.outcome = 'held')
		FROM line l JOIN file f ON f.id = l.file_id LEFT JOIN judgement j ON j.line_id = l.id
		WHERE l.quarter = ? AND l.live = 1 GROUP BY l.bank, f.name, l.file_id, l.position ORDER BY l.bank, f.name, l.file_id, l.position`, q.String())
}
