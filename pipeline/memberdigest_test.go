package pipeline

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// formula is the members' digest as it was first written; the approvals of
// every county's ledger rest on its bytes.
func formula(payments []ledger.Payment) string {
	var members []any
	for _, p := range payments {
		parts := slices.Clone(p.Parts)
		slices.SortFunc(parts, ledger.ComparePart)
		for i := range parts {
			parts[i].Payment = 0
		}
		members = append(members, []any{p.Number, p.Person.Whole(), p.Name, p.PayoutBank, p.Account.Whole(), p.Amount, p.Mends, parts})
	}
	text, _ := json.Marshal(members)
	return outbox.Digest(text)
}

func digestOfMembers(payments []ledger.Payment) string {
	d := newMemberDigest()
	for i := range payments {
		d.add(&payments[i])
	}
	return d.sum()
}

func TestTheMembersDigestIsThatOfTheFormula(t *testing.T) {
	texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "张大山", `清水"农商"银行`, "A\\1", "<b>&", "a\u2028b", "欧阳䶮𬱖", "坏\xff", "\t\x7f", "—"}))
	amounts := rapid.Map(rapid.Int64(), func(n int64) values.Fen { return values.Fen(n) })
	rapid.Check(t, func(t *rapid.T) {
		payments := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ledger.Payment {
			p := ledger.Payment{ID: 7, Batch: 3, Position: 1, Number: texts.Draw(t, "number"), Person: values.ResidentID(texts.Draw(t, "person")), Name: texts.Draw(t, "name"),
				PayoutBank: texts.Draw(t, "bank"), Account: values.Account(texts.Draw(t, "account")), Amount: amounts.Draw(t, "amount"), Mends: rapid.Int64().Draw(t, "mends")}
			for i := range rapid.IntRange(0, 3).Draw(t, "parts") {
				p.Parts = append(p.Parts, ledger.Part{Payment: 7, Quarter: values.Quarter{Year: 2026, Number: rapid.IntRange(1, 4).Draw(t, "quarter")},
					Loan:   values.Loan{Bank: texts.Draw(t, "lender"), Contract: texts.Draw(t, "contract")},
					Policy: texts.Draw(t, "policy") + string(rune('a'+i)),
					Shares: values.Shares{Central: amounts.Draw(t, "central"), Provincial: amounts.Draw(t, "provincial"), City: amounts.Draw(t, "city"), County: amounts.Draw(t, "county")},
					Facts:  texts.Draw(t, "facts")})
			}
			return p
		}), 0, 4).Draw(t, "payments")
		if got, want := digestOfMembers(payments), formula(payments); got != want {
			t.Fatalf("digest %s, the formula gives %s", got, want)
		}
	})
}

// The digest of one payment, worked out by sha256sum from the text written out.
func TestTheMembersDigestWrittenOut(t *testing.T) {
	q3 := values.Quarter{Year: 2026, Number: 3}
	p := ledger.Payment{ID: 1, Number: "2026Q3-01-00001", Person: "149901198001010014", Name: "张大山", PayoutBank: "清水农商银行", Account: "6228480000000012348", Amount: 440_83,
		Parts: []ledger.Part{{Payment: 1, Quarter: q3, Loan: values.Loan{Bank: "清水农商银行", Contract: "A1"}, Policy: "bangfu-2026", Shares: values.Shares{Central: 308_58, Provincial: 132_25}, Facts: "f"}}}
	// printf '%s' '[["2026Q3-01-00001","149901198001010014","张大山","清水农商银行","6228480000000012348","440.83",0,[{"Payment":0,"Quarter":"2026Q3","Loan":{"Bank":"清水农商银行","Contract":"A1"},"Policy":"bangfu-2026","Shares":{"central":"308.58","provincial":"132.25","city":"0.00","county":"0.00"},"Facts":"f"}]]]' | sha256sum
	const want = "68c1bcaff861cb36336c923b6dd58fc9b3eb0f2508d7daf848e82cef2b78e8dc"
	if got := digestOfMembers([]ledger.Payment{p}); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

// A county's batch is not held while it is named.
func TestAMemberIsNamedWithoutBeingHeld(t *testing.T) {
	p := ledger.Payment{Number: "2026Q3-01-00001", Person: "149901198001010014", Name: "张大山", PayoutBank: "清水农商银行", Account: "6228480000000012348", Amount: 440_83,
		Parts: []ledger.Part{{Loan: values.Loan{Bank: "清水农商银行", Contract: "A1"}, Policy: "bangfu-2026", Shares: values.Shares{Central: 440_83}}}}
	d := newMemberDigest()
	const atMost = 16 // the amounts' texts
	if got := testing.AllocsPerRun(1000, func() { d.add(&p) }); got > atMost {
		t.Errorf("a member allocates %.0f times, %d at most", got, atMost)
	}
	if len(d.text) > 1024 {
		t.Errorf("%d bytes are held", len(d.text))
	}
}
