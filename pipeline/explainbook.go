package pipeline

import (
	"context"
	"fmt"

	"tiexi/formats/heading"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// ExplainedBook is a row of the bank's loan book, with the cells it rests on. It
// is part of no amount: the monitoring reads it, and what differs from the lines
// is a finding of theirs.
type ExplainedBook struct {
	File    string            `json:"file"`
	Sheet   string            `json:"sheet"`
	Row     int               `json:"row"`
	Cells   map[string]string `json:"cells"` // field → address
	AsOf    values.Date       `json:"as_of"`
	Tranche string            `json:"tranche,omitempty"`
	Balance values.Fen        `json:"balance"`
	Matures values.Date       `json:"matures"`
	Overdue bool              `json:"overdue"`
	Class   string            `json:"class,omitempty"`
}

func explainedBook(l *values.BookLoan) ExplainedBook {
	e := ExplainedBook{File: l.File, Sheet: l.Sheet, Row: l.Row, Cells: map[string]string{}, AsOf: l.AsOf, Tranche: l.Tranche,
		Balance: l.Balance, Matures: l.Matures, Overdue: l.Overdue, Class: l.Class}
	for f := values.FieldBorrower; f < values.FieldCount; f++ {
		if cell := l.Cell(f); cell != "" {
			e.Cells[f.String()] = cell
		}
	}
	return e
}

// Words are the row in a sentence.
func (e ExplainedBook) Words() values.Text {
	zh, en := "", ""
	if e.Overdue {
		zh, en = zh+"，逾期", en+", overdue"
	}
	if e.Class != "" {
		zh, en = zh+"，五级分类"+e.Class, en+", class "+e.Class
	}
	return values.Text{
		Chinese: fmt.Sprintf("截至 %s：余额 %s 元（%s），%s 到期（%s）%s。", e.AsOf, e.Balance.Grouped(), e.Cells["balance"], e.Matures, e.Cells["matures"], zh),
		English: fmt.Sprintf("On %s: balance %s yuan (%s), maturing on %s (%s)%s.", e.AsOf, e.Balance.Grouped(), e.Cells["balance"], e.Matures, e.Cells["matures"], en),
	}
}

// explainBook finds the loans in the bank's book.
func (a *attempt) explainBook(all []*Explanation, views []*judgedLine) error {
	loans, err := a.tx.BookLoans(a.quarter)
	if err != nil || len(loans) == 0 {
		return err
	}
	books := rules.NewBooks(loans)
	for _, e := range all {
		shown := map[*values.BookLoan]bool{}
		for _, v := range views {
			if v.Bank != e.Bank || v.Contract != e.Contract {
				continue
			}
			for _, l := range books.Find(v.line.Loan(), v.line.Tranche) {
				if !shown[l] {
					shown[l] = true
					e.Book = append(e.Book, explainedBook(l))
				}
			}
		}
	}
	return nil
}

// findOnlyBooked says so where a contract stands in a loan book and on no
// statement.
func (w *Workspace) findOnlyBooked(ctx context.Context, quarters []values.Quarter, r ExplainRequest) error {
	for _, q := range quarters {
		err := w.view(ctx, q, func(a *attempt) error {
			loans, err := a.tx.BookLoans(q)
			if err != nil {
				return err
			}
			for i := range loans {
				l := &loans[i]
				if r.Contract != "" && l.Contract == values.FoldText(r.Contract) && (r.Bank == "" || l.Bank == r.Bank) || r.Person != "" && l.ID == r.Person {
					return onlyBooked(q, l)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func onlyBooked(q values.Quarter, l *values.BookLoan) error {
	words := explainedBook(l).Words()
	return values.Refuse(values.Text{
		Chinese: fmt.Sprintf("%s 的贴息名单里没有这笔贷款，没有贴息。它在%s的贷款台账“%s”%s第 %d 行：%s", q, l.Bank, l.File, heading.InSheet(l.Sheet), l.Row, words.Chinese),
		English: fmt.Sprintf("No statement of %s has this loan, so it earns nothing. It is in row %d of the loan book %q of %s. %s", q, l.Row, l.File, l.Bank, words.English),
	}, values.Say("应当贴息的，请银行补报贴息名单。", "If it should earn a subsidy, the bank has to report it."))
}
