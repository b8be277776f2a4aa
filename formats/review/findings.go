package review

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// FindingsSheet is the sheet that people fill in.
const FindingsSheet = "问题清单"

// The columns of the findings workbook, in order. Those after 说明 are for the
// screen: what stood where, what it should be, and a way to open it.
var findingsColumns = []struct {
	title string
	width int
}{
	{"文件", 15}, {"工作表", 8}, {"行", 5}, {"银行", 14}, {"借款人", 9}, {"合同号", 17}, {"结论", 6},
	{"问题代码", 18}, {"问题说明", 44}, {"依据", 16}, {"处理意见", 9}, {"说明", 14}, {"单元格", 10}, {"原值", 22}, {"应为", 22},
}

const (
	decisionColumn = 11 // 处理意见
	printedColumns = 12 // up to 说明
)

// outcomeWords are the outcomes in the order in which they are worked through.
var outcomeWords = []struct {
	outcome values.Outcome
	word    string
	mark    book.Style
}{
	{values.Held, "待核", book.DeskHeldMark},
	{values.Returned, "退回", book.DeskReturnedMark},
	{values.Accepted, "通过", book.DeskAcceptedMark},
}

func rank(o values.Outcome) int {
	for i, known := range outcomeWords {
		if known.outcome == o {
			return i
		}
	}
	return len(outcomeWords)
}

// WriteFindings writes 问题清单.xlsx: sheet 问题清单 with a row per line, held
// lines first, then returned ones, then those accepted with a notice, each bank's
// together; held lines have a drop-down for 处理意见. A second sheet says how to
// fill it in, and counts the findings.
func WriteFindings(w io.Writer, f Findings) error {
	entries := slices.Clone(f.Entries)
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(rank(a.Outcome), rank(b.Outcome)), cmp.Compare(a.Bank, b.Bank),
			cmp.Compare(a.File, b.File), cmp.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Row, b.Row))
	})
	title := f.County + f.Quarter.Chinese() + "贴息核验问题清单"
	out := book.New(book.Properties{Title: title, Date: f.Date})
	layout := book.Layout{Name: FindingsSheet, Landscape: true, FreezeRows: 1, PrintColumns: printedColumns, Header: title, Tab: "C55A11"}
	heads := make([]book.Cell, len(findingsColumns))
	for i, column := range findingsColumns {
		layout.Widths = append(layout.Widths, column.width)
		heads[i] = book.Text(book.DeskHead, column.title)
	}
	s := out.Sheet(layout)
	s.RowOfHeight(26, heads...)
	s.Repeat(1, 1)
	held := 0
	for _, entry := range entries {
		s.Row(entry.cells()...)
		if entry.Outcome == values.Held {
			held++
		}
	}
	if held > 0 {
		s.Choices(decisionColumn, 2, 1+held, string(Accept), string(Return))
	}
	if len(entries) > 0 {
		s.DigitsAsText(1, 2, len(findingsColumns), s.Last())
	}
	s.Filter(1, s.Last())
	writeGuide(out, title, entries)
	_, err := out.WriteTo(w)
	return err
}

func (e Entry) cells() []book.Cell {
	word, mark := string(e.Outcome), book.DeskCentre
	if at := rank(e.Outcome); at < len(outcomeWords) {
		word, mark = outcomeWords[at].word, outcomeWords[at].mark
	}
	fill := book.DeskText
	if e.Outcome == values.Held {
		fill = book.DeskInput
	}
	addresses := e.addresses()
	cell := book.Text(book.DeskCentre, strings.Join(addresses, "、"))
	if len(addresses) > 0 && e.Link != "" {
		cell = book.Text(book.DeskLink, strings.Join(addresses, "、")).LinkTo(e.Link, e.Sheet, addresses[0])
	}
	return []book.Cell{
		book.Text(book.DeskText, e.File), book.Text(book.DeskCentre, e.Sheet), book.Int(book.DeskCentre, e.Row),
		book.Text(book.DeskText, e.Bank), book.Text(book.DeskCentre, e.Borrower), book.Text(book.DeskCode, e.Contract),
		book.Text(mark, word),
		book.Text(book.DeskText, e.codes()), book.Text(book.DeskText, e.column(Finding.explanation)),
		book.Text(book.DeskText, e.column(func(f Finding) string { return f.Clause })),
		book.Text(fill, string(e.Decision)), book.Text(fill, e.Why),
		cell,
		book.Text(book.DeskText, e.column(func(f Finding) string { return f.Value })),
		book.Text(book.DeskText, e.column(func(f Finding) string { return f.Want })),
	}
}

