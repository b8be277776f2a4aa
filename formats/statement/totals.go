package statement

import (
	"strings"

	"tiexi/formats/cell"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// tally sums up the lines of a sheet between its total rows, and says what each
// total row should come to.
type tally struct {
	reader *reader
	sums   [][]values.Fen // sums[i] of the lines above total row i, from the first line on; by column of money
	lines  []int          // lines above it
	totals []Total
	now    []values.Fen
	count  int
	byRow  []figuresOf
}

// figuresOf are the columns of money that a total row fills, as indexes.
type figuresOf []int

func newTally(r *reader) *tally { return &tally{reader: r, now: make([]values.Fen, len(r.money))} }

func (t *tally) line(figures []figure) {
	t.count++
	for i, f := range figures {
		if f.readable {
			t.now[i] += f.fen
		}
	}
}

// total takes down a total row. A running total of the year declares nothing
// about this sheet.
func (t *tally) total(row sheet.Row) {
	total := Total{Row: row.Number, Label: t.reader.totalLabel(row)}
	var filled figuresOf
	for i, m := range t.reader.money {
		c := row.Cell(m.column)
		if nothing(c) || c.Covered || unsummed(total.Label) || values.FoldText(c.Text) == total.Label {
			continue
		}
		f := Figure{Field: fieldOf(m.key), Cell: c.Address(), Raw: cell.Raw(c)}
		f.Declared, f.Problem = cell.Amount(c, m.unit)
		total.Figures = append(total.Figures, f)
		filled = append(filled, i)
	}
	t.totals = append(t.totals, total)
	t.byRow = append(t.byRow, filled)
	t.sums = append(t.sums, append([]values.Fen(nil), t.now...))
	t.lines = append(t.lines, t.count)
}

func partial(label string) bool {
	return strings.Contains(label, "小计") || strings.Contains(label, "本页")
}

func unsummed(label string) bool { return strings.Contains(label, "累计") }

// resolve says for every total row what it sums up, and what that comes to.
//
// A 合计 below the last line or above the first is the whole sheet's, unless
// the sheet has others in between; then, and for a 小计, it is whichever run of
// lines next to it, from one total row to another, comes to its figures, and
// the nearest run where none does.
func (t *tally) resolve() []Total {
	grandBefore := false
	for i := range t.totals {
		above, below := t.lines[i], t.count-t.lines[i]
		part := partial(t.totals[i].Label)
		whole := !part && (above == 0 || below == 0 && !grandBefore)
		run, found := [2]int{0, len(t.totals)}, whole
		if !found {
			run, found = t.matching(i)
		}
		if !found && !part && below == 0 {
			run, whole = [2]int{0, len(t.totals)}, true
		}
		t.totals[i].Whole = whole || found && !part && t.linesIn(run) == t.count
		for k, column := range t.byRow[i] {
			t.totals[i].Figures[k].Computed = t.between(run, column)
		}
		grandBefore = grandBefore || !part && !unsummed(t.totals[i].Label) && above > 0 && below > 0
	}
	return t.totals
}

// reach is how many total rows away the other end of a run is looked for.
const reach = 100

// matching finds the run of lines next to total row i that comes to its
// figures, else gives the nearest one with lines.
func (t *tally) matching(i int) (run [2]int, found bool) {
	n := len(t.totals)
	var nearest *[2]int
	try := func(candidate [2]int) bool {
		if t.linesIn(candidate) == 0 {
			return false
		}
		if nearest == nil {
			nearest = &candidate
		}
		run = candidate
		return t.comesTo(i, candidate)
	}
	for k := i; k >= max(0, i-reach); k-- {
		if try([2]int{k, i}) {
			return run, true
		}
	}
	if try([2]int{0, i}) {
		return run, true
	}
	for k := i + 1; k <= min(n, i+reach); k++ {
		if try([2]int{i + 1, k}) {
			return run, true
		}
	}
	if try([2]int{0, n}) {
		return run, true
	}
	if nearest == nil {
		return [2]int{0, n}, false
	}
	return *nearest, false
}

// A run goes from segment run[0] to segment run[1], both included; segment k is
// the lines between total rows k-1 and k.

func (t *tally) linesIn(run [2]int) int { return t.upTo(run[1]) - t.upTo(run[0]-1) }

func (t *tally) upTo(segment int) int {
	switch {
	case segment < 0:
		return 0
	case segment >= len(t.lines):
		return t.count
	}
	return t.lines[segment]
}

func (t *tally) between(run [2]int, column int) values.Fen {
	sum := t.now[column]
	if run[1] < len(t.sums) {
		sum = t.sums[run[1]][column]
	}
	if run[0] > 0 {
		sum -= t.sums[run[0]-1][column]
	}
	return sum
}

func (t *tally) comesTo(i int, run [2]int) bool {
	for k, column := range t.byRow[i] {
		if f := t.totals[i].Figures[k]; f.Problem == "" && f.Declared != t.between(run, column) {
			return false
		}
	}
	return true
}
