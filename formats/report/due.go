package report

import (
	"fmt"
	"slices"
	"strings"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// DueLoan is a loan that somebody has to see coming: it matures within 90 days
// after the quarter, is overdue, or was renewed or extended.
type DueLoan struct {
	Township, Village, Borrower string
	Bank, Contract              string
	Balance                     values.Fen // at the end of the quarter
	Matures                     values.Date
	Overdue                     bool
	Class                       string // 五级分类 as the bank writes it
	Renewals                    int    // renewals and extensions so far
	// Bars say why it can be neither renewed nor extended under the policy
	// (二(三), 四(二)); none: one is still open to the borrower.
	Bars []string
}

// kind is what the loan is listed for.
func (d DueLoan) kind(to values.Date) string {
	switch left := d.Matures - to; {
	case d.Overdue:
		return "已逾期"
	case left <= 30:
		return "30日内到期"
	case left <= 90:
		return "90日内到期"
	}
	return "已续贷或展期"
}

// days are those to maturity, or since.
func (d DueLoan) days(to values.Date) string {
	switch left := int(d.Matures - to); {
	case left > 0:
		return fmt.Sprint(left)
	case left < 0:
		return fmt.Sprintf("已过%d", -left)
	}
	return "当日"
}

// due is the sheet 到期提示, most urgent first within a kind, never by bank.
func (m Monitoring) due(out *book.Book) {
	if m.Due == nil {
		return
	}
	headings := []string{"提示", "乡(镇)", "行政村", "借款人", "承贷银行", "合同号", "期末余额(元)", "到期日", "距到期(天)", "五级分类", "已续展(次)", "续贷或展期", "说明"}
	layout := book.Layout{Name: "到期提示", Widths: []int{13, 11, 16, 10, 22, 28, 14, 12, 10, 9, 8, 10, 40}, Landscape: true, FreezeRows: 3, FreezeColumns: 4, Running: m.title("（到期提示）")}
	s := out.Sheet(layout)
	s.Row(book.Text(book.DeskTitle, m.title("（到期提示）")).Over(len(headings)))
	s.Row(book.Text(book.DeskNote, fmt.Sprintf("以季末%s为准：此后90日内到期的、已逾期的、已续贷或展期的贷款。一笔贷款可续贷或展期一次（二(三)）；能否办理由银行自主决定。", m.To.Chinese())).Over(len(headings)))
	cells := make([]book.Cell, 0, len(headings))
	for _, h := range headings {
		cells = append(cells, book.Text(book.DeskHead, h))
	}
	head := s.Row(cells...)
	s.Repeat(head, head)
	for _, d := range m.sortedDue() {
		open := book.Text(book.DeskAcceptedMark, "可办一次")
		if len(d.Bars) > 0 {
			open = book.Text(book.DeskHeldMark, "不可")
		}
		s.Row(book.Text(book.DeskCentre, d.kind(m.To)), book.Text(book.DeskText, d.Township), book.Text(book.DeskText, d.Village), book.Text(book.DeskText, d.Borrower),
			book.Text(book.DeskText, d.Bank), book.Text(book.DeskCode, d.Contract), book.Fen(book.DeskMoney, d.Balance),
			book.Text(book.DeskCentre, d.Matures.String()), book.Text(book.DeskFigure, d.days(m.To)), book.Text(book.DeskCentre, d.Class),
			book.Int(book.DeskInt, d.Renewals), open, book.Text(book.DeskText, strings.Join(d.Bars, "；")))
	}
	if len(m.Due) == 0 {
		s.Row(book.Text(book.DeskText, "没有需要提示的贷款。").Over(len(headings)))
		return
	}
	s.Filter(head, s.Last())
}

func (m Monitoring) sortedDue() []DueLoan {
	kinds := []string{"已逾期", "30日内到期", "90日内到期", "已续贷或展期"}
	return slices.SortedStableFunc(slices.Values(m.Due), func(a, b DueLoan) int {
		if c := slices.Index(kinds, a.kind(m.To)) - slices.Index(kinds, b.kind(m.To)); c != 0 {
			return c
		}
		return int(a.Matures - b.Matures)
	})
}

// responsible is the sheet 主责任银行: how much of each township's loans its
// responsible bank has.
func (m Monitoring) responsible(out *book.Book) {
	type coverage struct {
		Group
		own Figures
	}
	var all []*coverage
	for _, g := range m.Places {
		if g.Responsible == "" {
			continue
		}
		i := slices.IndexFunc(all, func(c *coverage) bool { return c.County == g.County && c.Township == g.Township })
		if i < 0 {
			i, all = len(all), append(all, &coverage{Group: Group{County: g.County, Township: g.Township, Responsible: g.Responsible}})
		}
		all[i].Now = all[i].Now.Plus(g.Now)
		if g.Bank == g.Responsible {
			all[i].own = all[i].own.Plus(g.Now)
		}
	}
	if len(all) == 0 {
		return
	}
	headings := []string{"县(市、区)", "乡(镇)", "主责任银行", "笔数", "其中主责任银行", "期末余额(元)", "其中主责任银行(元)", "占余额(%)"}
	skip := 1
	if m.provincial() {
		skip = 0
	}
	s := out.Sheet(book.Layout{Name: "主责任银行", Widths: []int{12, 14, 24, 9, 12, 17, 18, 10}[skip:], Landscape: true, FreezeRows: 2, Running: m.title("（主责任银行）")})
	s.Row(book.Text(book.DeskTitle, m.title("（主责任银行）")).Over(len(headings) - skip))
	var cells []book.Cell
	for _, h := range headings[skip:] {
		cells = append(cells, book.Text(book.DeskHead, h))
	}
	head := s.Row(cells...)
	s.Repeat(head, head)
	for _, c := range all {
		cells = []book.Cell{book.Text(book.DeskText, c.County), book.Text(book.DeskText, c.Township), book.Text(book.DeskText, c.Responsible),
			book.Int(book.DeskInt, c.Now.Loans), book.Int(book.DeskInt, c.own.Loans), book.Fen(book.DeskMoney, c.Now.Closing), book.Fen(book.DeskMoney, c.own.Closing),
			rateCell(plainLooks, c.own.Closing, c.Now.Closing)}
		s.Row(cells[skip:]...)
	}
}

// Together is the table of a province: the counties' rows one after another,
// without the borrowers. The totals add up, since no household lives in two
// counties; the quarter before counts where every county has it.
func Together(region string, counties []Monitoring) Monitoring {
	all := Monitoring{Region: region}
	before := &Figures{}
	for i, m := range counties {
		if i == 0 {
			all.Quarter, all.From, all.To = m.Quarter, m.From, m.To
		}
		all.Places = append(all.Places, inCounty(m.Region, m.Places)...)
		all.Products = append(all.Products, inCounty(m.Region, m.Products)...)
		all.Total.Now = all.Total.Now.Plus(m.Total.Now)
		all.Left += m.Left
		if m.Total.Before == nil {
			before = nil
		} else if before != nil {
			sum := before.Plus(*m.Total.Before)
			before = &sum
		}
	}
	all.Total.Before = before
	return all
}

func inCounty(county string, groups []Group) []Group {
	named := slices.Clone(groups)
	for i := range named {
		named[i].County = county
	}
	return named
}
