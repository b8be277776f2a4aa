package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"testing"
)

// Something stands in a migration's way: the ledger stays as it was, with a
// copy beside it, and is upgraded when that is gone.
func TestAFailedUpgradeLeavesTheLedgerAsItWas(t *testing.T) {
	names := must(fs.Glob(migrations, "migrations/*.sql"))
	version := newest() - 1
	made := regexp.MustCompile(`CREATE (?:TABLE|UNIQUE INDEX|INDEX) (\w+)`).FindAllStringSubmatch(string(must(migrations.ReadFile(names[version]))), -1)
	inTheWay := made[len(made)-1][1] // so that much of the migration is done before it fails

	path := filepath.Join(t.TempDir(), "ledger.db")
	db := plain(t, path)
	for _, name := range names[:version] {
		run(t, db, string(must(migrations.ReadFile(name))))
	}
	run(t, db, fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = %d; CREATE TABLE %s (x)`, applicationID, version, inTheWay))
	run(t, db, `INSERT INTO recheck VALUES (1, '2026Q3', 'w', 'o', '2026-09-30')`)
	before := dump(t, db)
	do(db.Close())

	if _, err := Open(t.Context(), path); !errors.Is(err, ErrUpgrade) {
		t.Errorf("opening it: %v", err)
	}
	db = plain(t, path)
	if after := dump(t, db); !maps.Equal(after, before) {
		t.Error("it is not as it was")
	}
	if kept := dump(t, plain(t, fmt.Sprintf("%s.before-v%d", path, newest()))); !maps.Equal(kept, before) {
		t.Error("the copy is not as it was")
	}
	run(t, db, `DROP TABLE `+inTheWay)
	do(db.Close())
	do(must(Open(t.Context(), path)).Close())
	if after, fresh := dump(t, plain(t, path)), dump(t, plain(t, newLedger(t).Path())); after["schema"] != fresh["schema"] || after["recheck"] != before["recheck"] {
		t.Error("later, it is not upgraded whole")
	}
}
