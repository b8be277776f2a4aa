package forms_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tiexi/formats/forms"
	"tiexi/formats/heading"
	"tiexi/formats/internal/grid"
	"tiexi/pipeline/values"
)

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func listed(problems []forms.Problem) []string {
	var list []string
	for _, p := range problems {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%d %s %s %s %s", p.Place.Row, p.Column, p.Kind, p.Cell, p.Raw)))
	}
	return list
}

const findings = "文件 | 工作表 | 行 | 银行 | 借款人 | 合同号 | 结论 | 问题代码 | 问题说明 | 依据 | 处理意见 | 说明\n"

func TestDecisions(t *testing.T) {
	got, problems, err := forms.Decisions(grid.Book(t, findings+`
农商.xlsx | Sheet1 | #4 | 清水农商银行 | 张三 | QS-001 | 待核 | interest-mismatch、name-differs | 少付 0.10 元 | 一(六) | 通过 | 已与银行核对
农商.xlsx | Sheet1 | #5 | 清水农商银行 | 李四 | ＱＳ-002 | 待核 | interest-unpaid | 未付 | 一(七) | |
邮储.csv | | 6 | 邮储银行 | 王五 | QS 003 | 待核 | shared-account | | | 退回 |
邮储.csv | | #7 | 邮储银行 | 赵六 | QS004 | 待核 | shared-account | | | 同意吧 | 再议
 | | 无 | 邮储银行 | 赵六 | | 待核 | shared-account | | | 通 过 | `), "问题清单.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "decisions", got, []forms.Decision{
		{At: values.Place{File: "问题清单.xlsx", Sheet: "名单", Row: 3}, Line: values.Place{File: "农商.xlsx", Sheet: "Sheet1", Row: 4}, Bank: "清水农商银行", Borrower: "张三", Contract: "QS-001",
			Outcome: "待核", Codes: []string{"interest-mismatch", "name-differs"}, Accept: true, Why: "已与银行核对"},
		{At: values.Place{File: "问题清单.xlsx", Sheet: "名单", Row: 5}, Line: values.Place{File: "邮储.csv", Row: 6}, Bank: "邮储银行", Borrower: "王五", Contract: "QS003",
			Outcome: "待核", Codes: []string{"shared-account"}},
	})
	same(t, "problems", listed(problems), []string{"6 处理意见 unreadable K6 同意吧", "7 文件 empty A7", "7 合同号 empty F7", "7 行 unreadable C7 无"})
}

func TestObjections(t *testing.T) {
	got, problems, err := forms.Objections(grid.Book(t, `
公示异议
乡(镇) | 行政村 | 姓名 | 异议内容 | 提出日期 | 处理结果 | 处理日期
清水镇 | 河口村 | 张三 | 不在村里 | 2026年10月12日 | |
清水镇 | 河口村 | 李四 | 贷款未用于生产 | 2026-10-12 | 成立 | 2026-10-15
清水镇 | 河口村 | 王五 | 重复 | 2026-10-12 | 不成立 | #46310@yyyy-mm-dd
清水镇 | 河口村 | 赵六 | 重复 | 2026-10-12 | 部分成立 | 2026-10-15
清水镇 | | 赵六 | 重复 | 上周 | 成立 |
清水镇 | 河口村 | 赵六 | 重复 | 2026-10-12 | 成立 | 2026-10-11`), "公示异议.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	var short []string
	for _, o := range got {
		short = append(short, fmt.Sprint(o.At.Row, o.Name, o.Text, o.Raised, o.Resolution, o.Resolved))
	}
	same(t, "objections", short, []string{"3张三不在村里2026-10-12", "4李四贷款未用于生产2026-10-12upheld2026-10-15", "5王五重复2026-10-12rejected2026-10-15"})
	same(t, "problems", listed(problems), []string{"6 处理结果 unreadable F6 部分成立", "7 行政村 empty B7", "7 提出日期 unreadable E7 上周", "7 处理日期 empty G7", "8 处理日期 unreadable G8 2026-10-11"})
}

func TestExclusionsAndResponsibleBanks(t *testing.T) {
	excluded, problems, err := forms.Exclusions(grid.Book(t, "姓名 | 身份证号码 | 原因\n张三 | 14990119900202002x | 死亡\n李四 | #149901199001010014 | 公职人员\n王五 | | 死亡"), "排除.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "exclusions", fmt.Sprint(len(excluded), excluded[0].Name, excluded[0].ID.Whole(), excluded[0].Reason, excluded[0].At.Row), "1张三14990119900202002X死亡2")
	same(t, "problems", listed(problems), []string{"3 身份证号 digits-lost B3 149901199001010014", "4 身份证号 empty B4"})

	banks, problems, err := forms.ResponsibleBanks(grid.Bytes(t, "a.csv", []byte("乡镇,主责任银行,备注\n清水镇,清水农商银行,\n河口镇,,\n  ,　,\n乡镇,主责任银行,备注\n")), "主责任银行.csv")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "banks", fmt.Sprint(len(banks), banks[0].Township, banks[0].Bank), "1清水镇清水农商银行")
	same(t, "problems", listed(problems), []string{"3 主责任银行 empty B3"})
}

func TestAnotherWorkbook(t *testing.T) {
	_, _, err := forms.ResponsibleBanks(grid.Book(t, findings), "问题清单.xlsx")
	var none *heading.NoTableError
	if !errors.As(err, &none) || !strings.Contains(err.Error(), "文件“问题清单.xlsx”里没有主责任银行表的表头") {
		t.Error(err)
	}
}

func TestDetect(t *testing.T) {
	for _, test := range []struct {
		want  forms.Kind
		sheet string
	}{
		{forms.KindStatement, "清水农商银行名单\n乡镇 | 行政村 | 户编号 | 借款人 | 身份证号 | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日期 | 实付利息"},
		{forms.KindStatement, "户编号 | 姓名 | 证件号码 | 乡镇 | 村 | 合同号 | 贷款余额 | 年利率 | 放款日期 | 到期日期 | 实付利息"},
		{forms.KindRoster, "数据日期：2026年6月30日\n户编号 | 姓名 | 证件号码 | 乡(镇) | 行政村 | 一卡通账号"},
		{forms.KindDecisions, findings},
		{forms.KindObjections, "乡(镇) | 行政村 | 姓名 | 异议内容 | 提出日期 | 处理结果 | 处理日期"},
		{forms.KindReturn, "序号 | 流水号 | 批次号 | 乡(镇) | 村(居) | 姓名 | 身份证号 | 开户银行 | 银行账号 | 补贴金额 | 发放状态 | 失败原因 | 发放日期"},
		{forms.KindUnknown, "序号 | 流水号 | 批次号 | 乡(镇) | 村(居) | 姓名 | 身份证号 | 开户银行 | 银行账号 | 补贴金额 | 摘要 | 备注"},
		{forms.KindExclusions, "身份证号 | 姓名 | 原因"},
		{forms.KindResponsible, "乡(镇) | 主责任银行"},
		{forms.KindUnknown, "会议通知\n请各银行按时报送"},
	} {
		got, err := forms.Detect(grid.Book(t, test.sheet))
		if got != test.want || err != nil {
			t.Errorf("%s: %s %v, want %s", test.sheet, got, err, test.want)
		}
	}
	book := grid.Sheets(t, grid.Sheet{Name: "说明", Text: "填表说明"}, grid.Sheet{Name: ".旧", Text: findings}, grid.Sheet{Name: "表", Text: "乡(镇) | 主责任银行"})
	if got, _ := forms.Detect(book); got != forms.KindResponsible {
		t.Error(got)
	}
}
