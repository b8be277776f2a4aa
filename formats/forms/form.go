package forms

import (
	"slices"
	"strconv"

	"tiexi/formats/cell"
	"tiexi/formats/heading"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// Problem is a cell that could not be taken; nothing of its row was.
type Problem struct {
	Place  values.Place
	Column string // its usual heading
	Cell   string // address
	Raw    string
	Kind   values.ProblemKind
}

func column(key heading.Key, names ...string) heading.Entry {
	return heading.Entry{Key: key, Names: names}
}

func required(key heading.Key, names ...string) heading.Entry {
	return heading.Entry{Key: key, Names: names, Required: true}
}

// form is a kind of workbook: its columns, and the error where a book has none
// of them.
type form struct {
	columns *heading.Vocabulary
	none    error
}

// read gives what parse makes of each row, where parse wants it and the row has
// no problem.
func read[T any](book *sheet.Book, file string, f form, parse func(*record) (T, bool)) ([]T, []Problem, error) {
	var all []T
	var problems []Problem
	none := &heading.NoTableError{File: file, Want: f.none, Advice: "请使用程序给出的表格，保留表头。"}
	for _, s := range book.Sheets() {
		if s.Hidden {
			none.Sheets = append(none.Sheets, heading.Skipped{Name: s.Name, Hidden: true})
			continue
		}
		r := record{form: f, place: values.Place{File: file, Sheet: s.Name}, date1904: s.Date1904}
		found := func(t *heading.Table) error {
			r.table = t
			_, err := f.columns.Doubles(t, file, s.Name)
			return err
		}
		row := func(row sheet.Row) error {
			if blank(row) || r.table.Repeats(row) != 0 {
				return nil
			}
			r.row, r.place.Row, r.problems = row, row.Number, nil
			value, wanted := parse(&r)
			switch {
			case !wanted:
			case len(r.problems) > 0:
				problems = append(problems, r.problems...)
			default:
				all = append(all, value)
			}
			return nil
		}
		table, err := heading.Scan(heading.Of(book, s.Index), f.columns, found, row)
		if err != nil {
			return nil, nil, err
		}
		if !table.Complete() {
			none.Sheets = append(none.Sheets, table.Skip(s))
		}
	}
	if len(none.Sheets) == len(book.Sheets()) {
		return nil, nil, none
	}
	return all, problems, nil
}

func blank(row sheet.Row) bool {
	return !slices.ContainsFunc(row.Cells, func(c sheet.Cell) bool { return !cell.Blank(c) })
}

// record is a row of a form. Its readers take down a problem where a cell cannot
// be read, or is blank and needed.
type record struct {
	form     form
	table    *heading.Table
	place    values.Place
	date1904 bool
	row      sheet.Row
	problems []Problem
}

func (r *record) cell(key heading.Key) sheet.Cell { return r.row.Cell(r.table.Column(key)) }

func (r *record) blank(key heading.Key) bool { return cell.Blank(r.cell(key)) }

func (r *record) fault(key heading.Key, kind values.ProblemKind) {
	if kind == "" {
		return
	}
	address := ""
	if n := r.table.Column(key); n != 0 {
		address = sheet.ColumnName(n) + strconv.Itoa(r.row.Number)
	}
	r.problems = append(r.problems, Problem{r.place, r.form.columns.Title(key), address, cell.Raw(r.cell(key)), kind})
}

// optional reads a text that may be blank.
func (r *record) optional(key heading.Key) string {
	text, kind := cell.Text(r.cell(key))
	r.fault(key, kind)
	return text
}

// text reads a text that is needed.
func (r *record) text(key heading.Key) string {
	if r.blank(key) {
		r.fault(key, values.ProblemEmpty)
	}
	return r.optional(key)
}

func (r *record) contract(key heading.Key) string {
	text, kind := cell.Contract(r.cell(key))
	if kind == "" && text == "" {
		kind = values.ProblemEmpty
	}
	r.fault(key, kind)
	return text
}

func (r *record) date(key heading.Key) values.Date {
	if r.blank(key) {
		r.fault(key, values.ProblemEmpty)
		return 0
	}
	d, kind := cell.Date(r.cell(key), r.date1904)
	r.fault(key, kind)
	return d
}

// word reads one of a few words; every other one is a problem.
func word[T any](r *record, key heading.Key, words map[string]T) T {
	value, known := words[values.FoldText(r.cell(key).Text)]
	switch {
	case known:
	case r.blank(key):
		r.fault(key, values.ProblemEmpty)
	default:
		r.fault(key, values.ProblemUnreadable)
	}
	return value
}
