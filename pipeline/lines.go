package pipeline

import (
	"context"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// judgedLine is a line with everything that views, decisions and the review
// workbooks want to know of it.
type judgedLine struct {
	LineView
	key       int64
	file      int64
	position  int
	line      *ledger.Line
	judgement *ledger.Judgement // nil before validate
	findings  []values.Finding
	codes     []string
}

// lineViews gives the quarter's live lines in order of file, sheet and row.
func (a *attempt) lineViews() ([]*judgedLine, error) {
	lines, err := a.lines()
	if err != nil {
		return nil, err
	}
	judged, err := a.tx.Judgements(a.quarter)
	if err != nil {
		return nil, err
	}
	all := make([]*judgedLine, 0, len(lines))
	byKey := make(map[int64]*judgedLine, len(lines))
	for _, l := range lines {
		v := &judgedLine{key: l.Key, file: l.FileID, position: l.Position, line: l, judgement: judged[l.Key], LineView: LineView{
			File: l.File, Sheet: l.Sheet, Row: l.Row, Bank: l.Bank, Contract: l.Contract, Borrower: l.Borrower, ID: l.ID.Whole(), Findings: []string{}, Blocked: []string{}}}
		if v.judgement != nil {
			v.Outcome = v.judgement.Outcome
			if len(v.judgement.Blocked) > 0 {
				v.Blocked = v.judgement.Blocked
			}
		}
		all = append(all, v)
		byKey[l.Key] = v
	}
	err = a.tx.Findings(a.quarter, func(line int64, f values.Finding) error {
		v := byKey[line]
		if v == nil {
			return nil
		}
		v.findings = append(v.findings, f)
		if !slices.Contains(v.codes, f.Code) {
			v.codes = append(v.codes, f.Code)
		}
		if rule, _ := rules.Lookup(f.Code); rule.Outcome != values.PaymentHold && !slices.Contains(v.Findings, f.Code) {
			v.Findings = append(v.Findings, f.Code)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	entitlements, err := a.tx.Entitlements(a.quarter)
	for _, e := range entitlements {
		if v := byKey[e.FirstLine]; v != nil {
			v.Central += e.Shares.Central
			v.Provincial += e.Shares.Provincial
			v.Subsidy += e.Shares.Total()
		}
	}
	return all, err
}

// view opens a read-only look at a quarter.
func (w *Workspace) view(ctx context.Context, q values.Quarter, do func(*attempt) error) error {
	return w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		return do(&attempt{Workspace: w, ctx: ctx, tx: tx, quarter: q})
	})
}

// Lines gives the quarter's statement lines, whatever became of them, without
// those of replaced files.
func (w *Workspace) Lines(ctx context.Context, q values.Quarter, yield func(LineView) error) error {
	return w.view(ctx, q, func(a *attempt) error {
		all, err := a.lineViews()
		if err != nil {
			return err
		}
		for _, v := range all {
			if err := yield(v.LineView); err != nil {
				return err
			}
		}
		return nil
	})
}

// Findings gives the quarter's findings in order of line, payment holds too.
func (w *Workspace) Findings(ctx context.Context, q values.Quarter, lang values.Lang, yield func(FindingView) error) error {
	return w.view(ctx, q, func(a *attempt) error {
		all, err := a.lineViews()
		if err != nil {
			return err
		}
		for _, v := range all {
			for _, f := range v.findings {
				if err := yield(findingView(v, f, lang)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func findingView(v *judgedLine, f values.Finding, lang values.Lang) FindingView {
	rule, _ := rules.Lookup(f.Code)
	return FindingView{Code: f.Code, Outcome: rule.Outcome, Title: values.Text{Chinese: rule.Title, English: rule.English}.In(lang), Clause: rule.Clause,
		File: v.File, Sheet: v.Sheet, Row: v.Row, Cell: f.Cell, Value: f.Value, Contract: v.Contract, Message: rules.Message(f, lang)}
}
