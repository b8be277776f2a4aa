package pipeline_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

var q2 = values.Quarter{Year: 2026, Number: 2}

// in looks at another quarter from here on.
func (s *story) in(q values.Quarter) { s.quarter = q }

func (s *story) adjusting(verdict, contract string) func(context.Context, *pipeline.Workspace) error {
	return func(ctx context.Context, w *pipeline.Workspace) (err error) {
		r := pipeline.AdjustRequest{Quarter: s.quarter, Contract: contract, Why: "局务会决定"}
		if verdict == "recover" {
			_, err = w.Recover(ctx, r)
		} else {
			_, err = w.Waive(ctx, r)
		}
		return err
	}
}

// tierTaken: 张大山 was paid 440.83 for 50,000 in tier 1. Then another bank's
// file comes with an earlier loan of his wife, 30,000, which takes that much of
// the household's tier 1. He was due 20,000 / 50,000 of 440.83, and 264.50 were
// too much.
func tierTaken(t *testing.T) *story {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83`)
	s.cleared()
	s.pays("2026Q3-01")
	s.on("2026-10-12")
	s.statement("清水邮储银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息 放款日期
		B1     王小梅 30000    264.50   2026-03-28`)
	s.ran()
	s.wantLines(`
		A1 accepted 176.33 tier-changed
		B1 accepted 264.50`)
	s.wantLists(`
		南坡村 0 440.83 cleared
		南坡村 1 264.50 printed`)
	s.wantNext("1 笔贷款多付共 264.50 元，不是因为自身明细变化")
	s.wantSums("1 440.83 440.83 0.00 0.00 0.00")
	return s
}

