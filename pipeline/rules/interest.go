package rules

import (
	"math/big"
	"strconv"

	"tiexi/pipeline/values"
)

// Banks count a year as one of these numbers of days.
var yearDays = [...]int64{360, 365}

// interest looks at what was paid (一(七)), and recomputes the interest as a
// check on the bank. Where less was paid than was due, the amount due is
// recomputed: it is the bank's own figure for the days.
func (r *report) interest() {
	l := r.line
	if l.Penalty != 0 && r.readable(values.FieldPenalty) {
		r.add(PenaltyExcluded, values.FieldPenalty, l.Penalty.String(), "")
	}
	if !r.readable(values.FieldPaid, values.FieldDue) {
		return
	}
	field, amount := values.FieldPaid, l.Paid
	due := ""
	if l.Given.Has(values.FieldDue) {
		due = l.Due.String()
	}
	switch {
	case l.Paid == 0:
		r.add(InterestUnpaid, field, l.Paid.String(), due, "none")
		field, amount = values.FieldDue, l.Due
	case due != "" && l.Paid < l.Due:
		r.add(InterestUnpaid, field, l.Paid.String(), due)
		field, amount = values.FieldDue, l.Due
	}
	if amount > 0 && r.readable(values.FieldBalance, values.FieldRate, values.FieldFrom, values.FieldTo, values.FieldDays) {
		r.recompute(field, amount)
	}
}

func (r *report) recompute(field values.Field, amount values.Fen) {
	l := r.line
	days := int64(l.To-l.From) + 1
	if interestFits(amount, l.Balance, l.Rate, days) {
		return
	}
	on360 := recomputed(l.Balance, l.Rate, days, yearDays[0])
	on365 := recomputed(l.Balance, l.Rate, days, yearDays[1])
	r.add(InterestMismatch, field, amount.String(), on360.String(),
		l.Balance.String(), l.Rate.String(), strconv.FormatInt(days, 10), on360.String(), on365.String())
}

// interestFits tells whether amount is within one fen of balance × rate × n /
// 360 or / 365, rounded half up to the fen, with n the days, one more or one
// less.
func interestFits(amount, balance values.Fen, rate values.Rate, days int64) bool {
	yearly, scale := yearlyInterest(balance, rate)
	var factor, x2, low, high big.Int
	for n := max(days-1, 1); n <= days+1; n++ {
		x2.Mul(yearly, factor.SetInt64(2*n))
		for _, year := range yearDays {
			// |amount − round(x)| ≤ 1 means amount − 1.5 ≤ x < amount + 1.5,
			// for x = yearly·n / (scale·year); compared as whole numbers, twice over.
			low.Mul(scale, factor.SetInt64(year*(2*int64(amount)-3)))
			high.Mul(scale, factor.SetInt64(year*(2*int64(amount)+3)))
			if x2.Cmp(&low) >= 0 && x2.Cmp(&high) < 0 {
				return true
			}
		}
	}
	return false
}

// recomputed is balance × rate × days / year, rounded half up to the fen.
func recomputed(balance values.Fen, rate values.Rate, days, year int64) values.Fen {
	yearly, scale := yearlyInterest(balance, rate)
	divisor := mul(scale, 2*year)
	x := mul(yearly, 2*days)
	x.Add(x, mul(scale, year))
	return values.Fen(x.Div(x, divisor).Int64())
}

// yearlyInterest is a whole year's interest in fen as a fraction of whole
// numbers.
func yearlyInterest(balance values.Fen, rate values.Rate) (numerator, denominator *big.Int) {
	numerator = mul(rate.Coefficient(), int64(balance))
	denominator = big.NewInt(100) // percent
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(rate.Exponent(), -rate.Exponent()))), nil)
	if rate.Exponent() < 0 {
		return numerator, denominator.Mul(denominator, power)
	}
	return numerator.Mul(numerator, power), denominator
}

func mul(a *big.Int, b int64) *big.Int { return new(big.Int).Mul(a, big.NewInt(b)) }
