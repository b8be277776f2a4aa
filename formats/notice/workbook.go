package notice

import (
	"bytes"
	"io"
	"sync"

	"tiexi/formats/book"
)

// The columns, as formats.md names them.
var columns = []string{"序号", "借款人", "承贷银行", "贷款金额(元)", "年利率(%)", "计息起止", "贴息金额(元)", "备注"}

// WriteVillage writes a village's list as a workbook of one sheet, 公示: A4
// across, a row per loan, a 合计 row, room for the seal. The two dates of the
// notice period are left to be filled in by hand, because a list is printed
// before it is posted. Personal numbers anywhere in it are an error
// (ErrPersonalNumber), and then nothing is written.
func WriteVillage(w io.Writer, h Heading, v Village) error {
	if err := check(v); err != nil {
		return err
	}
	place := h.Township + v.Name
	title := h.title(place, v.Supplement)
	b := book.New(book.Properties{Title: title, Date: h.Date})
	t := list{heading: h, place: place, title: title, posting: v.Posting, villages: []Village{v}, total: v.total()}
	t.write(b)
	return release(w, b)
}

// WriteTownship writes a township's list: sheet 公示 with a 行政村 column, and
// sheet 汇总 with a row per list. A village may come more than once, with its
// supplements. The first village's posting says how long it hangs.
func WriteTownship(w io.Writer, h Heading, villages []Village) error {
	if err := check(villages...); err != nil {
		return err
	}
	title := h.title(h.Township, commonSupplement(villages))
	b := book.New(book.Properties{Title: title, Date: h.Date})
	totals := make([]total, len(villages))
	t := list{heading: h, place: h.Township, title: title, villages: villages, township: true}
	for i, v := range villages {
		totals[i] = v.total()
		t.total = t.total.plus(totals[i])
	}
	if len(villages) > 0 {
		t.posting = villages[0].Posting
	}
	t.write(b)
	writeVillageTotals(b, h, villages, totals, t.total)
	return release(w, b)
}

// commonSupplement is the number that all lists share, or 0.
func commonSupplement(villages []Village) int {
	number := 0
	for i, v := range villages {
		if i > 0 && v.Supplement != number {
			return 0
		}
		number = v.Supplement
	}
	return number
}

// finished holds files that are not let out yet.
var finished = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// release scans the finished file and only then lets it out.
func release(w io.Writer, b *book.Book) error {
	buffer := finished.Get().(*bytes.Buffer)
	defer finished.Put(buffer)
	buffer.Reset()
	if _, err := b.WriteTo(buffer); err != nil {
		return err
	}
	if err := Scan(buffer.Bytes()); err != nil {
		return err
	}
	_, err := buffer.WriteTo(w)
	return err
}

// list is the sheet 公示 of a village or a township.
type list struct {
	heading  Heading
	place    string
	title    string
	posting  Posting
	villages []Village
	total    total
	township bool // with a column for the village
}

// headings are the columns' titles.
func (l list) headings() []string {
	if l.township {
		return append([]string{columns[0], "行政村"}, columns[1:]...)
	}
	return columns
}

// widths fit the names; the table as a whole fills a sheet of A4 across.
func (l list) widths() []int {
	var people, banks, villages, remarks []string
	for _, v := range l.villages {
		villages = append(villages, v.label())
		for _, loan := range v.Loans {
			people = append(people, loan.name())
			banks = append(banks, loan.Bank)
			remarks = append(remarks, loan.Remark)
		}
	}
	name := book.Fit(book.BoardCentre, 12, 20, people...)
	bank := book.Fit(book.BoardText, 18, 26, banks...)
	if l.township {
		village := book.Fit(book.BoardCentre, 12, 18, villages...)
		return []int{6, village, name, bank, 15, 11, 25, 15, book.Fit(book.BoardText, 12, 20, remarks...)}
	}
	return []int{6, name, bank, 16, 12, 26, 16, book.Fit(book.BoardText, 16, 24, remarks...)}
}

