package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// recover makes the output folder what the ledger says it is: it gives names to
// files that a killed process had staged, removes what was withdrawn, restores
// archived bytes, renders lost files again, and tells of altered ones. The
// manifests are brought up to date, because the command that was killed may
// have been the last one, and is refused when it is repeated.
func (w *Workspace) recover(ctx context.Context) error {
	if err := w.refuseOldLedger(ctx); err != nil {
		return err
	}
	var outputs []ledger.Output
	if err := w.ledger.Read(ctx, func(tx *ledger.Tx) (err error) {
		outputs, err = tx.Outputs(values.Quarter{})
		return err
	}); err != nil {
		return err
	}
	lost := map[values.Quarter]map[string]map[string]string{} // quarter → stage → path → digest
	for _, o := range outputs {
		missing, err := w.recoverFile(o)
		if err != nil {
			return cannotWrite(err)
		}
		if !missing {
			continue
		}
		if lost[o.Quarter] == nil {
			lost[o.Quarter] = map[string]map[string]string{}
		}
		if lost[o.Quarter][o.Stage] == nil {
			lost[o.Quarter][o.Stage] = map[string]string{}
		}
		lost[o.Quarter][o.Stage][o.Path] = o.SHA256
	}
	w.point("recover:named")
	for q, byStage := range lost {
		for _, s := range steps {
			if wanted := byStage[s.name]; len(wanted) > 0 && s.render != nil {
				if err := w.renderAgain(ctx, q, s, wanted); err != nil {
					return err
				}
			}
		}
	}
	if err := w.writeManifests(ctx); err != nil {
		return err
	}
	if err := w.out.Sweep("."); err != nil {
		return cannotWrite(err)
	}
	return cannotWrite(w.archive.Sweep("."))
}

// refuseOldLedger stops where a manifest knows an audit entry that the ledger
// has not: an old ledger was put beside newer outputs, and might pay again what
// was paid since. A manifest is always written after what it names, so that no
// killed process looks like that.
func (w *Workspace) refuseOldLedger(ctx context.Context) error {
	manifests, err := fs.Glob(os.DirFS(w.out.Dir()), "*/manifest.json")
	if err != nil {
		return err
	}
	return w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		for _, name := range manifests {
			content, err := w.out.Read(name)
			if err != nil {
				return cannotWrite(err)
			}
			var m Manifest
			if json.Unmarshal(content, &m) != nil || m.AuditHead == "" {
				continue // it is no manifest any more and is written anew
			}
			if known, err := tx.HasEntry(m.AuditHead); err != nil || known {
				if err != nil {
					return err
				}
				continue
			}
			return values.Refuse(
				values.Say("台账比输出文件旧：%s 里的审计摘要不在台账中。继续下去可能把发过的钱再发一次，已停止，什么都没有改动。",
					"The ledger is older than the outputs: it has no entry for the audit head in %s. Going on might pay again what was paid; nothing was changed.", w.out.FullPath(name)),
				values.Say("请用 tiexi restore 恢复最新的备份。确认这份台账就是最新的，先把文件夹 %s 移走，再运行。",
					"Bring back the newest backup with `tiexi restore`. If this ledger is the newest there is, move the folder %s away and run again.", w.out.FullPath(path.Dir(name))))
		}
		return nil
	})
}

