package policy

import (
	"math/big"
	"math/bits"

	"tiexi/pipeline/values"
)

// sum is an exact amount of fen, never negative: whole + num/den + rest. The
// fraction stays in 64 bits while the denominators allow, which with real
// statements they do; what does not fit goes to rest, and the sum is the same.
type sum struct {
	whole, num, den uint64 // num < den, or num 0
	rest            *big.Rat
}

// add adds amount × num / den, for num ≤ den.
func (s *sum) add(amount, num, den uint64) {
	hi, lo := bits.Mul64(amount, num)
	whole, remainder := bits.Div64(hi, lo, den) // num ≤ den keeps the quotient within amount
	s.whole += whole
	switch {
	case remainder == 0:
	case s.num == 0:
		s.num, s.den = remainder, den
	case s.den == den:
		s.fraction(remainder, s.num, den)
	default:
		s.merge(remainder, den)
	}
}

// fraction sets the fraction to (a + b)/den, for a, b < den.
func (s *sum) fraction(a, b, den uint64) {
	total, carry := bits.Add64(a, b, 0)
	if carry == 1 || total >= den {
		total -= den
		s.whole++
	}
	s.num, s.den = total, den
}

// merge adds num/den with another denominator.
func (s *sum) merge(num, den uint64) {
	num, den = reduce(num, den)
	s.num, s.den = reduce(s.num, s.den)
	g := gcd(s.den, den)
	over, common := bits.Mul64(s.den/g, den)
	if over != 0 {
		s.addRat(new(big.Rat).SetFrac(uint(num), uint(den)))
		return
	}
	s.fraction(s.num*(den/g), num*(s.den/g), common)
}

// addRat leaves the old rest as it was: copies of the sum share it.
func (s *sum) addRat(r *big.Rat) {
	if s.rest != nil {
		r = new(big.Rat).Add(s.rest, r)
	}
	s.rest = r
}

// rat is the sum as one rational.
func (s *sum) rat() *big.Rat {
	total := new(big.Rat).SetInt(uint(s.whole))
	if s.num != 0 {
		total.Add(total, new(big.Rat).SetFrac(uint(s.num), uint(s.den)))
	}
	if s.rest != nil {
		total.Add(total, s.rest)
	}
	return total
}

// halfUp rounds to the fen, exact halves up.
func (s *sum) halfUp() values.Fen {
	if s.rest != nil {
		return halfUp(s.rat())
	}
	if s.num != 0 && s.num >= s.den-s.num {
		return values.Fen(s.whole + 1)
	}
	return values.Fen(s.whole)
}

// halfUp rounds a rational that is not negative: ⌊(2a + b) / 2b⌋.
func halfUp(r *big.Rat) values.Fen {
	twice := new(big.Int).Lsh(r.Num(), 1)
	twice.Add(twice, r.Denom())
	return values.Fen(twice.Div(twice, new(big.Int).Lsh(r.Denom(), 1)).Int64())
}

func uint(v uint64) *big.Int { return new(big.Int).SetUint64(v) }

func reduce(num, den uint64) (uint64, uint64) {
	g := gcd(num, den)
	return num / g, den / g
}

// gcd is binary, because a 64-bit division costs ten times a shift. a, b > 0.
func gcd(a, b uint64) uint64 {
	shift := bits.TrailingZeros64(a | b)
	a >>= bits.TrailingZeros64(a)
	for b != 0 {
		b >>= bits.TrailingZeros64(b)
		if a > b {
			a, b = b, a
		}
		b -= a
	}
	return a << shift
}
