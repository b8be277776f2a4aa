package statement_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tiexi/formats/internal/grid"
	"tiexi/formats/sheet"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

// read reads a book for 2026Q3.
func read(t *testing.T, book *sheet.Book, opt statement.Options) ([]*values.Line, *statement.Report) {
	t.Helper()
	lines, report, err := tryRead(book, opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range report.Sheets {
		checkAccounts(t, s)
	}
	return lines, report
}

func tryRead(book *sheet.Book, opt statement.Options) (lines []*values.Line, report *statement.Report, err error) {
	if opt.File == "" {
		opt.File = "test.xlsx"
	}
	if opt.Quarter.IsZero() {
		opt.Quarter = values.Quarter{Year: 2026, Number: 3}
	}
	report, err = statement.Read(book, opt, func(l *values.Line) error {
		lines = append(lines, l)
		return nil
	})
	return lines, report, err
}

// checkAccounts: every row of a sheet is something.
func checkAccounts(t testing.TB, s statement.Sheet) {
	t.Helper()
	if sum := s.TitleRows + len(s.HeadingRows) + s.Blanks + s.Lines + s.TotalRows + s.FooterRows; sum != s.Rows || s.Blanks < 0 {
		t.Errorf("sheet %q: %d rows, accounted for %d: %+v", s.Name, s.Rows, sum, s)
	}
	if s.TotalRows != len(s.Totals) || s.FooterRows != len(s.Footers) {
		t.Errorf("sheet %q: %d totals, %d footers, listed %d, %d", s.Name, s.TotalRows, s.FooterRows, len(s.Totals), len(s.Footers))
	}
}

// problems lists the problems of a line, "id digits-lost B5 1.4E+17".
func problems(l *values.Line) []string {
	var list []string
	for _, p := range l.Problems {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", p.Field, p.Kind, p.Cell, p.Raw)))
	}
	return list
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

const wholeSheet = `
清水农商银行2026年第三季度帮扶小额信贷贴息名单 | < | < | < | < | < | < | < | < | < | < | < | <
填报单位：清水农商银行 | < | < | < | | | | | | | 单位：元
序号 | 贷 款 人 | 身份证号码 | 合同编号 | 贷款余额（元） | 年利率(%) | 放款日期 | 到期日期 | 起息日 | 止息日 | 计息\n天数 | 应付利息 | 实付利息
#1 | 张三 | 149901199001010014 | QS-001 | #50000 | #3.45 | #46082@yyyy-mm-dd | #46447@yyyy-mm-dd | #46194@yyyy/m/d | #46285@yyyy/m/d | #92 | #440.83 | #440.83
#2 | 李四 | 14990119900202002x | QS-002 | #80000 | #0.0345@0.00% | 2026-4-1 | 2027年4月1日 | 2026.6.21 | 20260920 | 92天 | 705.33 | ￥705.33

合计 | < | < | < | #130000 | | | | | | | #1146.16 | #1146.16
制表人：王五 | | | 审核人：赵六 | | | | | 2026年9月25日
`

func TestAWholeSheet(t *testing.T) {
	lines, report := read(t, grid.Book(t, wholeSheet), statement.Options{InterestDay: 20})
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, want := range []values.Line{
		{Borrower: "张三", ID: "149901199001010014", Contract: "QS-001", Balance: 5000000, Rate: values.MustRate("3.45"),
			Disbursed: values.MustDate("2026-03-01"), Matures: values.MustDate("2027-03-01"), Due: 44083, Paid: 44083},
		{Borrower: "李四", ID: "14990119900202002X", Contract: "QS-002", Balance: 8000000, Rate: values.MustRate("3.45"),
			Disbursed: values.MustDate("2026-04-01"), Matures: values.MustDate("2027-04-01"), Due: 70533, Paid: 70533},
	} {
		l := lines[i]
		same(t, "problems", problems(l), []string(nil))
		same(t, "place", l.Place, values.Place{File: "test.xlsx", Sheet: "名单", Row: i + 4})
		same(t, "bank", l.Bank, "清水农商银行")
		same(t, "borrower", l.Borrower, want.Borrower)
		same(t, "id", l.ID.Whole(), want.ID.Whole())
		same(t, "contract", l.Contract, want.Contract)
		same(t, "amounts", []values.Fen{l.Balance, l.Due, l.Paid}, []values.Fen{want.Balance, want.Due, want.Paid})
		same(t, "dates", []values.Date{l.Disbursed, l.Matures, l.From, l.To}, []values.Date{want.Disbursed, want.Matures, values.MustDate("2026-06-21"), values.MustDate("2026-09-20")})
		same(t, "days", l.Days, 92)
		if !l.Rate.Same(want.Rate) {
			t.Errorf("rate %s", l.Rate)
		}
	}
	l := lines[1]
	same(t, "cells", []string{l.Cell(values.FieldID), l.Cell(values.FieldPaid), l.Cell(values.FieldTo), l.Cell(values.FieldPenalty)}, []string{"C5", "M5", "J5", ""})
	if !l.Given.Has(values.FieldDue) || !l.Given.Has(values.FieldFrom) || l.Given.Has(values.FieldPenalty) || l.Given.Has(values.FieldAmount) {
		t.Errorf("given %b", l.Given)
	}

	s := report.Sheets[0]
	same(t, "rows", []int{s.Rows, s.TitleRows, s.Blanks, s.Lines, s.TotalRows, s.FooterRows}, []int{8, 2, 1, 2, 1, 1})
	same(t, "headings", s.HeadingRows, []int{3})
	same(t, "title", s.Title.Quarter.String()+" "+s.Title.Bank+" "+string(s.Title.Unit), "2026Q3 清水农商银行 yuan")
	same(t, "convention", fmt.Sprintln(s.Convention, s.Judged, s.Fitting), "both 2 2\n")
	total := s.Totals[0]
	same(t, "total", fmt.Sprintln(total.Row, total.Label, total.Whole), "7 合计 true\n")
	for i, f := range []values.Field{values.FieldBalance, values.FieldPaid, values.FieldDue} {
		same(t, "figure", total.Figures[i].Field, f)
		if total.Figures[i].Differs() {
			t.Errorf("%s differs: %+v", f, total.Figures[i])
		}
	}
	same(t, "footer", s.Footers[0].Text, "制表人：王五 审核人：赵六 2026年9月25日")
	same(t, "headings as printed", []string{s.Columns[1].Heading, s.Columns[10].Heading}, []string{"贷 款 人", "计息\n天数"})
	same(t, "quarter by days", report.QuarterByDays().String(), "2026Q3")
	same(t, "sum", s.Sums[values.FieldPaid], values.Fen(114616))
}

func TestNoStatement(t *testing.T) {
	book := grid.Sheets(t,
		grid.Sheet{Name: "说明", Text: "本表由各银行填报"},
		grid.Sheet{Name: "台账", Text: "借款人 | 身份证号 | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日期\n张三 | 149901199001010014 | A1 | #1 | #3.45 | 2026-01-01 | 2027-01-01"},
		grid.Sheet{Name: ".旧表", Text: wholeSheet})
	lines, report, err := tryRead(book, statement.Options{File: "台账.xlsx"})
	if len(lines) != 0 || !errors.Is(err, statement.ErrNoStatement) {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for _, want := range []string{"台账.xlsx", "工作表“台账”第 1 行最像表头，缺少：实付利息", "“旧表”已隐藏", "“说明”没有认得的列"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
	same(t, "skips", []statement.Skip{report.Sheets[0].Skipped, report.Sheets[1].Skipped, report.Sheets[2].Skipped},
		[]statement.Skip{statement.NoHeading, statement.NoHeading, statement.Hidden})
}
