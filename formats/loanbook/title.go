package loanbook

import (
	"regexp"
	"strconv"
	"strings"

	"tiexi/formats/cell"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

var (
	bookName  = regexp.MustCompile(`(?:贷|借据).{0,10}台[账帐]`)
	otherName = regexp.MustCompile(`贴息|付息|结息|利息`)
)

// Names tells whether a title or a file name says that it is a loan book. A
// ledger of subsidies or of interest (贴息台账) is none.
func Names(text string) bool {
	text = values.FoldText(text)
	return bookName.MatchString(text) && !otherName.MatchString(text)
}

// titleRows and titleTexts are how many rows of a sheet may hold its title, and
// how many texts such a row may have: one with more is the heading.
const titleRows, titleTexts = 5, 3

// Named tells whether a book's file name, a visible sheet's name or a title in
// the first rows of one says that it is a loan book.
func Named(book *sheet.Book, heads [][]sheet.Row) bool {
	if Names(book.Name()) {
		return true
	}
	for _, s := range book.Sheets() {
		if !s.Hidden && Names(s.Name) {
			return true
		}
	}
	for _, head := range heads {
		for _, row := range head {
			texts, says := 0, false
			for _, c := range row.Cells {
				if c.Kind == sheet.Text && !c.Covered && !cell.Blank(c) {
					texts++
					says = says || Names(c.Text)
				}
			}
			if texts > titleTexts || row.Number > titleRows {
				break
			}
			if says {
				return true
			}
		}
	}
	return false
}

const dayText = `(20\d{2})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?`

var (
	saidDay   = regexp.MustCompile(`(?:截至|截止|数据日期|数据时间|统计日期|报表日期|时点)(?:日期|日|时间)?[::]?(?:` + dayText + `|(20\d{2})(\d{2})(\d{2}))`)
	someDay   = regexp.MustCompile(dayText)
	plainDay  = regexp.MustCompile(`(?:^|\D)(20\d{2})(\d{2})(\d{2})(?:\D|$)`)
	someMonth = regexp.MustCompile(`(20\d{2})(?:年|[-/.])(\d{1,2})月(?:末|底|份)?`)
)

// dayOf finds the day on which the book's figures stand: the one that a text
// says it is, else the last day that a text names, else the end of a month.
func dayOf(texts []string) values.Date {
	for _, find := range []func(string) values.Date{
		func(s string) values.Date { return lastDay(saidDay, s) },
		func(s string) values.Date { return max(lastDay(someDay, s), lastDay(plainDay, s)) },
		endOfMonth,
	} {
		for _, text := range texts {
			if d := find(values.FoldText(text)); d.Known() {
				return d
			}
		}
	}
	return 0
}

func lastDay(pattern *regexp.Regexp, text string) (d values.Date) {
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		parts := m[1:]
		if parts[0] == "" {
			parts = parts[3:]
		}
		if found, ok := cell.ParseDate(strings.Join(parts[:3], "-")); ok {
			d = max(d, found)
		}
	}
	return d
}

func endOfMonth(text string) (d values.Date) {
	for _, m := range someMonth.FindAllStringSubmatch(text, -1) {
		year, _ := strconv.Atoi(m[1])
		month, _ := strconv.Atoi(m[2])
		if month < 1 || month > 12 {
			continue
		}
		if found, ok := values.NewDate(year, month, values.DaysInMonth(year, month)); ok {
			d = max(d, found)
		}
	}
	return d
}
