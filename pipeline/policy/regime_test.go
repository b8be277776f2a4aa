package policy_test

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"tiexi/fixtures/cases"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

func TestUnconfiguredDaysAreToldBeforeSettling(t *testing.T) {
	july := []string{"bangfu-2026", "policies/old-until-july.yaml"}
	oldLoan := policy.Facts{Disbursed: date("2024-05-01"), Matures: date("2027-05-01")}
	tests := []struct {
		name     string
		policies []string
		facts    policy.Facts
		line     policy.Line
		want     string
	}{
		{"new terms cover everything", july, policy.Facts{Disbursed: date("2026-04-01"), Matures: date("2028-04-01")}, policy.Line{From: date("2026-06-21"), To: date("2026-09-20")}, "[]"},
		{"old terms end with July", july, oldLoan, policy.Line{From: date("2026-06-21"), To: date("2026-09-20")}, "[2026-08-01 2026-09-20]"},
		{"the line ends with July too", july, oldLoan, policy.Line{From: date("2026-06-21"), To: date("2026-07-31")}, "[]"},
		{"matured before the hole", july, policy.Facts{Disbursed: date("2024-05-01"), Matures: date("2026-08-01")}, policy.Line{From: date("2026-06-21"), To: date("2026-09-20")}, "[]"},
		{"matures a day later", july, policy.Facts{Disbursed: date("2024-05-01"), Matures: date("2026-08-02")}, policy.Line{From: date("2026-06-21"), To: date("2026-09-20")}, "[2026-08-01 2026-08-01]"},
		{"no old terms at all", policy.Shipped(), oldLoan, policy.Line{From: date("2026-06-21"), To: date("2026-09-20")}, "[2026-06-21 2026-09-20]"},
		{"old terms missing, extension under new ones", policy.Shipped(),
			policy.Facts{Disbursed: date("2023-08-10"), Matures: date("2027-08-10"), OriginalMaturity: date("2026-08-10"), ExtensionSigned: date("2026-08-01"), Renewals: 1},
			policy.Line{From: date("2026-06-21"), To: date("2026-09-20")}, "[2026-06-21 2026-08-09]"},
		{"a barred extension wants no terms", july,
			policy.Facts{Disbursed: date("2023-07-10"), Matures: date("2027-08-10"), OriginalMaturity: date("2026-07-10"), ExtensionSigned: date("2026-03-01"), Renewals: 1},
			policy.Line{From: date("2026-06-21"), To: date("2026-09-20"), ExtensionBarred: true}, "[]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			loan := &policy.Loan{Facts: tt.facts}
			var got []string
			for _, s := range load(t, tt.policies...).Unconfigured(loan, &tt.line) {
				got = append(got, s.From.String()+" "+s.To.String())
			}
			if fmt.Sprint(got) != tt.want {
				t.Errorf("unconfigured %v, want %s", got, tt.want)
			}
		})
	}
}

func TestJudgements(t *testing.T) {
	set := load(t, "bangfu-2026", "policies/old-capped.yaml")
	extended := policy.Facts{Disbursed: date("2023-08-10"), Matures: date("2027-08-10"), OriginalMaturity: date("2026-08-10"), ExtensionSigned: date("2026-08-01"), Renewals: 1}
	js := set.Judgements(extended)
	if len(js) != 2 || js[0].Policy != "tuopin-2021" || js[0].On != extended.Disbursed || js[0].From != extended.Disbursed || js[0].MaxAge != 60 || js[0].Extension ||
		js[1].Policy != "bangfu-2026" || js[1].On != extended.ExtensionSigned || js[1].From != extended.OriginalMaturity || js[1].MaxAge != 65 || !js[1].Extension {
		t.Errorf("%+v", js)
	}
	signedEarlier := extended
	signedEarlier.ExtensionSigned = date("2026-03-25")
	if js := set.Judgements(signedEarlier); len(js) != 1 || js[0].Policy != "tuopin-2021" {
		t.Errorf("an extension signed before the notice is an old contract: %+v", js)
	}
	if c := set.Conditions(policy.Facts{Disbursed: date("2020-01-01")}); c.Policy != "tuopin-2021" {
		t.Errorf("the old policy has no first day: %+v", c)
	}
	if c := load(t, "bangfu-2026").Conditions(policy.Facts{Disbursed: date("2020-01-01")}); c.Policy != "" || c.Extensions != -1 || c.MaxAge != 0 {
		t.Errorf("no policy, no conditions: %+v", c)
	}
}

