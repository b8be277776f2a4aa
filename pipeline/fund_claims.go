package pipeline

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/shopspring/decimal"

	"tiexi/formats/forms"
	"tiexi/formats/sheet"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// tolerance is how many points a bank's bad-loan rate for these loans may stand
// above its overall rate (三(二), 四(四)).
var tolerance = decimal.NewFromInt(3)

// monthsToPay is how long the fund has from the first overdue day (四(四)). The
// day of the same number in the sixth month is the last one in time.
const monthsToPay = 6

// FundFileRequest is a bank's sheet of claims or recoveries.
type FundFileRequest struct {
	File string
	// The bank's bad-loan rates in percent, for rows that do not say them.
	BadRate, OverallRate *values.Rate
	DryRun               bool
}

// FundFileReport says what became of the sheet's rows.
type FundFileReport struct {
	File     string
	Taken    []FundRow // claims that now wait for a decision; recoveries entered
	Returned []FundRow
	Known    int // rows that an earlier reading of the same file took
	Balance  values.Fen
}

// FundRow is a row of the bank's sheet. Fund and Bank are the shares of a
// recovery.
type FundRow struct {
	Place    values.Place
	Loan     values.Loan
	Borrower string
	Amount   values.Fen
	Fund     values.Fen
	Bank     values.Fen
	Reason   values.Text // why it is returned
}

// fundFile is a sheet at work.
type fundFile struct {
	*attempt
	request FundFileRequest
	report  *FundFileReport
	book    *sheet.Book
	name    string
	digest  string
	bank    string // that the file's name or title tells
	kind    string // of its rows: claim or recovery
	from    values.Quarter
}

// Claim reads a bank's sheet of claims. What passes every check waits for a
// person; the rest goes back to the bank with the reasons.
func (w *Workspace) Claim(ctx context.Context, r FundFileRequest) (*FundFileReport, error) {
	return w.readFundFile(ctx, r, "claim", (*fundFile).takeClaims)
}

// RecoverForFund reads a bank's sheet of money that came back on loans which
// the fund has paid out on, and returns 7 : 3 of it.
func (w *Workspace) RecoverForFund(ctx context.Context, r FundFileRequest) (*FundFileReport, error) {
	return w.readFundFile(ctx, r, "recovery", (*fundFile).takeRecoveries)
}

func (w *Workspace) readFundFile(ctx context.Context, r FundFileRequest, kind string, take func(*fundFile) error) (*FundFileReport, error) {
	content, err := os.ReadFile(r.File)
	if err != nil {
		return nil, &values.Fault{Kind: values.FaultRefused, Err: err,
			What: values.Say("无法读取文件 %s。", "The file %s cannot be read.", r.File), Hint: values.Say("请核对路径。", "Check the path.")}
	}
	f := &fundFile{request: r, name: filepath.Base(r.File), digest: outbox.Digest(content), kind: kind}
	f.report = &FundFileReport{File: f.name}
	if f.book, err = sheet.OpenBytes(f.name, content); err != nil {
		return nil, &values.Fault{Kind: values.FaultRefused, What: readFault(err)}
	}
	defer func() { _ = f.book.Close() }()
	return f.report, w.onFund(ctx, r.DryRun, func(a *attempt) (values.Quarter, error) {
		f.attempt, f.from = a, a.quarter
		if has, err := a.tx.HasFund(); err != nil || !has {
			if err == nil {
				err = noFund()
			}
			return f.from, err
		}
		if f.bank = bankOfFile(w.job, f.name); f.bank == "" {
			if f.bank, err = bankOfTitle(w.job, f.book); err != nil {
				return f.from, err
			}
		}
		if !r.DryRun {
			if _, err := a.keep(content); err != nil {
				return f.from, err
			}
		}
		if err := take(f); err != nil {
			return f.from, err
		}
		done := &FundReport{}
		err := a.balanceOf(done, nil)
		f.report.Balance = done.Balance
		return f.from, err
	})
}

// lender is the bank of a row: its own column's, as jobs.yaml writes it, else
// the file's.
func (f *fundFile) lender(own string) string {
	if own == "" {
		return f.bank
	}
	if known := bankOfFile(f.job, own); known != "" {
		return known
	}
	return own
}

func (f *fundFile) takeClaims() error {
	rows, problems, err := forms.Claims(f.book, f.name)
	if err != nil {
		return &values.Fault{Kind: values.FaultRefused, What: readFault(err)}
	}
	before, err := f.tx.FundClaims()
	if err != nil {
		return err
	}
	claimed, known := map[values.Loan]ledger.FundClaim{}, map[values.Place]bool{}
	for _, c := range before {
		if c.State != "refused" {
			claimed[c.Loan] = c
		}
		if c.Digest == f.digest {
			known[f.place(c.Place)] = true
		}
	}
	for _, row := range rows {
		if known[row.At] {
			f.report.Known++
			continue
		}
		claim := ledger.FundClaim{Digest: f.digest, Place: row.At, Loan: values.Loan{Bank: f.lender(row.Bank), Contract: row.Contract}, Borrower: row.Borrower,
			Ground: string(row.Ground), OverdueFrom: row.OverdueFrom, Loss: row.Loss, Amount: row.Amount, BadRate: row.BadRate, OverallRate: row.OverallRate}
		reasons, err := f.judge(row, &claim, claimed)
		if err != nil {
			return err
		}
		shown := FundRow{Place: row.At, Loan: claim.Loan, Borrower: row.Borrower, Amount: row.Amount}
		if len(reasons) > 0 {
			if err := f.giveBack(shown, reasons); err != nil {
				return err
			}
			continue
		}
		if _, err := f.tx.AddFundClaim(claim); err != nil {
			return err
		}
		claim.State = "waiting"
		claimed[claim.Loan] = claim
		f.report.Taken = append(f.report.Taken, shown)
	}
	return f.unread(problems)
}

