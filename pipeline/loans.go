package pipeline

import (
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// loanState is a loan of the quarter as publish and disburse see it: what it
// is due, to whom, and where it belongs.
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
	first    int64 // first accepted line
	lines    int   // accepted ones

	facts string
	due   byPolicy
	total values.Fen
}

// loans gives the quarter's loans that have an entitlement, by township,
// village, payee, bank and contract: the order in which people read them.
func loans(tx *ledger.Tx, q values.Quarter) ([]*loanState, error) {
	return ledger.Keep(tx, "loans", q, []string{"line", "file", "judgement", "entitlement"}, func() ([]*loanState, error) { return readLoans(tx, q) })
}

func readLoans(tx *ledger.Tx, q values.Quarter) ([]*loanState, error) {
	byLoan := map[values.Loan]*loanState{}
	var all []*loanState
	err := tx.LoanLines(q, func(l ledger.LoanLine) error {
		s := byLoan[l.Loan]
		if s == nil {
			s = &loanState{Loan: l.Loan, person: l.Person, payee: l.Payee, township: l.Township, village: l.Village,
				payoutBank: l.PayoutBank, account: l.Account, from: l.From, to: l.To, first: l.Line}
			byLoan[l.Loan] = s
			all = append(all, s)
		}
		s.lines++
		s.amount = max(s.amount, l.Amount)
		s.from, s.to = min(s.from, l.From), max(s.to, l.To)
		for _, code := range l.Blocked {
			if !slices.Contains(s.blocked, code) {
				s.blocked = append(s.blocked, code)
			}
		}
		if !slices.ContainsFunc(s.rates, l.Rate.Same) {
			s.rates = append(s.rates, l.Rate)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	entitlements, err := tx.Entitlements(q)
	if err != nil {
		return nil, err
	}
	for _, e := range entitlements {
		if s := byLoan[e.Loan]; s != nil {
			s.due.add(e.Policy, e.Shares)
			s.total += e.Shares.Total()
			s.facts = e.Facts
		}
	}
	slices.SortStableFunc(all, compareLoans)
	return all, nil
}

func compareLoans(a, b *loanState) int {
	for _, pair := range [][2]string{{a.township, b.township}, {a.village, b.village}, {a.payee, b.payee}, {string(a.person), string(b.person)}} {
		if pair[0] != pair[1] {
			if pair[0] < pair[1] {
				return -1
			}
			return 1
		}
	}
	return a.Loan.Compare(b.Loan)
}
