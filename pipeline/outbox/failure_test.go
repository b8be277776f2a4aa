package outbox

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// trouble is a System of which some calls fail, or end the process.
type trouble struct {
	osSystem
	calls int
	log   []string
	at    int  // the call that goes wrong, from 1
	how   kind // what happens then
}

type kind string

const (
	once   kind = "one call fails"
	onward kind = "everything fails from there on"
	killed kind = "the process is killed"
)

// kill is what a killed process leaves behind: nothing after it runs.
type kill struct{}

func (s *trouble) next(what string) error {
	s.calls++
	s.log = append(s.log, what)
	switch {
	case s.calls < s.at || s.calls > s.at && s.how != onward:
		return nil
	case s.how == killed:
		panic(kill{})
	}
	return fmt.Errorf("%s: %w", what, syscall.ENOSPC)
}

func (s *trouble) Create(root *os.Root, name string) (File, error) {
	if err := s.next("create " + path.Dir(name)); err != nil {
		return nil, err
	}
	f, err := s.osSystem.Create(root, name)
	return &troubledFile{f, s}, err
}

func (s *trouble) Rename(root *os.Root, from, to string) error {
	if err := s.next("rename " + to); err != nil {
		return err
	}
	return s.osSystem.Rename(root, from, to)
}

func (s *trouble) Remove(root *os.Root, name string) error {
	if err := s.next("remove " + name); err != nil {
		return err
	}
	return s.osSystem.Remove(root, name)
}

func (s *trouble) SyncDir(root *os.Root, name string) error {
	if err := s.next("sync folder " + name); err != nil {
		return err
	}
	_, err := root.Stat(name) // no test can see whether the disk really has it
	return err
}

type troubledFile struct {
	File
	sys *trouble
}

// Write writes half of what it was given before it fails.
func (f *troubledFile) Write(p []byte) (int, error) {
	half := len(p) / 2
	if err := f.sys.next("write"); err != nil {
		_, _ = f.File.Write(p[:half])
		return half, err
	}
	if _, err := f.File.Write(p[:half]); err != nil {
		return 0, err
	}
	n, err := f.File.Write(p[half:])
	return half + n, err
}

func (f *troubledFile) Sync() error { return f.sys.next("sync") }

func (f *troubledFile) Close() error {
	if err := f.sys.next("close"); err != nil {
		_ = f.File.Close()
		return err
	}
	return f.File.Close()
}

// The transaction of the tests: one file is new, one is replaced, one was
// changed by hand and is replaced, one is new in a new folder with the content
// of another, one stays, one is withdrawn.
var (
	before = map[string]string{
		"list.xlsx": "old list", "hand.xlsx": "changed by hand", "same.csv": "the same", "gone.csv": "to be withdrawn", "of another.txt": "not ours"}
	puts = []struct{ name, content string }{
		{"new.csv", "new"}, {"list.xlsx", "new list"}, {"hand.xlsx", "new hand"}, {"township/village.csv", "new"}, {"same.csv", "the same"}, {"township/too.csv", "new"}}
	after = map[string]string{
		"new.csv": "new", "list.xlsx": "new list", "hand.xlsx": "new hand", "hand.手工改动1.xlsx": "changed by hand",
		"township/village.csv": "new", "township/too.csv": "new", "same.csv": "the same", "of another.txt": "not ours"}
)

// stage is what a stage does inside its transaction.
func stage(b *Box) (*Batch, error) {
	t := b.Stage()
	if err := t.KeepIfAltered("list.xlsx", Digest([]byte("old list"))); err != nil {
		return t, err
	}
	if err := t.KeepIfAltered("hand.xlsx", Digest([]byte("as it was written"))); err != nil {
		return t, err
	}
	for _, p := range puts {
		digest, err := t.Put(p.name, []byte(p.content))
		if err != nil {
			return t, err
		}
		if digest != Digest([]byte(p.content)) {
			return t, fmt.Errorf("%s has digest %s", p.name, digest)
		}
	}
	t.Withdraw("gone.csv")
	return t, nil
}

