package policy_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

// county makes up about that many loans as a real quarter has them: nine in ten
// households with one loan and one line, the rest with several, some repaid in
// mid-quarter, some extended.
func county(loans int) []*policy.Household {
	r := rand.New(rand.NewPCG(1, 1))
	var hs []*policy.Household
	for made := 0; made < loans; {
		h := &policy.Household{ID: fmt.Sprint(len(hs))}
		own := 1
		if r.IntN(10) == 0 {
			own = 2 + r.IntN(2)
		}
		for i := range own {
			h.Loans = append(h.Loans, ordinaryLoan(r, fmt.Sprintf("%d-%d", len(hs), i)))
		}
		made += own
		hs = append(hs, h)
	}
	return hs
}

func ordinaryLoan(r *rand.Rand, contract string) policy.Loan {
	loan := policy.Loan{Bank: "甲银行", Contract: contract, Facts: policy.Facts{
		Disbursed: date("2026-04-01") + values.Date(r.IntN(80)), Matures: date("2028-04-01"), Approved: r.IntN(4) == 0}}
	if r.IntN(5) == 0 {
		loan.Facts = policy.Facts{Disbursed: date("2023-08-01"), Matures: date("2027-08-10"), OriginalMaturity: date("2026-08-10"), ExtensionSigned: date("2026-08-01"), Renewals: 1}
	}
	balance := values.Fen(r.IntN(100)+1) * 100000
	rate := values.MustRate([]string{"3.45", "3.5", "3.65", "4.35", "3.85"}[r.IntN(5)])
	add := func(from, to string, balance values.Fen) {
		l := policy.Line{Quarter: q3, From: date(from), To: date(to), Balance: balance, Rate: rate}
		l.Paid = values.Fen(int64(balance) * 345 * int64(l.To-l.From+1) / 3600000)
		loan.Lines = append(loan.Lines, l)
	}
	if r.IntN(10) == 0 {
		add("2026-06-21", "2026-07-31", balance)
		add("2026-08-01", "2026-09-20", balance/2+1)
	} else {
		add("2026-06-21", "2026-09-20", balance)
	}
	return loan
}

// BenchmarkSettle settles 200,000 loans each round, on one core.
func BenchmarkSettle(b *testing.B) {
	set := load(b, oldTerms...)
	hs := county(200000)
	b.ReportAllocs()
	for b.Loop() {
		for _, h := range hs {
			if _, err := set.Settle(h, q3); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkSettleOneHousehold shows that the time grows with the lines, not
// with their square: one household with two loans of daily lines.
func BenchmarkSettleOneHousehold(b *testing.B) {
	set := load(b, "bangfu-2026")
	for _, lines := range []int{1000, 10000} {
		b.Run(fmt.Sprint(lines, " lines"), func(b *testing.B) {
			facts := policy.Facts{Disbursed: date("1990-01-01"), Signed: date("2026-04-01")}
			h := &policy.Household{Loans: []policy.Loan{{Contract: "1", Facts: facts}, {Contract: "2", Facts: facts}}}
			for i := range lines {
				day := facts.Disbursed + values.Date(i/2)
				h.Loans[i%2].Lines = append(h.Loans[i%2].Lines, policy.Line{Quarter: q3, From: day, To: day, Balance: 1000000, Paid: 100, Rate: values.MustRate("3.45")})
			}
			for b.Loop() {
				if _, err := set.Settle(h, q3); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/line")
		})
	}
}

// What settling a loan may allocate.
func TestSettlingAllocatesLittle(t *testing.T) {
	const loans, atMost = 2_000, 3
	set := load(t, oldTerms...)
	hs := county(loans)
	if got := testing.AllocsPerRun(3, func() {
		for _, h := range hs {
			if _, err := set.Settle(h, q3); err != nil {
				t.Fatal(err)
			}
		}
	}) / loans; got > atMost {
		t.Errorf("a loan allocates %.1f times, %d at most", got, atMost)
	}
}
