package cell

import (
	"regexp"
	"strconv"
	"strings"

	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// Serials that are taken for dates although the cell is not formatted as one:
// 1980-01-01 to 2099-12-31.
const (
	firstPlainSerial = 29221
	lastPlainSerial  = 73050
)

// Date is a day. It reads date cells of both date systems, numbers that are
// 20260321 or the serial of a cell that has lost its date format, and the texts
// 2026-3-21, 2026/03/21, 2026.3.21, 20260321 and 2026年3月21日, with or without
// a time of day behind.
func Date(c sheet.Cell, date1904 bool) (values.Date, values.ProblemKind) {
	return day(c, date1904, false)
}

// DateOrMonth is Date, and reads a month too, 202603, 2026-03 or 2026年3月, as
// its first day.
func DateOrMonth(c sheet.Cell, date1904 bool) (values.Date, values.ProblemKind) {
	return day(c, date1904, true)
}

func day(c sheet.Cell, date1904, monthToo bool) (values.Date, values.ProblemKind) {
	text, problem := Text(c)
	if problem != fine {
		return 0, problem
	}
	var d values.Date
	var ok bool
	switch c.Kind {
	case sheet.Number:
		d, ok = numberDate(c, date1904)
	case sheet.Text:
		d, ok = ParseDate(text)
	}
	if !ok && monthToo {
		d, ok = parseMonth(text)
	}
	if !ok {
		return 0, values.ProblemUnreadable
	}
	return d, fine
}

func numberDate(c sheet.Cell, date1904 bool) (values.Date, bool) {
	if len(c.Text) == 8 && digits(c.Text) {
		return civil(c.Text[:4], c.Text[4:6], c.Text[6:])
	}
	if !c.Date {
		whole, _, _ := strings.Cut(c.Text, ".")
		serial, err := strconv.Atoi(whole)
		if err != nil || serial < firstPlainSerial || serial > lastPlainSerial {
			return 0, false
		}
	}
	year, month, dd, ok := sheet.DateFromSerial(c.Text, date1904)
	if !ok {
		return 0, false
	}
	return values.NewDate(year, month, dd)
}

var timeOfDay = regexp.MustCompile(`^(上午|下午|AM|PM)?\d{1,2}(:|时|点)\d{1,2}((:|分)(\d{1,2}(\.\d+)?秒?)?)?(AM|PM|Z)?$`)

// ParseDate reads a date as people write it, see [Date].
func ParseDate(text string) (values.Date, bool) {
	text = Compact(text)
	if year, rest, ok := strings.Cut(text, "年"); ok {
		month, rest, hasMonth := strings.Cut(rest, "月")
		dd, clock, hasDay := cutAny(rest, "日", "号")
		if !hasMonth || !hasDay || !isClock(clock) {
			return 0, false
		}
		return civil(strings.TrimSpace(year), strings.TrimSpace(month), strings.TrimSpace(dd))
	}
	date, clock, spaced := strings.Cut(text, " ")
	if !spaced {
		date, clock, _ = strings.Cut(text, "T")
	}
	if !isClock(clock) {
		return 0, false
	}
	if len(date) == 8 && digits(date) {
		return civil(date[:4], date[4:6], date[6:])
	}
	for _, separator := range []string{"-", "/", ".", "–", "—"} {
		year, rest, _ := strings.Cut(date, separator)
		if month, dd, found := strings.Cut(rest, separator); found && !strings.Contains(dd, separator) {
			return civil(year, month, dd)
		}
	}
	return 0, false
}

func cutAny(s string, separators ...string) (before, after string, found bool) {
	for _, separator := range separators {
		if before, after, found = strings.Cut(s, separator); found {
			return before, after, true
		}
	}
	return s, "", false
}

func isClock(s string) bool {
	s = strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	return s == "" || timeOfDay.MatchString(s)
}

// parseMonth gives the first day of a month.
func parseMonth(text string) (values.Date, bool) {
	text = strings.ReplaceAll(Compact(text), " ", "")
	if len(text) == 6 && digits(text) {
		return civil(text[:4], text[4:], "1")
	}
	if year, month, ok := strings.Cut(text, "年"); ok {
		return civil(year, strings.TrimSuffix(month, "月"), "1")
	}
	if year, month, ok := strings.Cut(strings.NewReplacer("/", "-", ".", "-").Replace(text), "-"); ok {
		return civil(year, month, "1")
	}
	return 0, false
}

// civil makes a date of a four-digit year, and of a month and day of one or
// two digits.
func civil(year, month, day string) (values.Date, bool) {
	if len(year) != 4 || len(month) > 2 || len(day) > 2 || !digits(year) || !digits(month) || !digits(day) || year < "1900" {
		return 0, false
	}
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	return values.NewDate(y, m, d)
}
