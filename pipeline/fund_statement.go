package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"

	"tiexi/formats/book"
	"tiexi/formats/fund"
	"tiexi/formats/report"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// FundView is the fund as a person sees it.
type FundView struct {
	Quarter values.Quarter `json:"quarter"`
	fund.Figures
	Balance values.Fen      `json:"balance"` // of all entries, whatever their quarter
	Entries []FundEntryView `json:"entries"` // of the quarter
	Claims  []FundClaimView `json:"claims"`
}

// FundEntryView is an entry for people and programs.
type FundEntryView struct {
	Number   int64       `json:"number"`
	On       values.Date `json:"on"`
	Kind     string      `json:"kind"`
	Amount   values.Fen  `json:"amount"`
	Bank     values.Fen  `json:"bank"`
	Contract string      `json:"contract"`
	Note     string      `json:"note"`
}

// FundClaimView is a claim as it stands.
type FundClaimView struct {
	Number      int64       `json:"number"`
	Bank        string      `json:"bank"`
	Contract    string      `json:"contract"`
	Borrower    string      `json:"borrower"`
	Ground      string      `json:"ground"`
	OverdueFrom values.Date `json:"overdue_from"`
	Due         values.Date `json:"due"` // last day in time
	DaysLate    int         `json:"days_late"`
	State       string      `json:"state"`
	Amount      values.Fen  `json:"amount"`
	Fund        values.Fen  `json:"fund"` // what the fund paid, or would pay
	Back        values.Fen  `json:"back"` // recovered in all
}

// FundStatus shows the fund; nil where the county has none. The zero quarter
// means the latest one with statements, else today's.
func (w *Workspace) FundStatus(ctx context.Context, q values.Quarter) (view *FundView, err error) {
	err = w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		a := &attempt{Workspace: w, ctx: ctx, tx: tx}
		if has, err := tx.HasFund(); err != nil || !has {
			return err
		}
		if a.quarter, err = a.fundQuarter(q); err != nil {
			return err
		}
		account, err := a.fundAccount(w.opt.Today)
		if err != nil {
			return err
		}
		view = &FundView{Quarter: a.quarter, Figures: account.figures, Entries: []FundEntryView{}, Claims: []FundClaimView{}}
		for _, e := range account.entries {
			view.Balance += e.Amount
			if account.within(e.On) {
				view.Entries = append(view.Entries, FundEntryView{e.ID, e.On, string(e.Kind), e.Amount, e.Bank, account.loan(e.Claim).Contract, e.Note})
			}
		}
		for _, c := range account.claims {
			paid, _ := ledger.SharePaid(c.Amount)
			if c.State == "refused" {
				paid = 0
			}
			view.Claims = append(view.Claims, FundClaimView{c.ID, c.Loan.Bank, c.Loan.Contract, c.Borrower, c.Ground, c.OverdueFrom, payBy(c), account.late(c), c.State,
				c.Amount, paid, recovered(account.entries, c.ID)})
		}
		return nil
	})
	return view, err
}

func (a *attempt) fundQuarter(q values.Quarter) (values.Quarter, error) {
	if !q.IsZero() {
		return q, nil
	}
	quarters, err := a.tx.Quarters()
	if err != nil || len(quarters) == 0 {
		return a.quarterOf(a.opt.Today), err
	}
	return quarters[len(quarters)-1], nil
}

// WriteFundStatement writes the statement of a quarter anew and gives its path;
// commands on the fund and runs do it by themselves.
func (w *Workspace) WriteFundStatement(ctx context.Context, q values.Quarter, dryRun bool) (file string, err error) {
	err = w.onFund(ctx, dryRun, func(a *attempt) (values.Quarter, error) {
		has, err := a.tx.HasFund()
		if err == nil && !has {
			err = noFund()
		}
		if err == nil {
			q, err = a.fundQuarter(q)
		}
		file = w.out.FullPath(path.Join(q.String(), statementPath))
		return q, err
	})
	return file, err
}

const statementPath = "基金/风险补偿金收支表.xlsx"

// fundAccount is the fund seen from a quarter. Claims are as they stood at the
// quarter's end, or today where that is earlier.
type fundAccount struct {
	from, to values.Date // the quarter's days
	asOf     values.Date
	figures  fund.Figures
	entries  []ledger.FundEntry // up to asOf
	claims   []ledger.FundClaim
	loans    map[int64]values.Loan // by claim
}

