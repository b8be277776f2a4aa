package review

import (
	"fmt"
	"io"
	"strings"

	"tiexi/formats/book"
)

// WriteReturned writes 退回-<bank>.xlsx: a sheet for each of the bank's sheets
// with returned lines, in the bank's own columns and order, with where each
// line stood and why it comes back in front of them. It can be mailed as it is.
func WriteReturned(w io.Writer, r Returned) error {
	title := fmt.Sprintf("%s%s贴息名单退回清单（%s）", r.County, r.Quarter.Chinese(), r.Bank)
	out := book.New(book.Properties{Title: title, Date: r.Date})
	var names book.SheetNames
	for _, s := range r.Sheets {
		r.sheet(out, names.Pick(s.name()), title, s)
	}
	_, err := out.WriteTo(w)
	return err
}

// name is the bank's sheet, or for a CSV the file.
func (s ReturnedSheet) name() string {
	if s.Sheet != "" {
		return s.Sheet
	}
	if dot := strings.LastIndexByte(s.File, '.'); dot > 0 {
		return s.File[:dot]
	}
	return s.File
}

// added are the columns in front of the bank's own.
var added = []string{"文件", "行", "退回原因"}

func (r Returned) sheet(out *book.Book, name, title string, s ReturnedSheet) {
	own := len(s.Headings)
	for _, row := range s.Rows {
		own = max(own, len(row.Cells))
	}
	wide := len(added) + own
	sheet := out.Sheet(book.Layout{
		Name: name, Widths: s.widths(own), Landscape: true, FreezeRows: 3, FreezeColumns: len(added), Running: title, Tab: "C00000",
	})
	over := min(wide, titleColumns)
	sheet.Row(book.Text(book.DeskTitle, title).Over(over))
	sheet.Row(book.Text(book.DeskNote, r.note(s)).Over(over))
	heads := make([]book.Cell, 0, wide)
	for _, heading := range added {
		heads = append(heads, book.Text(book.DeskReturnedHead, heading))
	}
	for i := range own {
		heads = append(heads, book.Text(book.DeskHead, at(s.Headings, i)))
	}
	head := sheet.Row(heads...)
	sheet.Repeat(head, head)
	for _, row := range s.Rows {
		cells := append(heads[:0], book.Text(book.DeskText, s.File), book.Int(book.DeskCentre, row.Row), book.Text(book.DeskText, row.reason()))
		for i := range own {
			style := book.DeskCode
			if isFigure(at(row.Cells, i)) {
				style = book.DeskFigure
			}
			cells = append(cells, book.Text(style, at(row.Cells, i)))
		}
		sheet.Row(cells...)
	}
	if len(s.Rows) > 0 {
		sheet.DigitsAsText(len(added)+1, head+1, wide, sheet.Last())
	}
	sheet.Filter(head, sheet.Last())
}

// titleColumns keeps the title on the screen where the bank has many columns.
const titleColumns = 10

func (r Returned) note(s ReturnedSheet) string {
	from := s.File
	if s.Sheet != "" {
		from += " 工作表“" + s.Sheet + "”"
	}
	ask := ""
	if r.Phone != "" {
		ask = "联系电话：" + r.Phone + "。"
	}
	return fmt.Sprintf("%s共退回%d行，原文件：%s。右侧为贵行原有各列。请按“退回原因”更正，将更正后的整份名单以文件名含“更正”的文件重新报送%s。%s",
		r.Bank, len(s.Rows), from, r.Office, ask)
}

func (row ReturnedRow) reason() string {
	if len(row.Reasons) == 1 {
		return row.Reasons[0]
	}
	numbered := make([]string, len(row.Reasons))
	for i, reason := range row.Reasons {
		numbered[i] = fmt.Sprintf("%d. %s", i+1, reason)
	}
	return strings.Join(numbered, "\n")
}

// at is the text at index, or "" beyond the end: rows of a bank's sheet are ragged.
func at(texts []string, index int) string {
	if index < len(texts) {
		return texts[index]
	}
	return ""
}

func (s ReturnedSheet) widths(own int) []int {
	widths := []int{18, 6, 38}
	for i := range own {
		texts := make([]string, 0, len(s.Rows))
		for _, row := range s.Rows {
			texts = append(texts, at(row.Cells, i))
		}
		// A long heading wraps; it does not widen a narrow column beyond reason.
		widths = append(widths, max(book.Fit(book.DeskCode, 7, 26, texts...), book.Fit(book.DeskHead, 7, 12, at(s.Headings, i))))
	}
	return widths
}

// isFigure tells amounts, rates and day counts from text, ids and accounts.
func isFigure(text string) bool {
	return text != "" && len(text) <= 15 && strings.Trim(text, "0123456789.,%-￥") == "" && strings.Count(text, "-") < 2
}
