package statement_test

import (
	"fmt"
	"strings"
	"testing"

	"tiexi/formats/internal/grid"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

// loan is a plain line with these figures.
func loan(contract, balance, paid string) string {
	return fmt.Sprintf("张三 | 149901199001010014 | %s | %s | #3.45 | 2026-01-01 | 2027-03-01 | %s\n", contract, balance, paid)
}

// totals lists every figure of the total rows: "row whole? field declared
// computed".
func totals(s statement.Sheet) []string {
	var list []string
	for _, total := range s.Totals {
		kind := "part"
		if total.Whole {
			kind = "whole"
		}
		text := fmt.Sprintf("%d %s", total.Row, kind)
		for _, f := range total.Figures {
			text += fmt.Sprintf(" %s %s/%s", f.Field, f.Declared, f.Computed)
			if f.Problem != "" {
				text += " " + string(f.Problem)
			}
		}
		list = append(list, text)
	}
	return list
}

func TestTotals(t *testing.T) {
	for _, test := range []struct {
		name, rows string
		want       []string
	}{
		{"合计 at the end",
			loan("A1", "#100", "#1") + loan("A2", "#200", "#2") + "合计 | | | #300 | | | | #3",
			[]string{"4 whole balance 300.00/300.00 paid 3.00/3.00"}},
		{"a wrong one",
			loan("A1", "#100", "#1") + loan("A2", "#200", "#2") + "合计 | | | #300 | | | | #4",
			[]string{"4 whole balance 300.00/300.00 paid 4.00/3.00"}},
		{"小计 of each village, 合计 of all",
			loan("A1", "#100", "#1") + "小计 | | | #100 | | | | #1\n" + loan("A2", "#200", "#2") + loan("A3", "#300", "#3") + "小计 | | | #500 | | | | #5\n总计 | | | #600 | | | | #6",
			[]string{"3 part balance 100.00/100.00 paid 1.00/1.00", "6 part balance 500.00/500.00 paid 5.00/5.00", "7 whole balance 600.00/600.00 paid 6.00/6.00"}},
		{"a wrong 小计 is held against its own rows",
			loan("A1", "#100", "#1") + "小计 | | | #100 | | | | #1\n" + loan("A2", "#200", "#2") + "小计 | | | #200 | | | | #9\n合计 | | | #300 | | | | #3",
			[]string{"3 part balance 100.00/100.00 paid 1.00/1.00", "5 part balance 200.00/200.00 paid 9.00/2.00", "6 whole balance 300.00/300.00 paid 3.00/3.00"}},
		{"小计 of villages within 小计 of townships",
			loan("A1", "#100", "#1") + "甲村小计 | | | #100 | | | | \n" + loan("A2", "#200", "#2") + "乙村小计 | | | #200 | | | | \n清水镇小计 | | | #300 | | | | \n" + loan("A3", "#400", "#4") + "丙村小计 | | | #400 | | | | \n合计 | | | #700 | | | | ",
			[]string{"3 part balance 100.00/100.00", "5 part balance 200.00/200.00", "6 part balance 300.00/300.00", "8 part balance 400.00/400.00", "9 whole balance 700.00/700.00"}},
		{"合计 of each township and none of all",
			loan("A1", "#100", "#1") + "清水镇合计 | | | #100 | | | | #1\n" + loan("A2", "#200", "#2") + "河口镇合计 | | | #200 | | | | #2",
			[]string{"3 part balance 100.00/100.00 paid 1.00/1.00", "5 part balance 200.00/200.00 paid 2.00/2.00"}},
		{"合计 that grow from page to page",
			loan("A1", "#100", "#1") + "合计 | | | #100 | | | | #1\n" + loan("A2", "#200", "#2") + "合计 | | | #300 | | | | #3",
			[]string{"3 part balance 100.00/100.00 paid 1.00/1.00", "5 whole balance 300.00/300.00 paid 3.00/3.00"}},
		{"合计 above the lines",
			"合计 | | | #300 | | | | #3\n" + loan("A1", "#100", "#1") + loan("A2", "#200", "#2"),
			[]string{"2 whole balance 300.00/300.00 paid 3.00/3.00"}},
		{"a wrong one above the lines",
			"合计 | | | #301 | | | | #3\n" + loan("A1", "#100", "#1") + loan("A2", "#200", "#2"),
			[]string{"2 whole balance 301.00/300.00 paid 3.00/3.00"}},
		{"小计 above its lines",
			"合计 | | | #300 | | | | #3\n甲村小计 | | | #100 | | | | #1\n" + loan("A1", "#100", "#1") + "乙村小计 | | | #200 | | | | #2\n" + loan("A2", "#200", "#2"),
			[]string{"2 whole balance 300.00/300.00 paid 3.00/3.00", "3 part balance 100.00/100.00 paid 1.00/1.00", "5 part balance 200.00/200.00 paid 2.00/2.00"}},
		{"unreadable lines are missing from the sum",
			loan("A1", "#100", "#1") + loan("A2", "#200", "见附件") + "合 计 | | | #300 | | | | #3",
			[]string{"4 whole balance 300.00/300.00 paid 3.00/1.00"}},
		{"counts, dashes and words beside the figures",
			loan("A1", "#100", "#1") + "总计 | 1户 | 1笔 | 100元 | | — | — | 壹元整",
			[]string{"3 whole balance 100.00/100.00 paid 0.00/1.00 unreadable"}},
		{"a running total of the year declares nothing",
			loan("A1", "#100", "#1") + "本年累计 | | | #900 | | | | #9",
			[]string{"3 whole"}},
		{"merged over the columns",
			loan("A1", "#100", "#1") + "合计 | < | < | #100 | | | | #1",
			[]string{"3 whole balance 100.00/100.00 paid 1.00/1.00"}},
	} {
		_, report := read(t, grid.Book(t, required+"\n"+strings.TrimSuffix(test.rows, "\n")), statement.Options{})
		same(t, test.name, totals(report.Sheets[0]), test.want)
	}
}

func TestPenaltyAndCompoundInterestAddUp(t *testing.T) {
	lines, report := read(t, grid.Book(t, required+` | 罚息 | 复利
张三 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-01-01 | 2027-03-01 | #440.83 | #1.5 | #0.25
合计 | | | | | | | | #1.5 | #0.25`), statement.Options{})
	same(t, "penalty", lines[0].Penalty, values.Fen(175))
	same(t, "totals", totals(report.Sheets[0]), []string{"3 whole penalty 1.50/1.50 penalty 0.25/0.25"})
}

func TestWhatARowIs(t *testing.T) {
	const (
		line   = "line"
		footer = "footer"
		total  = "total"
		blank  = "blank"
	)
	plain := loan("A1", "#100", "#1")
	for _, test := range []struct {
		row  string // the last of a sheet, after a line and, where it begins with 合计|, a total
		want string
	}{
		{"制表人：张三 | | | 审核人：李四", footer},
		{"制表人： | 王五 | | 审核人： | | 李四", footer},
		{"王五 | 制表人", footer},
		{"填报日期：2026年9月25日", footer},
		{"2026年9月25日", footer},
		{"日期： | | | | | 2026-09-25", footer},
		{"单位负责人（签字）： | | | 经办人：", footer},
		{"注：1.本表一式三份", footer},
		{"备注：金额单位为元", footer},
		{"说明：以上均已核对", footer},
		{"（公章）", footer},
		{"清水农商银行（盖章）", footer},
		{"联系电话： | 0350-0000001", footer},
		{"联系电话： | | 0350-0000001", footer},
		{"联系电话： | | | #13900000000", footer},
		{"合计| | | #100 | | | | #1\n清水农商银行", footer},
		{"合计| | | #100 | | | | #1\n以上合计金额大写壹元整", footer},
		{"合计| | | #100 | | | | #1\n清水镇人民政府 | < | < | < | <", footer},
		{"合计| | | #100 | | | | #1\n本表共1234户详见附表 | < | < | < | <", footer},
		{" | | | | | | | ", blank},
		{"　 | | ", blank},
		{" | | | #0 | | | | #0", blank},

		// nobody lost
		{"李四", line},
		{"李四 | 无", line},
		{"合计| | | #100 | | | | #1\n李四", line},
		{"合计| | | #100 | | | | #1\n李四 | 149901199002020021 | A2 | #1", line},
		{" | 149901199002020021", line},
		{" | | A00027", line},
		{" | | | #5000", line},
		{" | | | | | 2026-01-01", line},
		{" | | | | | | | #3", line},
		{" | | | 见附件", line},
		{"清水镇", line}, // in no total's wake and with no footer words
		{"李四 | 149901199002020021 | A2 | #100 | #3.45 | 2026-01-01 | 2027-01-01 | #1 | 说明：合计见附件", line},
		{"合计生 | 149901199002020021 | A2 | #100 | #3.45 | 2026-01-01 | 2027-01-01 | #1", line},
		{"合计 | 149901199002020021 | A2 | #100 | #3.45 | 2026-01-01 | 2027-01-01 | #1", line},
		{"李四 | | | #100 | | | | #1 | 小计", line},
		{"小计 | | 12户 | #100", total},
		{"本页合计： | | | #100", total},
		{"清水镇 | 小计 | | #100", line},
		{"合计（大写） | | | 壹佰元整", total},
	} {
		_, report := read(t, grid.Book(t, required+" | 备注\n"+plain+test.row), statement.Options{})
		s := report.Sheets[0]
		lines := strings.Count(test.row, "\n") + 1 // rows under test, a leading total among them
		got := map[bool]string{}
		got[s.Lines == 2] = line
		got[s.FooterRows == 1] = footer
		got[s.TotalRows == lines] = total
		if s.Lines == 1 && s.FooterRows == 0 && s.TotalRows == 0 {
			got[true] = blank
		}
		if got[true] != test.want {
			t.Errorf("%q is %q, want %q: %+v", test.row, got[true], test.want, s)
		}
	}
}

func TestSerialNumbersAloneAreBlank(t *testing.T) {
	lines, report := read(t, grid.Book(t, "序号 | "+required+" | 天数\n#1 | "+strings.TrimSpace(loan("A1", "#100", "#1"))+" | \n#2\n3 | | | | #0"), statement.Options{})
	same(t, "lines", len(lines), 1)
	same(t, "blanks", report.Sheets[0].Blanks, 2)
}

func TestRowsThatTheFileLeavesOut(t *testing.T) {
	lines, report := read(t, grid.Book(t, "\n\n"+required+"\n\n"+loan("A1", "#100", "#1")+"\n\n"+loan("A2", "#100", "#1")), statement.Options{})
	same(t, "rows", fmt.Sprint(lines[0].Row, lines[1].Row, report.Sheets[0].Rows, report.Sheets[0].Blanks), "3 6 6 3")
}

func TestWordsInTheColumnOfSerialNumbers(t *testing.T) {
	_, report := read(t, grid.Book(t, "序号 | "+required+"\n#1 | "+loan("A1", "#100", "#1")+"合计 | | | | #100\n制表人：王五"), statement.Options{})
	s := report.Sheets[0]
	same(t, "rows", fmt.Sprint(s.Lines, s.TotalRows, s.FooterRows, s.Blanks), "1 1 1 0")
}
