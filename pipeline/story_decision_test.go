package pipeline_test

import "testing"

// A decision stays while the facts stand that it was decided on: a corrected
// statement that repeats the line keeps it, one that changes the line does not.
func TestADecisionOutlivesACorrectionThatRepeatsItsLine(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息 贷款用途
		A1     张大山 50000    440.83   养羊
		A2     李四海 40000    352.67   盖房
		A4     钱六顺 30000    264.50   盖房`)
	s.ran()
	s.decide(true, "A2")
	s.decide(true, "A4")
	s.ran()
	s.wantLines(`
		A1 accepted 440.83
		A2 accepted 352.67 purpose-not-allowed
		A4 accepted 264.50 purpose-not-allowed`)

	s.statement("清水农商银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 实付利息 贷款用途
		A4     钱六顺 20000    176.33   盖房
		A1     张大山 50000    440.83   养羊
		A2     李四海 40000    352.67   盖房`)
	s.ran()
	s.wantLines(`
		A4 held 0.00 purpose-not-allowed
		A1 accepted 440.83
		A2 accepted 352.67 purpose-not-allowed`)
}
