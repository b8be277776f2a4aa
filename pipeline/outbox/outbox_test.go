package outbox

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"
)

func put(t *testing.T, b *Box, name, content string) *Batch {
	t.Helper()
	batch := b.Stage()
	if _, err := batch.Put(name, []byte(content)); err != nil {
		t.Fatal(err)
	}
	return batch
}

func promote(t *testing.T, batch *Batch) {
	t.Helper()
	if err := batch.Promote(); err != nil {
		t.Fatal(err)
	}
}

func TestAFileIsSeenOnlyAfterTheCommit(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	batch := put(t, b, "公示/清单.xlsx", "content")
	if state, err := b.Check("公示/清单.xlsx", Digest([]byte("content"))); err != nil || state != Missing {
		t.Errorf("before the commit: %v, %v", state, err)
	}
	promote(t, batch)
	promote(t, batch) // again: nothing is left to do
	same(t, read(t, dir), map[string]string{"公示/清单.xlsx": "content"})
	if state, err := b.Check("公示/清单.xlsx", Digest([]byte("content"))); err != nil || state != Whole {
		t.Errorf("after the commit: %v, %v", state, err)
	}
	if state, err := b.Check("公示/清单.xlsx", Digest([]byte("other"))); err != nil || state != Altered {
		t.Errorf("against another digest: %v, %v", state, err)
	}
	if content, err := b.Read("公示/清单.xlsx"); err != nil || string(content) != "content" {
		t.Errorf("read: %q, %v", content, err)
	}
}

// What survives a power cut is what was synced, in this order: the content
// before its name, the names before the call returns.
func TestContentIsSyncedBeforeItsNameAndNamesAtTheEnd(t *testing.T) {
	sys := &trouble{at: math.MaxInt}
	b := openWith(t, t.TempDir(), sys)
	batch := put(t, b, "q/a.csv", "a")
	if _, err := batch.Put("b.csv", []byte("b")); err != nil {
		t.Fatal(err)
	}
	if _, err := batch.Put("q/c.csv", []byte("c")); err != nil {
		t.Fatal(err)
	}
	batch.Withdraw("r/gone.csv")
	sys.log = append(sys.log, "commit")
	promote(t, batch)
	put(t, b, "q/d.csv", "d")
	if found, err := b.Recover("q/d.csv", Digest([]byte("d"))); !found || err != nil {
		t.Fatal(found, err)
	}
	want := []string{
		"create q", "write", "sync", "close", "create .", "write", "sync", "close", "create q", "write", "sync", "close", "commit",
		"rename q/a.csv", "rename b.csv", "rename q/c.csv", "remove r/gone.csv", "sync folder q", "sync folder .", "sync folder r",
		"create q", "write", "sync", "close", "rename q/d.csv", "sync folder q"}
	if !slices.Equal(sys.log, want) {
		t.Errorf("the calls were %q, want %q", sys.log, want)
	}
}

func TestATransactionThatDoesNotCommitLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, map[string]string{"a": "old", "b": "old", "hand": "worked in"})
	b := open(t, dir)
	batch := put(t, b, "a", "new")
	batch.Withdraw("b")
	if err := batch.KeepIfAltered("hand", Digest([]byte("as written"))); err != nil {
		t.Fatal(err)
	}
	if _, err := batch.Put("hand", []byte("new")); err != nil {
		t.Fatal(err)
	}
	batch.Discard()
	promote(t, batch)
	same(t, read(t, dir), map[string]string{"a": "old", "b": "old", "hand": "worked in"})
}

func TestAKilledProcessIsTakenUp(t *testing.T) {
	dir := t.TempDir()
	digest := Digest([]byte("payments"))
	b := open(t, dir)
	put(t, b, "2026Q3/发放.xlsx", "payments") // and killed before Promote
	put(t, b, "2026Q3/其他.xlsx", "payments")
	next := open(t, dir)
	if found, err := next.Recover("2026Q3/发放.xlsx", Digest([]byte("other"))); found || err != nil {
		t.Errorf("a file with another digest: %v, %v", found, err)
	}
	if found, err := next.Recover("2026Q3/发放.xlsx", digest); !found || err != nil {
		t.Errorf("recovered: %v, %v", found, err)
	}
	if found, err := next.Recover("2026Q3/发放.xlsx", digest); found || err != nil {
		t.Errorf("recovered twice: %v, %v", found, err)
	}
	if err := next.Sweep("."); err != nil { // the ledger knows nothing of the other one
		t.Fatal(err)
	}
	same(t, read(t, dir), map[string]string{"2026Q3/发放.xlsx": "payments"})
}

