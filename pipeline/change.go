package pipeline

import (
	"cmp"
	"slices"
	"strings"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// CauseKind says why a loan's subsidy is another one.
type CauseKind string

// The causes.
const (
	CauseNew      CauseKind = "new"       // not there before
	CauseGone     CauseKind = "gone"      // no longer there
	CauseLines    CauseKind = "lines"     // its own lines say something else
	CauseDecision CauseKind = "decision"  // somebody decided on its lines
	CauseJudged   CauseKind = "judgement" // its lines are judged otherwise
	CausePolicy   CauseKind = "policy"    // other terms
	CauseTier     CauseKind = "tier"      // another loan of the household took or freed its tier
)

// Cause is a kind with words that say what it was, in the language asked for.
type Cause struct {
	Kind  CauseKind `json:"kind"`
	Words string    `json:"words"`
}

// Change is a loan whose subsidy differs between two states of a quarter, or
// between two quarters. Its first cause is the one it is counted under.
type Change struct {
	Township  string        `json:"township"`
	Village   string        `json:"village"`
	Household string        `json:"household"`
	Borrower  string        `json:"borrower"`
	ID        string        `json:"id"` // whole; screens mask it
	Bank      string        `json:"bank"`
	Contract  string        `json:"contract"`
	Before    values.Shares `json:"before"`
	After     values.Shares `json:"after"`
	Causes    []Cause       `json:"causes"`
}

// Difference is what the loan gets more; less is negative.
func (c *Change) Difference() values.Fen { return c.After.Total() - c.Before.Total() }

// Side is one of the two states that are compared, or a part of it.
type Side struct {
	Loans  int           `json:"loans"` // that get a subsidy
	Shares values.Shares `json:"shares"`
	Total  values.Fen    `json:"total"`
}

func (s *Side) add(shares values.Shares) {
	if shares.IsZero() {
		return
	}
	s.Loans++
	s.Shares = s.Shares.Plus(shares)
	s.Total += shares.Total()
}

// Compared is a group of loans, or all of them, on both sides.
type Compared struct {
	Name   string `json:"name"`
	Before Side   `json:"before"`
	After  Side   `json:"after"`
}

// entitled is what each loan is due, all policies together.
type entitled map[values.Loan]values.Shares

func (e entitled) add(loan values.Loan, s values.Shares) { e[loan] = e[loan].Plus(s) }

func entitledBy(all []ledger.Entitlement) entitled {
	e := entitled{}
	for _, one := range all {
		e.add(one.Loan, one.Shares)
	}
	return e
}

func (e entitled) side() (s Side) {
	for _, shares := range e {
		s.add(shares)
	}
	return s
}

// changes are the loans that differ, without their causes.
func changes(before, after entitled, who map[values.Loan]*borrowed) (all []*Change) {
	add := func(loan values.Loan) {
		if before[loan] == after[loan] {
			return
		}
		c := &Change{Bank: loan.Bank, Contract: loan.Contract, Before: before[loan], After: after[loan], Causes: []Cause{}}
		if b := who[loan]; b != nil {
			c.Township, c.Village, c.Household, c.Borrower, c.ID = b.township, b.village, b.household, b.name, b.id.Whole()
		}
		all = append(all, c)
	}
	for loan := range before {
		add(loan)
	}
	for loan := range after {
		if _, both := before[loan]; !both {
			add(loan)
		}
	}
	slices.SortFunc(all, func(x, y *Change) int {
		return cmp.Or(-cmp.Compare(abs(x.Difference()), abs(y.Difference())), x.loan().Compare(y.loan()))
	})
	return all
}

func (c *Change) loan() values.Loan { return values.Loan{Bank: c.Bank, Contract: c.Contract} }

func abs(f values.Fen) values.Fen { return max(f, -f) }

func (c *Change) because(kind CauseKind, words values.Text, lang values.Lang) {
	c.Causes = append(c.Causes, Cause{kind, words.In(lang)})
}

// grouped compares both sides group by group, in order of name.
func grouped(before, after entitled, name func(values.Loan) string) []Compared {
	groups := map[string]*Compared{}
	group := func(loan values.Loan) *Compared {
		n := name(loan)
		if groups[n] == nil {
			groups[n] = &Compared{Name: n}
		}
		return groups[n]
	}
	for loan, shares := range before {
		group(loan).Before.add(shares)
	}
	for loan, shares := range after {
		group(loan).After.add(shares)
	}
	all := make([]Compared, 0, len(groups))
	for _, g := range groups {
		all = append(all, *g)
	}
	slices.SortFunc(all, func(x, y Compared) int { return strings.Compare(x.Name, y.Name) })
	return all
}

// borrowed is who has a loan of a quarter, and what its live lines come to.
type borrowed struct {
	name, household, township, village string
	id                                 values.ResidentID
	lines                              []*judgedLine
}

// borrowers tells of every loan that the quarter's live lines name.
func borrowers(views []*judgedLine) map[values.Loan]*borrowed {
	all := map[values.Loan]*borrowed{}
	for _, v := range views {
		b := all[v.line.Loan()]
		if b == nil {
			b = &borrowed{name: v.Borrower, id: v.line.ID}
			all[v.line.Loan()] = b
		}
		if j := v.judgement; j != nil && b.household == "" {
			b.household, b.township, b.village = j.Household, j.Township, j.Village
		}
		b.lines = append(b.lines, v)
	}
	return all
}

// outcome is the worst of the loan's lines; findings are those that make it so.
func (b *borrowed) outcome() (worst values.Outcome, codes []string) {
	worst = values.Accepted
	for _, v := range b.lines {
		worst = worst.Worse(v.Outcome)
	}
	for _, v := range b.lines {
		if v.Outcome == worst {
			codes = append(codes, weighty(v.findings)...)
		}
	}
	return worst, codes
}
