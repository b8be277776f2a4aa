package roster_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tiexi/formats/heading"
	"tiexi/formats/internal/grid"
	"tiexi/formats/roster"
	"tiexi/formats/sheet"
)

func read(t testing.TB, book *sheet.Book) ([]*roster.Person, *roster.Report) {
	t.Helper()
	var persons []*roster.Person
	report, err := roster.Read(book, "名单.xlsx", func(p *roster.Person) error {
		persons = append(persons, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range report.Sheets {
		checkAccounts(t, s)
	}
	return persons, report
}

func checkAccounts(t testing.TB, s roster.Sheet) {
	t.Helper()
	if sum := s.Titles + s.Headings + s.Blanks + s.Persons + len(s.Notes); s.Read() && (sum != s.Rows || s.Blanks < 0) {
		t.Errorf("%d rows, accounted for %d: %+v", s.Rows, sum, s)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func problems(p *roster.Person) []string {
	var list []string
	for _, problem := range p.Problems {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", problem.Column, problem.Kind, problem.Cell, problem.Raw)))
	}
	return list
}

func TestEveryColumn(t *testing.T) {
	persons, report := read(t, grid.Book(t, `
清水县防止返贫监测帮扶名单 | < | < | <
数据日期：2026年6月30日
序号 | 姓名 | 证件号码 | 户编号 | 人编号 | 与户主关系 | 乡(镇) | 行政村 | 户类型 | 易返贫致贫户(监测对象)类型 | 风险是否消除 | 首次识别时间 | 退出时间 | 数据日期 | 联系电话 | 一卡通开户行 | 一卡通账号 | 文化程度
#1 | 张三 | 149901199001010014 | 1499010001 | 149901000101 | 户主 | 清水镇 | 河口村 | 脱贫户 | 脱贫不稳定户 | 未消除 | 201412 | | 2026-06-30 | 13900000000 | 清水农商银行 | 6217001234567890123 | 小学
#2 | 李四 | 14990119900202002x42 | 1499010001 | 149901000102 | 配偶 | 清水镇 | 河口村 | 脱贫户 | | 是 | 2021-05 | 2025年12月31日 | #46203@yyyy-mm-dd | | | | 初中
#3 | 王五 | 1499011990030300314411 | 1499010002 | | 户主 | 清水镇 | 河口村 | 一般农户 | 突发严重困难户 | 已消除 | 2022-03-04 | 202501 | 20260629 | | | —
合计 | #3
制表人：赵六`))
	p := persons[0]
	same(t, "first", fmt.Sprint(p.Row, p.Household, p.PersonNo, p.Name, p.ID.Whole(), p.Relation, p.Township, p.Village, p.Kind, p.MonitorKind, p.RiskRemoved, p.Joined.String(), p.Left.String(), p.DataDate.String(), p.Phone, p.PayoutBank, p.Account.Whole()),
		fmt.Sprint(4, "1499010001", "149901000101", "张三", "149901199001010014", "户主", "清水镇", "河口村", "脱贫户", "脱贫不稳定户", false, "2014-12-01", "", "2026-06-30", "13900000000", "清水农商银行", "6217001234567890123"))
	p = persons[1]
	same(t, "an id of 20 characters and months", fmt.Sprint(p.ID.Whole(), " ", p.RiskRemoved, " ", p.Joined, " ", p.Left, " ", p.DataDate), "14990119900202002X true 2021-05-01 2025-12-31 2026-06-30")
	p = persons[2]
	same(t, "an id of 22 characters and days", fmt.Sprint(p.ID.Whole(), " ", p.RiskRemoved, " ", p.Joined, " ", p.Left, " ", p.DataDate, p.Account), "149901199003030031 true 2022-03-04 2025-01-01 2026-06-29")
	for _, p := range persons {
		same(t, "problems", problems(p), []string(nil))
	}
	same(t, "report", fmt.Sprint(report.Persons, report.DataDate, report.Dates, report.Problems), "3 2026-06-30 2 0")
	s := report.Sheets[0]
	same(t, "rows", fmt.Sprint(s.Rows, s.Titles, s.Headings, s.Blanks, s.Persons, s.Notes), "8 2 1 0 3 [{7 合计 3} {8 制表人：赵六}]")
	same(t, "unknown", s.Unknown, []string{"文化程度"})
}

const least = "户编号 | 姓名 | 身份证号 | 乡镇 | 村"

func TestProblems(t *testing.T) {
	persons, report := read(t, grid.Book(t, least+` | 首次识别时间 | 风险是否消除 | 一卡通账号
1 | 张三 | #149901199001010014 | 清水镇 | 河口村
1 | 张`+"\ue000"+` | 149901199001010014 | | 河口村 | 往年 | 不详 | 6.217E+18
 | | 149901199001010014 | 清水镇 | 河口村 | — | / | 无
2 | 李四`))
	var got []string
	for _, p := range persons {
		got = append(got, strings.Join(problems(p), "; "))
	}
	same(t, "problems", got, []string{
		"证件号码 digits-lost C2 149901199001010014",
		"姓名 private-use B3 张\ue000; 乡(镇) empty D3; 风险是否消除 unreadable G3 不详; 首次识别时间 unreadable F3 往年; 一卡通账号 digits-lost H3 6.217E+18",
		"户编号 empty A4; 姓名 empty B4",
		"证件号码 empty C5; 乡(镇) empty D5; 行政村 empty E5",
	})
	same(t, "count", report.Problems, 4)
}

func TestSheetsMergedCellsAndRepeatedHeadings(t *testing.T) {
	book := grid.Sheets(t,
		grid.Sheet{Name: "清水镇", Text: least + "\n1 | 张三 | 149901199001010014 | 清水镇 | 河口村\n^ | 李四 | 149901199002020021 | ^ | ^\n" + least + "\n2 | 王五 | 149901199003030031 | 清水镇 | 河口村"},
		grid.Sheet{Name: "汇总", Text: "乡镇 | 户数\n清水镇 | #2"},
		grid.Sheet{Name: ".旧", Text: least + "\n9 | 赵六 | 149901199001010014 | 清水镇 | 河口村"},
		grid.Sheet{Name: "河口镇", Text: "名单\n\n乡镇 | 村 | 身份证号 | 姓名 | 户编号\n河口镇 | 大河村 | 149901199001010014 | 孙七 | #3"})
	persons, report := read(t, book)
	var got []string
	for _, p := range persons {
		got = append(got, fmt.Sprint(p.Sheet, p.Row, p.Household, p.Name, p.Township))
	}
	same(t, "persons", got, []string{"清水镇21张三清水镇", "清水镇31李四清水镇", "清水镇52王五清水镇", "河口镇43孙七河口镇"})
	same(t, "missing", report.Sheets[1].Missing, []string{"户编号", "姓名", "证件号码", "行政村"})
	same(t, "no date", report.DataDate.Known(), false)
}

func TestDateOfTheTitle(t *testing.T) {
	for title, want := range map[string]string{
		"数据日期：2026年6月30日": "2026-06-30", "（截至2026年6月）": "2026-06-01", "数据日期:20260630": "2026-06-30", "截止日期：2026-6-30": "2026-06-30", "2026年名单": "",
	} {
		_, report := read(t, grid.Book(t, title+"\n"+least+"\n1 | 张三 | 149901199001010014 | 清水镇 | 河口村"))
		same(t, title, report.DataDate.String(), want)
	}
}

func TestNoRoster(t *testing.T) {
	_, err := roster.Read(grid.Book(t, "户编号 | 姓名 | 身份证号\n1 | 张三 | 149901199001010014"), "甲.xlsx", nil)
	if !errors.Is(err, roster.ErrNoRoster) || !strings.Contains(err.Error(), "缺少：乡(镇)、行政村") {
		t.Error(err)
	}
	_, err = roster.Read(grid.Book(t, least+" | 姓名"), "甲.xlsx", nil)
	if !errors.Is(err, heading.ErrAmbiguous) {
		t.Error(err)
	}
}

func TestCSV(t *testing.T) {
	persons, _ := read(t, grid.Bytes(t, "a.csv", grid.CSV(least+"\n1 | 张三 | 149901199001010014 | 清水镇 | 河口村")))
	same(t, "person", persons[0].Name+persons[0].Sheet, "张三")
}

// FuzzRead: whatever text comes in, it is refused, or every row of it is
// accounted for.
func FuzzRead(f *testing.F) {
	f.Add(grid.CSV("数据日期：2026年6月30日\n" + least + "\n1 | 张三 | 14990119900101001422 | 清水镇 | 河口村\n合计 | 1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := sheet.OpenBytes("a.csv", data)
		if err != nil {
			return
		}
		persons := 0
		report, err := roster.Read(book, "a.csv", func(*roster.Person) error { persons++; return nil })
		if err != nil {
			return
		}
		checkAccounts(t, report.Sheets[0])
		if persons != report.Persons {
			t.Errorf("%d persons, reported %d", persons, report.Persons)
		}
	})
}

// BenchmarkRead reads a county of 150,000 persons from a CSV.
func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString("户编号,人编号,姓名,证件号码,与户主关系,乡(镇),行政村,户类型,首次识别时间,数据日期,联系电话,一卡通开户行,一卡通账号\n")
	for i := range 150_000 {
		fmt.Fprintf(&text, "1499%06d,1499%08d,张三,149901199001010014,户主,清水镇,河口村,脱贫户,201412,2026-06-30,13900000000,清水农商银行,6217001234567890123\n", i/3, i)
	}
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		book, err := sheet.OpenBytes("a.csv", data)
		if err != nil {
			b.Fatal(err)
		}
		report, err := roster.Read(book, "a.csv", func(p *roster.Person) error {
			if len(p.Problems) > 0 {
				b.Fatal(p.Problems)
			}
			return nil
		})
		if err != nil || report.Persons != 150_000 {
			b.Fatal(report.Persons, err)
		}
	}
}
