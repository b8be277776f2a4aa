package policy

import (
	"fmt"
	"strconv"
	"strings"

	"tiexi/pipeline/values"
)

// wants reads what must come out of a case.
func (s *source) wants(c *testCase, f *fields, loans map[string]int) {
	for _, item := range s.list(f.get("应得")) {
		w := wantAmounts{node: item}
		own, ok := s.mapping(item, "合同", "中央", "省级", "市级", "县级", "合计", "分政策", "未定标准")
		if ok {
			w.loan = s.contract(&own, loans)
			w.shares = s.shares(&own)
			s.parts(&own, &w)
			for _, span := range s.list(own.get("未定标准")) {
				ends, ok := s.mapping(span, "起", "止")
				if ok {
					from, _ := s.day(&ends, "起")
					to, _ := s.day(&ends, "止")
					w.unconfigured = append(w.unconfigured, Span{from, to})
				}
			}
			c.amounts = append(c.amounts, w)
		}
	}
	for _, item := range s.list(f.get("归属")) {
		own, ok := s.mapping(item, "合同", "日", "政策")
		if ok {
			w := wantRegime{node: item, loan: s.contract(&own, loans)}
			w.day, _ = s.day(&own, "日")
			w.policy, _ = s.text(&own, "政策")
			c.regimes = append(c.regimes, w)
		}
	}
	for _, item := range s.list(f.get("条件")) {
		own, ok := s.mapping(item, append([]string{"合同", "展期"}, conditionLabels...)...)
		if ok {
			w := wantConditions{node: item, loan: s.contract(&own, loans), texts: own}
			if own.get("展期") != nil {
				w.extension = s.yes(&own, "展期")
			}
			c.judged = append(c.judged, w)
		}
	}
}

// contract finds the loan that a result is about; the only loan of a case needs
// no naming.
func (s *source) contract(f *fields, loans map[string]int) int {
	name := s.optionalText(f, "合同")
	if name == "" && len(loans) == 1 {
		return 0
	}
	i, ok := loans[name]
	if !ok {
		s.fail(f.node, "用例里没有合同“"+name+"”", fmt.Sprintf("the case has no contract %q", name))
	}
	return i
}

// shares reads the amounts; one that is left out is nil. A total that is given
// must be their sum: it guards the writer against a slip.
func (s *source) shares(f *fields) (sh values.Shares) {
	for key, to := range map[string]*values.Fen{"中央": &sh.Central, "省级": &sh.Provincial, "市级": &sh.City, "县级": &sh.County} {
		if f.get(key) != nil {
			*to = s.amount(f, key)
		}
	}
	if f.get("合计") != nil {
		if total := s.amount(f, "合计"); total != sh.Total() {
			s.fail(f.get("合计"), fmt.Sprintf("合计 %s 与各级之和 %s 不符", total, sh.Total()), fmt.Sprintf("total %s is not the sum of the shares, %s", total, sh.Total()))
		}
	}
	return sh
}

func (s *source) parts(f *fields, w *wantAmounts) {
	if f.get("分政策") == nil {
		return
	}
	w.parts = map[string]values.Shares{}
	for _, item := range s.list(f.get("分政策")) {
		own, ok := s.mapping(item, "政策", "中央", "省级", "市级", "县级", "合计")
		if ok {
			name, _ := s.text(&own, "政策")
			w.parts[name] = s.shares(&own)
		}
	}
}

var conditionLabels = []string{"政策", "判定日", "年龄下限", "年龄上限", "单笔上限", "全户上限", "大额起点",
	"期限月数", "展期月数", "展期次数", "禁用词", "担保"}

// conditionText is a judgement's value under one of the labels, as a case
// writes it; for the two lists, whether they have the word.
func conditionText(j *Judgement, label, want string) string {
	has := func(words []string) string {
		for _, w := range words {
			if w == want {
				return want
			}
		}
		return strings.Join(words, "、")
	}
	switch label {
	case "政策":
		return j.Policy
	case "判定日":
		return j.On.String()
	case "年龄下限":
		return strconv.Itoa(j.MinAge)
	case "年龄上限":
		return strconv.Itoa(j.MaxAge)
	case "单笔上限":
		return j.LoanCeiling.String()
	case "全户上限":
		return j.HouseholdCeiling.String()
	case "大额起点":
		return j.LargeNeedAbove.String()
	case "期限月数":
		return strconv.Itoa(j.TermMonths)
	case "展期月数":
		return strconv.Itoa(j.ExtensionMonths)
	case "展期次数":
		return strconv.Itoa(j.Extensions)
	case "禁用词":
		return has(j.PurposeWords)
	}
	return has(j.Guarantees)
}
