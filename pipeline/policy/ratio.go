package policy

import (
	"math/big"

	"github.com/shopspring/decimal"

	"tiexi/pipeline/values"
)

// ratios say how much of a line's interest each budget pays: its points over
// the rate, summed in rounding order (centre; centre + province; …), because
// that is what is rounded. All have one denominator.
type ratios struct {
	tier1, tier2 [budgets]*big.Rat
	small        bool // num1, num2 and den hold them
	num1, num2   [budgets]uint64
	den          uint64
	points1      [budgets]decimal.Decimal
	points2      [budgets]decimal.Decimal
	caps1, caps2 []Cap
}

// rateKey is a row and a rate as comparable values.
type rateKey struct {
	row   *row
	coeff int64
	exp   int32
}

// ratioTable remembers ratios: a county has a handful of rates, a statement
// thousands of lines. It forgets everything when it has grown too large.
type ratioTable map[rateKey]*ratios

const maxRatios = 4096

func (t ratioTable) of(p *Policy, r *row, rate values.Rate) *ratios {
	if rate.NumDigits() > 18 {
		return newRatios(p, r, rate)
	}
	key := rateKey{r, rate.CoefficientInt64(), rate.Exponent()}
	if got := t[key]; got != nil {
		return got
	}
	if len(t) >= maxRatios {
		clear(t)
	}
	got := newRatios(p, r, rate)
	t[key] = got
	return got
}

// newRatios works them out, exactly: c/r and p/r of policy.md §4, for r > 0.
func newRatios(p *Policy, r *row, rate values.Rate) *ratios {
	got := &ratios{}
	got.points1, got.caps1 = r.tier1.points(rate.Decimal, p.rateFirst)
	if r.rateCap && len(got.caps1) > 0 {
		got.caps1 = []Cap{CapRate}
	}
	if r.tier2 != nil {
		got.points2, got.caps2 = r.tier2.points(rate.Decimal, p.rateFirst)
	}
	got.tier1, got.tier2 = running(got.points1, rate), running(got.points2, rate)
	got.shrink()
	return got
}

// running are the sums of the points over the rate, budget by budget.
func running(points [budgets]decimal.Decimal, rate values.Rate) (sums [budgets]*big.Rat) {
	total := decimal.Zero
	for i, p := range points {
		total = total.Add(p)
		sums[i] = new(big.Rat).Quo(total.Rat(), rate.Rat())
	}
	return sums
}

// shrink fills the 64-bit form, if it holds: the least common denominator and
// what it makes of the numerators.
func (r *ratios) shrink() {
	common := big.NewInt(1)
	all := append(r.tier1[:], r.tier2[:]...)
	for _, ratio := range all {
		g := new(big.Int).GCD(nil, nil, common, ratio.Denom())
		common.Mul(common, new(big.Int).Quo(ratio.Denom(), g))
	}
	if !common.IsUint64() {
		return
	}
	r.small, r.den = true, common.Uint64()
	for i := range budgets {
		r.num1[i] = scaled(r.tier1[i], common)
		r.num2[i] = scaled(r.tier2[i], common)
	}
}

// scaled is the numerator over the common denominator; a ratio is at most 1.
func scaled(ratio *big.Rat, common *big.Int) uint64 {
	n := new(big.Int).Quo(common, ratio.Denom())
	return n.Mul(n, ratio.Num()).Uint64()
}
