package ledger

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// What is read without reflection is what encoding/json reads, of every field.
func TestWordsReadPlainlyAreTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var w words
		text := rapid.OneOf(rapid.StringMatching(`[王小明a-z0-9 ,:{}()]{0,8}`), rapid.String())
		for i := range reflect.TypeFor[words]().NumField() {
			reflect.ValueOf(&w).Elem().Field(i).SetString(text.Draw(t, "text"))
		}
		var long, short words
		if err := json.Unmarshal([]byte(document(w)), &long); err != nil {
			t.Fatal(err)
		}
		if err := short.Scan(document(w)); err != nil || short != long {
			t.Fatalf("%s: %+v, want %+v (%v)", document(w), short, long, err)
		}
	})
}

// A field that the plain reading does not know would be read the long way, and
// nobody would notice.
func TestEveryFieldIsReadPlainly(t *testing.T) {
	var w, read words
	for i := range reflect.TypeFor[words]().NumField() {
		reflect.ValueOf(&w).Elem().Field(i).SetString(reflect.TypeFor[words]().Field(i).Name)
	}
	if !read.plain(document(w)) || read != w {
		t.Errorf("%+v, want %+v", read, w)
	}
}

func BenchmarkWords(b *testing.B) {
	text := document(words{Product: "帮扶小额信贷", Purpose: "养羊", Guarantee: "信用", Class: "正常", Township: "第1乡", Village: "第1村", PayoutBank: "清水农商银行"})
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			var w words
			_ = w.Scan(text)
		}
	})
	b.Run("json", func(b *testing.B) {
		for b.Loop() {
			var w words
			_ = json.Unmarshal([]byte(text), &w)
		}
	})
}
