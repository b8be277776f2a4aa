package ledger

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"tiexi/pipeline/values"
)

// Judgement is what validate made of a line.
type Judgement struct {
	Line            int64 // Line.Key
	Quarter         values.Quarter
	Outcome         values.Outcome
	Household       string
	Township        string
	Village         string
	Payee           string // the borrower's name on the roster, else as the bank writes it
	PayoutBank      string
	Account         values.Account
	ExtensionBarred bool
	Blocked         []string // codes of payment holds
	Facts           string   // digest that a decision stands on
	Decision        int64    // the decision applied, 0 for none
	Findings        []values.Finding
}

// Decision is a person's recorded word on a held line.
type Decision struct {
	ID       int64
	Line     int64
	Round    int64 // decisions taken together share one
	Facts    string
	Verdict  string // accept or return
	Why      string
	Operator string
	On       values.Date
	Source   string
}

// clearJudgements takes away those of the lines that the query names.
func (tx *Tx) clearJudgements(lines string, args ...any) error {
	if err := tx.exec(`DELETE FROM finding WHERE line_id IN (`+lines+`)`, args...); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM judgement WHERE line_id IN (`+lines+`)`, args...)
}

// JudgementWriter writes the quarter's judgements anew, batch by batch.
type JudgementWriter struct {
	tx      *Tx
	quarter values.Quarter
	again   bool         // there are older ones
	indexes func() error // makes the indexes again
}

// JudgementWriter begins; Finish it after the last batch.
func (tx *Tx) JudgementWriter(q values.Quarter) (*JudgementWriter, error) {
	w := &JudgementWriter{tx: tx, quarter: q, indexes: func() error { return nil }}
	judged, _, err := one(tx, scanInt, `SELECT EXISTS (SELECT 1 FROM judgement)`)
	if err == nil && judged == 0 { // a whole county goes in faster before the indexes than through them
		w.indexes, err = tx.dropIndexes("judgement")
		return w, err
	}
	if err == nil {
		judged, _, err = one(tx, scanInt, `SELECT EXISTS (SELECT 1 FROM judgement WHERE quarter = ?)`, q.String())
		w.again = judged == 1
	}
	return w, err
}

// Replace writes judgements in place of those that their lines had.
func (w *JudgementWriter) Replace(judgements []Judgement) error {
	if w.again {
		keys := make([]int64, len(judgements))
		for i := range judgements {
			keys[i] = judgements[i].Line
		}
		if err := w.tx.clearJudgements(`SELECT value FROM json_each(?)`, document(keys)); err != nil {
			return err
		}
	}
	return w.tx.PutJudgements(judgements)
}

// Finish takes away the judgements of lines that stand no longer.
func (w *JudgementWriter) Finish() error {
	if !w.again {
		return w.indexes()
	}
	return w.tx.clearJudgements(`SELECT line_id FROM judgement WHERE quarter = ?1
		EXCEPT SELECT id FROM line WHERE quarter = ?1 AND live = 1`, w.quarter.String())
}

// PutJudgements writes judgements with their findings.
func (tx *Tx) PutJudgements(judgements []Judgement) error {
	judge := tx.rows(`judgement`, judgementColumns)
	find := tx.rows(`finding`, `line_id, position, code, field, cell, value, want, details`)
	for i := range judgements {
		j := &judgements[i]
		if err := judge.add(j.Line, j.Quarter.String(), string(j.Outcome), j.Household, j.Township, j.Village, j.Payee, j.PayoutBank,
			j.Account.Whole(), j.ExtensionBarred, strings.Join(j.Blocked, ","), j.Facts, j.Decision); err != nil {
			return err
		}
		for n, f := range j.Findings {
			details := ""
			if len(f.Details) > 0 {
				details = document(f.Details)
			}
			if err := find.add(j.Line, n, f.Code, int(f.Field), f.Cell, f.Value, f.Want, details); err != nil {
				return err
			}
		}
	}
	return errors.Join(judge.flush(), find.flush())
}

// Judgements gives the quarter's judgements by line, without their findings.
func (tx *Tx) Judgements(q values.Quarter) (map[int64]*Judgement, error) {
	judged := map[int64]*Judgement{}
	err := each(tx, scanJudgement, func(j *Judgement) error { judged[j.Line] = j; return nil },
		`SELECT `+judgementColumns+` FROM judgement WHERE quarter = ?`, q.String())
	return judged, err
}

func judgementColumnsOf(table string) string {
	return table + "." + strings.ReplaceAll(judgementColumns, ", ", ", "+table+".")
}

const judgementColumns = `line_id, quarter, outcome, household, township, village, payee, payout_bank, account, extension_barred, blocked, facts, decision`

func scanJudgement(s scanner) (*Judgement, error) {
	var j Judgement
	var blocked string
	err := s.Scan(&j.Line, quarter{&j.Quarter}, common{(*string)(&j.Outcome)}, &j.Household, common{&j.Township}, common{&j.Village}, &j.Payee,
		common{&j.PayoutBank}, &j.Account,
		&j.ExtensionBarred, &blocked, &j.Facts, &j.Decision)
	if blocked != "" {
		j.Blocked = strings.Split(blocked, ",")
	}
	return &j, err
}

// JudgedBefore gives the quarter's judgements, findings included, with the loan
// and the facts of the line that they are about; lines of replaced files too. Of
// lines that say the same the accepted one counts: there is one at most.
func (tx *Tx) JudgedBefore(q values.Quarter) (map[LineFacts]*Judgement, error) {
	return tx.judgedBefore(q, `TRUE`)
}

// judgedBefore is JudgedBefore for those judgements j that fit, as ?2 and so on
// say.
func (tx *Tx) judgedBefore(q values.Quarter, fit string, args ...any) (map[LineFacts]*Judgement, error) {
	args = append([]any{q.String()}, args...)
	byLine := map[int64]*Judgement{}
	before := map[LineFacts]*Judgement{}
	type row struct {
		key LineFacts
		j   *Judgement
	}
	err := each(tx, func(s scanner) (r row, err error) {
		r.j, err = scanJudgement(scanMore{s, []any{&r.key.Loan.Bank, &r.key.Loan.Contract, &r.key.Facts}})
		return r, err
	}, func(r row) error { byLine[r.j.Line], before[r.key] = r.j, r.j; return nil },
		`SELECT `+judgementColumnsOf("j")+`, l.bank, l.contract, l.facts FROM judgement j JOIN line l ON l.id = j.line_id
		WHERE j.quarter = ?1 AND `+fit+` ORDER BY j.outcome = 'accepted', l.live, l.id`, args...)
	if err != nil {
		return nil, err
	}
	err = tx.findings(func(line int64, f values.Finding) error {
		byLine[line].Findings = append(byLine[line].Findings, f)
		return nil
	}, `f.line_id IN (SELECT value FROM json_each(?))`, document(slices.Collect(maps.Keys(byLine))))
	return before, err
}

// LineFacts names what a line says, wherever it stands.
type LineFacts struct {
	Loan  values.Loan
	Facts string
}

// Findings gives the findings of the quarter's live lines, in order of line.
func (tx *Tx) Findings(q values.Quarter, yield func(line int64, f values.Finding) error) error {
	return tx.findings(yield, `j.quarter = ?`, q.String())
}

// findings gives the findings under the judgements j that fit. There are few
// findings to many judgements: so it begins with them.
func (tx *Tx) findings(yield func(line int64, f values.Finding) error, fit string, args ...any) error {
	type row struct {
		line    int64
		finding values.Finding
	}
	return each(tx, func(s scanner) (r row, err error) {
		err = s.Scan(&r.line, &r.finding.Code, &r.finding.Field, &r.finding.Cell, &r.finding.Value, &r.finding.Want, fromJSON{&r.finding.Details})
		return r, err
	}, func(r row) error { return yield(r.line, r.finding) },
		`SELECT f.line_id, f.code, f.field, f.cell, f.value, f.want, f.details FROM finding f CROSS JOIN judgement j ON j.line_id = f.line_id
		WHERE `+fit+` ORDER BY f.line_id, f.position`, args...)
}

// LineCounts counts the quarter's live lines by outcome; lines that are not
// judged yet count under "".
func (tx *Tx) LineCounts(q values.Quarter) (map[values.Outcome]int, error) {
	type row struct {
		outcome values.Outcome
		count   int
	}
	return Keep(tx, "line counts", q, []string{"line", "judgement"}, func() (map[values.Outcome]int, error) {
		counts := map[values.Outcome]int{}
		err := each(tx, func(s scanner) (r row, err error) { err = s.Scan(&r.outcome, &r.count); return r, err },
			func(r row) error { counts[r.outcome] = r.count; return nil },
			`SELECT coalesce(j.outcome, ''), count(*) FROM line l LEFT JOIN judgement j ON j.line_id = l.id WHERE l.quarter = ? AND l.live = 1 GROUP BY 1`, q.String())
		return counts, err
	})
}

// AddDecision records a decision.
func (tx *Tx) AddDecision(d Decision) (int64, error) {
	return tx.insert(`INSERT INTO decision (line_id, round, facts, verdict, why, operator, on_day, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		d.Line, d.Round, d.Facts, d.Verdict, d.Why, tx.Operator, tx.On.String(), d.Source)
}

