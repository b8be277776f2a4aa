package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"tiexi/formats/sheet"
	"tiexi/pipeline"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// disk is the operating system as the outbox uses it, of which some calls fail.
type disk struct {
	lock  sync.Mutex // many notices are written at a time
	calls int
	fails func(call int, what, name string) error // nil lets the call through
}

func (d *disk) next(what, name string) error {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.calls++
	if d.fails == nil {
		return nil
	}
	return d.fails(d.calls, what, name)
}

func (d *disk) Create(root *os.Root, name string) (outbox.File, error) {
	if err := d.next("create", name); err != nil {
		return nil, err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	return &diskFile{f, d, name}, err
}

func (d *disk) Rename(root *os.Root, from, to string) error {
	if err := d.next("rename", to); err != nil {
		return err
	}
	return root.Rename(from, to)
}

func (d *disk) Remove(root *os.Root, name string) error {
	if err := d.next("remove", name); err != nil {
		return err
	}
	return root.Remove(name)
}

func (d *disk) SyncDir(_ *os.Root, name string) error { return d.next("sync folder", name) }

// diskFile writes half of what it was given before it fails. It does not sync,
// which these tests cannot see and would wait for.
type diskFile struct {
	*os.File
	disk *disk
	name string
}

func (f *diskFile) Write(p []byte) (int, error) {
	if err := f.disk.next("write", f.name); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

func (f *diskFile) Sync() error { return f.disk.next("sync", f.name) }

func (f *diskFile) Close() error {
	err := f.disk.next("close", f.name)
	return errors.Join(err, f.File.Close())
}

// Whatever call fails, of all that the whole script makes to write its files:
// the person is told what happened and what to do, every file is whole, and
// the same command once more comes to what it comes to undisturbed.
func TestTheNthCallFails(t *testing.T) {
	t.Parallel()
	story := tell(t, smallCounty)
	failed, every := 0, 83
	if long {
		every = 1
	}
	for i, chapter := range story {
		sound := &disk{}
		undisturbed := copyCounty(t, chapter.before)
		if err := script[i].perform(undisturbed, pipeline.Options{System: sound}); err != nil {
			t.Fatal(err)
		}
		same(t, undisturbed.state(t), chapter.after)
		was := digests(t, chapter.before.job.Workspace, "out")
		for n := 1 + i%every; n <= sound.calls; n += every {
			for _, onward := range []bool{false, true} {
				if !long && onward != (n/every%2 == 0) {
					continue
				}
				what := ""
				broken := &disk{fails: func(call int, w, name string) error {
					if call < n || call > n && !onward {
						return nil
					}
					what = w + " " + name
					return &fs.PathError{Op: w, Path: name, Err: syscall.ENOSPC}
				}}
				c := copyCounty(t, chapter.before)
				err := script[i].perform(c, pipeline.Options{System: broken})
				told(t, fmt.Sprintf("%s, call %d (%s)", script[i].name, n, what), err, syscall.ENOSPC)
				wholeFiles(t, c, was, chapter.after.files)
				repeated(t, script[i].perform(c, pipeline.Options{}))
				same(t, c.state(t), chapter.after)
				if t.Failed() {
					t.Fatalf("%s, call %d of %d (%s), onward %v", script[i].name, n, sound.calls, what, onward)
				}
				failed++
			}
		}
	}
	if failed < 12 {
		t.Errorf("only %d failures were tried", failed)
	}
}

// told checks that an error is one a person can act on: what happened, what to
// do, in both languages, and what lies behind it.
func told(t *testing.T, when string, err, behind error) {
	t.Helper()
	var fault *values.Fault
	switch {
	case err == nil:
		t.Errorf("%s: nobody is told", when)
	case !errors.As(err, &fault):
		t.Errorf("%s: no fault but %T: %v", when, err, err)
	case fault.What.Chinese == "" || fault.What.English == "" || fault.Hint.Chinese == "" || fault.Hint.English == "":
		t.Errorf("%s: the fault says too little: %+v", when, fault)
	case behind != nil && !errors.Is(err, behind):
		t.Errorf("%s: the cause is lost: %v", when, err)
	}
}

// wholeFiles checks that every output is as it was or as it is to be.
func wholeFiles(t *testing.T, c *county, was, willBe map[string]string) {
	t.Helper()
	for name, digest := range digests(t, c.job.Workspace, "out") {
		if strings.Contains(name, "/.tiexi-") || digest == was[name] || digest == willBe[name] {
			continue
		}
		if strings.HasSuffix(name, "manifest.json") {
			continue // the audit head moves with every entry, and this command may have made some of several
		}
		t.Errorf("%s holds neither its old nor its new content", name)
	}
}

// A workbook that is open in another program: on Windows it cannot be replaced.
// The fault names it; when it is closed, the next run puts it in its place.
func TestAnOutputThatIsOpenElsewhere(t *testing.T) {
	t.Parallel()
	const name = "核验/问题清单.xlsx"
	c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	play(t, c, "return by code")
	path := filepath.Join(c.outDir(), "2026Q3", filepath.FromSlash(name))
	old := must(os.ReadFile(path))(t)
	held := must(os.Open(path))(t)
	defer func() { _ = held.Close() }()
	locked := &disk{fails: func(_ int, what, file string) error {
		if what == "rename" && strings.HasSuffix(file, name) {
			return &fs.PathError{Op: what, Path: file, Err: syscall.EACCES}
		}
		return nil
	}}
	err := script[3].perform(c, pipeline.Options{System: locked})
	told(t, "a workbook is open", err, fs.ErrPermission)
	if err != nil && !strings.Contains(err.Error(), path) {
		t.Errorf("the fault does not name the workbook: %v", err)
	}
	if string(must(os.ReadFile(path))(t)) != string(old) {
		t.Error("the open workbook was changed")
	}
	err = script[3].perform(c, pipeline.Options{System: locked})
	told(t, "it is still open", err, fs.ErrPermission)

	_ = held.Close()
	if err := script[3].perform(c, pipeline.Options{}); err != nil {
		t.Fatal(err)
	}
	other := must(smallCounty(filepath.Join(t.TempDir(), "other")))(t)
	play(t, other, "run on the decisions")
	same(t, c.state(t), other.state(t))
}

// A disk that really fills up, at one size after another: the run says so, and
// goes on when there is room.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	undisturbed := copyCounty(t, c)
	if err := script[0].perform(undisturbed, pipeline.Options{}); err != nil {
		t.Fatal(err)
	}
	want := undisturbed.state(t)
	sizes, failed := []int{16, 180, 260, 340, 420, 500, 580}, 0
	if long {
		sizes = nil
		for size := 8; size <= 800; size += 8 {
			sizes = append(sizes, size)
		}
	}
	for _, size := range sizes {
		c.job.Workspace = filepath.Join(t.TempDir(), "workspace")
		mount(t, c.job.Workspace, fmt.Sprintf("size=%dk,mode=0700", size))
		if err := script[0].perform(c, pipeline.Options{}); err != nil {
			told(t, fmt.Sprintf("a disk of %d KB", size), err, nil)
			failed++
		}
		wholeFiles(t, c, nil, want.files)
		mount(t, c.job.Workspace, "remount,size=16m")
		repeated(t, script[0].perform(c, pipeline.Options{}))
		same(t, c.state(t), want)
		if t.Failed() {
			t.Fatalf("a disk of %d KB", size)
		}
	}
	if failed < len(sizes)/2 {
		t.Errorf("the disk was full %d times of %d", failed, len(sizes))
	}
}

// A folder that became read-only, as network drives do: nothing is changed
// until it can be written again.
func TestAReadOnlyFolder(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{".", "out"} {
		c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
		dir := filepath.Join(c.job.Workspace, folder)
		mount(t, dir, "size=16m,mode=0700")
		play(t, c, "return by code")
		before := c.state(t)
		mount(t, dir, "remount,ro")
		told(t, folder+" is read-only", script[3].perform(c, pipeline.Options{}), nil)
		same(t, c.state(t), before)
		mount(t, dir, "remount,rw")
		if err := script[3].perform(c, pipeline.Options{}); err != nil {
			t.Errorf("%s can be written again: %v", folder, err)
		}
		other := must(smallCounty(filepath.Join(t.TempDir(), "other")))(t)
		play(t, other, "run on the decisions")
		same(t, c.state(t), other.state(t))
	}
}

// mount puts a small disk of its own at dir, or changes the one that is there.
func mount(t *testing.T, dir, options string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no disk can be mounted here: %v %s", err, out)
	}
	if !strings.HasPrefix(options, "remount") {
		t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
	}
}

