package ledger

import (
	"cmp"
	"iter"
	"slices"

	"tiexi/pipeline/values"
)

// Batch is one hand-over to the One-Card platform.
type Batch struct {
	ID         int64
	Quarter    values.Quarter
	Number     int
	Name       string // 2026Q3-01
	State      string // draft, signing (some, not all, have approved), approved, sent or void
	Digest     string // of its members
	DraftedOn  values.Date
	ApprovedOn values.Date
	SentOn     values.Date
	VoidWhy    string
}

// Payment is one row of a batch: one payee. State is draft, approved, sent,
// paid, failed or void.
type Payment struct {
	ID         int64
	Batch      int64
	BatchName  string
	Position   int
	Number     string // 流水号
	Person     values.ResidentID
	Name       string
	Township   string
	Village    string
	PayoutBank string
	Account    values.Account
	Amount     values.Fen
	State      string
	Reason     string
	SettledOn  values.Date
	Mends      int64 // the failed payment it pays again, 0 for none
	Parts      []Part
}

// Part is what a payment pays on one loan, quarter and policy.
type Part struct {
	Payment int64
	Quarter values.Quarter
	Loan    values.Loan
	Policy  string
	Shares  values.Shares
	Facts   string // names the loan's own accepted lines when it was drafted
}

// ComparePart orders a payment's parts by quarter, loan and policy.
func ComparePart(a, b Part) int {
	return cmp.Or(a.Quarter.Compare(b.Quarter), a.Loan.Compare(b.Loan), cmp.Compare(a.Policy, b.Policy))
}

// Approval is one person's approval of a batch as its digest names it.
type Approval struct {
	Batch    int64
	Operator string
	Digest   string
	On       values.Date
}

// Adjustment is what a person decided about money that was paid and is no
// longer due although the loan's own lines did not change.
type Adjustment struct {
	ID      int64
	Quarter values.Quarter
	Loan    values.Loan
	Verdict string     // recover or waive
	Amount  values.Fen // overpaid when it was decided
	Due     values.Fen // entitled to then
	Why     string
	Waived  map[string]values.Shares // by policy, for a waiver
}

const batchColumns = `id, quarter, number, name, state, digest, drafted_on, approved_on, sent_on, void_why`

func scanBatch(s scanner) (b Batch, err error) {
	err = s.Scan(&b.ID, quarter{&b.Quarter}, &b.Number, &b.Name, &b.State, &b.Digest, day{&b.DraftedOn}, day{&b.ApprovedOn}, day{&b.SentOn}, &b.VoidWhy)
	return b, err
}

// Batches lists the quarter's batches by number.
func (tx *Tx) Batches(q values.Quarter) ([]Batch, error) {
	return collect(tx, scanBatch, `SELECT `+batchColumns+` FROM batch WHERE quarter = ? ORDER BY number`, q.String())
}

// BatchNamed finds a batch.
func (tx *Tx) BatchNamed(name string) (Batch, bool, error) {
	return one(tx, scanBatch, `SELECT `+batchColumns+` FROM batch WHERE name = ?`, name)
}

// AddBatch records a draft.
func (tx *Tx) AddBatch(b Batch) (int64, error) {
	return tx.insert(`INSERT INTO batch (quarter, number, name, state, digest, drafted_on, approved_on, sent_on, void_why) VALUES (?, ?, ?, 'draft', ?, ?, '', '', '')`,
		b.Quarter.String(), b.Number, b.Name, b.Digest, tx.On.String())
}

// DropDraft takes away a draft with its payments; its number is free again,
// since nobody has approved it.
func (tx *Tx) DropDraft(batch int64) error {
	for _, query := range []string{
		`DELETE FROM payment_part WHERE payment_id IN (SELECT id FROM payment WHERE batch_id = ?)`,
		`DELETE FROM payment WHERE batch_id = ?`,
		`DELETE FROM approval WHERE batch_id = ?`,
		`DELETE FROM batch WHERE id = ? AND state = 'draft'`,
	} {
		if err := tx.exec(query, batch); err != nil {
			return err
		}
	}
	return nil
}

