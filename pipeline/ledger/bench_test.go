package ledger

import (
	"fmt"
	"strings"
	"testing"

	"tiexi/pipeline/values"
)

// someLines are lines as a statement of 24 columns has them, of n loans.
func someLines(n int) []values.Line {
	lines := make([]values.Line, n)
	for i := range lines {
		lines[i] = values.Line{
			Place: values.Place{Row: i + 2}, Bank: bank, Contract: fmt.Sprintf("HT%08d", i), Borrower: "王建国", ID: values.ResidentID(fmt.Sprintf("1499011980%08d", i)),
			Balance: 5_000_000, Rate: values.MustRate("3.45"), Disbursed: values.MustDate("2026-04-01"), Matures: values.MustDate("2028-04-01"), Paid: 44_083,
			From: values.MustDate("2026-06-21"), To: values.MustDate("2026-09-20"), Days: 92, Due: 44_083, Amount: 5_000_000, Purpose: "养羊", Guarantee: "信用",
			Class: "正常", Product: "帮扶小额信贷", Township: "第1乡", Village: "第1村", PayoutBank: bank, Account: values.Account(fmt.Sprintf("621499%013d", i))}
	}
	return lines
}

func someRows(lines []values.Line) []LineRow {
	rows := make([]LineRow, len(lines))
	for i := range lines {
		rows[i] = NewLineRow(&lines[i])
	}
	return rows
}

func withFile(tb testing.TB, do func(tx *Tx, file *File) error) {
	tb.Helper()
	l := newLedger(tb)
	err := l.Write(tb.Context(), today, "张会计", func(tx *Tx) error {
		file := File{Digest: strings.Repeat("0", 64), Name: "a.xlsx", Kind: KindStatement, Bank: bank, Quarter: q3}
		if err := tx.AddFile(&file); err != nil {
			return err
		}
		if err := tx.AddSheet(Sheet{FileID: file.ID, Name: "Sheet1"}); err != nil {
			return err
		}
		return do(tx, &file)
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func addAll(tx *Tx, file *File, lines []LineRow) error {
	writer, err := tx.LineWriter(file)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if _, err := writer.Add(0, l); err != nil {
			return err
		}
	}
	return writer.Flush()
}

// BenchmarkStore makes 2,000 lines of 31 columns and 2,000 persons into rows,
// puts them into the ledger and reads the lines.
func BenchmarkStore(b *testing.B) {
	const n = 2_000
	lines := someLines(n)
	people := make([]Person, n)
	for i := range people {
		people[i] = Person{Household: fmt.Sprint("户", i), Name: "王建国", ID: lines[i].ID, Township: "第1乡", Village: "第1村", Joined: 700_000, Account: lines[i].Account}
	}
	for _, part := range []string{"lines made", "lines", "lines read", "persons"} {
		b.Run(part, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				withFile(b, func(tx *Tx, file *File) error {
					rows := someRows(lines)
					switch part {
					case "lines made":
						b.StartTimer()
						defer b.StopTimer()
						someRows(lines)
						return nil
					case "lines":
						b.StartTimer()
						defer b.StopTimer()
						return addAll(tx, file, rows)
					case "persons":
						b.StartTimer()
						defer b.StopTimer()
						return importRoster(tx, Snapshot{Digest: "r", Name: "roster.xlsx", TakenOn: today}, people...)
					}
					if err := addAll(tx, file, rows); err != nil {
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

// What a row may allocate, so that nothing on these paths becomes slow unseen:
// least where the ledger's own goroutine works.
func TestRowsAllocateLittle(t *testing.T) {
	const n = 500
	perRow := func(do func()) float64 { return testing.AllocsPerRun(1, do) / n }
	lines := someLines(3 * n)
	var rest []LineRow
	if got := perRow(func() { rest = someRows(lines) }) / 3; got > 30 {
		t.Errorf("making a line's row allocates %.0f times, 30 at most", got)
	}
	withFile(t, func(tx *Tx, file *File) error {
		var err error
		if got := perRow(func() { err = addAll(tx, file, rest[:n]); rest = rest[n:] }); got > 4 || err != nil {
			t.Errorf("storing a line allocates %.1f times, 4 at most (%v)", got, err)
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