// The ids, accounts and modes of a whole quarter: nothing in the workspace is
// for others to read, and no word that the program says holds a number whole.
func TestPersonalDataStaysWhereItBelongs(t *testing.T) {
	t.Parallel()
	c := must(wholeCounty(filepath.Join(t.TempDir(), "county")))(t)
	var words []string
	hear := func(texts ...values.Text) {
		for _, text := range texts {
			words = append(words, text.Chinese, text.English)
		}
	}
	hearError := func(err error) {
		var fault *values.Fault
		if errors.As(err, &fault) {
			words = append(words, fault.In(values.Chinese), fault.In(values.English))
		} else if err != nil {
			words = append(words, err.Error())
		}
	}
	opt := pipeline.Options{Events: func(e pipeline.Event) { hear(e.Text) }}
	for _, s := range script {
		if err := s.perform(c, opt); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		hearError(s.perform(c, opt)) // once more: most are refused, and say why
	}
	overhear(t, c, hear, hearError)
	if len(words) < 150 {
		t.Errorf("only %d sentences were heard", len(words))
	}
	for _, w := range words {
		if number := wholeNumber.FindString(w); number != "" {
			t.Errorf("%s stands whole in %q", number, w)
		}
	}
	for _, secret := range secrets(t, c) {
		for _, w := range words {
			if strings.Contains(w, secret) {
				t.Errorf("%s of the roster stands whole in %q", secret, w)
			}
		}
	}
	private(t, c.job.Workspace)
}

