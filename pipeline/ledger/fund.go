package ledger

import (
	"fmt"

	"tiexi/pipeline/values"
)

// FundKind tells the entries of the risk compensation fund apart.
type FundKind string

// Kinds of entry. A reversal takes back one entry that was a mistake.
const (
	FundOpening      FundKind = "opening"
	FundDeposit      FundKind = "deposit"
	FundInterest     FundKind = "interest"
	FundCompensation FundKind = "compensation"
	FundRecovery     FundKind = "recovery"
	FundReversal     FundKind = "reversal"
)

// FundEntry is money that came into the fund or left it on a day. Amount is
// what it adds to the fund, Bank the bank's three tenths beside it; both are
// negative where money is paid.
type FundEntry struct {
	ID       int64
	On       values.Date
	Kind     FundKind
	Amount   values.Fen
	Bank     values.Fen
	Claim    int64 // of compensations, recoveries and their reversals, else 0
	Reverses int64 // the entry that a reversal takes back, else 0
	Digest   string
	Place    values.Place // of a recovery; Digest is its file's
	Note     string
	Operator string
}

// FundClaim is a bank's claim on the fund for a loan.
type FundClaim struct {
	ID          int64
	Digest      string // of the file
	Place       values.Place
	Loan        values.Loan
	Borrower    string
	Ground      string // death, illness, disaster or failure
	OverdueFrom values.Date
	Loss        values.Fen
	Amount      values.Fen  // what of the loss is shared
	BadRate     values.Rate // the bank's, of these loans
	OverallRate values.Rate // the bank's, of all its loans
	ReceivedOn  values.Date
	State       string // waiting, paid or refused
	Why         string
	DecidedBy   string
	DecidedOn   values.Date // when it was refused or, to the day of the money, paid
}

// FundReturned is a row of a bank's sheet that was not taken.
type FundReturned struct {
	Digest   string
	Place    values.Place
	Kind     string // claim or recovery
	Loan     values.Loan
	Borrower string
	Amount   values.Fen // 0 where the row cannot be read
	Reason   string
	On       values.Date
}

// SharePaid splits what is lost, or what of it came back, between fund and bank:
// 7 : 3, whole fen, the bank takes the rounding (四(四)).
func SharePaid(amount values.Fen) (fund, bank values.Fen) {
	fund = amount * 7 / 10
	return fund, amount - fund
}

// AddFundEntry adds an entry, and its line in the audit log.
func (tx *Tx) AddFundEntry(e FundEntry) (id int64, err error) {
	e.Operator = tx.Operator
	e.ID, err = tx.insert(`INSERT INTO fund_entry (on_day, kind, amount, bank_part, claim_id, reverses, digest, sheet, row, note, operator, entered_on)
		VALUES (?, ?, ?, ?, nullif(?, 0), nullif(?, 0), ?, ?, ?, ?, ?, ?)`,
		e.On.String(), string(e.Kind), int64(e.Amount), int64(e.Bank), e.Claim, e.Reverses, e.Digest, e.Place.Sheet, e.Place.Row, e.Note, e.Operator, tx.On.String())
	if err != nil {
		return 0, err
	}
	return e.ID, tx.Record(FundEntryAction, fmt.Sprint(e.ID), e.Proof())
}

// The fund's entries in the audit log have the row's id as subject and its
// proof as detail.
const (
	FundEntryAction = "fund entry"
	FundClaimAction = "fund claim"
)

// Proof is what the audit log keeps of the entry: all of it.
func (e FundEntry) Proof() string {
	return fmt.Sprint(e.On, " ", e.Kind, " ", e.Amount, " ", e.Bank, " claim ", e.Claim, " reverses ", e.Reverses, " ", e.Digest, " ", e.Place.Sheet, " ", e.Place.Row, " ", e.Note, " ", e.Operator)
}

// Proof is what the audit log keeps of the claim as it came.
func (c FundClaim) Proof() string {
	return fmt.Sprint(c.Digest, " ", c.Place, " ", c.Loan, " ", c.Borrower, " ", c.Ground, " ", c.OverdueFrom, " ", c.Loss, " ", c.Amount, " ", c.BadRate, " ", c.OverallRate, " ", c.ReceivedOn)
}

// FundEntries lists the entries by day, those of a day in the order in which
// they were entered. There are none where the county has no fund.
func (tx *Tx) FundEntries() ([]FundEntry, error) {
	return collect(tx, func(s scanner) (e FundEntry, err error) {
		err = s.Scan(&e.ID, day{&e.On}, &e.Kind, &e.Amount, &e.Bank, &e.Claim, &e.Reverses, &e.Digest, &e.Place.Sheet, &e.Place.Row, &e.Note, &e.Operator)
		return e, err
	}, `SELECT id, on_day, kind, amount, bank_part, coalesce(claim_id, 0), coalesce(reverses, 0), digest, sheet, row, note, operator FROM fund_entry ORDER BY on_day, id`)
}

