package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"

	"github.com/urfave/cli/v2"

	"tiexi/formats/jobs"
	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) runCommand() *cli.Command {
	return p.command(spec{
		name:  "run",
		usage: p.in("把每个季度推进到需要人处理为止", "bring every quarter as far as it goes without a person"),
		about: p.in("随时可以运行，也可定时运行：没有变化的步骤跳过，中断的接着做。最后几行说明下一步该谁做什么。有待核、退回的行或被拒收的文件时退出码为 3。",
			"Safe at any time, from cron too: what is up to date is skipped, what was cut off is continued. The last lines say what is next and who must do it. Exit code 3 while there are held or returned lines, or refused files."),
		examples: []string{"run", "run --quarter 2026Q3 --through validate", "run --supersedes 农商行.xlsx=农商行-重报.xlsx", "run --all --json"},
		acts:     true,
		flags: []cli.Flag{
			&cli.BoolFlag{Name: "all", Usage: p.in("配置文件中的全部作业", "every job of the configuration")},
			&cli.StringFlag{Name: "through", Usage: p.in("做到哪一步为止：ingest、validate、compute、publish、disburse、reconcile",
				"last stage to run: ingest, validate, compute, publish, disburse, reconcile")},
			&cli.StringSliceFlag{Name: "supersedes", Usage: p.in("旧文件名=新文件名：新文件更正旧文件，可写多次", "OLD=NEW: the new file corrects the old one, may be repeated")},
			&cli.BoolFlag{Name: "accept-smaller-roster", Usage: p.in("帮扶名单比上一份少五分之一以上，已核实无误，照样导入",
				"take a roster that is smaller than the last by a fifth or more: it was checked and is right")},
		},
		do: p.run,
	})
}

func (p *program) run(c *cli.Context) error {
	request, err := runRequest(c)
	if err != nil {
		return err
	}
	if !c.Bool("all") {
		job, err := p.job(c)
		if err != nil {
			return err
		}
		return p.runJob(c, job, request)
	}
	file, err := p.file(c)
	if err != nil {
		return err
	}
	if c.IsSet("job") {
		return usage(values.Say("--all 和 --job 不能同时写。", "--all and --job exclude each other."), values.Text{})
	}
	return p.runAll(c, file, request)
}

// runAll runs every job, as many at a time as there are cores; one that fails
// does not keep the others from running. What each has to say comes whole, in
// the order of jobs.yaml.
func (p *program) runAll(c *cli.Context, file *jobs.File, request pipeline.RunRequest) error {
	var attention error
	var failed []string
	var last error
	for i, done := range p.runEach(c, file.Jobs, request) {
		told := <-done
		_, _ = p.stderr.Write(told.talk.Bytes())
		_, _ = p.stdout.Write(told.answer.Bytes())
		switch err := told.err; {
		case errors.Is(err, errAttention):
			attention = err
		case err != nil:
			failure, code := p.describe(err) // even with --quiet: it is all that a scheduler's mail will say
			p.note(slog.LevelError, p.in("作业 %s：%s", "Job %s: %s", file.Jobs[i].Name, p.words(failure)), "job", file.Jobs[i].Name, "code", failure.Code, "exit", code)
			failed, last = append(failed, file.Jobs[i].Name), err
		}
	}
	if err := c.Context.Err(); err != nil {
		return err
	}
	if len(failed) > 0 {
		return &values.Fault{Kind: kindOf(last),
			What: values.Text{
				Chinese: "没有做完的作业：" + strings.Join(failed, "、") + "。",
				English: "Jobs that failed: " + strings.Join(failed, ", ") + ".",
			},
			Hint: values.Say("原因见上；其余作业都已做完。", "See above for the reasons; the other jobs are done.")}
	}
	return attention
}

// told is what one of several jobs had to say.
type told struct {
	answer, talk bytes.Buffer
	err          error
}

// runEach runs the jobs beside each other, in order of beginning, and gives for
// each where its result will come from.
func (p *program) runEach(c *cli.Context, all []jobs.Job, request pipeline.RunRequest) []chan *told {
	results := make([]chan *told, len(all))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range results {
		results[i] = make(chan *told, 1)
	}
	go func() {
		for i := range all {
			free <- struct{}{}
			go func() {
				t := &told{}
				one := *p
				one.stdout, one.stderr = &t.answer, &t.talk
				one.talk(p.in("作业 %s", "Job %s", all[i].Name))
				t.err = one.runJob(c, &all[i], request)
				<-free
				results[i] <- t
			}()
		}
	}()
	return results
}

func kindOf(err error) values.FaultKind {
	var fault *values.Fault
	if errors.As(err, &fault) {
		return fault.Kind
	}
	return values.FaultRefused
}

