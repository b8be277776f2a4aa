package sheet

import (
	"cmp"
	"slices"
	"sort"
)

// Bounds on merged ranges. Excel knows none; the widest list a bank sends has some tens of columns.
const (
	maxMerges    = 1 << 18 // ranges in a sheet
	freeColumns  = 256     // copies reach this far even where the sheet has not yet used the columns
	freeCopies   = 1 << 20 // copies in a sheet …
	copiesPerOwn = 16      // … and that many more for each cell of its own
)

// sortMerges sorts the merged ranges of a sheet, drops those of one cell and those given twice, and refuses
// overlapping ones, of which no program can say whose value a cell shows.
func sortMerges(areas []area) ([]area, error) {
	slices.SortFunc(areas, func(a, b area) int {
		return cmp.Or(cmp.Compare(a.firstRow, b.firstRow), cmp.Compare(a.firstColumn, b.firstColumn),
			cmp.Compare(a.lastRow, b.lastRow), cmp.Compare(a.lastColumn, b.lastColumn))
	})
	areas = slices.Compact(areas)
	areas = slices.DeleteFunc(areas, func(a area) bool { return a.firstRow == a.lastRow && a.firstColumn == a.lastColumn })
	var open []area // those that reach the present row, and some that ended before, by column
	for _, a := range areas {
		from := sort.Search(len(open), func(i int) bool { return open[i].lastColumn >= a.firstColumn })
		to := from
		for to < len(open) && open[to].firstColumn <= a.lastColumn {
			if open[to].lastRow >= a.firstRow {
				return nil, refuse(Damaged, "合并单元格互相重叠", "merged ranges overlap").
					atCell(int(a.firstRow), int(a.firstColumn))
			}
			to++
		}
		open = slices.Replace(open, from, to, a)
	}
	return areas, nil
}

// covering gives the cells under merged ranges their copies, row by row.
type covering struct {
	waiting []area    // not yet reached, sorted
	active  []covered // reach the present row, by column
	used    int       // the last column with a cell of its own so far
	own     int       // cells so far
	copies  int       // copies so far
	cells   []Cell    // reused from row to row
}

type covered struct {
	area
	value Cell // the first cell
}

// fill puts copies into a row. The cost is bounded: columns that the sheet has not used are filled up to
// freeColumns, and a sheet that is nearly all copies is refused.
func (m *covering) fill(row Row) (Row, error) {
	m.own += len(row.Cells)
	m.used = max(m.used, row.Cells[len(row.Cells)-1].Column)
	m.advance(row)
	if len(m.active) == 0 {
		return row, nil
	}
	limit := max(m.used, freeColumns)
	out, own := m.cells[:0], row.Cells
	for _, a := range m.active {
		for len(own) > 0 && own[0].Column < int(a.firstColumn) {
			out, own = append(out, own[0]), own[1:]
		}
		column := int(a.firstColumn)
		if row.Number == int(a.firstRow) {
			out = append(out, a.value)
			column++
		}
		for ; column <= min(int(a.lastColumn), limit); column++ {
			copied := a.value
			copied.Row, copied.Column, copied.Covered = row.Number, column, true
			out = append(out, copied)
			m.copies++
		}
		for len(own) > 0 && own[0].Column <= int(a.lastColumn) {
			own = own[1:]
		}
		if m.copies > freeCopies+copiesPerOwn*m.own {
			return Row{}, refuse(TooLarge, "合并单元格范围过大", "merged ranges cover too much").
				atCell(int(a.firstRow), int(a.firstColumn))
		}
	}
	m.cells = append(out, own...)
	row.Cells = m.cells
	return row, nil
}

// advance brings active up to the row. A range whose first cell is empty has nothing to copy; values that lie
// hidden under it are kept as they are.
func (m *covering) advance(row Row) {
	n := int32(row.Number)
	m.active = slices.DeleteFunc(m.active, func(a covered) bool { return a.lastRow < n })
	for len(m.waiting) > 0 && m.waiting[0].firstRow <= n {
		a := m.waiting[0]
		m.waiting = m.waiting[1:]
		if a.firstRow < n {
			continue // its first row has no cell at all
		}
		if value := row.Cell(int(a.firstColumn)); value.Kind != Empty {
			i := sort.Search(len(m.active), func(i int) bool { return m.active[i].firstColumn > a.firstColumn })
			m.active = slices.Insert(m.active, i, covered{a, value})
		}
	}
}
