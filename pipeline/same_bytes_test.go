package pipeline_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func sameFiles(t *testing.T, got, want map[string]string) {
	t.Helper()
	same(t, state{files: got}, state{files: want})
}

// play performs the script up to and including the step of that name.
func play(t *testing.T, c *county, through string) {
	t.Helper()
	for _, s := range script {
		if err := s.perform(c, pipeline.Options{}); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if s.name == through {
			return
		}
	}
	t.Fatalf("the script has no step %q", through)
}

// The same county in two folders comes to the same ledger and the same bytes,
// command by command.
func TestTwoFoldersComeToTheSameBytes(t *testing.T) {
	t.Parallel()
	one := must(wholeCounty(filepath.Join(t.TempDir(), "one")))(t)
	two := must(wholeCounty(filepath.Join(t.TempDir(), "another folder", "二")))(t)
	commands := script
	if !long {
		commands = script[:9] // up to the return file; the rest is compared after a backup, below
	}
	for i, s := range commands {
		for _, c := range []*county{one, two} {
			if err := s.perform(c, pipeline.Options{}); err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
		}
		if !long && i%4 != 0 {
			continue
		}
		if d := two.state(t).differs(one.state(t)); d != "" {
			t.Fatalf("after %q the two differ:\n%s", s.name, d)
		}
	}
	if s := one.state(t); len(s.files) < 100 || len(s.rows) < 4000 {
		t.Errorf("only %d files and %d rows were compared", len(s.files), len(s.rows))
	}
	for _, row := range one.state(t).rows {
		if strings.Contains(row, filepath.Dir(one.dir)) {
			t.Errorf("the ledger knows the folder: %s", row)
		}
		if strings.HasPrefix(row, "run: ") && strings.Contains(row, "'open'") {
			t.Errorf("a run was never closed: %s", row)
		}
	}
}

// A run with nothing new says so of every stage and touches no file.
func TestASecondRunWritesNothing(t *testing.T) {
	t.Parallel()
	c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	days := map[string][]string{ // after these commands, on these days, nothing is left to do
		"run on the statements": {"2026-09-25", "2026-09-30"},
		"run on the decisions":  {"2026-09-25"},
		"run after the notice":  {"2026-10-07", "2026-10-08"},
		"run on failures":       {"2026-10-20"},
		"run on a correction":   {"2026-10-28", "2027-01-05"},
	}
	for _, s := range script {
		if err := s.perform(c, pipeline.Options{}); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		for _, day := range days[s.name] {
			before, times := c.state(t), changeTimes(t, c.job.Workspace)
			time.Sleep(10 * time.Millisecond) // so that a file written anew has another time
			report := runOn(t, c, day)
			if report.Changed {
				t.Errorf("after %q on %s: the run says that it changed something", s.name, day)
			}
			for _, stage := range report.Quarters[0].Stages {
				if stage.State == "done" || stage.Reason.IsZero() {
					t.Errorf("after %q on %s: %s is %s (%s)", s.name, day, stage.Name, stage.State, stage.Reason.Chinese)
				}
			}
			same(t, c.state(t), before)
			if now := changeTimes(t, c.job.Workspace); !maps.EqualFunc(now, times, time.Time.Equal) {
				t.Errorf("after %q on %s: something was written", s.name, day)
			}
		}
	}
}

