package policy

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"tiexi/pipeline/values"
)

// piece is the part of one line's earning days that lies under one policy and
// one terms row: what takes part in the household's tiers.
type piece struct {
	days   Span
	rank   int // of the loan in its household
	loan   int // index into Household.Loans
	line   int // index into Loan.Lines
	policy *Policy
	row    *row
	facts  *Facts

	tier1, tier2 values.Fen // of the household, as this piece's terms have them
	ceiling      values.Fen // of the principal that earns
	settled      bool       // it belongs to the quarter being settled
	weight1      uint64     // Σ over its days of the fen that earn in tier 1
	weight2      uint64     // and in tier 2
}

// scratch is the working memory of one household, used again for the next.
type scratch struct {
	order  []int // loans by first disbursement, bank, contract
	ranks  []int // of each loan in that order
	pieces []piece
	cuts   []values.Date // days on which some piece begins, or the day after one ends
	coming []int         // pieces by first day
	active []int         // pieces running in the current stretch, in rank order
	rates  ratioTable
	rule   []*Policy // that the loan being added up falls under, in date order
	trace  *trace    // nil: nobody asked
}

type scratchPool struct{ sync.Pool }

func (p *scratchPool) take() *scratch {
	if sc, ok := p.Get().(*scratch); ok {
		return sc
	}
	return &scratch{rates: ratioTable{}}
}

// rankLoans orders the household's loans as they fill the tiers: by first
// disbursement, then bank and contract as text (policy.md §4).
func (sc *scratch) rankLoans(h *Household) {
	sc.order = sc.order[:0]
	for i := range h.Loans {
		sc.order = append(sc.order, i)
	}
	slices.SortStableFunc(sc.order, func(i, j int) int {
		a, b := &h.Loans[i], &h.Loans[j]
		return cmp.Or(cmp.Compare(a.first(), b.first()), cmp.Compare(a.Bank, b.Bank), cmp.Compare(a.Contract, b.Contract))
	})
	sc.ranks = slices.Grow(sc.ranks[:0], len(sc.order))[:len(sc.order)]
	for rank, i := range sc.order {
		sc.ranks[i] = rank
	}
}

// gather makes the pieces of the lines settled in q and of those of earlier
// quarters that share days with them. Lines of later quarters take no part: a
// quarter's amounts are what its own and earlier lines make them.
func (s *Set) gather(sc *scratch, h *Household, q values.Quarter) {
	sc.pieces = sc.pieces[:0]
	window := Span{lastDay, firstDay}
	for rank, i := range sc.order {
		for j := range h.Loans[i].Lines {
			if line := &h.Loans[i].Lines[j]; line.Quarter == q {
				s.cut(sc, h, piece{days: always, rank: rank, loan: i, line: j, settled: true})
				window = Span{min(window.From, line.From), max(window.To, line.To)}
			}
		}
	}
	for rank, i := range sc.order {
		for j := range h.Loans[i].Lines {
			if line := &h.Loans[i].Lines[j]; line.Quarter.Before(q) && window.meets(Span{line.From, line.To}) {
				s.cut(sc, h, piece{days: window, rank: rank, loan: i, line: j})
			}
		}
	}
}

// cut adds the line's pieces within p.days: one for each policy and row.
func (s *Set) cut(sc *scratch, h *Household, p piece) {
	loan := &h.Loans[p.loan]
	line := &loan.Lines[p.line]
	p.facts = loan.facts(line)
	days := earning(line, p.facts)
	if p.settled && sc.trace != nil {
		sc.trace.idle(&p, line)
	}
	days = Span{max(days.From, p.days.From), min(days.To, p.days.To)}
	for from := days.From; from <= days.To; from = p.days.To + 1 {
		var until values.Date
		p.policy, p.row, until = s.at(p.facts, from)
		p.days = Span{from, min(until, days.To)}
		p.tier1, p.tier2, p.ceiling = s.tier1, 0, math.MaxInt64
		if p.row != nil {
			p.tier1, p.ceiling = p.row.tier1.size, p.row.ceiling
			if p.row.tier2 != nil && p.facts.Approved {
				p.tier2 = p.row.tier2.size
			}
		}
		sc.pieces = append(sc.pieces, p)
	}
}

