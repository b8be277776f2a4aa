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
	due, err := loans(a.tx, a.quarter)
	if err != nil {
		return r, err
	}
	a.money(&r, due)
	if err := a.countRows(&r); err != nil {
		return r, err
	}
	if err := a.states(&r, due); err != nil {
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

// money adds up the subsidy: in all, by township, by lender.
func (a *attempt) money(r *report.Report, due []*loanState) {
	townships, banks := map[string]*report.Share{}, map[string]*report.Share{}
	seen := map[string]bool{}
	first := func(what string, l *loanState) int {
		key := what + "\x00" + l.person.Whole()
		if seen[key] {
			return 0
		}
		seen[key] = true
		return 1
	}
	for _, l := range due {
		if len(l.due) == 0 || l.total == 0 {
			continue
		}
		shares := l.due.sum()
		r.Loans++
		r.People += first("", l)
		r.Shares = r.Shares.Plus(shares)
		for _, part := range []struct {
			of   map[string]*report.Share
			name string
		}{{townships, l.township}, {banks, l.Bank}} {
			s := part.of[part.name]
			if s == nil {
				s = &report.Share{Name: part.name}
				part.of[part.name] = s
			}
			s.Loans++
			s.People += first(part.name, l)
			s.Shares = s.Shares.Plus(shares)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(townships)) {
		r.ByTownship = append(r.ByTownship, *townships[name])
	}
	for _, name := range slices.SortedFunc(maps.Keys(banks), a.compareBanks) {
		r.ByBank = append(r.ByBank, *banks[name])
	}
}

// compareBanks orders lenders as jobs.yaml lists them, others by name.
func (w *Workspace) compareBanks(x, y string) int {
	return cmp.Or(cmp.Compare(w.bankOrder(x), w.bankOrder(y)), strings.Compare(x, y))
}

// countRows counts each bank's rows, those of a bank that sent nothing too, and
// the lines that have each finding.
func (a *attempt) countRows(r *report.Report) error {
	tallies, err := a.tx.LineTallies(a.quarter)
	if err != nil {
		return err
	}
	findings, err := a.tx.FindingTallies(a.quarter)
	if err != nil {
		return err
	}
	banks := map[string]*report.BankRows{}
	for _, b := range a.job.Banks {
		banks[b.Name] = &report.BankRows{Bank: b.Name}
	}
	for _, t := range tallies {
		b := banks[t.Bank]
		if b == nil {
			b = &report.BankRows{Bank: t.Bank}
			banks[t.Bank] = b
		}
		b.Rows += t.Lines
		switch t.Outcome {
		case values.Accepted:
			b.Accepted += t.Lines
		case values.Held:
			b.Held += t.Lines
		case values.Returned:
			b.Returned += t.Lines
		}
	}
	for _, name := range slices.SortedFunc(maps.Keys(banks), a.compareBanks) {
		r.Banks = append(r.Banks, *banks[name])
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

// loanStates are what may have become of an accepted line, furthest first.
var loanStates = []string{"已发放", "待回盘", "待发送", "待审批", "公示期满", "公示中", "待张贴", "暂停发放", "发放失败", "待扣回", "不予贴息"}

// states say where the accepted lines are, each in one state, and where the
// money of their loans is, every fen of it.
func (a *attempt) states(r *report.Report, due []*loanState) error {
	where, amounts, err := a.locateMoney(due)
	if err != nil {
		return err
	}
	rows := map[string]int{}
	for _, l := range due {
		rows[cmp.Or(where[l.Loan], "不予贴息")] += l.lines
	}
	for _, name := range loanStates {
		if rows[name] != 0 || amounts[name] != 0 {
			r.States = append(r.States, report.State{Name: name, Rows: rows[name], Amount: amounts[name]})
		}
	}
	return nil
}

// locateMoney says of each loan in which state that is what is still open on it,
// and adds up all money by state.
func (a *attempt) locateMoney(due []*loanState) (where map[values.Loan]string, amounts map[string]values.Fen, err error) {
	open, err := accounts(a.tx, []values.Quarter{a.quarter})
	if err != nil {
		return nil, nil, err
	}
	moving, err := a.moving()
	if err != nil {
		return nil, nil, err
	}
	posted, cleared, err := publishedAmounts(a.tx, a.quarter, a.opt.Today)
	if err != nil {
		return nil, nil, err
	}
	loans := make(map[values.Loan]*loanState, len(due))
	for _, l := range due {
		loans[l.Loan] = l
	}
	where, amounts = make(map[values.Loan]string, len(open)), map[string]values.Fen{}
	for key, c := range open {
		l, m := loans[key.loan], moving[key.loan]
		state := ""
		for _, part := range []struct { // the least far counts where nothing is open
			state  string
			amount values.Fen
		}{{"已发放", c.live.sum().Total() - m.sent - m.approved}, {"待回盘", m.sent}, {"待发送", m.approved}} {
			if amounts[part.state] += part.amount; part.amount > 0 {
				state = part.state
			}
		}
		if rest := c.total(); rest != 0 {
			switch {
			case rest < 0 || l == nil:
				state = "待扣回"
			case len(l.blocked) > 0:
				state = "暂停发放"
			case m.draft > 0:
				state = "待审批"
			case m.failed > 0:
				state = "发放失败"
			case cleared[l.entry()] >= l.total:
				state = "公示期满"
			case posted[l.entry()] >= l.total:
				state = "公示中"
			default:
				state = "待张贴"
			}
			amounts[state] += rest
		}
		where[key.loan] = state
	}
	return where, amounts, nil
}

// moved is what a loan's unfinished and failed payments come to, by state.
type moved struct{ draft, approved, sent, failed values.Fen }

func (a *attempt) moving() (map[values.Loan]moved, error) {
	by := map[values.Loan]moved{}
	err := a.tx.MovingParts(a.quarter, func(p ledger.MovingPart) error {
		m := by[p.Loan]
		switch p.State {
		case "draft":
			m.draft = p.Total
		case "approved":
			m.approved = p.Total
		case "sent":
			m.sent = p.Total
		case "failed":
			m.failed = p.Total
		}
		by[p.Loan] = m
		return nil
	})
	return by, err
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
	for len(lists) > 0 {
		n := slices.IndexFunc(lists, func(l ledger.NoticeList) bool {
			return l.Township != lists[0].Township || l.Village != lists[0].Village
		})
		if n < 0 {
			n = len(lists)
		}
		village := lists[:n]
		lists = lists[n:]
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
