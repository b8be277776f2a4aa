package ledger

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"

	"tiexi/pipeline/values"
)

// kept is what large queries gave, until a table that they read is written to:
// the stages, the report and the next steps of one process ask for the same
// loans again and again. What another process writes is noticed too, by
// SQLite's data_version.
type kept struct {
	version int64
	entries map[keptKey]keptEntry
}

type keptKey struct {
	name    string
	quarter values.Quarter
}

type keptEntry struct {
	tables []string
	value  any
}

// Keep gives what read gave when it was last asked under this name, or asks it
// now. tables are those that the answer rests on. The answer is shared: nobody
// may change it, nor what it points to.
func Keep[T any](tx *Tx, name string, q values.Quarter, tables []string, read func() (T, error)) (T, error) {
	key := keptKey{name, q}
	if e, ok := tx.kept.entries[key]; ok {
		return e.value.(T), nil
	}
	value, err := read()
	if err == nil {
		tx.kept.entries[key] = keptEntry{tables, value}
	}
	return value, err
}

// Release forgets what was kept under a name: what is large and is not asked for
// again.
func (tx *Tx) Release(name string, q values.Quarter) { delete(tx.kept.entries, keptKey{name, q}) }

// refresh forgets everything if another connection has written.
func (k *kept) refresh(tx *Tx) error {
	version, _, err := one(tx, scanInt, `PRAGMA data_version`)
	if err != nil {
		return err
	}
	if version != k.version || k.entries == nil {
		k.version = version
		k.forgetAll()
	}
	return nil
}

func (k *kept) forgetAll() { k.entries = map[keptKey]keptEntry{} }

// forget drops what rests on the table.
func (k *kept) forget(table string) {
	for key, e := range k.entries {
		if slices.Contains(e.tables, table) {
			delete(k.entries, key)
		}
	}
}

var writing = regexp.MustCompile(`^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)`)

// forgetWhat drops what rests on the table that the statement writes to; a
// statement that does not say drops everything.
func (k *kept) forgetWhat(query string) (table string) {
	if m := writing.FindStringSubmatch(query); m != nil {
		k.forget(m[1])
		return m[1]
	}
	k.forgetAll()
	return ""
}

// prepared is a prepared statement that writes one table many times.
type prepared struct {
	compiled *sql.Stmt
	kept     *kept
	table    string
}

// exec runs the statement once.
func (s *prepared) exec(args ...any) (sql.Result, error) {
	s.kept.forget(s.table)
	result, err := s.compiled.Exec(args...)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return result, nil
}

// Close releases the statement.
func (s *prepared) Close() error { return s.compiled.Close() }
