package values

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// FoldText is NFKC with all white space and invisible format characters
// removed: the form in which headings, contract numbers and ids are compared.
func FoldText(s string) string {
	if plain(s) {
		return s
	}
	return foldText(s)
}

// plain tells whether a text is printable ASCII and ideographs of the main
// block alone, as nearly all are: folding leaves these as they stand.
func plain(s string) bool {
	for _, r := range s {
		if (r < '!' || r > '~') && (r < '\u4e00' || r > '\u9fff') {
			return false
		}
	}
	return true
}

func foldText(s string) string {
	closed := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
	return norm.NFKC.String(closed) // what stood around a space may compose
}

// FoldName is the form in which two spellings of a person's name are compared:
// FoldText, with the look-alikes of the middle dot made one (NFKC alone keeps
// U+2022 and turns U+FF0E into a full stop).
func FoldName(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '•', '‧', '∙', '⋅', '・', '･', '．', '.', '●', '᛫', '⸱':
			return '·'
		}
		return r
	}, FoldText(s))
}
