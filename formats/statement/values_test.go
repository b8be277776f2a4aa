package statement_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"tiexi/formats/internal/grid"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

// one reads a sheet with one line.
func one(t *testing.T, headings, row string, opt statement.Options) *values.Line {
	t.Helper()
	lines, _ := read(t, grid.Book(t, headings+"\n"+row), opt)
	if len(lines) != 1 {
		t.Fatalf("%d lines", len(lines))
	}
	return lines[0]
}

const plain = "张三 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-01-01 | 2027-03-01 | #440.83"

func TestProblemsNameTheirCells(t *testing.T) {
	for _, test := range []struct {
		name, row string
		want      []string
	}{
		{"all is well", plain, nil},
		{"everything is blank but the name", "张三", []string{"id empty B2", "contract empty C2", "balance empty D2", "rate empty E2", "disbursed empty F2", "matures empty G2", "paid empty H2"}},
		{"a name is missing", " | 149901199001010014 | A1 | #50000 | #3.45 | 2026-01-01 | 2027-03-01 | #440.83", []string{"borrower empty A2"}},
		{"an id and a contract stored as numbers", "张三 | #149901199001010014 | #2026000100010001 | #50000 | #3.45 | 2026-01-01 | 2027-03-01 | #440.83",
			[]string{"id digits-lost B2 149901199001010014", "contract digits-lost C2 2026000100010001"}},
		{"an id as Excel shows it", "张三 | 1.49901E+17 | A1 | #50000 | #3.45 | 2026-01-01 | 2027-03-01 | #440.83", []string{"id digits-lost B2 1.49901E+17"}},
		{"figures that are none", "张三 | 149901199001010014 | A1 | 伍万元 | LPR | 去年 | 长期 | -", []string{
			"balance unreadable D2 伍万元", "rate unreadable E2 LPR", "disbursed unreadable F2 去年", "matures unreadable G2 长期", "paid unreadable H2 -"}},
		{"a rate without a plain unit", "张三 | 149901199001010014 | A1 | #50000 | #0.345 | 2026-01-01 | 2027-03-01 | #440.83", []string{"rate rate-unit E2 0.345"}},
		{"more than the fen", "张三 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-01-01 | 2027-03-01 | #440.8333", []string{"paid unreadable H2 440.8333"}},
		{"what a float makes of 21568.06", "张三 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-01-01 | 2027-03-01 | #21568.059999999998", nil},
		{"nothing lent, and interest below nothing", "张三 | 149901199001010014 | A1 | #0 | #3.45 | 2026-01-01 | 2027-03-01 | (440.83)",
			[]string{"balance unreadable D2 0", "paid unreadable H2 (440.83)"}},
		{"a private character in a name", "张\ue5e5 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-01-01 | 2027-03-01 | #440.83", []string{"borrower private-use A2 张\ue5e5"}},
	} {
		same(t, test.name, problems(one(t, required, test.row, statement.Options{})), test.want)
	}
}

func TestOptionalCells(t *testing.T) {
	headings := required + " | 应付利息 | 罚息 | 贷款金额 | 签订日期 | 是否大额 | 续贷/展期次数 | 原到期日 | 担保方式 | 一卡通账号 | 户名 | 备注"
	l := one(t, headings, plain+" | #441 | | 50,000.00 | 2025-12-30 | √ | 1次 | 2026.1.1 | 无 | 6217 0012 3456 7890 123 | 张 三 | 合计见附件", statement.Options{})
	same(t, "problems", problems(l), []string(nil))
	same(t, "amounts", fmt.Sprint(l.Due, l.Penalty, l.Amount), "441.00 0.00 50000.00")
	same(t, "dates", fmt.Sprint(l.Signed, l.OriginalMaturity), "2025-12-30 2026-01-01")
	same(t, "approved and renewed", fmt.Sprint(l.Approved, l.Renewals), "true 1")
	same(t, "texts", strings.Join([]string{l.Guarantee, l.Account.Whole(), l.AccountName, l.Remark}, "|"), "无|6217001234567890123|张 三|合计见附件")
	for f, want := range map[values.Field]bool{values.FieldDue: true, values.FieldAmount: true, values.FieldApproved: true, values.FieldPenalty: false, values.FieldFrom: false} {
		same(t, "given "+f.String(), l.Given.Has(f), want)
	}

	l = one(t, headings, plain+" | — | / | 无 | - | | 否 | / | 信用 | N/A | | ", statement.Options{})
	same(t, "placeholders are blank", problems(l), []string(nil))
	same(t, "nothing is given", l.Given.Has(values.FieldDue) || l.Given.Has(values.FieldAmount) || l.Given.Has(values.FieldSigned) || l.Given.Has(values.FieldAccount), false)

	l = one(t, headings, plain+" | 待定 | 1.234 | 五万 | 去年 | 大额 | 多次 | 2026年 | 信用 | 6.217E+18 | 张\ue000 | ", statement.Options{})
	same(t, "filled and unreadable", problems(l), []string{
		"due unreadable I2 待定", "penalty unreadable J2 1.234", "amount unreadable K2 五万", "signed unreadable L2 去年", "approved unreadable M2 大额",
		"renewals unreadable N2 多次", "original-maturity unreadable O2 2026年", "account digits-lost Q2 6.217E+18", "account-name private-use R2 张\ue000"})
}