func (a *attempt) fundAccount(asOf values.Date) (*fundAccount, error) {
	c := &fundAccount{from: a.quarter.First(a.job.InterestDay), to: a.quarter.Last(a.job.InterestDay), asOf: asOf, loans: map[int64]values.Loan{}}
	var err error
	if c.entries, err = a.tx.FundEntries(); err != nil {
		return nil, err
	}
	c.entries = slices.DeleteFunc(c.entries, func(e ledger.FundEntry) bool { return e.On > asOf })
	claims, err := a.tx.FundClaims()
	if err != nil {
		return nil, err
	}
	for _, claim := range claims {
		c.loans[claim.ID] = claim.Loan
		if claim.ReceivedOn > asOf || claim.State == "refused" && claim.DecidedOn < c.from {
			continue
		}
		if claim.DecidedOn > asOf {
			claim.State, claim.DecidedOn = "waiting", 0
		}
		c.claims = append(c.claims, claim)
	}
	f := &c.figures
	sums := map[ledger.FundKind]*values.Fen{ledger.FundOpening: &f.Opening, ledger.FundDeposit: &f.Deposits, ledger.FundInterest: &f.Interest,
		ledger.FundRecovery: &f.Recovered, ledger.FundCompensation: &f.Compensated, ledger.FundReversal: &f.Reversed}
	for _, e := range c.entries {
		switch {
		case e.On < c.from:
			f.Before += e.Amount
		case e.On <= c.to:
			*sums[e.Kind] += e.Amount
		}
	}
	if f.Closing, err = a.tx.FundBalance(c.to); err != nil {
		return nil, err
	}
	if f.Outstanding, err = a.outstanding(); err != nil {
		return nil, err
	}
	lines, err := a.tx.LineCount(a.quarter)
	if err != nil {
		return nil, err
	}
	books, err := a.tx.MarkLoanBooks(a.quarter)
	if err != nil {
		return nil, err
	}
	f.Booked = books != ""
	f.Listed = lines > 0 || f.Booked
	f.Floor = report.Fund{Outstanding: f.Outstanding}.Floor()
	f.Shortfall = max(0, f.Floor-f.Closing)
	return c, nil
}

// fundForMonitoring is the fund at the quarter's end as the monitoring table
// shows it; nil where the county had none.
func (a *attempt) fundForMonitoring() (*report.Fund, error) {
	to := a.quarter.Last(a.job.InterestDay)
	mark, err := a.tx.MarkFund(to)
	if err != nil || mark == "" {
		return nil, err
	}
	f := &report.Fund{}
	if f.Balance, err = a.tx.FundBalance(to); err == nil {
		f.Outstanding, err = a.outstanding()
	}
	return f, err
}

func (c *fundAccount) within(day values.Date) bool { return c.from <= day && day <= c.to }

func (c *fundAccount) loan(claim int64) values.Loan { return c.loans[claim] }

// payBy is the last day on which a claim is paid in time.
func payBy(c ledger.FundClaim) values.Date { return c.OverdueFrom.AddMonths(monthsToPay) }

// late is by how many days a claim was paid late, or waits too long already.
func (c *fundAccount) late(claim ledger.FundClaim) int {
	done := claim.DecidedOn
	if claim.State == "waiting" {
		done = c.asOf
	}
	if claim.State == "refused" {
		return 0
	}
	return int(max(0, done-payBy(claim)))
}

// writeFundPapers writes the fund's files of the quarter of today, of the
// earliest one touched, and of every later one that has them or a report, and the
// reports that show its balance.
func (a *attempt) writeFundPapers(from values.Quarter) error {
	outputs, err := a.tx.Outputs(values.Quarter{})
	if err != nil {
		return err
	}
	written := []values.Quarter{from, a.quarter}
	for _, o := range outputs {
		if (o.Stage == fundStage || o.Stage == reportName) && !o.Quarter.Before(from) {
			written = append(written, o.Quarter)
		}
	}
	slices.SortFunc(written, values.Quarter.Compare)
	written = slices.Compact(written)
	for _, q := range written {
		of := *a
		of.quarter = q
		of.tally = map[string]string{}
		if err := of.refreshFund(); err != nil {
			return err
		}
		if err := of.refreshReport(); err != nil {
			return err
		}
	}
	return nil
}

func (a *attempt) writeFundQuarter() error {
	keep := map[string]bool{path.Join(a.quarter.String(), statementPath): true}
	account, err := a.fundAccount(min(a.quarter.Last(a.job.InterestDay), a.opt.Today))
	if err != nil {
		return err
	}
	a.took, a.gave = len(account.entries), 1
	var content bytes.Buffer
	if err := fund.WriteStatement(&content, a.fundStatement(account)); err != nil {
		return err
	}
	if _, err := a.putArchived(statementPath, content.Bytes(), len(account.entries), account.figures.Closing); err != nil {
		return err
	}
	returned, err := a.tx.FundReturnedBetween(account.from, account.to)
	if err != nil {
		return err
	}
	for len(returned) > 0 {
		bank := returned[0].Loan.Bank
		n := slices.IndexFunc(returned, func(r ledger.FundReturned) bool { return r.Loan.Bank != bank })
		if n < 0 {
			n = len(returned)
		}
		name, err := a.writeFundReturned(bank, returned[:n])
		if err != nil {
			return err
		}
		keep[path.Join(a.quarter.String(), name)] = true
		returned, a.gave = returned[n:], a.gave+1
	}
	return a.withdrawOthers(keep)
}

