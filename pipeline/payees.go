package pipeline

import (
	"maps"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// payee is a person with what is payable to them now.
type payee struct {
	person   values.ResidentID
	name     string
	township string
	village  string
	bank     string
	account  values.Account
	claims   []claim
	failed   []*ledger.Payment // payments that failed and that nothing mends yet
}

// claim is an account with something payable. One whose notice has not run
// takes part in a second payment alone, which needs none (policy.md §7).
type claim struct {
	*account
	cleared bool
}

// payees gathers, person by person, what may be paid in this batch: the
// quarter's claims, and what earlier quarters have carried forward. A quarter
// whose claims net to nothing or less pays nobody, so that all of them go on
// to the next, the positive ones too.
func (a *attempt) payees() ([]*payee, error) {
	quarters, err := a.quartersUpTo()
	if err != nil {
		return nil, err
	}
	accounts, err := accounts(a.tx, quarters)
	if err != nil {
		return nil, err
	}
	owners, err := a.tx.PayeesOfLoans()
	if err != nil {
		return nil, err
	}
	owed := overpaid(accounts)
	carried := map[values.ResidentID][]claim{}
	for _, q := range quarters {
		owes := slices.ContainsFunc(owed, func(c *account) bool { return c.quarter == q })
		if q != a.quarter && len(carried) == 0 && !owes {
			continue
		}
		g := gathering{attempt: a, quarter: q, accounts: accounts, byPerson: map[values.ResidentID]*payee{}}
		if err := g.gather(owed, owners, carried); err != nil {
			return nil, err
		}
		if q == a.quarter {
			return g.order, g.mend()
		}
		carried = g.carried()
	}
	return nil, nil
}

func (a *attempt) quartersUpTo() ([]values.Quarter, error) {
	all, err := a.tx.Quarters()
	return slices.DeleteFunc(all, func(q values.Quarter) bool { return a.quarter.Before(q) }), err
}

// overpaid are the accounts on which something is to be taken back.
func overpaid(accounts map[accountKey]*account) (owed []*account) {
	for _, c := range accounts {
		if c.total() < 0 && !c.waitsForWord() {
			owed = append(owed, c)
		}
	}
	slices.SortFunc(owed, compareAccounts)
	return owed
}

// gathering puts one quarter's payees together.
type gathering struct {
	*attempt
	quarter  values.Quarter
	accounts map[accountKey]*account
	byPerson map[values.ResidentID]*payee
	order    []*payee
}

func (g *gathering) gather(owed []*account, owners map[ledger.LoanQuarter]values.ResidentID, carried map[values.ResidentID][]claim) error {
	all, err := loans(g.tx, g.quarter)
	if err != nil {
		return err
	}
	_, cleared, err := publishedAmounts(g.tx, g.quarter, g.opt.Today)
	if err != nil {
		return err
	}
	standing := map[values.Loan]bool{}
	for _, l := range all {
		standing[l.Loan] = true
		c := g.accounts[accountKey{g.quarter, l.Loan}]
		if c == nil || c.settled() || c.waitsForWord() || c.total() > 0 && len(l.blocked) > 0 {
			continue
		}
		p := g.payee(l.person)
		if c.total() > 0 && p.account == "" { // of a loan that is paid, not of one that is only set off
			p.name, p.township, p.village, p.bank, p.account = l.payee, l.township, l.village, l.payoutBank, l.account
		}
		p.claims = append(p.claims, claim{c, c.total() <= 0 || cleared[l.entry()] >= l.total})
	}
	for _, c := range owed { // loans that are due nothing any more
		owner := owners[ledger.LoanQuarter{Quarter: c.quarter, Loan: c.Loan}]
		if c.quarter == g.quarter && !standing[c.Loan] && owner != "" {
			p := g.payee(owner)
			p.claims = append(p.claims, claim{c, true})
		}
	}
	for _, person := range slices.Sorted(maps.Keys(carried)) {
		p := g.payee(person)
		p.claims = append(p.claims, carried[person]...)
	}
	return nil
}

// payee finds a person, or adds them.
func (g *gathering) payee(person values.ResidentID) *payee {
	p := g.byPerson[person]
	if p == nil {
		p = &payee{person: person}
		g.byPerson[person] = p
		g.order = append(g.order, p)
	}
	return p
}

// carried are the claims of those who get nothing in the quarter because less
// than nothing is left of them.
func (g *gathering) carried() map[values.ResidentID][]claim {
	carried := map[values.ResidentID][]claim{}
	for _, p := range g.order {
		claims := slices.DeleteFunc(slices.Clone(p.claims), func(c claim) bool { return !c.cleared })
		if net := sumParts(partsOf(claims)); net <= 0 && len(claims) > 0 {
			carried[p.person] = claims
		}
	}
	return carried
}

// mend links payees to failed payments that are to be paid again.
func (g *gathering) mend() error {
	failed, err := g.tx.FailedUnmended()
	if err != nil {
		return err
	}
	for i := range failed {
		if p := g.byPerson[failed[i].Person]; p != nil && failed[i].Number[:6] == g.quarter.String() {
			p.failed = append(p.failed, &failed[i])
		}
	}
	return nil
}

// publishedAmounts is, entry by entry, the highest amount on a posted list, and
// that on one whose notice has run by that day.
func publishedAmounts(tx *ledger.Tx, q values.Quarter, on values.Date) (posted, cleared map[entry]values.Fen, err error) {
	posted, cleared = map[entry]values.Fen{}, map[entry]values.Fen{}
	err = tx.Published(q, func(p ledger.Published) error {
		e := entry{p.Loan, values.FoldName(p.Borrower)}
		posted[e] = max(posted[e], p.Amount)
		if p.PayableOn <= on {
			cleared[e] = max(cleared[e], p.Amount)
		}
		return nil
	})
	return posted, cleared, err
}

// rows nets each payee's claims into one payment; a net of zero or less gives
// no row and is carried forward.
func (a *attempt) rows(payees []*payee) (rows []ledger.Payment, err error) {
	for _, p := range payees {
		row := ledger.Payment{Person: p.person, Name: p.name, Township: p.township, Village: p.village, PayoutBank: p.bank, Account: p.account}
		row.Parts, row.Mends = p.parts()
		if row.Amount = sumParts(row.Parts); row.Amount > 0 {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// parts are what the payee's payment pays, and the failed payment that it mends,
// if any: as long as something of a failed row is payable, that goes first.
func (p *payee) parts() (parts []ledger.Part, mends int64) {
	for _, failed := range p.failed {
		if parts = p.again(failed); sumParts(parts) > 0 {
			return parts, failed.ID
		}
	}
	return partsOf(p.claims), 0
}

// partsOf pays claims whose notice has run.
func partsOf(claims []claim) (parts []ledger.Part) {
	for _, c := range claims {
		if c.cleared {
			parts = append(parts, c.parts(c.payable())...)
		}
	}
	return parts
}

// again are the parts of a second payment: of what failed as much as is still
// payable, what is to be taken back set off, and never more than the failed
// row. What has become payable since goes to the next batch.
func (p *payee) again(failed *ledger.Payment) (parts []ledger.Part) {
	left := failed.Amount
	for _, c := range p.claims {
		if c.total() <= 0 {
			parts = append(parts, c.parts(c.payable())...)
			left -= c.total()
		}
	}
	for _, c := range p.claims {
		if c.total() <= 0 {
			continue
		}
		var shares byPolicy
		for _, part := range failed.Parts {
			if s := atMost(c.payable().of(part.Policy), min(left, part.Shares.Total())); part.Loan == c.Loan && part.Quarter == c.quarter && s.Total() > 0 {
				shares.add(part.Policy, s)
				left -= s.Total()
			}
		}
		parts = append(parts, c.parts(shares)...)
	}
	return parts
}

func sumParts(parts []ledger.Part) (sum values.Fen) {
	for _, part := range parts {
		sum += part.Shares.Total()
	}
	return sum
}

// atMost takes an amount out of shares, the first budgets first; what it leaves
// stays payable.
func atMost(s values.Shares, most values.Fen) values.Shares {
	if s.Total() <= most {
		return s
	}
	var taken values.Shares
	for _, budget := range []struct{ from, to *values.Fen }{
		{&s.Central, &taken.Central}, {&s.Provincial, &taken.Provincial}, {&s.City, &taken.City}, {&s.County, &taken.County}} {
		*budget.to = min(*budget.from, most-taken.Total())
	}
	return taken
}
