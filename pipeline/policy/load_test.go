package policy_test

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"tiexi/fixtures/cases"
	"tiexi/pipeline/policy"
)

// loadText loads the shipped policies with one of them replaced by a county's
// file, and gives what is wrong, English, without the file's name.
func loadText(names []string, files map[string]string) (*policy.Set, []string) {
	set, err := policy.Load(names, func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	})
	var problems policy.Problems
	if errors.As(err, &problems) {
		var texts []string
		for _, p := range problems {
			texts = append(texts, fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.English))
		}
		return nil, texts
	}
	return set, nil
}

func TestShippedPoliciesLoadAndGiveAClauseAndASourceBesideEveryValue(t *testing.T) {
	set := load(t, policy.Shipped()...)
	for _, p := range set.Policies() {
		for _, it := range p.Describe() {
			if it.Key != "terms" && (it.Clause == "" || it.Source == "" || it.Value == "" || it.English == "") || it.Label == "" || it.EnglishLabel == "" {
				t.Errorf("%+v", it)
			}
		}
	}
	if !slices.Equal(policy.Shipped(), []string{"bangfu-2026", "tuopin-2021"}) {
		t.Errorf("shipped %v", policy.Shipped())
	}
}

func TestReadingsOfOursAreListedUntilTheCountyNamesThem(t *testing.T) {
	open := func(set *policy.Set) (keys []string) {
		for _, it := range set.Settings() {
			if !it.Confirmed {
				keys = append(keys, it.Policy+"."+it.Key)
			}
		}
		return keys
	}
	want := []string{
		"tuopin-2021.contracts_to",
		"bangfu-2026.contracts_from", "bangfu-2026.transition_from", "bangfu-2026.transition_to",
		"bangfu-2026.household_ceiling", "bangfu-2026.extension_months", "bangfu-2026.purpose_words", "bangfu-2026.guarantees",
		"bangfu-2026.cap_rate_first", "bangfu-2026.fill_order", "bangfu-2026.base", "bangfu-2026.maturity_day",
		"bangfu-2026.penalty", "bangfu-2026.rounding",
	}
	if got := open(load(t, "bangfu-2026", "tuopin-2021")); !slices.Equal(got, want) {
		t.Errorf("unconfirmed %v, want %v", got, want)
	}
	confirmed, problems := loadText([]string{"own.yaml", "tuopin-2021"}, map[string]string{"own.yaml": `
extends: bangfu-2026
settings:
  extension_months: {value: "36", source: 县实施细则第五条}
`})
	if problems != nil || slices.Contains(open(confirmed), "bangfu-2026.extension_months") || len(open(confirmed)) != len(want)-1 {
		t.Errorf("naming a setting in the county's file confirms it and nothing else: %v %v", open(confirmed), problems)
	}
}

func TestACountysFileExtendsAndOverrides(t *testing.T) {
	set, problems := loadText([]string{"own.yaml", "tuopin-2021"}, map[string]string{"own.yaml": `
extends: base.yaml
title: 清水县
settings: {age_max: {value: "60", source: 乙}}
terms:
  - name: 帮扶贴息
    clause: 第一条
    source: 乙
    tier1: {up_to: "30000", central: {percent: "50"}, city: {percent: "5"}, clause: 第一条, source: 乙}
`, "base.yaml": `
extends: bangfu-2026
settings: {age_max: {value: "62", clause: 第九条, source: 甲}, age_min: {value: "20", source: 甲}}
`})
	if problems != nil {
		t.Fatal(problems)
	}
	p := set.Policies()[1]
	c := set.Conditions(policy.Facts{Disbursed: date("2026-05-01")})
	if p.Name != "bangfu-2026" || p.Title != "清水县" || c.MaxAge != 60 || c.MinAge != 20 || c.Clauses["age_max"] != "第九条" || c.TermMonths != 36 || c.LargeNeedAbove != 0 {
		t.Errorf("%s %s %+v", p.Name, p.Title, c)
	}
	var tier []string
	for _, it := range p.Describe() {
		if strings.HasPrefix(it.Key, "tier") {
			tier = append(tier, it.Key+"="+it.English)
		}
	}
	if !slices.Equal(tier, []string{"tier1.up_to=30,000.00 yuan", "tier1.central=50% of the rate", "tier1.city=5% of the rate"}) {
		t.Errorf("a row of the same name is replaced: %v", tier)
	}
}

