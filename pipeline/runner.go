package pipeline

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// stage is one step of a quarter's settlement after ingest.
type stage struct {
	name    string
	version int // bumped by hand when the meaning of its result changes
	// inputs names everything the result depends on, each as a digest or a
	// short text, so that a rerun can say which of them changed.
	inputs func(*attempt) (map[string]string, error)
	// settle changes the ledger; render stages files from what the ledger then
	// holds, and nothing else, so that a lost file can be rendered again.
	settle func(*attempt) error
	render func(*attempt) error
	// waits says what the stage waits for although it is up to date, if anything.
	waits func(*attempt) (values.Text, error)
}

// stages after ingest, in order. Each reads what earlier ones recorded.
var stages = []stage{validateStage, computeStage, publishStage, disburseStage, reconcileStage}

// attempt is a stage at work in its transaction.
type attempt struct {
	*Workspace
	ctx        context.Context
	tx         *ledger.Tx
	quarter    values.Quarter
	stage      string
	files      *outbox.Batch
	only       map[string]string // when rendering again: path → digest it must have
	tally      map[string]string
	took, gave int
}

// RunRequest asks for a run. The zero Quarter means every quarter there is.
type RunRequest struct {
	Quarter       values.Quarter
	Through       string            // name of the last stage to run, "" for all
	DryRun        bool              // say what would run, and why; change nothing
	Supersedes    map[string]string // old file name → new file name
	AcceptSmaller bool              // take a roster that is smaller than the last by a fifth or more
}

// RunReport is what a run did.
type RunReport struct {
	Quarters  []QuarterReport
	Refused   []RefusedFile
	Silent    []string // banks of jobs.yaml that sent nothing
	Attention bool     // held or returned lines, or a refused file: exit code 3
	Changed   bool     // something was written
}

// QuarterReport is what a run did for one quarter.
type QuarterReport struct {
	Quarter values.Quarter
	Stages  []StageReport
	Alerts  []Alert // of its last report
	Next    []values.Text
}

// StageReport is a stage's part in a run. State is done, skipped or waiting.
type StageReport struct {
	Name    string
	State   string
	Reason  values.Text
	In, Out int
}

// Run brings every quarter as far as it can go without a person. It is safe at
// any time: what is up to date is skipped, what was cut off is continued.
func (w *Workspace) Run(ctx context.Context, r RunRequest) (*RunReport, error) {
	if r.Through != "" && !slices.Contains(StageNames, r.Through) {
		return nil, &values.Fault{Kind: values.FaultConfig,
			What: values.Say("没有名为 %s 的步骤。", "There is no stage named %s.", r.Through),
			Hint: values.Say("步骤依次为：%s。", "The stages are: %s.", strings.Join(StageNames, ", "))}
	}
	if !r.DryRun {
		if err := w.recover(ctx); err != nil {
			return nil, err
		}
	}
	arrived, err := w.intake(ctx, r)
	if err != nil {
		return nil, err
	}
	report := &RunReport{Refused: arrived.refused, Silent: arrived.silent, Changed: len(arrived.changed) > 0}
	quarters, err := w.quarters(ctx, r.Quarter)
	if err != nil {
		return nil, err
	}
	if r.DryRun && r.Quarter.IsZero() {
		quarters = arrived.with(quarters)
	}
	for due := quarters; len(due) > 0; {
		last := 0
		for i, q := range due {
			quarter, changed, err := w.runQuarter(ctx, q, r, arrived)
			if err != nil {
				return nil, err
			}
			report.take(quarter)
			if changed {
				report.Changed, last = true, i
			}
		}
		due = due[:last] // a later quarter's lines are history to those before it, too
		if r.DryRun {
			break
		}
	}
	if !r.DryRun {
		if err := w.finish(ctx, quarters); err != nil {
			return nil, err
		}
	}
	report.Attention, err = w.needsAttention(ctx, quarters, report.Refused)
	return report, err
}

