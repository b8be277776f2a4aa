package pipeline

import (
	"context"
	"errors"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// ApproveRequest asks to approve the quarter's drafted batch.
type ApproveRequest struct {
	Quarter values.Quarter
	Digest  string // if set, the members' digest that must be meant
	DryRun  bool
}

// ApproveReport says what was approved.
type ApproveReport struct {
	Batch    string
	Digest   string
	Payments int
	Total    values.Fen
	Given    int // approvals recorded, this one included
	Needed   int
	Files    []string // written, full paths; none until everyone has approved
}

// Approve records the operator's approval. The first one freezes the batch by
// its digest; the last one that is needed writes the payment file.
func (w *Workspace) Approve(ctx context.Context, r ApproveRequest) (*ApproveReport, error) {
	var report *ApproveReport
	err := w.act(ctx, r.Quarter, "approve", r.DryRun, func(a *attempt) error {
		batch, err := a.batchToApprove(r)
		if err != nil {
			return err
		}
		report = &ApproveReport{Batch: batch.Name, Digest: batch.Digest, Needed: w.job.Approvals}
		if report.Payments, report.Total, err = a.tx.BatchSums(batch.ID); err != nil {
			return err
		}
		approvals, err := a.tx.Approvals(batch.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(approvals, func(x ledger.Approval) bool { return x.Operator == w.opt.Operator }) {
			return values.Refuse(
				values.Say("%s 已经审批过批次 %s。", "%s has approved batch %s already.", w.opt.Operator, batch.Name),
				values.Say("还需要另一个人审批：请由他本人运行 tiexi approve（或用 --operator 写明姓名）。", "Another person has to approve it: let them run `tiexi approve` (or name them with --operator)."))
		}
		report.Given = len(approvals) + 1
		if err := a.tx.AddApproval(batch.ID, batch.Digest); err != nil {
			return err
		}
		if len(approvals) == 0 {
			if err := a.tx.FreezeBatch(batch.ID); err != nil {
				return err
			}
		}
		if report.Given >= w.job.Approvals {
			if err := a.tx.ApproveBatch(batch.ID); err != nil {
				return err
			}
			if err := a.writePaymentFiles(batch); err != nil {
				return err
			}
		}
		return a.tx.Record("approve", batch.Name, map[string]any{"digest": batch.Digest, "payments": report.Payments, "total": report.Total, "given": report.Given, "needed": report.Needed})
	})
	if err == nil && report.Given >= report.Needed && !r.DryRun {
		report.Files, err = w.batchFiles(ctx, r.Quarter, report.Batch)
	}
	return report, err
}

func (a *attempt) batchToApprove(r ApproveRequest) (batch ledger.Batch, err error) {
	batches, err := a.tx.Batches(a.quarter)
	if err != nil {
		return batch, err
	}
	i := slices.IndexFunc(batches, func(b ledger.Batch) bool { return b.State == "signing" })
	if i < 0 {
		i = slices.IndexFunc(batches, func(b ledger.Batch) bool { return b.State == "draft" })
	}
	if i < 0 {
		return batch, values.Refuse(
			values.Say("%s 没有等待审批的批次。", "There is no batch waiting for approval in %s.", a.quarter),
			values.Say("公示期满后运行 tiexi run 生成批次；tiexi status 说明还在等什么。", "`tiexi run` drafts one when a notice has run; `tiexi status` says what is waited for."))
	}
	batch = batches[i]
	if r.Digest != "" && r.Digest != batch.Digest {
		return batch, values.Refuse(
			values.Say("批次 %s 的摘要是 %s，与 --digest 不同：审批单打印之后批次有变化。", "Batch %s has digest %s, not the one of --digest: it changed after the approval sheet was printed.", batch.Name, batch.Digest),
			values.Say("请核对新的审批单后再审批。", "Check the new approval sheet, then approve."))
	}
	return batch, a.stillStands(batch)
}

// stillStands refuses to approve a draft that a run would draw anew, and a
// batch that some have approved already and that a run would void.
func (a *attempt) stillStands(b ledger.Batch) error {
	checked := []stage{validateStage, computeStage, publishStage, disburseStage}
	if b.State == "signing" {
		checked = checked[:2] // later villages and later payments do not touch it
	}
	for _, s := range checked {
		at := &attempt{Workspace: a.Workspace, ctx: a.ctx, tx: a.tx, quarter: a.quarter, stage: s.name}
		inputs, err := s.inputs(at)
		if err != nil {
			return err
		}
		last, ran, err := a.tx.LastStage(a.quarter, s.name)
		if err != nil {
			return err
		}
		if why := whyRun(s, last, ran, inputs); !why.IsZero() {
			return outOfDate(why)
		}
	}
	if b.State != "signing" {
		return nil
	}
	changed, err := a.changedMembers(b)
	if err == nil && len(changed) > 0 {
		err = outOfDate(values.Say("流水号 %s 有变化", "payment %s has changed", changed[0]))
	}
	return err
}

func outOfDate(why values.Text) error {
	return &values.Fault{Kind: values.FaultRefused,
		What: values.Text{Chinese: "批次生成之后情况有变化，不能审批（" + why.Chinese + "）。", English: "The batch is out of date and cannot be approved (" + why.English + ")."},
		Hint: values.Say("请先运行 tiexi run，核对新的审批单，再审批。", "Run `tiexi run`, check the new approval sheet, then approve.")}
}

func (w *Workspace) batchFiles(ctx context.Context, q values.Quarter, batch string) (files []string, err error) {
	err = w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		outputs, err := tx.Outputs(q)
		for _, o := range outputs {
			if o.SHA256 != "" && belongsToBatch(o.Path, batch) {
				files = append(files, w.out.FullPath(o.Path))
			}
		}
		return err
	})
	return files, err
}

