// Package calendar knows which days are workdays in China: public holidays and
// make-up workdays, a file a year, each copied from the State Council's paper
// that it names.
//
// Start with [Load] for the years that come with the program; a county adds or
// replaces one with [Calendar.LoadFile]. [Calendar.LastDay] and [CalendarDays]
// give the last day of a public notice (policy.md §6). A year that is not there
// is an error that says so; it is never taken for a year without holidays.
package calendar

import (
	"embed"
	"maps"
	"os"
	"path"
	"slices"
	"time"

	"tiexi/pipeline/values"
)

//go:embed years/*.yaml
var embedded embed.FS

// Calendar is a set of years. Once loaded it may be read concurrently.
type Calendar struct{ years map[int]Year }

// Year is the paper on which a year's workdays rest.
type Year struct {
	Year   int         `json:"year"`
	Number string      `json:"number"` // 国办发明电〔2025〕7号
	Title  string      `json:"title"`
	Issued values.Date `json:"issued"`
	URL    string      `json:"url"`
	File   string      `json:"file,omitempty"` // the county's own file, "" where the year came with the program

	working map[values.Date]bool // days that the paper names: make-up workday or holiday
}

// Load gives the years that come with the program.
func Load() (*Calendar, error) {
	c := &Calendar{map[int]Year{}}
	entries, err := embedded.ReadDir("years")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		text, err := embedded.ReadFile(path.Join("years", entry.Name()))
		if err != nil {
			return nil, err
		}
		year, err := parse(entry.Name(), text)
		if err != nil {
			return nil, err
		}
		c.years[year.Year] = year
	}
	return c, nil
}

// LoadFile adds a county's own file, in the form of the embedded ones. It
// replaces the year of that number as a whole. Where the file is refused, with
// a [*values.Fault] that lists every mistake with line and column, the calendar
// stays as it was.
func (c *Calendar) LoadFile(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return &values.Fault{
			Kind: values.FaultConfig,
			What: values.Say("打不开节假日文件 %s。", "Cannot open the holiday file %s.", file),
			Hint: values.Say("请检查路径和权限。", "Check the path and your rights to it."),
			Err:  err,
		}
	}
	year, err := parse(file, text)
	if err != nil {
		return err
	}
	year.File = file
	c.years[year.Year] = year
	return nil
}

// Years lists the papers, oldest first.
func (c *Calendar) Years() []Year {
	return slices.SortedFunc(maps.Values(c.years), func(a, b Year) int { return a.Year - b.Year })
}

// Workday tells whether people work on d, a known day. It fails with a [*values.Fault] of
// kind config where the paper that decides it is not there; for the last week
// of December that is next year's too (see [newYear]).
func (c *Calendar) Workday(d values.Date) (bool, error) {
	number, _, _ := d.Civil()
	year, ok := c.years[number]
	if !ok {
		return false, missing(number, d)
	}
	working, named := year.working[d]
	if newYear(d) {
		next, ok := c.years[number+1]
		if !ok {
			return false, missing(number+1, d)
		}
		if later, has := next.working[d]; has { // the later paper wins
			working, named = later, true
		}
	}
	return working || !named && !weekend(d), nil
}

// LastDay is the last day of a notice that hangs for that many workdays, at
// least 1: the n-th workday, the day of posting counted if it is one itself.
// It fails like [Calendar.Workday].
func (c *Calendar) LastDay(posted values.Date, days int) (values.Date, error) {
	if days < 1 {
		return 0, values.Refuse(
			values.Say("公示天数是 %d。", "The notice has %d days.", days),
			values.Say("公示至少一天，请改正天数。", "A notice hangs for at least one day; correct the number."))
	}
	for d := posted; ; d++ {
		working, err := c.Workday(d)
		if err != nil {
			return 0, err
		}
		if working {
			days--
		}
		if days == 0 {
			return d, nil
		}
	}
}

// CalendarDays is the last day of a notice that hangs for that many calendar
// days, at least 1, first and last included.
func CalendarDays(posted values.Date, days int) values.Date {
	return posted + values.Date(days-1)
}

// newYear tells whether d is in the week before New Year's Day, in which
// the next year's paper may close a weekday or make a weekend day a workday:
// 2018-12-29, a Saturday, was made one by the paper of 2019. From 2001 to 2026
// none reached further back than 29 December.
func newYear(d values.Date) bool {
	_, month, day := d.Civil()
	return month == 12 && day >= 25
}

func weekend(d values.Date) bool {
	day := d.Time().Weekday()
	return day == time.Saturday || day == time.Sunday
}

func missing(year int, d values.Date) *values.Fault {
	return &values.Fault{
		Kind: values.FaultConfig,
		What: values.Say("缺少 %[1]d 年的节假日安排，不能判断 %[2]s 是不是工作日。",
			"The public holidays of %[1]d are missing; whether %[2]s is a workday cannot be told.", year, d),
		Hint: values.Say("国务院办公厅一般在上一年 11 月发文。请换用含 %[1]d 年的新版程序，或照 README 的样子把通知写成一个文件，列入 jobs.yaml 的 holidays。",
			"The State Council's paper comes out in November of the year before. Take a version of the program that has %[1]d, or write the paper down in a file as the README shows, and list it under holidays in jobs.yaml.", year),
	}
}
