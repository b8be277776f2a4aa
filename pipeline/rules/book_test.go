package rules

import (
	"reflect"
	"strings"
	"testing"

	"tiexi/pipeline/values"
)

// book is the bank's loan book of a day with the first line's loan in it, as the
// line has it, to be changed; no row, where change is nil.
func (w *world) book(asOf string, change func(l *values.BookLoan)) {
	w.bookRows(asOf, change)
}

func (w *world) bookRows(asOf string, changes ...func(l *values.BookLoan)) {
	var loans []values.BookLoan
	w.give(values.FieldOverdue, values.FieldClass, values.FieldRenewals)
	w.line().Class, w.line().Overdue = "正常", "否"
	for i, change := range changes {
		l := bookLoan(w.line(), asOf)
		l.Row += i
		if change == nil {
			l.Contract, l.ID = "OTHER", "1"
		} else {
			change(&l)
		}
		loans = append(loans, l)
	}
	w.Books = NewBooks(loans)
}

func bookLoan(line *values.Line, asOf string) values.BookLoan {
	l := values.BookLoan{Place: values.Place{File: "贷款台账.xlsx", Sheet: "台账", Row: 7}, AsOf: day(asOf), Bank: line.Bank, Contract: line.Contract, Borrower: line.Borrower, ID: line.ID,
		Balance: line.Balance, Amount: line.Amount, Rate: line.Rate, Disbursed: line.Disbursed, Matures: line.Matures, Class: "正常", Columns: new([values.FieldCount]string)}
	for f := range l.Columns {
		l.Columns[f] = "A" + string(rune('A'+f%26))
	}
	for _, f := range []values.Field{values.FieldAmount, values.FieldRate, values.FieldOverdue, values.FieldClass, values.FieldRenewals} {
		l.Given = l.Given.With(f)
	}
	return l
}

const quarterEnd = "2026-09-20"

func booked(change func(l *values.BookLoan)) func(w *world) {
	return func(w *world) { w.book(quarterEnd, change) }
}

