package pipeline

import (
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
	v, err := a.validation()
	if err != nil {
		return err
	}
	if v.pinned, err = a.pinned(); err != nil {
		return err
	}
	writer, err := a.tx.JudgementWriter(a.quarter)
	if err != nil {
		return err
	}
	counts := map[values.Outcome]int{}
	result := newResultDigest()
	err = v.batches(func(b *batch) error {
		judgements := v.judge(b)
		for i := range judgements {
			counts[judgements[i].Outcome]++
			result.add(b.at[i], &judgements[i])
		}
		return writer.Replace(judgements)
	})
	if err != nil {
		return err
	}
	if err := writer.Finish(); err != nil {
		return err
	}
	a.took, a.gave = len(v.keys), counts[values.Accepted]
	for _, outcome := range []values.Outcome{values.Accepted, values.Held, values.Returned} {
		a.tally[string(outcome)] = fmt.Sprint(counts[outcome])
	}
	a.tally["result"] = result.text()
	return nil
}

// judge checks the batch, and gives the judgement of each of its lines.
func (v *validation) judge(b *batch) []ledger.Judgement {
	judgements := make([]ledger.Judgement, len(b.lines))
	for i, verdict := range rules.Check(&b.facts) {
		line := b.lines[i]
		if frozen := b.frozen[i]; frozen != nil {
			judgements[i] = *frozen
			judgements[i].Line = line.Key
		} else {
			judgements[i] = judgementOf(line, verdict, v.decisions[line.Key], v.objections[line.ID])
		}
	}
	return judgements
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
