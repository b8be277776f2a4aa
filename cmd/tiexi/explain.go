package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) explainCommand() *cli.Command {
	return p.command(spec{
		name:      "explain",
		usage:     p.in("一笔贷款的贴息是怎样算出来的", "how a loan's subsidy came about"),
		arguments: p.in("[合同号]", "[contract]"),
		about: p.in("逐段天数、档次、利率、依据和算式，直到文件、工作表、单元格；各段相加等于贴息金额。也可用 --person 身份证号 看一个人的全部贷款。--xlsx 写一张可以交给借款人的说明单（身份证号只留首尾），每笔贷款、每个季度一页。",
			"Stretches of days, tiers, rates, clauses and sums, back to file, sheet and cell; the parts add up to the amount. --person ID gives all loans of a person. --xlsx writes a page to hand to the borrower (the id is masked), one for each loan and quarter."),
		flags: []cli.Flag{
			&cli.StringFlag{Name: "bank", Usage: p.in("银行，合同号在几家银行都有时写明", "the bank, where several have the contract number")},
			&cli.StringFlag{Name: "person", Usage: p.in("身份证号，代替合同号", "a resident id, in place of a contract")},
			&cli.StringFlag{Name: "xlsx", Usage: p.in("写成这个文件；已有的文件不会覆盖", "write it to this file, which must not exist")},
		},
		examples: []string{"explain HT-001", "explain HT-001 --bank 清水农商银行 --json", "explain --person 149901199001010012", "explain HT-001 --xlsx 王小明.xlsx"},
		do: func(c *cli.Context) error {
			if c.Args().Present() == c.IsSet("person") {
				return usage(values.Say("请写合同号，或用 --person 写身份证号，只写一个。", "Give a contract, or an id with --person, one of them."), values.Text{})
			}
			return p.view(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				request := pipeline.ExplainRequest{
					Quarter: q, Contract: c.Args().First(), Bank: c.String("bank"),
					Person: values.ResidentID(strings.ToUpper(values.FoldText(c.String("person")))),
				}
				if c.IsSet("xlsx") {
					return p.writeExplanation(ctx, w, request, c.String("xlsx"))
				}
				found, err := w.Explain(ctx, request, p.lang)
				if err != nil {
					return err
				}
				return p.printExplanations(found)
			})
		},
	})
}

// writeExplanation writes the page for the borrower, which is in Chinese.
func (p *program) writeExplanation(ctx context.Context, w *pipeline.Workspace, request pipeline.ExplainRequest, path string) error {
	found, err := w.Explain(ctx, request, values.Chinese)
	if err != nil {
		return err
	}
	var content bytes.Buffer
	if err := w.WriteExplanation(&content, found); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return values.Refuse(values.Say("%s 已经有了，不会覆盖。", "%s is there already and is not overwritten.", path),
			values.Say("请换一个文件名，或先移走它。", "Choose another name, or move it away."))
	}
	if err := writeNew(path, content.Bytes()); err != nil {
		return cannotWrite(err)
	}
	if p.json {
		return p.printJSON(map[string]any{"file": path, "pages": len(found)})
	}
	p.answer(p.in("已写 %s，%d 页，可打印后交给借款人。", "Wrote %s with %d pages, to be printed for the borrower.", path, len(found)))
	return nil
}

func (p *program) printExplanations(found []*pipeline.Explanation) error {
	for i, e := range found {
		if p.json {
			if err := p.printJSON(e); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			p.answer("")
		}
		p.printExplanation(e)
	}
	return nil
}

func (p *program) printExplanation(e *pipeline.Explanation) {
	p.paragraph("", fmt.Sprintf("%s  %s  %s  %s  %s", e.Quarter, e.Bank, e.Contract, e.Borrower, masked(values.ResidentID(e.ID))))
	p.paragraph("", p.in("贴息 %s 元 = 中央 %s + 省级 %s", "Subsidy %s yuan = central %s + provincial %s", e.Subsidy.Grouped(), e.Central.Grouped(), e.Provincial.Grouped())+p.otherShares(e))
	p.paragraph("", p.in("借款人实付利息 %s 元，自己负担 %s 元", "The borrower paid %s yuan of interest and bears %s", e.Paid.Grouped(), (e.Paid-e.Subsidy).Grouped()))
	p.answer("")
	p.answer(p.in("银行报来的数据", "What the bank reported"))
	for i := range e.Lines {
		p.printExplainedLine(&e.Lines[i])
	}
	for i, row := range e.Book {
		if i == 0 {
			p.answer("")
			p.answer(p.in("贷款台账（只用于监测，不影响贴息）", "The loan book (for the monitoring; it changes no subsidy)"))
		}
		p.paragraph("  ", place(row.File, row.Sheet, fmt.Sprint(row.Row)))
		p.paragraph("    ", row.Words().In(p.lang))
	}
	steps := e.Steps()
	if len(steps) > 0 {
		p.answer("")
		p.answer(p.in("怎样算出来的", "How it is computed"))
	}
	for _, step := range steps {
		p.paragraph("  ", step.Heading.In(p.lang))
		for _, words := range step.Words {
			p.paragraph("    ", words.In(p.lang))
		}
		for _, sum := range step.Sums {
			p.paragraph("    ", sum.In(p.lang))
		}
	}
	if words := e.RoundingWords(); len(words) > 0 {
		p.answer("")
		p.answer(p.in("取整到分", "Rounded to the fen"))
		for _, sentence := range words {
			p.paragraph("  ", sentence.In(p.lang))
		}
	}
	p.answer("")
	p.answer(p.in("发放", "Payment"))
	for _, payment := range e.Payments {
		p.paragraph("  ", p.in("%s：%s 元，%s", "%s: %s yuan, %s", payment.Number, payment.Amount.Grouped(), p.paymentState(payment.State))+on(payment.On))
	}
	if waits := e.Waits(); !waits.IsZero() {
		p.paragraph("  ", waits.In(p.lang))
	}
}

func on(day string) string {
	if day == "" {
		return ""
	}
	return "  " + day
}

// otherShares are those that only older terms have.
func (p *program) otherShares(e *pipeline.Explanation) string {
	if e.City == 0 && e.County == 0 {
		return ""
	}
	return p.in(" + 市级 %s + 县级 %s", " + city %s + county %s", e.City.Grouped(), e.County.Grouped())
}

func (p *program) printExplainedLine(l *pipeline.ExplainedLine) {
	p.paragraph("  ", place(l.File, l.Sheet, fmt.Sprint(l.Row))+"  "+p.outcome(l.Outcome))
	p.paragraph("    ", p.in("%s 至 %s，%d 天；本金 %s（%s），年利率 %s%%（%s），实付利息 %s（%s）",
		"%s to %s, %d days; balance %s (%s), rate %s%% (%s), interest paid %s (%s)",
		l.From, l.To, l.Days, l.Balance.Grouped(), l.Cells["balance"], l.Rate.String(), l.Cells["rate"], l.Paid.Grouped(), l.Cells["paid"]))
	for _, f := range l.Findings {
		p.paragraph("    ", values.MaskDigits(f.Title+p.in("（", " (")+f.Code+p.in("）：", "): ")+f.Message))
	}
	if d := l.Decision; d != nil {
		p.paragraph("    ", pipeline.DecisionWords(d).In(p.lang))
	}
}

// paragraph prints a text wrapped to the screen, every line of it indented.
func (p *program) paragraph(indent, words string) {
	for _, line := range wrap(words, p.width()-len(indent)) {
		p.answer(indent + line)
	}
}