// NextRound is the round for decisions that are taken together now.
func (tx *Tx) NextRound() (int64, error) {
	round, _, err := one(tx, scanInt, `SELECT coalesce(max(round), 0) + 1 FROM decision`)
	return round, err
}

// AddRecheck records that paid lines of the quarter are to be judged again.
func (tx *Tx) AddRecheck(q values.Quarter, why string) error {
	return tx.exec(`INSERT INTO recheck (quarter, why, operator, on_day) VALUES (?, ?, ?, ?)`, q.String(), why, tx.Operator, tx.On.String())
}

// Decisions gives the latest decision on each of the quarter's live lines. A
// decision belongs to what its line says, and to its place in its file: it
// stays where a corrected statement repeats the line, and where the same file
// is read again under other settings.
func (tx *Tx) Decisions(q values.Quarter) (map[int64]Decision, error) {
	latest := map[int64]Decision{}
	err := each(tx, func(s scanner) (d Decision, err error) {
		err = s.Scan(&d.ID, &d.Line, &d.Round, &d.Facts, &d.Verdict, &d.Why, &d.Operator, day{&d.On}, &d.Source)
		return d, err
	}, func(d Decision) error { latest[d.Line] = d; return nil },
		`SELECT d.id, now.id, d.round, d.facts, d.verdict, d.why, d.operator, d.on_day, d.source
		FROM decision d JOIN line was ON was.id = d.line_id JOIN file wf ON wf.id = was.file_id
		JOIN file nf ON nf.digest = wf.digest JOIN line now ON now.file_id = nf.id AND now.position = was.position AND now.row = was.row
		WHERE now.live = 1 AND now.quarter = ?1
		UNION
		SELECT d.id, now.id, d.round, d.facts, d.verdict, d.why, d.operator, d.on_day, d.source
		FROM decision d JOIN line was ON was.id = d.line_id
		JOIN line now ON now.bank = was.bank AND now.contract = was.contract AND now.facts = was.facts
		WHERE now.live = 1 AND now.quarter = ?1 ORDER BY 1`, q.String())
	return latest, err
}

// AddFinding adds a notice to a line that is judged already.
func (tx *Tx) AddFinding(line int64, f values.Finding) error {
	return tx.exec(`INSERT INTO finding (line_id, position, code, field, cell, value, want, details)
		SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3, ?4, ?5, ?6, '' FROM finding WHERE line_id = ?1`,
		line, f.Code, int(f.Field), f.Cell, f.Value, f.Want)
}

// OverlappingDays names the loans of which a day is accepted on two lines;
// tranches of one loan share its days.
func (tx *Tx) OverlappingDays(q values.Quarter) ([]string, error) {
	return collect(tx, scanText, `SELECT DISTINCT a.bank || ' ' || a.contract FROM line a
		JOIN judgement ja ON ja.line_id = a.id AND ja.outcome = 'accepted'
		JOIN line b ON b.bank = a.bank AND b.contract = a.contract AND b.id > a.id AND b.live = 1 AND a.from_day <= b.to_day AND b.from_day <= a.to_day
		JOIN judgement jb ON jb.line_id = b.id AND jb.outcome = 'accepted'
		WHERE a.quarter = ? AND a.live = 1 ORDER BY 1`, q.String())
}
