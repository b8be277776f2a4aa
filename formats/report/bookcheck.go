package report

import (
	"slices"
	"strings"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// BookSum is what a bank's loan books (贷款台账) come to, and how the table gets
// from there to the bank's closing balance: Balance − LeftOut + OnlyListed =
// Closing.
type BookSum struct {
	Bank       string
	Files      []BookFile
	Loans      int // rows
	Balance    values.Fen
	LeftOut    values.Fen // of loans issued after the quarter or compensated by the fund
	OnlyListed values.Fen // of loans that the statement has and the book has not
	Closing    values.Fen
}

// BookFile is a loan book and the day of its figures.
type BookFile struct {
	Name string
	AsOf values.Date
}

// BookCheck is a figure of which statement and loan book say different things,
// or a loan that only one of them has, with both places.
type BookCheck struct {
	Kind                     string
	Bank, Contract, Borrower string
	Item                     string // which figure, "" for the whole loan
	Listed                   string // as the statement has it
	ListedAt                 values.Place
	ListedCell               string
	Booked                   string // as the book has it
	BookedAt                 values.Place
	BookedCell               string // several, where the loan has tranches
	Note                     string
}

const bookNote = "报来贷款台账的银行，期末余额、逾期、不良、到期和续贷展期按台账计，不在贴息名单的贷款也计入，每笔只计一次。" +
	"期初余额和本期发放按名单；名单没有的贷款，期初余额按上季台账，没有上季台账的视为本期没有收回；上季台账有、本季台账和名单都没有的，视为本期已收回。" +
	"台账余额－未计入＋台账没有而名单有的＝期末余额。"

// booksBeside are the sheets 台账核对 and 台账核对明细, where a bank sent its loan
// book.
func (m Monitoring) booksBeside(out *book.Book) {
	if len(m.Books) == 0 {
		return
	}
	titles := []string{"承贷银行", "贷款台账", "截至", "笔数", "台账余额(元)", "未计入(元)", "台账没有的(元)", "期末余额(元)"}
	s := out.Sheet(book.Layout{Name: "台账核对", Widths: []int{24, 44, 12, 8, 17, 17, 17, 17}, Landscape: true, Running: m.title("（台账核对）"), FreezeRows: 3})
	s.Row(book.Text(book.DeskTitle, m.title("（台账核对）")).Over(len(titles)))
	s.Row(book.Text(book.DeskNote, bookNote).Over(len(titles)))
	s.Row(heads(titles)...)
	for _, b := range m.Books {
		var names, days []string
		for _, f := range b.Files {
			names, days = append(names, f.Name), append(days, f.AsOf.String())
		}
		s.Row(book.Text(book.DeskText, b.Bank), book.Text(book.DeskText, strings.Join(names, "；")), book.Text(book.DeskCentre, strings.Join(slices.Compact(days), "；")), book.Int(book.DeskInt, b.Loans),
			book.Fen(book.DeskMoney, b.Balance), book.Fen(book.DeskMoney, b.LeftOut), book.Fen(book.DeskMoney, b.OnlyListed), book.Fen(book.DeskMoney, b.Closing))
	}
	m.checks(out)
}

func (m Monitoring) checks(out *book.Book) {
	titles := []string{"情况", "承贷银行", "合同号", "借款人", "项目", "名单所列", "名单位置", "台账所列", "台账位置", "说明"}
	s := out.Sheet(book.Layout{Name: "台账核对明细", Widths: []int{16, 20, 26, 10, 12, 20, 36, 20, 36, 30}, Landscape: true, Running: m.title("（台账核对明细）"), FreezeRows: 3, FreezeColumns: 4})
	s.Row(book.Text(book.DeskTitle, m.title("（台账核对明细）")).Over(len(titles)))
	s.Row(book.Text(book.DeskNote, "贴息名单与贷款台账不一致的，和只在其中一份的贷款。都不影响贴息，请与银行核对（三(六)）。").Over(len(titles)))
	head := s.Row(heads(titles)...)
	s.Repeat(head, head)
	for _, c := range m.BookChecks {
		s.Row(book.Text(book.DeskText, c.Kind), book.Text(book.DeskText, c.Bank), book.Text(book.DeskCode, c.Contract), book.Text(book.DeskText, c.Borrower), book.Text(book.DeskCentre, c.Item),
			book.Text(book.DeskFigure, c.Listed), book.Text(book.DeskText, where(c.ListedAt, c.ListedCell)), book.Text(book.DeskFigure, c.Booked), book.Text(book.DeskText, where(c.BookedAt, c.BookedCell)),
			book.Text(book.DeskText, c.Note))
	}
	if len(m.BookChecks) == 0 {
		s.Row(book.Text(book.DeskText, "名单与台账一致。").Over(len(titles)))
		return
	}
	s.DigitsAsText(3, head+1, 9, s.Last())
	s.Filter(head, s.Last())
}

func heads(titles []string) (cells []book.Cell) {
	for _, t := range titles {
		cells = append(cells, book.Text(book.DeskHead, t))
	}
	return cells
}

// where is a place with its cell: 台账.xlsx “Sheet1” F5.
func where(p values.Place, cell string) string {
	if p.File == "" {
		return ""
	}
	text := p.File
	if p.Sheet != "" {
		text += "“" + p.Sheet + "”"
	}
	return strings.TrimSpace(text + " " + cell)
}
