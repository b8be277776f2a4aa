package pipeline_test

import (
	"context"
	"testing"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (c *county) diff(t *testing.T, from, to int64) (d *pipeline.Diff) {
	t.Helper()
	c.look(t, "2026-10-30", func(ctx context.Context, w *pipeline.Workspace) (err error) {
		d, err = w.DiffRuns(ctx, q3, from, to, values.Chinese)
		return err
	})
	checkDiff(t, d)
	return d
}

// checkDiff: causes add up to the changes, changes to the difference.
func checkDiff(t *testing.T, d *pipeline.Diff) {
	t.Helper()
	var changed, caused values.Fen
	loans := 0
	for _, c := range d.Changes {
		changed += c.Difference()
		if c.Before == c.After || len(c.Causes) == 0 || c.Borrower == "" {
			t.Errorf("%+v", c)
		}
	}
	for _, s := range d.Causes {
		caused += s.Difference
		loans += s.Loans
	}
	if changed != d.To.Total-d.From.Total || caused != changed || loans != len(d.Changes) {
		t.Errorf("changes %s, causes %s (%d of %d loans), difference %s", changed, caused, loans, len(d.Changes), d.To.Total-d.From.Total)
	}
}

func causes(d *pipeline.Diff) map[string]pipeline.CauseKind {
	all := map[string]pipeline.CauseKind{}
	for _, c := range d.Changes {
		all[c.Contract] = c.Causes[0].Kind
	}
	return all
}

// A quarter with everything in it: each computation's changes have the cause
// that the step before had.
func TestWhatEachComputationChanged(t *testing.T) {
	c, err := smallCounty(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range script {
		if err := s.perform(c, pipeline.Options{}); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
	}
	var runs []pipeline.RunView
	c.look(t, "2026-10-30", func(ctx context.Context, w *pipeline.Workspace) (err error) {
		runs, err = w.Runs(ctx, q3)
		return err
	})
	if len(runs) < 2 {
		t.Fatalf("computed %d times", len(runs))
	}
	last := causes(c.diff(t, 0, 0))
	if last["ZC149901000095"] != pipeline.CauseLines || last["ZC149901000052"] != pipeline.CauseGone || len(last) != 2 {
		t.Errorf("after the correction: %v", last)
	}
	all := c.diff(t, runs[len(runs)-1].Run, runs[0].Run) // in whatever order they are named
	if all.From.Run != runs[0].Run || len(all.Changes) < 2 {
		t.Errorf("from %d to %d: %d changes", all.From.Run, all.To.Run, len(all.Changes))
	}
}

// Other terms move every loan, and are said to.
func TestOtherTermsAreTheCause(t *testing.T) {
	c := computedCounty(t)
	c.job.Policies[0] = c.write(t, "lean.yaml", lean)
	c.runAll(t, "2026-09-26")
	d := c.diff(t, 0, 0)
	counted := map[pipeline.CauseKind]int{}
	for _, s := range d.Causes {
		counted[s.Kind] = s.Loans
	}
	if counted[pipeline.CausePolicy] < 300 || counted[pipeline.CauseGone] == 0 || len(counted) != 2 {
		t.Errorf("counted %v", counted)
	}
}
