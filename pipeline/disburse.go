package pipeline

import (
	"fmt"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// disburseStage drafts a batch from everything that is payable and cleared
// (policy.md §7). A draft is drawn anew until its first approval; from then on
// only a change to one of its members touches it, and voids it.
var disburseStage = stage{
	name: "disburse", version: 1,
	inputs: func(a *attempt) (map[string]string, error) {
		m := marks{tx: a.tx}
		quarters, err := a.quartersUpTo()
		if err != nil {
			return nil, err
		}
		cleared := ""
		for _, q := range quarters {
			cleared += m.of(a.tx.MarkCleared(q, a.opt.Today))
		}
		inputs := map[string]string{
			"judgements": m.of(a.tx.MarkResult(a.quarter, "validate")),
			"amounts":    m.of(a.tx.MarkResult(a.quarter, "compute")),
			"history":    m.of(a.tx.MarkEarlierResults(a.quarter, "validate")) + m.of(a.tx.MarkEarlierResults(a.quarter, "compute")),
			"cleared":    outbox.Digest([]byte(cleared))[:16],
			"objections": m.of(a.tx.MarkObjections(a.quarter)),
			"payments":   m.of(a.tx.MarkPayments()),
			"adjusted":   m.of(a.tx.MarkAdjustments()),
			"settings":   fmt.Sprint(a.job.County, a.job.Office, a.job.Approvals, a.job.Payment),
		}
		return inputs, m.err
	},
	settle: disburse,
	render: renderDraft,
	waits:  waitForApproval,
}

func disburse(a *attempt) error {
	if err := a.voidChanged(); err != nil {
		return err
	}
	batches, err := a.tx.Batches(a.quarter)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if b.State == "draft" {
			if err := a.tx.DropDraft(b.ID); err != nil {
				return err
			}
		}
	}
	payees, err := a.payees()
	if err != nil {
		return err
	}
	a.tx.Release(keptLoans, a.quarter)      // which publish read: nobody asks for all of them again
	a.tx.Release("entitlements", a.quarter) // the report adds up what it needs of them
	a.took = len(payees)
	a.tally["total"] = "0.00"
	batch := ledger.Batch{Quarter: a.quarter, Number: nextNumber(batches)}
	batch.Name = fmt.Sprintf("%s-%02d", a.quarter, batch.Number)
	digest, total := newMemberDigest(), values.Fen(0)
	for p := range rows(batch.Name, payees) {
		digest.add(&p)
		total += p.Amount
		a.gave++
	}
	if a.gave == 0 {
		return nil
	}
	batch.Digest = digest.sum()
	id, err := a.tx.AddBatch(batch)
	if err != nil {
		return err
	}
	a.tally["total"], a.tally["batch"], a.tally["members"] = total.String(), batch.Name, batch.Digest
	return a.tx.AddPayments(id, rows(batch.Name, payees))
}

// nextNumber is above every number that somebody has approved once.
func nextNumber(batches []ledger.Batch) int {
	number := 0
	for _, b := range batches {
		if b.State != "draft" {
			number = max(number, b.Number)
		}
	}
	return number + 1
}

// voidChanged takes back approved batches of which a member has changed: the
// money is no longer due as it was approved, or would go to another account.
func (a *attempt) voidChanged() error {
	batches, err := a.tx.Batches(a.quarter)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if b.State != "signing" && b.State != "approved" {
			continue
		}
		changed, err := a.changedMembers(b)
		if err != nil {
			return err
		}
		if len(changed) == 0 {
			continue
		}
		why := values.Say("%d 笔在审批后有变化，首笔为流水号 %s", "%d payments changed after approval, first number %s", len(changed), changed[0])
		if err := a.voidBatch(b, why.Chinese); err != nil {
			return err
		}
		a.say(Event{Kind: Warning, Quarter: a.quarter, Stage: a.stage,
			Text: values.Say("批次 %s 已作废：%s。请不要再导入它的文件，按新批次重新审批。", "Batch %s is void: %s. Do not import its files; approve the new batch.", b.Name, why.Chinese)})
	}
	return nil
}

// voidBatch voids an unsent batch and takes its files away.
func (a *attempt) voidBatch(b ledger.Batch, why string) error {
	if err := a.tx.VoidBatch(b.ID, why); err != nil {
		return err
	}
	if err := a.withdrawBatch(b.Name); err != nil {
		return err
	}
	return a.tx.Record("void", b.Name, map[string]string{"why": why})
}

// changedMembers are the numbers of the batch's payments that have changed.
func (a *attempt) changedMembers(b ledger.Batch) ([]string, error) {
	quarters, err := a.quartersUpTo()
	if err != nil {
		return nil, err
	}
	for _, q := range quarters {
		if some, err := a.tx.Overpaid(q); err != nil {
			return nil, err
		} else if some { // whatever the payment, somebody may owe
			var all []ledger.Payment
			err := a.tx.PaymentsOfBatch(b.ID, func(p ledger.Payment) error { all = append(all, p); return nil })
			if err != nil {
				return nil, err
			}
			return a.changedAmong(all, quarters)
		}
	}
	doubted, err := a.tx.MembersInDoubt(b.ID)
	if err != nil || len(doubted) == 0 {
		return nil, err
	}
	return a.changedAmong(doubted, quarters)
}

func (a *attempt) changedAmong(payments []ledger.Payment, quarters []values.Quarter) (numbers []string, err error) {
	accounts, err := accounts(a.tx, quarters)
	if err != nil {
		return nil, err
	}
	standing := map[values.Quarter]loanIndex{}
	for _, q := range quarters {
		if !slices.ContainsFunc(payments, func(p ledger.Payment) bool {
			return slices.ContainsFunc(p.Parts, func(part ledger.Part) bool { return part.Quarter == q })
		}) {
			continue
		}
		all, err := loans(a.tx, q)
		if err != nil {
			return nil, err
		}
		standing[q] = newLoanIndex(all)
	}
	for _, p := range payments {
		if memberChanged(p, standing, accounts) {
			numbers = append(numbers, p.Number)
		}
	}
	return numbers, nil
}

// memberChanged tells whether a payment of an approved batch is no longer what
// was approved: a loan's lines have changed, less of it is due or less is to be
// taken back, a payment hold has come up, or the money would go elsewhere. What
// has become payable besides goes to the next batch and changes nothing.
// Where no loan is overpaid, ledger.Tx.MembersInDoubt finds all for which this
// can be so.
func memberChanged(p ledger.Payment, standing map[values.Quarter]loanIndex, accounts accountList) bool {
	goesThere := false
	for _, part := range p.Parts {
		paid, c, l := part.Shares.Total(), accounts.of(part.Quarter, part.Loan), standing[part.Quarter].loan(part.Loan)
		if paid < 0 && c.total() > 0 || paid > 0 && (c.total() < 0 || c.facts != part.Facts) {
			return true
		}
		if paid <= 0 {
			continue
		}
		if l == nil || len(l.blocked) > 0 || l.person != p.Person {
			return true
		}
		goesThere = goesThere || l.account == p.Account && l.payoutBank == p.PayoutBank && l.payee == p.Name
	}
	return !goesThere
}
