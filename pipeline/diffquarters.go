package pipeline

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

// DiffQuarters compares what each loan is due in two quarters, as they now
// stand.
func (w *Workspace) DiffQuarters(ctx context.Context, from, to values.Quarter, lang values.Lang) (d *Diff, err error) {
	err = w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		was, err := (&attempt{Workspace: w, ctx: ctx, tx: tx, quarter: from}).settledQuarter()
		if err != nil {
			return err
		}
		is, err := (&attempt{Workspace: w, ctx: ctx, tx: tx, quarter: to}).settledQuarter()
		if err != nil {
			return err
		}
		d = &Diff{From: DiffSide{Quarter: from, Side: was.due.side()}, To: DiffSide{Quarter: to, Side: is.due.side()}}
		who := maps.Clone(was.who)
		maps.Copy(who, is.who)
		d.Changes = changes(was.due, is.due, who)
		for _, c := range d.Changes {
			quarterCauses(c, was, is, lang)
		}
		d.sum()
		return nil
	})
	return d, err
}

// settledQuarter is a quarter with what a loan's amount came from.
type settledQuarter struct {
	quarter values.Quarter
	due     entitled
	who     map[values.Loan]*borrowed
	loans   map[values.Loan]*loanFigures
}

// loanFigures are what a loan's subsidy came from in a quarter.
type loanFigures struct {
	policies []string
	filled   *big.Rat // the part of balance × days that earned in tier 1 and in tier 2, in tiers
	tier1    *big.Rat
}

func (a *attempt) settledQuarter() (*settledQuarter, error) {
	if _, ran, err := a.tx.LastStage(a.quarter, computeStage.name); err != nil {
		return nil, err
	} else if !ran {
		return nil, notComputed(a.quarter)
	}
	views, err := a.lineViews()
	if err != nil {
		return nil, err
	}
	entitlements, err := a.tx.Entitlements(a.quarter)
	if err != nil {
		return nil, err
	}
	s := &settledQuarter{quarter: a.quarter, due: entitledBy(entitlements), who: borrowers(views), loans: map[values.Loan]*loanFigures{}}
	return s, a.households(func(h *household) error {
		settled, err := a.policies.Settle(&h.Household, a.quarter)
		for _, e := range settled {
			s.loans[h.loans[e.Loan].name] = figuresOf(&e, h.loans[e.Loan].own)
		}
		return err
	})
}

func figuresOf(e *policy.Entitlement, own []*ledger.Line) *loanFigures {
	f := &loanFigures{filled: new(big.Rat), tier1: new(big.Rat)}
	for _, part := range e.Parts {
		f.policies = append(f.policies, part.Policy)
	}
	slices.Sort(f.policies)
	volume := int64(0)
	for _, l := range own {
		volume += int64(l.Balance) * int64(l.Days)
	}
	if volume > 0 {
		f.tier1 = big.NewRat(e.Tier1, volume)
		f.filled = new(big.Rat).Add(f.tier1, big.NewRat(e.Tier2, volume))
	}
	return f
}

// quarterCauses compares what the loan's two amounts came from.
func quarterCauses(c *Change, from, to *settledQuarter, lang values.Lang) {
	loan := c.loan()
	switch {
	case c.Before.IsZero():
		c.because(CauseNew, joined(causeWords[CauseNew], from.absent(loan)), lang)
		return
	case c.After.IsZero():
		c.because(CauseGone, joined(causeWords[CauseGone], to.absent(loan)), lang)
		return
	}
	if words := linesMoved(from.who[loan], to.who[loan]); !words.IsZero() {
		c.because(CauseLines, words, lang)
	}
	x, y := from.loans[loan], to.loans[loan]
	if x != nil && y != nil {
		if !slices.Equal(x.policies, y.policies) {
			c.because(CausePolicy, values.Text{
				Chinese: "政策由 " + strings.Join(x.policies, "、") + " 变为 " + strings.Join(y.policies, "、"),
				English: "terms from " + strings.Join(x.policies, ", ") + " to " + strings.Join(y.policies, ", "),
			}, lang)
		}
		if x.tier1.Cmp(y.tier1) != 0 || x.filled.Cmp(y.filled) != 0 {
			c.because(CauseTier, values.Text{
				Chinese: fmt.Sprintf("本金中贴息的部分由 %s 变为 %s", percent(x.filled), percent(y.filled)),
				English: fmt.Sprintf("of the balance %s earned, now %s", percent(x.filled), percent(y.filled)),
			}, lang)
		}
	}
	if decided(from.who[loan]) != decided(to.who[loan]) {
		c.because(CauseDecision, values.Say("其中一个季度经处理意见通过", "accepted by decision in one of the quarters"), lang)
	}
	if len(c.Causes) == 0 {
		c.because(CauseJudged, causeWords[CauseJudged], lang)
	}
}

func percent(r *big.Rat) string {
	return new(big.Rat).Mul(r, big.NewRat(100, 1)).FloatString(1) + "%"
}

// absent says why a loan has nothing in the quarter.
func (s *settledQuarter) absent(loan values.Loan) values.Text {
	b := s.who[loan]
	if b == nil {
		return values.Say("%s 没有它的明细", "%s has no line of it", s.quarter)
	}
	outcome, codes := b.outcome()
	words := outcomeWords[outcome]
	if outcome != values.Accepted {
		words = outcomeFor(outcome, codes)
	}
	return values.Text{Chinese: s.quarter.String() + " " + words.Chinese, English: words.English + " in " + s.quarter.String()}
}

// linesMoved says which figures of the accepted lines differ.
func linesMoved(x, y *borrowed) values.Text {
	if x == nil || y == nil {
		return values.Text{}
	}
	var zh, en []string
	note := func(chinese, english, before, after string) {
		if before != after {
			zh, en = append(zh, fmt.Sprintf("%s %s → %s", chinese, before, after)), append(en, fmt.Sprintf("%s %s → %s", english, before, after))
		}
	}
	a, b := x.figures(), y.figures()
	note("天数", "days", fmt.Sprint(a.days), fmt.Sprint(b.days))
	note("本金", "balance", a.balances, b.balances)
	note("年利率", "rate", a.rates, b.rates)
	note("实付利息", "interest", a.paid.Grouped(), b.paid.Grouped())
	return values.Text{Chinese: strings.Join(zh, "；"), English: strings.Join(en, "; ")}
}

type lineFigures struct {
	days            int
	paid            values.Fen
	balances, rates string
}

func (b *borrowed) figures() (f lineFigures) {
	var balances, rates []string
	for _, v := range b.lines {
		if v.Outcome != values.Accepted {
			continue
		}
		f.days += v.line.Days
		f.paid += v.line.Paid
		if balance := v.line.Balance.Grouped(); !slices.Contains(balances, balance) {
			balances = append(balances, balance)
		}
		if rate := v.line.Rate.String() + "%"; !slices.Contains(rates, rate) {
			rates = append(rates, rate)
		}
	}
	f.balances, f.rates = strings.Join(balances, "/"), strings.Join(rates, "/")
	return f
}

// decided tells whether a line of the loan was accepted by decision.
func decided(b *borrowed) bool {
	return b != nil && slices.ContainsFunc(b.lines, func(v *judgedLine) bool {
		return v.Outcome == values.Accepted && v.judgement != nil && v.judgement.Decision != 0
	})
}
