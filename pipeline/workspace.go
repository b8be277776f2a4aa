package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"tiexi/formats/jobs"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

// Options are what a caller brings to a workspace.
type Options struct {
	Today    values.Date // the only clock
	Operator string
	Events   func(Event)       // progress, may be nil
	Points   func(name string) // called at the named points of every stage, where tests kill the process; may be nil
	System   outbox.System     // what files are written with; nil is the operating system, tests bring one that fails
}

// Event is something a person may want to see while it happens.
type Event struct {
	Kind        EventKind
	Quarter     values.Quarter
	Stage       string
	Text        values.Text
	Done, Total int
}

// EventKind tells events apart.
type EventKind string

// Kinds of event.
const (
	StageStarted EventKind = "stage-start"
	StageDone    EventKind = "stage-done"
	StageSkipped EventKind = "stage-skipped"
	FileRead     EventKind = "file"
	Progress     EventKind = "progress"
	Note         EventKind = "note"    // worth knowing
	Warning      EventKind = "warning" // somebody has to do something
)

// Workspace is a job's ledger, archive and output folder.
type Workspace struct {
	job      *jobs.Job
	opt      Options
	ledger   *ledger.Ledger
	archive  *outbox.Box
	out      *outbox.Box
	policies *policy.Set
	lock     *flock.Flock
}

// Open opens a job's workspace for work and makes it where it is missing. It
// holds the workspace's lock until Close; another process gets a fault of kind
// busy that says who holds it and since when.
func Open(ctx context.Context, job *jobs.Job, opt Options) (*Workspace, error) {
	if err := os.MkdirAll(job.Workspace, 0o700); err != nil {
		return nil, cannotUse(job.Workspace, err)
	}
	lock, err := acquire(job.Workspace, opt)
	if err != nil {
		return nil, err
	}
	w := &Workspace{job: job, opt: opt, lock: lock}
	if err := w.open(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *Workspace) open(ctx context.Context) (err error) {
	if w.policies, err = loadPolicies(w.job); err != nil {
		return err
	}
	if w.archive, err = w.box("archive"); err != nil {
		return cannotUse(w.job.Workspace, err)
	}
	if w.out, err = w.box("out"); err != nil {
		return cannotUse(w.job.Workspace, err)
	}
	w.ledger, err = ledger.Open(ctx, w.ledgerPath())
	return ledgerFault(err, w.ledgerPath())
}

func (w *Workspace) box(name string) (*outbox.Box, error) {
	dir := filepath.Join(w.job.Workspace, name)
	if w.opt.System != nil {
		return outbox.OpenWith(dir, w.opt.System)
	}
	return outbox.Open(dir)
}

// OpenView opens a workspace for reading; it takes no lock and makes nothing.
func OpenView(ctx context.Context, job *jobs.Job, opt Options) (*Workspace, error) {
	w := &Workspace{job: job, opt: opt}
	var err error
	if w.policies, err = loadPolicies(job); err != nil {
		return nil, err
	}
	if w.ledger, err = ledger.OpenView(ctx, w.ledgerPath()); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, values.Refuse(
				values.Say("作业 %s 还没有运行过：没有找到台账 %s。", "Job %s has not been run yet: there is no ledger %s.", job.Name, w.ledgerPath()),
				values.Say("请先运行 tiexi run。", "Run `tiexi run` first."))
		}
		return nil, ledgerFault(err, w.ledgerPath())
	}
	if w.archive, err = outbox.View(filepath.Join(job.Workspace, "archive")); err == nil {
		w.out, err = outbox.View(filepath.Join(job.Workspace, "out"))
	}
	if err != nil {
		return nil, errors.Join(cannotUse(job.Workspace, err), w.Close())
	}
	return w, nil
}

// Close releases the workspace.
func (w *Workspace) Close() error {
	var faults []error
	if w.ledger != nil {
		faults = append(faults, w.ledger.Close())
	}
	for _, box := range []*outbox.Box{w.archive, w.out} {
		if box != nil {
			faults = append(faults, box.Close())
		}
	}
	if w.lock != nil {
		_ = os.Remove(holderPath(w.job.Workspace))
		faults = append(faults, w.lock.Unlock())
	}
	return errors.Join(faults...)
}

// Job is the job that the workspace belongs to.
func (w *Workspace) Job() *jobs.Job { return w.job }

func (w *Workspace) point(name string) {
	if w.opt.Points != nil {
		w.opt.Points(name)
	}
}

func (w *Workspace) ledgerPath() string { return filepath.Join(w.job.Workspace, "ledger.db") }

func (w *Workspace) say(e Event) {
	if w.opt.Events != nil {
		w.opt.Events(e)
	}
}

