package policy

import (
	"tiexi/pipeline/values"
)

// governs is the policy that has the contract date, or nil.
func (s *Set) governs(signed values.Date) *Policy {
	for _, p := range s.policies {
		if p.Contracts.has(signed) {
			return p
		}
	}
	return nil
}

// regime is the policy that governs the loan on that day and the signing date
// that puts the day there, up to and including until (policy.md §3). p is nil
// where the notice gives the day to no policy.
func (s *Set) regime(f *Facts, day values.Date) (p *Policy, signed, until values.Date) {
	signed = f.ContractDate()
	contract := s.governs(signed)
	switch {
	case f.extended() && day < f.OriginalMaturity:
		return contract, signed, f.OriginalMaturity - 1
	case f.extended():
		p, signed = s.extension(f, contract)
		return p, signed, lastDay
	case f.ExtensionSigned.Known() && s.governs(f.ExtensionSigned) != contract:
		// An extension under other terms, and the file does not say from when:
		// only the days before it was signed are certain.
		if day >= f.ExtensionSigned {
			return nil, f.ExtensionSigned, lastDay
		}
		return contract, signed, f.ExtensionSigned - 1
	}
	return contract, signed, lastDay
}

// extension is the policy of the days from the original maturity date. One
// signed under the contract's own policy stays there (五(二)); one signed later
// passes to the newer policy if that takes it over (二(三)): disbursed in the
// transition period, maturing after it, never renewed or extended before.
// Whether the borrower met the conditions when signing, rules judges.
func (s *Set) extension(f *Facts, contract *Policy) (p *Policy, signed values.Date) {
	signed = f.ExtensionSigned
	if !signed.Known() {
		// It was agreed at the latest at the original maturity; if that too is
		// within the contract's policy, the missing date decides nothing.
		if s.governs(f.OriginalMaturity) == contract {
			return contract, f.ContractDate()
		}
		return nil, 0
	}
	p = s.governs(signed)
	if p == contract || p == nil {
		return p, signed
	}
	if t := p.transition; t == nil || !t.has(f.Disbursed) || f.OriginalMaturity <= t.To || f.Renewals > 1 {
		return nil, signed
	}
	return p, signed
}

// at gives the policy and terms row of a day, and the last day up to which both
// hold. Either is nil where none covers the day.
func (s *Set) at(f *Facts, day values.Date) (p *Policy, r *row, until values.Date) {
	p, signed, until := s.regime(f, day)
	if p == nil {
		return nil, nil, until
	}
	for _, candidate := range p.rows {
		if !candidate.contracts.has(signed) {
			continue
		}
		if candidate.accrual.has(day) {
			return p, candidate, min(until, candidate.accrual.To)
		}
		if candidate.accrual.From > day {
			until = min(until, candidate.accrual.From-1)
		}
	}
	return p, nil, until
}

// PolicyFor is the policy that governs the loan on that day, whether or not one
// of its rows covers the day. ok is false where the notice gives the day to no
// policy: an extension that does not qualify under 二(三), or a contract date
// outside all policies.
func (s *Set) PolicyFor(f Facts, day values.Date) (p *Policy, ok bool) {
	p, _, _ = s.regime(&f, day)
	return p, p != nil
}

// earning is the part of the line on which it can earn: on or after
// disbursement and before maturity; before the original maturity where the
// extension is barred. It may be empty (From > To).
func earning(line *Line, f *Facts) Span {
	days := Span{max(line.From, f.Disbursed), line.To}
	if f.Matures.Known() {
		days.To = min(days.To, f.Matures-1)
	}
	if line.ExtensionBarred {
		days.To = min(days.To, f.OriginalMaturity-1)
	}
	return days
}

// Unconfigured are the days of the line that could earn and that no terms row
// covers, in date order: finding terms-not-configured.
func (s *Set) Unconfigured(loan *Loan, line *Line) []Span {
	f := loan.facts(line)
	days := earning(line, f)
	var missing []Span
	for from := days.From; from <= days.To; {
		_, r, until := s.at(f, from)
		until = min(until, days.To)
		if r == nil {
			missing = join(missing, Span{from, until})
		}
		from = until + 1
	}
	return missing
}

// join adds a span that begins no earlier than the last one, and merges the two
// where they touch.
func join(spans []Span, next Span) []Span {
	if n := len(spans); n > 0 && next.From <= spans[n-1].To+1 {
		spans[n-1].To = max(spans[n-1].To, next.To)
		return spans
	}
	return append(spans, next)
}

// Judgement is one set of conditions that a loan must meet.
type Judgement struct {
	values.Conditions
	On        values.Date // the day on which the borrower's standing is judged
	From      values.Date // the first day of the loan that it decides on
	Extension bool        // On is the signing of the extension, From the original maturity date
}

// Judgements are the conditions that judge the loan: those of the contract's
// policy at the contract date and, where an extension passes to another
// policy, that one's at the signing of the extension, for the days from the
// original maturity (二(三), 五(二)). A date that no policy governs gives none.
func (s *Set) Judgements(f Facts) []Judgement {
	var js []Judgement
	contract := s.governs(f.ContractDate())
	if contract != nil {
		js = append(js, Judgement{Conditions: contract.conditions, On: f.ContractDate(), From: f.Disbursed})
	}
	if f.extended() {
		if p, signed := s.extension(&f, contract); p != nil && p != contract {
			js = append(js, Judgement{Conditions: p.conditions, On: signed, From: f.OriginalMaturity, Extension: true})
		}
	}
	return js
}

// Conditions are those of the policy that the contract date falls under; the
// zero Conditions, which ask nothing, where none governs it. For loans with
// extensions see [Set.Judgements].
func (s *Set) Conditions(f Facts) values.Conditions {
	if p := s.governs(f.ContractDate()); p != nil {
		return p.conditions
	}
	return values.Conditions{Extensions: -1}
}
