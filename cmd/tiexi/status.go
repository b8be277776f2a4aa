package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) statusCommand() *cli.Command {
	return p.command(spec{
		name:     "status",
		usage:    p.in("一个季度走到了哪一步、有多少钱、下一步做什么", "how far a quarter is, how much money, what is next"),
		examples: []string{"status", "status --quarter 2026Q3 --json"},
		do: func(c *cli.Context) error {
			return p.view(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				status, err := w.Status(ctx, q)
				if err != nil {
					return err
				}
				if p.json {
					if p.lang == values.English {
						for i, step := range status.Steps {
							status.Next[i] = step.English
						}
					}
					return p.printJSON(status)
				}
				p.printStatus(status)
				return nil
			})
		},
	})
}

func (p *program) printStatus(s *pipeline.Status) {
	p.answer(p.in("%s  %s", "%s  %s", s.Job, s.Quarter.String()))
	var stages [][]string
	for _, stage := range s.Stages {
		stages = append(stages, []string{
			stageWord(stage.Name).In(p.lang), p.stageState(stage.State), stage.At, fmt.Sprint(stage.In), fmt.Sprint(stage.Out),
		})
	}
	p.printTable([]column{
		whole(p.in("步骤", "stage")), whole(p.in("状态", "state")), whole(p.in("日期", "date")), right(p.in("进", "in")), right(p.in("出", "out")),
	}, stages)
	p.answer("")
	p.answer(p.in("报表行：共 %d，通过 %d，待核 %d，退回 %d。", "Lines: %d in all, %d accepted, %d held, %d returned.",
		s.Lines.Total, s.Lines.Accepted, s.Lines.Held, s.Lines.Returned))
	p.answer(p.in("贴息：中央 %s，省级 %s，合计 %s 元。", "Subsidy: central %s, provincial %s, total %s yuan.",
		s.Subsidy.Central.Grouped(), s.Subsidy.Provincial.Grouped(), s.Subsidy.Total.Grouped()))
	p.answer(p.in("发放：%d 笔，%s 元；已发 %s，失败 %s，在途 %s，暂缓 %s。", "Payments: %d rows, %s yuan; paid %s, failed %s, pending %s, stopped %s.",
		s.Payments.Count, s.Payments.Total.Grouped(), s.Payments.Paid.Grouped(), s.Payments.Failed.Grouped(),
		s.Payments.Pending.Grouped(), s.Payments.Stopped.Grouped()))
	p.printNext(s.Steps)
	p.printRefused(s.Refused)
}
