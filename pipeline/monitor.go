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

// monitor gathers the quarter's loans, by bank, township and contract; books may
// be nil. The lines are read loan by loan, and those of a loan that nobody asks
// for again are let go.
func (a *attempt) monitor(books *quarterBooks) (all []*monitored, err error) {
	from, to := a.quarter.First(a.job.InterestDay), a.quarter.Last(a.job.InterestDay)
	compensated, err := a.tx.Compensated(to)
	if err != nil {
		return nil, err
	}
	titles := a.policyTitles()
	var m *monitored
	finish := func() {
		if m == nil {
			return
		}
		m.moved(from)
		for _, t := range m.tranches {
			if t.stands(to, compensated[m.Loan]); books == nil && !t.comesUp(to) {
				t.first, t.last = nil, nil
			}
		}
	}
	err = a.tx.StandingLines(a.quarter, func(l ledger.Standing) error {
		if m == nil || m.Loan != l.Loan() {
			finish()
			m = &monitored{Loan: l.Loan(), village: l.InVillage, township: cmp.Or(l.InTownship, l.Township, unknownPlace), household: cmp.Or(l.OfHousehold, l.ID.Whole())}
			m.product = cmp.Or(l.Product, titles[a.policies.Conditions(policy.FactsOf(&l.Line.Line)).Policy], unknownPlace)
			all = append(all, m)
		}
		if l.To >= from && l.From <= to { // else an earlier quarter's interest, paid late
			m.take(l.Line)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	finish()
	if books != nil {
		names, err := a.tx.Tranches(a.quarter)
		if err != nil {
			return nil, err
		}
		for _, m := range all {
			m.names = names[m.Loan]
		}
		all = a.withBooks(all, books)
	}
	for _, m := range all {
		m.addUp(to)
	}
	slices.SortFunc(all, func(x, y *monitored) int {
		return cmp.Or(cmp.Compare(a.bankOrder(x.Bank), a.bankOrder(y.Bank)), cmp.Compare(x.Bank, y.Bank), cmp.Compare(x.township, y.township), cmp.Compare(x.Contract, y.Contract))
	})
	return all, nil
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

// groups add up figures by some key; a household counts once in each.
type groups struct {
	order      []groupKey
	byKey      map[groupKey]*report.Figures
	households map[groupKey]map[string]bool
}

func newGroups() *groups {
	return &groups{byKey: map[groupKey]*report.Figures{}, households: map[groupKey]map[string]bool{}}
}

func (g *groups) at(key groupKey) *report.Figures {
	if g.byKey[key] == nil {
		g.order = append(g.order, key)
		g.byKey[key], g.households[key] = &report.Figures{}, map[string]bool{}
	}
	return g.byKey[key]
}

func (g *groups) add(key groupKey, household string, f report.Figures) {
	at := g.at(key)
	*at = at.Plus(f)
	if household != "" && !g.households[key][household] {
		g.households[key][household] = true
		at.Households++
	}
}

// table is the quarter's figures by place, by product, and together.
type table struct{ places, products, whole *groups }

// figures of every loan and payment, grouped.
func (a *attempt) figures(all []*monitored) (t table, err error) {
	t = table{newGroups(), newGroups(), newGroups()}
	shares, err := a.subsidies()
	if err != nil {
		return t, err
	}
	products := map[values.Loan]string{}
	for _, m := range all {
		products[m.Loan] = m.product
		f := report.Figures{Loans: 1, Opening: m.opening, Issued: m.issued, Repaid: m.repaid, Closing: m.closing, Shares: shares[m.Loan],
			Overdue: m.overdue, Bad: m.bad, Maturing: m.maturing}
		if m.overdue > 0 {
			f.OverdueLoans = 1
		}
		if m.maturing > 0 {
			f.MaturingLoans = 1
		}
		t.places.add(groupKey{bank: m.Bank, township: m.township}, m.household, f)
		t.products.add(groupKey{product: m.product}, m.household, f)
		t.whole.add(groupKey{}, m.household, f)
	}
	t.whole.at(groupKey{})
	return t, a.countPayments(t, products)
}

func (a *attempt) subsidies() (map[values.Loan]values.Shares, error) {
	entitlements, err := a.tx.Entitlements(a.quarter)
	shares := map[values.Loan]values.Shares{}
	for _, e := range entitlements {
		shares[e.Loan] = shares[e.Loan].Plus(e.Shares)
	}
	return shares, err
}

// countPayments counts failed payments, and those that paid one again, in
// every row that they pay for, once.
func (a *attempt) countPayments(t table, products map[values.Loan]string) error {
	payments, err := a.tx.FailedAndSecond(a.quarter)
	if err != nil {
		return err
	}
	for _, p := range payments {
		f := report.Figures{SecondPayments: 1}
		if p.State == "failed" {
			f = report.Figures{FailedPayments: 1}
		}
		t.whole.add(groupKey{}, "", f)
		counted := map[groupKey]bool{}
		for _, part := range p.Parts {
			place, product := groupKey{bank: part.Loan.Bank, township: p.Township}, groupKey{product: cmp.Or(products[part.Loan], unknownPlace)}
			if !counted[place] {
				t.places.add(place, "", f)
			}
			if !counted[product] {
				t.products.add(product, "", f)
			}
			counted[place], counted[product] = true, true
		}
	}
	return nil
}

// monitoring is the quarter's table with the quarter before beside it.
func (a *attempt) monitoring() (m report.Monitoring, err error) {
	m = report.Monitoring{Region: a.job.County.Name, Quarter: a.quarter, From: a.quarter.First(a.job.InterestDay), To: a.quarter.Last(a.job.InterestDay)}
	books, err := a.books()
	if err != nil {
		return m, err
	}
	all, err := a.monitor(books)
	if err != nil {
		return m, err
	}
	now, err := a.figures(all)
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
	if err := a.setBeside(&m, books, all); err != nil {
		return m, err
	}
	if m.Fund, err = a.fundForMonitoring(); err != nil {
		return m, err
	}
	m.Due, err = a.dueLoans(all, lists.Excluded)
	return m, err
}

// setBeside counts the returned lines, of which the table has nothing, and sets
// the loan books, where there are any, beside the lines.
func (a *attempt) setBeside(m *report.Monitoring, books *quarterBooks, all []*monitored) error {
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
	return a.bookChecks(m, books, all, views)
}

// quarterBefore is the table of the quarter before, empty where the ledger
// does not have it.
func (a *attempt) quarterBefore() (table, error) {
	known, err := a.tx.Quarters()
	if err != nil || !slices.Contains(known, a.quarter.Previous()) {
		return table{}, err
	}
	b := &attempt{Workspace: a.Workspace, ctx: a.ctx, tx: a.tx, quarter: a.quarter.Previous()}
	books, err := b.books()
	if err != nil {
		return table{}, err
	}
	all, err := b.monitor(books)
	if err != nil {
		return table{}, err
	}
	return b.figures(all)
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
