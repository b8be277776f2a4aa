package cell_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiexi/formats/cell"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

func text(s string) sheet.Cell { return sheet.Cell{Kind: sheet.Text, Text: s} }
func number(s string) sheet.Cell {
	return sheet.Cell{Kind: sheet.Number, Text: s}
}
func dated(s string) sheet.Cell {
	return sheet.Cell{Kind: sheet.Number, Text: s, Date: true}
}
func percent(s string) sheet.Cell {
	return sheet.Cell{Kind: sheet.Number, Text: s, Percent: true}
}

const (
	unreadable = values.ProblemUnreadable
	digitsLost = values.ProblemDigitsLost
	rateUnit   = values.ProblemRateUnit
)

func TestDate(t *testing.T) {
	for _, test := range []struct {
		cell    sheet.Cell
		want    string
		problem values.ProblemKind
	}{
		{text("2026-3-21"), "2026-03-21", ""},
		{text("2026-03-21"), "2026-03-21", ""},
		{text("2026/03/21"), "2026-03-21", ""},
		{text("2026.3.21"), "2026-03-21", ""},
		{text("20260321"), "2026-03-21", ""},
		{text("2026年3月21日"), "2026-03-21", ""},
		{text("2026 年 3 月 21 日"), "2026-03-21", ""},
		{text("2026年3月21号"), "2026-03-21", ""},
		{text("２０２６－０３－２１"), "2026-03-21", ""},
		{text("２０２６．３．２１"), "2026-03-21", ""},
		{text("'2026-03-21"), "2026-03-21", ""},
		{text("  2026-03-21\u00a0"), "2026-03-21", ""},
		{text("2026-03-21 00:00:00"), "2026-03-21", ""},
		{text("2026-03-21 00:00:00.0"), "2026-03-21", ""},
		{text("2026-03-21T08:30:00Z"), "2026-03-21", ""},
		{text("2026/3/21 15:04"), "2026-03-21", ""},
		{text("2026年3月21日 下午3时4分"), "2026-03-21", ""},
		{text("20260321 10:00"), "2026-03-21", ""},
		{number("20260321"), "2026-03-21", ""},
		{dated("46102"), "2026-03-21", ""},
		{dated("46102.75"), "2026-03-21", ""},
		{number("46102"), "2026-03-21", ""}, // the date format got lost
		{dated("20260321"), "2026-03-21", ""},

		{text("2026-02-29"), "", unreadable},
		{text("2026-13-01"), "", unreadable},
		{text("20261301"), "", unreadable},
		{text("2026-3"), "", unreadable},
		{text("202603"), "", unreadable},
		{text("2026年3月"), "", unreadable},
		{text("26-3-21"), "", unreadable},
		{text("3/21/2026"), "", unreadable},
		{text("21-Mar-26"), "", unreadable},
		{text("2026-03-21 至 2026-06-20"), "", unreadable},
		{text("2026-03-21 逾期"), "", unreadable},
		{text("46102"), "", unreadable}, // as a text it may be anything
		{text("2026-03-21-1"), "", unreadable},
		{text("长期"), "", unreadable},
		{number("50000.5"), "2036-11-21", ""},
		{number("12"), "", unreadable},
		{number("500000"), "", unreadable},
		{dated("60"), "", unreadable}, // 1900-02-29, which only Excel has
		{dated("-1"), "", unreadable},
		{sheet.Cell{Kind: sheet.Error, Text: "#REF!"}, "", unreadable},
		{sheet.Cell{Kind: sheet.Bool, Text: "TRUE"}, "", unreadable},
		{sheet.Cell{Kind: sheet.Uncached}, "", values.ProblemUncached},
	} {
		got, problem := cell.Date(test.cell, false)
		if got.String() != test.want || problem != test.problem {
			t.Errorf("%+v: %q %q, want %q %q", test.cell, got, problem, test.want, test.problem)
		}
	}
	if got, _ := cell.Date(dated("44640"), true); got.String() != "2026-03-21" {
		t.Errorf("serial 44640 from 1904 is %s", got)
	}
}

func TestDateOrMonth(t *testing.T) {
	for input, want := range map[string]string{
		"202603": "2026-03-01", "2026-03": "2026-03-01", "2026-3": "2026-03-01", "2026/03": "2026-03-01", "2026.3": "2026-03-01",
		"2026年3月": "2026-03-01", "2026-03-21": "2026-03-21", "20260321": "2026-03-21", "202613": "", "2026": "", "26-03": "",
	} {
		if got, _ := cell.DateOrMonth(text(input), false); got.String() != want {
			t.Errorf("%s is %q, want %q", input, got, want)
		}
	}
	if got, problem := cell.DateOrMonth(number("202603"), false); got.String() != "2026-03-01" || problem != "" {
		t.Errorf("the number 202603 is %q %q", got, problem)
	}
}

