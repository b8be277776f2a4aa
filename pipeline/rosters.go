package pipeline

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tiexi/formats/roster"
	"tiexi/formats/sheet"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// rosterFile is a roster that the ledger does not know yet.
type rosterFile struct {
	name    string
	digest  string
	content []byte
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
		content, err := os.ReadFile(p)
		if err != nil {
			return nil, err
		}
		digest := outbox.Digest(content)
		if !slices.ContainsFunc(in.snapshots, func(s ledger.Snapshot) bool { return s.Digest == digest }) {
			fresh = append(fresh, rosterFile{filepath.Base(p), digest, content})
		}
	}
	return fresh, nil
}

// snapshotToImport is a roster that was read whole.
type snapshotToImport struct {
	rosterFile
	taken    values.Date
	persons  []ledger.Person
	problems int
	fault    error // why it cannot be taken
}

// takeRosters imports new snapshots in the order of their dates.
func (in *intake) takeRosters(read []*snapshotToImport) error {
	var snapshots []*snapshotToImport
	for _, s := range read {
		if s.fault != nil {
			in.refuse(s.name, readFault(s.fault))
			continue
		}
		if s.problems > 0 {
			in.say(Event{Kind: Warning, Stage: "ingest", Text: values.Say(
				"帮扶名单 %s 有 %d 处读不懂的单元格；用 tiexi read 查看。", "The roster %s has %d cells that cannot be read; see `tiexi read`.", s.name, s.problems)})
		}
		snapshots = append(snapshots, s)
	}
	slices.SortStableFunc(snapshots, func(a, b *snapshotToImport) int {
		if a.taken != b.taken {
			return int(a.taken - b.taken)
		}
		return strings.Compare(a.name, b.name)
	})
	for _, s := range snapshots {
		if refusal := in.rosterFits(s); !refusal.IsZero() {
			in.refuse(s.name, refusal)
			continue
		}
		if err := in.importRoster(s); err != nil {
			return err
		}
	}
	return nil
}

func (in *intake) openRoster(f rosterFile) *opened {
	s := &snapshotToImport{rosterFile: f}
	book, err := sheet.OpenBytes(f.name, f.content)
	if err != nil {
		s.fault = err
		return &opened{roster: s}
	}
	defer func() { _ = book.Close() }()
	report, err := roster.Read(book, f.name, func(p *roster.Person) error {
		s.problems += len(p.Problems)
		s.persons = append(s.persons, ledger.Person{Household: p.Household, Name: p.Name, ID: p.ID, Township: p.Township, Village: p.Village,
			Joined: p.Joined, Left: p.Left, PayoutBank: p.PayoutBank, Account: p.Account})
		return nil
	})
	s.fault = err
	if s.taken = report.DataDate; !s.taken.Known() {
		s.taken = in.opt.Today
	}
	return &opened{roster: s}
}

// rosterFits refuses a snapshot older than the newest one, and asks before it
// takes one that is smaller by a fifth or more: half a file takes people off.
func (in *intake) rosterFits(s *snapshotToImport) values.Text {
	if len(in.snapshots) == 0 {
		return values.Text{}
	}
	last := in.snapshots[len(in.snapshots)-1]
	if s.taken < last.TakenOn {
		return values.Say("名单的数据日期 %s 早于已导入的 %s（%s）。请提供更新的名单。", "The roster speaks of %s, before the imported one of %s (%s). Provide a newer one.", s.taken, last.TakenOn, last.Name)
	}
	if len(s.persons)*5 <= last.Persons*4 && !in.request.AcceptSmaller {
		return values.Say("名单只有 %d 人，比上一份（%s，%d 人）少五分之一以上，可能不完整。确认无误后请用 tiexi run --accept-smaller-roster 导入。",
			"The roster has %d persons, a fifth or more fewer than the last (%s, %d persons), and may be incomplete. If it is right, import it with `tiexi run --accept-smaller-roster`.", len(s.persons), last.Name, last.Persons)
	}
	return values.Text{}
}

func (in *intake) importRoster(s *snapshotToImport) error {
	snapshot := ledger.Snapshot{Digest: s.digest, Name: s.name, TakenOn: s.taken, Persons: len(s.persons)}
	if err := in.tx.AddSnapshot(snapshot, s.persons); err != nil {
		return err
	}
	if err := in.archiveBytes(s.digest, s.content); err != nil {
		return err
	}
	defer func() { s.persons, s.content = nil, nil }() // which nobody needs any more, and are large
	in.snapshots = append(in.snapshots, snapshot)
	in.wrote = true
	in.say(Event{Kind: FileRead, Stage: "ingest", Text: values.Say("帮扶名单 %s：%d 人，数据日期 %s。", "Roster %s: %d persons, as of %s.", s.name, len(s.persons), s.taken)})
	return in.tx.Record("roster", s.name, map[string]any{"sha256": s.digest, "persons": len(s.persons), "as_of": s.taken})
}
