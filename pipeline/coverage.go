package pipeline

import (
	"maps"
	"slices"
	"strings"

	"tiexi/formats/report"
	"tiexi/pipeline/rules"
)

// coverage says for every township that has loans, households on the roster or
// a responsible bank, what of its loans the responsible banks have (二(一)). It
// is nil where the county has no table of them.
func (a *attempt) coverage(places []report.Group, lenders map[string][]string) ([]report.Coverage, error) {
	if lenders == nil {
		return nil, nil
	}
	households, err := a.tx.RosterHouseholds(a.quarter.Last(a.job.InterestDay))
	if err != nil {
		return nil, err
	}
	byTownship := map[string]*report.Coverage{}
	at := func(township string) *report.Coverage {
		if byTownship[township] == nil {
			byTownship[township] = &report.Coverage{Township: township, Responsible: strings.Join(lenders[township], "、")}
		}
		return byTownship[township]
	}
	for township := range lenders {
		at(township)
	}
	for township, n := range households {
		at(township).RosterHouseholds = n
	}
	for _, g := range places {
		c := at(g.Township)
		c.Loans += g.Now.Loans
		c.Balance += g.Now.Closing
		if rules.Responsible(lenders[g.Township], g.Bank) {
			c.OwnLoans += g.Now.Loans
			c.OwnBalance += g.Now.Closing
		}
	}
	all := make([]report.Coverage, 0, len(byTownship))
	for _, township := range slices.Sorted(maps.Keys(byTownship)) {
		all = append(all, *byTownship[township])
	}
	return all, nil
}
