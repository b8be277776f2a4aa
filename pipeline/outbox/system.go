package outbox

import (
	"os"
	"runtime"
	"time"
)

type osSystem struct{}

func (osSystem) Create(root *os.Root, name string) (File, error) {
	return root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
}

// Rename tries again for a second where the target is open elsewhere: on
// Windows a workbook that Excel shows, or that a virus scanner reads, cannot
// be replaced.
func (osSystem) Rename(root *os.Root, from, to string) (err error) {
	for attempt := range 10 {
		if err = root.Rename(from, to); err == nil || runtime.GOOS != "windows" || !os.IsPermission(err) {
			return err
		}
		time.Sleep(time.Duration(attempt*20) * time.Millisecond)
	}
	return err
}

func (osSystem) Remove(root *os.Root, name string) error { return root.Remove(name) }

// SyncDir makes a rename last through a power cut. Windows has no such call;
// there NTFS's own journal keeps renames.
func (osSystem) SyncDir(root *os.Root, name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := root.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}
