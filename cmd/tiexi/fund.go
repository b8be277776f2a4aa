package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/urfave/cli/v2"

	"tiexi/formats/cell"
	"tiexi/formats/sheet"
	"tiexi/pipeline"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

func (p *program) fundCommand() *cli.Command {
	return group("fund", p.in("风险补偿金：建账、收支、补偿、追回、报表；没有风险补偿金的县用不到", "the risk compensation fund; a county without one needs none of this"),
		p.fundMoney("open", ledger.FundOpening, p.in("建账：登记专户已有的余额", "open the fund with the balance it has")),
		p.fundMoney("deposit", ledger.FundDeposit, p.in("登记拨入", "record a deposit")),
		p.fundMoney("interest", ledger.FundInterest, p.in("登记利息", "record interest")),
		p.fundReverse(), p.fundClaim(), p.fundDecide(), p.fundRecover(), p.fundStatus(), p.fundStatement())
}

func (p *program) onFlag() cli.Flag {
	return &cli.StringFlag{Name: "on", Usage: p.in("资金进出的日期；默认今天", "day on which the money moved; else today")}
}

// dayOrToday is --on, else today.
func dayOrToday(c *cli.Context) (values.Date, error) {
	if c.IsSet("on") {
		return dateFlag(c, "on")
	}
	return today(c)
}

// fundMoney is a command that records money which came into the fund.
func (p *program) fundMoney(name string, kind ledger.FundKind, usageLine string) *cli.Command {
	return p.command(spec{
		name: name, usage: usageLine, arguments: p.in("<金额>", "<amount>"),
		flags: []cli.Flag{p.onFlag(),
			&cli.StringFlag{Name: "why", Usage: p.in("来源、凭证", "where it comes from, its voucher")}},
		examples: []string{"fund " + name + " 500000.00 --on 2026-09-01"},
		acts:     true,
		do: func(c *cli.Context) error {
			amount, problem := cell.Amount(sheet.Cell{Kind: sheet.Text, Text: c.Args().First()}, cell.Yuan)
			if problem != "" {
				return usage(values.Say("“%s”不是金额。", "%q is not an amount.", c.Args().First()), values.Say("请写成 500000.00 这样，单位元，至多两位小数。", "Write yuan with at most two decimals, like 500000.00."))
			}
			on, err := dayOrToday(c)
			if err != nil {
				return err
			}
			return p.onFund(c, func(ctx context.Context, w *pipeline.Workspace) (*pipeline.FundReport, error) {
				return w.AddToFund(ctx, pipeline.FundEntryRequest{Kind: kind, Amount: amount, On: on, Why: c.String("why"), DryRun: c.Bool("dry-run")})
			})
		},
	})
}

// onFund runs an action on the fund and says what it came to.
func (p *program) onFund(c *cli.Context, do func(context.Context, *pipeline.Workspace) (*pipeline.FundReport, error)) error {
	return p.work(c, func(ctx context.Context, w *pipeline.Workspace) error {
		report, err := do(ctx, w)
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(report)
		}
		switch {
		case report.Entry == 0:
			p.answer(p.in("已登记。", "Recorded."))
		case report.Bank == 0:
			p.answer(p.in("编号 %d：%s 元。风险补偿金余额 %s 元。", "Number %d: %s yuan. The fund holds %s yuan.", report.Entry, report.Amount.Grouped(), report.Balance.Grouped()))
		default:
			p.answer(p.in("编号 %d：风险补偿金 %s 元，银行 %s 元。风险补偿金余额 %s 元。", "Number %d: fund %s yuan, bank %s yuan. The fund holds %s yuan.",
				report.Entry, report.Amount.Grouped(), report.Bank.Grouped(), report.Balance.Grouped()))
		}
		p.dryRunRemark(c)
		return nil
	})
}

