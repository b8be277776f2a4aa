package rules

import (
	"cmp"
	"slices"
	"strconv"

	"tiexi/pipeline/values"
)

// settled finds days that a live line of an earlier quarter already has.
func (r *report) settled(earlier []*Earlier) {
	l := r.line
	if !r.readable(values.FieldContract, values.FieldFrom, values.FieldTo) {
		return
	}
	for _, e := range earlier {
		if days := (Span{max(l.From, e.From), min(l.To, e.To)}); days.From <= days.To {
			r.add(DaysAlreadySettled, values.FieldFrom, days.String(), "", e.Quarter.String())
			return
		}
	}
}

// duplicates gives each day of a loan to the first line, in the order of files,
// that has it, and returns the others; live is one loan's lines in that order.
//
// Lines that go back for another reason are not in live: they are no claim to
// their days, and a sound line must not fall with a broken twin. Nor does a
// line that is returned here keep others from the days it alone has. Tranches of
// one loan share its days: a day of a loan is subsidised once.
func (c *checker) duplicates(live []int) (rest []int) {
	var placed []placedSpan // disjoint, by day
	slices.SortStableFunc(live, func(a, b int) int { return c.frozenFirst(a) - c.frozenFirst(b) })
	for _, i := range live {
		l := c.facts.Lines[i].Line
		at, _ := slices.BinarySearchFunc(placed, l.From, func(p placedSpan, from values.Date) int { return cmp.Compare(p.To, from) })
		if at < len(placed) && placed[at].From <= l.To && c.facts.Lines[i].Frozen == nil {
			keeper := placed[at]
			by := c.facts.Lines[keeper.line].Line
			days := Span{max(l.From, keeper.From), min(l.To, keeper.To)}
			what := "line"
			if l.Tranche != by.Tranche {
				what = "tranche"
			}
			c.add(i, DuplicateLine, values.FieldContract, days.String(), "", what, by.File, by.Sheet, strconv.Itoa(by.Row))
			continue
		}
		placed = slices.Insert(placed, at, placedSpan{Span{l.From, l.To}, i})
		rest = append(rest, i)
	}
	return rest
}

type placedSpan struct {
	Span
	line int
}

func (c *checker) frozenFirst(i int) int {
	if c.facts.Lines[i].Frozen != nil {
		return 0
	}
	return 1
}

// stretch is what a loan looked like over some days.
type stretch struct {
	from             values.Date
	tranche          string
	id               values.ResidentID
	rate             values.Rate
	amount           values.Fen // zero where not given
	disbursed        values.Date
	matures          values.Date
	originalMaturity values.Date
	renewals         int
}

func lineStretch(l *values.Line) stretch {
	s := stretch{l.From, l.Tranche, l.ID, l.Rate, 0, l.Disbursed, l.Matures, l.OriginalMaturity, l.Renewals}
	if l.Given.Has(values.FieldAmount) {
		s.amount = l.Amount
	}
	return s
}

func earlierStretch(e *Earlier) stretch {
	return stretch{e.From, e.Tranche, e.ID, e.Rate, e.Amount, e.Disbursed, e.Matures, e.OriginalMaturity, e.Renewals}
}

// inExtension tells whether the stretch lies in the loan's extension.
func (s *stretch) inExtension() bool {
	return s.originalMaturity.Known() && s.originalMaturity < s.matures && s.from >= s.originalMaturity
}

// sameTranche: a tranche that one of the two does not name is taken as the same.
func (s *stretch) sameTranche(o *stretch) bool {
	return s.tranche == o.tranche || s.tranche == "" || o.tranche == ""
}

// renewedSince tells whether the loan was renewed under its number since o: a
// new contract, with dates and a rate of its own. An extension is not one; it
// keeps the contract's figures up to the original maturity.
func (s *stretch) renewedSince(o *stretch) bool {
	return s.renewals > o.renewals && !s.originalMaturity.Known()
}

// sameMaturity allows for an extension between the two.
func (s *stretch) sameMaturity(o *stretch) bool {
	return s.matures == o.matures ||
		s.originalMaturity.Known() && s.originalMaturity == o.matures ||
		o.originalMaturity.Known() && o.originalMaturity == s.matures
}

// changes compares each of a loan's lines with what the loan was before; live is
// one loan's lines.
func (c *checker) changes(live []int) {
	var past past
	for _, e := range c.earlierByLoan[c.facts.Lines[live[0]].Line.Loan()] {
		past.settled = append(past.settled, earlierStretch(e))
	}
	if len(live)+len(past.settled) < 2 {
		return
	}
	live = slices.Clone(live)
	slices.SortStableFunc(live, func(a, b int) int {
		return cmp.Compare(c.facts.Lines[a].Line.From, c.facts.Lines[b].Line.From)
	})
	for _, i := range live {
		now := lineStretch(c.facts.Lines[i].Line)
		if c.facts.Lines[i].Frozen == nil {
			c.compareRate(i, &now, &past)
			c.compareLoan(i, &now, &past)
		}
		past.quarter = append(past.quarter, now)
	}
}

// past is what a loan was: in earlier quarters, and earlier in this one, each in
// the order of days.
type past struct{ settled, quarter []stretch }

// before is what the loan was before now, among what is alike: the last of the
// earlier quarters' stretches that begins no later, else the first of them (a
// line may come late), else this quarter's first. Nil where there is none.
func (p *past) before(now *stretch, alike func(*stretch) bool) (base *stretch) {
	for i := range p.settled {
		s := &p.settled[i]
		if alike(s) && (base == nil || s.from <= now.from) {
			base = s
		}
	}
	if base != nil {
		return base
	}
	for i := range p.quarter {
		if alike(&p.quarter[i]) {
			return &p.quarter[i]
		}
	}
	return nil
}

// compareRate holds a rate that is not the contract's (一(四)); an extension has
// its own.
func (c *checker) compareRate(i int, now *stretch, past *past) {
	base := past.before(now, func(s *stretch) bool { return s.inExtension() == now.inExtension() })
	if base != nil && !now.renewedSince(base) && !now.rate.Same(base.rate) {
		c.add(i, RateChanged, values.FieldRate, now.rate.String(), base.rate.String(), base.from.String())
	}
}

func (c *checker) compareLoan(i int, now *stretch, past *past) {
	base := past.before(now, func(*stretch) bool { return true })
	if base == nil {
		return
	}
	changed := func(field values.Field, value, want string) {
		c.add(i, LoanChanged, field, value, want, base.from.String())
	}
	if now.id != base.id {
		changed(values.FieldID, now.id.Whole(), base.id.Whole())
	}
	base = past.before(now, func(s *stretch) bool { return s.sameTranche(now) })
	if base == nil || now.renewedSince(base) {
		return
	}
	if now.amount != base.amount && now.amount > 0 && base.amount > 0 {
		changed(values.FieldAmount, now.amount.String(), base.amount.String())
	}
	if now.disbursed != base.disbursed {
		changed(values.FieldDisbursed, now.disbursed.String(), base.disbursed.String())
	}
	if !now.sameMaturity(base) {
		changed(values.FieldMatures, now.matures.String(), base.matures.String())
	}
}