// codes are one a line, bare, so that other programs can split them.
func (e Entry) codes() string {
	codes := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		codes[i] = f.Code
	}
	return strings.Join(codes, "\n")
}

// addresses are the cells that the findings rest on, each once.
func (e Entry) addresses() []string {
	var cells []string
	for _, f := range e.Findings {
		if f.Cell != "" && !slices.Contains(cells, f.Cell) {
			cells = append(cells, f.Cell)
		}
	}
	return cells
}

func (f Finding) explanation() string {
	if f.Message == "" {
		return f.Title
	}
	return "【" + f.Title + "】" + f.Message
}

// column is one text of every finding, numbered where there are several; the
// numbers are the same in each column.
func (e Entry) column(text func(Finding) string) string {
	if len(e.Findings) == 1 {
		return text(e.Findings[0])
	}
	var lines []string
	for i, f := range e.Findings {
		if t := text(f); t != "" {
			lines = append(lines, fmt.Sprintf("%d. %s", i+1, t))
		}
	}
	return strings.Join(lines, "\n")
}

// writeGuide is the sheet 说明与汇总.
func writeGuide(out *book.Book, title string, entries []Entry) {
	const wide = 5
	s := out.Sheet(book.Layout{Name: "说明与汇总", Widths: []int{26, 30, 9, 9, 9}})
	s.Row(book.Text(book.DeskTitle, title).Over(wide))
	for _, line := range []string{
		"1. 结论为“待核”的行需要人工核定：在“处理意见”中选择“通过”或“退回”，并在“说明”中写明理由。",
		"2. 填好后保存，放回收件文件夹，再次运行程序即生效。可以分几次填；没有填的行仍为待核。",
		"3. 结论为“退回”的行已列入各银行的退回文件，由银行更正后重新报送；“通过”的行只是提示，不影响贴息。",
		"4. “单元格”“原值”“应为”指明问题在银行文件中的位置；点击单元格地址可打开原文件。",
	} {
		s.Row(book.Text(book.DeskNote, line).Over(wide))
	}
	s.RowOfHeight(10)
	type row struct {
		code, title string
		count       [3]int
	}
	var rows []row
	place := make(map[string]int)
	var lines [3]int
	for _, e := range entries {
		group := min(rank(e.Outcome), len(lines)-1)
		lines[group]++
		for _, f := range e.Findings {
			at, known := place[f.Code]
			if !known {
				at = len(rows)
				place[f.Code] = at
				rows = append(rows, row{code: f.Code, title: f.Title})
			}
			rows[at].count[group]++
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.code, b.code) })
	heads := []book.Cell{book.Text(book.DeskHead, "问题代码"), book.Text(book.DeskHead, "名称")}
	for _, known := range outcomeWords {
		heads = append(heads, book.Text(book.DeskHead, known.word))
	}
	s.RowOfHeight(22, heads...)
	for _, r := range rows {
		s.Row(book.Text(book.DeskText, r.code), book.Text(book.DeskText, r.title),
			book.Int(book.DeskInt, r.count[0]), book.Int(book.DeskInt, r.count[1]), book.Int(book.DeskInt, r.count[2]))
	}
	s.RowOfHeight(22, book.Text(book.DeskTotalText, "行数（一行可有多个问题）").Over(2),
		book.Int(book.DeskTotalInt, lines[0]), book.Int(book.DeskTotalInt, lines[1]), book.Int(book.DeskTotalInt, lines[2]))
}
