package statement

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"tiexi/formats/cell"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// rowKind is what a row below the headings is.
type rowKind uint8

const (
	rowLine rowKind = iota
	rowBlank
	rowTitle   // a title printed again
	rowHeading // a heading printed again
	rowOther   // a heading with other columns
	rowTotal
	rowFooter
)

// kind decides what a row is. When in doubt it is a line, whose problems then
// show it to somebody. lastTotal is the number of the last total row, 0 while
// it is not known.
func (l *layout) kind(row sheet.Row, lastTotal int) rowKind {
	switch again := l.table.Repeats(row); {
	case again >= l.table.First:
		return rowHeading
	case again > 0:
		return rowTitle
	}
	switch {
	case l.blank(row):
		return rowBlank
	case l.totalLabel(row) != "":
		return rowTotal
	}
	if signs(row, l.number[values.FieldID]) >= 14 {
		return rowLine
	}
	if kind, again := l.headingAgain(row); again {
		return kind
	}
	footer := l.saysFooter(row)
	if !l.carriesValue(row, footer) && (footer || lastTotal > 0 && row.Number > lastTotal) {
		return rowFooter
	}
	return rowLine
}

// headingAgain tells a row of headings below the table's own.
func (l *layout) headingAgain(row sheet.Row) (rowKind, bool) {
	if len(row.Cells) < 5 {
		return rowLine, false
	}
	columns := Headings.Recognise(row)
	if len(columns) < 5 {
		return rowLine, false
	}
	for _, c := range columns {
		if c.Key <= keyExtendedMatures && l.number[c.Key] != c.Number && fieldOf(c.Key) != values.FieldNone {
			return rowOther, true
		}
	}
	return rowHeading, true
}

// blank tells a row that says nothing: empty cells, a serial number, and the
// zeros of formulas that were filled down below the table.
func (l *layout) blank(row sheet.Row) bool {
	for _, c := range row.Cells {
		switch {
		case c.Covered, cell.Blank(c), c.Column == l.number[keySerial] && cell.Serial(c):
		case c.Kind == sheet.Number && c.Text == "0" && !l.names(c.Column):
		default:
			return false
		}
	}
	return true
}

// names tells the columns that say whose loan it is.
func (l *layout) names(column int) bool {
	return column == l.number[values.FieldBorrower] || column == l.number[values.FieldID] || column == l.number[values.FieldContract]
}

var (
	totalText = regexp.MustCompile(`^.{0,12}?(?:小计|合计|总计|共计|累计)(?:[:(].{0,12}|\d+(?:户|笔|人)|金额|数)?:?$`)
	countText = regexp.MustCompile(`^(?:共)?\d{0,6}(?:户|人|笔|户次|人次)?$`)
)

// totalLabel is the label of a 小计, 合计 or 总计 row, "" for any other row. A
// row that names a borrower, an id or a contract is none.
func (l *layout) totalLabel(row sheet.Row) string {
	label, texts := "", 0
	for _, c := range row.Cells {
		if c.Kind != sheet.Text || c.Covered || c.Column == l.number[values.FieldRemark] || cell.Blank(c) {
			continue
		}
		if texts++; texts > 2 {
			break
		}
		if len(c.Text) > 120 || !strings.Contains(c.Text, "计") {
			continue
		}
		if text := values.FoldText(c.Text); totalText.MatchString(text) {
			label = text
			break
		}
	}
	if label == "" {
		return ""
	}
	for _, f := range []values.Field{values.FieldBorrower, values.FieldID, values.FieldContract} {
		c := row.Cell(l.number[f])
		if text := values.FoldText(c.Text); !c.Covered && text != label && !cell.Placeholder(c) && !countText.MatchString(text) {
			return ""
		}
	}
	return label
}

var footerText = regexp.MustCompile(`^(?:制表|审核|审批|复核|负责|单位负责|经办|填表|填报|编制|报送|主管|批准|盖章|公章|签字|签章|日期|说明|注|备注|附注|联系电话|联系|电话)` +
	`(?:人|员|单位|机构|部门|日期|时间|负责人|领导|\d)*(?:\(.*\))?(?:[:、].*)?$|盖章|签字|签章|公章`)

