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
	Loans                                                 []pageLoan
	Total                                                 pageTotal
}

type pageLoan struct {
	Number                                             int
	Name, Bank, Amount, Rates, Period, Subsidy, Remark string
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
		Total: sum(villages).page(),
	}
	for i, v := range villages {
		p.Villages = append(p.Villages, h.village(i, v))
	}
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

func (h Heading) village(index int, v Village) pageVillage {
	t := v.total()
	p := pageVillage{
		Anchor: "v" + strconv.Itoa(index+1), Name: v.label(), Title: h.title(h.Township+v.Name, v.Supplement),
		Opening: trim(h.opening(h.Township+v.Name, t)), Period: trim(v.Posting.dated()), Objections: trim(h.objections()),
		Day: h.day(), Total: t.page(),
	}
	if !h.Date.Known() && v.Posting.Posted.Known() {
		p.Day = v.Posting.Posted.Chinese()
	}
	for i, l := range v.Loans {
		p.Loans = append(p.Loans, pageLoan{i + 1, l.name(), l.Bank, l.Amount.Grouped(), l.rates(), l.period(), l.Subsidy.Grouped(), l.Remark})
	}
	return p
}

// trim takes off the two spaces that begin a paragraph on paper; the page
// indents by itself.
func trim(paragraph string) string { return strings.TrimPrefix(paragraph, "　　") }