var bookProbes = []probe{
	{BookDiffers, "everything is the same", false, booked(func(*values.BookLoan) {})},
	{BookDiffers, "no book at all", false, func(w *world) { w.Books = NewBooks(nil) }},
	{BookDiffers, "the balance, by one fen", true, booked(func(l *values.BookLoan) { l.Balance-- })},
	{BookDiffers, "repaid in the book", true, booked(func(l *values.BookLoan) { l.Balance = 0 })},
	{BookDiffers, "another borrower", true, booked(func(l *values.BookLoan) { l.ID = resident("19800506", 7) })},
	{BookDiffers, "the amount", true, booked(func(l *values.BookLoan) { l.Amount += 100 })},
	{BookDiffers, "an amount that the book does not give", false, booked(func(l *values.BookLoan) { l.Amount = 0; l.Given &^= values.FieldSet(0).With(values.FieldAmount) })},
	{BookDiffers, "an amount that the statement does not give", false, func(w *world) {
		w.book(quarterEnd, func(l *values.BookLoan) { l.Amount += 100 })
		w.line().Given &^= values.FieldSet(0).With(values.FieldAmount)
	}},
	{BookDiffers, "the rate", true, booked(func(l *values.BookLoan) { l.Rate = values.MustRate("3.5") })},
	{BookDiffers, "the rate with another number of zeros", false, booked(func(l *values.BookLoan) { l.Rate = values.MustRate("3.450") })},
	{BookDiffers, "disbursed a day earlier", true, booked(func(l *values.BookLoan) { l.Disbursed-- })},
	{BookDiffers, "matures a day later", true, booked(func(l *values.BookLoan) { l.Matures++ })},
	{BookDiffers, "overdue", true, booked(func(l *values.BookLoan) { l.Overdue = true })},
	{BookDiffers, "overdue, as the statement says in days", false, func(w *world) {
		w.book(quarterEnd, func(l *values.BookLoan) { l.Overdue = true })
		w.line().Overdue = "12天"
	}},
	{BookDiffers, "the class", true, booked(func(l *values.BookLoan) { l.Class = "次级" })},
	{BookDiffers, "the class in other words", false, func(w *world) {
		w.book(quarterEnd, func(*values.BookLoan) {})
		w.line().Class = "正常一类"
	}},
	{BookDiffers, "renewals", true, booked(func(l *values.BookLoan) { l.Renewals = 1 })},
	{BookDiffers, "renewals that the statement does not give", false, func(w *world) {
		w.book(quarterEnd, func(l *values.BookLoan) { l.Renewals = 1 })
		w.line().Given &^= values.FieldSet(0).With(values.FieldRenewals)
	}},
	{BookDiffers, "another bank's book", false, booked(func(l *values.BookLoan) { l.Bank, l.Balance = "别的银行", 1 })},
	{BookDiffers, "two tranches come to the balance", false, func(w *world) {
		half := func(tranche string) func(l *values.BookLoan) {
			return func(l *values.BookLoan) {
				l.Tranche, l.Balance, l.Amount = tranche, l.Balance/2, l.Amount/2
			}
		}
		w.bookRows(quarterEnd, half("1"), half("2"))
	}},
	{BookDiffers, "one tranche is missing", true, booked(func(l *values.BookLoan) { l.Tranche, l.Balance, l.Amount = "1", l.Balance/2, l.Amount/2 })},
	{BookDiffers, "the statement's tranche among the book's", false, func(w *world) {
		w.line().Tranche = "2"
		w.bookRows(quarterEnd, func(l *values.BookLoan) { l.Tranche, l.Balance = "1", 5 }, func(l *values.BookLoan) { l.Tranche = "2" })
	}},
	{BookDiffers, "interest that stopped although money is owed", true, func(w *world) {
		charge(w.line(), "50000", "3.45", "2026-06-21", "2026-08-09")
		w.book(quarterEnd, func(*values.BookLoan) {})
	}},
	{BookDiffers, "interest that stopped on a loan that is repaid", false, func(w *world) {
		charge(w.line(), "50000", "3.45", "2026-06-21", "2026-08-09")
		w.book(quarterEnd, func(l *values.BookLoan) { l.Balance = 0 })
	}},
	{BookDiffers, "a book of an earlier day has that day's balance", false, func(w *world) {
		charge(w.line(), "40000", "3.45", "2026-08-01", "2026-09-20")
		w.line().Amount = yuan("50000")
		w.twin(func(l *values.Line) { charge(l, "50000", "3.45", "2026-06-21", "2026-07-31") })
		w.book("2026-07-20", func(l *values.BookLoan) { l.Balance = yuan("50000") })
	}},

	{NotInBook, "it is there", false, booked(func(*values.BookLoan) {})},
	{NotInBook, "it is not", true, booked(nil)},
	{NotInBook, "the bank sent no book", false, func(w *world) {
		w.book(quarterEnd, nil)
		w.line().Bank = "别的银行"
	}},
	{NotInBook, "disbursed after the book's day", false, func(w *world) { w.book("2026-04-01", nil) }},
	{NotInBook, "disbursed on the book's day", true, func(w *world) { w.book("2026-04-02", nil) }},
	{NotInBook, "repaid before", false, func(w *world) {
		charge(w.line(), "50000", "3.45", "2026-06-21", "2026-08-09")
		w.book(quarterEnd, nil)
	}},
	{NotInBook, "its interest stopped, but it is overdue", true, func(w *world) {
		charge(w.line(), "50000", "3.45", "2026-06-21", "2026-08-09")
		w.book(quarterEnd, nil)
		w.line().Overdue = "是"
	}},
	{NotInBook, "matured between the quarter's end and the book's day", false, func(w *world) {
		w.line().Matures = day("2026-09-25")
		w.book("2026-09-30", nil)
	}},
	{NotInBook, "the book knows it by its tranche", false, booked(func(l *values.BookLoan) { l.Contract, l.Tranche = "HT-X", l.Contract })},
	{NotInBook, "the statement knows it by contract and tranche, the book by the tranche", false, func(w *world) {
		w.line().Tranche = "JJ1"
		w.book(quarterEnd, func(l *values.BookLoan) { l.Contract = "JJ1" })
	}},
}

