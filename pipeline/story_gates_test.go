package pipeline_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiexi/pipeline"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// A list that nobody has posted pays nothing, however long it lies there; a
// posted one pays from the day after its ten days, the first and last included.
func TestNothingIsPaidBeforeTheNoticeHasRun(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83`)
	s.ran()
	s.wantLists(`南坡村 0 440.83 printed`)
	s.on("2026-12-01")
	s.ran()
	s.wantPayments(``)
	s.wantNext("张贴")

	s.post()
	s.on("2026-12-10") // the tenth day
	s.ran()
	s.wantLists(`南坡村 0 440.83 posted`)
	s.wantPayments(``)
	s.wantNext("2026-12-11 起可以发放")

	s.on("2026-12-11")
	s.ran()
	s.wantLists(`南坡村 0 440.83 cleared`)
	s.wantPayments(`2026Q3-01-00001 张大山 440.83 draft`)
	s.wantSums("0 0.00 0.00 0.00 0.00 0.00") // a draft is no payment yet
}

func TestAPostingIsRecordedOnceAndNotAhead(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83`)
	s.ran()
	posting := func(on, village string) func(context.Context, *pipeline.Workspace) error {
		return func(ctx context.Context, w *pipeline.Workspace) error {
			_, err := w.PostNotice(ctx, pipeline.NoticeRequest{Quarter: q3, On: values.MustDate(on), Village: village})
			return err
		}
	}
	s.refused("晚于今天", posting("2026-09-26", ""))
	s.refused("没有找到公示清单", posting("2026-09-25", "东坡村"))
	s.do(posting("2026-09-25", "南坡村"))
	s.refused("已经登记过", posting("2026-09-25", ""))
}

// Villages clear one by one, and the second does not touch the batch of the
// first, sent or not.
func TestTwoVillagesClearedAWeekApart(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83
		A2     赵五谷 40000    352.67`)
	s.ran()
	s.on("2026-09-26")
	s.post("南坡村")
	s.on("2026-10-03")
	s.post("北坡村")

	s.on("2026-10-06")
	s.ran()
	s.wantPayments(`2026Q3-01-00001 张大山 440.83 draft`)
	s.approve()

	s.on("2026-10-13")
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 张大山 440.83 approved
		2026Q3-02-00001 赵五谷 352.67 draft`)
	s.approve() // the second, while the first still waits to be sent
	s.sent("2026Q3-02")
	s.sent("2026Q3-01")
	s.returned("回盘1.csv", s.answers("2026Q3-01", nil))
	s.wantSums("2 793.50 440.83 0.00 352.67 0.00")
	s.returned("回盘2.csv", s.answers("2026Q3-02", nil))
	s.wantSums("2 793.50 793.50 0.00 0.00 0.00")
}

func (s *story) objection(name, village, why string) pipeline.ObjectionRequest {
	return pipeline.ObjectionRequest{Quarter: s.quarter, Village: village, Name: name, Why: why, On: s.today}
}

func (s *story) object(name, village string) {
	s.t.Helper()
	s.do(func(ctx context.Context, w *pipeline.Workspace) error {
		return w.Object(ctx, s.objection(name, village, "不是本人使用"))
	})
}

func (s *story) resolve(name, village string, upheld bool) {
	s.t.Helper()
	s.do(func(ctx context.Context, w *pipeline.Workspace) error {
		r := s.objection(name, village, "已调查")
		r.Upheld = upheld
		return w.ResolveObjection(ctx, r)
	})
}

