package ledger

import (
	"database/sql"
	"errors"
	"fmt"
)

// execAgain is exec for a statement that comes again for every row of a file. To
// compile an update of a table with triggers takes longer than to run it, so
// that is done once in a transaction.
func (tx *Tx) execAgain(query string, args ...any) error {
	statement, err := tx.compiled(query)
	if err == nil {
		_, err = statement.exec(args...)
	}
	return err
}

// oneAgain is one for a query that comes again for every row of a file.
func oneAgain[T any](tx *Tx, scan func(scanner) (T, error), query string, args ...any) (item T, ok bool, err error) {
	statement := tx.statements[query]
	if statement == nil {
		compiled, err := tx.tx.PrepareContext(tx.ctx, query)
		if err != nil {
			return item, false, fmt.Errorf("ledger: %w", err)
		}
		if tx.statements == nil {
			tx.statements = map[string]*prepared{}
		}
		statement = &prepared{compiled: compiled}
		tx.statements[query] = statement
	}
	item, err = scan(statement.compiled.QueryRowContext(tx.ctx, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return item, false, nil
	}
	if err != nil {
		return item, false, fmt.Errorf("ledger: %w", err)
	}
	return item, true, nil
}