func TestAmount(t *testing.T) {
	for _, test := range []struct {
		cell    sheet.Cell
		unit    cell.AmountUnit
		want    string
		problem values.ProblemKind
	}{
		{number("50000"), cell.Yuan, "50000.00", ""},
		{number("440.83"), cell.Yuan, "440.83", ""},
		{dated("50000"), cell.Yuan, "50000.00", ""}, // a format is only for show
		{number("-12.5"), cell.Yuan, "-12.50", ""},
		{number("0"), cell.Yuan, "0.00", ""},
		{text("1,234.50"), cell.Yuan, "1234.50", ""},
		{text("1,234,567.8"), cell.Yuan, "1234567.80", ""},
		{text("１，２３４．５０"), cell.Yuan, "1234.50", ""},
		{text("￥1,234.50"), cell.Yuan, "1234.50", ""},
		{text("¥ 440.83"), cell.Yuan, "440.83", ""},
		{text("人民币440.83元"), cell.Yuan, "440.83", ""},
		{text("440.83元整"), cell.Yuan, "440.83", ""},
		{text("'440.83"), cell.Yuan, "440.83", ""},
		{text("440.830000"), cell.Yuan, "440.83", ""},
		{text("(1,234.50)"), cell.Yuan, "-1234.50", ""},
		{text("（12.00）"), cell.Yuan, "-12.00", ""},
		{text("-12"), cell.Yuan, "-12.00", ""},
		{text("−12"), cell.Yuan, "-12.00", ""},
		{text("¥-12"), cell.Yuan, "-12.00", ""},
		{text("+12"), cell.Yuan, "12.00", ""},
		{text(".5"), cell.Yuan, "0.50", ""},
		{text("50 000"), cell.Yuan, "50000.00", ""},
		{number("5"), cell.Wan, "50000.00", ""},
		{number("5.123456"), cell.Wan, "51234.56", ""},
		{text("4.99"), cell.Wan, "49900.00", ""},
		{text("5万元"), cell.Yuan, "50000.00", ""},
		{text("4.5万"), cell.Yuan, "45000.00", ""},
		{text("45000元"), cell.Wan, "45000.00", ""}, // the cell's own unit
		{number("45"), cell.Thousand, "45000.00", ""},

		{number("440.833"), cell.Yuan, "0.00", unreadable},
		{text("440.8333"), cell.Yuan, "0.00", unreadable},
		{number("5.1234567"), cell.Wan, "0.00", unreadable},
		{text("1,23"), cell.Yuan, "0.00", unreadable},
		{text("1,2345"), cell.Yuan, "0.00", unreadable},
		{text("1234,567"), cell.Yuan, "0.00", unreadable},
		{text("1.234,50"), cell.Yuan, "0.00", unreadable},
		{text("1.2.3"), cell.Yuan, "0.00", unreadable},
		{text("1E+5"), cell.Yuan, "0.00", unreadable},
		{text("五万元"), cell.Yuan, "0.00", unreadable},
		{text("--"), cell.Yuan, "0.00", unreadable},
		{text("-(5)"), cell.Yuan, "0.00", unreadable},
		{text("(-5)"), cell.Yuan, "0.00", unreadable},
		{text("元"), cell.Yuan, "0.00", unreadable},
		{text("."), cell.Yuan, "0.00", unreadable},
		{text("12%"), cell.Yuan, "0.00", unreadable},
		{text("99999999999999999999999999"), cell.Yuan, "0.00", unreadable},
		{sheet.Cell{Kind: sheet.Error, Text: "#DIV/0!"}, cell.Yuan, "0.00", unreadable},
		{sheet.Cell{Kind: sheet.Bool, Text: "TRUE"}, cell.Yuan, "0.00", unreadable},
		{sheet.Cell{Kind: sheet.Uncached}, cell.Yuan, "0.00", values.ProblemUncached},
	} {
		got, problem := cell.Amount(test.cell, test.unit)
		if got.String() != test.want || problem != test.problem {
			t.Errorf("%+v in %s: %s %q, want %s %q", test.cell, test.unit, got, problem, test.want, test.problem)
		}
	}
}

