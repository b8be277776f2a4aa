package ledger

import "tiexi/pipeline/values"

// What the report counts. SQLite adds it up, so that nobody reads a quarter's
// rows for a few figures.

// FindingTally is how many live lines have a finding.
type FindingTally struct {
	Code  string
	Lines int
}

// FindingTallies counts the quarter's live lines by finding.
func (tx *Tx) FindingTallies(q values.Quarter) ([]FindingTally, error) {
	return Keep(tx, "finding tallies", q, []string{"finding", "line"}, func() ([]FindingTally, error) {
		return collect(tx, func(s scanner) (t FindingTally, err error) {
			err = s.Scan(&t.Code, &t.Lines)
			return t, err
		}, `SELECT f.code, count(DISTINCT f.line_id) FROM finding f JOIN line l ON l.id = f.line_id
			WHERE l.quarter = ? AND l.live = 1 GROUP BY f.code ORDER BY f.code`, q.String())
	})
}

// PaymentTally is how many payments are in a state, and what they come to.
type PaymentTally struct {
	State string
	Count int
	Total values.Fen
}

// PaymentTallies counts the quarter's payments by state: no drafts, none that
// are void, and of a failed row that was paid again only what became of it.
func (tx *Tx) PaymentTallies(q values.Quarter) ([]PaymentTally, error) {
	return collect(tx, func(s scanner) (t PaymentTally, err error) {
		err = s.Scan(&t.State, &t.Count, &t.Total)
		return t, err
	}, `SELECT p.state, count(*), sum(p.amount) FROM payment p
		WHERE +p.batch_id IN (SELECT id FROM batch WHERE quarter = ?) AND p.state NOT IN ('draft', 'void')
		  AND p.id NOT IN (SELECT mends FROM payment WHERE mends <> 0 AND state NOT IN ('draft', 'void'))
		GROUP BY p.state ORDER BY p.state`, q.String())
}

// Stopped adds up what would be payable on the quarter's loans if no payment
// hold kept it back.
func (tx *Tx) Stopped(q values.Quarter) (values.Fen, error) {
	return Keep(tx, "stopped", q, []string{"judgement", "line", "entitlement", "payment", "payment_part"}, func() (values.Fen, error) { // report and next steps ask
		n, _, err := one(tx, scanInt, `SELECT coalesce(sum(max(0, due - live)), 0) FROM (SELECT
			(SELECT coalesce(sum(central + provincial + city + county), 0) FROM entitlement e WHERE e.quarter = ?1 AND e.bank = s.bank AND e.contract = s.contract) AS due,
			(SELECT coalesce(sum(central + provincial + city + county), 0) FROM payment_part t JOIN payment p ON p.id = t.payment_id
				WHERE t.quarter = ?1 AND t.bank = s.bank AND t.contract = s.contract AND p.state IN ('approved', 'sent', 'paid')) AS live
			FROM (SELECT DISTINCT l.bank, l.contract FROM judgement j JOIN line l ON l.id = j.line_id
				WHERE j.quarter = ?1 AND j.outcome = 'accepted' AND j.blocked <> '' AND l.live = 1) s)`, q.String())
		return values.Fen(n), err
	})
}

// Published is what a posted list made public of a loan.
type Published struct {
	Loan      values.Loan
	Borrower  string // as the list has it
	Amount    values.Fen
	PayableOn values.Date // the day after the notice has run
}

// Published gives what stands on the quarter's posted lists.
func (tx *Tx) Published(q values.Quarter, yield func(Published) error) error {
	return each(tx, func(s scanner) (p Published, err error) {
		err = s.Scan(common{&p.Loan.Bank}, &p.Loan.Contract, &p.Borrower, &p.Amount, day{&p.PayableOn})
		return p, err
	}, yield, `SELECT i.bank, i.contract, i.shown ->> 'borrower', i.amount, l.payable_on FROM notice_item i JOIN notice_list l ON l.id = i.list_id
		WHERE l.quarter = ? AND l.state = 'posted'`, q.String())
}

// SubsidisedLoans counts the quarter's loans that are due anything.
func (tx *Tx) SubsidisedLoans(q values.Quarter) (int, error) {
	n, _, err := one(tx, scanInt, `SELECT count(*) FROM (SELECT DISTINCT bank, contract FROM entitlement
		WHERE quarter = ? AND central + provincial + city + county <> 0)`, q.String())
	return int(n), err
}

// PoliciesUsed names the policies that the quarter's subsidy rests on.
func (tx *Tx) PoliciesUsed(q values.Quarter) ([]string, error) {
	return collect(tx, scanText, `SELECT DISTINCT policy FROM entitlement WHERE quarter = ? AND central + provincial + city + county <> 0 ORDER BY policy`, q.String())
}
