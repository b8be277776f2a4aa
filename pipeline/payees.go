package pipeline

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// payee is a person with what is payable to them now.
type payee struct {
	person values.ResidentID
	goesTo *loanState // says to what name and account; nowhere if nothing of theirs is paid
	claims []claim
	failed []*ledger.Payment // payments that failed and that nothing mends yet
}

var nowhere = new(loanState)

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
	carried := map[values.ResidentID][]claim{}
	for _, q := range quarters {
		if q != a.quarter && len(carried) == 0 {
			owed, err := overpaid(a.tx, q)
			if err != nil {
				return nil, err
			}
			if len(owed) == 0 {
				continue
			}
		}
		g := gathering{attempt: a, quarter: q, byPerson: map[values.ResidentID]*payee{}}
		if err := g.gather(carried); err != nil {
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

// overpaid are the quarter's accounts on which something is to be taken back.
func overpaid(tx *ledger.Tx, q values.Quarter) (owed []*account, err error) {
	if some, err := tx.Overpaid(q); err != nil || !some {
		return nil, err
	}
	err = eachAccount(tx, q, func(c account) error {
		if c.owes() {
			kept := c
			owed = append(owed, &kept)
		}
		return nil
	})
	return owed, err
}

// gathering puts one quarter's payees together.
type gathering struct {
	*attempt
	quarter  values.Quarter
	byPerson map[values.ResidentID]*payee
	order    []*payee
}

func (g *gathering) gather(carried map[values.ResidentID][]claim) error {
	if some, err := g.tx.Unsettled(g.quarter); err != nil {
		return err
	} else if some {
		if err := g.gatherLoans(); err != nil {
			return err
		}
	}
	for _, person := range slices.Sorted(maps.Keys(carried)) {
		p := g.payee(person)
		p.claims = append(p.claims, carried[person]...)
	}
	return nil
}

// gatherLoans takes up what there is to pay on the quarter's loans.
func (g *gathering) gatherLoans() error {
	all, err := loans(g.tx, g.quarter)
	if err != nil {
		return err
	}
	open, gone, err := g.open(all)
	if err != nil {
		return err
	}
	for i, l := range all {
		c := open[i].account
		if c == nil {
			continue
		}
		p := g.payee(l.person)
		if c.total() > 0 && p.goesTo.account == "" { // of a loan that is paid, not of one that is only set off
			p.goesTo = l
		}
		p.claims = append(p.claims, claim{c, c.total() <= 0 || open[i].published >= l.total})
	}
	for _, c := range gone {
		owner, err := g.tx.PayeeOfLoan(g.quarter, c.Loan)
		if err != nil {
			return err
		}
		if owner != "" {
			p := g.payee(owner)
			p.claims = append(p.claims, claim{c, true})
		}
	}
	return nil
}

// openLoan is what there is to pay on a loan, nil for nothing, and the highest
// amount of it on a list whose notice has run.
type openLoan struct {
	*account
	published values.Fen
}

// open finds the quarter's loans with something to pay, each at its place in
// all, and the accounts to be taken back of loans that are due nothing any more.
func (g *gathering) open(all []*loanState) (open []openLoan, gone []*account, err error) {
	open = make([]openLoan, len(all))
	byLoan := newLoanIndex(all)
	err = eachAccount(g.tx, g.quarter, func(c account) error {
		i, standing := byLoan.find(c.Loan)
		switch {
		case !standing && c.owes():
			kept := c
			gone = append(gone, &kept)
		case standing && !c.settled() && !c.waitsForWord() && (c.total() <= 0 || len(all[i].blocked) == 0):
			kept := c
			open[i].account = &kept
		}
		return nil
	})
	if err != nil || !slices.ContainsFunc(open, func(o openLoan) bool { return o.account != nil }) {
		return open, gone, err
	}
	return open, gone, g.tx.Published(g.quarter, func(p ledger.Published) error {
		i, standing := byLoan.find(p.Loan)
		if standing && p.PayableOn <= g.opt.Today && sameName(p.Borrower, all[i].payee) {
			open[i].published = max(open[i].published, p.Amount)
		}
		return nil
	})
}

func sameName(a, b string) bool { return a == b || values.FoldName(a) == values.FoldName(b) }

// loanIndex finds loans by bank and contract among those in another order.
type loanIndex struct {
	all   []*loanState
	order []int32 // places in all, by bank and contract
}

func newLoanIndex(all []*loanState) loanIndex {
	order := make([]int32, len(all))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return all[a].Loan.Compare(all[b].Loan) })
	return loanIndex{all, order}
}

// find gives the loan's place among all.
func (x loanIndex) find(loan values.Loan) (place int, found bool) {
	i, found := slices.BinarySearchFunc(x.order, loan, func(place int32, loan values.Loan) int { return x.all[place].Loan.Compare(loan) })
	if !found {
		return 0, false
	}
	return int(x.order[i]), true
}

// loan is the loan's state, nil where there is none.
func (x loanIndex) loan(loan values.Loan) *loanState {
	if i, found := x.find(loan); found {
		return x.all[i]
	}
	return nil
}

// payee finds a person, or adds them.
func (g *gathering) payee(person values.ResidentID) *payee {
	p := g.byPerson[person]
	if p == nil {
		p = &payee{person: person, goesTo: nowhere}
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

// rows nets each payee's claims into one payment of the batch; a net of zero or
// less gives no row and is carried forward. The payments are made as they are
// asked for.
func rows(batch string, payees []*payee) iter.Seq[ledger.Payment] {
	return func(yield func(ledger.Payment) bool) {
		position := 0
		for _, p := range payees {
			parts, mends := p.parts()
			amount := sumParts(parts)
			if amount <= 0 {
				continue
			}
			position++
			to := p.goesTo
			if !yield(ledger.Payment{Position: position, Number: fmt.Sprintf("%s-%05d", batch, position), Person: p.person,
				Name: to.payee, Township: to.township, Village: to.village, PayoutBank: to.payoutBank, Account: to.account,
				Amount: amount, Mends: mends, Parts: parts}) {
				return
			}
		}
	}
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
			if s := atMost(c.payable().of(part.Policy), part.Shares, left); part.Loan == c.Loan && part.Quarter == c.quarter && s.Total() > 0 {
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

// atMost takes out of what is payable no more than failed and no more than is
// left: from each budget what failed of it, then the rest from the first budgets
// first. What it leaves stays payable.
func atMost(payable, failed values.Shares, left values.Fen) (taken values.Shares) {
	left = min(left, failed.Total())
	budgets := []struct {
		from, to *values.Fen
		failed   values.Fen
	}{
		{&payable.Central, &taken.Central, failed.Central}, {&payable.Provincial, &taken.Provincial, failed.Provincial},
		{&payable.City, &taken.City, failed.City}, {&payable.County, &taken.County, failed.County},
	}
	for _, b := range budgets {
		*b.to = min(*b.from, b.failed, left-taken.Total())
	}
	for _, b := range budgets {
		*b.to += min(*b.from-*b.to, left-taken.Total())
	}
	return taken
}
