package ledger

import "tiexi/pipeline/values"

// Snapshot is one imported roster.
type Snapshot struct {
	ID      int64
	Digest  string // SHA-256 of the file
	Name    string
	TakenOn values.Date // the date it speaks of
	ReadOn  values.Date
	Persons int
}

// Person is a person's row on the roster, as it stood from one snapshot to
// another.
type Person struct {
	FirstTaken values.Date // date of the first snapshot that has the row so
	LastTaken  values.Date // date of the last one
	GoneOn     values.Date // date of the snapshot after the last one, zero if the newest still has it
	Household  string
	Name       string
	ID         values.ResidentID
	Township   string
	Village    string
	Joined     values.Date // 首次识别时间, zero for always
	Left       values.Date // 退出时间, zero for never
	PayoutBank string
	Account    values.Account
}

// Snapshots lists the imported rosters, oldest date first.
func (tx *Tx) Snapshots() ([]Snapshot, error) {
	return collect(tx, func(s scanner) (sn Snapshot, err error) {
		err = s.Scan(&sn.ID, &sn.Digest, &sn.Name, day{&sn.TakenOn}, day{&sn.ReadOn}, &sn.Persons)
		return sn, err
	}, `SELECT id, digest, name, taken_on, read_on, persons FROM snapshot ORDER BY id`)
}

const personColumns = `p.first_snapshot, p.last_snapshot, p.household, p.name, p.person, p.township, p.village, p.joined, p.left_on, p.payout_bank, p.account`

// persons reads roster rows; what is common to all is the rest of the query.
func (tx *Tx) persons(yield func(Person) error, rest string, args ...any) error {
	snapshots, err := tx.Snapshots()
	if err != nil {
		return err
	}
	at := map[int64]int{}
	for i, sn := range snapshots {
		at[sn.ID] = i
	}
	return each(tx, func(s scanner) (p Person, err error) {
		var first, last int64
		err = s.Scan(&first, &last, &p.Household, &p.Name, &p.ID, common{&p.Township}, common{&p.Village}, day{&p.Joined}, day{&p.Left},
			common{&p.PayoutBank}, &p.Account)
		if err != nil {
			return p, err
		}
		p.FirstTaken, p.LastTaken = snapshots[at[first]].TakenOn, snapshots[at[last]].TakenOn
		if after := at[last] + 1; after < len(snapshots) {
			p.GoneOn = snapshots[after].TakenOn
		}
		return p, nil
	}, yield, `SELECT `+personColumns+` FROM person p `+rest, args...)
}

// PersonRows gives every roster row of one person, the oldest first.
func (tx *Tx) PersonRows(id values.ResidentID) (rows []Person, err error) {
	err = tx.persons(func(p Person) error { rows = append(rows, p); return nil }, `WHERE p.person = ? ORDER BY p.first_snapshot, p.id`, id.Whole())
	return rows, err
}
