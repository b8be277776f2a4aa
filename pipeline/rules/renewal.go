package rules

import (
	"fmt"

	"tiexi/pipeline/values"
)

// Renewal is a loan whose borrower may ask for a renewal or an extension
// (二(三)), with all that the answer rests on.
type Renewal struct {
	Line      *values.Line       // the loan's last
	Signed    values.Date        // the last day on which it would be signed
	Terms     *values.Conditions // under which it would be signed
	TakenOver bool               // those terms take over a loan of its dates (二(三))
	Roster    []Membership       // the borrower's
	Exclusion *Exclusion         // nil: on no list
	Overdue   bool
	Balance   values.Fen // of the loan, and of all its household's loans together
	Household values.Fen
}

// Bars are what stands against a renewal or extension: Final ones make it earn
// nothing, Doubts leave it to a person. Whole Chinese phrases with the clause.
type Bars struct{ Final, Doubts []string }

// Bars finds everything that stands against it.
func (r *Renewal) Bars() (b Bars) {
	final := func(clause, format string, args ...any) {
		b.Final = append(b.Final, fmt.Sprintf(format, args...)+"（"+clause+"）")
	}
	doubt := func(clause, format string, args ...any) {
		b.Doubts = append(b.Doubts, fmt.Sprintf(format, args...)+"（"+clause+"）")
	}
	terms, clause := r.Terms, r.Terms.Clauses
	switch n := Renewals(r.Line); {
	case terms.Extensions >= 0 && n >= terms.Extensions:
		final(clause["extensions"], "已续贷或展期%d次", n)
	case !r.TakenOver:
		final("二(三)", "不是过渡期内发放、过渡期后到期的贷款")
	}
	if r.Overdue {
		final("四(三)", "已逾期")
	}
	if _, on := memberOn(r.Roster, r.Signed); !on {
		if left := leftBefore(r.Roster, r.Signed); left.Known() {
			final("四(二)", "已于%s退出帮扶名单", left.Chinese())
		} else {
			final("一(一)", "不在帮扶名单上")
		}
	}
	if terms.LoanCeiling > 0 && r.Balance > terms.LoanCeiling {
		final(clause["loan_ceiling"], "余额超过%s元", terms.LoanCeiling.Grouped())
	} else if terms.HouseholdCeiling > 0 && r.Household > terms.HouseholdCeiling {
		doubt(clause["household_ceiling"], "全户贷款余额%s元，超过%s元", r.Household.Grouped(), terms.HouseholdCeiling.Grouped())
	}
	if birth := r.Line.ID.Birth(); birth.Known() && terms.MaxAge > 0 && birth.AgeOn(r.Signed) > terms.MaxAge {
		doubt(clause["age_max"], "到期时超过%d周岁", terms.MaxAge)
	}
	if secured(r.Line.Guarantee, terms.Guarantees) {
		doubt(clause["guarantees"], "担保方式为“%s”", r.Line.Guarantee)
	}
	if word := ruledOut(r.Line.Purpose, terms.PurposeWords); word != "" {
		doubt(clause["purpose_words"], "用途含“%s”", word)
	}
	if r.Exclusion != nil {
		doubt("县级排除名单", "在排除名单：%s", r.Exclusion.Reason)
	}
	return b
}
