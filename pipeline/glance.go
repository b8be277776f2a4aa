package pipeline

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"tiexi/formats/report"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// glance is the quarter at a glance.
func (a *attempt) glance() (r report.Report, err error) {
	r = report.Report{County: a.job.County.Name, Quarter: a.quarter, From: a.quarter.First(a.job.InterestDay), To: a.quarter.Last(a.job.InterestDay)}
	if err := a.countLoans(&r); err != nil {
		return r, err
	}
	if err := a.countFindings(&r); err != nil {
		return r, err
	}
	if err := a.noticeProgress(&r); err != nil {
		return r, err
	}
	if err := a.history(&r); err != nil {
		return r, err
	}
	sums, err := a.paymentSums()
	if err != nil {
		return r, err
	}
	r.Payments = report.Payments{Count: sums.Count, Total: sums.Total, Paid: sums.Paid, Failed: sums.Failed, Pending: sums.Pending, Stopped: sums.Stopped}
	next, err := a.next(a.tx, a.quarter)
	for _, step := range next {
		r.Next = append(r.Next, step.Chinese)
	}
	return r, err
}

// compareBanks orders lenders as jobs.yaml lists them, others by name.
func (w *Workspace) compareBanks(x, y string) int {
	return cmp.Or(cmp.Compare(w.bankOrder(x), w.bankOrder(y)), strings.Compare(x, y))
}

// countFindings counts the lines that have each finding.
func (a *attempt) countFindings(r *report.Report) error {
	findings, err := a.tx.FindingTallies(a.quarter)
	if err != nil {
		return err
	}
	for _, t := range findings {
		rule, _ := rules.Lookup(t.Code)
		r.Findings = append(r.Findings, report.FindingCount{Code: t.Code, Title: rule.Title, Clause: rule.Clause, Outcome: rule.Outcome, Lines: t.Lines})
	}
	slices.SortFunc(r.Findings, func(x, y report.FindingCount) int {
		return cmp.Or(severity(x.Code)-severity(y.Code), y.Lines-x.Lines, strings.Compare(x.Code, y.Code))
	})
	return nil
}

// noticeProgress counts each township's villages by how far their notice is.
func (a *attempt) noticeProgress(r *report.Report) error {
	lists, err := a.tx.NoticeLists(a.quarter)
	if err != nil {
		return err
	}
	objections, err := a.tx.Objections(a.quarter)
	if err != nil {
		return err
	}
	townships := map[string]*report.TownshipNotice{}
	for village := range runs(lists, func(x, y ledger.NoticeList) bool { return x.Township == y.Township && x.Village == y.Village }) {
		t := townships[village[0].Township]
		if t == nil {
			t = &report.TownshipNotice{Township: village[0].Township}
			townships[t.Township] = t
		}
		t.Villages++
		posted := !slices.ContainsFunc(village, func(l ledger.NoticeList) bool { return !l.Posted })
		if !posted {
			continue
		}
		t.Posted++
		last := slices.MaxFunc(village, func(x, y ledger.NoticeList) int { return int(x.PayableOn - y.PayableOn) }).PayableOn
		if last <= a.opt.Today {
			t.Cleared++
		}
		t.LastDay = max(t.LastDay, last-1)
	}
	for _, o := range objections {
		if t := townships[o.Township]; t != nil && o.State == "open" {
			t.Objections++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(townships)) {
		t := townships[name]
		if t.Posted < t.Villages {
			t.LastDay = 0
		}
		r.Notices = append(r.Notices, *t)
	}
	return nil
}

// history is the four quarters before.
func (a *attempt) history(r *report.Report) error {
	quarters, err := a.quartersUpTo()
	if err != nil {
		return err
	}
	quarters = slices.DeleteFunc(quarters, func(q values.Quarter) bool { return q == a.quarter })
	for _, q := range quarters[max(0, len(quarters)-4):] {
		shares, err := a.tx.SubsidySums(q)
		if err != nil {
			return err
		}
		loans, err := a.tx.SubsidisedLoans(q)
		if err != nil {
			return err
		}
		r.History = append(r.History, report.Past{Quarter: q, Loans: loans, Shares: shares})
	}
	return nil
}
