package cell_test

import (
	"testing"

	"tiexi/formats/cell"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// FuzzValues: whatever a cell holds, no reader panics, a value that is refused
// is the zero value, and one that is taken lies within its bounds.
func FuzzValues(f *testing.F) {
	for _, seed := range []string{"2026-3-21", "2026年3月21日 下午3时", "20260321", "1,234.50", "（12.00）", "5万元", "3.45％", "2.875‰", "0.0345", "1.4E+17", `="001"`, "续贷2次", "张\ue000", "√"} {
		f.Add(seed, byte(0))
		f.Add(seed, byte(1))
	}
	f.Fuzz(func(t *testing.T, s string, how byte) {
		c := sheet.Cell{Kind: sheet.Kind(how & 1), Text: s}
		if c.Kind = sheet.Text; how&1 != 0 {
			c.Kind = sheet.Number
		}
		c.Date, c.Percent, c.Long = how&2 != 0, how&4 != 0, how&8 != 0
		for _, unit := range []cell.AmountUnit{cell.Yuan, cell.Thousand, cell.Wan} {
			if fen, problem := cell.Amount(c, unit); problem != "" && fen != 0 {
				t.Errorf("amount %d with %s", fen, problem)
			}
			_, _ = cell.RoundedAmount(c, unit)
		}
		for _, unit := range []cell.RateUnit{cell.ByValue, cell.Percent, cell.Fraction, cell.PermilleMonth, cell.PercentMonth, cell.PermilleYear, cell.Monthly} {
			rate, problem := cell.Rate(c, unit)
			if problem == "" && (rate.LessThan(values.MustRate("0.5").Decimal) || rate.GreaterThan(values.MustRate("24").Decimal)) {
				t.Errorf("rate %s", rate)
			}
		}
		for _, date1904 := range []bool{false, true} {
			if d, problem := cell.DateOrMonth(c, date1904); (problem == "") != d.Known() {
				t.Errorf("date %s with %q", d, problem)
			}
		}
		if account, problem := cell.Account(c); problem == "" {
			for _, r := range account.Whole() {
				if r < '0' || r > '9' {
					t.Errorf("account %q", account.Whole())
				}
			}
		}
		_, _ = cell.ID(c)
		_, _ = cell.RosterID(c)
		_, _ = cell.Contract(c)
		_, _ = cell.Name(c)
		_, _ = cell.Flag(c)
		if n, problem := cell.Count(c); problem == "" && n < 0 {
			t.Errorf("count %d", n)
		}
		_ = cell.Shown(c, false)
		_ = cell.Placeholder(c)
	})
}
