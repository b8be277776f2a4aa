package pipeline

import (
	"slices"

	"tiexi/formats/report"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// bookChecks set the books beside the statements: what each bank's book comes to
// and how the table gets from there to its closing balance, what differs, and
// what only the book has.
func (a *attempt) bookChecks(m *report.Monitoring, b *quarterBooks, closing map[string]values.Fen, views []*judgedLine) error {
	live, err := a.tx.LiveLoanBooks(a.quarter)
	if err != nil {
		return err
	}
	sums := map[string]*report.BookSum{}
	for _, book := range live {
		sum := sums[book.Bank]
		if sum == nil {
			sum = &report.BookSum{Bank: book.Bank}
			sums[book.Bank] = sum
		}
		sum.Files = append(sum.Files, report.BookFile{Name: book.Name, AsOf: book.AsOf})
		sum.Loans += book.Loans
		sum.Balance += book.Balance
	}
	for i := range b.loans {
		l := &b.loans[i]
		if !b.counted[l] {
			sums[l.Bank].LeftOut += l.Balance
		}
	}
	for _, bank := range a.sortedBanks(sums) {
		sum := sums[bank]
		sum.Closing = closing[bank]
		sum.OnlyListed = sum.Closing + sum.LeftOut - sum.Balance
		m.Books = append(m.Books, *sum)
	}
	for _, v := range views {
		for _, f := range v.findings {
			if f.Code == rules.BookDiffers || f.Code == rules.NotInBook {
				m.BookChecks = append(m.BookChecks, listCheck(v, f))
			}
		}
	}
	m.BookChecks = append(m.BookChecks, b.onlyBook(views)...)
	return nil
}

func (w *Workspace) sortedBanks(sums map[string]*report.BookSum) (banks []string) {
	for bank := range sums {
		banks = append(banks, bank)
	}
	slices.SortFunc(banks, w.compareBanks)
	return banks
}

// listCheck is a line's finding as the sheet lists it.
func listCheck(v *judgedLine, f values.Finding) report.BookCheck {
	rule, _ := rules.Lookup(f.Code)
	check := report.BookCheck{Kind: rule.Title, Bank: v.Bank, Contract: v.Contract, Borrower: v.Borrower, ListedAt: values.Place{File: v.File, Sheet: v.Sheet, Row: v.Row}}
	if f.Code == rules.NotInBook {
		check.Item, check.Listed, check.ListedCell = rules.FieldTitle(values.FieldBalance, values.Chinese), v.line.Balance.Grouped(), v.line.Cell(values.FieldBalance)
		check.Note = "余额按名单计"
		return check
	}
	check.Item, check.Listed, check.ListedCell = rules.FieldTitle(f.Field, values.Chinese), shownFigure(f.Field, f.Value), f.Cell
	check.Booked, check.BookedAt, check.BookedCell = shownFigure(f.Field, f.Want), values.Place{File: f.Details[1], Sheet: f.Details[2]}, f.Details[3]
	if f.Details[0] == "stopped" {
		check.Booked = "余额 " + shownFigure(values.FieldBalance, f.Want)
		check.Note = "名单停止计息又没有写逾期，台账仍有余额"
	}
	return check
}

func shownFigure(f values.Field, text string) string {
	if amount, err := values.ParseFen(text); err == nil && (f == values.FieldBalance || f == values.FieldAmount) {
		return amount.Grouped()
	}
	return values.MaskDigits(text)
}

// onlyBook lists the book's loans that no line names, and those that do not
// count, with what is known of them.
func (b *quarterBooks) onlyBook(views []*judgedLine) (checks []report.BookCheck) {
	listed, sentBack := map[*values.BookLoan]bool{}, map[*values.BookLoan]bool{}
	for _, v := range views {
		for _, l := range b.Find(v.line.Loan(), v.line.Tranche) {
			listed[l] = listed[l] || v.Outcome != values.Returned
			sentBack[l] = sentBack[l] || v.Outcome == values.Returned
		}
	}
	for i := range b.loans {
		l := &b.loans[i]
		kind, note := "名单中没有", b.leftOut(l)
		switch {
		case listed[l] && note == "", note == "" && (!b.counted[l] || b.gone(l)):
			continue
		case note != "":
		case sentBack[l]:
			kind, note = "名单中已退回", "余额按台账计"
		case len(b.roster[l.ID]) == 0:
			note = "借款人不在帮扶名单，余额按台账计"
		default:
			note = "余额按台账计"
		}
		checks = append(checks, report.BookCheck{Kind: kind, Bank: l.Bank, Contract: l.Contract, Borrower: l.Borrower, Item: rules.FieldTitle(values.FieldBalance, values.Chinese),
			Booked: l.Balance.Grouped(), BookedAt: l.Place, BookedCell: l.Cell(values.FieldBalance), Note: note})
	}
	for _, l := range b.repaid {
		checks = append(checks, report.BookCheck{Kind: "上季台账有，本季没有", Bank: l.Bank, Contract: l.Contract, Borrower: l.Borrower, Item: rules.FieldTitle(values.FieldBalance, values.Chinese),
			Booked: l.Balance.Grouped(), BookedAt: l.Place, BookedCell: l.Cell(values.FieldBalance), Note: "视为本期已收回"})
	}
	return checks
}
