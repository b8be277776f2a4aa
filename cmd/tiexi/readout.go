package main

import (
	"fmt"
	"strings"

	"tiexi/formats/loanbook"
	"tiexi/formats/sheet"
	"tiexi/formats/statement"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// printRead shows a reading on the screen, sheet by sheet: headings, rows, and
// at the end what does not add up, because that is what stays in view.
func (p *program) printRead(r *reading) {
	kind := string(r.report.Format)
	if r.report.Encoding != "" {
		kind += ", " + r.report.Encoding
	}
	p.answer(p.in("%s（%s）", "%s (%s)", r.report.File, kind))
	if q := r.report.QuarterNamed(); !q.IsZero() {
		p.answer(p.in("季度：%s（按标题或文件名）", "Quarter: %s (by title or file name)", q.String()))
	} else if q := r.report.QuarterByDays(); !q.IsZero() {
		p.answer(p.in("季度：%s（按各行日期）", "Quarter: %s (by the lines' days)", q.String()))
	}
	if r.report.Correction {
		p.answer(p.in("这是一份更正。", "This is a correction."))
	}
	for _, s := range r.report.Sheets {
		p.answer("")
		p.printSheet(s, r.lines[s.Name])
	}
}

func (p *program) printSheet(s statement.Sheet, lines []values.Line) {
	name := s.Name
	if name == "" {
		name = p.in("（文本）", "(text)")
	}
	switch s.Skipped {
	case statement.Hidden:
		p.answer(p.in("工作表“%s”：隐藏，不读。", "Sheet %q is hidden and not read.", name))
		return
	case statement.NoHeading:
		p.answer(p.in("工作表“%s”：没有贴息名单的表头，不读。", "Sheet %q has no statement heading and is not read.", name))
		if s.NearestRow > 0 {
			p.answer(p.in("  第 %d 行最像表头；有：%s；缺：%s。", "  Row %d comes nearest; it has %s and lacks %s.",
				s.NearestRow, p.list(s.Found), p.list(s.Missing)))
		}
		return
	}
	p.answer(p.in("工作表“%s”", "Sheet %q", name))
	p.printHeadings(s)
	p.answer("")
	p.printRows(lines)
	p.answer("")
	p.printSums(s)
	p.printProblems(lines)
}

func (p *program) list(words []string) string {
	if len(words) == 0 {
		return p.in("无", "nothing")
	}
	return strings.Join(words, p.in("、", ", "))
}

func (p *program) printHeadings(s statement.Sheet) {
	if len(s.Texts) > 0 {
		p.answer(p.in("标题：%s", "Title: %s", strings.Join(s.Texts, " / ")))
	}
	if s.Bank != "" {
		p.answer(p.in("银行：%s", "Bank: %s", s.Bank))
	}
	if s.From.Known() {
		p.answer(p.in("标题中的计息期：%s 至 %s", "Period in the title: %s to %s", s.From, s.To))
	}
	var rows [][]string
	for _, c := range s.Columns {
		rows = append(rows, []string{sheet.ColumnName(c.Number), strings.Join(c.Path, " / "), p.meaning(c), c.Unit})
	}
	p.printTable([]column{
		left(p.in("列", "col")), left(p.in("表头", "heading")), left(p.in("读作", "read as")), left(p.in("单位", "unit")),
	}, rows)
	for _, ambiguous := range s.Ambiguous {
		p.answer(p.in("两列表头相同，没有取用：%s", "Two headings claim the same, neither is taken: %s", ambiguous))
	}
	p.teach(s)
	p.answer(p.convention(s))
}

// teach says how the program learns a heading that it does not know: a sheet of
// which the days or the approval are passed over is judged without them.
func (p *program) teach(s statement.Sheet) {
	for _, c := range s.Columns {
		if c.Heading == "" || c.Known || c.Field != values.FieldNone || c.Unused != values.FieldNone {
			continue
		}
		p.paragraph("", p.in("不认识的列没有取用，不影响其他列。要程序认识，在 jobs.yaml 里给这家银行写 headings: {%q: 字段}；有哪些字段见 jobs.yaml 的注释。",
			"What is not understood is passed over; other columns do not suffer. To teach it, give the bank headings: {%q: FIELD} in jobs.yaml, whose comments list the fields.", c.Heading))
		return
	}
}

func (p *program) meaning(c statement.Column) string {
	switch {
	case c.Field != values.FieldNone:
		return rules.FieldTitle(c.Field, p.lang)
	case c.Unused != values.FieldNone:
		return p.in("没有取用（%s另有一列）", "not taken (another column is %s)", rules.FieldTitle(c.Unused, p.lang))
	case c.Known || len(c.Path) == 0:
		return p.in("略过", "passed over")
	}
	return p.in("不认识", "not understood")
}

func (p *program) convention(s statement.Sheet) string {
	days := p.in("首尾都算", "both ends count")
	switch s.Convention {
	case statement.FirstCount:
		days = p.in("算头不算尾", "the last day does not count")
	case statement.LastCount:
		days = p.in("算尾不算头", "the first day does not count")
	}
	if s.Judged == 0 {
		return p.in("计息起止：%s（没有可供判断的天数列）", "Days: %s (no day counts to tell by)", days)
	}
	return p.in("计息起止：%s（%d 行有天数，%d 行相符）", "Days: %s (%d lines with a day count, %d fit)", days, s.Judged, s.Fitting)
}

func (p *program) printRows(lines []values.Line) {
	var rows [][]string
	for _, l := range lines {
		mark := ""
		if len(l.Problems) > 0 {
			mark = fmt.Sprintf("!%d", len(l.Problems))
		}
		rows = append(rows, []string{
			fmt.Sprint(l.Row), l.Borrower, masked(l.ID), l.Contract, l.Balance.Grouped(), l.Rate.String(),
			l.From.String(), fmt.Sprint(l.Days), l.Paid.Grouped(), mark,
		})
	}
	p.printTable([]column{
		right(p.in("行", "row")), left(p.in("借款人", "borrower")), spare(p.in("身份证号", "id")), left(p.in("合同号", "contract")),
		right(p.in("计息本金", "balance")), right(p.in("年利率", "rate")), whole(p.in("计息自", "from")), right(p.in("天数", "days")),
		right(p.in("实付利息", "paid")), whole(""),
	}, rows)
}

func (p *program) printSums(s statement.Sheet) {
	p.answer(p.in("共 %d 行 = 标题 %d + 表头 %d + 空行 %d + 明细 %d + 合计 %d + 页脚 %d",
		"%d rows = %d title + %d heading + %d blank + %d lines + %d totals + %d footer",
		s.Rows, s.TitleRows, len(s.HeadingRows), s.Blanks, s.Lines, s.TotalRows, s.FooterRows))
	for f := values.FieldNone; f < values.FieldCount; f++ {
		if sum, ok := s.Sums[f]; ok {
			p.answer(p.in("  %s合计 %s 元（%d 行可读）", "  sum of %s: %s yuan (%d readable)", rules.FieldTitle(f, p.lang), sum.Grouped(), s.Counts[f]))
		}
	}
	for _, total := range s.Totals {
		for _, figure := range total.Figures {
			title := rules.FieldTitle(figure.Field, p.lang)
			switch {
			case figure.Problem != "":
				p.answer(p.in("  %s（%s）%s“%s”读不出来", "  %s (%s) %s: %q cannot be read", total.Label, figure.Cell, title, figure.Raw))
			case figure.Differs():
				p.answer(p.in("  %s（%s）%s写 %s，明细相加是 %s，不符", "  %s (%s) %s says %s, the rows come to %s: not the same",
					total.Label, figure.Cell, title, figure.Declared.Grouped(), figure.Computed.Grouped()))
			default:
				p.answer(p.in("  %s（%s）%s %s，与明细相符", "  %s (%s) %s %s, as the rows say", total.Label, figure.Cell, title, figure.Declared.Grouped()))
			}
		}
	}
}

func (p *program) printProblems(lines []values.Line) {
	count := 0
	for _, l := range lines {
		for _, problem := range l.Problems {
			count++
			p.answer(p.in("  单元格 %s（%s）“%s”：%s", "  cell %s (%s) %q: %s", problem.Cell, rules.FieldTitle(problem.Field, p.lang),
				values.MaskDigits(problem.Raw), problemWords(problem.Kind).In(p.lang)))
		}
	}
	if count == 0 {
		p.answer(p.in("每个单元格都读懂了。", "Every cell was understood."))
	}
}

// problemWords says what is wrong with a cell.
func problemWords(kind values.ProblemKind) values.Text {
	switch kind {
	case values.ProblemEmpty:
		return values.Say("必填，是空的", "needed, and empty")
	case values.ProblemUnreadable:
		return values.Say("读不出来", "cannot be read")
	case values.ProblemUncached:
		return values.Say("公式没有算出的值，请用 Excel 打开后保存", "a formula without a value; open it in Excel and save it")
	case values.ProblemDigitsLost:
		return values.Say("存成了数字，末几位已丢失，须由银行按文本重报", "stored as a number, its last digits are lost; the bank must send it as text")
	case values.ProblemRateUnit:
		return values.Say("看不出利率的单位", "the unit of the rate is unclear")
	case values.ProblemConvention:
		return values.Say("起止日期与天数不符本表的算法", "dates and day count do not fit the sheet's convention")
	case values.ProblemPrivateUse:
		return values.Say("含有自造字，请核对姓名", "has a private-use character; check the name")
	}
	return loanbook.Why(kind)
}
