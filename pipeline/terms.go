package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

// noticeTerms say on the public notice how far the subsidy goes, in the words
// of the policies' own figures (一(六)): of those policies that the quarter's
// subsidy rests on. Older contracts keep terms of their own (五(二)), which the
// sentence does not spell out.
func (w *Workspace) noticeTerms(tx *ledger.Tx, q values.Quarter) (string, error) {
	used, err := tx.PoliciesUsed(q)
	if err != nil {
		return "", err
	}
	var tiers, older []string
	for _, p := range w.policies.Policies() {
		if !slices.Contains(used, p.Name) {
			continue
		}
		if words := tierTerms(p); words != "" {
			tiers = append(tiers, words)
		} else {
			older = append(older, p.Title)
		}
	}
	sentence := ""
	if len(tiers) > 0 {
		sentence = "贴息标准：" + strings.Join(tiers, "；") + "。"
	}
	if len(older) > 0 {
		sentence += strings.Join(older, "、") + "合同按签订时的政策贴息。"
	}
	return sentence, nil
}

// tierTerms is the sentence of a policy with tiers, "" for one without.
func tierTerms(p *policy.Policy) string {
	value := map[string]string{}
	for _, item := range p.Describe() {
		if item.Row != "" && value[item.Key] == "" {
			value[item.Key] = item.Value
		}
	}
	first, second := value["tier1.up_to"], value["tier2.up_to"]
	if first == "" {
		return ""
	}
	words := fmt.Sprintf("同一户贷款%s（含）以下部分，%s给予贴息", shortYuan(first), sharesOf("tier1.", value))
	if limit := value["tier1.total_cap"]; limit != "" {
		words += "，财政累计贴息不超过" + tight(limit)
	}
	if second != "" {
		words += fmt.Sprintf("；经批准的大额贷款，%s以上、%s（含）以下部分，%s给予贴息", shortYuan(first), shortYuan(second), sharesOf("tier2.", value))
	}
	return words + "；其余利息由借款人承担"
}

// sharesOf names who pays how much: 中央财政按贷款利率的70%（不超过2.5个百分点）、….
func sharesOf(tier string, value map[string]string) string {
	var shares []string
	for _, budget := range []struct{ key, name string }{{"central", "中央"}, {"provincial", "省级"}, {"city", "市级"}, {"county", "县级"}} {
		words := value[tier+budget.key]
		if words == "" {
			continue
		}
		rate, limit, capped := strings.Cut(tight(words), "，")
		if capped {
			rate += "（" + limit + "）"
		}
		shares = append(shares, budget.name+"财政按"+rate)
	}
	return strings.Join(slices.Compact(shares), "、")
}

func tight(words string) string { return strings.ReplaceAll(words, " ", "") }

// shortYuan is 5万元 for 50,000.00 元; what is no whole 万 stays as it is.
func shortYuan(words string) string {
	number, _ := strings.CutSuffix(strings.ReplaceAll(tight(words), ",", ""), ".00元")
	if yuan, err := strconv.Atoi(number); err == nil && yuan > 0 && yuan%10000 == 0 {
		return strconv.Itoa(yuan/10000) + "万元"
	}
	return tight(words)
}
