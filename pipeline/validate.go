package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// validateStage reads lines, roster and history, and writes what was found:
// a judgement for each line of the quarter, with its findings.
var validateStage = stage{
	name: "validate", version: 1,
	inputs: validateInputs,
	settle: validate,
	render: renderReview,
}

func validateInputs(a *attempt) (map[string]string, error) {
	m := marks{tx: a.tx}
	lists, err := a.listDigests()
	if err != nil {
		return nil, err
	}
	inputs := map[string]string{
		"files":      m.of(a.tx.MarkFiles(a.quarter)),
		"roster":     m.of(a.tx.MarkRoster()),
		"policies":   a.policies.Digest(),
		"settings":   fmt.Sprint(a.job.InterestDay, a.job.County, a.job.Office, a.job.Phones),
		"decisions":  m.of(a.tx.MarkDecisions(a.quarter)),
		"history":    m.of(a.tx.MarkOtherResults(a.quarter, "validate")),
		"payments":   m.of(a.tx.MarkFailures()),
		"recheck":    m.of(a.tx.MarkRecheck(a.quarter)),
		"lists-in":   lists,
		"objections": m.of(a.tx.MarkObjections(a.quarter)),
	}
	compensated, err := a.tx.MarkCompensated(a.quarter.Last(a.job.InterestDay))
	if compensated != "" {
		inputs["fund"] = m.of(compensated, err)
	}
	books, err2 := a.tx.MarkLoanBooks(a.quarter)
	if books != "" {
		inputs["books"] = m.of(books, err2)
	}
	return inputs, errors.Join(m.err, err, err2)
}

// marks gathers several marks and keeps the first error.
type marks struct {
	tx  *ledger.Tx
	err error
}

// of gives a short digest of a mark, so that inputs stay readable.
func (m *marks) of(mark string, err error) string {
	if err != nil && m.err == nil {
		m.err = err
	}
	return outbox.Digest([]byte(mark))[:16]
}

func validate(a *attempt) error {
	c, err := a.gather()
	if err != nil {
		return err
	}
	verdicts := rules.Check(c.facts)
	judgements := make([]ledger.Judgement, len(c.lines))
	counts := map[values.Outcome]int{}
	for i, line := range c.lines {
		if frozen := c.frozen[i]; frozen != nil {
			judgements[i] = *frozen
			judgements[i].Line = line.Key
		} else {
			judgements[i] = judgementOf(line, verdicts[i], c.decisions[line.Key], c.objections[line.ID])
		}
		counts[judgements[i].Outcome]++
	}
	if err := a.tx.ClearJudgements(a.quarter); err != nil {
		return err
	}
	if err := a.tx.PutJudgements(judgements); err != nil {
		return err
	}
	a.took, a.gave = len(c.lines), counts[values.Accepted]
	for _, outcome := range []values.Outcome{values.Accepted, values.Held, values.Returned} {
		a.tally[string(outcome)] = fmt.Sprint(counts[outcome])
	}
	a.tally["result"] = resultDigest(judgements)
	return nil
}

func judgementOf(line *ledger.Line, v rules.Verdict, decision ledger.Decision, objection ledger.Objection) ledger.Judgement {
	j := ledger.Judgement{
		Line: line.Key, Quarter: line.Quarter, Outcome: v.Outcome, Household: v.Member.Household,
		Township: v.Member.Township, Village: v.Member.Village, Payee: line.Borrower,
		PayoutBank: v.PayoutBank, Account: v.Account, ExtensionBarred: v.ExtensionBarred,
		Blocked: v.Blocked, Facts: v.Digest, Findings: v.Findings,
	}
	if v.Member.Name != "" && values.FoldName(v.Member.Name) == values.FoldName(line.Borrower) {
		j.Payee = v.Member.Name
	}
	if j.Household == "" { // accepted by decision although not on the roster: a household of its own
		j.Household = "person " + line.ID.Whole()
	}
	if v.Decided {
		j.Decision = decision.ID
	}
	switch objection.State {
	case "open":
		j.Blocked = append(slices.Clone(j.Blocked), rules.ObjectionOpen)
		j.Findings = append(slices.Clone(j.Findings), rules.OpenObjection(objection.RaisedOn, objection.Why))
	case "upheld":
		j.Outcome = values.Returned
		j.Findings = append(slices.Clone(j.Findings), rules.UpheldObjection(objection.ResolvedOn, objection.Why))
	}
	return j
}

// resultDigest names everything that later stages read of the judgements.
func resultDigest(judgements []ledger.Judgement) string {
	hash := sha256.New()
	encoder := json.NewEncoder(hash)
	for i := range judgements {
		j := &judgements[i]
		_ = encoder.Encode([]any{j.Line, j.Outcome, j.Household, j.Township, j.Village, j.Payee, j.PayoutBank, j.Account.Whole(), j.ExtensionBarred, j.Blocked})
	}
	return hex.EncodeToString(hash.Sum(nil))[:32]
}

// facts of a quarter, as validate gathers them.
type quarterFacts struct {
	lines      []*ledger.Line
	facts      *rules.Facts
	frozen     []*ledger.Judgement // per line: the judgement that payment has frozen, or nil
	decisions  map[int64]ledger.Decision
	objections map[values.ResidentID]ledger.Objection // that count, by person
}

