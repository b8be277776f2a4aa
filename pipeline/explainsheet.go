package pipeline

import (
	"fmt"
	"io"
	"strings"

	"tiexi/formats/explain"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// WriteExplanation writes the explanations, which must be in Chinese, as a
// workbook for the borrower: a page for each loan and quarter.
func (w *Workspace) WriteExplanation(out io.Writer, found []*Explanation) error {
	pages := make([]explain.Page, len(found))
	for i, e := range found {
		pages[i] = w.page(e)
	}
	return explain.Write(out, pages)
}

func (w *Workspace) page(e *Explanation) explain.Page {
	day := w.job.InterestDay
	p := explain.Page{
		County: w.job.County.Name, Office: w.job.Office, Phone: w.job.Phones.Agriculture, Date: w.opt.Today,
		Quarter: e.Quarter, QuarterFrom: e.Quarter.First(day), QuarterTo: e.Quarter.Last(day),
		Borrower: e.Borrower, ID: values.ResidentID(e.ID), Household: householdText(e.Household), Township: e.Township, Village: e.Village,
		Bank: e.Bank, Contract: e.Contract, Amount: e.Amount, Disbursed: e.Disbursed, Matures: e.Matures, Original: e.Original, Approved: e.Approved,
		Paid: e.Paid, Shares: e.shares(), Subsidy: e.Subsidy, Waits: e.Waits().Chinese,
	}
	for i := range e.Lines {
		p.Lines = append(p.Lines, pageLine(&e.Lines[i]))
	}
	for i, step := range e.Steps() {
		d := &e.Stretches[i]
		exact := "0"
		if d.Exact != nil {
			digits, ends := decimalDigits(d.Exact.Total())
			exact = digits + map[bool]string{false: "…"}[ends]
		}
		p.Steps = append(p.Steps, explain.Step{From: d.From, To: d.To, Days: d.Days, Words: chinese(step.Words), Sums: chinese(step.Sums), Exact: exact})
	}
	p.Rounding = chinese(e.RoundingWords())
	for _, payment := range e.Payments {
		on, _ := values.ParseDate(payment.On)
		p.Payments = append(p.Payments, explain.Payment{Number: payment.Number, Amount: payment.Amount, State: paymentStates[payment.State].Chinese, On: on})
	}
	return p
}

// householdText is a household's number; one that the roster does not have is
// made of the borrower's id, and stays blank.
func householdText(number string) string {
	if strings.HasPrefix(number, "person ") {
		return ""
	}
	return number
}

func (e *Explanation) shares() values.Shares {
	return values.Shares{Central: e.Central, Provincial: e.Provincial, City: e.City, County: e.County}
}

func pageLine(l *ExplainedLine) explain.Line {
	place := l.File
	if l.Sheet != "" {
		place += "，工作表“" + l.Sheet + "”"
	}
	place += fmt.Sprintf("，第 %d 行", l.Row)
	cells := ""
	for _, field := range []values.Field{values.FieldBalance, values.FieldRate, values.FieldPaid} {
		if cell := l.Cells[field.String()]; cell != "" {
			cells += "、" + fieldNames[field].Chinese + " " + cell
		}
	}
	if cells != "" {
		place += "（" + cells[len("、"):] + "）"
	}
	line := explain.Line{From: l.From, To: l.To, Days: l.Days, Balance: l.Balance, Rate: l.Rate, Paid: l.Paid,
		Outcome: outcomeWords[l.Outcome].Chinese, Place: place}
	for _, f := range l.Findings {
		line.Notes = append(line.Notes, values.MaskDigits(f.Message))
	}
	if d := l.Decision; d != nil {
		line.Notes = append(line.Notes, DecisionWords(d).Chinese)
	}
	return line
}

// DecisionWords are a decision, who took it, when and why.
func DecisionWords(d *ledger.Decision) values.Text {
	verdict := values.Say("退回", "return")
	if d.Verdict == "accept" {
		verdict = values.Say("通过", "accept")
	}
	return values.Text{
		Chinese: fmt.Sprintf("处理意见：%s（%s，%s）：%s", verdict.Chinese, d.Operator, d.On, d.Why),
		English: fmt.Sprintf("Decision: %s (%s, %s): %s", verdict.English, d.Operator, d.On, d.Why),
	}
}

// Waits says what becomes of the money; nothing where it is paid.
func (e *Explanation) Waits() values.Text {
	switch {
	case e.Subsidy == 0:
		return values.Say("这笔贷款本季度没有贴息。", "The loan earns nothing this quarter.")
	case len(e.Payments) > 0:
		return values.Text{}
	}
	for i := range e.Lines {
		for _, f := range e.Lines[i].Findings {
			if f.Outcome == values.PaymentHold {
				return values.Say("因上面说明的原因，暂停发放。", "Payment is stopped for the reason above.")
			}
		}
	}
	return values.Say("还没有发放：公示期满、审批之后，通过一卡通发放到借款人本人的账户。",
		"Not paid yet: after the public notice and the approval it goes to the borrower's own One-Card account.")
}

// fieldNames are the figures that an amount rests on.
var fieldNames = map[values.Field]values.Text{
	values.FieldBalance: values.Say("本金", "balance"),
	values.FieldRate:    values.Say("年利率", "rate"),
	values.FieldPaid:    values.Say("实付利息", "interest paid"),
}

var outcomeWords = map[values.Outcome]values.Text{
	values.Accepted: values.Say("通过", "accepted"),
	values.Held:     values.Say("待核", "held"),
	values.Returned: values.Say("退回", "returned"),
}

var paymentStates = map[string]values.Text{
	"draft":    values.Say("草稿", "draft"),
	"approved": values.Say("已审批", "approved"),
	"sent":     values.Say("已报送", "sent"),
	"paid":     values.Say("已发放", "paid"),
	"failed":   values.Say("发放失败", "failed"),
	"void":     values.Say("已作废", "void"),
}

func chinese(all []values.Text) (words []string) {
	for _, t := range all {
		words = append(words, t.Chinese)
	}
	return words
}
