package pipeline

import (
	"cmp"
	"slices"
	"strings"

	"tiexi/formats/report"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// monitored is a loan of the quarter as the monitoring table counts it
// (policy.md §8): what stands on its lines that are not returned, and in the
// bank's loan book, where one came.
type monitored struct {
	values.Loan
	names     []string   // of all tranches that its lines name, those that went back included
	tranches  []*tranche // what it has at the quarter's end, by first day
	township  string
	village   string
	product   string
	household string
	shares    values.Shares
	opening   values.Fen
	issued    values.Fen
	repaid    values.Fen
	closing   values.Fen
	overdue   values.Fen // parts of closing
	bad       values.Fen
	maturing  values.Fen // within 90 days after the quarter
}

// unknownPlace stands where neither roster nor bank says the township.
const unknownPlace = "（不明）"

// monitor gives the quarter's loans; books may be nil. The lines are read loan by
// loan, and without books each loan is given as soon as it is read, by bank and
// contract. With books all of them are held, because a book may have a loan under
// any of its tranches.
func (a *attempt) monitor(books *quarterBooks, take func(*monitored)) error {
	from, to := a.quarter.First(a.job.InterestDay), a.quarter.Last(a.job.InterestDay)
	compensated, err := a.tx.Compensated(to)
	if err != nil {
		return err
	}
	shares := inSequence(func(yield func(ledger.PolicyShares) error) error { return a.tx.SharesByLoan(a.quarter, yield) })
	defer shares.stop()
	titles := a.policyTitles()
	var m *monitored
	var all []*monitored
	finish := func() {
		if m == nil {
			return
		}
		m.moved(from)
		for _, t := range m.tranches {
			t.stands(to, compensated[m.Loan])
		}
		if books != nil {
			all = append(all, m)
			return
		}
		m.addUp(to)
		take(m)
	}
	err = a.tx.StandingLines(a.quarter, func(l ledger.Standing) error {
		if m == nil || m.Loan != l.Loan() {
			finish()
			m = &monitored{Loan: l.Loan(), village: l.InVillage, township: cmp.Or(l.InTownship, l.Township, unknownPlace), household: cmp.Or(l.OfHousehold, l.ID.Whole())}
			m.product = cmp.Or(l.Product, titles[a.policies.Conditions(policy.FactsOf(l.Line)).Policy], unknownPlace)
			shares.takeWhile(func(s ledger.PolicyShares) bool { return s.Loan.Compare(m.Loan) < 0 }, func(ledger.PolicyShares) {})
			shares.takeWhile(func(s ledger.PolicyShares) bool { return s.Loan == m.Loan }, func(s ledger.PolicyShares) { m.shares = m.shares.Plus(s.Shares) })
		}
		if l.To >= from && l.From <= to { // else an earlier quarter's interest, paid late
			m.take(l.Line)
		}
		return nil
	})
	if err = cmp.Or(err, shares.failed()); err != nil {
		return err
	}
	finish()
	if books != nil {
		return a.monitorByBooks(all, books, take)
	}
	return nil
}

// monitorByBooks gives the loans as the books have them, in the table's order.
func (a *attempt) monitorByBooks(all []*monitored, books *quarterBooks, take func(*monitored)) error {
	names, err := a.tx.Tranches(a.quarter)
	if err != nil {
		return err
	}
	for _, m := range all {
		m.names = names[m.Loan]
	}
	all = a.withBooks(all, books)
	for _, m := range all {
		m.addUp(books.to)
	}
	slices.SortFunc(all, a.compareMonitored)
	for _, m := range all {
		take(m)
	}
	return nil
}

func (w *Workspace) compareMonitored(x, y *monitored) int {
	return cmp.Or(cmp.Compare(w.bankOrder(x.Bank), w.bankOrder(y.Bank)), cmp.Compare(x.Bank, y.Bank), cmp.Compare(x.township, y.township), cmp.Compare(x.Contract, y.Contract))
}

// bankOrder is the bank's place in jobs.yaml.
func (w *Workspace) bankOrder(bank string) int {
	for i, b := range w.job.Banks {
		if b.Name == bank {
			return i
		}
	}
	return len(w.job.Banks)
}

// badClasses of 五级分类 are bad loans.
var badClasses = []string{"次级", "可疑", "损失"}

func isBad(class string) bool {
	return slices.ContainsFunc(badClasses, func(bad string) bool { return strings.HasPrefix(class, bad) })
}

// groupKey is a row of the table.
type groupKey struct{ bank, township, product string }

// groups add up figures by some key.
type groups struct {
	order []groupKey
	byKey map[groupKey]*report.Figures
}

func newGroups() *groups { return &groups{byKey: map[groupKey]*report.Figures{}} }

func (g *groups) at(key groupKey) *report.Figures {
	if g.byKey[key] == nil {
		g.order = append(g.order, key)
		g.byKey[key] = &report.Figures{}
	}
	return g.byKey[key]
}

func (g *groups) add(key groupKey, f report.Figures) {
	at := g.at(key)
	*at = at.Plus(f)
}

// table is the quarter's figures by place, by product, and together. A household
// counts once in each row.
type table struct {
	places, products, whole *groups
	households              *census[groupKey]
	owed                    []values.Fen // by a household's number, what all its loans come to
}

// count adds a loan to its rows.
func (t *table) count(m *monitored) {
	f := report.Figures{Loans: 1, Opening: m.opening, Issued: m.issued, Repaid: m.repaid, Closing: m.closing, Shares: m.shares,
		Overdue: m.overdue, Bad: m.bad, Maturing: m.maturing}
	if m.overdue > 0 {
		f.OverdueLoans = 1
	}
	if m.maturing > 0 {
		f.MaturingLoans = 1
	}
	household := t.households.number(m.household)
	if household == len(t.owed) {
		t.owed = append(t.owed, 0)
	}
	t.owed[household] += m.closing
	for _, row := range []struct {
		in  *groups
		key groupKey
	}{{t.places, groupKey{bank: m.Bank, township: m.township}}, {t.products, groupKey{product: m.product}}, {t.whole, groupKey{}}} {
		f.Households = 0
		if m.household != "" {
			f.Households = t.households.first(row.key, household)
		}
		row.in.add(row.key, f)
	}
}

// owedBy is what all loans of a household come to.
func (t *table) owedBy(household string) values.Fen { return t.owed[t.households.number(household)] }

// tableOf adds up every loan and payment, and shows each loan to also.
func (a *attempt) tableOf(books *quarterBooks, also func(*monitored)) (*table, error) {
	payments, err := a.tx.FailedAndSecond(a.quarter)
	if err != nil {
		return nil, err
	}
	products := map[values.Loan]string{} // of the loans that they pay for
	for _, p := range payments {
		for _, part := range p.Parts {
			products[part.Loan] = unknownPlace
		}
	}
	t := &table{places: newGroups(), products: newGroups(), whole: newGroups(), households: newCensus[groupKey]()}
	t.whole.at(groupKey{})
	err = a.monitor(books, func(m *monitored) {
		if _, asked := products[m.Loan]; asked {
			products[m.Loan] = m.product
		}
		t.count(m)
		also(m)
	})
	t.countPayments(payments, products)
	return t, err
}

// countPayments counts failed payments, and those that paid one again, in
// every row that they pay for, once.
func (t *table) countPayments(payments []ledger.Payment, products map[values.Loan]string) {
	for _, p := range payments {
		f := report.Figures{SecondPayments: 1}
		if p.State == "failed" {
			f = report.Figures{FailedPayments: 1}
		}
		t.whole.add(groupKey{}, f)
		counted := map[groupKey]bool{}
		for _, part := range p.Parts {
			place, product := groupKey{bank: part.Loan.Bank, township: p.Township}, groupKey{product: products[part.Loan]}
			if !counted[place] {
				t.places.add(place, f)
			}
			if !counted[product] {
				t.products.add(product, f)
			}
			counted[place], counted[product] = true, true
		}
	}
}

// monitoring is the quarter's table with the quarter before beside it.
func (a *attempt) monitoring() (m report.Monitoring, err error) {
	m = report.Monitoring{Region: a.job.County.Name, Quarter: a.quarter, From: a.quarter.First(a.job.InterestDay), To: a.quarter.Last(a.job.InterestDay)}
	books, err := a.books()
	if err != nil {
		return m, err
	}
	due, closing := []*monitored{}, map[string]values.Fen{}
	now, err := a.tableOf(books, func(loan *monitored) {
		closing[loan.Bank] += loan.closing
		if loan.comesUp(m.To) {
			due = append(due, loan)
		}
	})
	if err != nil {
		return m, err
	}
	before, err := a.quarterBefore()
	if err != nil {
		return m, err
	}
	lists := rules.Facts{}
	if err := a.readLists(&lists); err != nil {
		return m, err
	}
	m.Places, m.Products, m.Total = a.sideBySide(now.places, before.places), a.sideBySide(now.products, before.products), a.sideBySide(now.whole, before.whole)[0]
	for i := range m.Places {
		m.Places[i].Responsible = strings.Join(lists.Lenders[m.Places[i].Township], "、")
	}
	if m.Coverage, err = a.coverage(m.Places, lists.Lenders); err != nil {
		return m, err
	}
	if err := a.watch(&m); err != nil {
		return m, err
	}
	if err := a.setBeside(&m, books, closing); err != nil {
		return m, err
	}
	if m.Fund, err = a.fundForMonitoring(); err != nil {
		return m, err
	}
	m.Due, err = a.dueLoans(due, now, lists.Excluded)
	return m, err
}

// setBeside counts the returned lines, of which the table has nothing, and sets
// the loan books, where there are any, beside the lines.
func (a *attempt) setBeside(m *report.Monitoring, books *quarterBooks, closing map[string]values.Fen) error {
	if books == nil {
		counts, err := a.tx.LineCounts(a.quarter)
		m.Left = counts[values.Returned]
		return err
	}
	views, err := a.lineViews()
	if err != nil {
		return err
	}
	for _, v := range views {
		if v.Outcome == values.Returned && !books.counts(v.line) {
			m.Left++
		}
	}
	return a.bookChecks(m, books, closing, views)
}

// quarterBefore is the table of the quarter before, empty where the ledger
// does not have it.
func (a *attempt) quarterBefore() (*table, error) {
	known, err := a.tx.Quarters()
	if err != nil || !slices.Contains(known, a.quarter.Previous()) {
		return &table{}, err
	}
	b := &attempt{Workspace: a.Workspace, ctx: a.ctx, tx: a.tx, quarter: a.quarter.Previous()}
	books, err := b.books()
	if err != nil {
		return &table{}, err
	}
	return b.tableOf(books, func(*monitored) {})
}

// sideBySide sets rows beside those of the quarter before; one that had loans
// then and has none now stays in the table.
func (a *attempt) sideBySide(now, before *groups) (rows []report.Group) {
	order := slices.Clone(now.order)
	if before != nil {
		for _, key := range before.order {
			if now.byKey[key] == nil {
				order = append(order, key)
			}
		}
	}
	slices.SortFunc(order, func(x, y groupKey) int {
		return cmp.Or(cmp.Compare(a.bankOrder(x.bank), a.bankOrder(y.bank)), cmp.Compare(x.bank, y.bank), cmp.Compare(x.township, y.township), cmp.Compare(x.product, y.product))
	})
	for _, key := range order {
		row := report.Group{Bank: key.bank, Township: key.township, Product: key.product}
		if f := now.byKey[key]; f != nil {
			row.Now = *f
		}
		if before != nil {
			row.Before = &report.Figures{}
			if f := before.byKey[key]; f != nil {
				row.Before = f
			}
		}
		rows = append(rows, row)
	}
	return rows
}
