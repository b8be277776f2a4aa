package main

import (
	"github.com/urfave/cli/v2"

	"tiexi/formats/jobs"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

func (p *program) rulesCommand() *cli.Command {
	return p.command(spec{
		name:      "rules",
		usage:     p.in("核验问题的目录：代码、结论、依据", "the catalogue of findings: code, outcome, clause"),
		arguments: p.in("[代码]", "[code]"),
		about: p.in("写明代码时只看这一种，并说明怎样处理。标 * 的是通知没有写明、由本程序采用的读法。",
			"With a code: that one, and what to do about it. A * marks a reading that the notice leaves open."),
		examples: []string{"rules", "rules age-out-of-range", "rules --json"},
		do: func(c *cli.Context) error {
			list := rules.Catalogue()
			if code := c.Args().First(); code != "" {
				rule, ok := rules.Lookup(code)
				if !ok {
					return p.noRule(code)
				}
				list = []rules.Rule{rule}
			}
			if p.json {
				return p.rulesJSON(list)
			}
			p.printRules(list)
			if c.Args().Present() {
				p.answer("\n" + values.Text{Chinese: list[0].Hint, English: list[0].HintEnglish}.In(p.lang))
			}
			return nil
		},
	})
}

func (p *program) noRule(code string) error {
	var codes []string
	for _, rule := range rules.Catalogue() {
		codes = append(codes, rule.Code)
	}
	hint := values.Say("全部代码见 tiexi rules。", "See tiexi rules for all codes.")
	if near := jobs.Nearest(code, codes); near != "" {
		hint = values.Say("是不是“%s”？", "Did you mean %q?", near)
	}
	return usage(values.Say("没有问题代码“%s”。", "There is no finding %q.", code), hint)
}

func (p *program) printRules(list []rules.Rule) {
	var rows [][]string
	for _, rule := range list {
		ours := ""
		if rule.Ours {
			ours = "*"
		}
		title := values.Text{Chinese: rule.Title, English: rule.English}.In(p.lang)
		rows = append(rows, []string{rule.Code, p.outcome(rule.Outcome), title, rule.Clause + ours})
	}
	p.printTable([]column{
		whole(p.in("代码", "code")), whole(p.in("结论", "outcome")), left(p.in("问题", "finding")), left(p.in("依据", "clause")),
	}, rows)
}

// outcome is an outcome in words.
func (p *program) outcome(o values.Outcome) string {
	switch o {
	case values.Accepted:
		return p.in("通过", "accepted")
	case values.Held:
		return p.in("待核", "held")
	case values.Returned:
		return p.in("退回", "returned")
	case values.Notice:
		return p.in("提示", "notice")
	case values.PaymentHold:
		return p.in("暂缓发放", "payment hold")
	}
	return string(o)
}

// ruleJSON is a line of `rules --json`.
type ruleJSON struct {
	Code    string         `json:"code"`
	Outcome values.Outcome `json:"outcome"`
	Title   string         `json:"title"`
	Clause  string         `json:"clause"`
	Hint    string         `json:"hint"`
	Ours    bool           `json:"ours"`
}

func (p *program) rulesJSON(list []rules.Rule) error {
	for _, rule := range list {
		line := ruleJSON{rule.Code, rule.Outcome, rule.Title, rule.Clause, rule.Hint, rule.Ours}
		if p.lang == values.English {
			line.Title, line.Hint = rule.English, rule.HintEnglish
		}
		if err := p.printJSON(line); err != nil {
			return err
		}
	}
	return nil
}