func TestRoundedAmount(t *testing.T) {
	for input, want := range map[string]string{
		"440.833": "440.83", "440.835": "440.84", "440.8349999": "440.83", "-0.005": "-0.01", "9.999": "10.00", "99.995": "100.00", "7": "7.00", "-99.999": "-100.00",
	} {
		if got, problem := cell.RoundedAmount(number(input), cell.Yuan); got.String() != want || problem != "" {
			t.Errorf("%s is %s %q, want %s", input, got, problem, want)
		}
	}
}

func TestRate(t *testing.T) {
	for _, test := range []struct {
		cell    sheet.Cell
		unit    cell.RateUnit
		want    string
		problem values.ProblemKind
	}{
		{number("3.45"), cell.ByValue, "3.45", ""},
		{text("3.45"), cell.ByValue, "3.45", ""},
		{text("3.45%"), cell.ByValue, "3.45", ""},
		{text("３.４５％"), cell.ByValue, "3.45", ""},
		{text(" 3.45 % "), cell.ByValue, "3.45", ""},
		{number("0.0345"), cell.ByValue, "3.45", ""},
		{text("0.0345"), cell.ByValue, "3.45", ""},
		{percent("0.0345"), cell.ByValue, "3.45", ""},
		{percent("0.0345"), cell.Percent, "3.45", ""},
		{percent("0.005"), cell.ByValue, "0.5", ""},
		{number("0.24"), cell.ByValue, "24", ""},
		{number("0.5"), cell.ByValue, "0.5", ""},
		{number("24"), cell.ByValue, "24", ""},
		{number("0.005"), cell.ByValue, "0.5", ""},
		{number("2.875"), cell.PermilleMonth, "3.45", ""},
		{text("2.875‰"), cell.PermilleMonth, "3.45", ""},
		{text("2.875‰"), cell.Monthly, "3.45", ""},
		{number("2.875"), cell.Monthly, "3.45", ""},
		{number("0.2875"), cell.PercentMonth, "3.45", ""},
		{text("0.2875%"), cell.PermilleMonth, "3.45", ""},
		{percent("0.002875"), cell.Monthly, "3.45", ""},
		{number("34.5"), cell.PermilleYear, "3.45", ""},
		{number("3.45"), cell.Percent, "3.45", ""},
		{number("0.0345"), cell.Fraction, "3.45", ""},

		{number("0.2401"), cell.ByValue, "0", rateUnit},
		{number("0.4999"), cell.ByValue, "0", rateUnit},
		{number("24.01"), cell.ByValue, "0", rateUnit},
		{number("345"), cell.ByValue, "0", rateUnit},
		{number("0"), cell.ByValue, "0", rateUnit},
		{number("-3.45"), cell.ByValue, "0", rateUnit},
		{number("0.004"), cell.ByValue, "0", rateUnit},
		{text("0.0345%"), cell.ByValue, "0", rateUnit},
		{percent("3.45"), cell.ByValue, "0", rateUnit},
		{text("2.875‰"), cell.ByValue, "0", rateUnit}, // monthly or not: the heading does not say
		{number("0.2875"), cell.Monthly, "0", rateUnit},
		{number("1.5"), cell.Monthly, "0", rateUnit}, // 1.8 % or 18 % a year
		{number("0.0345"), cell.Percent, "0", rateUnit},
		{number("3.45"), cell.Fraction, "0", rateUnit},
		{text("LPR+55BP"), cell.ByValue, "0", unreadable},
		{text("百分之三"), cell.ByValue, "0", unreadable},
		{text("%"), cell.ByValue, "0", unreadable},
		{sheet.Cell{Kind: sheet.Uncached}, cell.ByValue, "0", values.ProblemUncached},
	} {
		got, problem := cell.Rate(test.cell, test.unit)
		if got.String() != test.want || problem != test.problem {
			t.Errorf("%+v in %q: %s %q, want %s %q", test.cell, test.unit, got, problem, test.want, test.problem)
		}
	}
}

