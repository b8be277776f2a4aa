package values

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestNamesThatAreTheSame(t *testing.T) {
	for _, dot := range strings.Split("· • ‧ ∙ ⋅ ・ ･ ． . ● ᛫ ⸱ ․ ﹒", " ") {
		if a, b := FoldName("阿卜杜拉"+dot+"买买提"), FoldName("阿卜杜拉·买买提"); a != b {
			t.Errorf("with %q (%U): %s and %s", dot, []rune(dot), a, b)
		}
	}
	for _, spelt := range []string{"王小明", " 王小明 ", "王 小 明", "王\u3000小明", "王\u00a0小明", "王\u200b小明", "\ufeff王小明", "王小明\n", "王\u2060小明", "王\u00ad小明"} {
		if got := FoldName(spelt); got != "王小明" {
			t.Errorf("%q folds to %q", spelt, got)
		}
	}
	for _, other := range []string{"王小朋", "王晓明", "汪小明", "王小明·", "王明小"} {
		if FoldName(other) == FoldName("王小明") {
			t.Errorf("%s is taken for 王小明", other)
		}
	}
	if FoldName("⻄门") == FoldName("西門") { // a simplified name is not its traditional form
		t.Error("西门 is taken for 西門")
	}
}

func TestTextsThatAreTheSame(t *testing.T) {
	for text, want := range map[string]string{
		"合同（一）号":              "合同(一)号",
		"ＨＴ－２０２６－００１":         "HT-2026-001",
		" H T 2 0 2 6 ":       "HT2026",
		"①":                   "1",
		"㈠":                   "(一)",
		"⼀":                   "一", // a radical
		"HT\u200e2026\u200f":  "HT2026",
		"a\u200b\u0301":       "á", // composes only once the space is gone
		"":                    "",
		" \u3000\ufeff\u200b": "",
		"ht.2026":             "ht.2026", // a full stop stays in a contract number
	} {
		if got := FoldText(text); got != want {
			t.Errorf("%q folds to %q, want %q", text, got, want)
		}
	}
}

func TestFoldingTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("e\u0301\u200b\u00a8 ·•．ａ①㈠\uac00\u11a8")))).Draw(t, "text")
		folded := FoldText(text)
		if again := FoldText(folded); again != folded {
			t.Fatalf("%+q folds to %+q, then to %+q", text, folded, again)
		}
		if name := FoldName(text); FoldName(name) != name || FoldName(folded) != name {
			t.Fatalf("%+q folds to the name %+q, then to %+q", text, name, FoldName(name))
		}
		if strings.ContainsFunc(folded, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }) {
			t.Fatalf("%+q keeps a space: %+q", text, folded)
		}
	})
}

// What is left as it stands must be what the long way leaves as it stands.
func TestPlainTextsNeedNoFolding(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if s := string(r); plain(s) && foldText(s) != s {
			t.Errorf("%U is taken to be plain and folds to %+q", r, foldText(s))
		}
	}
	runes := []rune("!~azAZ09-.()一丁王小明合同鿿")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom(runes)).Draw(t, "text")
		if !plain(text) || foldText(text) != text {
			t.Fatalf("%+q: plain %t, folds to %+q", text, plain(text), foldText(text))
		}
	})
}
