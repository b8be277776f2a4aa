package statement_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiexi/formats/heading"
	"tiexi/formats/internal/grid"
	"tiexi/formats/sheet"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

// FuzzRead: whatever text comes in, it is refused by what it is, or every row
// of it is accounted for.
func FuzzRead(f *testing.F) {
	f.Add(grid.CSV(wholeSheet))
	f.Add(grid.CSV("单位：万元\n" + required + " | 起息日 | 止息日 | 计息天数 | 罚息 | 展期到期日\n" + plain + " | 2026-06-20 | 2026-09-20 | 92 | | 2027-09-01\n小计 | | | 5\n合计 | | | 5\n制表人："))
	f.Add(grid.CSV("借款人 | | 合同号 | 原贷款 | | 现贷款 | | | 实付利息\n姓名 | 身份证号 | | 到期日 | 贷款金额 | 贷款余额 | 利率 | 放款日期 | "))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := sheet.OpenBytes("a.csv", data)
		if err != nil {
			return
		}
		defer func() { _ = book.Close() }()
		lines := 0
		report, err := statement.Read(book, statement.Options{File: "a.csv", Quarter: values.Quarter{Year: 2026, Number: 3}}, func(l *values.Line) error {
			lines++
			if l.Days < 0 || l.Days > 0 && l.Days != int(l.To-l.From)+1 {
				t.Errorf("%s…%s has %d days", l.From, l.To, l.Days)
			}
			return nil
		})
		var refusal *sheet.Refusal
		switch {
		case err == nil:
			for _, s := range report.Sheets {
				checkAccounts(t, s)
			}
			if lines != report.Lines() {
				t.Errorf("%d lines, reported %d", lines, report.Lines())
			}
		case errors.Is(err, statement.ErrNoStatement), errors.Is(err, heading.ErrAmbiguous), errors.Is(err, statement.ErrSecondHeading):
			if lines != 0 {
				t.Errorf("%d lines and %v", lines, err)
			}
		case !errors.As(err, &refusal):
			t.Errorf("%T %v", err, err)
		}
	})
}

// Whatever rows stand below a heading, in whatever order, each of those that
// name a person comes out as a line, once, and the rest is accounted for.
func TestNobodyIsLost(t *testing.T) {
	others := []string{"", "合计 | | | #100 | | | | #1", "小计 | | | #5", "制表人：王五 | | | 审核人：赵六", "2026年9月25日", required}
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Repeat("清水县\n", rapid.IntRange(0, 3).Draw(r, "titles")) + required
		want := ""
		for i := range rapid.IntRange(1, 30).Draw(r, "rows") {
			if rapid.Bool().Draw(r, "person") {
				cells := grid.Rows(plain)[0]
				cells[2] = fmt.Sprintf("A%d", 1000+i)
				for c := range cells { // holes in the row, but for the contract
					if c != 2 && rapid.IntRange(0, 4).Draw(r, "hole") == 0 {
						cells[c] = ""
					}
				}
				text += "\n" + strings.Join(cells, " | ")
				want += cells[2] + " "
			} else {
				text += "\n" + rapid.SampledFrom(others).Draw(r, "other")
			}
		}
		lines, _ := read(t, grid.Bytes(t, "a.csv", grid.CSV(text)), statement.Options{})
		got := ""
		for _, l := range lines {
			got += l.Contract + " "
		}
		if got != want {
			r.Fatalf("got %s, want %s, of\n%s", got, want, text)
		}
	})
}
