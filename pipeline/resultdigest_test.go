package pipeline

import (
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// The digests are of what encoding/json writes.
func TestRowsOfDigestsAreJSON(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "王小明", "<乙>&", `"\`, "a\u2028b", "\xff", "\x7f", "\t"}))
	rapid.Check(t, func(t *rapid.T) {
		want := func(v any) []byte {
			var b bytes.Buffer
			if err := json.NewEncoder(&b).Encode(v); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
		j := ledger.Judgement{Line: rapid.Int64().Draw(t, "line"), Outcome: values.Outcome(text.Draw(t, "outcome")), Household: text.Draw(t, "household"),
			Township: text.Draw(t, "township"), Village: text.Draw(t, "village"), Payee: text.Draw(t, "payee"), PayoutBank: text.Draw(t, "bank"),
			Account: values.Account(text.Draw(t, "account")), ExtensionBarred: rapid.Bool().Draw(t, "barred")}
		if rapid.Bool().Draw(t, "blocked") {
			j.Blocked = rapid.SliceOfN(text, 0, 3).Draw(t, "codes")
		}
		fields := []any{j.Line, j.Outcome, j.Household, j.Township, j.Village, j.Payee, j.PayoutBank, j.Account.Whole(), j.ExtensionBarred, j.Blocked}
		if got := appendJudgement(nil, &j); !bytes.Equal(got, want(fields)) {
			t.Fatalf("got  %s\nwant %s", got, want(fields))
		}
		fen := func(name string) values.Fen { return values.Fen(rapid.Int64Range(-1e12, 1e12).Draw(t, name)) }
		e := ledger.Entitlement{Quarter: values.Quarter{Year: rapid.IntRange(2021, 2040).Draw(t, "year"), Number: rapid.IntRange(1, 4).Draw(t, "number")},
			Loan: values.Loan{Bank: text.Draw(t, "lender"), Contract: text.Draw(t, "contract")}, Policy: text.Draw(t, "policy"),
			Shares:    values.Shares{Central: fen("central"), Provincial: fen("provincial"), City: fen("city"), County: fen("county")},
			FirstLine: rapid.Int64().Draw(t, "first"), Facts: text.Draw(t, "facts")}
		if got := appendEntitlement(nil, &e); !bytes.Equal(got, want(e)) {
			t.Fatalf("got  %s\nwant %s", got, want(e))
		}
	})
}

// Judgements come batch by batch, and the digest is that of their order.
func TestTheDigestWaitsForTheTurn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "lines")
		order := make([]int, n)
		inTurn := newResultDigest()
		for i := range order {
			order[i] = i
			inTurn.add(i, &ledger.Judgement{Line: int64(i)})
		}
		d := newResultDigest()
		for _, i := range rapid.Permutation(order).Draw(t, "order") {
			d.add(i, &ledger.Judgement{Line: int64(i)})
		}
		if d.text() != inTurn.text() || len(d.waiting) > 0 {
			t.Fatalf("%s in turn, %s out of it", inTurn.text(), d.text())
		}
	})
}
