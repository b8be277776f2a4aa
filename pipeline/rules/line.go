package rules

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tiexi/pipeline/values"
)

// report gathers the findings of one line.
type report struct {
	line     *values.Line
	bad      values.FieldSet // fields that could not be read: what needs them is skipped
	findings []values.Finding
}

func (r *report) add(code string, field values.Field, value, want string, details ...string) {
	r.findings = append(r.findings, values.Finding{
		Code: code, Field: field, Cell: r.line.Cell(field), Value: value, Want: want, Details: details,
	})
}

func (r *report) readable(fields ...values.Field) bool {
	for _, f := range fields {
		if r.bad.Has(f) {
			return false
		}
	}
	return true
}

// unbound are conditions that ask nothing.
var unbound = &values.Conditions{Extensions: -1}

func (l *LineFacts) terms() *values.Conditions {
	if l.Terms == nil {
		return unbound
	}
	return l.Terms
}

func (l *LineFacts) extensionTerms() *values.Conditions {
	if l.ExtensionTerms == nil {
		return l.terms()
	}
	return l.ExtensionTerms
}

// extended tells whether the line says that its loan was extended beyond an
// original maturity.
func extended(l *values.Line) bool {
	return l.OriginalMaturity.Known() && l.OriginalMaturity < l.Matures
}

// Renewals are the line's renewals and extensions so far; an original maturity
// before the present one is one, whether or not the bank counted it.
func Renewals(l *values.Line) int {
	if l.Renewals == 0 && extended(l) {
		return 1
	}
	return l.Renewals
}

func (s Span) String() string { return s.From.String() + "…" + s.To.String() }

// lineChecks are the checks of a line by itself, after those of its cells.
func (r *report) lineChecks(facts *LineFacts, quarter Span) {
	r.problems()
	r.impossible()
	r.identity()
	r.principal(facts)
	r.term(facts)
	r.renewals(facts)
	r.age(facts)
	r.guarantee(facts.terms())
	r.purpose(facts.terms())
	r.interest()
	r.days(quarter)
	r.card(r.line.Account, values.FieldAccount)
}

// configured holds a line with days that no terms cover (五(二)). Days of an
// extension that earns nothing need none.
func (r *report) configured(missing []Span, barred bool) {
	var texts []string
	for _, s := range missing {
		if barred && extended(r.line) {
			s.To = min(s.To, r.line.OriginalMaturity-1)
		}
		if s.From <= s.To {
			texts = append(texts, s.String())
		}
	}
	if len(texts) > 0 {
		r.add(TermsNotConfigured, values.FieldNone, strings.Join(texts, "、"), "")
	}
}

// problems turns what the reader could not take into findings.
func (r *report) problems() {
	for _, p := range r.line.Problems {
		code, detail := UnreadableValue, string(p.Kind)
		switch p.Kind {
		case values.ProblemDigitsLost:
			code = IDDamaged
		case values.ProblemRateUnit:
			code = RateUnitUnclear
		case values.ProblemPrivateUse:
			code = PrivateUseCharacter
		case values.ProblemConvention:
			r.bad = r.bad.With(values.FieldFrom).With(values.FieldTo).With(values.FieldDays)
		}
		r.bad = r.bad.With(p.Field)
		r.findings = append(r.findings, values.Finding{
			Code: code, Field: p.Field, Cell: p.Cell, Value: p.Raw, Details: []string{detail},
		})
	}
}

