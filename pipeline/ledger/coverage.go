package ledger

import "tiexi/pipeline/values"

// RosterHouseholds counts the households on the roster by township, as it stood
// on a day: those whom the responsible banks have to reach (二(一)). It is the
// newest snapshot of that day or earlier, else the oldest there is, without
// those who joined later or had left.
func (tx *Tx) RosterHouseholds(on values.Date) (map[string]int, error) {
	type count struct {
		township   string
		households int
	}
	counts := map[string]int{}
	err := each(tx, func(s scanner) (c count, err error) {
		err = s.Scan(&c.township, &c.households)
		return c, err
	}, func(c count) error { counts[c.township] = c.households; return nil },
		`SELECT p.township, count(DISTINCT p.household)
		FROM (SELECT coalesce((SELECT max(id) FROM snapshot WHERE taken_on <= ?1), (SELECT min(id) FROM snapshot)) AS id) AS s
		JOIN person p ON s.id BETWEEN p.first_snapshot AND p.last_snapshot
		WHERE p.joined <= ?1 AND (p.left_on = '' OR p.left_on > ?1) GROUP BY p.township`, on.String())
	return counts, err
}