func TestFactsOfALine(t *testing.T) {
	line := &values.Line{Disbursed: date("2026-04-10"), Matures: date("2028-04-10"), Signed: date("2026-04-01"), Approved: true}
	if f := policy.FactsOf(line); f.ContractDate() != line.Disbursed || !f.Approved {
		t.Errorf("a signing date that the sheet does not give does not count: %+v", f)
	}
	line.Given = line.Given.With(values.FieldSigned)
	if f := policy.FactsOf(line); f.ContractDate() != line.Signed {
		t.Errorf("%+v", f)
	}
}

func TestALineThatCannotBeReckonedWithIsNamed(t *testing.T) {
	good := policy.Line{Key: 7, Quarter: q3, From: date("2026-06-21"), To: date("2026-09-20"), Days: 92, Balance: 1, Rate: values.MustRate("3.45"), Paid: 1}
	tests := map[string]struct {
		spoil func(*policy.Line)
		want  error
	}{
		"nothing":               {func(*policy.Line) {}, nil},
		"no balance":            {func(l *policy.Line) { l.Balance = 0 }, nil},
		"no rate":               {func(l *policy.Line) { l.Rate = values.Rate{} }, nil},
		"ends before it begins": {func(l *policy.Line) { l.To = l.From - 1; l.Days = 0 }, policy.ErrDays},
		"another day count":     {func(l *policy.Line) { l.Days = 91 }, policy.ErrDays},
		"negative paid":         {func(l *policy.Line) { l.Paid = -1 }, policy.ErrNegative},
		"negative balance":      {func(l *policy.Line) { l.Balance = -1 }, policy.ErrNegative},
		"negative rate":         {func(l *policy.Line) { l.Rate = values.MustRate("-1") }, policy.ErrNegative},
		"a trillion and one":    {func(l *policy.Line) { l.Balance = 1e14 + 1 }, policy.ErrTooLarge},
		"a later quarter's":     {func(l *policy.Line) { l.Paid, l.Quarter = -1, q3.Next() }, nil},
	}
	set := load(t, "bangfu-2026")
	for name, tt := range tests {
		line := good
		tt.spoil(&line)
		_, err := set.Settle(&policy.Household{ID: "H", Loans: []policy.Loan{{Bank: "甲", Contract: "1", Facts: policy.Facts{Disbursed: date("2026-04-01")}, Lines: []policy.Line{good, line}}}}, q3)
		var at *policy.LineError
		if !errors.Is(err, tt.want) || (tt.want != nil) != errors.As(err, &at) || at != nil && (at.Key != 7 || at.Contract != "1") {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestTheTraceSaysWhy(t *testing.T) {
	set := load(t, "bangfu-2026", "policies/old-capped.yaml")
	line := func(balance values.Fen, rate string) policy.Line {
		return policy.Line{Key: 1, Quarter: q3, From: date("2026-06-21"), To: date("2026-09-20"), Balance: balance, Rate: values.MustRate(rate), Paid: 40000}
	}
	loan := func(contract, disbursed string, approved bool, l policy.Line) policy.Loan {
		return policy.Loan{Contract: contract, Facts: policy.Facts{Disbursed: date(disbursed), Matures: date("2026-09-20"), Approved: approved}, Lines: []policy.Line{l}}
	}
	h := &policy.Household{Loans: []policy.Loan{
		loan("1", "2024-07-01", false, line(4000000, "4.35")),
		loan("2", "2026-07-01", true, line(12000000, "3.6")),
		loan("3", "2026-07-01", false, line(1000000, "3")),
		loan("4", "2026-07-01", true, line(1000000, "3")),
	}}
	es, err := set.Explain(h, q3)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range es {
		for _, s := range e.Stretches {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s %v %v %v+%v %v %v", h.Loans[e.Loan].Contract, s.From, s.To, s.Tier1, s.Tier2, s.Why, s.Caps)))
		}
	}
	want := []string{
		"1 2026-06-21 2026-06-30 30000.00+0.00 [above-ceiling] [rate-cap]",
		"1 2026-07-01 2026-09-19 30000.00+0.00 [above-ceiling] [rate-cap]",
		"1 2026-09-20 2026-09-20 0.00+0.00 [after-maturity] []",
		"2 2026-06-21 2026-06-30 0.00+0.00 [before-disbursement] []",
		"2 2026-07-01 2026-09-19 10000.00+50000.00 [tier1-taken above-tiers] [central-cap total-cap]",
		"2 2026-09-20 2026-09-20 0.00+0.00 [after-maturity] []",
		"3 2026-06-21 2026-06-30 0.00+0.00 [before-disbursement] []",
		"3 2026-07-01 2026-09-19 0.00+0.00 [tier1-taken unapproved] []",
		"3 2026-09-20 2026-09-20 0.00+0.00 [after-maturity] []",
		"4 2026-06-21 2026-06-30 0.00+0.00 [before-disbursement] []",
		"4 2026-07-01 2026-09-19 0.00+0.00 [tier1-taken tier2-taken] []",
		"4 2026-09-20 2026-09-20 0.00+0.00 [after-maturity] []",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestACaseFileWithAMistakeNamesItsLine(t *testing.T) {
	const head = "说明: 试\n用例:\n  - 名称: 甲\n    条款: 一(六)\n    季度: 2026Q3\n    贷款:\n      - {合同: A, 放款: 2026-04-10, 到期: 2028-04-10, 利息: [{起: 2026-06-21, 止: 2026-09-20, 余额: 50000, 利率: 3.45, 实付: 440.83}]}\n"
	tests := []struct{ name, text, want string }{
		{"right", head + "    应得: [{中央: 308.58, 省级: 132.25, 合计: 440.83}]\n", ""},
		{"a wrong amount", head + "    应得: [{中央: 308.58, 省级: 132.24}]\n", "x.yaml:8:10: A provincial: want 132.24, got 132.25"},
		{"a total that is not the sum", head + "    应得: [{中央: 308.58, 省级: 132.25, 合计: 440.82}]\n", "x.yaml:8:39: total 440.82 is not the sum of the shares, 440.83"},
		{"an unknown key", head + "    应得: [{中央: 308.58, 省: 132.25}]\n", "x.yaml:8:23: unknown key \"省\", did you mean \"省级\"?"},
		{"an unknown contract", head + "    应得: [{合同: B, 中央: 308.58}]\n", "x.yaml:8:10: the case has no contract \"B\""},
		{"a date that does not exist", strings.Replace(head, "止: 2026-09-20", "止: 2026-09-31", 1) + "    应得: [{中央: 1}]\n", "x.yaml:7:73: want a date such as \"2026-03-26\", not \"2026-09-31\""},
		{"nothing expected", head, "x.yaml:3:5: the case expects nothing"},
		{"nothing there", "说明: 试\n", "x.yaml:1:1: \"用例\" is missing"},
		{"an unknown policy", strings.Replace(head, "    季度", "    政策: [none]\n    季度", 1) + "    应得: [{中央: 1}]\n", "none: cannot read the policy file"},
		{"a wrong regime", head + "    归属: [{日: 2026-06-21, 政策: tuopin-2021}]\n", "x.yaml:8:10: 2026-06-21 policy: want tuopin-2021, got bangfu-2026"},
		{"a wrong condition", head + "    条件: [{年龄上限: 60}]\n", "x.yaml:8:17: 年龄上限: want 60, got 65"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			results := policy.RunCases(fstest.MapFS{"x.yaml": {Data: []byte(tt.text)}})
			var got []string
			for _, r := range results {
				for _, p := range r.Problems {
					got = append(got, p.InEnglish())
				}
			}
			if tt.want == "" && (got != nil || !results[0].Passed()) || tt.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], tt.want)) {
				t.Errorf("got  %v\nwant %s", got, tt.want)
			}
		})
	}
	if r := policy.RunCases(fstest.MapFS{}); len(r) != 1 || r[0].Passed() {
		t.Errorf("a folder without cases does not pass: %+v", r)
	}
}

// The notice's clauses each have cases, and the files of the made-up counties
// are all used.
func TestEveryClauseHasCases(t *testing.T) {
	text := ""
	for _, r := range policy.RunCases(cases.Files) {
		text += r.Clause + "\n"
	}
	for _, clause := range []string{"一(一)", "一(二)", "一(三)", "一(四)", "一(五)", "一(六)", "一(七)", "一(八)", "一(九)", "一(十)", "二(三)", "四(二)", "五(二)"} {
		if !strings.Contains(text, clause) {
			t.Errorf("no case rests on %s", clause)
		}
	}
	names, _ := fs.Glob(cases.Files, "policies/*.yaml")
	for _, name := range names {
		used := false
		files, _ := fs.Glob(cases.Files, "*.yaml")
		for _, file := range files {
			data, _ := fs.ReadFile(cases.Files, file)
			used = used || strings.Contains(string(data), name)
		}
		if !used {
			t.Errorf("%s is used by no case", name)
		}
	}
}
