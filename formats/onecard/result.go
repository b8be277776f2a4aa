package onecard

import (
	"errors"
	"fmt"
	"strings"

	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// The columns that the platform adds to the payment file's own.
const (
	StatusTitle = "发放状态"
	ReasonTitle = "失败原因"
	DateTitle   = "发放日期"
)

// ErrNotReturn marks a book in which no sheet has the headings of a return file.
var ErrNotReturn = errors.New("不是回盘文件")

// ReturnRow is a readable row of a return file. What it is compared with
// (serial, name, account, amount) stands as the file has it.
type ReturnRow struct {
	Place   values.Place // File is left to the caller
	Serial  string
	Batch   string // "" where the file has no such column
	Name    string
	ID      values.ResidentID // "" where the file has no such column
	Account values.Account
	Amount  values.Fen
	Paid    bool        // 成功; false is 失败
	Reason  string      // 失败原因 as written, or what the dialect says for it; "" where paid
	Date    values.Date // 发放日期; zero where the cell is empty
}

// Problem is a cell for which a row of a return file could not be taken. Such a
// row is not among the rows: what became of its payment stays unknown.
type Problem struct {
	Place  values.Place // File is left to the caller
	Serial string       // "" where that is what is missing
	Column string       // the heading
	Cell   string       // address
	Raw    string
	Kind   values.ProblemKind
}

// ReadReturn reads a return file (回盘): the payment file's own columns, found
// by their titles in any order, with 发放状态, 失败原因 and 发放日期, or what the
// platform's dialect has in their stead. Every row is either a row or has a
// problem; blank rows and 合计 rows are neither. Hidden sheets do not count. An
// error is a book that cannot be read, or one without such headings
// (ErrNotReturn).
func ReadReturn(book *sheet.Book, p Profile, d Dialect) ([]ReturnRow, []Problem, error) {
	var rows []ReturnRow
	var problems []Problem
	found := false
	for _, s := range book.Sheets() {
		if s.Hidden {
			continue
		}
		r := returnReader{profile: p, dialect: d, sheet: s}
		err := book.Rows(s.Index, func(row sheet.Row) error {
			r.row(row)
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
		found = found || r.columns != nil
		rows, problems = append(rows, r.rows...), append(problems, r.problems...)
	}
	if !found {
		return nil, nil, fmt.Errorf("%w：没有一张工作表含有列名 %s；请用平台导出的原文件", ErrNotReturn, strings.Join(p.returnTitles(), "、"))
	}
	return rows, problems, nil
}

// returnTitles are the headings without which a sheet is no return file.
func (p Profile) returnTitles() []string {
	return []string{p.Title(Serial), p.Title(Name), p.Title(Account), p.Title(Amount), StatusTitle}
}

// headingRows is how far down the headings are looked for.
const headingRows = 30

// returnReader reads one sheet.
type returnReader struct {
	profile  Profile
	dialect  Dialect
	sheet    sheet.Sheet
	columns  map[string]int // by folded title; nil before the heading row
	rows     []ReturnRow
	problems []Problem
}

func (r *returnReader) row(row sheet.Row) {
	if r.columns == nil {
		if row.Number <= headingRows {
			r.heading(row)
		}
		return
	}
	if isTotal(row) {
		return
	}
	cells := rowReader{returnReader: r, row: row}
	if cells.blank() {
		return
	}
	result := cells.read()
	if len(cells.problems) > 0 {
		for i := range cells.problems {
			cells.problems[i].Serial = result.Serial
		}
		r.problems = append(r.problems, cells.problems...)
		return
	}
	r.rows = append(r.rows, result)
}

func (r *returnReader) heading(row sheet.Row) {
	columns := make(map[string]int)
	for _, cell := range row.Cells {
		if title := values.FoldText(r.dialect.title(cell.Text)); title != "" && columns[title] == 0 {
			columns[title] = cell.Column
		}
	}
	for _, title := range r.profile.returnTitles() {
		if columns[values.FoldText(title)] == 0 {
			return
		}
	}
	r.columns = columns
}

// isTotal: 合计, 总计 or 小计 stands alone in a cell, and a payment's never does.
func isTotal(row sheet.Row) bool {
	for _, cell := range row.Cells {
		switch strings.TrimRight(values.FoldText(cell.Text), ":") {
		case "合计", "总计", "小计":
			return true
		}
	}
	return false
}

// rowReader reads one row and gathers what is wrong with it.
type rowReader struct {
	*returnReader
	row      sheet.Row
	problems []Problem
}

func (r *rowReader) read() ReturnRow {
	result := ReturnRow{
		Place:   values.Place{Sheet: r.sheet.Name, Row: r.row.Number},
		Serial:  r.filled(r.title(Serial)),
		Batch:   r.text(r.title(BatchID)),
		Name:    r.filled(r.title(Name)),
		ID:      values.ResidentID(strings.ToUpper(r.digits(r.text(r.title(ResidentID)), r.title(ResidentID)))),
		Account: values.Account(r.digits(r.filled(r.title(Account)), r.title(Account))),
		Amount:  r.amount(),
		Date:    r.date(),
	}
	result.Paid = r.status()
	if !result.Paid {
		result.Reason = r.dialect.reason(r.text(ReasonTitle))
	}
	return result
}

func (r *rowReader) title(value Value) string { return r.profile.Title(value) }

func (r *rowReader) cell(title string) sheet.Cell {
	if column := r.columns[values.FoldText(title)]; column > 0 && title != "" {
		return r.row.Cell(column)
	}
	return sheet.Cell{Row: r.row.Number}
}

// blank tells whether none of the columns that count is filled.
func (r *rowReader) blank() bool {
	for _, title := range r.profile.returnTitles() {
		if r.text(title) != "" {
			return false
		}
	}
	return true
}

func (r *rowReader) text(title string) string {
	return strings.TrimPrefix(strings.TrimSpace(r.cell(title).Text), "'")
}

// filled is the text of a cell that may not be empty.
func (r *rowReader) filled(title string) string {
	text := r.text(title)
	if text == "" {
		r.problem(title, values.ProblemEmpty)
	}
	return text
}

// digits reads an id or account. A number of more than fifteen digits has lost
// some: what they were is not guessed.
func (r *rowReader) digits(text, title string) string {
	if cell := r.cell(title); cell.Kind == sheet.Number && (cell.Long || len(cell.Text) > 15) {
		r.problem(title, values.ProblemDigitsLost)
		return ""
	}
	return values.FoldText(text)
}

func (r *rowReader) amount() values.Fen {
	title := r.title(Amount)
	text := strings.NewReplacer(",", "", "¥", "", "元", "").Replace(values.FoldText(r.text(title)))
	if text == "" {
		r.problem(title, values.ProblemEmpty)
		return 0
	}
	amount, err := values.ParseFen(text)
	if err != nil {
		r.problem(title, values.ProblemUnreadable)
	}
	return amount
}

// status: neither a plain success nor a plain failure is left unknown.
func (r *rowReader) status() (paid bool) {
	text := r.text(StatusTitle)
	paid, known := r.dialect.status(text)
	switch {
	case text == "":
		r.problem(StatusTitle, values.ProblemEmpty)
	case !known:
		r.problem(StatusTitle, values.ProblemUnreadable)
	}
	return paid
}

func (r *rowReader) date() values.Date {
	cell := r.cell(DateTitle)
	text := values.FoldText(r.text(DateTitle))
	if text == "" {
		return 0
	}
	if cell.Kind == sheet.Number && cell.Date {
		if y, m, d, ok := sheet.DateFromSerial(cell.Text, r.sheet.Date1904); ok {
			day, _ := values.NewDate(y, m, d)
			return day
		}
	}
	day, ok := readDate(text)
	if !ok {
		r.problem(DateTitle, values.ProblemUnreadable)
	}
	return day
}

// readDate reads 2026-10-20, 2026/10/20, 2026.10.20, 20261020 and 2026年10月20日;
// a time of day after it, with its colons, is left out.
func readDate(text string) (values.Date, bool) {
	for _, form := range []string{"%d-%d-%d", "%d/%d/%d", "%d.%d.%d", "%d年%d月%d日", "%4d%2d%2d"} {
		var y, m, d int
		var rest string
		n, _ := fmt.Sscanf(text, form+"%s", &y, &m, &d, &rest)
		if n >= 3 && (rest == "" || strings.Contains(rest, ":")) {
			return values.NewDate(y, m, d)
		}
	}
	return 0, false
}

func (r *rowReader) problem(title string, kind values.ProblemKind) {
	cell := r.cell(title)
	if cell.Kind == sheet.Uncached {
		kind = values.ProblemUncached
	}
	p := Problem{Place: values.Place{Sheet: r.sheet.Name, Row: r.row.Number}, Column: title, Raw: cell.Text, Kind: kind}
	if cell.Column > 0 {
		p.Cell = cell.Address()
	}
	r.problems = append(r.problems, p)
}
