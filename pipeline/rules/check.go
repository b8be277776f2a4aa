package rules

import (
	"cmp"
	"slices"
	"strings"

	"tiexi/pipeline/values"
)

// Check judges every line of the quarter; verdict i is that of line i.
//
// First come the checks of a line by itself (its cells, the roster, history,
// its sheet's totals); then, among the lines that do not go back for those, the
// checks of lines against each other. Lines that have neither loan nor
// household nor account in common cannot touch each other, so these run group
// by group.
func Check(f *Facts) []Verdict {
	c := newChecker(f)
	for i := range f.Lines {
		c.alone(i)
		c.accounts[i] = foldAccount(c.verdicts[i].Account)
	}
	for _, group := range c.groups() {
		c.settle(group)
	}
	return c.verdicts
}

// checker holds what the checks of one quarter share. The slices run parallel to
// the facts' lines.
type checker struct {
	facts   *Facts
	quarter Span

	own      [][]values.Finding // of the line by itself
	together [][]values.Finding // of the line among others
	gone     []bool             // goes back, or went by decision: not among others
	accounts []string           // the payout account, folded; "" where there is none
	verdicts []Verdict

	earlierByLoan      map[values.Loan][]*Earlier // by first day
	earlierByHousehold map[string][]*Earlier
	totals             map[[2]string][]values.Finding // by file and sheet
}

func newChecker(f *Facts) *checker {
	n := len(f.Lines)
	c := &checker{
		facts:   f,
		quarter: Span{f.Quarter.First(f.InterestDay), f.Quarter.Last(f.InterestDay)},
		own:     make([][]values.Finding, n), together: make([][]values.Finding, n),
		gone: make([]bool, n), accounts: make([]string, n), verdicts: make([]Verdict, n),
		earlierByLoan: map[values.Loan][]*Earlier{}, earlierByHousehold: map[string][]*Earlier{},
		totals: map[[2]string][]values.Finding{},
	}
	for i := range f.Earlier {
		e := &f.Earlier[i]
		c.earlierByLoan[e.Loan] = append(c.earlierByLoan[e.Loan], e)
		if e.Household != "" {
			c.earlierByHousehold[e.Household] = append(c.earlierByHousehold[e.Household], e)
		}
	}
	for _, list := range c.earlierByLoan {
		slices.SortStableFunc(list, func(a, b *Earlier) int { return cmp.Compare(a.From, b.From) })
	}
	for _, s := range f.Sheets {
		c.totals[[2]string{s.File, s.Sheet}] = totals(s)
	}
	return c
}

// alone runs the checks of one line by itself.
func (c *checker) alone(i int) {
	facts, verdict := &c.facts.Lines[i], &c.verdicts[i]
	l := facts.Line
	r := &report{line: l}
	memberships := c.facts.Roster[l.ID]
	if facts.Frozen != nil {
		r.rosterChecks(memberships, verdict)
		*verdict = Verdict{
			Outcome: facts.Frozen.Outcome, OnRoster: verdict.OnRoster, Member: verdict.Member,
			ExtensionBarred: verdict.ExtensionBarred, Account: facts.Frozen.Account,
		}
		c.gone[i] = verdict.Outcome == values.Returned
		return
	}
	r.lineChecks(facts, c.quarter)
	r.rosterChecks(memberships, verdict)
	r.configured(facts.Unconfigured, verdict.ExtensionBarred)
	r.payment(memberships, verdict)
	r.tables(c.facts, verdict)
	r.settled(c.earlierByLoan[l.Loan()])
	c.own[i] = append(r.findings, c.totals[[2]string{l.File, l.Sheet}]...)
	c.gone[i] = Worst(c.own[i]) == values.Returned
}