func (p *program) fundReverse() *cli.Command {
	return p.command(spec{
		name: "reverse", usage: p.in("冲销登记错了的一笔收入", "take back an entry made by mistake"), arguments: p.in("<编号>", "<number>"),
		about: p.in("原记录保留，另记一笔相反的。已付的补偿不能冲销，退回时按追回登记。", "The entry stays and a second one undoes it. A compensation cannot be taken back; what returns of it is a recovery."),
		flags: []cli.Flag{p.whyFlag()}, examples: []string{"fund reverse 3 --why 金额录入有误"}, acts: true,
		do: func(c *cli.Context) error {
			number, err := strconv.ParseInt(c.Args().First(), 10, 64)
			if err != nil {
				return usage(values.Say("“%s”不是编号。", "%q is not a number.", c.Args().First()), values.Say("tiexi fund status 列出编号。", "`tiexi fund status` lists the numbers."))
			}
			why, err := neededFlag(c, "why")
			if err != nil {
				return err
			}
			return p.onFund(c, func(ctx context.Context, w *pipeline.Workspace) (*pipeline.FundReport, error) {
				return w.ReverseFundEntry(ctx, number, why, c.Bool("dry-run"))
			})
		},
	})
}

func (p *program) fundDecide() *cli.Command {
	return p.command(spec{
		name: "decide", usage: p.in("决定一笔补偿申请：支付或不予补偿", "decide a claim: pay or refuse"), arguments: p.in("<合同号>", "<contract>") + " pay|refuse",
		about: p.in("损失由风险补偿金和银行按 7:3 分担，尾差由银行承担。超过 6 个月的申请照样支付。补偿后该笔贷款不再贴息。",
			"The loss is shared 7 : 3, the bank takes the rounding. A claim past its six months is still paid. A compensated loan gets no more subsidy."),
		flags: []cli.Flag{p.whyFlag(), p.onFlag(),
			&cli.StringFlag{Name: "bank", Usage: p.in("银行，合同号在几家银行都有时写明", "the bank, where several have the contract number")}},
		examples: []string{"fund decide HT-001 pay --why 死亡证明已核实", "fund decide HT-002 refuse --why 尚有还款能力"},
		acts:     true,
		do: func(c *cli.Context) error {
			verdict := c.Args().Get(1)
			if verdict != "pay" && verdict != "refuse" {
				return usage(values.Say("决定“%s”不对。", "The decision %q is wrong.", verdict), values.Say("请写 pay（支付）或 refuse（不予补偿）。", "Write pay or refuse."))
			}
			why, err := neededFlag(c, "why")
			if err != nil {
				return err
			}
			on, err := dayOrToday(c)
			if err != nil {
				return err
			}
			return p.onFund(c, func(ctx context.Context, w *pipeline.Workspace) (*pipeline.FundReport, error) {
				return w.DecideClaim(ctx, pipeline.FundDecision{Contract: c.Args().First(), Bank: c.String("bank"), Pay: verdict == "pay", On: on, Why: why, DryRun: c.Bool("dry-run")})
			})
		},
	})
}

func (p *program) fundClaim() *cli.Command {
	return p.command(spec{
		name: "claim", usage: p.in("读入银行的风险补偿申请表", "read a bank's claims"), arguments: p.in("<文件>", "<file>"),
		about: p.in("逐笔核对：原因、能否续贷展期、不良率、贷款是否在台账、是否申请过、金额。通过的等待决定（fund decide），其余写入 基金/退回-银行.xlsx。",
			"Checks ground, renewal, bad-loan rate, the loan, earlier claims and the amount. What passes waits for `fund decide`; the rest goes back to the bank in a workbook."),
		flags: []cli.Flag{
			&cli.StringFlag{Name: "bad-rate", Usage: p.in("表上没写时：该行帮扶小额信贷不良率（百分数）", "where the sheet has none: the bank's bad-loan rate of these loans, in percent")},
			&cli.StringFlag{Name: "overall-rate", Usage: p.in("表上没写时：该行各项贷款不良率（百分数）", "where the sheet has none: the bank's overall bad-loan rate, in percent")},
		},
		examples: []string{"fund claim 农商行风险补偿申请.xlsx", "fund claim 申请.xlsx --bad-rate 3.2 --overall-rate 2.1"},
		acts:     true,
		do:       func(c *cli.Context) error { return p.fundFile(c, (*pipeline.Workspace).Claim) },
	})
}

