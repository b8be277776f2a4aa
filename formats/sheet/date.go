package sheet

import (
	"strconv"
	"strings"
	"time"
)

// The last serials of 9999-12-31.
const (
	lastSerial1900 = 2958465
	lastSerial1904 = 2957003
)

// DateFromSerial turns a date cell's Text into a civil date; the time of day (the fraction) is cut.
// In the 1900 system serial 60 is 1900-02-29, a day that Excel has and the calendar has not; serial 1 is 1900-01-01.
// In the 1904 system serial 0 is 1904-01-01. ok is false for what is no such number or no day up to 9999-12-31.
func DateFromSerial(text string, date1904 bool) (year, month, day int, ok bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	days, isCount := parseCount([]byte(whole))
	if !isCount || strings.Trim(fraction, "0123456789") != "" {
		return 0, 0, 0, false
	}
	epoch, first, last := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC), 1, lastSerial1900
	if date1904 {
		epoch, first, last = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC), 0, lastSerial1904
	}
	switch {
	case days < first || days > last:
		return 0, 0, 0, false
	case !date1904 && days == 60:
		return 1900, 2, 29, true
	case !date1904 && days < 60:
		days++ // before the day that was not, serials run one behind
	}
	t := epoch.AddDate(0, 0, days)
	return t.Year(), int(t.Month()), t.Day(), true
}

// serialFromISO turns the text of a t="d" cell (2026-03-21, with or without a time) into a serial; it fails on
// other texts and on days that have none.
func serialFromISO(text string, date1904 bool) (string, bool) {
	var t time.Time
	var err error
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05Z07:00"} {
		if t, err = time.Parse(layout, text); err == nil {
			break
		}
	}
	if err != nil {
		return "", false
	}
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	days := (midnight.Unix() - epoch.Unix()) / 86400
	if !date1904 && days < 61 {
		days--
	}
	if days < 0 || days == 0 && !date1904 {
		return "", false
	}
	serial := strconv.FormatInt(days, 10)
	if seconds := t.Hour()*3600 + t.Minute()*60 + t.Second(); seconds > 0 {
		digits := strconv.Itoa(1e9 + seconds*1e9/86400)[1:]
		serial += "." + strings.TrimRight(digits, "0")
	}
	return serial, true
}
