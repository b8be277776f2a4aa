package fund

import (
	"fmt"
	"io"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// Returned are the claims and recoveries of a bank that were not taken, or that
// a person refused.
type Returned struct {
	County  string
	Office  string
	Phone   string
	Bank    string
	Quarter values.Quarter
	Rows    []ReturnedRow
}

// ReturnedRow is a row of the bank's sheet with the reason.
type ReturnedRow struct {
	Place    values.Place
	Kind     string // in Chinese
	Contract string
	Borrower string
	Amount   values.Fen // 0 where the row cannot be read
	Reason   string
}

// WriteReturned writes 退回-<bank>.xlsx, to be mailed to the bank.
func WriteReturned(w io.Writer, r Returned) error {
	const wide = 8
	title := fmt.Sprintf("%s%s风险补偿退回清单", r.County, r.Quarter.Chinese())
	out := book.New(book.Properties{Title: title + " " + r.Bank})
	s := out.Sheet(book.Layout{Name: "退回", Widths: []int{30, 12, 6, 12, 20, 12, 15, 50}, Landscape: true, Running: title + " " + r.Bank})
	s.Row(book.Text(book.DeskTitle, title).Over(wide))
	note := r.Bank + "：下列各行没有受理，请按退回原因改正后另报一份表。" + r.Office
	if r.Phone != "" {
		note += "，电话 " + r.Phone
	}
	s.Row(book.Text(book.DeskNote, note+"。").Over(wide))
	first := head(s, "文件", "工作表", "行", "事项", "合同号", "借款人", "金额(元)", "退回原因")
	for _, row := range r.Rows {
		amount := book.Empty(book.DeskMoney)
		if row.Amount != 0 {
			amount = book.Fen(book.DeskMoney, row.Amount)
		}
		s.Row(book.Text(book.DeskText, row.Place.File), book.Text(book.DeskCentre, row.Place.Sheet), book.Int(book.DeskInt, row.Place.Row), book.Text(book.DeskCentre, row.Kind),
			book.Text(book.DeskCode, row.Contract), book.Text(book.DeskCentre, row.Borrower), amount, book.Text(book.DeskText, row.Reason))
	}
	if s.Last() > first {
		s.DigitsAsText(5, first+1, 5, s.Last())
	}
	_, err := out.WriteTo(w)
	return err
}
