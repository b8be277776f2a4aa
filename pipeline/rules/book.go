package rules

import (
	"slices"
	"strconv"
	"strings"

	"tiexi/pipeline/values"
)

// Books are the loan books (贷款台账) that banks sent for a quarter, to find a
// statement's loans in. The nil Books has none.
type Books struct{ byBank map[string]*bankBook }

type bankBook struct {
	asOf                values.Date // the latest of the bank's books
	files               []string
	contracts, tranches map[string][]*values.BookLoan
}

// NewBooks makes them of the live books' rows; nil where there are none.
func NewBooks(loans []values.BookLoan) *Books {
	if len(loans) == 0 {
		return nil
	}
	b := &Books{map[string]*bankBook{}}
	for i := range loans {
		l := &loans[i]
		bank := b.byBank[l.Bank]
		if bank == nil {
			bank = &bankBook{contracts: map[string][]*values.BookLoan{}, tranches: map[string][]*values.BookLoan{}}
			b.byBank[l.Bank] = bank
		}
		bank.asOf = max(bank.asOf, l.AsOf)
		if !slices.Contains(bank.files, l.File) {
			bank.files = append(bank.files, l.File)
		}
		bank.contracts[l.Contract] = append(bank.contracts[l.Contract], l)
		if l.Tranche != "" {
			bank.tranches[l.Tranche] = append(bank.tranches[l.Tranche], l)
		}
	}
	return b
}

// AsOf is the day of the bank's newest book, zero where it sent none.
func (b *Books) AsOf(bank string) values.Date {
	if b == nil || b.byBank[bank] == nil {
		return 0
	}
	return b.byBank[bank].asOf
}

// Find gives the rows of a loan, or of a tranche of it where the book tells
// tranches apart. A statement or a book may know the loan by the number of its
// tranche (借据号) alone.
func (b *Books) Find(loan values.Loan, tranche string) []*values.BookLoan {
	if b == nil || b.byBank[loan.Bank] == nil {
		return nil
	}
	bank := b.byBank[loan.Bank]
	if rows := bank.contracts[loan.Contract]; len(rows) > 0 {
		if i := slices.IndexFunc(rows, func(l *values.BookLoan) bool { return l.Tranche == tranche }); tranche != "" && i >= 0 {
			return rows[i : i+1]
		}
		return rows
	}
	if rows := bank.tranches[loan.Contract]; len(rows) > 0 {
		return rows
	}
	if rows := bank.contracts[tranche]; tranche != "" && len(rows) == 1 && rows[0].Tranche == "" {
		return rows
	}
	return nil
}

// Together is what several rows of one loan come to: the balances added up, the
// worst of the classes, overdue if one is, and the maturity that comes first
// among those on which something is owed. A figure counts as given where every
// row gives it, a rate where it is the same.
func Together(rows []*values.BookLoan) values.BookLoan {
	sum := *rows[0]
	for _, l := range rows[1:] {
		if !l.Rate.Same(sum.Rate) {
			l = without(l, values.FieldRate)
		}
		switch {
		case sum.Balance == 0:
			sum.Matures = l.Matures
		case l.Balance > 0:
			sum.Matures = min(sum.Matures, l.Matures)
		}
		sum.Balance += l.Balance
		sum.Amount += l.Amount
		sum.Disbursed = min(sum.Disbursed, l.Disbursed)
		sum.Overdue = sum.Overdue || l.Overdue
		sum.Renewals = max(sum.Renewals, l.Renewals)
		if slices.Index(values.Classes, l.Class) > slices.Index(values.Classes, sum.Class) {
			sum.Class = l.Class
		}
		sum.Given &= l.Given
	}
	return sum
}

func without(l *values.BookLoan, f values.Field) *values.BookLoan {
	other := *l
	other.Given &^= values.FieldSet(0).With(f)
	return &other
}

// books compares a loan's lines with the loan book (三(六)); live are the lines
// of one loan. What differs is a notice: the book decides about no subsidy.
func (c *checker) books(live []int) {
	first := c.facts.Lines[live[0]].Line
	asOf := c.facts.Books.AsOf(first.Bank)
	if !asOf.Known() {
		return
	}
	var parts []bookPart
	for _, lines := range partition(live, func(i int) string { return c.facts.Lines[i].Line.Tranche }) {
		p := c.inForce(lines, asOf)
		p.rows = c.facts.Books.Find(first.Loan(), c.facts.Lines[p.line].Line.Tranche)
		p.balance, p.amount = c.facts.Lines[p.line].Line.Balance, c.facts.Lines[p.line].Line.Amount
		if n := slices.IndexFunc(parts, func(o bookPart) bool { return len(o.rows) > 0 && len(p.rows) > 0 && o.rows[0] == p.rows[0] }); n >= 0 {
			parts[n] = c.joined(parts[n], p, asOf) // the book does not tell these tranches apart
			continue
		}
		parts = append(parts, p)
	}
	for _, p := range parts {
		switch {
		case c.facts.Lines[p.line].Frozen != nil || c.facts.Lines[p.last].Frozen != nil: // paid, and not judged again
		case len(p.rows) == 0:
			c.notInBook(p, asOf)
		default:
			c.compareBook(p)
		}
	}
}

