package main

import (
	"tiexi/formats/forms"
	"tiexi/formats/roster"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// formReading is any other file than a statement, as the program understands
// it: what it is, how many rows it gives, what could not be read.
type formReading struct {
	File     string        `json:"file"`
	Kind     forms.Kind    `json:"kind"`
	Date     values.Date   `json:"date"` // of a roster
	Rows     int           `json:"rows"`
	Unknown  []string      `json:"unknown"` // headings nothing is known of
	Problems []cellProblem `json:"problems"`
}

type cellProblem struct {
	Sheet  string             `json:"sheet"`
	Row    int                `json:"row"`
	Cell   string             `json:"cell"`
	Column string             `json:"column"`
	Raw    string             `json:"raw"`
	Kind   values.ProblemKind `json:"kind"`
}

// readForm reads a file of that kind; nil for a statement, and for what is none
// of the others, so that the statement's reader says what it lacks.
func readForm(book *sheet.Book, kind forms.Kind, file string) (*formReading, error) {
	r := &formReading{File: file, Kind: kind, Unknown: []string{}, Problems: []cellProblem{}}
	var problems []forms.Problem
	var err error
	switch kind {
	case forms.KindRoster:
		return r, refused(r.roster(book))
	case forms.KindDecisions:
		r.Rows, problems, err = sized(forms.Decisions(book, file))
	case forms.KindObjections:
		r.Rows, problems, err = sized(forms.Objections(book, file))
	case forms.KindExclusions:
		r.Rows, problems, err = sized(forms.Exclusions(book, file))
	case forms.KindResponsible:
		r.Rows, problems, err = sized(forms.ResponsibleBanks(book, file))
	case forms.KindClaims:
		r.Rows, problems, err = sized(forms.Claims(book, file))
	case forms.KindRecoveries:
		r.Rows, problems, err = sized(forms.FundRecoveries(book, file))
	case forms.KindReturn:
	default:
		return nil, nil
	}
	for _, p := range problems {
		r.Problems = append(r.Problems, cellProblem{p.Place.Sheet, p.Place.Row, p.Cell, p.Column, p.Raw, p.Kind})
	}
	return r, refused(err)
}

func sized[T any](rows []T, problems []forms.Problem, err error) (int, []forms.Problem, error) {
	return len(rows), problems, err
}

func (r *formReading) roster(book *sheet.Book) error {
	report, err := roster.Read(book, r.File, func(person *roster.Person) error {
		for _, p := range person.Problems {
			r.Problems = append(r.Problems, cellProblem{person.Sheet, person.Row, p.Cell, p.Column.String(), p.Raw, p.Kind})
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.Date, r.Rows = report.DataDate, report.Persons
	for _, s := range report.Sheets {
		if s.Read() {
			r.Unknown = append(r.Unknown, s.Unknown...)
		}
	}
	return nil
}

func (p *program) printForm(r *formReading) error {
	if p.json {
		return p.printJSON(r)
	}
	p.answer(p.in("%s：%s", "%s: %s", r.File, kindWords(r.Kind).In(p.lang)))
	if r.Kind == forms.KindReturn {
		return nil
	}
	if r.Date.Known() {
		p.answer(p.in("数据日期：%s", "Date: %s", r.Date))
	}
	p.answer(p.in("读出 %d 行。", "%d rows.", r.Rows))
	if len(r.Unknown) > 0 {
		p.answer(p.in("不认识的表头：%s", "Headings not understood: %s", p.list(r.Unknown)))
	}
	for _, problem := range r.Problems {
		p.answer(p.in("  单元格 %s（%s）“%s”：%s", "  cell %s (%s) %q: %s", problem.Cell, problem.Column,
			values.MaskDigits(problem.Raw), problemWords(problem.Kind).In(p.lang)))
	}
	if len(r.Problems) == 0 {
		p.answer(p.in("每个单元格都读懂了。", "Every cell was understood."))
	}
	return nil
}

// kindWords names a kind of file, and where it belongs.
func kindWords(kind forms.Kind) values.Text {
	switch kind {
	case forms.KindRoster:
		return values.Say("帮扶名单，放到 jobs.yaml 的 roster 指明的位置", "a roster; it belongs where roster in jobs.yaml says")
	case forms.KindDecisions:
		return values.Say("填好的问题清单，放进收件文件夹", "a findings workbook with decisions; it belongs into the inbox")
	case forms.KindObjections:
		return values.Say("公示异议，放进收件文件夹", "objections to notices; they belong into the inbox")
	case forms.KindLoanBook:
		return values.Say("贷款台账，放进收件文件夹", "a loan book; it belongs into the inbox")
	case forms.KindReturn:
		return values.Say("回盘文件，用 tiexi return 读入，或放进收件文件夹", "a return file; `tiexi return` reads it, or the inbox")
	case forms.KindExclusions:
		return values.Say("排除名单，在 jobs.yaml 的 exclusions 中指明", "an exclusion list; exclusions in jobs.yaml names it")
	case forms.KindResponsible:
		return values.Say("主责任银行表，在 jobs.yaml 的 responsible 中指明", "a table of responsible banks; responsible in jobs.yaml names it")
	case forms.KindClaims:
		return values.Say("风险补偿申请表，用 tiexi fund claim 读入", "claims on the risk fund; `tiexi fund claim` reads them")
	case forms.KindRecoveries:
		return values.Say("追回资金表，用 tiexi fund recover 读入", "recoveries for the risk fund; `tiexi fund recover` reads them")
	}
	return values.Text{Chinese: string(kind), English: string(kind)}
}