func TestRenewalsAndExtensions(t *testing.T) {
	for _, test := range []struct {
		headings, row string
		want          int
	}{
		{" | 是否续贷 | 是否展期", " | 否 | 是", 1},
		{" | 是否续贷 | 是否展期", " | 是 | 是", 2},
		{" | 续贷次数 | 展期次数", " | #1 | #1", 2},
		{" | 续贷次数 | 是否续贷", " | #1 | 是", 1},
		{" | 续贷/展期次数 | 是否续贷 | 是否展期", " | #1 | 是 | 否", 1},
		{" | 续贷展期", " | 展期", 1},
		{" | 续贷展期", " | ", 0},
	} {
		l := one(t, required+test.headings, plain+test.row, statement.Options{})
		same(t, test.headings+test.row, l.Renewals, test.want)
		same(t, "problems", problems(l), []string(nil))
	}
}

// Where the maturity of the extension has a column of its own, that one counts
// for those who have one.
func TestMaturityOfAnExtension(t *testing.T) {
	lines, _ := read(t, grid.Book(t, required+" | 展期到期日\n"+plain+" | 2027-09-01\n"+plain+" | \n"+plain+" | 待定\n"+plain+" | 2027-03-01"), statement.Options{})
	var got []string
	for _, l := range lines {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %v", l.Matures, l.Cell(values.FieldMatures), l.OriginalMaturity, l.Cell(values.FieldOriginalMaturity), problems(l))))
	}
	same(t, "maturities", got, []string{
		"2027-09-01 I2 2027-03-01 G2 []", "2027-03-01 G3   []", "2027-03-01 G4   [matures unreadable I4 待定]", "2027-03-01 I5  G5 []"})
}

func TestUnits(t *testing.T) {
	rest := func(balance, rate, paid string) string {
		return fmt.Sprintf("\n张三 | 149901199001010014 | A1 | %s | %s | 2026-01-01 | 2027-03-01 | %s", balance, rate, paid)
	}
	for _, test := range []struct {
		name, sheet string
		opt         statement.Options
		want        string
	}{
		{"万元 of the title", "单位：万元\n" + required + rest("#5", "#3.45", "#0.044083"), statement.Options{}, "50000.00 3.45 440.83 []"},
		{"万元 of one heading", strings.Replace(required, "贷款余额", "贷款余额（万元）", 1) + rest("#5", "#3.45", "#440.83"), statement.Options{}, "50000.00 3.45 440.83 []"},
		{"元 of a heading goes before 万元 of the title", "单位：万元\n" + strings.Replace(required, "实付利息", "实付利息(元)", 1) + rest("#5", "#3.45", "#440.83"), statement.Options{}, "50000.00 3.45 440.83 []"},
		{"more than a fen of 万元", "单位：万元\n" + required + rest("#5", "#3.45", "#0.0440833"), statement.Options{}, "50000.00 3.45 0.00 [paid unreadable H3 0.0440833]"},
		{"万元 that jobs.yaml says", required + rest("#5", "#3.45", "#0.0441"), statement.Options{Amount: "wan"}, "50000.00 3.45 441.00 []"},
		{"月利率‰", strings.Replace(required, "年利率", "月利率（‰）", 1) + rest("#50000", "#2.875", "#440.83"), statement.Options{}, "50000.00 3.45 440.83 []"},
		{"‰ over a monthly rate that is none", strings.Replace(required, "年利率", "月利率‰", 1) + rest("#50000", "#34.5", "#440.83"), statement.Options{}, "50000.00 0 440.83 [rate rate-unit E2 34.5]"},
		{"a rate under a heading with %", strings.Replace(required, "年利率", "年利率(%)", 1) + rest("#50000", "#0.0345", "#440.83"), statement.Options{}, "50000.00 3.45 440.83 []"},
		{"percent that jobs.yaml says", required + rest("#50000", "#0.0345", "#440.83"), statement.Options{Rate: "percent"}, "50000.00 0 440.83 [rate rate-unit E2 0.0345]"},
		{"‰ that jobs.yaml says", required + rest("#50000", "#2.875", "#440.83"), statement.Options{Rate: "permille-month"}, "50000.00 3.45 440.83 []"},
		{"amounts that jobs.yaml lets be rounded", required + rest("#50000", "#3.45", "#440.8350"), statement.Options{Allow: []statement.Tolerance{statement.RoundAmounts}}, "50000.00 3.45 440.84 []"},
	} {
		lines, _ := read(t, grid.Book(t, test.sheet), test.opt)
		l := lines[0]
		same(t, test.name, fmt.Sprint(l.Balance, " ", l.Rate, " ", l.Paid, " ", problems(l)), test.want)
	}
}