func (p *program) fundRecover() *cli.Command {
	return p.command(spec{
		name: "recover", usage: p.in("读入银行的追回资金表，十分之七退回专户", "read a bank's recoveries; seven tenths return to the fund"), arguments: p.in("<文件>", "<file>"),
		about: p.in("以已补偿的为限，超出的、重复的写入 基金/退回-银行.xlsx。同一份文件再读一次不会重复登记。",
			"Never more than was paid; what is above or doubled goes back to the bank. The same file read again changes nothing."),
		examples: []string{"fund recover 农商行追回资金.xlsx"},
		acts:     true,
		do:       func(c *cli.Context) error { return p.fundFile(c, (*pipeline.Workspace).RecoverForFund) },
	})
}

func percentFlag(c *cli.Context, name string) (*values.Rate, error) {
	if !c.IsSet(name) {
		return nil, nil
	}
	amount, err := values.ParseFen(c.String(name)) // two decimals, plain digits
	if err != nil || amount < 0 || amount > 100_00 {
		return nil, usage(values.Say("--%s 的“%s”不是百分数。", "--%s: %q is not a percentage.", name, c.String(name)), values.Say("请写成 3.2 这样。", "Write it like 3.2."))
	}
	rate := values.MustRate(amount.String())
	return &rate, nil
}

// fundRowJSON is a row of `fund claim --json` and `fund recover --json`.
type fundRowJSON struct {
	Sheet    string     `json:"sheet"`
	Row      int        `json:"row"`
	Bank     string     `json:"bank"`
	Contract string     `json:"contract"`
	Borrower string     `json:"borrower"`
	Amount   values.Fen `json:"amount"`
	Fund     values.Fen `json:"fund"`
	BankPart values.Fen `json:"bank_part"`
	Reason   string     `json:"reason"`
}

func (p *program) fundFile(c *cli.Context, do func(*pipeline.Workspace, context.Context, pipeline.FundFileRequest) (*pipeline.FundFileReport, error)) error {
	request := pipeline.FundFileRequest{File: c.Args().First(), DryRun: c.Bool("dry-run")}
	var err error
	if request.BadRate, err = percentFlag(c, "bad-rate"); err != nil {
		return err
	}
	if request.OverallRate, err = percentFlag(c, "overall-rate"); err != nil {
		return err
	}
	return p.work(c, func(ctx context.Context, w *pipeline.Workspace) error {
		report, err := do(w, ctx, request)
		if err != nil {
			return err
		}
		return p.printFundFile(c, report)
	})
}

func (p *program) printFundFile(c *cli.Context, report *pipeline.FundFileReport) error {
	if p.json {
		return p.printJSON(map[string]any{"file": report.File, "taken": p.fundRows(report.Taken), "returned": p.fundRows(report.Returned), "known": report.Known,
			"balance": report.Balance, "dry_run": c.Bool("dry-run")})
	}
	for _, row := range report.Taken {
		p.answer(fmt.Sprintf("%s  %s  %s  %s", place(row.Place.File, row.Place.Sheet, fmt.Sprint(row.Place.Row)), row.Loan.Contract, row.Borrower, row.Amount.Grouped()))
	}
	for _, row := range report.Returned {
		p.answer(p.in("退回 %s  %s：%s", "returned %s  %s: %s", place(row.Place.File, row.Place.Sheet, fmt.Sprint(row.Place.Row)), row.Loan.Contract, row.Reason.In(p.lang)))
	}
	p.answer(p.in("受理 %d 行，退回 %d 行，以前读过 %d 行。风险补偿金余额 %s 元。", "%d rows taken, %d returned, %d read before. The fund holds %s yuan.",
		len(report.Taken), len(report.Returned), report.Known, report.Balance.Grouped()))
	p.dryRunRemark(c)
	return nil
}

func (p *program) fundRows(rows []pipeline.FundRow) []fundRowJSON {
	list := []fundRowJSON{}
	for _, row := range rows {
		list = append(list, fundRowJSON{row.Place.Sheet, row.Place.Row, row.Loan.Bank, row.Loan.Contract, row.Borrower, row.Amount, row.Fund, row.Bank, row.Reason.In(p.lang)})
	}
	return list
}

