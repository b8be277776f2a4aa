package pipeline

import (
	"context"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// The risk compensation fund (四(四), policy.md §8) stands beside the quarter's
// stages: people open it, pay into it, bring banks' claims and decide them. A
// county without one (一(八)) never meets it. What the fund's entries come to is
// in fund_statement.go, the banks' sheets are read in fund_claims.go.

// fundStage is under which name the fund's files are recorded.
const fundStage = "fund"

// FundEntryRequest adds money: the opening balance, a deposit or interest.
type FundEntryRequest struct {
	Kind   ledger.FundKind
	Amount values.Fen
	On     values.Date
	Why    string // where it comes from
	DryRun bool
}

// FundReport is what a command did to the fund.
type FundReport struct {
	Entry   int64      `json:"entry"` // its number, 0 where nothing was entered
	Amount  values.Fen `json:"amount"`
	Bank    values.Fen `json:"bank"`
	Balance values.Fen `json:"balance"` // of all entries
}

// AddToFund records money that came into the fund.
func (w *Workspace) AddToFund(ctx context.Context, r FundEntryRequest) (*FundReport, error) {
	report := &FundReport{Amount: r.Amount}
	return report, w.onFund(ctx, r.DryRun, func(a *attempt) (from values.Quarter, err error) {
		if r.Amount <= 0 {
			return from, values.Refuse(values.Say("金额 %s 不对，应大于零。", "The amount %s must be above nothing.", r.Amount), values.Text{})
		}
		has, err := a.tx.HasFund()
		switch {
		case err != nil:
			return from, err
		case r.Kind == ledger.FundOpening && has:
			return from, values.Refuse(values.Say("风险补偿金已经建账，不能再建一次。", "The fund is open already."),
				values.Say("后来拨入的用 tiexi fund deposit 登记；登记错了的用 tiexi fund reverse 冲销。", "Record later money with `tiexi fund deposit`; take a mistake back with `tiexi fund reverse`."))
		case r.Kind != ledger.FundOpening && !has:
			return from, noFund()
		}
		if err := a.dayOfFund(r.On, r.Kind == ledger.FundOpening); err != nil {
			return from, err
		}
		report.Entry, err = a.tx.AddFundEntry(ledger.FundEntry{On: r.On, Kind: r.Kind, Amount: r.Amount, Note: r.Why})
		return a.quarterOf(r.On), a.balanceOf(report, err)
	})
}

// ReverseFundEntry takes back an opening, deposit, interest or recovery that was
// entered by mistake. The entry stays; a second one undoes it.
func (w *Workspace) ReverseFundEntry(ctx context.Context, number int64, why string, dryRun bool) (*FundReport, error) {
	if why == "" {
		return nil, needWhy()
	}
	report := &FundReport{}
	return report, w.onFund(ctx, dryRun, func(a *attempt) (from values.Quarter, err error) {
		entries, err := a.tx.FundEntries()
		if err != nil {
			return from, err
		}
		i := slices.IndexFunc(entries, func(e ledger.FundEntry) bool { return e.ID == number })
		if i < 0 || entries[i].Kind == ledger.FundCompensation || entries[i].Kind == ledger.FundReversal ||
			slices.ContainsFunc(entries, func(e ledger.FundEntry) bool { return e.Reverses == number }) {
			return from, values.Refuse(values.Say("编号 %d 不是可以冲销的收入。", "Entry %d is none that can be taken back.", number),
				values.Say("可以冲销一次的是初始余额、拨入、利息和追回；已付的补偿退回时，按追回登记。tiexi fund status 列出编号。",
					"Openings, deposits, interest and recoveries can, once; a compensation that comes back is a recovery. `tiexi fund status` lists the numbers."))
		}
		e := entries[i]
		reversal := ledger.FundEntry{On: a.opt.Today, Kind: ledger.FundReversal, Amount: -e.Amount, Claim: e.Claim, Reverses: e.ID, Note: why}
		if e.Claim != 0 {
			reversal.Amount, reversal.Bank = shareBack(recovered(entries, e.Claim), -(e.Amount + e.Bank))
		}
		if balance := lowest(entries, a.opt.Today); balance < -reversal.Amount {
			return from, overdrawn(balance, -reversal.Amount)
		}
		report.Entry, err = a.tx.AddFundEntry(reversal)
		report.Amount, report.Bank = reversal.Amount, reversal.Bank
		return a.quarterOf(reversal.On), a.balanceOf(report, err)
	})
}

// FundDecision is what a person decides about a waiting claim.
type FundDecision struct {
	Contract string
	Bank     string
	Pay      bool // else refuse
	On       values.Date
	Why      string
	DryRun   bool
}

// DecideClaim pays a waiting claim 7 : 3, or refuses it. A claim past its six
// months is late on our side, and still paid.
func (w *Workspace) DecideClaim(ctx context.Context, d FundDecision) (*FundReport, error) {
	if d.Why == "" {
		return nil, needWhy()
	}
	report := &FundReport{}
	return report, w.onFund(ctx, d.DryRun, func(a *attempt) (from values.Quarter, err error) {
		claim, err := a.waitingClaim(d)
		if err != nil {
			return from, err
		}
		if !d.Pay {
			return a.quarter, a.balanceOf(report, a.tx.RefuseFundClaim(claim.ID, d.Why))
		}
		if err := a.dayOfFund(d.On, false); err != nil {
			return from, err
		}
		if d.On < claim.ReceivedOn {
			return from, values.Refuse(values.Say("支付日期 %s 早于申请收到的日期 %s。", "The day of payment %s is before the claim came in on %s.", d.On, claim.ReceivedOn), values.Text{})
		}
		entries, err := a.tx.FundEntries()
		if err != nil {
			return from, err
		}
		fund, bank := ledger.SharePaid(claim.Amount)
		if balance := lowest(entries, d.On); balance < fund {
			return from, overdrawn(balance, fund)
		}
		report.Entry, err = a.tx.PayFundClaim(claim, d.On, d.Why)
		report.Amount, report.Bank = -fund, -bank
		return a.quarterOf(d.On), a.balanceOf(report, err)
	})
}

func (a *attempt) waitingClaim(d FundDecision) (claim ledger.FundClaim, err error) {
	claims, err := a.tx.FundClaims()
	if err != nil {
		return claim, err
	}
	claims = slices.DeleteFunc(claims, func(c ledger.FundClaim) bool {
		return c.State != "waiting" || c.Loan.Contract != values.FoldText(d.Contract) || d.Bank != "" && c.Loan.Bank != d.Bank
	})
	if len(claims) != 1 {
		return claim, values.Refuse(
			values.Say("合同 %s 没有等待决定的补偿申请（或有几家银行，请加 --bank）。", "Contract %s has no claim that waits for a decision (or several banks have it: add --bank).", d.Contract),
			values.Say("tiexi fund status 列出等待决定的申请；决定过的不能改。", "`tiexi fund status` lists what waits; a decision stays."))
	}
	return claims[0], nil
}

// onFund runs an action on the fund in one transaction, and writes the fund's
// papers anew from the earliest quarter that it touched.
func (w *Workspace) onFund(ctx context.Context, dryRun bool, do func(*attempt) (from values.Quarter, err error)) error {
	today := values.QuarterOf(w.opt.Today, w.job.InterestDay)
	return w.act(ctx, today, fundStage, dryRun, func(a *attempt) error {
		from, err := do(a)
		if err == nil && !dryRun {
			err = a.writeFundPapers(from)
		}
		return err
	})
}

func (a *attempt) quarterOf(day values.Date) values.Quarter {
	return values.QuarterOf(day, a.job.InterestDay)
}

// balanceOf completes a report.
func (a *attempt) balanceOf(report *FundReport, err error) error {
	if err != nil {
		return err
	}
	const lastDay = values.Date(1 << 21) // of the calendar's last years
	report.Balance, err = a.tx.FundBalance(lastDay)
	return err
}

// dayOfFund refuses a day to come, and one before there was a fund.
func (a *attempt) dayOfFund(on values.Date, opening bool) error {
	if !on.Known() || on > a.opt.Today {
		return values.Refuse(values.Say("日期“%s”不对，或晚于今天 %s。", "The day %q is missing or after today %s.", on.String(), a.opt.Today),
			values.Say("请用 --on 写明资金实际进出的日期。", "Give the day on which the money moved with --on."))
	}
	entries, err := a.tx.FundEntries()
	if err == nil && !opening && (len(entries) == 0 || on < entries[0].On) {
		err = noFund()
		if len(entries) > 0 {
			err = values.Refuse(values.Say("%s 还没有风险补偿金：建账日期是 %s。", "There was no fund on %s: it was opened on %s.", on, entries[0].On), values.Text{})
		}
	}
	return err
}

// lowest is the least that the fund holds on a day or later: what can leave it
// on that day.
func lowest(entries []ledger.FundEntry, on values.Date) values.Fen {
	balance, low := values.Fen(0), values.Fen(0)
	for _, e := range entries {
		balance += e.Amount
		if low = min(low, balance); e.On <= on {
			low = balance
		}
	}
	return low
}

func overdrawn(balance, wanted values.Fen) error {
	return values.Refuse(
		values.Say("风险补偿金余额 %s 元，不够支出 %s 元，差 %s 元。", "The fund holds %s yuan, less than the %s yuan to be paid: %s yuan are missing.", balance.Grouped(), wanted.Grouped(), (wanted-balance).Grouped()),
		values.Say("请先补足资金，用 tiexi fund deposit 登记，再支付。", "Put money in, record it with `tiexi fund deposit`, then pay."))
}

func noFund() error {
	return values.Refuse(values.Say("本县没有登记风险补偿金。", "The county has no risk fund on record."),
		values.Say("有风险补偿金的县先建账：tiexi fund open 余额 --on 日期；没有的不需要这些命令。", "Open it with `tiexi fund open AMOUNT --on DATE`; a county without one needs none of these commands."))
}

// recovered is what came back on a claim in all, fund and bank together.
func recovered(entries []ledger.FundEntry, claim int64) (total values.Fen) {
	for _, e := range entries {
		if e.Claim == claim && e.Kind != ledger.FundCompensation {
			total += e.Amount + e.Bank
		}
	}
	return total
}

// shareBack splits money that comes back on top of what came before, so that
// the parts of all of it together stand 7 : 3: pieces do not add up roundings.
func shareBack(before, more values.Fen) (fund, bank values.Fen) {
	fundBefore, bankBefore := ledger.SharePaid(before)
	fundAfter, bankAfter := ledger.SharePaid(before + more)
	return fundAfter - fundBefore, bankAfter - bankBefore
}
