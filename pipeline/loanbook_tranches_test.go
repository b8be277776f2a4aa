package pipeline_test

import (
	"context"
	"fmt"
	"testing"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// A loan that the fund has paid out on stays out of the figures under whatever
// number the book has it.
func TestACompensatedLoanStaysOutUnderItsTranchesNumber(t *testing.T) {
	s := newStory(t)
	const statement = `
		借款人 合同号 借据号 计息本金 实付利息
		李四海 A2     J2     30000    %s
		张大山 A1     J1     50000    %s`
	s.statement("清水农商银行_2026Q3.csv", fmt.Sprintf(statement, "264.50", "440.83"))
	s.ran()
	s.fundOpened("100000.00")
	s.claim("农商申请.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额\n张大山 A1 死亡 2026-08-01 50000")
	s.do(s.decideClaim("A1", true))
	s.on("2026-12-25")
	s.quarter = q3.Next()
	s.book("农商行台账.csv", "清水农商银行贷款台账（截至2026年12月20日）", "借款人 合同编号 余额\n李四海 J2 30000\n张大山 J1 50000")
	s.statement("清水农商银行_2026Q4.csv", fmt.Sprintf(statement, "261.63", "436.04"))
	s.ran()
	s.wantTable("1 1 30000.00 0.00 0.00 30000.00 0 0.00 0.00 0 0.00")
	s.wantBooks("清水农商银行 农商行台账.csv@2026-12-20 2 80000.00 50000.00 0.00 30000.00")
	if m := s.monitoring(); m.Fund.Outstanding != yuan("30000.00") {
		t.Errorf("the fund covers %s", m.Fund.Outstanding)
	}
}

// Tranches, and numbers that the two sheets give differently, meet; none counts
// twice.
func TestALoanBookMeetsTheStatementByTranche(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		借款人 合同号 借据号 计息本金 实付利息
		张大山 A1     J1     20000    176.33
		李四海 J2     -      30000    264.50
		赵五谷 A3     -      50000    440.83`)
	s.book("农商行台账.csv", "清水农商银行贷款台账（截至2026年9月20日）", `
		借款人 合同编号 借据号 余额
		张大山 J1       -      20000
		李四海 A2       J2     30000
		赵五谷 A3       J3     15000
		赵五谷 A3       J4     35000`)
	s.ran()
	s.wantTable("3 3 100000.00 0.00 0.00 100000.00 0 0.00 0.00 0 0.00")
	s.wantChecks("")
	s.wantBooks("清水农商银行 农商行台账.csv@2026-09-20 4 100000.00 0.00 0.00 100000.00")
}

// The book may have a tranche that no line names, or whose line went back: it is
// part of the loan, whose subsidy counts once (440.83 for A1, A2 176.33, A4
// 88.17). One that only the statement has keeps its figures.
//
// By hand. A1: 50,000 listed, 15,000 in the book alone, older than the quarter. A2:
// of two tranches of the same days one goes back as a duplicate; both are owed. A3:
// on no statement, 30,000 and 5,000 drawn on 1 August. A4: each tranche is a contract
// of its own in the book, which lacks the second: 10,000 by the statement. A5's
// have other numbers in the book; the one that matures in October is bad.
func TestTheBookHasMoreTranchesThanTheStatement(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		借款人 合同号 借据号 计息本金 实付利息 起息日     止息日     天数 到期日期   五级分类
		张大山 A1     J1     50000    440.83   2026-06-21 2026-09-20 92   2027-04-01 -
		李四海 A2     J3     20000    176.33   2026-06-21 2026-09-20 92   2027-04-01 -
		李四海 A2     J4     10000    88.17    2026-06-21 2026-09-20 92   2027-04-01 -
		钱六顺 A4     J5     10000    39.29    2026-06-21 2026-07-31 41   2027-04-01 -
		钱六顺 A4     J6     10000    48.88    2026-08-01 2026-09-20 51   2027-04-01 -
		孙七斤 A5     J7     8000     31.43    2026-06-21 2026-07-31 41   2026-10-01 次级
		孙七斤 A5     J8     9000     43.99    2026-08-01 2026-09-20 51   2027-04-01 正常`)
	s.fundOpened("10000.00")
	s.book("农商行台账.csv", "清水农商银行贷款台账（截至2026年9月20日）", `
		借款人 合同编号 借据号 余额  发放日     到期日
		张大山 A1       J1     50000 2026-04-01 2027-04-01
		张大山 A1       J2     15000 2026-04-01 2027-04-01
		张大山 A1       J0     0     2025-04-01 2026-04-01
		李四海 J3       -      20000 2026-04-01 2027-04-01
		李四海 J4       -      10000 2026-04-01 2027-04-01
		赵五谷 A3       M1     30000 2026-04-01 2027-04-01
		赵五谷 A3       M2     5000  2026-08-01 2027-08-01
		钱六顺 J5       -      10000 2026-04-01 2027-04-01
		孙七斤 A5       K8     9000  2026-04-01 2027-04-01
		孙七斤 A5       K7     8000  2026-04-01 2026-10-01`)
	s.ran()
	// opening 65,000 + 30,000 + 30,000 + 20,000 + 8,000 and the 8,000 that the lines
	// have as repaid; issued A3's 5,000, and the 1,000 by which A5's second is more
	s.wantTable("5 5 161000.00 6000.00 0.00 167000.00 0 0.00 8000.00 1 8000.00")
	m := s.monitoring()
	subsidy, listed := m.Total.Now.Shares.Total(), values.Fen(0)
	s.view(func(ctx context.Context, w *pipeline.Workspace) error {
		return w.Lines(ctx, s.quarter, func(l pipeline.LineView) error { listed += l.Subsidy; return nil })
	})
	if subsidy != listed || listed == 0 {
		t.Errorf("the table's subsidy is %s, that of the lines %s", subsidy, listed)
	}
	if m.Fund.Outstanding != m.Total.Now.Closing {
		t.Errorf("the fund covers %s, the table closes with %s", m.Fund.Outstanding, m.Total.Now.Closing)
	}
}

