package statement_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tiexi/formats/heading"
	"tiexi/formats/internal/grid"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

// required are headings of the required fields.
const required = "借款人 | 身份证号 | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日期 | 实付利息"

// mapped gives field and heading of each column that is understood, in the
// order of columns: "borrower=借款人".
func mapped(s statement.Sheet) []string {
	var list []string
	for _, c := range s.Columns {
		if c.Field != values.FieldNone {
			list = append(list, c.Field.String()+"="+strings.Join(c.Path, "/"))
		}
	}
	return list
}

// unknown lists the headings that nothing is known of, and those whose field
// another column has.
func unknown(s statement.Sheet) []string {
	var list []string
	for _, c := range s.Columns {
		switch {
		case c.Unused != values.FieldNone:
			list = append(list, "unused "+strings.Join(c.Path, "/"))
		case !c.Known && len(c.Path) > 0:
			list = append(list, strings.Join(c.Path, "/"))
		}
	}
	return list
}

// Every heading of formats.md, put into a sheet in the place of the one that
// the field has in a plain sheet.
func TestHeadingsOfTheContract(t *testing.T) {
	for f, names := range map[values.Field]string{
		values.FieldBorrower:         "借款人, 借款人姓名, 借款人名称, 贷款人姓名, 贷款户名, 户名, 客户名称, 姓名, 贷 款 人",
		values.FieldID:               "身份证号, 身份证号码, 证件号码, 借款人证件号码, 贷款人身份证, 借款人身份证号, 注册证件号, 公民身份号码",
		values.FieldContract:         "合同号, 合同编号, 借款合同号, 借据号, 借据编号, 贷款账号, 贷款帐号",
		values.FieldBalance:          "计息本金, 贷款余额, 本金余额, 计息余额, 贷款本金, 贷款余额（万元）, 贷款余额(元)",
		values.FieldRate:             "年利率, 利率, 贷款利率, 执行利率, 合同利率, 月利率, 年利率(%), 年利率（％）, 月利率‰",
		values.FieldDisbursed:        "放款日期, 发放日期, 贷款日期, 借款日期, 起贷日",
		values.FieldMatures:          "到期日期, 到期日, 贷款到期日, 到期时间",
		values.FieldPaid:             "实付利息, 已付利息, 实收利息, 已收利息, 收回利息, 实际支付利息, 已还利息, 实付利息（元）",
		values.FieldFrom:             "起息日, 计息开始日, 本期起息日, 上次结息日",
		values.FieldTo:               "止息日, 结息日, 计息截止日, 本期止息日, 结息日期",
		values.FieldDays:             "计息天数, 天数",
		values.FieldDue:              "应付利息, 应收利息, 应计利息, 本季应付利息, 结息金额",
		values.FieldPenalty:          "罚息, 收回罚息, 复利",
		values.FieldAmount:           "贷款金额, 合同金额, 发放金额",
		values.FieldSigned:           "签订日期, 合同签订日期, 签约日期",
		values.FieldApproved:         "大额, 是否大额, 大额审批, 是否大额生产经营",
		values.FieldRenewals:         "续贷展期, 是否续贷, 是否展期, 续贷/展期次数",
		values.FieldOriginalMaturity: "原到期日",
		values.FieldExtensionSigned:  "展期日期, 展期签订日期",
		values.FieldProduct:          "贷款品种, 产品名称, 业务品种, 贷款种类",
		values.FieldPurpose:          "贷款用途, 用途",
		values.FieldGuarantee:        "担保方式",
		values.FieldOverdue:          "是否逾期, 逾期天数",
		values.FieldClass:            "五级分类, 五级形态",
		values.FieldHousehold:        "户编号",
		values.FieldHead:             "户主, 户主姓名",
		values.FieldTownship:         "乡镇, 乡(镇), 乡（镇）, 镇",
		values.FieldVillage:          "村, 行政村, 村(居), 行政村组",
		values.FieldPayoutBank:       "开户银行, 开户行",
		values.FieldAccount:          "一卡通账号, 社保卡号, 银行账号, 银行卡号, 收款账号, 一卡通帐号",
		values.FieldAccountName:      "账户名, 收款人",
		values.FieldLender:           "承贷银行, 贷款银行, 开户机构",
		values.FieldRemark:           "备注",
	} {
		for _, name := range strings.Split(names, ", ") {
			headings := grid.Rows(required)[0]
			own := statement.FieldTitle(f)
			if i := slices.IndexFunc(headings, func(h string) bool { return h == own || h == "贷款余额" && own == "计息本金" }); i >= 0 {
				headings[i] = name
			} else {
				headings = append(headings, name)
			}
			_, report := read(t, grid.Book(t, strings.Join(headings, " | ")), statement.Options{})
			if got := mapped(report.Sheets[0]); !slices.Contains(got, f.String()+"="+name) {
				t.Errorf("%s is not %s: %v", name, f, got)
			}
		}
	}
}

