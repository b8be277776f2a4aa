package ledger

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

// withFund makes a fund: an entry of every kind, a claim in every
// state, a row that went back.
func withFund(tx *Tx) {
	opened := values.MustDate("2026-09-01")
	must(tx.AddFundEntry(FundEntry{On: opened, Kind: FundOpening, Amount: 1_000_000}))
	must(tx.AddFundEntry(FundEntry{On: opened, Kind: FundDeposit, Amount: 500}))
	wrong := must(tx.AddFundEntry(FundEntry{On: opened, Kind: FundInterest, Amount: 33}))
	must(tx.AddFundEntry(FundEntry{On: today, Kind: FundReversal, Amount: -33, Reverses: wrong}))
	paid := fundClaim(tx, 1, "L1", 1_001)
	must(tx.PayFundClaim(paid, today, "已核实")) // 7.00 and 3.01
	must(tx.AddFundEntry(FundEntry{On: today, Kind: FundRecovery, Amount: 700, Bank: 300, Claim: paid.ID, Digest: "back", Place: values.Place{Row: 2}}))
	do(tx.RefuseFundClaim(fundClaim(tx, 2, "L2", 1_000).ID, "有还款能力"))
	fundClaim(tx, 3, "L3", 999)
	do(tx.AddFundReturned(FundReturned{Digest: "claims", Place: values.Place{Row: 4}, Kind: "claim", Loan: loan("L4"), Amount: 1, Reason: "重复"}))
}

func fundClaim(tx *Tx, row int, contract string, amount values.Fen) FundClaim {
	c := FundClaim{Digest: "claims", Place: values.Place{File: "申请.xlsx", Row: row}, Loan: loan(contract), Borrower: "王小明", Ground: "death",
		OverdueFrom: values.MustDate("2026-03-01"), Loss: amount, Amount: amount, BadRate: values.MustRate("3"), OverallRate: values.MustRate("2")}
	c.ID = must(tx.AddFundClaim(c))
	return c
}

// A ledger of version 1 gets the fund's tables, keeps all it had, and stands
// as it was beside the new one.
func TestALedgerWithoutAFundIsBroughtUpToDate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	old := plain(t, path)
	run(t, old, string(must(migrations.ReadFile("migrations/0001_quarter.sql")))+
		fmt.Sprintf(`; PRAGMA application_id = %d; PRAGMA user_version = 1; INSERT INTO recheck VALUES (1, '2026Q3', '更正', '李', '2026-09-25')`, applicationID))
	if _, err := OpenView(t.Context(), path); err == nil {
		t.Error("a view reads a ledger that lacks tables")
	}
	l, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	write(t, l, func(tx *Tx) error { withFund(tx); return nil })
	if got := texts(t, old, `SELECT why FROM recheck`); len(got) != 1 || got[0] != "更正" {
		t.Errorf("what it held is %v", got)
	}
	if version := texts(t, old, `PRAGMA user_version`)[0]; version != fmt.Sprint(newest()) {
		t.Errorf("its version is %s", version)
	}
	backups := must(fs.Glob(os.DirFS(filepath.Dir(path)), "*.before-v*"))
	if len(backups) != 1 {
		t.Fatalf("backups: %v", backups)
	}
	backup := plain(t, filepath.Join(filepath.Dir(path), backups[0]))
	if got := texts(t, backup, `SELECT why FROM recheck UNION ALL SELECT name FROM sqlite_schema WHERE name LIKE 'fund%'`); len(got) != 1 {
		t.Errorf("the backup holds %v", got)
	}
}