// take adds what a run did for a quarter, or what it did on looking again.
func (r *RunReport) take(q *QuarterReport) {
	i := slices.IndexFunc(r.Quarters, func(have QuarterReport) bool { return have.Quarter == q.Quarter })
	if i < 0 {
		r.Quarters = append(r.Quarters, *q)
		return
	}
	have := &r.Quarters[i]
	for j, s := range q.Stages {
		if s.State != "done" || s.Name == "ingest" {
			continue
		}
		if have.Stages[j].State == "done" {
			s.Reason = have.Stages[j].Reason // what it first ran for
		}
		have.Stages[j] = s
	}
	have.Next, have.Alerts = q.Next, q.Alerts
}

func (w *Workspace) quarters(ctx context.Context, only values.Quarter) (quarters []values.Quarter, err error) {
	if !only.IsZero() {
		return []values.Quarter{only}, nil
	}
	err = w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		quarters, err = tx.Quarters()
		return err
	})
	return quarters, err
}

func (w *Workspace) runQuarter(ctx context.Context, q values.Quarter, r RunRequest, arrived *arrivals) (*QuarterReport, bool, error) {
	report := &QuarterReport{Quarter: q}
	ingest := arrived.stageReport(q)
	report.Stages = append(report.Stages, ingest)
	wanted := stages
	if r.Through != "" {
		wanted = stages[:slices.Index(StageNames, r.Through)] // ingest is no stage of a quarter
	}
	changed, stale := false, ingest.State == "done" && r.DryRun
	for _, s := range wanted {
		result, err := w.runStage(ctx, q, s, r.DryRun, stale)
		if err != nil {
			return nil, changed, err
		}
		if result.State == "done" {
			changed, stale = true, r.DryRun
		}
		report.Stages = append(report.Stages, *result)
	}
	if last := report.Stages[len(report.Stages)-1]; last.Name == reconcileStage.name && last.State == "done" && last.In > 0 {
		if err := w.lookAgain(ctx, q, report.Stages[1:]); err != nil {
			return nil, changed, err
		}
	}
	if r.Through == "" && !r.DryRun {
		for _, s := range papers {
			result, err := w.runStage(ctx, q, s, false, false)
			if err != nil {
				return nil, changed, err
			}
			changed = changed || result.State == "done"
		}
		wrote, err := w.runFund(ctx, q)
		if err != nil {
			return nil, changed, err
		}
		changed = changed || wrote
	}
	err := w.ledger.Read(ctx, func(tx *ledger.Tx) (err error) {
		if report.Next, err = w.next(tx, q); err != nil {
			return err
		}
		report.Alerts, err = alertsOf(tx, q)
		return err
	})
	return report, changed, err
}

// lookAgain runs the stages before reconcile once more on what it has just learnt
// of payments: accounts that proved dead, money that is payable again.
func (w *Workspace) lookAgain(ctx context.Context, q values.Quarter, ran []StageReport) error {
	for i, s := range stages[:len(stages)-1] {
		result, err := w.runStage(ctx, q, s, false, false)
		if err != nil {
			return err
		}
		if result.State == "done" {
			ran[i] = *result
		}
	}
	return nil
}

