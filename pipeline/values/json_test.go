package values

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTextsAreWrittenAsEncodingJSONDoes(t *testing.T) {
	check := func(t rapid.TB, text string) {
		t.Helper()
		want, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(AppendJSON([]byte("x"), text)); got != "x"+string(want) {
			t.Fatalf("%q is written %s, want x%s", text, got, want)
		}
	}
	for c := range rune(0x10000) {
		check(t, string(c))
	}
	odd := rapid.SampledFrom([]string{"", "王小明", `"\/`, "<&>'", "\x00\x01\b\f\n\r\t\x1f\x7f", "\u2027\u2028\u2029\u202a", "\xff", "王\xe7\x8e", "\ufffd", "𠮷", "\xed\xa0\x80"})
	bytes := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 12), func(b []byte) string { return string(b) })
	rapid.Check(t, func(t *rapid.T) {
		check(t, strings.Join(rapid.SliceOfN(rapid.OneOf(odd, bytes, rapid.String()), 0, 3).Draw(t, "text"), ""))
	})
}
