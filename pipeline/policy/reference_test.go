package policy_test

import (
	"math/big"
	"slices"
	"strings"

	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

// A second implementation, written from the rules and not from the program: one
// day at a time, in rationals, with the terms of each policy set spelled out in
// Go. It shares no code with package policy beyond the input types.

// refTerms is what the reference knows about a set of policies.
type refTerms struct {
	names     []string                                            // for policy.Load
	rateFirst bool                                                // bangfu-2026 with cap_rate_first
	old       func(signed, day values.Date) (row refOld, ok bool) // the county's old terms
}

type refOld struct {
	ceiling      values.Fen
	percent, cap *big.Rat
	shares       [4]int64 // percent
}

type refResult struct {
	shares       [4]int64
	parts        map[string][4]int64
	unconfigured []values.Date
}

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

func least(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

func times(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }

var refTermSets = []refTerms{
	{names: []string{"bangfu-2026", "tuopin-2021"}, old: func(_, _ values.Date) (refOld, bool) { return refOld{}, false }},
	{names: []string{"policies/cap-rate-first.yaml", "policies/old-until-july.yaml"}, rateFirst: true,
		old: func(_, day values.Date) (refOld, bool) {
			return refOld{5000000, rat("100"), rat("100"), [4]int64{100, 0, 0, 0}}, day <= date("2026-07-31")
		}},
	{names: []string{"bangfu-2026", "policies/old-full-then-70.yaml"}, old: func(signed, day values.Date) (refOld, bool) {
		row := refOld{5000000, rat("70"), rat("100"), [4]int64{50, 30, 10, 10}}
		if day <= date("2023-12-31") {
			row.percent = rat("100")
		}
		return row, signed >= date("2021-01-01")
	}},
	{names: []string{"policies/old-capped.yaml", "bangfu-2026"}, old: func(signed, _ values.Date) (refOld, bool) {
		row := refOld{3000000, rat("100"), rat("3.65"), [4]int64{60, 40, 0, 0}}
		if signed <= date("2023-12-31") {
			row.cap = rat("3.85")
		}
		return row, signed >= date("2021-01-01")
	}},
}

// refRegime tells which terms a day falls under: "new", "old" or "", and the
// signing that put it there.
func refRegime(f policy.Facts, day values.Date) (string, values.Date) {
	cut := date("2026-03-26")
	under := func(d values.Date) string {
		if d >= cut {
			return "new"
		}
		return "old"
	}
	contract := f.Signed
	if contract == 0 {
		contract = f.Disbursed
	}
	hasExtension := f.OriginalMaturity != 0 && f.OriginalMaturity < f.Matures
	if !hasExtension {
		if f.ExtensionSigned != 0 && under(f.ExtensionSigned) != under(contract) && day >= f.ExtensionSigned {
			return "", 0
		}
		return under(contract), contract
	}
	if day < f.OriginalMaturity {
		return under(contract), contract
	}
	if f.ExtensionSigned == 0 {
		if under(f.OriginalMaturity) == under(contract) {
			return under(contract), contract
		}
		return "", 0
	}
	if under(f.ExtensionSigned) == under(contract) {
		return under(contract), f.ExtensionSigned
	}
	transitional := f.Disbursed >= date("2021-01-01") && f.Disbursed <= date("2025-12-31") && f.OriginalMaturity > date("2025-12-31")
	if under(f.ExtensionSigned) == "new" && transitional && f.Renewals <= 1 {
		return "new", f.ExtensionSigned
	}
	return "", 0
}

// refPrice is what each budget pays for one fen of balance on one day, in
// tier 1 and in tier 2.
type refPrice struct {
	policy  string
	ceiling values.Fen
	one     [4]*big.Rat
	two     *big.Rat // centre only
}

func (terms *refTerms) price(f policy.Facts, l *policy.Line, day values.Date) (p refPrice, ok bool) {
	regime, signed := refRegime(f, day)
	rate := rat(l.Rate.String())
	perPoint := new(big.Rat).SetFrac64(int64(l.Paid), int64(l.To-l.From+1))
	perPoint.Quo(perPoint, new(big.Rat).SetInt64(int64(l.Balance)))
	perPoint.Quo(perPoint, rate)
	zero := new(big.Rat)
	switch regime {
	case "new":
		centre2 := least(times(rat("0.7"), rate), rat("2.5"))
		capped := rate
		if terms.rateFirst {
			capped = least(rate, rat("3.5"))
		}
		centre := least(times(rat("0.7"), capped), rat("2.5"))
		province := least(times(rat("0.3"), capped), new(big.Rat).Sub(rat("3.5"), centre))
		return refPrice{"bangfu-2026", 1 << 60, [4]*big.Rat{times(perPoint, centre), times(perPoint, province), zero, zero}, times(perPoint, centre2)}, true
	case "old":
		row, ok := terms.old(signed, day)
		if !ok {
			return p, false
		}
		points := least(times(times(row.percent, rat("1/100")), rate), row.cap)
		p = refPrice{"tuopin-2021", row.ceiling, [4]*big.Rat{}, zero}
		for i, percent := range row.shares {
			p.one[i] = times(times(perPoint, points), big.NewRat(percent, 100))
		}
		return p, true
	}
	return p, false
}

func factsOf(loan *policy.Loan, l *policy.Line) policy.Facts {
	if l.Facts != nil {
		return *l.Facts
	}
	return loan.Facts
}

// refQuote remembers a price while the regime stays; old terms may change any
// day, so theirs is asked for daily.
type refQuote struct {
	regime string
	signed values.Date
	price  refPrice
	ok     bool
}

type refLine struct {
	loan  int
	first values.Date
	*policy.Line
	facts policy.Facts
}

// refOrder is every line in the order in which it takes from the tiers.
func refOrder(h *policy.Household) (lines []refLine) {
	for i := range h.Loans {
		loan := &h.Loans[i]
		first := loan.First
		if first == 0 {
			first = loan.Disbursed
		}
		for j := range loan.Lines {
			lines = append(lines, refLine{i, first, &loan.Lines[j], factsOf(loan, &loan.Lines[j])})
		}
	}
	sign := func(less, more bool) int {
		if less {
			return -1
		}
		if more {
			return 1
		}
		return 0
	}
	slices.SortFunc(lines, func(a, b refLine) int {
		la, lb := &h.Loans[a.loan], &h.Loans[b.loan]
		for _, c := range []int{
			sign(a.first < b.first, a.first > b.first), strings.Compare(la.Bank, lb.Bank), strings.Compare(la.Contract, lb.Contract),
			sign(a.facts.Disbursed < b.facts.Disbursed, a.facts.Disbursed > b.facts.Disbursed),
			sign(a.From < b.From, a.From > b.From), sign(a.To < b.To, a.To > b.To),
			sign(a.Balance > b.Balance, a.Balance < b.Balance), a.Rate.Cmp(b.Rate.Decimal),
			sign(a.Paid > b.Paid, a.Paid < b.Paid), sign(a.Key < b.Key, a.Key > b.Key),
		} {
			if c != 0 {
				return c
			}
		}
		return 0
	})
	return lines
}

// settle gives, for each loan with lines in q, what it is entitled to.
func (terms *refTerms) settle(h *policy.Household, q values.Quarter) map[int]*refResult {
	results := map[int]*refResult{}
	exact := map[int]map[string]*[4]*big.Rat{}
	order := map[int][]string{} // policies by first day
	prices := map[*policy.Line]refQuote{}
	lines := refOrder(h)
	first, last := values.Date(1<<30), values.Date(0)
	for _, l := range lines {
		if l.Quarter == q {
			first, last = min(first, l.From), max(last, l.To)
			results[l.loan] = &refResult{parts: map[string][4]int64{}}
			exact[l.loan] = map[string]*[4]*big.Rat{}
		}
	}
	for day := first; day <= last; day++ {
		left1, left2 := values.Fen(5000000), values.Fen(5000000)
		for _, l := range lines {
			f := l.facts
			if q.Before(l.Quarter) || day < l.From || day > l.To || day < f.Disbursed || day >= f.Matures {
				continue
			}
			if l.ExtensionBarred && day >= f.OriginalMaturity {
				continue
			}
			regime, signed := refRegime(f, day)
			one := min(left1, l.Balance)
			left1 -= one
			var two values.Fen
			if regime == "new" && f.Approved {
				two = min(left2, l.Balance-one)
				left2 -= two
			}
			if l.Quarter != q {
				continue
			}
			quote, known := prices[l.Line]
			if !known || quote.regime != regime || quote.signed != signed || regime == "old" {
				quote = refQuote{regime: regime, signed: signed}
				quote.price, quote.ok = terms.price(f, l.Line, day)
				prices[l.Line] = quote
			}
			price := quote.price
			if !quote.ok {
				results[l.loan].unconfigured = append(results[l.loan].unconfigured, day)
				continue
			}
			sums := exact[l.loan][price.policy]
			if sums == nil {
				sums = &[4]*big.Rat{new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)}
				exact[l.loan][price.policy] = sums
				order[l.loan] = append(order[l.loan], price.policy)
			}
			one = min(one, price.ceiling)
			for i, p := range price.one {
				if p.Sign() > 0 && one > 0 {
					sums[i].Add(sums[i], times(p, new(big.Rat).SetInt64(int64(one))))
				}
			}
			if two > 0 {
				sums[0].Add(sums[0], times(price.two, new(big.Rat).SetInt64(int64(two))))
			}
		}
	}
	for loan, result := range results {
		result.round(order[loan], exact[loan])
	}
	return results
}

// round rounds running sums: over the policies in date order, over the budgets
// from the centre down.
func (r *refResult) round(order []string, exact map[string]*[4]*big.Rat) {
	total := [4]*big.Rat{new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)}
	var payer [4]string
	for _, name := range order {
		r.parts[name] = [4]int64{}
		var running big.Rat
		var before int64
		for i, amount := range exact[name] {
			if amount.Sign() > 0 {
				payer[i] = name
			}
			total[i].Add(total[i], amount)
			running.Add(&running, total[i])
			rounded := refHalfUp(&running)
			if change := rounded - before - r.shares[i]; change != 0 {
				part := r.parts[payer[i]]
				part[i] += change
				r.parts[payer[i]] = part
			}
			r.shares[i] = rounded - before
			before = rounded
		}
	}
}

// refHalfUp is ⌊x + 1/2⌋.
func refHalfUp(x *big.Rat) int64 {
	y := new(big.Rat).Add(x, big.NewRat(1, 2))
	return new(big.Int).Quo(y.Num(), y.Denom()).Int64()
}