// Headings that are spelled with more than the name, and those that only look
// like one.
func TestHeadingVariants(t *testing.T) {
	for name, want := range map[string]string{
		"1.身份证号码":        "unused",
		"本季度应付利息（元）":     "due",
		"2026年三季度应收利息":   "due",
		"应付利息\\n（元）":     "due",
		"计息天数（天）":        "days",
		"贷款发放金额(元)":      "amount",
		"开户银行（全称）":       "payout-bank",
		"账户姓名":           "account-name",
		"户主证件号码":         "",
		"户主身份证号":         "",
		"配偶姓名":           "",
		"担保人姓名":          "",
		"共同借款人":          "",
		"客户经理":           "",
		"客户经理姓名":         "",
		"联系人姓名":          "",
		"担保合同号":          "",
		"罚息利率":           "",
		"逾期利率":           "",
		"LPR利率":          "",
		"基准利率":           "",
		"应付未付利息":         "",
		"欠付利息":           "",
		"上季实付利息":         "",
		"累计实付利息":         "",
		"原贷款金额":          "",
		"原合同号":           "",
		"年初贷款余额":         "",
		"担保到期日":          "",
		"授信金额":           "",
		"实付利息日期":         "",
		"实收利息(含罚息)":      "",
		"应付利息(不含罚息)":     "due",
		"贴息金额":           "",
		"开户行行号":          "",
		"联系电话":           "",
		"自然村":            "",
		"村民小组":           "",
		"贷款期限（月）":        "",
		"证件类型":           "",
		"展期到期日":          "matures",
		"原贷款到期日期":        "original-maturity",
		"担保方式（信用/保证/抵押）": "guarantee",
		"是否大额（是/否）":      "approved",
		"还款账号":           "",
		"社会保障卡号":         "account",
		"贷款账号":           "unused",
		"借据号":            "tranche",
		"户名":             "account-name",
		"贷款本金":           "amount",
		"计息期间":           "from",
		"序号":             "",
	} {
		_, report := read(t, grid.Book(t, required+" | "+name), statement.Options{})
		c := report.Sheets[0].Columns[8]
		got := c.Field.String()
		if c.Unused != values.FieldNone {
			got = "unused"
		}
		if got != want {
			t.Errorf("%s is %q, want %q (score %d)", name, got, want, c.Score)
		}
		same(t, "the required ones beside "+name, strings.Join(mapped(report.Sheets[0])[:8], " "),
			"borrower=借款人 id=身份证号 contract=合同号 balance=贷款余额 rate=年利率 disbursed=放款日期 matures=到期日期 paid=实付利息")
	}
}

