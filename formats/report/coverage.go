package report

import (
	"strings"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// Coverage is what a township's responsible banks have of its loans (二(一)).
type Coverage struct {
	County, Township string
	Responsible      string // its responsible banks, "" for none
	RosterHouseholds int    // on the roster at the quarter's end
	Loans, OwnLoans  int    // of all banks; of the responsible ones
	Balance          values.Fen
	OwnBalance       values.Fen
}

// state says what is missing: a bank where there are people, a loan where there
// is a bank.
func (c Coverage) state() (text string, style book.Style) {
	switch {
	case c.Responsible == "":
		return "没有主责任银行", book.DeskReturnedMark
	case c.Loans == 0:
		return "还没有贷款", book.DeskHeldMark
	case c.OwnLoans == 0:
		return "主责任银行没有贷款", book.DeskHeldMark
	}
	return "", book.DeskCentre
}

// responsible is the sheet 主责任银行: which townships have one, and how much of
// their loans it has.
func (m Monitoring) responsible(out *book.Book) {
	if m.Coverage == nil {
		return
	}
	columns := []struct {
		title string
		width int
	}{{"县(市、区)", 12}, {"乡(镇)", 14}, {"主责任银行", 24}, {"帮扶户数", 9}, {"贷款笔数", 9}, {"其中主责任银行", 12}, {"其他银行", 9},
		{"期末余额(元)", 16}, {"其中主责任银行(元)", 16}, {"其他银行(元)", 16}, {"主责任银行占余额(%)", 12}, {"说明", 19}}
	keys, skip := 2, 1
	if m.provincial() {
		keys, skip = 3, 0
	}
	columns = columns[skip:]
	layout := book.Layout{Name: "主责任银行", Landscape: true, FreezeRows: 2, FreezeColumns: keys - 1, Running: m.title("（主责任银行）")}
	cells := make([]book.Cell, 0, len(columns))
	for _, c := range columns {
		layout.Widths = append(layout.Widths, c.width)
		cells = append(cells, book.Text(book.DeskHead, c.title))
	}
	s := out.Sheet(layout)
	s.Row(book.Text(book.DeskTitle, m.title("（主责任银行）")).Over(len(columns)))
	head := s.Row(cells...)
	s.Repeat(head, head)
	var total Coverage
	var without []string
	for _, c := range m.Coverage {
		text, style := c.state()
		row := []book.Cell{book.Text(book.DeskText, c.County), book.Text(book.DeskText, c.Township), book.Text(book.DeskText, c.Responsible)}
		s.Row(append(append(row[skip:], c.figures(plainLooks)...), book.Text(style, text))...)
		total = total.plus(c)
		if c.Responsible == "" {
			without = append(without, c.County+c.Township)
		}
	}
	row := append([]book.Cell{book.Text(totalLooks.text, "合计").Over(keys)}, total.figures(totalLooks)...)
	s.RowOfHeight(22, append(row, book.Empty(totalLooks.text))...)
	note := "帮扶户数为季末在帮扶名单上的户；贷款为本季贴息名单中没有退回的。"
	if len(m.Books) > 0 {
		note = "帮扶户数为季末在帮扶名单上的户；贷款为本季贴息名单中没有退回的，报来贷款台账的银行按台账计。"
	}
	if len(without) > 0 {
		note = "没有主责任银行的乡镇：" + strings.Join(without, "、") + "。请报金融监管部门落实包干（二(一)）。" + note
	}
	s.Row(book.Text(book.DeskNote, note).Over(len(columns)))
}

func (c Coverage) plus(o Coverage) Coverage {
	return Coverage{RosterHouseholds: c.RosterHouseholds + o.RosterHouseholds, Loans: c.Loans + o.Loans, OwnLoans: c.OwnLoans + o.OwnLoans,
		Balance: c.Balance + o.Balance, OwnBalance: c.OwnBalance + o.OwnBalance}
}

func (c Coverage) figures(l looks) []book.Cell {
	return []book.Cell{book.Int(l.count, c.RosterHouseholds), book.Int(l.count, c.Loans), book.Int(l.count, c.OwnLoans), book.Int(l.count, c.Loans-c.OwnLoans),
		book.Fen(l.money, c.Balance), book.Fen(l.money, c.OwnBalance), book.Fen(l.money, c.Balance-c.OwnBalance), rateCell(l, c.OwnBalance, c.Balance)}
}