func (l list) write(b *book.Book) {
	headings := l.headings()
	s := b.Sheet(book.Layout{Name: "公示", Widths: l.widths(), Landscape: true, Running: l.title})
	wide := len(headings)
	t := l.total
	s.Row(book.Text(book.Title, l.title).Over(wide))
	s.Row(book.Text(book.Paragraph, l.heading.opening(l.place, t)).Over(wide))
	s.Row(book.Text(book.Paragraph, l.posting.blank()).Over(wide))
	cells := make([]book.Cell, 0, wide)
	for _, heading := range headings {
		cells = append(cells, book.Text(book.BoardHead, heading))
	}
	head := s.RowOfHeight(28, cells...)
	s.Repeat(head, head)
	number := 0
	for _, v := range l.villages {
		for _, loan := range v.Loans {
			number++
			s.Row(l.row(cells[:0], number, v, loan)...)
		}
	}
	s.RowOfHeight(28,
		book.Text(book.BoardTotalText, "合计").Over(wide-5),
		book.Fen(book.BoardTotalMoney, t.amount),
		book.Empty(book.BoardTotalText), book.Empty(book.BoardTotalText),
		book.Fen(book.BoardTotalMoney, t.subsidy), book.Empty(book.BoardTotalText))
	l.heading.close(s, wide)
}

func (l list) row(cells []book.Cell, number int, v Village, loan Loan) []book.Cell {
	cells = append(cells, book.Int(book.BoardCentre, number))
	if l.township {
		cells = append(cells, book.Text(book.BoardCentre, v.label()))
	}
	rate := book.Text(book.BoardCentre, loan.rates())
	if len(loan.Rates) == 1 {
		rate = book.Number(book.BoardRate, loan.Rates[0].String())
	}
	return append(cells,
		book.Text(book.BoardCentre, loan.name()),
		book.Text(book.BoardText, loan.Bank),
		book.Fen(book.BoardMoney, loan.Amount),
		rate,
		book.Text(book.BoardCentre, loan.period()),
		book.Fen(book.BoardMoney, loan.Subsidy),
		book.Text(book.BoardText, loan.Remark))
}

// close writes where to object, who signs, and leaves room for the seal.
func (h Heading) close(s *book.Sheet, wide int) {
	const sealColumns = 4
	s.Row(book.Text(book.Paragraph, h.objections()).Over(wide))
	s.RowOfHeight(24)
	for _, line := range []string{h.office() + "（盖章）", h.day()} {
		s.RowOfHeight(36, book.Empty(book.Default).Over(wide-sealColumns), book.Text(book.Signature, line).Over(sealColumns))
	}
}

func writeVillageTotals(b *book.Book, h Heading, villages []Village, totals []total, all total) {
	title := h.title(h.Township, commonSupplement(villages)) + "汇总"
	var names []string
	for _, v := range villages {
		names = append(names, v.label())
	}
	widths := []int{7, book.Fit(book.BoardCentre, 20, 30, names...), 10, 10, 19, 19}
	s := b.Sheet(book.Layout{Name: "汇总", Widths: widths, Running: title})
	s.Row(book.Text(book.Title, title).Over(len(widths)))
	headings := []string{"序号", "行政村", "人数", "笔数", "贷款金额(元)", "贴息金额(元)"}
	cells := make([]book.Cell, 0, len(headings))
	for _, heading := range headings {
		cells = append(cells, book.Text(book.BoardHead, heading))
	}
	head := s.RowOfHeight(28, cells...)
	s.Repeat(head, head)
	for i, v := range villages {
		t := totals[i]
		s.Row(book.Int(book.BoardCentre, i+1), book.Text(book.BoardCentre, v.label()),
			book.Int(book.BoardInt, t.people), book.Int(book.BoardInt, t.loans),
			book.Fen(book.BoardMoney, t.amount), book.Fen(book.BoardMoney, t.subsidy))
	}
	s.RowOfHeight(28, book.Text(book.BoardTotalText, "合计").Over(2),
		book.Int(book.BoardTotalInt, all.people), book.Int(book.BoardTotalInt, all.loans),
		book.Fen(book.BoardTotalMoney, all.amount), book.Fen(book.BoardTotalMoney, all.subsidy))
}