func TestWhichHeadingWins(t *testing.T) {
	for _, test := range []struct{ name, headings, want, unknown string }{
		{"合同号 goes before 借据号, which is then the tranche",
			"姓名 | 身份证号 | 借据号 | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日期 | 实付利息",
			"borrower=姓名 id=身份证号 tranche=借据号 contract=合同号 balance=贷款余额 rate=年利率 disbursed=放款日期 matures=到期日期 paid=实付利息", ""},
		{"计息本金 goes before other balances",
			"姓名 | 身份证号 | 合同号 | 贷款余额 | 贷款本金 | 计息本金 | 年利率 | 放款日期 | 到期日期 | 实付利息",
			"borrower=姓名 id=身份证号 contract=合同号 amount=贷款本金 balance=计息本金 rate=年利率 disbursed=放款日期 matures=到期日期 paid=实付利息", "unused 贷款余额"},
		{"with 贷款金额 and 贷款余额, 贷款本金 is not needed",
			"姓名 | 身份证号 | 合同号 | 贷款金额 | 贷款本金 | 贷款余额 | 年利率 | 放款日期 | 到期日期 | 实付利息",
			"borrower=姓名 id=身份证号 contract=合同号 amount=贷款金额 balance=贷款余额 rate=年利率 disbursed=放款日期 matures=到期日期 paid=实付利息", "unused 贷款本金"},
		{"贷款本金 with 贷款金额 is the balance",
			"姓名 | 身份证号 | 合同号 | 贷款金额 | 贷款本金 | 年利率 | 放款日期 | 到期日期 | 实付利息",
			"borrower=姓名 id=身份证号 contract=合同号 amount=贷款金额 balance=贷款本金 rate=年利率 disbursed=放款日期 matures=到期日期 paid=实付利息", ""},
		{"户主, 户名, 开户行 and 开户机构 stay apart",
			"户主 | 户主身份证号 | 户名 | 证件号码 | 合同号 | 贷款余额 | 利率 | 放款日期 | 到期日 | 已付利息 | 开户机构 | 开户行 | 银行账号 | 账户名",
			"head=户主 borrower=户名 id=证件号码 contract=合同号 balance=贷款余额 rate=利率 disbursed=放款日期 matures=到期日 paid=已付利息 lender=开户机构 payout-bank=开户行 account=银行账号 account-name=账户名", "户主身份证号"},
		{"借款人 and 户名: the account is in that name",
			"借款人 | 身份证号 | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日期 | 实付利息 | 开户行 | 账号 | 户名",
			"borrower=借款人 id=身份证号 contract=合同号 balance=贷款余额 rate=年利率 disbursed=放款日期 matures=到期日期 paid=实付利息 payout-bank=开户行 account=账号 account-name=户名", ""},
		{"借款人 and 贷款人: the lender lends",
			"借款人 | 身份证号 | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日期 | 实付利息 | 贷款人",
			"borrower=借款人 id=身份证号 contract=合同号 balance=贷款余额 rate=年利率 disbursed=放款日期 matures=到期日期 paid=实付利息 lender=贷款人", ""},
		{"年利率 goes before 月利率",
			"姓名 | 身份证号 | 合同号 | 贷款余额 | 月利率‰ | 年利率% | 放款日期 | 到期日期 | 实付利息",
			"borrower=姓名 id=身份证号 contract=合同号 balance=贷款余额 rate=年利率% disbursed=放款日期 matures=到期日期 paid=实付利息", "unused 月利率‰"},
		{"应付, 实付 and 罚息 stay apart",
			"姓名 | 身份证号 | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日期 | 本季应付利息 | 本季实付利息 | 本季收回罚息 | 复利",
			"borrower=姓名 id=身份证号 contract=合同号 balance=贷款余额 rate=年利率 disbursed=放款日期 matures=到期日期 due=本季应付利息 paid=本季实付利息 penalty=本季收回罚息 penalty=复利", ""},
	} {
		_, report := read(t, grid.Book(t, test.headings), statement.Options{})
		same(t, test.name, strings.Join(mapped(report.Sheets[0]), " "), test.want)
		same(t, test.name, strings.Join(unknown(report.Sheets[0]), " "), test.unknown)
	}
}

