package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestPragmasHoldOnEveryConnection(t *testing.T) {
	l := newLedger(t)
	view, err := OpenView(t.Context(), l.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = view.Close() }()
	for name, c := range map[string]struct {
		*Ledger
		want map[string]string
	}{
		"ledger": {l, map[string]string{"foreign_keys": "1", "synchronous": "2", "journal_mode": "delete", "busy_timeout": "5000", "query_only": "0"}},
		"view":   {view, map[string]string{"foreign_keys": "1", "synchronous": "2", "journal_mode": "delete", "busy_timeout": "5000", "query_only": "1"}},
	} {
		c.db.SetMaxOpenConns(4)
		for n := range 4 { // each of them held until the end, so that each is another one
			connection, err := c.db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = connection.Close() }()
			for pragma, want := range c.want {
				var got string
				if err := connection.QueryRowContext(t.Context(), `PRAGMA `+pragma).Scan(&got); err != nil || got != want {
					t.Errorf("%s, connection %d: %s is %s, %v; want %s", name, n, pragma, got, err, want)
				}
			}
		}
	}
}

func TestForeignKeysAreKept(t *testing.T) {
	l := newLedger(t)
	for _, query := range []string{
		`INSERT INTO approval VALUES (999, 'x', '', '')`,
		`INSERT INTO judgement VALUES (999, '', 'held', '', '', '', '', '', '', 0, '', '', 0)`,
		`INSERT INTO waiver VALUES (999, 'x', 1, 1, 1, 1)`,
		`INSERT INTO sheet VALUES (999, 0, '', '', '', '', '', 0)`,
	} {
		err := l.Write(t.Context(), today, "x", func(tx *Tx) error { return tx.exec(query) })
		if err == nil || !strings.Contains(err.Error(), "FOREIGN KEY constraint failed") {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func TestAnyFolderNameWillDo(t *testing.T) {
	for _, name := range []string{"a#b", "two words", "what?mode=ro", "100%", "a%20b", "a&b=c", "帮扶 贴息", "it's", `say "so"`, "a;b", "a+b", "~", "a:b", "file:", "a\\b"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Skip("no such name here:", err)
			}
			path := filepath.Join(dir, "ledger#?%20.db")
			l, err := Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			write(t, l, func(tx *Tx) error { return tx.Record("a", "b", "c") })
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 || entries[0].Name() != "ledger#?%20.db" || l.Path() != path {
				t.Errorf("the folder holds %v, %v; the path is %s", entries, err, l.Path())
			}
			view, err := OpenView(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = view.Close() }()
			look(t, view, func(tx *Tx) error {
				if n := must(tx.VerifyChain()); n != 1 {
					t.Errorf("%d entries", n)
				}
				return nil
			})
		})
	}
}

func TestAViewWritesNothing(t *testing.T) {
	l, _ := county(t)
	before := content(t, l.Path())
	view, err := OpenView(t.Context(), l.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = view.Close() }()
	for _, query := range []string{`INSERT INTO recheck VALUES (9, '2026Q3', 'w', 'o', 'd')`, `UPDATE line SET live = 0`, `DELETE FROM finding`, `DROP TABLE finding`, `PRAGMA user_version = 7`, `VACUUM`} {
		if _, err := view.db.Exec(query); err == nil {
			t.Errorf("a view did %s", query)
		}
	}
	if err := view.Write(t.Context(), today, "x", func(tx *Tx) error { return tx.Record("a", "b", 1) }); err == nil {
		t.Error("a view wrote to the audit log")
	}
	if !bytes.Equal(before, content(t, l.Path())) {
		t.Error("the file has changed")
	}
	if _, err := OpenView(t.Context(), l.Path()+".none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a ledger that is not there: %v", err)
	}
	if _, err := os.Stat(l.Path() + ".none"); err == nil {
		t.Error("looking for a ledger has made one")
	}
}

