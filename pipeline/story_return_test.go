package pipeline_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiexi/pipeline"
)

// sentBatch is a batch of three that was sent on 2026-10-06.
func sentBatch(t *testing.T) *story {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83
		A3     李四海 40000    352.67
		A5     钱六顺 30000    264.50`)
	s.cleared()
	s.approve()
	s.sent("2026Q3-01")
	s.wantPayments(`
		2026Q3-01-00001 钱六顺 264.50 sent
		2026Q3-01-00002 张大山 440.83 sent
		2026Q3-01-00003 李四海 352.67 sent`)
	return s
}

// rest are the rows of a return file that were not applied: row and verdict.
func (s *story) wantRest(report *pipeline.ReturnReport, want string) {
	s.t.Helper()
	var got []string
	for _, r := range report.Rest {
		got = append(got, fmt.Sprint(r.Number, " ", r.Verdict))
		if r.Words.Chinese == "" || r.Row == 0 {
			s.t.Errorf("row %d of the return file is listed without a word", r.Row)
		}
	}
	s.same("rows that were not applied", got, want)
}

// A return file that is dropped into the inbox is taken by a run, which drafts
// what failed in the same go; the run after it finds nothing to do.
func TestARunThatReadsAReturnFileDraftsWhatFailed(t *testing.T) {
	s := sentBatch(t)
	s.on("2026-10-12")
	s.answered(filepath.Join("inbox", "回盘.csv"), s.answers("2026Q3-01", map[string]string{"李四海": "账户已销户"}))
	s.run()
	s.wantPayments(`
		2026Q3-01-00001 钱六顺 264.50 paid
		2026Q3-01-00002 张大山 440.83 paid
		2026Q3-01-00003 李四海 352.67 failed
		2026Q3-02-00001 李四海 352.67 draft`)
	s.rests()
	s.sound()
}

// A return file is read whole; what fits is applied, the rest is listed, and
// nothing is overwritten.
func TestAReturnFileIsAppliedWhereItIsSound(t *testing.T) {
	s := sentBatch(t)
	rows := s.answers("2026Q3-01", map[string]string{"李四海": "账户已销户"})
	unknown, foreign := rows[0], rows[0]
	unknown.number, foreign.number = "2026Q3-01-00099", "2026Q3-07-00001"
	report := s.returned("回盘.csv", append(rows, unknown, foreign, rows[1]))
	if report.Paid != 2 || report.Failed != 1 || report.Amounts["paid"] != yuan("705.33") || report.Amounts["failed"] != yuan("352.67") {
		t.Errorf("%+v", report)
	}
	s.wantRest(report, `
		2026Q3-01-00099 unknown
		2026Q3-07-00001 unknown
		2026Q3-01-00002 duplicate`)
	s.wantPayments(`
		2026Q3-01-00001 钱六顺 264.50 paid
		2026Q3-01-00002 张大山 440.83 paid
		2026Q3-01-00003 李四海 352.67 failed`)
	s.wantSums("3 1058.00 705.33 352.67 0.00 0.00")

	// later files: one that says the same, one that says otherwise, the first again
	report = s.returned("回盘二.csv", rows[:2])
	s.wantRest(report, `
		2026Q3-01-00001 repeated
		2026Q3-01-00002 repeated`)
	contrary := slices.Clone(rows)
	contrary[0].state, contrary[0].reason, contrary[2].state, contrary[2].reason = "失败", "其他", "成功", ""
	report = s.returned("回盘三.csv", contrary)
	s.wantRest(report, `
		2026Q3-01-00001 conflict
		2026Q3-01-00002 repeated
		2026Q3-01-00003 conflict`)
	if report = s.returned("回盘又名.csv", contrary); !report.Known {
		t.Error("the same bytes under another name are taken for a new file")
	}
	s.wantSums("3 1058.00 705.33 352.67 0.00 0.00")
	s.wantNext("后来的回盘又说成功（流水号 2026Q3-01-00003）")
}

// Whoever is named otherwise, at another account, or with another amount was
// not answered.
func TestAnAnswerMustFitNameAccountAndAmount(t *testing.T) {
	s := sentBatch(t)
	rows := s.answers("2026Q3-01", nil)
	rows[0].name, rows[1].account, rows[2].amount = "钱六", "100000002", "352.66"
	report := s.returned("回盘.csv", rows)
	s.wantRest(report, `
		2026Q3-01-00001 mismatch
		2026Q3-01-00002 mismatch
		2026Q3-01-00003 mismatch`)
	s.wantSums("3 1058.00 0.00 0.00 1058.00 0.00")
	s.wantNext("3 笔共 1,058.00 元已发送、结果未知")
}

// A file that says two things of one payment says nothing: applying the first
// might pay what the second says was paid.
func TestAFileThatContradictsItselfSettlesNothing(t *testing.T) {
	s := sentBatch(t)
	rows := s.answers("2026Q3-01", map[string]string{"张大山": "户名不符"})
	paid := rows[1]
	paid.state, paid.reason = "成功", ""
	report := s.returned("回盘.csv", append(rows, paid))
	s.wantRest(report, `
		2026Q3-01-00002 duplicate
		2026Q3-01-00002 duplicate`)
	s.wantSums("3 1058.00 617.17 0.00 440.83 0.00")
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 钱六顺 264.50 paid
		2026Q3-01-00002 张大山 440.83 sent
		2026Q3-01-00003 李四海 352.67 paid`)
}