func TestADamagedTemporaryFileIsNotPromoted(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	batch := put(t, b, "a", "content")
	if err := os.WriteFile(filepath.Join(dir, batch.staged[0].temporary), []byte("conte"), 0o600); err != nil {
		t.Fatal(err)
	}
	if found, err := b.Recover("a", Digest([]byte("content"))); found || err != nil {
		t.Errorf("recovered: %v, %v", found, err)
	}
	if state, _ := b.Check("a", Digest([]byte("content"))); state != Missing {
		t.Error("half a file has its final name")
	}
}

func TestFilesOfOneContent(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	batch := b.Stage()
	for _, name := range []string{"甲村.csv", "乙村.csv", "x/甲村.csv"} {
		if _, err := batch.Put(name, []byte("nobody")); err != nil {
			t.Fatal(err)
		}
	}
	promote(t, batch)
	same(t, read(t, dir), map[string]string{"甲村.csv": "nobody", "乙村.csv": "nobody", "x/甲村.csv": "nobody"})
}

func TestTheLaterContentCounts(t *testing.T) {
	for what, contents := range map[string][]string{
		"another":           {"first", "second"},
		"the same again":    {"second", "second"},
		"as it stands now":  {"first", "standing"},
		"there and back":    {"first", "second", "first"},
		"standing, another": {"standing", "second"},
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			fill(t, dir, map[string]string{"a": "standing"})
			b := open(t, dir)
			batch := b.Stage()
			for _, content := range contents {
				if _, err := batch.Put("a", []byte(content)); err != nil {
					t.Fatal(err)
				}
			}
			promote(t, batch)
			if got := read(t, dir)["a"]; got != contents[len(contents)-1] {
				t.Errorf("%q stands there", got)
			}
		})
	}
}

func TestWhatIsTheSameIsNotWrittenAgain(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, map[string]string{"a": "content"})
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(dir, "a"), long, long); err != nil {
		t.Fatal(err)
	}
	sys := &trouble{at: 1, how: onward} // any call to the system fails
	b := openWith(t, dir, sys)
	promote(t, put(t, b, "a", "content"))
	if written, err := b.Write("a", []byte("content")); written || err != nil {
		t.Errorf("written: %v, %v", written, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "a")); err != nil || !info.ModTime().Equal(long) {
		t.Errorf("the file was touched: %v, %v", info.ModTime(), err)
	}
	if written, err := open(t, dir).Write("a", []byte("other")); !written || err != nil {
		t.Errorf("other content is written: %v, %v", written, err)
	}
}

func TestWithdrawn(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, map[string]string{"a": "1", "b": "2"})
	b := open(t, dir)
	batch := b.Stage()
	for _, name := range []string{"a", "never.csv", "no folder/never.csv"} {
		batch.Withdraw(name)
	}
	promote(t, batch)
	same(t, read(t, dir), map[string]string{"b": "2"})
	for range 2 {
		if err := b.Remove("b"); err != nil {
			t.Errorf("removed: %v", err)
		}
	}
}

