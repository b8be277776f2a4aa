package pipeline

import (
	"context"
	"fmt"

	"tiexi/pipeline/values"
)

// fundStep keeps the fund's papers of a quarter true. Commands on the fund write
// them with what they record; the loans' balance, and with it the floor of 1/16,
// changes with every run that judges a statement or takes a loan book. Like the report it is no stage
// of the chain, but recorded and skipped like one.
var fundStep = stage{
	name: fundStage, version: 1,
	inputs: func(a *attempt) (map[string]string, error) {
		last := a.quarter.Last(a.job.InterestDay)
		m := marks{tx: a.tx}
		inputs := map[string]string{
			"fund":       m.of(a.tx.MarkFund(last)) + " " + m.of(a.tx.MarkFundClaims(last)),
			"judgements": m.of(a.tx.MarkResult(a.quarter, "validate")),
			"settings":   fmt.Sprint(a.job.County, a.job.Office, a.job.Phones, a.job.InterestDay),
		}
		if books, err := a.tx.MarkLoanBooks(a.quarter); books != "" || err != nil {
			inputs["books"] = m.of(books, err)
		}
		if a.opt.Today < last {
			inputs["ended"] = "no" // its papers are of the day on which they were written
		}
		return inputs, m.err
	},
	render: func(a *attempt) error { return a.writeFundQuarter() },
}

// hasFund tells whether the county has had a fund by the end of the quarter.
func (a *attempt) hasFund() (bool, error) {
	mark, err := a.tx.MarkFund(min(a.quarter.Last(a.job.InterestDay), a.opt.Today))
	return mark != "", err
}

// runFund brings the fund's papers up to date; a county without a fund (一(八))
// has none.
func (w *Workspace) runFund(ctx context.Context, q values.Quarter) (changed bool, err error) {
	has := false
	if err := w.view(ctx, q, func(a *attempt) (err error) {
		has, err = a.hasFund()
		return err
	}); err != nil || !has {
		return false, err
	}
	result, err := w.runStage(ctx, q, fundStep, false, false)
	return err == nil && result.State == "done", err
}

// refreshFund writes the quarter's papers after a command on the fund, in its
// transaction, and records that for a quarter that has been run: others are left
// to their first run.
func (a *attempt) refreshFund() error {
	_, ran, err := a.tx.LastStage(a.quarter, reportName)
	if err != nil || !ran {
		if err == nil {
			err = a.writeFundQuarter()
		}
		return err
	}
	open, err := a.tx.HasOpenRun()
	if err != nil {
		return err
	}
	inputs, err := fundStep.inputs(a)
	if err != nil {
		return err
	}
	if err := a.perform(fundStep, inputs, values.Say("风险补偿金有变化", "the risk fund has changed")); err != nil || open {
		return err
	}
	return a.tx.CloseRun()
}
