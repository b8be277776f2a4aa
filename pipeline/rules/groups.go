package rules

import (
	"cmp"
	"slices"
	"strings"

	"tiexi/pipeline/values"
)

// groups splits the lines into sets that have no loan, household or account in
// common, each in the order of files: file name, sheet, row.
func (c *checker) groups() [][]int {
	order := make([]int, len(c.facts.Lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &c.facts.Lines[a], &c.facts.Lines[b]
		return cmp.Or(strings.Compare(x.Line.File, y.Line.File), cmp.Compare(x.Sheet, y.Sheet), cmp.Compare(x.Line.Row, y.Line.Row))
	})
	parent := make([]int, len(order))
	for i := range parent {
		parent[i] = i
	}
	join(parent, func(i int) values.Loan { return c.facts.Lines[i].Line.Loan() })
	join(parent, c.household)
	join(parent, c.account)
	return partition(order, func(i int) int { return root(parent, i) })
}

// join puts lines with the same key into one set; the zero key joins none.
// parent is a forest over the lines: each set is a tree.
func join[K comparable](parent []int, key func(int) K) {
	var none K
	first := make(map[K]int, len(parent))
	for i := range parent {
		k := key(i)
		if k == none {
			continue
		}
		if j, found := first[k]; found {
			parent[root(parent, i)] = root(parent, j)
		} else {
			first[k] = i
		}
	}
}

// root names the line's set, shortening the way for the next time.
func root(parent []int, i int) int {
	for parent[i] != i {
		parent[i] = parent[parent[i]]
		i = parent[i]
	}
	return i
}

// partition splits lines by key, keeping their order, the sets by their first
// line.
func partition[K comparable](lines []int, key func(int) K) (sets [][]int) {
	if len(lines) == 1 {
		return [][]int{lines}
	}
	at := make(map[K]int, len(lines))
	for _, i := range lines {
		k := key(i)
		set, found := at[k]
		if !found {
			set = len(sets)
			at[k] = set
			sets = append(sets, nil)
		}
		sets[set] = append(sets[set], i)
	}
	return sets
}
