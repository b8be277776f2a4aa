package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) noticeCommand() *cli.Command {
	return group("notice", p.in("公示：登记张贴、异议，看还在等什么", "the public notice: postings, objections, what is waited for"),
		p.noticePosted(), p.noticeUnpost(), p.noticeObject(), p.noticeResolve(), p.noticeStatus())
}

// placeFlags name lists by place; without them all are meant.
func (p *program) placeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "township", Usage: p.in("只限这个乡镇", "only this township")},
		&cli.StringFlag{Name: "village", Usage: p.in("只限这个村", "only this village")},
	}
}

func (p *program) noticePosted() *cli.Command {
	return p.command(spec{
		name:  "posted",
		usage: p.in("登记公示清单已经张贴", "record that lists were posted"),
		about: p.in("从张贴之日起计公示期，期满次日起可以发放。不写乡镇、村时指本季度全部还没有登记的清单。张贴后的清单不再改动，新增、调高的另出补充清单。",
			"Starts the notice period; payments may go from the day after it. Without a place: every list of the quarter that is not recorded yet. A posted list is never changed; what is new or higher goes to a supplement."),
		flags:    append([]cli.Flag{&cli.StringFlag{Name: "on", Usage: p.in("张贴日期，例如 2026-09-25（必写）", "day of posting, for example 2026-09-25 (needed)")}}, p.placeFlags()...),
		examples: []string{"notice posted --on 2026-09-25", "notice posted --on 2026-09-25 --township 河口镇 --village 上河村"},
		acts:     true,
		do: func(c *cli.Context) error {
			if _, err := neededFlag(c, "on"); err != nil {
				return err
			}
			return p.onLists(c, (*pipeline.Workspace).PostNotice)
		},
	})
}

func (p *program) noticeUnpost() *cli.Command {
	return p.command(spec{
		name:     "unpost",
		usage:    p.in("撤销登记错了的张贴", "take back a posting that was recorded by mistake"),
		flags:    append([]cli.Flag{&cli.StringFlag{Name: "why", Usage: p.in("原因（必写）", "the reason (needed)")}}, p.placeFlags()...),
		examples: []string{"notice unpost --village 上河村 --why 日期写错"},
		acts:     true,
		do: func(c *cli.Context) error {
			if _, err := neededFlag(c, "why"); err != nil {
				return err
			}
			return p.onLists(c, (*pipeline.Workspace).UnpostNotice)
		},
	})
}

// onLists does something with the lists that the flags name.
func (p *program) onLists(c *cli.Context, do func(*pipeline.Workspace, context.Context, pipeline.NoticeRequest) (*pipeline.NoticeReport, error)) error {
	on, err := dateFlag(c, "on")
	if err != nil {
		return err
	}
	return p.workQuarter(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
		report, err := do(w, ctx, pipeline.NoticeRequest{
			Quarter: q, On: on, Township: c.String("township"), Village: c.String("village"), Why: c.String("why"), DryRun: c.Bool("dry-run"),
		})
		if err != nil {
			return err
		}
		if p.json {
			return p.listsJSON(report.Lists)
		}
		p.printChanged(c, report.Lists)
		return nil
	})
}

// printChanged shows the lists that a command changed: each, or where they are
// many the number by township.
func (p *program) printChanged(c *cli.Context, lists []pipeline.NoticeView) {
	const few = 12
	if len(lists) <= few || c.Bool("verbose") {
		p.printLists(lists)
	} else {
		p.printByTownship(lists)
	}
	p.dryRunRemark(c)
}

// printByTownship counts lists that were posted on one day, as a command posts
// them.
func (p *program) printByTownship(lists []pipeline.NoticeView) {
	counts := map[string]int{}
	var rows [][]string
	for _, l := range lists {
		if counts[l.Township]++; counts[l.Township] == 1 {
			rows = append(rows, []string{l.Township, "", l.PostedOn.String(), l.Until.String(), l.PayableOn.String()})
		}
	}
	for _, row := range rows {
		row[1] = fmt.Sprint(counts[row[0]])
	}
	p.printTable([]column{
		left(p.in("乡镇", "township")), right(p.in("清单", "lists")), whole(p.in("张贴", "posted")), whole(p.in("公示至", "until")), whole(p.in("可发放", "payable")),
	}, rows)
	p.answer(p.in("共 %d 份清单。", "%d lists.", len(lists)))
}

func (p *program) dryRunRemark(c *cli.Context) {
	if c.Bool("dry-run") {
		p.answer(p.in("试运行，没有记录。", "Dry run, nothing recorded."))
	}
}

func (p *program) noticeObject() *cli.Command {
	return p.command(spec{
		name:  "object",
		usage: p.in("登记对某户的公示异议", "record an objection to a borrower's entry"),
		about: p.in("只暂缓这个借款人的发放，同村其他人照常。", "Stops this borrower's payments only; the rest of the village goes on."),
		flags: append([]cli.Flag{
			&cli.StringFlag{Name: "name", Usage: p.in("借款人姓名（必写）", "the borrower's name (needed)")},
			&cli.StringFlag{Name: "why", Usage: p.in("异议内容（必写）", "what is objected (needed)")},
			&cli.StringFlag{Name: "on", Usage: p.in("提出日期（必写）", "day of the objection (needed)")},
		}, p.placeFlags()...),
		examples: []string{"notice object --village 上河村 --name 王小明 --why 贷款未用于生产 --on 2026-09-28"},
		acts:     true,
		do:       func(c *cli.Context) error { return p.objection(c, false, (*pipeline.Workspace).Object) },
	})
}

