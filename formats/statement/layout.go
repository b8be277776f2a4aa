package statement

import (
	"strings"

	"tiexi/formats/cell"
	"tiexi/formats/heading"
	"tiexi/pipeline/values"
)

// layout says which column of a sheet holds what, and in which unit.
type layout struct {
	table  *heading.Table
	number [keyExtendedMatures + 1]int // of the column with that key, 0 where there is none
	money  []money
	rate   cell.RateUnit
}

// money is a column of amounts.
type money struct {
	key    heading.Key
	column int
	unit   cell.AmountUnit
}

const (
	balanceKey = heading.Key(values.FieldBalance)
	paidKey    = heading.Key(values.FieldPaid)
	dueKey     = heading.Key(values.FieldDue)
	amountKey  = heading.Key(values.FieldAmount)
)

var moneyKeys = []heading.Key{balanceKey, paidKey, dueKey, heading.Key(values.FieldPenalty), keyCompound, amountKey}

func newLayout(table *heading.Table, title Title, opt *Options) *layout {
	l := &layout{table: table}
	for _, c := range table.Columns {
		if c.Key > 0 {
			l.number[c.Key] = c.Number
		}
	}
	if l.number[values.FieldRenewals] != 0 { // the count of both is there already
		l.number[keyRenewed], l.number[keyExtended] = 0, 0
	}
	for _, key := range moneyKeys {
		if n := l.number[key]; n != 0 {
			l.money = append(l.money, money{key, n, AmountUnit(table.Columns[n-1].Path, title, opt)})
		}
	}
	l.rate = opt.Rate
	if n := l.number[values.FieldRate]; n != 0 && l.rate == cell.ByValue {
		l.rate = RateUnit(table.Columns[n-1].Path)
	}
	return l
}

// AmountUnit is the unit that the heading gives, else jobs.yaml, else the
// title, else yuan.
func AmountUnit(path []string, title Title, opt *Options) cell.AmountUnit {
	for i := len(path) - 1; i >= 0; i-- {
		if unit := unitWord(values.FoldText(path[i])); unit != "" {
			return unit
		}
	}
	for _, unit := range []cell.AmountUnit{opt.Amount, title.Unit} {
		if unit != "" {
			return unit
		}
	}
	return cell.Yuan
}

// RateUnit is the unit that a heading of rates gives: 月利率‰, 年利率(%).
func RateUnit(path []string) cell.RateUnit {
	text := values.FoldText(strings.Join(path, " "))
	permille := strings.Contains(text, "‰") || strings.Contains(text, "千分")
	switch monthly := strings.Contains(text, "月利率") || strings.Contains(text, "月息") || strings.Contains(text, "利率(月"); {
	case monthly && permille:
		return cell.PermilleMonth
	case monthly && strings.Contains(text, "%"):
		return cell.PercentMonth
	case monthly:
		return cell.Monthly
	case permille:
		return cell.PermilleYear
	}
	return cell.ByValue
}

// columns are the layout's columns for the report.
func (l *layout) columns() []Column {
	columns := make([]Column, len(l.table.Columns))
	for i, c := range l.table.Columns {
		columns[i] = Column{
			Number: c.Number, Path: c.Path, Heading: c.Heading(), Score: c.Score, Known: c.Key != 0,
			Field: fieldOf(c.Key), Unused: fieldOf(c.Passed),
		}
		if c.Key > 0 && l.number[c.Key] != c.Number {
			columns[i].Field, columns[i].Unused = values.FieldNone, columns[i].Field
		}
		if c.Key == heading.Key(values.FieldRate) {
			columns[i].Unit = string(l.rate)
		}
	}
	for _, m := range l.money {
		columns[m.column-1].Unit = string(m.unit)
	}
	return columns
}

// requiredFields are those that every line must have.
var requiredFields = values.FieldSet(0).With(values.FieldBorrower).With(values.FieldID).With(values.FieldContract).
	With(values.FieldBalance).With(values.FieldRate).With(values.FieldDisbursed).With(values.FieldMatures).With(values.FieldPaid)