// runStage runs one stage if an input has changed since its last success.
func (w *Workspace) runStage(ctx context.Context, q values.Quarter, s stage, dryRun, stale bool) (*StageReport, error) {
	report := &StageReport{Name: s.name}
	var inputs map[string]string
	err := w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		a := &attempt{Workspace: w, ctx: ctx, tx: tx, quarter: q, stage: s.name}
		var err error
		if inputs, err = s.inputs(a); err != nil {
			return err
		}
		last, ok, err := tx.LastStage(q, s.name)
		if err != nil {
			return err
		}
		report.State, report.Reason = "done", whyRun(s, last, ok, inputs)
		if stale && report.Reason.IsZero() {
			report.Reason = values.Say("前一步骤有变化", "an earlier stage changes")
		}
		if report.Reason.IsZero() {
			report.State, report.In, report.Out = "skipped", last.In, last.Out
			report.Reason = values.Say("没有变化", "nothing has changed")
			return a.wait(s, report)
		}
		return nil
	})
	if err != nil || report.State != "done" || dryRun {
		if err == nil {
			w.say(Event{Kind: StageSkipped, Quarter: q, Stage: s.name, Text: report.Reason})
		}
		return report, err
	}
	w.say(Event{Kind: StageStarted, Quarter: q, Stage: s.name, Text: report.Reason})
	files := w.out.Stage()
	err = w.write(ctx, func(tx *ledger.Tx) error {
		a := &attempt{Workspace: w, ctx: ctx, tx: tx, quarter: q, stage: s.name, files: files, tally: map[string]string{}}
		if err := a.perform(s, inputs, report.Reason); err != nil {
			return err
		}
		report.In, report.Out = a.took, a.gave
		return a.wait(s, report)
	})
	if err != nil {
		files.Discard()
		return nil, fmt.Errorf("%s %s: %w", q, s.name, err)
	}
	w.point(s.name + ":committed")
	if err := files.Promote(); err != nil {
		return nil, cannotWrite(err)
	}
	w.point(s.name + ":promoted")
	w.say(Event{Kind: StageDone, Quarter: q, Stage: s.name, Text: report.Reason, Done: report.Out, Total: report.In})
	return report, nil
}

func (a *attempt) perform(s stage, inputs map[string]string, reason values.Text) (err error) {
	a.point(s.name + ":begun")
	if s.settle != nil {
		if err := s.settle(a); err != nil {
			return err
		}
		// what it reads may be its own to change: disburse voids batches
		if inputs, err = s.inputs(a); err != nil {
			return err
		}
	}
	a.point(s.name + ":settled")
	if s.render != nil {
		if err := s.render(a); err != nil {
			return err
		}
	}
	a.point(s.name + ":rendered")
	record := ledger.StageRecord{Quarter: a.quarter, Name: s.name, Version: s.version, Fingerprint: fingerprint(s, inputs),
		Inputs: inputs, Tally: a.tally, In: a.took, Out: a.gave, Reason: reason.English}
	if _, err := a.tx.RecordStage(record); err != nil {
		return err
	}
	return a.tx.Record("stage", a.quarter.String()+" "+s.name, struct {
		Fingerprint string            `json:"fingerprint"`
		In          int               `json:"in"`
		Out         int               `json:"out"`
		Tally       map[string]string `json:"tally"`
	}{record.Fingerprint, a.took, a.gave, a.tally})
}

func (a *attempt) wait(s stage, report *StageReport) error {
	if s.waits == nil {
		return nil
	}
	what, err := s.waits(a)
	if err == nil && !what.IsZero() {
		report.Reason = what
		if report.State == "skipped" {
			report.State = "waiting"
		}
	}
	return err
}

// fingerprint names a result by everything that it depends on.
func fingerprint(s stage, inputs map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s v%d\n", s.name, s.version)
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		fmt.Fprintf(&b, "%s=%s\n", name, inputs[name])
	}
	return outbox.Digest([]byte(b.String()))
}

// whyRun says why the stage has to run, or nothing if it is up to date.
func whyRun(s stage, last ledger.StageRecord, ran bool, inputs map[string]string) values.Text {
	if !ran {
		return values.Say("第一次运行", "first time")
	}
	if last.Fingerprint == fingerprint(s, inputs) {
		return values.Text{}
	}
	if last.Version != s.version {
		return values.Say("程序的这一步骤有更新", "this stage of the program was revised")
	}
	var zh, en []string
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		if last.Inputs[name] != inputs[name] {
			label := inputLabels[name]
			if label.IsZero() {
				label = values.Text{Chinese: name, English: name}
			}
			zh, en = append(zh, label.Chinese), append(en, label.English)
		}
	}
	return values.Text{Chinese: "有变化：" + strings.Join(zh, "、"), English: "changed: " + strings.Join(en, ", ")}
}

