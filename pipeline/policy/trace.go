package policy

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"tiexi/pipeline/values"
)

// Reason says why a stretch earns nothing, or less than its whole balance
// would.
type Reason string

// The reasons. The first six mean that the stretch earns nothing.
const (
	ReasonBeforeDisbursement Reason = "before-disbursement"
	ReasonAfterMaturity      Reason = "after-maturity"   // the maturity date or a day after it
	ReasonExtensionBarred    Reason = "extension-barred" // the household was off the roster when the extension was signed
	ReasonUnconfigured       Reason = "unconfigured"     // no terms row covers the day
	ReasonInterestUnpaid     Reason = "interest-unpaid"  // no interest was paid on the line
	ReasonNoBalance          Reason = "no-balance"       // or no rate
	ReasonTier1Taken         Reason = "tier1-taken"      // loans that come first took some or all of tier 1
	ReasonTier2Taken         Reason = "tier2-taken"
	ReasonUnapproved         Reason = "unapproved"    // the part above tier 1, for want of an approval for a large need
	ReasonAboveTiers         Reason = "above-tiers"   // the part above both tiers
	ReasonOldTerms           Reason = "old-terms"     // older terms have no second tier
	ReasonAboveCeiling       Reason = "above-ceiling" // above the principal ceiling of older terms
)

// Stretch is a run of days of one line on which everything stays the same.
type Stretch struct {
	Line int64 `json:"line"` // Line.Key
	Span
	Policy   string      `json:"policy,omitempty"` // "" where the stretch is outside every policy
	TermsRow string      `json:"terms_row,omitempty"`
	Clause   string      `json:"clause,omitempty"`
	Balance  values.Fen  `json:"balance"`
	Rate     values.Rate `json:"rate"`
	Paid     values.Fen  `json:"paid"`      // of the whole line
	LineDays int         `json:"line_days"` // n, over which Paid is spread evenly

	Tier1   values.Fen `json:"tier1"` // of the balance, what earns in tier 1
	Tier2   values.Fen `json:"tier2"`
	Points1 Points     `json:"points1"` // effective, after caps
	Points2 Points     `json:"points2"`
	Exact   *Exact     `json:"exact"` // fen before rounding; nil where it earns nothing

	Why  []Reason `json:"why,omitempty"`
	Caps []Cap    `json:"caps,omitempty"` // those that bit
}

// Points are yearly percentage points by budget.
type Points struct {
	Central    decimal.Decimal `json:"central"`
	Provincial decimal.Decimal `json:"provincial"`
	City       decimal.Decimal `json:"city"`
	County     decimal.Decimal `json:"county"`
}

func pointsOf(p [budgets]decimal.Decimal) Points { return Points{p[0], p[1], p[2], p[3]} }

// Exact is an amount by budget in fen, unrounded.
type Exact struct {
	Central    *big.Rat `json:"central"`
	Provincial *big.Rat `json:"provincial"`
	City       *big.Rat `json:"city"`
	County     *big.Rat `json:"county"`
}

// Total is the sum of the shares.
func (e *Exact) Total() *big.Rat {
	total := new(big.Rat).Add(e.Central, e.Provincial)
	return total.Add(total, e.City).Add(total, e.County)
}

// apart takes running sums apart into shares.
func apart(running [budgets]*big.Rat) *Exact {
	minus := func(i int) *big.Rat { return new(big.Rat).Sub(running[i], running[i-1]) }
	return &Exact{running[0], minus(1), minus(2), minus(3)}
}

// exactBetween is what was added to the running sums between two moments.
func exactBetween(before, after *[budgets]sum, levels int) *Exact {
	var running [budgets]*big.Rat
	for i := range running {
		last := min(i, levels-1)
		running[i] = new(big.Rat).Sub(after[last].rat(), before[last].rat())
	}
	return apart(running)
}

// trace collects the stretches of one household.
type trace struct {
	rates     ratioTable
	stretches []traced
}

type traced struct {
	loan, line int
	Stretch
}

// taken is what a piece took on a stretch, and what loans before it had taken.
type taken struct {
	t1, t2           values.Fen
	before1, before2 values.Fen
}

