package pipeline

import (
	"context"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// What may go once a quarter is settled, and what must stay.
//
// Go: the banks' files, opinions, objections and return files as they came, and
// rosters that a newer one has replaced (all in archive/), and the review
// workbooks (out/<quarter>/核验). They hold whole ids, accounts and phones of
// everybody who was ever reported, and prove nothing that the ledger does not.
//
// Stay: the ledger (a day of a loan counts once, whenever; tiers are shared
// with earlier quarters; the audit log is a chain), the notices as they hung,
// and the payment files and approval sheets, which are accounting vouchers. The
// digests of what went stay too, so that a copy which turns up can be told from
// a forgery.

// PurgeRequest asks to delete what a settled quarter no longer needs.
type PurgeRequest struct {
	Quarter values.Quarter
	Why     string
	DryRun  bool
}

// PurgeReport is what was deleted.
type PurgeReport struct {
	Quarter values.Quarter `json:"quarter"`
	Files   []string       `json:"files"`   // as they were named when they came
	Outputs []string       `json:"outputs"` // below out/
}

// purged is what the audit log says of a purge.
type purged struct {
	Why     string   `json:"why"`
	Archive []string `json:"archive"` // SHA-256 of what went
	Outputs []string `json:"outputs"`
}

// purges are those of the past, by quarter.
func purges(tx *ledger.Tx) (map[values.Quarter]*purged, error) {
	past := map[values.Quarter]*purged{}
	return past, tx.Entries(func(e ledger.Entry) error {
		if e.Action != "purge" {
			return nil
		}
		q, err := values.ParseQuarter(e.Subject)
		if err != nil {
			return err
		}
		past[q] = &purged{}
		return json.Unmarshal([]byte(e.Detail), past[q])
	})
}

// Purge deletes the quarter's originals and review workbooks and records what
// went and why. It refuses a quarter in which anything is open. Asked again it
// finishes what a killed process left, and changes nothing else.
func (w *Workspace) Purge(ctx context.Context, r PurgeRequest) (*PurgeReport, error) {
	if r.Why == "" {
		return nil, needWhy()
	}
	report := &PurgeReport{Quarter: r.Quarter, Files: []string{}, Outputs: []string{}}
	gone := &purged{Why: r.Why, Archive: []string{}, Outputs: []string{}}
	err := w.act(ctx, r.Quarter, "purge", r.DryRun, func(a *attempt) error {
		past, err := purges(a.tx)
		if err != nil {
			return err
		}
		if past[r.Quarter] != nil {
			gone = past[r.Quarter]
			return nil
		}
		if err := a.settledWhole(); err != nil {
			return err
		}
		if err := a.originals(gone, report); err != nil {
			return err
		}
		if err := a.workbooks(gone, report); err != nil {
			return err
		}
		return a.tx.Record("purge", r.Quarter.String(), gone)
	})
	if err != nil || r.DryRun {
		return report, err
	}
	w.point("purge:recorded")
	for _, digest := range gone.Archive {
		if err := w.archive.Remove(archiveName(digest)); err != nil {
			return report, cannotWrite(err)
		}
	}
	// copies that people made or altered by hand hold the same data
	return report, cannotWrite(w.out.RemoveAll(path.Join(r.Quarter.String(), "核验")))
}

// originals lists the archived files that only this quarter needed.
func (a *attempt) originals(gone *purged, report *PurgeReport) error {
	files, err := a.tx.Files()
	if err != nil {
		return err
	}
	books, err := bookFiles(a.tx)
	if err != nil {
		return err
	}
	files = append(files, books...)
	needed := map[string]bool{} // by another quarter
	for _, f := range files {
		needed[f.Digest] = needed[f.Digest] || f.Quarter != a.quarter
	}
	take := func(digest, name string) {
		if !needed[digest] && !slices.Contains(gone.Archive, digest) {
			gone.Archive, report.Files = append(gone.Archive, digest), append(report.Files, name)
		}
	}
	for _, f := range files {
		take(f.Digest, f.Name)
	}
	snapshots, err := a.tx.Snapshots()
	for i, s := range snapshots {
		if i < len(snapshots)-1 && s.TakenOn <= a.quarter.Last(a.job.InterestDay) {
			take(s.Digest, s.Name)
		}
	}
	return err
}

// workbooks withdraws what people worked through.
func (a *attempt) workbooks(gone *purged, report *PurgeReport) error {
	outputs, err := a.tx.Outputs(a.quarter)
	if err != nil {
		return err
	}
	for _, o := range outputs {
		if o.SHA256 == "" || !strings.HasPrefix(o.Path, path.Join(a.quarter.String(), "核验")+"/") {
			continue
		}
		gone.Outputs, report.Outputs = append(gone.Outputs, o.Path), append(report.Outputs, o.Path)
		if err := a.withdraw(o); err != nil {
			return err
		}
	}
	return nil
}

// settledWhole refuses a quarter in which anything is open: days to come, lines
// or objections to decide, a payment on its way, money to pay or to recover.
func (a *attempt) settledWhole() error {
	q := a.quarter
	refuse := func(what values.Text) error {
		return values.Refuse(values.Text{Chinese: q.String() + " " + what.Chinese + "，不能清除。", English: q.String() + " cannot be purged: " + what.English + "."},
			values.Say("全部办结之后再清除；什么都没有删除。", "Purge it when everything is settled; nothing was deleted."))
	}
	if q.Last(a.job.InterestDay) >= a.opt.Today {
		return refuse(values.Say("还没有结束", "it has not ended"))
	}
	if _, ran, err := a.tx.LastStage(q, computeStage.name); err != nil {
		return err
	} else if !ran {
		return refuse(values.Say("没有结算过", "it was never settled"))
	}
	counts, err := a.tx.LineCounts(q)
	if err != nil {
		return err
	}
	if open := counts[values.Held] + counts[""]; open > 0 {
		return refuse(values.Say("还有 %d 行待核", "%d lines are held", open))
	}
	objections, err := a.tx.Objections(q)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(objections, func(o ledger.Objection) bool { return o.State == "open" }) {
		return refuse(values.Say("还有没处理的公示异议", "an objection is not decided"))
	}
	if waiting, err := a.paymentUnderWay(); err != nil {
		return err
	} else if waiting != "" {
		return refuse(values.Say("的款项 %s 还没有结果", "payment %s has no outcome yet", waiting))
	}
	open, err := accounts(a.tx, []values.Quarter{q})
	if err != nil {
		return err
	}
	for _, c := range open {
		if len(c.payable()) > 0 {
			return refuse(values.Say("的贷款 %s %s 还有 %s 元待付或待扣回", "loan %s %s has %s yuan to be paid or taken back", c.Bank, c.Contract, c.total().Grouped()))
		}
	}
	return nil
}

// paymentUnderWay is the number of a payment without an outcome, of the
// quarter's batches or with a part for the quarter in a later one.
func (a *attempt) paymentUnderWay() (string, error) {
	quarters, err := a.tx.Quarters()
	if err != nil {
		return "", err
	}
	for _, q := range quarters {
		payments, err := a.tx.Payments(q)
		if err != nil {
			return "", err
		}
		for _, p := range payments {
			ours := q == a.quarter || slices.ContainsFunc(p.Parts, func(part ledger.Part) bool { return part.Quarter == a.quarter })
			if ours && (p.State == "draft" || p.State == "approved" || p.State == "sent") {
				return p.Number, nil
			}
		}
	}
	return "", nil
}

// provePurges: what a purge recorded is gone, and nothing else is missing for
// it. It gives the digests that need not be in the archive.
func (w *Workspace) provePurges(tx *ledger.Tx, r *AuditReport) (map[string]bool, error) {
	past, err := purges(tx)
	gone := map[string]bool{}
	for _, p := range past {
		for _, digest := range p.Archive {
			gone[digest] = true
		}
	}
	quarters, err2 := tx.Quarters()
	if err == nil {
		err = err2
	}
	for _, q := range quarters {
		p := past[q]
		if p == nil {
			continue
		}
		left := 0
		for _, digest := range p.Archive {
			if state, err := w.archive.Check(archiveName(digest), digest); err != nil || state != outbox.Missing {
				left++
			}
		}
		r.check(left == 0,
			values.Say("%s：按规定清除了 %d 份原件（%s），摘要留在审计日志中。", "%s: %d originals were purged (%s); their digests stay in the audit log.", q, len(p.Archive), p.Why),
			values.Say("%s：清除没有做完，还有 %d 份原件；请再运行一次 tiexi purge。", "%s: the purge was not finished, %d originals are left; run `tiexi purge` again.", q, left))
	}
	return gone, err
}

// refusePurged refuses a statement for a quarter whose originals are gone.
func (in *intake) refusePurged(q values.Quarter) values.Text {
	if in.purged[q] == nil {
		return values.Text{}
	}
	return values.Say("%s 已经办结并清除（%s），不再收它的文件。请让银行报到本季度。", "%s is settled and purged (%s); no file is taken for it. The bank has to report it in the present quarter.",
		q, in.purged[q].Why)
}
