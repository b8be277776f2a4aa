package pipeline

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tiexi/formats/report"
	"tiexi/pipeline/values"
)

// tranche is what one 借据 of a loan has in the quarter (policy.md §1: the
// contract names the loan). Each is repaid or overdue by itself, so that the
// loan's balance is the sum of theirs, as the risk fund counts it too
// (ledger.Outstanding).
type tranche struct {
	name        string
	first, last *judgedLine // of its lines that touch the quarter, by day
	closing     values.Fen
	overdue     bool
}

// take files the line under its tranche.
func (m *monitored) take(v *judgedLine) {
	i := slices.IndexFunc(m.tranches, func(t *tranche) bool { return t.name == v.line.Tranche })
	if i < 0 {
		i, m.tranches = len(m.tranches), append(m.tranches, &tranche{name: v.line.Tranche, first: v, last: v})
	}
	t := m.tranches[i]
	if v.line.From < t.first.line.From {
		t.first = v
	}
	if v.line.To > t.last.line.To {
		t.last = v
	}
}

// balances work out what came in and went out. A tranche on which interest stops
// before the end of the quarter, and that is not overdue, has been repaid; so
// has all of a loan that the risk fund has paid out on by then.
func (m *monitored) balances(from, to, compensated values.Date) {
	slices.SortStableFunc(m.tranches, func(x, y *tranche) int { return cmp.Compare(x.first.line.From, y.first.line.From) })
	for i, t := range m.tranches {
		first, last := t.first.line, t.last.line
		late := saysOverdue(last.Overdue)
		if !compensated.Known() && (last.To >= to || late) {
			t.closing = last.Balance
		}
		t.overdue = t.closing > 0 && (late || last.Matures.Known() && last.Matures <= to)
		m.closing += t.closing
		switch {
		case first.Disbursed >= from && first.Given.Has(values.FieldAmount):
			m.issued += first.Amount
		case first.Disbursed >= from:
			m.issued += first.Balance
		case i == 0 || first.From <= from: // a later one goes on where the one before it ends
			m.opening += first.Balance
		}
		if t.overdue {
			m.overdue += t.closing
		}
		if isBad(last.Class) {
			m.bad += t.closing
		}
		if last.Matures > to && last.Matures <= to+report.DueDays {
			m.maturing += t.closing
		}
	}
	m.repaid = m.opening + m.issued - m.closing
	if m.repaid < 0 { // drawn in parts
		m.issued, m.repaid = m.issued-m.repaid, 0
	}
}

// daysOverdue are those at the end of the quarter: as the bank counts them, else
// from the maturity date, that day included; 0 where neither says.
func (t *tranche) daysOverdue(to values.Date) int {
	if !t.overdue {
		return 0
	}
	line := t.last.line
	text := strings.TrimPrefix(strings.TrimRight(values.FoldText(line.Overdue), "天日"), "逾期")
	if days, err := strconv.Atoi(text); err == nil && days > 0 {
		return days
	}
	if line.Matures.Known() && line.Matures <= to {
		return int(to-line.Matures) + 1
	}
	return 0
}
