package values

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// anyFen draws the ends of the range as often as the middle.
func anyFen() *rapid.Generator[Fen] {
	return rapid.OneOf(
		rapid.Map(rapid.Int64(), func(n int64) Fen { return Fen(n) }),
		rapid.SampledFrom([]Fen{0, 1, -1, 99, -99, 100, -100, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, math.MinInt64 + 1}),
	)
}

func TestAmountsReadBackAsTheyWerePrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := anyFen().Draw(t, "amount")
		back, err := ParseFen(amount.String())
		if err != nil || back != amount {
			t.Fatalf("%d prints as %s and reads as %d, %v", int64(amount), amount, int64(back), err)
		}
		exact, ok := new(big.Rat).SetString(amount.String())
		if !ok || exact.Cmp(big.NewRat(int64(amount), 100)) != 0 {
			t.Fatalf("%d fen prints as %s", int64(amount), amount)
		}
		ungrouped := strings.ReplaceAll(amount.Grouped(), ",", "")
		if ungrouped != amount.String() {
			t.Fatalf("%s is grouped as %s", amount, amount.Grouped())
		}
		text, err := json.Marshal(amount)
		var read Fen
		if err != nil || string(text) != `"`+amount.String()+`"` || json.Unmarshal(text, &read) != nil || read != amount {
			t.Fatalf("%s is %s in JSON, %v", amount, text, err)
		}
	})
}

func TestAmountsAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]Fen{
		"0": 0, "-0": 0, "7": 700, "007": 700, "1234.5": 123450, "-0.05": -5, "0.01": 1, "12.340": 1234, "12.3000000": 1230,
		"92233720368547758.07": math.MaxInt64, "-92233720368547758.08": math.MinInt64,
	} {
		if got, err := ParseFen(text); err != nil || got != want {
			t.Errorf("%q is %d fen, %v; want %d", text, int64(got), err, int64(want))
		}
	}
	for _, text := range []string{
		"", "-", ".", "-.", ".5", "-.5", "--1", "+1", "1-", " 1", "1 ", "1\n", "1,234.50", "１２", "¥1", "1元", "1e3", "1E+5", "0x10", "1_000",
		"1.234", "1.001", "1.2.3", "1.-2", "NaN", "Inf", "92233720368547758.08", "-92233720368547758.09", "99999999999999999999",
	} {
		if got, err := ParseFen(text); !errors.Is(err, ErrFen) {
			t.Errorf("%q is taken as %s, %v", text, got, err)
		}
	}
}

func TestThousandsSeparators(t *testing.T) {
	for amount, want := range map[Fen]string{
		0: "0.00", 5: "0.05", -5: "-0.05", 99999: "999.99", 100000: "1,000.00", -100000: "-1,000.00", -99900: "-999.00",
		12345678900: "123,456,789.00", math.MinInt64: "-92,233,720,368,547,758.08",
	} {
		if got := amount.Grouped(); got != want {
			t.Errorf("%d fen is %s, want %s", int64(amount), got, want)
		}
	}
}

func TestSharesAddUp(t *testing.T) {
	a, b := Shares{1, 20, 300, 4000}, Shares{-5, 60, -700, 8000}
	if got := a.Plus(b); got != (Shares{-4, 80, -400, 12000}) {
		t.Errorf("the sum is %v", got)
	}
	if got := a.Plus(b).Minus(b); got != a {
		t.Errorf("plus and minus leave %v", got)
	}
	if a.Total() != 4321 || a.IsZero() || !a.Minus(a).IsZero() {
		t.Errorf("the total is %d", a.Total())
	}
	if offset := (Shares{Central: 1, County: -1}); offset.IsZero() || offset.Total() != 0 {
		t.Error("shares that cancel out are not nil shares")
	}
}

func TestRatesAreExact(t *testing.T) {
	if !MustRate("3.50").Same(MustRate("3.5")) || MustRate("3.45").Same(MustRate("3.450000000000000001")) {
		t.Error("rates are compared by value, exactly")
	}
	for _, text := range []string{"", "3,45", "３.45", "3.45%", " 3.45", "abc"} {
		if got, err := ParseRate(text); err == nil {
			t.Errorf("%q is taken as %s %%", text, got)
		}
	}
	if text := fmt.Sprint(MustRate("3.450")); text != "3.45" {
		t.Errorf("3.450 prints as %s", text)
	}
}

// Amounts are written without package fmt, and say what it would.
func TestFenIsWrittenAsFmtWritesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Fen(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-2_000_000, 2_000_000)).Draw(t, "fen"))
		whole := new(big.Int).Abs(big.NewInt(int64(f)))
		yuan, cents := new(big.Int).DivMod(whole, big.NewInt(100), new(big.Int))
		want := fmt.Sprintf("%s.%02d", yuan, cents.Int64())
		if f < 0 {
			want = "-" + want
		}
		if f.String() != want {
			t.Fatalf("%d is written as %s, not %s", int64(f), f.String(), want)
		}
		grouped := f.Grouped()
		if strings.ReplaceAll(grouped, ",", "") != want || !regexp.MustCompile(`^-?\d{1,3}(,\d{3})*\.\d\d$`).MatchString(grouped) {
			t.Fatalf("%s is grouped as %s", want, grouped)
		}
	})
}
