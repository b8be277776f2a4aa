package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) diffCommand() *cli.Command {
	return p.command(spec{
		name:      "diff",
		usage:     p.in("两个季度，或同一季度的两次计算，谁的贴息变了、为什么", "two quarters, or two computations of one: whose subsidy changed, and why"),
		arguments: p.in("[前] [后]", "[from] [to]"),
		about: p.in("写两个季度，比较它们现在的结果；写两个编号，比较本季度的两次计算；都不写，比较最近两次计算。编号由 diff --runs 列出。原因有：新增、不再有、银行明细有变化、处理意见、核验结果、政策条款、同户其他贷款使额度变动。",
			"Two quarters: as they now stand. Two numbers: two computations of the quarter, as `diff --runs` lists them. Nothing: the last two. Causes are: new, gone, the loan's own lines, a decision, its judgement, the terms, and another loan of the household that moved its tiers."),
		flags: []cli.Flag{
			&cli.BoolFlag{Name: "runs", Usage: p.in("列出本季度的各次计算", "list the quarter's computations")},
			p.allFlag(),
		},
		examples: []string{"diff 2026Q2 2026Q3", "diff", "diff --runs --quarter 2026Q3", "diff 3 18 --quarter 2026Q3 --json"},
		do: func(c *cli.Context) error {
			if c.Bool("runs") {
				return p.listRuns(c)
			}
			compare, err := p.comparison(c)
			if err != nil {
				return err
			}
			return p.view(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				d, err := compare(ctx, w, q)
				switch {
				case err != nil:
					return err
				case p.json:
					return p.printJSON(d)
				}
				p.printDiff(d, c.Bool("all"))
				return nil
			})
		},
	})
}

// comparison reads the arguments: two quarters, two numbers, or none.
func (p *program) comparison(c *cli.Context) (func(context.Context, *pipeline.Workspace, values.Quarter) (*pipeline.Diff, error), error) {
	from, to := c.Args().Get(0), c.Args().Get(1)
	if c.Args().Len() == 1 {
		return nil, usage(values.Say("要比较两个季度或两次计算，请写两个。", "Name both that are to be compared."), values.Say("例：tiexi diff 2026Q2 2026Q3", "Example: tiexi diff 2026Q2 2026Q3"))
	}
	var runs [2]int64
	if from != "" {
		x, err1 := values.ParseQuarter(from)
		y, err2 := values.ParseQuarter(to)
		if err1 == nil && err2 == nil {
			return func(ctx context.Context, w *pipeline.Workspace, _ values.Quarter) (*pipeline.Diff, error) {
				return w.DiffQuarters(ctx, x, y, p.lang)
			}, nil
		}
		for i, text := range []string{from, to} {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil || n < 1 {
				return nil, usage(values.Say("“%s”既不是季度，也不是计算的编号。", "%q is neither a quarter nor the number of a computation.", text),
					values.Say("请写成 2026Q3 这样，或写 tiexi diff --runs 列出的编号；两个要是同一种。", "Write it like 2026Q3, or give a number that `tiexi diff --runs` lists; both of a kind."))
			}
			runs[i] = n
		}
	}
	return func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) (*pipeline.Diff, error) {
		return w.DiffRuns(ctx, q, runs[0], runs[1], p.lang)
	}, nil
}

func (p *program) listRuns(c *cli.Context) error {
	return p.view(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
		runs, err := w.Runs(ctx, q)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, r := range runs {
			if p.json {
				if err := p.printJSON(r); err != nil {
					return err
				}
			}
			rows = append(rows, []string{fmt.Sprint(r.Run), r.On.String(), fmt.Sprint(r.Loans), r.Total.Grouped(), r.Why.In(p.lang)})
		}
		if !p.json {
			p.printTable([]column{
				right(p.in("编号", "number")), whole(p.in("日期", "day")), right(p.in("笔数", "loans")), right(p.in("贴息", "subsidy")), left(p.in("起因", "why")),
			}, rows)
		}
		return nil
	})
}

func (p *program) printDiff(d *pipeline.Diff, all bool) {
	var rows [][]string
	for _, side := range []pipeline.DiffSide{d.From, d.To} {
		name := side.Quarter.String()
		if side.Run > 0 {
			name += p.in(" 第 %d 号（%s）", " number %d (%s)", side.Run, side.On)
		}
		rows = append(rows, []string{name, fmt.Sprint(side.Loans), side.Shares.Central.Grouped(), side.Shares.Provincial.Grouped(), side.Total.Grouped()})
	}
	difference := d.To.Total - d.From.Total
	rows = append(rows, []string{p.in("增减", "change"), signedCount(d.To.Loans - d.From.Loans), signed(d.To.Shares.Central - d.From.Shares.Central),
		signed(d.To.Shares.Provincial - d.From.Shares.Provincial), signed(difference)})
	p.printTable([]column{
		left(""), right(p.in("笔数", "loans")), right(p.in("中央", "central")), right(p.in("省级", "provincial")), right(p.in("贴息", "subsidy")),
	}, rows)
	if len(d.Causes) > 0 {
		p.answer("")
		rows = nil
		for _, sum := range d.Causes {
			rows = append(rows, []string{pipeline.CauseWords(sum.Kind).In(p.lang), fmt.Sprint(sum.Loans), signed(sum.Difference)})
		}
		p.printTable([]column{left(p.in("原因", "cause")), right(p.in("笔数", "loans")), right(p.in("增减", "change"))}, rows)
	}
	p.answer("")
	p.printChanges(d.Changes, all)
}

func signedCount(n int) string {
	if n > 0 {
		return fmt.Sprintf("+%d", n)
	}
	return fmt.Sprint(n)
}