// settle judges a group of lines that can touch each other. Decisions to return
// a line change what the others meet, so the group is taken through them in the
// order in which they were recorded: each must find the facts that it was taken
// on.
func (c *checker) settle(group []int) {
	for _, round := range c.rounds(group) {
		c.among(group)
		var leaving []int
		for _, i := range group {
			d := c.facts.Lines[i].Decision
			if d.Outcome == values.Returned && d.Round == round && !c.gone[i] && c.conclude(i, d) == values.Returned {
				leaving = append(leaving, i)
			}
		}
		for _, i := range leaving {
			c.gone[i] = true
		}
	}
	c.among(group)
	for _, i := range group {
		d := c.facts.Lines[i].Decision
		switch {
		case c.facts.Lines[i].Frozen != nil, c.gone[i] && c.verdicts[i].Decided:
			continue
		case d.Outcome == values.Returned: // did not find its facts when its turn came
			d.Digest = ""
		}
		c.conclude(i, d)
	}
}

// rounds are the rounds of the group's decisions to return a line.
func (c *checker) rounds(group []int) (rounds []int) {
	for _, i := range group {
		if d := c.facts.Lines[i].Decision; d.Outcome == values.Returned && !c.gone[i] {
			rounds = append(rounds, d.Round)
		}
	}
	slices.Sort(rounds)
	return slices.Compact(rounds)
}

// among runs the checks of a group's lines against each other, afresh.
func (c *checker) among(group []int) {
	var live []int
	for _, i := range group {
		c.together[i] = nil
		if !c.gone[i] {
			live = append(live, i)
		}
	}
	var rest []int
	for _, loan := range partition(live, func(i int) values.Loan { return c.facts.Lines[i].Line.Loan() }) {
		kept := c.duplicates(loan)
		c.changes(kept)
		c.books(kept)
		rest = append(rest, kept...)
	}
	for _, lines := range partition(rest, c.household) {
		if name := c.household(lines[0]); name != "" {
			c.overCeiling(name, lines)
		}
	}
	for _, lines := range partition(rest, c.account) {
		if c.account(lines[0]) != "" {
			c.shared(lines)
		}
	}
}

// conclude puts the line's findings together and gives its outcome under the
// decision.
func (c *checker) conclude(i int, d Decision) values.Outcome {
	facts, v := &c.facts.Lines[i], &c.verdicts[i]
	v.Findings = slices.Concat(c.own[i], c.together[i])
	sortFindings(v.Findings)
	v.Blocked, v.Digest, v.Decided, v.Reopened = nil, "", false, false
	for _, f := range v.Findings {
		if rules[rank[f.Code]].Outcome == values.PaymentHold && !slices.Contains(v.Blocked, f.Code) {
			v.Blocked = append(v.Blocked, f.Code)
		}
	}
	v.Outcome = Worst(v.Findings)
	if v.Outcome == values.Held {
		v.Digest = FactsDigest(facts.Line, v.Findings)
		v.Outcome = Judge(v.Findings, d, v.Digest)
		v.Decided = v.Outcome != values.Held
		v.Reopened = !v.Decided && d.Outcome != ""
	}
	return v.Outcome
}

// add records a finding of a line among others.
func (c *checker) add(i int, code string, field values.Field, value, want string, details ...string) {
	r := report{line: c.facts.Lines[i].Line, findings: c.together[i]}
	r.add(code, field, value, want, details...)
	c.together[i] = r.findings
}

// household is the line's household, "" where it has none.
func (c *checker) household(i int) string {
	if frozen := c.facts.Lines[i].Frozen; frozen != nil {
		return frozen.Household
	}
	return c.verdicts[i].Member.Household
}

func (c *checker) account(i int) string { return c.accounts[i] }

// sortFindings puts findings into the catalogue's order.
func sortFindings(findings []values.Finding) {
	slices.SortStableFunc(findings, func(a, b values.Finding) int {
		return cmp.Or(cmp.Compare(rank[a.Code], rank[b.Code]), cmp.Compare(a.Field, b.Field),
			strings.Compare(a.Cell, b.Cell), strings.Compare(a.Value, b.Value))
	})
}
