package values

// Outcome is what becomes of a statement line.
type Outcome string

// The outcomes a finding can have; a line's outcome is its worst finding's
// (policy.md §5). Notices and payment holds leave a line accepted.
const (
	Accepted    Outcome = "accepted"
	Held        Outcome = "held"
	Returned    Outcome = "returned"
	Notice      Outcome = "notice"
	PaymentHold Outcome = "pay"
)

// Worse is the outcome of a line that already has outcome o and gets a finding
// of outcome f.
func (o Outcome) Worse(f Outcome) Outcome {
	if o == Returned || f == Returned {
		return Returned
	}
	if o == Held || f == Held {
		return Held
	}
	return Accepted
}

// Finding is one thing that a check found on a line.
type Finding struct {
	Code    string // stable, from the catalogue of package rules
	Field   Field  // the field it rests on, or FieldNone
	Cell    string // address in the bank's sheet, "" where it has none
	Value   string // what stood there
	Want    string // what was expected, "" where that says nothing
	Details []string
}