// Nobody takes back by itself what a loan did not cause itself: a person says
// recover, and the next payments to the same borrower are less by it.
func TestAnotherBankTakesAPaidTierAndItIsRecovered(t *testing.T) {
	s := tierTaken(t)
	s.refused("没有等待决定的多付款项", s.adjusting("recover", "B1"))
	s.post()
	s.on("2026-10-22")
	s.ran()
	s.pays("2026Q3-02") // the wife's, whole: her husband's account is not hers
	s.wantSums("2 705.33 705.33 0.00 0.00 0.00")

	s.do(s.adjusting("recover", "A1"))
	s.refused("没有等待决定的多付款项", s.adjusting("waive", "A1"))
	s.ran()
	s.wantNext("1 笔贷款多付共 264.50 元（合同 A1），将从本人以后的发放中抵扣")

	// 2026Q4: 91 days. 张大山 is due 20,000 / 50,000 of 436.04 = 174.42, 90.08
	// less than what he owes: nothing is paid, and both are carried forward.
	s.in(q4)
	s.on("2026-12-25")
	s.statement("清水农商银行_2026Q4.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    436.04`)
	s.statement("清水邮储银行_2026Q4.csv", `
		合同号 借款人 贷款余额 实付利息 放款日期
		B1     王小梅 30000    261.63   2026-03-28`)
	s.ran()
	s.post()
	s.on("2027-01-04")
	s.ran()
	s.wantPayments(`2026Q4-01-00001 王小梅 261.63 draft`)
	s.pays("2026Q4-01")

	// 2027Q1: 90 days, 20,000 / 50,000 of 431.25 = 172.50; 172.50 + 174.42 − 264.50
	s.in(values.Quarter{Year: 2027, Number: 1})
	s.on("2027-03-25")
	s.statement("清水农商银行_2027Q1.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    431.25`)
	s.statement("清水邮储银行_2027Q1.csv", `
		合同号 借款人 贷款余额 实付利息 放款日期
		B1     王小梅 30000    258.75   2026-03-28`)
	s.ran()
	s.post()
	s.on("2027-04-04")
	s.ran()
	s.wantPayments(`
		2027Q1-01-00001 张大山 82.42 draft
		2027Q1-01-00002 王小梅 258.75 draft`)
	s.approve()
	s.ran()
	page := string(must(os.ReadFile(filepath.Join(s.dir, "work", "out", q4.String(), pipeline.ReportPath)))(t))
	if !strings.Contains(page, "已发放1行，待发送1行。") {
		t.Error("what a later quarter's batch carries is not sent yet, and the report of its own quarter does not say so")
	}
	s.sent("2027Q1-01")
	s.returned("回盘-2027Q1-01.csv", s.answers("2027Q1-01", nil))
	s.in(q3)
	s.wantNext("没有待办事项")
}

// Or a person says waive: the money stays where it is, and nothing more is due
// for it, even if the other bank takes its line back.
func TestAnotherBankTakesAPaidTierAndItIsWaived(t *testing.T) {
	s := tierTaken(t)
	s.do(s.adjusting("waive", "A1"))
	s.refused("没有等待决定的多付款项", s.adjusting("recover", "A1"))
	s.ran()
	s.wantSums("1 440.83 440.83 0.00 0.00 0.00")

	s.statement("清水邮储银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 实付利息 放款日期
		B1     王小梅 10000    88.17    2026-03-28`)
	s.ran()
	s.wantLines(`
		A1 accepted 352.66 tier-changed
		B1 accepted 88.17`)
	s.post()
	s.on("2026-10-22")
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 张大山 440.83 paid
		2026Q3-02-00001 王小梅 88.17 draft`)

	// more of the tier goes than the waiver was about: that is to be decided anew
	s.statement("清水邮储银行_2026Q3更正2.csv", `
		合同号 借款人 贷款余额 实付利息 放款日期
		B1     王小梅 40000    352.67   2026-03-28`)
	s.ran()
	s.wantLines(`
		A1 accepted 88.17 tier-changed
		B1 accepted 352.67`)
	s.wantNext("1 笔贷款多付共 88.16 元，不是因为自身明细变化") // 440.83 − 88.17 − 264.50
	s.do(s.adjusting("waive", "A1"))
	s.ran()
	s.wantPayments(`2026Q3-01-00001 张大山 440.83 paid`)
}

// A word to recover is about what was overpaid then; more needs another.
func TestAWordToRecoverIsForWhatItWasSaidOf(t *testing.T) {
	s := tierTaken(t)
	s.do(s.adjusting("recover", "A1"))
	s.ran()
	s.statement("清水邮储银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 实付利息 放款日期
		B1     王小梅 40000    352.67   2026-03-28`)
	s.ran()
	s.wantNext("1 笔贷款多付共 352.66 元，不是因为自身明细变化")
	s.do(s.adjusting("recover", "A1"))
	s.ran()
	s.wantNext("1 笔贷款多付共 352.66 元（合同 A1），将从本人以后的发放中抵扣")
}

// Before payment a tier just moves.
func TestATierMovesBeforePayment(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83`)
	s.cleared()
	s.statement("清水邮储银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息 放款日期
		B1     王小梅 30000    264.50   2026-03-28`)
	s.ran()
	s.wantLines(`
		A1 accepted 176.33 tier-changed
		B1 accepted 264.50`)
	s.wantPayments(`2026Q3-01-00001 张大山 176.33 draft`) // lower needs no new notice
	s.wantNext("审批人：批次 2026Q3-01 待审批")
}

// A borrower who moved from one household to another has loans through both, in
// two villages. Each loan waits for its own village; what is ready at once is
// one row.
func TestAPayeeWithLoansThroughTwoVillages(t *testing.T) {
	moved := func(t *testing.T) *story {
		s := newStory(t)
		s.ran() // imports the first roster
		s.roster("2026-04-20", strings.ReplaceAll(countyRoster, "H2     李四海 19750303 石楼坪乡 南坡村 100000003",
			"H9 李四海 19750303 河西镇 柳林村 100000003 2026-04-20"))
		s.statement("清水农商银行_2026Q3.csv", `
			合同号 借款人 贷款余额 实付利息 放款日期
			A3     李四海 40000    352.67   2026-04-01
			A4     李四海 30000    264.50   2026-05-01`)
		s.ran()
		s.wantLines(`
			A3 held 0.00 shared-account
			A4 held 0.00 shared-account`) // two households name his account
		s.decide(true, "A3")
		s.decide(true, "A4")
		s.ran()
		s.wantLists(`
			柳林村 0 264.50 printed
			南坡村 0 352.67 printed`)
		s.on("2026-09-26")
		return s
	}
	t.Run("at once", func(t *testing.T) {
		s := moved(t)
		s.post()
		s.on("2026-10-06")
		s.ran()
		s.wantPayments(`2026Q3-01-00001 李四海 617.17 draft`)
		s.pays("2026Q3-01")
		s.wantSums("1 617.17 617.17 0.00 0.00 0.00")
	})
	t.Run("one after the other", func(t *testing.T) {
		s := moved(t)
		s.post("南坡村")
		s.on("2026-10-03")
		s.post("柳林村")
		s.on("2026-10-06")
		s.ran()
		s.approve()
		s.on("2026-10-13")
		s.ran()
		s.wantPayments(`
			2026Q3-01-00001 李四海 352.67 approved
			2026Q3-02-00001 李四海 264.50 draft`)
		s.approve()
		s.sent("2026Q3-01")
		s.sent("2026Q3-02")
		s.returned("回盘1.csv", s.answers("2026Q3-01", map[string]string{"李四海": "销户"}))
		s.returned("回盘2.csv", s.answers("2026Q3-02", map[string]string{"李四海": "销户"}))
		s.wantSums("2 617.17 0.00 617.17 0.00 0.00")
		// two rows failed: each is paid again by itself, never more than it was
		s.ran()
		s.wantPayments(`
			2026Q3-01-00001 李四海 352.67 failed
			2026Q3-02-00001 李四海 264.50 failed
			2026Q3-03-00001 李四海 352.67 draft`)
		s.pays("2026Q3-03")
		s.ran()
		s.pays("2026Q3-04")
		s.wantSums("2 617.17 617.17 0.00 0.00 0.00")
	})
}

// A bank's file for a quarter that was settled long ago: its lines are judged,
// published and paid in that quarter's own batch, and where they share days or a
// household with later ones the later quarter follows.
func TestALateFileForAnEarlierQuarter(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83
		A3     李四海 40000    352.67`)
	s.cleared()
	s.pays("2026Q3-01")

	s.on("2026-10-12")
	s.statement("清水农商银行_2026Q2.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    388.13
		A3     李四海 40000    310.50`)
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 张大山 440.83 paid
		2026Q3-01-00002 李四海 352.67 paid`)
	s.in(q2)
	s.wantLines(`
		A1 accepted 388.13
		A3 accepted 310.50`)
	s.post()
	s.on("2026-10-22")
	s.ran()
	s.wantPayments(`
		2026Q2-01-00001 张大山 388.13 draft
		2026Q2-01-00002 李四海 310.50 draft`)
	s.pays("2026Q2-01")

	// and another bank's, which takes a tier that was paid
	s.statement("清水邮储银行_2026Q2.csv", `
		合同号 借款人 贷款余额 实付利息 计息开始日 计息截止日 放款日期
		B1     王小梅 20000    162.92   2026-03-28 2026-06-20 2026-03-28`)
	s.ran()
	s.wantLines(`
		A1 accepted 232.88 tier-changed
		A3 accepted 310.50
		B1 accepted 162.92`) // 30,000 / 50,000 of 388.13
	s.wantNext("1 笔贷款多付共 155.25 元，不是因为自身明细变化")
	s.in(q3) // where her loan has no line, nothing moves
	s.wantLines(`
		A1 accepted 440.83
		A3 accepted 352.67`)
}

// A newer roster does not judge again what was paid. Only a recheck does, for
// which a person gives the reason.
func TestANewRosterLeavesPaidLinesAlone(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息 贷款用途
		A1     张大山 50000    440.83   养羊
		A3     李四海 40000    352.67   养羊
		A5     钱六顺 30000    264.50   建房`)
	s.cleared()
	s.pays("2026Q3-01")

	// the new roster says that 李四海 joined after he had signed, and moves 张大山
	s.on("2026-11-02")
	s.roster("2026-10-01", strings.NewReplacer(
		"H2     李四海 19750303 石楼坪乡 南坡村 100000003", "H2 李四海 19750303 石楼坪乡 南坡村 100000003 2026-09-01",
		"H1     张大山 19800101 石楼坪乡 南坡村 100000001", "H1 张大山 19800101 石楼坪乡 北坡村 200000001").Replace(countyRoster))
	s.ran()
	s.wantLines(`
		A1 accepted 440.83
		A3 accepted 352.67
		A5 held 0.00 purpose-not-allowed`)
	s.wantLists(`南坡村 0 793.50 cleared`)
	s.wantSums("2 793.50 793.50 0.00 0.00 0.00")

	s.refused("写明原因", func(ctx context.Context, w *pipeline.Workspace) error { return w.Recheck(ctx, q3, "", false) })
	s.do(func(ctx context.Context, w *pipeline.Workspace) error {
		return w.Recheck(ctx, q3, "审计要求", false)
	})
	s.ran()
	s.wantLines(`
		A1 accepted 440.83
		A3 returned 0.00 not-on-roster
		A5 held 0.00 purpose-not-allowed`)
	s.wantSums("2 793.50 793.50 0.00 0.00 0.00")
	s.wantNext("1 笔贷款多付共 352.67 元（合同 A3）")

	// the roster was wrong, and is mended: nothing is due twice
	s.roster("2026-10-20", countyRoster)
	s.ran()
	s.wantLines(`
		A1 accepted 440.83
		A3 accepted 352.67
		A5 held 0.00 purpose-not-allowed`)
	s.wantPayments(`
		2026Q3-01-00001 张大山 440.83 paid
		2026Q3-01-00002 李四海 352.67 paid`)
}

const oldLoanTerms = `
extends: tuopin-2021
terms:
  - name: 七成
    contracts: {from: "2021-01-01", to: "2026-03-25"}
    ceiling: "50000"
    rate: {percent: "70"}
    shares: {central: "60", provincial: "40"}
    clause: 第二条
    source: 某县〔2024〕3号
`

// Loans under the old terms are held until the county enters them; then they
// are published and paid like late lines, and the paid ones stay.
func TestOldTermsConfiguredLater(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息 放款日期   到期日期
		A1     张大山 40000    352.67   2026-04-01 2027-04-01
		O3     李四海 40000    352.67   2025-05-06 2027-05-06
		O1     王小梅 20000    176.33   2025-05-06 2027-05-06`)
	s.cleared()
	s.wantLines(`
		A1 accepted 352.67
		O3 held 0.00 terms-not-configured
		O1 held 0.00 terms-not-configured`)
	s.pays("2026Q3-01")

	s.on("2026-11-02")
	s.write("old.yaml", oldLoanTerms)
	s.write("jobs.yaml", storyJob+"    policies: [bangfu-2026, old.yaml]")
	s.configure()
	s.ran()
	// 70 % of what was paid: 246.87 and 123.43. 王小梅's loan is older than her
	// husband's: 30,000 of tier 1 are left for his 40,000, 264.50 of 352.67.
	s.wantLines(`
		A1 accepted 264.50
		O3 accepted 246.87
		O1 accepted 123.43`)
	s.wantLists(`
		南坡村 0 352.67 cleared
		南坡村 1 370.30 printed`)
	s.wantNext("1 笔贷款多付共 88.17 元，不是因为自身明细变化")
	s.do(s.adjusting("waive", "A1"))
	s.post()
	s.on("2026-11-12")
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 张大山 352.67 paid
		2026Q3-02-00001 李四海 246.87 draft
		2026Q3-02-00002 王小梅 123.43 draft`)
	s.pays("2026Q3-02")
}

// A quarter for which no bank has sent anything has nothing to do, and says
// which banks are silent.
func TestAQuarterWithNoFiles(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", twoLoans)
	s.cleared()
	s.pays("2026Q3-01")
	s.on("2026-12-25")
	s.in(q4)
	report := s.runWith(pipeline.RunRequest{Quarter: q4})
	if got := strings.Join(report.Silent, " "); got != nongshang+" "+youchu {
		t.Errorf("silent: %s", got)
	}
	s.wantLines(``)
	s.wantLists(``)
	s.wantPayments(``)
	s.wantSums("0 0.00 0.00 0.00 0.00 0.00")
	s.wantNext("没有待办事项")

	s.statement("清水农商银行_2026Q4.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    436.04`)
	if got := strings.Join(s.run().Silent, " "); got != youchu {
		t.Errorf("silent: %s", got)
	}
	s.wantLines(`A1 accepted 436.04`)
}

