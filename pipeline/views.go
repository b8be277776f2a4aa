package pipeline

import (
	"tiexi/pipeline/values"
)

// StageNames are the stages of a quarter in the order in which they run.
var StageNames = []string{"ingest", "validate", "compute", "publish", "disburse", "reconcile"}

// Status is a quarter at a glance, as formats.md fixes its JSON.
type Status struct {
	Job      string         `json:"job"`
	Quarter  values.Quarter `json:"quarter"`
	Stages   []StageStatus  `json:"stages"`
	Lines    LineCounts     `json:"lines"`
	Subsidy  SubsidySums    `json:"subsidy"`
	Payments PaymentSums    `json:"payments"`
	Next     []string       `json:"next"`

	Refused []RefusedFile `json:"-"`
	Steps   []values.Text `json:"-"` // Next in both languages
}

// StageStatus is the last recorded state of a stage: done, waiting or pending.
type StageStatus struct {
	Name  string `json:"name"`
	State string `json:"state"`
	At    string `json:"at"`
	In    int    `json:"in"`
	Out   int    `json:"out"`
}

// LineCounts counts lines: total = accepted + held + returned, always.
type LineCounts struct {
	Total    int `json:"total"`
	Accepted int `json:"accepted"`
	Held     int `json:"held"`
	Returned int `json:"returned"`
}

// SubsidySums are the quarter's entitlements by source; Total also holds the
// city's and the county's shares of old terms.
type SubsidySums struct {
	Central    values.Fen `json:"central"`
	Provincial values.Fen `json:"provincial"`
	City       values.Fen `json:"city,omitempty"`
	County     values.Fen `json:"county,omitempty"`
	Total      values.Fen `json:"total"`
}

// PaymentSums sums up payments: Count is payment rows, the rest amounts. A failed row that was
// paid again counts once, as paid. Stopped is what payment holds keep back.
type PaymentSums struct {
	Count   int        `json:"count"`
	Total   values.Fen `json:"total"`
	Paid    values.Fen `json:"paid"`
	Failed  values.Fen `json:"failed"`
	Pending values.Fen `json:"pending"`
	Stopped values.Fen `json:"stopped"`
}

// RefusedFile is a file of the inbox that is refused or still waits.
type RefusedFile struct {
	Name    string
	Waiting bool
	Reason  values.Text
}

// LineView is a statement line as `lines --json` prints it.
type LineView struct {
	File       string         `json:"file"`
	Sheet      string         `json:"sheet"`
	Row        int            `json:"row"`
	Bank       string         `json:"bank"`
	Contract   string         `json:"contract"`
	Borrower   string         `json:"borrower"`
	ID         string         `json:"id"` // whole; screens mask it
	Outcome    values.Outcome `json:"outcome"`
	Findings   []string       `json:"findings"`
	Central    values.Fen     `json:"central"`
	Provincial values.Fen     `json:"provincial"`
	Subsidy    values.Fen     `json:"subsidy"`
	Blocked    []string       `json:"blocked"` // payment holds
}

// FindingView is a finding as `findings --json` prints it.
type FindingView struct {
	Code     string         `json:"code"`
	Outcome  values.Outcome `json:"outcome"`
	Title    string         `json:"title"`
	Clause   string         `json:"clause"`
	File     string         `json:"file"`
	Sheet    string         `json:"sheet"`
	Row      int            `json:"row"`
	Cell     string         `json:"cell"`
	Value    string         `json:"value"`
	Contract string         `json:"contract"`
	Message  string         `json:"message"`
}

// PaymentView is a payment row as `payments --json` prints it. State is draft,
// approved, sent, paid, failed or void.
type PaymentView struct {
	Batch      string     `json:"batch"`
	Number     string     `json:"number"`
	Name       string     `json:"name"`
	ID         string     `json:"id"`
	Account    string     `json:"account"`
	Amount     values.Fen `json:"amount"`
	Central    values.Fen `json:"central"`
	Provincial values.Fen `json:"provincial"`
	State      string     `json:"state"`
	Reason     string     `json:"reason"`
	Contracts  []string   `json:"contracts"`
}
