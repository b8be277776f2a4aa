package book

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"tiexi/pipeline/values"
)

// Cell is a cell to be written; make one with [Text], [Fen], [Number], [Int] or
// [Empty].
type Cell struct {
	style  Style
	text   string
	number bool
	span   int
	link   string
	place  string
}

// Text is a text cell, whatever the text looks like. It is never a formula.
func Text(s Style, text string) Cell { return Cell{style: s, text: text} }

// Fen is an amount in yuan: a numeric cell with exactly the digits of
// [values.Fen.String].
func Fen(s Style, amount values.Fen) Cell {
	return Cell{style: s, text: amount.String(), number: true}
}

// Number is a numeric cell with exactly these digits ("3.45").
func Number(s Style, digits string) Cell { return Cell{style: s, text: digits, number: true} }

// Int is a numeric cell.
func Int(s Style, n int) Cell { return Cell{style: s, text: strconv.Itoa(n), number: true} }

// Empty is a cell that only has a look.
func Empty(s Style) Cell { return Cell{style: s} }

// Over merges the cell with those to its right, n columns in all.
func (c Cell) Over(n int) Cell { c.span = n; return c }

// LinkTo makes the cell open a workbook at a cell of a sheet: path is relative
// to the workbook that is written, with slashes; "" is no link.
func (c Cell) LinkTo(path, sheet, cell string) Cell {
	c.link = path
	if sheet != "" && cell != "" {
		c.place = quoteSheet(sheet) + "!" + cell
	}
	return c
}

// maxText is how many UTF-16 units Excel takes in a cell.
const maxText = 32767

func (s *Sheet) cell(column int, row string, c *Cell) {
	s.xml = append(s.xml, `<c r="`...)
	s.xml = appendColumn(s.xml, column)
	s.xml = append(s.xml, row...)
	s.xml = append(s.xml, `" s="`...)
	s.xml = strconv.AppendInt(s.xml, int64(s.style[c.style]), 10)
	switch {
	case c.text == "":
		s.xml = append(s.xml, `"/>`...)
	case c.number:
		if !isNumber(c.text) {
			s.book.fail(fmt.Errorf("%w: sheet %s, cell %s%s: %q is not a number", ErrContent, s.layout.Name, Column(column), row, c.text))
		}
		s.xml = append(s.xml, `"><v>`...)
		s.xml = append(s.xml, c.text...)
		s.xml = append(s.xml, `</v></c>`...)
	default:
		if len(c.text) > maxText && utf16Length(c.text) > maxText {
			s.book.fail(fmt.Errorf("%w: sheet %s, cell %s%s: text of more than %d characters", ErrContent, s.layout.Name, Column(column), row, maxText))
		}
		s.xml = append(s.xml, `" t="inlineStr"><is><t xml:space="preserve">`...)
		s.xml = appendText(s.xml, c.text)
		s.xml = append(s.xml, `</t></is></c>`...)
	}
	if c.link != "" {
		s.links = append(s.links, link{Column(column) + row, c.link, c.place})
	}
}

func appendColumn(to []byte, number int) []byte {
	if number <= 26 {
		return append(to, byte('A'+number-1))
	}
	return append(to, Column(number)...)
}

// isNumber accepts plain decimals only: no exponent, no separators, no space.
func isNumber(text string) bool {
	if text[0] == '-' {
		text = text[1:]
	}
	digits, dots := 0, 0
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] >= '0' && text[i] <= '9':
			digits++
		case text[i] == '.' && i > 0 && i < len(text)-1:
			dots++
		default:
			return false
		}
	}
	return digits > 0 && dots <= 1
}

func utf16Length(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// appendText escapes text for XML. Characters that XML cannot hold are written
// as spreadsheets do, _x0007_, and a text that looks like that gets its
// underscore escaped.
func appendText(to []byte, text string) []byte {
	from := 0
	for i := 0; i < len(text); {
		b := text[i]
		if b >= ' ' && b < utf8.RuneSelf && b != '&' && b != '<' && b != '>' && b != '"' && b != '_' || b == '\n' || b == '\t' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		escape := ""
		switch {
		case r == '&':
			escape = "&amp;"
		case r == '<':
			escape = "&lt;"
		case r == '>':
			escape = "&gt;"
		case r == '"':
			escape = "&quot;"
		case r == '_' && looksEscaped(text[i:]):
			escape = "_x005F_"
		case r < ' ' || r == 0xFFFE || r == 0xFFFF:
			escape = fmt.Sprintf("_x%04X_", r)
		case r == utf8.RuneError && size == 1:
			escape = "\uFFFD"
		}
		if escape != "" {
			to = append(to, text[from:i]...)
			to = append(to, escape...)
			from = i + size
		}
		i += size
	}
	return append(to, text[from:]...)
}

func looksEscaped(text string) bool {
	if len(text) < 7 || text[1] != 'x' || text[6] != '_' {
		return false
	}
	for _, c := range text[2:6] {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return false
		}
	}
	return true
}
