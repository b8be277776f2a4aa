package policy

import (
	"cmp"
	"fmt"
	"slices"

	"tiexi/pipeline/values"
)

// policy turns a document into what the engine works with, and checks what only
// shows when the parts are together.
func (l *loader) policy(d *document) *Policy {
	p := &Policy{Name: d.name, Title: d.title, Contracts: always, settings: d.settings}
	if v := d.settings["contracts_from"]; v != nil {
		p.Contracts.From = v.date
	}
	if v := d.settings["contracts_to"]; v != nil {
		p.Contracts.To = v.date
		if p.Contracts.From > p.Contracts.To {
			v.file.fail(v.node, "适用合同的止日早于起日", "contracts_to is before contracts_from")
		}
	}
	if v := d.settings["cap_rate_first"]; v != nil {
		p.rateFirst = v.flag
	}
	p.readTransition()
	p.readConditions()
	p.placeRows(d.rows)
	checkCover(d.rows)
	return p
}

func (p *Policy) readTransition() {
	from, to := p.settings["transition_from"], p.settings["transition_to"]
	switch {
	case from != nil && to != nil:
		p.transition = &Span{from.date, to.date}
		if from.date > to.date {
			to.file.fail(to.node, "过渡期止日早于起日", "transition_to is before transition_from")
		}
	case from != nil:
		from.file.fail(from.node, "缺少过渡期止日 transition_to", "transition_to is missing")
	case to != nil:
		to.file.fail(to.node, "缺少过渡期起日 transition_from", "transition_from is missing")
	}
}

func (p *Policy) readConditions() {
	c := values.Conditions{Policy: p.Name, Extensions: -1, Clauses: map[string]string{}}
	for key, v := range p.settings {
		c.Clauses[key] = v.clause
		switch key {
		case "age_min":
			c.MinAge = v.count
		case "age_max":
			c.MaxAge = v.count
		case "loan_ceiling":
			c.LoanCeiling = v.fen
		case "household_ceiling":
			c.HouseholdCeiling = v.fen
		case "term_months":
			c.TermMonths = v.count
		case "extension_months":
			c.ExtensionMonths = v.count
		case "extensions":
			c.Extensions = v.count
		case "purpose_words":
			c.PurposeWords = v.words
		case "guarantees":
			c.Guarantees = v.words
		}
	}
	p.conditions = c
	if low, high := p.settings["age_min"], p.settings["age_max"]; low != nil && high != nil && low.count > high.count {
		high.file.fail(high.node, "年龄上限低于下限", "age_max is below age_min")
	}
}

// placeRows cuts the rows' open ends to the policy's contract dates and refuses
// rows that reach outside them.
func (p *Policy) placeRows(rows []*rowFile) {
	for _, r := range rows {
		if r.contracts.From == firstDay {
			r.contracts.From = p.Contracts.From
		}
		if r.contracts.To == lastDay {
			r.contracts.To = p.Contracts.To
		}
		if r.contracts.From < p.Contracts.From || r.contracts.To > p.Contracts.To || r.contracts.From > r.contracts.To {
			r.file.fail(r.node, fmt.Sprintf("标准“%s”的合同签订日范围超出本政策的范围（%s）", r.name, p.Contracts.text()),
				fmt.Sprintf("row %q reaches outside the contracts of its policy (%s)", r.name, p.Contracts.text()))
		}
		r.levels = 2
		for i := 2; i < budgets; i++ {
			if !r.tier1.shares[i].percent.IsZero() || r.tier2 != nil && !r.tier2.shares[i].percent.IsZero() {
				r.levels = i + 1
			}
		}
		if r.tier2 != nil {
			p.conditions.LargeNeedAbove = max(p.conditions.LargeNeedAbove, r.tier1.size)
			p.conditions.Clauses["large_need_above"] = r.clause
		}
		p.rows = append(p.rows, &r.row)
	}
}

