package pipeline

import (
	"fmt"
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
	return stillOpen(c.due.sum().Total(), c.live.sum().Total(), c.waived.sum().Total())
}

// stillOpen is what is payable of what is due, or, below nil, to be taken back of
// what was paid: less what was waived.
func stillOpen(due, live, waived values.Fen) values.Fen {
	open := due - live
	if open < 0 {
		open = min(0, open+waived)
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

// owes tells whether something is to be taken back without waiting for a word.
func (c *account) owes() bool { return c.total() < 0 && !c.waitsForWord() }

// accounts opens the accounts of all loans that are due anything or were paid
// anything in the given quarters, in order of quarter, bank and contract. They
// are shared: nobody may change them.
func accounts(tx *ledger.Tx, quarters []values.Quarter) (accountList, error) {
	return ledger.Keep(tx, fmt.Sprint("accounts ", quarters), values.Quarter{}, []string{"entitlement", "payment", "payment_part", "adjustment", "waiver"},
		func() (all accountList, err error) {
			for _, q := range slices.SortedFunc(slices.Values(quarters), values.Quarter.Compare) {
				if err := eachAccount(tx, q, func(c account) error { all = append(all, &c); return nil }); err != nil {
					return nil, err
				}
			}
			return all, nil
		})
}

// accountList is accounts in order of quarter, bank and contract.
type accountList []*account

// of is the loan's account for the quarter, nil where it has none.
func (l accountList) of(q values.Quarter, loan values.Loan) *account {
	i, found := slices.BinarySearchFunc(l, loan, func(c *account, loan values.Loan) int {
		if c.quarter != q {
			return c.quarter.Compare(q)
		}
		return c.Loan.Compare(loan)
	})
	if !found {
		return nil
	}
	return l[i]
}

// eachAccount opens the quarter's accounts one at a time, in order of bank and
// contract: what is due and what was paid come in that order both.
func eachAccount(tx *ledger.Tx, q values.Quarter, yield func(account) error) error {
	due, err := tx.Entitlements(q)
	if err != nil {
		return err
	}
	adjustments, err := tx.Adjustments(q)
	if err != nil {
		return err
	}
	slices.SortStableFunc(adjustments, func(a, b ledger.Adjustment) int { return a.Loan.Compare(b.Loan) })
	o := opening{quarter: q, due: due, adjustments: adjustments}
	var paid account // with live parts, of which there may be more
	var last int64   // payment on it
	err = tx.LiveParts(q, func(p ledger.Part) error {
		if paid.Loan != p.Loan {
			if paid.live != nil {
				if err := yield(paid); err != nil {
					return err
				}
			}
			for len(o.due) > 0 && o.due[0].Loan.Compare(p.Loan) < 0 {
				if err := yield(o.open(o.due[0].Loan)); err != nil {
					return err
				}
			}
			paid, last = o.open(p.Loan), 0
		}
		paid.live.add(p.Policy, p.Shares)
		if p.Payment >= last {
			paid.paid, last = p.Facts, p.Payment
		}
		return nil
	})
	if err == nil && paid.live != nil {
		err = yield(paid)
	}
	for err == nil && len(o.due) > 0 {
		err = yield(o.open(o.due[0].Loan))
	}
	return err
}

// opening opens a quarter's accounts in their order.
type opening struct {
	quarter     values.Quarter
	due         []ledger.Entitlement // of this loan and those that come
	adjustments []ledger.Adjustment
}

// open is the loan's account without what was paid on it.
func (o *opening) open(loan values.Loan) account {
	c := account{Loan: loan, quarter: o.quarter}
	for ; len(o.due) > 0 && o.due[0].Loan == loan; o.due = o.due[1:] {
		c.due.add(o.due[0].Policy, o.due[0].Shares)
		c.facts = o.due[0].Facts
	}
	for ; len(o.adjustments) > 0 && o.adjustments[0].Loan.Compare(loan) <= 0; o.adjustments = o.adjustments[1:] {
		d := &o.adjustments[0]
		if d.Loan != loan {
			continue // nothing is due on it any more, and nothing was paid
		}
		if d.Verdict == "recover" {
			c.recovered = &d.Due
		}
		for policy, s := range d.Waived {
			c.waived.add(policy, s)
		}
	}
	return c
}

// parts turns shares by policy into payment parts, by policy name.
func (c *account) parts(shares byPolicy) (parts []ledger.Part) {
	for _, p := range shares {
		parts = append(parts, ledger.Part{Quarter: c.quarter, Loan: c.Loan, Policy: p.policy, Shares: p.Shares, Facts: c.facts})
	}
	return parts
}
