package pipeline

import (
	"context"
	"slices"
	"sync"

	"tiexi/formats/calendar"
	"tiexi/formats/jobs"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// NoticeRequest names lists of the quarter by place; without a place it means
// all.
type NoticeRequest struct {
	Quarter  values.Quarter
	On       values.Date
	Township string
	Village  string
	Why      string // for taking a posting back
	DryRun   bool
}

// NoticeView is a list and what it waits for.
type NoticeView struct {
	Township  string      `json:"township"`
	Village   string      `json:"village"`
	Number    int         `json:"number"` // 0 the first list, 1 补1 …
	Loans     int         `json:"loans"`
	Total     values.Fen  `json:"total"`
	State     string      `json:"state"` // printed, posted or cleared
	PostedOn  values.Date `json:"posted_on"`
	Until     values.Date `json:"until"` // last day of the notice
	PayableOn values.Date `json:"payable_on"`
	Objection int         `json:"objections"` // open ones in the village
}

// NoticeReport is what a request changed.
type NoticeReport struct{ Lists []NoticeView }

// PostNotice records that lists were posted on a day; it starts their clock.
func (w *Workspace) PostNotice(ctx context.Context, r NoticeRequest) (*NoticeReport, error) {
	if r.On > w.opt.Today {
		return nil, values.Refuse(
			values.Say("张贴日期 %s 晚于今天 %s。", "The day of posting %s is after today %s.", r.On, w.opt.Today),
			values.Say("请在真正张贴之后再登记，并填写实际日期。", "Record it when the lists really hang, with the real date."))
	}
	report := &NoticeReport{}
	payable, err := w.payableOn(r.On)
	if err != nil {
		return nil, err
	}
	err = w.act(ctx, r.Quarter, "notice", r.DryRun, func(a *attempt) error {
		lists, err := a.chosenLists(r)
		if err != nil {
			return err
		}
		lists = slices.DeleteFunc(lists, func(l ledger.NoticeList) bool { return l.Posted })
		sums, err := a.tx.ListSums(a.quarter)
		if err != nil {
			return err
		}
		open, err := a.openObjections()
		if err != nil {
			return err
		}
		var kept sync.Map // digests, so that no content is written twice at a time
		err = inOrder(len(lists), waitingForDisk, func(i int) (string, error) { return a.archiveList(lists[i], &kept) }, func(i int, digest string) error {
			l := lists[i]
			if err := a.checkArchived(l, digest); err != nil {
				return err
			}
			if err := a.tx.PostList(l.ID, r.On, payable); err != nil {
				return err
			}
			if err := a.tx.Record("notice posted", listSubject(l), map[string]any{"on": r.On, "payable_on": payable}); err != nil {
				return err
			}
			l.Posted, l.PostedOn, l.PayableOn = true, r.On, payable
			report.Lists = append(report.Lists, a.noticeView(l, sums[l.ID], open))
			return nil
		})
		if err == nil && len(report.Lists) == 0 {
			return values.Refuse(values.Say("指明的清单都已经登记过张贴。", "All of these lists are recorded as posted already."),
				values.Say("登记错了可以用 tiexi notice unpost 撤销。", "`tiexi notice unpost` takes a mistaken record back."))
		}
		return err
	})
	return report, err
}

// payableOn is the day after a notice posted that day has run: n days, first
// and last included (policy.md §6).
func (w *Workspace) payableOn(posted values.Date) (values.Date, error) {
	days := w.job.Notice.Days
	if w.job.Notice.Kind != jobs.Workdays {
		return calendar.CalendarDays(posted, days) + 1, nil
	}
	c, err := Holidays(w.job)
	if err != nil {
		return 0, err
	}
	last, err := c.LastDay(posted, days)
	return last + 1, err
}

// Holidays are the years that come with the program, and the county's own.
func Holidays(job *jobs.Job) (*calendar.Calendar, error) {
	c, err := calendar.Load()
	for _, file := range job.Holidays {
		if err == nil {
			err = c.LoadFile(file)
		}
	}
	return c, err
}

// archiveList keeps the bytes of a list that now hangs, which is immutable, and
// gives their digest. It uses nothing of the ledger.
func (a *attempt) archiveList(l ledger.NoticeList, kept *sync.Map) (digest string, err error) {
	name := a.quarter.String() + "/" + villagePath(l)
	content, err := a.out.Read(name)
	if err != nil {
		return "", values.Refuse(values.Say("清单文件 %s 不在了。", "The list %s is gone.", a.out.FullPath(name)),
			values.Say("请先运行 tiexi run 重新生成。", "Run `tiexi run` to write it again."))
	}
	digest = outbox.Digest(content)
	if _, twice := kept.LoadOrStore(digest, true); twice {
		return digest, nil
	}
	return a.keep(content)
}

// checkArchived refuses a list that is not as it was written.
func (a *attempt) checkArchived(l ledger.NoticeList, digest string) error {
	name := a.quarter.String() + "/" + villagePath(l)
	output, known, err := a.tx.Output(name)
	if err != nil || !known {
		return err
	}
	if digest != output.SHA256 {
		return values.Refuse(values.Say("清单文件 %s 在生成之后被改动过，不能登记张贴。", "The list %s was changed after it was written and cannot be recorded as posted.", a.out.FullPath(name)),
			values.Say("请删除改动过的文件，运行 tiexi run 重新生成并打印张贴；内容需要更正时请改名单或银行文件。", "Delete it, run `tiexi run` and post the new print; mend contents in the roster or the bank's file."))
	}
	output.Archived = true
	return a.tx.PutOutput(output)
}

// UnpostNotice takes back a posting that was recorded by mistake.
func (w *Workspace) UnpostNotice(ctx context.Context, r NoticeRequest) (*NoticeReport, error) {
	if r.Why == "" {
		return nil, needWhy()
	}
	report := &NoticeReport{}
	err := w.act(ctx, r.Quarter, "notice", r.DryRun, func(a *attempt) error {
		lists, err := a.chosenLists(r)
		if err != nil {
			return err
		}
		paid, err := a.listsPaidFrom(lists)
		if err != nil {
			return err
		}
		sums, err := a.tx.ListSums(a.quarter)
		if err != nil {
			return err
		}
		open, err := a.openObjections()
		if err != nil {
			return err
		}
		for _, l := range lists {
			if !l.Posted {
				continue
			}
			if paid[l.ID] {
				return values.Refuse(values.Say("%s 的清单已经有款项审批或发放，不能撤销张贴登记。", "Payments from the list of %s are approved or made; its posting cannot be taken back.", l.Village),
					values.Say("如有问题请登记异议：tiexi notice object。", "Record an objection instead: `tiexi notice object`."))
			}
			if err := a.tx.UnpostList(l.ID); err != nil {
				return err
			}
			if err := a.tx.Record("notice unposted", listSubject(l), map[string]any{"why": r.Why}); err != nil {
				return err
			}
			l.Posted, l.PostedOn, l.PayableOn = false, 0, 0
			report.Lists = append(report.Lists, a.noticeView(l, sums[l.ID], open))
		}
		if len(report.Lists) == 0 {
			return values.Refuse(values.Say("指明的清单都没有登记过张贴。", "None of these lists is recorded as posted."), values.Text{})
		}
		return nil
	})
	return report, err
}

// listsPaidFrom are those on which a payment rests, one that failed too: it is
// paid again without a notice of its own.
func (a *attempt) listsPaidFrom(lists []ledger.NoticeList) (map[int64]bool, error) {
	payments, err := a.tx.Payments(a.quarter)
	if err != nil {
		return nil, err
	}
	loans, paid := map[values.Loan]bool{}, map[int64]bool{}
	for _, p := range payments {
		if p.State == "draft" || p.State == "void" {
			continue
		}
		for _, part := range p.Parts {
			loans[part.Loan] = true
		}
	}
	for township := range runs(lists, sameTownship) {
		items, err := a.tx.NoticeItems(a.quarter, township[0].Township)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			paid[item.List] = paid[item.List] || loans[item.Loan]
		}
	}
	return paid, nil
}

func listSubject(l ledger.NoticeList) string {
	return l.Quarter.String() + " " + l.Township + " " + listName(l.Village, l.Number)
}

func (a *attempt) chosenLists(r NoticeRequest) ([]ledger.NoticeList, error) {
	lists, err := a.tx.NoticeLists(r.Quarter)
	if err != nil {
		return nil, err
	}
	lists = slices.DeleteFunc(lists, func(l ledger.NoticeList) bool {
		return r.Township != "" && l.Township != r.Township || r.Village != "" && l.Village != r.Village
	})
	if len(lists) == 0 {
		return nil, values.Refuse(
			values.Say("%s 没有找到公示清单（乡镇“%s”，村“%s”）。", "No notice list was found in %s (township %q, village %q).", r.Quarter, r.Township, r.Village),
			values.Say("tiexi notice status 列出所有清单；还没有清单时请先运行 tiexi run。", "`tiexi notice status` lists them; run `tiexi run` first if there are none."))
	}
	if r.Village != "" && r.Township == "" && slices.ContainsFunc(lists, func(l ledger.NoticeList) bool { return l.Township != lists[0].Township }) {
		return nil, values.Refuse(values.Say("有几个乡镇都有“%s”。", "Several townships have a village named %s.", r.Village),
			values.Say("请用 --township 指明乡镇。", "Name the township with --township."))
	}
	return lists, nil
}

func (a *attempt) noticeView(l ledger.NoticeList, sum ledger.ListSum, objections map[[2]string]int) NoticeView {
	v := NoticeView{Township: l.Township, Village: l.Village, Number: l.Number, State: "printed", PostedOn: l.PostedOn, PayableOn: l.PayableOn,
		Loans: sum.Loans, Total: sum.Total, Objection: objections[[2]string{l.Township, l.Village}]}
	if l.Posted {
		v.State, v.Until = "posted", l.PayableOn-1
		if l.PayableOn <= a.opt.Today {
			v.State = "cleared"
		}
	}
	return v
}

// NoticeStatus says what is waiting for what, until when.
func (w *Workspace) NoticeStatus(ctx context.Context, q values.Quarter) (views []NoticeView, err error) {
	err = w.view(ctx, q, func(a *attempt) error {
		lists, err := a.tx.NoticeLists(q)
		if err != nil {
			return err
		}
		sums, err := a.tx.ListSums(q)
		if err != nil {
			return err
		}
		open, err := a.openObjections()
		if err != nil {
			return err
		}
		for _, l := range lists {
			views = append(views, a.noticeView(l, sums[l.ID], open))
		}
		return nil
	})
	return views, err
}

// openObjections counts those that are not decided, by township and village.
func (a *attempt) openObjections() (map[[2]string]int, error) {
	objections, err := a.tx.Objections(a.quarter)
	open := map[[2]string]int{}
	for _, o := range objections {
		if o.State == "open" {
			open[[2]string{o.Township, o.Village}]++
		}
	}
	return open, err
}
