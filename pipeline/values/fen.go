package values

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Fen is an amount of money in fen (1/100 yuan). Sums of fen are exact; a
// county's yearly total is some twelve orders of magnitude below its range.
type Fen int64

// Yuan is 100 fen.
const Yuan Fen = 100

// ErrFen marks a text that is not an amount in whole fen.
var ErrFen = errors.New("not an amount in whole fen")

// String gives yuan with two decimals and no separators: "-1234.05".
func (f Fen) String() string {
	u := uint64(f)
	text := make([]byte, 0, 24)
	if f < 0 {
		text, u = append(text, '-'), -u
	}
	text = strconv.AppendUint(text, u/100, 10)
	return string(append(text, '.', byte('0'+u%100/10), byte('0'+u%10)))
}

// Grouped gives yuan with thousands separators, for people: "1,234.05".
func (f Fen) Grouped() string {
	s := f.String()
	text := make([]byte, 0, 32)
	for i := range len(s) {
		if left := len(s) - len(".00") - i; i > 0 && left > 0 && left%3 == 0 && s[i-1] != '-' {
			text = append(text, ',')
		}
		text = append(text, s[i])
	}
	return string(text)
}

// MarshalText gives the same text as String: JSON carries amounts as strings.
func (f Fen) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (f *Fen) UnmarshalText(text []byte) (err error) {
	*f, err = ParseFen(string(text))
	return err
}

// ParseFen reads a plain decimal amount in yuan ("1234.5", "-0.05", "7"). More
// than two decimals are accepted only where they are zeros. It knows no
// separators and no currency signs; readers of files strip those first.
func ParseFen(yuan string) (Fen, error) {
	digits, negative := strings.CutPrefix(yuan, "-")
	whole, decimals, _ := strings.Cut(digits, ".")
	decimals = strings.TrimRight(decimals, "0")
	if whole == "" || len(decimals) > 2 || !onlyDigits(whole) || !onlyDigits(decimals) {
		return 0, fmt.Errorf("%w: %q", ErrFen, yuan)
	}
	amount, err := strconv.ParseUint(whole+(decimals + "00")[:2], 10, 64)
	switch {
	case err == nil && negative && amount <= -math.MinInt64:
		return -Fen(amount), nil // the smallest amount is its own negative
	case err == nil && !negative && amount <= math.MaxInt64:
		return Fen(amount), nil
	}
	return 0, fmt.Errorf("%w: %q", ErrFen, yuan)
}

func onlyDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
