package cell

import (
	"slices"
	"strconv"
	"strings"

	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

var (
	yes = []string{"是", "有", "√", "✓", "✔", "☑", "Y", "YES", "1", "TRUE", "T", "对"}
	no  = []string{"否", "无", "×", "✗", "✘", "✕", "☐", "X", "N", "NO", "0", "FALSE", "F", "不是", "没有"}
)

// Flag is a yes or no: 是, 有, √, Y and 1 are yes; 否, 无, ×, N, 0, blank and
// what says that there is nothing (—, /) are no.
func Flag(c sheet.Cell) (bool, values.ProblemKind) {
	text, problem := Text(c)
	text = strings.ToUpper(fold(text))
	switch {
	case problem != fine:
		return false, problem
	case slices.Contains(yes, text):
		return true, fine
	case text == "" || slices.Contains(no, text) || Placeholder(c):
		return false, fine
	}
	return false, values.ProblemUnreadable
}

// Count is how often a loan was renewed or extended: a number (2, 2次), or a
// yes (是, 续贷, 展期) for once and a no (否, 首贷) for never.
func Count(c sheet.Cell) (int, values.ProblemKind) {
	if n, problem := Whole(c); problem == fine {
		return n, fine
	}
	if flag, problem := Flag(c); problem == fine {
		if flag {
			return 1, fine
		}
		return 0, fine
	}
	text, problem := Text(c)
	if problem != fine {
		return 0, problem
	}
	text = fold(text)
	switch text {
	case "续贷", "展期", "已续贷", "已展期", "一次", "无还本续贷":
		return 1, fine
	case "两次", "二次":
		return 2, fine
	case "首贷", "首次", "新增", "新贷", "未续贷", "未展期", "无续贷", "无展期", "正常":
		return 0, fine
	}
	for _, word := range []string{"续贷", "展期", "第"} {
		if rest, ok := strings.CutPrefix(text, word); ok {
			return Whole(sheet.Cell{Kind: sheet.Text, Text: rest})
		}
	}
	return 0, values.ProblemUnreadable
}

// Whole is a whole number from 0 to 9,999,999: days, times, row numbers.
func Whole(c sheet.Cell) (int, values.ProblemKind) {
	text, problem := Text(c)
	if problem != fine {
		return 0, problem
	}
	text = fold(text)
	for _, unit := range []string{"天", "日", "次", "行", ".0", ".00"} {
		if rest, ok := strings.CutSuffix(text, unit); ok && digits(rest) {
			text = rest
			break
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || !digits(text) || len(text) > 7 || c.Kind == sheet.Bool {
		return 0, values.ProblemUnreadable
	}
	return n, fine
}

// Serial tells whether the cell is a serial number and no word.
func Serial(c sheet.Cell) bool {
	_, problem := Whole(c)
	return problem == fine
}
