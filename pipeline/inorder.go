package pipeline

import "sync"

// inOrder calls build for 0 to n-1 on several goroutines, a few ahead of use,
// which gets the results one by one, in order, on the caller's own: the ledger
// belongs to one goroutine. It returns the first error in order, and not before
// every build that had begun is done.
func inOrder[T any](n, workers int, build func(int) (T, error), use func(int, T) error) (err error) {
	type built struct {
		value T
		err   error
	}
	results := make([]chan built, n)
	for i := range results {
		results[i] = make(chan built, 1)
	}
	free := make(chan struct{}, workers+1) // how far ahead
	next, stop := make(chan int), make(chan struct{})
	go func() {
		defer close(next)
		for i := range n {
			select {
			case free <- struct{}{}:
			case <-stop:
				return
			}
			next <- i
		}
	}()
	var running sync.WaitGroup
	for range min(n, workers) {
		running.Go(func() {
			for i := range next {
				value, err := build(i)
				results[i] <- built{value, err}
			}
		})
	}
	for i := range n {
		r := <-results[i]
		<-free
		if err = r.err; err == nil {
			err = use(i, r.value)
		}
		if err != nil {
			break
		}
	}
	close(stop)
	running.Wait()
	return err
}
