package sheet

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// sheetReader gives the rows of one xl/worksheets part.
type sheetReader struct {
	s        *scanner
	strings  *stringTable
	styles   []numberFormat
	date1904 bool
	expected []area // the merged ranges that Open found after the rows
	merges   covering

	number int    // the present row
	column int    // the last column in it so far, with a value or not
	cells  []Cell // its cells with a value
	text   []byte // what they say, one after the other; becomes one string at the row's end
	spans  []span // where in text, one for each of cells
	value  []byte // scratch
}

// span places the texts of one cell within sheetReader.text.
type span struct{ from, to, rawFrom, rawTo int }

// element is a <c> with its children, taken apart.
type element struct {
	column, style int
	kind          string // of its t attribute
	value         []byte // of its v, or the text of its is
	hasValue      bool   // it has a v or an is
	formula       bool
}

// read gives every row to yield, then checks the end of the part.
func (p *sheetReader) read(yield func(Row) error) error {
	p.merges.waiting = p.expected
	if err := p.s.root("worksheet"); err != nil {
		return err
	}
	seen := false
	var merges []area
	for {
		tok, err := p.s.next()
		switch {
		case err != nil:
			return err
		case tok.kind == startTag && string(tok.name) == "sheetData" && seen:
			err = malformed("工作表内部前后不符", "the sheet's XML contradicts itself")
		case tok.kind == startTag && string(tok.name) == "sheetData":
			seen = true
			err = p.rows(yield)
		case tok.kind == startTag && string(tok.name) == "mergeCells":
			merges, err = readMerges(p.s, merges)
		case tok.kind == startTag:
			err = p.s.skip()
		case tok.kind == endOfXML:
			return p.checkEnd(seen, merges)
		}
		if err != nil {
			return err
		}
	}
}

// checkEnd holds the part against what Open saw of it.
func (p *sheetReader) checkEnd(seen bool, merges []area) error {
	merges, err := sortMerges(merges)
	if err == nil && (!seen || !slices.Equal(merges, p.expected)) {
		err = malformed("工作表内部前后不符", "the sheet's XML contradicts itself")
	}
	return err
}

// readMerges reads the <mergeCells> whose start tag was the last token.
func readMerges(s *scanner, areas []area) ([]area, error) {
	for depth := len(s.openEnds); len(s.openEnds) >= depth; {
		tok, err := s.next()
		if err != nil {
			return nil, err
		}
		if tok.kind != startTag || string(tok.name) != "mergeCell" {
			continue
		}
		ref, _ := attribute(tok.attributes, "ref")
		a, ok := parseArea(ref)
		if !ok {
			return nil, malformed("合并单元格的范围有误", "a merged range cannot be read")
		}
		if areas = append(areas, a); len(areas) > maxMerges {
			return nil, refuse(TooLarge, "合并单元格过多", "too many merged ranges")
		}
	}
	return areas, nil
}

