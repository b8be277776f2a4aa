//go:build unix

package ledger

import (
	"path/filepath"
	"syscall"
	"testing"
)

func TestOnlyTheOwnerReads(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	l := newLedger(t)
	do(l.Backup(t.Context(), l.Path()+".bak"))
	write(t, l, func(tx *Tx) error {
		do(tx.Record("a", "b", "c"))
		for _, path := range []string{l.Path(), l.Path() + "-journal", l.Path() + ".bak"} {
			if mode := stat(t, path).Mode().Perm(); mode != 0o600 {
				t.Errorf("%s has mode %v", filepath.Base(path), mode)
			}
		}
		return nil
	})
}
