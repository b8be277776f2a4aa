package pipeline

import (
	"testing"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// A person who left the roster and came back has two stretches; what changes
// after the return is the second one's.
func TestAChangeAfterAReturnLeavesTheFirstStretchAlone(t *testing.T) {
	day := values.MustDate
	row := func(taken, gone string, account values.Account) ledger.Person {
		p := ledger.Person{Household: "H1", Name: "王小明", FirstTaken: day(taken), Account: account}
		if gone != "" {
			p.GoneOn = day(gone)
		}
		return p
	}
	got := stretches([]ledger.Person{
		row("2025-01-01", "2025-04-01", "111"),
		row("2025-10-01", "2026-01-01", "222"),
		row("2026-01-01", "", "333"), // the same membership, another account
	})
	if len(got) != 2 || got[0].Account != "111" || got[0].Until != day("2025-04-01") || got[1].Account != "333" || got[1].Until.Known() {
		t.Fatalf("%+v", got)
	}
}
