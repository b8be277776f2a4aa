package values

import "github.com/shopspring/decimal"

// Rate is a yearly interest rate in percent, exact: 3.45 means 3.45 % a year.
type Rate struct{ decimal.Decimal }

// ParseRate reads a plain decimal percent figure, "3.45".
func ParseRate(percent string) (Rate, error) {
	d, err := decimal.NewFromString(percent)
	return Rate{d}, err
}

// MustRate is ParseRate for constants and tests; it panics on a bad text.
func MustRate(percent string) Rate { return Rate{decimal.RequireFromString(percent)} }

// Same compares by value: 3.5 and 3.50 are the same rate.
func (r Rate) Same(other Rate) bool { return r.Equal(other.Decimal) }
