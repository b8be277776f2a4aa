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
	text := values.FoldText(r.line.Guarantee)
	if text == "" || len(terms.Guarantees) == 0 || !r.readable(values.FieldGuarantee) || slices.Contains(terms.Guarantees, text) {
		return
	}
	for _, part := range strings.FieldsFunc(text, joinsGuarantees) {
		if !guaranteeAllowed(part, terms.Guarantees) {
			r.add(SecuredLoan, values.FieldGuarantee, r.line.Guarantee, strings.Join(terms.Guarantees, "、"))
			return
		}
	}
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
	text := values.FoldText(r.line.Purpose)
	if text == "" || !r.readable(values.FieldPurpose) {
		return
	}
	for _, word := range terms.PurposeWords {
		if folded := values.FoldText(word); folded != "" && strings.Contains(text, folded) {
			r.add(PurposeNotAllowed, values.FieldPurpose, r.line.Purpose, "", word)
			return
		}
	}
}
