package pipeline_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

const holding = "the lock is held"

// holdLock is the helper's part: it opens the workspace and waits to be killed.
func holdLock(t *testing.T, c *county) {
	err := c.act(pipeline.Options{Today: values.MustDate("2026-09-25"), Operator: "张三"}, func(context.Context, *pipeline.Workspace) error {
		fmt.Println(holding)
		time.Sleep(time.Minute)
		return nil
	})
	t.Fatal("nobody killed the holder", err)
}

// One command at a time per workspace: the second is told who is at it and
// since when, and changes nothing. The lock dies with its process, whatever
// kills it; nobody has to remove anything.
func TestTheSecondOfTwoProcessesIsToldWhoHoldsTheWorkspace(t *testing.T) {
	t.Parallel()
	c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	p := helperProcess(t, c, 0)
	p.Env = append(p.Env, "TIEXI_HELPER_HOLDS=1")
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	for said.Scan() && said.Text() != holding {
	}
	before := digests(t, c.dir, ".")

	err = script[0].perform(c, pipeline.Options{})
	var fault *values.Fault
	if !errors.As(err, &fault) || fault.Kind != values.FaultBusy {
		t.Fatalf("the second process got %v", err)
	}
	since := regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)
	for _, lang := range []values.Lang{values.Chinese, values.English} {
		words := fault.In(lang)
		for _, part := range []string{"张三@", fmt.Sprintf("pid %d", p.Process.Pid), c.job.Workspace} {
			if !strings.Contains(words, part) {
				t.Errorf("%q does not say %q", words, part)
			}
		}
		if !since.MatchString(words) {
			t.Errorf("%q does not say since when", words)
		}
	}
	sameFiles(t, digests(t, c.dir, "."), before)
	if _, err := pipeline.OpenView(t.Context(), c.job, pipeline.Options{}); err != nil {
		t.Errorf("looking needs no lock: %v", err)
	}

	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait()
	if err := script[0].perform(c, pipeline.Options{}); err != nil {
		t.Errorf("the lock outlived its process: %v", err)
	}
	if _, err := os.Stat(filepath.Join(c.job.Workspace, ".lock-holder")); err == nil {
		t.Error("a name is left although nobody holds the lock")
	}
}
