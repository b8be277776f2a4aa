package pipeline

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// inboxFile is a file that lies in the inbox. The inbox is read, never changed.
type inboxFile struct {
	name    string
	size    int64
	changed time.Time
	digest  string
	read    int64  // bytes that the digest was taken of
	content []byte // those bytes, while the file is being taken
}

// settleTime is how far apart the two looks are that tell a file which is
// still being copied from one that is whole.
var settleTime = 300 * time.Millisecond

// scanInbox lists the inbox. Sub-folders, Office's lock files (~$), partial
// downloads and the system's own files are none of ours.
func (w *Workspace) scanInbox() ([]inboxFile, error) {
	entries, err := os.ReadDir(w.job.Inbox)
	if err != nil {
		return nil, &values.Fault{Kind: values.FaultRefused, Err: err,
			What: values.Say("无法读取收件文件夹 %s。", "The inbox %s cannot be read.", w.job.Inbox),
			Hint: values.Say("请检查网络盘是否连接、jobs.yaml 的 inbox 是否写对；什么都没有改动。", "Check that the network drive is there and that inbox in jobs.yaml is right; nothing was changed.")}
	}
	var files []inboxFile
	for _, e := range entries {
		if ignored(e) {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // taken away while we looked
		}
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			files = append(files, inboxFile{name: e.Name(), size: info.Size(), changed: info.ModTime()})
		}
	}
	slices.SortFunc(files, func(a, b inboxFile) int { return strings.Compare(a.name, b.name) })
	return files, nil
}

func ignored(e fs.DirEntry) bool {
	name := strings.ToLower(e.Name())
	return e.IsDir() || strings.HasPrefix(name, "~$") || strings.HasPrefix(name, ".") ||
		name == "thumbs.db" || name == "desktop.ini" ||
		slices.Contains([]string{".tmp", ".part", ".crdownload", ".lock"}, filepath.Ext(name))
}

// look takes a file's digest.
func (w *Workspace) look(f *inboxFile) (err error) {
	f.digest, f.read, err = digestOf(filepath.Join(w.job.Inbox, f.name))
	return err
}

// digestOf takes the digest of a file without holding it.
func digestOf(path string) (digest string, size int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = file.Close() }()
	return outbox.DigestOf(file)
}

// load reads a file when its turn has come. ok is false where it has not the
// content any more that its digest was taken of.
func (w *Workspace) load(f *inboxFile) (content []byte, ok bool) {
	content, err := os.ReadFile(filepath.Join(w.job.Inbox, f.name))
	return content, err == nil && outbox.Digest(content) == f.digest
}

// growing looks a second time at files that are new, and tells which are still
// being written. Age is not used: a copied file keeps its old date.
// The first look was at looked.
func (w *Workspace) growing(files []inboxFile, looked time.Time) map[string]bool {
	still := map[string]bool{}
	if len(files) == 0 {
		return still
	}
	sleepUntil(looked.Add(settleTime))
	for _, f := range files {
		info, err := os.Stat(filepath.Join(w.job.Inbox, f.name))
		if err != nil || info.Size() != f.size || !info.ModTime().Equal(f.changed) || f.read != f.size {
			still[f.name] = true
		}
	}
	return still
}

// stillWritten is said of a file that changes while it is read.
func stillWritten(name string) RefusedFile {
	return RefusedFile{Name: name, Waiting: true,
		Reason: values.Say("文件还在写入，等写完后下次运行再读。", "The file is still being written; the next run reads it.")}
}
