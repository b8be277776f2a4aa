package policy

import (
	"cmp"
	"math/big"
	"math/bits"
	"slices"

	"tiexi/pipeline/values"
)

// Entitlement is what one loan is entitled to for one quarter.
type Entitlement struct {
	Loan         int           // index into Household.Loans
	Shares       values.Shares // rounded once, for the whole loan and quarter
	Parts        []Part        // per policy in date order; they add up to Shares
	Tier1, Tier2 int64         // fen × days that earn in each tier: where it moves between runs while the loan's own lines do not, other loans moved its tiers
	Unconfigured []Span        // days that could earn and that no terms row covers
	Stretches    []Stretch     // every day of every line of the quarter, in date order; only from Explain
}

// Part is what a policy contributes: the difference of two rounded running
// sums (policy.md §4). A budget that pays nothing under a policy has exactly
// nil there: the fen that its difference may be off stays with the policy
// under which it last paid. A share of less than a fen can come out at minus
// one fen in a part; the loan's shares are never negative.
type Part struct {
	Policy string        `json:"policy"`
	Shares values.Shares `json:"shares"`
	Exact  *Exact        `json:"exact,omitempty"` // before rounding; only from Explain
}

// Settle gives one Entitlement for each loan of the household that has lines
// settled in q, in the order of h.Loans. Lines of earlier quarters take part in
// the tiers on the days that they share with those; lines of later quarters do
// not. The error is a [*LineError].
func (s *Set) Settle(h *Household, q values.Quarter) ([]Entitlement, error) {
	return s.settle(h, q, nil)
}

// Explain is Settle with the trace.
func (s *Set) Explain(h *Household, q values.Quarter) ([]Entitlement, error) {
	return s.settle(h, q, &trace{rates: ratioTable{}})
}

func (s *Set) settle(h *Household, q values.Quarter, tr *trace) ([]Entitlement, error) {
	loans, err := settledLoans(h, q)
	if loans == 0 || err != nil {
		return nil, err
	}
	sc := s.scratch.take()
	defer s.scratch.Put(sc)
	sc.trace = tr
	sc.rankLoans(h)
	s.gather(sc, h, q)
	sc.sweep(h)
	result := make([]Entitlement, 0, loans)
	for i := range h.Loans {
		if !slices.ContainsFunc(h.Loans[i].Lines, func(l Line) bool { return l.Quarter == q }) {
			continue
		}
		e := sc.entitlement(h, i)
		if tr != nil {
			e.Stretches = tr.of(i)
		}
		result = append(result, e)
	}
	sc.trace = nil
	return result, nil
}

// settledLoans counts the loans with lines of q, and checks all lines that take
// part.
func settledLoans(h *Household, q values.Quarter) (loans int, err error) {
	for i := range h.Loans {
		loan, own := &h.Loans[i], 0
		for j := range loan.Lines {
			line := &loan.Lines[j]
			if q.Before(line.Quarter) {
				continue
			}
			if _, err := line.check(); err != nil {
				return 0, &LineError{h.ID, loan.Bank, loan.Contract, line.Key, err}
			}
			if line.Quarter == q {
				own = 1
			}
		}
		loans += own
	}
	return loans, nil
}

// entitlement adds the pieces of one loan up, policy by policy in date order,
// and rounds the running sums.
func (sc *scratch) entitlement(h *Household, loan int) Entitlement {
	e := Entitlement{Loan: loan}
	mine := sc.piecesOf(loan)
	levels := 2
	sc.rule = sc.rule[:0]
	for i := range mine {
		p := &mine[i]
		if p.row == nil {
			e.Unconfigured = join(e.Unconfigured, p.days)
			continue
		}
		levels = max(levels, p.row.levels)
		if !slices.Contains(sc.rule, p.policy) {
			sc.rule = append(sc.rule, p.policy)
		}
	}
	sc.parts(h, &e, mine, levels)
	return e
}

