package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"tiexi/pipeline/values"
)

// Entry is one line of the audit log. Hash covers every other field and the
// hash before it, so that nothing can be changed, dropped or put in between
// without breaking the chain from there on.
type Entry struct {
	Seq      int64       `json:"seq"`
	On       values.Date `json:"on"`
	Operator string      `json:"operator"`
	Action   string      `json:"action"`
	Subject  string      `json:"subject"`
	Detail   string      `json:"detail"`
	Previous string      `json:"previous"`
	Hash     string      `json:"hash"`
}

// NoHead is the head of an empty log.
const NoHead = "0000000000000000000000000000000000000000000000000000000000000000"

func (e *Entry) sum() string {
	fields := []string{fmt.Sprint(e.Seq), e.On.String(), e.Operator, e.Action, e.Subject, e.Detail, e.Previous}
	hash := sha256.New()
	for _, field := range fields { // lengths first: no two entries share an encoding
		fmt.Fprintf(hash, "%d:%s\n", len(field), field)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// Record appends an entry: who did what to which thing. Detail is JSON with
// the figures and digests that prove it.
func (tx *Tx) Record(action, subject string, detail any) error {
	head, err := tx.head()
	if err != nil {
		return err
	}
	e := Entry{Seq: head.Seq + 1, On: tx.On, Operator: tx.Operator, Action: action, Subject: subject, Detail: document(detail), Previous: head.Hash}
	e.Hash = e.sum()
	return tx.exec(`INSERT INTO audit (seq, on_day, operator, action, subject, detail, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, e.On.String(), e.Operator, e.Action, e.Subject, e.Detail, e.Previous, e.Hash)
}

func (tx *Tx) head() (Entry, error) {
	e, ok, err := one(tx, scanEntry, `SELECT seq, on_day, operator, action, subject, detail, previous, hash FROM audit ORDER BY seq DESC LIMIT 1`)
	if !ok {
		e.Hash = NoHead
	}
	return e, err
}

// Head is the hash of the newest entry; it stands on approval sheets and in
// the manifest, so that a log whose tail was cut no longer fits them.
func (tx *Tx) Head() (string, error) {
	e, err := tx.head()
	return e.Hash, err
}

// HasEntry tells whether some entry has that hash: a head printed earlier must
// still be in the log.
func (tx *Tx) HasEntry(hash string) (bool, error) {
	if hash == NoHead {
		return true, nil
	}
	_, ok, err := one(tx, scanInt, `SELECT seq FROM audit WHERE hash = ?`, hash)
	return ok, err
}

// Entries gives the log from its beginning.
func (tx *Tx) Entries(yield func(Entry) error) error {
	return each(tx, scanEntry, yield, `SELECT seq, on_day, operator, action, subject, detail, previous, hash FROM audit ORDER BY seq`)
}

func scanEntry(s scanner) (e Entry, err error) {
	var on string
	if err = s.Scan(&e.Seq, &on, &e.Operator, &e.Action, &e.Subject, &e.Detail, &e.Previous, &e.Hash); err != nil {
		return e, err
	}
	if e.On, err = values.ParseDate(on); err != nil { // nothing that Record wrote
		err = &BrokenChain{e.Seq, "was changed"}
	}
	return e, err
}

// BrokenChain says where the audit log stops being what was written.
type BrokenChain struct {
	Seq  int64
	What string
}

// Error names the entry.
func (b *BrokenChain) Error() string { return fmt.Sprintf("audit entry %d: %s", b.Seq, b.What) }

// VerifyChain recomputes every hash and returns the number of entries, or a
// *BrokenChain for the first one that does not fit.
func (tx *Tx) VerifyChain() (entries int64, err error) {
	previous := NoHead
	err = tx.Entries(func(e Entry) error {
		entries++
		switch {
		case e.Seq != entries:
			return &BrokenChain{entries, "is missing"}
		case e.Previous != previous:
			return &BrokenChain{e.Seq, "does not follow the one before it"}
		case e.sum() != e.Hash:
			return &BrokenChain{e.Seq, "was changed"}
		}
		previous = e.Hash
		return nil
	})
	return entries, err
}
