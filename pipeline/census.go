package pipeline

// census counts, group by group, how many different members there are. A bit for
// each tells who was there.
type census struct {
	groups, members map[string]int
	seen            [][]uint64 // by group, then member
}

func newCensus() *census { return &census{groups: map[string]int{}, members: map[string]int{}} }

// first is 1 for a member that the group did not have yet, else 0.
func (c *census) first(group, member string) int {
	g, m := numbered(c.groups, group), numbered(c.members, member)
	if g == len(c.seen) {
		c.seen = append(c.seen, nil)
	}
	word, bit := m/64, uint64(1)<<(m%64)
	for word >= len(c.seen[g]) {
		c.seen[g] = append(c.seen[g], 0)
	}
	if c.seen[g][word]&bit != 0 {
		return 0
	}
	c.seen[g][word] |= bit
	return 1
}

// numbered numbers names from 0 in the order in which they come up.
func numbered(names map[string]int, name string) int {
	n, known := names[name]
	if !known {
		n = len(names)
		names[name] = n
	}
	return n
}
