package pipeline

import (
	"bytes"
	"fmt"
	"iter"
	"path"
	"strings"

	"tiexi/formats/book"
	"tiexi/formats/jobs"
	"tiexi/formats/notice"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// renderNotices writes the lists that are not posted yet, and those of each
// township. A posted list's bytes are in the archive and stay as they hang.
func renderNotices(a *attempt) error {
	lists, err := a.tx.NoticeLists(a.quarter)
	if err != nil {
		return err
	}
	w := noticeWriter{attempt: a, keep: map[string]bool{}}
	if w.terms, err = a.noticeTerms(a.tx, a.quarter); err != nil {
		return err
	}
	if w.before, err = a.digests(); err != nil {
		return err
	}
	if w.dated, err = a.onlyPosted(lists); err != nil {
		return err
	}
	if err := a.putAll(w.before, w.documents(lists)); err != nil {
		return err
	}
	return a.withdrawOthers(w.keep)
}

// onlyPosted tells that since the lists were last written nothing has happened
// to them but that they were posted.
func (a *attempt) onlyPosted(lists []ledger.NoticeList) (bool, error) {
	drawn, all, err := a.allPublished(lists)
	if err != nil || !all || a.only != nil {
		return false, err
	}
	inputs, err := publishInputs(a)
	return inputs["policies"] == drawn.Inputs["policies"] && inputs["settings"] == drawn.Inputs["settings"], err
}

type noticeWriter struct {
	*attempt
	terms  string
	before map[string]string // digests of the files that stand
	dated  bool              // they have all that there is to say, but for the dates of posting
	keep   map[string]bool
}

// noticeFile is a file of some of a township's lists.
type noticeFile struct {
	name  string // below the quarter's folder
	lists []int
	write func(*bytes.Buffer, notice.Heading, []notice.Village) error
}

// documents are the files of all lists. The townships come one after the other,
// and what stands on their lists is read when their turn comes.
func (w *noticeWriter) documents(lists []ledger.NoticeList) iter.Seq2[document, error] {
	return func(yield func(document, error) bool) {
		for township := range runs(lists, sameTownship) {
			wanted, err := w.wanted(township)
			var villages []notice.Village
			if err == nil && len(wanted) > 0 {
				villages, err = w.read(township)
			}
			if err != nil {
				yield(document{}, err)
				return
			}
			for _, f := range wanted {
				if !yield(w.document(f, township[0].Township, villages), nil) {
					return
				}
			}
		}
	}
}

func sameTownship(x, y ledger.NoticeList) bool { return x.Township == y.Township }

// wanted are the township's files that have to be written.
func (w *noticeWriter) wanted(lists []ledger.NoticeList) (files []noticeFile, err error) {
	for _, f := range filesOf(lists) {
		name := path.Join(w.quarter.String(), f.name)
		w.keep[name] = true
		switch _, lost := w.only[name]; {
		case f.write == nil, w.only != nil && !lost:
			continue
		case w.dated && strings.HasSuffix(name, ".xlsx"): // has no dates
			state, err := w.out.Check(name, w.before[name])
			if err != nil {
				return nil, cannotWrite(err)
			}
			if state == outbox.Whole {
				continue
			}
		}
		files = append(files, f)
	}
	return files, nil
}

// filesOf are the files of a township's lists: one of each, which is not written
// any more when it hangs, and two of all of one number.
func filesOf(lists []ledger.NoticeList) (files []noticeFile) {
	byNumber := map[int][]int{}
	last := 0
	for i, l := range lists {
		f := noticeFile{name: villagePath(l), lists: []int{i}}
		if !l.Posted {
			f.write = func(b *bytes.Buffer, h notice.Heading, v []notice.Village) error {
				return notice.WriteVillage(b, h, v[0])
			}
		}
		files = append(files, f)
		byNumber[l.Number] = append(byNumber[l.Number], i)
		last = max(last, l.Number)
	}
	for number := range last + 1 {
		if of := byNumber[number]; of != nil {
			stem := path.Join("公示", notice.FileName(lists[0].Township, number))
			files = append(files,
				noticeFile{stem + ".xlsx", of, func(b *bytes.Buffer, h notice.Heading, v []notice.Village) error {
					return notice.WriteTownship(b, h, v)
				}},
				noticeFile{stem + ".html", of, func(b *bytes.Buffer, h notice.Heading, v []notice.Village) error { return notice.WriteHTML(b, h, v) }})
		}
	}
	return files
}

// read gives what stands on a township's lists.
func (w *noticeWriter) read(lists []ledger.NoticeList) ([]notice.Village, error) {
	items, err := w.tx.NoticeItems(w.quarter, lists[0].Township)
	if err != nil {
		return nil, err
	}
	byList := map[int64][]ledger.NoticeItem{}
	for of := range runs(items, func(x, y ledger.NoticeItem) bool { return x.List == y.List }) {
		byList[of[0].List] = of
	}
	villages := make([]notice.Village, len(lists))
	for i, l := range lists {
		villages[i] = w.village(l, byList[l.ID])
	}
	return villages, nil
}

func (w *noticeWriter) village(l ledger.NoticeList, items []ledger.NoticeItem) notice.Village {
	v := notice.Village{Name: l.Village, Supplement: l.Number, Loans: make([]notice.Loan, len(items)), Posting: notice.Posting{
		Days: w.job.Notice.Days, Workdays: w.job.Notice.Kind == jobs.Workdays, Posted: l.PostedOn}}
	if l.Posted {
		v.Posting.Until = l.PayableOn - 1
	}
	for i, item := range items {
		row := item.Shown
		v.Loans[i] = notice.Loan{Bank: item.Loan.Bank, Subsidy: item.Amount, Borrower: row.Borrower, Suffix: row.Suffix,
			Amount: row.Amount, Rates: row.Rates, From: row.From, To: row.To}
	}
	return v
}

// document is a file of a township with the lists that it shows.
func (w *noticeWriter) document(f noticeFile, township string, villages []notice.Village) document {
	d, shown := document{name: f.name}, make([]notice.Village, len(f.lists))
	for i, at := range f.lists {
		shown[i] = villages[at]
		d.rows += len(shown[i].Loans)
		d.total += subsidyOf(shown[i])
	}
	d.write = func(b *bytes.Buffer) error {
		if err := f.write(b, w.heading(township), shown); err != nil {
			return noticeFault(f.name, err)
		}
		return nil
	}
	return d
}

func (w *noticeWriter) heading(township string) notice.Heading {
	day := w.job.InterestDay
	return notice.Heading{County: w.job.County.Name, Township: township, Quarter: w.quarter,
		From: w.quarter.First(day), To: w.quarter.Last(day), Office: w.job.Office, Terms: w.terms,
		Phones: notice.Phones{Agriculture: w.job.Phones.Agriculture, Finance: w.job.Phones.Finance}}
}

func listName(name string, number int) string {
	if number == 0 {
		return name
	}
	return fmt.Sprintf("%s-补%d", name, number)
}

func villagePath(l ledger.NoticeList) string {
	return path.Join("公示", book.FileName(l.Township), notice.FileName(l.Village, l.Number)+".xlsx")
}

func subsidyOf(v notice.Village) (total values.Fen) {
	for _, l := range v.Loans {
		total += l.Subsidy
	}
	return total
}

func noticeFault(name string, err error) error {
	return &values.Fault{Kind: values.FaultRefused, Err: err,
		What: values.Say("公示清单 %s 没有写出。", "The notice %s was not written.", name),
		Hint: values.Say("请在帮扶名单或银行文件中改正后再运行。", "Mend the roster or the bank's file and run again.")}
}
