package statement

import (
	"cmp"

	"tiexi/formats/cell"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// stretch is what a row says of its days, before the sheet's convention turns
// it into inclusive dates.
type stretch struct {
	from, to  end
	disbursed values.Date
	days      int // 0 where the row gives none
	faults    []values.Problem
}

// end is one end of a stretch. The convention moves only what the bank wrote,
// in the row or in the title; a quarter and a disbursement are inclusive.
type end struct {
	day     values.Date
	written bool
	given   bool // in the row itself
}

// stretch reads the days of a row. An end that the row does not give is that of
// the title's period, else of the quarter, and then not before disbursement.
func (r *reader) stretch(row sheet.Row) stretch {
	var s stretch
	s.disbursed, _ = cell.Date(row.Cell(r.number[values.FieldDisbursed]), r.date1904)
	if c := row.Cell(r.number[keyPeriod]); !nothing(c) {
		s.period(c)
	}
	s.end(&s.from, row.Cell(r.number[values.FieldFrom]), values.FieldFrom, r.date1904)
	s.end(&s.to, row.Cell(r.number[values.FieldTo]), values.FieldTo, r.date1904)
	if c := row.Cell(r.number[values.FieldDays]); !nothing(c) {
		n, problem := cell.Whole(c)
		if problem == "" && n == 0 {
			problem = values.ProblemUnreadable
		}
		s.days = n
		s.fault(problem, values.FieldDays, c)
	}
	if !s.from.day.Known() && !s.failed(values.FieldFrom) {
		s.from = r.defaultFrom
		if s.disbursed > s.from.day && s.from.day.Known() {
			s.from = end{day: s.disbursed}
		}
	}
	if !s.to.day.Known() && !s.failed(values.FieldTo) {
		s.to = r.defaultTo
	}
	return s
}

// period reads a cell with both ends, 2026-06-21至2026-09-20.
func (s *stretch) period(c sheet.Cell) {
	text, problem := cell.Text(c)
	from, to := periodIn(values.FoldText(text))
	if problem == "" && !from.Known() {
		problem = values.ProblemUnreadable
	}
	if problem != "" {
		s.fault(problem, values.FieldFrom, c)
		s.fault(problem, values.FieldTo, c)
		return
	}
	s.from, s.to = end{from, true, true}, end{to, true, true}
}

func (s *stretch) end(e *end, c sheet.Cell, f values.Field, date1904 bool) {
	if nothing(c) {
		return
	}
	day, problem := cell.Date(c, date1904)
	s.fault(problem, f, c)
	if problem == "" {
		*e = end{day, true, true}
	}
}

func (s *stretch) fault(kind values.ProblemKind, f values.Field, c sheet.Cell) {
	if kind != "" {
		s.faults = append(s.faults, problem(kind, f, c))
	}
}

func (s *stretch) failed(f values.Field) bool {
	for _, p := range s.faults {
		if p.Field == f {
			return true
		}
	}
	return false
}

// known tells whether both ends are.
func (s *stretch) known() bool { return s.from.day.Known() && s.to.day.Known() }

// votes tells whether the row has a say in its sheet's convention.
func (s *stretch) votes() bool {
	return s.known() && s.days > 0 && (s.from.written || s.to.written)
}

// under gives the inclusive dates under a convention.
func (s *stretch) under(c Convention) (first, last values.Date) {
	first, last = s.from.day, s.to.day
	switch {
	case c == LastCount && s.from.written:
		first++
	case c == FirstCount && s.to.written:
		last--
	}
	return first, last
}

// fits tells whether the inclusive dates under a convention are as many as the
// row counts.
func (s *stretch) fits(c Convention) bool {
	first, last := s.under(c)
	return s.days == int(last-first)+1
}

// ballot counts for one convention the lines that fit it, and of those the ones
// that it keeps within one quarter and within the quarter of the statement.
type ballot struct {
	convention            Convention
	fit, whole, inQuarter int
}

// election finds the convention of a sheet.
type election struct {
	ballots [3]ballot
	votes   int
	quarter values.Quarter
	day     int // of interest
}

func newElection(q values.Quarter, interestDay int) *election {
	return &election{ballots: [3]ballot{{convention: BothCount}, {convention: FirstCount}, {convention: LastCount}}, quarter: q, day: interestDay}
}

func (e *election) count(s stretch) {
	if !s.votes() {
		return
	}
	e.votes++
	for i := range e.ballots {
		b := &e.ballots[i]
		if !s.fits(b.convention) {
			continue
		}
		b.fit++
		first, last := s.under(b.convention)
		quarter := values.QuarterOf(first, e.day)
		if quarter == values.QuarterOf(last, e.day) {
			b.whole++
			if quarter == e.quarter {
				b.inQuarter++
			}
		}
	}
}

// winner is the convention that most lines fit, among equals the one that keeps
// more of them inside their quarter, and then in the order both, first, last.
func (e *election) winner() ballot {
	best := e.ballots[0]
	for _, b := range e.ballots[1:] {
		if cmp.Or(cmp.Compare(b.fit, best.fit), cmp.Compare(b.whole, best.whole), cmp.Compare(b.inQuarter, best.inQuarter)) > 0 {
			best = b
		}
	}
	return best
}

// of is the ballot of a convention that jobs.yaml has fixed.
func (e *election) of(c Convention) ballot {
	for _, b := range e.ballots {
		if b.convention == c {
			return b
		}
	}
	return e.winner()
}

// settleDays turns what the row says of its days into the line's inclusive
// dates.
func (r *reader) settleDays(l *values.Line, row sheet.Row) {
	s := r.stretch(row)
	l.Problems = append(l.Problems, s.faults...)
	for _, e := range []struct {
		end
		field values.Field
	}{{s.from, values.FieldFrom}, {s.to, values.FieldTo}} {
		if e.given {
			l.Given = l.Given.With(e.field)
		}
	}
	if s.days > 0 {
		l.Given = l.Given.With(values.FieldDays)
	}
	if !s.known() {
		r.missingDays(l, &s)
		return
	}
	l.From, l.To = s.under(r.convention)
	if l.To >= l.From {
		l.Days = int(l.To-l.From) + 1
	}
	switch {
	case s.days > 0 && !s.fits(r.convention):
		l.Problems = append(l.Problems, problem(values.ProblemConvention, values.FieldDays, row.Cell(r.number[values.FieldDays])))
	case l.To < l.From:
		l.Problems = append(l.Problems, r.backwards(row, &s))
	}
}

// missingDays says which ends are not known although no cell is to blame: there
// is no column for them, and nobody has said which quarter it is.
func (r *reader) missingDays(l *values.Line, s *stretch) {
	l.From, l.To = s.from.day, s.to.day
	for _, e := range []struct {
		day   values.Date
		field values.Field
	}{{s.from.day, values.FieldFrom}, {s.to.day, values.FieldTo}} {
		if !e.day.Known() && !s.failed(e.field) {
			l.Problems = append(l.Problems, values.Problem{Kind: values.ProblemEmpty, Field: e.field, Cell: l.Cell(e.field)})
		}
	}
}

// backwards is the problem of a stretch that ends before it begins.
func (r *reader) backwards(row sheet.Row, s *stretch) values.Problem {
	for _, f := range []values.Field{values.FieldTo, values.FieldFrom, values.FieldDisbursed} {
		if c := row.Cell(r.number[f]); !nothing(c) {
			return problem(values.ProblemConvention, f, c)
		}
	}
	return problem(values.ProblemConvention, values.FieldFrom, row.Cell(r.number[keyPeriod]))
}
