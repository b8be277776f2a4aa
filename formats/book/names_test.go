package book

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestFileNamesOfVillages(t *testing.T) {
	for name, want := range map[string]string{
		"2026Q3-01": "2026Q3-01",
		"上河村":       "上河村",
		"上河村（新）":    "上河村（新）",
		"上庄 3 组":    "上庄 3 组",
		"䶮𬱖村":       "䶮𬱖村",
		"abc":       "abc~7",
		"ABC":       "ABC",
		"aBc":       "aBc~5",
		"清水A村":      "清水A村",
		"a/b":       "a%2fb~3",
		`a\b`:       "a%5cb~3",
		"50%":       "50%25",
		"村.":        "村%2e",
		"村 ":        "村%20",
		".村":        "%2e村",
		"..":        "%2e%2e",
		"con":       "%63on~3",
		"nul.txt":   "%6eul.txt~f1",
		"com1":      "%63om1~3",
		"console":   "console~f7",
		"村\u202e":   "村%e2%80%ae",
		"村\n":       "村%0a",
		"\ue000":    "%ee%80%80",
		"":          "%",
		"a~b":       "a%7eb~3",
		"\xff":      "%ff",
		"村\u3000":   "村%e3%80%80",
		"*?\"<>|:":  "%2a%3f%22%3c%3e%7c%3a",
		"\uf900":    "%ef%a4%80", // a compatibility form of 豈, which macOS would make one with it
		"Ａ村":        "%ef%bc%a1村",
		"COM¹":      "COM%c2%b9",
	} {
		if got := FileName(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// original undoes a file name that was not shortened.
func original(t *rapid.T, name string) string {
	if name == "%" {
		return ""
	}
	name, _, _ = strings.Cut(name, "~")
	var text []byte
	for i := 0; i < len(name); i++ {
		if name[i] != '%' {
			text = append(text, name[i])
			continue
		}
		digits := "0123456789abcdef"
		text = append(text, byte(strings.IndexByte(digits, name[i+1])<<4|strings.IndexByte(digits, name[i+2])))
		i += 2
	}
	return string(text)
}

var anyName = rapid.OneOf(
	rapid.String(),
	rapid.StringOfN(rapid.RuneFrom([]rune(`aAbB1.% ~/\:*con村·é́豈`+"\u202e\n")), 0, 12, -1),
	rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	rapid.Map(rapid.StringOfN(rapid.RuneFrom([]rune("村Aa%")), 60, 200, -1), func(s string) string { return s }),
)

func TestFileNamesAreSafeAndUnique(t *testing.T) {
	same := func(name string) string { return norm.NFC.String(strings.ToLower(norm.NFD.String(name))) }
	rapid.Check(t, func(t *rapid.T) {
		name := anyName.Draw(t, "name")
		file := FileName(name)
		if len(file) == 0 || len(file) > MaxFileName || !utf8.ValidString(file) {
			t.Fatalf("%q: %d bytes", file, len(file))
		}
		for _, r := range file {
			if strings.ContainsRune(`/\:*?"<>|`, r) || unicode.Is(unicode.C, r) {
				t.Fatalf("%q holds %q", file, r)
			}
		}
		if first, last := file[0], file[len(file)-1]; first == '.' || first == ' ' || last == '.' || last == ' ' || isDevice(file) {
			t.Fatalf("%q is not safe", file)
		}
		if !strings.Contains(file, "~~") && original(t, file) != name {
			t.Fatalf("%q became %q, which says %q", name, file, original(t, file))
		}
		other := anyName.Draw(t, "other")
		if other != name && same(FileName(other)) == same(file) {
			t.Fatalf("%q and %q are both %q", name, other, file)
		}
	})
}

// Two names that differ only in case have different files on every system.
func TestCaseTwins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-D村.]{1,12}`).Draw(t, "name")
		twin := []rune(name)
		for i, r := range twin {
			if rapid.Bool().Draw(t, "down") {
				twin[i] = unicode.ToLower(r)
			}
		}
		if string(twin) != name && strings.EqualFold(FileName(string(twin)), FileName(name)) {
			t.Fatalf("%q and %q share %q", name, string(twin), FileName(name))
		}
	})
}

func TestLongNamesDifferingAtTheEnd(t *testing.T) {
	long := strings.Repeat("很长的村名", 30)
	a, b := FileName(long+"甲"), FileName(long+"乙")
	if a == b || len(a) > MaxFileName || !strings.HasPrefix(a, "很长的村名") {
		t.Errorf("%q, %q", a, b)
	}
}

func TestSheetNames(t *testing.T) {
	var names SheetNames
	cases := []struct{ text, want string }{
		{"Sheet1", "Sheet1"}, {"sheet1", "sheet1(2)"}, {"SHEET1", "SHEET1(3)"}, {"a/b", "a_b"}, {"", "_"}, {"History", "History_"},
		{"'引'", "_引_"}, {strings.Repeat("村", 40), strings.Repeat("村", 31)}, {strings.Repeat("村", 41), strings.Repeat("村", 28) + "(2)"},
	}
	for _, n := range cases {
		if got := names.Pick(n.text); got != n.want {
			t.Errorf("%q is %q, want %q", n.text, got, n.want)
		}
	}
}

func TestSheetNamesAreAlwaysTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var names SheetNames
		b := New(Properties{})
		for _, text := range rapid.SliceOfN(anyName, 1, 20).Draw(t, "names") {
			b.Sheet(Layout{Name: names.Pick(text)})
		}
		if b.err != nil {
			t.Fatal(b.err)
		}
	})
}
