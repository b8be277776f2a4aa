package rules

import (
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

// rounded is x rounded half up to a whole number.
func rounded(x *big.Rat) int64 {
	x = new(big.Rat).Add(x, big.NewRat(1, 2))
	return new(big.Int).Div(x.Num(), x.Denom()).Int64() // floors, as denominators are positive
}

// The recomputation agrees with rationals worked out the long way.
func TestInterestFitsAsRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		balance := rapid.Int64Range(0, 20_000_000).Draw(t, "balance")
		hundredths := rapid.Int64Range(1, 2400).Draw(t, "rate")
		days := rapid.Int64Range(1, 400).Draw(t, "days")
		rate := values.MustRate(fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100))

		exact := func(n, year int64) *big.Rat {
			x := big.NewRat(balance, 1)
			x.Mul(x, big.NewRat(hundredths, 10_000))
			return x.Mul(x, big.NewRat(n, year))
		}
		near := rounded(exact(days+rapid.Int64Range(-2, 2).Draw(t, "off"), rapid.SampledFrom([]int64{360, 365}).Draw(t, "year")))
		paid := max(0, near+rapid.Int64Range(-3, 3).Draw(t, "fen"))

		want := false
		for _, n := range []int64{days - 1, days, days + 1} {
			for _, year := range []int64{360, 365} {
				if difference := paid - rounded(exact(n, year)); n > 0 && difference >= -1 && difference <= 1 {
					want = true
				}
			}
		}
		if got := interestFits(values.Fen(paid), values.Fen(balance), rate, days); got != want {
			t.Fatalf("%d fen on %d at %v for %d days: %v, want %v", paid, balance, rate, days, got, want)
		}
		if got := recomputed(values.Fen(balance), rate, days, 360); int64(got) != rounded(exact(days, 360)) {
			t.Fatalf("recomputed %d, want %d", got, rounded(exact(days, 360)))
		}
	})
}

// The sweep over a household's balances agrees with looking at every day.
func TestSweepAgainstEveryDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var claims []claim
		for i := range rapid.IntRange(1, 7).Draw(t, "claims") {
			from := rapid.IntRange(1, 40).Draw(t, "from")
			c := claim{
				Span: Span{values.Date(from), values.Date(rapid.IntRange(from, 40).Draw(t, "to"))}, line: i,
				contract: fmt.Sprint("HT", i), balance: values.Fen(rapid.IntRange(0, 6).Draw(t, "balance")),
				ceiling: values.Fen(rapid.SampledFrom([]int64{0, 8, 10}).Draw(t, "ceiling")),
			}
			if rapid.IntRange(0, 4).Draw(t, "earlier") == 0 {
				c.line = -1
			}
			claims = append(claims, c)
		}
		want := map[int]excess{}
		for day := values.Date(1); day <= 40; day++ {
			var total, ceiling values.Fen
			var names []string
			for _, c := range claims {
				if c.From <= day && day <= c.To {
					total += c.balance
					names = append(names, c.contract)
					if c.ceiling > 0 && (ceiling == 0 || c.ceiling < ceiling) {
						ceiling = c.ceiling
					}
				}
			}
			for _, c := range claims {
				if c.line >= 0 && c.From <= day && day <= c.To && ceiling > 0 && total > ceiling {
					e := want[c.line]
					e.days++
					if total > e.peak {
						slices.Sort(names)
						e.peak, e.ceiling, e.peakDay, e.contracts = total, ceiling, day, listed(names)
					}
					want[c.line] = e
				}
			}
		}
		if got := sweep(claims); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// crowd draws a quarter in which everything touches: a few loans, households and
// accounts, lines that overlap, some that go back for themselves.
func crowd(t *rapid.T) *Facts {
	w := soundWorld()
	w.Lines = nil
	for i := range rapid.IntRange(1, 10).Draw(t, "lines") {
		l := soundLine()
		l.Row = i + 1
		l.File = rapid.SampledFrom([]string{"a.xlsx", "b.xlsx"}).Draw(t, "file")
		l.Contract = rapid.SampledFrom([]string{"HT1", "HT2", "HT3"}).Draw(t, "contract")
		l.ID = resident("19800506", rapid.IntRange(1, 4).Draw(t, "person"))
		l.Renewals = rapid.SampledFrom([]int{0, 0, 0, 2}).Draw(t, "renewals")
		from := rapid.IntRange(0, 91).Draw(t, "from")
		to := rapid.IntRange(from, 91).Draw(t, "to")
		charge(l, rapid.SampledFrom([]string{"30000", "50000", "60000"}).Draw(t, "balance"),
			rapid.SampledFrom([]string{"3.45", "3.6"}).Draw(t, "rate"),
			(day("2026-06-21") + values.Date(from)).String(), (day("2026-06-21") + values.Date(to)).String())
		w.Lines = append(w.Lines, LineFacts{Line: l, Terms: &bangfu, Sheet: rapid.IntRange(0, 1).Draw(t, "sheet")})
		m := soundMember()
		m.Household = rapid.SampledFrom([]string{"H1", "H2"}).Draw(t, "household")
		m.Account = values.Account(rapid.SampledFrom([]string{"1001", "1002", "1003"}).Draw(t, "account"))
		if w.Roster[l.ID] == nil || rapid.IntRange(0, 5).Draw(t, "second") == 0 {
			w.Roster[l.ID] = append(w.Roster[l.ID], m)
		}
	}
	return &w.Facts
}

