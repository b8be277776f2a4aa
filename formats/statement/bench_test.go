package statement_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"

	"tiexi/formats/sheet"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

// BenchmarkRead reads and maps 20,000 rows of 24 columns from an .xlsx.
func BenchmarkRead(b *testing.B) {
	const rows = 20_000
	data := wideSheet(b, rows)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		book, err := sheet.OpenBytes("a.xlsx", data)
		if err != nil {
			b.Fatal(err)
		}
		lines := 0
		_, err = statement.Read(book, statement.Options{File: "a.xlsx"}, func(l *values.Line) error {
			if len(l.Problems) > 0 {
				b.Fatal(l.Problems)
			}
			lines++
			return nil
		})
		if err != nil || lines != rows {
			b.Fatal(lines, err)
		}
	}
}

// BenchmarkRows is what of it is the reading of cells, twice.
func BenchmarkRows(b *testing.B) {
	data := wideSheet(b, 20_000)
	for b.Loop() {
		book, err := sheet.OpenBytes("a.xlsx", data)
		if err != nil {
			b.Fatal(err)
		}
		for range 2 {
			if err := book.Rows(0, func(sheet.Row) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func wideSheet(b testing.TB, rows int) []byte {
	b.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	headings := []string{"序号", "乡镇", "行政村", "户编号", "借款人", "身份证号", "合同号", "贷款金额", "贷款余额", "年利率(%)", "签订日期", "放款日期", "到期日期", "起息日", "止息日",
		"计息天数", "应付利息", "实付利息", "罚息", "贷款用途", "担保方式", "开户行", "一卡通账号", "备注"}
	date, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
	day := func(serial int) excelize.Cell { return excelize.Cell{StyleID: date, Value: serial} }
	row := make([]any, len(headings))
	for i, h := range headings {
		row[i] = h
	}
	if err := w.SetRow("A1", row); err != nil {
		b.Fatal(err)
	}
	for i := range rows {
		address, _ := excelize.CoordinatesToCellName(1, i+2)
		err := w.SetRow(address, []any{i + 1, "清水镇", "河口村", fmt.Sprintf("1499%08d", i), "张三", "149901199001010014", fmt.Sprintf("QS-2026-%06d", i), 50000, 50000, 3.45, day(46082), day(46082), day(46447),
			"2026-06-21", "2026年9月20日", 92, 440.83, "440.83", nil, "种植", "信用", "清水农商银行", "6217001234567890123", ""})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// What a line of a statement may allocate, reading and mapping its 24 columns.
func TestLinesAllocateLittle(t *testing.T) {
	const rows, atMost = 1_000, 22
	data := wideSheet(t, rows)
	got := testing.AllocsPerRun(3, func() {
		book, err := sheet.OpenBytes("a.xlsx", data)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := statement.Read(book, statement.Options{File: "a.xlsx"}, func(*values.Line) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}) / rows
	if got > atMost {
		t.Errorf("a line allocates %.1f times, %d at most", got, atMost)
	}
}
