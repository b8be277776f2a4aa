package onecard

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// File is one file of a batch, as [Profile.Files] plans it.
type File struct {
	Name      string // 2026Q3-01.xlsx
	Rows      int    // payments in it
	Sum       values.Fen
	extension string
	payments  []Payment
}

// Files plans a batch's files: one per extension, township (where the profile
// wants that) and RowLimit payments. It recomputes the batch's totals and
// refuses the whole batch, with everything that is wrong, where they differ
// (ErrTotals) or a payment cannot be written (*PaymentError).
func (p Profile) Files(b Batch) ([]File, error) {
	if err := p.checkBatch(b); err != nil {
		return nil, err
	}
	var files []File
	for _, extension := range p.Extensions {
		for _, group := range p.groups(b) {
			f := File{Name: b.ID + group.suffix + "." + extension, Rows: len(group.payments), extension: extension, payments: group.payments}
			for i := range group.payments {
				f.Sum += group.payments[i].Amount
			}
			files = append(files, f)
		}
	}
	return files, nil
}

type group struct {
	suffix   string // of the file name
	payments []Payment
}

// groups splits the batch by township, in order of first appearance, and each
// of them by RowLimit.
func (p Profile) groups(b Batch) []group {
	whole := []group{{payments: b.Payments}}
	if p.OneFilePerTownship {
		whole = nil
		place := make(map[string]int)
		for _, pay := range b.Payments {
			i, known := place[pay.Township]
			if !known {
				i = len(whole)
				place[pay.Township] = i
				whole = append(whole, group{suffix: "-" + book.FileName(pay.Township)})
			}
			whole[i].payments = append(whole[i].payments, pay)
		}
	}
	if p.RowLimit == 0 {
		return whole
	}
	var parts []group
	for _, g := range whole {
		if len(g.payments) <= p.RowLimit {
			parts = append(parts, g)
			continue
		}
		part := 0
		for payments := range slices.Chunk(g.payments, p.RowLimit) {
			part++
			parts = append(parts, group{fmt.Sprintf("%s-第%d份", g.suffix, part), payments})
		}
	}
	return parts
}

// Write writes one of the batch's files, as Files planned it: a heading row, a
// row per payment, and no row below the last one. Where the payments no longer
// come to the plan's sum, it is a *TotalsError and nothing is written.
func (p Profile) Write(w io.Writer, b Batch, f File) error {
	planned := Batch{ID: f.Name, Payments: f.payments, Count: f.Rows, Sum: f.Sum}
	if err := planned.checkTotals(); err != nil {
		return err
	}
	if f.extension == workbook {
		return p.writeWorkbook(w, b, f)
	}
	return p.writeText(w, b, f)
}

// text is what the column says for the payment that is number n in its file.
func (c Column) text(b *Batch, pay *Payment, n int) string {
	switch c.Value {
	case Sequence:
		return strconv.Itoa(n)
	case Serial:
		return pay.Serial
	case BatchID:
		return b.ID
	case ItemCode:
		return b.ItemCode
	case ItemName:
		return b.ItemName
	case County:
		return b.County
	case Township:
		return pay.Township
	case Village:
		return pay.Village
	case Name:
		return pay.Name
	case ResidentID:
		return pay.ID.Whole()
	case Bank:
		return pay.Bank
	case Account:
		return pay.Account.Whole()
	case Amount:
		return pay.Amount.String()
	case Memo:
		return b.Memo
	case Remark:
		return pay.Remark
	case Quarter:
		return b.Quarter.Chinese()
	case Constant:
		return c.Words
	}
	return ""
}

// widths are the columns' usual widths; names and places may need more.
var widths = map[Value]int{
	Sequence: 7, Serial: 22, BatchID: 12, ItemCode: 14, ItemName: 20, County: 12, Township: 14, Village: 14, Name: 14,
	ResidentID: 22, Bank: 24, Account: 23, Amount: 14, Memo: 14, Remark: 18, Quarter: 16, Constant: 10,
}

func (p Profile) writeWorkbook(w io.Writer, b Batch, f File) error {
	layout := book.Layout{Name: p.Sheet, Landscape: true, FreezeRows: 1}
	if layout.Name == "" {
		layout.Name = "Sheet1"
	}
	cells := make([]book.Cell, len(p.Columns))
	for i, c := range p.Columns {
		layout.Widths = append(layout.Widths, book.Fit(book.DataHead, widths[c.Value], 40, c.Title))
		cells[i] = book.Text(book.DataHead, c.Title)
	}
	out := book.New(book.Properties{Title: b.ItemName + " " + b.ID})
	s := out.Sheet(layout)
	s.RowOfHeight(rowHeight, cells...)
	s.Repeat(1, 1)
	for n := range f.payments {
		for i, c := range p.Columns {
			text := c.text(&b, &f.payments[n], n+1)
			switch {
			case c.Value == Amount && !c.Text:
				cells[i] = book.Fen(book.DataAmount, f.payments[n].Amount)
			case c.Value == Sequence && !c.Text:
				cells[i] = book.Number(book.DataInt, text)
			default:
				cells[i] = book.Text(book.DataText, text)
			}
		}
		s.RowOfHeight(rowHeight, cells...)
	}
	if len(f.payments) > 0 {
		s.DigitsAsText(1, 2, len(p.Columns), s.Last())
	}
	_, err := out.WriteTo(w)
	return err
}

const rowHeight = 18

// writeText writes separated text with CRLF line ends, in the profile's
// encoding; ids and accounts are bare digits.
func (p Profile) writeText(w io.Writer, b Batch, f File) error {
	buffered := bufio.NewWriter(w)
	encoded := io.WriteCloser(nopCloser{buffered})
	switch p.Encoding {
	case "gb18030":
		encoded = transform.NewWriter(buffered, simplifiedchinese.GB18030.NewEncoder())
	case "utf-8-bom":
		_, _ = buffered.WriteString("\uFEFF") // the error sticks, and Flush gives it
	}
	rows := csv.NewWriter(encoded)
	rows.UseCRLF = true
	if p.Separator != "" {
		rows.Comma = rune(p.Separator[0])
	}
	row := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		row[i] = c.Title
	}
	if err := rows.Write(row); err != nil {
		return err
	}
	for n := range f.payments {
		for i, c := range p.Columns {
			row[i] = c.text(&b, &f.payments[n], n+1)
		}
		if err := rows.Write(row); err != nil {
			return err
		}
	}
	rows.Flush()
	if err := rows.Error(); err != nil {
		return err
	}
	if err := encoded.Close(); err != nil {
		return err
	}
	return buffered.Flush()
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