// impossible returns values that no reader should have let through, so that no
// later step has to think of them.
func (r *report) impossible() {
	l := r.line
	empty := func(field values.Field, is bool) {
		if is && r.readable(field) {
			r.add(UnreadableValue, field, "", "", string(values.ProblemEmpty))
			r.bad = r.bad.With(field)
		}
	}
	empty(values.FieldBorrower, l.Borrower == "")
	empty(values.FieldID, l.ID == "")
	empty(values.FieldContract, l.Contract == "")
	empty(values.FieldDisbursed, !l.Disbursed.Known())
	empty(values.FieldMatures, !l.Matures.Known())
	empty(values.FieldFrom, !l.From.Known())
	empty(values.FieldTo, !l.To.Known())

	negative := func(field values.Field, amount values.Fen) {
		if amount < 0 && r.readable(field) {
			r.add(UnreadableValue, field, amount.String(), "", "negative")
			r.bad = r.bad.With(field)
		}
	}
	negative(values.FieldBalance, l.Balance)
	negative(values.FieldPaid, l.Paid)
	negative(values.FieldAmount, l.Amount)

	if r.readable(values.FieldFrom, values.FieldTo) && l.To < l.From {
		r.add(UnreadableValue, values.FieldTo, l.To.String(), l.From.String(), "reversed")
		r.bad = r.bad.With(values.FieldFrom).With(values.FieldTo)
	}
	if r.readable(values.FieldRate) && l.Rate.Sign() <= 0 {
		r.add(RateUnitUnclear, values.FieldRate, l.Rate.String(), "")
		r.bad = r.bad.With(values.FieldRate)
	}
}

func (r *report) identity() {
	if !r.readable(values.FieldID) {
		return
	}
	err := r.line.ID.Check()
	if err == nil {
		return
	}
	detail := "length"
	switch {
	case errors.Is(err, values.ErrIDDate):
		detail = "date"
	case errors.Is(err, values.ErrIDCheck):
		detail = "check"
	}
	r.add(IDChecksum, values.FieldID, r.line.ID.Whole(), "", detail)
	r.bad = r.bad.With(values.FieldID)
}

// principal compares the loan's amount with the ceiling (一(二)); a balance above
// it shows a larger loan than the amount column admits.
func (r *report) principal(facts *LineFacts) {
	l, ceiling := r.line, facts.terms().LoanCeiling
	if ceiling > 0 {
		switch {
		case r.readable(values.FieldAmount) && l.Amount > ceiling:
			field := values.FieldAmount
			if !l.Given.Has(values.FieldAmount) {
				field = values.FieldBalance
			}
			r.add(PrincipalTooLarge, field, l.Amount.String(), ceiling.String())
		case r.readable(values.FieldBalance) && l.Balance > ceiling:
			r.add(PrincipalTooLarge, values.FieldBalance, l.Balance.String(), ceiling.String())
		}
	}
	r.approval(facts)
}

// approval notes the part above the large-need threshold that nobody approved
// (一(六)).
func (r *report) approval(facts *LineFacts) {
	l, above := r.line, facts.terms().LargeNeedAbove
	if facts.ExtensionTerms != nil && r.readable(values.FieldTo, values.FieldOriginalMaturity) &&
		extended(l) && l.To >= l.OriginalMaturity {
		above = max(above, facts.ExtensionTerms.LargeNeedAbove)
	}
	if above > 0 && !l.Approved && l.Balance > above && r.readable(values.FieldBalance, values.FieldApproved) {
		r.add(PartUnapproved, values.FieldBalance, l.Balance.String(), above.String())
	}
}

// term holds disbursement to original maturity, and an extension by itself,
// against the longest term (一(三)); the end date is included.
func (r *report) term(facts *LineFacts) {
	if !r.readable(values.FieldDisbursed, values.FieldMatures, values.FieldOriginalMaturity) {
		return
	}
	l, end := r.line, r.line.Matures
	if extended(l) {
		end = l.OriginalMaturity
		r.span(values.FieldMatures, end, l.Matures, facts.extensionTerms().ExtensionMonths, "extension")
	}
	field := values.FieldMatures
	if extended(l) {
		field = values.FieldOriginalMaturity
	}
	r.span(field, l.Disbursed, end, facts.terms().TermMonths, "contract")
}

