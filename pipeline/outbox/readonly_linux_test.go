package outbox

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"testing"
)

// asNobody runs do with the rights of an ordinary user where the tests run as
// root, for whom no folder is read-only.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		runtime.LockOSThread() // the file system's user is the thread's own
		defer runtime.UnlockOSThread()
		if err := syscall.Setfsuid(65534); err != nil {
			t.Skip(err)
		}
		defer func() { _ = syscall.Setfsuid(0) }()
	}
	do()
}

func TestAReadOnlyFolderIsAnErrorAndStaysAsItIs(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	promote(t, put(t, b, "old.csv", "old"))
	promote(t, put(t, b, "gone.csv", "gone"))
	before := read(t, dir)
	for p, mode := range map[string]fs.FileMode{dir + "/old.csv": 0o444, dir + "/gone.csv": 0o444, dir: 0o555} {
		if err := os.Chmod(p, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	asNobody(t, func() {
		for _, name := range []string{"old.csv", "new.csv", "folder/new.csv"} {
			batch := b.Stage()
			if _, err := batch.Put(name, []byte("new")); !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%s is written: %v", name, err)
			}
			batch.Discard()
			if _, err := b.Write(name, []byte("new")); !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%s is written at once: %v", name, err)
			}
		}
		batch := b.Stage()
		if err := batch.KeepIfAltered("old.csv", Digest([]byte("as written"))); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("a copy is made: %v", err)
		}
		batch.Withdraw("gone.csv")
		for range 2 { // it may be called again, and says so again
			if err := batch.Promote(); !errors.Is(err, fs.ErrPermission) {
				t.Errorf("withdrawn: %v", err)
			}
		}
		if written, err := b.Write("old.csv", []byte("old")); written || err != nil {
			t.Errorf("what is there already needs no writing: %v, %v", written, err)
		}
	})
	same(t, read(t, dir), before)
}
