package review

import (
	"fmt"
	"io"

	"tiexi/formats/book"
)

// WriteReceipt writes 收件回执-<bank>.xlsx: what arrived from the bank, sheet by
// sheet with its sums, what became of it, and the files that could not be taken.
func WriteReceipt(w io.Writer, r Receipt) error {
	title := fmt.Sprintf("%s%s贴息名单收件回执", r.County, r.Quarter.Chinese())
	out := book.New(book.Properties{Title: title + " " + r.Bank, Date: r.Date})
	s := out.Sheet(book.Layout{Name: "收件回执", Widths: []int{40, 14, 9, 18, 18, 9, 9, 9}, Landscape: true, Running: title + " " + r.Bank})
	const wide = 8
	s.Row(book.Text(book.DeskTitle, title).Over(wide))
	s.Row(book.Text(book.DeskNote, fmt.Sprintf("%s：贵行报送的%s贴息名单已收到，登记如下，请核对。通过、待核、退回三项之和等于行数；退回的行另见退回清单。", r.Bank, r.Quarter.Chinese())).Over(wide))
	heads := make([]book.Cell, 0, wide)
	for _, heading := range []string{"文件", "工作表", "行数", "计息本金合计(元)", "实付利息合计(元)", "通过", "待核", "退回"} {
		heads = append(heads, book.Text(book.DeskHead, heading))
	}
	head := s.RowOfHeight(24, heads...)
	s.Repeat(head, head)
	var total ReceiptSheet
	for _, sheet := range r.Sheets {
		s.Row(append([]book.Cell{book.Text(book.DeskText, sheet.File), book.Text(book.DeskCentre, sheet.Sheet)}, sheet.cells(book.DeskInt, book.DeskMoney)...)...)
		total = total.plus(sheet)
	}
	s.RowOfHeight(24, append([]book.Cell{book.Text(book.DeskTotalText, "合计").Over(2)}, total.cells(book.DeskTotalInt, book.DeskTotalMoney)...)...)
	r.digests(s, wide)
	r.refused(s, wide)
	s.RowOfHeight(24)
	for _, line := range []string{r.Office, r.day()} {
		s.RowOfHeight(24, book.Empty(book.Default).Over(4), book.Text(book.Subtitle, line).Over(4))
	}
	_, err := out.WriteTo(w)
	return err
}

func (r Receipt) day() string {
	if !r.Date.Known() {
		return "______年____月____日"
	}
	return r.Date.Chinese()
}

func (s ReceiptSheet) cells(count, money book.Style) []book.Cell {
	return []book.Cell{
		book.Int(count, s.Rows), book.Fen(money, s.Balance), book.Fen(money, s.Paid),
		book.Int(count, s.Accepted), book.Int(count, s.Held), book.Int(count, s.Returned),
	}
}

func (s ReceiptSheet) plus(o ReceiptSheet) ReceiptSheet {
	return ReceiptSheet{
		Rows: s.Rows + o.Rows, Balance: s.Balance + o.Balance, Paid: s.Paid + o.Paid,
		Accepted: s.Accepted + o.Accepted, Held: s.Held + o.Held, Returned: s.Returned + o.Returned,
	}
}

// digests name each file's bytes, so that both sides can tell which one it was.
func (r Receipt) digests(s *book.Sheet, wide int) {
	seen := make(map[string]bool)
	for _, sheet := range r.Sheets {
		if sheet.Digest == "" || seen[sheet.File] {
			continue
		}
		if len(seen) == 0 {
			s.RowOfHeight(12)
			s.RowOfHeight(22, book.Text(book.DeskHead, "文件"), book.Text(book.DeskHead, "SHA-256").Over(wide-1))
		}
		seen[sheet.File] = true
		s.Row(book.Text(book.DeskText, sheet.File), book.Text(book.DeskText, sheet.Digest).Over(wide-1))
	}
}

func (r Receipt) refused(s *book.Sheet, wide int) {
	if len(r.Refused) == 0 {
		return
	}
	s.RowOfHeight(12)
	s.RowOfHeight(22, book.Text(book.DeskReturnedHead, "未能接收的文件"), book.Text(book.DeskReturnedHead, "原因").Over(wide-1))
	for _, file := range r.Refused {
		s.Row(book.Text(book.DeskText, file.File), book.Text(book.DeskText, file.Reason).Over(wide-1))
	}
}
