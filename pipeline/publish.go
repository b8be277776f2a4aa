package pipeline

import (
	"fmt"
	"slices"

	"tiexi/formats/notice"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// publishStage reads entitlements and writes the lists that hang in villages
// (一(七), policy.md §6): a first list per village, supplements for what is new
// or higher than what was posted.
var publishStage = stage{
	name: publishName, version: publishVersion,
	inputs: publishInputs,
	settle: publish,
	render: renderNotices,
	waits:  waitForNotice,
}

func publishInputs(a *attempt) (map[string]string, error) {
	m := marks{tx: a.tx}
	inputs := map[string]string{
		"judgements": m.of(a.tx.MarkResult(a.quarter, "validate")),
		"amounts":    m.of(a.tx.MarkResult(a.quarter, "compute")),
		"lists":      m.of(a.tx.MarkLists(a.quarter)),
		"policies":   a.policies.Digest(),
		"settings":   fmt.Sprint(a.job.County, a.job.Office, a.job.Phones, a.job.Notice, a.job.InterestDay),
	}
	return inputs, m.err
}

const (
	publishName    = "publish"
	publishVersion = 2
)

// entry is what a list makes public: that this loan of this borrower is
// subsidised. The loan under another name is new to the village.
type entry struct {
	values.Loan
	borrower string
}

func (l *loanState) entry() entry { return entry{l.Loan, values.FoldName(l.payee)} }

// allPublished tells that every loan is on a posted list at what it is due: its
// lines and its subsidy are those of which publish drew the lists when it ran
// last, and all of those were posted since. It gives that run's record.
func (a *attempt) allPublished(lists []ledger.NoticeList) (drawn ledger.StageRecord, all bool, err error) {
	if slices.ContainsFunc(lists, func(l ledger.NoticeList) bool { return !l.Posted }) {
		return drawn, false, nil
	}
	drawn, ran, err := a.tx.LastStage(a.quarter, publishName)
	if err != nil || !ran || drawn.Version != publishVersion {
		return drawn, false, err
	}
	m := marks{tx: a.tx}
	all = drawn.Inputs["judgements"] == m.of(a.tx.MarkResult(a.quarter, "validate")) && drawn.Inputs["amounts"] == m.of(a.tx.MarkResult(a.quarter, "compute"))
	return drawn, all, m.err
}

func publish(a *attempt) error {
	a.tally["lists"] = "0"
	standing, err := a.tx.NoticeLists(a.quarter)
	if err != nil {
		return err
	}
	if drawn, all, err := a.allPublished(standing); err != nil || all {
		a.took = drawn.In
		return err
	}
	all, err := loans(a.tx, a.quarter)
	if err != nil {
		return err
	}
	if err := a.tx.DropPrintedLists(a.quarter); err != nil {
		return err
	}
	hanging, posted := map[[2]string]int{}, map[entry]values.Fen{}
	for _, l := range standing {
		if l.Posted {
			hanging[[2]string{l.Township, l.Village}]++
		}
	}
	if len(hanging) > 0 { // in whatever village: a household that moves is not published twice
		if posted, _, err = publishedAmounts(a.tx, a.quarter, 0); err != nil {
			return err
		}
	}
	for village := range runs(all, sameVillage) {
		list := ledger.NoticeList{Quarter: a.quarter, Township: village[0].township, Village: village[0].village}
		list.Number = hanging[[2]string{list.Township, list.Village}]
		fresh := a.fresh(village, posted)
		if len(fresh) == 0 {
			continue
		}
		if _, err := a.tx.AddNoticeList(list, fresh); err != nil {
			return err
		}
		a.gave++
	}
	a.tally["lists"] = fmt.Sprint(a.gave)
	return nil
}

func sameVillage(x, y *loanState) bool { return x.township == y.township && x.village == y.village }

// fresh is what a village's next list has: loans that no posted one has at what
// they are due.
func (a *attempt) fresh(village []*loanState, posted map[entry]values.Fen) (items []ledger.NoticeItem) {
	suffixes := suffixes(village)
	for i, l := range village {
		if l.total <= 0 {
			continue
		}
		a.took++
		if posted[l.entry()] >= l.total {
			continue // published already; what is lower needs no notice
		}
		items = append(items, ledger.NoticeItem{Loan: l.Loan, Amount: l.total, Shown: ledger.NoticeRow{
			Borrower: l.payee, Suffix: suffixes[i], Amount: l.amount, Rates: l.rates, From: l.from, To: l.to}})
	}
	return items
}

// suffixes tell people of one name in one village apart by the last four of
// their ids.
func suffixes(village []*loanState) []string {
	persons := make([]notice.Person, len(village))
	for i, l := range village {
		persons[i] = notice.Person{Name: l.payee, ID: l.person}
	}
	return notice.Suffixes(persons)
}
