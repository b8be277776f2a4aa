package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"tiexi/formats/report"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// reportStep writes 报告.html, the quarter at a glance. It is no stage of the
// chain, since nothing depends on it, but is recorded, skipped and restored like
// one. It follows every run, and everything that a person records, in the same
// transaction. So does the monitoring table (monitorstep.go), which most of what
// people record leaves as it is.
var reportStep = stage{
	name: reportName, version: 3,
	inputs: func(a *attempt) (map[string]string, error) {
		m := marks{tx: a.tx}
		findings, err := a.tx.FindingTallies(a.quarter) // notices, which no outcome shows, are counted too
		if err != nil {
			return nil, err
		}
		inputs := map[string]string{
			"findings":   fmt.Sprint(findings),
			"judgements": m.of(a.tx.MarkResult(a.quarter, "validate")) + m.of(a.tx.MarkRoster()),
			"amounts":    m.of(a.tx.MarkResult(a.quarter, "compute")),
			"history":    m.of(a.tx.MarkEarlierResults(a.quarter, "validate")) + m.of(a.tx.MarkEarlierResults(a.quarter, "compute")),
			"lists":      m.of(a.tx.MarkLists(a.quarter)) + m.of(a.tx.MarkDrawn(a.quarter)),
			"cleared":    m.of(a.tx.MarkCleared(a.quarter, a.opt.Today)),
			"objections": m.of(a.tx.MarkObjections(a.quarter)),
			"payments":   m.of(a.tx.MarkPayments()),
			"adjusted":   m.of(a.tx.MarkAdjustments()),
			"alerts":     m.of(a.tx.MarkAlerts(a.quarter)),
			"settings":   fmt.Sprint(a.job.County, a.job.InterestDay, a.bankNames(), a.job.Alerts),
		}
		if fund, err := a.tx.MarkFund(a.quarter.Last(a.job.InterestDay)); fund != "" || err != nil {
			inputs["fund"] = m.of(fund, err)
		}
		return inputs, m.err
	},
	render: renderReport,
}

// papers are written after the stages, in this order.
var papers = []stage{monitoringStep, reportStep}

// steps are the stages and the papers, in the order in which they run.
var steps = append(slices.Clone(stages), papers...)

const reportName = "report"

// ReportPath and MonitoringPath are below the quarter's folder.
const (
	ReportPath     = "报告.html"
	MonitoringPath = "监测/季度监测表.xlsx"
)

func (w *Workspace) bankNames() (names []string) {
	for _, b := range w.job.Banks {
		names = append(names, b.Name)
	}
	return names
}

// renderReport writes the page as of the day of its record.
func renderReport(a *attempt) error {
	b, err := a.asRecorded()
	if err != nil {
		return err
	}
	glance, err := b.glance()
	if err != nil {
		return err
	}
	glance.Date = b.opt.Today
	if glance.Alerts, err = alertsOf(a.tx, a.quarter); err != nil {
		return err
	}
	limits, err := a.limits()
	if err != nil {
		return err
	}
	glance.Watched = limits.Watch()
	var page bytes.Buffer
	if err := report.WriteHTML(&page, glance); err != nil {
		return err
	}
	for _, bank := range glance.Banks {
		a.took += bank.Rows
	}
	a.gave = 1
	return a.put(ReportPath, page.Bytes(), a.took, glance.Shares.Total())
}

// asRecorded is the attempt on the day on which the step's last record was made,
// for writing a lost file as it was: a notice has run or not on the day of the
// report, whatever day it is now.
func (a *attempt) asRecorded() (*attempt, error) {
	on := a.opt.Today
	if a.only != nil {
		last, _, err := a.tx.LastStage(a.quarter, a.stage)
		if err != nil {
			return nil, err
		}
		on = last.On
	}
	w := &Workspace{job: a.job, opt: a.opt, policies: a.policies}
	w.opt.Today = on
	return &attempt{Workspace: w, ctx: a.ctx, tx: a.tx, quarter: a.quarter}, nil
}

// refreshReport brings the papers up to date with what a person has recorded,
// in the same transaction. A quarter that was never reported on is left to its
// first run.
func (a *attempt) refreshReport() error {
	for _, s := range papers {
		if err := a.refreshPaper(s); err != nil {
			return err
		}
	}
	return nil
}

func (a *attempt) refreshPaper(s stage) error {
	b := &attempt{Workspace: a.Workspace, ctx: a.ctx, tx: a.tx, quarter: a.quarter, stage: s.name, files: a.files, tally: map[string]string{}}
	inputs, err := s.inputs(b)
	if err != nil {
		return err
	}
	last, ran, err := a.tx.LastStage(a.quarter, s.name)
	if err != nil || !ran {
		return err
	}
	why := whyRun(s, last, ran, inputs)
	if why.IsZero() {
		return nil
	}
	open, err := a.tx.HasOpenRun()
	if err != nil {
		return err
	}
	err = b.perform(s, inputs, why)
	if errors.Is(err, report.ErrAddUp) { // what people recorded stands; the next run says it again and fails
		a.say(Event{Kind: Warning, Quarter: a.quarter, Stage: s.name, Text: values.Say(
			"报告没有更新：%v。请运行 tiexi audit。", "The report was not brought up to date: %v. Run `tiexi audit`.", err)})
		return nil
	}
	if err != nil || open {
		return err
	}
	return a.tx.CloseRun()
}

// ReportFiles are where a quarter's report and monitoring table are, and whom
// they point out.
type ReportFiles struct {
	Files  []string
	Alerts []Alert
}

// Report brings the quarter's report and monitoring table up to date and says
// where they are; a dry run only says where.
func (w *Workspace) Report(ctx context.Context, q values.Quarter, dryRun bool) (*ReportFiles, error) {
	known, err := w.Quarters(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(known, q) {
		return nil, values.Refuse(values.Say("台账里没有 %s。", "The ledger does not have %s.", q),
			values.Say("请核对季度；还没有运行过请先运行 tiexi run。", "Check the quarter, or run `tiexi run` first."))
	}
	if !dryRun {
		if err := w.recover(ctx); err != nil {
			return nil, err
		}
	}
	for _, s := range papers {
		if _, err := w.runStage(ctx, q, s, dryRun, false); err != nil {
			return nil, err
		}
	}
	if !dryRun {
		if err := w.finish(ctx, []values.Quarter{q}); err != nil {
			return nil, err
		}
	}
	files := &ReportFiles{}
	for _, name := range []string{ReportPath, MonitoringPath} {
		files.Files = append(files.Files, w.out.FullPath(path.Join(q.String(), name)))
	}
	return files, w.ledger.Read(ctx, func(tx *ledger.Tx) (err error) {
		files.Alerts, err = alertsOf(tx, q)
		return err
	})
}

// Quarters are those that the ledger knows, oldest first.
func (w *Workspace) Quarters(ctx context.Context) ([]values.Quarter, error) {
	return w.quarters(ctx, values.Quarter{})
}