// place is a row of this file, under the name that it has now.
func (f *fundFile) place(p values.Place) values.Place {
	p.File = f.name
	return p
}

// judge gives every reason for which a claim goes back.
func (f *fundFile) judge(row forms.Claim, c *ledger.FundClaim, claimed map[values.Loan]ledger.FundClaim) (reasons []values.Text, err error) {
	add := func(chinese, english string, args ...any) {
		reasons = append(reasons, values.Say(chinese, english, args...))
	}
	switch {
	case row.Ground == "":
		add("补偿原因“%s”不在死亡、重病、灾害、经营失败之内", "the ground %q is none of death, grave illness, disaster, failed business", row.GroundWord)
	case row.Ground == forms.Death || row.Ground == forms.Illness:
	case row.Renewable == nil:
		add("没有写明可否续贷、展期或追加贷款", "it does not say whether a renewal, extension or further loan fits")
	case *row.Renewable:
		add("还可以续贷、展期或追加贷款，不补偿", "a renewal, extension or further loan is still possible")
	}
	f.judgeRates(row, c, add)
	if c.Loan.Bank == "" {
		add("没有写明承贷银行", "the lender is not named")
		return reasons, nil
	}
	if before, found := claimed[c.Loan]; found {
		if before.State == "paid" {
			add("这笔贷款已于 %s 补偿", "the loan was compensated on %s", before.DecidedOn)
		} else {
			add("这笔贷款已经申请过（%s 第 %d 行），正在等待决定", "the loan was claimed already (%s row %d) and waits for a decision", before.Place.File, before.Place.Row)
		}
		return reasons, nil
	}
	if row.Amount > row.Loss {
		add("申请分担 %s 元，超过损失 %s 元", "%s yuan are claimed, more than the loss of %s", row.Amount.Grouped(), row.Loss.Grouped())
	}
	if row.OverdueFrom > f.opt.Today {
		add("逾期起始日 %s 晚于今天", "the first overdue day %s is yet to come", row.OverdueFrom)
	}
	loan, found, err := f.tx.LoanForClaim(c.Loan)
	if err != nil {
		return reasons, err
	}
	if !found {
		add("台账里没有 %s 的合同 %s，或其各行都已退回", "the ledger has no contract %[2]s of %[1]s, or only returned lines of it", c.Loan.Bank, c.Loan.Contract)
		return reasons, nil
	}
	if values.FoldName(loan.Borrower) != values.FoldName(row.Borrower) {
		add("借款人与台账不符（台账为%s）", "the ledger has another borrower (%s)", loan.Borrower)
	}
	if row.Amount > loan.Balance {
		add("申请分担 %s 元，超过贷款余额 %s 元", "%s yuan are claimed, more than the loan's balance of %s", row.Amount.Grouped(), loan.Balance.Grouped())
	}
	if row.OverdueFrom <= loan.Disbursed {
		add("逾期起始日 %s 不晚于放款日期 %s", "the first overdue day %s is not after the disbursement on %s", row.OverdueFrom, loan.Disbursed)
	}
	return reasons, nil
}

// judgeRates checks the bank's bad-loan rate; what the sheet does not say the
// command may.
func (f *fundFile) judgeRates(row forms.Claim, c *ledger.FundClaim, add func(string, string, ...any)) {
	if !row.RatesGiven {
		if f.request.BadRate == nil || f.request.OverallRate == nil {
			add("没有写明帮扶小额信贷不良率和各项贷款不良率", "the bank's bad-loan rates are not given")
			return
		}
		c.BadRate, c.OverallRate = *f.request.BadRate, *f.request.OverallRate
	}
	if c.BadRate.GreaterThan(c.OverallRate.Add(tolerance)) {
		add("帮扶小额信贷不良率 %s%% 超过该行各项贷款不良率 %s%% 加 3 个百分点，暂不补偿", "the bad-loan rate of %s %% is more than 3 points above the bank's overall %s %%", c.BadRate, c.OverallRate)
	}
}

