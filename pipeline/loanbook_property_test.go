package pipeline_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// However a statement and a loan book name a county's loans and tranches: the
// table adds up, gives every loan's subsidy once, gets from the book to what it
// closes with, and closes with what the fund has to cover.
func TestTheTableAddsUpWhateverTheBookCallsItsLoans(t *testing.T) {
	t.Parallel()
	began, failing := time.Now(), false
	rapid.Check(t, func(t *rapid.T) {
		if time.Since(began) > 4*time.Second && !failing {
			return // enough; but a failure is made small in peace
		}
		defer func() { failing = failing || t.Failed() }()
		dir, err := os.MkdirTemp("", "books")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		s := storyIn(t, dir)
		statement, book := loansBothWays(t)
		s.statement("清水农商银行_2026Q3.csv", statement)
		s.on("2026-09-15")
		s.run()
		s.fundOpened("100000.00")
		if rapid.Bool().Draw(t, "one is compensated") && len(s.claim("农商申请.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额\n张大山 A0 死亡 2026-08-01 1000").Taken) > 0 {
			s.do(s.decideClaim("A0", true))
		}
		s.on("2026-09-25")
		s.book("农商行台账.csv", "清水农商银行贷款台账（截至2026年9月22日）", book)
		if refused := s.run().Refused; len(refused) != 0 {
			t.Fatalf("refused: %v", refused)
		}
		listed := values.Fen(0)
		s.view(func(ctx context.Context, w *pipeline.Workspace) error {
			return w.Lines(ctx, s.quarter, func(l pipeline.LineView) error { listed += l.Subsidy; return nil })
		})
		m := s.monitoring()
		f := m.Total.Now
		switch b := m.Books[0]; {
		case f.Opening+f.Issued-f.Repaid != f.Closing, f.Opening < 0, f.Issued < 0, f.Repaid < 0, f.Overdue > f.Closing:
			t.Errorf("it does not add up: %+v", f)
		case f.Shares.Total() != listed:
			t.Errorf("the table's subsidy is %s, that of the lines %s", f.Shares.Total(), listed)
		case f.Closing != m.Fund.Outstanding:
			t.Errorf("the fund covers %s, the table closes with %s", m.Fund.Outstanding, f.Closing)
		case b.OnlyListed < 0, b.LeftOut < 0, b.Balance-b.LeftOut+b.OnlyListed != f.Closing:
			t.Errorf("the book does not lead to what the table closes with: %+v", b)
		}
	})
}

// loansBothWays draws lines of four borrowers' loans, in tranches one after the
// other, and rows of the book that may call them otherwise.
func loansBothWays(t *rapid.T) (statement, book string) {
	var lines, rows strings.Builder
	lines.WriteString("借款人 合同号 借据号 计息本金 实付利息 起息日 止息日 天数 逾期天数\n")
	rows.WriteString("借款人 合同编号 借据号 余额 发放日 到期日\n王小梅 B1 - 5000 2026-04-01 2027-04-01\n")
	lines.WriteString("孙七斤 Y1 - 50000 440.83 2026-06-21 2026-09-20 92 -\n")
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "of") }
	seen := map[string]bool{}
	for i, borrower := range []string{"张大山", "李四海", "赵五谷", "钱六顺"} {
		for k, days := range []string{"2026-06-21 2026-07-31 41", "2026-08-01 2026-09-20 51"} {
			own := fmt.Sprintf("J%d%d", i, k)
			named := pick(fmt.Sprintf("A%d -", i), fmt.Sprintf("A%d %s", i, own), fmt.Sprintf("A%d J%d0", i, i), own+" -", "")
			if named == "" {
				continue
			}
			balance := rapid.IntRange(1, 4).Draw(t, "balance") * 5000
			paid := values.Fen(balance * 345 * []int{41, 51}[k] / 36000)
			fmt.Fprintf(&lines, "%s %s %d %s %s %s\n", borrower, named, balance, paid, days, pick("-", "-", "12", "×"))
		}
		for k := range 3 {
			named := pick(fmt.Sprintf("A%d J%d%d", i, i, k), fmt.Sprintf("A%d K%d%d", i, i, k), fmt.Sprintf("J%d%d -", i, k), "")
			if named != "" && !seen[named] {
				seen[named] = true
				fmt.Fprintf(&rows, "%s %s %d %s %s\n", borrower, named, rapid.IntRange(0, 4).Draw(t, "owed")*5000,
					pick("2026-04-01", "2026-08-01", "2026-09-21"), pick("2026-09-30", "2027-04-01"))
			}
		}
	}
	return lines.String(), rows.String()
}