func (r *report) span(field values.Field, from, to values.Date, months int, which string) {
	if months <= 0 {
		return
	}
	if latest := from.AddMonths(months); to > latest {
		r.add(TermTooLong, field, to.String(), latest.String(), which, from.String(), strconv.Itoa(months))
	}
}

// renewals counts renewals and extensions (二(三)); an original maturity before
// the present one is an extension, whether or not the bank counted it.
func (r *report) renewals(facts *LineFacts) {
	count := r.line.Renewals
	if r.readable(values.FieldOriginalMaturity, values.FieldMatures) {
		count = Renewals(r.line)
	}
	most := facts.terms().Extensions
	if facts.ExtensionTerms != nil {
		most = facts.ExtensionTerms.Extensions
	}
	if most >= 0 && count > most && r.readable(values.FieldRenewals) {
		r.add(ExtendedTwice, values.FieldRenewals, strconv.Itoa(count), strconv.Itoa(most))
	}
}

// age judges the borrower on the contract date (一(十)) and, where an extension
// brings the loan under other terms, on the day that was signed (二(三)).
func (r *report) age(facts *LineFacts) {
	if !r.readable(values.FieldID) {
		return
	}
	if day, ok := r.contractDate(); ok {
		r.ageOn(day, facts.terms(), "contract")
	}
	if signed := r.line.ExtensionSigned; facts.ExtensionTerms != nil && signed.Known() && r.readable(values.FieldExtensionSigned) {
		r.ageOn(signed, facts.ExtensionTerms, "extension")
	}
}

func (r *report) ageOn(day values.Date, terms *values.Conditions, which string) {
	age := r.line.ID.Birth().AgeOn(day)
	if terms.MinAge > 0 && age < terms.MinAge || terms.MaxAge > 0 && age > terms.MaxAge {
		want := fmt.Sprintf("%d–%d", terms.MinAge, terms.MaxAge)
		if terms.MaxAge == 0 {
			want = fmt.Sprintf("≥%d", terms.MinAge)
		}
		r.add(AgeOutOfRange, values.FieldID, strconv.Itoa(age), want, which, day.String())
	}
}

// contractDate is the day on which the borrower's standing is judged; ok is
// false where it could not be read.
func (r *report) contractDate() (day values.Date, ok bool) {
	if !r.readable(values.FieldSigned) {
		return 0, false
	}
	if r.line.Given.Has(values.FieldSigned) && r.line.Signed.Known() {
		return r.line.Signed, true
	}
	return r.line.Disbursed, r.readable(values.FieldDisbursed)
}

// days places the line's days against the quarter, disbursement and maturity.
func (r *report) days(quarter Span) {
	l := r.line
	if !r.readable(values.FieldFrom, values.FieldTo) {
		return
	}
	if l.From < quarter.From || l.To > quarter.To {
		field := values.FieldTo
		if l.From < quarter.From {
			field = values.FieldFrom
		}
		r.add(DaysOutsideQuarter, field, Span{l.From, l.To}.String(), quarter.String())
	}
	if r.readable(values.FieldMatures) && l.To >= l.Matures {
		r.add(DaysAfterMaturity, values.FieldMatures, Span{max(l.From, l.Matures), l.To}.String(), l.Matures.String())
	}
	if r.readable(values.FieldDisbursed) && l.From < l.Disbursed {
		r.add(DaysBeforeDisbursement, values.FieldDisbursed, Span{l.From, min(l.To, l.Disbursed-1)}.String(), l.Disbursed.String())
	}
}

// card notes a bank card number that fails its check; only numbers that can be
// nothing else than a card are tried.
func (r *report) card(account values.Account, field values.Field) {
	number := foldAccount(account)
	if !r.readable(field) || !strings.HasPrefix(number, "62") || len(number) != 16 && len(number) != 19 {
		return
	}
	if !values.Account(number).Luhn() {
		r.add(AccountChecksum, field, number, "")
	}
}
