package ledger

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unique"

	"tiexi/pipeline/values"
)

// scanner is what *sql.Row and *sql.Rows have in common.
type scanner interface{ Scan(...any) error }

// each runs the query and calls yield for every row, in order.
func each[T any](tx *Tx, scan func(scanner) (T, error), yield func(T) error, query string, args ...any) error {
	rows, err := tx.tx.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		if err := yield(item); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// collect is each into a slice.
func collect[T any](tx *Tx, scan func(scanner) (T, error), query string, args ...any) (items []T, err error) {
	err = each(tx, scan, func(item T) error { items = append(items, item); return nil }, query, args...)
	return items, err
}

// one is the first row, ok false where there is none.
func one[T any](tx *Tx, scan func(scanner) (T, error), query string, args ...any) (item T, ok bool, err error) {
	item, err = scan(tx.tx.QueryRowContext(tx.ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return item, false, nil
	}
	if err != nil {
		return item, false, fmt.Errorf("ledger: %w", err)
	}
	return item, true, nil
}

func (tx *Tx) exec(query string, args ...any) error {
	tx.kept.forgetWhat(query)
	if _, err := tx.tx.ExecContext(tx.ctx, query, args...); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

func (tx *Tx) insert(query string, args ...any) (id int64, err error) {
	tx.kept.forgetWhat(query)
	result, err := tx.tx.ExecContext(tx.ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("ledger: %w", err)
	}
	return result.LastInsertId()
}

// prepare compiles a statement once for many rows; release it after use.
func (tx *Tx) prepare(query string) (*prepared, error) {
	compiled, err := tx.tx.PrepareContext(tx.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return &prepared{compiled, tx.kept, tx.kept.forgetWhat(query)}, nil
}

// rowsTogether is how many rows one statement inserts. A statement on a table
// with triggers keeps a journal of its own, so that fewer are better there.
const rowsTogether = 100

// rows gathers rows for one table and inserts several with each statement. Call
// flush after the last one.
type rows struct {
	tx      *Tx
	table   string
	columns string
	width   int
	args    []any
}

func (tx *Tx) rows(table, columns string) *rows {
	return &rows{tx: tx, table: table, columns: columns, width: strings.Count(columns, ",") + 1}
}

// add takes one row.
func (r *rows) add(values ...any) error {
	if r.args = append(r.args, values...); len(r.args) < rowsTogether*r.width {
		return nil
	}
	return r.flush()
}

// flush inserts what was gathered.
func (r *rows) flush() error {
	n := len(r.args) / r.width
	if n == 0 {
		return nil
	}
	one := "(?" + strings.Repeat(", ?", r.width-1) + ")"
	statement, err := r.tx.compiled("INSERT INTO " + r.table + " (" + r.columns + ") VALUES " + one + strings.Repeat(", "+one, n-1))
	if err == nil {
		_, err = statement.exec(r.args...)
	}
	r.args = r.args[:0]
	return err
}

// compiled is prepare for statements that come again: they stay prepared until
// the transaction ends.
func (tx *Tx) compiled(query string) (*prepared, error) {
	if statement := tx.statements[query]; statement != nil {
		return statement, nil
	}
	statement, err := tx.prepare(query)
	if err == nil {
		if tx.statements == nil {
			tx.statements = map[string]*prepared{}
		}
		tx.statements[query] = statement
	}
	return statement, err
}

func scanText(s scanner) (text string, err error) {
	err = s.Scan(&text)
	return text, err
}

func scanInt(s scanner) (n int64, err error) {
	err = s.Scan(&n)
	return n, err
}

// common reads a text of which there are few different ones, such as a bank's
// name, and keeps one copy for all rows.
type common struct{ to *string }

// Scan implements sql.Scanner.
func (c common) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a text is TEXT, got %T", src)
	}
	*c.to = unique.Make(text).Value()
	return nil
}

// rate reads a rate in percent. There are few different ones: one copy is kept
// for all rows.
type rate struct{ to *values.Rate }

var knownRates sync.Map // text → values.Rate

// Scan implements sql.Scanner.
func (r rate) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a rate is TEXT, got %T", src)
	}
	if known, ok := knownRates.Load(text); ok {
		*r.to = known.(values.Rate)
		return nil
	}
	parsed, err := values.ParseRate(text)
	if err == nil {
		knownRates.Store(text, parsed)
	}
	*r.to = parsed
	return err
}

// day reads an ISO date column.
type day struct{ to *values.Date }

// Scan implements sql.Scanner.
func (d day) Scan(src any) (err error) {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a day is TEXT, got %T", src)
	}
	*d.to, err = values.ParseDate(text)
	return err
}

// quarter reads a quarter's name.
type quarter struct{ to *values.Quarter }

// Scan implements sql.Scanner.
func (q quarter) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a quarter is TEXT, got %T", src)
	}
	return q.to.UnmarshalText([]byte(text))
}

// document reads and writes a JSON column.
func document(v any) string {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own structs, always encodable
	}
	return string(encoded)
}

type fromJSON struct{ to any }

// Scan implements sql.Scanner; the empty text leaves the target as it is.
func (j fromJSON) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a JSON column is TEXT, got %T", src)
	}
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), j.to)
}

// Try runs do inside the transaction and takes back what it wrote if it fails:
// one refused file leaves no trace of itself among the others.
func (tx *Tx) Try(do func() error) error {
	if err := tx.exec(`SAVEPOINT try`); err != nil {
		return err
	}
	if err := do(); err != nil {
		return errors.Join(err, tx.exec(`ROLLBACK TO try`), tx.exec(`RELEASE try`))
	}
	return tx.exec(`RELEASE try`)
}
