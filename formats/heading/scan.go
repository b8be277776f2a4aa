package heading

import (
	"errors"
	"slices"

	"tiexi/formats/sheet"
)

// Rows streams the rows of a sheet, as sheet.Book.Rows does; a row and its
// cells are valid until yield returns.
type Rows func(yield func(sheet.Row) error) error

// Of are the rows of one sheet of a book.
func Of(book *sheet.Book, index int) Rows {
	return func(yield func(sheet.Row) error) error { return book.Rows(index, yield) }
}

// headRows is how many rows with content the heading is looked for in.
const headRows = 40

// errEnough stops the reading of a sheet of which no more is wanted.
var errEnough = errors.New("enough rows")

// Scan reads a sheet once. When it has found the table it calls found, then
// below for every row under the headings. Where the sheet has no complete
// table, it stops early and calls neither; the table it returns then says what
// came nearest. The error is that of rows, found or below.
func Scan(rows Rows, v *Vocabulary, found func(*Table) error, below func(sheet.Row) error) (*Table, error) {
	s := scanner{v: v, found: found, below: below}
	err := rows(s.row)
	if err == nil && s.table == nil {
		err = s.settle()
	}
	if errors.Is(err, errEnough) {
		err = nil
	}
	return s.table, err
}

// Head gives the rows in which a sheet's heading is looked for, for
// [Vocabulary.Locate].
func Head(rows Rows) ([]sheet.Row, error) {
	var head []sheet.Row
	err := rows(func(row sheet.Row) error {
		head = append(head, keep(row))
		if len(head) == headRows {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return head, err
}

// keep copies a row that its reader will use again.
func keep(row sheet.Row) sheet.Row {
	return sheet.Row{Number: row.Number, Cells: slices.Clone(row.Cells)}
}

type scanner struct {
	v     *Vocabulary
	found func(*Table) error
	below func(sheet.Row) error
	head  []sheet.Row
	table *Table
}

func (s *scanner) row(row sheet.Row) error {
	if s.table != nil {
		return s.below(row)
	}
	s.head = append(s.head, keep(row))
	if len(s.head) < headRows {
		return nil
	}
	return s.settle()
}

func (s *scanner) settle() error {
	s.table = s.v.Locate(s.head)
	if !s.table.Complete() {
		return errEnough
	}
	if err := s.found(s.table); err != nil {
		return err
	}
	rest := s.head[len(s.table.Rows):]
	s.head = nil
	for _, row := range rest {
		if err := s.below(row); err != nil {
			return err
		}
	}
	return nil
}
