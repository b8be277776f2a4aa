package pipeline

import (
	"cmp"
	"maps"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// quarterBooks are the loan books that the quarter is monitored by (三(六)). A
// bank's book says what of its loans is outstanding, overdue and due; loans that
// only the statement has keep the statement's figures, those that only the book
// has are counted too, each once.
type quarterBooks struct {
	*rules.Books
	loans       []values.BookLoan
	roster      map[values.ResidentID][]rules.Membership
	compensated map[*values.BookLoan]bool // rows of loans that the fund has paid out on
	from, to    values.Date
	counted     map[*values.BookLoan]bool

	// of the quarter before
	earlier  []values.BookLoan // as of its end
	before   map[values.Loan]trancheSums
	opened   map[values.Loan]bool             // with all of before
	paidFrom map[*values.BookLoan]values.Date // when the fund paid out on them
	repaid   []*values.BookLoan               // that nothing names any more
}

// trancheSums are balances by 借据号.
type trancheSums map[string]values.Fen

func (s trancheSums) total() (sum values.Fen) {
	for _, balance := range s {
		sum += balance
	}
	return sum
}

// books of the quarter; nil where no bank sent one.
func (a *attempt) books() (*quarterBooks, error) {
	loans, err := a.tx.BookLoans(a.quarter)
	if err != nil || len(loans) == 0 {
		return nil, err
	}
	b := &quarterBooks{Books: rules.NewBooks(loans), loans: loans, from: a.quarter.First(a.job.InterestDay), to: a.quarter.Last(a.job.InterestDay),
		roster: map[values.ResidentID][]rules.Membership{}, compensated: map[*values.BookLoan]bool{}, counted: map[*values.BookLoan]bool{},
		before: map[values.Loan]trancheSums{}, opened: map[values.Loan]bool{}, paidFrom: map[*values.BookLoan]values.Date{}}
	before, err := a.tx.BookLoans(a.quarter.Previous())
	if err != nil {
		return nil, err
	}
	for _, l := range before {
		if l.Disbursed >= b.from { // of a day after that quarter's end
			continue
		}
		if b.before[l.Loan()] == nil {
			b.before[l.Loan()] = trancheSums{}
		}
		b.before[l.Loan()][l.Tranche] += l.Balance
		b.earlier = append(b.earlier, l)
	}
	for _, q := range []values.Quarter{a.quarter.Previous(), a.quarter} {
		roster, err := membershipsOf(func(yield func(ledger.Person) error) error { return a.tx.PersonsInBooks(q, yield) })
		if err != nil {
			return nil, err
		}
		maps.Copy(b.roster, roster)
	}
	return b, a.leaveOutCompensated(b)
}

// leaveOutCompensated finds the loans that the fund has paid out on, by whatever
// number the books have them.
func (a *attempt) leaveOutCompensated(b *quarterBooks) error {
	paid, err := a.tx.Compensated(b.to)
	if err != nil {
		return err
	}
	earlier := rules.NewBooks(b.earlier)
	for loan, day := range paid {
		tranches, err := a.tx.TranchesOf(loan)
		if err != nil {
			return err
		}
		for _, l := range rowsOfLoan(b.Books, loan, tranches) {
			b.compensated[l] = true
		}
		for _, l := range rowsOfLoan(earlier, loan, tranches) {
			b.paidFrom[l] = day
		}
	}
	return nil
}

// rowsOfLoan gives the rows of a loan: those of its contract, and those that go by
// one of the tranches that statements name.
func rowsOfLoan(books *rules.Books, loan values.Loan, tranches []string) (rows []*values.BookLoan) {
	for _, tranche := range append([]string{""}, tranches...) {
		for _, l := range books.Find(loan, tranche) {
			if !slices.Contains(rows, l) {
				rows = append(rows, l)
			}
		}
	}
	return rows
}

// Why a book's loan is in none of the quarter's figures.
const (
	notYet      = "季末以后发放，未计入"
	compensated = "风险补偿金已代偿，未计入"
)

// leftOut says why a loan of the book does not count, or "".
func (b *quarterBooks) leftOut(l *values.BookLoan) string {
	switch {
	case b.compensated[l]:
		return compensated
	case l.Disbursed > b.to:
		return notYet
	}
	return ""
}

// gone tells a row that was repaid before the quarter.
func (b *quarterBooks) gone(l *values.BookLoan) bool {
	return l.Balance == 0 && l.Disbursed < b.from && b.before[l.Loan()][l.Tranche] == 0
}

// counts tells whether a line's loan is in the figures by its bank's book.
func (b *quarterBooks) counts(l *ledger.Line) bool {
	return b != nil && slices.ContainsFunc(b.Find(l.Loan(), l.Tranche), func(row *values.BookLoan) bool { return b.counted[row] })
}

// withBooks gives the monitored loans the figures of the banks' books, and adds
// the loans that no statement has.
func (a *attempt) withBooks(all []*monitored, b *quarterBooks) []*monitored {
	rows := b.shareOut(all)
	for i, m := range all {
		if len(rows[i]) > 0 {
			m.byBook(rows[i], b)
		} else if slices.ContainsFunc(rowsOfLoan(b.Books, m.Loan, m.names), func(l *values.BookLoan) bool { return b.counted[l] }) {
			m.tranches = nil // the book has it within another loan of the statement
		}
	}
	titles := a.policyTitles()
	byLoan := map[values.Loan][]*values.BookLoan{}
	var order []values.Loan
	for i := range b.loans {
		l := &b.loans[i]
		if b.counted[l] || b.leftOut(l) != "" {
			continue
		}
		if byLoan[l.Loan()] == nil {
			order = append(order, l.Loan())
		}
		byLoan[l.Loan()] = append(byLoan[l.Loan()], l)
	}
	for _, loan := range order {
		rows := byLoan[loan]
		m := a.onlyInBook(rows[0], b, titles)
		m.byBook(rows, b)
		if m.opening == 0 && m.issued == 0 {
			continue // repaid before the quarter
		}
		for _, l := range rows {
			b.counted[l] = true
		}
		all = append(all, m)
	}
	return a.withRepaid(all, b, titles)
}

// shareOut gives every row of the books to one of the statement's loans, first to
// those that name it by its tranche, then to those of the same contract.
func (b *quarterBooks) shareOut(all []*monitored) [][]*values.BookLoan {
	rows := make([][]*values.BookLoan, len(all))
	for _, closely := range []func(*monitored, *values.BookLoan) bool{
		func(m *monitored, l *values.BookLoan) bool {
			return l.Tranche == m.Contract || slices.ContainsFunc(m.names, calledBy(l))
		},
		func(*monitored, *values.BookLoan) bool { return true },
	} {
		for i, m := range all {
			for _, l := range rowsOfLoan(b.Books, m.Loan, m.names) {
				if !b.counted[l] && b.leftOut(l) == "" && closely(m, l) {
					b.counted[l] = true
					rows[i] = append(rows[i], l)
				}
			}
		}
	}
	return rows
}

// calledBy tells whether a book's row names a tranche of a statement.
func calledBy(l *values.BookLoan) func(tranche string) bool {
	return func(tranche string) bool { return l.Tranche == tranche || l.Tranche == "" && l.Contract == tranche }
}

// onlyInBook is a loan that no line of the quarter names, or only lines that
// went back.
func (a *attempt) onlyInBook(l *values.BookLoan, b *quarterBooks, titles map[string]string) *monitored {
	m := &monitored{Loan: l.Loan(), names: []string{l.Tranche}}
	if stretches := b.roster[l.ID]; len(stretches) > 0 {
		last := stretches[len(stretches)-1]
		m.household, m.township, m.village = last.Household, last.Township, last.Village
	}
	m.household, m.township, m.village = cmp.Or(m.household, l.ID.Whole()), cmp.Or(m.township, l.Township, unknownPlace), cmp.Or(m.village, l.Village)
	m.product = cmp.Or(l.Product, titles[a.policies.Conditions(policy.Facts{Signed: l.Disbursed}).Policy], unknownPlace)
	return m
}

// byBook takes what the loan stands at from its rows of the book, but for a
// tranche that the book does not have. Tranches that lines name came in as those
// say, the others as the book does; what the book has beyond the lines was there
// before the quarter, unless it says that something was issued.
func (m *monitored) byBook(rows []*values.BookLoan, b *quarterBooks) {
	lines := m.tranches
	m.tranches = nil
	var unnamed []*tranche // which the book may have under another name
	for _, t := range lines {
		switch {
		case !slices.ContainsFunc(b.Find(m.Loan, t.name), func(l *values.BookLoan) bool { return b.leftOut(l) == "" }):
			m.tranches = append(m.tranches, t)
		case !slices.ContainsFunc(rows, t.isCalled):
			unnamed = append(unnamed, t)
		}
	}
	fresh := false
	for _, l := range rows {
		same := alike(unnamed, l)
		if i := slices.IndexFunc(lines, func(t *tranche) bool { return t.isCalled(l) }); i >= 0 {
			same = lines[i]
		}
		m.tranches = append(m.tranches, standsByBook(l, same, b.to))
		if same == nil {
			m.movedByBook(l, b)
		}
		fresh = fresh || l.Disbursed >= b.from
	}
	switch before := b.before[m.Loan].total(); {
	case len(lines) == 0 && before > 0:
		m.opening, b.opened[m.Loan] = before, true
	case !fresh:
		m.opening += max(0, min(closing(m.tranches)-closing(lines), closing(m.tranches)-m.opening-m.issued))
	}
}

func closing(tranches []*tranche) (sum values.Fen) {
	for _, t := range tranches {
		sum += t.closing
	}
	return sum
}

// isCalled tells whether the book's row names this tranche.
func (t *tranche) isCalled(l *values.BookLoan) bool { return calledBy(l)(t.name) }

// alike is which of the tranches that the book names otherwise may be the row's:
// the last that matures on the same day, else the last; nil where there is none.
func alike(unnamed []*tranche, l *values.BookLoan) (found *tranche) {
	for _, t := range unnamed {
		if found == nil || found.matures != l.Matures || t.matures == l.Matures {
			found = t
		}
	}
	return found
}

// movedByBook adds how a tranche came in by the book: one of the quarter was
// issued, an older one opens with what the book before it says, else with what
// is owed now.
func (m *monitored) movedByBook(l *values.BookLoan, b *quarterBooks) {
	before, known := b.before[l.Loan()][l.Tranche]
	switch {
	case l.Disbursed >= b.from && l.Given.Has(values.FieldAmount):
		m.issued += l.Amount
	case l.Disbursed >= b.from:
		m.issued += l.Balance
	case known:
		m.opening += before
	default:
		m.opening += l.Balance
	}
}

// standsByBook is the tranche of a row of the book. What the book does not give
// is as the lines of the same tranche have it, where there are any.
func standsByBook(l *values.BookLoan, lines *tranche, to values.Date) *tranche {
	t := &tranche{name: l.Tranche, book: l, closing: l.Balance, matures: l.Matures}
	late := false
	if lines != nil {
		t.first, t.last, t.class = lines.first, lines.last, lines.class
		late = values.SaysOverdue(lines.last.Overdue)
	}
	if l.Given.Has(values.FieldOverdue) {
		late = l.Overdue
	}
	if l.Given.Has(values.FieldClass) {
		t.class = l.Class
	}
	t.overdue = t.closing > 0 && (late || t.matures <= to)
	return t
}

// outstanding is the loan balance that the fund must cover at the quarter's end
// (四(四)): as the table counts it.
func (a *attempt) outstanding() (values.Fen, error) {
	from, to := a.quarter.First(a.job.InterestDay), a.quarter.Last(a.job.InterestDay)
	b, err := a.books()
	if err != nil || b == nil {
		sum, err2 := a.tx.Outstanding(a.quarter, from, to)
		return sum, cmp.Or(err, err2)
	}
	sum := values.Fen(0)
	listed, err := a.tx.OutstandingLoans(a.quarter, from, to)
	for _, l := range listed {
		if !slices.ContainsFunc(b.Find(l.Loan, l.Tranche), func(row *values.BookLoan) bool { return b.leftOut(row) == "" }) {
			sum += l.Balance
		}
	}
	for i := range b.loans {
		if l := &b.loans[i]; b.leftOut(l) == "" {
			sum += l.Balance
		}
	}
	return sum, err
}
