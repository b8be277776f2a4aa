package rules

import (
	"hash/maphash"
	"iter"
	"slices"

	"tiexi/pipeline/values"
)

// Touching splits a quarter into batches of lines that can be checked apart from
// each other, from little more than their names: lines that touch are in one
// batch. It may take lines together that turn out not to touch, since [Check]
// looks again.
type Touching struct {
	parent []int          // a forest over the lines, see [root]
	next   []int          // the lines of a set in a ring
	by     map[uint64]int // a line that has this loan, person, household or account
	seed   maphash.Seed
}

// NewTouching begins with no lines.
func NewTouching() *Touching {
	return &Touching{by: map[uint64]int{}, seed: maphash.MakeSeed()}
}

// Add takes the next line; account is the one that the statement names.
func (t *Touching) Add(loan values.Loan, borrower values.ResidentID, account values.Account) {
	i := len(t.parent)
	t.parent, t.next = append(t.parent, i), append(t.next, i)
	has(t, i, loan)
	has(t, i, borrower)
	has(t, i, foldAccount(account))
}

// OnRoster takes a household and an account that the roster once gave a person.
func (t *Touching) OnRoster(person values.ResidentID, household string, account values.Account) {
	t.also(t.key(person), household, account)
}

// Judged takes the household and the account that a line of the loan was judged
// with before, and may keep.
func (t *Touching) Judged(loan values.Loan, household string, account values.Account) {
	t.also(maphash.Comparable(t.seed, loan), household, account)
}

func (t *Touching) key(person values.ResidentID) uint64 { return maphash.Comparable(t.seed, person) }

// also gives a line what others may have too; lines of a loan or a person are
// together already.
func (t *Touching) also(key uint64, household string, account values.Account) {
	if i, known := t.by[key]; known {
		has(t, i, household)
		has(t, i, foldAccount(account))
	}
}

// has takes the line together with those that have the same; the zero value is
// nothing to have. Two names with one hash make a batch larger than it need be,
// and no more.
func has[K comparable](t *Touching, i int, what K) {
	var nothing K
	if what == nothing {
		return
	}
	key := maphash.Comparable(t.seed, what)
	j, known := t.by[key]
	if !known {
		t.by[key] = i
		return
	}
	if a, b := root(t.parent, i), root(t.parent, j); a != b {
		t.parent[a] = b
		t.next[a], t.next[b] = t.next[b], t.next[a] // two rings become one
	}
}

// Batches gives the lines, by their number, in batches of at least so many: whole
// sets, in the order of their first lines, each batch in order. It is the end of
// adding.
func (t *Touching) Batches(atLeast int) iter.Seq[[]int] {
	t.by = nil // large, and of no more use
	return func(yield func([]int) bool) {
		taken := make([]bool, len(t.parent))
		var batch []int
		for first := range t.parent {
			for i := first; !taken[i]; i = t.next[i] {
				taken[i] = true
				batch = append(batch, i)
			}
			if len(batch) < atLeast && first < len(t.parent)-1 || len(batch) == 0 {
				continue
			}
			slices.Sort(batch)
			if !yield(batch) {
				return
			}
			batch = nil
		}
	}
}
