package forms_test

import (
	"fmt"
	"testing"

	"tiexi/formats/forms"
	"tiexi/formats/internal/grid"
)

const claimHeads = "序号 | 借款人 | 合同号 | 补偿原因 | 逾期起始日 | 损失金额(元) | 申请分担金额(元) | 可否续贷、展期 | 帮扶小额信贷不良率(%) | 各项贷款不良率(%)\n"

func TestClaims(t *testing.T) {
	got, problems, err := forms.Claims(grid.Book(t, "清水农商银行风险补偿申请表\n"+claimHeads+`1 | 张三 | QS-001 | 死亡 | 2026-03-05 | #30000 | | | 3.2% | #0.021@0.00%
2 | 李四 | ＱＳ-002 | 生产经营不善 | 2026年3月5日 | 1,234.56 | 1,000 | 不可 | #3.2 | #2.1
3 | 王五 | QS003 | 意外 | 2026-03-05 | 5万元 | | 可 | |
4 | 赵六 | QS004 | 死亡 | 2026-03-05 | #100.005 | | | #3.2 | #0.3
5 | 钱七 | QS005 | 死亡 | 2026-03-05 | #0 | #-5 | 再议 | 1E1 | 101%
 | | | | 上周 | | | | |`), "申请.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	var short []string
	for _, c := range got {
		can := ""
		if c.Renewable != nil {
			can = fmt.Sprint(*c.Renewable)
		}
		short = append(short, fmt.Sprint(c.At.Row, " ", c.Borrower, " ", c.Contract, " ", c.Ground, " ", c.GroundWord, " ", c.OverdueFrom, " ", c.Loss, " ", c.Amount, " ", can, " ", c.BadRate, " ", c.OverallRate, " ", c.RatesGiven))
	}
	same(t, "claims", short, []string{
		"3 张三 QS-001 death 死亡 2026-03-05 30000.00 30000.00  3.2 2.1 true",
		"4 李四 QS-002 failure 生产经营不善 2026-03-05 1234.56 1000.00 false 3.2 2.1 true",
		"5 王五 QS003  意外 2026-03-05 50000.00 50000.00 true 0 0 false",
	})
	same(t, "problems", listed(problems), []string{
		"6 损失金额 unreadable F6 100.005", "6 各项贷款不良率 rate-unit J6 0.3",
		"7 损失金额 unreadable F7 0", "7 可否续贷展期或追加贷款 unreadable H7 再议", "7 申请分担金额 unreadable G7 -5",
		"7 帮扶小额信贷不良率 unreadable I7 1E1", "7 各项贷款不良率 unreadable J7 101%",
		"8 借款人 empty B8", "8 合同号 empty C8", "8 补偿原因 empty D8", "8 逾期起始日 unreadable E8 上周", "8 损失金额 empty F8",
	})
}

func TestFundRecoveries(t *testing.T) {
	got, problems, err := forms.FundRecoveries(grid.Book(t, `
合同号 | 追回金额（万元） | 追回日期 | 备注
QS-001 | #0.3 | 2026-11-05 | 回单 7
QS-002 | #0 | 2026-11-05 |
QS-003 | #0.0000001 | |`), "追回.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "recoveries", fmt.Sprint(len(got), got[0].Contract, got[0].Amount, got[0].On, got[0].Remark, got[0].At.Row), "1QS-0013000.00 2026-11-05回单 72")
	same(t, "problems", listed(problems), []string{"3 追回金额 unreadable B3 0", "4 追回金额 unreadable B4 0.0000001", "4 追回日期 empty C4"})
}

func TestDetectTheFundsSheets(t *testing.T) {
	for want, text := range map[forms.Kind]string{
		forms.KindClaims:     claimHeads,
		forms.KindRecoveries: "承贷银行 | 借款人 | 合同号 | 追回金额(元) | 追回日期",
	} {
		if got, err := forms.Detect(grid.Book(t, text)); got != want || err != nil {
			t.Errorf("%s: %s %v", want, got, err)
		}
	}
}
