package heading

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// Table is a table found in a sheet.
type Table struct {
	Rows        []sheet.Row // the sheet's first rows, down to the last heading row
	First, Last int         // numbers of the first and last heading row; 0 where the sheet has no heading at all
	Columns     []Column    // Columns[i] is column i+1, up to the last that has a heading
	Missing     []string    // titles of the required columns that it lacks
	Ambiguous   []Ambiguity
}

// Column is a column of a table.
type Column struct {
	Number int      // from 1
	Path   []string // headings as printed, group headings first; empty where there is none
	Key    Key      // 0 where nothing is known of the heading, or another column took what it means
	Score  int      // how well the heading matches
	Passed Key      // what it would mean, had not another column taken that
}

// Ambiguity is a key that two columns claim equally well; the left one has it.
type Ambiguity struct {
	Key     Key
	Columns []int
}

// Heading is the column's own heading as printed.
func (c Column) Heading() string {
	if len(c.Path) == 0 {
		return ""
	}
	return c.Path[len(c.Path)-1]
}

// Complete tells whether the table has every required column.
func (t *Table) Complete() bool { return t.First > 0 && len(t.Missing) == 0 }

// Column is the number of the column with that key, 0 where there is none.
func (t *Table) Column(key Key) int {
	for _, c := range t.Columns {
		if c.Key == key {
			return c.Number
		}
	}
	return 0
}

// Titles are the texts of the rows above the headings, each once, in order.
func (t *Table) Titles() []string {
	var titles []string
	for _, row := range t.Rows {
		if row.Number >= t.First {
			break
		}
		for _, c := range row.Cells {
			if text := strings.TrimSpace(c.Text); text != "" && !c.Covered {
				titles = append(titles, text)
			}
		}
	}
	return titles
}

// Repeats gives the number of the title or heading row that a row below prints
// again, as at the top of each printed page; 0 where it is none of them.
func (t *Table) Repeats(row sheet.Row) int {
	for _, above := range t.Rows {
		if repeats(above, row) {
			return above.Number
		}
	}
	return 0
}

func repeats(above, row sheet.Row) bool {
	texts := 0
	for _, c := range row.Cells {
		if c.Covered || c.Kind == sheet.Empty || c.Text == "" {
			continue
		}
		if c.Kind != sheet.Text || strings.TrimSpace(above.Cell(c.Column).Text) != strings.TrimSpace(c.Text) {
			return false
		}
		texts++
	}
	return texts >= 3 || texts > 0 && texts == len(ownTexts(above))
}

// maxHeadingRows is how many rows a heading may take.
const maxHeadingRows = 4

// Locate finds the heading among the first rows of a sheet. Where none has all
// required columns, it gives the one that has most of them.
func (v *Vocabulary) Locate(rows []sheet.Row) *Table {
	best := &candidate{}
	for first := range rows {
		if best.complete() && first > best.last {
			break
		}
		if headless(rows, first) {
			continue
		}
		for last := first; last < min(len(rows), first+maxHeadingRows); last++ {
			if rows[last].Number-rows[first].Number != last-first || len(ownTexts(rows[last])) < 2 || holdsFigures(rows[last]) {
				break
			}
			if c := v.assign(headings(rows[first : last+1])); c.better(best) {
				c.first, c.last = first, last
				best = c
			}
		}
	}
	table := &Table{Columns: best.columns, Ambiguous: best.ambiguous}
	for _, e := range v.entries {
		if e.Required && !best.keys[e.Key] {
			table.Missing = append(table.Missing, e.Names[0])
		}
	}
	if best.matched > 0 {
		if best.last+1 < len(rows) && numbersColumns(rows[best.last+1]) {
			best.last++
		}
		table.Rows, table.First, table.Last = rows[:best.last+1], rows[best.first].Number, rows[best.last].Number
	}
	return table
}

// headless tells that a heading cannot begin at this row: it is no more than
// one text, or the row above belongs to it.
func headless(rows []sheet.Row, i int) bool {
	if len(ownTexts(rows[i])) < 2 {
		return true
	}
	return i > 0 && len(ownTexts(rows[i-1])) >= 2 && (continues(rows[i-1], rows[i]) || groups(rows[i-1], rows[i]))
}

// continues tells that cells of the row above are merged down into the row.
func continues(above, row sheet.Row) bool {
	return slices.ContainsFunc(row.Cells, func(c sheet.Cell) bool {
		return c.Covered && c.Text != "" && above.Cell(c.Column).Text == c.Text
	})
}

// groups tells that the row above holds group headings: short texts that are no
// words of a title, one of them over several different headings. To leave such a
// row out could mistake 上季 / 实付利息 for 实付利息.
func groups(above, row sheet.Row) bool {
	if above.Number+1 != row.Number || holdsFigures(above) || slices.ContainsFunc(ownTexts(above), titular) {
		return false
	}
	previous := ""
	for _, path := range headings([]sheet.Row{above, row}) {
		if len(path) == 2 && path[0] == previous {
			return true
		}
		previous = ""
		if len(path) == 2 {
			previous = path[0]
		}
	}
	return false
}

// titular tells a text of a title from a group heading.
func titular(text string) bool {
	return utf8.RuneCountInString(text) > 12 || strings.ContainsAny(text, "0123456789:：") ||
		containsAny(text, []string{"名单", "明细", "单位", "银行", "信用社", "贴息"})
}