// A process that is killed in the middle of a transaction leaves a journal.
// Whoever opens the ledger next, be it only to look, sees what was committed.
func TestWhatAKilledProcessLeftIsTakenBack(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error { return tx.Record("committed", "", nil) })
	var dead []string
	err := l.Write(t.Context(), today, "x", func(tx *Tx) error {
		do(tx.exec(`PRAGMA cache_size = 1`))
		for range 200 { // until pages go to the file before the commit
			do(tx.Record("not committed", strings.Repeat("x", 4000), nil))
		}
		for _, who := range []string{"view", "ledger"} {
			path := filepath.Join(t.TempDir(), who+".db")
			for _, suffix := range []string{"", "-journal"} {
				if err := os.WriteFile(path+suffix, content(t, l.Path()+suffix), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			dead = append(dead, path)
		}
		return errBack
	})
	if err != errBack || len(content(t, dead[0])) < 200*4000 {
		t.Fatalf("%v; the file has %d bytes", err, len(content(t, dead[0])))
	}
	for i, open := range []func(context.Context, string) (*Ledger, error){OpenView, Open} {
		next, err := open(t.Context(), dead[i])
		if err != nil {
			t.Fatalf("%s: %v", dead[i], err)
		}
		look(t, next, func(tx *Tx) error {
			if n := must(tx.VerifyChain()); n != 1 {
				t.Errorf("%s: %d entries", dead[i], n)
			}
			if complaints := must(tx.Integrity()); len(complaints) != 0 {
				t.Errorf("%s: %v", dead[i], complaints)
			}
			return nil
		})
		do(next.Close())
	}
}

func TestOtherFilesAreRefusedAndLeftAlone(t *testing.T) {
	for what, c := range map[string]struct {
		make func(t *testing.T, path string)
		want error // nil: any
	}{
		"a newer ledger": {func(t *testing.T, path string) {
			l, err := Open(t.Context(), path)
			do(err, l.Close())
			run(t, plain(t, path), fmt.Sprintf(`PRAGMA user_version = %d`, newest()+1))
		}, ErrNewer},
		"another program's database": {func(t *testing.T, path string) { run(t, plain(t, path), `CREATE TABLE theirs (x)`) }, ErrForeign},
		"another program's numbered database": {func(t *testing.T, path string) {
			run(t, plain(t, path), `PRAGMA user_version = 1; CREATE TABLE theirs (x)`)
		}, ErrForeign},
		"another program's signed database": {func(t *testing.T, path string) { run(t, plain(t, path), `PRAGMA application_id = 7`) }, ErrForeign},
		"another program's signed, of our number": {func(t *testing.T, path string) {
			run(t, plain(t, path), `PRAGMA application_id = 7; PRAGMA user_version = 1`)
		}, ErrForeign},
		"a text": {func(t *testing.T, path string) {
			do(os.WriteFile(path, bytes.Repeat([]byte("一个文本文件\n"), 100), 0o644))
		}, nil},
		"a folder": {func(t *testing.T, path string) { do(os.Mkdir(path, 0o755)) }, nil},
	} {
		t.Run(what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ledger.db")
			c.make(t, path)
			before, _ := os.ReadFile(path)
			mode := stat(t, path).Mode()
			for _, open := range []func(context.Context, string) (*Ledger, error){Open, OpenView} {
				l, err := open(t.Context(), path)
				if err == nil || !errors.Is(err, c.want) && c.want != nil {
					t.Errorf("%v, %v; want %v", l, err, c.want)
				}
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) || stat(t, path).Mode() != mode {
				t.Error("the file was touched")
			}
		})
	}
}

func TestAnEmptyFileBecomesALedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	do(os.WriteFile(path, nil, 0o644))
	if _, err := OpenView(t.Context(), path); err == nil || errors.Is(err, ErrForeign) || errors.Is(err, ErrNewer) {
		t.Errorf("a view of it: %v", err)
	}
	l, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	do(l.Close())
	if mode := stat(t, path).Mode().Perm(); runtime.GOOS != "windows" && mode != 0o600 {
		t.Errorf("its mode is %v", mode)
	}
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "no folder", "ledger.db")); err == nil {
		t.Error("the folder is made")
	}
}

