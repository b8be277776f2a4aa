package ledger

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

// chained is a ledger of five entries whose triggers are gone: the file can be
// edited as somebody with a database tool would.
func chained(t *testing.T) *Ledger {
	t.Helper()
	l := newLedger(t)
	for n, day := range []string{"2026-09-20", "2026-09-21", "2026-09-21", "2026-10-08", "2026-11-01"} {
		err := l.Write(t.Context(), values.MustDate(day), "张会计", func(tx *Tx) error {
			return tx.Record("approve", fmt.Sprintf("2026Q3-%02d", n), map[string]int{"total": n})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	untie(t, plain(t, l.Path()))
	return l
}

// tampered runs SQL, looks at the log and takes the SQL back.
func tampered(t *testing.T, l *Ledger, see func(tx *Tx), queries ...string) {
	t.Helper()
	err := l.Write(t.Context(), today, "x", func(tx *Tx) error {
		for _, query := range queries {
			result, err := tx.tx.Exec(query)
			if err != nil {
				t.Fatalf("%s: %v", query, err)
			}
			if rows, _ := result.RowsAffected(); rows == 0 {
				t.Fatalf("%s does nothing", query)
			}
		}
		see(tx)
		return errBack
	})
	if err != errBack {
		t.Fatal(err)
	}
}

func brokenAt(t *testing.T, tx *Tx, seq int64, what string) {
	t.Helper()
	_, err := tx.VerifyChain()
	var broken *BrokenChain
	if !errors.As(err, &broken) || broken.Seq != seq {
		t.Errorf("%s: %v, want entry %d", what, err, seq)
	}
}

func TestAnUntouchedLogIsSound(t *testing.T) {
	l := newLedger(t)
	look(t, l, func(tx *Tx) error {
		if n, err := tx.VerifyChain(); n != 0 || err != nil || must(tx.Head()) != NoHead || !must(tx.HasEntry(NoHead)) {
			t.Errorf("an empty log: %d, %v", n, err)
		}
		return nil
	})
	l = chained(t)
	look(t, l, func(tx *Tx) error {
		if n, err := tx.VerifyChain(); n != 5 || err != nil {
			t.Errorf("%d entries, %v", n, err)
		}
		var entries []Entry
		do(tx.Entries(func(e Entry) error { entries = append(entries, e); return nil }))
		want := Entry{Seq: 4, On: values.MustDate("2026-10-08"), Operator: "张会计", Action: "approve", Subject: "2026Q3-03", Detail: `{"total":3}`,
			Previous: entries[2].Hash, Hash: entries[3].Hash}
		if diff := cmp.Diff(want, entries[3]); diff != "" {
			t.Error(diff)
		}
		if must(tx.Head()) != entries[4].Hash || must(tx.HasEntry("feed")) {
			t.Error("the head is not the last entry")
		}
		for _, e := range entries {
			if !must(tx.HasEntry(e.Hash)) {
				t.Errorf("entry %d is not found by its hash", e.Seq)
			}
		}
		return nil
	})
}

// Every byte of every entry, changed: the log names the entry.
func TestAChangedByteIsFound(t *testing.T) {
	l := chained(t)
	for _, column := range []string{"on_day", "operator", "action", "subject", "detail", "previous", "hash"} {
		for seq := int64(1); seq <= 5; seq++ {
			err := l.Write(t.Context(), today, "x", func(tx *Tx) error {
				text := must(collect(tx, scanText, `SELECT `+column+` FROM audit WHERE seq = ?`, seq))[0]
				for i := range len(text) {
					for _, flipped := range []byte{text[i] ^ 1, text[i] ^ 0x20} { // the second turns the case of a letter
						_ = tx.Try(func() error {
							do(tx.exec(fmt.Sprintf(`UPDATE audit SET %s = ? WHERE seq = ?`, column), text[:i]+string([]byte{flipped})+text[i+1:], seq))
							brokenAt(t, tx, seq, fmt.Sprintf("%s, byte %d of entry %d", column, i, seq))
							return errBack
						})
					}
				}
				return errBack
			})
			if err != errBack || t.Failed() {
				t.Fatal(err)
			}
		}
	}
}

func TestRemovedSwappedAndInsertedEntriesAreFound(t *testing.T) {
	l := chained(t)
	for what, c := range map[string]struct {
		seq     int64
		queries []string
	}{
		"the first is removed":           {1, []string{`DELETE FROM audit WHERE seq = 1`}},
		"one in the middle is removed":   {3, []string{`DELETE FROM audit WHERE seq = 3`}},
		"removed and the rest moved up":  {3, []string{`DELETE FROM audit WHERE seq = 3`, `UPDATE audit SET seq = seq - 1 WHERE seq > 3`}},
		"two are swapped":                {2, []string{`UPDATE audit SET seq = 99 WHERE seq = 2`, `UPDATE audit SET seq = 2 WHERE seq = 3`, `UPDATE audit SET seq = 3 WHERE seq = 99`}},
		"an entry is doubled at the end": {6, []string{`INSERT INTO audit SELECT 6, on_day, operator, action, subject, detail, previous, 'x' FROM audit WHERE seq = 5`}},
		"one is put before the first":    {1, []string{`INSERT INTO audit SELECT 0, on_day, operator, action, subject, detail, previous, 'x' FROM audit WHERE seq = 1`}},
		"a number is left out":           {5, []string{`UPDATE audit SET seq = 7 WHERE seq = 5`}},
		"removed and linked anew":        {3, []string{`DELETE FROM audit WHERE seq = 3`, `UPDATE audit SET previous = (SELECT hash FROM audit WHERE seq = 2), seq = 3 WHERE seq = 4`, `UPDATE audit SET seq = 4 WHERE seq = 5`}},
	} {
		tampered(t, l, func(tx *Tx) { brokenAt(t, tx, c.seq, what) }, c.queries...)
	}
}

// An entry put in between with a hash of its own fits what stands before it,
// and breaks what stands behind.
func TestAForgedEntryBreaksTheNext(t *testing.T) {
	l := chained(t)
	tampered(t, l, func(tx *Tx) {
		entries := all(tx)
		forged := Entry{Seq: 3, On: today, Operator: "x", Action: "forged", Detail: "{}", Previous: entries[1].Hash}
		insert(tx, forged)
		brokenAt(t, tx, 4, "a forged entry")
	}, `UPDATE audit SET seq = -seq - 1 WHERE seq > 2`, `UPDATE audit SET seq = -seq WHERE seq < 0`)
}

// What the chain alone cannot see, the heads printed on approval sheets and
// manifests tell: a log whose tail was cut, and one forged to its end.
func TestAnOldHeadTellsOfACutTail(t *testing.T) {
	l := chained(t)
	var printed, older string
	look(t, l, func(tx *Tx) error { printed, older = must(tx.Head()), all(tx)[2].Hash; return nil })
	tampered(t, l, func(tx *Tx) {
		if n, err := tx.VerifyChain(); n != 4 || err != nil {
			t.Errorf("a cut log is sound in itself: %d entries, %v", n, err)
		}
		if must(tx.HasEntry(printed)) || !must(tx.HasEntry(older)) {
			t.Error("the head that was printed is still found, or an older one is not")
		}
	}, `DELETE FROM audit WHERE seq = 5`)
	tampered(t, l, func(tx *Tx) {
		entries := all(tx)
		do(tx.exec(`DELETE FROM audit WHERE seq >= 4`))
		for _, e := range entries[3:] { // everything from entry 4 on is made anew
			e.Operator, e.Previous = "another", must(tx.Head())
			insert(tx, e)
		}
		if n, err := tx.VerifyChain(); n != 5 || err != nil {
			t.Errorf("a forged log is sound in itself: %d entries, %v", n, err)
		}
		if must(tx.HasEntry(printed)) || !must(tx.HasEntry(older)) {
			t.Error("the head that was printed is still found, or an older one is not")
		}
	}, `UPDATE audit SET detail = detail`)
}

func all(tx *Tx) (entries []Entry) {
	do(tx.Entries(func(e Entry) error { entries = append(entries, e); return nil }))
	return entries
}

func insert(tx *Tx, e Entry) {
	e.Hash = e.sum()
	do(tx.exec(`INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, e.Seq, e.On.String(), e.Operator, e.Action, e.Subject, e.Detail, e.Previous, e.Hash))
}

// No text can move from one field to the next and keep the hash.
func TestTwoEntriesHaveTwoHashes(t *testing.T) {
	text := rapid.StringMatching(`[0-9:\n ab]{0,4}`)
	entry := rapid.Custom(func(t *rapid.T) Entry {
		return Entry{Seq: rapid.Int64Range(1, 3).Draw(t, "seq"), On: values.Date(rapid.Int32Range(0, 2).Draw(t, "on")), Operator: text.Draw(t, "operator"),
			Action: text.Draw(t, "action"), Subject: text.Draw(t, "subject"), Detail: text.Draw(t, "detail"), Previous: text.Draw(t, "previous")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := entry.Draw(t, "a"), entry.Draw(t, "b")
		if (a == b) != (a.sum() == b.sum()) {
			t.Fatalf("%+v and %+v", a, b)
		}
		moved := a
		moved.Action, moved.Subject = a.Action+a.Subject, ""
		if moved != a && moved.sum() == a.sum() {
			t.Fatalf("%+v and %+v", a, moved)
		}
		if len(a.sum()) != 64 || strings.ToLower(a.sum()) != a.sum() {
			t.Fatalf("the hash is %s", a.sum())
		}
	})
}
