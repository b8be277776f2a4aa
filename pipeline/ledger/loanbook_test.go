package ledger

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"tiexi/pipeline/values"
)

// bookOf adds a live book of one sheet with loans of 50,000.00 of which so many
// yuan are left, by contract; ids among the contracts are books that it replaces.
func bookOf(tx *Tx, q values.Quarter, name string, left int, contracts ...any) *LoanBook {
	b, loans, sheet, replaces := bookRows(q, name, left, contracts...)
	if err := tx.AddLoanBook(b, []BookSheet{sheet}, loans, replaces); err != nil {
		panic(err)
	}
	return b
}

func bookRows(q values.Quarter, name string, left int, contracts ...any) (b *LoanBook, loans []values.BookLoan, sheet BookSheet, replaces []int64) {
	var own, extended [values.FieldCount]string
	own[values.FieldBalance], own[values.FieldMatures] = "E", "G"
	extended = own
	extended[values.FieldMatures] = "H"
	sheet = BookSheet{Position: 1, Name: "台账", Columns: &own, Extended: &extended}
	b = &LoanBook{Digest: "digest of " + name, Name: name, Bank: bank, Quarter: q, AsOf: q.Last(20), Size: 1, Reading: "settings"}
	for i, c := range contracts {
		if old, ok := c.(int); ok {
			replaces = append(replaces, int64(old))
			continue
		}
		contract, tranche, _ := strings.Cut(c.(string), "/")
		l := values.BookLoan{Place: values.Place{File: name, Sheet: "台账", Row: i + 3}, AsOf: b.AsOf, Bank: bank, Contract: contract, Tranche: tranche, Borrower: "王小明", ID: person(i + 1),
			Balance: values.Fen(left) * values.Yuan, Amount: 50_000 * values.Yuan, Rate: values.MustRate("3.45"),
			Disbursed: values.MustDate("2026-01-05"), Matures: values.MustDate("2027-01-05"), Overdue: i == 1, Class: "关注", Renewals: i, Product: "小额", Township: "城关镇", Village: "东村",
			Given: values.FieldSet(0).With(values.FieldAmount), Columns: &own}
		if i == 1 {
			l.Columns = &extended
		}
		loans = append(loans, l)
		b.Loans++
		b.Balance += l.Balance
	}
	return b, loans, sheet, replaces
}

// A book comes back as it went in, cell by cell.
func TestALoanBookIsKeptWhole(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		b, loans, sheet, _ := bookRows(q3, "台账.xlsx", 100, "A/1", "A/2", "B")
		do(tx.AddLoanBook(b, []BookSheet{sheet}, loans, nil))
		sameRate := cmp.Comparer(func(x, y decimal.Decimal) bool { return x.Equal(y) })
		if diff := cmp.Diff(loans, must(tx.BookLoans(q3)), sameRate); diff != "" {
			t.Errorf("(-written +read):\n%s", diff)
		}
		if diff := cmp.Diff([]LoanBook{*b}, must(tx.LiveLoanBooks(q3))); diff != "" {
			t.Errorf("(-written +read):\n%s", diff)
		}
		if got := must(tx.BookLoans(q2)); len(got) != 0 {
			t.Errorf("another quarter has %v", got)
		}
		if cells := loans[0].Cell(values.FieldMatures) + loans[1].Cell(values.FieldMatures); cells != "G3H4" {
			t.Errorf("the maturities stand in %s", cells)
		}
		if n := must(tx.LoansInCommon(loans[1:], b.ID)); n != 2 {
			t.Errorf("%d loans in common", n)
		}
		do(importRoster(tx, Snapshot{Digest: "r", Name: "名单.xlsx", TakenOn: today}, Person{Household: "H1", Name: "王小明", ID: person(1)}, Person{Household: "H9", Name: "李四", ID: person(9)}))
		var names []string
		do(tx.PersonsInBooks(q3, func(p Person) error { names = append(names, p.Household); return nil }))
		if fmt.Sprint(names) != "[H1]" {
			t.Errorf("the book's people are %v", names)
		}
		return nil
	})
}

// A newer book takes the place of the older one, whole; the same bytes may be
// read anew under other settings.
func TestALoanBookIsReplaced(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		bookOf(tx, q3, "台账.xlsx", 100, "A", "B")
		bookOf(tx, q3, "支行台账.xlsx", 1, "C")
		bookOf(tx, q3, "更正台账.xlsx", 200, "A", 1)
		if got := contracts(tx); got != "C 1.00, A 200.00" {
			t.Errorf("live are %s", got)
		}
		again, loans, sheet, _ := bookRows(q3, "更正台账.xlsx", 300, "A")
		again.Reading = "others"
		do(tx.AddLoanBook(again, []BookSheet{sheet}, loans, []int64{3}))
		if got := contracts(tx); got != "C 1.00, A 300.00" {
			t.Errorf("live are %s", got)
		}
		all := must(tx.LoanBooks())
		if len(all) != 4 || !all[0].Replaced || all[0].ReplacedBy != 3 || all[1].Replaced || all[2].ReplacedBy != 4 || all[3].Replaced {
			t.Errorf("the books are %+v", all)
		}
		if wrong := must(tx.WrongLoanBooks()); len(wrong) != 0 {
			t.Errorf("wrong are %v", wrong)
		}
		return nil
	})
}