// checkCover refuses rows that cover a day of a contract twice, and holes
// between rows: contract dates no row has between some that have, and within a
// contract date accrual days missing between two rows. Days before the first
// and after the last row are no hole; their lines are held.
func checkCover(rows []*rowFile) {
	for i, r := range rows {
		for _, earlier := range rows[:i] {
			if r.contracts.meets(earlier.contracts) && r.accrual.meets(earlier.accrual) {
				r.file.fail(r.node, fmt.Sprintf("标准“%s”与“%s”重叠：同一合同的同一天有两种标准", r.name, earlier.name),
					fmt.Sprintf("rows %q and %q overlap: one day of a contract has two terms", r.name, earlier.name))
			}
		}
	}
	var before []*rowFile
	for _, contracts := range contractCells(rows) {
		var covering []*rowFile
		for _, r := range rows {
			if r.contracts.meets(contracts) {
				covering = append(covering, r)
			}
		}
		if len(covering) == 0 {
			last := before[len(before)-1]
			last.file.fail(last.node, "合同签订日 "+contracts.text()+" 没有任何标准，而前后都有",
				"contracts signed "+contracts.text()+" have no terms, those before and after do")
			continue
		}
		checkAccrual(covering)
		before = covering
	}
}

// contractCells are the ranges of contract dates within which the same rows
// hold, from the first row's first to the last row's last.
func contractCells(rows []*rowFile) (cells []Span) {
	var starts []values.Date
	end := firstDay
	for _, r := range rows {
		starts = append(starts, r.contracts.From)
		if r.contracts.To < lastDay {
			starts = append(starts, r.contracts.To+1)
		}
		end = max(end, r.contracts.To)
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	for i, from := range starts {
		to := end
		if i+1 < len(starts) {
			to = starts[i+1] - 1
		}
		if from <= end {
			cells = append(cells, Span{from, to})
		}
	}
	return cells
}

func checkAccrual(rows []*rowFile) {
	slices.SortStableFunc(rows, func(a, b *rowFile) int { return cmp.Compare(a.accrual.From, b.accrual.From) })
	for i := 1; i < len(rows); i++ {
		if hole := (Span{rows[i-1].accrual.To + 1, rows[i].accrual.From - 1}); hole.From <= hole.To {
			r := rows[i]
			r.file.fail(r.node, fmt.Sprintf("标准“%s”与“%s”之间缺计息日 %s", rows[i-1].name, r.name, hole.text()),
				fmt.Sprintf("accrual days %s are missing between rows %q and %q", hole.text(), rows[i-1].name, r.name))
		}
	}
}

// together checks the policies against each other: every contract date between
// the first and the last belongs to one of them, and names differ.
func (l *loader) together(policies []*Policy) {
	for i := 1; i < len(policies); i++ {
		a, b := policies[i-1], policies[i]
		at := border(a, b)
		report := func(zh, en string) {
			if at == nil {
				l.problems = append(l.problems, Problem{File: b.Name, Message: zh, English: en})
				return
			}
			at.file.fail(at.node, zh, en)
		}
		if a.Name == b.Name {
			report("政策 "+a.Name+" 写了两次；扩展它的文件代替它，只写其中一个", "policy "+a.Name+" is listed twice; a file that extends it stands in its place")
			continue
		}
		if a.Contracts.meets(b.Contracts) {
			report(fmt.Sprintf("政策 %s 与 %s 适用的合同重叠（%s；%s）", a.Name, b.Name, a.Contracts.text(), b.Contracts.text()),
				fmt.Sprintf("policies %s and %s govern the same contracts (%s; %s)", a.Name, b.Name, a.Contracts.text(), b.Contracts.text()))
		} else if a.Contracts.To+1 < b.Contracts.From {
			hole := Span{a.Contracts.To + 1, b.Contracts.From - 1}
			report(fmt.Sprintf("政策 %s 与 %s 之间，%s 签订的合同没有政策", a.Name, b.Name, hole.text()),
				fmt.Sprintf("contracts signed %s have no policy, between %s and %s", hole.text(), a.Name, b.Name))
		}
	}
}

// border is the setting at which two neighbours meet, in a county's own file
// rather than in a shipped one, which cannot be edited. Nil where neither has
// one.
func border(a, b *Policy) *setting {
	end, start := a.settings["contracts_to"], b.settings["contracts_from"]
	if start == nil || end != nil && slices.Contains(Shipped(), start.file.file) {
		return end
	}
	return start
}

// text writes the range; an open end is left blank.
func (s Span) text() string {
	from, to := "", ""
	if s.From > firstDay {
		from = s.From.String()
	}
	if s.To < lastDay {
		to = s.To.String()
	}
	if from == to {
		return from
	}
	return from + "…" + to
}
