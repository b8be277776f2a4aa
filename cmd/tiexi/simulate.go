package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// shownChanges is how many changed loans a table shows unless all are asked for.
const shownChanges = 20

func (p *program) allFlag() cli.Flag {
	return &cli.BoolFlag{Name: "all", Usage: p.in("列出每一笔有变化的贷款，默认只列变化最大的 %d 笔",
		"every loan that changes, not only the %d that change most", shownChanges)}
}

func (p *program) simulateCommand() *cli.Command {
	return p.command(spec{
		name:  "simulate",
		usage: p.in("换一套政策条款，本季度会是多少：与实际并列，什么都不改", "the quarter under other terms, beside the real one; writes nothing"),
		about: p.in("文件写法与县里自己的政策文件相同（extends 内置政策，只写改动的值）；它代替作业中同名的政策。按乡镇、按银行与台账中的实际金额并列，再列出谁有变化、为什么。已经发放的也一并试算。",
			"The file is like a county's own policy file (it extends a shipped one and gives the values that differ) and takes the place of the job's policy of the same name. Townships and lenders stand beside what the ledger has, then whose amount changes and why. Paid loans take part too."),
		flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "policy", Usage: p.in("政策文件（必写），可写多次", "policy file (needed), may be repeated")},
			p.allFlag(),
		},
		examples: []string{"simulate --policy 上限四点.yaml", "simulate --policy 老合同.yaml --quarter 2026Q3 --json"},
		do: func(c *cli.Context) error {
			files := c.StringSlice("policy")
			if len(files) == 0 {
				return usage(values.Say("缺少 --policy 政策文件。", "--policy FILE is needed."), values.Say("政策文件的写法见 tiexi policy show。", "See `tiexi policy show` for how one is written."))
			}
			return p.view(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				s, err := w.Simulate(ctx, q, files, p.lang)
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(s)
				}
				p.printSimulation(s, c.Bool("all"))
				return nil
			})
		},
	})
}

func (p *program) printSimulation(s *pipeline.Simulation, all bool) {
	p.paragraph("", p.in("%s，试用政策：%s。台账没有任何改动。", "%s under %s. The ledger is unchanged.", s.Quarter, strings.Join(s.Policies, p.in("、", ", "))))
	p.answer("")
	var rows [][]string
	for i, name := range []string{p.in("实际", "real"), p.in("试算", "simulated")} {
		l, side := s.Lines[i], s.County.Before
		if i == 1 {
			side = s.County.After
		}
		rows = append(rows, []string{name, fmt.Sprint(l.Accepted), fmt.Sprint(l.Held), fmt.Sprint(l.Returned), fmt.Sprint(side.Loans),
			side.Shares.Central.Grouped(), side.Shares.Provincial.Grouped(), side.Total.Grouped()})
	}
	p.printTable([]column{
		whole(""), right(p.in("通过", "accepted")), right(p.in("待核", "held")), right(p.in("退回", "returned")), right(p.in("贷款", "loans")),
		right(p.in("中央", "central")), right(p.in("省级", "provincial")), right(p.in("贴息", "subsidy")),
	}, rows)
	p.answer("")
	p.printCompared(p.in("乡镇", "township"), s.Townships, s.County)
	p.answer("")
	p.printCompared(p.in("银行", "lender"), s.Lenders, s.County)
	p.answer("")
	p.printChanges(s.Changes, all)
}

// printCompared prints groups beside each other, and their sum.
func (p *program) printCompared(title string, groups []pipeline.Compared, sum pipeline.Compared) {
	var rows [][]string
	sum.Name = p.in("合计", "total")
	for _, g := range append(groups, sum) {
		rows = append(rows, []string{g.Name, fmt.Sprint(g.Before.Loans), fmt.Sprint(g.After.Loans),
			g.Before.Total.Grouped(), g.After.Total.Grouped(), signed(g.After.Total - g.Before.Total)})
	}
	p.printTable([]column{
		left(title), right(p.in("原笔数", "loans")), right(p.in("现笔数", "now")), right(p.in("原金额", "before")), right(p.in("现金额", "after")), right(p.in("增减", "change")),
	}, rows)
}

func signed(f values.Fen) string {
	if f > 0 {
		return "+" + f.Grouped()
	}
	return f.Grouped()
}

// printChanges prints whose amount changes and why, those that change most first.
func (p *program) printChanges(changes []*pipeline.Change, all bool) {
	if len(changes) == 0 {
		p.answer(p.in("没有一笔贷款的金额有变化。", "No loan's amount changes."))
		return
	}
	p.answer(p.in("%d 笔贷款的金额有变化：", "%d loans change:", len(changes)))
	shown := changes
	if !all {
		shown = changes[:min(len(changes), shownChanges)]
	}
	var rows [][]string
	for _, c := range shown {
		var why []string
		for _, cause := range c.Causes {
			why = append(why, cause.Words)
		}
		rows = append(rows, []string{c.Borrower, c.Contract, c.Before.Total().Grouped(), c.After.Total().Grouped(), signed(c.Difference()), strings.Join(why, p.in("；", "; "))})
	}
	p.printTable([]column{
		left(p.in("借款人", "borrower")), left(p.in("合同号", "contract")), right(p.in("原金额", "before")), right(p.in("现金额", "after")), right(p.in("增减", "change")), left(p.in("原因", "why")),
	}, rows)
	if rest := len(changes) - len(shown); rest > 0 {
		p.answer(p.in("还有 %d 笔，用 --all 列出。", "%d more; --all shows them.", rest))
	}
}
