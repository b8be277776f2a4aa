package pipeline

import (
	"bytes"
	"iter"
	"path"
	"runtime"
	"sync"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// waitingForDisk is how many files are written at a time: more than there are
// cores, because each is synced.
const waitingForDisk = 8

// buffers hold rendered files until they are written.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// document is a file that is still to be rendered.
type document struct {
	name  string // below the quarter's folder
	rows  int
	total values.Fen
	write func(*bytes.Buffer) error // uses nothing of the ledger
}

// digests are those of the quarter's files as they stand in the ledger.
func (a *attempt) digests() (map[string]string, error) {
	outputs, err := a.tx.Outputs(a.quarter)
	digests := map[string]string{}
	for _, o := range outputs {
		digests[o.Path] = o.SHA256
	}
	return digests, err
}

// putAll is put for many files, which are asked for as their turn comes, and are
// rendered, written and synced several at a time and recorded in their order.
// before are the digests of those that stand.
func (a *attempt) putAll(before map[string]string, documents iter.Seq2[document, error]) error {
	var waiting []*writing // those that were asked for, in order
	var running sync.WaitGroup
	defer running.Wait()
	record := func() error {
		next := waiting[0]
		waiting = waiting[1:]
		<-next.done
		return a.recordDocument(next)
	}
	rendering := make(chan struct{}, runtime.GOMAXPROCS(0)) // a document takes many times its size while it is made
	for d, err := range documents {
		if err != nil {
			return err
		}
		if len(waiting) == waitingForDisk {
			if err := record(); err != nil {
				return err
			}
		}
		one := &writing{document: d, done: make(chan struct{})}
		waiting = append(waiting, one)
		running.Go(func() {
			defer close(one.done)
			one.digest, one.err = a.putDocument(d, before, rendering)
		})
	}
	for len(waiting) > 0 {
		if err := record(); err != nil {
			return err
		}
	}
	return nil
}

// writing is a document at work.
type writing struct {
	document
	done   chan struct{}
	digest string
	err    error
}

// putDocument renders and stages a file. It uses nothing of the ledger.
func (a *attempt) putDocument(d document, before map[string]string, rendering chan struct{}) (digest string, err error) {
	name := path.Join(a.quarter.String(), d.name)
	content := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(content)
	content.Reset()
	rendering <- struct{}{}
	err = d.write(content)
	<-rendering
	if err != nil {
		return "", err
	}
	if a.only != nil {
		if outbox.Digest(content.Bytes()) != a.only[name] {
			return "", nil
		}
	} else if before[name] != "" {
		if err := a.files.KeepIfAltered(name, before[name]); err != nil {
			return "", cannotWrite(err)
		}
	}
	digest, err = a.files.Put(name, content.Bytes())
	return digest, cannotWrite(err)
}

func (a *attempt) recordDocument(w *writing) error {
	if w.err != nil || a.only != nil {
		return w.err
	}
	return a.tx.PutOutput(ledger.Output{Path: path.Join(a.quarter.String(), w.name), Quarter: a.quarter, Stage: a.stage, SHA256: w.digest, Rows: w.rows, Total: w.total})
}
