package heading

import (
	"strings"
	"unicode"

	"tiexi/pipeline/values"
)

// label is a heading in the form in which headings are compared: NFKC, upper
// case, no spaces, no punctuation, 帐 as 账.
type label struct {
	full     string // with what stands in brackets: 乡(镇) is 乡镇
	bare     string // without it: 贷款余额(万元) is 贷款余额
	brackets string // what stood in brackets
}

const opening, closing = "([{【〔〖《〈「『", ")]}】〕〗》〉」』"

// longestHeading is the length in bytes beyond which a text is no heading.
const longestHeading = 600

func parseLabel(text string) label {
	if len(text) > longestHeading {
		return label{}
	}
	var full, bare, brackets strings.Builder
	depth := 0
	for _, r := range strings.ToUpper(values.FoldText(text)) {
		switch {
		case strings.ContainsRune(opening, r):
			depth++
			continue
		case strings.ContainsRune(closing, r):
			depth = max(0, depth-1)
			continue
		case r == '帐':
			r = '账'
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			continue
		}
		full.WriteRune(r)
		if depth > 0 {
			brackets.WriteRune(r)
		} else {
			bare.WriteRune(r)
		}
	}
	return label{withoutNumbering(full.String()), withoutNumbering(bare.String()), brackets.String()}
}

// withoutNumbering drops a leading column number, "3借款人", but not the
// beginning of "2026年".
func withoutNumbering(s string) string {
	rest := strings.TrimLeft(s, "0123456789")
	if n := len(s) - len(rest); n == 0 || n > 2 || rest == "" || strings.HasPrefix(rest, "年") || strings.HasPrefix(rest, "月") {
		return s
	}
	return rest
}

// forms are the texts under which the label may stand in a vocabulary, the
// most exact first.
func (l label) forms() []string {
	forms := []string{l.full}
	for _, s := range []string{withoutUnit(l.full), l.bare, withoutUnit(l.bare)} {
		if s != "" && s != forms[len(forms)-1] {
			forms = append(forms, s)
		}
	}
	return forms
}

func withoutUnit(s string) string {
	for _, unit := range []string{"人民币万元", "人民币元", "万元", "千元", "元"} {
		if rest, ok := strings.CutSuffix(s, unit); ok {
			return rest
		}
	}
	return s
}

// Fold is the form in which this package compares headings.
func Fold(text string) string { return parseLabel(text).full }
