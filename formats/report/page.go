package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"strconv"

	"tiexi/pipeline/values"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("report").Parse(pageText))

// page is what the template shows.
type page struct {
	*Report
	Title, Period, Day string
	Sources            []source
	Total              shareRow
	Figures            []figure
	Tables             []shareTable
	AllRows            BankRows
	Flow               flow
	FlowWords          string
	FindingRows        []findingRow
	Columns            []column
	ColumnsWidth       int
	HistoryRows        []shareRow
	NoticeTotal        TownshipNotice
}

// figure is a number that stands out. Value is bare, for other programs.
type figure struct{ ID, Label, Shown, Value, Class string }

type shareTable struct {
	Heading, Name string
	Rows          []shareRow
}

type shareRow struct {
	Name          string
	Loans, People int
	Amounts       []string // of the sources
	Total         string
	Bar           []rect
}

type findingRow struct {
	FindingCount
	Class, Word string
	Width       int
}

// WriteHTML writes 报告.html. It is ErrAddUp, and nothing is written, where the
// parts do not come to the totals.
func WriteHTML(w io.Writer, r Report) error {
	if err := r.check(); err != nil {
		return err
	}
	var buffer bytes.Buffer
	if err := pageTemplate.Execute(&buffer, r.page()); err != nil {
		return err
	}
	_, err := buffer.WriteTo(w)
	return err
}

func (r *Report) page() page {
	p := page{
		Report: r, Title: r.County + r.Quarter.Chinese() + "帮扶小额信贷贴息情况", Day: r.Date.Chinese(),
		Period: r.From.Chinese() + "至" + r.To.Chinese(), AllRows: r.rows(), Flow: r.flow(), Figures: r.figures(),
		Sources: sources[:2],
	}
	if r.Shares.City != 0 || r.Shares.County != 0 || r.historyHasLocal() {
		p.Sources = sources
	}
	p.Total = p.row("合计", r.Loans, r.People, r.Shares, 0)
	for _, t := range []struct {
		heading, name string
		rows          []Share
	}{{"各乡镇贴息", "乡(镇)", r.ByTownship}, {"各银行贷款贴息", "承贷银行", r.ByBank}} {
		table := shareTable{Heading: t.heading, Name: t.name}
		var longest values.Fen
		for _, s := range t.rows {
			longest = max(longest, s.Shares.Total())
		}
		for _, s := range t.rows {
			table.Rows = append(table.Rows, p.row(s.Name, s.Loans, s.People, s.Shares, longest))
		}
		p.Tables = append(p.Tables, table)
	}
	p.FlowWords = r.flowWords()
	p.FindingRows = r.findingRows()
	quarters := append(r.History[max(0, len(r.History)-4):len(r.History):len(r.History)], Past{r.Quarter, r.Loans, r.Shares})
	p.Columns, p.ColumnsWidth = columns(quarters), len(quarters)*historyStep
	for _, q := range quarters {
		p.HistoryRows = append(p.HistoryRows, p.row(q.Quarter.String(), q.Loans, 0, q.Shares, 0))
	}
	p.NoticeTotal = r.noticeTotal()
	return p
}

func (r *Report) historyHasLocal() bool {
	for _, q := range r.History {
		if q.Shares.City != 0 || q.Shares.County != 0 {
			return true
		}
	}
	return false
}

func (p *page) row(name string, loans, people int, s values.Shares, longest values.Fen) shareRow {
	row := shareRow{Name: name, Loans: loans, People: people, Total: s.Total().Grouped()}
	for _, src := range p.Sources {
		row.Amounts = append(row.Amounts, src.of(s).Grouped())
	}
	if longest > 0 {
		row.Bar = bar(s, longest)
	}
	return row
}

func (r *Report) figures() []figure {
	money := func(id, label, class string, amount values.Fen) figure {
		return figure{id, label, amount.Grouped(), amount.String(), class}
	}
	count := func(id, label string, n int) figure { return figure{id, label, strconv.Itoa(n), strconv.Itoa(n), ""} }
	all := []figure{
		money("subsidy-total", "贴息合计（元）", "", r.Shares.Total()),
		money("subsidy-central", "其中中央（元）", "", r.Shares.Central),
		money("subsidy-provincial", "其中省级（元）", "", r.Shares.Provincial),
	}
	if r.Shares.City != 0 || r.Shares.County != 0 {
		all = append(all, money("subsidy-city", "其中市级（元）", "", r.Shares.City), money("subsidy-county", "其中县级（元）", "", r.Shares.County))
	}
	all = append(all, count("loans", "贷款（笔）", r.Loans), count("people", "借款人（人）", r.People),
		count("payments-count", "发放（笔）", r.Payments.Count),
		money("payments-total", "发放金额（元）", "", r.Payments.Total),
		money("payments-paid", "已到账（元）", "good", r.Payments.Paid),
		money("payments-pending", "待回盘（元）", "", r.Payments.Pending))
	failed, stopped := "", ""
	if r.Payments.Failed != 0 {
		failed = "bad"
	}
	if r.Payments.Stopped != 0 {
		stopped = "bad"
	}
	return append(all, money("payments-failed", "发放失败（元）", failed, r.Payments.Failed), money("payments-stopped", "暂停发放（元）", stopped, r.Payments.Stopped))
}

// flowWords say in words what the chart shows.
func (r *Report) flowWords() string {
	t := r.rows()
	words := "各银行共报送" + strconv.Itoa(t.Rows) + "行，等于通过" + strconv.Itoa(t.Accepted) + "行、待核" + strconv.Itoa(t.Held) + "行、退回" + strconv.Itoa(t.Returned) + "行之和。"
	if len(r.States) == 0 {
		return words
	}
	words += "通过的" + strconv.Itoa(t.Accepted) + "行中："
	for i, s := range r.States {
		if i > 0 {
			words += "，"
		}
		words += s.Name + strconv.Itoa(s.Rows) + "行"
	}
	return words + "。"
}

func (r *Report) findingRows() []findingRow {
	most := 0
	for _, f := range r.Findings {
		most = max(most, f.Lines)
	}
	rows := make([]findingRow, len(r.Findings))
	for i, f := range r.Findings {
		row := findingRow{FindingCount: f, Width: scale(barLength, values.Fen(f.Lines), values.Fen(most))}
		switch f.Outcome {
		case values.Returned:
			row.Class, row.Word = "back", "退回"
		case values.Held:
			row.Class, row.Word = "held", "待核"
		case values.PaymentHold:
			row.Class, row.Word = "held", "暂停发放"
		default:
			row.Class, row.Word = "ok", "提示"
		}
		rows[i] = row
	}
	return rows
}

func (r *Report) noticeTotal() TownshipNotice {
	total := TownshipNotice{Township: "合计"}
	for _, n := range r.Notices {
		total.Villages += n.Villages
		total.Posted += n.Posted
		total.Cleared += n.Cleared
		total.Objections += n.Objections
	}
	return total
}