// HasFund tells whether the county has a fund (一(八)).
func (tx *Tx) HasFund() (bool, error) {
	_, ok, err := one(tx, scanInt, `SELECT id FROM fund_entry LIMIT 1`)
	return ok, err
}

// FundBalance is what the fund holds at the end of a day.
func (tx *Tx) FundBalance(on values.Date) (values.Fen, error) {
	balance, _, err := one(tx, scanInt, `SELECT coalesce(sum(amount), 0) FROM fund_entry WHERE on_day <= ?`, on.String())
	return values.Fen(balance), err
}

// Outstanding is the loan balance that the fund must cover at the end of a
// quarter whose days are from to to (四(四)): of every loan and tranche of the
// quarter's live lines that are not returned, the balance of the last line. One
// on which interest stops before the end and that is not said to be overdue has
// been repaid; one that the fund has paid out on by then is left out.
func (tx *Tx) Outstanding(q values.Quarter, from, to values.Date) (sum values.Fen, err error) {
	byWord, err := tx.outstanding(`SELECT '', '', '', sum(balance), overdue FROM (`+outstanding+`) GROUP BY overdue`, q, from, to)
	for _, l := range byWord {
		sum += l.Balance
	}
	return sum, err
}

// outstanding has, of a loan that stops before the end, what the bank writes
// under overdue; 1 of one that does not.
const outstanding = `SELECT bank, contract, tranche, balance, CASE WHEN to_day >= ?3 THEN '1' ELSE overdue END AS overdue FROM (
			SELECT l.bank, l.contract, l.tranche, l.balance, l.to_day, coalesce(json_extract(l.words, '$.overdue'), '') AS overdue,
				row_number() OVER (PARTITION BY l.bank, l.contract, l.tranche ORDER BY l.to_day DESC, l.balance DESC) AS n
			FROM line l JOIN judgement j ON j.line_id = l.id
			WHERE l.quarter = ?1 AND l.live = 1 AND j.outcome <> 'returned' AND l.from_day <= ?3 AND l.to_day >= ?2
			AND NOT EXISTS (SELECT 1 FROM fund_claim c WHERE c.bank = l.bank AND c.contract = l.contract AND c.state = 'paid' AND c.decided_on <= ?3))
		WHERE n = 1`

// OutstandingLoan is a loan or tranche of which something is outstanding.
type OutstandingLoan struct {
	Loan    values.Loan
	Tranche string
	Balance values.Fen
}

// OutstandingLoans lists what Outstanding adds up.
func (tx *Tx) OutstandingLoans(q values.Quarter, from, to values.Date) ([]OutstandingLoan, error) {
	return tx.outstanding(outstanding+` ORDER BY bank, contract, tranche`, q, from, to)
}

// outstanding leaves out what has been repaid.
func (tx *Tx) outstanding(query string, q values.Quarter, from, to values.Date) (loans []OutstandingLoan, err error) {
	type row struct {
		OutstandingLoan
		overdue string
	}
	err = each(tx, func(s scanner) (l row, err error) {
		err = s.Scan(&l.Loan.Bank, &l.Loan.Contract, &l.Tranche, &l.Balance, &l.overdue)
		return l, err
	}, func(l row) error {
		if values.SaysOverdue(l.overdue) {
			loans = append(loans, l.OutstandingLoan)
		}
		return nil
	}, query, q.String(), from.String(), to.String())
	return loans, err
}

// LoanForClaim is what the ledger knows of a loan on which a bank claims.
type LoanForClaim struct {
	Borrower  string
	Disbursed values.Date
	Balance   values.Fen // of all its tranches, by the last lines there are
}

// LoanForClaim finds a loan by its live lines, of whatever quarter, that are
// not returned.
func (tx *Tx) LoanForClaim(loan values.Loan) (l LoanForClaim, found bool, err error) {
	return one(tx, func(s scanner) (l LoanForClaim, err error) {
		err = s.Scan(&l.Borrower, day{&l.Disbursed}, &l.Balance)
		return l, err
	}, `WITH lines AS (SELECT l.*, row_number() OVER (PARTITION BY l.tranche ORDER BY l.to_day DESC, l.id DESC) AS n
			FROM line l JOIN judgement j ON j.line_id = l.id
			WHERE l.bank = ?1 AND l.contract = ?2 AND l.live = 1 AND j.outcome <> 'returned')
		SELECT (SELECT borrower FROM lines ORDER BY to_day DESC, id DESC LIMIT 1), min(disbursed), sum(balance) FILTER (WHERE n = 1 AND
			quarter = (SELECT max(quarter) FROM lines)) FROM lines HAVING count(*) > 0`, loan.Bank, loan.Contract)
}
