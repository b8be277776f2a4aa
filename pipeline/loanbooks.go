package pipeline

import (
	"path/filepath"
	"slices"

	"tiexi/formats/loanbook"
	"tiexi/formats/sheet"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// Loan books (贷款台账) come through the inbox beside the statements. They are no
// claim to a subsidy: validate compares them with the lines (rules/book.go), and
// the monitoring table takes its balances from them (monitorbook.go).

func (in *intake) readLoanBook(name string, book *sheet.Book) (*loanbook.Book, error) {
	options, err := StatementOptions(in.job, book, name, in.request.Quarter)
	if err != nil {
		return nil, err
	}
	return loanbook.Read(book, options)
}

// knownBook tells whether the ledger has the same bytes as a loan book, read
// with the same settings, or had them until another book replaced it.
func (in *intake) knownBook(f inboxFile) bool {
	for _, have := range in.books {
		if have.Digest != f.digest {
			continue
		}
		reread := have.Replaced && slices.ContainsFunc(in.books, func(by ledger.LoanBook) bool { return by.ID == have.ReplacedBy && by.Digest == have.Digest })
		switch {
		case in.purged[have.Quarter] != nil:
			return true
		case reread, !have.Replaced && have.Reading != in.reading(have.Bank):
			continue
		case have.Name != f.name:
			in.say(Event{Kind: Note, Stage: "ingest", Text: values.Say(
				"文件 %s 与已收的贷款台账 %s 内容相同，只计一次。", "File %s has the same content as the loan book %s; it counts once.", f.name, have.Name)})
		}
		return true
	}
	return false
}

// takeLoanBook puts a loan book into the ledger, whole.
func (in *intake) takeLoanBook(f *inboxFile, b *loanbook.Book) (refusal values.Text, err error) {
	book := &ledger.LoanBook{Digest: f.digest, Name: f.name, Bank: b.Bank, AsOf: b.AsOf, Size: f.size, Reading: in.reading(b.Bank),
		Correction: b.Correction, Loans: len(b.Loans), Balance: b.Balance()}
	if refusal := in.assignBook(book, b.Quarter); !refusal.IsZero() {
		return refusal, nil
	}
	old, refusal, err := in.replacedBooks(book, b.Loans)
	if err != nil || !refusal.IsZero() {
		return refusal, err
	}
	dropped, err := in.droppedLoans(old, b.Loans)
	if err != nil {
		return refusal, err
	}
	var ids []int64
	for _, o := range old {
		ids = append(ids, o.ID)
	}
	if err := in.tx.AddLoanBook(book, sheetsOfBook(b), b.Loans, ids); err != nil {
		return refusal, err
	}
	for _, o := range old {
		o.Replaced, o.ReplacedBy = true, book.ID
		if o.Digest == book.Digest { // read anew under other settings
			continue
		}
		in.say(Event{Kind: Note, Quarter: book.Quarter, Stage: "ingest", Text: values.Say(
			"贷款台账 %s 替换了 %s；其中 %d 笔不再有%s。", "Loan book %s replaces %s; %d loans are no longer in it%s.", book.Name, o.Name, len(dropped), listed(dropped))})
		if err := in.tx.Record("replace", o.Name, map[string]any{"by": book.Name, "dropped": dropped}); err != nil {
			return refusal, err
		}
	}
	if err := in.archiveBytes(book.Digest, f.content); err != nil {
		return refusal, err
	}
	in.books, in.wrote = append(in.books, *book), true
	in.arrived(book.Quarter, values.Say("贷款台账 %s", "loan book %s", f.name))
	in.say(Event{Kind: FileRead, Quarter: book.Quarter, Stage: "ingest", Done: book.Loans, Text: values.Say(
		"%s：%s %s的贷款台账，%d 笔，余额 %s 元。", "%s: loan book of %s of %s, %d loans, %s yuan.", f.name, book.Bank, book.AsOf, book.Loans, book.Balance.Grouped())})
	if last := book.Quarter.Last(in.job.InterestDay); book.AsOf < last {
		in.say(Event{Kind: Warning, Quarter: book.Quarter, Stage: "ingest", Text: values.Say(
			"贷款台账 %s 是 %s 的，早于季末 %s：监测先按它计，请银行补报季末的台账，会自动替换。",
			"Loan book %s is of %s, before the quarter's end on %s: the monitoring takes it for now. Ask the bank for one of the quarter's end, which takes its place.", book.Name, book.AsOf, last)})
	}
	return refusal, in.tx.Record("ingest", book.Name, map[string]any{"kind": "loan-book", "sha256": book.Digest, "bank": book.Bank, "quarter": book.Quarter,
		"as_of": book.AsOf, "loans": book.Loans, "balance": book.Balance})
}

// assignBook says which quarter a book is for, and refuses one that cannot be
// placed. A bank must be one of jobs.yaml, where it lists any: a stranger's
// loans would pass for the county's.
func (in *intake) assignBook(book *ledger.LoanBook, named values.Quarter) values.Text {
	day := in.job.InterestDay
	switch {
	case book.Bank == "":
		return values.Say("看不出是哪家银行的贷款台账。请在 jobs.yaml 的 banks 中加上这家银行，match 写文件名的通配模式。",
			"The loan book does not say which bank it is from. Add the bank to jobs.yaml, with a glob for its file names in match.")
	case len(in.job.Banks) > 0 && bankSettings(in.job, book.Bank).Name == "":
		return values.Say("这是%s的贷款台账，jobs.yaml 的 banks 里没有这家银行。请核对；是本县的承贷银行，请加上。",
			"This is a loan book of %s, which is not among the banks of jobs.yaml. Add it there if it lends in the county.", book.Bank)
	}
	book.Quarter = named
	switch {
	case named.IsZero() && book.AsOf.Known(): // 2026-09-20 and 2026-09-30 are both the end of the third quarter
		year, month, _ := book.AsOf.Civil()
		book.Quarter = values.Quarter{Year: year, Number: (month-1)/3 + 1}
	case named.IsZero():
		book.Quarter = in.request.Quarter
	}
	if book.Quarter.IsZero() {
		return values.Say("看不出是哪一天的贷款台账：标题、文件名都没有写日期和季度。请在标题写“截至2026年9月20日”这样的日期。",
			"The loan book does not say of which day it is, neither in its title nor in its name. Write the day into its title, like 2026-09-20.")
	}
	q := book.Quarter
	if !book.AsOf.Known() {
		book.AsOf = q.Last(day)
	}
	switch {
	case in.opt.Today < q.Last(day):
		return values.Say("%s 到 %s 才结束，监测按季末的余额。请在季末以后报这份贷款台账。", "%s ends on %s, and the monitoring wants the balances of its end. Send the loan book after that.", q, q.Last(day))
	case book.AsOf > in.opt.Today:
		return values.Say("贷款台账的日期 %s 晚于今天 %s，不可能。请核对标题里的日期。", "The loan book is of %s, which is after today, %s. Check the day in its title.", book.AsOf, in.opt.Today)
	case book.AsOf < q.First(day) || book.AsOf > q.Next().Last(day):
		return values.Say("贷款台账的日期 %s 与它所写的季度 %s（%s 至 %s）不符。请核对标题和文件名。",
			"The loan book is of %s, which does not fit the quarter that it names, %s (%s to %s). Check its title and name.", book.AsOf, q, q.First(day), q.Last(day))
	case in.purged[q] != nil:
		return in.refusePurged(q)
	}
	return values.Text{}
}

// replacedBooks finds the books that this one takes the place of, so that a loan
// counts once: of the bank's books of the quarter, itself where its settings
// changed; the one that --supersedes names; one of the same name; one of an
// earlier day, or one that this one corrects (更正), with loans in common. A book
// with none in common is another part of the bank's loans.
func (in *intake) replacedBooks(book *ledger.LoanBook, loans []values.BookLoan) (old []*ledger.LoanBook, refusal values.Text, err error) {
	superseded := ""
	for oldName, newName := range in.request.Supersedes {
		if filepath.Base(newName) == book.Name {
			superseded = filepath.Base(oldName)
		}
	}
	for i := range in.books {
		o := &in.books[i]
		if o.Replaced || o.Bank != book.Bank || o.Quarter != book.Quarter {
			if o.Digest == book.Digest && !o.Replaced { // it is read as another bank's now
				old = append(old, o)
			}
			continue
		}
		common, err := in.tx.LoansInCommon(loans, o.ID)
		if err != nil {
			return nil, refusal, err
		}
		same := plainName(o.Name) == plainName(book.Name)
		switch {
		case o.Digest == book.Digest, o.Name == superseded:
			old = append(old, o)
		case common == 0 && !same:
		case book.AsOf < o.AsOf:
			return nil, values.Say("已收过%s更新的贷款台账 %s（%s），这份是 %s 的。要以这份为准，请用 --supersedes 指明。",
				"A newer loan book of %s, %s of %s, is here already; this one is of %s. Use --supersedes if this one counts.", o.Bank, o.Name, o.AsOf, book.AsOf), nil
		case same, book.AsOf > o.AsOf, book.Correction:
			old = append(old, o)
		default:
			return nil, values.Say("与已收的贷款台账 %s（同为 %s）有 %d 笔相同的贷款，又没有“更正”字样，无法判断以哪份为准。如果是更正，请在文件名中加“更正”，或用 --supersedes 指明。",
				"It has loans in common with the loan book %s, of %s too: %d. It does not say that it is a correction (更正). Put 更正 into its name, or use --supersedes.", o.Name, o.AsOf, common), nil
		}
	}
	if superseded != "" && !slices.ContainsFunc(old, func(o *ledger.LoanBook) bool { return o.Name == superseded }) {
		return nil, values.Say("--supersedes 指明的旧文件不在台账里。请核对文件名。", "The old file that --supersedes names is not in the ledger. Check the name."), nil
	}
	return old, refusal, nil
}

// droppedLoans are the contracts that older books had and the new one has not.
func (in *intake) droppedLoans(old []*ledger.LoanBook, loans []values.BookLoan) (dropped []string, err error) {
	kept := map[string]bool{}
	for i := range loans {
		kept[loans[i].Contract] = true
	}
	for _, o := range old {
		before, err := in.tx.LoansOfBook(*o)
		if err != nil {
			return nil, err
		}
		for i := range before {
			if c := before[i].Contract; !kept[c] {
				kept[c] = true
				dropped = append(dropped, c)
			}
		}
	}
	return dropped, nil
}

// sheetsOfBook are the sheets that loans stand on, with the letters of their
// columns.
func sheetsOfBook(b *loanbook.Book) (sheets []ledger.BookSheet) {
	for _, s := range b.Sheets {
		if !s.Read() || s.Loans == 0 {
			continue
		}
		own, extended := s.Letters()
		sheets = append(sheets, ledger.BookSheet{Position: s.Index, Name: s.Name, Columns: own, Extended: extended})
	}
	return sheets
}

// bookFiles are the loan books as files, for what is done to all originals.
func bookFiles(tx *ledger.Tx) (files []ledger.File, err error) {
	books, err := tx.LoanBooks()
	for _, b := range books {
		files = append(files, ledger.File{Digest: b.Digest, Name: b.Name, Quarter: b.Quarter})
	}
	return files, err
}