// The rules hold whatever the Go code does.
func TestTheFundsRulesHoldAroundTheProgram(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error { withFund(tx); return nil })
	db := plain(t, l.Path())
	entry := func(id, day, kind string, amount, bank int, claim, reverses, digest string, row int) string {
		return fmt.Sprintf(`INSERT OR REPLACE INTO fund_entry VALUES (%s, '%s', '%s', %d, %d, %s, %s, '%s', '', %d, '', 'x', '2026-09-30')`, id, day, kind, amount, bank, claim, reverses, digest, row)
	}
	for _, c := range [][2]string{
		{"append-only", `UPDATE fund_entry SET amount = 1 WHERE id = 2`},
		{"append-only", `DELETE FROM fund_entry WHERE id = 2`},
		{"already", entry("2", "2026-09-30", "deposit", 1, 0, "NULL", "NULL", "", 0)},
		{"already", entry("NULL", "2026-09-30", "opening", 1, 0, "NULL", "NULL", "", 0)},
		{"already", entry("NULL", "2026-09-30", "recovery", 0, 1, "1", "NULL", "back", 2)},
		{"already", entry("NULL", "2026-09-30", "compensation", -700, -301, "1", "NULL", "", 0)},
		{"already", entry("NULL", "2026-09-30", "reversal", -33, 0, "NULL", "3", "", 0)},
		{"no fund on that day", entry("NULL", "2026-08-31", "deposit", 1, 0, "NULL", "NULL", "", 0)},
		{"negative", entry("NULL", "2026-09-01", "reversal", -1_000_000, 0, "NULL", "1", "", 0)},
		{"takes back one entry", entry("NULL", "2026-09-30", "reversal", -499, 0, "NULL", "2", "", 0)},
		{"CHECK", entry("NULL", "2026-09-30", "reversal", 700, 301, "1", "5", "", 0)},
		{"7 : 3", entry("NULL", "2026-09-30", "compensation", -700, -299, "3", "NULL", "", 0)},
		{"7 : 3", entry("NULL", "2026-09-30", "compensation", -700, -300, "2", "NULL", "", 0)},
		{"more than was paid", entry("NULL", "2026-09-30", "recovery", 1, 1, "1", "NULL", "more", 3)},
		{"more than was paid", entry("NULL", "2026-09-30", "recovery", 1, 0, "1", "NULL", "more", 3)},
		{"more than was paid", entry("NULL", "2026-09-30", "recovery", 1, 0, "2", "NULL", "more", 3)},
		{"CHECK", entry("NULL", "2026-09-30", "deposit", 0, 0, "NULL", "NULL", "", 0)},
		{"CHECK", entry("NULL", "2026-09-30", "deposit", -1, 0, "NULL", "NULL", "", 0)},
		{"CHECK", entry("NULL", "2026-09-30", "interest", 1, 1, "NULL", "NULL", "", 0)},
		{"stays", `UPDATE fund_claim SET amount = 1 WHERE id = 3`},
		{"stays", `DELETE FROM fund_claim WHERE id = 3`},
		{"decided once", `UPDATE fund_claim SET state = 'waiting', why = '', decided_by = '', decided_on = '' WHERE id = 2`},
		{"paid by its entry", `UPDATE fund_claim SET state = 'paid', why = 'w', decided_by = 'x', decided_on = '2026-09-30' WHERE id = 3`},
		{"CHECK", `UPDATE fund_claim SET state = 'refused' WHERE id = 3`},
		{"claimed once", `INSERT OR REPLACE INTO fund_claim SELECT 9, 'other', file, sheet, row, bank, contract, borrower, ground, overdue_from, loss, amount, bad_rate, overall_rate, received_on, 'waiting', '', '', '' FROM fund_claim WHERE id = 1`},
		{"claimed once", `INSERT INTO fund_claim SELECT 9, 'other', file, sheet, row, bank, 'L9', borrower, ground, overdue_from, loss, amount, bad_rate, overall_rate, received_on, 'refused', 'w', 'x', 'd' FROM fund_claim WHERE id = 1`},
		{"stays", `UPDATE fund_returned SET reason = 'x'`},
		{"stays", `DELETE FROM fund_returned`},
	} {
		refused(t, db, c[0], c[1])
	}
	permitted(t, db, entry("NULL", "2026-09-30", "deposit", 1, 0, "NULL", "NULL", "", 0))
	permitted(t, db, entry("NULL", "2026-09-30", "recovery", 0, 1, "1", "NULL", "more", 3))
	permitted(t, db, entry("NULL", "2026-09-30", "reversal", -700, -300, "1", "6", "", 0))
}

