package pipeline

import (
	"bytes"
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

// putAll is put for many files, which are rendered, written and synced several
// at a time and recorded in their order.
func (a *attempt) putAll(documents []document) error {
	standing, err := a.tx.Outputs(a.quarter)
	if err != nil {
		return err
	}
	before := map[string]string{}
	for _, o := range standing {
		before[o.Path] = o.SHA256
	}
	rendering := make(chan struct{}, runtime.GOMAXPROCS(0)) // a document takes many times its size while it is made
	return inOrder(len(documents), waitingForDisk, func(i int) (digest string, err error) {
		d := documents[i]
		name := path.Join(a.quarter.String(), d.name)
		if _, wanted := a.only[name]; a.only != nil && !wanted {
			return "", nil
		}
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
	}, func(i int, digest string) error {
		if a.only != nil {
			return nil
		}
		d := documents[i]
		return a.tx.PutOutput(ledger.Output{Path: path.Join(a.quarter.String(), d.name), Quarter: a.quarter, Stage: a.stage, SHA256: digest, Rows: d.rows, Total: d.total})
	})
}
