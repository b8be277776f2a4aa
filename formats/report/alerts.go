package report

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// Limits are the rates in percent that must not be passed (四(三)); nil watches
// nothing.
type Limits struct{ Overdue, Bad *values.Rate }

// Watch tells whether any rate is watched.
func (l Limits) Watch() bool { return l.Overdue != nil || l.Bad != nil }

// Alert is a bank or a township whose overdue or bad loans are above the limit.
type Alert struct {
	County   string      `json:"county,omitempty"`   // "" within a county
	Bank     string      `json:"bank,omitempty"`     // either a bank, of all its townships
	Township string      `json:"township,omitempty"` // or a township, of all its banks
	Kind     AlertKind   `json:"rate"`
	Amount   values.Fen  `json:"amount"`  // overdue or bad
	Of       values.Fen  `json:"balance"` // the closing balance
	Rate     string      `json:"percent"` // Amount of Of; as many decimals as show that it is above
	Limit    values.Rate `json:"limit"`   // percent
}

// AlertKind is the rate that an alert is about.
type AlertKind string

// The kinds of alert.
const (
	AlertOverdue AlertKind = "overdue"
	AlertBad     AlertKind = "bad"
)

// Word is what people call the rate.
func (k AlertKind) Word() values.Text {
	if k == AlertBad {
		return values.Say("不良率", "bad-loan rate")
	}
	return values.Say("逾期率", "overdue rate")
}

// Name is the bank's or township's.
func (a Alert) Name() string { return a.Bank + a.Township }

// Alerts compares each bank and each township of one county with the limits:
// banks in the order given, townships by name, and no ranking (四(一)). A rate
// passes its limit when it is above it, worked out exactly; one that is equal
// does not.
func Alerts(places []Group, limits Limits) (alerts []Alert) {
	banks, byBank := sums(places, func(g Group) string { return g.Bank })
	for _, bank := range banks {
		alerts = limits.compare(alerts, Alert{Bank: bank}, byBank[bank])
	}
	townships, byTownship := sums(places, func(g Group) string { return g.Township })
	slices.Sort(townships)
	for _, township := range townships {
		alerts = limits.compare(alerts, Alert{Township: township}, byTownship[township])
	}
	return alerts
}

// sums adds the places up by a name, and lists the names in order of appearance.
func sums(places []Group, of func(Group) string) (names []string, by map[string]Figures) {
	by = map[string]Figures{}
	for _, g := range places {
		name := of(g)
		if _, known := by[name]; !known {
			names = append(names, name)
		}
		by[name] = by[name].Plus(g.Now)
	}
	return names, by
}

func (l Limits) compare(alerts []Alert, a Alert, f Figures) []Alert {
	alerts = appendAbove(alerts, a, AlertOverdue, f.Overdue, f.Closing, l.Overdue)
	return appendAbove(alerts, a, AlertBad, f.Bad, f.Closing, l.Bad)
}

func appendAbove(alerts []Alert, a Alert, kind AlertKind, part, whole values.Fen, limit *values.Rate) []Alert {
	hundredfold := decimal.NewFromInt(int64(part)).Shift(2)
	if limit == nil || !hundredfold.GreaterThan(limit.Mul(decimal.NewFromInt(int64(whole)))) {
		return alerts
	}
	a.Kind, a.Amount, a.Of, a.Limit = kind, part, whole, *limit
	for places := int32(2); ; places++ { // 5.00004 % is above 5 %, and has to look so
		if rate := hundredfold.DivRound(decimal.NewFromInt(int64(whole)), places); rate.GreaterThan(limit.Decimal) {
			a.Rate = rate.StringFixed(places)
			return append(alerts, a)
		}
	}
}

// Sentence says what is above what, and what to do.
func (a Alert) Sentence() values.Text {
	kind := a.Kind.Word()
	return values.Text{
		Chinese: fmt.Sprintf("预警：%s%s%s %s%%，高于预警线 %s%%（期末余额 %s 元中的 %s 元）。请会同金融监管部门分析研判，督促银行稳妥处置（四(三)）。",
			a.County, a.Name(), kind.Chinese, a.Rate, a.Limit, a.Of.Grouped(), a.Amount.Grouped()),
		English: fmt.Sprintf("Alert: the %s of %s%s is %s %%, above the limit of %s %% (%s of %s yuan). Look into it with the supervisors, and see that the bank deals with it (4.3).",
			kind.English, a.County, a.Name(), a.Rate, a.Limit, a.Amount.Grouped(), a.Of.Grouped()),
	}
}

// alerts is the sheet 预警, where limits are set.
func (m Monitoring) alerts(out *book.Book) {
	if !m.Watched {
		return
	}
	headings, widths := []string{"县(市、区)", "银行或乡(镇)", "名称", "指标", "金额(元)", "期末余额(元)", "比率(%)", "预警线(%)"}, []int{12, 13, 26, 10, 17, 18, 11, 11}
	skip := 1
	if m.provincial() {
		skip = 0
	}
	headings, widths = headings[skip:], widths[skip:]
	s := out.Sheet(book.Layout{Name: "预警", Widths: widths, Landscape: true, FreezeRows: 3, Running: m.title("（预警）")})
	s.Row(book.Text(book.DeskTitle, m.title("（预警）")).Over(len(headings)))
	s.Row(book.Text(book.DeskNote, "期末逾期、不良金额占期末余额的比率高于预警线的银行（各乡镇合计）和乡镇（各银行合计），等于预警线的不列。"+
		"供有关部门会同分析研判、提示风险（四(三)），按原有次序列出，不作排名。").Over(len(headings)))
	var cells []book.Cell
	for _, h := range headings {
		cells = append(cells, book.Text(book.DeskHead, h))
	}
	head := s.Row(cells...)
	s.Repeat(head, head)
	for _, a := range m.Alerts {
		of := "乡(镇)"
		if a.Bank != "" {
			of = "银行"
		}
		cells = []book.Cell{book.Text(book.DeskText, a.County), book.Text(book.DeskCentre, of), book.Text(book.DeskText, a.Name()), book.Text(book.DeskCentre, a.Kind.Word().Chinese),
			book.Fen(book.DeskMoney, a.Amount), book.Fen(book.DeskMoney, a.Of), book.Text(book.DeskHeldMark, a.Rate), book.Text(book.DeskFigure, a.Limit.String())}
		s.Row(cells[skip:]...)
	}
	if s.Last() > head {
		s.DigitsAsText(len(headings)-1, head+1, len(headings), s.Last())
	}
	if len(m.Alerts) == 0 {
		s.Row(book.Text(book.DeskText, "没有高于预警线的银行或乡镇。").Over(len(headings)))
	}
}
