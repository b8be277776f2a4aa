package forms

import (
	"errors"

	"tiexi/formats/cell"
	"tiexi/formats/heading"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// Resolution is what became of an objection.
type Resolution string

// The resolutions; Open is none yet.
const (
	Open     Resolution = ""
	Upheld   Resolution = "upheld"   // 成立
	Rejected Resolution = "rejected" // 不成立
)

// Objection is an objection to a public notice (公示异议).
type Objection struct {
	At         values.Place
	Township   string
	Village    string
	Name       string // the borrower's
	Text       string
	Raised     values.Date
	Resolution Resolution
	Resolved   values.Date // zero while it is open
}

const (
	objectionTownship heading.Key = iota + 1
	objectionVillage
	objectionName
	objectionText
	objectionRaised
	objectionResolution
	objectionResolved
)

var objections = form{heading.New(
	required(objectionTownship, "乡(镇)", "乡镇"),
	required(objectionVillage, "行政村", "村"),
	required(objectionName, "姓名", "借款人"),
	required(objectionText, "异议内容", "异议"),
	required(objectionRaised, "提出日期", "提出时间"),
	required(objectionResolution, "处理结果"),
	column(objectionResolved, "处理日期", "处理时间"),
), errors.New("没有公示异议的表头")}

var resolutions = map[string]Resolution{"成立": Upheld, "不成立": Rejected}

// Objections reads 公示异议. An objection without 处理结果 is open; one with it
// needs 处理日期, not before 提出日期.
func Objections(book *sheet.Book, file string) ([]Objection, []Problem, error) {
	return read(book, file, objections, func(r *record) (Objection, bool) {
		o := Objection{
			At: r.place, Township: r.text(objectionTownship), Village: r.text(objectionVillage), Name: r.text(objectionName),
			Text: r.text(objectionText), Raised: r.date(objectionRaised),
		}
		if !r.blank(objectionResolution) {
			o.Resolution = word(r, objectionResolution, resolutions)
			if o.Resolved = r.date(objectionResolved); o.Resolved.Known() && o.Resolved < o.Raised {
				r.fault(objectionResolved, values.ProblemUnreadable)
			}
		}
		return o, true
	})
}

// Exclusion is a person to whom nothing is paid: deceased, a public employee.
type Exclusion struct {
	At     values.Place
	ID     values.ResidentID
	Name   string
	Reason string
}

const (
	exclusionID heading.Key = iota + 1
	exclusionName
	exclusionReason
)

var exclusions = form{heading.New(
	required(exclusionID, "身份证号", "身份证号码", "证件号码", "公民身份号码"),
	required(exclusionName, "姓名"),
	required(exclusionReason, "原因", "排除原因"),
), errors.New("没有排除名单的表头")}

// Exclusions reads the exclusion list.
func Exclusions(book *sheet.Book, file string) ([]Exclusion, []Problem, error) {
	return read(book, file, exclusions, func(r *record) (Exclusion, bool) {
		e := Exclusion{At: r.place, Name: r.text(exclusionName), Reason: r.text(exclusionReason)}
		var kind values.ProblemKind
		if e.ID, kind = cell.RosterID(r.cell(exclusionID)); kind == "" && e.ID == "" {
			kind = values.ProblemEmpty
		}
		r.fault(exclusionID, kind)
		return e, true
	})
}

// Responsible is a township's responsible bank (主责任银行).
type Responsible struct {
	At       values.Place
	Township string
	Bank     string
}

const (
	responsibleTownship heading.Key = iota + 1
	responsibleBank
)

var responsible = form{heading.New(
	required(responsibleTownship, "乡(镇)", "乡镇"),
	required(responsibleBank, "主责任银行", "责任银行"),
), errors.New("没有主责任银行表的表头")}

// ResponsibleBanks reads the table of responsible banks.
func ResponsibleBanks(book *sheet.Book, file string) ([]Responsible, []Problem, error) {
	return read(book, file, responsible, func(r *record) (Responsible, bool) {
		return Responsible{At: r.place, Township: r.text(responsibleTownship), Bank: r.text(responsibleBank)}, true
	})
}
