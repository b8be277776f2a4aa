package main

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// progress shows what a run is doing: one line that is written over on a
// terminal, plain lines elsewhere, where every line must be worth a mail.
type progress struct {
	out     io.Writer
	in      func(values.Text) string
	width   int // of the terminal, 0 where there is none
	verbose bool
	quiet   bool         // warnings only
	records *slog.Logger // in place of lines, may be nil
	journal *journal
	shown   int // columns of the line that is to be written over
}

// newProgress talks on stderr.
func (p *program) newProgress(verbose bool) *progress {
	width, _ := terminal(p.stderr)
	g := &progress{out: p.stderr, in: func(t values.Text) string { return t.In(p.lang) }, width: width, verbose: verbose, quiet: p.quiet, journal: p.journal}
	if p.records {
		g.records = newLogger(p.stderr, true)
	}
	return g
}

// event takes what the pipeline reports.
func (g *progress) event(e pipeline.Event) {
	g.journal.event(e)
	if g.quiet && e.Kind != pipeline.Warning {
		return
	}
	if g.records != nil {
		if e.Kind != pipeline.Progress && (g.verbose || e.Kind != pipeline.StageSkipped) {
			record(g.records, e, g.in(e.Text))
		}
		return
	}
	where := strings.TrimSpace(e.Quarter.String() + " " + g.in(stageWord(e.Stage)))
	words := g.in(e.Text)
	switch e.Kind {
	case pipeline.Note, pipeline.Warning:
		g.line(words)
	case pipeline.StageDone:
		g.line(fmt.Sprintf("%s  %d → %d  %s", where, e.Total, e.Done, words))
	case pipeline.StageSkipped:
		if g.verbose {
			g.line(where + "  " + words)
		}
	case pipeline.FileRead:
		if g.verbose {
			g.line(words)
		} else {
			g.over(words)
		}
	default:
		g.over(strings.TrimSpace(where + "  " + counted(e.Done, e.Total) + words))
	}
}

func counted(done, total int) string {
	if total == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d  ", done, total)
}

// line prints a line that stays.
func (g *progress) line(s string) {
	if s == "" {
		return
	}
	g.clear()
	fmt.Fprintln(g.out, values.MaskDigits(s))
}

// over writes over the last such line; nothing where there is no terminal. The
// terminal's last column stays free, because some wrap when it is filled.
func (g *progress) over(s string) {
	if g.width == 0 || s == "" {
		return
	}
	s = text.Trim(values.MaskDigits(s), g.width-1)
	g.clear()
	fmt.Fprint(g.out, s)
	g.shown = text.StringWidth(s)
}

// clear takes away the line that is to be written over.
func (g *progress) clear() {
	if g.shown > 0 {
		fmt.Fprint(g.out, "\r"+strings.Repeat(" ", g.shown)+"\r")
		g.shown = 0
	}
}

// stageWord is a stage in words.
func stageWord(stage string) values.Text {
	switch stage {
	case "ingest":
		return values.Say("收件", "ingest")
	case "validate":
		return values.Say("核验", "validate")
	case "compute":
		return values.Say("计算", "compute")
	case "publish":
		return values.Say("公示", "publish")
	case "disburse":
		return values.Say("发放", "disburse")
	case "reconcile":
		return values.Say("对账", "reconcile")
	case "monitoring":
		return values.Say("监测表", "monitoring table")
	case "report":
		return values.Say("报告", "report")
	case "fund":
		return values.Say("风险补偿金", "risk fund")
	}
	return values.Text{Chinese: stage, English: stage}
}
