package statement

import (
	"tiexi/formats/cell"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// Report is what was understood of a book.
type Report struct {
	File       string
	Format     sheet.Format
	Encoding   string         // of a CSV
	Quarter    values.Quarter // that the file name says, or zero
	Correction bool           // 更正 in the file name or in the title of a sheet
	Sheets     []Sheet        // all of the book, in its order
}

// Skip says why a sheet is not read.
type Skip string

// Why sheets are skipped; "" is not at all.
const (
	Hidden    Skip = "hidden"     // a hidden sheet does not count
	NoHeading Skip = "no-heading" // no statement heading among its first rows
)

// Sheet is what was understood of one sheet.
type Sheet struct {
	Index   int
	Name    string // "" for a CSV
	Skipped Skip
	// Of a sheet without heading: the row that came nearest to one, 0 for
	// none, the required columns it lacks and those it has, by their titles.
	NearestRow     int
	Missing, Found []string

	HeadingRows []int    // numbers of the rows that are headings, repeated ones too
	Columns     []Column // one for each column, in the sheet's order
	Ambiguous   []string // optional columns that two headings claim equally: 应付利息 (H, K)

	Title

	Convention Convention
	Judged     int // lines with both dates and a day count
	Fitting    int // those of them that fit the convention

	// Every row from 1 to the last: Rows = Titles + Headings + Blanks + Lines +
	// TotalRows + FooterRows.
	Rows       int
	TitleRows  int
	Blanks     int
	Lines      int
	TotalRows  int
	FooterRows int

	Totals  []Total
	Footers []Footer
	Sums    map[values.Field]values.Fen // of the lines whose cell is readable
	Days    map[values.Quarter]int      // interest days of the lines, by the quarter that they fall in
	Counts  map[values.Field]int        // lines whose cell is readable
}

// Column is a column of a statement.
type Column struct {
	Number  int      // from 1
	Path    []string // headings as printed, group headings first
	Heading string   // its own heading as printed, "" where it has none
	Field   values.Field
	Score   int
	Unit    string // of a rate or an amount, as its heading or the title gives it
	// Unused tells what the heading would mean, had not a better one taken
	// that; FieldNone where it means nothing to the program.
	Unused values.Field
	Known  bool // the heading is understood, be it as a serial number or as one to pass over
}

// Title is what the rows above the headings say.
type Title struct {
	Texts      []string
	Bank       string          // a bank named there, or ""
	Quarter    values.Quarter  // or zero
	From, To   values.Date     // the period as printed, or zero
	Unit       cell.AmountUnit // 单位：元 / 万元, or ""
	Correction bool            // 更正
}

// Total is a 小计, 合计 or 总计 row.
type Total struct {
	Row     int
	Label   string
	Whole   bool // it sums up the whole sheet; else a part of it
	Figures []Figure
}

// Figure is a column of a total row.
type Figure struct {
	Field    values.Field
	Cell     string
	Raw      string
	Declared values.Fen
	Computed values.Fen         // of the rows that it sums up, in so far as they are readable
	Problem  values.ProblemKind // the figure itself cannot be read; Declared is 0
}

// Differs tells whether the figure is readable and not what the rows come to.
func (f Figure) Differs() bool { return f.Problem == "" && f.Declared != f.Computed }

// Footer is a row of words below the table: 制表人, 审核人, 盖章.
type Footer struct {
	Row  int
	Text string
}

// QuarterByDays is the quarter that most of the lines' interest days fall in,
// the earlier of two equal ones; zero where no line has days.
func (r *Report) QuarterByDays() values.Quarter {
	days := map[values.Quarter]int{}
	for _, s := range r.Sheets {
		for q, n := range s.Days {
			days[q] += n
		}
	}
	var best values.Quarter
	for q, n := range days {
		if n > days[best] || n == days[best] && q.Before(best) {
			best = q
		}
	}
	return best
}

// QuarterNamed is the quarter that the title of a sheet names, else the file
// name; zero where none does.
func (r *Report) QuarterNamed() values.Quarter {
	for _, s := range r.Sheets {
		if !s.Quarter.IsZero() {
			return s.Quarter
		}
	}
	return r.Quarter
}

// Lines is the number of lines of all sheets.
func (r *Report) Lines() int {
	n := 0
	for _, s := range r.Sheets {
		n += s.Lines
	}
	return n
}
