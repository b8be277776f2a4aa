package pipeline_test

import (
	"fmt"
	"testing"

	"tiexi/pipeline"
)

// A payment failed, and the loan is due more since. The second payment is what
// failed, out of the same budgets; what came on top follows once its supplement
// has run.
func TestASecondPaymentDrawsOnTheBudgetsOfTheFirst(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 30000    264.50`)
	s.cleared()
	s.approve()
	s.sent("2026Q3-01")
	s.returned("回盘1.csv", s.answers("2026Q3-01", map[string]string{"张大山": "销户"}))
	s.on("2026-10-12")
	s.statement("清水农商银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 40000    352.67`)
	s.ran()
	s.wantBudgets(`
		2026Q3-01-00001 185.15 79.35 failed
		2026Q3-02-00001 185.15 79.35 draft`)
	s.post()
	s.ran()
	s.pays("2026Q3-02")
	s.on("2026-10-22")
	s.ran()
	s.wantBudgets(`
		2026Q3-01-00001 185.15 79.35 failed
		2026Q3-02-00001 185.15 79.35 paid
		2026Q3-03-00001 61.72 26.45 draft`)
	s.sound()
}

func (s *story) wantBudgets(want string) {
	s.t.Helper()
	var got []string
	s.payments(func(p pipeline.PaymentView) {
		got = append(got, fmt.Sprint(p.Number, " ", p.Central, " ", p.Provincial, " ", p.State))
	})
	s.same("budgets", got, want)
}