// The order in which lines and memberships are handed over changes nothing;
// which of two lines keeps a day hangs on where they stand in the files.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := crowd(t)
		before := Check(f)
		order := rapid.Permutation(identity(len(f.Lines))).Draw(t, "order")
		shuffled := *f
		shuffled.Lines = make([]LineFacts, len(f.Lines))
		for i, at := range order {
			shuffled.Lines[at] = f.Lines[i]
		}
		shuffled.Roster = map[values.ResidentID][]Membership{}
		for id, members := range f.Roster {
			shuffled.Roster[id] = slices.Clone(members)
			slices.Reverse(shuffled.Roster[id])
		}
		after := Check(&shuffled)
		for i, at := range order {
			if !reflect.DeepEqual(before[i], after[at]) {
				t.Fatalf("line %d at %d:\n%+v\n%+v", i, at, before[i], after[at])
			}
		}
	})
}

func identity(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// No day of a loan stands on two lines that are not returned, and no line is a
// duplicate without one before it that keeps the day.
func TestNoDayOfALoanTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := crowd(t)
		verdicts := Check(f)
		type loanDay struct {
			contract string
			day      values.Date
		}
		kept := map[loanDay]*LineFacts{}
		for i := range f.Lines {
			l := f.Lines[i].Line
			if verdicts[i].Outcome == values.Returned {
				continue
			}
			for d := l.From; d <= l.To; d++ {
				if kept[loanDay{l.Contract, d}] != nil {
					t.Fatalf("%s %s stands twice", l.Contract, d)
				}
				kept[loanDay{l.Contract, d}] = &f.Lines[i]
			}
		}
		for i := range f.Lines {
			if !slices.Contains(codes(verdicts[i]), DuplicateLine) {
				continue
			}
			l, justified := f.Lines[i].Line, false
			for d := l.From; d <= l.To; d++ {
				if k := kept[loanDay{l.Contract, d}]; k != nil && before(k, &f.Lines[i]) {
					justified = true
				}
			}
			if !justified {
				t.Fatalf("line %d is returned for days that nobody before it keeps", i)
			}
		}
	})
}

func before(a, b *LineFacts) bool {
	key := func(l *LineFacts) string { return fmt.Sprintf("%s %d %06d", l.Line.File, l.Sheet, l.Line.Row) }
	return key(a) < key(b)
}

// Whatever a reader could not read, the line goes back, nothing panics, and no
// finding but the reader's own speaks of that field.
func TestUnreadableIsNeverGuessedAt(t *testing.T) {
	wild := rapid.SampledFrom([]values.Date{0, 1, day("1900-01-01"), day("2026-07-01"), day("9999-12-31")})
	rapid.Check(t, func(t *rapid.T) {
		w := soundWorld()
		l := w.line()
		field := values.Field(rapid.IntRange(1, int(values.FieldCount)-1).Draw(t, "field"))
		kind := rapid.SampledFrom([]values.ProblemKind{
			values.ProblemEmpty, values.ProblemUnreadable, values.ProblemUncached, values.ProblemDigitsLost,
			values.ProblemRateUnit, values.ProblemPrivateUse,
		}).Draw(t, "kind")
		problem(kind, field)(w)
		switch field { // leave in the field what a careless reader might
		case values.FieldID:
			l.ID = values.ResidentID(rapid.String().Draw(t, "id"))
		case values.FieldBalance:
			l.Balance = values.Fen(rapid.Int64().Draw(t, "balance"))
		case values.FieldPaid:
			l.Paid = values.Fen(rapid.Int64().Draw(t, "paid"))
		case values.FieldRate:
			l.Rate = values.Rate{}
		case values.FieldFrom:
			l.From = wild.Draw(t, "from")
		case values.FieldTo:
			l.To = wild.Draw(t, "to")
		case values.FieldDisbursed:
			l.Disbursed = wild.Draw(t, "disbursed")
		case values.FieldMatures:
			l.Matures = wild.Draw(t, "matures")
		case values.FieldSigned:
			l.Signed = wild.Draw(t, "signed")
		case values.FieldAccount:
			l.Account = "62"
		}
		v := Check(&w.Facts)[0]
		if v.Outcome != values.Returned {
			t.Fatalf("outcome %v", v.Outcome)
		}
		if v.Findings[0].Field != field || len(v.Findings) != 1 {
			t.Fatalf("%s unreadable as %s: findings %+v", field, kind, v.Findings)
		}
	})
}
