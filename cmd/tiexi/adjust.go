package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) settleByHandCommand() *cli.Command {
	return p.command(spec{
		name:      "settle-by-hand",
		usage:     p.in("凭书面证明登记一笔的结果", "record a payment's outcome from a signed statement"),
		arguments: p.in("<流水号>", "<payment>") + " paid|failed",
		about: p.in("只用于等不到回盘文件的款项：结果不明之前不会再发第二次。paid 为已发放，failed 为失败。",
			"For payments whose return file never comes: while the outcome is unknown nothing is paid a second time."),
		flags:    []cli.Flag{p.whyFlag()},
		examples: []string{"settle-by-hand 2026Q3-01-00012 paid --why 银行回单2026-10-20", "settle-by-hand 2026Q3-01-00013 failed --why 银行证明账户已销户"},
		acts:     true,
		do: func(c *cli.Context) error {
			number, outcome := c.Args().Get(0), c.Args().Get(1)
			if outcome != "paid" && outcome != "failed" {
				return usage(values.Say("结果“%s”不对。", "The outcome %q is wrong.", outcome), values.Say("请写 paid（已发放）或 failed（失败）。", "Write paid or failed."))
			}
			why, err := neededFlag(c, "why")
			if err != nil {
				return err
			}
			return p.work(c, func(ctx context.Context, w *pipeline.Workspace) error {
				if err := w.SettleByHand(ctx, number, outcome == "paid", why, c.Bool("dry-run")); err != nil {
					return err
				}
				return p.recorded(c, values.Text{
					Chinese: number + " 已登记为" + map[string]string{"paid": "已发放", "failed": "失败"}[outcome] + "。",
					English: number + " is recorded as " + outcome + ".",
				})
			})
		},
	})
}

func (p *program) recoverCommand() *cli.Command {
	return p.adjustment("recover", p.in("多付的款项从以后的贴息中扣回", "set an overpayment off against later subsidies"), true)
}

func (p *program) waiveCommand() *cli.Command {
	return p.adjustment("waive", p.in("多付的款项不再扣回", "leave an overpayment with the payee"), false)
}

// adjustment decides about an overpayment that the loan did not cause itself.
func (p *program) adjustment(name, usage string, back bool) *cli.Command {
	return p.command(spec{
		name: name, usage: usage,
		arguments: p.in("<合同号>", "<contract>"),
		about: p.in("只用于自身明细没有变化、因同户其他贷款占用额度而多付的贷款；自身更正引起的多付自动抵扣。",
			"Only for loans overpaid because the household's other loans took their tier; what a loan's own correction causes is set off by itself."),
		flags:    []cli.Flag{p.whyFlag(), &cli.StringFlag{Name: "bank", Usage: p.in("银行，合同号在几家银行都有时写明", "the bank, where several have the contract number")}},
		examples: []string{name + " HT-001 --why 局务会决定"},
		acts:     true,
		do: func(c *cli.Context) error {
			why, err := neededFlag(c, "why")
			if err != nil {
				return err
			}
			do := (*pipeline.Workspace).Waive
			if back {
				do = (*pipeline.Workspace).Recover
			}
			return p.workQuarter(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				request := pipeline.AdjustRequest{Quarter: q, Contract: c.Args().First(), Bank: c.String("bank"), Why: why, DryRun: c.Bool("dry-run")}
				over, err := do(w, ctx, request)
				if err != nil {
					return err
				}
				return p.recorded(c, adjusted(request.Contract, over, back))
			})
		},
	})
}

func adjusted(contract string, over values.Fen, back bool) values.Text {
	if back {
		return values.Say("合同 %s 多付的 %s 元将从收款人以后的贴息中扣回。", "The %[2]s yuan overpaid on contract %[1]s will be set off against the payee's later subsidies.", contract, over.Grouped())
	}
	return values.Say("合同 %s 多付的 %s 元不再扣回。", "The %[2]s yuan overpaid on contract %[1]s stay with the payee.", contract, over.Grouped())
}

func (p *program) recheckCommand() *cli.Command {
	return p.command(spec{
		name:  "recheck",
		usage: p.in("用现在的名单和政策重新核验已发放的行", "judge paid lines again with today's roster and policies"),
		about: p.in("已发放的行平时不因名单、政策更新而重新核验；只有写明原因要求时才重验，下一次 run 生效。",
			"A newer roster or policy file does not reopen what is paid; this asks for it, with a reason, and the next run does it."),
		flags:    []cli.Flag{p.whyFlag()},
		examples: []string{"recheck --quarter 2026Q3 --why 省厅要求按更正名单复核"},
		acts:     true,
		do: func(c *cli.Context) error {
			why, err := neededFlag(c, "why")
			if err != nil {
				return err
			}
			return p.workQuarter(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				if err := w.Recheck(ctx, q, why, c.Bool("dry-run")); err != nil {
					return err
				}
				return p.recorded(c, values.Say("下一次 tiexi run 将重新核验 %s 已发放的行。", "The next `tiexi run` judges the paid lines of %s again.", q.String()))
			})
		},
	})
}