// A ledger made today is what the migrations say, one after the other.
func TestAFreshLedgerIsTheMigrations(t *testing.T) {
	l := newLedger(t)
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(names) == 0 || len(names) != newest() {
		t.Fatalf("%v, %v", names, err)
	}
	byHand := plain(t, filepath.Join(t.TempDir(), "byhand.db"))
	for n, name := range names {
		if !strings.HasPrefix(filepath.Base(name), fmt.Sprintf("%04d_", n+1)) {
			t.Errorf("migration %d is %s", n+1, name)
		}
		run(t, byHand, string(must(migrations.ReadFile(name))))
	}
	const schema = `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1`
	db := plain(t, l.Path())
	if got, want := strings.Join(texts(t, db, schema), "\n"), strings.Join(texts(t, byHand, schema), "\n"); got != want || len(got) < 5000 {
		t.Errorf("the schema is\n%s\nwant\n%s", got, want)
	}
	if version := texts(t, db, `PRAGMA user_version`)[0]; version != fmt.Sprint(newest()) {
		t.Errorf("its version is %s", version)
	}
	if id := texts(t, db, `PRAGMA application_id`)[0]; id != fmt.Sprint(applicationID) {
		t.Errorf("its application is %s", id)
	}
	before := content(t, l.Path())
	again, err := Open(t.Context(), l.Path())
	if err != nil {
		t.Fatal(err)
	}
	do(again.Close())
	if !bytes.Equal(before, content(t, l.Path())) {
		t.Error("opening it again has changed it")
	}
}

