package values

// Conditions are what a policy asks of a loan and its borrower (policy.md §2).
// They are data of the policy file; package rules applies them.
type Conditions struct {
	Policy           string
	MinAge, MaxAge   int // full years on the contract date, both included; 0: no bound
	LoanCeiling      Fen // one loan; 0: none
	HouseholdCeiling Fen // all loans of a household that run on a day; 0: none
	LargeNeedAbove   Fen // the part of a balance above this needs an approval; 0: none
	TermMonths       int // disbursement to original maturity, end date included; 0: none
	ExtensionMonths  int // an extension by itself; 0: none
	Extensions       int // renewals and extensions in all; -1: no bound
	PurposeWords     []string
	Guarantees       []string // texts that are not a breach (信用, 免担保, 无, 农业担保)
	Clauses          map[string]string
}