func (p *program) fundStatus() *cli.Command {
	return p.command(spec{
		name: "status", usage: p.in("余额、下限、收支和补偿申请", "balance, floor, entries and claims"),
		examples: []string{"fund status", "fund status --quarter 2026Q3 --json"},
		do: func(c *cli.Context) error {
			quarter, err := quarterFlag(c)
			if err != nil {
				return err
			}
			job, err := p.job(c)
			if err != nil {
				return err
			}
			opt, _, err := p.options(c)
			if err != nil {
				return err
			}
			w, err := pipeline.OpenView(c.Context, job, opt)
			if err != nil {
				return err
			}
			view, err := w.FundStatus(c.Context, quarter)
			if err == nil {
				err = p.showFund(view)
			}
			return errors.Join(err, w.Close())
		},
	})
}

func (p *program) showFund(view *pipeline.FundView) error {
	switch {
	case p.json:
		return p.printJSON(map[string]any{"fund": view})
	case view == nil:
		p.answer(p.in("本县没有登记风险补偿金。", "The county has no risk fund on record."))
	default:
		p.printFund(view)
	}
	return nil
}

func (p *program) printFund(v *pipeline.FundView) {
	p.answer(p.in("风险补偿金余额 %s 元。", "The fund holds %s yuan.", v.Balance.Grouped()))
	p.answer(p.in("%s：季初 %s，季末 %s。", "%s: %s at the beginning, %s at the end.", v.Quarter.String(), v.Before.Grouped(), v.Closing.Grouped()))
	if v.Listed {
		p.answer(p.in("贷款余额 %s，下限（1/16）%s，差额 %s。", "%s outstanding, floor (1/16) %s, missing %s.", v.Outstanding.Grouped(), v.Floor.Grouped(), v.Shortfall.Grouped()))
	} else {
		p.answer(p.in("还没有本季度的贴息名单，下限未核。", "There are no statements of the quarter yet, so the floor is not known."))
	}
	var rows [][]string
	for _, e := range v.Entries {
		rows = append(rows, []string{fmt.Sprint(e.Number), e.On.String(), pipeline.FundWords(e.Kind).In(p.lang), e.Amount.Grouped(), e.Contract, e.Note})
	}
	p.printTable([]column{right(p.in("编号", "number")), whole(p.in("日期", "day")), whole(p.in("类别", "kind")), right(p.in("金额", "amount")), whole(p.in("合同号", "contract")), left(p.in("说明", "note"))}, rows)
	rows = nil
	var late []string
	for _, claim := range v.Claims {
		if claim.DaysLate > 0 {
			late = append(late, p.in("合同 %s：超过 6 个月的期限 %d 天，仍予补偿。", "Contract %s: %d days past the six months, and still paid.", claim.Contract, claim.DaysLate))
		}
		rows = append(rows, []string{claim.Contract, claim.Borrower, pipeline.FundWords(claim.Ground).In(p.lang), pipeline.FundWords(claim.State).In(p.lang),
			claim.Amount.Grouped(), claim.Fund.Grouped(), claim.Back.Grouped(), claim.Due.String()})
	}
	p.printTable([]column{whole(p.in("合同号", "contract")), left(p.in("借款人", "borrower")), left(p.in("原因", "ground")), left(p.in("处理", "state")), right(p.in("分担金额", "shared")),
		right(p.in("基金", "fund")), right(p.in("追回", "back")), whole(p.in("应完成", "due"))}, rows)
	for _, line := range late {
		p.answer(p.paint(red, line))
	}
}

func (p *program) fundStatement() *cli.Command {
	return p.command(spec{
		name: "statement", usage: p.in("写出本季度的风险补偿金收支表", "write the fund's statement of the quarter"),
		about:    p.in("每次收支、每次 run 之后都会自动更新；这个命令再写一次并说出位置。", "Every entry and every run brings it up to date anyway; this writes it once more and says where it is."),
		examples: []string{"fund statement --quarter 2026Q3"},
		acts:     true,
		do: func(c *cli.Context) error {
			quarter, err := quarterFlag(c)
			if err != nil {
				return err
			}
			return p.work(c, func(ctx context.Context, w *pipeline.Workspace) error {
				file, err := w.WriteFundStatement(ctx, quarter, c.Bool("dry-run"))
				if err != nil {
					return err
				}
				return p.recorded(c, values.Say("已写出 %s。", "Written: %s.", fromHere(file)))
			})
		},
	})
}
