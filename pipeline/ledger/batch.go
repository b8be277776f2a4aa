package ledger

import "tiexi/pipeline/values"

// Validate takes a quarter in batches of lines, so that it never holds the whole.
// What it asks of the ledger for a batch is asked by the keys of the lines.

// Outline is a live line as far as it tells which others it can touch.
type Outline struct {
	Key     int64
	Loan    values.Loan
	Person  values.ResidentID
	Account values.Account
}

// Outlines gives the quarter's live lines in order of file name, sheet and row.
func (tx *Tx) Outlines(q values.Quarter, yield func(Outline) error) error {
	return each(tx, func(s scanner) (o Outline, err error) {
		err = s.Scan(&o.Key, common{&o.Loan.Bank}, &o.Loan.Contract, &o.Person, &o.Account)
		return o, err
	}, yield, `SELECT l.id, l.bank, l.contract, l.person, l.account FROM line l JOIN file f ON f.id = l.file_id
		WHERE l.quarter = ? AND l.live = 1 ORDER BY f.name, l.position, l.row`, q.String())
}

// Tie is a household and an account that somebody or something has or had.
type Tie struct {
	Person    values.ResidentID
	Loan      values.Loan
	Household string
	Account   values.Account
}

// RosterTies gives each household and account that the roster, of any time, has
// for a person.
func (tx *Tx) RosterTies(yield func(Tie) error) error {
	return each(tx, func(s scanner) (t Tie, err error) {
		err = s.Scan(&t.Person, &t.Household, &t.Account)
		return t, err
	}, yield, `SELECT person, household, account FROM person`)
}

// JudgedTies gives each household and account with which a line of a loan was
// accepted for the quarter when it was last judged.
func (tx *Tx) JudgedTies(q values.Quarter, yield func(Tie) error) error {
	return each(tx, func(s scanner) (t Tie, err error) {
		err = s.Scan(&t.Loan.Bank, &t.Loan.Contract, &t.Household, &t.Account)
		return t, err
	}, yield, `SELECT l.bank, l.contract, j.household, j.account FROM judgement j JOIN line l ON l.id = j.line_id
		WHERE j.quarter = ? AND j.outcome = 'accepted'`, q.String())
}

// LinesOf gives the lines with these keys, in the order of the keys, without the
// names of their files and sheets: those are few, and known to who asks.
func (tx *Tx) LinesOf(keys []int64) ([]*Line, error) {
	return collect(tx, scanLine, `SELECT `+unnamedColumns+` FROM json_each(?) k CROSS JOIN line l ON l.id = k.value`, document(keys))
}

// PersonsOnLines gives every roster row, of any time, of the persons whom these
// lines name, person by person, the oldest first.
func (tx *Tx) PersonsOnLines(keys []int64, yield func(Person) error) error {
	return tx.persons(yield, `WHERE p.person IN (SELECT person FROM line WHERE id IN (SELECT value FROM json_each(?)))
		ORDER BY p.person, p.id`, document(keys)) // a newer row has a larger id, and the index has them so
}

// JudgedBeforeOf is JudgedBefore for the loans that these lines are about.
func (tx *Tx) JudgedBeforeOf(q values.Quarter, keys []int64) (map[LineFacts]*Judgement, error) {
	return tx.judgedBefore(q, `j.line_id IN (SELECT o.id FROM line l JOIN line o ON o.bank = l.bank AND o.contract = l.contract
		WHERE l.id IN (SELECT value FROM json_each(?2)))`, document(keys))
}

// AnySent tells whether some payment of the quarter's subsidy was sent, and did
// not fail.
func (tx *Tx) AnySent(q values.Quarter) (bool, error) {
	n, _, err := one(tx, scanInt, `SELECT EXISTS (SELECT 1 FROM payment_part t JOIN payment p ON p.id = t.payment_id
		WHERE t.quarter = ? AND p.state IN ('sent', 'paid'))`, q.String())
	return n == 1, err
}

// SentFacts gives, for the loans that these lines are about, the facts of the
// quarter's last payment that was sent, and did not fail: what payment has
// pinned.
func (tx *Tx) SentFacts(q values.Quarter, keys []int64) (map[values.Loan]string, error) {
	facts := map[values.Loan]string{}
	return facts, each(tx, scanPart, func(p Part) error { facts[p.Loan] = p.Facts; return nil },
		`SELECT `+partColumns+` FROM payment_part t JOIN payment p ON p.id = t.payment_id
		WHERE p.state IN ('sent', 'paid') AND t.quarter = ?
		  AND (t.bank, t.contract) IN (SELECT bank, contract FROM line WHERE id IN (SELECT value FROM json_each(?)))
		ORDER BY t.payment_id, t.policy`, q.String(), document(keys))
}

// JudgedElsewhere tells whether lines of another quarter are judged.
func (tx *Tx) JudgedElsewhere(q values.Quarter) (bool, error) {
	n, _, err := one(tx, scanInt, `SELECT EXISTS (SELECT 1 FROM judgement WHERE quarter < ?1 OR quarter > ?1)`, q.String())
	return n == 1, err
}

// AcceptedElsewhere gives the accepted live lines of other quarters that belong
// to loans which these lines of the quarter name, or to households of their
// borrowers.
func (tx *Tx) AcceptedElsewhere(q values.Quarter, keys []int64, yield func(Accepted) error) error {
	const lines = `(SELECT value FROM json_each(?2))`
	return each(tx, scanAccepted, yield, `SELECT `+lineColumns+`, j.household, j.extension_barred`+lineSource+`JOIN judgement j ON j.line_id = l.id
		WHERE l.live = 1 AND j.outcome = 'accepted' AND l.quarter <> ?1 AND l.id IN (
			SELECT o.id FROM line n JOIN line o ON o.bank = n.bank AND o.contract = n.contract WHERE n.id IN `+lines+`
			UNION SELECT o.line_id FROM line n JOIN person p ON p.person = n.person JOIN judgement o ON o.household = p.household WHERE n.id IN `+lines+`)
		ORDER BY l.quarter, l.bank, l.contract, f.name, l.position, l.row`, q.String(), document(keys))
}
