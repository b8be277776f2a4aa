package cell

import (
	"strings"

	"github.com/shopspring/decimal"

	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// RateUnit is how a rate is written.
type RateUnit string

// The units of rates. A percent sign in the cell itself, or a cell that is
// formatted as a percentage, goes before the column's unit.
const (
	ByValue       RateUnit = ""               // percent or fraction, whichever the figure plainly is
	Percent       RateUnit = "percent"        // a year, 3.45
	Fraction      RateUnit = "fraction"       // a year, 0.0345
	PermilleYear  RateUnit = "permille"       // a year, 34.5
	PermilleMonth RateUnit = "permille-month" // 2.875
	PercentMonth  RateUnit = "percent-month"  // 0.2875
	Monthly       RateUnit = "month"          // a heading 月利率 that gives no unit: ‰, if the figure can be nothing else
)

// The bounds of policy.md §5: 0 < fraction ≤ 0.24, 0.5 ≤ percent ≤ 24.
var (
	leastPercent = decimal.RequireFromString("0.5")
	mostPercent  = decimal.NewFromInt(24)
	mostFraction = decimal.RequireFromString("0.24")
	plainMonthly = decimal.NewFromInt(2) // percent a month: 24 a year
	twelve       = decimal.NewFromInt(12)
)

// Rate is a yearly rate in percent. A figure that its unit makes implausible,
// or that has no plain unit, is [values.ProblemRateUnit].
func Rate(c sheet.Cell, unit RateUnit) (values.Rate, values.ProblemKind) {
	text, problem := Text(c)
	switch {
	case problem != fine:
		return values.Rate{}, problem
	case c.Kind == sheet.Bool:
		return values.Rate{}, values.ProblemUnreadable
	case c.Kind == sheet.Number && c.Percent:
		text, _ = shift(text, 2)
		unit = percentSign(unit)
	case c.Kind == sheet.Text:
		text = fold(text)
		if rest, ok := strings.CutSuffix(text, "%"); ok {
			text, unit = rest, percentSign(unit)
		} else if rest, ok := strings.CutSuffix(text, "‰"); ok {
			text, unit = rest, permilleSign(unit)
		}
	}
	text, ok := shift(text, 0)
	if !ok {
		return values.Rate{}, values.ProblemUnreadable
	}
	figure, err := decimal.NewFromString(text)
	if err != nil {
		return values.Rate{}, values.ProblemUnreadable
	}
	percent, ok := yearly(figure, unit)
	if !ok || percent.LessThan(leastPercent) || percent.GreaterThan(mostPercent) {
		return values.Rate{}, values.ProblemRateUnit
	}
	return values.Rate{Decimal: percent}, fine
}

// percentSign is the unit of a figure that is a percentage by itself.
func percentSign(column RateUnit) RateUnit {
	switch column {
	case Monthly, PermilleMonth, PercentMonth:
		return PercentMonth
	}
	return Percent
}

// permilleSign is the unit of a figure with ‰. Permille are monthly only where
// the heading says so; elsewhere nobody knows.
func permilleSign(column RateUnit) RateUnit {
	switch column {
	case Monthly, PermilleMonth:
		return PermilleMonth
	case PermilleYear:
		return PermilleYear
	}
	return "unknown"
}

// yearly makes the figure percent a year; ok is false where it has no plain
// unit.
func yearly(figure decimal.Decimal, unit RateUnit) (percent decimal.Decimal, ok bool) {
	switch unit {
	case ByValue:
		if figure.IsPositive() && figure.LessThanOrEqual(mostFraction) {
			figure = figure.Shift(2)
		}
		return figure, true
	case Percent:
		return figure, true
	case Fraction:
		return figure.Shift(2), true
	case PermilleYear:
		return figure.Shift(-1), true
	case PermilleMonth:
		return figure.Mul(twelve).Shift(-1), true
	case PercentMonth:
		return figure.Mul(twelve), true
	case Monthly:
		return figure.Mul(twelve).Shift(-1), figure.GreaterThan(plainMonthly)
	}
	return decimal.Decimal{}, false
}
