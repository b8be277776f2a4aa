package sheet

import (
	"io"
	"sync"
)

// pump reads ahead in a goroutine of its own, so that inflating runs beside scanning.
type pump struct {
	full, free chan []byte
	stop       chan struct{}
	done       sync.WaitGroup
	err        error // what ended the source; set before full is closed
	rest, buf  []byte
}

const pumpBuffers = 4

// pumped are buffers that no pump uses: a book is read several times over.
var pumped = sync.Pool{New: func() any { b := make([]byte, window/2); return &b }}

// newPump starts reading src; Close must be called.
func newPump(src io.Reader) *pump {
	p := &pump{full: make(chan []byte, pumpBuffers), free: make(chan []byte, pumpBuffers), stop: make(chan struct{})}
	for range pumpBuffers {
		p.free <- *pumped.Get().(*[]byte)
	}
	p.done.Add(1)
	go func() {
		defer p.done.Done()
		defer close(p.full)
		defer func() {
			if v := recover(); v != nil {
				p.err = panicked(v)
			}
		}()
		for p.err == nil {
			select {
			case <-p.stop:
				return
			case b := <-p.free:
				n, err := io.ReadFull(src, b)
				if err == io.ErrUnexpectedEOF {
					err = io.EOF
				}
				p.err = err
				p.full <- b[:n] // never blocks: there are only pumpBuffers of them
			}
		}
	}()
	return p
}

func (p *pump) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.buf != nil {
			p.free <- p.buf[:cap(p.buf)]
			p.buf = nil
		}
		var ok bool
		if p.buf, ok = <-p.full; !ok {
			return 0, p.err
		}
		p.rest = p.buf
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// Close ends the goroutine and waits for it.
func (p *pump) Close() {
	close(p.stop)
	p.done.Wait()
	if p.buf != nil {
		p.free <- p.buf[:cap(p.buf)]
	}
	for b := range p.full {
		p.free <- b[:cap(b)]
	}
	close(p.free)
	for b := range p.free {
		pumped.Put(&b)
	}
}
