package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"tiexi/formats/jobs"
	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// work opens the job's workspace for a command that acts, and closes it.
func (p *program) work(c *cli.Context, do func(context.Context, *pipeline.Workspace) error) error {
	job, err := p.job(c)
	if err != nil {
		return err
	}
	return p.workOn(c, job, do)
}

func (p *program) workOn(c *cli.Context, job *jobs.Job, do func(context.Context, *pipeline.Workspace) error) error {
	dryRun := c.Bool("dry-run")
	if dryRun {
		elsewhere, cleanUp, err := p.nothingThere(c, job)
		if err != nil {
			return err
		}
		defer cleanUp()
		job = elsewhere
	} else {
		p.idle, p.journal = false, p.newJournal(job.Workspace, strings.Join(p.path, " "), operator(c), time.Now())
		defer func() { p.journal = nil }()
	}
	opt, progress, err := p.options(c)
	if err != nil {
		return err
	}
	w, err := pipeline.Open(c.Context, job, opt)
	if err != nil {
		return err
	}
	err = do(c.Context, w)
	progress.clear()
	if p.journal != nil {
		p.endJournal(err)
	}
	return errors.Join(err, w.Close())
}

// endJournal says in the log how the command ended. What was refused, and a run
// that found nothing to do, leave no log.
func (p *program) endJournal(err error) {
	done := err == nil || errors.Is(err, errAttention)
	if !done {
		found, code := p.describe(err)
		p.journal.log.Error(values.MaskDigits(p.words(found)), "code", found.Code, "exit", code)
	}
	if broken := p.journal.end(done && !p.idle); broken != nil {
		p.complain(values.Say("日志写不进去（%v），工作本身不受影响。", "The log cannot be written (%v); the work itself is not affected.", broken))
	}
}

// nothingThere gives a dry run a workspace to try in where the job has none yet,
// so that it makes none. One that only an upgrade could open is refused, as a
// view refuses it.
func (p *program) nothingThere(c *cli.Context, job *jobs.Job) (*jobs.Job, func(), error) {
	if _, err := os.Stat(filepath.Join(job.Workspace, "ledger.db")); !errors.Is(err, fs.ErrNotExist) {
		opt, _, err := p.options(c)
		if err != nil {
			return nil, nil, err
		}
		w, err := pipeline.OpenView(c.Context, job, opt)
		if err != nil {
			return nil, nil, err
		}
		return job, func() {}, w.Close()
	}
	folder, err := os.MkdirTemp("", "tiexi-dry-run-")
	if err != nil {
		return nil, nil, cannotWrite(err)
	}
	elsewhere := *job
	elsewhere.Workspace = folder
	return &elsewhere, func() { _ = os.RemoveAll(folder) }, nil
}

// view opens the job's workspace for looking, at the quarter that --quarter
// names or the latest.
func (p *program) view(c *cli.Context, do func(context.Context, *pipeline.Workspace, values.Quarter) error) error {
	job, err := p.job(c)
	if err != nil {
		return err
	}
	opt, _, err := p.options(c)
	if err != nil {
		return err
	}
	w, err := pipeline.OpenView(c.Context, job, opt)
	if err != nil {
		return err
	}
	quarter, err := chosenQuarter(c, w)
	if err == nil {
		err = do(c.Context, w, quarter)
	}
	return errors.Join(err, w.Close())
}

func (p *program) options(c *cli.Context) (pipeline.Options, *progress, error) {
	day, err := today(c)
	progress := p.newProgress(c.Bool("verbose"))
	return pipeline.Options{Today: day, Operator: operator(c), Events: progress.event}, progress, err
}

// chosenQuarter is the one that --quarter names, else the latest that has lines.
func chosenQuarter(c *cli.Context, w *pipeline.Workspace) (values.Quarter, error) {
	quarter, err := quarterFlag(c)
	if err != nil || !quarter.IsZero() {
		return quarter, err
	}
	quarter, err = w.Latest(c.Context)
	if err == nil && quarter.IsZero() {
		err = values.Refuse(
			values.Say("台账里还没有任何季度。", "The ledger has no quarter yet."),
			values.Say("请把银行的贴息名单放进收件文件夹，再运行 tiexi run。", "Put the banks' statements into the inbox and run `tiexi run`."))
	}
	return quarter, err
}

// workQuarter is work for commands that need a quarter: the one that --quarter
// names, else the latest.
func (p *program) workQuarter(c *cli.Context, do func(context.Context, *pipeline.Workspace, values.Quarter) error) error {
	return p.work(c, func(ctx context.Context, w *pipeline.Workspace) error {
		quarter, err := chosenQuarter(c, w)
		if err != nil {
			return err
		}
		return do(ctx, w, quarter)
	})
}