func TestGroupedHeadings(t *testing.T) {
	for _, test := range []struct{ name, sheet, want, unknown string }{
		{"the present loan counts", `
清水农商银行名单 | < | < | < | < | < | < | < | < | < | <
借款人 | < | 合同编号 | 原贷款情况 | < | 现贷款情况 | < | < | < | < | 实付利息
姓名 | 身份证号码 | ^ | 贷款金额 | 到期日期 | 贷款金额 | 贷款余额 | 年利率 | 放款日期 | 到期日期 | ^`,
			"borrower=借款人/姓名 id=借款人/身份证号码 contract=合同编号 original-maturity=原贷款情况/到期日期 amount=现贷款情况/贷款金额 balance=现贷款情况/贷款余额 rate=现贷款情况/年利率 disbursed=现贷款情况/放款日期 matures=现贷款情况/到期日期 paid=实付利息",
			"原贷款情况/贷款金额"},
		{"the loan before it has the same columns throughout", `
姓名 | 身份证号 | 原贷款 | < | < | < | < | 现贷款 | < | < | < | < | 实付利息
^ | ^ | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日 | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日 | ^`,
			"borrower=姓名 id=身份证号 original-maturity=原贷款/到期日 contract=现贷款/合同号 balance=现贷款/贷款余额 rate=现贷款/年利率 disbursed=现贷款/放款日期 matures=现贷款/到期日 paid=实付利息",
			"原贷款/合同号 原贷款/贷款余额 原贷款/年利率 原贷款/放款日期"},
		{"groups of terms, days and accounts", `
户主信息 | < | 借款人信息 | < | 合同号 | 贷款余额 | 利率 | 贷款期限 | < | 计息期间 | < | 利息（元） | < | 一卡通账户 | < | <
姓名 | 身份证号 | 姓名 | 证件号码 | ^ | ^ | ^ | 起 | 止 | 起 | 止 | 应付利息 | 实付利息 | 户名 | 开户行 | 账号`,
			"head=户主信息/姓名 borrower=借款人信息/姓名 id=借款人信息/证件号码 contract=合同号 balance=贷款余额 rate=利率 disbursed=贷款期限/起 matures=贷款期限/止 from=计息期间/起 to=计息期间/止 due=利息（元）/应付利息 paid=利息（元）/实付利息 account-name=一卡通账户/户名 payout-bank=一卡通账户/开户行 account=一卡通账户/账号",
			"户主信息/身份证号"},
		{"last quarter's interest is not this quarter's, by whatever name", `
姓名 | 身份证号 | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日期 | 上季 | < | 本季 | <
^ | ^ | ^ | ^ | ^ | ^ | ^ | 实付利息 | 罚息 | 已付利息 | 日期`,
			"borrower=姓名 id=身份证号 contract=合同号 balance=贷款余额 rate=年利率 disbursed=放款日期 matures=到期日期 paid=本季/已付利息",
			"上季/实付利息 上季/罚息 本季/日期"},
		{"and not where each group has one column", `
姓名 | 身份证号 | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日期 | 上季 | 本季
^ | ^ | ^ | ^ | ^ | ^ | ^ | 实付利息 | 已付利息`,
			"borrower=姓名 id=身份证号 contract=合同号 balance=贷款余额 rate=年利率 disbursed=放款日期 matures=到期日期 paid=本季/已付利息",
			"上季/实付利息"},
		{"the same without vertical merges", `
基本情况 | < | < | 贷款 | < | < | < | 上季 | < | 本季 | <
姓名 | 身份证号 | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日期 | 实付利息 | 罚息 | 已付利息 | 日期`,
			"borrower=基本情况/姓名 id=基本情况/身份证号 contract=基本情况/合同号 balance=贷款/贷款余额 rate=贷款/年利率 disbursed=贷款/放款日期 matures=贷款/到期日期 paid=本季/已付利息",
			"上季/实付利息 上季/罚息 本季/日期"},
		{"three rows of headings", `
序号 | 借款人情况 | < | 贷款情况 | < | < | < | < | 结息情况
^ | 姓名 | 身份证号 | 合同号 | 金额 | < | 期限 | < | 实付利息
^ | ^ | ^ | ^ | 贷款余额 | 年利率 | 放款日期 | 到期日期 | ^`,
			"borrower=借款人情况/姓名 id=借款人情况/身份证号 contract=贷款情况/合同号 balance=贷款情况/金额/贷款余额 rate=贷款情况/金额/年利率 disbursed=贷款情况/期限/放款日期 matures=贷款情况/期限/到期日期 paid=结息情况/实付利息", ""},
	} {
		_, report := read(t, grid.Book(t, test.sheet), statement.Options{})
		same(t, test.name, strings.Join(mapped(report.Sheets[0]), " "), test.want)
		same(t, test.name, strings.Join(unknown(report.Sheets[0]), " "), test.unknown)
	}
}

// A CSV has no merged cells: a group heading stands in its first column only.
func TestGroupedHeadingsOfCSV(t *testing.T) {
	const text = `
名单
姓名 | 身份证号 | 合同号 | 原贷款情况 | | 现贷款情况 | | | | | 实付利息
 | | | 贷款金额 | 到期日 | 贷款金额 | 贷款余额 | 年利率 | 放款日期 | 到期日 |
张三 | 149901199001010014 | A1 | 30000 | 2026-03-01 | 50000 | 50000 | 3.45 | 2026-03-01 | 2027-03-01 | 440.83`
	lines, report := read(t, grid.Bytes(t, "a.csv", grid.CSV(text)), statement.Options{})
	same(t, "amount", lines[0].Amount, values.Fen(5000000))
	same(t, "original maturity", lines[0].OriginalMaturity.String(), "2026-03-01")
	same(t, "maturity", lines[0].Matures.String(), "2027-03-01")
	same(t, "headings", report.Sheets[0].HeadingRows, []int{2, 3})
	same(t, "sheet of a CSV", lines[0].Sheet, "")
}

func TestHeadingOnAnyOfTheFirstRows(t *testing.T) {
	for n := range 12 {
		sheet := strings.Repeat("清水县财政局\n", n) + required + "\n张三 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-03-01 | 2027-03-01 | #440.83"
		lines, report := read(t, grid.Book(t, sheet), statement.Options{})
		if len(lines) != 1 || report.Sheets[0].TitleRows != n || lines[0].Row != n+2 {
			t.Errorf("after %d titles: %d lines, %+v", n, len(lines), report.Sheets[0])
		}
	}
}