// parts adds the pieces up policy by policy and rounds the running sums.
func (sc *scratch) parts(h *Household, e *Entitlement, mine []piece, levels int) {
	var sums [budgets]sum
	var payer [budgets]int // the part under which the budget last paid
	e.Parts = make([]Part, 0, len(sc.rule))
	for k, policy := range sc.rule {
		before := sums
		e.Parts = append(e.Parts, Part{Policy: policy.Name})
		for i := range mine {
			if p := &mine[i]; p.row != nil && p.policy == policy {
				e.Tier1 += int64(p.weight1)
				e.Tier2 += int64(p.weight2)
				for budget, pays := range sc.pay(&sums, levels, &h.Loans[e.Loan].Lines[p.line], p) {
					if pays {
						payer[budget] = k
					}
				}
			}
		}
		now := rounded(&sums, levels)
		step := now.Minus(e.Shares)
		e.Parts[payer[0]].Shares.Central += step.Central
		e.Parts[payer[1]].Shares.Provincial += step.Provincial
		e.Parts[payer[2]].Shares.City += step.City
		e.Parts[payer[3]].Shares.County += step.County
		e.Shares = now
		if sc.trace != nil {
			e.Parts[k].Exact = exactBetween(&before, &sums, levels)
		}
	}
}

// piecesOf are the loan's own pieces of the quarter in date order, the others
// left out. It reorders them: the sweep is over.
func (sc *scratch) piecesOf(loan int) []piece {
	rank := sc.ranks[loan]
	from, _ := slices.BinarySearchFunc(sc.pieces, rank, func(p piece, rank int) int { return cmp.Compare(p.rank, rank) })
	mine := sc.pieces[from:from]
	for i := from; i < len(sc.pieces) && sc.pieces[i].rank == rank; i++ {
		if sc.pieces[i].settled {
			mine = append(mine, sc.pieces[i])
		}
	}
	slices.SortStableFunc(mine, func(a, b piece) int { return cmp.Compare(a.days.From, b.days.From) })
	return mine
}

// pay adds a piece to the running sums: paid × (weight1·a + weight2·b) / (n·P),
// a and b being the budget's points of the two tiers over the rate. It tells
// which budgets pay anything.
func (sc *scratch) pay(sums *[budgets]sum, levels int, line *Line, p *piece) (pays [budgets]bool) {
	if line.Balance == 0 || line.Rate.IsZero() || line.Paid == 0 {
		return pays
	}
	k := sc.rates.of(p.policy, p.row, line.Rate)
	yuanDays := uint64(line.To-line.From+1) * uint64(line.Balance) // n·P, within bounds by Line.check
	over, den := bits.Mul64(yuanDays, k.den)
	if !k.small || over != 0 {
		return k.payLarge(sums, line, p)
	}
	var last uint64
	for i := range levels {
		num := p.weight1*k.num1[i] + p.weight2*k.num2[i] // at most den, for a ratio is at most 1
		sums[i].add(uint64(line.Paid), num, den)
		pays[i] = num > last
		last = num
	}
	return pays
}

// payLarge is pay where 64 bits do not hold the denominators.
func (k *ratios) payLarge(sums *[budgets]sum, line *Line, p *piece) (pays [budgets]bool) {
	last := new(big.Rat)
	for i := range sums {
		amount := k.amount(i, line, p.weight1, p.weight2)
		sums[i].addRat(amount)
		pays[i] = amount.Cmp(last) > 0
		last = amount
	}
	return pays
}

// amount is what pay adds, as a rational.
func (k *ratios) amount(budget int, line *Line, weight1, weight2 uint64) *big.Rat {
	total := new(big.Rat).SetInt(uint(weight1))
	total.Mul(total, k.tier1[budget])
	second := new(big.Rat).SetInt(uint(weight2))
	total.Add(total, second.Mul(second, k.tier2[budget]))
	days, balance, paid := int64(line.To-line.From+1), int64(line.Balance), int64(line.Paid)
	base := new(big.Int).Mul(big.NewInt(days), big.NewInt(balance))
	return total.Mul(total, new(big.Rat).SetFrac(big.NewInt(paid), base))
}

// rounded are the shares of running sums: each sum half up, each share the
// difference to the one before.
func rounded(sums *[budgets]sum, levels int) values.Shares {
	var r [budgets]values.Fen
	for i := range r {
		r[i] = sums[min(i, levels-1)].halfUp()
	}
	return values.Shares{Central: r[0], Provincial: r[1] - r[0], City: r[2] - r[1], County: r[3] - r[2]}
}