// AddPayments writes the rows of a draft, with their parts, as they are drawn:
// few are held at a time. Of a loan's parts those that take back go first: money
// that moves from one policy to another never looks like more than is due.
func (tx *Tx) AddPayments(batch int64, payments iter.Seq[Payment]) error {
	last, _, err := one(tx, scanInt, `SELECT coalesce(max(id), 0) FROM payment`)
	if err != nil {
		return err
	}
	w := paymentWriter{
		row:  tx.rows(`payment`, `id, batch_id, position, number, person, name, township, village, payout_bank, account, amount, state, reason, settled_on, mends`),
		part: tx.rows(`payment_part`, `payment_id, quarter, bank, contract, policy, central, provincial, city, county, facts`),
	}
	for p := range payments {
		last++
		p.ID, p.Batch = last, batch
		if err := w.add(p); err != nil {
			return err
		}
	}
	if err := w.flush(); err != nil {
		return err
	}
	return w.part.flush()
}

// paymentWriter writes payments some at a time: their rows, then their parts,
// because the schema wants a part's payment to be there.
type paymentWriter struct {
	row, part *rows
	waiting   []Payment // whose rows and parts are not written
}

// paymentsTogether is how many payments are written together. Their parts go in
// by loan: what they are held to, and the index that finds them, is in that order,
// and in a large quarter each page of it would be asked for again and again.
const paymentsTogether = 4000

func (w *paymentWriter) add(p Payment) error {
	if w.waiting = append(w.waiting, p); len(w.waiting) < paymentsTogether {
		return nil
	}
	return w.flush()
}

// flush writes the rows of the payments that wait, and hands on their parts.
func (w *paymentWriter) flush() error {
	for i := range w.waiting {
		p := &w.waiting[i]
		if err := w.row.add(p.ID, p.Batch, p.Position, p.Number, p.Person.Whole(), p.Name, p.Township, p.Village, p.PayoutBank, p.Account.Whole(),
			int64(p.Amount), "draft", "", "", p.Mends); err != nil {
			return err
		}
	}
	if err := w.row.flush(); err != nil {
		return err
	}
	for _, t := range w.parts() {
		s := t.Shares
		if err := w.part.add(t.Payment, t.Quarter.String(), t.Loan.Bank, t.Loan.Contract, t.Policy,
			int64(s.Central), int64(s.Provincial), int64(s.City), int64(s.County), t.Facts); err != nil {
			return err
		}
	}
	clear(w.waiting)
	w.waiting = w.waiting[:0]
	return nil
}

// parts are those of the payments that wait, by loan.
func (w *paymentWriter) parts() (parts []Part) {
	for _, p := range w.waiting {
		for _, t := range p.Parts {
			t.Payment = p.ID
			parts = append(parts, t)
		}
	}
	slices.SortFunc(parts, func(a, b Part) int {
		return cmp.Or(a.Quarter.Compare(b.Quarter), a.Loan.Compare(b.Loan), cmp.Compare(a.Shares.Total(), b.Shares.Total()),
			cmp.Compare(a.Payment, b.Payment), cmp.Compare(a.Policy, b.Policy))
	})
	return parts
}

const paymentColumns = `p.id, p.batch_id, b.name, p.position, p.number, p.person, p.name, p.township, p.village, p.payout_bank, p.account, p.amount,
	p.state, p.reason, p.settled_on, p.mends`

const paymentSource = `SELECT ` + paymentColumns + ` FROM payment p JOIN batch b ON b.id = p.batch_id `

func scanPayment(s scanner) (p Payment, err error) {
	err = s.Scan(paymentFields(&p)...)
	return p, err
}

func paymentFields(p *Payment) []any {
	return []any{&p.ID, &p.Batch, common{&p.BatchName}, &p.Position, &p.Number, &p.Person, &p.Name, common{&p.Township}, common{&p.Village}, common{&p.PayoutBank},
		&p.Account, &p.Amount, common{&p.State}, common{&p.Reason}, day{&p.SettledOn}, &p.Mends}
}

