package onecard

import (
	"strings"

	"tiexi/pipeline/values"
)

// Reason is why a payment failed: the platform's words brought to a closed list.
type Reason string

// The reasons. [ReturnRow] keeps the platform's own words beside it.
const (
	NoReason     Reason = ""
	NameMismatch Reason = "名不符"
	BadAccount   Reason = "卡号不存在或有误"
	Closed       Reason = "销户"
	Frozen       Reason = "冻结或状态异常"
	OverLimit    Reason = "限额"
	Other        Reason = "其他"
)

// reasonWords are looked for in order: what a bank says of an account's state
// often names the account too (账号状态异常), so that the vaguest stand last.
var reasonWords = []struct {
	reason Reason
	words  []string
}{
	{Closed, []string{"销户", "注销", "清户"}},
	{Frozen, []string{"冻结", "异常", "挂失", "止付", "久悬", "睡眠", "休眠", "未激活", "停用", "管控", "非正常"}},
	{OverLimit, []string{"限额", "超限", "超额", "额度"}},
	{NameMismatch, []string{"名不符", "户名", "姓名", "名称", "名不一致"}},
	{BadAccount, []string{"不存在", "有误", "错误", "无效", "无此", "卡号", "账号", "帐号", "账户", "帐户"}},
}

// ReasonOf brings a platform's words to the closed list; what it does not know
// is [Other].
func ReasonOf(words string) Reason {
	folded := values.FoldText(words)
	for _, known := range reasonWords {
		for _, word := range known.words {
			if strings.Contains(folded, word) {
				return known.reason
			}
		}
	}
	return Other
}
