package pipeline

import (
	"cmp"
	"maps"
	"slices"

	"tiexi/formats/report"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// moneyOf is what the report knows of a loan: what it is due, and what has become
// of it. Where the loan belongs its first accepted line says.
type moneyOf struct {
	values.Loan
	rows    []ledger.JudgedRow // its lines
	first   *ledger.JudgedRow  // the first accepted one; nil for a loan that was paid and has none any more
	blocked bool

	due    values.Shares
	waived values.Fen // overpaid, and left with the payee
	parts  map[string]values.Fen
}

// live is what was paid or is on its way.
func (l *moneyOf) live() values.Fen { return l.parts["approved"] + l.parts["sent"] + l.parts["paid"] }

// rest is what is still payable, or to be taken back; see [account].
func (l *moneyOf) rest() values.Fen { return stillOpen(l.due.Total(), l.live(), l.waived) }

// eachLoan gives the loans that have lines, are due anything or were paid
// anything in the quarter, by bank and contract. They are read side by side
// and none is held; the next one uses the place of the one before.
func (a *attempt) eachLoan(yield func(*moneyOf) error) error {
	waived, err := a.waived()
	if err != nil {
		return err
	}
	rows := inSequence(func(yield func(ledger.JudgedRow) error) error { return a.tx.JudgedRows(a.quarter, yield) })
	defer rows.stop()
	due := inSequence(func(yield func(ledger.PolicyShares) error) error { return a.tx.SharesByLoan(a.quarter, yield) })
	defer due.stop()
	parts := inSequence(func(yield func(ledger.LoanPart) error) error { return a.tx.PartsByLoan(a.quarter, yield) })
	defer parts.stop()
	l := moneyOf{parts: map[string]values.Fen{}}
	for rows.more || due.more || parts.more {
		l = moneyOf{Loan: firstOf(rows, due, parts), rows: l.rows[:0], parts: l.parts}
		clear(l.parts)
		rows.takeWhile(func(r ledger.JudgedRow) bool { return r.Loan == l.Loan }, func(r ledger.JudgedRow) { l.rows = append(l.rows, r) })
		l.look()
		due.takeWhile(func(s ledger.PolicyShares) bool { return s.Loan == l.Loan }, func(s ledger.PolicyShares) { l.due = l.due.Plus(s.Shares) })
		parts.takeWhile(func(p ledger.LoanPart) bool { return p.Loan == l.Loan }, func(p ledger.LoanPart) { l.parts[p.State] += p.Total })
		l.waived = waived[l.Loan]
		if err := yield(&l); err != nil {
			return err
		}
	}
	return cmp.Or(rows.failed(), due.failed(), parts.failed())
}

// look finds the first accepted line, and whether a payment hold stands on some.
func (l *moneyOf) look() {
	for i := range l.rows {
		if r := &l.rows[i]; r.Outcome == values.Accepted {
			if l.first == nil {
				l.first = r
			}
			l.blocked = l.blocked || r.Blocked
		}
	}
}

// firstOf is the loan that comes next.
func firstOf(rows *sequence[ledger.JudgedRow], due *sequence[ledger.PolicyShares], parts *sequence[ledger.LoanPart]) (first values.Loan) {
	for _, head := range []struct {
		more bool
		values.Loan
	}{{rows.more, rows.head.Loan}, {due.more, due.head.Loan}, {parts.more, parts.head.Loan}} {
		if head.more && (first == values.Loan{} || head.Compare(first) < 0) {
			first = head.Loan
		}
	}
	return first
}

// waived is what was overpaid on loans of the quarter and is left with the payee.
func (a *attempt) waived() (map[values.Loan]values.Fen, error) {
	adjustments, err := a.tx.Adjustments(a.quarter)
	by := map[values.Loan]values.Fen{}
	for _, d := range adjustments {
		for _, s := range d.Waived {
			by[d.Loan] += s.Total()
		}
	}
	return by, err
}

// loanStates are what may have become of an accepted line, furthest first.
var loanStates = []string{"已发放", "待回盘", "待发送", "待审批", "公示期满", "公示中", "待张贴", "暂停发放", "发放失败", "待扣回", notSubsidised}

const notSubsidised = "不予贴息"

// countLoans counts each bank's rows, those of a bank that sent nothing too, and
// adds up the subsidy: in all, by township, by lender. It says where the accepted
// lines are, each in one state, and where the money of their loans is, every fen
// of it.
func (a *attempt) countLoans(r *report.Report) error {
	c := counting{banks: map[string]*report.BankRows{}, townships: map[string]*report.Share{}, lenders: map[string]*report.Share{}, persons: newCensus[string](),
		states: map[string]*report.State{}, notices: notices{attempt: a}}
	for _, b := range a.job.Banks {
		c.banks[b.Name] = &report.BankRows{Bank: b.Name}
	}
	for _, name := range loanStates {
		c.states[name] = &report.State{Name: name}
	}
	err := a.eachLoan(func(l *moneyOf) error { return c.count(r, l) })
	if err != nil {
		return err
	}
	for _, name := range slices.SortedFunc(maps.Keys(c.banks), a.compareBanks) {
		r.Banks = append(r.Banks, *c.banks[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.townships)) {
		r.ByTownship = append(r.ByTownship, *c.townships[name])
	}
	for _, name := range slices.SortedFunc(maps.Keys(c.lenders), a.compareBanks) {
		r.ByBank = append(r.ByBank, *c.lenders[name])
	}
	for _, name := range loanStates {
		if s := c.states[name]; s.Rows != 0 || s.Amount != 0 {
			r.States = append(r.States, *s)
		}
	}
	return nil
}

// counting is what the report adds up loan by loan.
type counting struct {
	banks              map[string]*report.BankRows
	townships, lenders map[string]*report.Share
	persons            *census[string]
	states             map[string]*report.State
	notices            notices
}

func (c *counting) count(r *report.Report, l *moneyOf) error {
	state, err := c.locate(l)
	if err != nil {
		return err
	}
	accepted := c.countRows(l)
	c.states[cmp.Or(state, notSubsidised)].Rows += accepted
	if accepted == 0 || l.due.Total() == 0 {
		return nil
	}
	person := c.persons.number(l.first.Person.Whole())
	r.Loans++
	r.People += c.persons.first("", person)
	r.Shares = r.Shares.Plus(l.due)
	for _, part := range []struct {
		of   map[string]*report.Share
		name string
	}{{c.townships, l.first.Township}, {c.lenders, l.Bank}} {
		s := part.of[part.name]
		if s == nil {
			s = &report.Share{Name: part.name}
			part.of[part.name] = s
		}
		s.Loans++
		s.People += c.persons.first(part.name, person)
		s.Shares = s.Shares.Plus(l.due)
	}
	return nil
}

// countRows counts the loan's lines and gives how many are accepted.
func (c *counting) countRows(l *moneyOf) (accepted int) {
	if len(l.rows) == 0 {
		return 0
	}
	b := c.banks[l.Bank]
	if b == nil {
		b = &report.BankRows{Bank: l.Bank}
		c.banks[l.Bank] = b
	}
	b.Rows += len(l.rows)
	for i := range l.rows {
		switch l.rows[i].Outcome {
		case values.Accepted:
			accepted++
		case values.Held:
			b.Held++
		case values.Returned:
			b.Returned++
		}
	}
	b.Accepted += accepted
	return accepted
}

// locate says in which state that is what is still open on the loan, and adds
// all its money to the states' amounts.
func (c *counting) locate(l *moneyOf) (state string, err error) {
	for _, part := range []struct { // the least far counts where nothing is open
		state  string
		amount values.Fen
	}{{"已发放", l.parts["paid"]}, {"待回盘", l.parts["sent"]}, {"待发送", l.parts["approved"]}} {
		if c.states[part.state].Amount += part.amount; part.amount > 0 {
			state = part.state
		}
	}
	rest := l.rest()
	if rest == 0 {
		return state, nil
	}
	switch {
	case rest < 0 || l.first == nil:
		state = "待扣回"
	case l.blocked:
		state = "暂停发放"
	case l.parts["draft"] > 0:
		state = "待审批"
	case l.parts["failed"] > 0:
		state = "发放失败"
	default:
		state, err = c.notices.stateOf(l)
	}
	if err == nil {
		c.states[state].Amount += rest
	}
	return state, err
}

// notices say how far the publication of a loan is. They are read when the first
// one asks: where everything is in a batch, nobody does.
type notices struct {
	*attempt
	read            bool
	uniform         string // of every loan, where all are equally far
	posted, cleared map[entry]values.Fen
}

func (n *notices) stateOf(l *moneyOf) (string, error) {
	if !n.read {
		if err := n.readOnce(); err != nil {
			return "", err
		}
	}
	if n.uniform != "" && l.due.Total() > 0 {
		return n.uniform, nil
	}
	e := entry{l.Loan, values.FoldName(l.first.Payee)}
	switch {
	case n.cleared[e] >= l.due.Total():
		return "公示期满", nil
	case n.posted[e] >= l.due.Total():
		return "公示中", nil
	}
	return "待张贴", nil
}

// readOnce looks whether all loans are equally far, which they mostly are, before
// it reads what stands on the lists.
func (n *notices) readOnce() (err error) {
	n.read = true
	lists, err := n.tx.NoticeLists(n.quarter)
	if err != nil {
		return err
	}
	posted, cleared := 0, 0
	for _, l := range lists {
		if l.Posted {
			posted++
			if l.PayableOn <= n.opt.Today {
				cleared++
			}
		}
	}
	_, all, err := n.allPublished(lists)
	switch {
	case err != nil:
		return err
	case posted == 0:
		n.uniform = "待张贴"
	case all && cleared == 0:
		n.uniform = "公示中"
	case all && cleared == posted:
		n.uniform = "公示期满"
	default:
		n.posted, n.cleared, err = publishedAmounts(n.tx, n.quarter, n.opt.Today)
	}
	return err
}
