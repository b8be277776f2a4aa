package heading

import "strings"

// turningWords turn a heading that contains a name into another thing:
// somebody else's (户主身份证号), another time's (上期结息日), another kind
// (罚息利率, 担保合同号).
var turningWords = []string{
	"户主", "配偶", "共同", "担保", "保证", "抵押", "质押", "法人", "法定", "经办", "经理", "联系", "监护", "代办", "代理", "家庭成员", "子女",
	"上期", "上季", "上年", "上月", "上次", "去年", "年初", "期初", "季初", "月初", "以前", "此前", "前期", "首次", "首笔", "提前",
	"原", "旧", "累计", "历史", "预计", "计划", "拟", "申请", "授信", "未", "欠", "差额", "减免", "退回", "应",
	"罚", "复利", "逾期", "基准", "浮动", "补贴", "贴息", "财政", "LPR", "展期", "续贷", "证件", "身份证",
}

// turningGroup are those that do so from a group heading above.
var turningGroup = []string{
	"户主", "配偶", "共同", "担保", "保证", "抵押", "质押", "经办", "经理", "联系", "监护",
	"上期", "上季", "上年", "上月", "年初", "期初", "季初", "原", "旧", "累计", "历史", "计划", "申请", "授信", "LPR",
}

// turned tells whether the surroundings of a name hold a word that makes it
// something else; a word that is part of the name itself does not.
func turned(around string, words []string, name string) bool {
	if around == "" {
		return false
	}
	for _, word := range words {
		if strings.Contains(around, word) && !strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// turningBrackets are those that do so from within brackets. Brackets mostly
// explain, 担保方式(信用/保证), so the list is short.
var turningBrackets = []string{
	"户主", "配偶", "上期", "上季", "上年", "年初", "期初", "原", "旧", "累计", "未", "含罚", "含复利", "罚息",
}

// turnedInBrackets is turned for what stands in brackets; 不含罚息 says that
// the column is what its name says.
func turnedInBrackets(brackets, name string) bool {
	for _, word := range []string{"不含罚息", "不含复利", "不含罚复息", "不包括罚息", "不包括复利"} {
		brackets = strings.ReplaceAll(brackets, word, "")
	}
	return turned(brackets, turningBrackets, name)
}

// plainBefore and plainAfter are words that add nothing to a name. The longer
// stand before those they begin with.
var (
	plainBefore = []string{
		"本季度", "本季", "本期", "本次", "本年", "当季", "当期", "季度", "第", "一", "二", "三", "四", "季",
		"借款人", "贷款人", "客户", "农户", "借款", "贷款", "信贷", "现有", "现", "当前", "目前", "最新", "实际", "人民币", "期末", "季末",
		"合同", "借据", "结息", "帮扶", "小额", "脱贫", "户", "年", "月", "Q", "所属", "所在", "的",
		"0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
	}
	plainAfter = []string{"金额", "数额", "额", "数", "号码", "号", "名称", "全称", "合计", "小计", "情况", "如有", "年", "月"}
)

func saysNothing(s string, plain []string) bool {
next:
	for s != "" {
		for _, word := range plain {
			if rest, ok := strings.CutPrefix(s, word); ok {
				s = rest
				continue next
			}
		}
		return false
	}
	return true
}

func containsAny(s string, words []string) bool {
	for _, word := range words {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}
