package pipeline

// census counts, group by group, how many different members there are. A bit for
// each tells who was there.
type census[G comparable] struct {
	members map[string]int
	seen    map[G][]uint64
}

func newCensus[G comparable]() *census[G] {
	return &census[G]{members: map[string]int{}, seen: map[G][]uint64{}}
}

// number is the member's, from 0 in the order in which they come up.
func (c *census[G]) number(member string) int {
	n, known := c.members[member]
	if !known {
		n = len(c.members)
		c.members[member] = n
	}
	return n
}

// first is 1 for a member that the group did not have yet, else 0.
func (c *census[G]) first(group G, number int) int {
	seen, word, bit := c.seen[group], number/64, uint64(1)<<(number%64)
	if word >= len(seen) {
		seen = append(seen, make([]uint64, word+1-len(seen))...)
		c.seen[group] = seen
	}
	if seen[word]&bit != 0 {
		return 0
	}
	seen[word] |= bit
	return 1
}
