package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gofrs/flock"
	"github.com/rogpeppe/go-internal/testscript"
)

// holdWorkspace is `holdworkspace work`: another process, this one, uses the
// workspace until `letgo` or the script's end.
func holdWorkspace(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: holdworkspace work")
	}
	lock := flock.New(filepath.Join(ts.MkAbs(args[0]), ".lock"))
	got, err := lock.TryLock()
	ts.Check(err)
	if !got {
		ts.Fatalf("somebody holds it already")
	}
	held.Store(ts, lock)
	ts.Defer(func() { _ = lock.Unlock() })
}

func letGo(ts *testscript.TestScript, _ bool, _ []string) {
	lock, ok := held.Load(ts)
	if !ok {
		ts.Fatalf("nothing is held")
	}
	ts.Check(lock.(*flock.Flock).Unlock())
}

var held sync.Map // of *testscript.TestScript to its *flock.Flock

// Four schedulers start the program in the same second: one does the work, the
// others leave or find it done, and the quarter is as if there had been one.
func TestFourAtOnceAreAsOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start := func(args ...string) *exec.Cmd {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		command := exec.Command(self, args...)
		command.Args[0], command.Dir = "tiexi", dir
		return command
	}
	if said, err := start("demo", ".", "--files-only").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	var commands [4]*exec.Cmd
	var said [4]bytes.Buffer
	for i := range commands {
		commands[i] = start("run", "--all", "--today", "2026-09-21")
		commands[i].Stdout, commands[i].Stderr = &said[i], &said[i]
		if err := commands[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	count := map[int]int{}
	for i, command := range commands {
		var failed *exec.ExitError
		if err := command.Wait(); err != nil && !errors.As(err, &failed) {
			t.Fatal(err)
		}
		code := command.ProcessState.ExitCode()
		if count[code]++; code != 3 && code != 11 {
			t.Errorf("one ended with %d:\n%s", code, &said[i])
		}
	}
	if count[3] == 0 {
		t.Errorf("nobody did the work: %v", count)
	}
	proof, err := start("audit").CombinedOutput()
	if err != nil || !strings.Contains(string(proof), "2026Q3：表中 523 行 = 通过 479 + 待核 28 + 退回 16") {
		t.Errorf("%v\n%s", err, proof)
	}
}
