package review

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// Opinion is a decision on a line, as somebody filled it in.
type Opinion struct {
	values.Place // of the bank's line
	Bank         string
	Contract     string
	Codes        []string // of the findings that the decision was taken on
	Decision     Decision // Accept or Return
	Why          string   // 说明; may be empty
	At           int      // row in the findings workbook
}

// OpinionProblem is a filled-in row that cannot be taken.
type OpinionProblem struct {
	Row    int // in the findings workbook
	Cell   string
	Column string
	Raw    string
}

func (p OpinionProblem) Error() string {
	return fmt.Sprintf("问题清单第%d行（单元格 %s）：%s %q 无法识别；处理意见只能填“通过”或“退回”，文件、工作表、行请勿改动", p.Row, p.Cell, p.Column, p.Raw)
}

// ErrNotFindings marks a book that is not a findings workbook of ours.
var ErrNotFindings = errors.New("不是问题清单")

// ReadFindings reads the decisions out of a findings workbook that came back.
// Columns are found by their headings, so that people may move, sort and filter
// them; rows without a 处理意见 are left out. An error is a book that cannot be
// read, or one without the sheet or its headings (ErrNotFindings).
func ReadFindings(book *sheet.Book) ([]Opinion, []OpinionProblem, error) {
	for _, s := range book.Sheets() {
		if values.FoldText(s.Name) != FindingsSheet && s.Name != "" {
			continue
		}
		r := opinionReader{}
		if err := book.Rows(s.Index, r.row); err != nil {
			return nil, nil, err
		}
		if r.columns != nil {
			return r.opinions, r.problems, nil
		}
	}
	return nil, nil, fmt.Errorf("%w：没有工作表“%s”，或缺少列名 %s", ErrNotFindings, FindingsSheet, strings.Join(opinionColumns, "、"))
}

var opinionColumns = []string{"文件", "工作表", "行", "银行", "合同号", "问题代码", "处理意见", "说明"}

type opinionReader struct {
	columns  map[string]int
	opinions []Opinion
	problems []OpinionProblem
}

func (r *opinionReader) row(row sheet.Row) error {
	if r.columns == nil {
		r.heading(row)
		return nil
	}
	decision := r.cell(row, "处理意见")
	text := values.FoldText(decision.Text)
	if text == "" {
		return nil
	}
	number, err := strconv.Atoi(strings.TrimSpace(r.cell(row, "行").Text))
	o := Opinion{
		Place: values.Place{File: r.text(row, "文件"), Sheet: r.cell(row, "工作表").Text, Row: number},
		Bank:  r.text(row, "银行"), Contract: r.text(row, "合同号"), Codes: strings.Fields(r.text(row, "问题代码")),
		Decision: Decision(text), Why: r.text(row, "说明"), At: row.Number,
	}
	switch {
	case o.Decision != Accept && o.Decision != Return:
		r.problem(row, "处理意见")
	case err != nil || number < 1:
		r.problem(row, "行")
	case o.File == "":
		r.problem(row, "文件")
	default:
		r.opinions = append(r.opinions, o)
	}
	return nil
}

func (r *opinionReader) heading(row sheet.Row) {
	columns := make(map[string]int)
	for _, cell := range row.Cells {
		columns[values.FoldText(cell.Text)] = cell.Column
	}
	for _, title := range opinionColumns {
		if columns[title] == 0 {
			return
		}
	}
	r.columns = columns
}

func (r *opinionReader) cell(row sheet.Row, title string) sheet.Cell {
	return row.Cell(r.columns[title])
}

func (r *opinionReader) text(row sheet.Row, title string) string {
	return strings.TrimSpace(r.cell(row, title).Text)
}

func (r *opinionReader) problem(row sheet.Row, title string) {
	cell := r.cell(row, title)
	r.problems = append(r.problems, OpinionProblem{Row: row.Number, Cell: cell.Address(), Column: title, Raw: cell.Text})
}
