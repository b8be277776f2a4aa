package book

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Sheet takes rows from top to bottom.
type Sheet struct {
	book   *Book
	layout Layout
	part   *part
	xml    []byte // not yet deflated
	style  *[styleCount]int
	done   bool

	row, columns int // of the last row; widest row so far
	merged       []string
	choices      []choice
	links        []link
	digits       []string // areas of digits kept as text on purpose
	repeat       [2]int   // rows printed on every page
	filter       string
}

type choice struct {
	area    string
	options []string
}

type link struct{ cell, path, place string }

const flushAt = 32 << 10

// texts are reused for the rows of the next sheet.
var texts = sync.Pool{New: func() any { return new([]byte) }}

// Row adds a row and gives its number, from 1. It is as high as its text needs
// at the column widths, because Excel does not fit merged cells by itself.
func (s *Sheet) Row(cells ...Cell) int { return s.RowOfHeight(s.height(cells), cells...) }

// RowOfHeight adds a row that is so many points high.
func (s *Sheet) RowOfHeight(points int, cells ...Cell) int {
	s.row++
	number := strconv.Itoa(s.row)
	s.xml = append(s.xml, `<row r="`...)
	s.xml = append(s.xml, number...)
	s.xml = append(s.xml, `" ht="`...)
	s.xml = strconv.AppendInt(s.xml, int64(points), 10)
	s.xml = append(s.xml, `" customHeight="1">`...)
	column := 0
	for i := range cells {
		column++
		c := &cells[i]
		s.cell(column, number, c)
		for extra := 1; extra < c.span; extra++ {
			column++
			s.cell(column, number, &Cell{style: c.style})
		}
		if c.span > 1 {
			s.merged = append(s.merged, area(column-c.span+1, s.row, column, s.row))
		}
	}
	s.columns = max(s.columns, column)
	s.xml = append(s.xml, `</row>`...)
	if len(s.xml) > flushAt {
		s.flush()
	}
	return s.row
}

// Last is the number of the last row written.
func (s *Sheet) Last() int { return s.row }

// Repeat prints rows first to last again on every page.
func (s *Sheet) Repeat(first, last int) { s.repeat = [2]int{first, last} }

// Filter puts filter buttons on a heading row, over the rows down to last.
func (s *Sheet) Filter(heading, last int) {
	s.filter = area(1, heading, max(s.columns, 1), max(last, heading))
}

// Choices offers a drop-down in a column's rows first to last, and refuses
// anything else in Excel.
func (s *Sheet) Choices(column, first, last int, options ...string) {
	s.choices = append(s.choices, choice{area(column, first, column, last), options})
}

// DigitsAsText says that digits in this area are text on purpose, so that Excel
// does not flag them.
func (s *Sheet) DigitsAsText(left, top, right, bottom int) {
	s.digits = append(s.digits, area(left, top, right, bottom))
}

func (s *Sheet) flush() {
	s.part.write(s.xml)
	s.xml = s.xml[:0]
}