func runRequest(c *cli.Context) (pipeline.RunRequest, error) {
	quarter, err := quarterFlag(c)
	if err != nil {
		return pipeline.RunRequest{}, err
	}
	r := pipeline.RunRequest{Quarter: quarter, Through: c.String("through"), DryRun: c.Bool("dry-run"),
		AcceptSmaller: c.Bool("accept-smaller-roster"), Supersedes: map[string]string{}}
	for _, pair := range c.StringSlice("supersedes") {
		old, replacement, ok := strings.Cut(pair, "=")
		if !ok || old == "" || replacement == "" {
			return r, usage(values.Say("--supersedes 的“%s”不对。", "--supersedes: %q is wrong.", pair),
				values.Say("请写成 旧文件名=新文件名。", "Write OLD=NEW."))
		}
		r.Supersedes[old] = replacement
	}
	return r, nil
}

func (p *program) runJob(c *cli.Context, job *jobs.Job, request pipeline.RunRequest) error {
	return p.workOn(c, job, func(ctx context.Context, w *pipeline.Workspace) error {
		report, err := w.Run(ctx, request)
		if err != nil {
			return err
		}
		p.idle = !report.Changed
		if p.json {
			if err := p.printJSON(p.runJSON(job, report)); err != nil {
				return err
			}
		}
		p.printRefused(report.Refused)
		for _, bank := range report.Silent {
			p.complain(values.Say("%s 还没有报来任何文件。", "Nothing has come from %s.", bank))
		}
		if !p.json {
			p.printRun(w, report)
		}
		if report.Attention {
			return errAttention
		}
		return nil
	})
}

// complain prints what somebody has to see, even with --quiet: cron mails it.
func (p *program) complain(t values.Text) {
	p.journal.say(slog.LevelWarn, t.In(p.lang))
	p.note(slog.LevelWarn, t.In(p.lang))
}

// printRefused names every refused or waiting file, with the reason.
func (p *program) printRefused(files []pipeline.RefusedFile) {
	for _, file := range files {
		reason := file.Reason.In(p.lang)
		if file.Waiting {
			p.complain(values.Say("等待：%s：%s", "Waiting: %s: %s", file.Name, reason))
		} else {
			p.complain(values.Say("拒收：%s：%s", "Refused: %s: %s", file.Name, reason))
		}
	}
}

func (p *program) printRun(w *pipeline.Workspace, report *pipeline.RunReport) {
	if len(report.Quarters) == 0 {
		p.answer(p.in("收件文件夹里没有可以结算的文件：%s", "There is nothing to settle in the inbox %s", w.Job().Inbox))
	}
	for _, quarter := range report.Quarters {
		p.answer(p.in("%s（%s）", "%s (%s)", quarter.Quarter.String(), p.quarterDays(w.Job(), quarter.Quarter)))
		var rows [][]string
		for _, stage := range quarter.Stages {
			rows = append(rows, []string{
				stageWord(stage.Name).In(p.lang), p.stageState(stage.State),
				fmt.Sprint(stage.In), fmt.Sprint(stage.Out), stage.Reason.In(p.lang),
			})
		}
		p.printTable([]column{
			whole(p.in("步骤", "stage")), whole(p.in("状态", "state")), right(p.in("进", "in")), right(p.in("出", "out")), left(p.in("说明", "why")),
		}, rows)
		if !report.Changed {
			p.answer(p.in("没有变化，什么都没有写。", "Nothing has changed; nothing was written."))
		}
		p.printAlerts(quarter.Alerts)
		p.printNext(quarter.Next)
	}
}

func (p *program) quarterDays(job *jobs.Job, q values.Quarter) string {
	return p.in("%s 至 %s", "%s to %s", q.First(job.InterestDay), q.Last(job.InterestDay))
}

// printAlerts says which banks and townships are above a limit.
func (p *program) printAlerts(alerts []pipeline.Alert) {
	for _, alert := range alerts {
		for _, line := range wrap(alert.Sentence().In(p.lang), p.width()) {
			p.answer(line)
		}
	}
}

// printNext ends an answer with what people have to do now.
func (p *program) printNext(next []values.Text) {
	for i, step := range next {
		if i == 0 {
			p.answer(p.in("接下来：", "Next:"))
		}
		for j, line := range wrap(step.In(p.lang), p.width()-4) {
			if j == 0 {
				p.answer("  · " + line)
			} else {
				p.answer("    " + line)
			}
		}
	}
}

func (p *program) stageState(state string) string {
	switch state {
	case "done":
		return p.in("完成", "done")
	case "skipped":
		return p.in("跳过", "skipped")
	case "waiting":
		return p.in("等待", "waiting")
	case "pending":
		return p.in("未做", "pending")
	}
	return state
}
