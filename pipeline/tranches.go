package pipeline

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tiexi/formats/report"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// tranche is what one 借据 of a loan has in the quarter (policy.md §1: the
// contract names the loan). Each is repaid or overdue by itself, so that the
// loan's balance is the sum of theirs, as the risk fund counts it too
// (ledger.Outstanding).
type tranche struct {
	name        string
	first, last *values.Line     // of its lines that touch the quarter, by day; nil: only the loan book has it, or nobody asks for them
	book        *values.BookLoan // nil: the bank sent no loan book, or it is not in there
	closing     values.Fen
	overdue     bool
	matures     values.Date
	class       string // 五级分类
}

// take files the line under its tranche.
func (m *monitored) take(l *values.Line) {
	i := slices.IndexFunc(m.tranches, func(t *tranche) bool { return t.name == l.Tranche })
	if i < 0 {
		i, m.tranches = len(m.tranches), append(m.tranches, &tranche{name: l.Tranche, first: l, last: l})
	}
	t := m.tranches[i]
	if l.From < t.first.From {
		t.first = l
	}
	if l.To > t.last.To {
		t.last = l
	}
}

// moved says by the lines what the loan opened with and what was issued.
func (m *monitored) moved(from values.Date) {
	slices.SortStableFunc(m.tranches, func(x, y *tranche) int { return cmp.Compare(x.first.From, y.first.From) })
	for i, t := range m.tranches {
		first := t.first
		switch {
		case first.Disbursed >= from && first.Given.Has(values.FieldAmount):
			m.issued += first.Amount
		case first.Disbursed >= from:
			m.issued += first.Balance
		case i == 0 || first.From <= from: // a later one goes on where the one before it ends
			m.opening += first.Balance
		}
	}
}

// stands says by the lines what is there at the quarter's end. A tranche on
// which interest stops before that, and that is not overdue, has been repaid; so
// has all of a loan that the risk fund has paid out on by then.
func (t *tranche) stands(to, compensated values.Date) {
	last := t.last
	late := values.SaysOverdue(last.Overdue)
	if !compensated.Known() && (last.To >= to || late) {
		t.closing = last.Balance
	}
	t.matures, t.class = last.Matures, last.Class
	t.overdue = t.closing > 0 && (late || t.matures.Known() && t.matures <= to)
}

// addUp puts the tranches together. What came in and is not there any more was
// repaid.
func (m *monitored) addUp(to values.Date) {
	for _, t := range m.tranches {
		m.closing += t.closing
		if t.overdue {
			m.overdue += t.closing
		}
		if isBad(t.class) {
			m.bad += t.closing
		}
		if t.matures > to && t.matures <= to+report.DueDays {
			m.maturing += t.closing
		}
	}
	m.repaid = m.opening + m.issued - m.closing
	if m.repaid < 0 { // drawn in parts
		m.issued, m.repaid = m.issued-m.repaid, 0
	}
}

// line is the tranche as it stands: its last line, with what the loan book says
// instead.
func (t *tranche) line() (l values.Line) {
	if t.last != nil {
		l = *t.last
	}
	b := t.book
	if b == nil {
		return l
	}
	l.Matures, l.Class = t.matures, t.class
	if t.last == nil {
		l.Bank, l.Contract, l.Tranche, l.Borrower, l.ID, l.Disbursed = b.Bank, b.Contract, b.Tranche, b.Borrower, b.ID, b.Disbursed
	}
	if b.Given.Has(values.FieldRenewals) {
		l.Renewals = b.Renewals
	}
	return l
}

// comesUp tells whether somebody has to see one of the loan's tranches coming.
func (m *monitored) comesUp(to values.Date) bool {
	return slices.ContainsFunc(m.tranches, func(t *tranche) bool { return t.comesUp(to) })
}

// comesUp tells whether somebody has to see the tranche coming: it matures within
// 90 days after the quarter, is overdue, or was renewed or extended.
func (t *tranche) comesUp(to values.Date) bool {
	l := t.line()
	return t.closing > 0 && (t.overdue || rules.Renewals(&l) > 0 || l.Matures.Known() && l.Matures <= to+report.DueDays)
}

// daysOverdue are those at the end of the quarter: as the bank counts them, else
// from the maturity date, that day included; 0 where neither says.
func (t *tranche) daysOverdue(to values.Date) int {
	if !t.overdue {
		return 0
	}
	line := t.line()
	text := strings.TrimPrefix(strings.TrimRight(values.FoldText(line.Overdue), "天日"), "逾期")
	if days, err := strconv.Atoi(text); err == nil && days > 0 {
		return days
	}
	if line.Matures.Known() && line.Matures <= to {
		return int(to-line.Matures) + 1
	}
	return 0
}
