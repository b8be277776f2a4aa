package pipeline

import (
	"bytes"
	"path"
	"slices"

	"tiexi/formats/book"
	"tiexi/formats/cell"
	"tiexi/formats/review"
	"tiexi/formats/sheet"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// renderReview writes what people work through after validate: the findings
// workbook, each bank's returned lines, and its receipt.
func renderReview(a *attempt) error {
	if past, err := purges(a.tx); err != nil || past[a.quarter] != nil {
		return err // settled, and its workbooks deleted for good
	}
	views, err := a.lineViews()
	if err != nil {
		return err
	}
	w := reviewWriter{attempt: a, views: views, keep: map[string]bool{}, banks: map[string][]*judgedLine{}}
	for _, v := range views {
		if w.banks[v.Bank] == nil {
			w.order = append(w.order, v.Bank)
		}
		w.banks[v.Bank] = append(w.banks[v.Bank], v)
	}
	slices.Sort(w.order)
	if err := w.findings(); err != nil {
		return err
	}
	for _, bank := range w.order {
		if err := w.returned(bank); err != nil {
			return err
		}
		if err := w.receipt(bank); err != nil {
			return err
		}
	}
	return a.withdrawOthers(w.keep)
}

type reviewWriter struct {
	*attempt
	views []*judgedLine
	banks map[string][]*judgedLine
	order []string
	keep  map[string]bool
}

func (w *reviewWriter) write(name string, rows int, total values.Fen, write func(*bytes.Buffer) error) error {
	name = path.Join("核验", name)
	w.keep[path.Join(w.quarter.String(), name)] = true
	var content bytes.Buffer
	if err := write(&content); err != nil {
		return err
	}
	return w.put(name, content.Bytes(), rows, total)
}

func (w *reviewWriter) findings() error {
	decisions, err := w.tx.Decisions(w.quarter)
	if err != nil {
		return err
	}
	document := review.Findings{County: w.job.County.Name, Quarter: w.quarter}
	for _, v := range w.views {
		if len(v.findings) == 0 {
			continue
		}
		entry := review.Entry{Place: values.Place{File: v.File, Sheet: v.Sheet, Row: v.Row}, Bank: v.Bank, Borrower: v.Borrower, Contract: v.Contract, Outcome: v.Outcome}
		for _, f := range v.findings {
			entry.Findings = append(entry.Findings, reviewFinding(f))
		}
		slices.SortStableFunc(entry.Findings, func(x, y review.Finding) int { return severity(x.Code) - severity(y.Code) })
		if d, ok := decisions[v.key]; ok && v.judgement.Decision == d.ID {
			entry.Decision, entry.Why = review.Accept, d.Why
			if d.Verdict == "return" {
				entry.Decision = review.Return
			}
		}
		document.Entries = append(document.Entries, entry)
	}
	return w.write("问题清单.xlsx", len(document.Entries), 0, func(b *bytes.Buffer) error { return review.WriteFindings(b, document) })
}

func reviewFinding(f values.Finding) review.Finding {
	rule, _ := rules.Lookup(f.Code)
	return review.Finding{Code: f.Code, Title: rule.Title, Clause: rule.Clause, Message: rules.Message(f, values.Chinese),
		Cell: f.Cell, Value: values.MaskDigits(f.Value), Want: values.MaskDigits(f.Want)}
}

func severity(code string) int {
	rule, _ := rules.Lookup(code)
	return slices.Index([]values.Outcome{values.Returned, values.Held, values.PaymentHold, values.Notice}, rule.Outcome)
}

// returned writes the bank's returned lines as the bank wrote them, read again
// from the archived file.
func (w *reviewWriter) returned(bank string) error {
	document := review.Returned{County: w.job.County.Name, Office: w.job.Office, Phone: w.job.Phones.Agriculture, Bank: bank, Quarter: w.quarter}
	byFile := map[int64][]*judgedLine{}
	var files []int64
	rows := 0
	for _, v := range w.banks[bank] {
		if v.Outcome != values.Returned {
			continue
		}
		if byFile[v.file] == nil {
			files = append(files, v.file)
		}
		byFile[v.file] = append(byFile[v.file], v)
		rows++
	}
	if rows == 0 {
		return nil
	}
	sheets, err := w.sheets()
	if err != nil {
		return err
	}
	for _, id := range files {
		part, err := w.returnedOf(sheets, id, byFile[id])
		if err != nil {
			return err
		}
		document.Sheets = append(document.Sheets, part...)
	}
	return w.write("退回-"+book.FileName(bank)+".xlsx", rows, 0, func(b *bytes.Buffer) error { return review.WriteReturned(b, document) })
}

func (w *reviewWriter) returnedOf(sheets *bookSheets, file int64, lines []*judgedLine) ([]review.ReturnedSheet, error) {
	content, err := w.archive.Read(archiveName(sheets.files[file].Digest))
	if err != nil {
		return nil, cannotWrite(err)
	}
	bank, err := sheet.OpenBytes(sheets.files[file].Name, content)
	if err != nil {
		return nil, err
	}
	defer func() { _ = bank.Close() }()
	var parts []review.ReturnedSheet
	for len(lines) > 0 {
		position := lines[0].position
		n := slices.IndexFunc(lines, func(v *judgedLine) bool { return v.position != position })
		if n < 0 {
			n = len(lines)
		}
		here := sheets.byPlace[sheetKey{file, position}]
		part := review.ReturnedSheet{File: sheets.files[file].Name, Sheet: here.Name}
		for _, c := range here.Columns {
			part.Headings = append(part.Headings, c.Heading)
		}
		cells, err := rowsOf(bank, here, lines[:n])
		if err != nil {
			return nil, err
		}
		for _, v := range lines[:n] {
			row := review.ReturnedRow{Row: v.Row, Cells: cells[v.Row]}
			for _, f := range v.findings {
				if rule, _ := rules.Lookup(f.Code); rule.Outcome == values.Returned || v.judgement.Decision != 0 {
					row.Reasons = append(row.Reasons, rules.Message(f, values.Chinese))
				}
			}
			part.Rows = append(part.Rows, row)
		}
		parts, lines = append(parts, part), lines[n:]
	}
	return parts, nil
}

// rowsOf reads the cells of the given lines, in the sheet's column order.
func rowsOf(bank *sheet.Book, s *ledger.Sheet, lines []*judgedLine) (map[int][]string, error) {
	cells := map[int][]string{}
	for _, v := range lines {
		cells[v.Row] = nil
	}
	date1904 := bank.Sheets()[s.Position].Date1904
	err := bank.Rows(s.Position, func(row sheet.Row) error {
		if _, wanted := cells[row.Number]; !wanted {
			return nil
		}
		texts := make([]string, len(s.Columns))
		for i, c := range s.Columns {
			texts[i] = cell.Shown(row.Cell(c.Index), date1904)
		}
		cells[row.Number] = texts
		return nil
	})
	return cells, err
}

func (w *reviewWriter) receipt(bank string) error {
	document := review.Receipt{County: w.job.County.Name, Office: w.job.Office, Bank: bank, Quarter: w.quarter}
	sheets, err := w.sheets()
	if err != nil {
		return err
	}
	var last *review.ReceiptSheet
	for _, v := range w.banks[bank] {
		if last == nil || last.File != v.File || last.Sheet != v.Sheet {
			document.Sheets = append(document.Sheets, review.ReceiptSheet{File: v.File, Sheet: v.Sheet, Digest: sheets.files[v.file].Digest})
			last = &document.Sheets[len(document.Sheets)-1]
		}
		last.Rows++
		last.Balance += v.line.Balance
		last.Paid += v.line.Paid
		switch v.Outcome {
		case values.Accepted:
			last.Accepted++
		case values.Held:
			last.Held++
		default:
			last.Returned++
		}
	}
	return w.write("收件回执-"+book.FileName(bank)+".xlsx", len(w.banks[bank]), 0, func(b *bytes.Buffer) error { return review.WriteReceipt(b, document) })
}