// recoverFile brings one file back as far as that needs no rendering; missing
// tells that it does.
func (w *Workspace) recoverFile(o ledger.Output) (missing bool, err error) {
	if o.SHA256 == "" {
		return false, w.out.Remove(o.Path)
	}
	state, err := w.out.Check(o.Path, o.SHA256)
	if err != nil || state == outbox.Whole {
		return false, err
	}
	if found, err := w.out.Recover(o.Path, o.SHA256); err != nil || found {
		return false, err
	}
	if state == outbox.Altered {
		w.say(Event{Kind: Warning, Quarter: o.Quarter, Stage: o.Stage, Text: values.Say(
			"文件 %s 在生成之后被改动过。程序不会覆盖它；要恢复原样，请移走它再运行一次。",
			"File %s was changed after it was written. It is left alone; move it away and run again to get the original back.", w.out.FullPath(o.Path))})
		return false, nil
	}
	if !o.Archived {
		return true, nil
	}
	content, err := w.archive.Read(archiveName(o.SHA256))
	if errors.Is(err, fs.ErrNotExist) || err == nil && outbox.Digest(content) != o.SHA256 {
		w.say(Event{Kind: Warning, Quarter: o.Quarter, Stage: o.Stage, Text: values.Say(
			"文件 %s 丢失，归档中也没有完好的副本。请运行 tiexi audit。", "File %s is lost and the archive has no sound copy. Run `tiexi audit`.", o.Path)})
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = w.out.Write(o.Path, content)
	return false, err
}

// renderAgain writes lost files from the ledger. A file that would come out
// otherwise than it was is left to the next run of its stage.
func (w *Workspace) renderAgain(ctx context.Context, q values.Quarter, s stage, wanted map[string]string) error {
	files := w.out.Stage()
	err := w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		a := &attempt{Workspace: w, ctx: ctx, tx: tx, quarter: q, stage: s.name, files: files, only: wanted, tally: map[string]string{}}
		return s.render(a)
	})
	if err != nil {
		files.Discard()
		return err
	}
	return cannotWrite(files.Promote())
}

// Manifest is manifest.json: every file of a quarter, and the head of the
// audit chain when it was written.
type Manifest struct {
	AuditHead string         `json:"audit_head"`
	Files     []ManifestFile `json:"files"`
}

// ManifestFile is one file. Path is relative to the quarter's folder.
type ManifestFile struct {
	Path   string     `json:"path"`
	SHA256 string     `json:"sha256"`
	Rows   int        `json:"rows"`
	Total  values.Fen `json:"total"`
}

func (w *Workspace) manifest(tx *ledger.Tx, q values.Quarter) ([]byte, error) {
	head, err := tx.Head()
	if err != nil {
		return nil, err
	}
	outputs, err := tx.Outputs(q)
	if err != nil {
		return nil, err
	}
	m := Manifest{AuditHead: head, Files: []ManifestFile{}}
	for _, o := range outputs {
		if o.SHA256 != "" {
			name, _ := cutQuarter(o.Path)
			m.Files = append(m.Files, ManifestFile{Path: name, SHA256: o.SHA256, Rows: o.Rows, Total: o.Total})
		}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(m)
	return b.Bytes(), err
}

func cutQuarter(name string) (rest, quarter string) {
	for i := range name {
		if name[i] == '/' {
			return name[i+1:], name[:i]
		}
	}
	return name, ""
}

// writeManifests writes the manifests of every quarter that has files, and of
// those that may have none: they all name the audit log's head, which moves with
// whatever is recorded in any quarter.
func (w *Workspace) writeManifests(ctx context.Context, also ...values.Quarter) error {
	quarters := slices.Clone(also)
	if err := w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		with, err := tx.OutputQuarters()
		quarters = append(quarters, with...)
		return err
	}); err != nil {
		return err
	}
	slices.SortFunc(quarters, values.Quarter.Compare)
	for _, q := range slices.Compact(quarters) {
		if err := w.writeManifest(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func (w *Workspace) writeManifest(ctx context.Context, q values.Quarter) error {
	var content []byte
	if err := w.ledger.Read(ctx, func(tx *ledger.Tx) (err error) {
		content, err = w.manifest(tx, q)
		return err
	}); err != nil {
		return err
	}
	_, err := w.out.Write(path.Join(q.String(), "manifest.json"), content)
	w.point("manifest:written")
	return cannotWrite(err)
}

// finish writes the manifests and closes the run.
func (w *Workspace) finish(ctx context.Context, quarters []values.Quarter) error {
	if err := w.writeManifests(ctx, quarters...); err != nil {
		return err
	}
	open := false
	if err := w.ledger.Read(ctx, func(tx *ledger.Tx) (err error) {
		open, err = tx.HasOpenRun()
		return err
	}); err != nil || !open {
		return err
	}
	return w.write(ctx, func(tx *ledger.Tx) error { return tx.CloseRun() })
}
