package pipeline

import (
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// withRepaid adds what the books of the quarter before had and nothing names any
// more: banks take a loan out of the book when it is repaid. It opened the
// quarter and came back in it, so that the table opens with what it closed with
// before. A bank that sent no book this quarter is left to its statement.
func (a *attempt) withRepaid(all []*monitored, b *quarterBooks, titles map[string]string) []*monitored {
	named := b.stillNamed(all)
	byLoan := map[values.Loan]*monitored{}
	for _, m := range all {
		byLoan[m.Loan] = m
	}
	for i := range b.earlier {
		l := &b.earlier[i]
		if named[l] || b.opened[l.Loan()] || l.Balance == 0 || !b.AsOf(l.Bank).Known() {
			continue
		}
		paid, compensated := b.paidFrom[l]
		if compensated && paid < b.from {
			continue
		}
		m := byLoan[l.Loan()]
		if m == nil {
			m = a.onlyInBook(l, b, titles)
			byLoan[l.Loan()] = m
			all = append(all, m)
		}
		m.opening += l.Balance
		if !compensated {
			b.repaid = append(b.repaid, l)
		}
	}
	return all
}

// stillNamed are the rows of the books before that the quarter's loans or books
// name.
func (b *quarterBooks) stillNamed(all []*monitored) map[*values.BookLoan]bool {
	named, earlier := map[*values.BookLoan]bool{}, rules.NewBooks(b.earlier)
	mark := func(loan values.Loan, tranche string) {
		for _, l := range earlier.Find(loan, tranche) {
			named[l] = true
		}
	}
	for _, m := range all {
		for _, tranche := range m.names {
			mark(m.Loan, tranche)
		}
	}
	for i := range b.loans {
		if l := &b.loans[i]; !b.compensated[l] {
			mark(l.Loan(), l.Tranche)
		}
	}
	return named
}
