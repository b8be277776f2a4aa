package main

import (
	"context"
	"errors"

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
	return errors.Join(err, w.Close())
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