// holdsFigures tells a row of data: no cell of a heading is a figure, a date
// or an id.
func holdsFigures(row sheet.Row) bool {
	return slices.ContainsFunc(row.Cells, func(c sheet.Cell) bool {
		if c.Kind != sheet.Text {
			return c.Kind != sheet.Empty
		}
		text := values.FoldText(c.Text)
		return strings.ContainsAny(text, "0123456789") && strings.Trim(text, "0123456789.,-+/%年月日Xx¥") == ""
	})
}

// ownTexts are the different texts of a row, where covered cells count too.
func ownTexts(row sheet.Row) []string {
	var texts []string
	for _, c := range row.Cells {
		if c.Kind == sheet.Text && strings.TrimSpace(c.Text) != "" && !slices.Contains(texts, c.Text) {
			texts = append(texts, c.Text)
		}
	}
	return texts
}

// headings gives each column's path of headings. Where a group heading is not
// merged over its columns (a CSV cannot), it reaches to the right as long as
// there are headings below it and none beside it.
func headings(rows []sheet.Row) [][]string {
	width := 0
	for _, row := range rows {
		for _, c := range row.Cells {
			if !c.Covered && c.Kind == sheet.Text {
				width = max(width, c.Column)
			}
		}
		for _, c := range row.Cells {
			if c.Covered && c.Kind == sheet.Text && c.Column <= width+maxCovered {
				width = max(width, c.Column)
			}
		}
	}
	width = min(width, maxWidth)
	grid := make([][]string, len(rows))
	for i, row := range rows {
		grid[i] = make([]string, width)
		for _, c := range row.Cells {
			if c.Kind == sheet.Text && c.Column <= width {
				grid[i][c.Column-1] = strings.TrimSpace(c.Text)
			}
		}
	}
	for i := range len(grid) - 1 {
		for c := 1; c < width; c++ {
			if grid[i][c] == "" && grid[i+1][c] != "" && grid[i+1][c-1] != "" && grid[i+1][c-1] != grid[i][c-1] {
				grid[i][c] = grid[i][c-1]
			}
		}
	}
	paths := make([][]string, width)
	for c := range paths {
		for i := range grid {
			if text := grid[i][c]; text != "" && (len(paths[c]) == 0 || paths[c][len(paths[c])-1] != text) {
				paths[c] = append(paths[c], text)
			}
		}
	}
	return paths
}

// maxCovered bounds how far a merged heading may reach past the last own one,
// maxWidth how many columns are looked at.
const (
	maxCovered = 64
	maxWidth   = 512
)

// numbersColumns tells a row that numbers the columns, 1 2 3 … or 甲 乙 1 2 ….
func numbersColumns(row sheet.Row) bool {
	previous, count := 0, 0
	for _, c := range row.Cells {
		text := Fold(c.Text)
		if text == "" || c.Covered {
			continue
		}
		if text == "栏次" || len(text) == len("甲") && strings.Contains("甲乙丙丁戊己庚辛", text) {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || count > 0 && n != previous+1 || count == 0 && n > 2 {
			return false
		}
		previous, count = n, count+1
	}
	return count >= 3
}

// candidate is a possible heading.
type candidate struct {
	first, last       int // indexes of rows
	columns           []Column
	keys              map[Key]bool
	ambiguous         []Ambiguity
	required, matched int
	lacking           int
}

func (c *candidate) complete() bool { return c.matched > 0 && c.lacking == 0 }

func (c *candidate) better(than *candidate) bool {
	return cmp.Or(cmp.Compare(c.required, than.required), cmp.Compare(c.matched, than.matched),
		cmp.Compare(len(than.ambiguous), len(c.ambiguous)), cmp.Compare(than.last-than.first, c.last-c.first)) > 0
}

// assign gives each column the best meaning that no better column has taken.
func (v *Vocabulary) assign(paths [][]string) *candidate {
	type claim struct {
		match
		column int
	}
	var claims []claim
	c := &candidate{columns: make([]Column, len(paths)), keys: map[Key]bool{}}
	for i, path := range paths {
		c.columns[i] = Column{Number: i + 1, Path: path}
		if len(path) > 0 {
			for _, m := range v.matches(path) {
				claims = append(claims, claim{m, i})
			}
		}
	}
	slices.SortStableFunc(claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.column, b.column))
	})
	won := map[Key]claim{}
	for _, claim := range claims {
		column := &c.columns[claim.column]
		winner, taken := won[claim.key]
		switch {
		case column.Key != 0:
		case !taken || claim.key == Ignored:
			column.Key, column.Score, column.Passed = claim.key, claim.score, 0
			won[claim.key] = claim
			c.keys[claim.key] = true
		case column.Passed == 0:
			column.Passed = claim.key
			if claim.score == winner.score {
				c.ambiguous = addAmbiguity(c.ambiguous, claim.key, winner.column+1, claim.column+1)
			}
		}
	}
	for _, e := range v.entries {
		switch {
		case c.keys[e.Key] && e.Required:
			c.required++
			c.matched++
		case c.keys[e.Key]:
			c.matched++
		case e.Required:
			c.lacking++
		}
	}
	return c
}

func addAmbiguity(list []Ambiguity, key Key, winner, other int) []Ambiguity {
	for i := range list {
		if list[i].Key == key {
			list[i].Columns = append(list[i].Columns, other)
			return list
		}
	}
	return append(list, Ambiguity{key, []int{winner, other}})
}
