package ledger

import "tiexi/pipeline/values"

// StageRecord is one successful attempt at a stage.
type StageRecord struct {
	ID          int64
	Quarter     values.Quarter
	Name        string
	Version     int
	Fingerprint string
	Inputs      map[string]string // input name → digest of what the stage read
	Tally       map[string]string
	In, Out     int
	Reason      string // why it ran
	On          values.Date
}

// OpenRun is the run that stages are recorded under: the one that a killed
// process left open, else a new one.
func (tx *Tx) OpenRun() (int64, error) {
	id, ok, err := one(tx, scanInt, `SELECT id FROM run WHERE state = 'open'`)
	if ok || err != nil {
		return id, err
	}
	return tx.insert(`INSERT INTO run (on_day, operator, state) VALUES (?, ?, 'open')`, tx.On.String(), tx.Operator)
}

// HasOpenRun tells whether a run was left open.
func (tx *Tx) HasOpenRun() (bool, error) {
	_, ok, err := one(tx, scanInt, `SELECT id FROM run WHERE state = 'open'`)
	return ok, err
}

// CloseRun marks the open run done.
func (tx *Tx) CloseRun() error { return tx.exec(`UPDATE run SET state = 'done' WHERE state = 'open'`) }

// RecordStage keeps a finished stage.
func (tx *Tx) RecordStage(s StageRecord) (id int64, err error) {
	run, err := tx.OpenRun()
	if err != nil {
		return 0, err
	}
	return tx.insert(`INSERT INTO stage (run_id, quarter, name, version, fingerprint, inputs, tally, items_in, items_out, reason, on_day)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		run, s.Quarter.String(), s.Name, s.Version, s.Fingerprint, document(s.Inputs), document(s.Tally), s.In, s.Out, s.Reason, tx.On.String())
}

const stageColumns = `id, quarter, name, version, fingerprint, inputs, tally, items_in, items_out, reason, on_day`

// LastStage is the stage's newest success for that quarter.
func (tx *Tx) LastStage(q values.Quarter, name string) (StageRecord, bool, error) {
	return one(tx, scanStage, `SELECT `+stageColumns+` FROM stage WHERE quarter = ? AND name = ? ORDER BY id DESC LIMIT 1`, q.String(), name)
}

// StageHistory gives every recorded stage of the quarter, oldest first.
func (tx *Tx) StageHistory(q values.Quarter) ([]StageRecord, error) {
	return collect(tx, scanStage, `SELECT `+stageColumns+` FROM stage WHERE quarter = ? ORDER BY id`, q.String())
}

func scanStage(s scanner) (r StageRecord, err error) {
	err = s.Scan(&r.ID, quarter{&r.Quarter}, &r.Name, &r.Version, &r.Fingerprint, fromJSON{&r.Inputs}, fromJSON{&r.Tally},
		&r.In, &r.Out, &r.Reason, day{&r.On})
	return r, err
}

// Output is a file that a stage has written below out/.
type Output struct {
	Path     string // with slashes, relative to out/
	Quarter  values.Quarter
	Stage    string
	SHA256   string // "" for a file that was withdrawn and must not be there
	Rows     int
	Total    values.Fen
	Archived bool
}

// PutOutput records a file that will stand under its name after the commit.
func (tx *Tx) PutOutput(o Output) error {
	return tx.exec(`INSERT INTO output (path, quarter, stage, sha256, rows, total, archived) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (path) DO UPDATE SET quarter = excluded.quarter, stage = excluded.stage, sha256 = excluded.sha256,
		rows = excluded.rows, total = excluded.total, archived = excluded.archived`,
		o.Path, o.Quarter.String(), o.Stage, o.SHA256, o.Rows, int64(o.Total), o.Archived)
}

// Output is the record of one file.
func (tx *Tx) Output(path string) (Output, bool, error) {
	return one(tx, scanOutput, `SELECT path, quarter, stage, sha256, rows, total, archived FROM output WHERE path = ?`, path)
}

func scanOutput(s scanner) (o Output, err error) {
	err = s.Scan(&o.Path, quarter{&o.Quarter}, &o.Stage, &o.SHA256, &o.Rows, &o.Total, &o.Archived)
	return o, err
}

// Outputs lists what must stand below out/ for the quarter, by path; the zero
// quarter means all.
func (tx *Tx) Outputs(q values.Quarter) ([]Output, error) {
	return collect(tx, scanOutput, `SELECT path, quarter, stage, sha256, rows, total, archived FROM output WHERE ?1 = '' OR quarter = ?1 ORDER BY path`, q.String())
}

// OutputQuarters lists the quarters that have, or had, a file, oldest first.
func (tx *Tx) OutputQuarters() ([]values.Quarter, error) {
	return collect(tx, func(s scanner) (q values.Quarter, err error) { err = s.Scan(quarter{&q}); return q, err },
		`SELECT DISTINCT quarter FROM output ORDER BY quarter`)
}

// Quarters lists the quarters that have a stage or a line, oldest first.
func (tx *Tx) Quarters() ([]values.Quarter, error) {
	return collect(tx, func(s scanner) (q values.Quarter, err error) { err = s.Scan(quarter{&q}); return q, err },
		`SELECT quarter FROM stage UNION SELECT quarter FROM file WHERE kind = 'statement' ORDER BY quarter`)
}

// NextStage is the id that the next recorded stage will get.
func (tx *Tx) NextStage() (int64, error) {
	id, _, err := one(tx, scanInt, `SELECT coalesce(max(id), 0) + 1 FROM stage`)
	return id, err
}
