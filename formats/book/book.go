// Package book writes our workbooks: printable, the same bytes for the same
// content, and fast enough for three hundred village lists in a second.
//
// Start with [New]: a book gets sheets, a sheet gets rows from top to bottom,
// and [Book.WriteTo] puts the file out. Excelize makes one template with every
// style of ours, once in a process; a book takes the template's fixed parts as
// they are, already deflated, and only its own parts are written anew (an
// excelize book per village takes some five times as long; package notice has
// the benchmark).
//
// It promises: amounts are numeric cells with exactly the digits given, never
// through a float; ids and accounts are text cells; there are no formulas; no
// clock, map order or random value reaches a file.
package book

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tiexi/pipeline/values"
)

// ErrContent marks content that a workbook cannot hold: a sheet name that
// Excel refuses, a cell that is too long, a number that is none.
var ErrContent = errors.New("workbook content")

// Properties are the document's properties.
type Properties struct {
	Title string
	Date  values.Date // created and modified; zero means a fixed day, never the clock
}

// Book is a workbook in the making. The first error sticks and comes out of
// [Book.WriteTo].
type Book struct {
	properties Properties
	sheets     []*Sheet
	err        error
}

// New begins a workbook.
func New(p Properties) *Book { return &Book{properties: p} }

// Layout is what has to be known of a sheet before its first row.
type Layout struct {
	Name          string
	Widths        []int // of the columns, in half-width characters of the desk size
	Landscape     bool
	FreezeRows    int // rows that stay in view
	FreezeColumns int
	PrintColumns  int    // the first ones, where not all are printed
	Tab           string // colour of the tab, RRGGBB; "" for none
	Running       string // at the top of every printed page but the first
	Header        string // at the top of every printed page
}

// Sheet adds a sheet. Its name must be one that Excel accepts and that the
// book does not have yet; see [SheetNames].
func (b *Book) Sheet(l Layout) *Sheet {
	if err := checkSheetName(l.Name); err != nil {
		b.fail(err)
	}
	for _, other := range b.sheets {
		other.finish()
		if strings.EqualFold(other.layout.Name, l.Name) {
			b.fail(fmt.Errorf("%w: two sheets are named %q", ErrContent, l.Name))
		}
	}
	s := &Sheet{book: b, layout: l, part: newPart()}
	s.begin()
	b.sheets = append(b.sheets, s)
	return s
}

func (b *Book) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// WriteTo finishes the book and writes the file. A book is written once.
func (b *Book) WriteTo(w io.Writer) (int64, error) {
	if b.err == nil && len(b.sheets) == 0 {
		b.fail(fmt.Errorf("%w: a book without a sheet", ErrContent))
	}
	for _, s := range b.sheets {
		s.finish()
	}
	if b.err != nil {
		return 0, b.err
	}
	return b.zip(w)
}

// Column is the letters of a column: Column(1) is "A", Column(27) "AA".
func Column(number int) string {
	var letters [8]byte
	i := len(letters)
	for ; number > 0; number = (number - 1) / 26 {
		i--
		letters[i] = byte('A' + (number-1)%26)
	}
	return string(letters[i:])
}

// area is a range of cells, A1:C3; quotedArea the same with its sheet and $.
func area(left, top, right, bottom int) string {
	return Column(left) + strconv.Itoa(top) + ":" + Column(right) + strconv.Itoa(bottom)
}

func quoteSheet(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }
