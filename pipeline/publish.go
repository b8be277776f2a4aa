package pipeline

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"

	"tiexi/formats/book"
	"tiexi/formats/jobs"
	"tiexi/formats/notice"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// publishStage reads entitlements and writes the lists that hang in villages
// (一(七), policy.md §6): a first list per village, supplements for what is new
// or higher than what was posted.
var publishStage = stage{
	name: "publish", version: 2,
	inputs: func(a *attempt) (map[string]string, error) {
		m := marks{tx: a.tx}
		inputs := map[string]string{
			"judgements": m.of(a.tx.MarkResult(a.quarter, "validate")),
			"amounts":    m.of(a.tx.MarkResult(a.quarter, "compute")),
			"lists":      m.of(a.tx.MarkLists(a.quarter)),
			"policies":   a.policies.Digest(),
			"settings":   fmt.Sprint(a.job.County, a.job.Office, a.job.Phones, a.job.Notice, a.job.InterestDay),
		}
		return inputs, m.err
	},
	settle: publish,
	render: renderNotices,
	waits:  waitForNotice,
}

// board is the state of a village's lists.
type board struct {
	township, village string
	lists             []ledger.NoticeList
}

func boards(tx *ledger.Tx, q values.Quarter) (map[[2]string]*board, map[int64][]ledger.NoticeItem, error) {
	lists, err := tx.NoticeLists(q)
	if err != nil {
		return nil, nil, err
	}
	items, err := tx.NoticeItems(q)
	if err != nil {
		return nil, nil, err
	}
	byList := map[int64][]ledger.NoticeItem{}
	for _, item := range items {
		byList[item.List] = append(byList[item.List], item)
	}
	villages := map[[2]string]*board{}
	for _, l := range lists {
		key := [2]string{l.Township, l.Village}
		b := villages[key]
		if b == nil {
			b = &board{township: l.Township, village: l.Village}
			villages[key] = b
		}
		b.lists = append(b.lists, l)
	}
	return villages, byList, nil
}

// postedAmounts is, entry by entry, the highest amount on a posted list of
// whatever village: a household that moves is not published twice.
func postedAmounts(villages map[[2]string]*board, items map[int64][]ledger.NoticeItem) map[entry]values.Fen {
	posted := map[entry]values.Fen{}
	for _, b := range villages {
		for _, l := range b.lists {
			if !l.Posted {
				continue
			}
			for _, item := range items[l.ID] {
				posted[entryOf(item)] = max(posted[entryOf(item)], item.Amount)
			}
		}
	}
	return posted
}

// entry is what a list makes public: that this loan of this borrower is
// subsidised. The loan under another name is new to the village.
type entry struct {
	values.Loan
	borrower string
}

func (l *loanState) entry() entry { return entry{l.Loan, values.FoldName(l.payee)} }

func entryOf(item ledger.NoticeItem) entry {
	return entry{item.Loan, values.FoldName(item.Shown.Borrower)}
}

// allPublished tells that every loan is on a posted list at what it is due: its
// lines and its subsidy are those of which publish drew the lists, and all of
// those were posted since.
func (a *attempt) allPublished(lists []ledger.NoticeList) (bool, error) {
	if slices.ContainsFunc(lists, func(l ledger.NoticeList) bool { return !l.Posted }) {
		return false, nil
	}
	drawn, ran, err := a.tx.LastStage(a.quarter, "publish")
	if err != nil || !ran {
		return false, err
	}
	m := marks{tx: a.tx}
	same := drawn.Inputs["judgements"] == m.of(a.tx.MarkResult(a.quarter, "validate")) && drawn.Inputs["amounts"] == m.of(a.tx.MarkResult(a.quarter, "compute"))
	return same, m.err
}

func publish(a *attempt) error {
	all, err := loans(a.tx, a.quarter)
	if err != nil {
		return err
	}
	if err := a.tx.DropPrintedLists(a.quarter); err != nil {
		return err
	}
	villages, items, err := boards(a.tx, a.quarter)
	if err != nil {
		return err
	}
	posted, byName := postedAmounts(villages, items), suffixes(all)
	var order [][2]string
	fresh := map[[2]string][]ledger.NoticeItem{}
	for _, l := range all {
		if l.total <= 0 {
			continue
		}
		a.took++
		key := [2]string{l.township, l.village}
		if posted[l.entry()] >= l.total {
			continue // published already; what is lower needs no notice
		}
		if fresh[key] == nil {
			order = append(order, key)
		}
		fresh[key] = append(fresh[key], ledger.NoticeItem{Loan: l.Loan, Amount: l.total, Shown: ledger.NoticeRow{
			Borrower: l.payee, Suffix: byName[l.Loan], Amount: l.amount, Rates: l.rates, From: l.from, To: l.to}})
	}
	for _, key := range order {
		number := 0
		if b := villages[key]; b != nil {
			number = len(b.lists)
		}
		list := ledger.NoticeList{Quarter: a.quarter, Township: key[0], Village: key[1], Number: number}
		if _, err := a.tx.AddNoticeList(list, fresh[key]); err != nil {
			return err
		}
		a.gave++
	}
	a.tally["lists"] = fmt.Sprint(a.gave)
	return nil
}

// renderNotices writes the lists that are not posted yet. A posted list's
// bytes are in the archive and stay as they hang.
func renderNotices(a *attempt) error {
	villages, items, err := boards(a.tx, a.quarter)
	if err != nil {
		return err
	}
	a.tx.Release("items", a.quarter)
	terms, err := a.noticeTerms(a.tx, a.quarter)
	if err != nil {
		return err
	}
	writer := noticeWriter{attempt: a, terms: terms, keep: map[string]bool{}}
	townships := map[string]map[int][]notice.Village{}
	for _, key := range slices.SortedFunc(maps.Keys(villages), comparePlaces) {
		b := villages[key]
		for _, l := range b.lists {
			v := writer.village(l, items[l.ID])
			if townships[l.Township] == nil {
				townships[l.Township] = map[int][]notice.Village{}
			}
			townships[l.Township][l.Number] = append(townships[l.Township][l.Number], v)
			writer.addVillage(l, v)
		}
	}
	for _, township := range slices.Sorted(maps.Keys(townships)) {
		for _, number := range slices.Sorted(maps.Keys(townships[township])) {
			writer.addTownship(township, number, townships[township][number])
		}
	}
	if err := a.putAll(writer.documents); err != nil {
		return err
	}
	return a.withdrawOthers(writer.keep)
}

type noticeWriter struct {
	*attempt
	terms     string
	keep      map[string]bool
	documents []document
}

// add plans a file.
func (w *noticeWriter) add(name string, rows int, total values.Fen, write func(*bytes.Buffer) error) {
	w.documents = append(w.documents, document{name, rows, total, func(b *bytes.Buffer) error {
		if err := write(b); err != nil {
			return noticeFault(name, err)
		}
		return nil
	}})
}

// suffixes tell people of one name in one village apart by the last four of
// their ids.
func suffixes(all []*loanState) map[values.Loan]string {
	persons := make([]notice.Person, len(all))
	for i, l := range all {
		persons[i] = notice.Person{Village: l.township + "\x00" + l.village, Name: l.payee, ID: l.person}
	}
	byLoan := map[values.Loan]string{}
	for i, suffix := range notice.Suffixes(persons) {
		byLoan[all[i].Loan] = suffix
	}
	return byLoan
}

func (w *noticeWriter) heading(township string) notice.Heading {
	day := w.job.InterestDay
	return notice.Heading{County: w.job.County.Name, Township: township, Quarter: w.quarter,
		From: w.quarter.First(day), To: w.quarter.Last(day), Office: w.job.Office, Terms: w.terms,
		Phones: notice.Phones{Agriculture: w.job.Phones.Agriculture, Finance: w.job.Phones.Finance}}
}

func (w *noticeWriter) village(l ledger.NoticeList, items []ledger.NoticeItem) notice.Village {
	v := notice.Village{Name: l.Village, Supplement: l.Number, Posting: notice.Posting{
		Days: w.job.Notice.Days, Workdays: w.job.Notice.Kind == jobs.Workdays, Posted: l.PostedOn}}
	if l.Posted {
		v.Posting.Until = l.PayableOn - 1
	}
	for _, item := range items {
		row := item.Shown
		v.Loans = append(v.Loans, notice.Loan{Bank: item.Loan.Bank, Subsidy: item.Amount, Borrower: row.Borrower, Suffix: row.Suffix,
			Amount: row.Amount, Rates: row.Rates, From: row.From, To: row.To})
	}
	return v
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

func (w *noticeWriter) addVillage(l ledger.NoticeList, v notice.Village) {
	name := villagePath(l)
	w.keep[path.Join(w.quarter.String(), name)] = true
	if !l.Posted {
		w.add(name, len(v.Loans), subsidyOf(v), func(b *bytes.Buffer) error { return notice.WriteVillage(b, w.heading(l.Township), v) })
	}
}

func (w *noticeWriter) addTownship(township string, number int, villages []notice.Village) {
	rows, total := 0, values.Fen(0)
	for _, v := range villages {
		rows += len(v.Loans)
		total += subsidyOf(v)
	}
	stem := path.Join("公示", notice.FileName(township, number))
	for _, form := range []struct {
		extension string
		write     func(*bytes.Buffer) error
	}{
		{".xlsx", func(b *bytes.Buffer) error { return notice.WriteTownship(b, w.heading(township), villages) }},
		{".html", func(b *bytes.Buffer) error { return notice.WriteHTML(b, w.heading(township), villages) }},
	} {
		name := stem + form.extension
		w.keep[path.Join(w.quarter.String(), name)] = true
		w.add(name, rows, total, form.write)
	}
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