// MarkSent records that finance has sent an approved batch.
func (w *Workspace) MarkSent(ctx context.Context, batch string, on values.Date, dryRun bool) error {
	return w.actOnBatch(ctx, batch, dryRun, func(a *attempt, b ledger.Batch) error {
		if b.State != "approved" {
			return wrongState(b, values.Say("只有已审批、未发送的批次可以标记为已发送。", "Only an approved, unsent batch can be marked as sent."))
		}
		if on > w.opt.Today {
			return values.Refuse(values.Say("发送日期 %s 晚于今天 %s。", "The day of sending %s is after today %s.", on, w.opt.Today),
				values.Say("请填写实际发送的日期。", "Give the day on which it was really sent."))
		}
		if err := a.tx.SendBatch(b.ID, on); err != nil {
			return err
		}
		return a.tx.Record("mark-sent", b.Name, map[string]any{"on": on})
	})
}

// Void takes back a batch that was approved and not sent.
func (w *Workspace) Void(ctx context.Context, batch, why string, dryRun bool) error {
	if why == "" {
		return needWhy()
	}
	return w.actOnBatch(ctx, batch, dryRun, func(a *attempt, b ledger.Batch) error {
		if b.State != "approved" && b.State != "signing" {
			return wrongState(b, values.Say("只有已审批、未发送的批次可以作废。", "Only an approved, unsent batch can be voided."))
		}
		return a.voidBatch(b, why)
	})
}

func wrongState(b ledger.Batch, rule values.Text) error {
	state := batchStates[b.State]
	return &values.Fault{Kind: values.FaultRefused,
		What: values.Text{Chinese: "批次 " + b.Name + " 的状态是" + state.Chinese + "。", English: "Batch " + b.Name + " is " + state.English + "."},
		Hint: rule}
}

var batchStates = map[string]values.Text{
	"draft":    values.Say("待审批", "a draft"),
	"signing":  values.Say("审批中", "being approved"),
	"approved": values.Say("已审批", "approved"),
	"sent":     values.Say("已发送", "sent"),
	"void":     values.Say("已作废", "void"),
}

func needWhy() error {
	return &values.Fault{Kind: values.FaultConfig,
		What: values.Say("请用 --why 写明原因。", "Give the reason with --why."),
		Hint: values.Say("原因会记入审计日志。", "It is kept in the audit log.")}
}

func (w *Workspace) actOnBatch(ctx context.Context, name string, dryRun bool, do func(*attempt, ledger.Batch) error) error {
	q, err := values.ParseQuarter(name[:min(len(name), 6)])
	if err != nil {
		return noBatch(name)
	}
	return w.act(ctx, q, "batch", dryRun, func(a *attempt) error {
		b, ok, err := a.tx.BatchNamed(name)
		if err != nil {
			return err
		}
		if !ok {
			return noBatch(name)
		}
		return do(a, b)
	})
}

func noBatch(name string) error {
	return values.Refuse(values.Say("没有批次 %s。", "There is no batch %s.", name),
		values.Say("批次号形如 2026Q3-01；tiexi payments 列出所有批次。", "Batches are named like 2026Q3-01; `tiexi payments` lists them."))
}

// act runs something a person asked for in one transaction, with its files;
// a dry run does everything and then takes it back.
func (w *Workspace) act(ctx context.Context, q values.Quarter, name string, dryRun bool, do func(*attempt) error) error {
	if err := w.recover(ctx); err != nil {
		return err
	}
	files := w.out.Stage()
	err := w.write(ctx, func(tx *ledger.Tx) error {
		a := &attempt{Workspace: w, ctx: ctx, tx: tx, quarter: q, stage: name, files: files, tally: map[string]string{}}
		if err := do(a); err != nil {
			return err
		}
		w.point(name + ":settled")
		if dryRun {
			return errDryRun
		}
		return a.refreshReport()
	})
	if err != nil {
		files.Discard()
		if errors.Is(err, errDryRun) {
			return nil
		}
		return err
	}
	w.point(name + ":committed")
	if err := files.Promote(); err != nil {
		return cannotWrite(err)
	}
	return w.writeManifests(ctx, q)
}