// What was paid too much in one quarter is set off in the next; what is still
// negative then goes on.
func TestAnOverpaymentIsCarriedIntoTheNextQuarter(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83
		A3     李四海 40000    352.67`)
	s.cleared()
	s.pays("2026Q3-01")
	s.on("2026-11-02")
	s.statement("清水农商银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 30000    264.50
		A3     李四海 10000    88.17`)
	s.ran()
	s.wantNext("2 笔贷款多付共 440.83 元（合同 A1、A3）") // 176.33 + 264.50

	s.in(q4)
	s.on("2026-12-25")
	s.statement("清水农商银行_2026Q4.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 30000    261.63
		A3     李四海 10000    87.21`)
	s.ran()
	s.post()
	s.on("2027-01-04")
	s.ran()
	s.wantPayments(`2026Q4-01-00001 张大山 85.30 draft`) // 261.63 − 176.33
	s.approve()
	s.sent("2026Q4-01")
	s.returned("回盘1.csv", s.answers("2026Q4-01", map[string]string{"张大山": "销户"}))
	s.ran()
	s.wantPayments(`
		2026Q4-01-00001 张大山 85.30 failed
		2026Q4-02-00001 张大山 85.30 draft`)
	s.pays("2026Q4-02")
	s.wantSums("1 85.30 85.30 0.00 0.00 0.00")
	s.in(q3)
	s.wantNext("1 笔贷款多付共 264.50 元（合同 A3）")
}

// Interest that was not paid in its quarter earns nothing there. Paid in the
// next one it is settled then, by decision, and once.
func TestInterestPaidAQuarterLate(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 应付利息 实付利息
		A1     张大山 50000    440.83   0`)
	s.ran()
	s.wantLines(`A1 held 0.00 interest-unpaid`)

	s.in(q4)
	s.on("2026-12-25")
	s.statement("清水农商银行_2026Q4.csv", `
		合同号 借款人 贷款余额 实付利息 计息开始日 计息截止日
		A1     张大山 50000    436.04   2026-09-21 2026-12-20
		A1     张大山 50000    440.83   2026-06-21 2026-09-20`)
	s.ran()
	s.wantLines(`
		A1 accepted 436.04
		A1 held 0.00 days-outside-quarter`)
	s.decide(true, "A1")
	s.ran()
	s.wantLines(`
		A1 accepted 876.87
		A1 accepted 0.00 days-outside-quarter`) // the loan's, on its first line
	s.post()
	s.on("2027-01-04")
	s.ran()
	s.wantPayments(`2026Q4-01-00001 张大山 876.87 draft`)
	s.pays("2026Q4-01")

	// the bank corrects the third quarter: those days are settled
	s.in(q3)
	s.on("2027-01-11")
	s.statement("清水农商银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 应付利息 实付利息
		A1     张大山 50000    440.83   440.83`)
	s.ran()
	s.wantLines(`A1 returned 0.00 days-already-settled`)

	// and the next quarter repeats days of the fourth
	s.in(values.Quarter{Year: 2027, Number: 1})
	s.on("2027-03-25")
	s.statement("清水农商银行_2027Q1.csv", `
		合同号 借款人 贷款余额 实付利息 计息开始日 计息截止日
		A1     张大山 50000    431.25   2026-12-21 2027-03-20
		A1     张大山 50000    440.83   2026-06-21 2026-09-20`)
	s.ran()
	s.wantLines(`
		A1 accepted 431.25
		A1 returned 0.00 days-already-settled days-outside-quarter`)
}

// A loan is compared with what it was in the quarters before.
func TestALoanThatChangesBetweenQuarters(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 贷款金额 实付利息
		A1     张大山 50000    50000    440.83
		A2     赵五谷 40000    40000    352.67
		A3     李四海 30000    30000    264.50
		A4     王小梅 10000    10000    88.17
		A5     钱六顺 30000    30000    264.50`)
	s.cleared()
	s.in(q4)
	s.on("2026-12-25")
	s.statement("清水农商银行_2026Q4.csv", `
		合同号 借款人 贷款余额 贷款金额 年利率 放款日期   到期日期   实付利息
		A1     张大山 50000    50000    3.40   2026-04-01 2027-04-01 429.72
		A2     孙七斤 40000    40000    3.45   2026-04-01 2027-04-01 348.83
		A3     李四海 20000    40000    3.45   2026-04-01 2027-04-01 174.42
		A4     王小梅 10000    10000    3.45   2026-04-02 2027-04-01 87.21
		A5     钱六顺 20000    30000    3.45   2026-04-01 2027-04-01 174.42`)
	s.ran()
	s.wantLines(`
		A1 held 0.00 rate-changed
		A2 held 0.00 loan-changed
		A3 held 0.00 loan-changed
		A4 held 0.00 loan-changed
		A5 accepted 174.42`)
}
