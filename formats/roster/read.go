package roster

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tiexi/formats/cell"
	"tiexi/formats/heading"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// Report is what was understood of a roster.
type Report struct {
	File     string
	DataDate values.Date // the snapshot's date: the latest 数据日期 of its rows, else the title's; zero where neither gives one
	Dates    int         // how many different dates the rows give
	Persons  int
	Problems int // persons with problems
	Sheets   []Sheet
}

// Sheet is what was understood of one sheet. Rows = Titles + Headings + Blanks +
// Persons + Notes where it is read.
type Sheet struct {
	Index   int
	Name    string // "" for a CSV
	Hidden  bool
	Missing []string // required columns that it lacks; a sheet that lacks any is not read
	Unknown []string // headings that nothing is known of
	Double  []string // columns that two headings claim equally; the left one is taken

	Rows, Titles, Headings, Blanks, Persons int
	Notes                                   []Note
}

// Read tells whether the sheet's persons were read.
func (s *Sheet) Read() bool { return !s.Hidden && len(s.Missing) == 0 }

// Note is a row with neither household, nor name, nor id: a count, a signature.
type Note struct {
	Row  int
	Text string
}

// ErrNoRoster marks a book without a roster's headings; the error is a
// [heading.NoTableError], which says what its sheets lack.
var ErrNoRoster = errors.New("没有帮扶名单的表头")

// Read gives every person of every sheet with a roster's headings to yield, in
// the order of sheets and rows. file is the name to call it by.
//
// A person with problems is given too. A book without roster is a
// [heading.NoTableError] and [ErrNoRoster], one whose headings leave a choice a
// [heading.AmbiguousError]. Other errors are those of yield, which ends the
// reading, and refusals of package sheet, after which the persons that were
// given must not be used. The report is never nil.
func Read(book *sheet.Book, file string, yield func(*Person) error) (*Report, error) {
	report := &Report{File: file}
	none := &heading.NoTableError{File: file, Want: ErrNoRoster, Advice: "请核对是否选错文件，或补上这些列。"}
	dates, titled := map[values.Date]bool{}, values.Date(0)
	for i, s := range book.Sheets() {
		report.Sheets = append(report.Sheets, Sheet{Index: s.Index, Name: s.Name, Hidden: s.Hidden})
		if s.Hidden {
			none.Sheets = append(none.Sheets, heading.Skipped{Name: s.Name, Hidden: true})
			continue
		}
		r := &reader{report: report, out: &report.Sheets[i], sheet: s, yield: yield, file: file, dates: dates}
		table, err := heading.Scan(heading.Of(book, s.Index), Headings, r.found, r.row)
		if err != nil {
			return report, err
		}
		if r.out.Missing = table.Missing; !table.Complete() {
			none.Sheets = append(none.Sheets, table.Skip(s))
			continue
		}
		r.out.Blanks = r.out.Rows - r.out.Titles - r.out.Headings - r.out.Persons - len(r.out.Notes)
		titled = max(titled, r.titled)
	}
	if len(none.Sheets) == len(report.Sheets) {
		return report, none
	}
	report.Dates, report.DataDate = len(dates), titled
	if len(dates) > 0 {
		report.DataDate = slices.Max(slices.Collect(maps.Keys(dates)))
	}
	return report, nil
}

// reader turns the rows of one sheet into persons.
type reader struct {
	report *Report
	out    *Sheet
	sheet  sheet.Sheet
	file   string
	yield  func(*Person) error

	table   *heading.Table
	columns [columnCount]int // number of each column, 0 where there is none
	letters [columnCount]string
	dates   map[values.Date]bool
	titled  values.Date
}

func (r *reader) found(table *heading.Table) (err error) {
	r.table = table
	for _, c := range table.Columns {
		switch {
		case c.Key > 0:
			r.columns[c.Key], r.letters[c.Key] = c.Number, sheet.ColumnName(c.Number)
		case len(c.Path) > 0:
			r.out.Unknown = append(r.out.Unknown, c.Heading())
		}
	}
	if r.out.Double, err = Headings.Doubles(table, r.file, r.sheet.Name); err != nil {
		return err
	}
	for _, row := range table.Rows {
		if r.out.Rows = row.Number; row.Number < table.First {
			if !empty(row, 0) {
				r.out.Titles++
			}
			continue
		}
		r.out.Headings++
	}
	for _, text := range table.Titles() {
		if d := dateIn(text); d.Known() {
			r.titled = d
		}
	}
	return nil
}

var titleDate = regexp.MustCompile(`(?:数据日期|数据时间|截至|截止|统计日期)[::]?(?:日期)?[::]?(\d{4}[-年./]?\d{1,2}(?:[-月./]?\d{1,2}日?|月)?)`)

