package main

import (
	"context"
	"errors"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) auditCommand() *cli.Command {
	return p.command(spec{
		name:  "audit",
		usage: p.in("证明账目平、文件真、日志没有动过", "prove that the books balance and nothing was altered"),
		about: p.in("由台账和文件重新核算：每一行都有去处，每一分都有出处，天数没有重复，文件与写出时一致，审计日志首尾相连。不改动任何东西；有一项不成立，退出码为 1。",
			"Works out anew, from ledger and files: every row has its place, every fen its reason, no day counts twice, files are as they were written, the audit log is linked. Changes nothing; exit code 1 if anything fails."),
		examples: []string{"audit", "audit --json"},
		do: func(c *cli.Context) error {
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
			return errors.Join(p.audit(c.Context, w), w.Close())
		},
	})
}

func (p *program) audit(ctx context.Context, w *pipeline.Workspace) error {
	report, err := w.Audit(ctx)
	if err != nil {
		return err
	}
	if p.json {
		err = p.printJSON(map[string]any{"sound": report.Sound(), "proved": p.texts(report.Proved), "failures": p.texts(report.Failures)})
	} else {
		p.printAudit(report)
	}
	if err == nil && !report.Sound() {
		err = errAnswered
	}
	return err
}

func (p *program) printAudit(report *pipeline.AuditReport) {
	for _, proved := range p.texts(report.Proved) {
		p.item(p.in("成立  ", "proved  "), proved)
	}
	for _, failure := range p.texts(report.Failures) {
		p.answer(p.in("不符  ", "FAILED  ") + failure) // not wrapped: it names a file, to be copied
	}
	if report.Sound() {
		p.answer(p.in("共 %d 项，全部成立。", "%d statements, all proved.", len(report.Proved)))
	} else {
		p.answer(p.in("共 %d 项，%d 项不符。", "%d statements, %d failed.", len(report.Proved)+len(report.Failures), len(report.Failures)))
	}
}

func (p *program) texts(list []values.Text) []string {
	words := []string{}
	for _, t := range list {
		words = append(words, t.In(p.lang))
	}
	return words
}
