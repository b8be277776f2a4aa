// Package grid makes workbooks out of text, so that a test shows the sheet that
// it is about.
//
// Rows are lines, cells are separated by |. A cell is a text, trimmed, or after
// # a number as it is stored, with @ and a number format behind it:
//
//	张三 | 149901199001010014 | #50000 | #46102@yyyy-mm-dd | #0.0345@0.00%
//
// A < takes the cell into the merged range of its left neighbour, a ^ into that
// of the cell above.
package grid

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tiexi/formats/sheet"
)

// Sheet is a sheet with its name.
type Sheet struct{ Name, Text string }

// Book opens a workbook with one sheet, 名单.
func Book(t testing.TB, text string) *sheet.Book { return Sheets(t, Sheet{"名单", text}) }

// Sheets opens a workbook with these sheets. One whose name begins with a dot is
// hidden.
func Sheets(t testing.TB, sheets ...Sheet) *sheet.Book {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for _, s := range sheets {
		name, hidden := strings.CutPrefix(s.Name, ".")
		_, err := f.NewSheet(name)
		check(t, err)
		fill(t, f, name, s.Text)
		if hidden {
			check(t, f.SetSheetVisible(name, false))
		}
	}
	check(t, f.DeleteSheet("Sheet1"))
	var b bytes.Buffer
	check(t, f.Write(&b))
	return Bytes(t, "test.xlsx", b.Bytes())
}

// Bytes opens a file that is in memory.
func Bytes(t testing.TB, name string, data []byte) *sheet.Book {
	t.Helper()
	book, err := sheet.OpenBytes(name, data)
	check(t, err)
	t.Cleanup(func() { _ = book.Close() })
	return book
}

// Rows splits a text into rows of trimmed cells.
func Rows(text string) [][]string {
	var rows [][]string
	for _, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}

// CSV is the text as UTF-8 with commas; a number is written as it is stored.
func CSV(text string) []byte {
	var b strings.Builder
	for _, row := range Rows(text) {
		for i, c := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			if number, ok := strings.CutPrefix(c, "#"); ok {
				c, _, _ = strings.Cut(number, "@")
			}
			if strings.ContainsAny(c, ",\"") {
				c = strconv.Quote(c)
			}
			b.WriteString(c)
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

func fill(t testing.TB, f *excelize.File, name, text string) {
	t.Helper()
	rows := Rows(text)
	for r, row := range rows {
		for c, value := range row {
			address, err := excelize.CoordinatesToCellName(c+1, r+1)
			check(t, err)
			switch {
			case value == "" || value == "<" || value == "^":
			case strings.HasPrefix(value, "#"):
				setNumber(t, f, name, address, value[1:])
			default:
				check(t, f.SetCellStr(name, address, strings.ReplaceAll(value, `\n`, "\n")))
			}
			if value != "<" && value != "^" {
				merge(t, f, name, rows, r, c)
			}
		}
	}
}

func setNumber(t testing.TB, f *excelize.File, name, address, value string) {
	t.Helper()
	number, format, styled := strings.Cut(value, "@")
	check(t, f.SetCellDefault(name, address, number))
	if styled {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		check(t, err)
		check(t, f.SetCellStyle(name, address, address, id))
	}
}

// merge merges the cell with those that < and ^ give to it.
func merge(t testing.TB, f *excelize.File, name string, rows [][]string, r, c int) {
	t.Helper()
	right, down := c, r
	for right+1 < len(rows[r]) && rows[r][right+1] == "<" {
		right++
	}
	for down+1 < len(rows) && c < len(rows[down+1]) && rows[down+1][c] == "^" {
		down++
	}
	if right == c && down == r {
		return
	}
	from, err := excelize.CoordinatesToCellName(c+1, r+1)
	check(t, err)
	to, err := excelize.CoordinatesToCellName(right+1, down+1)
	check(t, err)
	check(t, f.MergeCell(name, from, to))
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