func TestOnlyOurTemporariesAreSwept(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	put(t, b, "q/left.csv", "left behind")
	put(t, b, "left.csv", "left behind")
	theirs := map[string]string{}
	for _, name := range []string{".tiexi-notes.tmp", ".tiexi-.tmp", "a.tmp", "~$a.xlsx", ".hidden", ".tiexi-0123456789abcdef0123456789abcdef.xlsx",
		".tiexi-0123456789ABCDEF0123456789ABCDEF.tmp", ".tiexi-0123456789abcdef0123456789abcdef0.tmp", "x.tiexi-0123456789abcdef0123456789abcdef.tmp"} {
		theirs[name] = name
	}
	fill(t, dir, theirs)
	if err := b.Sweep("."); err != nil {
		t.Fatal(err)
	}
	same(t, read(t, dir), theirs)
	if err := b.Sweep("no such folder"); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestNothingLeavesTheBox(t *testing.T) {
	around := t.TempDir()
	outside, dir := filepath.Join(around, "outside.csv"), filepath.Join(around, "box")
	fill(t, around, map[string]string{"outside.csv": "not ours"})
	b := open(t, dir)
	if err := os.Symlink(around, filepath.Join(dir, "link")); err != nil && runtime.GOOS != "windows" {
		t.Fatal(err)
	}
	for _, name := range []string{"../outside.csv", "a/../../outside.csv", "..", outside, "link/outside.csv", "link/new.csv", "../new.csv", "a/../../../new.csv", ""} {
		batch := b.Stage()
		_, err := batch.Put(name, []byte("ours"))
		if err == nil {
			err = batch.Promote()
		}
		if err == nil {
			t.Errorf("%q is written", name)
		}
		if _, err := b.Read(name); err == nil {
			t.Errorf("%q is read", name)
		}
		if err := b.Remove(name); err == nil {
			if _, err := os.Stat(outside); err != nil {
				t.Errorf("%q is removed", name)
			}
		}
		batch.Discard()
		if f, err := b.Open(name); err == nil {
			t.Errorf("%q is opened", f.Name())
		}
	}
	if err := b.Sweep(".."); err == nil {
		t.Error("the folder above is swept")
	}
	same(t, read(t, around), map[string]string{"outside.csv": "not ours"})
}

func TestOrdinaryNamesStayInTheBox(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	rapid.Check(t, func(t *rapid.T) {
		name := strings.Join(rapid.SliceOfN(rapid.StringMatching(`[a-z贴息..~$ ]{1,8}`), 1, 4).Draw(t, "name"), "/")
		_, err := b.Write(name, []byte("x"))
		if local := filepath.IsLocal(filepath.FromSlash(name)); !local && err == nil {
			t.Fatalf("%q leaves the box", name)
		}
	})
	if entries, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(entries) != 1 {
		t.Errorf("beside the box: %v, %v", entries, err)
	}
}

func TestAClerksWorkIsKept(t *testing.T) {
	written := Digest([]byte("as written"))
	for what, c := range map[string]struct {
		before, after map[string]string
		withdrawn     bool
	}{
		"changed": {
			before: map[string]string{"q/表.xlsx": "worked in"},
			after:  map[string]string{"q/表.xlsx": "new", "q/表.手工改动1.xlsx": "worked in"}},
		"changed for the third time": {
			before: map[string]string{"q/表.xlsx": "worked in", "q/表.手工改动1.xlsx": "a", "q/表.手工改动2.xlsx": "b"},
			after:  map[string]string{"q/表.xlsx": "new", "q/表.手工改动1.xlsx": "a", "q/表.手工改动2.xlsx": "b", "q/表.手工改动3.xlsx": "worked in"}},
		"kept already": {
			before: map[string]string{"q/表.xlsx": "worked in", "q/表.手工改动1.xlsx": "worked in"},
			after:  map[string]string{"q/表.xlsx": "new", "q/表.手工改动1.xlsx": "worked in"}},
		"as it was written": {
			before: map[string]string{"q/表.xlsx": "as written"},
			after:  map[string]string{"q/表.xlsx": "new"}},
		"missing": {
			before: map[string]string{},
			after:  map[string]string{"q/表.xlsx": "new"}},
		"as it is to be now": { // an old ledger was restored beside newer files
			before: map[string]string{"q/表.xlsx": "new"},
			after:  map[string]string{"q/表.xlsx": "new"}},
		"changed and withdrawn": {
			before:    map[string]string{"q/表.xlsx": "worked in"},
			after:     map[string]string{"q/表.手工改动1.xlsx": "worked in"},
			withdrawn: true},
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "q"), 0o700); err != nil {
				t.Fatal(err)
			}
			fill(t, dir, c.before)
			b := open(t, dir)
			batch := b.Stage()
			if err := batch.KeepIfAltered("q/表.xlsx", written); err != nil {
				t.Fatal(err)
			}
			if c.withdrawn {
				batch.Withdraw("q/表.xlsx")
			} else if _, err := batch.Put("q/表.xlsx", []byte("new")); err != nil {
				t.Fatal(err)
			}
			promote(t, batch)
			same(t, read(t, dir), c.after)
		})
	}
}

