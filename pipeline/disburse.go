package pipeline

import (
	"encoding/json"
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
		inputs := map[string]string{
			"judgements": m.of(a.tx.MarkResult(a.quarter, "validate")),
			"amounts":    m.of(a.tx.MarkResult(a.quarter, "compute")),
			"history":    m.of(a.tx.MarkEarlierResults(a.quarter, "compute")),
			"cleared":    m.of(a.tx.MarkCleared(a.quarter, a.opt.Today)),
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
	payments, err := a.rows(payees)
	if err != nil {
		return err
	}
	a.took = len(payees)
	a.tally["total"] = "0.00"
	if len(payments) == 0 {
		return nil
	}
	batch := ledger.Batch{Quarter: a.quarter, Number: nextNumber(batches)}
	batch.Name = fmt.Sprintf("%s-%02d", a.quarter, batch.Number)
	total := values.Fen(0)
	for i := range payments {
		payments[i].Position = i + 1
		payments[i].Number = fmt.Sprintf("%s-%05d", batch.Name, i+1)
		total += payments[i].Amount
	}
	batch.Digest = memberDigest(payments)
	id, err := a.tx.AddBatch(batch)
	if err != nil {
		return err
	}
	a.gave, a.tally["total"], a.tally["batch"], a.tally["members"] = len(payments), total.String(), batch.Name, batch.Digest
	return a.tx.AddPayments(id, payments)
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

// memberDigest names a batch by everything that its approval is about.
func memberDigest(payments []ledger.Payment) string {
	var members []any
	for _, p := range payments {
		parts := slices.Clone(p.Parts)
		slices.SortFunc(parts, ledger.ComparePart)
		for i := range parts {
			parts[i].Payment = 0 // a row of the ledger, which a draft has none of yet
		}
		members = append(members, []any{p.Number, p.Person.Whole(), p.Name, p.PayoutBank, p.Account.Whole(), p.Amount, p.Mends, parts})
	}
	text, _ := json.Marshal(members)
	return outbox.Digest(text)
}

// payee is a person with what is payable to them now.
type payee struct {
	person   values.ResidentID
	name     string
	township string
	village  string
	bank     string
	account  values.Account
	accounts []*account      // with something payable, cleared where it is positive
	mends    *ledger.Payment // the failed payment to be paid again, if any
}

// payees gathers, person by person, what may be paid in this batch: the
// quarter's positive accounts that are cleared and not stopped, and what is to
// be taken back from the same people, of this quarter or an earlier one.
func (a *attempt) payees() ([]*payee, error) {
	all, err := loans(a.tx, a.quarter)
	if err != nil {
		return nil, err
	}
	quarters, err := a.quartersUpTo()
	if err != nil {
		return nil, err
	}
	accounts, err := accounts(a.tx, quarters)
	if err != nil {
		return nil, err
	}
	cleared, err := clearedAmounts(a.tx, a.quarter, a.opt.Today)
	if err != nil {
		return nil, err
	}
	byPerson := map[values.ResidentID]*payee{}
	var order []*payee
	for _, l := range all {
		c := accounts[accountKey{a.quarter, l.Loan}]
		if c == nil {
			continue
		}
		total := c.total()
		if total == 0 && len(c.payable()) == 0 || c.waitsForWord() || total > 0 && (cleared[l.Loan] < l.total || len(l.blocked) > 0) {
			continue
		}
		p := byPerson[l.person]
		if p == nil {
			p = &payee{person: l.person, name: l.payee, township: l.township, village: l.village, bank: l.payoutBank, account: l.account}
			byPerson[l.person] = p
			order = append(order, p)
		}
		if total > 0 { // the account of a loan that is paid, not of one that is only set off
			p.bank, p.account, p.name = l.payoutBank, l.account, l.payee
		}
		p.accounts = append(p.accounts, c)
		delete(accounts, accountKey{a.quarter, l.Loan})
	}
	if err := a.setOff(accounts, byPerson); err != nil {
		return nil, err
	}
	return order, a.mend(byPerson)
}

func (a *attempt) quartersUpTo() ([]values.Quarter, error) {
	all, err := a.tx.Quarters()
	return slices.DeleteFunc(all, func(q values.Quarter) bool { return a.quarter.Before(q) }), err
}

// setOff gives payees what is to be taken back on loans that are due nothing
// any more, or on earlier quarters' loans.
func (a *attempt) setOff(rest map[accountKey]*account, byPerson map[values.ResidentID]*payee) error {
	owners, err := a.tx.PayeesOfLoans()
	if err != nil {
		return err
	}
	for _, c := range sortedAccounts(rest) {
		if c.total() >= 0 || c.waitsForWord() {
			continue
		}
		if p := byPerson[owners[ledger.LoanQuarter{Quarter: c.quarter, Loan: c.Loan}]]; p != nil {
			p.accounts = append(p.accounts, c)
		}
	}
	return nil
}

// mend links payees to failed payments that are to be paid again.
func (a *attempt) mend(byPerson map[values.ResidentID]*payee) error {
	failed, err := a.tx.FailedUnmended()
	if err != nil {
		return err
	}
	for i := range failed {
		if p := byPerson[failed[i].Person]; p != nil && failed[i].Number[:6] == a.quarter.String() {
			p.mends = &failed[i]
		}
	}
	return nil
}

// clearedAmounts is, loan by loan, the highest amount on a posted list whose
// notice has run by that day.
func clearedAmounts(tx *ledger.Tx, q values.Quarter, on values.Date) (map[values.Loan]values.Fen, error) {
	lists, err := tx.NoticeLists(q)
	if err != nil {
		return nil, err
	}
	clear := map[int64]bool{}
	for _, l := range lists {
		clear[l.ID] = l.Posted && l.PayableOn <= on
	}
	items, err := tx.NoticeItems(q)
	if err != nil {
		return nil, err
	}
	cleared := map[values.Loan]values.Fen{}
	for _, item := range items {
		if clear[item.List] {
			cleared[item.Loan] = max(cleared[item.Loan], item.Amount)
		}
	}
	return cleared, nil
}

// rows nets each payee's accounts into one payment; a net of zero or less gives
// no row and is carried forward.
func (a *attempt) rows(payees []*payee) ([]ledger.Payment, error) {
	var rows []ledger.Payment
	for _, p := range payees {
		row := ledger.Payment{Person: p.person, Name: p.name, Township: p.township, Village: p.village, PayoutBank: p.bank, Account: p.account}
		if p.mends != nil {
			row.Mends = p.mends.ID
		}
		for _, c := range p.accounts {
			shares := c.payable()
			if p.mends != nil {
				shares = atMost(shares, failedShares(p.mends, c))
			}
			row.Parts = append(row.Parts, c.parts(shares)...)
			row.Amount += sumShares(shares).Total()
		}
		if row.Amount > 0 {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func failedShares(failed *ledger.Payment, c *account) map[string]values.Shares {
	shares := map[string]values.Shares{}
	for _, part := range failed.Parts {
		if part.Loan == c.Loan && part.Quarter == c.quarter {
			shares[part.Policy] = part.Shares
		}
	}
	return shares
}

// atMost limits a second payment to the failed row: what has become payable
// since goes to the next batch.
func atMost(payable, failed map[string]values.Shares) map[string]values.Shares {
	limited := map[string]values.Shares{}
	for policy, s := range payable {
		f := failed[policy]
		if s.Total() > f.Total() {
			s = f
		}
		if !s.IsZero() {
			limited[policy] = s
		}
	}
	return limited
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

func (a *attempt) changedMembers(b ledger.Batch) (numbers []string, err error) {
	payments, err := a.tx.PaymentsOfBatch(b.ID)
	if err != nil {
		return nil, err
	}
	all, err := loans(a.tx, a.quarter)
	if err != nil {
		return nil, err
	}
	standing := map[values.Loan]*loanState{}
	for _, l := range all {
		standing[l.Loan] = l
	}
	quarters, err := a.quartersUpTo()
	if err != nil {
		return nil, err
	}
	accounts, err := accounts(a.tx, quarters)
	if err != nil {
		return nil, err
	}
	for _, p := range payments {
		if memberChanged(p, a.quarter, standing, accounts) {
			numbers = append(numbers, p.Number)
		}
	}
	return numbers, nil
}

func memberChanged(p ledger.Payment, q values.Quarter, standing map[values.Loan]*loanState, accounts map[accountKey]*account) bool {
	for _, part := range p.Parts {
		c := accounts[accountKey{part.Quarter, part.Loan}]
		if c == nil || c.total() < 0 && part.Shares.Total() > 0 || c.facts != part.Facts && part.Shares.Total() > 0 {
			return true
		}
		if part.Quarter != q || part.Shares.Total() <= 0 {
			continue
		}
		l := standing[part.Loan]
		if l == nil || len(l.blocked) > 0 || l.account != p.Account || l.payoutBank != p.PayoutBank || l.payee != p.Name {
			return true
		}
	}
	return false
}