func (p *program) noticeResolve() *cli.Command {
	return p.command(spec{
		name:  "resolve",
		usage: p.in("登记异议的处理结果", "record what was decided about an objection"),
		about: p.in("成立：退回该借款人的各行；不成立：恢复发放。", "Upheld: the borrower's lines are returned. Rejected: the payments go on."),
		flags: append([]cli.Flag{
			&cli.StringFlag{Name: "name", Usage: p.in("借款人姓名（必写）", "the borrower's name (needed)")},
			&cli.BoolFlag{Name: "upheld", Usage: p.in("异议成立", "the objection is upheld")},
			&cli.BoolFlag{Name: "rejected", Usage: p.in("异议不成立", "the objection is rejected")},
			&cli.StringFlag{Name: "why", Usage: p.in("处理意见（必写）", "the words of the decision (needed)")},
			&cli.StringFlag{Name: "on", Usage: p.in("处理日期（必写）", "day of the decision (needed)")},
		}, p.placeFlags()...),
		examples: []string{"notice resolve --village 上河村 --name 王小明 --rejected --why 已入户核实 --on 2026-10-02"},
		acts:     true,
		do: func(c *cli.Context) error {
			if c.Bool("upheld") == c.Bool("rejected") {
				return usage(values.Say("请写 --upheld 或 --rejected，只写一个。", "Give --upheld or --rejected, one of them."), values.Text{})
			}
			return p.objection(c, c.Bool("upheld"), (*pipeline.Workspace).ResolveObjection)
		},
	})
}

func (p *program) objection(c *cli.Context, upheld bool, do func(*pipeline.Workspace, context.Context, pipeline.ObjectionRequest) error) error {
	request := pipeline.ObjectionRequest{Township: c.String("township"), Village: c.String("village"), Upheld: upheld, DryRun: c.Bool("dry-run")}
	var err error
	if request.Name, err = neededFlag(c, "name"); err != nil {
		return err
	}
	if request.Why, err = neededFlag(c, "why"); err != nil {
		return err
	}
	if _, err = neededFlag(c, "on"); err != nil {
		return err
	}
	if request.On, err = dateFlag(c, "on"); err != nil {
		return err
	}
	return p.workQuarter(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
		request.Quarter = q
		if err := do(w, ctx, request); err != nil {
			return err
		}
		return p.recorded(c, values.Say("已登记：%s。", "Recorded: %s.", request.Name))
	})
}

// recorded ends a command that has nothing to show but that it is done.
func (p *program) recorded(c *cli.Context, what values.Text) error {
	if p.json {
		return p.printJSON(map[string]any{"done": !c.Bool("dry-run"), "message": what.In(p.lang)})
	}
	if c.Bool("dry-run") {
		p.dryRunRemark(c)
		return nil
	}
	p.answer(what.In(p.lang))
	return nil
}

func (p *program) noticeStatus() *cli.Command {
	return p.command(spec{
		name:     "status",
		usage:    p.in("各村清单：张贴了没有、公示到哪天、有无异议", "each village's lists: posted or not, until when, objections"),
		examples: []string{"notice status", "notice status --quarter 2026Q3 --json"},
		do: func(c *cli.Context) error {
			return p.view(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				lists, err := w.NoticeStatus(ctx, q)
				if err != nil {
					return err
				}
				if p.json {
					return p.listsJSON(lists)
				}
				p.printLists(lists)
				return nil
			})
		},
	})
}

func (p *program) listsJSON(lists []pipeline.NoticeView) error {
	for _, list := range lists {
		if err := p.printJSON(list); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) printLists(lists []pipeline.NoticeView) {
	var rows [][]string
	for _, l := range lists {
		name := l.Village
		if l.Number > 0 {
			name += p.in("（补%d）", " (supplement %d)", l.Number)
		}
		objections := ""
		if l.Objection > 0 {
			objections = fmt.Sprint(l.Objection)
		}
		rows = append(rows, []string{
			l.Township, name, p.listState(l.State), l.PostedOn.String(), l.Until.String(), l.PayableOn.String(), objections,
		})
	}
	p.printTable([]column{
		left(p.in("乡镇", "township")), left(p.in("村", "village")), whole(p.in("状态", "state")), whole(p.in("张贴", "posted")),
		whole(p.in("公示至", "until")), whole(p.in("可发放", "payable")), right(p.in("异议", "objections")),
	}, rows)
	p.answer(p.in("共 %d 份清单。", "%d lists.", len(lists)))
}

func (p *program) listState(state string) string {
	switch state {
	case "printed":
		return p.in("待张贴", "to be posted")
	case "posted":
		return p.in("公示中", "posted")
	case "cleared":
		return p.in("公示期满", "cleared")
	}
	return state
}
