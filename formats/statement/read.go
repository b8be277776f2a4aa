package statement

import (
	"strings"

	"tiexi/formats/heading"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// Read gives every line of every statement in the book to yield, in the order
// of sheets and rows, and says what it understood.
//
// A line with problems is given too. A book without statement is a
// [heading.NoTableError] and [ErrNoStatement], one whose headings leave a choice
// a [heading.AmbiguousError] or a [SecondHeadingError]; then no line has been given. Other errors are those
// of yield, which ends the reading, and refusals of package sheet, after which
// the lines that were given must not be used. The report is never nil.
func Read(book *sheet.Book, opt Options, yield func(*values.Line) error) (*Report, error) {
	report := &Report{
		File: opt.File, Format: book.Format(), Encoding: book.Encoding(),
		Quarter: quarterIn(values.FoldText(opt.File)), Correction: strings.Contains(opt.File, "更正"),
	}
	vocabulary := Headings.Teach(opt.Taught())
	readers := make([]*reader, len(book.Sheets()))
	statements := 0
	for i, s := range book.Sheets() {
		report.Sheets = append(report.Sheets, Sheet{Index: s.Index, Name: s.Name})
		if s.Hidden {
			report.Sheets[i].Skipped = Hidden
			continue
		}
		sv := &survey{book: book, sheet: s, vocabulary: vocabulary, opt: &opt, report: report, out: &report.Sheets[i]}
		var err error
		if readers[i], err = sv.run(); err != nil {
			return report, err
		}
		if readers[i] != nil {
			statements++
			report.Correction = report.Correction || report.Sheets[i].Correction
		}
	}
	if statements == 0 {
		return report, noStatement(opt.File, report.Sheets)
	}
	for i, s := range book.Sheets() {
		if readers[i] == nil {
			continue
		}
		if err := give(book, s, vocabulary, readers[i], &report.Sheets[i], yield); err != nil {
			return report, err
		}
	}
	return report, nil
}

// survey is the first pass over a sheet.
type survey struct {
	book       *sheet.Book
	sheet      sheet.Sheet
	vocabulary *heading.Vocabulary
	opt        *Options
	report     *Report
	out        *Sheet

	reader    *reader
	lastTotal int
	election  *election
}

// run gives the reader for the sheet, nil where it has no statement.
func (s *survey) run() (*reader, error) {
	table, err := heading.Scan(heading.Of(s.book, s.sheet.Index), s.vocabulary, s.found, s.row)
	switch {
	case err != nil:
		return nil, err
	case !table.Complete():
		s.out.Skipped, s.out.NearestRow, s.out.Missing = NoHeading, table.Last, table.Missing
		for _, c := range table.Columns {
			if f := fieldOf(c.Key); requiredFields.Has(f) {
				s.out.Found = append(s.out.Found, FieldTitle(f))
			}
		}
		return nil, nil
	}
	best := s.election.winner()
	if s.opt.Days != "" {
		best = s.election.of(s.opt.Days)
	}
	s.out.Convention, s.out.Judged, s.out.Fitting = best.convention, s.election.votes, best.fit
	s.reader.convention, s.reader.lastTotal = best.convention, s.lastTotal
	return s.reader, nil
}

func (s *survey) found(table *heading.Table) (err error) {
	s.out.Title = ReadTitle(table.Titles())
	l := newLayout(table, s.out.Title, s.opt)
	s.out.Columns = l.columns()
	if s.out.Ambiguous, err = s.vocabulary.Doubles(table, s.opt.File, s.sheet.Name); err != nil {
		return err
	}
	quarter := s.out.Quarter
	for _, q := range []values.Quarter{s.report.Quarter, s.opt.Quarter} {
		if quarter.IsZero() {
			quarter = q
		}
	}
	s.reader = newReader(l, s.sheet, s.out.Title, s.opt)
	s.reader.setPeriod(s.out.Title, quarter)
	s.election = newElection(quarter, s.opt.interestDay())
	return nil
}

func (s *survey) row(row sheet.Row) error {
	switch s.reader.kind(row, 0) {
	case rowTotal:
		s.lastTotal = row.Number
	case rowLine:
		s.election.count(s.reader.stretch(row))
	case rowOther:
		return &SecondHeadingError{s.opt.File, s.sheet.Name, s.reader.table.Last, row.Number}
	}
	return nil
}

// give is the second pass over a sheet.
func give(book *sheet.Book, s sheet.Sheet, v *heading.Vocabulary, r *reader, out *Sheet, yield func(*values.Line) error) error {
	g := &giver{reader: r, out: out, tally: newTally(r), yield: yield}
	out.Sums, out.Counts, out.Days = map[values.Field]values.Fen{}, map[values.Field]int{}, map[values.Quarter]int{}
	g.above()
	if _, err := heading.Scan(heading.Of(book, s.Index), v, func(*heading.Table) error { return nil }, g.row); err != nil {
		return err
	}
	out.Rows = g.last
	out.Blanks = out.Rows - out.TitleRows - len(out.HeadingRows) - out.Lines - out.TotalRows - out.FooterRows
	out.Totals = g.tally.resolve()
	return nil
}

type giver struct {
	reader *reader
	out    *Sheet
	tally  *tally
	yield  func(*values.Line) error
	last   int // number of the last row
}

// above accounts for the rows down to the headings.
func (g *giver) above() {
	for _, row := range g.reader.table.Rows {
		g.last = row.Number
		switch {
		case row.Number >= g.reader.table.First:
			g.out.HeadingRows = append(g.out.HeadingRows, row.Number)
		case ownText(row) != "":
			g.out.TitleRows++
		}
	}
}

func (g *giver) row(row sheet.Row) error {
	g.last = row.Number
	switch g.reader.kind(row, g.reader.lastTotal) {
	case rowTitle:
		g.out.TitleRows++
	case rowHeading, rowOther:
		g.out.HeadingRows = append(g.out.HeadingRows, row.Number)
	case rowTotal:
		g.out.TotalRows++
		g.tally.total(row)
	case rowFooter:
		g.out.FooterRows++
		g.out.Footers = append(g.out.Footers, Footer{row.Number, ownText(row)})
	case rowLine:
		return g.line(row)
	}
	return nil
}

func (g *giver) line(row sheet.Row) error {
	l := g.reader.line(row)
	g.out.Lines++
	g.tally.line(g.reader.figures)
	for i, f := range g.reader.figures {
		if f.readable {
			field := fieldOf(g.reader.money[i].key)
			g.out.Sums[field] += f.fen
			g.out.Counts[field]++
		}
	}
	g.countDays(l)
	return g.yield(l)
}

// countDays adds the line's days to the quarters that they fall in. The
// calendar ends with the year 9999.
func (g *giver) countDays(l *values.Line) {
	if l.Days == 0 {
		return
	}
	day := g.reader.opt.interestDay()
	for q := values.QuarterOf(l.From, day); q.Year <= 9999; q = q.Next() {
		first, last := max(l.From, q.First(day)), min(l.To, q.Last(day))
		g.out.Days[q] += int(last-first) + 1
		if last == l.To {
			return
		}
	}
}