func TestEveryMistakeIsNamedWithItsPlace(t *testing.T) {
	rows := func(rows string) string { return "extends: tuopin-2021\nterms:\n" + rows }
	row := func(name, contracts, accrual, shares string) string {
		return fmt.Sprintf("  - {name: %s, contracts: {%s}, accrual: {%s}, ceiling: '50000', rate: {percent: '100'}, shares: {%s}, clause: c, source: s}\n", name, contracts, accrual, shares)
	}
	tests := []struct {
		name, text string
		want       []string // prefixes
	}{
		{"unknown keys, all of them", "extends: tuopin-2021\ntilte: x\nsettings:\n  age_maximum: {value: '1', clause: c, source: s}\n  age_min: {valu: '1', clause: c, source: s}\n", []string{
			`2:1: unknown key "tilte", did you mean "title"?`, `4:3: unknown key "age_maximum", known are`, `5:12: "value" is missing`, `5:13: unknown key "valu", did you mean "value"?`}},
		{"a full-width colon", "extends: tuopin-2021\ntitle：清水: x\n", []string{`2:1: unknown key "title：清水" (use the ASCII colon)`}},
		{"a repeated key", "extends: tuopin-2021\ntitle: a\ntitle: b\n", []string{`3:1: key "title" is repeated`}},
		{"values of the wrong kind", `extends: tuopin-2021
settings:
  age_max: {value: sixty, clause: c, source: s}
  loan_ceiling: {value: "0", clause: c, source: s}
  contracts_to: {value: "2026-02-30", source: s}
  cap_rate_first: {value: maybe, clause: c, source: s}
  base: {value: interest-due, clause: c, source: s}
  guarantees: {value: 信用, clause: c, source: s}
  extensions: {value: "-1", clause: c, source: s}
`, []string{`3:20: age_max wants a whole number`, `4:25: loan_ceiling wants an amount`, `5:25: contracts_to wants a date`, `6:27: cap_rate_first wants yes or no`,
			`7:17: base wants interest-paid (the only one there is)`, `8:23: a list is wanted here`, `9:23: extensions wants a whole number`}},
		{"no clause and no source", "extends: tuopin-2021\nsettings:\n  age_max: {value: '60'}\n", []string{`3:12: "clause" is missing`, `3:12: "source" is missing`}},
		{"shares that do not add up", rows(row("a", "", "", "central: '60', provincial: '39.99'")), []string{`3:93: the shares add up to 99.99 %, not 100 %`}},
		{"percentages that are none", rows(row("a", "", "", "central: '60%', provincial: '1e2', city: '101'")), []string{`3:103: "central" wants a decimal`, `3:122: "provincial" wants a decimal`, `3:135: "city" wants a decimal`}},
		{"tier shares above 100", rows("  - {name: a, clause: c, source: s, tier1: {up_to: '1', central: {percent: '70'}, provincial: {percent: '31'}, clause: c, source: s}}\n"), []string{`3:44: the shares add up to 101 %, above 100 %`}},
		{"overlapping rows", rows(row("a", "", "to: 2024-01-01", "central: '100'") + row("b", "", "from: 2024-01-01", "central: '100'")), []string{`4:5: rows "b" and "a" overlap`}},
		{"a hole between accrual days", rows(row("a", "", "to: 2023-12-31", "central: '100'") + row("b", "", "from: 2024-02-01", "central: '100'")), []string{`4:5: accrual days 2024-01-01…2024-01-31 are missing between rows "a" and "b"`}},
		{"a hole between contract dates", rows(row("a", "to: 2022-12-31", "", "central: '100'") + row("b", "from: 2023-01-02", "", "central: '100'")), []string{`3:5: contracts signed 2023-01-01 have no terms`}},
		{"a row outside its policy", rows(row("a", "to: 2026-03-26", "", "central: '100'")), []string{`3:5: row "a" reaches outside the contracts of its policy (…2026-03-25)`}},
		{"a range that ends before it begins", rows(row("a", "", "from: 2024-01-02, to: 2024-01-01", "central: '100'")), []string{`3:39: the range ends before it begins`}},
		{"two forms in one row", rows("  - {name: a, clause: c, source: s, ceiling: '1', tier1: {up_to: '1', central: {percent: '70'}, clause: c, source: s}}\n"), []string{`3:46: "ceiling" cannot stand in one row with "tier1"`}},
		{"a policy overlapping the next", "extends: tuopin-2021\nsettings: {contracts_to: {value: '2026-03-26', source: s}}\n", []string{`2:26: policies tuopin-2021 and bangfu-2026 govern the same contracts`}},
		{"a hole between policies", "extends: tuopin-2021\nsettings: {contracts_to: {value: '2026-03-20', source: s}}\n", []string{`2:26: contracts signed 2026-03-21…2026-03-25 have no policy`}},
		{"half a transition period", "extends: tuopin-2021\nsettings: {transition_from: {value: '2026-03-20', clause: c, source: s}}\n", []string{`2:29: transition_to is missing`}},
		{"broken YAML", "extends: tuopin-2021\nsettings:\n\tage: 1\n", []string{`3:1: not valid YAML`}},
		{"two documents", "extends: tuopin-2021\n---\nextends: tuopin-2021\n", []string{`2:1: one document a file`}},
		{"nothing at all", "", []string{`0:0: the file is empty`}},
		{"only a comment", "# x\n", []string{`0:0: the file is empty`}},
		{"a text", "hello\n", []string{`1:1: a mapping is wanted here`}},
		{"no name and nothing to extend", "settings: {}\n", []string{`1:1: "policy" is missing`, `1:1: "title" is missing`}},
		{"extends in a circle", "extends: own.yaml\n", []string{`1:10: extends runs in a circle: own.yaml → own.yaml`}},
		{"extends what is not there", "extends: none.yaml\n", []string{`0:0: cannot read the policy file`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, got := loadText([]string{"own.yaml", "bangfu-2026"}, map[string]string{"own.yaml": tt.text})
			if len(got) != len(tt.want) {
				t.Fatalf("got %d problems, want %d:\n%s", len(got), len(tt.want), strings.Join(got, "\n"))
			}
			for i := range got {
				if !strings.HasPrefix(got[i], tt.want[i]) {
					t.Errorf("got  %s\nwant %s", got[i], tt.want[i])
				}
			}
		})
	}
}

