package sheet

import (
	"cmp"
	"errors"
	"io"
	"slices"
)

// The last row and column of a BIFF8 sheet, from 0.
const lastXLSColumn = 255

// xlsBook is an opened .xls: its workbook stream, and for each sheet where its cells stand in it.
type xlsBook struct {
	stream   []byte
	strings  []string
	styles   []numberFormat
	date1904 bool
	sheets   []xlsSheet
}

type xlsSheet struct {
	at     int // of its BOF
	cells  []xlsCell
	merges []area
}

// xlsCell says where a cell stands: in which record, and for MULRK as which one of it.
type xlsCell struct {
	row, column, nth uint16
	at               int32
}

func (b *Book) openXLS(r io.ReaderAt, size int64) error {
	stream, err := readOLE(r, size)
	if err != nil {
		return err
	}
	x := &xlsBook{stream: stream}
	sheets, err := x.globals()
	if err != nil {
		return err
	}
	for i := range x.sheets {
		if err := x.index(&x.sheets[i]); err != nil {
			return inSheet(err, sheets[i].Name)
		}
		if err := x.rows(i, func(Row) error { return nil }); err != nil {
			return inSheet(err, sheets[i].Name)
		}
	}
	b.format, b.source, b.sheets = XLS, x, sheets
	return nil
}

// globals reads the first substream: what holds for the whole book, and the list of sheets.
func (x *xlsBook) globals() ([]Sheet, error) {
	r, err := x.bof(0)
	if err != nil {
		return nil, err
	}
	var sheets []Sheet
	var xfs []int // the number format of each style
	custom := map[int]numberFormat{}
	for {
		if r, err = recordAt(x.stream, r.next); err != nil {
			return nil, err
		}
		switch r.id {
		case recEOF:
			if len(sheets) == 0 {
				return nil, refuse(EmptyFile, "没有工作表", "it has no worksheet")
			}
			for _, id := range xfs {
				x.styles = append(x.styles, lookFormat(custom, id))
			}
			for i := range sheets {
				sheets[i].Date1904 = x.date1904
			}
			return sheets, nil
		case recFilePass:
			return nil, refuse(Encrypted, "", "")
		case recDateMode:
			x.date1904 = len(r.body) >= 2 && le.Uint16(r.body) == 1
		case recSST:
			x.strings, err = readSST(x.stream, r)
		case recFormat:
			c := newCursor([][]byte{r.body})
			id := c.uint16()
			custom[id] = parseFormat(c.text(c.uint16()))
			err = c.err()
		case recXF:
			if len(r.body) < 4 {
				return nil, shortRecord()
			}
			xfs = append(xfs, int(le.Uint16(r.body[2:])))
		case recBoundSheet:
			sheets, err = x.boundSheet(r, sheets)
		}
		if err != nil {
			return nil, err
		}
	}
}

// bof reads the BOF at an offset, which must be one of BIFF8.
func (x *xlsBook) bof(at int) (record, error) {
	r, err := recordAt(x.stream, at)
	if err != nil {
		return r, err
	}
	switch {
	case r.id != recBOF || len(r.body) < 4:
		return r, refuse(Damaged, "没有 BOF 记录", "there is no BOF record")
	case le.Uint16(r.body) != 0x0600:
		return r, refuse(Unsupported, "这是 Excel 5.0/95 的 .xls", "it is an Excel 5.0/95 .xls")
	}
	return r, nil
}

// boundSheet reads one line of the list of sheets; what is no worksheet (charts, macros) is passed over.
func (x *xlsBook) boundSheet(r record, sheets []Sheet) ([]Sheet, error) {
	c := newCursor([][]byte{r.body})
	at, state, kind := c.uint32(), c.byte(), c.byte()
	name := c.text(int(c.byte()))
	if err := c.err(); err != nil || kind != 0 {
		return sheets, err
	}
	if len(sheets) >= maxEntries {
		return nil, refuse(TooLarge, "工作表过多", "too many sheets")
	}
	if slices.ContainsFunc(x.sheets, func(s xlsSheet) bool { return s.at == at }) {
		return nil, inSheet(refuse(Damaged, "两个工作表指向同一内容", "two sheets share one part"), name)
	}
	x.sheets = append(x.sheets, xlsSheet{at: at})
	return append(sheets, Sheet{Index: len(sheets), Name: name, Hidden: state&3 != 0}), nil
}