func TestANameTooLongForACopyIsAnError(t *testing.T) {
	dir := t.TempDir()
	name := strings.Repeat("表", 83) + ".csv" // 253 bytes: there is no room for 手工改动
	fill(t, dir, map[string]string{name: "worked in"})
	batch := open(t, dir).Stage()
	if err := batch.KeepIfAltered(name, Digest([]byte("as written"))); err == nil {
		t.Skip("this file system has longer names")
	}
	same(t, read(t, dir), map[string]string{name: "worked in"})
}

func TestOnlyTheOwnerReads(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps no such modes")
	}
	dir := filepath.Join(t.TempDir(), "deep", "box")
	b := open(t, dir)
	fill(t, dir, map[string]string{"wide": "old"})
	if err := os.Chmod(filepath.Join(dir, "wide"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a/b/c.csv", "wide"} {
		promote(t, put(t, b, name, "new"))
	}
	err := filepath.WalkDir(filepath.Dir(dir), func(p string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", p, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFolderStandsWhereTheFileShould(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	fill(t, dir, map[string]string{"file": "old"})
	if _, err := b.Write("file/below.csv", []byte("new")); err == nil {
		t.Error("written below a file")
	}
	promote(t, put(t, b, "folder/inside.csv", "inside"))
	if _, err := b.Write("folder", []byte("new")); err == nil {
		t.Error("written over a folder")
	}
	if _, err := b.Check("folder", Digest(nil)); err == nil {
		t.Error("a folder is checked as a file")
	}
	same(t, read(t, dir), map[string]string{"file": "old", "folder/inside.csv": "inside"})
}

func TestABoxNeedsAFolder(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, map[string]string{"file": "x"})
	if _, err := Open(filepath.Join(dir, "file")); err == nil {
		t.Error("a file is a box")
	}
	b := open(t, dir)
	if got, want := b.FullPath("a/b.csv"), filepath.Join(b.Dir(), "a", "b.csv"); got != want {
		t.Errorf("shown to people as %s, want %s", got, want)
	}
	if _, err := b.Digest("missing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestACopyHasTheDigestThatItShouldHaveOrLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	large := strings.Repeat("a roster of 600,000 persons\n", 10_000)
	if err := b.Copy("ab/roster", strings.NewReader(large), Digest([]byte(large))); err != nil {
		t.Fatal(err)
	}
	if err := b.Copy("cd/other", strings.NewReader(large+"."), Digest([]byte(large))); !errors.Is(err, ErrOtherContent) {
		t.Errorf("other content gives %v", err)
	}
	unread := errors.New("the drive is gone")
	if err := b.Copy("cd/gone", io.MultiReader(strings.NewReader(large), iotest.ErrReader(unread)), Digest([]byte(large))); !errors.Is(err, unread) {
		t.Errorf("a reader that fails gives %v", err)
	}
	same(t, read(t, dir), map[string]string{"ab/roster": large})
}

// Whatever fails while a file is copied, it stands whole or not at all, and the
// next attempt puts it in place.
func TestACopyIsNeverHalfThere(t *testing.T) {
	const content = "content"
	sound := &trouble{at: math.MaxInt}
	if err := openWith(t, t.TempDir(), sound).Copy("a", strings.NewReader(content), Digest([]byte(content))); err != nil {
		t.Fatal(err)
	}
	for at := 1; at <= sound.calls; at++ {
		dir := t.TempDir()
		sys := &trouble{at: at, how: once}
		b := openWith(t, dir, sys)
		if err := b.Copy("a", strings.NewReader(content), Digest([]byte(content))); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("call %d of %d (%s) failed, and what was said is: %v", at, sound.calls, sys.log[at-1], err)
		}
		if found := read(t, dir); len(found) > 1 || len(found) == 1 && found["a"] != content {
			t.Errorf("after call %d failed there is %v", at, found)
		}
		if err := b.Copy("a", strings.NewReader(content), Digest([]byte(content))); err != nil {
			t.Errorf("once more after call %d: %v", at, err)
		}
		same(t, read(t, dir), map[string]string{"a": content})
	}
}