func (a *attempt) fundStatement(c *fundAccount) fund.Statement {
	s := fund.Statement{County: a.job.County.Name, Office: a.job.Office, Quarter: a.quarter, From: c.from, To: c.to, AsOf: c.asOf, Figures: c.figures}
	balance := values.Fen(0)
	for _, e := range c.entries {
		balance += e.Amount
		if c.within(e.On) {
			s.Entries = append(s.Entries, fund.Entry{Number: e.ID, On: e.On, Kind: fundKinds[e.Kind].Chinese, Loan: c.loan(e.Claim), Amount: e.Amount, Bank: e.Bank,
				Balance: balance, Note: e.Note, Operator: e.Operator})
		}
	}
	for _, claim := range c.claims {
		row := fund.Claim{Number: claim.ID, Loan: claim.Loan, Borrower: claim.Borrower, Ground: fundGrounds[claim.Ground].Chinese, OverdueFrom: claim.OverdueFrom, Due: payBy(claim),
			State: fundStates[claim.State].Chinese, Decided: claim.DecidedOn, DaysLate: c.late(claim), Loss: claim.Loss, Amount: claim.Amount,
			BadRate: claim.BadRate.String(), Ceiling: claim.OverallRate.Add(tolerance).String()}
		if claim.State == "paid" {
			row.Fund, row.Bank = ledger.SharePaid(claim.Amount)
			row.Back = recovered(c.entries, claim.ID)
			row.BackToFund, _ = ledger.SharePaid(row.Back)
		}
		s.Claims = append(s.Claims, row)
	}
	return s
}

func (a *attempt) writeFundReturned(bank string, rows []ledger.FundReturned) (name string, err error) {
	if bank == "" {
		bank = "未写明银行"
	}
	document := fund.Returned{County: a.job.County.Name, Office: a.job.Office, Phone: a.job.Phones.Agriculture, Bank: bank, Quarter: a.quarter}
	total := values.Fen(0)
	for _, r := range rows {
		kind := map[string]string{"claim": "补偿申请", "recovery": "追回资金"}[r.Kind]
		document.Rows = append(document.Rows, fund.ReturnedRow{Place: r.Place, Kind: kind, Contract: r.Loan.Contract, Borrower: r.Borrower, Amount: r.Amount, Reason: r.Reason})
		total += r.Amount
	}
	var content bytes.Buffer
	if err := fund.WriteReturned(&content, document); err != nil {
		return "", err
	}
	name = path.Join("基金", book.FileName(fmt.Sprintf("退回-%s", bank))+".xlsx")
	_, err = a.putArchived(name, content.Bytes(), len(rows), total)
	return name, err
}

// nextFund says what the fund waits for; nothing where the county has none, and
// for other quarters than the latest.
func (a *attempt) nextFund() (values.Text, error) {
	if has, err := a.tx.HasFund(); err != nil || !has {
		return values.Text{}, err
	}
	if latest, err := a.fundQuarter(values.Quarter{}); err != nil || latest != a.quarter {
		return values.Text{}, err
	}
	account, err := a.fundAccount(a.opt.Today)
	if err != nil {
		return values.Text{}, err
	}
	waiting, late := 0, 0
	for _, c := range account.claims {
		if c.State == "waiting" {
			waiting++
			if account.late(c) > 0 {
				late++
			}
		}
	}
	short := account.figures.Shortfall
	switch {
	case waiting > 0:
		return values.Say("县农业农村局：%d 笔风险补偿申请等待决定，其中 %d 笔已超过 6 个月：tiexi fund decide 合同号 pay|refuse。",
			"Agriculture bureau: %d claims on the risk fund wait for a decision, %d of them for more than 6 months: `tiexi fund decide CONTRACT pay|refuse`.", waiting, late), nil
	case short > 0:
		return values.Say("县财政局：风险补偿金低于贷款余额的 1/16，差 %s 元。", "Finance bureau: the risk fund is below 1/16 of the loans by %s yuan.", short.Grouped()), nil
	}
	return values.Text{}, nil
}

var fundKinds = map[ledger.FundKind]values.Text{
	ledger.FundOpening:      values.Say("初始余额", "opening"),
	ledger.FundDeposit:      values.Say("拨入", "deposit"),
	ledger.FundInterest:     values.Say("利息", "interest"),
	ledger.FundCompensation: values.Say("补偿", "compensation"),
	ledger.FundRecovery:     values.Say("追回", "recovery"),
	ledger.FundReversal:     values.Say("冲销", "reversal"),
}

var fundGrounds = map[string]values.Text{
	"death":    values.Say("死亡", "death"),
	"illness":  values.Say("重病", "grave illness"),
	"disaster": values.Say("灾害", "disaster"),
	"failure":  values.Say("经营失败", "failed business"),
}

var fundStates = map[string]values.Text{
	"waiting": values.Say("待决定", "waiting"),
	"paid":    values.Say("已补偿", "paid"),
	"refused": values.Say("不予补偿", "refused"),
}

// FundWords names a kind of entry, a ground or a state of a claim.
func FundWords(word string) values.Text {
	if text, ok := fundKinds[ledger.FundKind(word)]; ok {
		return text
	}
	if text, ok := fundGrounds[word]; ok {
		return text
	}
	return fundStates[word]
}