func runOn(t *testing.T, c *county, day string) (report *pipeline.RunReport) {
	t.Helper()
	err := c.act(pipeline.Options{Today: values.MustDate(day)}, func(ctx context.Context, w *pipeline.Workspace) (err error) {
		report, err = w.Run(ctx, pipeline.RunRequest{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// changeTimes are the times of everything in the workspace but the lock.
func changeTimes(t *testing.T, dir string) map[string]time.Time {
	t.Helper()
	times := map[string]time.Time{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir || strings.HasPrefix(entry.Name(), ".lock") {
			return err
		}
		info, err := entry.Info()
		times[path] = info.ModTime()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return times
}

// What a backup brings back goes on as if nothing had happened: a run writes
// the same outputs, and the rest of the quarter comes to the same.
func TestARestoredBackupComesToTheSameBytes(t *testing.T) {
	t.Parallel()
	const through = "return file" // in the midst: one batch is paid, two rows of it failed
	c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	play(t, c, through)
	backup := filepath.Join(t.TempDir(), "backup.zip")
	err := c.act(pipeline.Options{}, func(ctx context.Context, w *pipeline.Workspace) error { return w.Backup(ctx, backup) })
	if err != nil {
		t.Fatal(err)
	}
	if info := must(os.Stat(backup))(t); runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the backup has mode %v", info.Mode())
	}
	before := c.state(t)

	other := copyCounty(t, c)
	if err := os.RemoveAll(other.job.Workspace); err != nil {
		t.Fatal(err)
	}
	if err := pipeline.Restore(t.Context(), other.job, backup); err != nil {
		t.Fatal(err)
	}
	same(t, state{dump(t, filepath.Join(other.job.Workspace, "ledger.db")), digests(t, other.job.Workspace, "archive")},
		state{before.rows, digests(t, c.job.Workspace, "archive")})
	done := false
	for _, s := range script {
		if done {
			for _, each := range []*county{c, other} {
				if err := s.perform(each, pipeline.Options{}); err != nil {
					t.Fatalf("%s: %v", s.name, err)
				}
			}
			same(t, other.state(t), c.state(t))
		}
		done = done || s.name == through
	}
}

// An old ledger that is put back beside newer payment files would pay again
// what was paid since: every command that acts stops, and changes nothing.
func TestAnOldLedgerBesideNewerOutputsIsNoticed(t *testing.T) {
	t.Parallel()
	c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	play(t, c, "run after the notice")
	ledger := filepath.Join(c.job.Workspace, "ledger.db")
	old := must(os.ReadFile(ledger))(t)
	for _, s := range script[7:9] { // approved, paid
		if err := s.perform(c, pipeline.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(ledger, old, 0o600); err != nil {
		t.Fatal(err)
	}
	before := c.state(t)
	for _, s := range script[6:9] {
		var fault *values.Fault
		if err := s.perform(c, pipeline.Options{}); !errors.As(err, &fault) || !strings.Contains(fault.What.Chinese, "台账比输出文件旧") {
			t.Errorf("%s: %v", s.name, err)
		}
	}
	same(t, c.state(t), before)
}

// Whatever output is lost, the next run brings back the very bytes: rendered
// again from the ledger, or from the archive what was approved or hangs.
func TestALostOutputComesBackAsItWas(t *testing.T) {
	t.Parallel()
	c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	for _, s := range script {
		if err := s.perform(c, pipeline.Options{}); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if !strings.HasPrefix(s.name, "run") {
			continue
		}
		before := c.state(t)
		outputs := slices.Sorted(maps.Keys(digests(t, c.job.Workspace, "out")))
		if len(outputs) < 20 {
			t.Errorf("only %d outputs", len(outputs))
		}
		if err := os.RemoveAll(c.outDir()); err != nil {
			t.Fatal(err)
		}
		runOn(t, c, s.day)
		same(t, c.state(t), before)
		for i, name := range outputs {
			if !long && i%7 != 0 {
				continue
			}
			if err := os.Remove(filepath.Join(c.job.Workspace, filepath.FromSlash(name))); err != nil {
				t.Fatal(err)
			}
			runOn(t, c, s.day)
			same(t, c.state(t), before)
		}
	}
}

// A file that somebody worked in is never overwritten without a word: the run
// warns of it by name and keeps it, the audit finds it; and when the stage has
// something new to write, what was changed by hand stands beside it.
func TestAnAlteredOutputIsReportedAndKept(t *testing.T) {
	t.Parallel()
	c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	play(t, c, "run on the statements")
	for _, name := range []string{"核验/问题清单.xlsx", "公示/石楼坪乡/南坡村.xlsx"} {
		path := filepath.Join(c.outDir(), "2026Q3", filepath.FromSlash(name))
		altered := append(must(os.ReadFile(path))(t), "worked in by hand"...)
		if err := os.WriteFile(path, altered, 0o600); err != nil {
			t.Fatal(err)
		}
		var warned []string
		err := c.act(pipeline.Options{Today: values.MustDate("2026-09-25"), Events: func(e pipeline.Event) {
			if e.Kind == pipeline.Warning {
				warned = append(warned, e.Text.Chinese)
			}
		}}, func(ctx context.Context, w *pipeline.Workspace) error { return run(ctx, c, w) })
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(warned, func(s string) bool { return strings.Contains(s, path) }) {
			t.Errorf("nobody is told that %s was changed: %q", name, warned)
		}
		if string(must(os.ReadFile(path))(t)) != string(altered) {
			t.Errorf("%s was overwritten", name)
		}
		c.look(t, "2026-09-25", func(ctx context.Context, w *pipeline.Workspace) error {
			report, err := w.Audit(ctx)
			if err == nil && !slices.ContainsFunc(report.Failures, func(f values.Text) bool { return strings.Contains(f.Chinese, path) }) {
				t.Errorf("the audit does not find %s: %v", name, report.Failures)
			}
			return err
		})
	}
	list := "2026Q3/公示/石楼坪乡/南坡村.xlsx"
	err := script[4].perform(c, pipeline.Options{}) // post the notices
	if err == nil || !strings.Contains(err.Error(), filepath.Join(c.outDir(), filepath.FromSlash(list))) {
		t.Errorf("a list that was changed by hand is recorded as posted: %v", err)
	}
	for _, s := range script[1:4] { // decisions, which change the findings workbook
		if err := s.perform(c, pipeline.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	aside := filepath.Join(c.outDir(), "2026Q3", "核验", "问题清单.手工改动1.xlsx")
	if content, err := os.ReadFile(aside); err != nil || !strings.HasSuffix(string(content), "worked in by hand") {
		t.Errorf("what was worked in by hand is gone: %v", err)
	}
}
