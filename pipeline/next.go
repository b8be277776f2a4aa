package pipeline

import (
	"slices"
	"strings"

	"tiexi/formats/onecard"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// next says what is to be done now, and who must do it.
func (w *Workspace) next(tx *ledger.Tx, q values.Quarter) (steps []values.Text, err error) {
	a := &attempt{Workspace: w, tx: tx, quarter: q}
	for _, say := range []func() (values.Text, error){a.nextReturned, a.nextHeld, a.nextPosting, a.nextNotice, a.nextApproval, a.nextSending, a.nextReturn, a.nextDoubted, a.nextStopped, a.nextAdjustments, a.nextRecovery, a.nextFund} {
		step, err := say()
		if err != nil {
			return nil, err
		}
		if !step.IsZero() {
			steps = append(steps, step)
		}
	}
	if len(steps) == 0 {
		steps = append(steps, values.Say("%s 没有待办事项。", "Nothing is left to do for %s.", q))
	}
	return steps, nil
}

func (a *attempt) nextReturned() (values.Text, error) {
	counts, err := a.tx.LineCounts(a.quarter)
	if n := counts[values.Returned]; err == nil && n > 0 {
		return values.Say("县农业农村局：%d 行退回，请把 核验/退回-<银行>.xlsx 发给银行，改正后以更正文件重报。",
			"Agriculture bureau: %d lines are returned; mail 核验/退回-<bank>.xlsx to the banks, who correct and send again.", n), nil
	}
	return values.Text{}, err
}

func (a *attempt) nextHeld() (values.Text, error) {
	counts, err := a.tx.LineCounts(a.quarter)
	if n := counts[values.Held]; err == nil && n > 0 {
		return values.Say("县农业农村局：%d 行待核，请在 核验/问题清单.xlsx 填写处理意见后放入收件文件夹，或用 tiexi decide。",
			"Agriculture bureau: %d lines are held; fill in 核验/问题清单.xlsx and drop it into the inbox, or use `tiexi decide`.", n), nil
	}
	return values.Text{}, err
}

func (a *attempt) nextPosting() (values.Text, error) {
	lists, err := a.tx.NoticeLists(a.quarter)
	printed := 0
	for _, l := range lists {
		if !l.Posted {
			printed++
		}
	}
	if printed == 0 {
		return values.Text{}, err
	}
	return values.Say("乡镇、村：%d 份公示清单已生成，请打印张贴，然后登记：tiexi notice posted --on 张贴日期。",
		"Townships and villages: %d notice lists are ready; print and post them, then record it: tiexi notice posted --on DATE.", printed), err
}

func (a *attempt) nextNotice() (values.Text, error) {
	lists, err := a.tx.NoticeLists(a.quarter)
	running, first := 0, values.Date(0)
	for _, l := range lists {
		if l.Posted && l.PayableOn > a.opt.Today {
			running++
			if first == 0 || l.PayableOn < first {
				first = l.PayableOn
			}
		}
	}
	if running == 0 {
		return values.Text{}, err
	}
	return values.Say("公示中：%d 份清单，最早 %s 起可以发放，届时再运行 tiexi run。",
		"Notice is running for %d lists; the earliest can be paid from %s, run again then.", running, first), err
}

func (a *attempt) nextApproval() (values.Text, error) {
	batches, err := a.tx.Batches(a.quarter)
	i := slices.IndexFunc(batches, func(b ledger.Batch) bool { return b.State == "draft" || b.State == "signing" })
	if i < 0 {
		return values.Text{}, err
	}
	return values.Say("审批人：批次 %[1]s 待审批，请核对 发放/%[1]s-审批单.xlsx，同意后运行 tiexi approve。",
		"Approver: batch %[1]s waits for approval; check 发放/%[1]s-审批单.xlsx, then run `tiexi approve`.", batches[i].Name), err
}

func (a *attempt) nextSending() (values.Text, error) {
	batches, err := a.tx.Batches(a.quarter)
	i := slices.IndexFunc(batches, func(b ledger.Batch) bool { return b.State == "approved" })
	if i < 0 {
		return values.Text{}, err
	}
	name, file := batches[i].Name, batchPath(batches[i].Name, ".xlsx")
	if a.profile().Name != onecard.Default().Name {
		file = batchPath(name, "*") // its own extensions, perhaps a file for each township
	}
	return values.Say("县财政局：批次 %[1]s 已审批，请把 %[2]s 导入一卡通平台，然后登记：tiexi mark-sent %[1]s --on 发送日期。",
		"Finance bureau: batch %[1]s is approved; import %[2]s into the One-Card platform, then record it: tiexi mark-sent %[1]s --on DATE.", name, file), err
}

func (a *attempt) nextReturn() (values.Text, error) {
	waiting, total, err := a.tx.Unanswered(a.quarter)
	if waiting == 0 {
		return values.Text{}, err
	}
	return values.Say("县财政局：%d 笔共 %s 元已发送、结果未知，收到回盘后运行 tiexi return 文件。",
		"Finance bureau: %d payments (%s yuan) are sent and unanswered; when the return file comes, run `tiexi return FILE`.", waiting, total.Grouped()), err
}

// nextDoubted warns before money goes out a second time: a later return file
// said that a failed payment was paid.
func (a *attempt) nextDoubted() (values.Text, error) {
	failed, err := a.tx.FailedUnmended()
	if err != nil || len(failed) == 0 {
		return values.Text{}, err
	}
	rows, err := a.tx.ReturnRows(a.quarter, rowConflict)
	var doubted []string
	for _, p := range failed {
		if slices.ContainsFunc(rows, func(r ledger.ReturnRow) bool { return r.Number == p.Number && r.Result == "paid" }) {
			doubted = append(doubted, p.Number)
		}
	}
	if err != nil || len(doubted) == 0 {
		return values.Text{}, err
	}
	return values.Say("县财政局：%d 笔登记为失败，后来的回盘又说成功（流水号 %s）；再次发放之前请先向平台核实。",
		"Finance bureau: %d payments are recorded as failed, and a later return file says paid (numbers %s); ask the platform before they are paid again.", len(doubted), someOf(doubted)), nil
}

func (a *attempt) nextStopped() (values.Text, error) {
	stopped, err := a.tx.Stopped(a.quarter)
	if err != nil || stopped == 0 {
		return values.Text{}, err
	}
	return values.Say("县农业农村局：%s 元因缺少账户、账户不符或异议暂停发放，请补正（tiexi findings 列出原因）。",
		"Agriculture bureau: %s yuan are stopped for want of an account or by an objection; see `tiexi findings`.", stopped.Grouped()), nil
}

func (a *attempt) nextAdjustments() (values.Text, error) {
	waiting, total, err := a.openAdjustments()
	if err != nil || waiting == 0 {
		return values.Text{}, err
	}
	return values.Say("县农业农村局：%d 笔贷款多付共 %s 元，不是因为自身明细变化，请逐笔决定：tiexi recover 或 tiexi waive。",
		"Agriculture bureau: %d loans were overpaid by %s yuan through no change of their own; decide each: `tiexi recover` or `tiexi waive`.", waiting, total.Grouped()), nil
}

func (a *attempt) openAdjustments() (count int, total values.Fen, err error) {
	if some, err := a.tx.Overpaid(a.quarter); err != nil || !some {
		return 0, 0, err
	}
	err = eachAccount(a.tx, a.quarter, func(c account) error {
		if c.waitsForWord() {
			count++
			total -= c.total()
		}
		return nil
	})
	return count, total, err
}

// nextRecovery lists what is carried forward: set off against the next payment
// to the same people, and to be asked back from those who get none.
func (a *attempt) nextRecovery() (values.Text, error) {
	owed, err := overpaid(a.tx, a.quarter)
	var contracts []string
	total := values.Fen(0)
	for _, c := range owed {
		contracts = append(contracts, c.Contract)
		total -= c.total()
	}
	if err != nil || total == 0 {
		return values.Text{}, err
	}
	return values.Say("县财政局：%d 笔贷款多付共 %s 元（合同 %s），将从本人以后的发放中抵扣；以后不再有发放的，请向本人追回。",
		"Finance bureau: %d loans were overpaid by %s yuan (contracts %s); it is set off against the payees' next payments, or to be asked back where there are none.",
		len(contracts), total.Grouped(), someOf(contracts)), nil
}

// someOf names a few of many.
func someOf(names []string) string {
	const few = 6
	if len(names) > few {
		names = append(names[:few:few], "…")
	}
	return strings.Join(names, "、")
}

// waitForNotice is what publish waits for: lists that are not posted yet.
func waitForNotice(a *attempt) (values.Text, error) { return a.nextPosting() }

// waitForApproval is what disburse waits for: a notice that runs, an approval.
func waitForApproval(a *attempt) (values.Text, error) {
	if approval, err := a.nextApproval(); err != nil || !approval.IsZero() {
		return approval, err
	}
	return a.nextNotice()
}

// waitForReturn is what reconcile waits for: the platform's answer.
func waitForReturn(a *attempt) (values.Text, error) { return a.nextReturn() }