// An answer for a batch that nobody marked as sent shows that it was; one for a
// draft or a void batch is kept and settles nothing.
func TestAnAnswerForABatchThatWasNotMarkedAsSent(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", twoLoans)
	s.cleared()
	rows := s.answers("2026Q3-01", nil)
	s.wantRest(s.returned("回盘一.csv", rows[:1]), `2026Q3-01-00001 not-sent`)
	s.approve()
	s.do(s.voiding("2026Q3-01"))
	s.wantRest(s.returned("回盘二.csv", rows[1:]), `2026Q3-01-00002 not-sent`)
	s.ran()
	s.approve()
	s.returned("回盘三.csv", s.answers("2026Q3-02", nil)[:1])
	s.wantPayments(`
		2026Q3-01-00001 张大山 440.83 void
		2026Q3-01-00002 李四海 352.67 void
		2026Q3-02-00001 张大山 440.83 paid
		2026Q3-02-00002 李四海 352.67 sent`)
	s.wantSums("2 793.50 440.83 0.00 352.67 0.00")
}

// What failed goes out again in the next batch, with an approval and without a
// notice, and counts once. It may fail again and again.
func TestAFailedPaymentIsPaidAgain(t *testing.T) {
	s := sentBatch(t)
	s.returned("回盘1.csv", s.answers("2026Q3-01", map[string]string{"张大山": "账号不存在", "李四海": "超过限额"}))
	s.wantSums("3 1058.00 264.50 793.50 0.00 0.00")
	s.on("2026-10-12")
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 钱六顺 264.50 paid
		2026Q3-01-00002 张大山 440.83 failed
		2026Q3-01-00003 李四海 352.67 failed
		2026Q3-02-00001 张大山 440.83 draft
		2026Q3-02-00002 李四海 352.67 draft`)
	s.wantSums("3 1058.00 264.50 793.50 0.00 0.00")
	s.approve()
	s.wantSums("3 1058.00 264.50 0.00 793.50 0.00")
	file := must(linesOf(filepath.Join(s.dir, "work", "out", "2026Q3", "发放", "2026Q3-02.csv")))(t)
	if again := strings.Count(strings.Join(file, "\n"), "补发"); again != 2 {
		t.Errorf("%d rows of the payment file say that they are paid again", again)
	}
	s.sent("2026Q3-02")
	s.returned("回盘2.csv", s.answers("2026Q3-02", map[string]string{"张大山": "账号不存在"}))
	s.wantSums("3 1058.00 617.17 440.83 0.00 0.00")

	// the village gives another account: the roster names it
	s.on("2026-10-20")
	s.roster("2026-10-15", strings.ReplaceAll(countyRoster, "100000001", "200000001"))
	s.ran()
	s.approve()
	s.sent("2026Q3-03")
	answers := s.answers("2026Q3-03", nil)
	if len(answers) != 1 || answers[0].account != "200000001" {
		t.Errorf("the third payment goes out as %v", answers)
	}
	s.returned("回盘3.csv", answers)
	s.wantPayments(`
		2026Q3-01-00001 钱六顺 264.50 paid
		2026Q3-01-00002 张大山 440.83 failed
		2026Q3-01-00003 李四海 352.67 failed
		2026Q3-02-00001 张大山 440.83 failed
		2026Q3-02-00002 李四海 352.67 paid
		2026Q3-03-00001 张大山 440.83 paid`)
	s.wantSums("3 1058.00 1058.00 0.00 0.00 0.00")
}

// The bank's statement names the dead account for ever; a newer roster wins over
// it once a payment has failed there, the second time too.
func TestANewRosterMendsAnAccountThatTheStatementNames(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息 一卡通账号
		A1     张大山 50000    440.83   100000001`)
	s.cleared()
	s.approve()
	s.sent("2026Q3-01")
	s.returned("回盘1.csv", s.answers("2026Q3-01", map[string]string{"张大山": "销户"}))
	for i, account := range []string{"200000001", "300000001"} {
		s.on(fmt.Sprintf("2026-10-%d", 20+i))
		s.roster(s.today.String(), strings.ReplaceAll(countyRoster, "100000001", account))
		s.ran()
		batch := fmt.Sprintf("2026Q3-0%d", 2+i)
		answers := s.answers(batch, map[string]string{"张大山": "销户"})
		if answers[0].account != account {
			t.Errorf("after %d failures the money goes to %s", i+1, answers[0].account)
		}
		s.approve()
		s.sent(batch)
		s.returned(fmt.Sprintf("回盘%d.csv", 2+i), answers)
	}
	s.wantSums("1 440.83 0.00 440.83 0.00 0.00")
}