// However what is lost comes back, in however many pieces, both get back what
// they paid, and never more.
func TestPiecesComeBackAsTheWholeWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loss := values.Fen(rapid.Int64Range(1, 10_000_000).Draw(t, "loss"))
		fund, bank := SharePaid(loss)
		if fund+bank != loss || fund*10 > loss*7 || (fund+1)*10 <= loss*7 {
			t.Fatalf("%s is shared %s and %s", loss, fund, bank)
		}
		total, fundBack, bankBack := values.Fen(0), values.Fen(0), values.Fen(0)
		for total < loss {
			piece := values.Fen(rapid.Int64Range(1, int64(loss-total)).Draw(t, "piece"))
			before, _ := SharePaid(total)
			after, _ := SharePaid(total + piece)
			if after < before || after-before > piece {
				t.Fatalf("of %s on top of %s the fund gets %s", piece, total, after-before)
			}
			total, fundBack, bankBack = total+piece, fundBack+after-before, bankBack+piece-(after-before)
		}
		if fundBack != fund || bankBack != bank {
			t.Fatalf("of %s the fund paid %s and got back %s", loss, fund, fundBack)
		}
	})
}

// What is outstanding: held lines count, returned, repaid and compensated ones
// do not, and an overdue one does although its interest has stopped.
func TestWhatIsOutstanding(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		f := statement(tx, q3, "甲.xlsx")
		add(tx, f, 1, "accepted", "2026-06-21", "2026-09-20", values.Accepted)
		add(tx, f, 2, "held", "2026-06-21", "2026-09-20", values.Held)
		add(tx, f, 3, "returned", "2026-06-21", "2026-09-20", values.Returned)
		add(tx, f, 4, "repaid", "2026-06-21", "2026-08-01", values.Accepted)
		add(tx, f, 5, "in parts", "2026-06-21", "2026-08-01", values.Accepted)
		add(tx, f, 6, "in parts", "2026-08-02", "2026-09-20", values.Accepted)
		add(tx, f, 7, "compensated", "2026-06-21", "2026-09-20", values.Accepted)
		for row, overdue := range map[int]string{8: "逾期40天", 9: "0", 10: "否", 11: "×", 12: "０"} {
			late := &Line{FileID: f.ID, Quarter: q3, Line: values.Line{Place: values.Place{Row: row}, Bank: bank, Contract: fmt.Sprint("late", row), Balance: 700, Overdue: overdue,
				From: values.MustDate("2026-06-21"), To: values.MustDate("2026-08-01"), Rate: values.MustRate("3")}}
			addLine(tx, late)
			judge(tx, late, values.Accepted)
		}
		must(tx.AddFundEntry(FundEntry{On: values.MustDate("2026-09-01"), Kind: FundOpening, Amount: 10_000}))
		must(tx.PayFundClaim(fundClaim(tx, 1, "compensated", 5), values.MustDate("2026-09-10"), "已核实"))
		from, to := q3.First(20), q3.Last(20)
		if got := must(tx.Outstanding(q3, from, to)); got != 3*5_000_000+700 {
			t.Errorf("outstanding are %s", got)
		}
		if got := must(tx.Compensated(to)); len(got) != 1 || got[loan("compensated")] != values.MustDate("2026-09-10") {
			t.Errorf("compensated are %v", got)
		}
		if got := must(tx.Compensated(values.MustDate("2026-09-09"))); len(got) != 0 {
			t.Errorf("compensated before it was paid: %v", got)
		}
		found, ok, err := tx.LoanForClaim(loan("in parts"))
		if err != nil || !ok || found.Balance != 5_000_000 || found.Borrower != "王小明" {
			t.Errorf("the loan is %+v %v %v", found, ok, err)
		}
		for _, none := range []string{"returned", "nobody's"} {
			if _, ok, err := tx.LoanForClaim(loan(none)); ok || err != nil {
				t.Errorf("%s: %v %v", none, ok, err)
			}
		}
		return nil
	})
}
