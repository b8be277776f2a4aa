package statement

import (
	"cmp"
	"slices"

	"tiexi/formats/cell"
	"tiexi/formats/heading"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// reader turns the rows of one sheet into lines.
type reader struct {
	*layout
	opt      *Options
	place    values.Place // of the sheet; the row is set for each line
	bank     string
	date1904 bool
	round    bool

	defaultFrom, defaultTo end // of lines that do not give theirs
	convention             Convention
	lastTotal              int // number of the last total row, 0 for none

	columns []column // in the order of fields
	letters fieldLetters
	// extendedLetters are those of lines whose maturity is the extension's.
	extendedLetters fieldLetters
	figures         []figure    // of the row just read, one for each column of money
	moneyOf         map[int]int // index in money, by column
}

// column is a column that fills a field.
type column struct {
	key      heading.Key
	number   int
	required bool
}

// fieldLetters are the letters of the column of each field.
type fieldLetters *[values.FieldCount]string

// figure is an amount as the row gives it.
type figure struct {
	fen      values.Fen
	readable bool
}

func newReader(l *layout, s sheet.Sheet, title Title, opt *Options) *reader {
	r := &reader{
		layout: l, opt: opt, date1904: s.Date1904, round: slices.Contains(opt.Allow, RoundAmounts),
		place: values.Place{File: opt.File, Sheet: s.Name}, bank: cmp.Or(opt.Bank, title.Bank), moneyOf: map[int]int{},
		figures: make([]figure, len(l.money)),
	}
	for i, m := range l.money {
		r.moneyOf[m.column] = i
	}
	for key, n := range l.number {
		f := fieldOf(heading.Key(key))
		switch f {
		case values.FieldNone, values.FieldFrom, values.FieldTo, values.FieldDays: // read together, see settleDays
			continue
		}
		if n != 0 {
			r.columns = append(r.columns, column{heading.Key(key), n, f == values.Field(key) && requiredFields.Has(f)})
		}
	}
	r.letters, r.extendedLetters = letters(l)
	return r
}

func letters(l *layout) (own, extended fieldLetters) {
	var of [values.FieldCount]string
	for key, n := range l.number {
		if f := fieldOf(heading.Key(key)); n != 0 && f != values.FieldNone && of[f] == "" {
			of[f] = sheet.ColumnName(n)
		}
	}
	if of[values.FieldTo] == "" { // one column has both ends
		of[values.FieldTo] = sheet.ColumnName(l.number[keyPeriod])
	}
	other := of
	other[values.FieldMatures] = sheet.ColumnName(l.number[keyExtendedMatures])
	if other[values.FieldOriginalMaturity] == "" {
		other[values.FieldOriginalMaturity] = of[values.FieldMatures]
	}
	return &of, &other
}

// setPeriod says which days a line has that does not say so itself: the title's
// period, as the bank wrote it, else the quarter.
func (r *reader) setPeriod(t Title, q values.Quarter) {
	switch day := r.opt.interestDay(); {
	case t.From.Known() && int(t.To-t.From) <= longestPeriod:
		r.defaultFrom, r.defaultTo = end{day: t.From, written: true}, end{day: t.To, written: true}
	case !q.IsZero():
		r.defaultFrom, r.defaultTo = end{day: q.First(day)}, end{day: q.Last(day)}
	}
}

// longestPeriod is the longest period in a title that can be an interest
// period; a longer one is a policy's or a loan's.
const longestPeriod = 100

// line reads a row. Every cell that cannot be taken is a problem; what can be
// read is there all the same.
func (r *reader) line(row sheet.Row) *values.Line {
	l := &values.Line{Place: r.place, Bank: r.bank, Columns: r.letters}
	l.Row = row.Number
	clear(r.figures)
	for _, column := range r.columns {
		c := row.Cell(column.number)
		f := fieldOf(column.key)
		switch {
		case cell.Blank(c) && column.required && !r.extended(f, row):
			l.Problems = append(l.Problems, values.Problem{Kind: values.ProblemEmpty, Field: f, Cell: l.Cell(f)})
		case !column.required && nothing(c) && !keepsWords(f), cell.Blank(c):
		default:
			r.take(l, column, c)
		}
	}
	r.settleMaturity(l, row)
	r.settleDays(l, row)
	slices.SortStableFunc(l.Problems, func(a, b values.Problem) int { return cmp.Compare(a.Field, b.Field) })
	return l
}

// take reads one cell into the line.
func (r *reader) take(l *values.Line, column column, c sheet.Cell) {
	f := fieldOf(column.key)
	kind := r.store(l, column, c)
	if kind == "" || kind == values.ProblemPrivateUse {
		l.Given = l.Given.With(f)
	}
	if kind != "" {
		l.Problems = append(l.Problems, problem(kind, f, c))
	}
}

// extended tells that a field which is blank in its own column stands in the
// one of extensions.
func (r *reader) extended(f values.Field, row sheet.Row) bool {
	return f == values.FieldMatures && !nothing(row.Cell(r.number[keyExtendedMatures]))
}

// settleMaturity: where the sheet has the maturity of the extension in a column
// of its own, that one counts, and the other is the original one.
func (r *reader) settleMaturity(l *values.Line, row sheet.Row) {
	c := row.Cell(r.number[keyExtendedMatures])
	if nothing(c) {
		return
	}
	day, kind := cell.Date(c, r.date1904)
	if kind != "" {
		return // take has said so
	}
	own := row.Cell(r.number[values.FieldMatures])
	if original, kind := cell.Date(own, r.date1904); kind == "" && !l.Given.Has(values.FieldOriginalMaturity) && original != day {
		l.OriginalMaturity = original
		l.Given = l.Given.With(values.FieldOriginalMaturity)
	}
	l.Matures, l.Columns = day, r.extendedLetters
}

// nothing tells a cell of an optional column that says nothing.
func nothing(c sheet.Cell) bool { return cell.Blank(c) || cell.Placeholder(c) }

// keepsWords tells the fields in which 无 is a word of its own.
func keepsWords(f values.Field) bool {
	switch f {
	case values.FieldGuarantee, values.FieldApproved, values.FieldRenewals, values.FieldOverdue:
		return true
	}
	return false
}

func problem(kind values.ProblemKind, f values.Field, c sheet.Cell) values.Problem {
	return values.Problem{Kind: kind, Field: f, Cell: c.Address(), Raw: cell.Raw(c)}
}
