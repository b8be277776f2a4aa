package pipeline_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

const twoLoans = `
	合同号 借款人 贷款余额 实付利息
	A1     张大山 50000    440.83
	A3     李四海 40000    352.67`

func (s *story) marking(batch, on string) func(context.Context, *pipeline.Workspace) error {
	return func(ctx context.Context, w *pipeline.Workspace) error {
		return w.MarkSent(ctx, batch, values.MustDate(on), false)
	}
}

func (s *story) voiding(batch string) func(context.Context, *pipeline.Workspace) error {
	return func(ctx context.Context, w *pipeline.Workspace) error {
		return w.Void(ctx, batch, "导入前发现有误", false)
	}
}

// onDisk are the names of the files below 发放.
func (s *story) onDisk() (names []string) {
	s.t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.dir, "work", "out", "2026Q3", "发放"))
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Where two have to approve, it takes two people, and the payment file is
// written for the second.
func TestTwoApprovalsAreTwoPeoples(t *testing.T) {
	s := newStory(t, "    approvals: 2")
	s.statement("清水农商银行_2026Q3.csv", twoLoans)
	s.cleared()
	s.by("王局长")
	s.approve()
	s.wantSums("2 793.50 0.00 0.00 793.50 0.00")
	if slices.Contains(s.onDisk(), "2026Q3-01.csv") {
		t.Error("the payment file is there before everyone has approved")
	}
	s.refused("已经审批过", s.approval())
	s.refused("审批中", s.marking("2026Q3-01", "2026-10-06"))
	s.ran() // changes nothing
	s.by("赵副局长")
	s.approve()
	if want := []string{"2026Q3-01-审批单.xlsx", "2026Q3-01-资金汇总.xlsx", "2026Q3-01.csv", "2026Q3-01.xlsx"}; !slices.Equal(s.onDisk(), want) {
		t.Errorf("the batch's files are %v, want %v", s.onDisk(), want)
	}
	s.refused("没有等待审批的批次", s.approval())
	s.sent("2026Q3-01")
	s.returned("回盘.csv", s.answers("2026Q3-01", nil))
	s.wantSums("2 793.50 793.50 0.00 0.00 0.00")
}

// Nobody approves what has changed since the sheet was printed.
func TestAnApprovalIsRefusedWhenTheBatchIsOutOfDate(t *testing.T) {
	s := newStory(t, "    approvals: 2")
	s.statement("清水农商银行_2026Q3.csv", twoLoans)
	s.cleared()
	s.refused("与 --digest 不同", func(ctx context.Context, w *pipeline.Workspace) error {
		_, err := w.Approve(ctx, pipeline.ApproveRequest{Quarter: q3, Digest: strings.Repeat("0", 64)})
		return err
	})
	s.object("张大山", "南坡村")
	s.refused("情况有变化，不能审批（有变化：公示异议", s.approval())
	s.ran()
	s.wantPayments(`2026Q3-01-00001 李四海 352.67 draft`)

	s.by("王局长")
	s.approve()
	s.object("李四海", "南坡村")
	s.by("赵副局长")
	s.refused("情况有变化，不能审批（有变化：公示异议", s.approval()) // the second approver, too
	s.ran()
	s.wantPayments(`2026Q3-01-00001 李四海 352.67 void`)
}

func TestABatchIsSentOnceItIsApprovedAndStaysSent(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", twoLoans)
	s.cleared()
	s.refused("待审批", s.marking("2026Q3-01", "2026-10-06"))
	s.refused("待审批", s.voiding("2026Q3-01"))
	s.refused("没有批次", s.marking("2026Q3-09", "2026-10-06"))
	s.approve()
	s.refused("晚于今天", s.marking("2026Q3-01", "2026-10-07"))
	s.sent("2026Q3-01")
	s.refused("已发送", s.marking("2026Q3-01", "2026-10-06"))
	s.refused("已发送", s.voiding("2026Q3-01"))
}

// A batch that was voided gives its files back and its number to nobody; what it
// would have paid goes out under the next one.
func TestANumberIsNeverUsedAgain(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", twoLoans)
	s.cleared()
	s.approve()
	s.do(s.voiding("2026Q3-01"))
	if files := s.onDisk(); len(files) > 0 {
		t.Errorf("the void batch still has %v", files)
	}
	s.wantSums("0 0.00 0.00 0.00 0.00 0.00")
	s.refused("已作废", s.voiding("2026Q3-01"))
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 张大山 440.83 void
		2026Q3-01-00002 李四海 352.67 void
		2026Q3-02-00001 张大山 440.83 draft
		2026Q3-02-00002 李四海 352.67 draft`)
	s.approve()
	s.do(s.voiding("2026Q3-02"))
	s.ran()
	s.pays("2026Q3-03")
	s.wantSums("2 793.50 793.50 0.00 0.00 0.00")
}

// approvedBatch is a batch of three villagers that is approved and not sent yet;
// 赵五谷's line was accepted by decision.
func approvedBatch(t *testing.T) *story {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息 贷款用途
		A1     张大山 50000    440.83   养羊
		A3     李四海 40000    352.67   种树
		A4     赵五谷 10000    88.17    建房`)
	s.ran()
	s.wantLines(`
		A1 accepted 440.83
		A3 accepted 352.67
		A4 held 0.00 purpose-not-allowed`)
	s.decide(true, "A4")
	s.cleared()
	s.approve()
	return s
}

