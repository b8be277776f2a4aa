package rules

import (
	"cmp"
	"slices"
	"strings"

	"tiexi/pipeline/values"
)

// on tells whether the membership covers the day.
func (m *Membership) on(day values.Date) bool {
	return m.From <= day && (m.Until == 0 || day < m.Until)
}

// memberOn is the membership that counts on a day: among those that cover it
// the one that began last, then the first household as text.
func memberOn(all []Membership, day values.Date) (member Membership, ok bool) {
	for _, m := range all {
		if m.on(day) && (!ok || beganLater(m, member)) {
			member, ok = m, true
		}
	}
	return member, ok
}

// latest is the membership that began last, or the zero Membership.
func latest(all []Membership) (member Membership) {
	for i, m := range all {
		if i == 0 || beganLater(m, member) {
			member = m
		}
	}
	return member
}

// beganLater orders memberships of one person whatever order they come in.
func beganLater(a, b Membership) bool {
	return cmp.Or(cmp.Compare(b.From, a.From), ended(a)-ended(b), cmp.Compare(b.Until, a.Until),
		strings.Compare(a.Household, b.Household), strings.Compare(a.Name, b.Name),
		strings.Compare(a.Account.Whole(), b.Account.Whole())) < 0
}

// ended is 0 for a membership that still runs, else 1.
func ended(m Membership) int {
	if m.Until == 0 {
		return 0
	}
	return 1
}

// stayedUntil is the first day from the given one on that no membership covers;
// zero: still on. The day itself must be covered.
func stayedUntil(all []Membership, day values.Date) values.Date {
	for {
		end, ok := day, false
		for _, m := range all {
			if !m.on(day) {
				continue
			}
			if m.Until == 0 {
				return 0
			}
			end, ok = max(end, m.Until), true
		}
		if !ok {
			return day
		}
		day = end
	}
}

// leftBefore is the last removal on or before the day, or zero.
func leftBefore(all []Membership, day values.Date) (left values.Date) {
	for _, m := range all {
		if m.Until.Known() && m.Until <= day {
			left = max(left, m.Until)
		}
	}
	return left
}

// rosterChecks place the borrower on the roster on the contract date, and fill
// in what the verdict says of the roster. A person taken off the roster on a
// day is no longer on it that day.
func (r *report) rosterChecks(all []Membership, verdict *Verdict) {
	verdict.Member = latest(all)
	if !r.readable(values.FieldID) {
		return
	}
	id := r.line.ID.Whole()
	if len(all) == 0 {
		r.add(NotOnRoster, values.FieldID, id, "")
		return
	}
	day, ok := r.contractDate()
	if !ok {
		return
	}
	member, on := memberOn(all, day)
	if !on {
		r.notOn(all, day)
		return
	}
	verdict.OnRoster, verdict.Member = true, member
	r.households(all, day)
	r.name(all, member)
	r.removed(all, day, verdict)
	r.place(member)
}

func (r *report) notOn(all []Membership, day values.Date) {
	if left := leftBefore(all, day); left.Known() {
		r.add(RemovedBeforeContract, values.FieldID, r.line.ID.Whole(), "", "contract", day.String(), left.String())
		return
	}
	joined := all[0].From
	for _, m := range all {
		joined = min(joined, m.From)
	}
	r.add(NotOnRoster, values.FieldID, r.line.ID.Whole(), "", "later", day.String(), joined.String())
}

// households finds memberships in two households that have a day in common, on
// the contract date or after it. One after the other is a move, not a finding.
func (r *report) households(all []Membership, day values.Date) {
	if len(all) < 2 {
		return
	}
	var doubled []string
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.Household == b.Household {
				continue
			}
			if both := max(a.From, b.From, day); a.on(both) && b.on(both) {
				doubled = append(doubled, a.Household, b.Household)
			}
		}
	}
	if len(doubled) > 0 {
		slices.Sort(doubled)
		r.add(TwoHouseholds, values.FieldID, strings.Join(slices.Compact(doubled), "、"), "")
	}
}

// name accepts any name under which the roster ever had the id: people change
// theirs, and old contracts keep the old one.
func (r *report) name(all []Membership, member Membership) {
	if !r.readable(values.FieldBorrower) || r.line.Borrower == member.Name {
		return
	}
	borrower := values.FoldName(r.line.Borrower)
	for _, m := range all {
		if values.FoldName(m.Name) == borrower {
			return
		}
	}
	r.add(NameDiffers, values.FieldBorrower, r.line.Borrower, member.Name)
}

