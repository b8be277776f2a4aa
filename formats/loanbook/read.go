package loanbook

import (
	"cmp"
	"slices"

	"tiexi/formats/cell"
	"tiexi/formats/heading"
	"tiexi/formats/sheet"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

// Book is what was understood of a loan book.
type Book struct {
	File       string
	Bank       string         // as the options say, else as a title does, or ""
	AsOf       values.Date    // the day on which its figures stand, zero where nothing says
	Quarter    values.Quarter // that a title or the file name says, or zero
	Correction bool           // 更正 in the file name or in a title
	Sheets     []Sheet        // all of the book, in its order
	Loans      []values.BookLoan
	Problems   []Problem
}

// Sheet is what was understood of one sheet. Rows = Titles + Headings + Blanks +
// Loans + Totals + Notes where it is read.
type Sheet struct {
	Index   int
	Name    string // "" for a CSV
	Hidden  bool
	Missing []string // required columns that it lacks; a sheet that lacks any is not read
	Columns []Column
	Unknown []string // headings that nothing is known of
	Double  []string // columns that two headings claim equally; the left one is taken

	Rows, Titles, Headings, Blanks, Loans, Totals, Notes int

	letters, extended *[values.FieldCount]string
}

// Letters are the columns of each field; extended those of loans whose maturity
// stands in the column of extensions. The sheet's loans share them.
func (s *Sheet) Letters() (own, extended *[values.FieldCount]string) { return s.letters, s.extended }

// Read tells whether the sheet's rows were read.
func (s *Sheet) Read() bool { return !s.Hidden && len(s.Missing) == 0 }

// Column is a column that fills a field.
type Column struct {
	Number  int // from 1
	Heading string
	Field   values.Field
}

// Balance is what the book's loans come to.
func (b *Book) Balance() (sum values.Fen) {
	for i := range b.Loans {
		sum += b.Loans[i].Balance
	}
	return sum
}

// Read reads every loan of every sheet that has a loan book's headings. Of the
// options it heeds those that say what headings and figures mean.
//
// A book with anything that cannot be taken is a [BrokenError] ([ErrBroken]), one
// without a single loan an [EmptyError], one without headings a
// [heading.NoTableError] ([ErrNoBook]), one whose headings leave a choice a
// [heading.AmbiguousError]; others are refusals of package sheet. None of its loans counts then. The Book is never nil.
func Read(book *sheet.Book, opt statement.Options) (*Book, error) {
	b := &Book{File: opt.File}
	none := &heading.NoTableError{File: opt.File, Want: ErrNoBook, Advice: "请银行补上这些列，或在 jobs.yaml 该银行的 headings 中写明表头的含义。"}
	vocabulary := Headings.Teach(opt.Taught())
	seen, contracts := map[[2]string]values.Place{}, map[string]values.Place{}
	titles, dated := []string{}, values.Date(0)
	for _, s := range book.Sheets() {
		b.Sheets = append(b.Sheets, Sheet{Index: s.Index, Name: s.Name, Hidden: s.Hidden})
		out := &b.Sheets[len(b.Sheets)-1]
		if s.Hidden {
			none.Sheets = append(none.Sheets, heading.Skipped{Name: s.Name, Hidden: true})
			continue
		}
		r := &reader{book: b, out: out, sheet: s, opt: &opt, vocabulary: vocabulary, seen: seen, contracts: contracts}
		table, err := heading.Scan(heading.Of(book, s.Index), vocabulary, r.found, r.row)
		if err != nil {
			return b, err
		}
		if out.Missing = table.Missing; !table.Complete() {
			none.Sheets = append(none.Sheets, table.Skip(s))
			continue
		}
		r.finish()
		titles = append(append(titles, s.Name), r.titles...)
		dated = max(dated, r.dated)
	}
	if len(none.Sheets) == len(b.Sheets) {
		return b, none
	}
	b.name(titles, dated, &opt)
	if len(b.Loans) == 0 && len(b.Problems) == 0 {
		return b, &EmptyError{opt.File}
	}
	if len(b.Problems) > 0 {
		return b, &BrokenError{opt.File, b.Problems}
	}
	return b, nil
}

// name says whose book it is and of which day, by its titles, else by its name.
func (b *Book) name(titles []string, dated values.Date, opt *statement.Options) {
	said := statement.ReadTitle(append(slices.Clone(titles), opt.File))
	b.Bank, b.Quarter, b.Correction = cmp.Or(opt.Bank, said.Bank), said.Quarter, said.Correction
	if b.AsOf = dayOf(titles); !b.AsOf.Known() {
		b.AsOf = cmp.Or(dated, dayOf([]string{opt.File}))
	}
	for i := range b.Loans {
		b.Loans[i].AsOf, b.Loans[i].Bank = b.AsOf, b.Bank
	}
}

// reader turns the rows of one sheet into loans.
type reader struct {
	book       *Book
	out        *Sheet
	sheet      sheet.Sheet
	opt        *statement.Options
	vocabulary *heading.Vocabulary
	seen       map[[2]string]values.Place // contract and tranche → where the book has it
	contracts  map[string]values.Place

	table   *heading.Table
	titles  []string
	number  [keyCount]int // of the column with that key, 0 where there is none
	letters *[values.FieldCount]string
	// extendedLetters are those of loans whose maturity is the extension's.
	extendedLetters *[values.FieldCount]string
	units           map[values.Field]cell.AmountUnit
	rate            cell.RateUnit
	dated           values.Date
	sums            sums
}

func (r *reader) found(table *heading.Table) (err error) {
	r.table, r.titles = table, table.Titles()
	if r.out.Double, err = r.vocabulary.Doubles(table, r.opt.File, r.sheet.Name); err != nil {
		return err
	}
	r.letters, r.units = new([values.FieldCount]string), map[values.Field]cell.AmountUnit{}
	title := statement.ReadTitle(r.titles)
	for _, c := range table.Columns {
		switch {
		case c.Key > 0 && c.Key < keyCount:
			r.number[c.Key] = c.Number
			if f := fieldOf(c.Key); f != values.FieldNone {
				r.out.Columns = append(r.out.Columns, Column{c.Number, c.Heading(), f})
				if r.letters[f] == "" || heading.Key(f) == c.Key {
					r.letters[f] = sheet.ColumnName(c.Number)
				}
				r.units[f] = statement.AmountUnit(c.Path, title, r.opt)
			}
		case len(c.Path) > 0 && c.Key == 0:
			r.out.Unknown = append(r.out.Unknown, c.Heading())
		}
	}
	extended := *r.letters
	extended[values.FieldMatures] = sheet.ColumnName(r.number[keyExtendedMatures])
	r.extendedLetters = &extended
	r.out.letters, r.out.extended = r.letters, r.extendedLetters
	if r.rate = r.opt.Rate; r.rate == cell.ByValue && r.number[values.FieldRate] != 0 {
		r.rate = statement.RateUnit(table.Columns[r.number[values.FieldRate]-1].Path)
	}
	for _, row := range table.Rows {
		if r.out.Rows = row.Number; row.Number >= table.First {
			r.out.Headings++
		} else if !empty(row, 0) {
			r.out.Titles++
		}
	}
	return nil
}

func (r *reader) row(row sheet.Row) error {
	r.out.Rows = row.Number
	switch r.kind(row) {
	case rowHeading:
		r.out.Headings++
	case rowTitle:
		r.out.Titles++
	case rowTotal:
		r.out.Totals++
		r.total(row)
	case rowNote:
		r.out.Notes++
	case rowLoan:
		r.out.Loans++
		r.loan(row)
	case rowBlank:
	}
	return nil
}

// finish accounts for the blank rows and compares the sheet's total.
func (r *reader) finish() {
	s := r.out
	s.Blanks = s.Rows - s.Titles - s.Headings - s.Loans - s.Totals - s.Notes
	r.compareTotals()
}

func (r *reader) place(row int) values.Place {
	return values.Place{File: r.opt.File, Sheet: r.sheet.Name, Row: row}
}

func (r *reader) problem(row int, f values.Field, c sheet.Cell, kind values.ProblemKind, other values.Text) {
	address := ""
	if c.Column > 0 {
		address = c.Address()
	}
	r.book.Problems = append(r.book.Problems, Problem{r.place(row), f, address, cell.Raw(c), kind, other})
}
