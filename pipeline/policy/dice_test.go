package policy_test

import (
	"fmt"
	"math/rand/v2"

	"pgregory.net/rapid"

	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

// dice throws a number from 0 to n−1: a seeded generator for the long
// comparison, rapid for the properties, so that both see the same households.
type dice interface{ below(n int) int }

type seeded struct{ *rand.Rand }

func (s seeded) below(n int) int { return s.IntN(n) }

type drawn struct{ *rapid.T }

func (d drawn) below(n int) int { return rapid.IntRange(0, n-1).Draw(d.T, "below") }

func pick[T any](d dice, from ...T) T { return from[d.below(len(from))] }

func oneIn(d dice, n int) bool { return d.below(n) == 0 }

var (
	date = values.MustDate
	q3   = values.Quarter{Year: 2026, Number: 3}
)

const interestDay = 20

// household makes up a household with everything that a household can have:
// several banks, old and new contracts, extensions of every kind, tranches,
// repayments, late interest, lines of the quarters before and after.
func household(d dice) *policy.Household {
	h := &policy.Household{ID: "H"}
	for i := range 1 + d.below(4) {
		loan := policy.Loan{Bank: pick(d, "甲银行", "乙银行"), Contract: fmt.Sprintf("%d-%d", d.below(3), i), Facts: facts(d)}
		if oneIn(d, 4) {
			loan.First = loan.Disbursed - values.Date(d.below(800))
		}
		for q := q3.Previous(); !q3.Next().Before(q); q = q.Next() {
			if q == q3 || oneIn(d, 3) {
				addLines(d, &loan, q)
			}
		}
		h.Loans = append(h.Loans, loan)
	}
	return h
}

func facts(d dice) policy.Facts {
	f := policy.Facts{Disbursed: pick(d, date("2021-03-01"), date("2023-12-31"), date("2024-01-01"), date("2026-01-10"), date("2026-03-25"), date("2026-03-26"), date("2026-05-15"), date("2026-07-10"))}
	f.Disbursed += values.Date(d.below(3))
	f.Matures = pick(d, date("2026-07-20"), date("2026-09-20"), date("2026-12-01"), date("2028-01-01"))
	f.Approved = oneIn(d, 2)
	if oneIn(d, 4) {
		f.Signed = f.Disbursed - values.Date(d.below(40))
	}
	if oneIn(d, 3) {
		f.OriginalMaturity = pick(d, date("2025-12-31"), date("2026-01-01"), date("2026-03-26"), date("2026-07-01"), date("2026-08-15"), date("2026-09-21"))
		f.Renewals = 1 + d.below(2)
		if !oneIn(d, 5) {
			f.ExtensionSigned = pick(d, date("2025-12-20"), date("2026-03-25"), date("2026-03-26"), date("2026-06-30"))
		}
	} else if oneIn(d, 12) {
		f.ExtensionSigned = pick(d, date("2026-03-25"), date("2026-07-30"))
	}
	return f
}

// addLines splits the quarter, or a part of it, into lines; now and then one is
// late interest of the quarter before, or a tranche over the same days.
func addLines(d dice, loan *policy.Loan, q values.Quarter) {
	from, last := q.First(interestDay), q.Last(interestDay)
	if oneIn(d, 4) {
		from += values.Date(d.below(60))
	}
	if oneIn(d, 6) {
		from = q.Previous().First(interestDay)
	}
	for from <= last {
		to := last
		if oneIn(d, 2) {
			to = min(last, from+values.Date(d.below(60)))
		}
		loan.Lines = append(loan.Lines, line(d, loan, q, from, to))
		if oneIn(d, 12) {
			loan.Lines = append(loan.Lines, line(d, loan, q, from, to))
		}
		from = to + 1
	}
}

func line(d dice, loan *policy.Loan, q values.Quarter, from, to values.Date) policy.Line {
	l := policy.Line{Key: int64(len(loan.Lines) + 1), Quarter: q, From: from, To: to}
	l.Balance = pick(d, values.Fen(1000000), 3000000, 5000000, 5000001, 8000000, 10000000, 12000000)
	if oneIn(d, 4) {
		l.Balance = values.Fen(1 + d.below(13000000))
	}
	l.Rate = values.MustRate(pick(d, "3.45", "3.5", "3.50", "3.5001", "3.5714", "3.5715", "3.6", "4.35", "0.5", "24", "3.333333333333333333", "7.1234567"))
	if oneIn(d, 5) {
		l.Rate = values.MustRate(fmt.Sprintf("%d.%04d", d.below(9), 1+d.below(9999)))
	}
	l.Paid = values.Fen(d.below(120000))
	if oneIn(d, 8) {
		l.Paid = pick(d, values.Fen(0), 1, 2)
	}
	l.ExtensionBarred = loan.OriginalMaturity.Known() && oneIn(d, 5)
	if oneIn(d, 8) {
		own := loan.Facts
		own.Approved, own.Matures = !own.Approved, own.Matures+values.Date(d.below(30))
		l.Facts = &own
	}
	return l
}