func TestColumnNumbersBelowTheHeading(t *testing.T) {
	lines, report := read(t, grid.Book(t, required+`
#1 | #2 | #3 | #4 | #5 | #6 | #7 | #8
张三 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-03-01 | 2027-03-01 | #440.83`), statement.Options{})
	same(t, "headings", report.Sheets[0].HeadingRows, []int{1, 2})
	same(t, "lines", len(lines), 1)
}

// No row of data is ever taken for a second row of headings, whatever words
// stand in it.
func TestDataIsNoHeading(t *testing.T) {
	lines, _ := read(t, grid.Book(t, required+` | 类型 | 说明一
张三 | 149901199001010014 | 借据号 | #50000 | #3.45 | 2026-03-01 | 2027-03-01 | #440.83 | 续贷 | 大额`), statement.Options{})
	same(t, "lines", len(lines), 1)
}

func TestTwoColumnsForOneRequiredField(t *testing.T) {
	_, _, err := tryRead(grid.Book(t, required+" | 备注 | 实付利息"), statement.Options{File: "甲.xlsx"})
	var ambiguous *heading.AmbiguousError
	if !errors.As(err, &ambiguous) || !errors.Is(err, heading.ErrAmbiguous) {
		t.Fatal(err)
	}
	same(t, "columns", fmt.Sprint(ambiguous.Title, ambiguous.Columns), "实付利息[H J]")
	_, report := read(t, grid.Book(t, required+" | 应付利息 | 应付利息"), statement.Options{})
	same(t, "an optional one is reported", report.Sheets[0].Ambiguous, []string{"应付利息（I、J）"})
}

func TestASecondHeadingFurtherDown(t *testing.T) {
	line := "\n张三 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-03-01 | 2027-03-01 | #440.83"
	// the same one again is a page break
	lines, report := read(t, grid.Book(t, "名单\n"+required+line+"\n名单\n"+required+line), statement.Options{})
	same(t, "lines", len(lines), 2)
	same(t, "headings", report.Sheets[0].HeadingRows, []int{2, 5})
	same(t, "titles", report.Sheets[0].TitleRows, 2)

	swapped := strings.Replace(strings.Replace(required, "放款日期", "x", 1), "到期日期", "放款日期", 1)
	swapped = strings.Replace(swapped, "x", "到期日期", 1)
	given, _, err := tryRead(grid.Book(t, required+line+"\n"+swapped+line), statement.Options{})
	if !errors.Is(err, statement.ErrSecondHeading) || len(given) != 0 {
		t.Errorf("%d lines, %v", len(given), err)
	}
}

func TestTaughtHeadings(t *testing.T) {
	sheet := `
农户 | 身份证号 | 编码 | 贷款金额 | 利率 | 放款日期 | 到期日期 | 付息（元） | 联系电话
张三 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-03-01 | 2027-03-01 | #440.83 | 0350`
	_, _, err := tryRead(grid.Book(t, sheet), statement.Options{})
	var none *heading.NoTableError
	if !errors.As(err, &none) || !errors.Is(err, statement.ErrNoStatement) {
		t.Fatal(err)
	}
	same(t, "missing", none.Sheets[0].Missing, []string{"借款人", "合同号", "计息本金", "实付利息"})
	lines, report := read(t, grid.Book(t, sheet), statement.Options{Headings: map[string]values.Field{
		"农户": values.FieldBorrower, "编码": values.FieldContract, "贷款金额": values.FieldBalance, "付息(元)": values.FieldPaid, "联系电话": values.FieldNone,
	}})
	same(t, "problems", problems(lines[0]), []string(nil))
	same(t, "line", lines[0].Borrower+lines[0].Contract+lines[0].Balance.String()+lines[0].Paid.String(), "张三A150000.00440.83")
	same(t, "unknown", unknown(report.Sheets[0]), []string(nil))
}

func TestSeveralStatementsInABook(t *testing.T) {
	line := "\n张三 | 149901199001010014 | A1 | #50000 | #3.45 | 2026-03-01 | 2027-03-01 | #440.83"
	book := grid.Sheets(t, grid.Sheet{Name: "城关支行", Text: required + line}, grid.Sheet{Name: "说明", Text: "填表说明"},
		grid.Sheet{Name: ".2025", Text: required + line}, grid.Sheet{Name: "河口支行", Text: required + line + line})
	lines, report := read(t, book, statement.Options{})
	var places []string
	for _, l := range lines {
		places = append(places, fmt.Sprint(l.Sheet, l.Row))
	}
	same(t, "places", places, []string{"城关支行2", "河口支行2", "河口支行3"})
	same(t, "skipped", report.Sheets[1].Skipped, statement.NoHeading)
}
