package notice

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"strconv"
	"strings"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is what the template shows: every text ready, nothing to decide.
type page struct {
	Title    string
	Office   string
	Villages []pageVillage
	Total    pageTotal
}

type pageVillage struct {
	Anchor, Name, Title, Opening, Period, Objections, Day string
	Rows                                                  template.HTML
	Total                                                 pageTotal
}

type pageTotal struct {
	People, Loans   int
	Amount, Subsidy string
}

func (t total) page() pageTotal {
	return pageTotal{t.people, t.loans, t.amount.Grouped(), t.subsidy.Grouped()}
}

// WriteHTML writes the township's lists as one page that needs nothing else:
// for the county's site, readable on a phone, printed a village a page. A
// posted list has its dates. Personal numbers are an error
// (ErrPersonalNumber), and then nothing is written.
func WriteHTML(w io.Writer, h Heading, villages []Village) error {
	if err := check(villages...); err != nil {
		return err
	}
	p := page{
		Title: h.title(h.Township, commonSupplement(villages)), Office: h.office(),
	}
	var all total
	for i, v := range villages {
		t := v.total()
		all = all.plus(t)
		p.Villages = append(p.Villages, h.village(i, v, t))
	}
	p.Total = all.page()
	buffer := finished.Get().(*bytes.Buffer)
	defer finished.Put(buffer)
	buffer.Reset()
	if err := pageTemplate.Execute(buffer, p); err != nil {
		return err
	}
	if err := Scan(buffer.Bytes()); err != nil {
		return err
	}
	_, err := buffer.WriteTo(w)
	return err
}

func (h Heading) village(index int, v Village, t total) pageVillage {
	p := pageVillage{
		Anchor: "v" + strconv.Itoa(index+1), Name: v.label(), Title: h.title(h.Township+v.Name, v.Supplement),
		Opening: trim(h.opening(h.Township+v.Name, t)), Period: trim(v.Posting.dated()), Objections: trim(h.objections()),
		Day: h.day(), Total: t.page(),
	}
	if !h.Date.Known() && v.Posting.Posted.Known() {
		p.Day = v.Posting.Posted.Chinese()
	}
	p.Rows = tableRows(v.Loans)
	return p
}

// tableRows are the lines of a list's table. The template would find out for each cell
// anew how to escape it, which took most of the time that a page takes; rows are
// escaped as it does it.
func tableRows(loans []Loan) template.HTML {
	var b strings.Builder
	cell := func(class, title, text string) {
		b.WriteString("<td")
		b.WriteString(class)
		b.WriteString(` data-title="`)
		b.WriteString(title)
		b.WriteString(`">`)
		_, _ = escapes.WriteString(&b, text) // a Builder takes everything
		b.WriteString("</td>")
	}
	for i, l := range loans {
		b.WriteString("\n<tr>")
		for column, text := range [...]string{strconv.Itoa(i + 1), l.name(), l.Bank, l.Amount.Grouped(), l.rates(), l.period(), l.Subsidy.Grouped(), l.Remark} {
			cell(classes[column], columns[column], text)
		}
		b.WriteString("</tr>")
	}
	return template.HTML(b.String()) //nolint:gosec // every text in it is escaped above
}

// classes are the looks of the columns.
var classes = [...]string{"", "", ` class="left"`, ` class="number"`, ` class="number"`, ` class="period"`, ` class="number"`, ` class="left"`}

// escapes are those of html/template for text between tags.
var escapes = strings.NewReplacer("\x00", "\uFFFD", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;")

// trim takes off the two spaces that begin a paragraph on paper; the page
// indents by itself.
func trim(paragraph string) string { return strings.TrimPrefix(paragraph, "　　") }