func scanPart(s scanner) (p Part, err error) {
	err = s.Scan(partFields(&p)...)
	return p, err
}

func partFields(p *Part) []any {
	return []any{&p.Payment, quarter{&p.Quarter}, common{&p.Loan.Bank}, &p.Loan.Contract, common{&p.Policy},
		&p.Shares.Central, &p.Shares.Provincial, &p.Shares.City, &p.Shares.County, &p.Facts}
}

const partColumns = `t.payment_id, t.quarter, t.bank, t.contract, t.policy, t.central, t.provincial, t.city, t.county, t.facts`

// paymentParts is what a row of payments with parts reads: the parts' columns
// stand beside those of their payment, which may have none.
const paymentParts = `SELECT ` + paymentColumns + `, coalesce(t.payment_id, 0), coalesce(t.quarter, ''), coalesce(t.bank, ''), coalesce(t.contract, ''), coalesce(t.policy, ''),
	coalesce(t.central, 0), coalesce(t.provincial, 0), coalesce(t.city, 0), coalesce(t.county, 0), coalesce(t.facts, '')
	FROM payment p JOIN batch b ON b.id = p.batch_id LEFT JOIN payment_part t ON t.payment_id = p.id `

const inOrderOfParts = `, t.quarter, t.bank, t.contract, t.policy`

// eachPayment gives payments with their parts, one at a time; the query is
// paymentParts, and keeps a payment's rows together.
func (tx *Tx) eachPayment(yield func(Payment) error, query string, args ...any) error {
	var now, row Payment
	var part Part
	fields := append(paymentFields(&row), partFields(&part)...)
	err := each(tx, func(s scanner) (struct{}, error) { return struct{}{}, s.Scan(fields...) }, func(struct{}) error {
		if row.ID != now.ID {
			if now.ID != 0 {
				if err := yield(now); err != nil {
					return err
				}
			}
			now = row
		}
		if part.Payment != 0 {
			now.Parts = append(now.Parts, part)
		}
		return nil
	}, query, args...)
	if err != nil || now.ID == 0 {
		return err
	}
	return yield(now)
}

func (tx *Tx) collectPayments(query string, args ...any) (payments []Payment, err error) {
	err = tx.eachPayment(func(p Payment) error { payments = append(payments, p); return nil }, query, args...)
	return payments, err
}

// PaymentsOfBatch gives a batch's rows with their parts, by position.
func (tx *Tx) PaymentsOfBatch(batch int64, yield func(Payment) error) error {
	return tx.eachPayment(yield, paymentParts+`WHERE p.batch_id = ? ORDER BY p.position`+inOrderOfParts, batch)
}

// MembersInDoubt gives those of a batch's payments that cannot be told at a
// glance to be what they were when they were drawn: one of a payment's parts
// takes back, or its loan's facts are others, or an accepted line of the loan
// is not there, is blocked, or names another person, account, bank or payee.
// It knows nothing of what is due; see Overpaid.
// The parts are gone through by loan, the order of most of what is looked up.
func (tx *Tx) MembersInDoubt(batch int64) ([]Payment, error) {
	return tx.collectPayments(paymentParts+`WHERE p.id IN (
		SELECT t.payment_id FROM payment_part t INDEXED BY payment_part_loan CROSS JOIN payment y ON y.id = t.payment_id
		WHERE y.batch_id = ?1 AND t.quarter IN (SELECT DISTINCT m.quarter FROM payment x JOIN payment_part m ON m.payment_id = x.id WHERE x.batch_id = ?1) AND (
			t.central + t.provincial + t.city + t.county <= 0
			OR t.facts IS NOT (SELECT e.facts FROM entitlement e WHERE e.quarter = t.quarter AND e.bank = t.bank AND e.contract = t.contract AND e.policy = t.policy)
			OR (SELECT min(j.blocked = '' AND l.person = y.person AND j.account = y.account AND j.payout_bank = y.payout_bank AND j.payee = y.name)
				FROM line l CROSS JOIN judgement j ON j.line_id = l.id
				WHERE l.bank = t.bank AND l.contract = t.contract AND l.live = 1 AND j.quarter = t.quarter AND j.outcome = 'accepted') IS NOT 1))
		ORDER BY p.position`+inOrderOfParts, batch)
}

