package policy_test

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

var oldTerms = []string{"bangfu-2026", "policies/old-full-then-70.yaml"}

func explain(t rapid.TB, set *policy.Set, h *policy.Household) []policy.Entitlement {
	t.Helper()
	es, err := set.Explain(h, q3)
	if err != nil {
		t.Fatal(err)
	}
	return es
}

func TestNobodyGetsBackMoreThanWasPaidAndNoShareIsNegative(t *testing.T) {
	set := load(t, oldTerms...)
	rapid.Check(t, func(t *rapid.T) {
		h := household(drawn{t})
		for _, e := range explain(t, set, h) {
			paid := values.Fen(0)
			for _, l := range h.Loans[e.Loan].Lines {
				if l.Quarter == q3 {
					paid += l.Paid
				}
			}
			s := e.Shares
			if s.Central < 0 || s.Provincial < 0 || s.City < 0 || s.County < 0 || s.Total() > paid {
				t.Fatalf("%+v of %v paid", s, paid)
			}
			sum := values.Shares{}
			for _, p := range e.Parts {
				sum = sum.Plus(p.Shares)
			}
			if sum != s {
				t.Fatalf("parts add up to %v, not %v", sum, s)
			}
		}
	})
}

func TestTheTraceAccountsForEveryDayAndEveryFen(t *testing.T) {
	set := load(t, oldTerms...)
	rapid.Check(t, func(t *rapid.T) {
		h := household(drawn{t})
		plain, err := set.Settle(h, q3)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range explain(t, set, h) {
			if plain[i].Shares != e.Shares {
				t.Fatalf("traced %v, untraced %v", e.Shares, plain[i].Shares)
			}
			checkDays(t, h.Loans[e.Loan].Lines, e.Stretches)
			checkSums(t, &e)
		}
	})
}

// checkDays: each line's stretches follow each other from its first day to its
// last, and one that earns less than its balance says why.
func checkDays(t rapid.TB, lines []policy.Line, stretches []policy.Stretch) {
	for _, l := range lines {
		if l.Quarter != q3 {
			continue
		}
		next := l.From
		for _, s := range stretches {
			if s.Line != l.Key {
				continue
			}
			if s.From != next {
				t.Fatalf("line %d: a stretch begins %v, want %v", l.Key, s.From, next)
			}
			next = s.To + 1
			if (s.Tier1+s.Tier2 < l.Balance || s.Exact == nil) && len(s.Why) == 0 {
				t.Fatalf("line %d: %+v earns on less than its balance and does not say why", l.Key, s)
			}
		}
		if next != l.To+1 {
			t.Fatalf("line %d: stretches end before %v, want %v", l.Key, next, l.To+1)
		}
	}
}

// checkSums: the stretches' exact amounts add up to the parts', and the parts'
// total rounds to the loan's.
func checkSums(t rapid.TB, e *policy.Entitlement) {
	byPolicy := map[string]*big.Rat{}
	var tier1, tier2 int64
	for _, s := range e.Stretches {
		tier1 += int64(s.Tier1) * int64(s.Days())
		tier2 += int64(s.Tier2) * int64(s.Days())
		if s.Exact != nil {
			if byPolicy[s.Policy] == nil {
				byPolicy[s.Policy] = new(big.Rat)
			}
			byPolicy[s.Policy].Add(byPolicy[s.Policy], s.Exact.Total())
		}
	}
	if e.Tier1 != tier1 || e.Tier2 != tier2 {
		t.Fatalf("%d and %d fen days in the tiers, the stretches have %d and %d", e.Tier1, e.Tier2, tier1, tier2)
	}
	total, central := new(big.Rat), new(big.Rat)
	for _, p := range e.Parts {
		if want := byPolicy[p.Policy]; want == nil && p.Exact.Total().Sign() != 0 || want != nil && want.Cmp(p.Exact.Total()) != 0 {
			t.Fatalf("stretches of %s add up to %v, the part is %v", p.Policy, want, p.Exact.Total())
		}
		total.Add(total, p.Exact.Total())
		central.Add(central, p.Exact.Central)
	}
	if refHalfUp(total) != int64(e.Shares.Total()) || refHalfUp(central) != int64(e.Shares.Central) {
		t.Fatalf("exact %v and %v, rounded %+v", central, total, e.Shares)
	}
}

