package values

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	firstDay = MustDate("0001-01-01")
	lastDay  = MustDate("9999-12-31")
)

func anyDate() *rapid.Generator[Date] {
	return rapid.Map(rapid.Int32Range(int32(firstDay), int32(lastDay)), func(n int32) Date { return Date(n) })
}

func TestDaysAreCountedAsTheCalendarCountsThem(t *testing.T) {
	if firstDay != 1 || lastDay != 9999*365+9999/4-9999/100+9999/400 {
		t.Fatalf("the calendar runs from day %d to day %d", firstDay, lastDay)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "day")
		y, m, dd := d.Civil()
		same := time.Date(y, time.Month(m), dd, 0, 0, 0, 0, time.UTC)
		if !d.Time().Equal(same) || DateOf(same) != d {
			t.Fatalf("%s is %v", d, d.Time())
		}
		if back, ok := NewDate(y, m, dd); !ok || back != d {
			t.Fatalf("%d-%d-%d is %s, %v", y, m, dd, back, ok)
		}
		if back, err := ParseDate(d.String()); err != nil || back != d {
			t.Fatalf("%s reads as %s, %v", d, back, err)
		}
		var read Date
		if text, _ := d.MarshalText(); read.UnmarshalText(text) != nil || read != d {
			t.Fatalf("%s marshals as %s", d, text)
		}
		e := anyDate().Draw(t, "another")
		if seconds := e.Time().Unix() - d.Time().Unix(); seconds != int64(e-d)*24*60*60 {
			t.Fatalf("from %s to %s are %d days and %d seconds", d, e, e-d, seconds)
		}
		if days := rapid.Int32Range(int32(firstDay-d), int32(lastDay-d)).Draw(t, "days"); d+Date(days) != DateOf(d.Time().AddDate(0, 0, int(days))) {
			t.Fatalf("%s + %d is %s", d, days, d+Date(days))
		}
	})
}

func TestMonthsKeepTheDayOrEndWithTheMonth(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2026-01-31", 2, "2026-03-31"}, {"2026-03-31", -1, "2026-02-28"},
		{"2026-01-15", -1, "2025-12-15"}, {"2023-12-20", 36, "2026-12-20"}, {"2024-02-29", 12, "2025-02-28"}, {"2024-02-29", 48, "2028-02-29"},
		{"2026-06-20", 0, "2026-06-20"}, {"9999-12-01", 1, ""}, {"0001-01-01", -1, ""}, {"", 1, ""}, {"", 24, ""},
	} {
		if got := MustDate(c.from).AddMonths(c.months); got.String() != c.want {
			t.Errorf("%s and %d months is %s, want %s", c.from, c.months, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "day")
		months := rapid.IntRange(-24000, 24000).Draw(t, "months")
		y, m, dd := d.Civil()
		first := time.Date(y, time.Month(m+months), 1, 0, 0, 0, 0, time.UTC) // time normalises the month
		want := DateOf(first) + Date(min(dd, first.AddDate(0, 1, -1).Day())-1)
		if first.Year() < 1 || first.Year() > 9999 {
			want = 0
		}
		if got := d.AddMonths(months); got != want {
			t.Fatalf("%s and %d months is %s, want %s", d, months, got, want)
		}
	})
}

func TestAgeTurnsOnTheBirthday(t *testing.T) {
	for _, c := range []struct {
		born, day string
		age       int
	}{
		{"1990-06-15", "2026-06-14", 35}, {"1990-06-15", "2026-06-15", 36}, {"1990-06-15", "1990-06-15", 0}, {"1990-06-15", "1990-06-14", -1},
		// born on a leap day: the year is full on 03-01 where there is no 02-29
		{"2004-02-29", "2022-02-28", 17}, {"2004-02-29", "2022-03-01", 18}, {"2004-02-29", "2024-02-28", 19}, {"2004-02-29", "2024-02-29", 20},
		{"1896-02-29", "1900-02-28", 3}, {"1896-02-29", "1900-03-01", 4}, // 1900 was no leap year
	} {
		if got := MustDate(c.born).AgeOn(MustDate(c.day)); got != c.age {
			t.Errorf("born on %s, aged %d on %s, want %d", c.born, got, c.day, c.age)
		}
	}
	if got := MustDate("2004-02-29").Birthday(18); got != MustDate("2022-03-01") {
		t.Errorf("18 on %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		born := Date(rapid.Int32Range(int32(MustDate("1900-01-01")), int32(MustDate("2100-12-31"))).Draw(t, "born"))
		day := born + Date(rapid.Int32Range(0, 40000).Draw(t, "lived"))
		age := born.AgeOn(day)
		if born.Birthday(age) > day || born.Birthday(age+1) <= day {
			t.Fatalf("born on %s, aged %d on %s", born, age, day)
		}
	})
}

func TestOnlyDaysOfTheCalendar(t *testing.T) {
	for _, text := range []string{
		"2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-1", "2026-01-1", "26-01-01", "0000-01-01", "10000-01-01", "2026/01/01",
		"20260101", "2026-01-01 ", "2026-01-01T00:00:00Z", "２026-01-01", "-001-01-01", "0",
	} {
		if got, err := ParseDate(text); !errors.Is(err, ErrDate) {
			t.Errorf("%q is taken as %s, %v", text, got, err)
		}
	}
	for _, c := range [][3]int{{2026, 2, 29}, {1900, 2, 29}, {2026, 0, 1}, {2026, 13, 1}, {2026, 1, 0}, {2026, 4, 31}, {0, 1, 1}, {10000, 1, 1}, {2026, 1, -1}} {
		if got, ok := NewDate(c[0], c[1], c[2]); ok {
			t.Errorf("%v is taken as %s", c, got)
		}
	}
	for _, c := range [][3]int{{2024, 2, 29}, {2000, 2, 29}, {9999, 12, 31}} {
		if _, ok := NewDate(c[0], c[1], c[2]); !ok {
			t.Errorf("%v is refused", c)
		}
	}
}

func TestAnUnknownDaySaysNothing(t *testing.T) {
	var unknown Date
	if d, err := ParseDate(""); err != nil || d != unknown || d.Known() || d.String() != "" || d.Chinese() != "" {
		t.Errorf("the empty text is %s, %v", d, err)
	}
	if got := MustDate("2026-09-05").Chinese(); got != "2026年9月5日" {
		t.Errorf("in Chinese: %s", got)
	}
	beijing := time.FixedZone("", 8*60*60)
	if got := DateOf(time.Date(2026, 9, 20, 23, 59, 59, 0, beijing)); got != MustDate("2026-09-20") {
		t.Errorf("late in the evening in Beijing it is %s", got)
	}
	if got := DateOf(time.Date(2026, 9, 21, 1, 0, 0, 0, beijing)); got != MustDate("2026-09-21") {
		t.Errorf("at one in the morning in Beijing it is %s", got) // in UTC it is still the 20th
	}
}
