// Package explain writes 贴息计算说明单: the page that a clerk hands to a
// borrower, so that the amount can be followed with a calculator from the bank's
// row to the fen.
//
// Start with [Write]: a page is one loan and quarter, and becomes one sheet. The
// caller brings the sentences; this package lays them out on A4. A resident's id
// is masked: the paper leaves the house. The parts of the amount must add up, or
// nothing is written ([ErrSum]).
package explain

import (
	"errors"
	"fmt"
	"io"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// ErrSum marks a page whose shares are not its subsidy.
var ErrSum = errors.New("the shares do not add up to the subsidy")

// Page is one loan and quarter.
type Page struct {
	County string // 清水县
	Office string // that answers questions
	Phone  string
	Date   values.Date // on which the page is printed

	Quarter            values.Quarter
	QuarterFrom        values.Date
	QuarterTo          values.Date
	Borrower           string
	ID                 values.ResidentID
	Household          string
	Township, Village  string
	Bank, Contract     string
	Amount             values.Fen // of the loan
	Disbursed, Matures values.Date
	Original           values.Date // maturity before an extension, else zero
	Approved           bool        // for a large need
	Paid               values.Fen  // interest on the lines that count
	Shares             values.Shares
	Subsidy            values.Fen
	Lines              []Line
	Steps              []Step
	Rounding           []string // sentences
	Payments           []Payment
	Waits              string // a sentence on what becomes of the money, where nothing is paid yet
}

// Line is a row of the bank's file.
type Line struct {
	From, To values.Date
	Days     int
	Balance  values.Fen
	Rate     values.Rate
	Paid     values.Fen
	Outcome  string // 通过, 待核, 退回
	Place    string // file, sheet and row, with the cells of balance, rate and interest
	Notes    []string
}

// Step is a stretch of days: what it earns, and why.
type Step struct {
	From, To values.Date
	Days     int
	Words    []string // sentences
	Sums     []string // one for each budget
	Exact    string   // yuan before rounding
}

// Payment is a payment of the loan's subsidy.
type Payment struct {
	Number string
	Amount values.Fen
	State  string
	On     values.Date
}

// Write writes a workbook with a sheet for each page.
func Write(w io.Writer, pages []Page) error {
	var names book.SheetNames
	properties := book.Properties{Title: "贴息计算说明单"}
	if len(pages) > 0 {
		properties.Date = pages[0].Date
	}
	out := book.New(properties)
	for i := range pages {
		p := &pages[i]
		if p.Shares.Total() != p.Subsidy {
			return fmt.Errorf("%s %s: %w: %s, %s", p.Bank, p.Contract, ErrSum, p.Shares.Total(), p.Subsidy)
		}
		name := "说明单"
		if len(pages) > 1 {
			name = p.Quarter.String() + " " + p.Contract
		}
		p.write(out.Sheet(book.Layout{Name: names.Pick(name), Widths: widths, Running: "贴息计算说明单　" + p.Borrower + "　" + p.Contract}))
	}
	_, err := out.WriteTo(w)
	return err
}

// widths of the page's columns; every table is laid over the same eight.
var widths = []int{12, 12, 8, 14, 12, 13, 12, 13}

const wide = 8

func (p *Page) write(s *book.Sheet) {
	s.Row(book.Text(book.DeskTitle, "贴息计算说明单").Over(wide))
	s.Row(book.Text(book.DeskNote, fmt.Sprintf("%s　%s（%s 至 %s）　金额单位：元", p.County, p.Quarter.Chinese(), p.QuarterFrom.Chinese(), p.QuarterTo.Chinese())).Over(wide))
	p.loan(s)
	s.RowOfHeight(8)
	p.sums(s)
	p.lines(s)
	p.steps(s)
	p.rounding(s)
	p.payments(s)
	p.foot(s)
}

// loan is who borrowed what.
func (p *Page) loan(s *book.Sheet) {
	pair := func(label, value, label2, value2 string) {
		s.Row(book.Text(book.DeskLabel, label), book.Text(book.DeskEntry, value).Over(3),
			book.Text(book.DeskLabel, label2), book.Text(book.DeskEntry, value2).Over(3))
	}
	matures := p.Matures.Chinese()
	if p.Original.Known() && p.Original != p.Matures {
		matures += "（原到期日 " + p.Original.Chinese() + "）"
	}
	pair("借款人", p.Borrower, "身份证号", p.ID.String())
	pair("住址", p.Township+p.Village, "户编号", p.Household)
	pair("承贷银行", p.Bank, "合同号", p.Contract)
	pair("放款日期", p.Disbursed.Chinese(), "到期日", matures)
	pair("贷款金额", p.Amount.Grouped(), "大额审批", map[bool]string{true: "有", false: "无"}[p.Approved])
}

// sums are the amounts at a glance.
func (p *Page) sums(s *book.Sheet) {
	type sum struct {
		title  string
		amount values.Fen
	}
	all := []sum{{"借款人已付利息", p.Paid}, {"财政贴息", p.Subsidy}, {"其中：中央", p.Shares.Central}, {"省级", p.Shares.Provincial}}
	if p.Shares.City != 0 || p.Shares.County != 0 {
		all = append(all, sum{"市级、县级", p.Shares.City + p.Shares.County})
	}
	all = append(all, sum{"借款人负担", p.Paid - p.Subsidy})
	spans := map[int][]int{5: {2, 2, 1, 1, 2}, 6: {2, 2, 1, 1, 1, 1}}[len(all)]
	var heads, amounts []book.Cell
	for i, a := range all {
		heads = append(heads, book.Text(book.DeskHead, a.title).Over(spans[i]))
		amounts = append(amounts, book.Fen(book.DeskTotalMoney, a.amount).Over(spans[i]))
	}
	s.Row(heads...)
	s.RowOfHeight(24, amounts...)
}

// lines are what the bank reported, and where it stands.
func (p *Page) lines(s *book.Sheet) {
	section(s, "一、银行报来的数据")
	var heads []book.Cell
	for _, title := range []string{"计息起", "计息止", "天数", "本金", "年利率(%)", "实付利息"} {
		heads = append(heads, book.Text(book.DeskHead, title))
	}
	s.Row(append(heads, book.Text(book.DeskHead, "核验结论").Over(2))...)
	for i := range p.Lines {
		l := &p.Lines[i]
		s.Row(book.Text(book.DeskCentre, l.From.String()), book.Text(book.DeskCentre, l.To.String()), book.Int(book.DeskInt, l.Days),
			book.Fen(book.DeskMoney, l.Balance), book.Number(book.DeskPercent, l.Rate.String()), book.Fen(book.DeskMoney, l.Paid),
			book.Text(book.DeskCentre, l.Outcome).Over(2))
		s.Row(book.Text(book.DeskLabel, "出处"), book.Text(book.DeskText, l.Place).Over(wide-1))
		for _, note := range l.Notes {
			s.Row(book.Text(book.DeskLabel, "说明"), book.Text(book.DeskText, note).Over(wide-1))
		}
	}
}

// steps say how the amount comes about, stretch by stretch.
func (p *Page) steps(s *book.Sheet) {
	section(s, "二、怎样算出来的")
	if len(p.Steps) == 0 {
		s.Row(book.Text(book.DeskText, "没有通过核验的明细，暂不计算贴息。").Over(wide))
		return
	}
	s.Row(book.Text(book.DeskHead, "这些天").Over(2), book.Text(book.DeskHead, "天数"), book.Text(book.DeskHead, "依据和算式").Over(4), book.Text(book.DeskHead, "贴息(取整前)"))
	for i := range p.Steps {
		step := &p.Steps[i]
		text := ""
		for _, sentence := range step.Words {
			text += sentence
		}
		for _, sum := range step.Sums {
			text += "\n" + sum
		}
		s.Row(book.Text(book.DeskCentre, step.From.String()+"\n至 "+step.To.String()).Over(2), book.Int(book.DeskInt, step.Days),
			book.Text(book.DeskText, text).Over(4), book.Text(book.DeskFigure, step.Exact))
	}
}

func (p *Page) rounding(s *book.Sheet) {
	if len(p.Rounding) == 0 {
		return
	}
	section(s, "三、取整到分")
	for _, sentence := range p.Rounding {
		s.Row(book.Text(book.DeskText, sentence).Over(wide))
	}
}

func (p *Page) payments(s *book.Sheet) {
	section(s, map[bool]string{true: "四、发放", false: "三、发放"}[len(p.Rounding) > 0])
	if len(p.Payments) == 0 {
		s.Row(book.Text(book.DeskText, p.Waits).Over(wide))
		return
	}
	s.Row(book.Text(book.DeskHead, "流水号").Over(3), book.Text(book.DeskHead, "这笔贷款的金额").Over(2), book.Text(book.DeskHead, "状态"), book.Text(book.DeskHead, "日期").Over(2))
	for _, payment := range p.Payments {
		s.Row(book.Text(book.DeskCode, payment.Number).Over(3), book.Fen(book.DeskMoney, payment.Amount).Over(2),
			book.Text(book.DeskCentre, payment.State), book.Text(book.DeskCentre, payment.On.Chinese()).Over(2))
	}
}

func (p *Page) foot(s *book.Sheet) {
	s.RowOfHeight(8)
	ask := "请向" + p.Office + "查询"
	if p.Phone != "" {
		ask += "（电话 " + p.Phone + "）"
	}
	s.Row(book.Text(book.DeskNote, "贴息以借款人实际付清的利息为基数，先付息、后贴息；额度以户为单位。对以上数据或金额有疑问，"+ask+"。").Over(wide))
	s.RowOfHeight(30, book.Text(book.DeskLabel, "经办人"), book.Text(book.DeskEntry, "").Over(3),
		book.Text(book.DeskLabel, "出具日期"), book.Text(book.DeskEntry, p.Date.Chinese()).Over(3))
}

func section(s *book.Sheet, title string) {
	s.RowOfHeight(8)
	s.Row(book.Text(book.DeskSection, title).Over(wide))
}