func TestTiersAndPointsKeepToTheirCaps(t *testing.T) {
	set := load(t, oldTerms...)
	rapid.Check(t, func(t *rapid.T) {
		h := household(drawn{t})
		tier1, tier2 := map[values.Date]values.Fen{}, map[values.Date]values.Fen{}
		for _, e := range explain(t, set, h) {
			for _, s := range e.Stretches {
				for d := s.From; d <= s.To; d++ {
					tier1[d] += s.Tier1
					tier2[d] += s.Tier2
				}
				if s.Policy != "bangfu-2026" {
					if s.Tier2 != 0 {
						t.Fatalf("older terms use tier 2: %+v", s)
					}
					continue
				}
				centralCap, allCap := values.MustRate("2.5"), values.MustRate("3.5")
				if s.Points1.Central.GreaterThan(centralCap.Decimal) || s.Points2.Central.GreaterThan(centralCap.Decimal) ||
					s.Points1.Central.Add(s.Points1.Provincial).GreaterThan(allCap.Decimal) ||
					!s.Points2.Provincial.IsZero() || !s.Points1.City.IsZero() || !s.Points1.County.IsZero() {
					t.Fatalf("points above the caps: %+v", s)
				}
			}
		}
		for d := range tier1 {
			if tier1[d] > 50000*values.Yuan || tier2[d] > 50000*values.Yuan {
				t.Fatalf("%v: %v in tier 1, %v in tier 2", d, tier1[d], tier2[d])
			}
		}
	})
}

func TestABalanceAboveTheTiersEarnsNoMore(t *testing.T) {
	set := load(t, oldTerms...)
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		approved := oneIn(d, 2)
		most := 50000 * values.Yuan
		if approved {
			most = 100000 * values.Yuan
		}
		alone := func(times values.Fen) values.Shares {
			h := &policy.Household{Loans: []policy.Loan{{Contract: "1", Facts: policy.Facts{Disbursed: date("2026-04-01"), Matures: date("2028-04-01"), Approved: approved},
				Lines: []policy.Line{{Quarter: q3, From: date("2026-06-21"), To: date("2026-09-20"), Balance: most * times, Paid: 44083 * times, Rate: values.MustRate("3.45")}}}}}
			return explain(t, set, h)[0].Shares
		}
		if once, more := alone(1), alone(values.Fen(2+d.below(50))); once != more {
			t.Fatalf("%v on a balance of %v, %v on a multiple with the interest of it", once, most, more)
		}
	})
}

func TestTheOrderOfLoansAndLinesDoesNotMatter(t *testing.T) {
	set := load(t, oldTerms...)
	rapid.Check(t, func(t *rapid.T) {
		h := household(drawn{t})
		byContract := map[string]values.Shares{}
		for _, e := range explain(t, set, h) {
			byContract[h.Loans[e.Loan].Bank+h.Loans[e.Loan].Contract] = e.Shares
		}
		shuffle := rand.New(rand.NewPCG(uint64(drawn{t}.below(1000)), 0))
		shuffle.Shuffle(len(h.Loans), func(i, j int) { h.Loans[i], h.Loans[j] = h.Loans[j], h.Loans[i] })
		for i := range h.Loans {
			lines := h.Loans[i].Lines
			shuffle.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		}
		for _, e := range explain(t, set, h) {
			if want := byContract[h.Loans[e.Loan].Bank+h.Loans[e.Loan].Contract]; e.Shares != want {
				t.Fatalf("%v after shuffling, %v before", e.Shares, want)
			}
		}
	})
}

func TestSplittingALineAtAnyDayChangesNothing(t *testing.T) {
	set := load(t, oldTerms...)
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		h := household(d)
		for i := range h.Loans { // interest that divides by the day, so that a split loses nothing
			for j := range h.Loans[i].Lines {
				l := &h.Loans[i].Lines[j]
				l.Paid = l.Paid / 100 * values.Fen(l.To-l.From+1)
			}
		}
		before := explain(t, set, h)
		loan := &h.Loans[d.below(len(h.Loans))]
		at := d.below(len(loan.Lines) + 1)
		if at == len(loan.Lines) || loan.Lines[at].From == loan.Lines[at].To || tranches(loan.Lines) {
			t.Skip("nothing to split")
		}
		first := &loan.Lines[at]
		second := *first
		n := first.To - first.From + 1
		first.To = first.From + values.Date(d.below(int(n)-1))
		second.From = first.To + 1
		first.Paid = second.Paid / values.Fen(n) * values.Fen(first.To-first.From+1)
		second.Paid -= first.Paid
		loan.Lines = append(loan.Lines, second)
		for i, e := range explain(t, set, h) {
			if e.Shares != before[i].Shares {
				t.Fatalf("%v after the split, %v before", e.Shares, before[i].Shares)
			}
		}
	})
}

func tranches(lines []policy.Line) bool {
	sorted := slices.Clone(lines)
	slices.SortFunc(sorted, func(a, b policy.Line) int { return int(a.From - b.From) })
	for i := 1; i < len(sorted); i++ {
		if sorted[i].From <= sorted[i-1].To {
			return true
		}
	}
	return false
}
