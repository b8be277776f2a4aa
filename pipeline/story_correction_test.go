package pipeline_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiexi/pipeline"
)

// wantRefused checks which files a run refuses, and for which word.
func (s *story) wantRefused(report *pipeline.RunReport, file, word string) {
	s.t.Helper()
	if len(report.Refused) != 1 || report.Refused[0].Name != file || !strings.Contains(report.Refused[0].Reason.Chinese, word) {
		s.t.Fatalf("want %s refused for %q, got %v", file, word, report.Refused)
	}
	if !report.Attention {
		s.t.Error("a refused file asks for nobody's attention")
	}
	if err := os.Remove(filepath.Join(s.dir, "inbox", file)); err != nil {
		s.t.Fatal(err)
	}
}

// Before anything is paid a correction replaces, and what it no longer has is
// named.
func TestACorrectionBeforePaymentReplaces(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", twoLoans)
	s.statement("清水农商银行_支行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A5     钱六顺 30000    264.50`)
	s.ran()
	s.statement("清水农商银行_2026Q3（更正）.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 40000    352.67`)
	s.ran()
	s.wantSaid("1 行更正后不再有：A3")
	s.wantLines(`
		A1 accepted 352.67
		A5 accepted 264.50`)
	s.wantLists(`
		柳林村 0 264.50 printed
		南坡村 0 352.67 printed`)
	s.ran()
	s.wantLines(`
		A1 accepted 352.67
		A5 accepted 264.50`)

	// a correction of the correction
	s.statement("清水农商银行_2026Q3更正2.csv", twoLoans+"\n A5 钱六顺 30000 264.50")
	s.ran()
	s.wantLines(`
		A1 accepted 440.83
		A3 accepted 352.67
		A5 accepted 264.50
		A5 returned 0.00 duplicate-line`)
}

func TestAFileThatMayOrMayNotBeACorrectionIsRefused(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", twoLoans)
	s.ran()
	original, err := os.ReadFile(filepath.Join(s.dir, "inbox", "清水农商银行_2026Q3.csv"))
	if err != nil {
		t.Fatal(err)
	}

	// the same bytes under another name count once
	s.write("inbox/清水农商银行_2026Q3 副本.csv", string(original))
	s.ran()
	s.wantSaid("内容相同，只计一次")

	// the same name with other bytes
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 40000    352.67`)
	s.wantRefused(s.run(), "清水农商银行_2026Q3.csv", "同名文件，内容不同")
	s.wantLines(`
		A1 accepted 440.83
		A3 accepted 352.67`)

	// a correction with nothing to correct
	s.statement("清水邮储银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 实付利息
		B1     钱六顺 20000    176.33`)
	s.wantRefused(s.run(), "清水邮储银行_2026Q3更正.csv", "没有清水邮储银行的原文件可更正")

	// a correction of one of two
	s.statement("清水农商银行_支行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A5     钱六顺 30000    264.50`)
	s.ran()
	fewer := `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 40000    352.67`
	s.statement("清水农商银行更正_三季度_2026Q3.csv", fewer)
	s.wantRefused(s.run(), "清水农商银行更正_三季度_2026Q3.csv", "有 2 份文件，看不出更正的是哪一份")
	s.wantLines(`
		A1 accepted 440.83
		A3 accepted 352.67
		A5 accepted 264.50`)

	// a person says which
	s.statement("清水农商银行更正_三季度_2026Q3.csv", fewer)
	report := s.runWith(pipeline.RunRequest{Supersedes: map[string]string{"清水农商银行_2026Q3.csv": "清水农商银行更正_三季度_2026Q3.csv"}})
	if len(report.Refused) > 0 {
		t.Fatalf("refused: %v", report.Refused)
	}
	s.wantLines(`
		A5 accepted 264.50
		A1 accepted 352.67`)
	s.statement("清水农商银行_又一份_2026Q3.csv", twoLoans+"\n A6 孙七斤 30000 264.50")
	report = s.runWith(pipeline.RunRequest{Supersedes: map[string]string{"没有的.csv": "清水农商银行_又一份_2026Q3.csv"}})
	s.wantRefused(report, "清水农商银行_又一份_2026Q3.csv", "不在台账里")
}

// --supersedes is for one run; the ones after it know.
func TestSupersedesOldWithNew(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", twoLoans)
	s.ran()
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 40000    352.67`) // saved over the old one
	name := "清水农商银行_2026Q3.csv"
	if refused := s.runWith(pipeline.RunRequest{Supersedes: map[string]string{name: name}}).Refused; len(refused) > 0 {
		t.Fatalf("refused: %v", refused)
	}
	s.wantLines(`A1 accepted 352.67`)
	s.ran()
	s.wantLines(`A1 accepted 352.67`)
}

// Part of the batch was paid when the bank corrects itself. What was paid too
// much is set off where the same person still gets something, and listed where
// not; what failed goes out again, as much as is still due; what is higher gets
// a supplement.
func TestACorrectionAfterPartOfTheBatchWasPaid(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83
		A2     赵五谷 40000    352.67
		A3     李四海 40000    352.67
		A5     钱六顺 30000    264.50
		A6     孙七斤 30000    264.50`)
	s.cleared()
	s.approve()
	s.sent("2026Q3-01")
	s.returned("回盘1.csv", s.answers("2026Q3-01", map[string]string{"赵五谷": "销户"}))
	s.wantSums("5 1675.17 1322.50 352.67 0.00 0.00")

	s.on("2026-10-12")
	s.statement("清水农商银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 40000    352.67
		A2     赵五谷 30000    264.50
		A3     李四海 50000    440.83
		A6     孙七斤 20000    176.33
		A7     孙七斤 20000    176.33`) // A5 is gone, A7 is new
	s.ran()
	s.wantLists(`
		柳林村 0 529.00 cleared
		柳林村 1 176.33 printed
		北坡村 0 352.67 cleared
		南坡村 0 793.50 cleared
		南坡村 1 440.83 printed`)
	s.wantPayments(`
		2026Q3-01-00001 孙七斤 264.50 paid
		2026Q3-01-00002 钱六顺 264.50 paid
		2026Q3-01-00003 赵五谷 352.67 failed
		2026Q3-01-00004 张大山 440.83 paid
		2026Q3-01-00005 李四海 352.67 paid
		2026Q3-02-00001 赵五谷 264.50 draft`)
	s.post()
	s.on("2026-10-22")
	s.ran()
	// 孙七斤: 176.33 for A7, less 88.17 for A6. 李四海: 440.83 − 352.67.
	s.wantPayments(`
		2026Q3-01-00001 孙七斤 264.50 paid
		2026Q3-01-00002 钱六顺 264.50 paid
		2026Q3-01-00003 赵五谷 352.67 failed
		2026Q3-01-00004 张大山 440.83 paid
		2026Q3-01-00005 李四海 352.67 paid
		2026Q3-02-00001 孙七斤 88.16 draft
		2026Q3-02-00002 赵五谷 264.50 draft
		2026Q3-02-00003 李四海 88.16 draft`)
	s.pays("2026Q3-02")
	s.wantSums("7 1763.32 1763.32 0.00 0.00 0.00")
	s.wantNext("2 笔贷款多付共 352.66 元（合同 A1、A5）") // 88.16 of 张大山, 264.50 of 钱六顺
}

// A decision is taken back after its line was paid.
func TestADecisionReversedAfterPayment(t *testing.T) {
	s := approvedBatch(t)
	s.sent("2026Q3-01")
	s.returned("回盘1.csv", s.answers("2026Q3-01", nil))
	s.on("2026-11-02")
	s.decide(false, "A4")
	s.ran()
	s.wantLines(`
		A1 accepted 440.83
		A3 accepted 352.67
		A4 returned 0.00 purpose-not-allowed`)
	s.wantSums("3 881.67 881.67 0.00 0.00 0.00") // what was paid was paid
	s.wantNext("1 笔贷款多付共 88.17 元（合同 A4）")

	s.decide(true, "A4") // and back again: nothing is due a second time
	s.ran()
	s.wantLines(`
		A1 accepted 440.83
		A3 accepted 352.67
		A4 accepted 88.17 purpose-not-allowed`)
	s.wantNext("没有待办事项")
}

// A held line that is accepted after its batch went is published by itself and
// goes with the next.
func TestAHeldLineAcceptedAfterItsBatchWent(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息 贷款用途 计息开始日 计息截止日
		A1     张大山 40000    115.00   养羊     2026-06-21 2026-07-20
		A1     张大山 40000    237.67   建房     2026-07-21 2026-09-20`)
	s.cleared()
	s.wantLines(`
		A1 accepted 115.00
		A1 held 0.00 purpose-not-allowed`)
	s.pays("2026Q3-01")
	s.wantSums("1 115.00 115.00 0.00 0.00 0.00")
	s.on("2026-10-20")
	s.decide(true, "A1")
	s.ran()
	s.wantLists(`
		南坡村 0 115.00 cleared
		南坡村 1 352.67 printed`)
	s.post()
	s.on("2026-10-30")
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 张大山 115.00 paid
		2026Q3-02-00001 张大山 237.67 draft`)
	s.pays("2026Q3-02")
	s.wantSums("2 352.67 352.67 0.00 0.00 0.00")
}

// Nobody decides on what is not held, and a decision does not outlive the facts
// that it was taken on.
func TestADecisionStandsOnItsFacts(t *testing.T) {
	s := newStory(t)
	deciding := func(r pipeline.DecideRequest) func(context.Context, *pipeline.Workspace) error {
		return func(ctx context.Context, w *pipeline.Workspace) error {
			r.Quarter, r.Accept = q3, true
			_, err := w.Decide(ctx, r)
			return err
		}
	}
	held := `
		合同号 借款人 贷款余额 实付利息 贷款用途
		A1     张大山 50000    440.83   养羊
		A4     赵五谷 10000    88.17    建房`
	s.statement("清水农商银行_2026Q3.csv", held)
	s.ran()
	s.refused("都不是待核", deciding(pipeline.DecideRequest{Contract: "A1", Why: "已核实"}))
	s.refused("没有找到指明的行", deciding(pipeline.DecideRequest{Contract: "A9", Why: "已核实"}))
	s.refused("写明原因", deciding(pipeline.DecideRequest{Contract: "A4"}))
	s.do(deciding(pipeline.DecideRequest{Code: "purpose-not-allowed", Why: "已核实"}))
	s.ran()
	s.wantLines(`
		A1 accepted 440.83
		A4 accepted 88.17 purpose-not-allowed`)
	s.statement("清水农商银行_2026Q3更正.csv", strings.ReplaceAll(held, "10000    88.17 ", "20000    176.33"))
	s.ran()
	s.wantLines(`
		A1 accepted 440.83
		A4 held 0.00 purpose-not-allowed`)
}
