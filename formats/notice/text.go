package notice

import (
	"fmt"
	"strings"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// label is the village with its supplement: 上河村, 上河村（补1）.
func (v Village) label() string {
	if v.Supplement == 0 {
		return v.Name
	}
	return fmt.Sprintf("%s（补%d）", v.Name, v.Supplement)
}

// total is the sums of a list.
type total struct {
	people, loans   int
	amount, subsidy values.Fen
}

func (t total) plus(o total) total {
	return total{t.people + o.people, t.loans + o.loans, t.amount + o.amount, t.subsidy + o.subsidy}
}

func (v Village) total() total {
	t := total{loans: len(v.Loans)}
	people := make(map[string]bool, len(v.Loans))
	for _, l := range v.Loans {
		people[values.FoldName(l.Borrower)+"\x00"+l.Suffix] = true
		t.amount += l.Amount
		t.subsidy += l.Subsidy
	}
	t.people = len(people)
	return t
}

// name is how the borrower is called on the list.
func (l Loan) name() string {
	if l.Suffix == "" {
		return l.Borrower
	}
	return l.Borrower + "（" + l.Suffix + "）"
}

func (l Loan) period() string {
	if !l.From.Known() && !l.To.Known() {
		return ""
	}
	return l.From.String() + " 至 " + l.To.String()
}

// rates are the rates as text, with two decimals at least: 3.60, 3.45、3.60.
func (l Loan) rates() string {
	texts := make([]string, len(l.Rates))
	for i, r := range l.Rates {
		whole, fraction, _ := strings.Cut(r.String(), ".")
		texts[i] = whole + "." + fraction + "00"[min(len(fraction), 2):]
	}
	return strings.Join(texts, "、")
}

func (h Heading) program() string {
	if h.Program == "" {
		return "帮扶小额信贷"
	}
	return h.Program
}

func (h Heading) basis() string {
	if h.Basis == "" {
		return DefaultBasis
	}
	return h.Basis
}

// title names the place as far as it is known: a village's list, or a
// township's.
func (h Heading) title(place string, supplement int) string {
	kind := "公示"
	if supplement > 0 {
		kind = "补充公示"
		place = fmt.Sprintf("%s，补%d", place, supplement)
	}
	return fmt.Sprintf("%s%s%s贴息%s（%s）", h.County, h.Quarter.Chinese(), h.program(), kind, place)
}

// opening says on what ground, who looked at it, what is subsidised and for
// how much.
func (h Heading) opening(place string, t total) string {
	var s strings.Builder
	fmt.Fprintf(&s, "　　依据%s文件，%s%s贴息名单已经%s会同%s审核，现予公示。", h.basis(), place, h.program(), h.office(), h.Township)
	fmt.Fprintf(&s, "本次对借款人已向承贷银行付清的%s利息（计息期%s至%s）给予财政贴息，共%d人、%d笔贷款，贴息合计%s元。",
		h.Quarter.Chinese(), h.From.Chinese(), h.To.Chinese(), t.people, t.loans, t.subsidy.Grouped())
	s.WriteString(h.Terms)
	return s.String()
}

func (h Heading) office() string {
	if h.Office == "" {
		return h.County + "农业农村局"
	}
	return h.Office
}

// objections says where to ask.
func (h Heading) objections() string {
	return fmt.Sprintf("　　对以上名单如有异议，请在公示期内向%s（电话%s）或%s财政局（电话%s）反映。",
		h.office(), orBlank(h.Phones.Agriculture), h.County, orBlank(h.Phones.Finance))
}

func orBlank(phone string) string {
	if phone == "" {
		return "____________"
	}
	return phone
}

// blankDay is filled in by hand.
const blankDay = "______年____月____日"

// length is how long the list hangs: 自张贴之日起10日.
func (p Posting) length() string {
	unit := "日"
	if p.Workdays {
		unit = "个工作日"
	}
	return fmt.Sprintf("自张贴之日起%d%s", p.Days, unit)
}

// blank is the notice period of a list that is printed before it is posted.
func (p Posting) blank() string {
	return "　　公示期：" + p.length() + "（" + blankDay + " 至 " + blankDay + "）"
}

// dated has the dates where they are known.
func (p Posting) dated() string {
	if !p.Posted.Known() || !p.Until.Known() {
		return p.blank()
	}
	return "　　公示期：" + p.length() + "（" + p.Posted.Chinese() + " 至 " + p.Until.Chinese() + "）"
}

func (h Heading) day() string {
	if !h.Date.Known() {
		return blankDay
	}
	return h.Date.Chinese()
}

// check refuses a suffix that is more than the last four of an id.
func check(villages ...Village) error {
	for _, v := range villages {
		for i, l := range v.Loans {
			if !isSuffix(l.Suffix) {
				return fmt.Errorf("%w：%s第%d行", ErrSuffix, v.label(), i+1)
			}
		}
	}
	return nil
}

func isSuffix(s string) bool {
	if s == "" {
		return true
	}
	digits := strings.TrimRight(strings.TrimSuffix(strings.ToUpper(s), "X"), "0123456789")
	return len(s) == 4 && digits == ""
}

// FileName is the file's name without its extension: 上河村, 上河村-补1. No two
// lists of a township share one, whatever the villages are called.
func FileName(village string, supplement int) string {
	if supplement > 0 {
		return fmt.Sprintf("%s-补%d", book.FileName(village), supplement)
	}
	name := book.FileName(village)
	at := strings.LastIndex(name, "-补")
	if at >= 0 && strings.Trim(name[at+len("-补"):], "0123456789") == "" {
		return name[:at] + "%2d" + name[at+1:]
	}
	return name
}