// nextProcess does what a run does first: what the ledger has committed is
// brought to its names, and what a killed process left is swept.
func nextProcess(t *testing.T, dir string, committed bool) {
	t.Helper()
	b := open(t, dir)
	if committed {
		for _, p := range puts {
			digest := Digest([]byte(p.content))
			if state, err := b.Check(p.name, digest); err != nil {
				t.Error(err)
			} else if state == Whole {
				continue
			}
			if found, err := b.Recover(p.name, digest); err != nil || !found {
				t.Errorf("%s cannot be recovered: %v, %v", p.name, found, err)
			}
		}
		if err := b.Remove("gone.csv"); err != nil {
			t.Error(err)
		}
	}
	if err := b.Sweep("."); err != nil {
		t.Error(err)
	}
}

func TestNothingIsHalfThereWhateverFails(t *testing.T) {
	calls := callsOfSoundRun(t)
	if calls < 30 {
		t.Errorf("the transaction makes only %d calls", calls)
	}
	for _, how := range []kind{once, onward, killed} {
		for at := 1; at <= calls; at++ {
			t.Run(fmt.Sprintf("%s/%d", how, at), func(t *testing.T) { tryAndTryAgain(t, &trouble{at: at, how: how}) })
		}
	}
}

func callsOfSoundRun(t *testing.T) int {
	sound := &trouble{at: math.MaxInt}
	b := openWith(t, t.TempDir(), sound)
	fill(t, b.Dir(), before)
	if _, committed, err := attempt(b); err != nil || !committed {
		t.Fatal(err)
	}
	same(t, read(t, b.Dir()), after)
	return sound.calls
}

// tryAndTryAgain runs the transaction with a system that goes wrong, looks at
// what stands there, and lets people try again.
func tryAndTryAgain(t *testing.T, sys *trouble) {
	b := openWith(t, t.TempDir(), sys)
	fill(t, b.Dir(), before)
	batch, committed, err := attempt(b)
	if err == nil || sys.how != killed && !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("call %d went wrong, and what was said is: %v", sys.at, err)
	}
	onlyWhole(t, b.Dir(), committed)
	if !committed && sys.how == once {
		same(t, read(t, b.Dir()), before) // Discard has cleared up
	}

	sys.at = math.MaxInt // the trouble is over
	switch {
	case committed && sys.how != killed:
		if err := batch.Promote(); err != nil {
			t.Errorf("a second Promote: %v", err)
		}
	case committed:
		nextProcess(t, b.Dir(), committed)
	default:
		nextProcess(t, b.Dir(), committed)
		now := read(t, b.Dir())
		if now["hand.手工改动1.xlsx"] == "changed by hand" { // a copy too many is no loss
			delete(now, "hand.手工改动1.xlsx")
		}
		same(t, now, before)
		if _, _, err := attempt(b); err != nil {
			t.Errorf("once more: %v", err)
		}
	}
	same(t, read(t, b.Dir()), after)
}

// attempt is one stage with its transaction: files first, then the commit,
// then their names.
func attempt(b *Box) (batch *Batch, committed bool, err error) {
	defer func() {
		if dead := recover(); dead == (kill{}) {
			err = errors.New("killed")
		} else if dead != nil {
			panic(dead)
		}
	}()
	if batch, err = stage(b); err != nil {
		batch.Discard()
		return batch, false, err
	}
	committed = true // here the transaction commits
	return batch, committed, batch.Promote()
}

// onlyWhole checks that every name holds its whole old or its whole new
// content, and that the clerk's work is somewhere.
func onlyWhole(t *testing.T, dir string, committed bool) {
	t.Helper()
	found := read(t, dir)
	for name, content := range found {
		if strings.HasPrefix(filepath.Base(name), ".tiexi-") {
			delete(found, name)
			continue
		}
		if content != before[name] && (content != after[name] || !committed && name != "hand.手工改动1.xlsx") {
			t.Errorf("%s holds %q", name, content)
		}
	}
	for name := range before {
		if _, ok := found[name]; !ok && (name != "gone.csv" || !committed) {
			t.Errorf("%s is lost", name)
		}
	}
	if found["hand.xlsx"] != "changed by hand" && found["hand.手工改动1.xlsx"] != "changed by hand" {
		t.Error("the clerk's work is lost")
	}
}

func open(t *testing.T, dir string) *Box { return openWith(t, dir, osSystem{}) }

func openWith(t *testing.T, dir string, sys System) *Box {
	t.Helper()
	b, err := OpenWith(dir, sys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func fill(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// read gives every regular file below dir with its content.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(p)
		name, _ := filepath.Rel(dir, p)
		files[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}
