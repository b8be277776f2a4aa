package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// account is the one rule for all money (policy.md §7), loan by loan, quarter
// by quarter, policy by policy:
//
//	payable = entitlement now − Σ parts of payments that are neither failed nor void
//
// First payments, adjustments up and down, late acceptances and second payments
// all come out of it.
type account struct {
	values.Loan
	quarter   values.Quarter
	due       byPolicy    // entitlement now
	live      byPolicy    // parts of live payments
	waived    byPolicy    // overpaid, and left with the payee
	facts     string      // of the loan's own lines now
	paid      string      // of its own lines when it was last paid, "" if never
	recovered *values.Fen // what was due when somebody said to recover the rest
}

// payable by policy; policies without a difference are left out. A waiver makes
// less negative and never pays: what the payee may keep is not due again.
func (c *account) payable() byPolicy {
	open := c.due.minus(c.live)
	if open.sum().Total() < 0 {
		if open = open.plus(c.waived); open.sum().Total() >= 0 {
			return nil
		}
	}
	return open.nonzero()
}

// settled tells that nothing is payable under any policy.
func (c *account) settled() bool {
	return len(c.payable()) == 0
}

// total is the sum of payable.
func (c *account) total() values.Fen {
	open := c.due.sum().Total() - c.live.sum().Total()
	if open < 0 {
		open = min(0, open+c.waived.sum().Total())
	}
	return open
}

// kept is what was paid beyond the entitlement and is not taken back.
func (c *account) kept() values.Fen { return c.total() - c.due.sum().Total() + c.live.sum().Total() }

// waitsForWord tells whether something is to be taken back although the loan's
// own lines are still those that were paid: another loan took its tier. A person
// has to say recover or waive, and again if it becomes more.
func (c *account) waitsForWord() bool {
	said := c.recovered != nil && c.due.sum().Total() >= *c.recovered
	return c.total() < 0 && !said && c.paid != "" && c.paid == c.facts
}

// accountKey names an account.
type accountKey struct {
	quarter values.Quarter
	loan    values.Loan
}

// accounts opens the accounts of all loans that are due anything or were paid
// anything in the given quarter, or in all quarters. They are shared: nobody
// may change them.
func accounts(tx *ledger.Tx, quarters []values.Quarter) (map[accountKey]*account, error) {
	return ledger.Keep(tx, fmt.Sprint("accounts ", quarters), values.Quarter{}, []string{"entitlement", "payment", "payment_part", "adjustment", "waiver"},
		func() (map[accountKey]*account, error) { return readAccounts(tx, quarters) })
}

func readAccounts(tx *ledger.Tx, quarters []values.Quarter) (map[accountKey]*account, error) {
	all := map[accountKey]*account{}
	open := func(q values.Quarter, loan values.Loan) *account {
		key := accountKey{q, loan}
		c := all[key]
		if c == nil {
			c = &account{Loan: loan, quarter: q}
			all[key] = c
		}
		return c
	}
	for _, q := range quarters {
		entitlements, err := tx.Entitlements(q)
		if err != nil {
			return nil, err
		}
		for _, e := range entitlements {
			c := open(q, e.Loan)
			c.due.add(e.Policy, e.Shares)
			c.facts = e.Facts
		}
		parts, err := tx.LiveParts(q)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			c := open(q, p.Loan)
			c.live.add(p.Policy, p.Shares)
			c.paid = p.Facts
		}
		adjustments, err := tx.Adjustments(q)
		if err != nil {
			return nil, err
		}
		for _, d := range adjustments {
			c := open(q, d.Loan)
			if d.Verdict == "recover" {
				c.recovered = &d.Due
			}
			for policy, s := range d.Waived {
				c.waived.add(policy, s)
			}
		}
	}
	return all, nil
}

// sortedAccounts are the accounts in order of quarter, bank and contract.
func sortedAccounts(all map[accountKey]*account) []*account {
	return slices.SortedFunc(maps.Values(all), compareAccounts)
}

func compareAccounts(a, b *account) int {
	return cmp.Or(compareQuarters(a.quarter, b.quarter), a.Loan.Compare(b.Loan))
}

// parts turns shares by policy into payment parts, by policy name.
func (c *account) parts(shares byPolicy) (parts []ledger.Part) {
	for _, p := range shares {
		parts = append(parts, ledger.Part{Quarter: c.quarter, Loan: c.Loan, Policy: p.policy, Shares: p.Shares, Facts: c.facts})
	}
	return parts
}
