package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
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
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	together, alone := t.TempDir(), t.TempDir()
	in := func(dir string, args ...string) *exec.Cmd {
		command := exec.Command(self, args...)
		command.Args[0], command.Dir = "tiexi", dir
		return command
	}
	answer := func(command *exec.Cmd) string {
		said, err := command.Output()
		var failed *exec.ExitError
		if err != nil && (!errors.As(err, &failed) || failed.ExitCode() != 3) {
			t.Fatalf("%v: %v\n%s", command.Args, err, said)
		}
		return string(said)
	}
	answer(in(together, "demo", ".", "--files-only"))
	answer(in(alone, "demo", ".", "--files-only"))
	var commands [4]*exec.Cmd
	var said [4]bytes.Buffer
	for i := range commands {
		commands[i] = in(together, "run", "--all", "--today", "2026-09-21")
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
	answer(in(alone, "run", "--all", "--today", "2026-09-21"))
	answer(in(together, "audit"))
	if got, want := answer(in(together, "status", "--json")), answer(in(alone, "status", "--json")); got != want {
		t.Errorf("four came to\n%s\none comes to\n%s", got, want)
	}
}
