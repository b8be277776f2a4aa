package values

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
)

// Quarter is a settlement quarter, named as people name it: 2026Q3. Which days
// it holds depends on the day of the month on which banks settle interest; see
// [Quarter.First].
type Quarter struct {
	Year   int
	Number int // 1 to 4
}

// ErrQuarter marks a text that is not a quarter's name.
var ErrQuarter = errors.New("not a quarter, want for example 2026Q3")

// ParseQuarter reads "2026Q3" (a lower-case q will do).
func ParseQuarter(name string) (Quarter, error) {
	if len(name) == 6 && (name[4] == 'Q' || name[4] == 'q') && onlyDigits(name[:4]) && name[5] >= '1' && name[5] <= '4' {
		if year, err := strconv.Atoi(name[:4]); err == nil && year > 0 {
			return Quarter{year, int(name[5] - '0')}, nil
		}
	}
	return Quarter{}, fmt.Errorf("%w: %q", ErrQuarter, name)
}

// QuarterOf is the quarter that holds that day where interest is settled on
// the given day of March, June, September and December.
func QuarterOf(d Date, interestDay int) Quarter {
	y, m, _ := d.Civil()
	q := Quarter{y, (m-1)/3 + 1}
	if d > q.Last(interestDay) {
		return q.Next()
	}
	return q
}

// IsZero tells whether the quarter is not set.
func (q Quarter) IsZero() bool { return q == Quarter{} }

// First is the quarter's first interest day, the day after the settlement day
// before it: 2026Q3 begins on 2026-06-21 (policy: 结息 on the 20th).
func (q Quarter) First(interestDay int) Date { return q.Previous().Last(interestDay) + 1 }

// Last is the quarter's last interest day, itself included: 2026-09-20.
func (q Quarter) Last(interestDay int) Date {
	month := q.Number * 3
	d, _ := NewDate(q.Year, month, min(interestDay, DaysInMonth(q.Year, month)))
	return d
}

// Days is the number of interest days: 92 for 2026Q3.
func (q Quarter) Days(interestDay int) int {
	return int(q.Last(interestDay)-q.First(interestDay)) + 1
}

// Next is the quarter after q.
func (q Quarter) Next() Quarter { return quarterAt(q.Year*4 + q.Number) }

// Previous is the quarter before q.
func (q Quarter) Previous() Quarter { return quarterAt(q.Year*4 + q.Number - 2) }

func quarterAt(index int) Quarter { return Quarter{index / 4, index%4 + 1} }

// Compare orders quarters in time.
func (q Quarter) Compare(other Quarter) int {
	return cmp.Compare(q.Year*4+q.Number, other.Year*4+other.Number)
}

// Before tells whether the quarter comes before the other.
func (q Quarter) Before(other Quarter) bool { return q.Compare(other) < 0 }

// String gives "2026Q3", or "" for the zero Quarter.
func (q Quarter) String() string {
	if q.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04dQ%d", q.Year, q.Number)
}

// Chinese gives 2026年第3季度.
func (q Quarter) Chinese() string { return fmt.Sprintf("%d年第%d季度", q.Year, q.Number) }

// MarshalText gives the name.
func (q Quarter) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads the name.
func (q *Quarter) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*q = Quarter{}
		return nil
	}
	*q, err = ParseQuarter(string(text))
	return err
}
