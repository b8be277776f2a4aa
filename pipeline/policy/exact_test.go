package policy

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"tiexi/pipeline/values"
)

// The 64-bit sums against big.Rat, over denominators that fit, that share
// factors, and that together do not fit.
func TestSumsAreExactWhateverTheDenominators(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	large := 0
	for range 20000 {
		var s sum
		want := new(big.Rat)
		limit := uint64(1) << (2 + r.IntN(62))
		for range 1 + r.IntN(5) {
			den := 1 + r.Uint64N(limit)
			if r.IntN(3) == 0 {
				den = 92 * 5000000 * (1 + r.Uint64N(100))
			}
			num, amount := r.Uint64N(den+1), r.Uint64N(uint64(maxFen))
			s.add(amount, num, den)
			term := new(big.Rat).SetFrac(uint(num), uint(den))
			want.Add(want, term.Mul(term, new(big.Rat).SetInt(uint(amount))))
		}
		if s.rest != nil {
			large++
		}
		if got := s.rat(); got.Cmp(want) != 0 {
			t.Fatalf("sum %v, want %v", got, want)
		}
		half := new(big.Rat).Add(want, big.NewRat(1, 2))
		if floor := new(big.Int).Quo(half.Num(), half.Denom()); s.halfUp() != values.Fen(floor.Int64()) {
			t.Fatalf("%v rounded to %v, want %v", want, s.halfUp(), floor)
		}
	}
	if large < 1000 {
		t.Errorf("only %d of 20000 sums outgrew 64 bits: the test tries too little", large)
	}
}

func TestHalvesGoUp(t *testing.T) {
	for _, tt := range []struct {
		num, den uint64
		want     values.Fen
	}{{0, 1, 0}, {1, 2, 1}, {499, 1000, 0}, {1, 3, 0}, {2, 3, 1}, {3, 6, 1}, {1, 1, 1}, {1<<63 - 1, 1<<64 - 1, 0}, {1 << 63, 1<<64 - 1, 1}} {
		var s sum
		s.add(1, tt.num, tt.den)
		if got := s.halfUp(); got != tt.want {
			t.Errorf("%d/%d rounds to %d fen, want %d", tt.num, tt.den, got, tt.want)
		}
	}
}

// A rate with more digits than 64 bits hold takes the long way and comes to the
// same amount as the short way of the same rate.
func TestTheLongWayAgreesWithTheShortOne(t *testing.T) {
	set, err := Load([]string{"bangfu-2026", "tuopin-2021"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	settle := func(rate string) values.Shares {
		h := &Household{Loans: []Loan{{Contract: "1", Facts: Facts{Disbursed: values.MustDate("2026-04-01"), Matures: values.MustDate("2028-04-01"), Approved: true},
			Lines: []Line{{From: values.MustDate("2026-06-21"), To: values.MustDate("2026-09-20"), Balance: 8000000, Paid: 70533, Rate: values.MustRate(rate)}}}}}
		es, err := set.Settle(h, values.Quarter{})
		if err != nil {
			t.Fatal(err)
		}
		return es[0].Shares
	}
	want := values.Shares{Central: 49373, Provincial: 13225} // worked example E
	for _, rate := range []string{"3.45", "3.4500", "3.450000000000000000000", "345e-2"} {
		if got := settle(rate); got != want {
			t.Errorf("at %s: %v, want %v", rate, got, want)
		}
	}
	// Below the caps the shares are 70 and 30 % of the rate, whatever its digits.
	if got := settle("3.4512345678901234567890123456789"); got != want {
		t.Errorf("with 31 decimals: %v, want %v", got, want)
	}
}

// Which budgets pay is the same by the long way: the parts of a budget that
// pays nothing are nothing.
func TestTheLongWayKnowsWhoPays(t *testing.T) {
	set, err := Load([]string{"bangfu-2026", "tuopin-2021"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var p *Policy
	for _, shipped := range set.Policies() {
		if shipped.Name == "bangfu-2026" {
			p = shipped
		}
	}
	line := &Line{From: values.MustDate("2026-06-21"), To: values.MustDate("2026-09-20"), Balance: 5000000, Paid: 44083, Rate: values.MustRate("3.45")}
	for _, weights := range [][2]uint64{{5000000, 0}, {0, 5000000}, {3000000, 2000000}} {
		var short, long [budgets]sum
		sc := scratch{rates: ratioTable{}}
		part := &piece{policy: p, row: p.rows[0], weight1: weights[0] * 92, weight2: weights[1] * 92}
		pays := sc.pay(&short, budgets, line, part)
		if got := sc.rates.of(p, p.rows[0], line.Rate).payLarge(&long, line, part); got != pays || !pays[0] {
			t.Errorf("%v: the long way says %v, the short way %v", weights, got, pays)
		}
	}
}
