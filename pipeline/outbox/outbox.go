// Package outbox puts files where people find them, safely: a file stands
// under its name whole or not at all, and never outside its folder.
//
// Start with [Box.Stage]: the content goes to a temporary name in the final
// folder and is synced; the caller records the digest in its transaction;
// [Batch.Promote] renames after the commit. A process killed in between leaves
// a temporary file that [Box.Recover] promotes, because its name carries the
// digest that the ledger expects. The package knows files and digests, nothing
// of SQL.
package outbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Box is a folder of files that the program writes; nothing it does reaches
// outside (os.Root).
type Box struct {
	root *os.Root // nil for a view of a folder that is missing
	dir  string
	sys  System
}

// System is what the box asks of the operating system, so that tests can make
// the n-th call fail.
type System interface {
	Create(root *os.Root, name string) (File, error)
	Rename(root *os.Root, from, to string) error
	Remove(root *os.Root, name string) error
	SyncDir(root *os.Root, name string) error
}

// File is what is written to.
type File interface {
	io.WriteCloser
	Sync() error
}

// Open opens the folder, which is made with mode 0700 where it is missing.
func Open(dir string) (*Box, error) { return OpenWith(dir, osSystem{}) }

// OpenWith is Open with another System.
func OpenWith(dir string, sys System) (*Box, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Box{root, dir, sys}, nil
}

// View opens the folder for reading and makes nothing: of a missing folder
// every file is missing.
func View(dir string) (*Box, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		root, err = nil, nil
	}
	return &Box{root, dir, osSystem{}}, err
}

// Close releases the folder.
func (b *Box) Close() error {
	if b.root == nil {
		return nil
	}
	return b.root.Close()
}

// Dir is the folder's path.
func (b *Box) Dir() string { return b.dir }

// FullPath is where a file of the box stands, for people.
func (b *Box) FullPath(name string) string { return filepath.Join(b.dir, filepath.FromSlash(name)) }

// Batch is the files of one transaction. Put and KeepIfAltered may be called
// from several goroutines, for different names.
type Batch struct {
	box      *Box
	lock     sync.Mutex // of what follows
	staged   []staged
	withdraw []string
	kept     []kept
	dirty    []string // folders to be synced
}

type staged struct{ name, temporary string }

// kept is the copy of a file that somebody had changed by hand.
type kept struct{ name, copy string }

// Stage begins the files of one transaction.
func (b *Box) Stage() *Batch { return &Batch{box: b} }

// Digest is the SHA-256 of content in hex.
func Digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// DigestOf is Digest of what is read to its end, and its length in bytes.
func DigestOf(content io.Reader) (digest string, size int64, err error) {
	hash := sha256.New()
	size, err = io.Copy(hash, content)
	return hex.EncodeToString(hash.Sum(nil)), size, err
}

// temporaryName carries both name and digest: two files of one folder may have
// the same content.
func temporaryName(name, digest string) string {
	return path.Join(path.Dir(name), ".tiexi-"+Digest([]byte(name))[:8]+digest[:24]+".tmp")
}

var temporary = regexp.MustCompile(`^\.tiexi-[0-9a-f]{32}\.tmp$`)

// Put writes content under a temporary name beside name, and returns its
// digest. A file that already stands there with the same content is left alone.
// Of two contents for one name the later one counts.
func (t *Batch) Put(name string, content []byte) (digest string, err error) {
	digest = Digest(content)
	t.lock.Lock()
	t.staged = slices.DeleteFunc(t.staged, func(s staged) bool { return s.name == name })
	t.lock.Unlock()
	if standing, err := t.box.Digest(name); err == nil && standing == digest {
		t.dropCopies(func(k kept) bool { return k.name == name })
		return digest, nil
	}
	temporary := temporaryName(name, digest)
	if err := t.box.write(temporary, bytes.NewReader(content)); err != nil {
		return "", fmt.Errorf("%s: %w", t.box.FullPath(name), err)
	}
	t.lock.Lock()
	defer t.lock.Unlock()
	t.staged = append(t.staged, staged{name, temporary})
	return digest, nil
}

// Withdraw removes the file when the batch is promoted.
func (t *Batch) Withdraw(name string) { t.withdraw = append(t.withdraw, name) }

// Promote gives the staged files their names and removes the withdrawn ones.
// It is called after the commit and may be called again: it goes on where it
// failed.
func (t *Batch) Promote() error {
	for ; len(t.staged) > 0; t.staged = t.staged[1:] {
		s := t.staged[0]
		if err := t.box.sys.Rename(t.box.root, s.temporary, s.name); err != nil {
			return fmt.Errorf("%s: %w", t.box.FullPath(s.name), err)
		}
		t.touch(s.name)
	}
	for ; len(t.withdraw) > 0; t.withdraw = t.withdraw[1:] {
		if err := t.box.Remove(t.withdraw[0]); err != nil {
			return fmt.Errorf("%s: %w", t.box.FullPath(t.withdraw[0]), err)
		}
		t.touch(t.withdraw[0])
	}
	for ; len(t.dirty) > 0; t.dirty = t.dirty[1:] {
		if err := t.box.sys.SyncDir(t.box.root, t.dirty[0]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: %w", t.box.FullPath(t.dirty[0]), err)
		}
	}
	t.kept = nil
	return nil
}

func (t *Batch) touch(name string) {
	if dir := path.Dir(name); !slices.Contains(t.dirty, dir) {
		t.dirty = append(t.dirty, dir)
	}
}

