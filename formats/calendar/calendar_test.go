package calendar

import (
	"bufio"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

func shipped(t *testing.T) *Calendar {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func workday(t interface{ Fatal(...any) }, c *Calendar, d values.Date) bool {
	working, err := c.Workday(d)
	if err != nil {
		t.Fatal(err)
	}
	return working
}

// The days are read off the State Council's papers by hand.
func TestKnownDays(t *testing.T) {
	c := shipped(t)
	for _, day := range []struct {
		date string
		work bool
		why  string
	}{
		{"2024-01-01", false, "元旦，周一"},
		{"2024-01-02", true, "平常周二"},
		{"2024-02-04", true, "春节调休，周日"},
		{"2024-02-09", true, "除夕，周五，鼓励休息但不放假"},
		{"2024-02-12", false, "春节，周一"},
		{"2024-02-18", true, "春节调休，周日"},
		{"2024-06-08", false, "端午前的周六，通知未列"},
		{"2024-06-10", false, "端午，周一"},
		{"2024-09-14", true, "中秋调休，周六"},
		{"2024-10-07", false, "国庆末日，周一"},
		{"2024-10-08", true, "国庆后首日"},
		{"2024-10-12", true, "国庆调休，周六"},
		{"2025-01-01", false, "元旦，周三"},
		{"2025-01-26", true, "春节调休，周日"},
		{"2025-01-27", true, "除夕前一日，周一"},
		{"2025-01-28", false, "除夕，周二"},
		{"2025-02-04", false, "春节末日，周二"},
		{"2025-02-08", true, "春节调休，周六"},
		{"2025-02-09", false, "平常周日"},
		{"2025-09-28", true, "国庆调休，周日"},
		{"2025-10-08", false, "国庆、中秋末日，周三"},
		{"2025-10-11", true, "国庆调休，周六"},
		{"2025-12-31", true, "平常周三，2026 年的通知没有动它"},
		{"2026-01-02", false, "元旦，周五"},
		{"2026-01-04", true, "元旦调休，周日"},
		{"2026-02-13", true, "春节前的周五"},
		{"2026-02-14", true, "春节调休，周六"},
		{"2026-02-16", false, "春节，周一"},
		{"2026-02-23", false, "春节末日，周一"},
		{"2026-02-28", true, "春节调休，周六"},
		{"2026-05-09", true, "劳动节调休，周六"},
		{"2026-06-19", false, "端午，周五"},
		{"2026-09-20", true, "国庆调休，周日"},
		{"2026-09-25", false, "中秋，周五"},
		{"2026-10-07", false, "国庆末日，周三"},
		{"2026-10-10", true, "国庆调休，周六"},
		{"2026-10-11", false, "平常周日"},
		{"2026-12-24", true, "不用 2027 年的通知就能判断的最后一天"},
	} {
		if got := workday(t, c, values.MustDate(day.date)); got != day.work {
			t.Errorf("%s（%s）: workday %t", day.date, day.why, got)
		}
	}
}

// The list of another project, made without ours, comes to the same workdays.
func TestAgreesWithLunarGo(t *testing.T) {
	file, err := os.Open("testdata/lunar-go-1.4.6.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	theirs := map[values.Date]bool{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) == 3 && fields[0][0] != '#' {
			theirs[values.MustDate(fields[0])] = fields[1] == "work"
		}
	}
	if len(theirs) != 38+33+39 {
		t.Fatalf("%d days in the extract", len(theirs))
	}
	c := shipped(t)
	for d := values.MustDate("2024-01-01"); d <= values.MustDate("2026-12-24"); d++ {
		want, named := theirs[d]
		if !named {
			want = !weekend(d)
		}
		if got := workday(t, c, d); got != want {
			t.Errorf("%s: workday %t, lunar-go says %t", d, got, want)
		}
	}
}

func TestLastDay(t *testing.T) {
	c := shipped(t)
	for _, test := range []struct {
		posted string
		days   int
		last   string
	}{
		{"2026-09-22", 1, "2026-09-22"},  // a Tuesday is its own first day
		{"2026-09-19", 1, "2026-09-20"},  // a Saturday; the Sunday is a make-up workday
		{"2026-09-22", 4, "2026-09-28"},  // Tue Wed Thu, Mid-Autumn Fri to Sun, Mon
		{"2026-09-22", 10, "2026-10-12"}, // 22 to 24, 28 to 30, 8 to 10 October (a make-up Saturday), Monday
		{"2025-12-25", 10, "2026-01-08"}, // Thu Fri, Mon to Wed, off to Sat, Sun to Thu
		{"2026-02-14", 2, "2026-02-24"},  // make-up Saturday, then nine days of Spring Festival
	} {
		got, err := c.LastDay(values.MustDate(test.posted), test.days)
		if err != nil || got.String() != test.last {
			t.Errorf("%d workdays from %s: %s, %v; want %s", test.days, test.posted, got, err, test.last)
		}
	}
}

func TestNoticeOfNoDays(t *testing.T) {
	for _, days := range []int{0, -3} {
		var fault *values.Fault
		if _, err := shipped(t).LastDay(values.MustDate("2026-09-22"), days); !errors.As(err, &fault) {
			t.Errorf("%d days: %v", days, err)
		}
	}
}

func TestLastDayCountsExactly(t *testing.T) {
	c := shipped(t)
	first, end := values.MustDate("2024-01-01"), values.MustDate("2026-10-31")
	rapid.Check(t, func(t *rapid.T) {
		posted := values.Date(rapid.IntRange(int(first), int(end)).Draw(t, "posted"))
		days := rapid.IntRange(1, 30).Draw(t, "days")
		last, err := c.LastDay(posted, days)
		if err != nil {
			t.Fatal(err)
		}
		counted := 0
		for d := posted; d <= last; d++ {
			if workday(t, c, d) {
				counted++
			}
		}
		if counted != days || !workday(t, c, last) {
			t.Errorf("%d workdays from %s to %s, want %d, the last one among them", counted, posted, last, days)
		}
		if longer, err := c.LastDay(posted, days+1); err != nil || longer <= last {
			t.Errorf("a day more ends on %s, not after %s: %v", longer, last, err)
		}
		if later, err := c.LastDay(posted+1, days); err != nil || later < last {
			t.Errorf("posted a day later it ends on %s, before %s: %v", later, last, err)
		}
	})
}

func TestCalendarDays(t *testing.T) {
	if got := CalendarDays(values.MustDate("2026-09-22"), 10).String(); got != "2026-10-01" {
		t.Errorf("ten days from 22 September end on %s", got)
	}
	if got := CalendarDays(values.MustDate("2026-12-31"), 1).String(); got != "2026-12-31" {
		t.Errorf("one day ends on %s", got)
	}
}

// No year is ever taken for one without holidays.
func TestMissingYear(t *testing.T) {
	c := shipped(t)
	for _, test := range []struct{ date, year string }{
		{"2027-03-01", "2027"}, {"2023-12-31", "2023"}, {"2026-12-25", "2027"},
	} {
		var fault *values.Fault
		if _, err := c.Workday(values.MustDate(test.date)); !errors.As(err, &fault) {
			t.Errorf("%s: %v", test.date, err)
			continue
		}
		if fault.Kind != values.FaultConfig || !strings.Contains(fault.What.Chinese, "缺少 "+test.year+" 年") ||
			!strings.Contains(fault.What.English, "holidays of "+test.year+" are missing") ||
			!strings.Contains(fault.Hint.Chinese, "含 "+test.year+" 年") || !strings.Contains(fault.Hint.English, "holidays in jobs.yaml") {
			t.Errorf("%s: %s\n%s", test.date, fault, fault.In(values.English))
		}
	}
	if last, err := c.LastDay(values.MustDate("2026-12-21"), 10); err == nil {
		t.Errorf("a notice into a missing year ended on %s", last)
	}
	if _, err := c.LastDay(values.MustDate("2026-12-21"), 4); err != nil {
		t.Errorf("a notice that ends in time: %v", err)
	}
}

func TestYears(t *testing.T) {
	var got []string
	for _, year := range shipped(t).Years() {
		got = append(got, year.Number)
		if want := "国务院办公厅关于" + strconv.Itoa(year.Year) + "年部分节假日安排的通知"; year.Title != want || year.File != "" {
			t.Errorf("%+v", year)
		}
		if issued, _, _ := year.Issued.Civil(); issued != year.Year-1 {
			t.Errorf("the paper of %d was issued on %s", year.Year, year.Issued)
		}
	}
	want := []string{"国办发明电〔2023〕7号", "国办发明电〔2024〕12号", "国办发明电〔2025〕7号"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
