package main

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"tiexi/fixtures/cases"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

func (p *program) policyCommand() *cli.Command {
	return group("policy", p.in("政策的条款：查看、检查、试算", "the terms: show, check, test"),
		p.command(spec{
			name:      "show",
			usage:     p.in("逐条打印政策的每个值和依据", "every value of the policies, with its clause"),
			arguments: p.in("[名称或文件]", "[name-or-file]"),
			about: p.in("不写名称时打印作业所用的政策；没有配置文件时打印内置的。标 * 的是本程序的读法，尚待本县确认。",
				"Without a name: the job's policies, or the shipped ones where there is no configuration. A * marks a reading of ours that the county has not confirmed."),
			examples: []string{"policy show", "policy show bangfu-2026", "policy show --json"},
			do:       p.showPolicy,
		}),
		p.command(spec{
			name:      "check",
			usage:     p.in("检查政策文件，列出全部错误", "check a policy file, list every mistake"),
			arguments: p.in("<文件>", "<file>"),
			examples:  []string{"policy check 老合同.yaml"},
			do: func(c *cli.Context) error {
				set, err := loadPolicies([]string{c.Args().First()})
				if err != nil {
					return err
				}
				return p.policyAnswer(set)
			},
		}),
		p.command(spec{
			name:      "test",
			usage:     p.in("按用例试算，逐条对照应得金额", "run cases and compare the amounts"),
			arguments: p.in("[文件夹或文件]", "[folder-or-file]"),
			about: p.in("用例是 YAML 文件，写明贷款、政策和应得的金额。不写文件夹时运行内置的用例。",
				"Cases are YAML files that give loans, policies and the amounts they must come to. Without a folder: the shipped ones."),
			examples: []string{"policy test", "policy test 用例", "policy test 用例/老合同.yaml --json"},
			do:       p.testPolicy,
		}),
	)
}

func (p *program) testPolicy(c *cli.Context) error {
	results, err := runCases(c.Args().First())
	if err != nil {
		return refused(err)
	}
	failed := 0
	for _, r := range results {
		if !r.Passed() {
			failed++
		}
		if p.json {
			if err := p.printJSON(r); err != nil {
				return err
			}
			continue
		}
		for _, problem := range r.Problems {
			p.answer(values.Text{Chinese: problem.String(), English: problem.InEnglish()}.In(p.lang))
		}
	}
	if !p.json {
		p.answer(p.in("%d 个用例，%d 个不符。", "%d cases, %d failed.", len(results), failed))
	}
	if failed > 0 {
		return errAnswered
	}
	return nil
}

// runCases runs a folder's cases, one file's, or the shipped ones.
func runCases(path string) ([]policy.CaseResult, error) {
	if path == "" {
		return policy.RunCases(cases.Files), nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return policy.RunCases(os.DirFS(path)), nil
	}
	all := policy.RunCases(os.DirFS(filepath.Dir(path)))
	return slices.DeleteFunc(all, func(r policy.CaseResult) bool { return r.File != filepath.Base(path) }), nil
}

// loadPolicies reads shipped names and files.
func loadPolicies(names []string) (*policy.Set, error) { return policy.Load(names, os.ReadFile) }

func (p *program) showPolicy(c *cli.Context) error {
	names := policy.Shipped()
	if c.Args().Present() {
		names = []string{c.Args().First()}
	} else if _, err := configPath(c); err == nil {
		job, err := p.job(c)
		if err != nil {
			return err
		}
		names = job.Policies
	}
	set, err := loadPolicies(names)
	if err != nil {
		return err
	}
	if p.json {
		for _, terms := range set.Policies() {
			for _, item := range terms.Describe() {
				if err := p.printJSON(item); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for i, terms := range set.Policies() {
		if i > 0 {
			p.answer("")
		}
		p.printPolicy(terms)
	}
	return nil
}

func (p *program) printPolicy(terms *policy.Policy) {
	p.answer(terms.Name + "  " + terms.Title + "  " + p.in("签订日：%s 至 %s", "contracts signed %s to %s",
		openDay(terms.Contracts.From), openDay(terms.Contracts.To)))
	var rows [][]string
	for _, item := range terms.Describe() {
		label := values.Text{Chinese: item.Label, English: item.EnglishLabel}.In(p.lang)
		if item.Row != "" {
			label = item.Row + " · " + label
		}
		clause := item.Clause
		if item.Ours != "" && !item.Confirmed {
			clause += "*"
		}
		rows = append(rows, []string{label, values.Text{Chinese: item.Value, English: item.English}.In(p.lang), clause})
	}
	p.printTable([]column{left(p.in("条款", "term")), left(p.in("值", "value")), left(p.in("依据", "clause"))}, rows)
}

// openDay is a day of a span; the ends of time stand for "no bound".
func openDay(d values.Date) string {
	if y, _, _ := d.Civil(); !d.Known() || y <= 1 || y >= 9999 {
		return "—"
	}
	return d.String()
}

func (p *program) policyAnswer(set *policy.Set) error {
	for _, terms := range set.Policies() {
		if p.json {
			if err := p.printJSON(map[string]any{"policy": terms.Name, "title": terms.Title, "values": len(terms.Describe())}); err != nil {
				return err
			}
			continue
		}
		p.answer(p.in("%s（%s）：%d 项，没有错误。", "%s (%s): %d values, no mistakes.", terms.Name, terms.Title, len(terms.Describe())))
	}
	return nil
}
