package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tiexi/formats/report"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// monitored is a loan of the quarter as the monitoring table counts it
// (policy.md §8): what stands on its lines that are not returned.
type monitored struct {
	values.Loan
	first, last *judgedLine // of the lines that touch the quarter, by day; nil: none does
	any         *judgedLine // some line of it
	township    string
	product     string
	household   string
	opening     values.Fen
	issued      values.Fen
	repaid      values.Fen
	closing     values.Fen
	overdue     bool
}

// unknownPlace stands where neither roster nor bank says the township.
const unknownPlace = "（不明）"

// monitor gathers the quarter's loans, by bank, township and contract.
func (a *attempt) monitor(views []*judgedLine) []*monitored {
	from, to := a.quarter.First(a.job.InterestDay), a.quarter.Last(a.job.InterestDay)
	titles := a.policyTitles()
	byLoan := map[values.Loan]*monitored{}
	var all []*monitored
	for _, v := range views {
		if v.judgement == nil || v.Outcome == values.Returned {
			continue
		}
		loan := v.line.Loan()
		m := byLoan[loan]
		if m == nil {
			m = &monitored{Loan: loan, any: v}
			m.township = cmp.Or(v.judgement.Township, v.line.Township, unknownPlace)
			m.household = cmp.Or(v.judgement.Household, v.line.ID.Whole())
			m.product = cmp.Or(v.line.Product, titles[a.policies.Conditions(policy.FactsOf(&v.line.Line)).Policy], unknownPlace)
			byLoan[loan] = m
			all = append(all, m)
		}
		if v.line.To < from || v.line.From > to {
			continue // an earlier quarter's interest, paid late
		}
		if m.first == nil || v.line.From < m.first.line.From {
			m.first = v
		}
		if m.last == nil || v.line.To > m.last.line.To {
			m.last = v
		}
	}
	for _, m := range all {
		m.balances(from, to)
	}
	slices.SortFunc(all, func(x, y *monitored) int {
		return cmp.Or(cmp.Compare(a.bankOrder(x.Bank), a.bankOrder(y.Bank)), cmp.Compare(x.Bank, y.Bank), cmp.Compare(x.township, y.township), cmp.Compare(x.Contract, y.Contract))
	})
	return all
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

// balances work out what came in and went out. A loan on which interest stops
// before the end of the quarter, and that is not overdue, has been repaid.
func (m *monitored) balances(from, to values.Date) {
	if m.first == nil {
		return
	}
	first, last := m.first.line, m.last.line
	late := saysOverdue(last.Overdue)
	if last.To >= to || late {
		m.closing = last.Balance
	}
	m.overdue = m.closing > 0 && (late || last.Matures.Known() && last.Matures <= to)
	switch {
	case first.Disbursed < from:
		m.opening = first.Balance
	case first.Given.Has(values.FieldAmount):
		m.issued = first.Amount
	default:
		m.issued = first.Balance
	}
	m.repaid = m.opening + m.issued - m.closing
	if m.repaid < 0 { // drawn in parts
		m.issued, m.repaid = m.issued-m.repaid, 0
	}
}

// saysOverdue reads 是否逾期, 逾期天数.
func saysOverdue(text string) bool {
	text = strings.TrimRight(strings.TrimSpace(text), "天日")
	if strings.Trim(text, "0.") == "" {
		return false
	}
	return !slices.Contains([]string{"否", "无", "正常", "未逾期", "不逾期", "-", "—", "/", "N", "n"}, text)
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
	to := a.quarter.Last(a.job.InterestDay)
	for _, m := range all {
		products[m.Loan] = m.product
		f := report.Figures{Loans: 1, Opening: m.opening, Issued: m.issued, Repaid: m.repaid, Closing: m.closing, Shares: shares[m.Loan]}
		if m.overdue {
			f.OverdueLoans, f.Overdue = 1, m.closing
		}
		if m.last != nil && isBad(m.last.line.Class) {
			f.Bad = m.closing
		}
		if m.closing > 0 && m.last.line.Matures > to && m.last.line.Matures <= to+90 {
			f.MaturingLoans, f.Maturing = 1, m.closing
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
func (a *attempt) monitoring(views []*judgedLine) (m report.Monitoring, err error) {
	m = report.Monitoring{Region: a.job.County.Name, Quarter: a.quarter, From: a.quarter.First(a.job.InterestDay), To: a.quarter.Last(a.job.InterestDay)}
	all := a.monitor(views)
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
		m.Places[i].Responsible = lists.Lenders[m.Places[i].Township]
	}
	for _, v := range views {
		if v.Outcome == values.Returned {
			m.Left++
		}
	}
	if m.Fund, err = a.fundForMonitoring(); err != nil {
		return m, err
	}
	m.Due, err = a.dueLoans(all)
	return m, err
}

// quarterBefore is the table of the quarter before, empty where the ledger
// does not have it.
func (a *attempt) quarterBefore() (table, error) {
	known, err := a.tx.Quarters()
	if err != nil || !slices.Contains(known, a.quarter.Previous()) {
		return table{}, err
	}
	b := &attempt{Workspace: a.Workspace, ctx: a.ctx, tx: a.tx, quarter: a.quarter.Previous()}
	views, err := b.lineViews()
	if err != nil {
		return table{}, err
	}
	return b.figures(b.monitor(views))
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

// dueLoans are those that somebody has to see coming (issue of §8): they mature
// within 90 days after the quarter, are overdue, or were renewed or extended.
func (a *attempt) dueLoans(all []*monitored) ([]report.DueLoan, error) {
	to := a.quarter.Last(a.job.InterestDay)
	due := []report.DueLoan{}
	for _, m := range all {
		if m.closing <= 0 {
			continue
		}
		l, j := m.last.line, m.last.judgement
		if !m.overdue && l.Renewals == 0 && (!l.Matures.Known() || l.Matures > to+90) {
			continue
		}
		rows, err := a.tx.PersonRows(l.ID)
		if err != nil {
			return nil, err
		}
		due = append(due, report.DueLoan{Township: m.township, Village: j.Village, Borrower: l.Borrower, Bank: m.Bank, Contract: m.Contract,
			Balance: m.closing, Matures: l.Matures, Overdue: m.overdue, Class: l.Class, Renewals: l.Renewals, Bars: a.barsToRenewal(l, m.overdue, stretches(rows), to)})
	}
	return due, nil
}

// barsToRenewal say why a renewal or extension signed after that day would earn
// nothing, or would have to be judged by a person. The newest terms count: it
// is under them that it would be signed.
func (a *attempt) barsToRenewal(l *ledger.Line, overdue bool, roster []rules.Membership, day values.Date) (bars []string) {
	signed := max(day+1, l.Matures)
	terms := a.policies.Conditions(policy.Facts{Signed: signed})
	if terms.Extensions >= 0 && l.Renewals >= terms.Extensions {
		bars = append(bars, fmt.Sprintf("已续贷或展期%d次（%s）", l.Renewals, cmp.Or(terms.Clauses["extensions"], "二(三)")))
	}
	if overdue {
		bars = append(bars, "已逾期")
	}
	if left := removedBy(roster, day); left.Known() {
		bars = append(bars, "已于"+left.Chinese()+"退出帮扶名单（四(二)）")
	}
	if birth := l.ID.Birth(); birth.Known() && terms.MaxAge > 0 && birth.AgeOn(signed) > terms.MaxAge {
		bars = append(bars, fmt.Sprintf("到期时超过%d周岁（%s）", terms.MaxAge, cmp.Or(terms.Clauses["age_max"], "一(十)")))
	}
	return bars
}

// removedBy is the day since which the borrower is not on the roster, zero for
// one who is.
func removedBy(roster []rules.Membership, day values.Date) (left values.Date) {
	for _, m := range roster {
		if m.Until == 0 || m.Until > day {
			return 0
		}
		left = max(left, m.Until)
	}
	return left
}