// idle records the days of a line that cannot earn.
func (t *trace) idle(p *piece, line *Line) {
	add := func(days Span, why Reason) {
		days = Span{max(days.From, line.From), min(days.To, line.To)}
		if days.From <= days.To {
			st := blank(line, days)
			st.Why = []Reason{why}
			t.stretches = append(t.stretches, traced{p.loan, p.line, st})
		}
	}
	f := p.facts
	add(Span{line.From, f.Disbursed - 1}, ReasonBeforeDisbursement)
	matures := lastDay
	if f.Matures.Known() {
		matures = f.Matures
	}
	if line.ExtensionBarred {
		add(Span{max(f.OriginalMaturity, f.Disbursed), matures - 1}, ReasonExtensionBarred)
	}
	add(Span{max(matures, f.Disbursed), lastDay}, ReasonAfterMaturity)
}

func blank(line *Line, days Span) Stretch {
	return Stretch{Line: line.Key, Span: days, Balance: line.Balance, Rate: line.Rate, Paid: line.Paid, LineDays: int(line.To-line.From) + 1}
}

// running records a stretch of a piece that takes part in the tiers.
func (t *trace) running(line *Line, p *piece, days Span, took taken) {
	st := blank(line, days)
	st.Why = whys(line, p, took)
	if p.policy != nil {
		st.Policy = p.policy.Name
	}
	if p.row != nil {
		st.TermsRow, st.Clause = p.row.name, p.row.clause
		st.Tier1, st.Tier2 = min(took.t1, p.ceiling), took.t2
	}
	if p.row != nil && line.Paid > 0 && line.Balance > 0 && line.Rate.IsPositive() {
		t.amounts(&st, line, p)
	}
	t.stretches = append(t.stretches, traced{p.loan, p.line, st})
}

func (t *trace) amounts(st *Stretch, line *Line, p *piece) {
	k := t.rates.of(p.policy, p.row, line.Rate)
	st.Points1 = pointsOf(k.points1)
	if st.Tier1 > 0 {
		st.Caps = append(st.Caps, k.caps1...)
	}
	if st.Tier2 > 0 {
		st.Points2 = pointsOf(k.points2)
		for _, c := range k.caps2 {
			if !slices.Contains(st.Caps, c) {
				st.Caps = append(st.Caps, c)
			}
		}
	}
	days := uint64(st.Days())
	var running [budgets]*big.Rat
	for i := range running {
		running[i] = k.amount(i, line, days*uint64(st.Tier1), days*uint64(st.Tier2))
	}
	st.Exact = apart(running)
}

// whys lists why the piece does not earn on its whole balance.
func whys(line *Line, p *piece, took taken) (why []Reason) {
	note := func(is bool, r Reason) {
		if is {
			why = append(why, r)
		}
	}
	rest := line.Balance - took.t1 - took.t2
	second := p.row != nil && p.row.tier2 != nil
	note(p.row == nil, ReasonUnconfigured)
	note(line.Paid == 0, ReasonInterestUnpaid)
	note(line.Balance == 0 || line.Rate.IsZero(), ReasonNoBalance)
	note(took.t1 < min(line.Balance, p.tier1), ReasonTier1Taken)
	note(took.t2 < min(line.Balance-took.t1, p.tier2), ReasonTier2Taken)
	note(second && rest > 0 && !p.facts.Approved, ReasonUnapproved)
	note(second && p.facts.Approved && line.Balance > p.tier1+p.tier2, ReasonAboveTiers)
	note(p.row != nil && !second && rest > 0, ReasonOldTerms)
	note(took.t1 > p.ceiling, ReasonAboveCeiling)
	return why
}

// of are the loan's stretches in date order.
func (t *trace) of(loan int) []Stretch {
	var mine []traced
	for _, st := range t.stretches {
		if st.loan == loan {
			mine = append(mine, st)
		}
	}
	slices.SortStableFunc(mine, func(a, b traced) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.line, b.line))
	})
	out := make([]Stretch, len(mine))
	for i := range mine {
		out[i] = mine[i].Stretch
	}
	return out
}
