package values

import (
	"errors"
	"slices"
	"testing"
)

func TestFieldsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for f := FieldNone + 1; f < FieldCount; f++ {
		name := f.String()
		if back, ok := ParseField(name); !ok || back != f || name == "" || seen[name] {
			t.Errorf("field %d is %q, which is field %d, %v", f, name, back, ok)
		}
		seen[name] = true
	}
	for _, name := range []string{"", "Borrower", "borrower ", "nonsense"} {
		if f, ok := ParseField(name); ok || f != FieldNone {
			t.Errorf("%q is field %d", name, f)
		}
	}
}

func TestSetsOfFields(t *testing.T) {
	set := FieldSet(0).With(FieldBorrower).With(FieldRemark).With(FieldRemark)
	for f := FieldNone; f < FieldCount; f++ {
		if set.Has(f) != (f == FieldBorrower || f == FieldRemark) {
			t.Errorf("the set has %s: %v", f, set.Has(f))
		}
	}
}

func TestALineKnowsItsCells(t *testing.T) {
	columns := [FieldCount]string{FieldBalance: "AB", FieldContract: "C"}
	line := Line{Place: Place{Row: 17}, Bank: "甲银行", Contract: "HT1", Columns: &columns}
	if got := line.Cell(FieldBalance); got != "AB17" {
		t.Errorf("the balance stands in %s", got)
	}
	if got := line.Cell(FieldRate); got != "" {
		t.Errorf("the rate, which the sheet has not, stands in %s", got)
	}
	if got := (&Line{}).Cell(FieldBalance); got != "" {
		t.Errorf("a line without a sheet has a cell %s", got)
	}
	if line.Loan() != (Loan{"甲银行", "HT1"}) {
		t.Errorf("the loan is %v", line.Loan())
	}
}

func TestTheContractDateIsTheSigningElseTheDisbursement(t *testing.T) {
	signed, disbursed := MustDate("2026-01-05"), MustDate("2026-01-10")
	given := FieldSet(0).With(FieldSigned)
	for _, c := range []struct {
		line Line
		want Date
	}{
		{Line{Signed: signed, Disbursed: disbursed, Given: given}, signed},
		{Line{Signed: signed, Disbursed: disbursed}, disbursed}, // a figure counts only where it is given
		{Line{Disbursed: disbursed, Given: given}, disbursed},
	} {
		if got := c.line.ContractDate(); got != c.want {
			t.Errorf("the contract is of %s, want %s", got, c.want)
		}
	}
}

func TestLoansInOrder(t *testing.T) {
	loans := []Loan{{"乙", "1"}, {"A", "2"}, {"A", "10"}, {"A", "2"}, {"", "9"}}
	slices.SortFunc(loans, Loan.Compare)
	if want := []Loan{{"", "9"}, {"A", "10"}, {"A", "2"}, {"A", "2"}, {"乙", "1"}}; !slices.Equal(loans, want) {
		t.Errorf("sorted: %v", loans)
	}
}

func TestTheWorstFindingDecides(t *testing.T) {
	for _, c := range []struct{ had, found, want Outcome }{
		{Accepted, Notice, Accepted}, {Accepted, PaymentHold, Accepted}, {Accepted, Held, Held}, {Accepted, Returned, Returned},
		{Held, Notice, Held}, {Held, PaymentHold, Held}, {Held, Returned, Returned}, {Returned, Held, Returned}, {Returned, Notice, Returned},
	} {
		if got := c.had.Worse(c.found); got != c.want {
			t.Errorf("%s with a finding of %s is %s, want %s", c.had, c.found, got, c.want)
		}
	}
}

func TestFaultsSpeakBothLanguages(t *testing.T) {
	fault := &Fault{Kind: FaultRefused, What: Say("%d 行", "%d rows", 3), Hint: Say("再试", "try again"), Err: errors.ErrUnsupported}
	if got := fault.In(English); got != "3 rows (unsupported operation)\ntry again" {
		t.Errorf("in English: %q", got)
	}
	if got := fault.Error(); got != "3 行 (unsupported operation)\n再试" {
		t.Errorf("in Chinese: %q", got)
	}
	if !errors.Is(fault, errors.ErrUnsupported) {
		t.Error("what lies behind is lost")
	}
	if got := Say("三行", "three rows"); got != (Text{"三行", "three rows"}) || got.IsZero() || !(Text{}).IsZero() {
		t.Errorf("a text without arguments: %v", got)
	}
}
