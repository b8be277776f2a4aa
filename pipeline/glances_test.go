package pipeline

import (
	"fmt"
	"slices"

	"tiexi/pipeline/ledger"
)

// Disburse asks the ledger at a glance what needs no closer look. In every test
// of this package it is held to the closer look, each time before it goes to
// work, when anything may have changed since the batches were approved.
func init() {
	i := slices.IndexFunc(stages, func(s stage) bool { return s.name == disburseStage.name })
	settle := stages[i].settle
	stages[i].settle = func(a *attempt) error {
		if err := glancesHold(a); err != nil {
			return err
		}
		return settle(a)
	}
}

func glancesHold(a *attempt) error {
	quarters, err := a.quartersUpTo()
	if err != nil {
		return err
	}
	for _, q := range quarters {
		unsettled, err := a.tx.Unsettled(q)
		if err != nil {
			return err
		}
		overpaid, err := a.tx.Overpaid(q)
		if err != nil {
			return err
		}
		err = eachAccount(a.tx, q, func(c account) error {
			if !unsettled && !c.settled() || !overpaid && c.total() < 0 {
				return fmt.Errorf("%s %s: a glance says unsettled %v, overpaid %v, but %v is payable", q, c.Contract, unsettled, overpaid, c.payable())
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	batches, err := a.tx.Batches(a.quarter)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if b.State != "signing" && b.State != "approved" {
			continue
		}
		var all []ledger.Payment
		if err := a.tx.PaymentsOfBatch(b.ID, func(p ledger.Payment) error { all = append(all, p); return nil }); err != nil {
			return err
		}
		want, err := a.changedAmong(all, quarters)
		if err != nil {
			return err
		}
		got, err := a.changedMembers(b)
		if err != nil {
			return err
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("changed in batch %s: %v at a glance, %v", b.Name, got, want)
		}
	}
	return nil
}
