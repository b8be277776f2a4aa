package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) whyFlag() cli.Flag {
	return &cli.StringFlag{Name: "why", Usage: p.in("原因（必写），记入审计日志", "the reason (needed), for the audit log")}
}

func (p *program) markSentCommand() *cli.Command {
	return p.command(spec{
		name:      "mark-sent",
		usage:     p.in("登记批次已报送发放平台", "record that a batch went to the platform"),
		arguments: p.in("<批次>", "<batch>"),
		about: p.in("报送之后不能作废，也不会再报送一次；结果以回盘文件为准。",
			"A batch that was sent cannot be voided and is never sent again; the return file says what became of it."),
		flags:    []cli.Flag{&cli.StringFlag{Name: "on", Usage: p.in("报送日期（必写）", "day of sending (needed)")}},
		examples: []string{"mark-sent 2026Q3-01 --on 2026-10-09"},
		acts:     true,
		do: func(c *cli.Context) error {
			if _, err := neededFlag(c, "on"); err != nil {
				return err
			}
			on, err := dateFlag(c, "on")
			if err != nil {
				return err
			}
			batch := c.Args().First()
			return p.work(c, func(ctx context.Context, w *pipeline.Workspace) error {
				if err := w.MarkSent(ctx, batch, on, c.Bool("dry-run")); err != nil {
					return err
				}
				return p.recorded(c, values.Say("批次 %s 已登记为 %s 报送。收到回盘文件后运行 tiexi return 文件。",
					"Batch %s is recorded as sent on %s. When the return file comes: tiexi return FILE.", batch, on))
			})
		},
	})
}

func (p *program) voidCommand() *cli.Command {
	return p.command(spec{
		name:      "void",
		usage:     p.in("作废还没有报送的批次", "void a batch that was not sent"),
		arguments: p.in("<批次>", "<batch>"),
		about:     p.in("批次号不再使用；其中各笔回到待发放，由下一次 run 重新编批。", "The number is not used again; its payments become payable again and the next run drafts them anew."),
		flags:     []cli.Flag{p.whyFlag()},
		examples:  []string{"void 2026Q3-01 --why 账号有误，重新编批"},
		acts:      true,
		do: func(c *cli.Context) error {
			why, err := neededFlag(c, "why")
			if err != nil {
				return err
			}
			batch := c.Args().First()
			return p.work(c, func(ctx context.Context, w *pipeline.Workspace) error {
				if err := w.Void(ctx, batch, why, c.Bool("dry-run")); err != nil {
					return err
				}
				return p.recorded(c, values.Say("批次 %s 已作废。", "Batch %s is void.", batch))
			})
		},
	})
}

func (p *program) returnCommand() *cli.Command {
	return p.command(spec{
		name:      "return",
		usage:     p.in("读入发放平台的回盘文件", "read the platform's return file"),
		arguments: p.in("<文件>", "<file>"),
		about: p.in("按流水号对应，核对姓名、账号、金额；对不上的逐行列出，不覆盖任何记录。同一文件再读一次不会有变化。也可把文件放进收件文件夹后运行 tiexi run。",
			"Rows are matched by number and checked by name, account and amount; what does not fit is listed and overwrites nothing. The same file again changes nothing. Putting it into the inbox and running `tiexi run` does the same."),
		examples: []string{"return 2026Q3-01-回盘.xlsx"},
		flags:    []cli.Flag{&cli.StringFlag{Name: "operator", Usage: p.in("经办人，记入审计日志；默认为操作系统用户", "who does it, for the audit log; else the OS user")}},
		do: func(c *cli.Context) error {
			return p.work(c, func(ctx context.Context, w *pipeline.Workspace) error {
				report, err := w.Return(ctx, c.Args().First())
				if err != nil {
					return err
				}
				if err := p.printReturn(report); err != nil {
					return err
				}
				if report.Attention {
					return errAttention
				}
				return nil
			})
		},
	})
}

// returnAnswer is what `return --json` prints.
type returnAnswer struct {
	File    string         `json:"file"`
	Quarter values.Quarter `json:"quarter"`
	Rows    int            `json:"rows"`
	Paid    int            `json:"paid"`
	Failed  int            `json:"failed"`
	Known   bool           `json:"known"`
	Rest    []restAnswer   `json:"rest"`
}

type restAnswer struct {
	Sheet   string `json:"sheet"`
	Row     int    `json:"row"`
	Number  string `json:"number"`
	Name    string `json:"name"`
	Verdict string `json:"verdict"`
	Message string `json:"message"`
}

func (p *program) printReturn(r *pipeline.ReturnReport) error {
	if p.json {
		answer := returnAnswer{r.File, r.Quarter, r.Rows, r.Paid, r.Failed, r.Known, []restAnswer{}}
		for _, rest := range r.Rest {
			answer.Rest = append(answer.Rest, restAnswer{rest.Sheet, rest.Row, rest.Number, rest.Name, rest.Verdict, rest.Words.In(p.lang)})
		}
		return p.printJSON(answer)
	}
	if r.Known {
		p.answer(p.in("这份回盘文件已经读过，没有变化。", "This return file was read before; nothing has changed."))
	}
	p.answer(p.in("%s：%d 行；成功 %d 笔 %s 元，失败 %d 笔 %s 元。", "%s: %d rows; %d paid, %s yuan; %d failed, %s yuan.",
		r.File, r.Rows, r.Paid, r.Amounts["paid"].Grouped(), r.Failed, r.Amounts["failed"].Grouped()))
	for _, rest := range r.Rest {
		p.answer(fmt.Sprintf("  %s  %s  %s  %s", place(r.File, rest.Sheet, fmt.Sprint(rest.Row)), rest.Number, rest.Name, rest.Words.In(p.lang)))
	}
	if r.Failed > 0 {
		p.answer(p.in("失败的各笔请更正账号（更新帮扶名单）后运行 tiexi run，会编入下一批，另行审批。",
			"Mend the accounts of the failed rows (in the roster) and run `tiexi run`: they join the next batch, with its own approval."))
	}
	return nil
}
