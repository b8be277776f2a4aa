package ledger

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

func TestEntitlementsAreReplacedAndTheirHistoryKept(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		line := add(tx, statement(tx, q3, "甲.xlsx"), 1, "L1", "2026-06-21", "2026-09-20", values.Accepted).Key
		due := func(contract string, central values.Fen) Entitlement {
			return entitled(contract, "bangfu", values.Shares{Central: central, County: 1}, line)
		}
		at := [][]Entitlement{
			{due("A", 100), due("B", 50)},
			{due("A", 100), due("B", 60), due("C", 10)},
			{due("A", 100), due("B", 60), due("C", 10)},
			{due("B", 60), due("C", 10)},
		}
		moves := [][]string{{"A", "B"}, {"B", "C"}, nil, {"A"}}
		for n, now := range at {
			moved := must(tx.ReplaceEntitlements(q3, int64(n+1), now))
			var contracts []string
			for _, loan := range slices.SortedFunc(maps.Keys(moved), values.Loan.Compare) {
				contracts = append(contracts, loan.Contract)
			}
			if !slices.Equal(contracts, moves[n]) {
				t.Errorf("stage %d moved %v, want %v", n+1, contracts, moves[n])
			}
			if diff := cmp.Diff(now, must(tx.Entitlements(q3))); diff != "" {
				t.Error(diff)
			}
		}
		if got, want := must(tx.SubsidySums(q3)), (values.Shares{Central: 70, County: 2}); got != want {
			t.Errorf("the quarter's sums are %v", got)
		}
		if got := must(tx.SubsidySums(q4)); !got.IsZero() {
			t.Errorf("a quarter without any has %v", got)
		}
		for stage, want := range map[int64]string{0: "[]", 1: "[A:101 B:51]", 2: "[A:101 B:61 C:11]", 3: "[A:101 B:61 C:11]", 4: "[A:0 B:61 C:11]", 99: "[A:0 B:61 C:11]"} {
			var then []string
			for _, e := range must(tx.EntitlementsAt(q3, stage)) {
				then = append(then, fmt.Sprintf("%s:%d", e.Loan.Contract, e.Shares.Total()))
			}
			if fmt.Sprint(then) != want {
				t.Errorf("after stage %d: %v, want %s", stage, then, want)
			}
		}
		return nil
	})
	if n := texts(t, plain(t, l.Path()), `SELECT count(*) FROM entitlement_change`)[0]; n != "5" { // A B, B C, A
		t.Errorf("%s changes are kept", n)
	}
}

// After any sequence of computations every earlier one can be told again, and
// the history holds nothing but changes.
func TestEveryComputationCanBeToldAgain(t *testing.T) {
	l := newLedger(t)
	var line int64
	write(t, l, func(tx *Tx) error {
		line = add(tx, statement(tx, q3, "甲.xlsx"), 1, "L1", "2026-06-21", "2026-09-20", "").Key
		return nil
	})
	type key struct{ contract, policy string }
	rapid.Check(t, func(rt *rapid.T) {
		state := rapid.MapOfN(rapid.Custom(func(rt *rapid.T) key {
			return key{rapid.SampledFrom([]string{"A", "B"}).Draw(rt, "contract"), rapid.SampledFrom([]string{"bangfu", "tuopin"}).Draw(rt, "policy")}
		}), rapid.Custom(func(rt *rapid.T) values.Shares {
			share := rapid.Map(rapid.IntRange(-1, 2), func(n int) values.Fen { return values.Fen(n) })
			return values.Shares{Central: share.Draw(rt, "central"), Provincial: share.Draw(rt, "provincial"), City: share.Draw(rt, "city"), County: share.Draw(rt, "county")}
		}), 0, 4)
		states := rapid.SliceOfN(state, 1, 5).Draw(rt, "states")
		err := l.Write(t.Context(), today, "x", func(tx *Tx) error {
			changes := 0
			previous := map[key]values.Shares{}
			for n, now := range states {
				var list []Entitlement
				wantMoved := map[values.Loan]bool{}
				for k, shares := range now {
					list = append(list, entitled(k.contract, k.policy, shares, line))
					if old, known := previous[k]; !known || old != shares {
						changes++
						wantMoved[loan(k.contract)] = true
					}
				}
				for k := range previous {
					if _, stays := now[k]; !stays {
						changes++
						wantMoved[loan(k.contract)] = true
					}
				}
				previous = now
				if moved := must(tx.ReplaceEntitlements(q3, int64(n+1), list)); !maps.Equal(moved, wantMoved) {
					rt.Fatalf("stage %d moved %v, want %v", n+1, moved, wantMoved)
				}
			}
			for n, want := range states {
				got := map[key]values.Shares{}
				for _, e := range must(tx.EntitlementsAt(q3, int64(n+1))) {
					if !e.Shares.IsZero() { // what is gone is told as nothing
						got[key{e.Loan.Contract, e.Policy}] = e.Shares
					}
				}
				want = maps.Clone(want)
				maps.DeleteFunc(want, func(_ key, s values.Shares) bool { return s.IsZero() })
				if !maps.Equal(got, want) {
					rt.Fatalf("stage %d computed %v, told again as %v", n+1, want, got)
				}
			}
			if kept := must(collect(tx, scanInt, `SELECT count(*) FROM entitlement_change`))[0]; kept != int64(changes) {
				rt.Fatalf("%d rows of history for %d changes", kept, changes)
			}
			return errBack
		})
		if err != errBack {
			rt.Fatal(err)
		}
	})
}

func TestAHouseholdsLinesOfAllQuartersAreGiven(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		now, then := statement(tx, q3, "今.xlsx"), statement(tx, q2, "前.xlsx")
		put := func(f *File, row int, contract, household string, outcome values.Outcome) {
			line := add(tx, f, row, contract, "2026-06-21", "2026-06-30", "")
			do(tx.PutJudgements([]Judgement{{Line: line.Key, Quarter: f.Quarter, Outcome: outcome, Household: household, ExtensionBarred: household == "H2"}}))
		}
		put(now, 1, "L1", "H2", values.Accepted)
		put(now, 2, "L2", "H1", values.Accepted)
		put(now, 3, "L3", "H1", values.Held)
		put(then, 4, "L4", "H1", values.Accepted)
		put(then, 5, "L5", "H3", values.Accepted)
		put(then, 6, "L6", "H2", values.Returned)
		put(then, 7, "L7", "H2", values.Accepted)
		tell := func(household string) (told []string) {
			do(tx.SettledTogether(q3, household, func(a Accepted) error {
				told = append(told, fmt.Sprint(a.Household, " ", a.Contract, " ", a.Quarter == q3, " ", a.ExtensionBarred))
				return nil
			}))
			slices.Sort(told)
			return told
		}
		if got, want := tell(""), []string{"H1 L2 true false", "H1 L4 false false", "H2 L1 true true", "H2 L7 false true"}; !slices.Equal(got, want) {
			t.Errorf("all: %v, want %v", got, want)
		}
		if got, want := tell("H1"), []string{"H1 L2 true false", "H1 L4 false false"}; !slices.Equal(got, want) {
			t.Errorf("one: %v, want %v", got, want)
		}
		if got := tell("H3"); got != nil { // nothing of it in this quarter
			t.Errorf("another quarter's: %v", got)
		}
		return nil
	})
}