// What the loan book says changes no subsidy: the line stays accepted, and a
// decision on it stands.
func TestALoanBookHoldsNobody(t *testing.T) {
	for _, p := range bookProbes {
		w := soundWorld()
		p.set(w)
		if v := Check(&w.Facts)[0]; v.Outcome != values.Accepted || v.Digest != "" || len(v.Blocked) != 0 {
			t.Errorf("%s, %s: %v %v", p.code, p.name, v.Outcome, codes(v))
		}
	}
	w := soundWorld()
	w.line().Paid = yuan("500")
	before := Check(&w.Facts)[0].Digest
	w.book(quarterEnd, func(l *values.BookLoan) { l.Balance-- })
	if after := Check(&w.Facts)[0].Digest; before == "" || after != before {
		t.Errorf("a decision stands on %q, before on %q", after, before)
	}
}

// A paid line is not judged again.
func TestALoanBookLeavesPaidLinesAlone(t *testing.T) {
	w := soundWorld()
	w.book(quarterEnd, nil)
	w.Lines[0].Frozen = &Frozen{Outcome: values.Accepted, Household: "H1"}
	if v := Check(&w.Facts)[0]; len(v.Findings) != 0 {
		t.Errorf("it has %v", codes(v))
	}
}

func TestTheLoanBooksFindingsSayBothPlaces(t *testing.T) {
	for _, tt := range []struct {
		set  func(w *world)
		want values.Finding
		says string
	}{
		{booked(func(l *values.BookLoan) { l.Balance = yuan("48000") }),
			values.Finding{Code: BookDiffers, Field: values.FieldBalance, Value: "50000.00", Want: "48000.00", Details: []string{"figure", "贷款台账.xlsx", "台账", "AF7", "2026-09-20"}},
			"贷款余额为“50000.00”，贷款台账（2026-09-20，文件“贷款台账.xlsx”工作表“台账”单元格AF7）是“48000.00”。"},
		{booked(nil),
			values.Finding{Code: NotInBook, Field: values.FieldContract, Value: "HT2026001", Details: []string{"贷款台账.xlsx", "2026-09-20"}},
			"2026-09-20的贷款台账“贷款台账.xlsx”里没有合同HT2026001。"},
		{func(w *world) {
			charge(w.line(), "50000", "3.45", "2026-06-21", "2026-08-09")
			w.book(quarterEnd, func(*values.BookLoan) {})
		}, values.Finding{Code: BookDiffers, Field: values.FieldTo, Value: "2026-08-09", Want: "50000.00", Details: []string{"stopped", "贷款台账.xlsx", "台账", "AF7", "2026-09-20"}},
			"利息只计到2026-08-09"},
	} {
		w := soundWorld()
		tt.set(w)
		tt.want.Cell = w.line().Cell(tt.want.Field)
		got := Check(&w.Facts)[0].Findings
		if len(got) != 1 || !reflect.DeepEqual(got[0], tt.want) {
			t.Errorf("got  %+v\nwant %+v", got, tt.want)
			continue
		}
		if says := Message(got[0], values.Chinese); !strings.Contains(says, tt.says) {
			t.Errorf("it says %s", says)
		}
	}
}

// Rows of one loan come together: money adds up, the worst counts.
func TestTranchesOfALoanBookComeTogether(t *testing.T) {
	w := soundWorld()
	one, two := bookLoan(w.line(), quarterEnd), bookLoan(w.line(), quarterEnd)
	one.Balance, one.Matures = 0, day("2026-01-01")
	two.Balance, two.Matures, two.Class, two.Overdue, two.Renewals, two.Rate = yuan("7"), day("2027-01-01"), "可疑", true, 1, values.MustRate("4")
	three := bookLoan(w.line(), quarterEnd)
	three.Balance, three.Matures, three.Disbursed = yuan("3"), day("2026-12-01"), day("2025-01-01")
	sum := Together([]*values.BookLoan{&one, &two, &three})
	if sum.Balance != yuan("10") || sum.Amount != yuan("150000") || sum.Matures != day("2026-12-01") || sum.Disbursed != day("2025-01-01") ||
		sum.Class != "可疑" || !sum.Overdue || sum.Renewals != 1 || sum.Given.Has(values.FieldRate) || !sum.Given.Has(values.FieldAmount) {
		t.Errorf("together they are %+v", sum)
	}
	if one.Balance != 0 || !two.Given.Has(values.FieldRate) {
		t.Error("the rows themselves were changed")
	}
}
