package pipeline

import (
	"slices"

	"tiexi/formats/report"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// dueLoans are those that somebody has to see coming (policy.md §8), of loans with
// some tranche that is. A loan in several tranches stands there with those that
// are.
func (a *attempt) dueLoans(all []*monitored, now *table, excluded map[values.ResidentID]rules.Exclusion) ([]report.DueLoan, error) {
	to := a.quarter.Last(a.job.InterestDay)
	slices.SortStableFunc(all, a.compareMonitored)
	due := []report.DueLoan{}
	for _, m := range all {
		for _, t := range m.tranches {
			if !t.comesUp(to) {
				continue
			}
			l := t.line()
			renewals := rules.Renewals(&l)
			rows, err := a.tx.PersonRows(l.ID)
			if err != nil {
				return nil, err
			}
			signed := max(to+1, l.Matures)
			terms := a.policies.Conditions(policy.Facts{Signed: signed})
			renewal := rules.Renewal{Line: &l, Signed: signed, Terms: &terms, TakenOver: a.takesOver(&l, signed), Roster: stretches(rows),
				Overdue: t.overdue, Balance: m.closing, Household: now.owedBy(m.household)}
			if e, found := excluded[l.ID]; found {
				renewal.Exclusion = &e
			}
			bars := renewal.Bars()
			d := report.DueLoan{Township: m.township, Village: m.village, Borrower: l.Borrower, Bank: m.Bank, Contract: m.Contract, Balance: t.closing,
				Matures: l.Matures, OriginalMaturity: l.OriginalMaturity, Overdue: t.overdue, DaysOverdue: t.daysOverdue(to), Class: l.Class, Renewals: renewals,
				Bars: bars.Final, Doubts: bars.Doubts}
			if len(m.tranches) > 1 {
				d.Tranche = t.name
			}
			due = append(due, d)
		}
	}
	return due, nil
}

// takesOver tells whether the terms in force on a day take over a loan that is
// extended then: one that they govern already, or one of the transition period
// (二(三)).
func (a *attempt) takesOver(l *values.Line, signed values.Date) bool {
	facts := policy.FactsOf(l)
	facts.OriginalMaturity, facts.Matures = l.Matures, signed+1
	facts.ExtensionSigned, facts.Renewals = signed, rules.Renewals(l)+1
	_, ok := a.policies.PolicyFor(facts, l.Matures)
	return ok
}
