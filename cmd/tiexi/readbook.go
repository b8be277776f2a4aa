package main

import (
	"errors"

	"tiexi/formats/forms"
	"tiexi/formats/loanbook"
	"tiexi/formats/sheet"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

// bookReading is a loan book as the program understands it.
type bookReading struct {
	formReading
	Bank    string         `json:"bank"`
	Quarter values.Quarter `json:"quarter"`
	Balance values.Fen     `json:"balance"`
	Sheets  []bookSheet    `json:"sheets"`
}

type bookSheet struct {
	Name    string       `json:"name"`
	Rows    int          `json:"rows"`
	Loans   int          `json:"loans"`
	Missing []string     `json:"missing,omitempty"`
	Columns []bookColumn `json:"columns"`
}

type bookColumn struct {
	Column  string `json:"column"`
	Heading string `json:"heading"`
	Field   string `json:"field"`
}

// readLoanBook shows a loan book: what its columns are, what it comes to, and
// every cell for which it would be refused.
func (p *program) readLoanBook(book *sheet.Book, options statement.Options) error {
	read, err := loanbook.Read(book, options)
	if err != nil && !errors.Is(err, loanbook.ErrBroken) {
		return refused(err)
	}
	r := &bookReading{formReading: formReading{File: read.File, Kind: forms.KindLoanBook, Date: read.AsOf, Rows: len(read.Loans), Unknown: []string{}, Problems: []cellProblem{}},
		Bank: read.Bank, Quarter: read.Quarter, Balance: read.Balance(), Sheets: []bookSheet{}}
	for _, s := range read.Sheets {
		if s.Hidden {
			continue
		}
		shown := bookSheet{Name: s.Name, Rows: s.Rows, Loans: s.Loans, Missing: s.Missing, Columns: []bookColumn{}}
		for _, c := range s.Columns {
			shown.Columns = append(shown.Columns, bookColumn{sheet.ColumnName(c.Number), c.Heading, c.Field.String()})
		}
		r.Sheets = append(r.Sheets, shown)
		r.Unknown = append(r.Unknown, s.Unknown...)
	}
	for _, problem := range read.Problems {
		r.Problems = append(r.Problems, cellProblem{problem.Sheet, problem.Row, problem.Cell, loanbook.FieldTitle(problem.Field), problem.Raw, problem.Kind})
	}
	if p.json {
		return p.printJSON(r)
	}
	p.printLoanBook(r, read)
	return nil
}

func (p *program) printLoanBook(r *bookReading, read *loanbook.Book) {
	p.answer(p.in("%s：%s", "%s: %s", r.File, kindWords(r.Kind).In(p.lang)))
	if r.Bank != "" {
		p.answer(p.in("银行：%s", "Bank: %s", r.Bank))
	}
	if r.Date.Known() {
		p.answer(p.in("截至：%s", "As of: %s", r.Date))
	}
	for _, s := range r.Sheets {
		if s.Name != "" {
			p.answer(p.in("工作表“%s”：%d 行，%d 笔贷款", "Sheet %q: %d rows, %d loans", s.Name, s.Rows, s.Loans))
		}
		for _, c := range s.Columns {
			field, _ := values.ParseField(c.Field)
			title := loanbook.FieldTitle(field)
			if p.lang == values.English {
				title = c.Field
			}
			p.answer("  " + c.Column + "  " + c.Heading + " → " + title)
		}
		if len(s.Missing) > 0 {
			p.answer(p.in("  没有贷款台账的表头，缺少：%s", "  no loan book's heading; missing: %s", p.list(s.Missing)))
		}
	}
	p.answer(p.in("读出 %d 笔，余额合计 %s 元。", "%d loans, %s yuan in all.", r.Rows, r.Balance.Grouped()))
	if len(r.Unknown) > 0 {
		p.answer(p.in("不认识的表头：%s", "Headings not understood: %s", p.list(r.Unknown)))
	}
	for _, problem := range read.Problems {
		p.item("  ", problem.Words().In(p.lang))
	}
	if len(read.Problems) == 0 {
		p.answer(p.in("每个单元格都读懂了。", "Every cell was understood."))
	} else {
		p.answer(p.in("有 %d 处不能采用，整份台账不会入账；请银行改正后重报。", "%d cells cannot be taken, so that none of the book will be; the bank has to mend it.", len(read.Problems)))
	}
}
