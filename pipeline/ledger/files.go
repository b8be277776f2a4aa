package ledger

import (
	"tiexi/pipeline/values"
)

// FileKind says what a file of the inbox is.
type FileKind string

// Kinds of file that the ledger keeps.
const (
	KindStatement  FileKind = "statement"
	KindDecisions  FileKind = "decisions"
	KindObjections FileKind = "objections"
	KindReturn     FileKind = "return"
)

// File is one accepted file; its bytes are archived under its digest.
type File struct {
	ID         int64
	Digest     string // SHA-256 of the bytes
	Name       string // in the inbox
	Kind       FileKind
	Bank       string
	Quarter    values.Quarter
	Size       int64
	Reading    string // digest of the settings it was read with
	Correction bool
	Replaced   bool
	ReplacedBy int64
	ReadOn     values.Date
}

// Column is a column of a sheet as its heading was understood.
type Column struct {
	Index   int          `json:"index"` // from 1
	Heading string       `json:"heading"`
	Field   values.Field `json:"field"`
}

// Total is a sum that a sheet declares over all its rows, beside ours.
type Total struct {
	Field    values.Field `json:"field"`
	Cell     string       `json:"cell"`
	Declared values.Fen   `json:"declared"`
	Computed values.Fen   `json:"computed"`
	Raw      string       `json:"raw,omitempty"` // what stood there where it is no amount
}

// Sheet is one sheet of a statement.
type Sheet struct {
	FileID     int64
	Position   int // in the book, from 0
	Name       string
	Skipped    string // why it is no statement, "" if it is one
	HeaderRows [2]int // first and last heading row
	Columns    []Column
	Totals     []Total
	DataRows   int
}

const fileColumns = `id, digest, name, kind, bank, quarter, size, reading, correction, state = 'replaced', coalesce(replaced_by, 0), read_on`

func scanFile(s scanner) (f File, err error) {
	err = s.Scan(&f.ID, &f.Digest, &f.Name, &f.Kind, &f.Bank, quarter{&f.Quarter}, &f.Size, &f.Reading, &f.Correction, &f.Replaced, &f.ReplacedBy, day{&f.ReadOn})
	return f, err
}

// AddFile records an accepted file and gives it its ID.
func (tx *Tx) AddFile(f *File) (err error) {
	f.ID, err = tx.insert(`INSERT INTO file (digest, name, kind, bank, quarter, size, reading, correction, state, read_on)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'live', ?)`,
		f.Digest, f.Name, f.Kind, f.Bank, f.Quarter.String(), f.Size, f.Reading, f.Correction, tx.On.String())
	return err
}

// SetFile completes a file once it has been read: which bank and quarter it
// is for, and whether it corrects another.
func (tx *Tx) SetFile(f *File) error {
	if err := tx.exec(`UPDATE file SET bank = ?, quarter = ?, correction = ? WHERE id = ?`, f.Bank, f.Quarter.String(), f.Correction, f.ID); err != nil {
		return err
	}
	return tx.exec(`UPDATE line SET bank = CASE bank WHEN '' THEN ?1 ELSE bank END, quarter = ?2
		WHERE file_id = ?3 AND (bank = '' OR quarter <> ?2)`, f.Bank, f.Quarter.String(), f.ID)
}

// RetireFile takes a live file out: its lines no longer count, and by says
// which file stands in for it.
func (tx *Tx) RetireFile(id, by int64) error {
	if err := tx.exec(`UPDATE file SET state = 'replaced', replaced_by = ? WHERE id = ?`, by, id); err != nil {
		return err
	}
	return tx.exec(`UPDATE line SET live = 0 WHERE file_id = ?`, id)
}

// Files lists all files ever accepted, in the order in which they came.
func (tx *Tx) Files() ([]File, error) {
	return collect(tx, scanFile, `SELECT `+fileColumns+` FROM file ORDER BY id`)
}

// LiveFiles lists the quarter's live files of a kind by name.
func (tx *Tx) LiveFiles(q values.Quarter, kind FileKind) ([]File, error) {
	return collect(tx, scanFile, `SELECT `+fileColumns+` FROM file WHERE quarter = ? AND kind = ? AND state = 'live' ORDER BY name, id`, q.String(), kind)
}

// AddSheet records a sheet of a file.
func (tx *Tx) AddSheet(s Sheet) error {
	return tx.exec(`INSERT INTO sheet (file_id, position, name, skipped, header_rows, columns, totals, data_rows) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		s.FileID, s.Position, s.Name, s.Skipped, document(s.HeaderRows), document(s.Columns), document(s.Totals), s.DataRows)
}

// Sheets lists the sheets of the quarter's live statements.
func (tx *Tx) Sheets(q values.Quarter) ([]Sheet, error) {
	return collect(tx, func(s scanner) (sh Sheet, err error) {
		err = s.Scan(&sh.FileID, &sh.Position, &sh.Name, &sh.Skipped, fromJSON{&sh.HeaderRows}, fromJSON{&sh.Columns}, fromJSON{&sh.Totals}, &sh.DataRows)
		return sh, err
	}, `SELECT file_id, position, name, skipped, header_rows, columns, totals, data_rows
		FROM sheet WHERE file_id IN (SELECT id FROM file WHERE quarter = ? AND kind = 'statement' AND state = 'live') ORDER BY file_id, position`, q.String())
}

// ReturnRow is one row of a return file and what became of it.
type ReturnRow struct {
	FileID    int64
	Sheet     string
	Row       int
	Number    string
	Name      string
	Account   values.Account
	Amount    values.Fen
	Result    string // paid, failed, or "" where it could not be read
	Reason    string
	SettledOn values.Date
	Verdict   string // pending until reconcile has looked at it
}

// AddReturnRow keeps a row of a return file, unjudged.
func (tx *Tx) AddReturnRow(r ReturnRow) error {
	return tx.execAgain(`INSERT INTO return_row (file_id, sheet, row, number, name, account, amount, result, reason, settled_on, verdict)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.FileID, r.Sheet, r.Row, r.Number, r.Name, r.Account.Whole(), int64(r.Amount), r.Result, r.Reason, r.SettledOn.String(), r.Verdict)
}

// ReturnRows lists rows of the quarter's return files, in order of file and
// row; verdict "" means all.
func (tx *Tx) ReturnRows(q values.Quarter, verdict string) ([]ReturnRow, error) {
	return collect(tx, func(s scanner) (r ReturnRow, err error) {
		err = s.Scan(&r.FileID, &r.Sheet, &r.Row, &r.Number, &r.Name, &r.Account, &r.Amount, &r.Result, &r.Reason, day{&r.SettledOn}, &r.Verdict)
		return r, err
	}, `SELECT r.file_id, r.sheet, r.row, r.number, r.name, r.account, r.amount, r.result, r.reason, r.settled_on, r.verdict
		FROM return_row r JOIN file f ON f.id = r.file_id WHERE f.quarter = ?1 AND (?2 = '' OR r.verdict = ?2) ORDER BY r.file_id, r.sheet, r.row`, q.String(), verdict)
}

// JudgeReturnRow keeps what became of a row.
func (tx *Tx) JudgeReturnRow(r ReturnRow) error {
	return tx.execAgain(`UPDATE return_row SET verdict = ? WHERE file_id = ? AND sheet = ? AND row = ?`, r.Verdict, r.FileID, r.Sheet, r.Row)
}
