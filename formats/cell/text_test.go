package cell

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiexi/formats/sheet"
)

// What is told from the first character alone is what folding the whole text
// tells.
func TestPlaceholdersAreToldFromTheirFirstCharacter(t *testing.T) {
	check := func(t rapid.TB, text string) {
		t.Helper()
		want := len(Trim(text)) <= longestPlaceholder && slices.Contains(placeholders, strings.ToUpper(fold(Trim(text))))
		if got := Placeholder(sheet.Cell{Kind: sheet.Text, Text: text}); got != want {
			t.Errorf("%q is a placeholder: %v, want %v", text, got, want)
		}
	}
	for _, p := range placeholders {
		check(t, p)
		check(t, strings.ToLower(p))
	}
	pieces := rapid.SampledFrom(append([]string{"王", "1", "A", "n", "Ｎ", "／", "Ａ", "\u0301", "\u200b", " ", "\u3000", "'", "\u20dd"}, placeholders...))
	rapid.Check(t, func(t *rapid.T) {
		check(t, strings.Join(rapid.SliceOfN(rapid.OneOf(pieces, rapid.String()), 0, 3).Draw(t, "text"), ""))
	})
}
