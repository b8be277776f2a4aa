package pipeline

import (
	"encoding/json"
	"fmt"

	"tiexi/formats/report"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// Alert is a bank or a township above a limit of jobs.yaml (四(三)).
type Alert = report.Alert

// alertsTally is under which name the table's record keeps its alerts, so that
// a run that has nothing to do says them again without adding anything up.
const alertsTally = "alerts"

// limits are the rates of jobs.yaml above which a bank or a township is pointed
// out.
func (w *Workspace) limits() (limits report.Limits, err error) {
	for _, set := range []struct {
		text string
		to   **values.Rate
	}{{w.job.Alerts.OverdueRate, &limits.Overdue}, {w.job.Alerts.BadRate, &limits.Bad}} {
		if set.text == "" {
			continue
		}
		rate, err := values.ParseRate(set.text)
		if err != nil {
			return limits, fmt.Errorf("alerts of jobs.yaml: %w", err)
		}
		*set.to = &rate
	}
	return limits, nil
}

// watch compares the table's rates with the limits (四(三)).
func (a *attempt) watch(m *report.Monitoring) error {
	limits, err := a.limits()
	m.Watched, m.Alerts = limits.Watch(), report.Alerts(m.Places, limits)
	return err
}

// tallyAlerts keeps the alerts with the record of the table.
func (a *attempt) tallyAlerts(alerts []Alert) error {
	if len(alerts) == 0 {
		return nil
	}
	text, err := json.Marshal(alerts)
	a.tally[alertsTally] = string(text)
	return err
}

// alertsOf are the alerts of the quarter's last monitoring table.
func alertsOf(tx *ledger.Tx, q values.Quarter) (alerts []Alert, err error) {
	last, ran, err := tx.LastStage(q, monitoringName)
	if err != nil || !ran || last.Tally[alertsTally] == "" {
		return nil, err
	}
	return alerts, json.Unmarshal([]byte(last.Tally[alertsTally]), &alerts)
}