// Discard removes what was staged, after a transaction that did not commit.
func (t *Batch) Discard() {
	for _, s := range t.staged {
		_ = t.box.sys.Remove(t.box.root, s.temporary)
	}
	t.dropCopies(func(kept) bool { return true })
	t.staged, t.withdraw = nil, nil
}

// dropCopies removes copies of files that stay as they are after all.
func (t *Batch) dropCopies(which func(kept) bool) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.kept = slices.DeleteFunc(t.kept, func(k kept) bool {
		if which(k) {
			_ = t.box.sys.Remove(t.box.root, k.copy)
			return true
		}
		return false
	})
}

// State is how a file stands against the digest it must have.
type State int

// States of a file.
const (
	Whole   State = iota
	Missing       // not there
	Altered       // there, with other content
)

// Check compares a file with the digest that it must have.
func (b *Box) Check(name, digest string) (State, error) {
	standing, err := b.Digest(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Missing, nil
	case err != nil:
		return Altered, err
	case standing != digest:
		return Altered, nil
	}
	return Whole, nil
}

// Recover promotes the temporary file that a killed process left for name, if
// it is there and has the digest; found tells.
func (b *Box) Recover(name, digest string) (found bool, err error) {
	temporary := temporaryName(name, digest)
	standing, err := b.Digest(temporary)
	if err != nil || standing != digest {
		return false, nil
	}
	if err := b.sys.Rename(b.root, temporary, name); err != nil {
		return false, err
	}
	return true, b.sys.SyncDir(b.root, path.Dir(name))
}

// Sweep removes temporary files that a killed process left below dir.
func (b *Box) Sweep(dir string) error {
	err := fs.WalkDir(b.root.FS(), dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if temporary.MatchString(path.Base(name)) {
			return b.sys.Remove(b.root, name)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Write puts one file in place at once, outside any transaction: whole or not
// at all. It returns whether anything had to be written.
func (b *Box) Write(name string, content []byte) (written bool, err error) {
	t := b.Stage()
	if _, err := t.Put(name, content); err != nil {
		return false, err
	}
	written = len(t.staged) > 0
	if err := t.Promote(); err != nil {
		t.Discard()
		return false, err
	}
	return written, nil
}

// ErrOtherContent is returned by Copy for what has another digest than it
// should have.
var ErrOtherContent = errors.New("the content has another digest")

// Copy is Write for content that is too large to hold: it is read to its end,
// and must have that digest.
func (b *Box) Copy(name string, content io.Reader, digest string) (err error) {
	temporary := temporaryName(name, digest)
	hash := sha256.New()
	if err := b.write(temporary, io.TeeReader(content, hash)); err != nil {
		return fmt.Errorf("%s: %w", b.FullPath(name), err)
	}
	t := b.Stage()
	t.staged = append(t.staged, staged{name, temporary})
	if hex.EncodeToString(hash.Sum(nil)) != digest {
		err = ErrOtherContent
	} else {
		err = t.Promote()
	}
	if err != nil {
		t.Discard()
	}
	return err
}

// Remove removes a file; a missing one is no error.
func (b *Box) Remove(name string) error {
	if err := b.sys.Remove(b.root, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// RemoveAll removes a folder with whatever is in it; a missing one is no error.
func (b *Box) RemoveAll(dir string) error { return b.root.RemoveAll(dir) }

// Read gives a file's content.
func (b *Box) Read(name string) ([]byte, error) {
	if b.root == nil {
		return nil, missing(name)
	}
	return b.root.ReadFile(name)
}

// Open opens a file for reading.
func (b *Box) Open(name string) (*os.File, error) {
	if b.root == nil {
		return nil, missing(name)
	}
	return b.root.Open(name)
}

func missing(name string) error {
	return &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Digest is the SHA-256 of a standing file.
func (b *Box) Digest(name string) (string, error) {
	f, err := b.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	digest, _, err := DigestOf(f)
	return digest, err
}

func (b *Box) write(name string, content io.Reader) (err error) {
	if err := b.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := b.sys.Create(b.root, name)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = b.sys.Remove(b.root, name)
		}
	}()
	if _, err = io.Copy(f, content); err != nil {
		return errors.Join(err, f.Close())
	}
	if err = f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// KeepIfAltered sees to it that a file which is neither as it was written
// (digest) nor missing is kept beside the one that replaces it, or when it is
// withdrawn: a clerk may have worked in it. The copy is made at once, so that a
// process killed at any moment loses nothing.
func (t *Batch) KeepIfAltered(name, digest string) error {
	state, err := t.box.Check(name, digest)
	if err != nil || state != Altered {
		return err
	}
	content, err := t.box.Read(name)
	if err != nil {
		return err
	}
	aside, err := t.box.asideName(name, Digest(content))
	if err != nil || aside == "" {
		return err
	}
	t.lock.Lock()
	t.kept = append(t.kept, kept{name, aside})
	t.lock.Unlock()
	_, err = t.box.Write(aside, content)
	return err
}

// asideName is free: the first of 名字.手工改动1.xlsx, 2 … that does not exist.
// It is "" where one of them has that content already.
func (b *Box) asideName(name, digest string) (string, error) {
	extension := path.Ext(name)
	stem := strings.TrimSuffix(name, extension)
	for n := 1; ; n++ {
		candidate := fmt.Sprintf("%s.手工改动%d%s", stem, n, extension)
		if _, err := b.root.Stat(candidate); errors.Is(err, fs.ErrNotExist) {
			return candidate, nil
		} else if err != nil {
			return "", err
		}
		if standing, err := b.Digest(candidate); err == nil && standing == digest {
			return "", nil
		}
	}
}
