package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"tiexi/pipeline/values"
)

// kind is what a setting's value is.
type kind uint8

const (
	kindDate   kind = iota
	kindCount       // a plain whole number
	kindAge         // full years
	kindMonths      // by date
	kindYuan        // an amount
	kindFlag        // yes or no
	kindWords       // a list of texts
	kindChoice      // one of the values that the program implements
)

// spec describes one setting that a policy file may give.
type spec struct {
	key     string
	kind    kind
	zh, en  string
	choices []string
}

// specs are all settings, in the order in which people read them. A choice
// with one value is a reading of ours that has a name, so that a county can
// confirm it; another value is refused rather than ignored.
var specs = []spec{
	{key: "contracts_from", kind: kindDate, zh: "适用合同：签订日自", en: "contracts signed from"},
	{key: "contracts_to", kind: kindDate, zh: "适用合同：签订日至", en: "contracts signed to"},
	{key: "transition_from", kind: kindDate, zh: "过渡期起", en: "transition period from"},
	{key: "transition_to", kind: kindDate, zh: "过渡期止", en: "transition period to"},
	{key: "age_min", kind: kindAge, zh: "年龄下限（含）", en: "lowest age, included"},
	{key: "age_max", kind: kindAge, zh: "年龄上限（含）", en: "highest age, included"},
	{key: "loan_ceiling", kind: kindYuan, zh: "单笔贷款上限（含）", en: "ceiling of one loan, included"},
	{key: "household_ceiling", kind: kindYuan, zh: "全户贷款合计上限（含）", en: "ceiling of a household's loans together, included"},
	{key: "term_months", kind: kindMonths, zh: "贷款期限上限（含）", en: "longest term, included"},
	{key: "extension_months", kind: kindMonths, zh: "续贷或展期期限上限（含）", en: "longest extension, included"},
	{key: "extensions", kind: kindCount, zh: "续贷或展期次数上限", en: "renewals and extensions in all, at most"},
	{key: "purpose_words", kind: kindWords, zh: "用途不得含有", en: "words a purpose must not contain"},
	{key: "guarantees", kind: kindWords, zh: "允许的担保方式", en: "guarantees that are no breach"},
	{key: "cap_rate_first", kind: kindFlag, zh: "先按累计上限封顶利率再分担", en: "cap the rate first, then split it"},
	{key: "fill_order", kind: kindChoice, zh: "全户额度占用", en: "how a household's loans fill the tiers", choices: []string{"first-disbursement"}},
	{key: "base", kind: kindChoice, zh: "贴息基数", en: "base of the subsidy", choices: []string{"interest-paid"}},
	{key: "maturity_day", kind: kindChoice, zh: "到期日当天及以后", en: "maturity date and after", choices: []string{"earns-nothing"}},
	{key: "penalty", kind: kindChoice, zh: "罚息", en: "penalty interest", choices: []string{"excluded"}},
	{key: "rounding", kind: kindChoice, zh: "尾数处理", en: "rounding", choices: []string{"half-up-once"}},
}

var choiceText = map[string]string{
	"first-disbursement": "按首次放款日、银行、合同号的次序逐日占用",
	"interest-paid":      "借款人实付利息（不含罚息）",
	"earns-nothing":      "不贴息",
	"excluded":           "不计入",
	"half-up-once":       "每笔贷款每季度一次，四舍五入到分",
}

func specNamed(key string) *spec {
	i := slices.IndexFunc(specs, func(s spec) bool { return s.key == key })
	return &specs[i]
}

var settingKeys = func() (keys []string) {
	for i := range specs {
		keys = append(keys, specs[i].key)
	}
	return keys
}()

// setting is one value of a policy file with what stands beside it.
type setting struct {
	spec      *spec
	date      values.Date
	count     int
	fen       values.Fen
	flag      bool
	words     []string
	choice    string
	clause    string
	source    string
	ours      string // why it is our reading; "" where the source says so itself
	confirmed bool   // a county's file names it
	file      *source
	node      *yaml.Node // for problems found when the parts are put together
}