// write changes the ledger in one transaction. What it fails with is a
// fault that a person can act on: most often the ledger's disk is full or its
// folder became read-only.
func (w *Workspace) write(ctx context.Context, do func(*ledger.Tx) error) error {
	err := w.ledger.Write(ctx, w.opt.Today, w.opt.Operator, do)
	var fault *values.Fault
	if err == nil || errors.Is(err, errDryRun) || errors.As(err, &fault) || ctx.Err() != nil {
		return err
	}
	return &values.Fault{Kind: values.FaultRefused, Err: err,
		What: values.Say("这一步没有完成，台账 %s 没有任何改动。", "This step was not finished; the ledger %s is unchanged.", w.ledgerPath()),
		Hint: values.Say("请按括号里的原因处理（常见的是磁盘已满、没有写权限），然后再运行一次；仍不行时运行 tiexi doctor。",
			"Mend what the brackets name (often a full disk or missing permissions) and run again; if that does not help, run `tiexi doctor`.")}
}

func holderPath(workspace string) string { return filepath.Join(workspace, ".lock-holder") }

// acquire takes the lock that dies with the process. Who holds it stands in a
// second file, because Windows does not let others read a locked one.
func acquire(workspace string, opt Options) (*flock.Flock, error) {
	lock := flock.New(filepath.Join(workspace, ".lock"), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, cannotUse(workspace, err)
	}
	if !got {
		holder, _ := os.ReadFile(holderPath(workspace))
		return nil, &values.Fault{Kind: values.FaultBusy,
			What: values.Say("另一个 tiexi 正在使用工作文件夹 %s（%s）。", "Another tiexi is using the workspace %s (%s).", workspace, string(holder)),
			Hint: values.Say("请等它结束后再运行；什么都没有改动。", "Run again when it has finished; nothing was changed.")}
	}
	host, _ := os.Hostname()
	holder := fmt.Sprintf("%s@%s, pid %d, %s", opt.Operator, host, os.Getpid(), startedAt())
	if err := os.WriteFile(holderPath(workspace), []byte(holder), 0o600); err != nil {
		return nil, errors.Join(cannotUse(workspace, err), lock.Unlock())
	}
	return lock, nil
}

func cannotUse(workspace string, err error) error {
	return &values.Fault{Kind: values.FaultRefused, Err: err,
		What: values.Say("无法使用工作文件夹 %s。", "The workspace %s cannot be used.", workspace),
		Hint: values.Say("请检查该文件夹是否存在、是否可写、磁盘是否已满。", "Check that the folder exists, can be written to, and that the disk is not full.")}
}

func ledgerFault(err error, path string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ledger.ErrNewer):
		return &values.Fault{Kind: values.FaultRefused, Err: err,
			What: values.Say("台账 %s 由更新版本的程序写成。", "The ledger %s was written by a newer version of the program.", path),
			Hint: values.Say("请换用新版本程序；台账没有改动。", "Use the newer program; the ledger was not touched.")}
	case errors.Is(err, ledger.ErrOlder):
		return &values.Fault{Kind: values.FaultRefused,
			What: values.Say("台账 %s 由旧版本的程序写成，还没有升级。", "The ledger %s was written by an older version of the program and is not upgraded yet.", path),
			Hint: values.Say("请先运行一次 tiexi run：会先在旁边留一份备份，再升级台账；只看不办的命令不改动它。",
				"Run `tiexi run` once: it keeps a copy beside the ledger and upgrades it. Commands that only look do not change it.")}
	case errors.Is(err, ledger.ErrUpgrade):
		return &values.Fault{Kind: values.FaultRefused, Err: err,
			What: values.Say("台账 %s 没有升级成功，仍与升级前一样。", "The ledger %s could not be upgraded and is as it was before.", path),
			Hint: values.Say("请检查磁盘空间和写权限后再运行；仍不行时换回原来的版本继续使用，并把括号里的原因告诉开发者。",
				"Check disk space and permissions and run again; if that does not help, go on with the version you had and tell its developers what the brackets say.")}
	}
	return &values.Fault{Kind: values.FaultRefused, Err: err,
		What: values.Say("无法打开台账 %s。", "The ledger %s cannot be opened.", path),
		Hint: values.Say("请运行 tiexi doctor 查看原因；必要时用 tiexi restore 恢复备份。", "Run `tiexi doctor` to see why; `tiexi restore` brings back a backup.")}
}

func loadPolicies(job *jobs.Job) (*policy.Set, error) {
	set, err := policy.Load(job.Policies, os.ReadFile)
	if err != nil {
		return nil, &values.Fault{Kind: values.FaultConfig, Err: err,
			What: values.Say("政策文件有误。", "A policy file has mistakes."),
			Hint: values.Say("请改正上面指出的行列后再运行；tiexi policy check 文件 可单独检查。", "Mend the lines named above; `tiexi policy check FILE` checks one file.")}
	}
	return set, nil
}