func (f *fundFile) takeRecoveries() error {
	rows, problems, err := forms.FundRecoveries(f.book, f.name)
	if err != nil {
		return &values.Fault{Kind: values.FaultRefused, What: readFault(err)}
	}
	claims, err := f.tx.FundClaims()
	if err != nil {
		return err
	}
	paid := map[values.Loan]ledger.FundClaim{}
	for _, c := range claims {
		if c.State == "paid" {
			paid[c.Loan] = c
		}
	}
	entries, err := f.tx.FundEntries()
	if err != nil {
		return err
	}
	for _, row := range rows {
		entry := ledger.FundEntry{On: row.On, Kind: ledger.FundRecovery, Digest: f.digest, Place: row.At, Note: row.Remark}
		if hasRow(entries, entry) {
			f.report.Known++
			continue
		}
		loan := values.Loan{Bank: f.lender(row.Bank), Contract: row.Contract}
		claim := paid[loan]
		shown := FundRow{Place: row.At, Loan: loan, Borrower: claim.Borrower, Amount: row.Amount}
		if reason := f.judgeRecovery(row, loan, claim, entries); !reason.IsZero() {
			if err := f.giveBack(shown, []values.Text{reason}); err != nil {
				return err
			}
			continue
		}
		entry.Claim = claim.ID
		entry.Amount, entry.Bank = shareBack(recovered(entries, claim.ID), row.Amount)
		if entry.ID, err = f.tx.AddFundEntry(entry); err != nil {
			return err
		}
		entries = append(entries, entry)
		if q := f.quarterOf(row.On); q.Before(f.from) {
			f.from = q
		}
		shown.Fund, shown.Bank = entry.Amount, entry.Bank
		f.report.Taken = append(f.report.Taken, shown)
	}
	return f.unread(problems)
}

// hasRow tells whether this row of this file was entered before.
func hasRow(entries []ledger.FundEntry, row ledger.FundEntry) bool {
	for _, e := range entries {
		if e.Kind == ledger.FundRecovery && e.Digest == row.Digest && e.Place.Sheet == row.Place.Sheet && e.Place.Row == row.Place.Row {
			return true
		}
	}
	return false
}

func (f *fundFile) judgeRecovery(row forms.FundRecovery, loan values.Loan, claim ledger.FundClaim, entries []ledger.FundEntry) values.Text {
	if claim.ID == 0 {
		return values.Say("没有对 %s 合同 %s 的补偿", "nothing was paid out on contract %[2]s of %[1]s", loan.Bank, loan.Contract)
	}
	if row.On < claim.DecidedOn || row.On > f.opt.Today {
		return values.Say("追回日期 %s 早于补偿日 %s，或晚于今天", "the day of recovery %s is before the compensation on %s, or yet to come", row.On, claim.DecidedOn)
	}
	reversed := map[int64]bool{}
	for _, e := range entries {
		reversed[e.Reverses] = true
	}
	for _, e := range entries {
		if e.Kind == ledger.FundRecovery && e.Claim == claim.ID && e.On == row.On && e.Amount+e.Bank == row.Amount && e.Note == row.Remark && !reversed[e.ID] {
			return values.Say("同一天同一金额的追回已经登记（编号 %d）；确是另一笔的，请在备注写明凭证号", "a recovery of that day and amount is entered already (number %d); if this is another, give its voucher's number as the remark", e.ID)
		}
	}
	if left := claim.Amount - recovered(entries, claim.ID); row.Amount > left {
		return values.Say("追回 %s 元，超过已补偿而尚未追回的 %s 元；超出部分不属于分担的损失", "%s yuan came back, more than the %s yuan shared and not yet recovered; the rest is no part of the shared loss", row.Amount.Grouped(), left.Grouped())
	}
	return values.Text{}
}

// giveBack records a row that goes back to its bank.
func (f *fundFile) giveBack(row FundRow, reasons []values.Text) error {
	var chinese, english []string
	for _, reason := range reasons {
		chinese, english = append(chinese, reason.Chinese), append(english, reason.English)
	}
	row.Reason = values.Text{Chinese: strings.Join(chinese, "；"), English: strings.Join(english, "; ")}
	f.report.Returned = append(f.report.Returned, row)
	return f.tx.AddFundReturned(ledger.FundReturned{Digest: f.digest, Place: row.Place, Kind: f.kind, Loan: row.Loan, Borrower: row.Borrower, Amount: row.Amount, Reason: row.Reason.Chinese})
}

// unread gives back the rows with cells that cannot be taken.
func (f *fundFile) unread(problems []forms.Problem) error {
	for i := 0; i < len(problems); {
		row := problems[i].Place
		var reasons []values.Text
		for ; i < len(problems) && problems[i].Place == row; i++ {
			reasons = append(reasons, unreadCell(problems[i]))
		}
		if err := f.giveBack(FundRow{Place: row, Loan: values.Loan{Bank: f.bank}}, reasons); err != nil {
			return err
		}
	}
	return nil
}

func unreadCell(p forms.Problem) values.Text {
	if p.Kind == values.ProblemEmpty {
		return values.Say("单元格 %s（%s）没有填写", "cell %s (%s) is blank", p.Cell, p.Column)
	}
	return values.Say("单元格 %s（%s）的“%s”不能采用", "cell %s (%s) cannot be taken: %q", p.Cell, p.Column, values.MaskDigits(p.Raw))
}