var inputLabels = map[string]values.Text{
	"files":      values.Say("银行文件", "bank files"),
	"roster":     values.Say("帮扶名单", "roster"),
	"policies":   values.Say("政策文件", "policy files"),
	"settings":   values.Say("jobs.yaml 设置", "settings in jobs.yaml"),
	"decisions":  values.Say("处理意见", "decisions"),
	"payments":   values.Say("发放情况", "payments"),
	"history":    values.Say("其他季度的明细", "lines of other quarters"),
	"recheck":    values.Say("重新核验的要求", "a recheck"),
	"findings":   values.Say("核验发现的问题", "findings"),
	"judgements": values.Say("核验结果", "results of validation"),
	"amounts":    values.Say("贴息金额", "amounts"),
	"lists":      values.Say("公示清单", "notice lists"),
	"cleared":    values.Say("公示期满的村", "villages whose notice has run"),
	"objections": values.Say("公示异议", "objections"),
	"adjusted":   values.Say("扣回或免扣的意见", "decisions to recover or waive"),
	"returns":    values.Say("回盘文件", "return files"),
	"lists-in":   values.Say("附加名单", "additional lists"),
	"fund":       values.Say("风险补偿", "compensation by the risk fund"),
	"alerts":     values.Say("预警", "alerts"),
	"books":      values.Say("贷款台账", "loan books"),
}

// put stages a file and records it. A file that somebody has changed by hand
// since it was written is kept beside the new one.
func (a *attempt) put(name string, content []byte, rows int, total values.Fen) error {
	name = path.Join(a.quarter.String(), name)
	if a.only != nil {
		if want, wanted := a.only[name]; !wanted || outbox.Digest(content) != want {
			return nil
		}
		_, err := a.files.Put(name, content)
		return cannotWrite(err)
	}
	before, known, err := a.tx.Output(name)
	if err != nil {
		return err
	}
	if known && before.SHA256 != "" {
		if err := a.files.KeepIfAltered(name, before.SHA256); err != nil {
			return cannotWrite(err)
		}
	}
	digest, err := a.files.Put(name, content)
	if err != nil {
		return cannotWrite(err)
	}
	return a.tx.PutOutput(ledger.Output{Path: name, Quarter: a.quarter, Stage: a.stage, SHA256: digest, Rows: rows, Total: total})
}

// withdrawOthers takes away the stage's files that it no longer writes.
func (a *attempt) withdrawOthers(keep map[string]bool) error {
	if a.only != nil {
		return nil
	}
	standing, err := a.tx.Outputs(a.quarter)
	if err != nil {
		return err
	}
	for _, o := range standing {
		if o.Stage != a.stage || o.SHA256 == "" || keep[o.Path] {
			continue
		}
		if err := a.withdraw(o); err != nil {
			return err
		}
	}
	return nil
}

// withdraw takes a file away. What somebody has changed in it by hand is kept
// beside it.
func (a *attempt) withdraw(o ledger.Output) error {
	if err := a.files.KeepIfAltered(o.Path, o.SHA256); err != nil {
		return cannotWrite(err)
	}
	o.SHA256, o.Rows, o.Total, o.Archived = "", 0, 0, false
	a.files.Withdraw(o.Path)
	return a.tx.PutOutput(o)
}

func cannotWrite(err error) error {
	if err == nil {
		return nil
	}
	return &values.Fault{Kind: values.FaultRefused, Err: err,
		What: values.Say("无法写出文件。", "A file cannot be written."),
		Hint: values.Say("请关闭已打开的文件，检查磁盘空间和写权限，然后再运行一次；已完成的步骤不会重做。",
			"Close the file where it is open, check disk space and permissions, and run again; finished stages are not repeated.")}
}
