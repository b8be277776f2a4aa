package sheet

import (
	"math"
	"strconv"
)

// significant is how many digits of a number Excel shows and keeps.
const significant = 15

// isPlain reports whether b is already what appendDecimal would make of it: at most 15 digits, no exponent,
// no leading or trailing zeros to drop. Nearly every stored number is, and then no work is needed.
func isPlain(b []byte) bool {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > significant+1 {
		return false
	}
	point := -1
	for i, c := range b {
		if c == '.' && point < 0 {
			point = i
		} else if c < '0' || c > '9' {
			return false
		}
	}
	switch {
	case point < 0:
		return len(b) <= significant && (b[0] != '0' || len(b) == 1 && !negative)
	case point == 0 || point == len(b)-1 || b[len(b)-1] == '0':
		return false
	default:
		return b[0] != '0' || point == 1
	}
}

// appendDecimal appends the number in text as plain decimal, rounded half up to 15 significant digits, and says
// whether it has more than 15 digits before the point. It fails on anything but [+-]digits[.digits][E[+-]digits]
// and on exponents no double has. Digits are handled as text: no float comes near an amount.
func appendDecimal(dst, text []byte) (out []byte, long, ok bool) {
	negative := len(text) > 0 && text[0] == '-'
	if negative || len(text) > 0 && text[0] == '+' {
		text = text[1:]
	}
	var kept [significant + 1]byte // the first significant digits, and one to round by
	digits, n := 0, 0              // how many digits in all, how many kept
	power := 0                     // the number is 0.kept × 10^power
	seenPoint := false
	i := 0
	for ; i < len(text); i++ {
		c := text[i]
		if c == '.' && !seenPoint {
			seenPoint = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		digits++
		if n == 0 && c == '0' { // a leading zero
			if seenPoint {
				power--
			}
			continue
		}
		if n < len(kept) {
			kept[n] = c
			n++
		}
		if !seenPoint {
			power++
		}
	}
	exponent, ok := parseExponent(text[i:])
	if digits == 0 || digits > 400 || !ok {
		return dst, false, false
	}
	power += exponent
	if n > 0 && (power > 310 || power < -330) {
		return dst, false, false
	}
	n, carried := roundDigits(kept[:n])
	power += carried
	if n == 0 {
		return append(dst, '0'), false, true
	}
	if negative {
		dst = append(dst, '-')
	}
	return appendPlaced(dst, kept[:n], power), power > significant, true
}

// parseExponent reads "", "E5", "e+05" or "E-5".
func parseExponent(b []byte) (int, bool) {
	if len(b) == 0 {
		return 0, true
	}
	if b[0] != 'E' && b[0] != 'e' {
		return 0, false
	}
	b = b[1:]
	sign := 1
	if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
		if b[0] == '-' {
			sign = -1
		}
		b = b[1:]
	}
	n, ok := parseCount(b)
	return sign * n, ok && n < 1000
}

// roundDigits rounds to 15 digits half up in place and drops trailing zeros; it returns how many digits are left,
// and 1 if a carry made the number one digit longer (99…9 became 1).
func roundDigits(d []byte) (n, carried int) {
	n = len(d)
	if n > significant {
		up := d[significant] >= '5'
		n = significant
		for i := n - 1; up && i >= 0; i-- {
			if d[i]++; d[i] <= '9' {
				up = false
			} else {
				d[i] = '0'
			}
		}
		if up {
			d[0] = '1'
			return 1, 1
		}
	}
	for n > 0 && d[n-1] == '0' {
		n--
	}
	return n, 0
}

// appendPlaced appends 0.digits × 10^power in plain notation.
func appendPlaced(dst, digits []byte, power int) []byte {
	if power <= 0 {
		dst = append(dst, '0', '.')
		for ; power < 0; power++ {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	for i := 0; i < power; i++ {
		if i < len(digits) {
			dst = append(dst, digits[i])
		} else {
			dst = append(dst, '0')
		}
	}
	if len(digits) > power {
		dst = append(append(dst, '.'), digits[power:]...)
	}
	return dst
}

// appendDouble appends what an .xls stores as a double: the shortest decimal that names it. It fails on NaN and Inf.
func appendDouble(dst []byte, f float64) ([]byte, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return dst, false
	}
	format := byte('f')
	if size := math.Abs(f); size >= 1e15 || size < 1e-6 && size > 0 {
		format = 'E'
	}
	return strconv.AppendFloat(dst, f, format, -1, 64), true
}