// BatchSums counts a batch's rows and adds them up.
func (tx *Tx) BatchSums(batch int64) (count int, total values.Fen, err error) {
	_, _, err = one(tx, func(s scanner) (struct{}, error) { return struct{}{}, s.Scan(&count, &total) },
		`SELECT count(*), coalesce(sum(amount), 0) FROM payment WHERE batch_id = ?`, batch)
	return count, total, err
}

// Payments gives all rows of the quarter's batches with their parts, by batch
// and position.
func (tx *Tx) Payments(q values.Quarter) ([]Payment, error) {
	return Keep(tx, "payments", q, []string{"payment", "payment_part", "batch"}, func() ([]Payment, error) {
		return tx.collectPayments(paymentParts+`WHERE b.quarter = ? ORDER BY b.number, p.position`+inOrderOfParts, q.String())
	})
}

// FailedAndSecond gives those of the quarter's payments that failed, and those
// that paid a failed one again, with their parts.
func (tx *Tx) FailedAndSecond(q values.Quarter) ([]Payment, error) {
	return tx.collectPayments(paymentParts+`WHERE b.quarter = ? AND (p.state = 'failed' OR p.state = 'paid' AND p.mends <> 0)
		ORDER BY b.number, p.position`+inOrderOfParts, q.String())
}

// PaymentNumbered finds a payment by its 流水号.
func (tx *Tx) PaymentNumbered(number string) (Payment, bool, error) {
	return oneAgain(tx, scanPayment, paymentSource+`WHERE p.number = ?`, number)
}

// LiveParts gives the quarter's parts of payments that are neither drafts nor
// failed nor void: what was paid or is on its way. They come by bank, contract,
// policy and payment, which is the order of an index.
func (tx *Tx) LiveParts(q values.Quarter, yield func(Part) error) error {
	return each(tx, scanPart, yield, `SELECT `+partColumns+` FROM payment_part t JOIN payment p ON p.id = t.payment_id
		WHERE p.state IN ('approved', 'sent', 'paid') AND t.quarter = ? ORDER BY t.bank, t.contract, t.policy, t.payment_id`, q.String())
}

// PersonAccount is an account that somebody was paid to.
type PersonAccount struct {
	Person  values.ResidentID
	Account values.Account
}

// DeadAccounts are those to which a payment has failed and none was made.
func (tx *Tx) DeadAccounts() (map[PersonAccount]bool, error) {
	dead := map[PersonAccount]bool{}
	return dead, each(tx, func(s scanner) (p PersonAccount, err error) { err = s.Scan(&p.Person, &p.Account); return p, err },
		func(p PersonAccount) error { dead[p] = true; return nil },
		`SELECT person, account FROM payment WHERE state = 'failed'
		EXCEPT SELECT person, account FROM payment WHERE state = 'paid' ORDER BY 1, 2`)
}

// FailedUnmended gives failed payments that no later payment has taken up, of
// all quarters, with their parts. Where the second payment failed too, it is
// the one to be mended.
func (tx *Tx) FailedUnmended() ([]Payment, error) {
	return tx.collectPayments(paymentParts + `WHERE p.state = 'failed'
		AND p.id NOT IN (SELECT mends FROM payment WHERE mends <> 0 AND state NOT IN ('draft', 'void')) ORDER BY p.id` + inOrderOfParts)
}

// AddApproval records one person's approval.
func (tx *Tx) AddApproval(batch int64, digest string) error {
	return tx.exec(`INSERT INTO approval (batch_id, operator, digest, on_day) VALUES (?, ?, ?, ?)`, batch, tx.Operator, digest, tx.On.String())
}

