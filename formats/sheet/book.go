package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxFile is the largest file that is read, in bytes; .xls and .csv are far smaller.
const maxFile = 2 << 30

// Book is an opened spreadsheet. It may be used by one goroutine at a time.
type Book struct {
	name     string // base name
	format   Format
	encoding string
	sheets   []Sheet
	source   source
	file     io.Closer // nil for OpenBytes
}

// source is what each kind of file has its own of.
type source interface {
	rows(index int, yield func(Row) error) error
}

// Open opens a file, decides by its content what it is, and verifies the whole of it. Every error is a *Refusal.
// The file must not change until Close.
func Open(name string) (*Book, error) {
	base := filepath.Base(name)
	f, err := os.Open(name)
	if err != nil {
		return nil, inFile(refuse(Unreadable, "", "").because(err), base)
	}
	var size int64
	info, err := f.Stat()
	if err == nil {
		size = info.Size()
		if !info.Mode().IsRegular() {
			err = errors.New("not a regular file")
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, inFile(refuse(Unreadable, "", "").because(err), base)
	}
	b, err := open(base, f, size)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	b.file = f
	return b, nil
}

// OpenBytes is Open for a file that is already in memory; name is only used in errors.
func OpenBytes(name string, data []byte) (*Book, error) {
	return open(filepath.Base(name), bytes.NewReader(data), int64(len(data)))
}

func open(name string, r io.ReaderAt, size int64) (*Book, error) {
	b := &Book{name: name}
	err := guarded(func() error { return b.identify(r, size) })
	if err != nil {
		return nil, inFile(err, name)
	}
	return b, nil
}

// Name returns the file's base name.
func (b *Book) Name() string { return b.name }

// Format returns what the file is.
func (b *Book) Format() Format { return b.format }

// Encoding returns how a CSV is encoded: "UTF-8", "UTF-8 BOM", "UTF-16LE", "UTF-16BE" or "GB18030"; else "".
func (b *Book) Encoding() string { return b.encoding }

// Sheets returns the worksheets in the book's order, hidden ones included.
func (b *Book) Sheets() []Sheet { return b.sheets }

// Rows gives the rows of a sheet in order, those without any value left out. The Row and its Cells are used again
// for the next one: yield must copy what it keeps (strings are safe to keep). An error of yield ends the reading and
// is returned as it is; any other error is a *Refusal, and then no row that was given may be used.
func (b *Book) Rows(index int, yield func(Row) error) error {
	if index < 0 || index >= len(b.sheets) {
		return fmt.Errorf("sheet: no sheet %d in %s", index, b.name)
	}
	var own error // of yield
	inside := false
	err := guardedUnless(&inside, func() error {
		return b.source.rows(index, func(row Row) error {
			inside = true
			own = yield(row)
			inside = false
			return own
		})
	})
	if err == nil || own != nil {
		return err
	}
	return inFile(inSheet(err, b.sheets[index].Name), b.name)
}

// Close closes the file.
func (b *Book) Close() error {
	if b.file == nil {
		return nil
	}
	return b.file.Close()
}

// inFile makes err a *Refusal that names the file.
func inFile(err error, name string) error {
	var r *Refusal
	if !errors.As(err, &r) {
		r = refuse(Unreadable, "", "").because(err)
	}
	r.File = name
	return r
}

// guarded turns a panic over a malformed file into a refusal.
func guarded(f func() error) error {
	never := false
	return guardedUnless(&never, f)
}

// guardedUnless is guarded, but lets a panic pass that arises while *caller is set: it is not the file's fault.
func guardedUnless(caller *bool, f func() error) (err error) {
	defer func() {
		if *caller {
			return
		}
		if v := recover(); v != nil {
			err = panicked(v)
		}
	}()
	return f()
}

func panicked(v any) error {
	return refuse(Damaged, "内容无法解析", "its content cannot be parsed").because(fmt.Errorf("panic: %v", v))
}
