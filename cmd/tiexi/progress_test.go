package main

import (
	"bytes"
	"strings"
	"testing"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

var events = []pipeline.Event{
	{Kind: pipeline.StageStarted, Stage: "validate", Quarter: values.Quarter{Year: 2026, Number: 3}, Text: values.Say("第一次运行", "first time")},
	{Kind: pipeline.Progress, Stage: "validate", Done: 3, Total: 10},
	{Kind: pipeline.StageSkipped, Stage: "compute", Text: values.Say("没有变化", "nothing has changed")},
	{Kind: pipeline.Warning, Text: values.Say("149901199001010012 没有采用", "149901199001010012 was not applied")},
	{Kind: pipeline.StageDone, Stage: "validate", Done: 10, Total: 10, Text: values.Say("第一次运行", "first time")},
}

func shown(width int, quiet bool) string {
	var out bytes.Buffer
	g := &progress{out: &out, in: func(t values.Text) string { return t.Chinese }, width: width, quiet: quiet}
	for _, e := range events {
		g.event(e)
	}
	g.clear()
	return out.String()
}

// In a log every line must be worth reading: what has happened, not what is
// happening, and no id in full.
func TestProgressInALog(t *testing.T) {
	got := shown(0, false)
	if want := "149***********0012 没有采用\n核验  10 → 10  第一次运行\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestProgressOnATerminalLeavesOnlyWhatStays(t *testing.T) {
	got := shown(40, false)
	if !strings.Contains(got, "3/10") {
		t.Errorf("no running figure in %q", got)
	}
	for line := range strings.Lines(got) {
		// what stands after the last carriage return is what is seen
		seen := line[strings.LastIndex(line, "\r")+1:]
		if strings.Contains(seen, "3/10") {
			t.Errorf("a passing line stays: %q", line)
		}
	}
}

func TestQuietStillWarns(t *testing.T) {
	if got := shown(40, true); got != "149***********0012 没有采用\n" {
		t.Errorf("got %q", got)
	}
}