func (a *attempt) gather() (*quarterFacts, error) {
	c, err := a.gatherLines()
	if err != nil {
		return nil, err
	}
	if c.frozen, err = a.frozen(c); err != nil {
		return nil, err
	}
	return c, a.gatherFacts(c)
}

// gatherLines gathers the lines and what people said about them.
func (a *attempt) gatherLines() (*quarterFacts, error) {
	c := &quarterFacts{facts: &rules.Facts{Quarter: a.quarter, InterestDay: a.job.InterestDay}}
	sheets, err := a.sheets()
	if err != nil {
		return nil, err
	}
	if c.facts.Compensated, err = a.tx.Compensated(a.quarter.Last(a.job.InterestDay)); err != nil {
		return nil, err
	}
	booked, err := a.tx.BookLoans(a.quarter)
	if err != nil {
		return nil, err
	}
	c.facts.Books = rules.NewBooks(booked)
	c.facts.Sheets = sheets.facts()
	lines, err := a.lines()
	if err != nil {
		return nil, err
	}
	c.lines = withAmounts(lines)
	if c.decisions, err = a.tx.Decisions(a.quarter); err != nil {
		return nil, err
	}
	c.objections, err = a.objections()
	return c, err
}

// gatherFacts gathers what the lines are judged by, once it is known which of
// them payment has frozen.
func (a *attempt) gatherFacts(c *quarterFacts) (err error) {
	if c.facts.Roster, err = a.memberships(); err != nil {
		return err
	}
	if err := a.freeFailedAccounts(c); err != nil {
		return err
	}
	if c.facts.Earlier, err = a.earlier(); err != nil {
		return err
	}
	a.lineFacts(c)
	return a.readLists(c.facts)
}

// withAmounts are the lines with an amount for those whose sheet names none: the
// largest balance of the loan's lines (formats.md).
func withAmounts(lines []*ledger.Line) []*ledger.Line {
	all := slices.Clone(lines)
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
	for i, l := range lines {
		if !l.Given.Has(values.FieldAmount) {
			own := *l
			own.Amount = largest[l.Loan()]
			all[i] = &own
		}
	}
	return all
}

func (a *attempt) lineFacts(c *quarterFacts) {
	c.facts.Lines = make([]rules.LineFacts, len(c.lines))
	conditions := conditionCache{}
	for i, line := range c.lines {
		f := rules.LineFacts{Line: &line.Line, Sheet: line.Position}
		f.Terms, f.ExtensionTerms = conditions.of(a.policies, line)
		if frozen := c.frozen[i]; frozen != nil {
			f.Frozen = &rules.Frozen{Outcome: frozen.Outcome, Household: frozen.Household, Account: frozen.Account}
		} else {
			f.Unconfigured = unconfigured(a.policies, line)
		}
		if d, ok := c.decisions[line.Key]; ok {
			f.Decision = rules.Decision{Outcome: values.Accepted, Digest: d.Facts, Round: int(d.Round)}
			if d.Verdict == "return" {
				f.Decision.Outcome = values.Returned
			}
		}
		c.facts.Lines[i] = f
	}
}

// frozen finds the lines that payment has frozen (policy.md §7): those on which
// the loan's last payment that was sent rests, and on which nobody has decided
// since. They keep their judgement, wherever their line now stands, until
// somebody asks for a recheck.
func (a *attempt) frozen(c *quarterFacts) ([]*ledger.Judgement, error) {
	frozen := make([]*ledger.Judgement, len(c.lines))
	sent, err := a.tx.SentFacts(a.quarter)
	if err != nil || len(sent) == 0 {
		return frozen, err
	}
	asked, err := a.recheckAsked()
	if err != nil || asked {
		return frozen, err
	}
	before, err := a.tx.JudgedBefore(a.quarter)
	if err != nil {
		return nil, err
	}
	stands := map[int64]bool{}
	for _, l := range c.lines {
		stands[l.Key] = true
	}
	for i, l := range c.lines {
		key := ledger.LineFacts{Loan: l.Loan(), Facts: l.Facts}
		j := before[key]
		switch {
		case j == nil, j.Outcome != values.Accepted, !strings.Contains(sent[l.Loan()], l.Facts):
		case j.Line != l.Key && stands[j.Line]: // another line that says the same
		case c.decisions[l.Key].ID > j.Decision, c.objections[l.ID].State == "upheld":
		default:
			frozen[i] = j
			delete(before, key)
		}
	}
	return frozen, nil
}

// recheckAsked tells whether somebody asked, since the stage last ran, that
// paid lines be judged again.
func (a *attempt) recheckAsked() (bool, error) {
	last, ok, err := a.tx.LastStage(a.quarter, a.stage)
	if err != nil || !ok {
		return false, err
	}
	m := marks{tx: a.tx}
	now := m.of(a.tx.MarkRecheck(a.quarter))
	return last.Inputs["recheck"] != now, m.err
}

// ownFacts names a loan's own accepted lines by their facts, so that a change of
// its own can be told from a tier that moved, and a paid line from a new one.
func ownFacts(lines []string) string {
	return strings.Join(slices.Sorted(slices.Values(lines)), " ")
}