// A second payment is at most the failed row: what has become payable meanwhile
// has a notice of its own and goes with the batch after it.
func TestASecondPaymentIsAtMostTheFailedOne(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 40000    352.67`)
	s.cleared()
	s.approve()
	s.sent("2026Q3-01")
	s.returned("回盘1.csv", s.answers("2026Q3-01", map[string]string{"张大山": "销户"}))
	s.on("2026-10-08")
	s.statement("清水农商银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83`)
	s.ran()
	s.wantLists(`
		南坡村 0 352.67 cleared
		南坡村 1 440.83 printed`)
	s.wantPayments(`
		2026Q3-01-00001 张大山 352.67 failed
		2026Q3-02-00001 张大山 352.67 draft`)
	s.post()
	s.ran()
	s.pays("2026Q3-02")
	s.wantSums("1 352.67 352.67 0.00 0.00 0.00")
	s.on("2026-10-18")
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 张大山 352.67 failed
		2026Q3-02-00001 张大山 352.67 paid
		2026Q3-03-00001 张大山 88.16 draft`)
	s.pays("2026Q3-03")
	s.wantSums("2 440.83 440.83 0.00 0.00 0.00")
}

// Where less is payable than failed, the second payment is that; where nothing
// of the failed row is due any more, it stands in the way of nothing else.
func TestASecondPaymentIsAtMostWhatIsPayable(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83
		A3     李四海 40000    352.67`)
	s.cleared()
	s.approve()
	s.sent("2026Q3-01")
	s.returned("回盘1.csv", s.answers("2026Q3-01", map[string]string{"张大山": "销户", "李四海": "销户"}))
	s.statement("清水农商银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 20000    176.33
		A4     李四海 30000    264.50`) // A3 is no more, A4 is new
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 张大山 440.83 failed
		2026Q3-01-00002 李四海 352.67 failed
		2026Q3-02-00001 张大山 176.33 draft`)
	s.post()
	s.on("2026-10-16")
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 张大山 440.83 failed
		2026Q3-01-00002 李四海 352.67 failed
		2026Q3-02-00001 张大山 176.33 draft
		2026Q3-02-00002 李四海 264.50 draft`)
	s.pays("2026Q3-02")
	s.wantSums("3 793.50 440.83 352.67 0.00 0.00") // 李四海's failed row was mended by nothing
}

func (s *story) settling(number string, paid bool) func(context.Context, *pipeline.Workspace) error {
	return func(ctx context.Context, w *pipeline.Workspace) error {
		return w.SettleByHand(ctx, number, paid, "一卡通平台书面证明", false)
	}
}

// As long as nobody says what became of a payment, nothing is paid in its
// place, whatever else happens; a signed statement says it.
func TestAReturnFileThatNeverComes(t *testing.T) {
	s := sentBatch(t)
	s.on("2026-12-18")
	s.statement("清水农商银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83
		A3     李四海 30000    264.50
		A5     钱六顺 30000    264.50`)
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 钱六顺 264.50 sent
		2026Q3-01-00002 张大山 440.83 sent
		2026Q3-01-00003 李四海 352.67 sent`)
	s.wantSums("3 1058.00 0.00 0.00 1058.00 0.00")
	s.wantNext("3 笔共 1,058.00 元已发送、结果未知")

	s.do(s.settling("2026Q3-01-00001", true))
	s.do(s.settling("2026Q3-01-00002", false))
	s.do(s.settling("2026Q3-01-00003", false))
	s.refused("不是已发送、结果未知的款项", s.settling("2026Q3-01-00001", false))
	s.refused("没有流水号", s.settling("2026Q3-01-00004", false))
	s.wantSums("3 1058.00 264.50 793.50 0.00 0.00")
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 钱六顺 264.50 paid
		2026Q3-01-00002 张大山 440.83 failed
		2026Q3-01-00003 李四海 352.67 failed
		2026Q3-02-00001 张大山 440.83 draft
		2026Q3-02-00002 李四海 264.50 draft`)
	s.refused("不是已发送、结果未知的款项", s.settling("2026Q3-02-00001", true))

	// the file comes after all, and says otherwise: shown, and not believed
	rows := s.answers("2026Q3-01", nil)
	report := s.returned("迟到的回盘.csv", rows[:1])
	s.wantRest(report, `2026Q3-01-00001 repeated`)
}
