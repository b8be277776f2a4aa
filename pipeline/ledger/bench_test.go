package ledger

import (
	"fmt"
	"testing"

	"tiexi/pipeline/values"
)

// someLines are lines as a statement of 24 columns has them, of n loans.
func someLines(file int64, n int) []Line {
	lines := make([]Line, n)
	for i := range lines {
		lines[i] = Line{FileID: file, Quarter: q3, Line: values.Line{
			Place: values.Place{Row: i + 2}, Bank: bank, Contract: fmt.Sprintf("HT%08d", i), Borrower: "王建国", ID: values.ResidentID(fmt.Sprintf("1499011980%08d", i)),
			Balance: 5_000_000, Rate: values.MustRate("3.45"), Disbursed: values.MustDate("2026-04-01"), Matures: values.MustDate("2028-04-01"), Paid: 44_083,
			From: values.MustDate("2026-06-21"), To: values.MustDate("2026-09-20"), Days: 92, Due: 44_083, Amount: 5_000_000, Purpose: "养羊", Guarantee: "信用",
			Class: "正常", Product: "帮扶小额信贷", Township: "第1乡", Village: "第1村", PayoutBank: bank, Account: values.Account(fmt.Sprintf("621499%013d", i))}}
	}
	return lines
}

func withLines(tb testing.TB, n int, do func(tx *Tx, lines []Line) error) {
	tb.Helper()
	l := newLedger(tb)
	err := l.Write(tb.Context(), today, "张会计", func(tx *Tx) error {
		file := File{Digest: fmt.Sprintf("%064d", n), Name: "a.xlsx", Kind: KindStatement, Bank: bank, Quarter: q3}
		if err := tx.AddFile(&file); err != nil {
			return err
		}
		if err := tx.AddSheet(Sheet{FileID: file.ID, Name: "Sheet1"}); err != nil {
			return err
		}
		return do(tx, someLines(file.ID, n))
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func addAll(tx *Tx, lines []Line) error {
	writer, err := tx.LineWriter()
	if err != nil {
		return err
	}
	for i := range lines {
		if err := writer.Add(&lines[i]); err != nil {
			return err
		}
	}
	return writer.Flush()
}

// BenchmarkStore puts 2,000 lines of 31 columns into the ledger and reads them.
func BenchmarkStore(b *testing.B) {
	const n = 2_000
	for _, part := range []string{"lines", "lines read", "persons"} {
		b.Run(part, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				withLines(b, n, func(tx *Tx, lines []Line) error {
					switch part {
					case "lines":
						b.StartTimer()
						defer b.StopTimer()
						return addAll(tx, lines)
					case "persons":
						persons := make([]Person, n)
						for i := range persons {
							persons[i] = Person{Household: fmt.Sprint("户", i), Name: "王建国", ID: lines[i].ID, Township: "第1乡", Village: "第1村", Account: lines[i].Account}
						}
						b.StartTimer()
						defer b.StopTimer()
						return tx.AddSnapshot(Snapshot{Digest: "r", Name: "roster.xlsx", TakenOn: today}, persons)
					}
					if err := addAll(tx, lines); err != nil {
						return err
					}
					b.StartTimer()
					defer b.StopTimer()
					return tx.Lines(q3, func(*Line) error { return nil })
				})
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
		})
	}
}

// What a row may allocate, so that nothing on these paths becomes slow unseen.
func TestRowsAllocateLittle(t *testing.T) {
	const n = 500
	perRow := func(do func()) float64 { return testing.AllocsPerRun(1, do) / n }
	withLines(t, 3*n, func(tx *Tx, lines []Line) error {
		var err error
		rest := lines
		if got := perRow(func() { err = addAll(tx, rest[:n]); rest = rest[n:] }); got > 56 || err != nil {
			t.Errorf("storing a line allocates %.0f times, 56 at most (%v)", got, err)
		}
		read := 0
		if got := perRow(func() {
			tx.kept.forgetAll()
			err = tx.Lines(q3, func(*Line) error { read++; return nil })
		}) / 2; got > 70 || err != nil || read == 0 { // AllocsPerRun has run both 500 and warmed up with 500
			t.Errorf("reading a line allocates %.0f times, 70 at most (%v, %d read)", got, err, read)
		}
		return nil
	})
}