// An objection stops the borrower whom it names and nobody else. Rejected, the
// money goes with the next batch; upheld, the line goes back to the bank.
func TestAnObjectionStopsOneBorrower(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83
		A3     李四海 40000    352.67
		A5     钱六顺 30000    264.50`)
	s.ran()
	s.on("2026-09-26")
	s.post()
	s.on("2026-09-28")
	s.object("张大山", "南坡村")
	s.object("李四海", "南坡村")
	s.on("2026-10-06")
	s.ran()
	s.wantLines(`
		A1 accepted 440.83 objection-open
		A3 accepted 352.67 objection-open
		A5 accepted 264.50`)
	s.wantPayments(`2026Q3-01-00001 钱六顺 264.50 draft`)
	s.wantSums("0 0.00 0.00 0.00 0.00 793.50")
	s.wantNext("793.50 元因缺少账户、账户不符或异议暂停发放")
	s.pays("2026Q3-01")

	s.on("2026-10-12")
	s.resolve("张大山", "南坡村", false)
	s.resolve("李四海", "南坡村", true)
	s.ran()
	s.wantLines(`
		A1 accepted 440.83
		A3 returned 0.00 objection-upheld
		A5 accepted 264.50`)
	s.wantPayments(`
		2026Q3-01-00001 钱六顺 264.50 paid
		2026Q3-02-00001 张大山 440.83 draft`)
	s.wantSums("1 264.50 264.50 0.00 0.00 0.00")
}

// Upheld after the money has gone, it is asked back.
func TestAnObjectionUpheldAfterPayment(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", twoLoans)
	s.cleared()
	s.pays("2026Q3-01")
	s.on("2026-10-20")
	s.object("张大山", "南坡村")
	s.ran()
	s.wantSums("2 793.50 793.50 0.00 0.00 0.00")
	s.resolve("张大山", "南坡村", true)
	s.ran()
	s.wantLines(`
		A1 returned 0.00 objection-upheld
		A3 accepted 352.67`)
	s.wantSums("2 793.50 793.50 0.00 0.00 0.00")
	s.wantNext("1 笔贷款多付共 440.83 元（合同 A1）")
}

// lists are the printed notices on disk, by name and digest.
func (s *story) lists(suffix string) map[string]string {
	s.t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(filepath.Join(s.dir, "work/out/2026Q3/公示"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, suffix) {
			return err
		}
		content, err := os.ReadFile(path)
		files[path] = outbox.Digest(content)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return files
}

// What is new or higher after a list was posted goes to a supplement with a
// clock of its own; what is lower needs none. What hangs stays as it hangs.
func TestASupplementForWhatIsHigherNoneForWhatIsLower(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 40000    352.67
		A2     赵五谷 50000    440.83
		A5     钱六顺 30000    264.50`)
	s.ran()
	s.wantLists(`
		柳林村 0 264.50 printed
		北坡村 0 440.83 printed
		南坡村 0 352.67 printed`)
	s.on("2026-09-26")
	s.post()
	hanging := s.lists(".xlsx")

	s.on("2026-09-28")
	s.statement("清水农商银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83
		A2     赵五谷 40000    352.67
		A3     李四海 10000    88.17`) // A5 is gone
	s.ran()
	s.wantLists(`
		柳林村 0 264.50 posted
		北坡村 0 440.83 posted
		南坡村 0 352.67 posted
		南坡村 1 529.00 printed`)
	s.on("2026-09-29")
	s.post()
	s.on("2026-10-06")
	s.ran()
	s.wantPayments(`2026Q3-01-00001 赵五谷 352.67 draft`)
	s.on("2026-10-09") // ten days after the supplement was posted
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 赵五谷 352.67 draft
		2026Q3-01-00002 张大山 440.83 draft
		2026Q3-01-00003 李四海 88.17 draft`)
	for name, digest := range s.lists(".xlsx") {
		if before, hung := hanging[name]; hung && before != digest {
			t.Errorf("%s hangs in the village and was changed on disk", name)
		}
		delete(hanging, name)
	}
	for name := range hanging {
		t.Errorf("%s hangs in the village and was removed from disk", name)
	}
}

// A loan that a correction gives to another borrower is new to the village; one
// whose household the roster has moved was published, wherever it hung.
func TestAnotherBorrowerIsNewToTheNotice(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 40000    352.67
		A2     赵五谷 50000    440.83`)
	s.cleared()
	s.wantPayments(`
		2026Q3-01-00001 赵五谷 440.83 draft
		2026Q3-01-00002 张大山 352.67 draft`)

	s.on("2026-10-07")
	s.statement("清水农商银行_2026Q3更正.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     李四海 40000    352.67
		A2     赵五谷 50000    440.83`)
	s.roster("2026-10-01", strings.ReplaceAll(countyRoster, "19700404 石楼坪乡 北坡村", "19700404 河西镇 柳林村"))
	s.ran()
	s.wantLists(`
		北坡村 0 440.83 cleared
		南坡村 0 352.67 cleared
		南坡村 1 352.67 printed`)
	s.wantPayments(`2026Q3-01-00001 赵五谷 440.83 draft`)
	s.post()
	s.on("2026-10-17")
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 赵五谷 440.83 draft
		2026Q3-01-00002 李四海 352.67 draft`)
}

// A posting that was a mistake is taken back, unless money went out on it.
func TestAPostingIsTakenBackUnlessItWasPaidFrom(t *testing.T) {
	s := newStory(t)
	unpost := func(village string) func(context.Context, *pipeline.Workspace) error {
		return func(ctx context.Context, w *pipeline.Workspace) error {
			_, err := w.UnpostNotice(ctx, pipeline.NoticeRequest{Quarter: q3, Village: village, Why: "登记错了"})
			return err
		}
	}
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83
		A2     赵五谷 40000    352.67`)
	s.cleared()
	s.do(unpost("北坡村"))
	s.refused("有变化", s.approval()) // the draft would pay a list that does not hang
	s.ran()
	s.wantPayments(`2026Q3-01-00001 张大山 440.83 draft`)
	s.approve()
	s.refused("不能撤销张贴登记", unpost("南坡村"))
	s.refused("没有登记过张贴", unpost("北坡村"))
	s.sent("2026Q3-01")
	s.returned("回盘.csv", s.answers("2026Q3-01", map[string]string{"张大山": "销户"}))
	s.refused("不能撤销张贴登记", unpost("")) // failed, too: it is paid again without a notice

	s.post("北坡村")
	s.on("2026-10-16")
	s.ran()
	s.wantPayments(`
		2026Q3-01-00001 张大山 440.83 failed
		2026Q3-02-00001 赵五谷 352.67 draft
		2026Q3-02-00002 张大山 440.83 draft`)
}
