package pipeline

import (
	"errors"
	"iter"
)

// sequence is what a query gives, read piece by piece beside others that come in
// the same order.
type sequence[T any] struct {
	head T
	more bool // head is one of it
	err  error
	next func() (T, bool)
	stop func()
}

var errEnough = errors.New("enough")

// inSequence begins to read; close it after use.
func inSequence[T any](read func(yield func(T) error) error) *sequence[T] {
	s := &sequence[T]{}
	s.next, s.stop = iter.Pull(func(yield func(T) bool) {
		s.err = read(func(item T) error {
			if !yield(item) {
				return errEnough
			}
			return nil
		})
	})
	s.advance()
	return s
}

func (s *sequence[T]) advance() { s.head, s.more = s.next() }

// takeWhile takes what comes next as long as it belongs.
func (s *sequence[T]) takeWhile(belongs func(T) bool, take func(T)) {
	for ; s.more && belongs(s.head); s.advance() {
		take(s.head)
	}
}

// failed is the error that ended the sequence before it was read to its end.
func (s *sequence[T]) failed() error {
	if s.more {
		return nil
	}
	return s.err
}
