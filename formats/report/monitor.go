package report

import (
	"fmt"
	"io"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// Monitoring is the table 季度监测表: what the departments share each quarter
// (三(六)). Rows stand in the order given; there is no ranking and no target.
type Monitoring struct {
	County  string
	Office  string
	Quarter values.Quarter
	Date    values.Date
	Rows    []MonitorRow
	Fund    *Fund // nil: the county has none (一(八))
}

// MonitorRow is one bank in one township. Balances are those of the quarter's
// first and last day.
type MonitorRow struct {
	Bank, Township string
	Responsible    string // the township's responsible bank (二(一)); "" where not known

	Loans, Households                int
	Opening, Issued, Repaid, Closing values.Fen
	OverdueLoans                     int
	Overdue, Bad                     values.Fen
	Shares                           values.Shares
	FailedPayments, SecondPayments   int // SecondPayments: failed ones that were paid again
	MaturingLoans                    int // within 90 days
	Maturing                         values.Fen
}

// Fund is the risk compensation fund.
type Fund struct {
	Balance     values.Fen
	Outstanding values.Fen // balance of the loans it covers
}

// Floor is the least the fund must hold: 1/16 of the outstanding balance,
// rounded up to the fen.
func (f Fund) Floor() values.Fen { return (f.Outstanding + 15) / 16 }

// Short tells whether the fund is below its floor.
func (f Fund) Short() bool { return f.Balance < f.Floor() }

func (r MonitorRow) plus(o MonitorRow) MonitorRow {
	return MonitorRow{
		Loans: r.Loans + o.Loans, Households: r.Households + o.Households,
		Opening: r.Opening + o.Opening, Issued: r.Issued + o.Issued, Repaid: r.Repaid + o.Repaid, Closing: r.Closing + o.Closing,
		OverdueLoans: r.OverdueLoans + o.OverdueLoans, Overdue: r.Overdue + o.Overdue, Bad: r.Bad + o.Bad, Shares: r.Shares.Plus(o.Shares),
		FailedPayments: r.FailedPayments + o.FailedPayments, SecondPayments: r.SecondPayments + o.SecondPayments,
		MaturingLoans: r.MaturingLoans + o.MaturingLoans, Maturing: r.Maturing + o.Maturing,
	}
}

// percent is part/whole in percent, two decimals, half up; "" for nothing of nothing.
func percent(part, whole values.Fen) string {
	if whole <= 0 {
		return ""
	}
	return values.Fen((int64(part)*20000 + int64(whole)) / (2 * int64(whole))).String()
}

// monitorColumn is a heading, its width, and what a row says under it.
type monitorColumn struct {
	title string
	width int
	cell  func(MonitorRow, looks) book.Cell
}

// looks are the styles of a row: those of the 合计 row differ.
type looks struct{ count, money, rate book.Style }

var (
	plainLooks = looks{book.DeskInt, book.DeskMoney, book.DeskPercent}
	totalLooks = looks{book.DeskTotalInt, book.DeskTotalMoney, book.DeskTotalMoney}
)

func countOf(title string, width int, of func(MonitorRow) int) monitorColumn {
	return monitorColumn{title, width, func(r MonitorRow, l looks) book.Cell { return book.Int(l.count, of(r)) }}
}

func moneyOf(title string, of func(MonitorRow) values.Fen) monitorColumn {
	return monitorColumn{title, 14, func(r MonitorRow, l looks) book.Cell { return book.Fen(l.money, of(r)) }}
}

// rateOf is a part of the closing balance in percent; without a balance there is none.
func rateOf(title string, of func(MonitorRow) values.Fen) monitorColumn {
	return monitorColumn{title, 9, func(r MonitorRow, l looks) book.Cell {
		text := percent(of(r), r.Closing)
		if text == "" {
			return book.Empty(l.rate)
		}
		return book.Number(l.rate, text)
	}}
}

var loanColumns = []monitorColumn{
	countOf("笔数", 7, func(r MonitorRow) int { return r.Loans }),
	countOf("户数", 7, func(r MonitorRow) int { return r.Households }),
	moneyOf("期初余额(元)", func(r MonitorRow) values.Fen { return r.Opening }),
	moneyOf("本期发放(元)", func(r MonitorRow) values.Fen { return r.Issued }),
	moneyOf("本期收回(元)", func(r MonitorRow) values.Fen { return r.Repaid }),
	moneyOf("期末余额(元)", func(r MonitorRow) values.Fen { return r.Closing }),
	countOf("逾期笔数", 6, func(r MonitorRow) int { return r.OverdueLoans }),
	moneyOf("逾期金额(元)", func(r MonitorRow) values.Fen { return r.Overdue }),
	rateOf("逾期率(%)", func(r MonitorRow) values.Fen { return r.Overdue }),
	moneyOf("不良金额(元)", func(r MonitorRow) values.Fen { return r.Bad }),
	rateOf("不良率(%)", func(r MonitorRow) values.Fen { return r.Bad }),
	countOf("90日内到期笔数", 9, func(r MonitorRow) int { return r.MaturingLoans }),
	moneyOf("90日内到期金额(元)", func(r MonitorRow) values.Fen { return r.Maturing }),
}

var subsidyColumns = []monitorColumn{
	moneyOf("中央贴息(元)", func(r MonitorRow) values.Fen { return r.Shares.Central }),
	moneyOf("省级贴息(元)", func(r MonitorRow) values.Fen { return r.Shares.Provincial }),
	moneyOf("市级贴息(元)", func(r MonitorRow) values.Fen { return r.Shares.City }),
	moneyOf("县级贴息(元)", func(r MonitorRow) values.Fen { return r.Shares.County }),
	moneyOf("贴息合计(元)", func(r MonitorRow) values.Fen { return r.Shares.Total() }),
	countOf("发放失败笔数", 10, func(r MonitorRow) int { return r.FailedPayments }),
	countOf("补发成功笔数", 10, func(r MonitorRow) int { return r.SecondPayments }),
}

// WriteMonitoring writes 季度监测表.xlsx: sheet 季度监测表 with the loans, a row per
// bank and township, and the fund against its floor, red where it is short;
// sheet 贴息与发放 with the same rows' subsidy and payments. Both have a 合计 row.
func WriteMonitoring(w io.Writer, m Monitoring) error {
	title := fmt.Sprintf("%s%s帮扶小额信贷季度监测表", m.County, m.Quarter.Chinese())
	out := book.New(book.Properties{Title: title, Date: m.Date})
	s, wide := m.sheet(out, "季度监测表", title, loanColumns)
	s.Row(book.Text(book.DeskNote, "逾期率、不良率以期末余额为分母。同一户在几家银行有贷款的，分别计入各行户数。本表用于部门间信息共享（三(六)），不作为考核、通报、排名的依据（四(一)）。").Over(wide))
	m.fund(s)
	m.sheet(out, "贴息与发放", title+"（贴息与发放）", subsidyColumns)
	_, err := out.WriteTo(w)
	return err
}

func (m Monitoring) sheet(out *book.Book, name, title string, columns []monitorColumn) (s *book.Sheet, wide int) {
	layout := book.Layout{Name: name, Widths: []int{16, 11, 16}, Landscape: true, FreezeRows: 2, FreezeColumns: 2, Running: title}
	cells := []book.Cell{book.Text(book.DeskHead, "承贷银行"), book.Text(book.DeskHead, "乡(镇)"), book.Text(book.DeskHead, "主责任银行")}
	for _, column := range columns {
		layout.Widths = append(layout.Widths, column.width)
		cells = append(cells, book.Text(book.DeskHead, column.title))
	}
	wide = len(cells)
	s = out.Sheet(layout)
	s.Row(book.Text(book.DeskTitle, title).Over(wide))
	head := s.Row(cells...)
	s.Repeat(head, head)
	var total MonitorRow
	for _, row := range m.Rows {
		total = total.plus(row)
		s.Row(row.cells(columns, plainLooks, book.Text(book.DeskText, row.Bank), book.Text(book.DeskCentre, row.Township), book.Text(book.DeskText, row.Responsible))...)
	}
	if len(m.Rows) > 0 {
		s.Filter(head, s.Last())
	}
	s.RowOfHeight(22, total.cells(columns, totalLooks, book.Text(book.DeskTotalText, "合计").Over(3))...)
	return s, wide
}

func (r MonitorRow) cells(columns []monitorColumn, l looks, cells ...book.Cell) []book.Cell {
	for _, column := range columns {
		cells = append(cells, column.cell(r, l))
	}
	return cells
}

// fund is a small form under the table.
func (m Monitoring) fund(s *book.Sheet) {
	if m.Fund == nil {
		return
	}
	s.RowOfHeight(12)
	balance, state := book.DeskMoney, "符合（不低于贷款余额的1/16）"
	if m.Fund.Short() {
		balance, state = book.DeskAlarm, "低于贷款余额的1/16，差额"+(m.Fund.Floor()-m.Fund.Balance).Grouped()+"元，须补足"
	}
	for _, line := range []struct {
		label string
		value book.Cell
	}{
		{"风险补偿金余额(元)", book.Fen(balance, m.Fund.Balance)},
		{"贷款余额(元)", book.Fen(book.DeskMoney, m.Fund.Outstanding)},
		{"最低应有余额(元)", book.Fen(book.DeskMoney, m.Fund.Floor())},
		{"结论", book.Text(book.DeskEntry, state)},
	} {
		s.Row(book.Text(book.DeskLabel, line.label).Over(3), line.value.Over(5))
	}
}
