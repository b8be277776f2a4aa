package sheet

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// rawCells reads a sheet with excelize, values as stored; "address value" for each that is not "".
func rawCells(t testing.TB, data []byte, sheet string) []string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for r, row := range rows {
		for c, value := range row {
			if value != "" {
				out = append(out, fmt.Sprintf("%s%d %s", ColumnName(c+1), r+1, value))
			}
		}
	}
	return out
}

// ownCells reads the same with this package, in excelize's words: booleans as 1 and 0, no copies in merged ranges.
func ownCells(t testing.TB, book *Book, index int) []string {
	t.Helper()
	var out []string
	err := book.Rows(index, func(r Row) error {
		for _, c := range r.Cells {
			value := c.Text
			switch {
			case c.Kind == Number:
				value = c.Raw
			case c.Kind == Bool:
				value = map[string]string{"TRUE": "1", "FALSE": "0"}[c.Text]
			}
			if !c.Covered && value != "" {
				out = append(out, c.Address()+" "+value)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func compareWithExcelize(t testing.TB, data []byte) {
	t.Helper()
	book, err := OpenBytes("a.xlsx", data)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range book.Sheets() {
		if diff := cmp.Diff(rawCells(t, data, s.Name), ownCells(t, book, s.Index)); diff != "" {
			t.Errorf("sheet %s (-excelize +ours):\n%s", s.Name, diff)
		}
	}
}

func TestSameAsExcelizeOnFixtures(t *testing.T) {
	names, _ := filepath.Glob("testdata/*.xlsx")
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) { compareWithExcelize(t, readFile(t, name)) })
	}
}

// TestSameAsExcelize writes workbooks of all kinds of values with excelize's two writers and reads them with both.
func TestSameAsExcelize(t *testing.T) {
	text := rapid.OneOf(
		rapid.StringMatching(`[ a-z0-9一-龥&<>"'\n\t_x]{1,12}`),
		rapid.SampledFrom([]string{"_x000D_", "_x005F_", "𬱖䶮", "é", " 前后 ", "=1+1", "'", "]]>", "😀"}),
	)
	rapid.Check(t, func(r *rapid.T) {
		f := excelize.NewFile()
		streamed := rapid.Bool().Draw(r, "streamed")
		var w *excelize.StreamWriter
		if streamed {
			w, _ = f.NewStreamWriter("Sheet1")
		}
		percent, _ := f.NewStyle(&excelize.Style{NumFmt: 10})
		for row := 1; row <= rapid.IntRange(1, 6).Draw(r, "rows"); row++ {
			var values []any
			for column := range rapid.IntRange(0, 5).Draw(r, "columns") {
				switch rapid.IntRange(0, 6).Draw(r, "kind") {
				case 0:
					values = append(values, text.Draw(r, "text"))
				case 1:
					values = append(values, rapid.Int64Range(-1e15, 1e18).Draw(r, "int"))
				case 2:
					values = append(values, rapid.Float64Range(-1e9, 1e9).Draw(r, "float"))
				case 3:
					values = append(values, rapid.Bool().Draw(r, "bool"))
				case 4:
					values = append(values, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 999).Draw(r, "day")))
				case 5:
					values = append(values, nil)
				case 6:
					f.SetCellStyle("Sheet1", fmt.Sprint(ColumnName(column+1), row), fmt.Sprint(ColumnName(column+1), row), percent)
					values = append(values, 0.0345)
				}
			}
			cell := fmt.Sprint("A", row*rapid.IntRange(1, 2).Draw(r, "gap"))
			if streamed {
				w.SetRow(cell, values) // refuses rows out of order, and then they are not there
			} else {
				f.SetSheetRow("Sheet1", cell, &values)
			}
		}
		if streamed {
			w.Flush()
		} else if rapid.Bool().Draw(r, "merge") {
			f.MergeCell("Sheet1", "B1", "C3")
		}
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			r.Fatal(err)
		}
		if got := briefOrRefusal(b.Bytes()); strings.HasPrefix(got, "refused") {
			r.Fatal(got)
		}
		if !streamed && bytes.Contains(b.Bytes(), []byte("mergeCells")) {
			return
		}
		book, err := OpenBytes("a.xlsx", b.Bytes())
		if err != nil {
			r.Fatal(err)
		}
		want := rawCells(t, b.Bytes(), "Sheet1")
		got := ownCells(t, book, 0)
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatalf("(-excelize +ours):\n%s", diff)
		}
	})
}

func briefOrRefusal(data []byte) string {
	got, err := briefly(data)
	if err != nil {
		return "refused: " + err.Error()
	}
	return got
}