func contracts(tx *Tx) string {
	var texts []string
	for _, l := range must(tx.BookLoans(q3)) {
		texts = append(texts, l.Contract+" "+l.Balance.String())
	}
	return strings.Join(texts, ", ")
}

// Loan books, tried around the Go code.
func TestALoanBookStaysAsItCame(t *testing.T) {
	_, db := county(t)
	for table, kept := range map[string]string{"loan_book": "a loan book stays", "loan_book_sheet": "a loan book stays", "book_loan": "a loan book stays"} {
		refused(t, db, kept, `DELETE FROM `+table)
		for _, column := range texts(t, db, `SELECT name FROM pragma_table_info(?) WHERE name NOT IN ('state', 'replaced_by')`, table) {
			refused(t, db, "stays as it came", fmt.Sprintf(`UPDATE %s SET %s = %[2]s`, table, column))
		}
		refused(t, db, "", fmt.Sprintf(`INSERT OR REPLACE INTO %s SELECT * FROM %[1]s LIMIT 1`, table))
	}
	const columns = `position, %s, %s, tranche, borrower, person, balance, amount, rate, disbursed, matures, overdue, class, renewals, product, township, village, given, extended`
	another := func(row, contract string) string {
		return `INSERT OR REPLACE INTO book_loan SELECT book_id, ` + fmt.Sprintf(columns, row, contract) + ` FROM book_loan LIMIT 1`
	}
	refused(t, db, "in a live book already", another("row + 9", "contract"))
	refused(t, db, "stays as it came", another("row", "'Z'"))
	permitted(t, db, another("row + 9", "'Z'"))

	second := `INSERT INTO loan_book SELECT 7, 'other', 'b.xlsx', bank, %s, as_of, size, reading, 0, 1, 0, 'live', NULL, read_on FROM loan_book`
	run(t, db, fmt.Sprintf(second, `quarter`))
	run(t, db, `INSERT INTO loan_book_sheet SELECT 7, position, name, columns, extended FROM loan_book_sheet`)
	into := func(contract, tranche string) string {
		return `INSERT OR REPLACE INTO book_loan SELECT 7, position, row, ` + contract + `, ` + tranche + `, borrower, person, balance, amount, rate, disbursed, matures, overdue, class, renewals,
			product, township, village, given, extended FROM book_loan LIMIT 1`
	}
	refused(t, db, "in a live book already", into("contract", "tranche"))
	refused(t, db, "in a live book already", into("contract", "'1'")) // a part of what stands there whole
	permitted(t, db, into("'Z'", "''"))
	run(t, db, `UPDATE loan_book SET state = 'replaced', replaced_by = 7 WHERE id = 1`)
	permitted(t, db, into("contract", "tranche"))
	refused(t, db, "replaced once", `UPDATE loan_book SET state = 'live', replaced_by = NULL WHERE id = 1`)
	refused(t, db, "stays as it came", another("row + 9", "'Z'")) // into a replaced book
	refused(t, db, "begins live", `INSERT INTO loan_book SELECT 8, 'third', name, bank, quarter, as_of, size, reading, 0, 1, 0, 'replaced', 7, read_on FROM loan_book LIMIT 1`)
	refused(t, db, "CHECK", `UPDATE loan_book SET replaced_by = 1 WHERE id = 7`)
	for _, impossible := range []string{"-1", "5000001"} {
		refused(t, db, "CHECK", strings.Replace(into("'Z'", "''"), "balance", impossible, 1))
	}
	if _, err := tried(t, db, `UPDATE loan_book SET state = 'replaced', replaced_by = 99 WHERE id = 7`); err != nil {
		t.Error(err) // deferred: the book that replaces it comes after
	}
}

// A row that was added or taken away around everything is found.
func TestAChangedLoanBookIsFound(t *testing.T) {
	l, db := county(t)
	untie(t, db)
	run(t, db, `DELETE FROM book_loan WHERE contract = 'L2'`)
	look(t, l, func(tx *Tx) error {
		if wrong := must(tx.WrongLoanBooks()); fmt.Sprint(wrong) != "[贷款台账.xlsx]" {
			t.Errorf("wrong are %v", wrong)
		}
		return nil
	})
}

// What is outstanding can be listed, and comes to the sum.
func TestOutstandingLoansAddUp(t *testing.T) {
	l, _ := county(t)
	look(t, l, func(tx *Tx) error {
		sum := values.Fen(0)
		for _, o := range must(tx.OutstandingLoans(q3, q3.First(20), q3.Last(20))) {
			sum += o.Balance
		}
		if want := must(tx.Outstanding(q3, q3.First(20), q3.Last(20))); sum != want || sum == 0 {
			t.Errorf("they come to %s, want %s", sum, want)
		}
		return nil
	})
}
