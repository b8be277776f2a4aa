package rules

import (
	"slices"
	"strconv"

	"tiexi/pipeline/values"
)

// sharedBy is the number of borrowers from which on an account of one household
// is looked at; two households are always.
const sharedBy = 3

// shared holds lines whose payout account serves three or more borrowers, or two
// households (一(九): 户借、户用、户还); live are the lines that name it.
func (c *checker) shared(live []int) {
	var ids, households, names []string
	for _, i := range live {
		l := c.facts.Lines[i].Line
		ids = append(ids, l.ID.Whole())
		households = append(households, c.household(i))
		names = append(names, l.Borrower)
	}
	ids, households, names = distinct(ids), distinct(households), distinct(names)
	if len(ids) < sharedBy && len(households) < 2 {
		return
	}
	for _, i := range live {
		if c.facts.Lines[i].Frozen == nil {
			c.add(i, SharedAccount, values.FieldAccount, c.account(i), "",
				strconv.Itoa(len(ids)), strconv.Itoa(len(households)), listed(names))
		}
	}
}

// distinct sorts the texts and drops the empty and the repeated ones.
func distinct(texts []string) []string {
	slices.Sort(texts)
	texts = slices.Compact(texts)
	if len(texts) > 0 && texts[0] == "" {
		return texts[1:]
	}
	return texts
}
