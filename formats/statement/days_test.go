package statement_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiexi/formats/internal/grid"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

// withDays makes a sheet of loans disbursed on 2026-01-01 out of rows "from,
// to, days".
func withDays(title string, rows ...string) string {
	sheet := title + "\n" + required + " | 起息日 | 止息日 | 计息天数"
	for i, row := range rows {
		ends := strings.Split(row, ",")
		sheet += fmt.Sprintf("\n张三 | 149901199001010014 | A%d | #50000 | #3.45 | 2026-01-01 | 2027-03-01 | #440.83 | %s | %s | %s", i, ends[0], ends[1], ends[2])
	}
	return sheet
}

func stretches(lines []*values.Line) []string {
	var list []string
	for _, l := range lines {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s…%s %d %s", l.From, l.To, l.Days, strings.Join(problems(l), "; "))))
	}
	return list
}

func TestDayConventions(t *testing.T) {
	for _, test := range []struct {
		name string
		rows []string
		want []string
	}{
		{"both ends count",
			[]string{"2026-06-21,2026-09-20,92", "2026-07-01,2026-09-20,82"},
			[]string{"2026-06-21…2026-09-20 92", "2026-07-01…2026-09-20 82"}},
		{"算头不算尾",
			[]string{"2026-06-21,2026-09-21,92", "2026-07-01,2026-09-21,82"},
			[]string{"2026-06-21…2026-09-20 92", "2026-07-01…2026-09-20 82"}},
		{"from the previous settlement day",
			[]string{"2026-06-20,2026-09-20,92", "2026-07-01,2026-09-20,81"},
			[]string{"2026-06-21…2026-09-20 92", "2026-07-02…2026-09-20 81"}},
		{"both exclusive ways keep the quarter: 算头不算尾",
			[]string{"2026-07-01,2026-08-01,31"},
			[]string{"2026-07-01…2026-07-31 31"}},
		{"one line tells for all",
			[]string{"2026-07-01,2026-08-01,31", "2026-06-20,2026-07-01,11"},
			[]string{"2026-07-02…2026-08-01 31", "2026-06-21…2026-07-01 11"}},
		{"nothing but the statement's quarter tells",
			[]string{"2026-06-20,2026-06-21,1"},
			[]string{"2026-06-21…2026-06-21 1"}},
		{"a blank beginning is the quarter's, which counts",
			[]string{"2026-06-20,2026-09-20,92", ",2026-08-01,42"},
			[]string{"2026-06-21…2026-09-20 92", "2026-06-21…2026-08-01 42"}},
		{"most lines decide, the rest does not fit",
			[]string{"2026-06-21,2026-09-20,92", "2026-07-01,2026-09-20,82", "2026-07-01,2026-09-20,81"},
			[]string{"2026-06-21…2026-09-20 92", "2026-07-01…2026-09-20 82", "2026-07-01…2026-09-20 82 days convention K5 81"}},
		{"without a day count both count",
			[]string{"2026-06-20,2026-09-20,"},
			[]string{"2026-06-20…2026-09-20 93"}},
		{"a line without a count follows its sheet",
			[]string{"2026-06-21,2026-09-21,92", "2026-06-21,2026-09-21,"},
			[]string{"2026-06-21…2026-09-20 92", "2026-06-21…2026-09-20 92"}},
		{"an unreadable line has no say",
			[]string{"2026-06-21,2026-09-20,92", "见合同,2026-09-21,92", "2026-06-21,2026-09-20,?"},
			[]string{"2026-06-21…2026-09-20 92", "…2026-09-21 0 from unreadable I4 见合同", "2026-06-21…2026-09-20 92 days unreadable K5 ?"}},
		{"an end before its beginning",
			[]string{"2026-06-21,2026-09-20,92", "2026-09-20,2026-06-21,"},
			[]string{"2026-06-21…2026-09-20 92", "2026-09-20…2026-06-21 0 to convention J4 2026-06-21"}},
		{"a blank end is the quarter's",
			[]string{"2026-06-21,2026-09-20,92", ",2026-08-01,42", "2026-08-02,,50"},
			[]string{"2026-06-21…2026-09-20 92", "2026-06-21…2026-08-01 42", "2026-08-02…2026-09-20 50"}},
	} {
		lines, _ := read(t, grid.Book(t, withDays("名单", test.rows...)), statement.Options{})
		same(t, test.name, stretches(lines), test.want)
	}
}

