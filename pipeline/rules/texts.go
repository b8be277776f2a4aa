package rules

import (
	"slices"
	"strings"

	"tiexi/pipeline/values"
)

// guarantee looks for anything but the allowed guarantees (一(五), 一(八)). A
// text that joins several ("信用+抵押") is taken apart, and each part must be
// allowed.
func (r *report) guarantee(terms *values.Conditions) {
	if r.readable(values.FieldGuarantee) && secured(r.line.Guarantee, terms.Guarantees) {
		r.add(SecuredLoan, values.FieldGuarantee, r.line.Guarantee, strings.Join(terms.Guarantees, "、"))
	}
}

// secured tells whether a guarantee is anything but the allowed ones; without a
// list everything is allowed.
func secured(guarantee string, allowed []string) bool {
	text := values.FoldText(guarantee)
	if text == "" || len(allowed) == 0 || slices.Contains(allowed, text) {
		return false
	}
	return slices.ContainsFunc(strings.FieldsFunc(text, joinsGuarantees), func(part string) bool { return !guaranteeAllowed(part, allowed) })
}

func joinsGuarantees(char rune) bool { return strings.ContainsRune("、,;/+&|和及加", char) }

// guaranteeAllowed compares with the list. A listed text that itself speaks of a
// guarantee (免担保, 农业担保) may stand anywhere in the part, as in a company's
// name; a bare word (信用, 无) must be all of it, since 信用 also begins
// 信用社职工担保.
func guaranteeAllowed(part string, allowed []string) bool {
	bare := part
	for _, suffix := range []string{"贷款", "方式", "类"} {
		bare = strings.TrimSuffix(bare, suffix)
	}
	for _, text := range allowed {
		text = values.FoldText(text)
		if part == text || bare == text || strings.ContainsRune(text, '担') && strings.Contains(part, text) {
			return true
		}
	}
	return false
}

// purpose looks for words of uses that the notice rules out (一(九)).
func (r *report) purpose(terms *values.Conditions) {
	if word := ruledOut(r.line.Purpose, terms.PurposeWords); word != "" && r.readable(values.FieldPurpose) {
		r.add(PurposeNotAllowed, values.FieldPurpose, r.line.Purpose, "", word)
	}
}

// ruledOut is the first of the words that the purpose has, "" for none.
func ruledOut(purpose string, words []string) string {
	text := values.FoldText(purpose)
	for _, word := range words {
		if folded := values.FoldText(word); folded != "" && strings.Contains(text, folded) {
			return word
		}
	}
	return ""
}
