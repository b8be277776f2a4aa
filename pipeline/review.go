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
	w := reviewWriter{attempt: a, keep: map[string]bool{}}
	if err := w.gather(); err != nil {
		return err
	}
	if err := w.findings(); err != nil {
		return err
	}
	for tallies := w.tallies; len(tallies) > 0; {
		bank := tallies[0].Bank
		n := slices.IndexFunc(tallies, func(t ledger.SheetTally) bool { return t.Bank != bank })
		if n < 0 {
			n = len(tallies)
		}
		if err := w.returned(bank); err != nil {
			return err
		}
		if err := w.receipt(bank, tallies[:n]); err != nil {
			return err
		}
		tallies = tallies[n:]
	}
	return a.withdrawOthers(w.keep)
}

type reviewWriter struct {
	*attempt
	sheets  *bookSheets
	lines   []foundLine
	tallies []ledger.SheetTally // by bank
	keep    map[string]bool
}

// foundLine is a line that has findings, or goes back.
type foundLine struct {
	ledger.Found
	findings []values.Finding
}

func (w *reviewWriter) gather() (err error) {
	if w.sheets, err = w.attempt.sheets(); err != nil {
		return err
	}
	if w.tallies, err = w.tx.SheetTallies(w.quarter); err != nil {
		return err
	}
	found, err := w.tx.FoundLines(w.quarter)
	if err != nil {
		return err
	}
	w.lines = make([]foundLine, len(found))
	at := make(map[int64]int, len(found))
	for i, f := range found {
		w.lines[i].Found = f
		at[f.Key] = i
	}
	return w.tx.Findings(w.quarter, func(line int64, f values.Finding) error {
		if i, stands := at[line]; stands {
			w.lines[i].findings = append(w.lines[i].findings, f)
		}
		return nil
	})
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
	for _, l := range w.lines {
		if len(l.findings) == 0 {
			continue
		}
		entry := review.Entry{Place: l.Place, Bank: l.Bank, Borrower: l.Borrower, Contract: l.Contract, Outcome: l.Outcome}
		for _, f := range l.findings {
			entry.Findings = append(entry.Findings, reviewFinding(f))
		}
		slices.SortStableFunc(entry.Findings, func(x, y review.Finding) int { return severity(x.Code) - severity(y.Code) })
		if d, ok := decisions[l.Key]; ok && l.Decision == d.ID {
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
	byFile := map[int64][]foundLine{}
	var files []int64
	rows := 0
	for _, l := range w.lines {
		if l.Bank != bank || l.Outcome != values.Returned {
			continue
		}
		if byFile[l.FileID] == nil {
			files = append(files, l.FileID)
		}
		byFile[l.FileID] = append(byFile[l.FileID], l)
		rows++
	}
	if rows == 0 {
		return nil
	}
	for _, id := range files {
		part, err := w.returnedOf(id, byFile[id])
		if err != nil {
			return err
		}
		document.Sheets = append(document.Sheets, part...)
	}
	return w.write("退回-"+book.FileName(bank)+".xlsx", rows, 0, func(b *bytes.Buffer) error { return review.WriteReturned(b, document) })
}

func (w *reviewWriter) returnedOf(file int64, lines []foundLine) ([]review.ReturnedSheet, error) {
	sheets := w.sheets
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
		position := lines[0].Position
		n := slices.IndexFunc(lines, func(l foundLine) bool { return l.Position != position })
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
		for _, l := range lines[:n] {
			row := review.ReturnedRow{Row: l.Row, Cells: cells[l.Row]}
			for _, f := range l.findings {
				if rule, _ := rules.Lookup(f.Code); rule.Outcome == values.Returned || l.Decision != 0 {
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
func rowsOf(bank *sheet.Book, s *ledger.Sheet, lines []foundLine) (map[int][]string, error) {
	cells := map[int][]string{}
	for _, l := range lines {
		cells[l.Row] = nil
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

// receipt tells the bank what came in of it; tallies are its own.
func (w *reviewWriter) receipt(bank string, tallies []ledger.SheetTally) error {
	document := review.Receipt{County: w.job.County.Name, Office: w.job.Office, Bank: bank, Quarter: w.quarter}
	lines := 0
	for _, t := range tallies {
		file := w.sheets.files[t.FileID]
		document.Sheets = append(document.Sheets, review.ReceiptSheet{File: file.Name, Sheet: w.sheets.byPlace[sheetKey{t.FileID, t.Position}].Name, Digest: file.Digest,
			Rows: t.Lines, Balance: t.Balance, Paid: t.Paid, Accepted: t.Accepted, Held: t.Held, Returned: t.Lines - t.Accepted - t.Held})
		lines += t.Lines
	}
	return w.write("收件回执-"+book.FileName(bank)+".xlsx", lines, 0, func(b *bytes.Buffer) error { return review.WriteReceipt(b, document) })
}
