package ledger

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

var rosterDays = []values.Date{values.MustDate("2026-01-01"), values.MustDate("2026-04-01"), values.MustDate("2026-07-01"), values.MustDate("2026-10-01")}

func resident(n int, village string) Person {
	return Person{Household: fmt.Sprint("H", n), Name: "王小明", ID: person(n), Township: "城关镇", Village: village, Joined: values.MustDate("2020-01-01"),
		PayoutBank: bank, Account: "6228480000000012348"}
}

func snapshots(tx *Tx, rosters ...[]Person) {
	have := len(must(tx.Snapshots()))
	for i, persons := range rosters {
		n := have + i
		do(importRoster(tx, Snapshot{Digest: fmt.Sprint("roster ", n), Name: "名单.xlsx", TakenOn: rosterDays[n]}, persons...))
	}
}

// stood gives a resident with the days between which a row stood so.
func stood(p Person, first, last, gone int) Person {
	p.FirstTaken, p.LastTaken = rosterDays[first], rosterDays[last]
	if gone >= 0 {
		p.GoneOn = rosterDays[gone]
	}
	return p
}

func TestARowIsKeptForAsLongAsItStands(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		stays, leaves, comes, moves, returns := resident(1, "东村"), resident(2, "东村"), resident(3, "东村"), resident(4, "东村"), resident(5, "东村")
		moved := resident(4, "西村")
		snapshots(tx, []Person{stays, leaves, moves, returns}, []Person{stays, moved, comes}, []Person{returns, comes, stays, moves})
		for _, c := range []struct {
			what string
			id   values.ResidentID
			want []Person
		}{
			{"stays", stays.ID, []Person{stood(stays, 0, 2, -1)}},
			{"leaves", leaves.ID, []Person{stood(leaves, 0, 0, 1)}},
			{"comes", comes.ID, []Person{stood(comes, 1, 2, -1)}},
			{"moves away and back", moves.ID, []Person{stood(moves, 0, 0, 1), stood(moved, 1, 1, 2), stood(moves, 2, 2, -1)}},
			{"returns", returns.ID, []Person{stood(returns, 0, 0, 1), stood(returns, 2, 2, -1)}},
			{"never there", person(9), nil},
		} {
			if diff := cmp.Diff(c.want, must(tx.PersonRows(c.id)), whole...); diff != "" {
				t.Errorf("somebody who %s: %s", c.what, diff)
			}
		}
		var now []string
		do(tx.persons(func(p Person) error { now = append(now, p.Household+p.Village); return nil }, `WHERE p.last_snapshot = (SELECT max(id) FROM snapshot) ORDER BY p.household, p.id`))
		if want := []string{"H1东村", "H3东村", "H4东村", "H5东村"}; !slices.Equal(now, want) {
			t.Errorf("the newest roster has %v, want %v", now, want)
		}
		return nil
	})
	db := plain(t, l.Path())
	if rows := texts(t, db, `SELECT count(*) FROM person`)[0]; rows != "8" { // of 11 in the three files
		t.Errorf("%s rows are kept", rows)
	}
	if counts := texts(t, db, `SELECT persons FROM snapshot ORDER BY id`); !slices.Equal(counts, []string{"4", "3", "4"}) {
		t.Errorf("the files had %v rows", counts)
	}
}

// The roster as it stood: by its newest snapshot of the day, without who came
// later or had left; before the first one, by that.
func TestHouseholdsOnTheRosterByTownship(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		mother, son, far, leaves, late := resident(1, "东村"), resident(2, "东村"), resident(3, "西村"), resident(4, "东村"), resident(5, "东村")
		son.Household, far.Township = mother.Household, "河口镇"
		leaves.Left, late.Joined = values.MustDate("2026-03-01"), values.MustDate("2026-05-01")
		moved := far
		moved.Township = "城关镇"
		snapshots(tx, []Person{mother, son, far, leaves, late}, []Person{mother, far}, []Person{mother, son, moved})
		for _, c := range []struct {
			on   string
			want map[string]int
		}{
			{"2025-12-31", map[string]int{"城关镇": 2, "河口镇": 1}}, // H1, H4
			{"2026-02-28", map[string]int{"城关镇": 2, "河口镇": 1}},
			{"2026-03-01", map[string]int{"城关镇": 1, "河口镇": 1}}, // H4 has left
			{"2026-04-01", map[string]int{"城关镇": 1, "河口镇": 1}},
			{"2026-07-01", map[string]int{"城关镇": 2}}, // H3 has moved
		} {
			if diff := cmp.Diff(c.want, must(tx.RosterHouseholds(values.MustDate(c.on)))); diff != "" {
				t.Errorf("%s: %s", c.on, diff)
			}
		}
		return nil
	})
}

var whole = []cmp.Option{cmp.Comparer(func(a, b values.ResidentID) bool { return a == b }), cmp.Comparer(func(a, b values.Account) bool { return a == b })}

