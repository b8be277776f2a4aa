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
	Tranche                     string     // 借据号, where the loan has several
	Balance                     values.Fen // at the end of the quarter
	Matures                     values.Date
	OriginalMaturity            values.Date // before an extension; zero where there was none
	Overdue                     bool
	DaysOverdue                 int    // at the end of the quarter; 0 where nobody says
	Class                       string // 五级分类 as the bank writes it
	Renewals                    int    // renewals and extensions so far
	// Bars say why it can be neither renewed nor extended under the policy
	// (二(三), 四(二)), Doubts what a person has to look at first; without either
	// one is still open to the borrower.
	Bars, Doubts []string
}

// DueDays is how many days before its maturity a loan is listed.
const DueDays = 90

// kind is what the loan is listed for.
func (d DueLoan) kind(to values.Date) string {
	switch left := d.Matures - to; {
	case d.Overdue:
		return "已逾期"
	case left <= 30:
		return "30日内到期"
	case left <= DueDays:
		return "90日内到期"
	}
	return "已续贷或展期"
}

// days are those to maturity; "" for one that has matured.
func (d DueLoan) days(to values.Date) string {
	if left := int(d.Matures - to); d.Matures.Known() && left > 0 {
		return fmt.Sprint(left)
	}
	return ""
}

// overdue are the days overdue, as far as anybody says.
func (d DueLoan) overdue() string {
	switch {
	case d.DaysOverdue > 0:
		return fmt.Sprint(d.DaysOverdue)
	case d.Overdue:
		return "未注明"
	}
	return ""
}

// open says whether a renewal or extension is still to be had.
func (d DueLoan) open() book.Cell {
	switch {
	case len(d.Bars) > 0:
		return book.Text(book.DeskReturnedMark, "不可")
	case len(d.Doubts) > 0:
		return book.Text(book.DeskHeldMark, "须核实")
	}
	return book.Text(book.DeskAcceptedMark, "可办一次")
}

// dueColumn is a heading of 到期提示, its width, and what a loan says under it.
type dueColumn struct {
	title string
	width int
	cell  func(DueLoan) book.Cell
}

// dueColumns have the tranche only where a loan has several.
func (m Monitoring) dueColumns() []dueColumn {
	words := func(title string, width int, style book.Style, of func(DueLoan) string) dueColumn {
		return dueColumn{title, width, func(d DueLoan) book.Cell { return book.Text(style, of(d)) }}
	}
	fitting := func(title string, most int, style book.Style, of func(DueLoan) string) dueColumn {
		texts := []string{title}
		for _, d := range m.Due {
			texts = append(texts, of(d))
		}
		return words(title, book.Fit(style, 8, most, texts...), style, of)
	}
	columns := []dueColumn{
		words("提示", 13, book.DeskCentre, func(d DueLoan) string { return d.kind(m.To) }),
		fitting("乡(镇)", 12, book.DeskText, func(d DueLoan) string { return d.Township }),
		fitting("行政村", 14, book.DeskText, func(d DueLoan) string { return d.Village }),
		fitting("借款人", 12, book.DeskText, func(d DueLoan) string { return d.Borrower }),
		fitting("承贷银行", 20, book.DeskText, func(d DueLoan) string { return d.Bank }),
		fitting("合同号", 24, book.DeskCode, func(d DueLoan) string { return d.Contract }),
		fitting("借据号", 22, book.DeskCode, func(d DueLoan) string { return d.Tranche }),
		{"期末余额(元)", 13, func(d DueLoan) book.Cell { return book.Fen(book.DeskMoney, d.Balance) }},
		words("到期日", 11, book.DeskCentre, func(d DueLoan) string { return d.Matures.String() }),
		words("距到期(天)", 8, book.DeskFigure, func(d DueLoan) string { return d.days(m.To) }),
		words("逾期(天)", 8, book.DeskFigure, DueLoan.overdue),
		words("五级分类", 8, book.DeskCentre, func(d DueLoan) string { return d.Class }),
		{"已续展(次)", 8, func(d DueLoan) book.Cell { return book.Int(book.DeskInt, d.Renewals) }},
		words("原到期日", 11, book.DeskCentre, func(d DueLoan) string { return d.OriginalMaturity.String() }),
		{"续贷或展期", 9, DueLoan.open},
		words("说明", 34, book.DeskText, func(d DueLoan) string { return strings.Join(append(slices.Clone(d.Bars), d.Doubts...), "；") }),
	}
	if slices.ContainsFunc(m.Due, func(d DueLoan) bool { return d.Tranche != "" }) {
		return columns
	}
	return slices.DeleteFunc(columns, func(c dueColumn) bool { return c.title == "借据号" })
}

// due is the sheet 到期提示, most urgent first within a kind, never by bank.
func (m Monitoring) due(out *book.Book) {
	if m.Due == nil {
		return
	}
	columns := m.dueColumns()
	layout := book.Layout{Name: "到期提示", Landscape: true, FreezeRows: 3, FreezeColumns: 4, Running: m.title("（到期提示）")}
	cells := make([]book.Cell, 0, len(columns))
	for _, c := range columns {
		layout.Widths = append(layout.Widths, c.width)
		cells = append(cells, book.Text(book.DeskHead, c.title))
	}
	s := out.Sheet(layout)
	s.Row(book.Text(book.DeskTitle, m.title("（到期提示）")).Over(len(columns)))
	s.Row(book.Text(book.DeskNote, fmt.Sprintf("以季末%s为准：已逾期的，此后30日、90日内到期的，已续贷或展期的贷款。逾期天数以银行报的为准，没有报的从到期日当天算起。"+
		"一笔贷款可续贷或展期一次（二(三)）：“不可”的不再贴息，“须核实”的先核实再办；能否办理由银行自主决定。", m.To.Chinese())).Over(len(columns)))
	head := s.Row(cells...)
	s.Repeat(head, head)
	for _, d := range m.sortedDue() {
		cells = cells[:0]
		for _, c := range columns {
			cells = append(cells, c.cell(d))
		}
		s.Row(cells...)
	}
	if len(m.Due) == 0 {
		s.Row(book.Text(book.DeskText, "没有需要提示的贷款。").Over(len(columns)))
		return
	}
	s.DigitsAsText(1, head+1, len(columns), s.Last())
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
