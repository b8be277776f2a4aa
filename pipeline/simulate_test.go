package pipeline_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// lean are other terms: less money, a lower age, a lower ceiling.
const lean = `extends: bangfu-2026
settings:
  age_max: {value: "60", source: 试算}
  loan_ceiling: {value: "80000", source: 试算}
terms:
  - name: 帮扶贴息
    clause: 一(六)
    source: 试算
    tier1: {up_to: "40000", central: {percent: "60", cap: "2.0"}, provincial: {percent: "40"}, total_cap: "3.0", clause: 一(六), source: 试算}
    tier2: {up_to: "100000", central: {percent: "60", cap: "2.0"}, clause: 一(六), source: 试算}
`

// write puts a file beside jobs.yaml and gives its path.
func (c *county) write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// computedCounty is the whole county after its first run.
func computedCounty(t *testing.T) *county {
	t.Helper()
	c, err := wholeCounty(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c.runAll(t, "2026-09-25")
	return c
}

func (c *county) runAll(t *testing.T, day string) {
	t.Helper()
	err := c.act(pipeline.Options{Today: values.MustDate(day)}, func(ctx context.Context, w *pipeline.Workspace) error { return run(ctx, c, w) })
	if err != nil {
		t.Fatal(err)
	}
}

func (c *county) simulate(t *testing.T, policies ...string) (s *pipeline.Simulation) {
	t.Helper()
	c.look(t, "2026-09-26", func(ctx context.Context, w *pipeline.Workspace) (err error) {
		s, err = w.Simulate(ctx, q3, policies, values.Chinese)
		return err
	})
	return s
}

// subsidies are what the ledger has for each loan, by contract.
func (c *county) subsidies(t *testing.T) (all map[string]values.Fen, counts pipeline.LineCounts) {
	t.Helper()
	all = map[string]values.Fen{}
	c.look(t, "2026-09-26", func(ctx context.Context, w *pipeline.Workspace) error {
		status, err := w.Status(ctx, q3)
		if err != nil {
			return err
		}
		counts = status.Lines
		return w.Lines(ctx, q3, func(l pipeline.LineView) error {
			all[l.Bank+" "+l.Contract] += l.Subsidy
			return nil
		})
	})
	return all, counts
}

// A simulation is what the run comes to once the terms are in force, loan by
// loan, both with and without terms for old contracts.
func TestASimulationIsWhatTheRunWouldCome(t *testing.T) {
	c := computedCounty(t)
	was, _ := c.subsidies(t)
	for name, terms := range map[string]string{"lean.yaml": lean, "old.yaml": oldTerms} {
		path := c.write(t, name, terms)
		s := c.simulate(t, path)
		for _, change := range s.Changes {
			loan := change.Bank + " " + change.Contract
			if was[loan] != change.Before.Total() {
				t.Errorf("%s: %s is said to have %s, and has %s", name, loan, change.Before.Total(), was[loan])
			}
		}
		really, err := wholeCounty(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		really.job.Policies[map[string]int{"lean.yaml": 0, "old.yaml": 1}[name]] = path
		really.runAll(t, "2026-09-25")
		is, counts := really.subsidies(t)
		if s.Lines[1] != counts {
			t.Errorf("%s: simulated %+v, run %+v", name, s.Lines[1], counts)
		}
		want := map[string]values.Fen{}
		for loan, amount := range was {
			want[loan] = amount
		}
		for _, change := range s.Changes {
			want[change.Bank+" "+change.Contract] = change.After.Total()
		}
		moved := 0
		for loan, amount := range is {
			if want[loan] != amount {
				t.Errorf("%s: %s is simulated at %s, the run gives %s", name, loan, want[loan], amount)
			}
			if amount != was[loan] {
				moved++
			}
		}
		if moved == 0 || moved != len(s.Changes) {
			t.Errorf("%s: %d loans moved, %d changes", name, moved, len(s.Changes))
		}
		simulationAddsUp(t, s)
	}
}

// simulationAddsUp: townships and lenders come to the county, changes to the difference.
func simulationAddsUp(t *testing.T, s *pipeline.Simulation) {
	t.Helper()
	for kind, groups := range map[string][]pipeline.Compared{"townships": s.Townships, "lenders": s.Lenders} {
		var before, after values.Fen
		loans := 0
		for _, g := range groups {
			before, after, loans = before+g.Before.Total, after+g.After.Total, loans+g.After.Loans
		}
		if before != s.County.Before.Total || after != s.County.After.Total || loans != s.County.After.Loans {
			t.Errorf("%s come to %s and %s, the county to %+v", kind, before, after, s.County)
		}
	}
	var difference values.Fen
	for _, change := range s.Changes {
		difference += change.Difference()
		if len(change.Causes) == 0 || change.Causes[0].Words == "" {
			t.Errorf("%s changes for no reason", change.Contract)
		}
	}
	if difference != s.County.After.Total-s.County.Before.Total {
		t.Errorf("the changes come to %s, the county's difference is %s", difference, s.County.After.Total-s.County.Before.Total)
	}
}

// The job's own terms change nothing, also after payment froze lines and a
// newer roster would judge some of them otherwise.
func TestTheSameTermsChangeNothing(t *testing.T) {
	c := computedCounty(t)
	for _, s := range script[1:8] {
		if strings.HasPrefix(s.name, "object") {
			continue // its borrower is not the whole county's
		}
		if err := s.perform(c, pipeline.Options{}); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
	}
	same := c.write(t, "same.yaml", "extends: bangfu-2026\nsettings:\n  age_max: {value: \"65\", source: 试算}\n")
	s := c.simulate(t, same)
	if len(s.Changes) != 0 || s.Lines[0] != s.Lines[1] || s.County.Before != s.County.After {
		t.Errorf("%d changes, lines %+v, county %+v", len(s.Changes), s.Lines, s.County)
	}
	if s := c.simulate(t, c.write(t, "lean.yaml", lean)); len(s.Changes) < 400 {
		t.Errorf("paid loans take no part: only %d changes", len(s.Changes))
	}
}

func TestASimulationWritesNothing(t *testing.T) {
	c := computedCounty(t)
	path := c.write(t, "lean.yaml", lean)
	before := listFiles(t, c.dir)
	c.simulate(t, path)
	if after := listFiles(t, c.dir); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func listFiles(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil {
			fmt.Fprintln(&b, path, info.Size(), info.ModTime())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
