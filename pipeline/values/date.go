package values

import (
	"errors"
	"fmt"
	"time"
)

// Date is a civil day, counted so that the day after d is d+1. The zero Date
// means "not known"; day 1 is 0001-01-01.
type Date int32

// ErrDate marks a text that is not a day of the calendar.
var ErrDate = errors.New("not a date")

const secondsPerDay = 24 * 60 * 60

var dayZero = time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC).Unix()

// NewDate is the day of that year, month and day. ok is false where the
// calendar has no such day (2026-02-29) or the year is outside 1 to 9999.
func NewDate(year, month, day int) (d Date, ok bool) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month) {
		return 0, false
	}
	return fromTime(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)), true
}

// MustDate is ParseDate for constants and tests; it panics on a bad text.
func MustDate(iso string) Date {
	d, err := ParseDate(iso)
	if err != nil {
		panic(err)
	}
	return d
}

// ParseDate reads an ISO date, "2026-09-20". The empty text is the zero Date.
func ParseDate(iso string) (Date, error) {
	if iso == "" {
		return 0, nil
	}
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil || t.Year() < 1 {
		return 0, fmt.Errorf("%w: %q", ErrDate, iso)
	}
	return fromTime(t), nil
}

// DateOf is the civil day of t in t's own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return fromTime(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

func fromTime(t time.Time) Date { return Date((t.Unix() - dayZero) / secondsPerDay) }

// Time is midnight UTC of the day.
func (d Date) Time() time.Time { return time.Unix(dayZero+int64(d)*secondsPerDay, 0).UTC() }

// Known tells whether the date is set.
func (d Date) Known() bool { return d != 0 }

// Civil gives year, month and day.
func (d Date) Civil() (year, month, day int) {
	y, m, dd := d.Time().Date()
	return y, int(m), dd
}

// String gives the ISO form, or "" for the zero Date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// Chinese gives 2026年9月20日, or "" for the zero Date.
func (d Date) Chinese() string {
	if d == 0 {
		return ""
	}
	y, m, dd := d.Civil()
	return fmt.Sprintf("%d年%d月%d日", y, m, dd)
}

// AddMonths moves by whole months and keeps the day of the month; where the
// month is too short it is that month's last day (01-31 + 1 → 02-28). A day
// outside the calendar's years 1 to 9999 is not known, and so is one counted
// from a day that is not known.
func (d Date) AddMonths(months int) Date {
	if d == 0 {
		return 0
	}
	y, m, dd := d.Civil()
	index := y*12 + m - 1 + months
	y, m = index/12, index%12+1
	moved, _ := NewDate(y, m, min(dd, DaysInMonth(y, m)))
	return moved
}

// Birthday is the day on which somebody born on d turns that many years old;
// born on 02-29, it is 03-01 in common years (GB/T 7408, civil-law counting:
// the year is full when its last day has passed).
func (d Date) Birthday(years int) Date {
	y, m, dd := d.Civil()
	if day, ok := NewDate(y+years, m, dd); ok {
		return day
	}
	day, _ := NewDate(y+years, m+1, 1)
	return day
}

// AgeOn is the age in full years on that day.
func (d Date) AgeOn(day Date) int {
	by, _, _ := d.Civil()
	y, _, _ := day.Civil()
	age := y - by
	if d.Birthday(age) > day {
		age--
	}
	return age
}

// DaysInMonth is 28 to 31.
func DaysInMonth(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// MarshalText gives the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}