func TestEveryWordOfARowCounts(t *testing.T) {
	base := Person{Household: "H1", Name: "王小明", ID: person(1), Township: "城关镇", Village: "东村", Joined: 1, Left: 2, PayoutBank: bank, Account: "1"}
	for what, change := range map[string]func(*Person){
		"household": func(p *Person) { p.Household = "H2" }, "name": func(p *Person) { p.Name = "王晓明" }, "id": func(p *Person) { p.ID = person(2) },
		"township": func(p *Person) { p.Township = "河口镇" }, "village": func(p *Person) { p.Village = "西村" }, "joined": func(p *Person) { p.Joined = 0 },
		"left": func(p *Person) { p.Left = 3 }, "payout bank": func(p *Person) { p.PayoutBank = "" }, "account": func(p *Person) { p.Account = "2" },
		"two words that change places": func(p *Person) { p.Township, p.Village = p.Village, p.Township },
	} {
		l := newLedger(t)
		write(t, l, func(tx *Tx) error {
			changed := base
			change(&changed)
			snapshots(tx, []Person{base}, []Person{changed}, []Person{changed})
			want := []Person{stood(base, 0, 0, 1), stood(changed, 1, 2, -1)}
			rows := must(tx.PersonRows(base.ID))
			if changed.ID != base.ID {
				rows = append(rows, must(tx.PersonRows(changed.ID))...)
			}
			if diff := cmp.Diff(want, rows, whole...); diff != "" {
				t.Errorf("%s changes: %s", what, diff)
			}
			return nil
		})
	}
}

func TestRostersComeInOrderAndOnce(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error { snapshots(tx, []Person{resident(1, "东村")}, nil); return nil })
	for what, s := range map[string]Snapshot{
		"an older one":       {Digest: "x", TakenOn: rosterDays[1] - 1},
		"the same file":      {Digest: "roster 0", TakenOn: rosterDays[2]},
		"the same one again": {Digest: "roster 1", TakenOn: rosterDays[1]},
	} {
		if err := l.Write(t.Context(), today, "x", func(tx *Tx) error { return importRoster(tx, s) }); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
	write(t, l, func(tx *Tx) error {
		return importRoster(tx, Snapshot{Digest: "x", Name: "n", TakenOn: rosterDays[1]})
	}) // of the same day
	look(t, l, func(tx *Tx) error {
		if last := must(tx.Snapshots())[2]; last.Digest != "x" || last.TakenOn != rosterDays[1] || last.ReadOn != today || last.Persons != 0 {
			t.Errorf("it is kept as %+v", last)
		}
		return nil
	})
}

// Whatever the files said, each of them can be told from the rows again, twins
// included.
func TestEveryRosterCanBeReadBack(t *testing.T) {
	l := newLedger(t)
	rapid.Check(t, func(rt *rapid.T) {
		row := rapid.Custom(func(rt *rapid.T) Person {
			return resident(rapid.IntRange(1, 4).Draw(rt, "n"), rapid.SampledFrom([]string{"东村", "西村"}).Draw(rt, "village"))
		})
		rosters := rapid.SliceOfN(rapid.SliceOfN(row, 0, 6), 1, 4).Draw(rt, "rosters")
		err := l.Write(t.Context(), today, "x", func(tx *Tx) error {
			snapshots(tx, rosters...)
			for i, roster := range rosters {
				var want, got []string
				for _, p := range roster {
					want = append(want, p.Household+p.Village)
				}
				for n := range 5 {
					for _, p := range must(tx.PersonRows(person(n))) {
						if p.FirstTaken <= rosterDays[i] && rosterDays[i] <= p.LastTaken {
							got = append(got, p.Household+p.Village)
						}
						if p.GoneOn.Known() != (p.LastTaken < rosterDays[len(rosters)-1]) || p.GoneOn.Known() && p.GoneOn != rosterDays[slices.Index(rosterDays, p.LastTaken)+1] {
							rt.Fatalf("last seen on %s and gone on %s", p.LastTaken, p.GoneOn)
						}
					}
				}
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(want, got) {
					rt.Fatalf("roster %d was %v and is %v", i, want, got)
				}
			}
			return errBack
		})
		if err != errBack {
			rt.Fatal(err)
		}
	})
}

func TestTheRosterOfTheBorrowersOfLines(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		snapshots(tx, []Person{resident(1, "东村"), resident(2, "东村"), resident(3, "东村")}, []Person{resident(2, "东村"), resident(1, "西村")})
		f := statement(tx, q3, "甲.xlsx")
		line := add(tx, f, 1, "L1", "2026-06-21", "2026-09-20", "")
		add(tx, f, 2, "L2", "2026-06-21", "2026-09-20", "")
		var rows []Person
		do(tx.PersonsOnLines([]int64{line.Key}, func(p Person) error { rows = append(rows, p); return nil }))
		if diff := cmp.Diff([]Person{stood(resident(1, "东村"), 0, 0, 1), stood(resident(1, "西村"), 1, 1, -1)}, rows, whole...); diff != "" {
			t.Error(diff)
		}
		return nil
	})
}