// sweep fills the tiers, stretch by stretch between two cuts: within one, the
// same pieces run with the same balances, so every day of it is the same.
func (sc *scratch) sweep(h *Household) {
	sc.prepare(h)
	next := 0
	for c := 0; c+1 < len(sc.cuts); c++ {
		stretch := Span{sc.cuts[c], sc.cuts[c+1] - 1}
		sc.active = slices.DeleteFunc(sc.active, func(i int) bool { return sc.pieces[i].days.To < stretch.From })
		for ; next < len(sc.coming) && sc.pieces[sc.coming[next]].days.From == stretch.From; next++ {
			at, _ := slices.BinarySearch(sc.active, sc.coming[next])
			sc.active = slices.Insert(sc.active, at, sc.coming[next])
		}
		sc.fill(h, stretch)
	}
}

// prepare orders the pieces, so that an index is also a rank, and the days on
// which they come and go.
func (sc *scratch) prepare(h *Household) {
	if len(sc.pieces) > 1 {
		slices.SortFunc(sc.pieces, func(a, b piece) int { return comparePieces(h, &a, &b) })
	}
	sc.cuts, sc.coming, sc.active = sc.cuts[:0], sc.coming[:0], sc.active[:0]
	for i := range sc.pieces {
		sc.coming = append(sc.coming, i)
		sc.cuts = append(sc.cuts, sc.pieces[i].days.From, sc.pieces[i].days.To+1)
	}
	if len(sc.pieces) > 1 {
		slices.SortFunc(sc.coming, func(i, j int) int { return cmp.Compare(sc.pieces[i].days.From, sc.pieces[j].days.From) })
		slices.Sort(sc.cuts)
		sc.cuts = slices.Compact(sc.cuts)
	}
}

// comparePieces orders by loan; tranches of one loan that share days by their
// own disbursement, then by what the lines say, so that the order of rows in a
// file decides nothing.
func comparePieces(h *Household, a, b *piece) int {
	if a.rank != b.rank {
		return cmp.Compare(a.rank, b.rank)
	}
	la, lb := &h.Loans[a.loan].Lines[a.line], &h.Loans[b.loan].Lines[b.line]
	return cmp.Or(
		cmp.Compare(a.facts.Disbursed, b.facts.Disbursed),
		cmp.Compare(la.From, lb.From), cmp.Compare(la.To, lb.To),
		cmp.Compare(lb.Balance, la.Balance), la.Rate.Cmp(lb.Rate.Decimal), cmp.Compare(lb.Paid, la.Paid),
		cmp.Compare(la.Key, lb.Key), cmp.Compare(a.line, b.line), cmp.Compare(a.days.From, b.days.From),
	)
}

// fill lets the active pieces take from the tiers, in rank order, and adds the
// stretch to their weights.
func (sc *scratch) fill(h *Household, stretch Span) {
	days := uint64(stretch.Days())
	var used1, used2 values.Fen
	for _, i := range sc.active {
		p := &sc.pieces[i]
		line := &h.Loans[p.loan].Lines[p.line]
		t1 := min(line.Balance, max(0, p.tier1-used1))
		t2 := min(line.Balance-t1, max(0, p.tier2-used2))
		if p.settled {
			p.weight1 += days * uint64(min(t1, p.ceiling))
			p.weight2 += days * uint64(t2)
			if sc.trace != nil {
				sc.trace.running(line, p, stretch, taken{t1: t1, t2: t2, before1: used1, before2: used2})
			}
		}
		used1 += t1
		used2 += t2
	}
}
