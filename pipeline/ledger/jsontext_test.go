package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

// anyText draws texts of every kind that encoding/json treats in its own way.
func anyText() *rapid.Generator[string] {
	odd := rapid.SampledFrom([]string{"", "王小明", `"\/`, "<&>'", "\x00\x01\b\f\n\r\t\x1f\x7f", "\u2027\u2028\u2029\u202a", "\xff", "王\xe7\x8e", "\ufffd", "𠮷", "\xed\xa0\x80"})
	bytes := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 12), func(b []byte) string { return string(b) })
	return rapid.Map(rapid.SliceOfN(rapid.OneOf(odd, bytes, rapid.String()), 0, 3), func(parts []string) string {
		text := ""
		for _, p := range parts {
			text += p
		}
		return text
	})
}

func asJSON(v any) string {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

// ofJSON is the digest as it was defined: of what encoding/json writes.
func ofJSON(v any) string {
	sum := sha256.Sum256([]byte(asJSON(v)))
	return hex.EncodeToString(sum[:16])
}

func TestArraysAreWrittenAsEncodingJSONDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := []any{anyText().Draw(t, "text"), rapid.Int64().Draw(t, "number"), rapid.Int().Draw(t, "count"), rapid.Bool().Draw(t, "flag")}
		for n := range len(items) + 1 {
			if got := string(appendArray(nil, items[:n])); got != asJSON(items[:n]) {
				t.Fatalf("%q, want %s", got, asJSON(items[:n]))
			}
		}
	})
}

// Decisions and payments stand on the facts of a line, and rosters that were
// imported before on the content of a person: both stay what they were.
func TestDigestsAreOfWhatEncodingJSONWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := anyLine().Draw(t, "line")
		row := NewLineRow(&l)
		written := asJSON(words{l.Product, l.Purpose, l.Guarantee, l.Overdue, l.Class, l.Household, l.Head, l.Township, l.Village, l.PayoutBank, l.AccountName, l.Remark})
		facts := []any{l.Contract, l.Tranche, l.Borrower, string(l.ID), int64(l.Balance), l.Rate.String(), l.Disbursed.String(), l.Matures.String(),
			int64(l.Paid), l.From.String(), l.To.String(), l.Days, int64(l.Due), int64(l.Penalty), int64(l.Amount), l.Signed.String(), l.Approved,
			l.Renewals, l.OriginalMaturity.String(), l.ExtensionSigned.String(), string(l.Account), int64(l.Given), written}
		placeless := []values.Problem{}
		for _, p := range l.Problems {
			placeless = append(placeless, values.Problem{Kind: p.Kind, Field: p.Field, Raw: p.Raw})
		}
		if !slices.Contains(row.values, any(written)) || row.Facts != ofJSON([]any{facts, placeless}) {
			t.Fatalf("the row is %v with facts %s", row.values, row.Facts)
		}
		p := Person{Household: l.Household, Name: l.Borrower, ID: l.ID, Township: l.Township, Village: l.Village, Joined: l.Signed, Left: l.Matures,
			PayoutBank: l.PayoutBank, Account: l.Account}
		want := ofJSON([]string{p.Household, p.Name, string(p.ID), p.Township, p.Village, p.Joined.String(), p.Left.String(), p.PayoutBank, string(p.Account)})
		var rows RosterRows
		rows.Add(&p)
		if got := rows.values[personFacts-1]; got != want || hexOf(rows.contents[0]) != want {
			t.Fatalf("the content is %v, want %s", got, want)
		}
	})
}
