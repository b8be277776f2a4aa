package main

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

func (p *program) linesCommand() *cli.Command {
	return p.command(spec{
		name:  "lines",
		usage: p.in("银行报表的每一行：结论、问题、贴息金额", "every statement line: outcome, findings, subsidy"),
		about: p.in("身份证号在屏幕上只显示首尾，--json 给出全号。", "Ids are masked on the screen; --json gives them whole."),
		flags: []cli.Flag{
			&cli.StringFlag{Name: "outcome", Usage: p.in("只看这种结论：accepted、held、returned", "only this outcome: accepted, held, returned")},
			&cli.StringFlag{Name: "code", Usage: p.in("只看有这个问题代码的行", "only lines with this finding")},
		},
		examples: []string{"lines", "lines --outcome held", "lines --json"},
		do: func(c *cli.Context) error {
			outcome, err := outcomeFlag(c)
			if err != nil {
				return err
			}
			code, err := codeFlag(c)
			if err != nil {
				return err
			}
			wanted := func(l *pipeline.LineView) bool {
				return (outcome == "" || l.Outcome == outcome) && (code == "" || slices.Contains(l.Findings, code) || slices.Contains(l.Blocked, code))
			}
			return p.view(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				return p.printLines(func(yield func(pipeline.LineView) error) error { return w.Lines(ctx, q, yield) }, wanted)
			})
		},
	})
}

func outcomeFlag(c *cli.Context) (values.Outcome, error) {
	switch o := values.Outcome(c.String("outcome")); o {
	case "", values.Accepted, values.Held, values.Returned:
		return o, nil
	default:
		return "", usage(values.Say("--outcome 的“%s”不对。", "--outcome: %q is wrong.", string(o)),
			values.Say("请写 accepted、held 或 returned。", "Write accepted, held or returned."))
	}
}

// codeFlag is the finding that --code names, "" without it. A code that nobody
// knows is a slip of the pen, not a quarter without such findings.
func codeFlag(c *cli.Context) (string, error) {
	code := c.String("code")
	if _, known := rules.Lookup(code); code != "" && !known {
		return "", usage(values.Say("没有问题代码“%s”。", "There is no finding with the code %q.", code),
			values.Say("tiexi rules 列出全部代码。", "`tiexi rules` lists all codes."))
	}
	return code, nil
}

// printLines prints a table for each file, under its name.
func (p *program) printLines(each func(func(pipeline.LineView) error) error, wanted func(*pipeline.LineView) bool) error {
	var rows [][]string
	file, count := "", 0
	flush := func() {
		if len(rows) > 0 {
			p.answer(file)
			p.printTable([]column{
				left(p.in("行", "row")), left(p.in("借款人", "borrower")), whole(p.in("身份证号", "id")), left(p.in("合同号", "contract")),
				whole(p.in("结论", "outcome")), right(p.in("贴息", "subsidy")), left(p.in("问题", "findings")),
			}, rows)
		}
		rows = nil
	}
	err := each(func(line pipeline.LineView) error {
		switch {
		case !wanted(&line):
			return nil
		case p.json:
			return p.printJSON(line)
		}
		if line.File != file {
			flush()
			file = line.File
		}
		count++
		at := fmt.Sprint(line.Row)
		if line.Sheet != "" {
			at = line.Sheet + "!" + at
		}
		rows = append(rows, []string{
			at, line.Borrower, masked(values.ResidentID(line.ID)), line.Contract,
			p.outcome(line.Outcome), line.Subsidy.Grouped(), p.titles(append(line.Findings, line.Blocked...)),
		})
		return nil
	})
	flush()
	if err == nil && !p.json {
		p.answer(p.in("共 %d 行。", "%d lines.", count))
	}
	return err
}

// titles are findings by their short names, one a line.
func (p *program) titles(codes []string) string {
	var titles []string
	for _, code := range codes {
		rule, known := rules.Lookup(code)
		if !known {
			rule.Title, rule.English = code, code
		}
		titles = append(titles, values.Text{Chinese: rule.Title, English: rule.English}.In(p.lang))
	}
	return strings.Join(titles, "\n")
}

// place is where a line stands: file, sheet and row or cell.
func place(file, sheet, at string) string {
	if sheet != "" {
		return path.Base(file) + " " + sheet + "!" + at
	}
	return path.Base(file) + " " + at
}

