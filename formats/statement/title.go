package statement

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tiexi/formats/cell"
	"tiexi/pipeline/values"
)

// ReadTitle understands the rows above the headings.
func ReadTitle(texts []string) Title {
	t := Title{Texts: texts}
	for _, text := range texts {
		text = values.FoldText(text)
		if t.Bank == "" {
			t.Bank = bankIn(text)
		}
		if t.Quarter.IsZero() {
			t.Quarter = quarterIn(text)
		}
		if !t.From.Known() {
			t.From, t.To = periodIn(text)
		}
		t.Correction = t.Correction || strings.Contains(text, "更正")
	}
	t.Unit = titleUnit(cell.Compact(strings.Join(texts, " ")))
	if t.Quarter.IsZero() { // the year may stand in another title row: 2026年度 / 三季度
		t.Quarter = quarterIn(values.FoldText(strings.Join(texts, " ")))
	}
	return t
}

var (
	namedQuarter = regexp.MustCompile(`(\d{4})(?:年度|年|-|/|\.|_)?第?([一二三四1-4])(?:季度|季)`)
	shortQuarter = regexp.MustCompile(`(?i)(\d{4})(?:年度|年|-|/|\.|_)?Q([1-4])`)
	monthQuarter = regexp.MustCompile(`(\d{4})(?:年度|年|-|/|\.|_)?0?(\d{1,2})月?(?:[-—–~至到]|--)0?(\d{1,2})月(?:[^\d]|$)`)
	loneQuarter  = regexp.MustCompile(`(?:^|[^前一二三四0-9])([一二三四1-4])季度`)
	yearAlone    = regexp.MustCompile(`(20\d{2})年`)
)

// quarterIn finds a quarter's name in a folded text: 2026年第三季度, 2026年3季度,
// 2026Q3, 2026年7-9月, or 三季度 with a year somewhere.
func quarterIn(text string) values.Quarter {
	for _, pattern := range []*regexp.Regexp{namedQuarter, shortQuarter} {
		if m := pattern.FindStringSubmatch(text); m != nil {
			return quarterOf(m[1], m[2])
		}
	}
	if m := monthQuarter.FindStringSubmatch(text); m != nil {
		first, _ := strconv.Atoi(m[2])
		last, _ := strconv.Atoi(m[3])
		if last == first+2 && last%3 == 0 && last <= 12 {
			return quarterOf(m[1], strconv.Itoa(last/3))
		}
	}
	year, number := yearAlone.FindStringSubmatch(text), loneQuarter.FindStringSubmatch(text)
	if year != nil && number != nil {
		return quarterOf(year[1], number[1])
	}
	return values.Quarter{}
}

func quarterOf(year, number string) values.Quarter {
	if i := slices.Index([]string{"一", "二", "三", "四"}, number); i >= 0 {
		number = strconv.Itoa(i + 1)
	}
	q, _ := values.ParseQuarter(year + "Q" + number)
	return q
}

const (
	dayPattern     = `(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?`
	secondPattern  = `(?:(\d{4})(?:年|[-/.]))?(\d{1,2})(?:月|[-/.])(\d{1,2})日?`
	joiningPattern = `\)?(?:起|开始|\(含\))?(?:至|到|--|[-—–―~〜])+`
)

var (
	writtenPeriod = regexp.MustCompile(dayPattern + joiningPattern + secondPattern)
	digitPeriod   = regexp.MustCompile(`((?:19|20)\d{6})(?:至|到|[-—–~])+((?:19|20)\d{6})`)
)

// periodIn finds two dates joined by 至 or a dash in a folded text; the second
// may lack its year.
func periodIn(text string) (from, to values.Date) {
	if m := writtenPeriod.FindStringSubmatch(text); m != nil {
		from, to = dayOf(m[1], m[2], m[3]), dayOf(m[4], m[5], m[6])
		if m[4] == "" {
			year, _ := strconv.Atoi(m[1])
			if to = dayOf(m[1], m[5], m[6]); to < from {
				to = dayOf(strconv.Itoa(year+1), m[5], m[6])
			}
		}
	} else if m := digitPeriod.FindStringSubmatch(text); m != nil {
		from, _ = cell.ParseDate(m[1])
		to, _ = cell.ParseDate(m[2])
	}
	if !from.Known() || to < from {
		return 0, 0
	}
	return from, to
}

func dayOf(year, month, day string) values.Date {
	d, _ := cell.ParseDate(year + "-" + month + "-" + day)
	return d
}

var unitNote = regexp.MustCompile(`单 ?位 ?:? ?(?:人民币)?((?:万元|千元|元|[%‰、,/户笔人天年月])+)(?:\P{Han}|$)`)

// titleUnit is the unit of amounts that the title gives, 单位：万元; of 单位名称
// and the like it knows nothing. A note that names two units says nothing.
func titleUnit(text string) cell.AmountUnit {
	m := unitNote.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return unitWord(m[1])
}

// unitWord finds the one unit of amounts in a text.
func unitWord(text string) cell.AmountUnit {
	var found []cell.AmountUnit
	for _, u := range []struct {
		word string
		unit cell.AmountUnit
	}{{"万元", cell.Wan}, {"千元", cell.Thousand}, {"元", cell.Yuan}} {
		if rest := strings.ReplaceAll(text, u.word, " "); rest != text {
			text = rest
			found = append(found, u.unit)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

var (
	bankName  = regexp.MustCompile(`\p{Han}*?(?:银行|信用社|信用合作联社|联社|农商行|农信社)(?:股份有限公司|有限责任公司)?(?:\p{Han}{0,10}?(?:支行|分行|营业部|分理处))?`)
	bankLabel = regexp.MustCompile(`^(?:承贷|贷款|开户|填报|报送|经办|放款|发放|上报|合作|承办|各|主责任|责任)*银行$`)
	bankLead  = regexp.MustCompile(`^(?:关于|报送|上报|附件|附表|附|填报单位|编制单位|制表单位|单位名称|单位|承贷银行|贷款银行|银行名称|机构名称|由)+`)
)

// bankIn finds the name of a bank in a folded text, past words that only say
// that there is one.
func bankIn(text string) string {
	for _, name := range bankName.FindAllString(text, -1) {
		if bankLabel.MatchString(name) {
			continue
		}
		if name = bankLead.ReplaceAllString(name, ""); name != "" && !bankLabel.MatchString(name) && name != "联社" {
			return name
		}
	}
	return ""
}