// The earlier quarter and the later one are told apart without knowing which
// quarter it is.
func TestConventionWithoutQuarter(t *testing.T) {
	lines, _, err := tryRead(grid.Book(t, withDays("", "2026-03-20,2026-06-20,92")), statement.Options{Quarter: values.Quarter{Year: 2030, Number: 1}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "dates", stretches(lines), []string{"2026-03-21…2026-06-20 92"})
}

func TestFixedConvention(t *testing.T) {
	rows := []string{"2026-06-21,2026-09-21,", "2026-06-21,2026-09-21,93"}
	lines, report := read(t, grid.Book(t, withDays("名单", rows...)), statement.Options{Days: statement.FirstCount})
	same(t, "dates", stretches(lines), []string{"2026-06-21…2026-09-20 92", "2026-06-21…2026-09-20 92 days convention K4 93"})
	same(t, "fitting", report.Sheets[0].Fitting, 0)
	lines, _ = read(t, grid.Book(t, withDays("名单", "2026-06-20,2026-09-20,")), statement.Options{Days: statement.LastCount})
	same(t, "dates", stretches(lines), []string{"2026-06-21…2026-09-20 92"})
}

// Without dates a line has the title's period, else the quarter's days, not
// before its disbursement, and not cut at maturity.
func TestDaysFromTitleOrQuarter(t *testing.T) {
	sheet := func(title, extra, more string) string {
		return title + "\n" + required + extra + `
张三 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-01-01 | 2026-08-10 | #440.83` + more + `
张三 | 149901199001010014 | A2 | #50000 | #3.45 | 2026-07-15 | 2027-08-10 | #440.83`
	}
	for _, test := range []struct {
		name, sheet string
		opt         statement.Options
		want        []string
	}{
		{"quarter known from elsewhere", sheet("名单", "", ""), statement.Options{},
			[]string{"2026-06-21…2026-09-20 92", "2026-07-15…2026-09-20 68"}},
		{"quarter of the file name", sheet("名单", "", ""), statement.Options{File: "清水农商2026年第二季度.xlsx"},
			[]string{"2026-03-21…2026-06-20 92", "2026-07-15…2026-06-20 0 disbursed convention F4 2026-07-15"}},
		{"quarter of the title goes before the file name's", sheet("2026年第三季度名单", "", ""), statement.Options{File: "2026Q2.xlsx"},
			[]string{"2026-06-21…2026-09-20 92", "2026-07-15…2026-09-20 68"}},
		{"period of the title goes before its quarter", sheet("2026年第三季度（2026年6月25日至9月18日）", "", ""), statement.Options{},
			[]string{"2026-06-25…2026-09-18 86", "2026-07-15…2026-09-18 66"}},
		{"period of the title as the bank counts", sheet("计息期间：2026.6.21-2026.9.21", " | 天数", " | #92"), statement.Options{},
			[]string{"2026-06-21…2026-09-20 92", "2026-07-15…2026-09-20 68"}},
		{"a long period in the title is not one of interest", sheet("过渡期（2021年1月1日至2025年12月31日）名单", "", ""), statement.Options{},
			[]string{"2026-06-21…2026-09-20 92", "2026-07-15…2026-09-20 68"}},
		{"another day of settlement", sheet("2026年3季度", "", ""), statement.Options{InterestDay: 25},
			[]string{"2026-06-26…2026-09-25 92", "2026-07-15…2026-09-25 73"}},
	} {
		lines, _ := read(t, grid.Book(t, test.sheet), test.opt)
		same(t, test.name, stretches(lines), test.want)
	}

	var none []*values.Line
	_, err := statement.Read(grid.Book(t, sheet("名单", "", "")), statement.Options{}, func(l *values.Line) error { none = append(none, l); return nil })
	if err != nil {
		t.Fatal(err)
	}
	same(t, "nobody knows the quarter", stretches(none)[0], "… 0 from empty; to empty")
}

func TestPeriodInOneColumn(t *testing.T) {
	lines, _ := read(t, grid.Book(t, required+` | 计息期间 | 天数
张三 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-01-01 | 2026-12-10 | #440.83 | 2026年6月20日至9月20日 | #92
张三 | 149901199001010014 | A2 | #50000 | #3.45 | 2026-01-01 | 2026-12-10 | #440.83 | 2026-06-20~2026-08-20 | #61
张三 | 149901199001010014 | A3 | #50000 | #3.45 | 2026-01-01 | 2026-12-10 | #440.83 | 全季 | #92`), statement.Options{})
	same(t, "dates", stretches(lines), []string{"2026-06-21…2026-09-20 92", "2026-06-21…2026-08-20 61", "… 0 from unreadable I4 全季; to unreadable I4 全季"})
	same(t, "cells", lines[0].Cell(values.FieldFrom)+lines[0].Cell(values.FieldTo), "I2I2")
}

// Whatever way a bank writes its days, the lines come out as they are, as long
// as one line reaches over the quarter's end or beginning.
func TestConventionsAreTheSameDays(t *testing.T) {
	quarter := values.Quarter{Year: 2026, Number: 3}
	first, last := quarter.First(20), quarter.Last(20)
	rapid.Check(t, func(r *rapid.T) {
		convention := rapid.SampledFrom([]statement.Convention{statement.BothCount, statement.FirstCount, statement.LastCount}).Draw(r, "convention")
		rows := []string{writeDays(convention, first, last)}
		want := []string{fmt.Sprintf("%s…%s 92", first, last)}
		for range rapid.IntRange(0, 5).Draw(r, "more") {
			from := first + values.Date(rapid.IntRange(0, 91).Draw(r, "from"))
			to := from + values.Date(rapid.IntRange(0, int(last-from)).Draw(r, "length"))
			rows = append(rows, writeDays(convention, from, to))
			want = append(want, fmt.Sprintf("%s…%s %d", from, to, to-from+1))
		}
		book := grid.Bytes(t, "a.csv", grid.CSV(withDays("名单", rows...)))
		lines, report := read(t, book, statement.Options{})
		same(t, "dates", stretches(lines), want)
		if s := report.Sheets[0]; s.Convention != convention || s.Fitting != len(rows) {
			r.Fatalf("%+v", s)
		}
	})
}

func writeDays(c statement.Convention, from, to values.Date) string {
	n := int(to-from) + 1
	switch c {
	case statement.FirstCount:
		to++
	case statement.LastCount:
		from--
	}
	return fmt.Sprintf("%s,%s,%d", from, to, n)
}
