package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) decideCommand() *cli.Command {
	return group("decide", p.in("对待核的行作出处理：通过或退回", "decide on held lines: accept or return"),
		p.decision("accept", p.in("通过", "accept"), true), p.decision("return", p.in("退回银行", "return to the bank"), false))
}

func (p *program) decision(name, usage string, accept bool) *cli.Command {
	return p.command(spec{
		name: name, usage: usage,
		arguments: p.in("[合同号]", "[contract]"),
		about: p.in("写合同号处理一笔；或用 --file、--code 成批处理，同写时取交集。意见记入审计日志，依据的事实不变就一直有效。也可以填写 核验/问题清单.xlsx 后放回收件文件夹。",
			"A contract, or many lines by --file or --code; together they narrow. The decision stands while the facts do that it was made on. The workbook 核验/问题清单.xlsx, filled in and put into the inbox, does the same."),
		flags: []cli.Flag{
			&cli.StringFlag{Name: "why", Usage: p.in("理由（必写）", "the reason (needed)")},
			&cli.StringFlag{Name: "bank", Usage: p.in("银行，合同号在几家银行都有时写明", "the bank, where several have the contract number")},
			&cli.StringFlag{Name: "file", Usage: p.in("这个文件里的全部待核行", "all held lines of this file")},
			&cli.StringFlag{Name: "code", Usage: p.in("有这个问题代码的全部待核行", "all held lines with this finding")},
		},
		examples: []string{
			"decide " + name + " HT-001 --why 已核实",
			"decide " + name + " --code interest-mismatch --file 农商行.xlsx --why 银行已书面说明 --dry-run",
		},
		acts: true,
		do: func(c *cli.Context) error {
			why, err := neededFlag(c, "why")
			if err != nil {
				return err
			}
			return p.workQuarter(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				report, err := w.Decide(ctx, pipeline.DecideRequest{
					Quarter: q, Accept: accept, Contract: c.Args().First(), Bank: c.String("bank"),
					File: c.String("file"), Code: c.String("code"), Why: why, DryRun: c.Bool("dry-run"),
				})
				if err != nil {
					return err
				}
				return p.printDecided(report, accept, c.Bool("dry-run"))
			})
		},
	})
}

func (p *program) printDecided(report *pipeline.DecideReport, accept, dryRun bool) error {
	if p.json {
		return p.printJSON(map[string]any{
			"decided": append([]pipeline.LineView{}, report.Lines...), "skipped": append([]pipeline.LineView{}, report.Skipped...), "dry_run": dryRun,
		})
	}
	for _, line := range report.Lines {
		p.answer(fmt.Sprintf("%s  %s  %s  %s", place(line.File, line.Sheet, fmt.Sprint(line.Row)), line.Bank, line.Contract, line.Borrower))
	}
	if n := len(report.Skipped); n > 0 {
		p.answer(p.in("另有 %d 行不是待核，没有动。", "%d more lines are not held and were left alone.", n))
	}
	done := p.in("退回", "returned")
	if accept {
		done = p.in("通过", "accepted")
	}
	if dryRun {
		p.answer(p.in("将%[2]s %[1]d 行（试运行，没有记录）。", "%d lines would be %s (dry run, nothing recorded).", len(report.Lines), done))
		return nil
	}
	p.answer(p.in("已%[2]s %[1]d 行。运行 tiexi run 使其生效。", "%d lines %s. `tiexi run` takes it on from there.", len(report.Lines), done))
	return nil
}
