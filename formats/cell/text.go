package cell

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// fine is the problem of a cell that has none.
const fine values.ProblemKind = ""

// Trim takes off what programs put around a text: white space of any kind,
// invisible characters, the apostrophe that makes a number a text, and the
// ="…" with which a CSV keeps a number as text.
func Trim(s string) string {
	if s == "" || plainEnds(s) {
		return s
	}
	s = strings.TrimFunc(s, hidden)
	if inner, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(inner, `"`) {
		s = strings.TrimFunc(strings.TrimSuffix(inner, `"`), hidden)
	}
	return strings.TrimFunc(strings.TrimLeft(s, "'’‘＇"), hidden)
}

// plainEnds tells the texts that Trim leaves alone, which are nearly all: they
// begin and end with a letter, a digit or a common character.
func plainEnds(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	return common(first) && common(last)
}

func common(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 0x4e00 && r <= 0x9fff
}

func hidden(r rune) bool {
	return r <= ' ' || r >= 0x7f && (unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
}

// Blank tells whether nothing stands in the cell.
func Blank(c sheet.Cell) bool {
	return c.Kind == sheet.Empty || c.Kind == sheet.Text && Trim(c.Text) == ""
}

var placeholders = []string{
	"-", "--", "---", "—", "——", "–", "―", "─", "/", "//", `\`, "*", ".", "。", "、", "无", "空", "暂无", "没有", "未填", "N/A", "NA", "NULL", "NONE",
}

// longestPlaceholder is the length in bytes beyond which a text is none.
const longestPlaceholder = len("ＮＵＬＬ")

// begins are the common characters with which a placeholder may begin.
const begins = "N无空暂没未"

// Placeholder tells whether the cell says that there is nothing to say: 无, —,
// / and the like.
func Placeholder(c sheet.Cell) bool {
	text := Trim(c.Text)
	if first, _ := utf8.DecodeRuneInString(text); common(first) && !strings.ContainsRune(begins, first) {
		return false // nearly every cell; folding does not change its first character
	}
	return c.Kind == sheet.Text && len(text) <= longestPlaceholder && slices.Contains(placeholders, strings.ToUpper(fold(text)))
}

// Raw is what was stored in the cell, for quoting it.
func Raw(c sheet.Cell) string {
	if c.Raw != "" {
		return c.Raw
	}
	return c.Text
}

// Text is the cell as a text, trimmed. Numbers come as plain decimals.
func Text(c sheet.Cell) (string, values.ProblemKind) {
	switch c.Kind {
	case sheet.Uncached:
		return "", values.ProblemUncached
	case sheet.Error:
		return "", values.ProblemUnreadable
	}
	return Trim(c.Text), fine
}

// Shown is the cell as a spreadsheet program would about show it, for mailing
// a row back: dates as 2026-03-21, percents as 3.45%, all else as stored.
func Shown(c sheet.Cell, date1904 bool) string {
	switch {
	case c.Kind != sheet.Number:
	case c.Date:
		if d, problem := Date(c, date1904); problem == fine {
			return d.String()
		}
	case c.Percent:
		if percent, ok := shift(c.Text, 2); ok {
			return percent + "%"
		}
	case c.Long:
		return Raw(c)
	}
	return strings.TrimFunc(c.Text, hidden)
}

// Name is the name of a person, as printed and trimmed. A character of the
// private-use areas or a lost one is a problem: the payment platform would not
// know it; the name is given all the same.
func Name(c sheet.Cell) (string, values.ProblemKind) {
	name, problem := Text(c)
	if problem != fine {
		return name, problem
	}
	for _, r := range name {
		switch {
		case r == utf8.RuneError:
			return name, values.ProblemUnreadable
		case unicode.Is(unicode.Co, r):
			return name, values.ProblemPrivateUse
		}
	}
	return name, fine
}

// fold is values.FoldText, quick for what needs no folding.
func fold(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return values.FoldText(s)
		}
	}
	return s
}

// Compact is NFKC with inner white space as single spaces.
func Compact(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return strings.Join(strings.Fields(norm.NFKC.String(s)), " ")
		}
	}
	return s
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
