package onecard

import (
	"slices"

	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// Dialect is how a platform's return file differs from the usual one. The zero
// value is none: the payment file's own titles, 成功 and 失败.
type Dialect struct {
	Headings map[string]string // the platform's heading → the title that it stands for
	Paid     []string          // what says paid; none: 成功 and the like
	Failed   []string          // what says failed; none: 失败 and the like
	Reasons  map[string]string // the platform's words of why → ours
}

var (
	paidWords   = []string{"成功", "发放成功", "已发放"}
	failedWords = []string{"失败", "发放失败"}
)

// IsReturn tells whether a book is a return file in a platform's own words,
// which nobody else's headings could tell.
func IsReturn(book *sheet.Book, p Profile, d Dialect) bool {
	_, _, err := ReadReturn(book, p, d)
	return err == nil
}

// Title is the profile's heading for a value; the usual one where a return file
// must have a column that the payment file does without.
func (p Profile) Title(value Value) string {
	for _, columns := range [][]Column{p.Columns, Default().Columns} {
		for _, c := range columns {
			if c.Value == value {
				return c.Title
			}
		}
	}
	return ""
}

// title is what a heading stands for: itself, where nothing else is said.
func (d Dialect) title(heading string) string {
	for theirs, title := range d.Headings {
		if values.FoldText(theirs) == values.FoldText(heading) {
			return title
		}
	}
	return heading
}

// status tells a paid row from a failed one; what is neither is not known.
func (d Dialect) status(text string) (paid, known bool) {
	switch {
	case said(text, d.Paid, paidWords):
		return true, true
	case said(text, d.Failed, failedWords):
		return false, true
	}
	return false, false
}

func said(text string, own, usual []string) bool {
	if len(own) == 0 {
		own = usual
	}
	return slices.ContainsFunc(own, func(word string) bool { return values.FoldText(word) == values.FoldText(text) })
}

// reason is why a payment failed: the platform's words, where ours are not given.
func (d Dialect) reason(words string) string {
	for theirs, ours := range d.Reasons {
		if values.FoldText(theirs) == values.FoldText(words) {
			return ours
		}
	}
	return words
}