// What the book has beyond the lines was not issued in the quarter, where the book
// says that it is older: A1's other tranche went back as a duplicate of its days.
// What the lines say was drawn in parts was.
func TestWhatTheBookHasBeyondTheLinesIsOlder(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		借款人 合同号 借据号 计息本金 实付利息 起息日     止息日     天数
		张大山 A1     J1     20000    176.33   2026-06-21 2026-09-20 92
		张大山 A1     J2     25000    220.42   2026-06-21 2026-09-20 92
		李四海 A2     -      30000    117.88   2026-06-21 2026-07-31 41
		李四海 A2     -      50000    244.38   2026-08-01 2026-09-20 51
		赵五谷 A3     -      20000    176.33   2026-06-21 2026-09-20 92`)
	s.book("农商行台账.csv", "清水农商银行贷款台账（截至2026年9月20日）", `
		借款人 合同编号 借据号 余额  发放日
		张大山 A1       -      45000 2026-04-01
		李四海 A2       -      50000 2026-04-01
		赵五谷 A3       J5     20000 2026-04-01
		赵五谷 A3       J6     3000  2026-09-01`)
	s.ran()
	s.wantTable("3 3 95000.00 23000.00 0.00 118000.00 0 0.00 0.00 0 0.00")
}

// A tranche that was repaid, or numbered anew, is not held against the book, which
// has what is left under one number.
func TestATrancheThatStoppedIsNoDifference(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		借款人 合同号 借据号 计息本金 实付利息 起息日     止息日     天数
		张大山 A1     J1     50000    196.46   2026-06-21 2026-07-31 41
		张大山 A1     J2     30000    146.63   2026-08-01 2026-09-20 51
		李四海 A2     J4     30000    146.63   2026-08-01 2026-09-20 51
		李四海 A2     J3     50000    196.46   2026-06-21 2026-07-31 41
		赵五谷 A3     J5     20000    78.58    2026-06-21 2026-07-31 41`)
	s.book("农商行台账.csv", "清水农商银行贷款台账（截至2026年9月20日）", `
		借款人 合同编号 借据号 余额
		张大山 A1       K1     30000
		李四海 A2       -      30000
		赵五谷 A3       -      20000`)
	s.ran()
	s.wantTable("3 3 120000.00 0.00 40000.00 80000.00 0 0.00 0.00 0 0.00")
	s.wantChecks("与贷款台账不一致 A3 计息止日 2026-07-31 余额 20,000.00 名单停止计息又没有写逾期，台账仍有余额")
}
