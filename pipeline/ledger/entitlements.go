package ledger

import (
	"errors"

	"tiexi/pipeline/values"
)

// Entitlement is what a loan is due for a quarter under one policy.
type Entitlement struct {
	Quarter   values.Quarter
	Loan      values.Loan
	Policy    string
	Shares    values.Shares
	FirstLine int64  // the loan's first accepted line
	Facts     string // names the loan's own accepted lines: their facts, sorted
}

// Accepted is an accepted live line with what validate found out about it.
type Accepted struct {
	*Line
	Household       string
	ExtensionBarred bool
}

// SettledTogether gives, household by household, the accepted live lines of
// every household that has one in the quarter: those of the quarter, and those of
// other quarters, which share its tiers on the days that they cover. A
// household's lines come in no certain order. Of a line it reads its place and
// what the amounts depend on, and nothing else. A household's name narrows it to
// that one, "" gives all.
func (tx *Tx) SettledTogether(q values.Quarter, household string, yield func(Accepted) error) error {
	which, args := ``, []any{q.String()}
	if household != "" {
		which, args = `AND j.household = ?2 `, append(args, household)
	}
	return each(tx, scanSettled, yield, `SELECT j.household, j.extension_barred, l.id, f.name, l.position, l.row, l.quarter, l.bank, l.contract,
			l.balance, l.rate, l.disbursed, l.matures, l.paid, l.from_day, l.to_day, l.days, l.signed, l.approved, l.renewals, l.original_maturity, l.extension_signed, l.given, l.facts
		FROM judgement j INDEXED BY judgement_household CROSS JOIN line l ON l.id = j.line_id CROSS JOIN file f ON f.id = l.file_id
		WHERE j.outcome = 'accepted' AND l.live = 1 `+which+`
		  AND (j.quarter = ?1 OR EXISTS (SELECT 1 FROM judgement o WHERE o.household = j.household AND o.quarter = ?1 AND o.outcome = 'accepted'))
		ORDER BY j.household`, args...) // as the index has them: nothing is sorted
}

func scanSettled(s scanner) (a Accepted, err error) {
	l := &Line{}
	err = s.Scan(&a.Household, &a.ExtensionBarred, &l.Key, common{&l.File}, &l.Position, &l.Row, quarter{&l.Quarter}, common{&l.Bank}, &l.Contract,
		&l.Balance, rate{&l.Rate}, day{&l.Disbursed}, day{&l.Matures}, &l.Paid, day{&l.From}, day{&l.To}, &l.Days, day{&l.Signed}, &l.Approved,
		&l.Renewals, day{&l.OriginalMaturity}, day{&l.ExtensionSigned}, &l.Given, &l.Facts)
	a.Line = l
	return a, err
}

func scanAccepted(s scanner) (a Accepted, err error) {
	a.Line, err = scanLine(scanMore{s, []any{&a.Household, &a.ExtensionBarred}})
	return a, err
}

// scanMore lets a query read the columns that a scan function knows and some
// that follow them.
type scanMore struct {
	scanner
	tail []any
}

// Scan implements scanner.
func (m scanMore) Scan(to ...any) error { return m.scanner.Scan(append(to, m.tail...)...) }

func scanEntitlement(s scanner) (e Entitlement, err error) {
	err = s.Scan(quarter{&e.Quarter}, common{&e.Loan.Bank}, &e.Loan.Contract, common{&e.Policy},
		&e.Shares.Central, &e.Shares.Provincial, &e.Shares.City, &e.Shares.County, &e.FirstLine, &e.Facts)
	return e, err
}

const entitlementColumns = `quarter, bank, contract, policy, central, provincial, city, county, first_line, facts`

// Entitlements lists what the quarter's loans are due, by bank and contract.
func (tx *Tx) Entitlements(q values.Quarter) ([]Entitlement, error) {
	return Keep(tx, "entitlements", q, []string{"entitlement"}, func() ([]Entitlement, error) {
		return collect(tx, scanEntitlement, `SELECT `+entitlementColumns+` FROM entitlement WHERE quarter = ? ORDER BY bank, contract, policy`, q.String())
	})
}

