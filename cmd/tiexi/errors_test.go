package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"tiexi/formats/jobs"
	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// Exit codes are a contract; each kind of ending has one.
func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		code int
	}{
		{"done", nil, 0},
		{"an error nobody foresaw", fs.ErrPermission, 1},
		{"refused", values.Refuse(values.Say("不行", "no"), values.Text{}), 1},
		{"answered in the negative", errAnswered, 1},
		{"usage", usage(values.Say("不对", "wrong"), values.Text{}), 2},
		{"mistakes in jobs.yaml", fmt.Errorf("load: %w", &jobs.Problems{Path: "jobs.yaml", List: []jobs.Problem{{Line: 1, Column: 1}}}), 2},
		{"attention", errAttention, 3},
		{"attention, and a workspace that closes badly", errors.Join(errAttention, nil), 3},
		{"busy", &values.Fault{Kind: values.FaultBusy}, 11},
		{"interrupted", fmt.Errorf("2026Q3 compute: %w", context.Canceled), 130},
	} {
		p := quietProgram()
		if got := p.report(c.err); got != c.code {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.code)
		}
	}
}

func TestAPanicIsAFailureNotAUsageError(t *testing.T) {
	var out, talk bytes.Buffer
	p := newProgram(nil, strings.NewReader(""), &out, &talk)
	err := p.attempt(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p.stdout = panicking{}
	if code := p.report(p.attempt(context.Background(), []string{"version"})); code != exitFailed {
		t.Errorf("exit code %d, want 1; said %s", code, talk.String())
	}
}

type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("no such thing") }

func TestAnInterruptIsToldWhateverErrorItCaused(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p := quietProgram()
	err := p.attempt(ctx, []string{"rules", "no-such-code"})
	if code := p.report(err); code != exitInterrupted {
		t.Errorf("exit code %d (%v), want 130", code, err)
	}
}

// Under --json an error is one object on stdout; ids never stand in the words
// on stderr.
func TestErrorsAsJSON(t *testing.T) {
	var out, talk bytes.Buffer
	p := newProgram([]string{"--json"}, strings.NewReader(""), &out, &talk)
	p.report(values.Refuse(values.Say("149901199001010012 不在名单", "149901199001010012 is not on it"), values.Say("请核对", "check")))
	var got struct{ Error failure }
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.Error.Code != "refused" || got.Error.Hint != "请核对" {
		t.Errorf("stdout is %s (%v)", out.String(), err)
	}
	if strings.Contains(talk.String(), "149901199001010012") || !strings.Contains(talk.String(), "不在名单") {
		t.Errorf("stderr is %s", talk.String())
	}
}

// While one process works in a workspace, another gets exit code 11 and is told
// who holds it.
func TestABusyWorkspace(t *testing.T) {
	folder := t.TempDir()
	var out, talk bytes.Buffer
	call := func(args ...string) int {
		out.Reset()
		talk.Reset()
		config := filepath.Join(folder, "jobs.yaml")
		return run(append([]string{"tiexi", "--config=" + config, "--today=2026-09-21"}, args...), strings.NewReader(""), &out, &talk)
	}
	if code := run([]string{"tiexi", "init", "--county", "清水县", folder}, strings.NewReader(""), &out, &talk); code != exitDone {
		t.Fatal(talk.String())
	}
	file, err := jobs.Load(filepath.Join(folder, "jobs.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	w, err := pipeline.Open(t.Context(), &file.Jobs[0], pipeline.Options{Today: values.MustDate("2026-09-21"), Operator: "李经办"})
	if err != nil {
		t.Fatal(err)
	}
	if code := call("run"); code != exitBusy || !strings.Contains(talk.String(), "李经办") {
		t.Errorf("exit code %d, said %s", code, talk.String())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if code := call("run"); code != exitDone {
		t.Errorf("afterwards: exit code %d, said %s", code, talk.String())
	}
}

// A view changes nothing, not even a lock file. (doctor tries whether it can
// write, and takes its trial away again.)
func TestViewsWriteNothing(t *testing.T) {
	folder := t.TempDir()
	var out, talk bytes.Buffer
	if code := run([]string{"tiexi", "init", "--county", "清水县", folder}, strings.NewReader(""), &out, &talk); code != exitDone {
		t.Fatal(talk.String())
	}
	config := "--config=" + filepath.Join(folder, "jobs.yaml")
	run([]string{"tiexi", "run", config, "--today=2026-09-21"}, strings.NewReader(""), &out, &talk)
	before := listing(t, folder)
	everyCommand(quietProgram().commands(), nil, func(path []string, command *cli.Command) {
		switch path[0] {
		case "status", "lines", "findings", "payments", "audit", "rules", "policy", "diff":
			run(append(append([]string{"tiexi"}, path...), config), strings.NewReader(""), &out, &talk)
		}
	})
	if after := listing(t, folder); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func listing(t *testing.T, folder string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
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
