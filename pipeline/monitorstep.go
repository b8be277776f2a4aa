package pipeline

import (
	"bytes"
	"context"
	"fmt"

	"tiexi/formats/report"
	"tiexi/pipeline/values"
)

// monitoringStep writes the monitoring table (policy.md §8), recorded like the
// report. It rests on lines, amounts and rosters, and of the payments on those
// that failed alone: posting a list or approving a batch leaves it as it is.
var monitoringStep = stage{
	name: monitoringName, version: 1,
	inputs: func(a *attempt) (map[string]string, error) {
		m := marks{tx: a.tx}
		lists, err := a.listDigests()
		if err != nil {
			return nil, err
		}
		inputs := map[string]string{
			"judgements": m.of(a.tx.MarkResult(a.quarter, "validate")) + m.of(a.tx.MarkRoster()),
			"amounts":    m.of(a.tx.MarkResult(a.quarter, "compute")),
			"history":    m.of(a.tx.MarkEarlierResults(a.quarter, "validate")) + m.of(a.tx.MarkEarlierResults(a.quarter, "compute")),
			"payments":   m.of(a.tx.MarkRetries()),
			"policies":   a.policies.Digest(),
			"lists-in":   lists,
			"settings":   fmt.Sprint(a.job.County, a.job.InterestDay, a.bankNames(), a.job.Alerts),
		}
		if fund, err := a.tx.MarkFund(a.quarter.Last(a.job.InterestDay)); fund != "" || err != nil {
			inputs["fund"] = m.of(fund, err)
		}
		before := a.quarter.Previous() // is set beside it, and opens with the books of the one before
		for _, q := range []values.Quarter{a.quarter, before, before.Previous()} {
			if books, err := a.tx.MarkLoanBooks(q); books != "" || err != nil {
				inputs["books"] += m.of(books, err)
			}
		}
		return inputs, m.err
	},
	render: renderMonitoring,
}

const monitoringName = "monitoring"

func renderMonitoring(a *attempt) error {
	b, err := a.asRecorded()
	if err != nil {
		return err
	}
	table, err := b.monitoring()
	if err != nil {
		return err
	}
	table.Date = b.opt.Today
	if err := a.tallyAlerts(table.Alerts); err != nil {
		return err
	}
	var workbook bytes.Buffer
	if err := report.WriteMonitoring(&workbook, table); err != nil {
		return err
	}
	a.took, a.gave = table.Total.Now.Loans, 1
	return a.put(MonitoringPath, workbook.Bytes(), len(table.Places), table.Total.Now.Shares.Total())
}

// Monitoring is the quarter's monitoring table, read from the ledger.
func (w *Workspace) Monitoring(ctx context.Context, q values.Quarter) (m report.Monitoring, err error) {
	err = w.view(ctx, q, func(a *attempt) (err error) {
		m, err = a.monitoring()
		return err
	})
	return m, err
}
