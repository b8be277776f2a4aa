package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

func (p *program) explainCommand() *cli.Command {
	return p.command(spec{
		name:      "explain",
		usage:     p.in("一笔贷款的贴息是怎样算出来的", "how a loan's subsidy came about"),
		arguments: p.in("[合同号]", "[contract]"),
		about: p.in("逐段天数、档次、利率、依据，直到文件、工作表、单元格；各段相加等于贴息金额。也可用 --person 身份证号 看一个人的全部贷款。",
			"Stretches of days, tiers, rates and clauses, back to file, sheet and cell; the parts add up to the amount. --person ID gives all loans of a person."),
		flags: []cli.Flag{
			&cli.StringFlag{Name: "bank", Usage: p.in("银行，合同号在几家银行都有时写明", "the bank, where several have the contract number")},
			&cli.StringFlag{Name: "person", Usage: p.in("身份证号，代替合同号", "a resident id, in place of a contract")},
		},
		examples: []string{"explain HT-001", "explain HT-001 --bank 清水农商银行 --json", "explain --person 149901199001010012"},
		do: func(c *cli.Context) error {
			if c.Args().Present() == c.IsSet("person") {
				return usage(values.Say("请写合同号，或用 --person 写身份证号，只写一个。", "Give a contract, or an id with --person, one of them."), values.Text{})
			}
			return p.view(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				found, err := w.Explain(ctx, pipeline.ExplainRequest{
					Quarter: q, Contract: c.Args().First(), Bank: c.String("bank"),
					Person: values.ResidentID(strings.ToUpper(values.FoldText(c.String("person")))),
				}, p.lang)
				if err != nil {
					return err
				}
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
			})
		},
	})
}

func (p *program) printExplanation(e *pipeline.Explanation) {
	p.answer(fmt.Sprintf("%s  %s  %s  %s  %s", e.Quarter, e.Bank, e.Contract, e.Borrower, values.ResidentID(e.ID)))
	p.answer(p.in("贴息 %s 元 = 中央 %s + 省级 %s", "Subsidy %s yuan = central %s + provincial %s", e.Subsidy.Grouped(), e.Central.Grouped(), e.Provincial.Grouped()))
	if e.City+e.County != 0 {
		p.answer(p.in("另含市级 %s、县级 %s", "and city %s, county %s", e.City.Grouped(), e.County.Grouped()))
	}
	p.answer(p.in("借款人实付利息 %s 元，自己负担 %s 元", "The borrower paid %s yuan of interest and bears %s", e.Paid.Grouped(), (e.Paid - e.Subsidy).Grouped()))
	for _, line := range e.Lines {
		p.printExplainedLine(line)
	}
	p.printStretches(e.Stretches)
	for _, r := range e.Rounding {
		p.answer(p.in("%s：中央 %s，省级 %s 元，取到分：中央 %s，省级 %s", "%s: central %s, provincial %s yuan, rounded: central %s, provincial %s",
			r.Policy, r.Central, r.Provincial, r.Shares.Central.Grouped(), r.Shares.Provincial.Grouped()))
	}
	for _, payment := range e.Payments {
		p.answer(p.in("发放 %s：%s 元，%s", "Payment %s: %s yuan, %s", payment.Number, payment.Amount.Grouped(), p.paymentState(payment.State)))
	}
}

func (p *program) printExplainedLine(l pipeline.ExplainedLine) {
	p.answer("")
	p.answer(place(l.File, l.Sheet, fmt.Sprint(l.Row)) + "  " + p.outcome(l.Outcome))
	p.answer(p.in("  %s 至 %s，%d 天；本金 %s（%s），年利率 %s%%（%s），实付利息 %s（%s）",
		"  %s to %s, %d days; balance %s (%s), rate %s%% (%s), interest paid %s (%s)",
		l.From, l.To, l.Days, l.Balance.Grouped(), l.Cells["balance"], l.Rate.String(), l.Cells["rate"], l.Paid.Grouped(), l.Cells["paid"]))
	for _, f := range l.Findings {
		for _, line := range wrap(values.MaskDigits(f.Code+"  "+f.Message), p.width()-2) {
			p.answer("  " + line)
		}
	}
	if d := l.Decision; d != nil {
		verdict := p.in("退回", "return")
		if d.Verdict == "accept" {
			verdict = p.in("通过", "accept")
		}
		p.answer(p.in("  处理意见：%s（%s，%s）%s", "  decision: %s (%s, %s) %s", verdict, d.Operator, d.On, d.Why))
	}
}

