package ledger

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

// What stands on a list is read as encoding/json reads it, escapes or none.
func TestARowOfAListIsReadAsJSONReadsIt(t *testing.T) {
	rates := rapid.SampledFrom([]values.Rate{values.MustRate("3"), values.MustRate("3.45"), values.MustRate("4.350")})
	day := rapid.SampledFrom([]values.Date{0, values.MustDate("2026-06-21"), values.MustDate("2026-09-20")})
	rapid.Check(t, func(t *rapid.T) {
		row := NoticeRow{Borrower: rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"张三", `王"五`, "李 四", "买买提·艾力", "{}", `\`, "<b>"})).Draw(t, "borrower"),
			Suffix: rapid.SampledFrom([]string{"", "123X", "0014"}).Draw(t, "suffix"), Amount: values.Fen(rapid.Int64().Draw(t, "amount")),
			Rates: rapid.SliceOfN(rates, 0, 3).Draw(t, "rates"), From: day.Draw(t, "from"), To: day.Draw(t, "to")}
		if len(row.Rates) == 0 && rapid.Bool().Draw(t, "no rates") {
			row.Rates = nil
		}
		text := document(row)
		var want, got NoticeRow
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		if err := got.Scan(text); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Nearly all rows take the short way.
func TestAnOrdinaryRowNeedsNoReflection(t *testing.T) {
	for _, row := range []NoticeRow{
		{Borrower: "张三", Amount: 5_000_000, Rates: []values.Rate{values.MustRate("3.45")}, From: 1, To: 2},
		{Borrower: "张三", Suffix: "123X", Amount: 5_000_000, Rates: []values.Rate{values.MustRate("3.45"), values.MustRate("3.6")}, From: 1, To: 2},
	} {
		if got, plain := plainRow(document(row)); !plain {
			t.Errorf("%+v is not read the short way: %+v", row, got)
		}
	}
}