// private checks that folders are 0700 and files 0600. Windows has no such
// modes; there the folder's own rights are inherited.
func private(t *testing.T, dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return
	}
	seen := map[fs.FileMode]int{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = fs.ModeDir | 0o700
		}
		seen[info.Mode()]++
		if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if modes := slices.Collect(maps.Keys(seen)); len(modes) != 2 {
		t.Errorf("modes %v", modes)
	}
}

// wholeNumber is an id, or an account or card number, in full.
var wholeNumber = regexp.MustCompile(`[0-9]{15,19}|[0-9]{17}[Xx]`)

// overhear gathers what the views say to people, and what commands with
// numbers of people in them are refused with.
func overhear(t *testing.T, c *county, hear func(...values.Text), hearError func(error)) {
	t.Helper()
	ctx := t.Context()
	opt := pipeline.Options{Today: values.MustDate("2026-10-28"), Events: func(e pipeline.Event) { hear(e.Text) }}
	err := c.act(opt, func(ctx context.Context, w *pipeline.Workspace) error {
		report, err := w.Run(ctx, pipeline.RunRequest{})
		if err != nil {
			return err
		}
		for _, q := range report.Quarters {
			hear(q.Next...)
			for _, s := range q.Stages {
				hear(s.Reason)
			}
		}
		for _, f := range report.Refused {
			hear(f.Reason)
		}
		audit, err := w.Audit(ctx)
		if err != nil {
			return err
		}
		hear(audit.Proved...)
		hear(audit.Failures...)
		for _, lang := range []values.Lang{values.Chinese, values.English} {
			err = errors.Join(err, w.Findings(ctx, q3, lang, func(f pipeline.FindingView) error { hear(values.Text{Chinese: f.Message}); return nil }))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	refused := func(do func(*pipeline.Workspace) error) {
		hearError(c.act(opt, func(_ context.Context, w *pipeline.Workspace) error { return do(w) }))
	}
	id := secrets(t, c)[0]
	refused(func(w *pipeline.Workspace) error {
		_, err := w.Explain(ctx, pipeline.ExplainRequest{Person: values.ResidentID("149901199001019999")}, values.Chinese)
		return err
	})
	refused(func(w *pipeline.Workspace) error {
		_, err := w.Decide(ctx, pipeline.DecideRequest{Quarter: q3, Contract: "没有这个合同", Why: "核实"})
		return err
	})
	refused(func(w *pipeline.Workspace) error { return w.Object(ctx, objection("2026-10-28")) })
	for name, content := range map[string]string{
		"不是表格.csv":  "不是表格",
		"回盘-99.csv": "流水号,姓名,身份证号,银行账号,补贴金额,发放状态,失败原因,发放日期\n2026Q3-01-00009,某人," + id + ",6299990100090000474,一百元,成功,," + "\n",
	} {
		if err := os.WriteFile(filepath.Join(c.job.Inbox, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refused(func(w *pipeline.Workspace) error {
		report, err := w.Run(ctx, pipeline.RunRequest{})
		if err == nil {
			for _, f := range report.Refused {
				hear(f.Reason)
			}
		}
		return err
	})
}

// secrets are every id and account of the roster.
func secrets(t *testing.T, c *county) (numbers []string) {
	t.Helper()
	book := must(sheet.Open(c.job.Roster))(t)
	defer func() { _ = book.Close() }()
	err := book.Rows(0, func(r sheet.Row) error {
		for _, cell := range r.Cells {
			if wholeNumber.FindString(cell.Text) == cell.Text && cell.Text != "" {
				numbers = append(numbers, cell.Text)
			}
		}
		return nil
	})
	if err != nil || len(numbers) < 2000 {
		t.Fatalf("%d numbers on the roster: %v", len(numbers), err)
	}
	return numbers
}
