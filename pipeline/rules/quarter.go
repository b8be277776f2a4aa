package rules

import (
	"slices"
	"strings"

	"tiexi/pipeline/values"
)

// tables are the checks against what the county gives for a quarter: exclusion
// list, responsible banks, the risk fund's payments.
func (r *report) tables(f *Facts, verdict *Verdict) {
	l := r.line
	if r.readable(values.FieldID) {
		if e, found := f.Excluded[l.ID]; found {
			r.add(ExcludedPerson, values.FieldID, e.Reason, "", e.Source)
		}
	}
	if day, found := f.Compensated[l.Loan()]; found && r.readable(values.FieldContract) {
		r.add(CompensatedLoan, values.FieldContract, day.String(), "")
	}
	banks := f.Lenders[verdict.Member.Township]
	if len(banks) > 0 && verdict.OnRoster && !Responsible(banks, l.Bank) {
		r.add(OtherLender, values.FieldLender, l.Bank, strings.Join(banks, "、"), verdict.Member.Township)
	}
}

// Responsible tells whether the bank is one of a township's responsible banks.
func Responsible(banks []string, bank string) bool {
	return slices.ContainsFunc(banks, func(b string) bool { return values.FoldText(b) == values.FoldText(bank) })
}

// totals are the findings that each line of a sheet gets for the sheet's sums.
func totals(sheet SheetFacts) (findings []values.Finding) {
	for _, t := range sheet.Totals {
		if t.Declared != t.Computed {
			findings = append(findings, values.Finding{
				Code: TotalsDiffer, Field: t.Field, Cell: t.Cell, Value: t.Declared.String(), Want: t.Computed.String(),
			})
		}
	}
	return findings
}

// MovedTiers is the finding that other lines of the household moved a loan's
// tiers since the last run, so that its subsidy went from before to after.
func MovedTiers(before, after values.Fen) values.Finding {
	return values.Finding{Code: TierChanged, Value: after.String(), Want: before.String()}
}

// OpenObjection is the payment hold of an objection to the public notice that
// is not decided.
func OpenObjection(raised values.Date, text string) values.Finding {
	return values.Finding{Code: ObjectionOpen, Value: text, Details: []string{raised.String()}}
}

// UpheldObjection is the finding that an objection to the public notice was
// decided to be right, so that the line earns nothing.
func UpheldObjection(decided values.Date, text string) values.Finding {
	return values.Finding{Code: ObjectionUpheld, Value: text, Details: []string{decided.String()}}
}
