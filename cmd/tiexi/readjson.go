package main

import (
	"fmt"
	"strings"

	"tiexi/formats/sheet"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

// readAnswer is what `read --json` prints.
type readAnswer struct {
	File       string         `json:"file"`
	Format     string         `json:"format"`
	Encoding   string         `json:"encoding"`
	Quarter    values.Quarter `json:"quarter"`
	Correction bool           `json:"correction"`
	Lines      int            `json:"lines"`
	Sheets     []sheetAnswer  `json:"sheets"`
}

type sheetAnswer struct {
	Name       string         `json:"name"`
	Skipped    string         `json:"skipped"`
	Missing    []string       `json:"missing,omitempty"`
	Title      []string       `json:"title"`
	Bank       string         `json:"bank"`
	Convention string         `json:"convention"`
	Columns    []columnAnswer `json:"columns"`
	Rows       rowCounts      `json:"rows"`
	Totals     []totalAnswer  `json:"totals"`
	Lines      []lineAnswer   `json:"lines"`
}

type columnAnswer struct {
	Column  string `json:"column"`
	Heading string `json:"heading"`
	Field   string `json:"field"`
	Unit    string `json:"unit"`
	Known   bool   `json:"known"`
}

// rowCounts account for every row: total is the sum of the others.
type rowCounts struct {
	Total    int `json:"total"`
	Titles   int `json:"titles"`
	Headings int `json:"headings"`
	Blanks   int `json:"blanks"`
	Lines    int `json:"lines"`
	Totals   int `json:"totals"`
	Footers  int `json:"footers"`
}

type totalAnswer struct {
	Row      int        `json:"row"`
	Label    string     `json:"label"`
	Field    string     `json:"field"`
	Cell     string     `json:"cell"`
	Declared values.Fen `json:"declared"`
	Computed values.Fen `json:"computed"`
	Differs  bool       `json:"differs"`
}

type lineAnswer struct {
	Row      int               `json:"row"`
	Values   map[string]string `json:"values"` // by field; amounts in yuan, dates ISO and inclusive
	Problems []problemAnswer   `json:"problems"`
}

type problemAnswer struct {
	Kind  string `json:"kind"`
	Field string `json:"field"`
	Cell  string `json:"cell"`
	Raw   string `json:"raw"`
}

func (p *program) readJSON(r *reading) readAnswer {
	answer := readAnswer{
		File: r.report.File, Format: string(r.report.Format), Encoding: r.report.Encoding,
		Quarter: r.report.QuarterNamed(), Correction: r.report.Correction, Lines: r.report.Lines(),
	}
	if answer.Quarter.IsZero() {
		answer.Quarter = r.report.QuarterByDays()
	}
	for _, s := range r.report.Sheets {
		answer.Sheets = append(answer.Sheets, sheetJSON(s, r.lines[s.Name]))
	}
	return answer
}

func sheetJSON(s statement.Sheet, lines []values.Line) sheetAnswer {
	answer := sheetAnswer{
		Name: s.Name, Skipped: string(s.Skipped), Missing: s.Missing, Title: append([]string{}, s.Texts...), Bank: s.Bank,
		Convention: string(s.Convention), Columns: []columnAnswer{}, Totals: []totalAnswer{}, Lines: []lineAnswer{},
		Rows: rowCounts{s.Rows, s.TitleRows, len(s.HeadingRows), s.Blanks, s.Lines, s.TotalRows, s.FooterRows},
	}
	for _, c := range s.Columns {
		answer.Columns = append(answer.Columns, columnAnswer{
			sheet.ColumnName(c.Number), strings.Join(c.Path, " / "), c.Field.String(), c.Unit, c.Known || c.Field != values.FieldNone,
		})
	}
	for _, total := range s.Totals {
		for _, f := range total.Figures {
			answer.Totals = append(answer.Totals, totalAnswer{total.Row, total.Label, f.Field.String(), f.Cell, f.Declared, f.Computed, f.Differs()})
		}
	}
	for i := range lines {
		answer.Lines = append(answer.Lines, lineJSON(&lines[i]))
	}
	return answer
}

func lineJSON(l *values.Line) lineAnswer {
	answer := lineAnswer{Row: l.Row, Values: map[string]string{}, Problems: []problemAnswer{}}
	unread := values.FieldSet(0)
	for _, problem := range l.Problems {
		if problem.Kind != values.ProblemPrivateUse {
			unread = unread.With(problem.Field)
		}
	}
	for f := values.FieldNone + 1; f < values.FieldCount; f++ {
		if text := fieldText(l, f); text != "" && l.Cell(f) != "" && !unread.Has(f) {
			answer.Values[f.String()] = text
		}
	}
	// Days and their ends are known even where the sheet has no column of them.
	for _, f := range []values.Field{values.FieldFrom, values.FieldTo, values.FieldDays} {
		answer.Values[f.String()] = fieldText(l, f)
	}
	for _, problem := range l.Problems {
		answer.Problems = append(answer.Problems, problemAnswer{string(problem.Kind), problem.Field.String(), problem.Cell, problem.Raw})
	}
	return answer
}

// fieldText is a field of a line as text.
func fieldText(l *values.Line, f values.Field) string {
	texts := map[values.Field]fmt.Stringer{
		values.FieldBalance: l.Balance, values.FieldPaid: l.Paid, values.FieldDue: l.Due, values.FieldPenalty: l.Penalty, values.FieldAmount: l.Amount,
		values.FieldRate: l.Rate, values.FieldDisbursed: l.Disbursed, values.FieldMatures: l.Matures, values.FieldFrom: l.From, values.FieldTo: l.To,
		values.FieldSigned: l.Signed, values.FieldOriginalMaturity: l.OriginalMaturity, values.FieldExtensionSigned: l.ExtensionSigned,
	}
	if text, ok := texts[f]; ok {
		return text.String()
	}
	words := map[values.Field]string{
		values.FieldBorrower: l.Borrower, values.FieldID: l.ID.Whole(), values.FieldContract: l.Contract, values.FieldTranche: l.Tranche,
		values.FieldDays: fmt.Sprint(l.Days), values.FieldApproved: fmt.Sprint(l.Approved), values.FieldRenewals: fmt.Sprint(l.Renewals),
		values.FieldProduct: l.Product, values.FieldPurpose: l.Purpose, values.FieldGuarantee: l.Guarantee, values.FieldOverdue: l.Overdue,
		values.FieldClass: l.Class, values.FieldHousehold: l.Household, values.FieldHead: l.Head, values.FieldTownship: l.Township,
		values.FieldVillage: l.Village, values.FieldPayoutBank: l.PayoutBank, values.FieldAccount: l.Account.Whole(),
		values.FieldAccountName: l.AccountName, values.FieldLender: l.Bank, values.FieldRemark: l.Remark,
	}
	return words[f]
}