var dateText = regexp.MustCompile(`^\d{4}年\d{1,2}月\d{1,2}日$`)

// saysFooter tells a row with words that stand below tables: 制表人, 审核人,
// 日期, 盖章, 注. Remarks do not count.
func (l *layout) saysFooter(row sheet.Row) bool {
	texts, dated := 0, false
	for _, c := range row.Cells {
		if c.Kind != sheet.Text || c.Covered || c.Column == l.number[values.FieldRemark] || cell.Blank(c) {
			continue
		}
		if texts++; texts > 6 { // footers have few words, and lines many
			return false
		}
		text := values.FoldText(c.Text)
		if footerText.MatchString(text) {
			return true
		}
		dated = dated || dateText.MatchString(text)
	}
	return texts == 1 && dated
}

// carriesValue tells whether a row without a whole id has another value that a
// line must have. Beside footer words a name or a date may be the footer's own,
// and so may one number (a telephone).
func (l *layout) carriesValue(row sheet.Row, footer bool) bool {
	figures := 0
	for _, f := range []values.Field{values.FieldID, values.FieldContract} {
		if signs(row, l.number[f]) >= 4 {
			figures++
		}
	}
	for _, f := range []values.Field{values.FieldBalance, values.FieldPaid, values.FieldRate} {
		if figured(row.Cell(l.number[f])) {
			figures++
		}
	}
	if footer {
		return figures > 1
	}
	return figures > 0 || l.dates(row) || personal(row.Cell(l.number[values.FieldBorrower]))
}

// figured tells a cell with a figure, or with what should have been one.
func figured(c sheet.Cell) bool {
	if cell.Blank(c) || c.Covered {
		return false
	}
	_, problem := cell.RoundedAmount(c, cell.Yuan)
	return problem == "" || c.Kind == sheet.Uncached || c.Kind == sheet.Error || strings.ContainsAny(c.Text, "%‰")
}

// signs counts the digits and letters of what may be an id or a contract
// number; a date, a sentence, or a text that is merged over the row is neither.
func signs(row sheet.Row, column int) int {
	c := row.Cell(column)
	n := 0
	for i := 0; i < len(c.Text); i++ {
		if b := c.Text[i] | 0x20; b >= '0' && b <= '9' || b >= 'a' && b <= 'z' {
			n++
		}
	}
	if n < 4 || strings.ContainsAny(c.Text, ":：") || dateText.MatchString(values.FoldText(c.Text)) || spread(row, c) {
		return 0
	}
	return n
}

// spread tells a copy of another cell of the same row.
func spread(row sheet.Row, c sheet.Cell) bool {
	return c.Covered && slices.ContainsFunc(row.Cells, func(own sheet.Cell) bool { return !own.Covered && own.Text == c.Text })
}

func (l *layout) dates(row sheet.Row) bool {
	for _, f := range []values.Field{values.FieldDisbursed, values.FieldMatures} {
		if c := row.Cell(l.number[f]); !c.Covered && !cell.Blank(c) {
			if _, problem := cell.Date(c, false); problem == "" {
				return true
			}
		}
	}
	return false
}

// personal tells whether the cell may hold a person's name: two to four
// characters, or a name with a middle dot.
func personal(c sheet.Cell) bool {
	if c.Kind != sheet.Text || c.Covered {
		return false
	}
	name := values.FoldName(c.Text)
	n := utf8.RuneCountInString(name)
	return n >= 2 && (n <= 4 || strings.Contains(name, "·")) && !strings.ContainsAny(name, "0123456789:()、,。")
}

// ownText joins what stands in a row, for the report.
func ownText(row sheet.Row) string {
	var texts []string
	for _, c := range row.Cells {
		if !c.Covered && !cell.Blank(c) {
			texts = append(texts, cell.Trim(c.Text))
		}
	}
	return strings.Join(texts, " ")
}
