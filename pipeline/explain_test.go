package pipeline_test

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// oldTerms are what a county may have entered for loans under older terms: with
// shares of all four budgets, so that loans fall under two policies in a quarter.
const oldTerms = `extends: tuopin-2021
terms:
  - name: 七成
    contracts: {from: "2021-01-01"}
    ceiling: "50000"
    rate: {percent: "70"}
    shares: {central: "50", provincial: "30", city: "10", county: "10"}
    clause: 第二条
    source: 清水县〔2024〕3号（虚构）
`

// Every loan of the county, old terms and all: a calculator that reads the sums
// as they are printed comes to the exact amounts, these round to the shares, and
// the shares are the loan's.
func TestEveryFenIsExplained(t *testing.T) {
	c, err := wholeCounty(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c.job.Policies[1] = c.write(t, "old.yaml", oldTerms)
	opt := pipeline.Options{Today: values.MustDate("2026-09-25")}
	if err := c.act(opt, func(ctx context.Context, w *pipeline.Workspace) error { return run(ctx, c, w) }); err != nil {
		t.Fatal(err)
	}
	loans, both, subsidy := 0, 0, values.Fen(0)
	c.look(t, "2026-09-25", func(ctx context.Context, w *pipeline.Workspace) error {
		all, err := w.Explain(ctx, pipeline.ExplainRequest{Quarter: q3}, values.Chinese)
		if err != nil {
			return err
		}
		for _, e := range all {
			loans++
			if len(e.Rounding) > 1 {
				both++
			}
			subsidy += e.Subsidy
			checkExplanation(t, e)
		}
		status, err := w.Status(ctx, q3)
		if err == nil && status.Subsidy.Total != subsidy {
			t.Errorf("the explanations come to %s, the quarter to %s", subsidy, status.Subsidy.Total)
		}
		return err
	})
	if loans < 500 || both == 0 {
		t.Errorf("only %d loans were looked at, %d under two policies", loans, both)
	}
}

func checkExplanation(t *testing.T, e *pipeline.Explanation) {
	t.Helper()
	budgets := map[string]*big.Rat{"中央": new(big.Rat), "省级": new(big.Rat), "市级": new(big.Rat), "县级": new(big.Rat)}
	for i, step := range e.Steps() {
		if len(step.Words) == 0 {
			t.Errorf("%s: %s says nothing", e.Contract, step.Heading.Chinese)
		}
		total := new(big.Rat)
		for _, sum := range step.Sums {
			budget, rest, _ := strings.Cut(sum.Chinese, "：")
			formula, _, _ := strings.Cut(rest, " ＝ ")
			comes, err := calculate(formula)
			if err != nil || budgets[budget] == nil {
				t.Fatalf("%s: %s: %v", e.Contract, sum.Chinese, err)
			}
			budgets[budget].Add(budgets[budget], comes)
			total.Add(total, comes)
		}
		want := new(big.Rat)
		if exact := e.Stretches[i].Exact; exact != nil {
			want.Quo(exact.Total(), big.NewRat(100, 1))
		}
		if total.Cmp(want) != 0 {
			t.Errorf("%s %s: the sums come to %s, the stretch to %s: %v", e.Contract, step.Heading.Chinese, total, want, step.Sums)
		}
	}
	// policy.md §4: the running sums are rounded half up, in this order
	running, before := new(big.Rat), values.Fen(0)
	for _, b := range []struct {
		name string
		got  values.Fen
	}{{"中央", e.Central}, {"省级", e.Provincial}, {"市级", e.City}, {"县级", e.County}} {
		running.Add(running, budgets[b.name])
		rounded := toFen(running)
		if b.got != rounded-before {
			t.Errorf("%s: %s is %s, the sums give %s", e.Contract, b.name, b.got, rounded-before)
		}
		before = rounded
	}
	if e.Subsidy != before {
		t.Errorf("%s: the subsidy is %s, the sums give %s", e.Contract, e.Subsidy, before)
	}
}

// toFen rounds yuan, which are not negative, half up.
func toFen(yuan *big.Rat) values.Fen {
	fen := new(big.Rat).Mul(yuan, big.NewRat(100, 1))
	fen.Add(fen, big.NewRat(1, 2))
	return values.Fen(new(big.Int).Quo(fen.Num(), fen.Denom()).Int64())
}

// calculate is a pocket calculator: numbers, × / + and brackets, exact.
func calculate(formula string) (*big.Rat, error) {
	c := calculator{[]rune(strings.NewReplacer(" ", "", ",", "").Replace(formula)), 0}
	result, err := c.sum()
	if err == nil && c.at < len(c.text) {
		err = fmt.Errorf("%q is left", string(c.text[c.at:]))
	}
	return result, err
}

type calculator struct {
	text []rune
	at   int
}

func (c *calculator) next(r rune) bool {
	if c.at < len(c.text) && c.text[c.at] == r {
		c.at++
		return true
	}
	return false
}

func (c *calculator) sum() (*big.Rat, error) {
	total, err := c.product()
	for err == nil && c.next('+') {
		var more *big.Rat
		if more, err = c.product(); err == nil {
			total.Add(total, more)
		}
	}
	return total, err
}

func (c *calculator) product() (*big.Rat, error) {
	result, err := c.factor()
	for err == nil {
		var by *big.Rat
		switch {
		case c.next('×'):
			if by, err = c.factor(); err == nil {
				result.Mul(result, by)
			}
		case c.next('/'):
			if by, err = c.factor(); err == nil {
				result.Quo(result, by)
			}
		default:
			return result, nil
		}
	}
	return result, err
}

func (c *calculator) factor() (*big.Rat, error) {
	if c.next('(') {
		result, err := c.sum()
		if err == nil && !c.next(')') {
			err = fmt.Errorf("an open bracket")
		}
		return result, err
	}
	start := c.at
	for c.at < len(c.text) && strings.ContainsRune("0123456789.", c.text[c.at]) {
		c.at++
	}
	result, ok := new(big.Rat).SetString(string(c.text[start:c.at]))
	if !ok {
		return nil, fmt.Errorf("no number at %q", string(c.text[start:]))
	}
	return result, nil
}

func TestTheCalculator(t *testing.T) {
	for formula, want := range map[string]string{
		"705.33 × 50,000.00/80,000.00 × 2.415/3.45":                     "308.581875", // policy example F
		"100 × (2×3 + 4)/(5×2)":                                         "100",
		"440.83 × 50/92":                                                "22041.5/92",
		"705.33 × (50,000.00×2.415 + 30,000.00×2.415)/(80,000.00×3.45)": "493.731",
	} {
		expected, _ := new(big.Rat).SetString(strings.Split(want, "/")[0])
		if _, by, ok := strings.Cut(want, "/"); ok {
			divisor, _ := new(big.Rat).SetString(by)
			expected.Quo(expected, divisor)
		}
		if got, err := calculate(formula); err != nil || got.Cmp(expected) != 0 {
			t.Errorf("%s = %v (%v), want %s", formula, got, err, want)
		}
	}
	if _, err := calculate("(1 + 2"); err == nil {
		t.Error("an open bracket passes")
	}
}
