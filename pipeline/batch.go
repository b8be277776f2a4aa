package pipeline

import (
	"slices"
	"strings"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// linesTogether is how many lines validate takes at a time, at least: enough
// that asking for them costs little, so few that what it holds stays small. Tests
// take fewer, so that their quarters come in several batches.
var linesTogether = 4000

// validation is a quarter being judged, batch by batch: what is small, or common
// to all batches.
type validation struct {
	*attempt
	common      rules.Facts // but for lines, roster and history
	sheets      *bookSheets
	keys        []int64                                // of the live lines, in order of file, sheet and row
	pinned      bool                                   // payment has frozen lines
	earlierOnes bool                                   // other quarters are judged
	decisions   map[int64]ledger.Decision              // by line
	objections  map[values.ResidentID]ledger.Objection // that count, by person
	dead        map[ledger.PersonAccount]bool
	conditions  conditionCache
}

// batch are lines that touch no others, with all that they are judged by.
type batch struct {
	at     []int // their places among the quarter's lines
	keys   []int64
	lines  []*ledger.Line
	frozen []*ledger.Judgement // per line: the judgement that payment has frozen, or nil
	facts  rules.Facts
}

// validation gathers what all batches share. Payment has pinned nothing yet: who
// wants paid lines to stay as they are says so.
func (a *attempt) validation() (v *validation, err error) {
	v = &validation{attempt: a, conditions: conditionCache{}, common: rules.Facts{Quarter: a.quarter, InterestDay: a.job.InterestDay}}
	if v.sheets, err = a.sheets(); err != nil {
		return nil, err
	}
	v.common.Sheets = v.sheets.facts()
	if v.common.Compensated, err = a.tx.Compensated(a.quarter.Last(a.job.InterestDay)); err != nil {
		return nil, err
	}
	booked, err := a.tx.BookLoans(a.quarter)
	if err != nil {
		return nil, err
	}
	v.common.Books = rules.NewBooks(booked)
	if v.decisions, err = a.tx.Decisions(a.quarter); err != nil {
		return nil, err
	}
	if v.objections, err = a.objections(); err != nil {
		return nil, err
	}
	if v.dead, err = a.tx.DeadAccounts(); err != nil {
		return nil, err
	}
	if v.earlierOnes, err = a.tx.JudgedElsewhere(a.quarter); err != nil {
		return nil, err
	}
	return v, a.readLists(&v.common)
}

// batches gives the quarter's lines in batches, in the order of files but that a
// line comes together with those that it touches.
func (v *validation) batches(yield func(*batch) error) error {
	touching, err := v.outline()
	if err != nil {
		return err
	}
	for at := range touching.Batches(linesTogether) {
		b, err := v.gather(at)
		if err != nil {
			return err
		}
		if err := yield(b); err != nil {
			return err
		}
	}
	return nil
}

// outline finds out which lines can touch each other.
func (v *validation) outline() (*rules.Touching, error) {
	touching := rules.NewTouching()
	err := v.tx.Outlines(v.quarter, func(o ledger.Outline) error {
		v.keys = append(v.keys, o.Key)
		touching.Add(o.Loan, o.Person, o.Account)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = v.tx.RosterTies(func(t ledger.Tie) error {
		touching.OnRoster(t.Person, t.Household, t.Account)
		return nil
	})
	if err != nil || !v.pinned {
		return touching, err
	}
	return touching, v.tx.JudgedTies(v.quarter, func(t ledger.Tie) error {
		touching.Judged(t.Loan, t.Household, t.Account)
		return nil
	})
}

// gather gathers the lines at these places and what they are judged by.
func (v *validation) gather(at []int) (*batch, error) {
	b := &batch{at: at, keys: make([]int64, len(at)), facts: v.common}
	for i, place := range at {
		b.keys[i] = v.keys[place]
	}
	lines, err := v.tx.LinesOf(b.keys)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		v.sheets.locate(l)
	}
	giveAmounts(lines)
	b.lines = lines
	if b.frozen, err = v.frozen(b); err != nil {
		return nil, err
	}
	if b.facts.Roster, err = v.memberships(b.keys); err != nil {
		return nil, err
	}
	v.freeFailedAccounts(b)
	if v.earlierOnes {
		if b.facts.Earlier, err = v.earlier(b.keys); err != nil {
			return nil, err
		}
	}
	v.lineFacts(b)
	return b, nil
}

// giveAmounts gives lines whose sheet names no amount the largest balance of the
// loan's lines (formats.md).
func giveAmounts(lines []*ledger.Line) {
	largest := map[values.Loan]values.Fen{}
	for _, l := range lines {
		if !l.Given.Has(values.FieldAmount) {
			largest[l.Loan()] = 0
		}
	}
	for _, l := range lines {
		if most, wanted := largest[l.Loan()]; wanted {
			largest[l.Loan()] = max(most, l.Balance)
		}
	}
	for _, l := range lines {
		if !l.Given.Has(values.FieldAmount) {
			l.Amount = largest[l.Loan()]
		}
	}
}

func (v *validation) lineFacts(b *batch) {
	b.facts.Lines = make([]rules.LineFacts, len(b.lines))
	for i, line := range b.lines {
		f := rules.LineFacts{Line: &line.Line, Sheet: line.Position}
		f.Terms, f.ExtensionTerms = v.conditions.of(v.policies, line)
		if frozen := b.frozen[i]; frozen != nil {
			f.Frozen = &rules.Frozen{Outcome: frozen.Outcome, Household: frozen.Household, Account: frozen.Account}
		} else {
			f.Unconfigured = unconfigured(v.policies, line)
		}
		if d, ok := v.decisions[line.Key]; ok {
			f.Decision = rules.Decision{Outcome: values.Accepted, Digest: d.Facts, Round: int(d.Round)}
			if d.Verdict == "return" {
				f.Decision.Outcome = values.Returned
			}
		}
		b.facts.Lines[i] = f
	}
}

// pinned tells whether payment has frozen lines of the quarter: it has where
// something was sent, until somebody asks for a recheck.
func (a *attempt) pinned() (bool, error) {
	sent, err := a.tx.AnySent(a.quarter)
	if err != nil || !sent {
		return false, err
	}
	asked, err := a.recheckAsked()
	return !asked, err
}

// frozen finds the lines that payment has frozen (policy.md §7): those on which
// the loan's last payment that was sent rests, and on which nobody has decided
// since. They keep their judgement, wherever their line now stands, until
// somebody asks for a recheck.
func (v *validation) frozen(b *batch) ([]*ledger.Judgement, error) {
	frozen := make([]*ledger.Judgement, len(b.lines))
	if !v.pinned {
		return frozen, nil
	}
	sent, err := v.tx.SentFacts(v.quarter, b.keys)
	if err != nil || len(sent) == 0 {
		return frozen, err
	}
	before, err := v.tx.JudgedBeforeOf(v.quarter, b.keys)
	if err != nil {
		return nil, err
	}
	stands := map[int64]bool{}
	for _, key := range b.keys {
		stands[key] = true
	}
	for i, l := range b.lines {
		key := ledger.LineFacts{Loan: l.Loan(), Facts: l.Facts}
		j := before[key]
		switch {
		case j == nil, j.Outcome != values.Accepted, !strings.Contains(sent[l.Loan()], l.Facts):
		case j.Line != l.Key && stands[j.Line]: // another line that says the same
		case v.decisions[l.Key].ID > j.Decision, v.objections[l.ID].State == "upheld":
		default:
			frozen[i] = j
			delete(before, key)
		}
	}
	return frozen, nil
}

// freeFailedAccounts lets a newer roster account win where a payment has
// failed: the bank's file will name the dead account for ever, and must not
// block the second payment. Payment pins what was judged of a line, not the
// account to which the rest goes.
func (v *validation) freeFailedAccounts(b *batch) {
	if len(v.dead) == 0 {
		return
	}
	for i, l := range b.lines {
		used, frozen := l.Account, b.frozen[i]
		if frozen != nil {
			used = frozen.Account
		}
		if !v.dead[ledger.PersonAccount{Person: l.ID, Account: used}] {
			continue
		}
		for _, m := range slices.Backward(b.facts.Roster[l.ID]) {
			if m.Account == "" || v.dead[ledger.PersonAccount{Person: l.ID, Account: m.Account}] {
				continue
			}
			if frozen != nil {
				frozen.Account, frozen.PayoutBank = m.Account, m.PayoutBank
			} else {
				l.Account, l.PayoutBank, l.AccountName = "", "", ""
			}
			break
		}
	}
}
