package pipeline

import (
	"context"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// AdjustRequest decides about money that was paid and is no longer due although
// the loan's own lines did not change.
type AdjustRequest struct {
	Quarter  values.Quarter
	Contract string
	Bank     string
	Why      string
	DryRun   bool
}

// Recover lets the overpayment be set off against the payee's next payments.
func (w *Workspace) Recover(ctx context.Context, r AdjustRequest) (values.Fen, error) {
	return w.adjust(ctx, r, "recover")
}

// Waive leaves the overpayment with the payee.
func (w *Workspace) Waive(ctx context.Context, r AdjustRequest) (values.Fen, error) {
	return w.adjust(ctx, r, "waive")
}

func (w *Workspace) adjust(ctx context.Context, r AdjustRequest, verdict string) (over values.Fen, err error) {
	if r.Why == "" {
		return 0, needWhy()
	}
	err = w.act(ctx, r.Quarter, "adjust", r.DryRun, func(a *attempt) error {
		var waiting []account
		err := eachAccount(a.tx, r.Quarter, func(c account) error {
			if c.waitsForWord() && c.Contract == values.FoldText(r.Contract) && (r.Bank == "" || c.Bank == r.Bank) {
				waiting = append(waiting, c)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(waiting) != 1 {
			return values.Refuse(
				values.Say("合同 %s 没有等待决定的多付款项（或有几家银行，请加 --bank）。", "Contract %s has no overpayment that waits for a decision (or several banks have it: add --bank).", r.Contract),
				values.Say("tiexi status 说明哪些在等待；自身明细更正引起的多付自动抵扣，不需要决定。", "`tiexi status` says what waits; overpayments that a loan caused itself are set off without a decision."))
		}
		c := waiting[0]
		over = -c.total()
		adjustment := ledger.Adjustment{Quarter: r.Quarter, Loan: c.Loan, Verdict: verdict, Amount: over, Due: c.due.sum().Total(), Why: r.Why}
		if verdict == "waive" {
			adjustment.Waived = map[string]values.Shares{}
			for _, p := range c.payable() {
				adjustment.Waived[p.policy] = values.Shares{}.Minus(p.Shares)
			}
		}
		if err := a.tx.AddAdjustment(adjustment); err != nil {
			return err
		}
		return a.tx.Record(verdict, r.Quarter.String()+" "+c.Bank+" "+c.Contract, map[string]any{"amount": over, "why": r.Why})
	})
	return over, err
}

// SettleByHand records a payment's outcome from a signed statement, where no
// return file says it.
func (w *Workspace) SettleByHand(ctx context.Context, number string, paid bool, why string, dryRun bool) error {
	if why == "" {
		return needWhy()
	}
	q, err := values.ParseQuarter(number[:min(6, len(number))])
	if err != nil {
		return noPayment(number)
	}
	return w.act(ctx, q, "settle-by-hand", dryRun, func(a *attempt) error {
		p, ok, err := a.tx.PaymentNumbered(number)
		if err != nil {
			return err
		}
		if !ok {
			return noPayment(number)
		}
		if p.State != "sent" {
			return values.Refuse(values.Say("流水号 %s 不是已发送、结果未知的款项。", "Payment %s is not one that was sent and is unanswered.", number),
				values.Say("已审批的批次请先登记发送：tiexi mark-sent；已有结果的不能改。", "Record an approved batch as sent first (`tiexi mark-sent`); a settled outcome stays."))
		}
		state, reason := "paid", ""
		if !paid {
			state, reason = "failed", why
		}
		if err := a.tx.SettlePayment(p.ID, state, reason, w.opt.Today); err != nil {
			return err
		}
		return a.tx.Record("settle-by-hand", number, map[string]any{"state": state, "why": why})
	})
}

func noPayment(number string) error {
	return values.Refuse(values.Say("没有流水号 %s。", "There is no payment %s.", number),
		values.Say("流水号形如 2026Q3-01-00001；tiexi payments 列出所有款项。", "Numbers look like 2026Q3-01-00001; `tiexi payments` lists them."))
}

// Recheck asks that the quarter's paid lines be judged again by the next run,
// with today's roster and policies.
func (w *Workspace) Recheck(ctx context.Context, q values.Quarter, why string, dryRun bool) error {
	if why == "" {
		return needWhy()
	}
	return w.act(ctx, q, "recheck", dryRun, func(a *attempt) error {
		if err := a.tx.AddRecheck(q, why); err != nil {
			return err
		}
		return a.tx.Record("recheck", q.String(), map[string]any{"why": why})
	})
}
