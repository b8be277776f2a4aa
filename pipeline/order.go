package pipeline

import "iter"

// runs gives what stands together and belongs together.
func runs[T any](all []T, together func(T, T) bool) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for from, i := 0, 1; i <= len(all); i++ {
			if i < len(all) && together(all[from], all[i]) {
				continue
			}
			if !yield(all[from:i:i]) {
				return
			}
			from = i
		}
	}
}