func TestID(t *testing.T) {
	const id = "149901199001010014"
	for _, test := range []struct {
		cell    sheet.Cell
		want    string
		problem values.ProblemKind
	}{
		{text(id), id, ""},
		{text(" " + id + "\t"), id, ""},
		{text("'" + id), id, ""},
		{text("’" + id), id, ""},
		{text(`="` + id + `"`), id, ""},
		{text("1499 0119 9001 0100 14"), id, ""},
		{text("１４９９０１１９９００１０１００１４"), id, ""},
		{text("14990119900101002x"), "14990119900101002X", ""},
		{text("14990119900101002Ｘ"), "14990119900101002X", ""},
		{text("\u200b" + id), id, ""},
		{number("149901900101001"), "149901900101001", ""}, // an old id of 15 digits; whether it will do, rules say
		{sheet.Cell{Kind: sheet.Number, Text: "149901199001010000", Raw: "1.4990119900101E+17", Long: true}, "", digitsLost},
		{text("1.4990119900101E+17"), "", digitsLost},
		{text("1.4990119900101e+17"), "", digitsLost},
		{number("1.5"), "", unreadable},
		{sheet.Cell{Kind: sheet.Error, Text: "#N/A"}, "", unreadable},
	} {
		got, problem := cell.ID(test.cell)
		if got.Whole() != test.want || problem != test.problem {
			t.Errorf("%+v: %q %q, want %q %q", test.cell, got.Whole(), problem, test.want, test.problem)
		}
	}
	for input, want := range map[string]string{id: id, id + "42": id, id + "4211": id, id + "4": id + "4", "14990119900101002x44": "14990119900101002X"} {
		if got, _ := cell.RosterID(text(input)); got.Whole() != want {
			t.Errorf("roster id %s is %s, want %s", input, got.Whole(), want)
		}
	}
}

func TestAccount(t *testing.T) {
	for _, test := range []struct {
		cell    sheet.Cell
		want    string
		problem values.ProblemKind
	}{
		{text("6217001234567890123"), "6217001234567890123", ""},
		{text("6217 0012 3456 7890 123"), "6217001234567890123", ""},
		{text("6217-0012-3456-7890-123"), "6217001234567890123", ""},
		{text("'６２１７００１２３４５６７８９０１２３"), "6217001234567890123", ""},
		{number("123456789012"), "123456789012", ""},
		{sheet.Cell{Kind: sheet.Number, Text: "6217001234567890000", Raw: "6.21700123456789E+18", Long: true}, "", digitsLost},
		{text("6.21700123456789E+18"), "", digitsLost},
		{text("62170012345X"), "", unreadable},
		{text("见附件"), "", unreadable},
	} {
		got, problem := cell.Account(test.cell)
		if got.Whole() != test.want || problem != test.problem {
			t.Errorf("%+v: %q %q, want %q %q", test.cell, got.Whole(), problem, test.want, test.problem)
		}
	}
}

func TestContract(t *testing.T) {
	for _, test := range []struct {
		cell    sheet.Cell
		want    string
		problem values.ProblemKind
	}{
		{text("农信借字（2026） 第001号"), "农信借字(2026)第001号", ""},
		{text("ｑｓ-2026-001"), "qs-2026-001", ""},
		{number("20260001"), "20260001", ""},
		{sheet.Cell{Kind: sheet.Number, Text: "2026000100010001", Long: true}, "", digitsLost},
		{text("2.0260001E+15"), "", digitsLost},
		{text("12E5"), "12E5", ""},
	} {
		got, problem := cell.Contract(test.cell)
		if got != test.want || problem != test.problem {
			t.Errorf("%+v: %q %q, want %q %q", test.cell, got, problem, test.want, test.problem)
		}
	}
}

func TestName(t *testing.T) {
	for _, test := range []struct {
		in, want string
		problem  values.ProblemKind
	}{
		{" 张三　", "张三", ""},
		{"张 三", "张 三", ""}, // as printed; comparing folds it
		{"阿卜杜拉•买买提", "阿卜杜拉•买买提", ""},
		{"𬱖三", "𬱖三", ""},
		{"张\ue000", "张\ue000", values.ProblemPrivateUse},
		{"张\U000f0001", "张\U000f0001", values.ProblemPrivateUse},
		{"张\ufffd", "张\ufffd", unreadable},
	} {
		got, problem := cell.Name(text(test.in))
		if got != test.want || problem != test.problem {
			t.Errorf("%q: %q %q, want %q %q", test.in, got, problem, test.want, test.problem)
		}
	}
}

func TestFlag(t *testing.T) {
	for _, yes := range []string{"是", "有", "√", "✓", "Y", "y", "1", " 是 ", "Ｙ"} {
		if got, problem := cell.Flag(text(yes)); !got || problem != "" {
			t.Errorf("%q is %v %q", yes, got, problem)
		}
	}
	for _, no := range []string{"否", "无", "×", "N", "n", "0", "", "  ", "—", "/"} {
		if got, problem := cell.Flag(text(no)); got || problem != "" {
			t.Errorf("%q is %v %q", no, got, problem)
		}
	}
	for _, c := range []sheet.Cell{number("1"), {Kind: sheet.Bool, Text: "TRUE"}} {
		if got, problem := cell.Flag(c); !got || problem != "" {
			t.Errorf("%+v is %v %q", c, got, problem)
		}
	}
	for _, unclear := range []string{"50000", "大额", "?", "2"} {
		if _, problem := cell.Flag(text(unclear)); problem != unreadable {
			t.Errorf("%q is %q", unclear, problem)
		}
	}
}

