package main

import (
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// column is a column of a table on the screen.
type column struct {
	title string
	right bool // amounts and counts
	whole bool // never wrapped
	spare bool // left out where the screen is too narrow for all
}

// left, right, whole and spare make columns: words that may be wrapped, figures,
// ids, dates and codes that are no use in pieces, and those of them that one can
// do without.
func left(title string) column  { return column{title: title} }
func right(title string) column { return column{title: title, right: true, whole: true} }
func whole(title string) column { return column{title: title, whole: true} }
func spare(title string) column { return column{title: title, whole: true, spare: true} }

// tableStyle has no box: box-drawing characters are two columns wide on some
// Chinese terminals and would break the alignment they are meant to show.
var tableStyle = table.Style{
	Name:   "plain",
	Box:    table.BoxStyle{MiddleHorizontal: "-", MiddleSeparator: "  ", MiddleVertical: "  ", PaddingLeft: "", PaddingRight: ""},
	Format: table.FormatOptions{Header: text.FormatDefault, Footer: text.FormatDefault, Row: text.FormatDefault},
	Options: table.Options{
		SeparateColumns: true, SeparateHeader: true,
	},
}

// printTable aligns rows by display width and wraps the widest cells so that a
// line fits the terminal, or 80 columns where there is none. Before it wraps, it
// leaves out what can be spared, and says so.
func (p *program) printTable(columns []column, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	columns, rows, left := withoutSpare(columns, rows, p.width())
	w := table.NewWriter()
	w.SetStyle(tableStyle)
	w.SuppressTrailingSpaces()
	header := table.Row{}
	for _, c := range columns {
		header = append(header, c.title)
	}
	w.AppendHeader(header)
	for _, row := range rows {
		cells := table.Row{}
		for _, cell := range row {
			cells = append(cells, cell)
		}
		w.AppendRow(cells)
	}
	widths := fit(columns, rows, p.width())
	var configs []table.ColumnConfig
	for i, c := range columns {
		config := table.ColumnConfig{Number: i + 1, WidthMax: widths[i], WidthMaxEnforcer: wrapCell}
		if c.right {
			config.Align, config.AlignHeader = text.AlignRight, text.AlignRight
		}
		configs = append(configs, config)
	}
	w.SetColumnConfigs(configs)
	_, _ = io.WriteString(p.stdout, w.Render()+"\n")
	if len(left) > 0 {
		p.paragraph("", p.in("窗口较窄，没有列出：%s。", "The window is narrow; not shown: %s.", p.list(left)))
	}
}

// wrapCell wraps like help does: Chinese text has no spaces to break at.
func wrapCell(cell string, width int) string {
	out := ""
	for i, line := range wrap(cell, width) {
		if i > 0 {
			out += "\n"
		}
		out += line
	}
	return out
}

// item prints a text behind its mark, wrapped to the screen; what follows its
// first line stands below its beginning.
func (p *program) item(mark, words string) {
	indent := text.StringWidthWithoutEscSequences(mark)
	for i, line := range wrap(words, p.width()-indent) {
		if i > 0 {
			mark = strings.Repeat(" ", indent)
		}
		p.answer(mark + line)
	}
}

// width is the room that a line has. The last column of a terminal stays free:
// the Windows console wraps when it is filled.
func (p *program) width() int {
	if width, ok := terminal(p.stdout); ok && width > 40 {
		return width - 1
	}
	return helpWidth
}

// withoutSpare leaves out columns that can be spared, the first ones first, until
// a line fits the room or none is left to go; titles are those of what it left out.
func withoutSpare(columns []column, rows [][]string, room int) (_ []column, _ [][]string, titles []string) {
	for {
		_, total := natural(columns, rows)
		i := slices.IndexFunc(columns, func(c column) bool { return c.spare })
		if total <= room || i < 0 {
			return columns, rows, titles
		}
		titles = append(titles, columns[i].title)
		columns = slices.Delete(slices.Clone(columns), i, i+1)
		narrower := make([][]string, len(rows))
		for n, row := range rows {
			narrower[n] = slices.Delete(slices.Clone(row), i, i+1)
		}
		rows = narrower
	}
}

// natural are the columns' widths without any wrapping, and that of a line.
func natural(columns []column, rows [][]string) (widths []int, total int) {
	widths = make([]int, len(columns))
	total = 2 * (len(columns) - 1)
	for i, c := range columns {
		widths[i] = text.StringWidth(c.title)
		for _, row := range rows {
			widths[i] = max(widths[i], text.LongestLineLen(row[i]))
		}
		total += widths[i]
	}
	return widths, total
}

// fit gives each column its natural width, and takes from the widest until a
// line of them fits. Columns that are whole are never wrapped.
func fit(columns []column, rows [][]string, room int) []int {
	widths, total := natural(columns, rows)
	const narrowest = 6
	for ; total > room; total-- {
		widest := -1
		for i, c := range columns {
			if !c.whole && widths[i] > narrowest && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}
