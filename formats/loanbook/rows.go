package loanbook

import (
	"regexp"
	"slices"
	"strings"

	"tiexi/formats/cell"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// rowKind is what a row below the headings is.
type rowKind uint8

const (
	rowLoan rowKind = iota
	rowBlank
	rowTitle   // a title printed again
	rowHeading // a heading printed again
	rowTotal
	rowNote
)

var (
	totalText = regexp.MustCompile(`^.{0,12}?(?:小计|合计|总计|共计|累计)(?:[:(].{0,12}|\d+(?:户|笔|人)|金额|数)?:?$`)
	countText = regexp.MustCompile(`^(?:共)?\d{0,6}(?:户|人|笔|户次|人次)?$`)
	noteText  = regexp.MustCompile(`^(?:制表|审核|审批|复核|负责|单位负责|经办|填表|填报|编制|报送|主管|批准|盖章|公章|签字|签章|日期|说明|注|备注|附注|联系|电话)|盖章|签字|签章|公章`)
)

// kind decides what a row is. When in doubt it is a loan, whose problems then
// show it to somebody.
func (r *reader) kind(row sheet.Row) rowKind {
	switch again := r.table.Repeats(row); {
	case again >= r.table.First:
		return rowHeading
	case again > 0:
		return rowTitle
	case r.blank(row):
		return rowBlank
	case r.totalLabel(row) != "":
		return rowTotal
	case r.names(row):
		return rowLoan
	}
	texts := 0
	for _, c := range row.Cells {
		if c.Kind != sheet.Text || c.Covered || cell.Blank(c) {
			continue
		}
		if texts++; noteText.MatchString(values.FoldText(c.Text)) {
			return rowNote
		}
	}
	if texts == 1 && len(row.Cells) == 1 {
		return rowNote
	}
	return rowLoan
}

// blank tells a row that says nothing; the zeros of formulas that were filled
// down below the table do not.
func (r *reader) blank(row sheet.Row) bool {
	row.Cells = slices.DeleteFunc(slices.Clone(row.Cells), func(c sheet.Cell) bool {
		return c.Kind == sheet.Number && c.Text == "0" && c.Column != r.number[values.FieldBorrower] && c.Column != r.number[values.FieldID] && c.Column != r.number[values.FieldContract]
	})
	return empty(row, r.number[keySerial])
}

// empty tells a row with nothing in it but, at most, a serial number.
func empty(row sheet.Row, serial int) bool {
	return !slices.ContainsFunc(row.Cells, func(c sheet.Cell) bool {
		return !c.Covered && !cell.Blank(c) && !(c.Column == serial && cell.Serial(c))
	})
}

// names tells a row that says whose loan it is: by an id, or by a number with
// an amount beside it.
func (r *reader) names(row sheet.Row) bool {
	return signs(row.Cell(r.number[values.FieldID])) >= 14 ||
		signs(row.Cell(r.number[values.FieldContract])) >= 4 && figured(row.Cell(r.number[values.FieldBalance]))
}

// signs counts the digits and letters of what may be an id or a number.
func signs(c sheet.Cell) (n int) {
	if strings.ContainsAny(c.Text, ":：") {
		return 0
	}
	for i := 0; i < len(c.Text); i++ {
		if b := c.Text[i] | 0x20; b >= '0' && b <= '9' || b >= 'a' && b <= 'z' {
			n++
		}
	}
	return n
}

func figured(c sheet.Cell) bool {
	_, problem := cell.RoundedAmount(c, cell.Yuan)
	return !cell.Blank(c) && problem == ""
}

// totalLabel is the label of a total row, "" for any other; a row that names a
// borrower, an id or a contract is none.
func (r *reader) totalLabel(row sheet.Row) string {
	label, texts := "", 0
	for _, c := range row.Cells {
		if c.Kind != sheet.Text || c.Covered || cell.Blank(c) || c.Column == r.number[values.FieldRemark] {
			continue
		}
		if texts++; texts > 2 {
			return ""
		}
		if text := values.FoldText(c.Text); len(c.Text) <= 120 && totalText.MatchString(text) {
			label = text
			break
		}
	}
	for _, f := range []values.Field{values.FieldBorrower, values.FieldID, values.FieldContract} {
		c := row.Cell(r.number[f])
		if text := values.FoldText(c.Text); label != "" && !c.Covered && text != label && !cell.Placeholder(c) && !countText.MatchString(text) {
			return ""
		}
	}
	return label
}

// figures are what some rows come to.
type figures struct {
	loans           int
	balance, amount values.Fen
}

// sums are what the rows of a sheet come to, and the totals that it declares.
type sums struct {
	all    figures
	part   figures // since the last total row
	broken bool    // some row could not be taken: the rest need not come to the total
	top    *total  // a total row above the first loan
	last   *total  // the last one, where no loan is below it
}

// total is a 合计 or 总计 row with what stands between it and the one before.
type total struct {
	row   sheet.Row
	label string
	part  figures
}

func (s *sums) add(l *values.BookLoan) {
	s.last = nil
	for _, f := range []*figures{&s.all, &s.part} {
		f.loans++
		f.balance += l.Balance
		f.amount += l.Amount
	}
}

// total takes down a total row. A 小计 and a running total declare nothing of the
// whole sheet.
func (r *reader) total(row sheet.Row) {
	t := &total{sheet.Row{Number: row.Number, Cells: slices.Clone(row.Cells)}, r.totalLabel(row), r.sums.part}
	partial := strings.Contains(t.label, "小计") || strings.Contains(t.label, "本页") || strings.Contains(t.label, "累计")
	switch {
	case partial:
		r.sums.last = nil
	case r.sums.all.loans == 0:
		r.sums.top = t
	default:
		r.sums.last = t
	}
	r.sums.part = figures{}
}

// compareTotals holds the sheet's first and last totals against the rows: all of
// them, or, where a sheet has totals of its parts only, those since the one
// before.
func (r *reader) compareTotals() {
	for _, t := range []*total{r.sums.top, r.sums.last} {
		if t == nil || r.sums.broken {
			continue
		}
		r.compareTotal(t, values.FieldBalance, r.sums.all.balance, t.part.balance)
		r.compareTotal(t, values.FieldAmount, r.sums.all.amount, t.part.amount)
	}
}

func (r *reader) compareTotal(t *total, f values.Field, all, part values.Fen) {
	c := t.row.Cell(r.number[f])
	if r.number[f] == 0 || c.Covered || cell.Blank(c) || cell.Placeholder(c) || values.FoldText(c.Text) == t.label {
		return
	}
	declared, kind := cell.Amount(c, r.units[f])
	switch {
	case kind != "":
		r.problem(t.row.Number, f, c, kind, values.Text{})
	case declared != all && (t.part.loans == 0 || declared != part):
		r.problem(t.row.Number, f, c, values.ProblemTotal, figureText(all.String()))
	}
}