func (s *Sheet) begin() {
	t, err := shared()
	if err != nil {
		s.book.fail(err)
		t = new(template)
	}
	s.style = &t.style
	s.xml = (*texts.Get().(*[]byte))[:0]
	s.add(xmlHead, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheetPr>`)
	if s.layout.Tab != "" {
		s.add(`<tabColor rgb="FF`, s.layout.Tab, `"/>`)
	}
	s.add(`<pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"`)
	if len(s.book.sheets) == 0 {
		s.add(` tabSelected="1"`)
	}
	s.add(`>`)
	s.pane()
	s.add(`</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>`)
	if len(s.layout.Widths) > 0 {
		s.add(`<cols>`)
		for i, width := range s.layout.Widths {
			n := strconv.Itoa(i + 1)
			s.add(`<col min="`, n, `" max="`, n, `" width="`, strconv.Itoa(width), `.7109375" customWidth="1"/>`)
		}
		s.add(`</cols>`)
	}
	s.add(`<sheetData>`)
}

func (s *Sheet) pane() {
	rows, columns := s.layout.FreezeRows, s.layout.FreezeColumns
	if rows == 0 && columns == 0 {
		return
	}
	corner, s0 := "bottomLeft", ""
	switch {
	case rows > 0 && columns > 0:
		corner = "bottomRight"
	case columns > 0:
		corner = "topRight"
	}
	if columns > 0 {
		s0 += ` xSplit="` + strconv.Itoa(columns) + `"`
	}
	if rows > 0 {
		s0 += ` ySplit="` + strconv.Itoa(rows) + `"`
	}
	s.add(`<pane`, s0, ` topLeftCell="`, Column(columns+1), strconv.Itoa(rows+1), `" activePane="`, corner, `" state="frozen"/><selection pane="`, corner, `"/>`)
}

// finish writes what follows the rows, in the order that the format wants.
func (s *Sheet) finish() {
	if s.done {
		return
	}
	s.done = true
	s.add(`</sheetData>`)
	if s.filter != "" {
		s.add(`<autoFilter ref="`, s.filter, `"/>`)
	}
	if len(s.merged) > 0 {
		s.add(`<mergeCells count="`, strconv.Itoa(len(s.merged)), `">`)
		for _, ref := range s.merged {
			s.add(`<mergeCell ref="`, ref, `"/>`)
		}
		s.add(`</mergeCells>`)
	}
	s.finishChoices()
	if len(s.links) > 0 {
		s.add(`<hyperlinks>`)
		for i, l := range s.links {
			s.add(`<hyperlink ref="`, l.cell, `" r:id="rId`, strconv.Itoa(i+1))
			if l.place != "" {
				s.add(`" location="`, string(appendText(nil, l.place)))
			}
			s.add(`"/>`)
		}
		s.add(`</hyperlinks>`)
	}
	orientation := "portrait"
	if s.layout.Landscape {
		orientation = "landscape"
	}
	s.add(`<printOptions horizontalCentered="1"/>`,
		`<pageMargins left="0.55" right="0.55" top="0.7" bottom="0.7" header="0.3" footer="0.35"/>`,
		`<pageSetup paperSize="9" orientation="`, orientation, `" fitToWidth="1" fitToHeight="0"/>`,
		`<headerFooter differentFirst="1"><oddHeader>`, pageHead(s.layout.Header+s.layout.Running), `</oddHeader><oddFooter>`, pageFoot,
		`</oddFooter><firstHeader>`, pageHead(s.layout.Header), `</firstHeader><firstFooter>`, pageFoot, `</firstFooter></headerFooter>`)
	if len(s.digits) > 0 {
		s.add(`<ignoredErrors><ignoredError sqref="`, strings.Join(s.digits, " "), `" numberStoredAsText="1"/></ignoredErrors>`)
	}
	s.add(`</worksheet>`)
	s.flush()
	s.part.finish()
	text := s.xml
	s.xml = nil
	texts.Put(&text)
}

// pageFoot is 第 n 页 共 m 页; in headers and footers & begins a code.
const pageFoot = `&amp;C&amp;"宋体,常规"&amp;10第 &amp;P 页　共 &amp;N 页`

// maxHead keeps a header well under the 255 characters that Excel takes.
const maxHead = 100

func pageHead(text string) string {
	if text == "" {
		return ""
	}
	// A digit right after the size would count as part of it.
	return `&amp;C&amp;10&amp;"宋体,常规"` + string(appendText(nil, strings.ReplaceAll(cut(text, maxHead), "&", "&&")))
}

func (s *Sheet) finishChoices() {
	if len(s.choices) == 0 {
		return
	}
	s.add(`<dataValidations count="`, strconv.Itoa(len(s.choices)), `">`)
	for _, c := range s.choices {
		list := strings.Join(c.options, ",")
		if len(list) > 255 || strings.ContainsAny(list, `"&<>`) {
			s.book.fail(fmt.Errorf("%w: drop-down %q", ErrContent, list))
		}
		s.add(`<dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" errorTitle="处理意见" error="请从下拉列表中选择" sqref="`,
			c.area, `"><formula1>"`, list, `"</formula1></dataValidation>`)
	}
	s.add(`</dataValidations>`)
}

func (s *Sheet) add(texts ...string) {
	for _, text := range texts {
		s.xml = append(s.xml, text...)
	}
}
