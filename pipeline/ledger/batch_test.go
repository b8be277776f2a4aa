package ledger

import (
	"fmt"
	"slices"
	"testing"

	"tiexi/pipeline/values"
)

func TestLinesComeInTheOrderOfTheirKeys(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		f := statement(tx, q3, "甲.xlsx")
		var keys []int64
		for row, contract := range []string{"L1", "L2", "L3", "L4"} {
			keys = append(keys, add(tx, f, row, contract, "2026-06-21", "2026-09-20", "").Key)
		}
		var contracts []string
		for _, line := range must(tx.LinesOf([]int64{keys[3], keys[0], keys[2]})) {
			contracts = append(contracts, line.Contract)
		}
		if !slices.Equal(contracts, []string{"L4", "L1", "L3"}) {
			t.Error(contracts)
		}
		var outlines []int64
		do(tx.Outlines(q3, func(o Outline) error { outlines = append(outlines, o.Key); return nil }))
		if !slices.Equal(outlines, keys) {
			t.Errorf("outlines %v, want %v", outlines, keys)
		}
		return nil
	})
}

// Judging again replaces what stood, line by line, and takes away what is said of
// lines that stand no longer; the indexes are there at the end as before.
func TestJudgementsAreReplacedInBatches(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		old, f, other := statement(tx, q3, "旧.xlsx"), statement(tx, q3, "甲.xlsx"), statement(tx, q2, "前.xlsx")
		gone, one, two := add(tx, old, 1, "L9", "2026-06-21", "2026-09-20", ""), add(tx, f, 1, "L1", "2026-06-21", "2026-09-20", ""), add(tx, f, 2, "L2", "2026-06-21", "2026-09-20", "")
		then := add(tx, other, 1, "L1", "2026-03-21", "2026-06-20", "")
		judged := func(q values.Quarter, line *Line, code string) Judgement {
			return Judgement{Line: line.Key, Quarter: q, Outcome: values.Held, Household: "H", Findings: []values.Finding{{Code: code}}}
		}
		indexes := func() string {
			return fmt.Sprint(must(collect(tx, scanText, `SELECT name || ' ' || coalesce(sql, '') FROM sqlite_schema WHERE tbl_name = 'judgement' ORDER BY name`)))
		}
		before := indexes()
		batches := func(q values.Quarter, batches ...[]Judgement) {
			w := must(tx.JudgementWriter(q))
			for _, b := range batches {
				do(w.Replace(b))
			}
			do(w.Finish())
		}
		batches(q3, []Judgement{judged(q3, gone, "a")}, []Judgement{judged(q3, one, "b"), judged(q3, two, "c")})
		batches(q2, []Judgement{judged(q2, then, "d")})
		do(tx.RetireFile(old.ID, f.ID))
		batches(q3, []Judgement{judged(q3, two, "e")}, []Judgement{judged(q3, one, "f")})
		for q, want := range map[values.Quarter][]string{q2: {fmt.Sprint(then.Key, " d")}, q3: {fmt.Sprint(one.Key, " f"), fmt.Sprint(two.Key, " e")}} {
			var told []string
			do(tx.Findings(q, func(line int64, f values.Finding) error {
				told = append(told, fmt.Sprint(line, " ", f.Code))
				return nil
			}))
			if !slices.Equal(told, want) {
				t.Errorf("%s: %q, want %q", q, told, want)
			}
			if n := len(must(tx.Judgements(q))); n != len(told) {
				t.Errorf("%s: %d judgements", q, n)
			}
		}
		if after := indexes(); after != before {
			t.Errorf("the indexes were %s, are %s", before, after)
		}
		return nil
	})
}

// Of another quarter come the lines of the same loan, whoever has it, and those
// of the borrower's household.
func TestWhatAnotherQuarterAcceptedOfLoanAndHousehold(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		snapshots(tx, []Person{resident(1, "东村"), resident(2, "东村")})
		household := must(tx.PersonRows(resident(1, "东村").ID))[0].Household
		now, then := statement(tx, q3, "今.xlsx"), statement(tx, q2, "前.xlsx")
		if must(tx.JudgedElsewhere(q3)) {
			t.Error("nothing is judged yet")
		}
		put := func(f *File, row int, contract, household string, outcome values.Outcome) int64 {
			line := add(tx, f, row, contract, "2026-06-21", "2026-06-30", "")
			do(tx.PutJudgements([]Judgement{{Line: line.Key, Quarter: f.Quarter, Outcome: outcome, Household: household}}))
			return line.Key
		}
		put(then, 1, "L1", "another", values.Accepted)
		put(then, 2, "L1", "another", values.Returned)
		put(then, 3, "L2", household, values.Accepted)
		put(then, 4, "L3", "another", values.Accepted)
		if !must(tx.JudgedElsewhere(q3)) {
			t.Error("the quarter before is judged")
		}
		first := add(tx, now, 1, "L1", "2026-07-01", "2026-09-20", "")
		add(tx, now, 2, "L3", "2026-07-01", "2026-09-20", "")
		var told []string
		do(tx.AcceptedElsewhere(q3, []int64{first.Key}, func(a Accepted) error { told = append(told, a.Contract+" "+a.Household); return nil }))
		if want := []string{"L1 another", "L2 " + household}; !slices.Equal(told, want) {
			t.Errorf("%v, want %v", told, want)
		}
		return nil
	})
}

func TestTheReviewIsOfWhatWasFound(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		f := statement(tx, q3, "甲.xlsx")
		line := func(row int, j *Judgement) {
			l := add(tx, f, row, fmt.Sprint("L", row), "2026-06-21", "2026-09-20", "")
			if j != nil {
				j.Line, j.Quarter = l.Key, q3
				do(tx.PutJudgements([]Judgement{*j}))
			}
		}
		found := []values.Finding{{Code: "x"}}
		line(1, &Judgement{Outcome: values.Accepted})
		line(2, &Judgement{Outcome: values.Accepted, Findings: found})
		line(3, &Judgement{Outcome: values.Held, Findings: found})
		line(4, &Judgement{Outcome: values.Returned, Findings: found, Decision: 7})
		line(5, &Judgement{Outcome: values.Returned})
		line(6, nil)
		var rows []string
		for _, f := range must(tx.FoundLines(q3)) {
			rows = append(rows, fmt.Sprint(f.Row, " ", f.Contract, " ", f.Outcome, " ", f.Decision, " ", f.File))
		}
		if want := []string{"2 L2 accepted 0 甲.xlsx", "3 L3 held 0 甲.xlsx", "4 L4 returned 7 甲.xlsx", "5 L5 returned 0 甲.xlsx"}; !slices.Equal(rows, want) {
			t.Errorf("%q", rows)
		}
		sheets := must(tx.SheetTallies(q3))
		if len(sheets) != 1 || sheets[0].Lines != 6 || sheets[0].Accepted != 2 || sheets[0].Held != 1 || sheets[0].Balance != 6*5_000_000 || sheets[0].Bank != bank {
			t.Errorf("%+v", sheets)
		}
		return nil
	})
}
