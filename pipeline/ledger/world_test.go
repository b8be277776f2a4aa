package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"tiexi/pipeline/values"
)

var (
	q2    = values.Quarter{Year: 2026, Number: 2}
	q3    = values.Quarter{Year: 2026, Number: 3}
	q4    = values.Quarter{Year: 2026, Number: 4}
	today = values.MustDate("2026-09-30")
)

const bank = "清水农商银行"

// newLedger is an empty ledger, copied from one that was made once: making one
// costs a disk's patience for every migration.
func newLedger(t testing.TB) *Ledger {
	t.Helper()
	return ledgerOf(t, emptyLedger())
}

var emptyLedger = sync.OnceValue(func() []byte { return made(func(*Tx) error { return nil }) })

// made is the file of a ledger after one transaction.
func made(do func(tx *Tx) error) []byte {
	dir := must(os.MkdirTemp("", "ledger"))
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "ledger.db")
	l := must(Open(context.Background(), path))
	if err := errors.Join(l.Write(context.Background(), today, "张会计", do), l.Close()); err != nil {
		panic(err)
	}
	return must(os.ReadFile(path))
}

func ledgerOf(t testing.TB, file []byte) *Ledger {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// write is a transaction that must succeed.
func write(t testing.TB, l *Ledger, do func(tx *Tx) error) {
	t.Helper()
	if err := l.Write(context.Background(), today, "张会计", do); err != nil {
		t.Fatal(err)
	}
}

func look(t testing.TB, l *Ledger, do func(tx *Tx) error) {
	t.Helper()
	if err := l.Read(context.Background(), do); err != nil {
		t.Fatal(err)
	}
}

// must makes calls inside a transaction short; the panic is the test's failure.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// plain opens the file around the program: another driver setting, no pragmas.
func plain(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

var errBack = errors.New("taken back")

// tried runs one statement in a transaction that is always taken back.
func tried(t testing.TB, db *sql.DB, query string, args ...any) (rows int64, err error) {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	result, err := tx.Exec(query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// refused checks that plain SQL cannot do it, for the reason given.
func refused(t testing.TB, db *sql.DB, why, query string, args ...any) {
	t.Helper()
	if rows, err := tried(t, db, query, args...); err == nil || !strings.Contains(err.Error(), why) {
		t.Errorf("%s %v: %d rows, %v; want %q", query, args, rows, err, why)
	}
}

// permitted checks that plain SQL can do it, and that it does something.
func permitted(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if rows, err := tried(t, db, query, args...); err != nil || rows == 0 {
		t.Errorf("%s %v: %d rows, %v", query, args, rows, err)
	}
}

// run is plain SQL that must succeed, and stays.
func run(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// untie drops every trigger: what the rows would be if the file were edited.
func untie(t testing.TB, db *sql.DB) {
	t.Helper()
	for _, name := range texts(t, db, `SELECT name FROM sqlite_schema WHERE type = 'trigger'`) {
		run(t, db, `DROP TRIGGER `+name)
	}
}

func texts(t testing.TB, db *sql.DB, query string, args ...any) (found []string) {
	t.Helper()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		found = append(found, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// person is a made-up resident: area 1499 does not exist, the check character
// fits.
func person(n int) values.ResidentID {
	head := fmt.Sprintf("1499011990%04d%03d", 101+n%28, n)
	weight, sum := 1, 0
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(head[i]-'0') * weight
	}
	return values.ResidentID(head + string("10X98765432"[sum%11]))
}

func TestMadeUpPeopleHaveSoundIDs(t *testing.T) {
	for n := range 100 {
		if err := person(n).Check(); err != nil {
			t.Errorf("%s: %v", person(n).Whole(), err)
		}
	}
}

// statement adds a live file of one sheet.
func statement(tx *Tx, q values.Quarter, name string) *File {
	f := &File{Digest: "digest of " + name, Name: name, Kind: KindStatement, Bank: bank, Quarter: q, Size: 1, Reading: "settings"}
	if err := tx.AddFile(f); err != nil {
		panic(err)
	}
	if err := tx.AddSheet(Sheet{FileID: f.ID, Name: "Sheet1", DataRows: 1}); err != nil {
		panic(err)
	}
	return f
}

// add puts a line of a contract into a file and judges it.
func add(tx *Tx, f *File, row int, contract, from, to string, outcome values.Outcome) *Line {
	l := &Line{FileID: f.ID, Quarter: f.Quarter, Line: values.Line{
		Place: values.Place{Row: row}, Bank: f.Bank, Contract: contract, Borrower: "王小明", ID: person(row), Balance: 5_000_000, Rate: values.MustRate("3.45"),
		From: values.MustDate(from), To: values.MustDate(to)}}
	addLine(tx, l)
	if outcome != "" {
		judge(tx, l, outcome)
	}
	return l
}

func addLine(tx *Tx, l *Line) {
	writer := must(tx.LineWriter(&File{ID: l.FileID, Quarter: l.Quarter}))
	row := NewLineRow(&l.Line)
	l.Key, l.Facts = must(writer.Add(l.Position, row)), row.Facts
	do(writer.Flush())
}

// importRoster is a roster whole.
func importRoster(tx *Tx, sn Snapshot, persons ...Person) error {
	rows := somePersons(persons)
	writer, err := tx.AddSnapshot(sn.Digest, sn.Name)
	if err == nil {
		err = writer.Add(rows)
	}
	if err == nil {
		_, err = writer.Finish(sn.TakenOn)
	}
	return err
}

func somePersons(persons []Person) *RosterRows {
	rows := &RosterRows{}
	for i := range persons {
		rows.Add(&persons[i])
	}
	return rows
}

func judge(tx *Tx, l *Line, outcome values.Outcome) {
	err := tx.PutJudgements([]Judgement{{Line: l.Key, Quarter: l.Quarter, Outcome: outcome, Household: "H-" + l.Contract, Payee: l.Borrower, Account: "6228480000000012348",
		Blocked: []string{"no-account"}, Findings: []values.Finding{{Code: "c", Field: values.FieldID, Cell: "B2", Value: "v", Want: "w", Details: []string{"d"}}}}})
	if err != nil {
		panic(err)
	}
}

func loan(contract string) values.Loan { return values.Loan{Bank: bank, Contract: contract} }

func entitled(contract, policy string, shares values.Shares, line int64) Entitlement {
	return Entitlement{Quarter: q3, Loan: loan(contract), Policy: policy, Shares: shares, FirstLine: line, Facts: "facts of " + contract}
}

// pays is a payment of one person on one loan.
func pays(position int, number, contract string, amount values.Fen, mends int64) Payment {
	return Payment{Position: position, Number: number, Person: person(position), Name: "王小明", Township: "城关镇", Village: "东村", PayoutBank: bank,
		Account: "6228480000000012348", Amount: amount, Mends: mends,
		Parts: []Part{{Quarter: q3, Loan: loan(contract), Policy: "bangfu", Shares: values.Shares{Central: amount}, Facts: "facts of " + contract}}}
}

// drawn drafts a batch.
func drawn(tx *Tx, number int, payments ...Payment) int64 {
	id := must(tx.AddBatch(Batch{Quarter: q3, Number: number, Name: fmt.Sprintf("2026Q3-%02d", number), Digest: fmt.Sprint("members ", number)}))
	if err := tx.AddPayments(id, slices.Values(payments)); err != nil {
		panic(err)
	}
	return id
}

func ofBatch(tx *Tx, batch int64) (payments []Payment) {
	do(tx.PaymentsOfBatch(batch, func(p Payment) error { payments = append(payments, p); return nil }))
	return payments
}

func liveParts(tx *Tx, q values.Quarter) (parts []Part) {
	do(tx.LiveParts(q, func(p Part) error { parts = append(parts, p); return nil }))
	return parts
}

func numbered(tx *Tx, number string) Payment {
	p, ok, err := tx.PaymentNumbered(number)
	if err != nil || !ok {
		panic(fmt.Sprint(number, err))
	}
	return p
}

func do(errs ...error) {
	if err := errors.Join(errs...); err != nil {
		panic(err)
	}
}

// county is a ledger in the middle of its life: something stands in every
// table, and a batch and a payment in every state. Each loan L1 … L8 is due
// 100.00; what is paid on it is in the payment of its number.
func county(t testing.TB) (*Ledger, *sql.DB) {
	t.Helper()
	l := ledgerOf(t, countyLedger())
	return l, plain(t, l.Path())
}

var countyLedger = sync.OnceValue(func() []byte {
	return made(func(tx *Tx) error {
		f := statement(tx, q3, "甲.xlsx")
		var due []Entitlement
		for n := 1; n <= 8; n++ {
			contract := fmt.Sprint("L", n)
			line := add(tx, f, n, contract, "2026-06-21", "2026-09-20", values.Accepted)
			due = append(due, entitled(contract, "bangfu", values.Shares{Central: 10_000}, line.Key))
		}
		held := add(tx, f, 9, "L1", "2026-08-01", "2026-09-20", values.Held)
		must(tx.AddDecision(Decision{Line: held.Key, Round: 1, Facts: "f", Verdict: "return", Why: "重复", Source: "command"}))
		do(tx.AddRecheck(q3, "名单更正"))
		must(tx.ReplaceEntitlements(q3, 1, due))
		must(tx.RecordStage(StageRecord{Quarter: q3, Name: "validate", Tally: map[string]string{"result": "r"}}))
		do(tx.PutOutput(Output{Path: "2026Q3/a.xlsx", Quarter: q3, Stage: "publish", SHA256: "d", Total: 1}))
		do(importRoster(tx, Snapshot{Digest: "roster", Name: "名单.xlsx", TakenOn: today}, Person{Household: "H1", Name: "王小明", ID: person(1)}))

		posted := must(tx.AddNoticeList(NoticeList{Quarter: q3, Township: "城关镇", Village: "东村"}, []NoticeItem{{Loan: loan("L1"), Amount: 10_000}}))
		do(tx.PostList(posted, values.MustDate("2026-09-25"), values.MustDate("2026-10-05")))
		must(tx.AddNoticeList(NoticeList{Quarter: q3, Township: "城关镇", Village: "西村"}, []NoticeItem{{Loan: loan("L2"), Amount: 10_000}}))
		must(tx.AddObjection(Objection{Quarter: q3, Township: "城关镇", Village: "东村", Name: "王小明", Person: person(1), Why: "不在村", RaisedOn: today}))

		sent := drawn(tx, 1, pays(1, "paid", "L1", 10_000, 0), pays(2, "failed", "L2", 10_000, 0), pays(3, "sent", "L3", 10_000, 0))
		do(tx.AddApproval(sent, "members 1"), tx.FreezeBatch(sent), tx.ApproveBatch(sent), tx.SendBatch(sent, today))
		do(tx.SettlePayment(numbered(tx, "paid").ID, "paid", "", today), tx.SettlePayment(numbered(tx, "failed").ID, "failed", "销户", today))
		void := drawn(tx, 2, pays(4, "void", "L4", 10_000, 0), pays(2, "void mending", "L2", 10_000, numbered(tx, "failed").ID))
		do(tx.FreezeBatch(void), tx.VoidBatch(void, "有变化"))
		approved := drawn(tx, 3, pays(5, "approved", "L5", 10_000, 0))
		do(tx.AddApproval(approved, "members 3"), tx.FreezeBatch(approved), tx.ApproveBatch(approved))
		signing := drawn(tx, 4, pays(6, "signed", "L6", 10_000, 0))
		do(tx.AddApproval(signing, "members 4"), tx.FreezeBatch(signing))
		drawn(tx, 5, pays(7, "draft", "L7", 10_000, 0), pays(2, "draft mending", "L2", 9_000, numbered(tx, "failed").ID))

		do(tx.AddAdjustment(Adjustment{Quarter: q3, Loan: loan("L3"), Verdict: "waive", Amount: 500, Why: "困难", Waived: map[string]values.Shares{"bangfu": {Central: 300, County: 200}}}))
		back := &File{Digest: "return", Name: "回盘.xlsx", Kind: KindReturn, Quarter: q3}
		do(tx.AddFile(back), tx.AddReturnRow(ReturnRow{FileID: back.ID, Row: 2, Number: "paid", Amount: 10_000, Result: "paid", Verdict: "applied"}))
		must(tx.AddFundEntry(FundEntry{On: today, Kind: FundOpening, Amount: 100}))
		must(tx.AddFundClaim(FundClaim{Digest: "claims", Place: values.Place{File: "代偿.xlsx", Row: 2}, Loan: loan("L8"), Borrower: "王小明", Ground: "death",
			OverdueFrom: today, Loss: 100, Amount: 100, BadRate: values.MustRate("1"), OverallRate: values.MustRate("2")}))
		do(tx.AddFundReturned(FundReturned{Digest: "claims", Place: values.Place{File: "代偿.xlsx", Row: 3}, Kind: "claim", Loan: loan("L9"), Reason: "无此贷款"}))
		bookOf(tx, q3, "贷款台账.xlsx", 1, "L1", "L2")
		return tx.Record("county", "made", map[string]int{"loans": 8})
	})
})

// TestTheCountyIsWhole keeps the other tests honest: a statement that meets no
// row is refused by nothing.
func TestTheCountyIsWhole(t *testing.T) {
	_, db := county(t)
	for _, table := range texts(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`) {
		if rows := texts(t, db, `SELECT count(*) FROM `+table); rows[0] == "0" {
			t.Errorf("%s is empty", table)
		}
	}
	for _, table := range []string{"batch", "payment"} {
		states := texts(t, db, `SELECT DISTINCT state FROM `+table)
		if want := map[string]int{"batch": 5, "payment": 6}[table]; len(states) != want {
			t.Errorf("%s has states %v", table, states)
		}
	}
}

// clearQuarter takes away the quarter's judgements.
func clearQuarter(tx *Tx, q values.Quarter) error {
	return tx.clearJudgements(`SELECT line_id FROM judgement WHERE quarter = ?`, q.String())
}
