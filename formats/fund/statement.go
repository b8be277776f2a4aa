// Package fund writes the papers of the risk compensation fund (四(四)): the
// statement of a quarter, and for each bank the rows that go back to it.
//
// Start with [WriteStatement] and [WriteReturned]. Amounts come from the ledger
// and are never worked out here, but a statement whose sums do not add up is
// not written ([ErrTotals]).
package fund

import (
	"errors"
	"fmt"
	"io"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// ErrTotals marks a statement whose figures do not add up.
var ErrTotals = errors.New("the fund's figures do not add up")

// Figures are the fund's sums over a quarter, in fen, all as they add to the
// balance: what is paid out is negative.
type Figures struct {
	Before      values.Fen `json:"before"` // balance when the quarter began
	Opening     values.Fen `json:"opening"`
	Deposits    values.Fen `json:"deposits"`
	Interest    values.Fen `json:"interest"`
	Recovered   values.Fen `json:"recovered"`
	Compensated values.Fen `json:"compensated"`
	Reversed    values.Fen `json:"reversed"` // mistakes taken back
	Closing     values.Fen `json:"closing"`
	Listed      bool       `json:"listed"`           // there are statements or loan books of the quarter; else what follows is not known
	Booked      bool       `json:"booked,omitempty"` // there are loan books, which the balance is taken from
	Outstanding values.Fen `json:"outstanding"`      // balance of the loans at the quarter's end
	Floor       values.Fen `json:"floor"`            // 1/16 of it, rounded up to the fen
	Shortfall   values.Fen `json:"shortfall"`        // what is missing to the floor, else 0
}

// check tells whether the balance is the sum of what happened.
func (f Figures) check() error {
	if sum := f.Before + f.Opening + f.Deposits + f.Interest + f.Recovered + f.Compensated + f.Reversed; sum != f.Closing {
		return fmt.Errorf("%w: entries come to %s, the balance is %s", ErrTotals, sum, f.Closing)
	}
	return nil
}

// Statement is 风险补偿金收支表 of a quarter.
type Statement struct {
	County   string
	Office   string
	Quarter  values.Quarter
	From, To values.Date // the quarter's days, both included
	AsOf     values.Date // the quarter's end, or the day it was made where that is earlier
	Figures  Figures
	Entries  []Entry // of the quarter
	Claims   []Claim // as they stood on AsOf
}

// Entry is a line of the fund's account.
type Entry struct {
	Number   int64
	On       values.Date
	Kind     string // in Chinese
	Loan     values.Loan
	Amount   values.Fen // what it adds
	Bank     values.Fen // the bank's part beside it
	Balance  values.Fen
	Note     string
	Operator string
}

// Claim is a claim with what came of it.
type Claim struct {
	Number      int64
	Loan        values.Loan
	Borrower    string
	Ground      string // in Chinese
	OverdueFrom values.Date
	Due         values.Date // the last day in time
	State       string      // in Chinese
	Decided     values.Date
	DaysLate    int // 0 in time
	Loss        values.Fen
	Amount      values.Fen // what is shared
	Fund, Bank  values.Fen // paid by each
	Back        values.Fen // recovered in all
	BackToFund  values.Fen
	BadRate     string // percent
	Ceiling     string // percent: the bank's overall rate + 3 points
}

// WriteStatement writes 风险补偿金收支表.xlsx: the figures with the floor, the
// account, the claims.
func WriteStatement(w io.Writer, s Statement) error {
	if err := s.Figures.check(); err != nil {
		return err
	}
	title := fmt.Sprintf("%s%s帮扶小额信贷风险补偿金收支表", s.County, s.Quarter.Chinese())
	out := book.New(book.Properties{Title: title})
	s.summary(out, title)
	s.account(out, title)
	s.claims(out, title)
	_, err := out.WriteTo(w)
	return err
}

func (s Statement) summary(out *book.Book, title string) {
	f := s.Figures
	sheet := out.Sheet(book.Layout{Name: "收支表", Widths: []int{30, 20, 42}, Running: title})
	sheet.Row(book.Text(book.DeskTitle, title).Over(3))
	sheet.Row(book.Text(book.DeskNote, fmt.Sprintf("%s至%s，截至%s。单位：元。依据：晋金管发〔2026〕6号 四(四)。", s.From.Chinese(), s.To.Chinese(), s.AsOf.Chinese())).Over(3))
	head(sheet, "项目", "金额(元)", "说明")
	line := func(name string, amount values.Fen, note string) {
		sheet.Row(book.Text(book.DeskText, name), book.Fen(book.DeskMoney, amount), book.Text(book.DeskText, note))
	}
	total := func(name string, amount values.Fen, note string) {
		sheet.Row(book.Text(book.DeskTotalText, name), book.Fen(book.DeskTotalMoney, amount), book.Text(book.DeskText, note))
	}
	total("一、季初余额", f.Before, "")
	line("　初始余额", f.Opening, "建账时专户已有的资金")
	line("　拨入", f.Deposits, "")
	line("　利息", f.Interest, "")
	line("　追回资金退回专户", f.Recovered, "追回资金的十分之七，以已补偿的为限")
	line("　风险补偿支出", f.Compensated, "损失的十分之七；尾差由银行承担")
	line("　冲销", f.Reversed, "登记有误、原额冲回的")
	total("二、季末余额", f.Closing, "以上各项之和")
	if !f.Listed {
		sheet.Row(book.Text(book.DeskText, "三、季末贷款余额"), book.Empty(book.DeskMoney), book.Text(book.DeskText, "还没有本季度的贴息名单，贷款余额和规模下限未核"))
	} else {
		source := "本季度贴息名单中没有退回、计息到季末或已逾期的贷款；已补偿的不计"
		if f.Booked {
			source = "报来贷款台账的银行按台账余额，其余按" + source
		}
		line("三、季末贷款余额", f.Outstanding, source)
		line("　规模下限", f.Floor, "贷款余额的1/16，不足一分进一分")
		style, note := book.DeskMoney, "不低于下限"
		if f.Shortfall > 0 {
			style, note = book.DeskAlarm, "低于下限，请补足"
		}
		sheet.Row(book.Text(book.DeskText, "　低于下限的差额"), book.Fen(style, f.Shortfall), book.Text(book.DeskText, note))
	}
	sheet.RowOfHeight(12)
	for _, role := range []string{"制表人", "审核人", "单位"} {
		mark := "签字：　　　　　　　　日期：______年____月____日"
		if role == "单位" {
			mark = s.Office + "（盖章）"
		}
		sheet.RowOfHeight(32, book.Text(book.DeskLabel, role), book.Text(book.DeskEntry, mark).Over(2))
	}
}

func (s Statement) account(out *book.Book, title string) {
	sheet := out.Sheet(book.Layout{Name: "明细", Widths: []int{6, 12, 10, 22, 20, 15, 15, 15, 15, 28, 10}, Landscape: true, Running: title, FreezeRows: 2})
	sheet.Row(book.Text(book.DeskTitle, "收支明细").Over(11))
	first := head(sheet, "编号", "日期", "类别", "银行", "合同号", "收入(元)", "支出(元)", "余额(元)", "银行部分(元)", "说明", "经办人")
	sheet.Row(book.Text(book.DeskTotalText, "季初余额").Over(7), book.Fen(book.DeskTotalMoney, s.Figures.Before), book.Empty(book.DeskMoney), book.Empty(book.DeskText), book.Empty(book.DeskText))
	for _, e := range s.Entries {
		in, paid, bank := book.Empty(book.DeskMoney), book.Empty(book.DeskMoney), book.Empty(book.DeskMoney)
		if e.Amount > 0 {
			in = book.Fen(book.DeskMoney, e.Amount)
		} else {
			paid = book.Fen(book.DeskMoney, -e.Amount)
		}
		if e.Bank != 0 {
			bank = book.Fen(book.DeskMoney, e.Bank)
		}
		sheet.Row(book.Int(book.DeskInt, int(e.Number)), book.Text(book.DeskCentre, e.On.String()), book.Text(book.DeskCentre, e.Kind),
			book.Text(book.DeskText, e.Loan.Bank), book.Text(book.DeskCode, e.Loan.Contract), in, paid, book.Fen(book.DeskMoney, e.Balance), bank,
			book.Text(book.DeskText, e.Note), book.Text(book.DeskCentre, e.Operator))
	}
	if sheet.Last() > first {
		sheet.DigitsAsText(5, first+1, 5, sheet.Last())
	}
	sheet.Row(book.Text(book.DeskTotalText, "季末余额").Over(7), book.Fen(book.DeskTotalMoney, s.Figures.Closing), book.Empty(book.DeskMoney), book.Empty(book.DeskText), book.Empty(book.DeskText))
}

func (s Statement) claims(out *book.Book, title string) {
	const wide = 17
	sheet := out.Sheet(book.Layout{Name: "补偿与追回", Widths: []int{6, 20, 10, 20, 10, 12, 12, 10, 12, 12, 14, 14, 14, 14, 14, 14, 11}, Landscape: true, Running: title, FreezeRows: 3})
	sheet.Row(book.Text(book.DeskTitle, "风险补偿与追回").Over(wide))
	sheet.Row(book.Text(book.DeskNote, s.AsOf.Chinese()+"的情况。首个逾期日起6个月内完成补偿，是风险补偿金一方的期限：超期的标红，仍予补偿。不良率以不超过该行各项贷款不良率加3个百分点为限。").Over(wide))
	first := head(sheet, "编号", "承贷银行", "借款人", "合同号", "原因", "首个逾期日", "应完成日", "处理", "处理日", "超期", "损失(元)", "分担金额(元)", "基金承担(元)", "银行承担(元)", "累计追回(元)", "其中退回基金(元)", "不良率/限额(%)")
	for _, c := range s.Claims {
		late := book.Empty(book.DeskCentre)
		if c.DaysLate > 0 {
			late = book.Text(book.DeskReturnedMark, fmt.Sprintf("超期%d天", c.DaysLate))
		}
		sheet.Row(book.Int(book.DeskInt, int(c.Number)), book.Text(book.DeskText, c.Loan.Bank), book.Text(book.DeskCentre, c.Borrower), book.Text(book.DeskCode, c.Loan.Contract),
			book.Text(book.DeskCentre, c.Ground), book.Text(book.DeskCentre, c.OverdueFrom.String()), book.Text(book.DeskCentre, c.Due.String()),
			book.Text(book.DeskCentre, c.State), book.Text(book.DeskCentre, c.Decided.String()), late,
			book.Fen(book.DeskMoney, c.Loss), book.Fen(book.DeskMoney, c.Amount), book.Fen(book.DeskMoney, c.Fund), book.Fen(book.DeskMoney, c.Bank),
			book.Fen(book.DeskMoney, c.Back), book.Fen(book.DeskMoney, c.BackToFund), book.Text(book.DeskFigure, c.BadRate+"/"+c.Ceiling))
	}
	if sheet.Last() > first {
		sheet.DigitsAsText(4, first+1, 4, sheet.Last())
	}
}

func head(sheet *book.Sheet, titles ...string) int {
	cells := make([]book.Cell, 0, len(titles))
	for _, title := range titles {
		cells = append(cells, book.Text(book.DeskHead, title))
	}
	row := sheet.Row(cells...)
	sheet.Repeat(row, row)
	return row
}