// settings reads the settings mapping. base is what the file extends: an
// override keeps the base's clause and, where it says nothing of its own, its
// remark.
func (s *source) settings(n *yaml.Node, base map[string]*setting) map[string]*setting {
	merged := map[string]*setting{}
	for key, b := range base {
		merged[key] = b
	}
	if n == nil {
		return merged
	}
	f, ok := s.mapping(n, settingKeys...)
	if !ok {
		return merged
	}
	for _, key := range f.keys {
		got := s.setting(specNamed(key.Value), f.get(key.Value), base[key.Value])
		if got != nil {
			merged[key.Value] = got
		}
	}
	return merged
}

func (s *source) setting(sp *spec, n *yaml.Node, base *setting) *setting {
	f, ok := s.mapping(n, "value", "clause", "source", "ours")
	if !ok {
		return nil
	}
	got := &setting{spec: sp, file: s, node: n}
	if base != nil {
		got.clause, got.ours, got.confirmed = base.clause, base.ours, base.ours != ""
	}
	if base == nil || f.get("clause") != nil {
		got.clause, _ = s.text(&f, "clause")
	}
	got.source, _ = s.text(&f, "source")
	if f.get("ours") != nil {
		got.ours = s.optionalText(&f, "ours")
	}
	if sp.kind == kindWords {
		got.words = s.wordList(&f)
		return got
	}
	text, ok := s.text(&f, "value")
	if !ok {
		return nil
	}
	if !got.read(text) {
		zh, en := sp.want()
		s.fail(f.get("value"), sp.zh+"应填"+zh+"，现为“"+text+"”", fmt.Sprintf("%s wants %s, not %q", sp.key, en, text))
		return nil
	}
	return got
}

func (s *source) wordList(f *fields) []string {
	n := f.get("value")
	if n == nil {
		s.text(f, "value")
		return nil
	}
	words := []string{}
	for _, item := range s.list(n) {
		if item.Kind != yaml.ScalarNode || strings.TrimSpace(item.Value) == "" {
			s.fail(item, "清单里应是文字", "the list wants texts")
			continue
		}
		words = append(words, item.Value)
	}
	return words
}

// read takes the value from its text; false where it is not of its kind.
func (v *setting) read(text string) bool {
	var err error
	switch v.spec.kind {
	case kindDate:
		v.date, err = values.ParseDate(text)
	case kindCount, kindAge, kindMonths:
		if text == "unlimited" && v.spec.key == "extensions" {
			v.count = -1
			return true
		}
		v.count, err = strconv.Atoi(text)
		return err == nil && v.count >= 0 && v.count <= 1200
	case kindYuan:
		v.fen, err = values.ParseFen(text)
		return err == nil && v.fen > 0 && v.fen <= maxFen
	case kindFlag:
		v.flag = text == "yes" || text == "true"
		return v.flag || text == "no" || text == "false"
	case kindChoice:
		v.choice = text
		return slices.Contains(v.spec.choices, text)
	}
	return err == nil
}

// want says what a value of the setting looks like.
func (sp *spec) want() (zh, en string) {
	switch sp.kind {
	case kindDate:
		return "日期，如 \"2026-03-26\"", "a date such as \"2026-03-26\""
	case kindYuan:
		return "金额（元），如 \"100000\"", "an amount in yuan such as \"100000\""
	case kindFlag:
		return " yes 或 no", "yes or no"
	case kindChoice:
		list := strings.Join(sp.choices, ", ")
		return "：" + list + "（本程序只实现这一种）", list + " (the only one there is)"
	}
	return "整数，如 \"36\"", "a whole number such as \"36\""
}

// texts are the value in words, Chinese and English.
func (v *setting) texts() (zh, en string) {
	switch v.spec.kind {
	case kindDate:
		return v.date.String(), v.date.String()
	case kindAge:
		return fmt.Sprintf("%d 周岁", v.count), fmt.Sprintf("%d years", v.count)
	case kindMonths:
		return fmt.Sprintf("%d 个月", v.count), fmt.Sprintf("%d months", v.count)
	case kindYuan:
		return v.fen.Grouped() + " 元", v.fen.Grouped() + " yuan"
	case kindFlag:
		if v.flag {
			return "是", "yes"
		}
		return "否", "no"
	case kindWords:
		return strings.Join(v.words, "、"), strings.Join(v.words, ", ")
	case kindChoice:
		return choiceText[v.choice], v.choice
	}
	if v.count < 0 {
		return "不限", "unlimited"
	}
	return fmt.Sprintf("%d 次", v.count), strconv.Itoa(v.count)
}

var plainDecimal = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,8})?$`)
