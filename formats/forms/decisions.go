package forms

import (
	"errors"
	"strings"

	"tiexi/formats/cell"
	"tiexi/formats/heading"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// Decision is what a person wrote beside a held line in 问题清单.xlsx.
type Decision struct {
	At       values.Place // where it was written
	Line     values.Place // the line that it decides
	Bank     string
	Borrower string
	Contract string   // folded, as the line has it
	Outcome  string   // 结论 as it stood in the workbook
	Codes    []string // 问题代码 as they stood in it
	Accept   bool     // 通过; else 退回
	Why      string   // 说明; may be ""
}

const (
	decisionFile heading.Key = iota + 1
	decisionSheet
	decisionRow
	decisionBank
	decisionBorrower
	decisionContract
	decisionOutcome
	decisionCodes
	decisionMessage
	decisionClause
	decisionVerdict
	decisionWhy
)

var decisions = form{heading.New(
	required(decisionFile, "文件"),
	required(decisionSheet, "工作表"),
	required(decisionRow, "行", "行号"),
	required(decisionBank, "银行"),
	column(decisionBorrower, "借款人"),
	required(decisionContract, "合同号"),
	column(decisionOutcome, "结论"),
	column(decisionCodes, "问题代码"),
	column(decisionMessage, "问题说明"),
	column(decisionClause, "依据"),
	required(decisionVerdict, "处理意见"),
	column(decisionWhy, "说明"),
), errors.New("没有核验意见的表头")}

var verdicts = map[string]bool{"通过": true, "退回": false}

// Decisions reads the findings workbook with 处理意见 filled in. Rows without
// one are passed over.
func Decisions(book *sheet.Book, file string) ([]Decision, []Problem, error) {
	return read(book, file, decisions, func(r *record) (Decision, bool) {
		if r.blank(decisionVerdict) {
			return Decision{}, false
		}
		d := Decision{
			At: r.place, Line: values.Place{File: r.text(decisionFile), Sheet: r.optional(decisionSheet)},
			Bank: r.text(decisionBank), Borrower: r.optional(decisionBorrower), Contract: r.contract(decisionContract),
			Outcome: r.optional(decisionOutcome), Codes: codes(r.optional(decisionCodes)),
			Accept: word(r, decisionVerdict, verdicts), Why: r.optional(decisionWhy),
		}
		var kind values.ProblemKind
		if d.Line.Row, kind = cell.Whole(r.cell(decisionRow)); kind == "" && d.Line.Row == 0 {
			kind = values.ProblemUnreadable
		}
		r.fault(decisionRow, kind)
		return d, true
	})
}

// codes splits a list of finding codes.
func codes(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、，,；; \n\r\t　", r) })
}