func TestCount(t *testing.T) {
	for input, want := range map[string]int{
		"0": 0, "1": 1, "2": 2, "2次": 2, "是": 1, "否": 0, "√": 1, "无": 0, "": 0, "—": 0,
		"续贷": 1, "展期": 1, "首贷": 0, "续贷1次": 1, "展期2次": 2, "第2次": 2, "１": 1,
	} {
		if got, problem := cell.Count(text(input)); got != want || problem != "" {
			t.Errorf("%q is %d %q, want %d", input, got, problem, want)
		}
	}
	for _, unclear := range []string{"若干", "1.5", "-1", "2026-03-21", "续贷多次"} {
		if n, problem := cell.Count(text(unclear)); problem != unreadable {
			t.Errorf("%q is %d %q", unclear, n, problem)
		}
	}
}

func TestWhole(t *testing.T) {
	for input, want := range map[string]int{"92": 92, "92天": 92, "９２": 92, " 92 ": 92, "92.00": 92} {
		if got, problem := cell.Whole(text(input)); got != want || problem != "" {
			t.Errorf("%q is %d %q", input, got, problem)
		}
	}
	for _, bad := range []string{"92.5", "-1", "九十二", "12345678", "天"} {
		if _, problem := cell.Whole(text(bad)); problem != unreadable {
			t.Errorf("%q is %q", bad, problem)
		}
	}
}

func TestBlankAndPlaceholder(t *testing.T) {
	for _, s := range []string{"", " ", "\u3000", "\u00a0\t\n", "'", "\u200b"} {
		if !cell.Blank(text(s)) {
			t.Errorf("%q is not blank", s)
		}
	}
	for _, s := range []string{"-", "——", "/", "无", " 无 ", "N/A", "n/a"} {
		if cell.Blank(text(s)) || !cell.Placeholder(text(s)) {
			t.Errorf("%q is no placeholder", s)
		}
	}
	for _, c := range []sheet.Cell{text("0"), text("无名氏"), number("0"), {Kind: sheet.Uncached}, {Kind: sheet.Error, Text: "#N/A"}} {
		if cell.Blank(c) || cell.Placeholder(c) {
			t.Errorf("%+v says something", c)
		}
	}
}

func TestShown(t *testing.T) {
	for want, c := range map[string]sheet.Cell{
		"2026-03-21":          dated("46102"),
		"3.45%":               percent("0.0345"),
		"440.83":              number("440.83"),
		"1.4990119900101E+17": {Kind: sheet.Number, Text: "149901199001010000", Raw: "1.4990119900101E+17", Long: true},
		"'001":                text(" '001 "),
		"#N/A":                {Kind: sheet.Error, Text: "#N/A"},
	} {
		if got := cell.Shown(c, false); got != want {
			t.Errorf("%+v shows %q, want %q", c, got, want)
		}
	}
}

// What Amount accepts it reads exactly: an amount printed in any of the usual
// ways comes back.
func TestAmountReadsWhatPeoplePrint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := values.Fen(rapid.Int64Range(-1e13, 1e13).Draw(t, "fen"))
		printed := rapid.SampledFrom([]func(values.Fen) string{
			values.Fen.String, values.Fen.Grouped,
			func(f values.Fen) string { return f.Grouped() + "元" },
			func(f values.Fen) string { return strings.Replace("￥"+f.String(), "￥-", "-￥", 1) },
			func(f values.Fen) string { return "  " + f.String() + "0000 " },
		}).Draw(t, "print")(want)
		if got, problem := cell.Amount(text(printed), cell.Yuan); got != want || problem != "" {
			t.Fatalf("%q is %s %q", printed, got, problem)
		}
	})
}

func TestDateReadsWhatPeoplePrint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := values.MustDate("1950-01-01") + values.Date(rapid.IntRange(0, 40000).Draw(t, "day"))
		layout := rapid.SampledFrom([]string{"2006-01-02", "2006-1-2", "2006/1/2", "2006.01.02", "20060102", "2006年1月2日", "2006-01-02 15:04:05"}).Draw(t, "layout")
		printed := want.Time().Format(layout)
		if got, problem := cell.Date(text(printed), false); got != want || problem != "" {
			t.Fatalf("%q is %s %q", printed, got, problem)
		}
	})
}
