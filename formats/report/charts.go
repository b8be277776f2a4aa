package report

import (
	"fmt"

	"tiexi/pipeline/values"
)

// source is one of the four budgets, in the order of every table and bar.
type source struct {
	Class, Name string
	of          func(values.Shares) values.Fen
}

var sources = []source{
	{"c1", "中央", func(s values.Shares) values.Fen { return s.Central }},
	{"c2", "省级", func(s values.Shares) values.Fen { return s.Provincial }},
	{"c3", "市级", func(s values.Shares) values.Fen { return s.City }},
	{"c4", "县级", func(s values.Shares) values.Fen { return s.County }},
}

// rect is a piece of a bar; all lengths are whole units of the view box.
type rect struct {
	Class               string
	X, Y, Width, Height int
}

// barLength is the length of a table's longest bar.
const barLength = 240

// scale is length·part/whole; a part above zero is seen.
func scale(length int, part, whole values.Fen) int {
	if part <= 0 || whole <= 0 {
		return 0
	}
	return max(1, int(int64(length)*int64(part)/int64(whole)))
}

// bar is a stacked bar of the four sources.
func bar(s values.Shares, longest values.Fen) (pieces []rect) {
	x := 0
	for _, src := range sources {
		if width := scale(barLength, src.of(s), longest); width > 0 {
			pieces = append(pieces, rect{Class: src.Class, X: x, Width: width, Height: 12})
			x += width
		}
	}
	return pieces
}

// column is a quarter of the history chart.
type column struct {
	Label, Total string
	Pieces       []rect
	X, Top       int // of its label and figure
}

const (
	historyHeight = 150
	historyBase   = 180
	historyStep   = 120
	historyWidth  = 56
)

func columns(quarters []Past) (all []column) {
	var most values.Fen
	for _, q := range quarters {
		most = max(most, q.Shares.Total())
	}
	for i, q := range quarters {
		c := column{Label: q.Quarter.String(), Total: q.Shares.Total().Grouped(), X: 60 + i*historyStep}
		y := historyBase
		for _, src := range sources {
			height := scale(historyHeight, src.of(q.Shares), most)
			if height == 0 {
				continue
			}
			y -= height
			c.Pieces = append(c.Pieces, rect{src.Class, c.X - historyWidth/2, y, historyWidth, height})
		}
		c.Top = y - 8
		all = append(all, c)
	}
	return all
}

// flow is the chart of rows from banks over outcomes to states.
type flow struct {
	Nodes  []node
	Bands  []band
	Height int
}

type node struct {
	Class          string
	X, Y, Height   int
	LabelX, LabelY int
	Label          string
}

// band is a ribbon between two nodes.
type band struct{ Class, Path string }

const (
	flowHeight = 300 // of all rows together
	flowGap    = 14
	nodeWidth  = 10
	bankX      = 0
	outcomeX   = 300
	stateX     = 600
)

// stack places nodes under one another and remembers how much of each is used.
type stack struct {
	x, y  int
	total int
	fill  []int // next free y of each node, on the left and on the right
	empty []int
}

func (f *flow) stack(x, total int) *stack { return &stack{x: x, total: total} }

func (s *stack) height(rows int) int {
	if rows == 0 {
		return 0
	}
	return max(2, flowHeight*rows/s.total)
}

func (f *flow) node(s *stack, class, name string, rows int) {
	height := s.height(rows)
	f.Nodes = append(f.Nodes, node{class, s.x, s.y, height, s.x + nodeWidth + 6, s.y + height/2 + 4, fmt.Sprintf("%s %d", name, rows)})
	s.fill, s.empty = append(s.fill, s.y), append(s.empty, s.y)
	s.y += max(height, 8) + flowGap
	f.Height = max(f.Height, s.y)
}

func (f *flow) band(from *stack, i int, to *stack, j int, class string, rows int) {
	if rows == 0 {
		return
	}
	height := from.height(rows)
	x1, x2, y1, y2 := from.x+nodeWidth, to.x, from.empty[i], to.fill[j]
	middle := (x1 + x2) / 2
	from.empty[i] += height
	to.fill[j] += height
	f.Bands = append(f.Bands, band{class, fmt.Sprintf("M%d,%d C%d,%d %d,%d %d,%d L%d,%d C%d,%d %d,%d %d,%d Z",
		x1, y1, middle, y1, middle, y2, x2, y2, x2, y2+height, middle, y2+height, middle, y1+height, x1, y1+height)})
}

// outcomes of rows, with the class that colours them.
var outcomes = []struct {
	class, name string
	of          func(BankRows) int
}{
	{"ok", "通过", func(b BankRows) int { return b.Accepted }},
	{"held", "待核", func(b BankRows) int { return b.Held }},
	{"back", "退回", func(b BankRows) int { return b.Returned }},
}

func (r *Report) flow() flow {
	var f flow
	total := r.rows()
	if total.Rows == 0 {
		return f
	}
	banks, results, states := f.stack(bankX, total.Rows), f.stack(outcomeX, total.Rows), f.stack(stateX, total.Rows)
	for _, b := range r.Banks {
		f.node(banks, "bank", b.Bank, b.Rows)
	}
	for _, o := range outcomes {
		f.node(results, o.class, o.name, o.of(total))
	}
	for _, s := range r.States {
		f.node(states, "ok", s.Name, s.Rows)
	}
	for i, b := range r.Banks {
		for j, o := range outcomes {
			f.band(banks, i, results, j, o.class, o.of(b))
		}
	}
	for j, s := range r.States {
		f.band(results, 0, states, j, "ok", s.Rows)
	}
	return f
}

// rows is all banks' rows together.
func (r *Report) rows() BankRows {
	total := BankRows{Bank: "合计"}
	for _, b := range r.Banks {
		total.Rows += b.Rows
		total.Accepted += b.Accepted
		total.Held += b.Held
		total.Returned += b.Returned
	}
	return total
}
