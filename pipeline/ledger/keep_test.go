package ledger

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tiexi/pipeline/values"
)

// answers are what the queries say whose answers are kept.
func answers(tx *Tx) map[string]string {
	said := map[string]string{}
	say := func(what string, answer any) { said[what] = string(must(json.Marshal(answer))) }
	for _, q := range []values.Quarter{q2, q3} {
		say("entitlements "+q.String(), must(tx.Entitlements(q)))
		say("judgements "+q.String(), must(tx.Judgements(q)))
		say("counts "+q.String(), must(tx.LineCounts(q)))
		say("findings "+q.String(), must(tx.FindingTallies(q)))
		say("mark of lists "+q.String(), must(tx.MarkLists(q)))
		say("payments "+q.String(), must(tx.Payments(q)))
		say("live parts "+q.String(), liveParts(tx, q))
		say("lines "+q.String(), must(Keep(tx, "lines", q, []string{"line", "file", "sheet"}, func() (lines []*Line, err error) {
			err = tx.Lines(q, func(l *Line) error { lines = append(lines, l); return nil })
			return lines, err
		})))
	}
	say("mark of payments", must(tx.MarkPayments()))
	return said
}

// anew asks as if nothing were kept.
func anew(tx *Tx) map[string]string {
	bare := *tx
	bare.kept = &kept{}
	bare.kept.forgetAll()
	return answers(&bare)
}

func sameAnswers(t *testing.T, tx *Tx, when string) {
	t.Helper()
	if diff := cmp.Diff(anew(tx), answers(tx)); diff != "" {
		t.Errorf("%s, what is kept is stale: %s", when, diff)
	}
}

func TestWhatIsKeptIsWhatTheTablesSay(t *testing.T) {
	l := newLedger(t)
	for _, step := range life() {
		write(t, l, func(tx *Tx) error {
			answers(tx) // kept from here
			step.do(tx)
			sameAnswers(t, tx, step.what)
			return nil
		})
		look(t, l, func(tx *Tx) error { sameAnswers(t, tx, "after the commit: "+step.what); return nil })
		_ = l.Write(context.Background(), today, "x", func(tx *Tx) error { // and something that is taken back
			do(tx.exec(`UPDATE line SET tranche = 'x'`), tx.exec(`UPDATE judgement SET payee = 'x'`), tx.exec(`UPDATE payment SET reason = 'x' WHERE state IN ('draft', 'approved', 'sent')`))
			answers(tx)
			return errBack
		})
		look(t, l, func(tx *Tx) error { sameAnswers(t, tx, "after a rollback: "+step.what); return nil })
	}
}

func TestWhatIsTriedAndTakenBackIsNotKept(t *testing.T) {
	l, _ := county(t)
	write(t, l, func(tx *Tx) error {
		answers(tx)
		_ = tx.Try(func() error {
			do(tx.exec(`UPDATE line SET tranche = 'x'`))
			answers(tx)
			return errBack
		})
		sameAnswers(t, tx, "inside the transaction")
		return nil
	})
}

func TestWhatOthersWriteIsNoticed(t *testing.T) {
	l, db := county(t)
	for _, query := range []string{`UPDATE line SET tranche = 'x'`, `UPDATE judgement SET payee = 'x'`, `UPDATE payment SET state = 'failed' WHERE number = 'sent'`} {
		look(t, l, func(tx *Tx) error { answers(tx); return nil })
		run(t, db, query)
		look(t, l, func(tx *Tx) error { sameAnswers(t, tx, "after "+query); return nil })
	}
}

func TestAskingBetweenTwoLinesIsNoticed(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		f := statement(tx, q3, "甲.xlsx")
		writer := must(tx.LineWriter(f))
		for row := range 3 {
			must(writer.Add(0, NewLineRow(&values.Line{Place: values.Place{Row: row}, Contract: "L1", Rate: values.MustRate("3")})))
			do(writer.Flush())
			sameAnswers(t, tx, "between two lines")
		}
		return nil
	})
}