// bookPart is a loan, or a tranche of it, as a statement has it on the book's
// day.
type bookPart struct {
	line            int // the last that begins by then, else the first
	last            int // the last of all
	rows            []*values.BookLoan
	balance, amount values.Fen
}

// joined is what two parts come to that the book has in the same row: one that
// was repaid before the book's day is not in its figures.
func (c *checker) joined(p, o bookPart, asOf values.Date) bookPart {
	gone := func(p bookPart) bool {
		last := c.facts.Lines[p.last].Line
		return c.repaid(last) && last.To < asOf
	}
	switch {
	case gone(o):
		return p
	case gone(p):
		return o
	}
	p.balance += o.balance
	p.amount += o.amount
	return p
}

func (c *checker) inForce(lines []int, asOf values.Date) bookPart {
	p := bookPart{line: lines[0], last: lines[0]}
	for _, i := range lines {
		now, line, last := c.facts.Lines[i].Line, c.facts.Lines[p.line].Line, c.facts.Lines[p.last].Line
		if now.From <= asOf && (now.From > line.From || line.From > asOf) || now.From < line.From && line.From > asOf {
			p.line = i
		}
		if now.To > last.To {
			p.last = i
		}
	}
	return p
}

// repaid tells whether interest stops before the quarter ends on a loan that is
// not said to be overdue.
func (c *checker) repaid(l *values.Line) bool {
	return l.To < c.quarter.To && !values.SaysOverdue(l.Overdue)
}

// notInBook finds a loan that the bank's book does not have, although it should:
// it was disbursed by then, and not repaid.
func (c *checker) notInBook(p bookPart, asOf values.Date) {
	l, last := c.facts.Lines[p.line].Line, c.facts.Lines[p.last].Line
	gone := c.repaid(last) && last.To < asOf || last.Matures > last.To && last.Matures <= asOf
	if l.Disbursed <= asOf && !gone {
		c.add(p.line, NotInBook, values.FieldContract, l.Contract, "", strings.Join(c.facts.Books.byBank[l.Bank].files, "”“"), asOf.String())
	}
}

// compareBook compares figure by figure; those that one of the two does not give
// are left out.
func (c *checker) compareBook(p bookPart) {
	l, last, book := c.facts.Lines[p.line].Line, c.facts.Lines[p.last].Line, Together(p.rows)
	differs := func(f values.Field, value, want string) {
		c.bookDiffers(p.line, f, f, "figure", value, want, p.rows)
	}
	given := func(f values.Field) bool { return l.Given.Has(f) && book.Given.Has(f) }
	alike := func(same func(*values.BookLoan) bool) bool {
		return !slices.ContainsFunc(p.rows, func(r *values.BookLoan) bool { return !same(r) })
	}
	if book.ID != l.ID {
		differs(values.FieldID, l.ID.Whole(), book.ID.Whole())
	}
	switch {
	case c.repaid(last) && last.To < book.AsOf && book.Balance > 0:
		c.bookDiffers(p.last, values.FieldTo, values.FieldBalance, "stopped", last.To.String(), book.Balance.String(), p.rows)
	case c.repaid(last) && last.To < book.AsOf, l.From > book.AsOf:
	case p.balance != book.Balance:
		differs(values.FieldBalance, p.balance.String(), book.Balance.String())
	}
	if given(values.FieldAmount) && p.amount != book.Amount {
		differs(values.FieldAmount, p.amount.String(), book.Amount.String())
	}
	if book.Given.Has(values.FieldRate) && !l.Rate.Same(book.Rate) {
		differs(values.FieldRate, l.Rate.String(), book.Rate.String())
	}
	if alike(func(r *values.BookLoan) bool { return r.Disbursed == book.Disbursed }) && l.Disbursed != book.Disbursed {
		differs(values.FieldDisbursed, l.Disbursed.String(), book.Disbursed.String())
	}
	if alike(func(r *values.BookLoan) bool { return r.Matures == book.Matures }) && l.Matures != book.Matures {
		differs(values.FieldMatures, l.Matures.String(), book.Matures.String())
	}
	if given(values.FieldOverdue) && values.SaysOverdue(l.Overdue) != book.Overdue {
		differs(values.FieldOverdue, l.Overdue, overdueWord(book.Overdue))
	}
	if class := values.ClassOf(l.Class); given(values.FieldClass) && class != "" && class != book.Class {
		differs(values.FieldClass, l.Class, book.Class)
	}
	if given(values.FieldRenewals) && l.Renewals != book.Renewals {
		differs(values.FieldRenewals, strconv.Itoa(l.Renewals), strconv.Itoa(book.Renewals))
	}
}

func overdueWord(overdue bool) string {
	if overdue {
		return "逾期"
	}
	return "未逾期"
}

// bookDiffers adds the finding with both places: the line's own cell, and the
// book's file, sheet and cells.
func (c *checker) bookDiffers(i int, field, inBook values.Field, what, value, want string, rows []*values.BookLoan) {
	var cells []string
	for _, r := range rows {
		cells = append(cells, r.Cell(inBook))
	}
	c.add(i, BookDiffers, field, value, want, what, rows[0].File, rows[0].Sheet, listed(cells), rows[0].AsOf.String())
}