// An approved batch that was not sent yet is voided by a change to one of its
// members, and a draft of what is right now takes its place.
func TestAMembersChangeVoidsTheBatch(t *testing.T) {
	changes := map[string]struct {
		change func(*story)
		draft  string
	}{
		"another account on the roster": {func(s *story) {
			s.roster("2026-10-01", strings.ReplaceAll(countyRoster, "100000001", "200000001"))
		}, `
			2026Q3-02-00001 赵五谷 88.17 draft
			2026Q3-02-00002 张大山 440.83 draft
			2026Q3-02-00003 李四海 352.67 draft`},
		"a decision taken back": {func(s *story) { s.decide(false, "A4") }, `
			2026Q3-02-00001 张大山 440.83 draft
			2026Q3-02-00002 李四海 352.67 draft`},
		"a corrected statement": {func(s *story) {
			s.statement("清水农商银行_2026Q3更正.csv", `
				合同号 借款人 贷款余额 实付利息 贷款用途
				A1     张大山 40000    352.67   养羊
				A3     李四海 40000    352.67   种树`)
		}, `
			2026Q3-02-00001 张大山 352.67 draft
			2026Q3-02-00002 李四海 352.67 draft`},
		"an objection": {func(s *story) { s.object("李四海", "南坡村") }, `
			2026Q3-02-00001 赵五谷 88.17 draft
			2026Q3-02-00002 张大山 440.83 draft`},
		"an earlier loan of the household": {func(s *story) { // 20,000 of 张大山's tier 1 go to his wife
			s.statement("清水邮储银行_2026Q3.csv", `
				合同号 借款人 贷款余额 实付利息 放款日期
				B1     王小梅 20000    176.33   2026-03-28`)
		}, `
			2026Q3-02-00001 赵五谷 88.17 draft
			2026Q3-02-00002 张大山 264.50 draft
			2026Q3-02-00003 李四海 352.67 draft`},
	}
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			s := approvedBatch(t)
			c.change(s)
			s.ran()
			s.wantSaid("批次 2026Q3-01 已作废")
			s.wantPayments(`
				2026Q3-01-00001 赵五谷 88.17 void
				2026Q3-01-00002 张大山 440.83 void
				2026Q3-01-00003 李四海 352.67 void` + c.draft)
			for _, file := range s.onDisk() {
				if strings.HasPrefix(file, "2026Q3-01") {
					t.Errorf("the void batch still has %s", file)
				}
			}
			s.pays("2026Q3-02")
		})
	}
}

// Nothing else voids it.
func TestOnlyAMembersChangeVoidsTheBatch(t *testing.T) {
	changes := map[string]func(*story){
		"another borrower's statement": func(s *story) {
			s.statement("清水邮储银行_2026Q3.csv", `
				合同号 借款人 贷款余额 实付利息
				B1     钱六顺 20000    176.33`)
		},
		"more is due to a member": func(s *story) { // a later loan of the household, in tier 2
			s.statement("清水邮储银行_2026Q3.csv", `
				合同号 借款人 贷款余额 实付利息 放款日期   是否大额
				B1     张大山 20000    176.33   2026-04-02 是`)
		},
		"another village is posted": func(s *story) {
			s.statement("清水邮储银行_2026Q3.csv", `
				合同号 借款人 贷款余额 实付利息
				B1     钱六顺 20000    176.33`)
			s.ran()
			s.post()
			s.on("2026-10-20")
		},
		"a member is taken off the roster": func(s *story) { // after signing: keeps the terms (四(二))
			s.roster("2026-10-01", strings.ReplaceAll(countyRoster, "H2     李四海 19750303 石楼坪乡 南坡村 100000003", ""))
		},
		"another's account": func(s *story) {
			s.roster("2026-10-01", strings.ReplaceAll(countyRoster, "100000005", "200000005"))
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			s := approvedBatch(t)
			change(s)
			s.ran()
			s.wantSums("3 881.67 0.00 0.00 881.67 0.00")
			s.sent("2026Q3-01")
			s.ran()
			s.wantSums("3 881.67 0.00 0.00 881.67 0.00")
		})
	}
}
