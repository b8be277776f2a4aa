package calendar

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"tiexi/pipeline/values"
)

// keys of a year's file, all of them required.
var keys = []string{"year", "number", "title", "issued", "url", "holidays", "workdays"}

// festivals are the seven that every paper names. A file that lacks one was
// not copied to its end, and its days would pass for workdays.
var festivals = []string{"元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆"}

// parser reads one file and collects what is wrong with it, a line a mistake.
type parser struct {
	file     string
	mistakes values.Text
	year     Year
}

func (p *parser) fail(at *yaml.Node, chinese, english string, args ...any) {
	text := values.Say(chinese, english, args...)
	place := "\n" + p.file + ":" + strconv.Itoa(max(at.Line, 1)) + ":" + strconv.Itoa(max(at.Column, 1)) + ": "
	p.mistakes.Chinese += place + text.Chinese
	p.mistakes.English += place + text.English
}

func parse(file string, text []byte) (Year, error) {
	p := &parser{file: file, year: Year{working: map[values.Date]bool{}}}
	var documents []yaml.Node
	err := yaml.Load(bytes.TrimPrefix(text, []byte("\ufeff")), &documents, yaml.WithAllDocuments())
	var syntax *yaml.LoadError
	switch {
	case errors.As(err, &syntax):
		p.fail(&yaml.Node{Line: syntax.Mark.Line, Column: syntax.Mark.Column},
			"YAML 写法有误（%s）；请检查缩进和半角冒号，并存为 UTF-8。",
			"Bad YAML (%s); check indentation and colons, and save as UTF-8.", syntax.Message)
	case err != nil:
		p.fail(&yaml.Node{}, "YAML 写法有误（%v）。", "Bad YAML (%v).", err)
	case len(documents) != 1 || documents[0].Content[0].Kind != yaml.MappingNode:
		p.fail(&yaml.Node{}, "文件应是一份“键: 值”，要有这些键：%s。",
			"The file is to be one mapping with the keys %s.", strings.Join(keys, ", "))
	default:
		p.read(documents[0].Content[0])
	}
	if p.mistakes.IsZero() {
		return p.year, nil
	}
	return Year{}, &values.Fault{
		Kind: values.FaultConfig,
		What: values.Text{Chinese: "节假日文件有误：" + p.mistakes.Chinese, English: "The holiday file has mistakes:" + p.mistakes.English},
		Hint: values.Say("请对照国务院办公厅的通知原文改正。", "Correct it against the State Council's paper."),
	}
}

func (p *parser) read(root *yaml.Node) {
	found := map[string]*yaml.Node{}
	for pair := range slices.Chunk(root.Content, 2) {
		key := pair[0]
		if !slices.Contains(keys, key.Value) {
			p.fail(key, "不认识的键“%s”；可用的键：%s。", "Unknown key %q; known are %s.", key.Value, strings.Join(keys, ", "))
		} else if found[key.Value] != nil {
			p.fail(key, "键“%s”写了两次。", "The key %q stands twice.", key.Value)
		}
		found[key.Value] = pair[1]
	}
	for _, key := range keys {
		if found[key] == nil {
			p.fail(root, "缺少 %s。", "%s is missing.", key)
		}
	}
	if !p.mistakes.IsZero() {
		return
	}
	p.year.Year, _ = strconv.Atoi(found["year"].Value)
	if p.year.Year < 1949 || p.year.Year > 9998 {
		p.fail(found["year"], "“%s”不是年份，例如 2026。", "%q is not a year such as 2026.", found["year"].Value)
		return
	}
	p.year.Number, p.year.Title, p.year.URL = p.text(found["number"]), p.text(found["title"]), p.text(found["url"])
	p.year.Issued = p.date(found["issued"], found["issued"].Value)
	p.holidays(found["holidays"])
	p.workdays(found["workdays"])
}

func (p *parser) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" || strings.TrimSpace(n.Value) == "" {
		p.fail(n, "这里是空的；请填写通知的文号、标题和网址。", "Nothing stands here; give the paper's number, title and address.")
	}
	return n.Value
}

// date is zero where there is none; that was reported.
func (p *parser) date(n *yaml.Node, text string) values.Date {
	d, err := values.ParseDate(strings.TrimSpace(text))
	if err != nil || !d.Known() {
		p.fail(n, "“%s”不是日期，例如 2026-10-01。", "%q is not a date such as 2026-10-01.", text)
		return 0
	}
	return d
}

// day is a date on which this year's paper may rule; zero like date.
func (p *parser) day(n *yaml.Node, text string) values.Date {
	d := p.date(n, text)
	year, _, _ := d.Civil()
	if d.Known() && year != p.year.Year && (year != p.year.Year-1 || !newYear(d)) {
		p.fail(n, "%s 不在 %d 年内。", "%s is not in %d.", d, p.year.Year)
		return 0
	}
	return d
}

// holidays reads "国庆节: 2026-10-01 至 2026-10-07", or one day alone.
func (p *parser) holidays(list *yaml.Node) {
	if list.Kind != yaml.MappingNode {
		p.fail(list, "holidays 下每项写作“国庆节: 首日 至 末日”。", "An item of holidays is \"国庆节: first 至 last\".")
		return
	}
	names := ""
	for pair := range slices.Chunk(list.Content, 2) {
		names += pair[0].Value + " "
		first, last, two := strings.Cut(pair[1].Value, "至")
		if !two {
			last = first
		}
		from := p.day(pair[1], first)
		if !from.Known() {
			continue
		}
		to := p.day(pair[1], last)
		if to.Known() && to < from {
			p.fail(pair[1], "末日 %s 早于首日 %s。", "The last day %s is before the first, %s.", to, from)
		}
		for d := from; d <= to; d++ {
			p.name(pair[1], d, false)
		}
	}
	for _, festival := range festivals {
		if !strings.Contains(names, festival) {
			p.fail(list, "holidays 中没有%s，通知没有抄全。", "holidays lacks %s; the paper was not copied whole.", festival)
		}
	}
}

func (p *parser) workdays(list *yaml.Node) {
	if list.Kind != yaml.SequenceNode {
		p.fail(list, "workdays 应是清单，每项以“- ”开头；没有调休就写 []。",
			"workdays is a list, each item begins with \"- \"; write [] where there are none.")
		return
	}
	for _, item := range list.Content {
		d := p.day(item, item.Value)
		if !d.Known() {
			continue
		}
		if !weekend(d) {
			p.fail(item, "%s 不是周末，不会是调休上班日。", "%s is no weekend day, so it is no make-up workday.", d)
		}
		p.name(item, d, true)
	}
}

// name records what the paper says of a day; it says it once.
func (p *parser) name(at *yaml.Node, d values.Date, working bool) {
	if _, twice := p.year.working[d]; twice {
		p.fail(at, "%s 出现了两次。", "%s stands twice.", d)
	}
	p.year.working[d] = working
}