// index walks a sheet's records to its EOF, notes its cells and merged ranges, and sorts the cells, which most
// programs write in order but the format does not ask for.
func (x *xlsBook) index(s *xlsSheet) error {
	r, err := x.bof(s.at)
	if err != nil {
		return err
	}
	for depth := 1; depth > 0; {
		if r, err = recordAt(x.stream, r.next); err != nil {
			return err
		}
		switch {
		case r.id == recBOF:
			depth++ // an embedded chart, which has cells of its own
		case r.id == recEOF:
			depth--
		case depth == 1 && r.id == recMergeCells:
			err = s.addMerges(r.body)
		case depth == 1:
			err = s.addCells(r)
		}
		if err != nil {
			return err
		}
	}
	byPlace := func(a, b xlsCell) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column)) }
	if !slices.IsSortedFunc(s.cells, byPlace) {
		slices.SortFunc(s.cells, byPlace)
	}
	for i := 1; i < len(s.cells); i++ {
		if byPlace(s.cells[i-1], s.cells[i]) == 0 {
			return refuse(Damaged, "同一单元格出现两次", "a cell is there twice").
				atCell(int(s.cells[i].row)+1, int(s.cells[i].column)+1)
		}
	}
	s.merges, err = sortMerges(s.merges)
	return err
}

func shortRecord() *Refusal {
	return refuse(Damaged, "BIFF 记录过短", "a BIFF record is too short")
}

// cellSizes are the least sizes of the records that hold one cell.
var cellSizes = map[uint16]int{
	recLabelSST: 10, recNumber: 14, recRK: 10, recLabel: 9, recRString: 9, recBoolErr: 8, recFormula: 14,
}

func (s *xlsSheet) addCells(r record) error {
	count, size := 1, cellSizes[r.id]
	if r.id == recMulRK {
		size = 12
		count = (len(r.body) - 6) / 6
	}
	if size == 0 {
		return nil
	}
	if len(r.body) < size || r.id == recMulRK && len(r.body)%6 != 0 {
		return shortRecord()
	}
	row, column := le.Uint16(r.body), le.Uint16(r.body[2:])
	if int(column)+count-1 > lastXLSColumn {
		return refuse(Damaged, "列号超过 256", "a column beyond 256").atCell(int(row)+1, int(column)+1)
	}
	for i := range count {
		s.cells = append(s.cells, xlsCell{row, column + uint16(i), uint16(i), int32(r.at)})
	}
	return nil
}

func (s *xlsSheet) addMerges(body []byte) error {
	if len(body) < 2 || len(body) < 2+8*int(le.Uint16(body)) {
		return shortRecord()
	}
	for body = body[:2+8*int(le.Uint16(body))][2:]; len(body) > 0; body = body[8:] {
		a := area{int32(le.Uint16(body)) + 1, int32(le.Uint16(body[4:])) + 1, int32(le.Uint16(body[2:])) + 1, int32(le.Uint16(body[6:])) + 1}
		if a.lastRow < a.firstRow || a.lastColumn < a.firstColumn || a.lastColumn > maxColumn {
			return refuse(Damaged, "合并单元格的范围有误", "a merged range cannot be read")
		}
		if s.merges = append(s.merges, a); len(s.merges) > maxMerges {
			return refuse(TooLarge, "合并单元格过多", "too many merged ranges")
		}
	}
	return nil
}

// rows decodes the cells that index found.
func (x *xlsBook) rows(index int, yield func(Row) error) error {
	s := x.sheets[index]
	merges := covering{waiting: s.merges}
	var cells []Cell
	for i := 0; i < len(s.cells); {
		number := s.cells[i].row
		cells = cells[:0]
		for ; i < len(s.cells) && s.cells[i].row == number; i++ {
			c := Cell{Row: int(number) + 1, Column: int(s.cells[i].column) + 1}
			if err := x.decode(&c, s.cells[i]); err != nil {
				var r *Refusal
				if errors.As(err, &r) {
					err = r.atCell(c.Row, c.Column)
				}
				return err
			}
			cells = append(cells, c)
		}
		row, err := merges.fill(Row{Number: int(number) + 1, Cells: cells})
		if err == nil {
			err = yield(row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