// removed deals with a household that was on the roster when the contract was
// signed and left it afterwards (四(二)).
func (r *report) removed(all []Membership, contract values.Date, verdict *Verdict) {
	left := stayedUntil(all, contract)
	if !left.Known() {
		return
	}
	if r.extension(all, left, verdict) {
		return
	}
	r.add(RemovedLater, values.FieldID, left.String(), "", contract.String())
}

// extension judges an extension that was signed after the household had left,
// and tells whether the line goes back for it.
func (r *report) extension(all []Membership, left values.Date, verdict *Verdict) (returned bool) {
	l := r.line
	if !r.readable(values.FieldOriginalMaturity, values.FieldExtensionSigned, values.FieldMatures, values.FieldFrom, values.FieldTo) {
		return false
	}
	signed := l.ExtensionSigned
	if !signed.Known() {
		// An extension is signed by the original maturity at the latest.
		if extended(l) && l.To >= l.OriginalMaturity && left <= l.OriginalMaturity {
			r.add(ExtensionUndated, values.FieldExtensionSigned, "", "", left.String())
		}
		return false
	}
	if _, on := memberOn(all, signed); on || signed < left {
		return false
	}
	verdict.ExtensionBarred = true
	left = leftBefore(all, signed)
	switch {
	case !extended(l) || l.From >= l.OriginalMaturity:
		r.add(RemovedBeforeContract, values.FieldExtensionSigned, l.ID.Whole(), "", "extension", signed.String(), left.String())
		return true
	case l.To >= l.OriginalMaturity:
		r.add(ExtensionAfterRemoval, values.FieldExtensionSigned, l.OriginalMaturity.String(), "", left.String(), signed.String())
	}
	return false
}

// place compares the statement's township and village with the roster's, which
// are the ones used. Banks write them with or without the county or the 村民
// 小组, so one may contain the other.
func (r *report) place(member Membership) {
	r.samePlace(values.FieldTownship, r.line.Township, member.Township)
	r.samePlace(values.FieldVillage, r.line.Village, member.Village)
}

func (r *report) samePlace(field values.Field, stated, roster string) {
	if stated == roster {
		return
	}
	a, b := values.FoldText(stated), values.FoldText(roster)
	if a == "" || b == "" || !r.readable(field) || strings.Contains(a, b) || strings.Contains(b, a) {
		return
	}
	r.add(PlaceDiffers, field, stated, roster)
}

// payment finds the account to pay to, and what would keep a payment back. The
// roster's account is the one it has now, whatever stood there at signing.
func (r *report) payment(all []Membership, verdict *Verdict) {
	if len(all) == 0 || !r.readable(values.FieldID) {
		return // nobody to pay
	}
	l, now := r.line, latest(all)
	verdict.Account, verdict.PayoutBank = now.Account, now.PayoutBank
	stated := foldAccount(l.Account)
	if stated != "" && r.readable(values.FieldAccount) {
		verdict.Account = l.Account
		if l.PayoutBank != "" {
			verdict.PayoutBank = l.PayoutBank
		}
	}
	onRoster := foldAccount(now.Account)
	switch {
	case !r.readable(values.FieldAccount):
	case stated == "" && onRoster == "":
		r.add(AccountMissing, values.FieldAccount, "", "", "none")
	case stated != "" && onRoster != "" && stated != onRoster:
		r.add(AccountMissing, values.FieldAccount, l.Account.Whole(), now.Account.Whole(), "two")
	case stated == "":
		r.card(now.Account, values.FieldNone)
	}
	r.payee(all)
}

// payee compares the account's name with the borrower's, as the bank and as the
// roster have it.
func (r *report) payee(all []Membership) {
	l := r.line
	payee := values.FoldName(l.AccountName)
	if payee == "" || !r.readable(values.FieldAccountName, values.FieldBorrower) || payee == values.FoldName(l.Borrower) {
		return
	}
	for _, m := range all {
		if payee == values.FoldName(m.Name) {
			return
		}
	}
	r.add(PayeeDiffers, values.FieldAccountName, l.AccountName, l.Borrower)
}

func foldAccount(a values.Account) string {
	return strings.ReplaceAll(values.FoldText(a.Whole()), "-", "")
}