// A ledger of each older version is kept beside and brought up to date; an
// upgrade that was killed is done again.
func TestAnOlderLedgerIsUpgraded(t *testing.T) {
	names := must(fs.Glob(migrations, "migrations/*.sql"))
	fresh := dump(t, plain(t, newLedger(t).Path()))
	for version := 1; version < newest(); version++ {
		path := filepath.Join(t.TempDir(), "ledger.db")
		db := plain(t, path)
		for _, name := range names[:version] {
			run(t, db, string(must(migrations.ReadFile(name))))
		}
		run(t, db, fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = %d; INSERT INTO recheck VALUES (1, '2026Q3', 'w', 'o', '2026-09-30')`, applicationID, version))
		before := dump(t, db)
		do(db.Close(), os.WriteFile(fmt.Sprintf("%s.before-v%d", path, newest()), []byte("of an upgrade that was killed"), 0o600))

		if _, err := OpenView(t.Context(), path); !errors.Is(err, ErrOlder) {
			t.Errorf("version %d: a view of it: %v", version, err)
		}
		for range 2 { // the second time there is nothing left to do
			l, err := Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			do(l.Close())
		}
		after := dump(t, plain(t, path))
		if after["schema"] != fresh["schema"] || after["version"] != fresh["version"] || after["recheck"] != before["recheck"] {
			t.Errorf("version %d comes to %v", version, after)
		}
		kept := fmt.Sprintf("%s.before-v%d.2", path, newest())
		if !maps.Equal(dump(t, plain(t, kept)), before) {
			t.Errorf("version %d is not kept as it was", version)
		}
		if entries := must(os.ReadDir(filepath.Dir(path))); len(entries) != 3 {
			t.Errorf("the folder holds %v", entries)
		}
	}
}

func TestABackupHoldsEverything(t *testing.T) {
	l, db := county(t)
	path := filepath.Join(t.TempDir(), "备份 1.db")
	do(os.WriteFile(path+".tmp", []byte("left by a killed backup"), 0o644))
	if err := l.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if got, want := dump(t, plain(t, path)), dump(t, db); !maps.Equal(got, want) || len(want) < 20 {
		t.Errorf("the backup holds %v, want %v", got, want)
	}
	if entries := must(os.ReadDir(filepath.Dir(path))); len(entries) != 1 {
		t.Errorf("beside it stand %v", entries)
	}
	restored, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = restored.Close() }()
	write(t, restored, func(tx *Tx) error {
		if complaints := must(tx.Integrity()); len(complaints) != 0 {
			t.Errorf("the backup is damaged: %v", complaints)
		}
		before := must(tx.VerifyChain())
		do(tx.Record("went on", "", nil))
		if n := must(tx.VerifyChain()); before == 0 || n != before+1 {
			t.Errorf("%d entries, then %d", before, n)
		}
		return nil
	})

	before := content(t, path)
	if err := l.Backup(t.Context(), path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another one: %v", err)
	}
	if !bytes.Equal(before, content(t, path)) {
		t.Error("a backup was overwritten")
	}
	if err := l.Backup(t.Context(), filepath.Join(filepath.Dir(path), "no folder", "b.db")); err == nil {
		t.Error("a backup into nowhere")
	}
}

// dump is every row of every table, and the schema.
func dump(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	tables := map[string]string{"schema": strings.Join(texts(t, db, `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1`), "\n"),
		"version": fmt.Sprint(texts(t, db, `PRAGMA user_version`), texts(t, db, `PRAGMA application_id`))}
	for _, table := range texts(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table'`) {
		columns := texts(t, db, `SELECT 'quote(' || name || ')' FROM pragma_table_info(?)`, table)
		tables[table] = strings.Join(texts(t, db, `SELECT concat_ws(',', `+strings.Join(columns, ",")+`) AS row FROM `+table+` ORDER BY row`), "\n")
	}
	return tables
}

func TestAFailedTransactionLeavesNothing(t *testing.T) {
	l, db := county(t)
	before := dump(t, db)
	err := l.Write(t.Context(), today, "x", func(tx *Tx) error {
		do(tx.Record("a", "b", 1), clearQuarter(tx, q3))
		return errBack
	})
	if err != errBack {
		t.Errorf("the error is %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = l.Write(t.Context(), today, "x", func(tx *Tx) error { do(tx.Record("a", "b", 1)); panic("gone") })
	}()
	if !maps.Equal(before, dump(t, db)) {
		t.Error("something is left")
	}
	soon, cancel := context.WithTimeout(t.Context(), 5*time.Second) // a transaction that is still open would hold the connection
	defer cancel()
	if err := l.Write(soon, today, "x", func(tx *Tx) error { return tx.Record("and it goes on", "", nil) }); err != nil {
		t.Error(err)
	}
}

func TestTryTakesBackWhatFailed(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		statement(tx, q3, "first.xlsx")
		err := tx.Try(func() error {
			statement(tx, q3, "refused.xlsx")
			do(tx.Try(func() error { statement(tx, q3, "inside the refused.xlsx"); return nil }))
			return fmt.Errorf("the file is refused: %w", errBack)
		})
		if !errors.Is(err, errBack) {
			t.Errorf("the error is %v", err)
		}
		do(tx.Try(func() error {
			statement(tx, q3, "second.xlsx")
			if err := tx.Try(func() error { statement(tx, q3, "refused inside.xlsx"); return errBack }); !errors.Is(err, errBack) {
				t.Errorf("the inner error is %v", err)
			}
			return nil
		}))
		if err := tx.Try(func() error { return tx.exec(`nonsense`) }); err == nil {
			t.Error("nonsense is no error")
		}
		statement(tx, q3, "third.xlsx")
		return nil
	})
	if names := texts(t, plain(t, l.Path()), `SELECT name FROM file ORDER BY id`); strings.Join(names, " ") != "first.xlsx second.xlsx third.xlsx" {
		t.Errorf("kept: %v", names)
	}
}

func TestTheLibraryHasAVersion(t *testing.T) {
	if version := SQLiteVersion(); !strings.HasPrefix(version, "3.") {
		t.Errorf("it is %q", version)
	}
}

func content(t testing.TB, path string) []byte {
	t.Helper()
	read, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func stat(t testing.TB, path string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}