func (p *program) printStretches(stretches []pipeline.ExplainedDays) {
	if len(stretches) == 0 {
		return
	}
	p.answer("")
	var rows [][]string
	for _, s := range stretches {
		rows = append(rows, []string{
			s.From.String(), s.To.String(), fmt.Sprint(s.Days), s.Tier1.Grouped(), s.Tier2.Grouped(), s.Total,
			strings.TrimSpace(s.Policy + " " + s.Clause + " " + p.reasons(s.Why, s.Caps)),
		})
	}
	p.printTable([]column{
		whole(p.in("自", "from")), whole(p.in("至", "to")), right(p.in("天", "days")), right(p.in("一档", "tier 1")), right(p.in("二档", "tier 2")),
		left(p.in("贴息（未取整）", "exact")), left(p.in("依据", "why")),
	}, rows)
}

func (p *program) reasons(why []policy.Reason, caps []policy.Cap) string {
	var words []string
	for _, reason := range why {
		words = append(words, reasonWords(reason).In(p.lang))
	}
	for _, limit := range caps {
		words = append(words, capWords(limit).In(p.lang))
	}
	return strings.Join(words, p.in("；", "; "))
}

// reasonWords says why days earn nothing, or less.
func reasonWords(reason policy.Reason) values.Text {
	switch reason {
	case policy.ReasonBeforeDisbursement:
		return values.Say("放款之前", "before disbursement")
	case policy.ReasonAfterMaturity:
		return values.Say("到期日及以后不贴息", "nothing from maturity on")
	case policy.ReasonExtensionBarred:
		return values.Say("展期时已退出名单", "off the roster when extended")
	case policy.ReasonUnconfigured:
		return values.Say("没有录入条款", "no terms entered")
	case policy.ReasonInterestUnpaid:
		return values.Say("没有付息", "no interest was paid")
	case policy.ReasonNoBalance:
		return values.Say("没有本金或利率", "no balance or rate")
	case policy.ReasonTier1Taken:
		return values.Say("一档已由同户其他贷款占用", "tier 1 is taken by the household's other loans")
	case policy.ReasonTier2Taken:
		return values.Say("二档已由同户其他贷款占用", "tier 2 is taken by the household's other loans")
	case policy.ReasonUnapproved:
		return values.Say("超出部分未经大额审批", "the part above is not approved")
	case policy.ReasonAboveTiers:
		return values.Say("超出两档的部分不贴息", "nothing above both tiers")
	case policy.ReasonOldTerms:
		return values.Say("老条款没有二档", "older terms have no second tier")
	case policy.ReasonAboveCeiling:
		return values.Say("超出老条款的限额", "above the ceiling of older terms")
	}
	return values.Text{Chinese: string(reason), English: string(reason)}
}

// capWords says which limit made an amount smaller.
func capWords(limit policy.Cap) values.Text {
	switch limit {
	case policy.CapCentral:
		return values.Say("中央按上限", "central capped")
	case policy.CapProvincial:
		return values.Say("省级按上限", "provincial capped")
	case policy.CapCity:
		return values.Say("市级按上限", "city capped")
	case policy.CapCounty:
		return values.Say("县级按上限", "county capped")
	case policy.CapTotal:
		return values.Say("财政合计按上限", "total capped")
	case policy.CapRate:
		return values.Say("利率按上限", "rate capped")
	}
	return values.Text{Chinese: string(limit), English: string(limit)}
}