func TestProblemsOfAllFilesComeAtOnceInBothLanguages(t *testing.T) {
	_, err := policy.Load([]string{"a.yaml", "b.yaml"}, func(name string) ([]byte, error) {
		return []byte("extends: tuopin-2021\nx" + name + ": 1\n"), nil
	})
	want := "a.yaml:2:1: 不认识的键“xa.yaml”"
	var problems policy.Problems
	if !errors.As(err, &problems) || len(problems) != 2 || !strings.HasPrefix(err.Error(), want) || problems[1].File != "b.yaml" ||
		!strings.HasPrefix(problems[1].InEnglish(), `b.yaml:2:1: unknown key "xb.yaml"`) {
		t.Errorf("%v", err)
	}
}

func TestTheDigestIsOfEveryFilesBytesInOrder(t *testing.T) {
	digest := func(names []string, own string) string {
		set, problems := loadText(names, map[string]string{"own.yaml": own})
		if problems != nil {
			t.Fatal(problems)
		}
		return set.Digest()
	}
	own := "extends: bangfu-2026\nsettings: {age_max: {value: '60', source: s}}\n"
	one := digest([]string{"own.yaml", "tuopin-2021"}, own)
	for name, other := range map[string]string{
		"another value":   digest([]string{"own.yaml", "tuopin-2021"}, strings.Replace(own, "60", "61", 1)),
		"a comment":       digest([]string{"own.yaml", "tuopin-2021"}, own+"# x\n"),
		"another order":   digest([]string{"tuopin-2021", "own.yaml"}, own),
		"shipped as such": digest([]string{"bangfu-2026", "tuopin-2021"}, own),
	} {
		if other == one {
			t.Errorf("%s leaves the digest as it was", name)
		}
	}
	if again := digest([]string{"own.yaml", "tuopin-2021"}, own); again != one || len(one) != 64 {
		t.Errorf("digests %s and %s of the same files", one, again)
	}
}

func FuzzLoad(f *testing.F) {
	_ = fs.WalkDir(cases.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			text, _ := fs.ReadFile(cases.Files, path)
			f.Add(text)
		}
		return err
	})
	f.Add([]byte("extends: tuopin-2021\nterms: [&a {name: x, tier1: *a}]\n"))
	f.Add([]byte("extends: bangfu-2026\nsettings: {contracts_from: {value: '9999-12-31', source: s}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := policy.Load([]string{"own.yaml"}, func(string) ([]byte, error) { return text, nil })
		var problems policy.Problems
		if (set == nil) == (err == nil) || err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Errorf("set %v, error %v", set, err)
		}
		for _, p := range problems {
			if p.Message == "" || p.English == "" || p.File == "" {
				t.Errorf("%+v", p)
			}
		}
	})
}