func TestTheBankOfALine(t *testing.T) {
	sheet := "清水农商银行贴息名单\n" + required + " | 承贷银行\n" + plain + " | 清水农商银行城关支行\n" + plain + " | "
	lines, _ := read(t, grid.Book(t, sheet), statement.Options{})
	same(t, "column, else title", lines[0].Bank+" "+lines[1].Bank, "清水农商银行城关支行 清水农商银行")
	lines, _ = read(t, grid.Book(t, sheet), statement.Options{Bank: "农商行"})
	same(t, "jobs.yaml goes before both", lines[0].Bank+" "+lines[1].Bank, "农商行 农商行")
}

// Loans of a person in merged cells are lines of their own; interest in a
// merged cell cannot be told apart and must not be paid twice.
func TestMergedCells(t *testing.T) {
	lines, _ := read(t, grid.Book(t, required+`
张三 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-01-01 | 2027-03-01 | #440.83
^ | ^ | A2 | #20000 | ^ | 2026-02-01 | 2027-03-01 | ^`), statement.Options{})
	l := lines[1]
	same(t, "second line", fmt.Sprint(l.Borrower, l.ID.Whole(), l.Contract, l.Rate, l.Paid, problems(l)), "张三149901199001010014A23.45 0.00 [paid unreadable H3 440.83]")
}

func TestFormulasAndErrorValues(t *testing.T) {
	f := excelize.NewFile()
	for i, h := range grid.Rows(required)[0] {
		_ = f.SetCellStr("Sheet1", string(rune('A'+i))+"1", h)
	}
	for i, v := range grid.Rows(plain)[0][:7] {
		_ = f.SetCellStr("Sheet1", string(rune('A'+i))+"2", strings.TrimPrefix(v, "#"))
	}
	_ = f.SetCellFormula("Sheet1", "H2", "D2*E2/100*92/360") // excelize stores no value with it
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	lines, _ := read(t, grid.Bytes(t, "a.xlsx", b.Bytes()), statement.Options{})
	same(t, "formula", fmt.Sprint(lines[0].Problems[0].Kind, lines[0].Problems[0].Cell), "uncachedH2")
}

func Test1904(t *testing.T) {
	f := excelize.NewFile()
	yes := true
	if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
		t.Fatal(err)
	}
	style, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
	for i, h := range grid.Rows(required)[0] {
		_ = f.SetCellStr("Sheet1", string(rune('A'+i))+"1", h)
	}
	for i, v := range grid.Rows(plain)[0] {
		address := string(rune('A'+i)) + "2"
		_ = f.SetCellStr("Sheet1", address, strings.TrimPrefix(v, "#"))
		if v == "2026-01-01" {
			_ = f.SetCellDefault("Sheet1", address, "44561")
			_ = f.SetCellStyle("Sheet1", address, address, style)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	lines, _ := read(t, grid.Bytes(t, "a.xlsx", b.Bytes()), statement.Options{})
	same(t, "disbursed", lines[0].Disbursed.String(), "2026-01-01")
}

func TestCSVInGBK(t *testing.T) {
	data, err := simplifiedchinese.GB18030.NewEncoder().Bytes(grid.CSV("清水农商银行2026年第3季度\n" + required + "\n阿卜杜拉•买买提 | 14990119900202002x | 清农（2026）第1号 | 50,000.00 | 3.45% | 2026/1/1 | 2027年3月1日 | ￥440.83\n𬱖三" + plain[len("张三"):]))
	if err != nil {
		t.Fatal(err)
	}
	lines, report := read(t, grid.Bytes(t, "名单.csv", data), statement.Options{})
	l := lines[0]
	same(t, "line", fmt.Sprint(l.Borrower, l.ID.Whole(), l.Contract, l.Balance, l.Rate, l.Disbursed, l.Matures, l.Paid, problems(l)),
		"阿卜杜拉•买买提14990119900202002X清农(2026)第1号50000.00 3.45 2026-01-01 2027-03-01 440.83 []")
	same(t, "rare character", lines[1].Borrower, "𬱖三")
	same(t, "encoding", report.Encoding, "GB18030")
}

func TestWhatTheFileNameSays(t *testing.T) {
	_, report := read(t, grid.Book(t, required+"\n"+plain), statement.Options{File: "清水农商2026年第三季度（更正）.xlsx"})
	same(t, "report", fmt.Sprint(report.Quarter, report.QuarterNamed(), report.Correction), "2026Q3 2026Q3 true")
	_, report = read(t, grid.Book(t, "2026年二季度更正表\n"+required+"\n"+plain), statement.Options{File: "2026Q3.xlsx"})
	same(t, "title goes first", fmt.Sprint(report.Quarter, report.QuarterNamed(), report.Correction), "2026Q3 2026Q2 true")
}

func TestAnErrorOfTheCallerEndsTheReading(t *testing.T) {
	stop := fmt.Errorf("full")
	n := 0
	_, err := statement.Read(grid.Book(t, required+"\n"+plain+"\n"+plain), statement.Options{}, func(*values.Line) error { n++; return stop })
	same(t, "error", err == stop && n == 1, true)
}