// Approvals lists who has approved a batch.
func (tx *Tx) Approvals(batch int64) ([]Approval, error) {
	return collect(tx, func(s scanner) (a Approval, err error) {
		err = s.Scan(&a.Batch, &a.Operator, &a.Digest, day{&a.On})
		return a, err
	}, `SELECT batch_id, operator, digest, on_day FROM approval WHERE batch_id = ? ORDER BY on_day, operator`, batch)
}

// FreezeBatch makes the draft's rows payments: its first approval.
func (tx *Tx) FreezeBatch(batch int64) error {
	if err := tx.exec(`UPDATE batch SET state = 'signing' WHERE id = ?`, batch); err != nil {
		return err
	}
	return tx.exec(`UPDATE payment SET state = 'approved' WHERE batch_id = ?`, batch)
}

// ApproveBatch records that everyone who must has approved the batch.
func (tx *Tx) ApproveBatch(batch int64) error {
	return tx.exec(`UPDATE batch SET state = 'approved', approved_on = ? WHERE id = ?`, tx.On.String(), batch)
}

// SendBatch records that an approved batch was handed over.
func (tx *Tx) SendBatch(batch int64, on values.Date) error {
	if err := tx.exec(`UPDATE batch SET state = 'sent', sent_on = ? WHERE id = ?`, on.String(), batch); err != nil {
		return err
	}
	return tx.exec(`UPDATE payment SET state = 'sent' WHERE batch_id = ? AND state = 'approved'`, batch)
}

// VoidBatch takes back an approved batch that was not sent.
func (tx *Tx) VoidBatch(batch int64, why string) error {
	if err := tx.exec(`UPDATE batch SET state = 'void', void_why = ? WHERE id = ?`, why, batch); err != nil {
		return err
	}
	return tx.exec(`UPDATE payment SET state = 'void', reason = ? WHERE batch_id = ?`, why, batch)
}

// SettlePayment records the outcome of a sent payment.
func (tx *Tx) SettlePayment(id int64, state, reason string, on values.Date) error {
	return tx.execAgain(`UPDATE payment SET state = ?, reason = ?, settled_on = ? WHERE id = ?`, state, reason, on.String(), id)
}

