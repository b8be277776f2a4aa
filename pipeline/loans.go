package pipeline

import (
	"cmp"
	"slices"
	"strings"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// loanState is a loan of the quarter as publish and disburse see it: what it
// is due, to whom, and where it belongs, by its first accepted line. There are
// many of them: what lines have in common they share.
type loanState struct {
	values.Loan
	person   values.ResidentID
	payee    string
	township string
	village  string

	payoutBank string
	account    values.Account
	blocked    []string // codes of payment holds, of all its lines

	amount   values.Fen // of the loan
	rates    []values.Rate
	from, to values.Date
	total    values.Fen // of its subsidy
}

// keptLoans is under which name [loans] keeps its answer. The last who asks for
// it releases it.
const keptLoans = "loans"

// loans gives the quarter's loans that have accepted lines, by township,
// village, payee, bank and contract: the order in which people read them.
func loans(tx *ledger.Tx, q values.Quarter) ([]*loanState, error) {
	return ledger.Keep(tx, keptLoans, q, []string{"line", "file", "judgement", "entitlement"}, func() ([]*loanState, error) { return readLoans(tx, q) })
}

func readLoans(tx *ledger.Tx, q values.Quarter) (all []*loanState, err error) {
	due := inSequence(func(yield func(ledger.PolicyShares) error) error { return tx.SharesByLoan(q, yield) })
	defer due.stop()
	single := map[values.Rate][]values.Rate{}
	var s *loanState
	err = tx.LoanLines(q, func(l ledger.LoanLine) error {
		if s == nil || s.Loan != l.Loan {
			s = &loanState{Loan: l.Loan, person: l.Person, payee: l.Payee, township: l.Township, village: l.Village,
				payoutBank: l.PayoutBank, account: l.Account, blocked: l.Blocked, from: l.From, to: l.To}
			if single[l.Rate] == nil {
				single[l.Rate] = []values.Rate{l.Rate}
			}
			s.rates = single[l.Rate]
			due.takeWhile(func(p ledger.PolicyShares) bool { return p.Loan.Compare(s.Loan) < 0 }, func(ledger.PolicyShares) {})
			due.takeWhile(func(p ledger.PolicyShares) bool { return p.Loan == s.Loan }, func(p ledger.PolicyShares) { s.total += p.Shares.Total() })
			all = append(all, s)
		}
		s.add(l)
		return nil
	})
	slices.SortFunc(all, compareLoans)
	return all, cmp.Or(err, due.failed())
}

// add takes one more of the loan's lines. What is shared is not written to.
func (s *loanState) add(l ledger.LoanLine) {
	s.amount = max(s.amount, l.Amount)
	s.from, s.to = min(s.from, l.From), max(s.to, l.To)
	for _, code := range l.Blocked {
		if !slices.Contains(s.blocked, code) {
			s.blocked = append(s.blocked[:len(s.blocked):len(s.blocked)], code)
		}
	}
	if !slices.ContainsFunc(s.rates, l.Rate.Same) {
		s.rates = append(s.rates[:len(s.rates):len(s.rates)], l.Rate)
	}
}

func compareLoans(a, b *loanState) int {
	return cmp.Or(strings.Compare(a.township, b.township), strings.Compare(a.village, b.village), strings.Compare(a.payee, b.payee),
		strings.Compare(string(a.person), string(b.person)), a.Loan.Compare(b.Loan))
}