// rows reads the <sheetData> whose start tag was the last token.
func (p *sheetReader) rows(yield func(Row) error) error {
	for depth := len(p.s.openEnds); len(p.s.openEnds) >= depth; {
		tok, err := p.s.next()
		switch {
		case err != nil:
			return err
		case tok.kind == startTag && string(tok.name) == "row":
			err = p.row(tok.attributes, yield)
		case tok.kind == startTag:
			err = p.s.skip()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// row reads the <row> whose start tag was the last token, and gives it on if it has a value.
func (p *sheetReader) row(attributes []byte, yield func(Row) error) error {
	if err := p.startRow(attributes); err != nil {
		return err
	}
	s := p.s
	for depth := len(s.openEnds); len(s.openEnds) >= depth; {
		if s.end-s.pos < len(s.buf)/8 && !s.selfClosed {
			if _, err := s.fill(); err != nil {
				return err
			}
		}
		if n, err := p.plainCell(s.buf[s.pos:s.end]); n > 0 || err != nil {
			s.pos += n
			if err != nil {
				return err
			}
			continue
		}
		tok, err := s.next()
		switch {
		case err != nil:
			return err
		case tok.kind == startTag && string(tok.name) == "c":
			err = p.cell(tok.attributes)
		case tok.kind == startTag:
			err = s.skip()
		}
		if err != nil {
			return err
		}
	}
	if len(p.cells) == 0 {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	row, err := p.merges.fill(Row{Number: p.number, Cells: p.cells})
	if err != nil {
		return err
	}
	return yield(row)
}

// startRow finds the row's number: its r, or one more than the last row's.
func (p *sheetReader) startRow(attributes []byte) error {
	number := p.number + 1
	if ref, given := attribute(attributes, "r"); given {
		var ok bool
		if number, ok = parseRowNumber(ref); !ok {
			return malformed("行号有误", "a row number cannot be read")
		}
	}
	if number <= p.number || number > maxRow {
		r := malformed("行的顺序有误，或超过 1048576 行", "rows are out of order, or more than 1048576")
		r.Cell = Cell{Row: number, Column: 1}.Address()
		return r
	}
	p.number, p.column = number, 0
	p.cells, p.text, p.spans = p.cells[:0], p.text[:0], p.spans[:0]
	return nil
}

// cell reads the <c> whose start tag was the last token, whatever it looks like.
func (p *sheetReader) cell(attributes []byte) error {
	e := element{column: p.column + 1}
	if ref, given := attribute(attributes, "r"); given {
		if err := p.place(&e, ref); err != nil {
			return err
		}
	}
	if style, given := attribute(attributes, "s"); given {
		e.style = styleNumber(style)
	}
	kind, _ := attribute(attributes, "t")
	e.kind = kindName(kind)
	p.value = p.value[:0]
	s := p.s
	for depth := len(s.openEnds); len(s.openEnds) >= depth; {
		tok, err := s.next()
		switch {
		case err != nil:
			return err
		case tok.kind == startTag && string(tok.name) == "v":
			e.hasValue = true
			p.value, err = s.appendElementText(p.value[:0])
		case tok.kind == startTag && string(tok.name) == "is" && e.kind == "inlineStr":
			e.hasValue = true
			p.value, err = s.appendRich(p.value[:0])
		case tok.kind == startTag:
			e.formula = e.formula || string(tok.name) == "f"
			err = s.skip()
		}
		if err != nil {
			return err
		}
	}
	e.value = p.value
	return p.put(e)
}

// place reads a cell's r; it must be in the present row.
func (p *sheetReader) place(e *element, ref []byte) error {
	row, column, ok := parseAddress(ref)
	if !ok || row != p.number {
		return malformed("单元格地址有误", "a cell address cannot be read").atCell(p.number, 1)
	}
	e.column = column
	return nil
}

// styleNumber reads an s attribute; -1, which no table has, where it is no number.
func styleNumber(b []byte) int {
	if n, ok := parseCount(b); ok {
		return n
	}
	return -1
}

// kindName avoids a new string for the kinds that exist.
func kindName(b []byte) string {
	for _, k := range []string{"s", "n", "", "str", "inlineStr", "b", "e", "d"} {
		if string(b) == k {
			return k
		}
	}
	return "?"
}

// plainCell takes a cell straight from the window if it is written as nearly all are,
//
//	<c r="C7" s="1" t="s"><v>42</v></c>   <c r="C7" s="1"/>   <c r="C7" t="inlineStr"><is><t>text</t></is></c>
//
// with these attributes in any order and nothing to decode. It returns how many bytes it took; 0 leaves the cell to
// the scanner, which would read these the same way (a fuzz target and the tests with a one-byte window hold it to that).
func (p *sheetReader) plainCell(b []byte) (int, error) {
	if len(b) < 16 || b[0] != '<' || b[1] != 'c' || b[2] != ' ' || p.s.selfClosed {
		return 0, nil
	}
	var e element
	i := 2
	for b[i] == ' ' {
		if i+4 > len(b) || b[i+2] != '=' || b[i+3] != '"' {
			return 0, nil
		}
		from := i + 4
		n := bytes.IndexByte(b[from:min(len(b), from+32)], '"')
		if n < 0 || from+n+2 >= len(b) {
			return 0, nil
		}
		value := b[from : from+n]
		switch b[i+1] {
		case 'r':
			if p.place(&e, value) != nil {
				return 0, nil
			}
		case 's':
			e.style = styleNumber(value)
		case 't':
			e.kind = kindName(value)
		default:
			return 0, nil
		}
		i = from + n + 1
	}
	if e.column == 0 {
		return 0, nil
	}
	if b[i] == '/' && b[i+1] == '>' {
		return i + 2, p.put(e)
	}
	if b[i] != '>' {
		return 0, nil
	}
	i++
	head, tail := "<v>", "</v></c>"
	if e.kind == "inlineStr" {
		head, tail = "<is><t>", "</t></is></c>"
	}
	if len(b) < i+len(head) || string(b[i:i+len(head)]) != head {
		return 0, nil
	}
	i += len(head)
	n := bytes.IndexByte(b[i:], '<')
	if n < 0 || len(b) < i+n+len(tail) || string(b[i+n:i+n+len(tail)]) != tail || !isLiteral(b[i:i+n]) {
		return 0, nil
	}
	e.value, e.hasValue = b[i:i+n], true
	return i + n + len(tail), p.put(e)
}

// put appends the cell that e describes, if it has a value.
func (p *sheetReader) put(e element) error {
	if e.column > maxColumn || e.column <= p.column {
		return malformed("单元格的顺序有误", "cells are out of order").atCell(p.number, min(e.column, maxColumn))
	}
	p.column = e.column
	at := len(p.text)
	c := Cell{Row: p.number, Column: e.column}
	sp := span{from: at, to: at, rawFrom: at, rawTo: at}
	var refusal *Refusal
	switch e.kind {
	case "s":
		refusal = p.putShared(&c, e)
	case "", "n":
		refusal = p.putNumber(&c, &sp, e)
	case "str", "inlineStr":
		c.Kind = p.textKind(e)
		p.text = append(p.text, e.value...)
		sp.to = len(p.text)
	case "b":
		refusal = putBool(&c, e)
	case "e":
		if len(e.value) > 0 {
			c.Kind = Error
			p.text = append(p.text, e.value...)
			sp.to = len(p.text)
		}
	case "d":
		p.putDate(&c, e)
	default:
		refusal = malformed("单元格类型有误", "a cell has an unknown type")
	}
	if refusal != nil {
		return refusal.atCell(p.number, e.column)
	}
	if c.Kind == Empty && e.formula {
		c.Kind = Uncached
	}
	if c.Kind == Empty {
		return nil
	}
	p.spans = append(p.spans, sp)
	p.cells = append(p.cells, c)
	return nil
}

// textKind tells a text, which may be "", from nothing.
func (p *sheetReader) textKind(e element) Kind {
	if e.hasValue {
		return Text
	}
	return Empty
}

// trimmed takes white space off, which hardly ever is there.
func trimmed(b []byte) []byte {
	if len(b) > 0 && b[0] > ' ' && b[len(b)-1] > ' ' {
		return b
	}
	return bytes.Trim(b, " \t\r\n")
}

func (p *sheetReader) putShared(c *Cell, e element) *Refusal {
	ref := trimmed(e.value)
	if len(ref) == 0 {
		return nil
	}
	i, ok := parseCount(ref)
	if ok {
		c.Text, ok = p.strings.get(i)
	}
	if !ok {
		return malformed("引用了不存在的共享字符串", "a shared string that does not exist")
	}
	c.Kind = Text
	return nil
}

func (p *sheetReader) putNumber(c *Cell, sp *span, e element) *Refusal {
	stored := trimmed(e.value)
	if len(stored) == 0 {
		return nil
	}
	p.text = append(p.text, stored...)
	sp.to, sp.rawTo = len(p.text), len(p.text)
	if !isPlain(stored) {
		var ok bool
		if p.text, c.Long, ok = appendDecimal(p.text, stored); !ok {
			return malformed("数值读不出来", "a number cannot be read")
		}
		sp.from, sp.to = sp.rawTo, len(p.text)
	}
	c.Kind = Number
	return p.format(c, e.style)
}

// format looks up what a number's style says. A book without styles may use style 0 alone.
func (p *sheetReader) format(c *Cell, style int) *Refusal {
	if style == 0 && len(p.styles) == 0 {
		return nil
	}
	if uint(style) >= uint(len(p.styles)) {
		return malformed("引用了不存在的单元格样式", "a cell style that does not exist")
	}
	c.Date, c.Percent = p.styles[style].date, p.styles[style].percent
	return nil
}

func putBool(c *Cell, e element) *Refusal {
	switch strings.TrimSpace(string(e.value)) {
	case "":
		return nil
	case "1", "true":
		c.Text = "TRUE"
	case "0", "false":
		c.Text = "FALSE"
	default:
		return malformed("逻辑值读不出来", "a boolean cannot be read")
	}
	c.Kind = Bool
	return nil
}

// putDate turns an ISO date into the serial that any other cell would have; what is none stays a text.
func (p *sheetReader) putDate(c *Cell, e element) {
	stored := string(e.value)
	if stored == "" {
		return
	}
	if serial, ok := serialFromISO(stored, p.date1904); ok {
		c.Kind, c.Text, c.Raw, c.Date = Number, serial, stored, true
		return
	}
	c.Kind, c.Text = Text, stored
}

// settle gives the row's cells their texts, in one allocation.
func (p *sheetReader) settle() error {
	if !utf8.Valid(p.text) {
		return refuse(BadEncoding, "内部 XML 不是 UTF-8", "the XML inside is not UTF-8").atCell(p.number, 1)
	}
	text := string(p.text)
	for i, sp := range p.spans {
		c := &p.cells[i]
		if sp.to > sp.from {
			c.Text = text[sp.from:sp.to]
		}
		if sp.rawTo > sp.rawFrom {
			c.Raw = text[sp.rawFrom:sp.rawTo]
		}
	}
	return nil
}
