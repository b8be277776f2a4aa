package ledger

import "tiexi/pipeline/values"

// What the report counts. SQLite adds it up, so that nobody reads a quarter's
// rows for a few figures.

// LineTally is how many of a bank's live lines have an outcome, "" for those
// that are not judged yet.
type LineTally struct {
	Bank    string
	Outcome values.Outcome
	Lines   int
}

// LineTallies counts the quarter's live lines by bank and outcome.
func (tx *Tx) LineTallies(q values.Quarter) ([]LineTally, error) {
	return collect(tx, func(s scanner) (t LineTally, err error) {
		err = s.Scan(&t.Bank, &t.Outcome, &t.Lines)
		return t, err
	}, `SELECT l.bank, coalesce(j.outcome, ''), count(*) FROM line l LEFT JOIN judgement j ON j.line_id = l.id
		WHERE l.quarter = ? AND l.live = 1 GROUP BY 1, 2 ORDER BY 1, 2`, q.String())
}

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
	}, `SELECT p.state, count(*), sum(p.amount) FROM payment p JOIN batch b ON b.id = p.batch_id
		WHERE b.quarter = ? AND p.state NOT IN ('draft', 'void')
		  AND p.id NOT IN (SELECT mends FROM payment WHERE mends <> 0 AND state NOT IN ('draft', 'void'))
		GROUP BY p.state ORDER BY p.state`, q.String())
}

// MovingPart is what a loan's payments of one state come to.
type MovingPart struct {
	Loan  values.Loan
	State string
	Total values.Fen
}

// MovingParts adds up, loan by loan, what of the quarter's subsidy is approved,
// sent, and has failed, in whichever quarter's batch: a later one's carries what
// an earlier one set off. Drafts are those of its own batches.
func (tx *Tx) MovingParts(q values.Quarter, yield func(MovingPart) error) error {
	return each(tx, func(s scanner) (m MovingPart, err error) {
		err = s.Scan(common{&m.Loan.Bank}, &m.Loan.Contract, common{&m.State}, &m.Total)
		return m, err
	}, yield, `SELECT t.bank, t.contract, p.state, sum(t.central + t.provincial + t.city + t.county)
		FROM payment_part t JOIN payment p ON p.id = t.payment_id JOIN batch b ON b.id = p.batch_id
		WHERE t.quarter = ?1 AND (p.state IN ('approved', 'sent', 'failed') OR p.state = 'draft' AND b.quarter = ?1)
		GROUP BY t.bank, t.contract, p.state`, q.String())
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
