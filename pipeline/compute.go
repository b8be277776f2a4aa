package pipeline

import (
	"cmp"
	"slices"
	"strings"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// computeStage reads the accepted lines household by household and writes what
// each loan is due (policy.md §4).
var computeStage = stage{
	name: "compute", version: 1,
	inputs: func(a *attempt) (map[string]string, error) {
		m := marks{tx: a.tx}
		inputs := map[string]string{
			"judgements": m.of(a.tx.MarkResult(a.quarter, "validate")),
			"history":    m.of(a.tx.MarkEarlierResults(a.quarter, "validate")),
			"policies":   a.policies.Digest(),
		}
		return inputs, m.err
	},
	settle: compute,
}

func compute(a *attempt) error {
	var entitlements []ledger.Entitlement
	total := values.Fen(0)
	err := a.households(func(h *household) error {
		settled, err := a.policies.Settle(&h.Household, a.quarter)
		if err != nil {
			return err
		}
		for _, e := range settled {
			loan := &h.loans[e.Loan]
			for _, part := range e.Parts {
				entitlements = append(entitlements, ledger.Entitlement{Quarter: a.quarter, Loan: loan.name, Policy: part.Policy,
					Shares: part.Shares, FirstLine: loan.first.Key, Facts: ownFacts(loan.facts)})
			}
			total += e.Shares.Total()
		}
		a.took += h.lines
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(entitlements, func(x, y ledger.Entitlement) int { return x.Loan.Compare(y.Loan) })
	stageID, err := a.tx.NextStage()
	if err != nil {
		return err
	}
	before, err := a.tx.Entitlements(a.quarter)
	if err != nil {
		return err
	}
	moved, err := a.tx.ReplaceEntitlements(a.quarter, stageID, entitlements)
	if err != nil {
		return err
	}
	if err := a.noteMovedTiers(before, entitlements, moved); err != nil {
		return err
	}
	a.gave = len(entitlements)
	a.tally["total"] = total.String()
	a.tally["result"] = entitlementDigest(entitlements)
	return nil
}

// noteMovedTiers writes the notice tier-changed on the loans whose amount moved
// although neither their own lines nor the terms did.
func (a *attempt) noteMovedTiers(before, now []ledger.Entitlement, moved map[values.Loan]bool) error {
	last, ran, err := a.tx.LastStage(a.quarter, a.stage)
	if err != nil || !ran || last.Inputs["policies"] != a.policies.Digest() {
		return err
	}
	was := map[values.Loan]ledger.Entitlement{}
	for _, e := range before {
		was[e.Loan] = e
	}
	for _, e := range now {
		old, known := was[e.Loan]
		if !known || !moved[e.Loan] || old.Facts != e.Facts || old.Policy != e.Policy {
			continue
		}
		if err := a.tx.AddFinding(e.FirstLine, rules.MovedTiers(old.Shares.Total(), e.Shares.Total())); err != nil {
			return err
		}
	}
	return nil
}

// household is a household's accepted lines of all quarters, ready to settle.
type household struct {
	policy.Household
	loans []loanLines // beside Household.Loans
	lines int         // of the quarter in hand
}

// loanLines says what package policy has no use for.
type loanLines struct {
	name  values.Loan
	first *ledger.Line   // first accepted line of the quarter, in order of file, sheet, row
	own   []*ledger.Line // all of the quarter
	facts []string       // their digests
}

// households gives the quarter's households one by one, in order.
func (a *attempt) households(yield func(*household) error) error {
	return a.householdsNamed("", yield)
}

// householdsNamed is households for one of them; "" means all.
func (a *attempt) householdsNamed(id string, yield func(*household) error) error {
	var lines []ledger.Accepted // of one household
	finish := func() error {
		if len(lines) == 0 {
			return nil
		}
		h := householdOf(lines, a.quarter)
		lines = lines[:0]
		return yield(h)
	}
	err := a.tx.SettledTogether(a.quarter, id, func(l ledger.Accepted) error {
		if len(lines) > 0 && lines[0].Household != l.Household {
			if err := finish(); err != nil {
				return err
			}
		}
		lines = append(lines, l)
		return nil
	})
	if err != nil {
		return err
	}
	return finish()
}

// householdOf puts the accepted lines of one household together; it sorts them.
func householdOf(lines []ledger.Accepted, q values.Quarter) *household {
	slices.SortFunc(lines, compareAccepted)
	h := &household{Household: policy.Household{ID: lines[0].Household}}
	for _, l := range lines {
		h.add(l, q)
	}
	return h
}

// compareAccepted orders by household, loan, quarter and place.
func compareAccepted(x, y ledger.Accepted) int {
	return cmp.Or(strings.Compare(x.Household, y.Household), x.Loan().Compare(y.Loan()), x.Quarter.Compare(y.Quarter), comparePlace(x.Line, y.Line))
}

func (h *household) add(l ledger.Accepted, q values.Quarter) {
	name := l.Loan()
	n := len(h.loans) - 1
	if n < 0 || h.loans[n].name != name {
		h.loans = append(h.loans, loanLines{name: name})
		h.Loans = append(h.Loans, policy.Loan{Bank: l.Bank, Contract: l.Contract})
		n++
	}
	loan, lines := &h.Loans[n], &h.loans[n]
	facts := policy.FactsOf(&l.Line.Line)
	if !loan.First.Known() || facts.Disbursed < loan.First {
		loan.First = facts.Disbursed
	}
	line := policyLine(l.Line, l.ExtensionBarred)
	line.Facts = &facts
	loan.Facts = facts // the newest line knows of the newest extension
	loan.Lines = append(loan.Lines, line)
	if l.Quarter == q {
		h.lines++
		lines.own, lines.facts = append(lines.own, l.Line), append(lines.facts, l.Facts)
		if lines.first == nil || comparePlace(l.Line, lines.first) < 0 {
			lines.first = l.Line
		}
	}
}

func comparePlace(a, b *ledger.Line) int {
	if a.File != b.File {
		if a.File < b.File {
			return -1
		}
		return 1
	}
	if a.Position != b.Position {
		return a.Position - b.Position
	}
	return a.Row - b.Row
}