func (p *program) findingsCommand() *cli.Command {
	return p.command(spec{
		name:  "findings",
		usage: p.in("核验发现的问题：在哪里、依据、怎么办", "what the checks found: where, which clause, what to do"),
		flags: []cli.Flag{
			&cli.StringFlag{Name: "outcome", Usage: p.in("只看这种结论：accepted、held、returned", "only this outcome: accepted, held, returned")},
			&cli.StringFlag{Name: "code", Usage: p.in("只看这个问题代码", "only this code")},
		},
		examples: []string{"findings", "findings --outcome held", "findings --code interest-mismatch --json"},
		do: func(c *cli.Context) error {
			outcome, err := outcomeFlag(c)
			if err != nil {
				return err
			}
			code, err := codeFlag(c)
			if err != nil {
				return err
			}
			return p.view(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				found := 0
				err := w.Findings(ctx, q, p.lang, func(f pipeline.FindingView) error {
					if outcome != "" && f.Outcome != outcome || code != "" && f.Code != code {
						return nil
					}
					found++
					return p.printFinding(f)
				})
				if err == nil && !p.json {
					p.answer(p.in("共 %d 个问题。", "%d findings.", found))
				}
				return err
			})
		},
	})
}

// printFinding prints a finding as a paragraph: its message is whole sentences.
func (p *program) printFinding(f pipeline.FindingView) error {
	if p.json {
		return p.printJSON(f)
	}
	at := f.Cell
	if at == "" {
		at = fmt.Sprint(f.Row)
	}
	p.answer(fmt.Sprintf("%s  %s  %s  %s", p.outcome(f.Outcome), f.Code, place(f.File, f.Sheet, at), f.Contract))
	for _, line := range wrap(values.MaskDigits(f.Message), p.width()-2) {
		p.answer("  " + line)
	}
	return nil
}

func (p *program) paymentsCommand() *cli.Command {
	return p.command(spec{
		name:  "payments",
		usage: p.in("发放的每一笔：批次、流水号、金额、状态", "every payment row: batch, number, amount, state"),
		about: p.in("身份证号、账号在屏幕上只显示首尾，--json 给出全号。", "Ids and accounts are masked on the screen; --json gives them whole."),
		flags: []cli.Flag{
			&cli.StringFlag{Name: "batch", Usage: p.in("只看这一批", "only this batch")},
			&cli.StringFlag{Name: "state", Usage: p.in("只看这种状态：draft、approved、sent、paid、failed、void", "only this state: draft, approved, sent, paid, failed, void")},
		},
		examples: []string{"payments", "payments --state failed", "payments --batch 2026Q3-01 --json"},
		do: func(c *cli.Context) error {
			if state := c.String("state"); c.IsSet("state") && !slices.Contains(strings.Fields("draft approved sent paid failed void"), state) {
				return usage(values.Say("--state 的“%s”不对。", "--state: %q is wrong.", state),
					values.Say("请写 draft、approved、sent、paid、failed 或 void。", "Write draft, approved, sent, paid, failed or void."))
			}
			return p.view(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				var rows [][]string
				var total values.Fen
				err := w.Payments(ctx, q, func(v pipeline.PaymentView) error {
					if c.IsSet("batch") && v.Batch != c.String("batch") || c.IsSet("state") && v.State != c.String("state") {
						return nil
					}
					if p.json {
						return p.printJSON(v)
					}
					total += v.Amount
					rows = append(rows, []string{
						v.Number, v.Name, masked(values.ResidentID(v.ID)), masked(values.Account(v.Account)), v.Amount.Grouped(),
						p.paymentState(v.State), v.Reason,
					})
					return nil
				})
				if err != nil || p.json {
					return err
				}
				p.printTable([]column{
					whole(p.in("流水号", "number")), left(p.in("姓名", "name")), whole(p.in("身份证号", "id")), whole(p.in("账号", "account")),
					right(p.in("金额", "amount")), whole(p.in("状态", "state")), left(p.in("原因", "reason")),
				}, rows)
				p.answer(p.in("共 %d 笔，%s 元。", "%d rows, %s yuan.", len(rows), total.Grouped()))
				return nil
			})
		},
	})
}

func (p *program) paymentState(state string) string {
	switch state {
	case "draft":
		return p.in("草稿", "draft")
	case "approved":
		return p.in("已审批", "approved")
	case "sent":
		return p.in("已报送", "sent")
	case "paid":
		return p.in("已发放", "paid")
	case "failed":
		return p.in("失败", "failed")
	case "void":
		return p.in("作废", "void")
	}
	return state
}