// ReplaceEntitlements writes the quarter's entitlements anew and keeps every
// change in the history, under the stage that made it; it returns the loans
// whose amounts moved.
func (tx *Tx) ReplaceEntitlements(q values.Quarter, stage int64, now []Entitlement) (moved map[values.Loan]bool, err error) {
	type key struct {
		loan   values.Loan
		policy string
	}
	before, err := tx.Entitlements(q)
	if err != nil {
		return nil, err
	}
	was := make(map[key]values.Shares, len(before))
	for _, e := range before {
		was[key{e.Loan, e.Policy}] = e.Shares
	}
	if err := tx.exec(`DELETE FROM entitlement WHERE quarter = ?`, q.String()); err != nil {
		return nil, err
	}
	put := tx.rows(`entitlement`, entitlementColumns)
	change := tx.rows(`entitlement_change`, changeColumns)
	moved = map[values.Loan]bool{}
	note := func(loan values.Loan, policy string, s values.Shares) error {
		moved[loan] = true
		if len(before) == 0 { // all of it is new, and copied at the end
			return nil
		}
		return change.add(stage, q.String(), loan.Bank, loan.Contract, policy, int64(s.Central), int64(s.Provincial), int64(s.City), int64(s.County))
	}
	for _, e := range now {
		s := e.Shares
		if err := put.add(q.String(), e.Loan.Bank, e.Loan.Contract, e.Policy, int64(s.Central), int64(s.Provincial), int64(s.City), int64(s.County),
			e.FirstLine, e.Facts); err != nil {
			return nil, err
		}
		old, known := was[key{e.Loan, e.Policy}]
		delete(was, key{e.Loan, e.Policy})
		if !known || old != s {
			if err := note(e.Loan, e.Policy, s); err != nil {
				return nil, err
			}
		}
	}
	if len(before) == 0 {
		return moved, errors.Join(put.flush(), tx.exec(`INSERT INTO entitlement_change (`+changeColumns+`)
			SELECT ?, quarter, bank, contract, policy, central, provincial, city, county FROM entitlement WHERE quarter = ?`, stage, q.String()))
	}
	for _, e := range before { // in order, not over the map
		if _, gone := was[key{e.Loan, e.Policy}]; gone {
			if err := note(e.Loan, e.Policy, values.Shares{}); err != nil {
				return nil, err
			}
		}
	}
	return moved, errors.Join(put.flush(), change.flush())
}

const changeColumns = `stage_id, quarter, bank, contract, policy, central, provincial, city, county`

// EntitlementsAt lists the quarter's entitlements as they stood after a stage.
func (tx *Tx) EntitlementsAt(q values.Quarter, stage int64) ([]Entitlement, error) {
	return collect(tx, func(s scanner) (e Entitlement, err error) {
		err = s.Scan(quarter{&e.Quarter}, &e.Loan.Bank, &e.Loan.Contract, &e.Policy, &e.Shares.Central, &e.Shares.Provincial, &e.Shares.City, &e.Shares.County)
		return e, err
	}, `SELECT quarter, bank, contract, policy, central, provincial, city, county FROM entitlement_change c
		WHERE quarter = ?1 AND stage_id = (SELECT max(stage_id) FROM entitlement_change x
			WHERE x.quarter = c.quarter AND x.bank = c.bank AND x.contract = c.contract AND x.policy = c.policy AND x.stage_id <= ?2)
		ORDER BY bank, contract, policy`, q.String(), stage)
}

// SubsidySums adds up the quarter's entitlements.
func (tx *Tx) SubsidySums(q values.Quarter) (values.Shares, error) {
	sums, _, err := one(tx, func(s scanner) (v values.Shares, err error) {
		err = s.Scan(&v.Central, &v.Provincial, &v.City, &v.County)
		return v, err
	}, `SELECT coalesce(sum(central), 0), coalesce(sum(provincial), 0), coalesce(sum(city), 0), coalesce(sum(county), 0) FROM entitlement WHERE quarter = ?`, q.String())
	return sums, err
}
