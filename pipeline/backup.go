package pipeline

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tiexi/formats/jobs"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// Backup writes one file that holds the whole ledger and every archived file:
// all that cannot be made again. It is whole under its name or not there.
func (w *Workspace) Backup(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err == nil {
		return values.Refuse(values.Say("%s 已经存在，不会覆盖。", "%s exists and is not overwritten.", path), values.Say("请换一个文件名。", "Choose another name."))
	}
	copied := filepath.Join(w.job.Workspace, ".backup.db")
	if err := os.Remove(copied); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannotWrite(err)
	}
	if err := w.ledger.Backup(ctx, copied); err != nil {
		return cannotWrite(err)
	}
	defer func() { _ = os.Remove(copied) }()
	temporary := path + ".tmp"
	if err := w.zipBackup(temporary, copied); err != nil {
		return errors.Join(cannotWrite(err), os.Remove(temporary))
	}
	return cannotWrite(os.Rename(temporary, path))
}

func (w *Workspace) zipBackup(path, ledgerCopy string) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	z := zip.NewWriter(file)
	if err := addToZip(z, "ledger.db", ledgerCopy); err != nil {
		return err
	}
	var names []string
	archive := w.archive.Dir()
	err = filepath.WalkDir(archive, func(p string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			names = append(names, p)
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		relative, err := filepath.Rel(archive, name)
		if err != nil {
			return err
		}
		if err := addToZip(z, "archive/"+filepath.ToSlash(relative), name); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return file.Sync()
}

func addToZip(z *zip.Writer, name, path string) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	to, err := z.Create(name) // no time: the same ledger gives the same backup
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return err
}

// Restore makes the job's workspace from a backup. The workspace must not have
// a ledger: nothing is overwritten. Afterwards a run writes the outputs again.
func Restore(ctx context.Context, job *jobs.Job, path string) (err error) {
	target := filepath.Join(job.Workspace, "ledger.db")
	if _, err := os.Stat(target); err == nil {
		return values.Refuse(values.Say("%s 已有台账，不会覆盖。", "%s has a ledger, which is not overwritten.", job.Workspace),
			values.Say("请先把现有的工作文件夹改名，再恢复。", "Rename the present workspace first, then restore."))
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		return &values.Fault{Kind: values.FaultRefused, Err: err, What: values.Say("%s 不是完好的备份。", "%s is not a sound backup.", path)}
	}
	defer func() { _ = z.Close() }()
	if err := os.MkdirAll(job.Workspace, 0o700); err != nil {
		return cannotUse(job.Workspace, err)
	}
	root, err := os.OpenRoot(job.Workspace)
	if err != nil {
		return cannotUse(job.Workspace, err)
	}
	defer func() { _ = root.Close() }()
	for _, entry := range z.File {
		name := entry.Name
		if name != "ledger.db" && !strings.HasPrefix(name, "archive/") {
			return values.Refuse(values.Say("备份中有不认识的内容 %s。", "The backup has an unknown entry %s.", name), values.Text{})
		}
		if name == "ledger.db" { // last: a workspace with a ledger is a whole one
			continue
		}
		if err := restoreEntry(root, entry, name); err != nil {
			return cannotWrite(err)
		}
	}
	for _, entry := range z.File {
		if entry.Name == "ledger.db" {
			if err := restoreEntry(root, entry, "ledger.db.tmp"); err != nil {
				return cannotWrite(err)
			}
			if err := soundLedger(ctx, filepath.Join(job.Workspace, "ledger.db.tmp")); err != nil {
				return err
			}
			return cannotWrite(root.Rename("ledger.db.tmp", "ledger.db"))
		}
	}
	return values.Refuse(values.Say("备份 %s 中没有台账。", "The backup %s has no ledger.", path), values.Text{})
}

func restoreEntry(root *os.Root, entry *zip.File, name string) (err error) {
	from, err := entry.Open()
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	if dir := filepath.Dir(filepath.FromSlash(name)); dir != "." {
		if err := root.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	to, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil { // reads to the end, so the CRC is checked
		return errors.Join(err, to.Close())
	}
	return errors.Join(to.Sync(), to.Close())
}

func soundLedger(ctx context.Context, path string) error {
	l, err := ledger.Open(ctx, path)
	if err != nil {
		return ledgerFault(err, path)
	}
	defer func() { _ = l.Close() }()
	return l.Read(ctx, func(tx *ledger.Tx) error {
		complaints, err := tx.Integrity()
		if err == nil && len(complaints) > 0 {
			err = fmt.Errorf("%v", complaints)
		}
		if err == nil {
			_, err = tx.VerifyChain()
		}
		if err != nil {
			return &values.Fault{Kind: values.FaultRefused, Err: err, What: values.Say("备份中的台账已损坏。", "The ledger in the backup is damaged.")}
		}
		return nil
	})
}
