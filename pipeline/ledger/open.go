package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver

	"tiexi/pipeline/values"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks the file as ours ("tixi").
const applicationID = 0x74697869

// ErrNewer is returned for a ledger that a newer program has written.
var ErrNewer = errors.New("the ledger was written by a newer version of the program")

// ErrOlder is returned by OpenView for a ledger that an older program has
// written: Open upgrades it, a view changes nothing.
var ErrOlder = errors.New("the ledger was written by an older version of the program")

// ErrUpgrade is returned for a ledger that could not be brought up to date. It
// is as it was before the migration that failed.
var ErrUpgrade = errors.New("the ledger could not be upgraded")

// ErrForeign is returned for a database that is not a ledger of ours.
var ErrForeign = errors.New("the file is not a ledger of this program")

// Ledger is an open ledger.db.
type Ledger struct {
	db   *sql.DB
	path string
	kept kept
}

// Tx is one transaction; its methods are all the queries there are. On and
// Operator stand in every audit entry it writes.
type Tx struct {
	tx       *sql.Tx
	ctx      context.Context
	kept     *kept
	On       values.Date
	Operator string

	statements map[string]*prepared // that stay prepared
}

// Open opens the ledger at path, creates it where it is missing, and brings an
// older one up to date, each migration in a transaction of its own after a
// backup beside it. The folder must exist.
func Open(ctx context.Context, path string) (*Ledger, error) {
	l, err := connect(path, url.Values{"mode": {"rwc"}, "_txlock": {"immediate"}, "_journal_mode": {"DELETE"}})
	if err != nil {
		return nil, err
	}
	if err := l.migrate(ctx); err != nil {
		return nil, errors.Join(err, l.db.Close())
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.db.Close())
	}
	return l, nil
}

// OpenView opens an existing ledger for reading. A missing file is an error
// that wraps fs.ErrNotExist, an older ledger ErrOlder. The view writes nothing (query_only), but SQLite
// may: what a killed process left half done is taken back first, which a file
// opened with mode=ro would refuse.
func OpenView(ctx context.Context, path string) (*Ledger, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	l, err := connect(path, url.Values{"mode": {"rw"}, "_txlock": {"deferred"}, "_query_only": {"1"}})
	if err != nil {
		return nil, err
	}
	version, err := l.version(ctx)
	if err == nil && version > newest() {
		err = ErrNewer
	}
	if err == nil && version < newest() {
		err = ErrOlder
	}
	if err != nil {
		return nil, errors.Join(err, l.db.Close())
	}
	return l, nil
}

// connect sets every pragma in the DSN, because a PRAGMA by Exec reaches one
// pooled connection only. The journal is DELETE: the folder may be a network
// drive, where WAL does not work.
func connect(path string, query url.Values) (*Ledger, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	slashed := filepath.ToSlash(absolute)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a Windows drive: file:///C:/…
	}
	query.Set("_busy_timeout", "5000")
	query.Set("_foreign_keys", "1")
	query.Set("_synchronous", "FULL")
	dsn := url.URL{Scheme: "file", Path: slashed, RawQuery: query.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return &Ledger{db: db, path: absolute}, nil
}

// Close closes the ledger.
func (l *Ledger) Close() error { return l.db.Close() }

// Path is the absolute path of ledger.db.
func (l *Ledger) Path() string { return l.path }

// Write runs do in one transaction that holds the write lock from its start,
// and commits it if do returns nil.
func (l *Ledger) Write(ctx context.Context, on values.Date, operator string, do func(*Tx) error) error {
	return l.transact(ctx, on, operator, do)
}

// Read runs do in a transaction that sees one state of the ledger throughout.
func (l *Ledger) Read(ctx context.Context, do func(*Tx) error) error {
	return l.transact(ctx, 0, "", do)
}

func (l *Ledger) transact(ctx context.Context, on values.Date, operator string, do func(*Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	committed := false
	defer func() {
		if !committed {
			l.kept.forgetAll()
			_ = tx.Rollback()
		}
	}()
	// database/sql ends the transaction when ctx does; asking it at every row
	// besides costs a tenth of a query
	t := &Tx{tx: tx, ctx: context.WithoutCancel(ctx), kept: &l.kept, On: on, Operator: operator}
	if err := l.kept.refresh(t); err != nil {
		return err
	}
	if err := do(t); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("ledger: commit: %w", err)
	}
	committed = true
	return nil
}

func newest() int {
	names, _ := fs.Glob(migrations, "migrations/*.sql")
	return len(names)
}

func (l *Ledger) version(ctx context.Context) (version int, err error) {
	var id int
	if err := l.db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
		return 0, fmt.Errorf("ledger %s: %w", l.path, err)
	}
	if err := l.db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return 0, fmt.Errorf("ledger %s: %w", l.path, err)
	}
	if id == applicationID {
		return version, nil
	}
	var things int // an empty file is ours to fill, another program's tables are not
	if err := l.db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&things); err != nil {
		return 0, fmt.Errorf("ledger %s: %w", l.path, err)
	}
	if id != 0 || version != 0 || things > 0 {
		return 0, ErrForeign
	}
	return 0, nil
}

func (l *Ledger) migrate(ctx context.Context) error {
	version, err := l.version(ctx)
	if err != nil {
		return err
	}
	if version > newest() {
		return ErrNewer
	}
	if version > 0 && version < newest() {
		if err := l.backupBeside(ctx); err != nil {
			return fmt.Errorf("%w: %w", ErrUpgrade, err)
		}
	}
	names, _ := fs.Glob(migrations, "migrations/*.sql") // sorted by name
	for ; version < len(names); version++ {
		script, err := migrations.ReadFile(names[version])
		if err != nil {
			return err
		}
		err = l.Write(ctx, 0, "", func(tx *Tx) error {
			_, err := tx.tx.ExecContext(ctx, fmt.Sprintf("%s;\nPRAGMA application_id=%d;\nPRAGMA user_version=%d;", script, applicationID, version+1))
			return err
		})
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrUpgrade, names[version], err)
		}
	}
	return nil
}

// backupBeside keeps the ledger as it is before an upgrade. Copies of upgrades
// that did not come to their end stay.
func (l *Ledger) backupBeside(ctx context.Context) error {
	path := fmt.Sprintf("%s.before-v%d", l.path, newest())
	for n := 2; ; n++ {
		if err := l.Backup(ctx, path); !errors.Is(err, fs.ErrExist) {
			return err
		}
		path = fmt.Sprintf("%s.before-v%d.%d", l.path, newest(), n)
	}
}

// Backup writes one clean, complete copy of the ledger to path, which must not
// exist. The copy is whole under its final name or not there.
func (l *Ledger) Backup(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	temporary := path + ".tmp"
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := l.db.ExecContext(ctx, `VACUUM INTO ?`, temporary); err != nil {
		return fmt.Errorf("ledger: backup: %w", err)
	}
	if err := os.Chmod(temporary, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// Integrity runs SQLite's own check and returns what it complains of.
func (tx *Tx) Integrity() ([]string, error) {
	complaints, err := collect(tx, scanText, `PRAGMA integrity_check`)
	if len(complaints) == 1 && complaints[0] == "ok" {
		complaints = nil
	}
	return complaints, err
}

// SQLiteVersion is the version of the library that is compiled in.
func SQLiteVersion() string {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return ""
	}
	defer func() { _ = db.Close() }()
	var version string
	_ = db.QueryRow(`SELECT sqlite_version()`).Scan(&version)
	return version
}
