package values

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestQuartersRunFromSettlementToSettlement(t *testing.T) {
	for _, c := range []struct {
		name        string
		interestDay int
		first, last string
		days        int
	}{
		{"2026Q3", 20, "2026-06-21", "2026-09-20", 92}, // policy.md §1
		{"2026Q4", 20, "2026-09-21", "2026-12-20", 91},
		{"2027Q1", 20, "2026-12-21", "2027-03-20", 90},
		{"2024Q1", 20, "2023-12-21", "2024-03-20", 91}, // with a 29 February
		{"2026Q2", 20, "2026-03-21", "2026-06-20", 92},
		{"2026Q3", 21, "2026-06-22", "2026-09-21", 92},
		{"2027Q1", 21, "2026-12-22", "2027-03-21", 90},
		{"2026Q1", 28, "2025-12-29", "2026-03-28", 90},
		{"2026Q1", 31, "2026-01-01", "2026-03-31", 90}, // a month without a 31st settles on its last day
		{"2026Q2", 31, "2026-04-01", "2026-06-30", 91},
		{"2026Q3", 31, "2026-07-01", "2026-09-30", 92},
		{"2026Q4", 31, "2026-10-01", "2026-12-31", 92},
		{"2026Q3", 1, "2026-06-02", "2026-09-01", 92},
	} {
		q, err := ParseQuarter(c.name)
		if err != nil {
			t.Fatal(err)
		}
		if q.First(c.interestDay).String() != c.first || q.Last(c.interestDay).String() != c.last || q.Days(c.interestDay) != c.days {
			t.Errorf("%s with interest on the %d. is %s to %s, %d days; want %s to %s, %d", c.name, c.interestDay,
				q.First(c.interestDay), q.Last(c.interestDay), q.Days(c.interestDay), c.first, c.last, c.days)
		}
	}
}

func TestEveryDayHasOneQuarter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date(rapid.Int32Range(int32(MustDate("0002-01-01")), int32(MustDate("9998-12-31"))).Draw(t, "day"))
		interestDay := rapid.IntRange(1, 31).Draw(t, "interest day")
		q := QuarterOf(d, interestDay)
		if d < q.First(interestDay) || d > q.Last(interestDay) {
			t.Fatalf("%s is put into %s, %s to %s", d, q, q.First(interestDay), q.Last(interestDay))
		}
		if q.Next().First(interestDay) != q.Last(interestDay)+1 || q.Next().Previous() != q || q.Previous().Next() != q {
			t.Fatalf("%s is not followed by its next", q)
		}
		if !q.Before(q.Next()) || q.Next().Before(q) || q.Before(q) {
			t.Fatalf("%s and %s are not in order", q, q.Next())
		}
		var back Quarter
		if text, _ := q.MarshalText(); back.UnmarshalText(text) != nil || back != q {
			t.Fatalf("%s marshals as %s", q, text)
		}
	})
}

func TestNamesOfQuarters(t *testing.T) {
	if q, err := ParseQuarter("2026q3"); err != nil || q != (Quarter{2026, 3}) || q.String() != "2026Q3" || q.Chinese() != "2026年第3季度" {
		t.Errorf("2026q3 is %v, %v", q, err)
	}
	for _, name := range []string{"", "2026", "2026Q0", "2026Q5", "2026Q", "26Q3", "2026-3", "2026Q3 ", " 2026Q3", "2026Q33", "2026S3", "２026Q3", "0000Q1", "+026Q1", "-001Q1"} {
		if q, err := ParseQuarter(name); !errors.Is(err, ErrQuarter) {
			t.Errorf("%q is taken as %s, %v", name, q, err)
		}
	}
	q := Quarter{2026, 3}
	if err := q.UnmarshalText(nil); err != nil || !q.IsZero() || q.String() != "" {
		t.Errorf("no text is %v, %v", q, err)
	}
}
