package ledger

import (
	"fmt"

	"tiexi/pipeline/values"
)

// AddFundClaim records a claim that passed every check and waits for a person,
// and its line in the audit log.
func (tx *Tx) AddFundClaim(c FundClaim) (id int64, err error) {
	c.ReceivedOn = tx.On
	id, err = tx.insert(`INSERT INTO fund_claim (digest, file, sheet, row, bank, contract, borrower, ground, overdue_from, loss, amount, bad_rate, overall_rate,
		received_on, state, why, decided_by, decided_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', '', '', '')`,
		c.Digest, c.Place.File, c.Place.Sheet, c.Place.Row, c.Loan.Bank, c.Loan.Contract, c.Borrower, c.Ground, c.OverdueFrom.String(), int64(c.Loss), int64(c.Amount),
		c.BadRate.String(), c.OverallRate.String(), c.ReceivedOn.String())
	if err != nil {
		return 0, err
	}
	return id, tx.Record(FundClaimAction, fmt.Sprint(id), c.Proof())
}

// FundClaims lists all claims in the order in which they came.
func (tx *Tx) FundClaims() ([]FundClaim, error) {
	return collect(tx, func(s scanner) (c FundClaim, err error) {
		var bad, overall string
		err = s.Scan(&c.ID, &c.Digest, &c.Place.File, &c.Place.Sheet, &c.Place.Row, &c.Loan.Bank, &c.Loan.Contract, &c.Borrower, &c.Ground, day{&c.OverdueFrom},
			&c.Loss, &c.Amount, &bad, &overall, day{&c.ReceivedOn}, &c.State, &c.Why, &c.DecidedBy, day{&c.DecidedOn})
		if err == nil {
			c.BadRate, err = values.ParseRate(bad)
		}
		if err == nil {
			c.OverallRate, err = values.ParseRate(overall)
		}
		return c, err
	}, `SELECT id, digest, file, sheet, row, bank, contract, borrower, ground, overdue_from, loss, amount, bad_rate, overall_rate, received_on, state, why, decided_by, decided_on
		FROM fund_claim ORDER BY id`)
}

// PayFundClaim pays a waiting claim on a day, 7 : 3, and tells the entry.
func (tx *Tx) PayFundClaim(c FundClaim, on values.Date, why string) (entry int64, err error) {
	fund, bank := SharePaid(c.Amount)
	entry, err = tx.AddFundEntry(FundEntry{On: on, Kind: FundCompensation, Amount: -fund, Bank: -bank, Claim: c.ID, Note: why})
	if err != nil {
		return 0, err
	}
	return entry, tx.decideFundClaim(c.ID, "paid", on, why)
}

// RefuseFundClaim records that a person refused a waiting claim.
func (tx *Tx) RefuseFundClaim(id int64, why string) error {
	return tx.decideFundClaim(id, "refused", tx.On, why)
}

func (tx *Tx) decideFundClaim(id int64, state string, on values.Date, why string) error {
	if err := tx.exec(`UPDATE fund_claim SET state = ?, why = ?, decided_by = ?, decided_on = ? WHERE id = ?`, state, why, tx.Operator, on.String(), id); err != nil {
		return err
	}
	return tx.Record("fund "+state, fmt.Sprint(id), map[string]any{"on": on, "why": why})
}

// Compensated are the loans on which the fund has paid out by the end of a day,
// and when (compensated-loan, policy.md §5).
func (tx *Tx) Compensated(by values.Date) (map[values.Loan]values.Date, error) {
	paid := map[values.Loan]values.Date{}
	err := each(tx, func(s scanner) (c FundClaim, err error) {
		err = s.Scan(&c.Loan.Bank, &c.Loan.Contract, day{&c.DecidedOn})
		return c, err
	}, func(c FundClaim) error { paid[c.Loan] = c.DecidedOn; return nil },
		`SELECT bank, contract, decided_on FROM fund_claim WHERE state = 'paid' AND decided_on <= ?`, by.String())
	return paid, err
}

// MarkCompensated covers the same loans; "" where there are none.
func (tx *Tx) MarkCompensated(by values.Date) (string, error) {
	return tx.mark(`SELECT coalesce(group_concat(id, ' '), '') FROM (SELECT id FROM fund_claim WHERE state = 'paid' AND decided_on <= ? ORDER BY id)`, by.String())
}

// MarkFund covers the fund's entries up to a day; "" where there are none.
func (tx *Tx) MarkFund(by values.Date) (string, error) {
	return tx.mark(`SELECT CASE count(*) WHEN 0 THEN '' ELSE count(*) || ':' || max(id) END FROM fund_entry WHERE on_day <= ?`, by.String())
}

// MarkFundClaims covers the claims as they stood at the end of a day, and the
// rows that had gone back by then.
func (tx *Tx) MarkFundClaims(by values.Date) (string, error) {
	return tx.mark(`SELECT (SELECT count(*) || ':' || count(*) FILTER (WHERE state <> 'waiting' AND decided_on <= ?1) FROM fund_claim WHERE received_on <= ?1)
		|| ':' || (SELECT count(*) FROM fund_returned WHERE received_on <= ?1)`, by.String())
}

// AddFundReturned records a row that goes back to its bank; the same row for
// the same reason once.
func (tx *Tx) AddFundReturned(r FundReturned) error {
	_, known, err := one(tx, scanInt, `SELECT 1 FROM fund_returned WHERE digest = ? AND sheet = ? AND row = ? AND reason = ?`, r.Digest, r.Place.Sheet, r.Place.Row, r.Reason)
	if known || err != nil {
		return err
	}
	if err := tx.exec(`INSERT INTO fund_returned (digest, file, sheet, row, kind, bank, contract, borrower, amount, reason, received_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Digest, r.Place.File, r.Place.Sheet, r.Place.Row, r.Kind, r.Loan.Bank, r.Loan.Contract, r.Borrower, int64(r.Amount), r.Reason, tx.On.String()); err != nil {
		return err
	}
	return tx.Record("fund returned", fmt.Sprintf("%s %s %d", r.Place.File, r.Place.Sheet, r.Place.Row), map[string]any{"loan": r.Loan, "reason": r.Reason, "sha256": r.Digest})
}

// FundReturnedBetween lists, by bank, file, sheet and row, what was returned on
// those days: rows that were not taken then or since, and claims that a person
// refused.
func (tx *Tx) FundReturnedBetween(from, to values.Date) ([]FundReturned, error) {
	return collect(tx, func(s scanner) (r FundReturned, err error) {
		err = s.Scan(&r.Digest, &r.Place.File, &r.Place.Sheet, &r.Place.Row, &r.Kind, &r.Loan.Bank, &r.Loan.Contract, &r.Borrower, &r.Amount, &r.Reason, day{&r.On})
		return r, err
	}, `SELECT digest, file, sheet, row, kind, bank, contract, borrower, amount, reason, received_on FROM fund_returned r
		WHERE received_on BETWEEN ?1 AND ?2
			AND NOT EXISTS (SELECT 1 FROM fund_claim c WHERE c.digest = r.digest AND c.sheet = r.sheet AND c.row = r.row)
			AND NOT EXISTS (SELECT 1 FROM fund_entry e WHERE e.kind = 'recovery' AND e.digest = r.digest AND e.sheet = r.sheet AND e.row = r.row)
		UNION ALL SELECT digest, file, sheet, row, 'claim', bank, contract, borrower, amount, why, decided_on FROM fund_claim
		WHERE state = 'refused' AND decided_on BETWEEN ?1 AND ?2
		ORDER BY 6, 2, 3, 4, 10`, from.String(), to.String())
}
