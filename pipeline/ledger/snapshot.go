package ledger

import (
	"encoding/hex"
	"errors"
	"fmt"

	"tiexi/pipeline/values"
)

// personValues are the columns of a person that are inserted; the digest of
// those behind content is content.
const personValues = `first_snapshot, last_snapshot, content, household, name, person, township, village, joined, left_on, payout_bank, account`

const personWidth, personFacts = 12, 3

// RosterRows are some persons of a roster as their rows in the ledger will be.
// They are made where the roster is parsed, beside the goroutine that owns the
// ledger, and their memory is used again after Reset.
type RosterRows struct {
	values   []any // of personValues, the snapshots still empty
	contents []digest
}

type digest = [16]byte

// Add writes a person as the ledger keeps it; what it says of snapshots does not
// count.
func (r *RosterRows) Add(p *Person) {
	from := len(r.values)
	r.values = append(r.values, nil, nil, nil, p.Household, p.Name, p.ID.Whole(), p.Township, p.Village,
		p.Joined.String(), p.Left.String(), p.PayoutBank, p.Account.Whole())
	row := r.values[from:]
	content := halfDigest(appendArray(make([]byte, 0, 1<<9), row[personFacts:]))
	row[personFacts-1] = hexOf(content)
	r.contents = append(r.contents, content)
}

// Len is how many persons there are.
func (r *RosterRows) Len() int { return len(r.contents) }

// Reset forgets the persons.
func (r *RosterRows) Reset() { r.values, r.contents = r.values[:0], r.contents[:0] }

// SnapshotWriter imports a roster, some persons at a time.
type SnapshotWriter struct {
	tx       *Tx
	snapshot Snapshot
	last     Snapshot // the one before, zero for the first
	standing standing // rows of the one before that the new one has not had yet
	add      *rows
	id       any // of the snapshot, as a value of a row
	from, to int64
	restore  func() error // what was set aside for speed
}

// AddSnapshot begins the import of a roster; Finish ends it, and says of which
// day the roster is. A row that says the same as in the snapshot before is kept
// once, so that a county's yearly imports cost little more than what changed.
func (tx *Tx) AddSnapshot(digest, name string) (*SnapshotWriter, error) {
	previous, err := tx.Snapshots()
	if err != nil {
		return nil, err
	}
	w := &SnapshotWriter{tx: tx, snapshot: Snapshot{Digest: digest, Name: name, ReadOn: tx.On}, restore: func() error { return nil }}
	if n := len(previous); n > 0 {
		w.last = previous[n-1]
		if w.standing, err = tx.standingRows(w.last.ID); err != nil {
			return nil, err
		}
	} else if w.restore, err = tx.dropIndexes("person"); err != nil { // a whole roster goes in faster before the indexes than through them
		return nil, err
	}
	w.snapshot.ID, err = tx.insert(`INSERT INTO snapshot (digest, name, taken_on, read_on, persons) VALUES (?, ?, '', ?, 0)`, digest, name, tx.On.String())
	w.id, w.add = w.snapshot.ID, tx.rows(`person`, personValues)
	return w, err
}

// Add takes some persons, in the roster's order.
func (w *SnapshotWriter) Add(persons *RosterRows) error {
	w.snapshot.Persons += persons.Len()
	for i, content := range persons.contents {
		row := persons.values[i*personWidth : (i+1)*personWidth]
		row[0], row[1] = w.id, w.id
		var err error
		if same, ok := w.standing.take(content); ok {
			err = w.extend(same)
		} else {
			err = w.add.add(row...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// extend lets a row stand in this snapshot too. Rows that follow each other, as
// they do where little has changed, are written together.
func (w *SnapshotWriter) extend(row int64) error {
	if row == w.to+1 && w.from > 0 {
		w.to = row
		return nil
	}
	err := w.extendAll()
	w.from, w.to = row, row
	return err
}

func (w *SnapshotWriter) extendAll() error {
	if w.from == 0 {
		return nil
	}
	statement, err := w.tx.compiled(`UPDATE person SET last_snapshot = ? WHERE id BETWEEN ? AND ?`)
	if err == nil {
		_, err = statement.exec(w.id, w.from, w.to)
	}
	return err
}

// Finish ends the import of a roster of that day, which is no earlier than the
// one before, and gives it as the ledger has it.
func (w *SnapshotWriter) Finish(taken values.Date) (Snapshot, error) {
	if taken < w.last.TakenOn {
		return Snapshot{}, fmt.Errorf("ledger: snapshot of %s is older than the one of %s", taken, w.last.TakenOn)
	}
	w.snapshot.TakenOn = taken
	return w.snapshot, errors.Join(w.extendAll(), w.add.flush(), w.restore(),
		w.tx.exec(`UPDATE snapshot SET taken_on = ?, persons = ? WHERE id = ?`, taken.String(), w.snapshot.Persons, w.snapshot.ID))
}

// standing are the rows of a snapshot by what they say. Nearly every one says
// something of its own.
type standing struct {
	first map[digest]int64
	twins map[digest][]int64 // those after the first that say the same, in order
}

func (tx *Tx) standingRows(snapshot int64) (standing, error) {
	s := standing{map[digest]int64{}, map[digest][]int64{}}
	type row struct {
		id      int64
		content digest
	}
	return s, each(tx, func(from scanner) (r row, err error) {
		var text []byte
		if err = from.Scan(&r.id, &text); err == nil {
			_, err = hex.Decode(r.content[:], text)
		}
		return r, err
	}, func(r row) error {
		if _, ok := s.first[r.content]; ok {
			s.twins[r.content] = append(s.twins[r.content], r.id)
		} else {
			s.first[r.content] = r.id
		}
		return nil
	}, `SELECT id, content FROM person WHERE last_snapshot = ? ORDER BY id`, snapshot)
}

// take gives the next row that says so; each is given once.
func (s standing) take(content digest) (row int64, ok bool) {
	if row, ok = s.first[content]; !ok {
		return 0, false
	}
	if twins := s.twins[content]; len(twins) > 0 {
		s.first[content], s.twins[content] = twins[0], twins[1:]
	} else {
		delete(s.first, content)
	}
	return row, true
}

// dropIndexes takes away a table's indexes; restore makes them again.
func (tx *Tx) dropIndexes(table string) (restore func() error, err error) {
	type index struct{ name, sql string }
	all, err := collect(tx, func(s scanner) (i index, err error) { err = s.Scan(&i.name, &i.sql); return i, err },
		`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY rowid`, table)
	for _, i := range all {
		err = errors.Join(err, tx.exec(`DROP INDEX `+i.name))
	}
	return func() (err error) {
		for _, i := range all {
			err = errors.Join(err, tx.exec(i.sql))
		}
		return err
	}, err
}
