// Package report writes what people look at rather than read: 报告.html, the
// quarter at a glance for a head of bureau, and 季度监测表.xlsx, the monitoring
// table that the departments share (policy.md §8).
//
// Start with [WriteHTML]. The page is one file that needs nothing else: no
// network, no script, charts as inline SVG with the figures in a table beside
// them. Townships and banks stand in the order given and are never ranked
// (四(一) forbids it). A report whose rows do not add up is not written.
package report

import (
	"errors"
	"fmt"

	"tiexi/pipeline/values"
)

// Report is a quarter at a glance.
type Report struct {
	County    string
	Quarter   values.Quarter
	From, To  values.Date // interest days, both included
	Date      values.Date // the day it shows; zero leaves it out
	AuditHead string

	Loans, People int // with a subsidy
	Shares        values.Shares
	ByTownship    []Share
	ByBank        []Share

	Banks  []BankRows // each bank's rows, in the order shown
	States []State    // what became of the accepted rows; adds up to them

	Findings []FindingCount
	Notices  []TownshipNotice
	Payments Payments
	Watched  bool // rates are compared with limits (四(三)); Alerts are those above
	Alerts   []Alert
	History  []Past // the quarters before, oldest first; at most four are shown
	Next     []string
}

// Share is what a township or a bank's loans come to.
type Share struct {
	Name          string
	Loans, People int
	Shares        values.Shares
}

// BankRows is what a bank sent and what became of it.
type BankRows struct {
	Bank                           string
	Rows, Accepted, Held, Returned int
}

// State is where accepted rows are: 已发放, 待回盘, 待批, 公示中, 暂停发放, 不予贴息 …
type State struct {
	Name   string
	Rows   int
	Amount values.Fen
}

// FindingCount is how many lines have a finding.
type FindingCount struct {
	Code, Title, Clause string
	Outcome             values.Outcome // accepted and notice are one here
	Lines               int
}

// TownshipNotice is where a township's public notice stands.
type TownshipNotice struct {
	Township                  string
	Villages, Posted, Cleared int         // Cleared: the time is over
	Objections                int         // open ones
	LastDay                   values.Date // of the village that clears last; zero where one is not posted
}

// Payments are the quarter's payment rows, as status has them.
type Payments struct {
	Count                                 int
	Total, Paid, Failed, Pending, Stopped values.Fen
}

// Past is an earlier quarter.
type Past struct {
	Quarter values.Quarter
	Loans   int
	Shares  values.Shares
}

// ErrAddUp marks a report whose parts are not its totals.
var ErrAddUp = errors.New("报告的分项与合计不符")

// check proves that nothing is missing between the banks and the payments.
func (r *Report) check() error {
	var all []error
	accepted := 0
	for _, b := range r.Banks {
		accepted += b.Accepted
		if b.Rows != b.Accepted+b.Held+b.Returned {
			all = append(all, fmt.Errorf("%w：%s报送%d行，通过%d、待核%d、退回%d", ErrAddUp, b.Bank, b.Rows, b.Accepted, b.Held, b.Returned))
		}
	}
	states := 0
	for _, s := range r.States {
		states += s.Rows
	}
	if states != accepted {
		all = append(all, fmt.Errorf("%w：通过%d行，各状态合计%d行", ErrAddUp, accepted, states))
	}
	for _, by := range []struct {
		name string
		rows []Share
	}{{"乡镇", r.ByTownship}, {"银行", r.ByBank}} {
		var sum values.Shares
		for _, s := range by.rows {
			sum = sum.Plus(s.Shares)
		}
		if sum != r.Shares {
			all = append(all, fmt.Errorf("%w：各%s贴息合计%s元，全县%s元", ErrAddUp, by.name, sum.Total().Grouped(), r.Shares.Total().Grouped()))
		}
	}
	return errors.Join(all...)
}