// dateIn finds the date of the data in a title row: 数据日期：2026年6月30日.
func dateIn(text string) values.Date {
	m := titleDate.FindStringSubmatch(values.FoldText(text))
	if m == nil {
		return 0
	}
	d, _ := cell.DateOrMonth(sheet.Cell{Kind: sheet.Text, Text: m[1]}, false)
	return d
}

func (r *reader) row(row sheet.Row) error {
	r.out.Rows = row.Number
	switch again := r.table.Repeats(row); {
	case again >= r.table.First:
		r.out.Headings++
		return nil
	case again > 0:
		r.out.Titles++
		return nil
	case empty(row, r.columns[serial]):
		return nil
	case !r.names(row):
		r.out.Notes = append(r.out.Notes, Note{row.Number, text(row)})
		return nil
	}
	p := r.person(row)
	r.out.Persons++
	r.report.Persons++
	if len(p.Problems) > 0 {
		r.report.Problems++
	}
	if p.DataDate.Known() {
		r.dates[p.DataDate] = true
	}
	return r.yield(p)
}

// empty tells a row with nothing in it but, at most, a serial number.
func empty(row sheet.Row, serial int) bool {
	return !slices.ContainsFunc(row.Cells, func(c sheet.Cell) bool { return !cell.Blank(c) && !(c.Column == serial && cell.Serial(c)) })
}

var noteText = regexp.MustCompile(`^(?:合计|总计|共计|小计|制表|填表|填报|审核|负责|经办|备注|说明|注|日期)`)

// names tells whether the row may be a person: it has an id, or a name or a
// household and no word of a footer before them.
func (r *reader) names(row sheet.Row) bool {
	if !cell.Blank(row.Cell(r.columns[ID])) {
		return true
	}
	for _, c := range row.Cells {
		switch {
		case c.Kind == sheet.Text && noteText.MatchString(values.FoldText(c.Text)):
			return false
		case (c.Column == r.columns[Name] || c.Column == r.columns[Household]) && !cell.Blank(c):
			return true
		}
	}
	return false
}

func text(row sheet.Row) string {
	var texts []string
	for _, c := range row.Cells {
		if !c.Covered && !cell.Blank(c) {
			texts = append(texts, cell.Trim(c.Text))
		}
	}
	return strings.Join(texts, " ")
}

func (r *reader) person(row sheet.Row) *Person {
	p := &Person{Place: values.Place{File: r.file, Sheet: r.sheet.Name, Row: row.Number}}
	for column := Household; column < serial; column++ {
		if r.columns[column] == 0 {
			continue
		}
		c := row.Cell(r.columns[column])
		kind := values.ProblemKind("")
		switch {
		case cell.Blank(c) && required[column]:
			kind = values.ProblemEmpty
		case cell.Blank(c), !required[column] && cell.Placeholder(c):
		default:
			kind = r.store(p, column, c)
		}
		if kind != "" {
			p.Problems = append(p.Problems, Problem{kind, column, r.letters[column] + strconv.Itoa(row.Number), cell.Raw(c)})
		}
	}
	return p
}

// store reads one cell into the person.
func (r *reader) store(p *Person, column Column, c sheet.Cell) (kind values.ProblemKind) {
	switch column {
	case Household:
		p.Household, kind = cell.Contract(c)
	case PersonNo:
		p.PersonNo, kind = cell.Contract(c)
	case Name:
		p.Name, kind = cell.Name(c)
	case ID:
		p.ID, kind = cell.RosterID(c)
	case Relation:
		p.Relation, kind = cell.Text(c)
	case Township:
		p.Township, kind = cell.Text(c)
	case Village:
		p.Village, kind = cell.Text(c)
	case Kind:
		p.Kind, kind = cell.Text(c)
	case MonitorKind:
		p.MonitorKind, kind = cell.Text(c)
	case RiskRemoved:
		p.RiskRemoved, kind = removed(c)
	case Joined:
		p.Joined, kind = cell.DateOrMonth(c, r.sheet.Date1904)
	case Left:
		p.Left, kind = cell.DateOrMonth(c, r.sheet.Date1904)
	case DataDate:
		p.DataDate, kind = cell.DateOrMonth(c, r.sheet.Date1904)
	case Phone:
		p.Phone, kind = cell.Text(c)
	case PayoutBank:
		p.PayoutBank, kind = cell.Text(c)
	case Account:
		p.Account, kind = cell.Account(c)
	}
	return kind
}

// removed reads 风险是否消除: a yes or no, or 已消除 and 未消除.
func removed(c sheet.Cell) (bool, values.ProblemKind) {
	switch values.FoldText(c.Text) {
	case "已消除", "消除", "风险已消除", "稳定消除", "自然消除":
		return true, ""
	case "未消除", "风险未消除", "尚未消除":
		return false, ""
	}
	return cell.Flag(c)
}
