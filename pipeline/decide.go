package pipeline

import (
	"context"
	"fmt"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// DecideRequest records what a person says about held lines: one contract, all
// of a file, or all with a finding of a code; together they narrow.
type DecideRequest struct {
	Quarter  values.Quarter
	Accept   bool // else return
	Contract string
	Bank     string
	File     string
	Code     string
	Why      string
	DryRun   bool
}

// DecideReport is what became of the request.
type DecideReport struct {
	Lines   []LineView // decided
	Skipped []LineView // named, and not held
}

// Decide records the decision on every held line that the request names. It
// stays decided on every rerun while the facts stand that it was decided on.
func (w *Workspace) Decide(ctx context.Context, r DecideRequest) (*DecideReport, error) {
	if r.Why == "" {
		return nil, needWhy()
	}
	if r.Contract == "" && r.File == "" && r.Code == "" {
		return nil, &values.Fault{Kind: values.FaultConfig,
			What: values.Say("请指明合同号，或用 --file、--code 指明一批。", "Name a contract, or several lines with --file or --code."),
			Hint: values.Say("例：tiexi decide accept QS2026001 --why 已核实。", "Example: tiexi decide accept QS2026001 --why checked.")}
	}
	report := &DecideReport{}
	err := w.act(ctx, r.Quarter, "decide", r.DryRun, func(a *attempt) error {
		round, err := a.tx.NextRound()
		if err != nil {
			return err
		}
		views, err := a.lineViews()
		if err != nil {
			return err
		}
		unheard, err := a.unheardDecisions()
		if err != nil {
			return err
		}
		for _, v := range views {
			if !r.names(v) {
				continue
			}
			if v.judgement == nil || v.judgement.Facts == "" || !decidable(v, r.verdict()) {
				report.Skipped = append(report.Skipped, v.LineView)
				continue
			}
			report.Lines = append(report.Lines, v.LineView)
			if a.repeats(unheard[v.key], v, r.verdict(), r.Why) {
				continue
			}
			if err := a.decide(v, r.verdict(), r.Why, "command", round); err != nil {
				return err
			}
		}
		if len(report.Lines) == 0 {
			return r.nothing(len(report.Skipped))
		}
		return nil
	})
	return report, err
}

// decidable: a held line, or one that is as it is by an earlier decision.
func decidable(v *judgedLine, verdict string) bool {
	if v.Outcome == values.Held {
		return true
	}
	return v.judgement.Decision != 0 && verdict != map[values.Outcome]string{values.Accepted: "accept", values.Returned: "return"}[v.Outcome]
}

func (r DecideRequest) verdict() string {
	if r.Accept {
		return "accept"
	}
	return "return"
}

func (r DecideRequest) names(v *judgedLine) bool {
	return (r.Contract == "" || v.Contract == values.FoldText(r.Contract)) && (r.Bank == "" || v.Bank == r.Bank) &&
		(r.File == "" || v.File == r.File) && (r.Code == "" || slices.Contains(v.codes, r.Code))
}

func (r DecideRequest) nothing(skipped int) error {
	if skipped > 0 {
		return values.Refuse(
			values.Say("指明的 %d 行都不是待核，没有记录任何意见。", "None of the %d lines named is held; nothing was recorded.", skipped),
			values.Say("只有待核的行可以通过或退回；退回的行请银行改正后重报。", "Only held lines can be decided; returned ones come back corrected from the bank."))
	}
	return values.Refuse(values.Say("没有找到指明的行。", "No such line was found."),
		values.Say("tiexi lines 列出本季度所有的行；请核对合同号、文件名和季度。", "`tiexi lines` lists the quarter's lines; check contract, file and quarter."))
}

// unheardDecisions are the quarter's decisions by line, if validate has not
// looked at the last of them yet.
func (a *attempt) unheardDecisions() (map[int64]ledger.Decision, error) {
	last, _, err := a.tx.LastStage(a.quarter, validateStage.name)
	if err != nil {
		return nil, err
	}
	m := marks{tx: a.tx}
	if now := m.of(a.tx.MarkDecisions(a.quarter)); m.err != nil || now == last.Inputs["decisions"] {
		return nil, m.err
	}
	return a.tx.Decisions(a.quarter)
}

// repeats tells whether the same person said the same of the line just before:
// a command that was killed after its commit is repeated, and a decision is
// history that is not written twice.
func (a *attempt) repeats(said ledger.Decision, v *judgedLine, verdict, why string) bool {
	return said.Verdict == verdict && said.Why == why && said.Facts == v.judgement.Facts && said.Operator == a.opt.Operator
}

// decide records one decision.
func (a *attempt) decide(v *judgedLine, verdict, why, source string, round int64) error {
	decision := ledger.Decision{Line: v.key, Round: round, Facts: v.judgement.Facts, Verdict: verdict, Why: why, Source: source}
	if _, err := a.tx.AddDecision(decision); err != nil {
		return err
	}
	return a.tx.Record("decide", fmt.Sprintf("%s %s %d", v.File, v.Sheet, v.Row),
		map[string]any{"contract": v.Contract, "verdict": verdict, "why": why, "facts": v.judgement.Facts, "source": source})
}
