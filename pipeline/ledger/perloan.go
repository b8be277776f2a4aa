package ledger

import (
	"fmt"

	"tiexi/pipeline/values"
)

// What is read of each loan. Every one of these comes by bank and
// contract, so that they can be read side by side, one loan at a time.

// fen reads an amount. Left to itself, database/sql finds out by reflection what
// to do with each one, which takes more time than the query.
type fen struct{ to *values.Fen }

// Scan implements sql.Scanner.
func (f fen) Scan(src any) error {
	amount, ok := src.(int64)
	if !ok {
		return fmt.Errorf("an amount is INTEGER, got %T", src)
	}
	*f.to = values.Fen(amount)
	return nil
}

// JudgedRow is a line as the report counts it.
type JudgedRow struct {
	Loan     values.Loan
	Outcome  values.Outcome // "" where it is not judged yet
	Person   values.ResidentID
	Payee    string
	Township string
	Blocked  bool // a payment hold stands on it
}

// JudgedRows gives the quarter's live lines, each loan's in order of file name,
// sheet and row.
func (tx *Tx) JudgedRows(q values.Quarter, yield func(JudgedRow) error) error {
	return each(tx, func(s scanner) (r JudgedRow, err error) {
		err = s.Scan(common{&r.Loan.Bank}, &r.Loan.Contract, common{(*string)(&r.Outcome)}, &r.Person, &r.Payee, common{&r.Township}, &r.Blocked)
		return r, err
	}, yield, `SELECT l.bank, l.contract, coalesce(j.outcome, ''), l.person, coalesce(j.payee, ''), coalesce(j.township, ''), coalesce(j.blocked, '') <> ''
		FROM line l JOIN file f ON f.id = l.file_id LEFT JOIN judgement j ON j.line_id = l.id
		WHERE l.quarter = ? AND l.live = 1 ORDER BY l.bank, l.contract, f.name, l.position, l.row`, q.String())
}

// PolicyShares is what a loan is due under one policy.
type PolicyShares struct {
	Loan   values.Loan
	Shares values.Shares
}

// SharesByLoan gives what the quarter's loans are due.
func (tx *Tx) SharesByLoan(q values.Quarter, yield func(PolicyShares) error) error {
	return each(tx, func(s scanner) (l PolicyShares, err error) {
		err = s.Scan(common{&l.Loan.Bank}, &l.Loan.Contract, fen{&l.Shares.Central}, fen{&l.Shares.Provincial}, fen{&l.Shares.City}, fen{&l.Shares.County})
		return l, err
	}, yield, `SELECT bank, contract, central, provincial, city, county FROM entitlement WHERE quarter = ? ORDER BY bank, contract, policy`, q.String())
}

// LoanPart is what a payment pays on a loan under one policy.
type LoanPart struct {
	Loan  values.Loan
	State string // of the payment
	Total values.Fen
}

// PartsByLoan gives what of the quarter's subsidy is approved, sent, paid and
// has failed, in whichever quarter's batch: a later one's carries what an earlier
// one set off. Drafts are those of its own batches.
func (tx *Tx) PartsByLoan(q values.Quarter, yield func(LoanPart) error) error {
	return each(tx, func(s scanner) (p LoanPart, err error) {
		err = s.Scan(common{&p.Loan.Bank}, &p.Loan.Contract, common{&p.State}, fen{&p.Total})
		return p, err
	}, yield, `SELECT t.bank, t.contract, p.state, t.central + t.provincial + t.city + t.county
		FROM payment p CROSS JOIN payment_part t ON t.payment_id = p.id -- both in order of payment, one after the other
		WHERE t.quarter = ?1 AND (p.state IN ('approved', 'sent', 'paid', 'failed') OR p.state = 'draft' AND p.batch_id IN (SELECT id FROM batch WHERE quarter = ?1))
		ORDER BY t.bank, t.contract`, q.String())
}
