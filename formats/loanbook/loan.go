package loanbook

import (
	"fmt"
	"slices"

	"tiexi/formats/cell"
	"tiexi/formats/heading"
	"tiexi/formats/sheet"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

// most is what no loan of this kind comes near; below it sums of a county's
// loans stay exact.
const most = 1_000_000_000 * values.Yuan

// columns in the order in which they are read.
var columns = []heading.Key{
	heading.Key(values.FieldBorrower), heading.Key(values.FieldID), heading.Key(values.FieldContract), heading.Key(values.FieldTranche),
	heading.Key(values.FieldAmount), heading.Key(values.FieldBalance), heading.Key(values.FieldRate),
	heading.Key(values.FieldDisbursed), heading.Key(values.FieldMatures), keyExtendedMatures,
	heading.Key(values.FieldOverdue), keyDaysLate, heading.Key(values.FieldClass), heading.Key(values.FieldRenewals), keyRenewed, keyExtended,
	heading.Key(values.FieldProduct), heading.Key(values.FieldTownship), heading.Key(values.FieldVillage), keyDataDate,
}

var needed = []values.Field{values.FieldBorrower, values.FieldID, values.FieldContract, values.FieldBalance, values.FieldDisbursed, values.FieldMatures}

// loan reads a row. Every cell that cannot be taken is a problem of the book.
func (r *reader) loan(row sheet.Row) {
	l := values.BookLoan{Place: r.place(row.Number), Columns: r.letters}
	before := len(r.book.Problems)
	for _, key := range columns {
		c, f := row.Cell(r.number[key]), fieldOf(key)
		must := heading.Key(f) == key && slices.Contains(needed, f)
		switch {
		case cell.Blank(c) && must && !r.extended(f, row), must && cell.Placeholder(c):
			r.problem(row.Number, f, c, values.ProblemEmpty, values.Text{})
		case cell.Blank(c) || cell.Placeholder(c) && !saysNo(f):
		default:
			r.take(&l, key, f, c)
		}
	}
	if len(r.book.Problems) == before {
		r.compare(&l, row)
	}
	if l.Given.Has(values.FieldContract) {
		r.once(&l, row)
	}
	r.sums.add(&l)
	if len(r.book.Problems) > before {
		r.sums.broken = true
		return
	}
	r.book.Loans = append(r.book.Loans, l)
}

// extended tells that a maturity which is blank in its own column stands in the
// one of extensions.
func (r *reader) extended(f values.Field, row sheet.Row) bool {
	return f == values.FieldMatures && !cell.Blank(row.Cell(r.number[keyExtendedMatures]))
}

// saysNo tells the fields in which 无 and — are answers.
func saysNo(f values.Field) bool { return f == values.FieldOverdue || f == values.FieldRenewals }

func (r *reader) take(l *values.BookLoan, key heading.Key, f values.Field, c sheet.Cell) {
	kind := r.store(l, key, c)
	switch {
	case kind != "" && kind != values.ProblemPrivateUse: // a name is for reading here
		r.problem(c.Row, f, c, kind, values.Text{})
	case f != values.FieldNone:
		l.Given = l.Given.With(f)
	}
}

// store reads the cell as what its column holds.
func (r *reader) store(l *values.BookLoan, key heading.Key, c sheet.Cell) (kind values.ProblemKind) {
	switch key {
	case keyExtendedMatures:
		l.Matures, kind = cell.Date(c, r.sheet.Date1904)
		l.Columns = r.extendedLetters
		return kind
	case keyDaysLate:
		days, kind := cell.Whole(c)
		l.Overdue = l.Overdue || days > 0
		if cell.Placeholder(c) {
			kind = ""
		}
		return kind
	case keyRenewed, keyExtended:
		n, kind := cell.Count(c)
		if r.number[values.FieldRenewals] == 0 { // else the count of both is there already
			l.Renewals += n
		}
		return kind
	case keyDataDate:
		day, kind := cell.Date(c, r.sheet.Date1904)
		r.dated = max(r.dated, day)
		return kind
	}
	switch values.Field(key) {
	case values.FieldBorrower:
		l.Borrower, kind = cell.Name(c)
	case values.FieldID:
		l.ID, kind = cell.ID(c)
	case values.FieldContract:
		l.Contract, kind = cell.Contract(c)
	case values.FieldTranche:
		l.Tranche, kind = cell.Contract(c)
	case values.FieldAmount:
		if l.Amount, kind = r.money(values.FieldAmount, c); kind == "" && l.Amount == 0 {
			kind = values.ProblemNegative
		}
	case values.FieldBalance:
		l.Balance, kind = r.money(values.FieldBalance, c)
	case values.FieldRate:
		l.Rate, kind = cell.Rate(c, r.rate)
	case values.FieldDisbursed:
		l.Disbursed, kind = cell.Date(c, r.sheet.Date1904)
	case values.FieldMatures:
		l.Matures, kind = cell.Date(c, r.sheet.Date1904)
	case values.FieldOverdue:
		l.Overdue, kind = overdue(c)
	case values.FieldClass:
		if l.Class = values.ClassOf(c.Text); l.Class == "" {
			kind = values.ProblemUnreadable
		}
	case values.FieldRenewals:
		l.Renewals, kind = cell.Count(c)
	case values.FieldProduct:
		l.Product, kind = cell.Text(c)
	case values.FieldTownship:
		l.Township, kind = cell.Text(c)
	case values.FieldVillage:
		l.Village, kind = cell.Text(c)
	}
	return kind
}

// money is an amount in whole fen, of nothing or more. One that is merged over
// several rows would count in each of them.
func (r *reader) money(f values.Field, c sheet.Cell) (values.Fen, values.ProblemKind) {
	read := cell.Amount
	if slices.Contains(r.opt.Allow, statement.RoundAmounts) {
		read = cell.RoundedAmount
	}
	amount, kind := read(c, r.units[f])
	switch {
	case kind != "":
		return 0, kind
	case c.Covered:
		return 0, values.ProblemMerged
	case amount < 0:
		return 0, values.ProblemNegative
	case amount > most:
		return 0, values.ProblemTooLarge
	}
	return amount, ""
}

// overdue reads 是否逾期: a yes or no, a word of its own, or days.
func overdue(c sheet.Cell) (bool, values.ProblemKind) {
	switch values.FoldText(c.Text) {
	case "逾期", "已逾期", "本金逾期", "是(逾期)":
		return true, ""
	case "正常", "未逾期", "不逾期":
		return false, ""
	}
	if days, kind := cell.Whole(c); kind == "" {
		return days > 0, ""
	}
	return cell.Flag(c)
}

// compare holds the loan's figures against each other.
func (r *reader) compare(l *values.BookLoan, row sheet.Row) {
	if l.Given.Has(values.FieldAmount) && l.Balance > l.Amount {
		r.problem(row.Number, values.FieldBalance, row.Cell(r.number[values.FieldBalance]), values.ProblemAboveAmount, figureText(l.Amount.String()))
	}
	if l.Matures <= l.Disbursed {
		c := row.Cell(r.number[values.FieldMatures])
		if l.Columns == r.extendedLetters {
			c = row.Cell(r.number[keyExtendedMatures])
		}
		r.problem(row.Number, values.FieldMatures, c, values.ProblemReversed, figureText(l.Disbursed.String()))
	}
}

// once finds a loan that the book has already.
func (r *reader) once(l *values.BookLoan, row sheet.Row) {
	if first, twice := r.before(l); twice {
		other := values.Text{Chinese: fmt.Sprintf("%s第 %d 行", heading.InSheet(first.Sheet), first.Row), English: at(first)}
		r.problem(row.Number, values.FieldContract, row.Cell(r.number[values.FieldContract]), values.ProblemTwice, other)
		return
	}
	r.seen[[2]string{l.Contract, l.Tranche}] = l.Place
	r.contracts[l.Contract] = l.Place
}

// before finds the row that has the loan already: the same tranche, or one of
// two rows that does not say which tranche it is.
func (r *reader) before(l *values.BookLoan) (first values.Place, found bool) {
	for _, tranche := range []string{l.Tranche, ""} {
		if first, found = r.seen[[2]string{l.Contract, tranche}]; found {
			return first, true
		}
	}
	if l.Tranche == "" {
		first, found = r.contracts[l.Contract]
	}
	return first, found
}
