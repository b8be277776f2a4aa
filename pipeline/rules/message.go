package rules

import (
	"strconv"
	"strings"

	"tiexi/pipeline/values"
)

// Message is the finding as whole sentences for people: where (the cell), what
// stood there, what was expected and what to do next; in Chinese, or in English
// where lang says so. Numbers of ids and accounts are masked. An unknown code
// gives the code itself.
func Message(f values.Finding, lang values.Lang) string {
	rule, ok := Lookup(f.Code)
	if !ok {
		return f.Code
	}
	if lang == values.English {
		return fill("[Cell {cell}: ]"+sentenceOf(f).English, f, lang) + " " + rule.HintEnglish
	}
	return fill("[单元格{cell}：]"+sentenceOf(f).Chinese, f, lang) + rule.Hint
}

// sentenceOf finds the sentence of the finding's code; where a code has several,
// its first detail chooses.
func sentenceOf(f values.Finding) values.Text {
	if len(f.Details) > 0 {
		if s, ok := sentences[f.Code+"/"+f.Details[0]]; ok {
			return s
		}
	}
	return sentences[f.Code]
}

// fill puts the finding's figures into a sentence: {value}, {want}, {cell},
// {field}, and its details as {1}, {2} … What stands in [ ] is left out where a
// figure in it is empty.
func fill(template string, f values.Finding, lang values.Lang) string {
	var out strings.Builder
	for template != "" {
		before, rest, optional := strings.Cut(template, "[")
		text, _ := replace(before, f, lang)
		out.WriteString(text)
		if !optional {
			break
		}
		within, after, _ := strings.Cut(rest, "]")
		if text, whole := replace(within, f, lang); whole {
			out.WriteString(text)
		}
		template = after
	}
	return out.String()
}

// replace fills the figures in; whole tells whether none of them was empty.
func replace(template string, f values.Finding, lang values.Lang) (text string, whole bool) {
	var out strings.Builder
	whole = true
	for {
		before, rest, found := strings.Cut(template, "{")
		out.WriteString(before)
		if !found {
			return out.String(), whole
		}
		name, after, _ := strings.Cut(rest, "}")
		figure := figure(name, f, lang)
		whole = whole && figure != ""
		out.WriteString(figure)
		template = after
	}
}

func figure(name string, f values.Finding, lang values.Lang) string {
	switch name {
	case "value":
		return values.MaskDigits(f.Value)
	case "want":
		return values.MaskDigits(f.Want)
	case "cell":
		return f.Cell
	case "field":
		return FieldTitle(f.Field, lang)
	}
	n, _ := strconv.Atoi(name)
	if n < 1 || n > len(f.Details) {
		return ""
	}
	return f.Details[n-1]
}

// FieldTitle is the column's name for people.
func FieldTitle(field values.Field, lang values.Lang) string {
	if lang == values.English {
		return strings.ReplaceAll(field.String(), "-", " ")
	}
	return fieldTitles[field]
}

var fieldTitles = [values.FieldCount]string{
	values.FieldBorrower: "借款人", values.FieldID: "身份证号", values.FieldContract: "合同号", values.FieldTranche: "借据号",
	values.FieldBalance: "贷款余额", values.FieldRate: "年利率", values.FieldDisbursed: "放款日期", values.FieldMatures: "到期日期",
	values.FieldPaid: "实付利息", values.FieldFrom: "计息起日", values.FieldTo: "计息止日", values.FieldDays: "计息天数",
	values.FieldDue: "应付利息", values.FieldPenalty: "罚息", values.FieldAmount: "贷款金额", values.FieldSigned: "签订日期",
	values.FieldApproved: "大额审批", values.FieldRenewals: "续贷展期次数", values.FieldOriginalMaturity: "原到期日",
	values.FieldExtensionSigned: "展期签订日期", values.FieldProduct: "贷款品种", values.FieldPurpose: "贷款用途",
	values.FieldGuarantee: "担保方式", values.FieldOverdue: "是否逾期", values.FieldClass: "五级分类",
	values.FieldHousehold: "户编号", values.FieldHead: "户主", values.FieldTownship: "乡镇", values.FieldVillage: "行政村",
	values.FieldPayoutBank: "开户银行", values.FieldAccount: "收款账号", values.FieldAccountName: "账户名",
	values.FieldLender: "承贷银行", values.FieldRemark: "备注",
}
