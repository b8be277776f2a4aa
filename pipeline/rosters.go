package pipeline

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tiexi/formats/roster"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// rosterFile is a roster that the ledger does not know yet.
type rosterFile struct {
	path   string
	name   string
	digest string
}

// newRosters looks where jobs.yaml says the roster is: a file, or a folder of
// snapshots.
func (in *intake) newRosters() ([]rosterFile, error) {
	where := in.job.Roster
	info, err := os.Stat(where)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && len(in.snapshots) > 0 {
			in.say(Event{Kind: Warning, Stage: "ingest", Text: values.Say(
				"帮扶名单 %s 不在了，继续使用已导入的名单。", "The roster %s is gone; the imported one stays in use.", where)})
			return nil, nil
		}
		return nil, &values.Fault{Kind: values.FaultRefused, Err: err,
			What: values.Say("无法读取帮扶名单 %s。", "The roster %s cannot be read.", where),
			Hint: values.Say("请检查 jobs.yaml 的 roster；没有名单就不能核对借款人。", "Check roster in jobs.yaml; borrowers cannot be checked without it.")}
	}
	paths := []string{where}
	if info.IsDir() {
		paths = nil
		entries, err := os.ReadDir(where)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !ignored(e) {
				paths = append(paths, filepath.Join(where, e.Name()))
			}
		}
	}
	var fresh []rosterFile
	for _, p := range paths {
		digest, _, err := digestOf(p)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(in.snapshots, func(s ledger.Snapshot) bool { return s.Digest == digest }) &&
			!slices.ContainsFunc(fresh, func(f rosterFile) bool { return f.digest == digest }) {
			fresh = append(fresh, rosterFile{p, filepath.Base(p), digest})
		}
	}
	return fresh, nil
}

// takeRosters imports new snapshots in the order of their dates. A roster is
// large: it goes from its sheet into the ledger piece by piece, and is read once
// more before that only where there are several to be put in order.
func (in *intake) takeRosters(fresh []rosterFile) error {
	taken := map[string]values.Date{} // by digest
	if len(fresh) > 1 {
		whole := fresh[:0]
		for _, f := range fresh {
			r, err := in.readRoster(f, func(*roster.Person) error { return in.ctx.Err() })
			if in.ctx.Err() != nil {
				return in.ctx.Err()
			}
			if err != nil {
				in.refuse(f.name, readFault(err))
				continue
			}
			taken[f.digest] = r.taken
			whole = append(whole, f)
		}
		fresh = whole
	}
	slices.SortStableFunc(fresh, func(a, b rosterFile) int {
		return cmp.Or(cmp.Compare(taken[a.digest], taken[b.digest]), strings.Compare(a.name, b.name))
	})
	for _, f := range fresh {
		if err := in.takeRoster(f); err != nil {
			return err
		}
	}
	return nil
}

// takeRoster imports one roster, or refuses it and leaves nothing of it.
func (in *intake) takeRoster(f rosterFile) error {
	var refused RefusedFile
	err := in.tx.Try(func() (err error) {
		refused, err = in.importRoster(f)
		if err == nil && refused.Name != "" {
			return errRefused
		}
		return err
	})
	if errors.Is(err, errRefused) {
		in.result.refused = append(in.result.refused, refused)
		return nil
	}
	return err
}

// rosterFits refuses a snapshot older than the newest one, and asks before it
// takes one that is smaller by a fifth or more: half a file takes people off.
func (in *intake) rosterFits(r rosterRead) values.Text {
	if len(in.snapshots) == 0 {
		return values.Text{}
	}
	last := in.snapshots[len(in.snapshots)-1]
	if r.taken < last.TakenOn {
		return values.Say("名单的数据日期 %s 早于已导入的 %s（%s）。请提供更新的名单。", "The roster speaks of %s, before the imported one of %s (%s). Provide a newer one.", r.taken, last.TakenOn, last.Name)
	}
	if r.persons*5 <= last.Persons*4 && !in.request.AcceptSmaller {
		return values.Say("名单只有 %d 人，比上一份（%s，%d 人）少五分之一以上，可能不完整。确认无误后请用 tiexi run --accept-smaller-roster 导入。",
			"The roster has %d persons, a fifth or more fewer than the last (%s, %d persons), and may be incomplete. If it is right, import it with `tiexi run --accept-smaller-roster`.", r.persons, last.Name, last.Persons)
	}
	return values.Text{}
}

func (in *intake) importRoster(f rosterFile) (refused RefusedFile, err error) {
	writer, err := in.tx.AddSnapshot(f.digest, f.name)
	if err != nil {
		return refused, err
	}
	read, fault, err := in.pourRoster(f, writer.Add)
	if err != nil {
		return refused, err
	}
	if fault != nil {
		return RefusedFile{Name: f.name, Reason: readFault(fault)}, nil
	}
	if read.problems > 0 {
		in.say(Event{Kind: Warning, Stage: "ingest", Text: values.Say(
			"帮扶名单 %s 有 %d 处读不懂的单元格；用 tiexi read 查看。", "The roster %s has %d cells that cannot be read; see `tiexi read`.", f.name, read.problems)})
	}
	if reason := in.rosterFits(read); !reason.IsZero() {
		return RefusedFile{Name: f.name, Reason: reason}, nil
	}
	snapshot, err := writer.Finish(read.taken)
	if err != nil {
		return refused, err
	}
	err = in.archiveRoster(f)
	if errors.Is(err, outbox.ErrOtherContent) {
		return stillWritten(f.name), nil
	}
	if err != nil {
		return refused, cannotWrite(err)
	}
	in.snapshots = append(in.snapshots, snapshot)
	in.wrote = true
	in.say(Event{Kind: FileRead, Stage: "ingest", Text: values.Say("帮扶名单 %s：%d 人，数据日期 %s。", "Roster %s: %d persons, as of %s.", f.name, read.persons, read.taken)})
	return refused, in.tx.Record("roster", f.name, map[string]any{"sha256": f.digest, "persons": read.persons, "as_of": read.taken})
}

// archiveRoster keeps the bytes of a roster, which must still be those that its
// digest was taken of; a dry run keeps nothing.
func (in *intake) archiveRoster(f rosterFile) error {
	if in.request.DryRun {
		return nil
	}
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return in.archive.Copy(archiveName(f.digest), file, f.digest)
}
