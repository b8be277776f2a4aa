package report

import (
	"fmt"
	"io"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// Monitoring is 季度监测表: what the departments share each quarter (三(六)) of
// a county, or of the counties of a province. Rows stand in the order given;
// there is no ranking and no target (四(一)).
type Monitoring struct {
	Region   string // 清水县, 山西省
	Quarter  values.Quarter
	From, To values.Date // interest days, both included; opening is before From, closing at the end of To
	Date     values.Date // the day it was made; zero leaves it out
	Places   []Group     // bank × township
	Products []Group
	Total    Group // of everything: a household with loans of two banks counts once
	Left     int   // returned lines, which are in none of the figures
	Due      []DueLoan
	Fund     *Fund // nil: the county has none (一(八))

	Books      []BookSum // by bank; none: no bank sent its loan book
	BookChecks []BookCheck
	Watched    bool // rates are compared with limits (四(三)); Alerts are those above
	Alerts     []Alert
	Coverage   []Coverage // by township; nil without a table of responsible banks
}

// Group is a row: what the loans of one place or product come to. Fields that
// do not apply are "".
type Group struct {
	County, Bank, Township, Product string
	Responsible                     string // the township's responsible bank (二(一)); "" where not known
	Now                             Figures
	Before                          *Figures // a quarter ago; nil where the ledger does not have that quarter
}

// Figures are what policy.md §8 asks for. Opening + Issued − Repaid = Closing.
type Figures struct {
	Loans, Households                int
	Opening, Issued, Repaid, Closing values.Fen
	OverdueLoans                     int
	Overdue, Bad                     values.Fen // parts of Closing; bad is 次级, 可疑 or 损失
	Shares                           values.Shares
	FailedPayments, SecondPayments   int // SecondPayments: failed ones that were paid again
	MaturingLoans                    int // within 90 days after To
	Maturing                         values.Fen
}

// Plus adds figure by figure.
func (f Figures) Plus(o Figures) Figures {
	return Figures{
		Loans: f.Loans + o.Loans, Households: f.Households + o.Households,
		Opening: f.Opening + o.Opening, Issued: f.Issued + o.Issued, Repaid: f.Repaid + o.Repaid, Closing: f.Closing + o.Closing,
		OverdueLoans: f.OverdueLoans + o.OverdueLoans, Overdue: f.Overdue + o.Overdue, Bad: f.Bad + o.Bad, Shares: f.Shares.Plus(o.Shares),
		FailedPayments: f.FailedPayments + o.FailedPayments, SecondPayments: f.SecondPayments + o.SecondPayments,
		MaturingLoans: f.MaturingLoans + o.MaturingLoans, Maturing: f.Maturing + o.Maturing,
	}
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

// percent is part/whole in percent, two decimals, half up; "" for nothing of nothing.
func percent(part, whole values.Fen) string {
	if whole <= 0 {
		return ""
	}
	return values.Fen((int64(part)*20000 + int64(whole)) / (2 * int64(whole))).String()
}

// monitorColumn is a heading, its width, and what a group says under it.
type monitorColumn struct {
	title string
	width int
	cell  func(Group, looks) book.Cell
}

// looks are the styles of a row: those of the 合计 row differ.
type looks struct{ text, count, money, rate book.Style }

var (
	plainLooks = looks{book.DeskText, book.DeskInt, book.DeskMoney, book.DeskPercent}
	totalLooks = looks{book.DeskTotalText, book.DeskTotalInt, book.DeskTotalMoney, book.DeskTotalMoney}
)

func countOf(title string, width int, of func(Figures) int) monitorColumn {
	return monitorColumn{title, width, func(g Group, l looks) book.Cell { return book.Int(l.count, of(g.Now)) }}
}

func moneyOf(title string, of func(Figures) values.Fen) monitorColumn {
	return monitorColumn{title, 14, func(g Group, l looks) book.Cell { return book.Fen(l.money, of(g.Now)) }}
}

// rateOf is a part of the closing balance in percent; without a balance there is none.
func rateOf(title string, of func(Figures) values.Fen) monitorColumn {
	return monitorColumn{title, 8, func(g Group, l looks) book.Cell { return rateCell(l, of(g.Now), g.Now.Closing) }}
}

func rateCell(l looks, part, whole values.Fen) book.Cell {
	text := percent(part, whole)
	if text == "" {
		return book.Empty(l.rate)
	}
	return book.Number(l.rate, text)
}

// before turns a column into that of a quarter ago; without one it is empty.
func (c monitorColumn) before(title string) monitorColumn {
	return monitorColumn{title, c.width, func(g Group, l looks) book.Cell {
		if g.Before == nil {
			return book.Empty(l.rate)
		}
		return c.cell(Group{Now: *g.Before}, l)
	}}
}

func overdueOf(f Figures) values.Fen { return f.Overdue }
func badOf(f Figures) values.Fen     { return f.Bad }
func closingOf(f Figures) values.Fen { return f.Closing }
func subsidyOf(f Figures) values.Fen { return f.Shares.Total() }
func loansOf(f Figures) int          { return f.Loans }

var loanColumns = []monitorColumn{
	countOf("笔数", 7, loansOf),
	countOf("户数", 7, func(f Figures) int { return f.Households }),
	moneyOf("期初余额(元)", func(f Figures) values.Fen { return f.Opening }),
	moneyOf("本期发放(元)", func(f Figures) values.Fen { return f.Issued }),
	moneyOf("本期收回(元)", func(f Figures) values.Fen { return f.Repaid }),
	moneyOf("期末余额(元)", closingOf),
	countOf("逾期笔数", 6, func(f Figures) int { return f.OverdueLoans }),
	moneyOf("逾期金额(元)", overdueOf),
	rateOf("逾期率(%)", overdueOf),
	moneyOf("不良金额(元)", badOf),
	rateOf("不良率(%)", badOf),
	countOf("90日内到期笔数", 9, func(f Figures) int { return f.MaturingLoans }),
	moneyOf("90日内到期金额(元)", func(f Figures) values.Fen { return f.Maturing }),
}

// subsidyColumns have the city's and the county's shares, which only older
// terms know, where there are any.
func (m Monitoring) subsidyColumns() (columns []monitorColumn) {
	for i, src := range sources {
		of := func(f Figures) values.Fen { return src.of(f.Shares) }
		if i < 2 || of(m.Total.Now) != 0 {
			columns = append(columns, moneyOf(src.Name+"贴息(元)", of))
		}
	}
	return append(columns, moneyOf("贴息合计(元)", subsidyOf),
		countOf("发放失败笔数", 10, func(f Figures) int { return f.FailedPayments }),
		countOf("补发成功笔数", 10, func(f Figures) int { return f.SecondPayments }))
}

// comparison sets each figure beside that of the quarter before.
func comparison() (columns []monitorColumn) {
	for _, c := range []monitorColumn{
		countOf("笔数", 8, loansOf), moneyOf("期末余额(元)", closingOf), moneyOf("逾期金额(元)", overdueOf), rateOf("逾期率(%)", overdueOf),
		moneyOf("不良金额(元)", badOf), rateOf("不良率(%)", badOf), moneyOf("贴息合计(元)", subsidyOf),
	} {
		now := c
		now.title = "本季" + c.title
		columns = append(columns, now, c.before("上季"+c.title))
	}
	return columns
}

const monitorNote = "期初余额为季初前一日，期末余额为季末当日；贷款在季末前停止计息且未逾期的，视为已还清。期初＋发放－收回＝期末。" +
	"逾期率、不良率以期末余额为分母；不良为五级分类的次级、可疑、损失。同一户在几家银行、同一笔发放涉及几家银行的，各行分别计入，合计只计一次。" +
	"本表用于部门间信息共享（三(六)），不作为考核、通报、排名的依据（四(一)）。"

// WriteMonitoring writes 季度监测表.xlsx: the loans by bank and township, with
// the fund against its floor; subsidy and payments of the same rows; both by
// product; the quarter before beside this one; the responsible banks, where
// they are known; alerts, where there are limits; and what comes due, where it
// is given.
func WriteMonitoring(w io.Writer, m Monitoring) error {
	out := book.New(book.Properties{Title: m.title(""), Date: m.Date})
	keys := m.placeKeys()
	s := m.sheet(out, "季度监测表", "", keys, loanColumns, m.Places)
	wide := len(keys) + len(loanColumns)
	note := monitorNote
	if m.Left > 0 {
		note = fmt.Sprintf("退回银行的%d行明细不在表内。", m.Left) + note
	}
	if len(m.Books) > 0 {
		note = "报来贷款台账的银行按台账计，见“台账核对”。" + note
	}
	s.Row(book.Text(book.DeskNote, note).Over(wide))
	m.fund(s)
	subsidy := m.subsidyColumns()
	m.sheet(out, "贴息与发放", "（贴息与发放）", keys, subsidy, m.Places)
	m.sheet(out, "按产品", "（按产品）", m.productKeys(), loanColumns, m.Products)
	m.sheet(out, "按产品贴息", "（按产品贴息）", m.productKeys(), subsidy, m.Products)
	s = m.sheet(out, "与上季对比", "（与上季对比）", keys, comparison(), m.Places)
	if m.Total.Before == nil {
		s.Row(book.Text(book.DeskNote, fmt.Sprintf("台账中没有上季（%s）的数据，上季各栏留空。", m.Quarter.Previous().Chinese())).Over(len(keys) + len(comparison())))
	}
	m.responsible(out)
	m.alerts(out)
	m.due(out)
	m.booksBeside(out)
	_, err := out.WriteTo(w)
	return err
}

func (m Monitoring) title(part string) string {
	return fmt.Sprintf("%s%s帮扶小额信贷季度监测表%s", m.Region, m.Quarter.Chinese(), part)
}

// key is a column that says what a row is about.
type key struct {
	title string
	width int
	of    func(Group) string
}

// keyOf is a column as wide as its texts.
func keyOf(title string, groups []Group, of func(Group) string) key {
	texts := []string{title}
	for _, g := range groups {
		texts = append(texts, of(g))
	}
	return key{title, book.Fit(book.DeskText, 9, 26, texts...), of}
}

// placeKeys leave out columns that would be empty.
func (m Monitoring) placeKeys() []key {
	keys := append(m.countyKey(m.Places), keyOf("承贷银行", m.Places, func(g Group) string { return g.Bank }),
		keyOf("乡(镇)", m.Places, func(g Group) string { return g.Township }))
	for _, g := range m.Places {
		if g.Responsible != "" {
			return append(keys, keyOf("主责任银行", m.Places, func(g Group) string { return g.Responsible }))
		}
	}
	return keys
}

func (m Monitoring) productKeys() []key {
	return append(m.countyKey(m.Products), keyOf("贷款品种", m.Products, func(g Group) string { return g.Product }))
}

func (m Monitoring) countyKey(groups []Group) []key {
	if !m.provincial() {
		return nil
	}
	return []key{keyOf("县(市、区)", groups, func(g Group) string { return g.County })}
}

func (m Monitoring) provincial() bool {
	return len(m.Places) > 0 && m.Places[0].County != ""
}

// sheet is a table over the groups, with a 合计 row.
func (m Monitoring) sheet(out *book.Book, name, part string, keys []key, columns []monitorColumn, groups []Group) *book.Sheet {
	layout := book.Layout{Name: name, Landscape: true, FreezeRows: 2, FreezeColumns: len(keys), Running: m.title(part)}
	for _, k := range keys {
		layout.Widths = append(layout.Widths, k.width)
	}
	for _, c := range columns {
		layout.Widths = append(layout.Widths, c.width)
	}
	s := out.Sheet(layout)
	s.Row(book.Text(book.DeskTitle, m.title(part)).Over(len(layout.Widths)))
	head := m.table(s, keys, columns, groups)
	s.Repeat(head, head)
	if len(groups) > 0 {
		s.Filter(head, s.Last()-1)
	}
	return s
}

func (m Monitoring) table(s *book.Sheet, keys []key, columns []monitorColumn, groups []Group) (head int) {
	var cells []book.Cell
	for _, k := range keys {
		cells = append(cells, book.Text(book.DeskHead, k.title))
	}
	for _, c := range columns {
		cells = append(cells, book.Text(book.DeskHead, c.title))
	}
	head = s.Row(cells...)
	for _, g := range groups {
		cells = cells[:0]
		for _, k := range keys {
			cells = append(cells, book.Text(plainLooks.text, k.of(g)))
		}
		s.Row(figureCells(cells, columns, g, plainLooks)...)
	}
	cells = append(cells[:0], book.Text(totalLooks.text, "合计").Over(len(keys)))
	s.RowOfHeight(22, figureCells(cells, columns, m.Total, totalLooks)...)
	return head
}

func figureCells(cells []book.Cell, columns []monitorColumn, g Group, l looks) []book.Cell {
	for _, c := range columns {
		cells = append(cells, c.cell(g, l))
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
		s.Row(book.Text(book.DeskLabel, line.label).Over(2), line.value.Over(6))
	}
}
