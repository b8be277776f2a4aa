package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"tiexi/pipeline/values"
)

// CaseResult is the outcome of one case, or of a file that could not be read
// (Name ""). It passed if Problems is empty; each problem names the line of
// what was expected.
type CaseResult struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Name     string   `json:"name"`
	Clause   string   `json:"clause"`
	Problems Problems `json:"problems,omitempty"`
}

// Passed tells whether everything came out as the case says.
func (r *CaseResult) Passed() bool { return len(r.Problems) == 0 }

// RunCases runs the cases of every .yaml file at the root of fsys, in order of
// name and line. A case names its policies: shipped ones, or files of fsys. A
// file with a mistake gives one result that names every mistaken line; its
// cases do not run.
func RunCases(fsys fs.FS) []CaseResult {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil || len(names) == 0 {
		return []CaseResult{{Problems: Problems{{File: ".", Message: "没有用例文件（*.yaml）", English: "there are no case files (*.yaml)"}}}}
	}
	sets := caseSets{fsys: fsys, loaded: map[string]*Set{}}
	var results []CaseResult
	for _, name := range names {
		var mistakes Problems
		file := &source{file: name, problems: &mistakes}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			file.fail(nil, "读不到文件："+err.Error(), "cannot read the file: "+err.Error())
		}
		cases := file.caseFile(text)
		if len(mistakes) > 0 {
			mistakes.sort()
			results = append(results, CaseResult{File: name, Line: mistakes[0].Line, Problems: mistakes})
			continue
		}
		for _, c := range cases {
			results = append(results, sets.run(c))
		}
	}
	return results
}

// caseSets loads each list of policies once.
type caseSets struct {
	fsys   fs.FS
	loaded map[string]*Set
}

func (cs *caseSets) load(names []string) (*Set, error) {
	key := strings.Join(names, "\n")
	if set := cs.loaded[key]; set != nil {
		return set, nil
	}
	set, err := Load(names, func(name string) ([]byte, error) { return fs.ReadFile(cs.fsys, name) })
	if err == nil {
		cs.loaded[key] = set
	}
	return set, err
}

func (cs *caseSets) run(c *testCase) CaseResult {
	result := CaseResult{File: c.file.file, Line: c.node.Line, Name: c.name, Clause: c.clause}
	check := checker{source: source{file: c.file.file, problems: &result.Problems}}
	set, err := cs.load(c.policies)
	if err != nil {
		var problems Problems
		errors.As(err, &problems)
		result.Problems = problems
		return result
	}
	check.amounts(set, c)
	check.regimes(set, c)
	check.conditions(set, c)
	return result
}

// checker compares what comes out with what a case says.
type checker struct{ source }

func (k *checker) differ(n *yaml.Node, what, english, want, got string) {
	k.fail(n, fmt.Sprintf("%s应为 %s，算得 %s", what, want, got), fmt.Sprintf("%s: want %s, got %s", english, want, got))
}

func (k *checker) amounts(set *Set, c *testCase) {
	if len(c.amounts) == 0 {
		return
	}
	entitlements, err := set.Settle(&c.home, c.quarter)
	if err != nil {
		k.fail(c.node, "算不了："+err.Error(), err.Error())
		return
	}
	for _, w := range c.amounts {
		contract := c.home.Loans[w.loan].Contract
		i := slices.IndexFunc(entitlements, func(e Entitlement) bool { return e.Loan == w.loan })
		if i < 0 {
			k.fail(w.node, "合同 "+contract+" 本季度没有利息", "contract "+contract+" has no lines in the quarter")
			continue
		}
		e := &entitlements[i]
		k.shares(w.node, contract, w.shares, e.Shares)
		for name, want := range w.parts {
			k.shares(w.node, contract+"（"+name+"）", want, e.part(name))
		}
		if !slices.Equal(w.unconfigured, e.Unconfigured) {
			k.differ(w.node, contract+" 未定标准的日子", contract+" days without terms", spansText(w.unconfigured), spansText(e.Unconfigured))
		}
	}
}

// part is what the named policy contributes.
func (e *Entitlement) part(name string) (sh values.Shares) {
	for _, p := range e.Parts {
		if p.Policy == name {
			sh = sh.Plus(p.Shares)
		}
	}
	return sh
}

func (k *checker) shares(n *yaml.Node, contract string, want, got values.Shares) {
	wants := [budgets]values.Fen{want.Central, want.Provincial, want.City, want.County}
	gots := [budgets]values.Fen{got.Central, got.Provincial, got.City, got.County}
	for i := range wants {
		if wants[i] != gots[i] {
			k.differ(n, contract+" "+budgetZH[i], contract+" "+budgetKeys[i], wants[i].String(), gots[i].String())
		}
	}
}

func (k *checker) regimes(set *Set, c *testCase) {
	for _, w := range c.regimes {
		got := "无"
		if p, ok := set.PolicyFor(c.home.Loans[w.loan].Facts, w.day); ok {
			got = p.Name
		}
		if got != w.policy {
			k.differ(w.node, c.home.Loans[w.loan].Contract+" "+w.day.String()+" 适用的政策", w.day.String()+" policy", w.policy, got)
		}
	}
}

func (k *checker) conditions(set *Set, c *testCase) {
	for _, w := range c.judged {
		judgements := set.Judgements(c.home.Loans[w.loan].Facts)
		i := slices.IndexFunc(judgements, func(j Judgement) bool { return j.Extension == w.extension })
		if i < 0 {
			k.fail(w.node, "没有政策来判定这笔贷款", "no policy judges the loan")
			continue
		}
		for _, label := range conditionLabels {
			n := w.texts.get(label)
			if n == nil {
				continue
			}
			if got := conditionText(&judgements[i], label, n.Value); got != n.Value {
				k.differ(n, label, label, n.Value, got)
			}
		}
	}
}

func spansText(spans []Span) string {
	texts := make([]string, len(spans))
	for i, s := range spans {
		texts[i] = s.text()
	}
	if len(texts) == 0 {
		return "无"
	}
	return strings.Join(texts, "、")
}