// AddAdjustment records a decision to recover or to waive.
func (tx *Tx) AddAdjustment(a Adjustment) error {
	id, err := tx.insert(`INSERT INTO adjustment (quarter, bank, contract, verdict, amount, due, why, operator, on_day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.Quarter.String(), a.Loan.Bank, a.Loan.Contract, a.Verdict, int64(a.Amount), int64(a.Due), a.Why, tx.Operator, tx.On.String())
	if err != nil {
		return err
	}
	for policy, s := range a.Waived {
		if err := tx.exec(`INSERT INTO waiver (adjustment_id, policy, central, provincial, city, county) VALUES (?, ?, ?, ?, ?, ?)`,
			id, policy, int64(s.Central), int64(s.Provincial), int64(s.City), int64(s.County)); err != nil {
			return err
		}
	}
	return nil
}

// Adjustments lists the recorded decisions of a quarter, or of all.
func (tx *Tx) Adjustments(q values.Quarter) ([]Adjustment, error) {
	adjustments, err := collect(tx, func(s scanner) (a Adjustment, err error) {
		err = s.Scan(&a.ID, quarter{&a.Quarter}, &a.Loan.Bank, &a.Loan.Contract, &a.Verdict, &a.Amount, &a.Due, &a.Why)
		return a, err
	}, `SELECT id, quarter, bank, contract, verdict, amount, due, why FROM adjustment WHERE ?1 = '' OR quarter = ?1 ORDER BY id`, q.String())
	if err != nil {
		return nil, err
	}
	for i := range adjustments {
		a := &adjustments[i]
		type row struct {
			policy string
			shares values.Shares
		}
		err := each(tx, func(s scanner) (r row, err error) {
			err = s.Scan(&r.policy, &r.shares.Central, &r.shares.Provincial, &r.shares.City, &r.shares.County)
			return r, err
		}, func(r row) error {
			if a.Waived == nil {
				a.Waived = map[string]values.Shares{}
			}
			a.Waived[r.policy] = r.shares
			return nil
		}, `SELECT policy, central, provincial, city, county FROM waiver WHERE adjustment_id = ?`, a.ID)
		if err != nil {
			return nil, err
		}
	}
	return adjustments, nil
}

// PayeeOfLoan tells who was last paid on a loan for a quarter, "" if nobody was.
func (tx *Tx) PayeeOfLoan(q values.Quarter, l values.Loan) (person values.ResidentID, err error) {
	person, _, err = one(tx, func(s scanner) (person values.ResidentID, err error) { err = s.Scan(&person); return person, err },
		`SELECT p.person FROM payment_part t JOIN payment p ON p.id = t.payment_id
		WHERE t.quarter = ? AND t.bank = ? AND t.contract = ? AND p.state IN ('approved', 'sent', 'paid') ORDER BY p.id DESC LIMIT 1`,
		q.String(), l.Bank, l.Contract)
	return person, err
}

// Unanswered counts and adds up the quarter's payments that are sent and of
// which nothing is known yet.
func (tx *Tx) Unanswered(q values.Quarter) (count int, total values.Fen, err error) {
	_, _, err = one(tx, func(s scanner) (struct{}, error) { return struct{}{}, s.Scan(&count, &total) },
		`SELECT count(*), coalesce(sum(p.amount), 0) FROM payment p JOIN batch b ON b.id = p.batch_id WHERE b.quarter = ? AND b.state = 'sent' AND p.state = 'sent'`, q.String())
	return count, total, err
}

// Unsettled tells whether on some loan of the quarter the live parts of some
// policy are not exactly what it is entitled to: whether anything can be
// payable or overpaid at all.
func (tx *Tx) Unsettled(q values.Quarter) (bool, error) {
	n, _, err := one(tx, scanInt, `SELECT EXISTS (SELECT 1 FROM entitlement e WHERE e.quarter = ?1 AND (e.central, e.provincial, e.city, e.county) IS NOT (
			SELECT coalesce(sum(t.central), 0), coalesce(sum(t.provincial), 0), coalesce(sum(t.city), 0), coalesce(sum(t.county), 0)
			FROM payment_part t JOIN payment p ON p.id = t.payment_id
			WHERE t.quarter = e.quarter AND t.bank = e.bank AND t.contract = e.contract AND t.policy = e.policy AND p.state IN ('approved', 'sent', 'paid')))
		OR EXISTS (SELECT 1 FROM payment_part t JOIN payment p ON p.id = t.payment_id WHERE t.quarter = ?1 AND p.state IN ('approved', 'sent', 'paid')
			AND NOT EXISTS (SELECT 1 FROM entitlement e WHERE e.quarter = t.quarter AND e.bank = t.bank AND e.contract = t.contract AND e.policy = t.policy))`, q.String())
	return n == 1, err
}

// Overpaid tells whether more was paid on some loan of the quarter, or is on
// its way, than it is entitled to. A trigger keeps that from happening when a
// payment is written, so that it takes a second compute.
func (tx *Tx) Overpaid(q values.Quarter) (bool, error) {
	return Keep(tx, "overpaid", q, []string{"payment", "payment_part", "entitlement", "stage"}, func() (bool, error) {
		computed, _, err := one(tx, scanInt, `SELECT count(*) FROM stage WHERE quarter = ? AND name = 'compute'`, q.String())
		if err != nil || computed <= 1 {
			return false, err
		}
		n, _, err := one(tx, scanInt, `SELECT EXISTS (SELECT 1 FROM (
			SELECT t.bank, t.contract, sum(t.central + t.provincial + t.city + t.county) AS paid FROM payment_part t JOIN payment p ON p.id = t.payment_id
			WHERE t.quarter = ?1 AND p.state IN ('approved', 'sent', 'paid') GROUP BY t.bank, t.contract) x
			WHERE paid > (SELECT coalesce(sum(e.central + e.provincial + e.city + e.county), 0) FROM entitlement e
				WHERE e.quarter = ?1 AND e.bank = x.bank AND e.contract = x.contract))`, q.String())
		return n == 1, err
	})
}
