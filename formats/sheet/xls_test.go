package sheet

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
)

// biff puts a record together from numbers (their size by type), strings (bytes) and byte slices.
func biff(id uint16, fields ...any) []byte {
	var body bytes.Buffer
	for _, f := range fields {
		switch f := f.(type) {
		case string:
			body.WriteString(f)
		default:
			binary.Write(&body, binary.LittleEndian, f)
		}
	}
	head := binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, id), uint16(body.Len()))
	return append(head, body.Bytes()...)
}

func u16(s string) []uint16 { return utf16.Encode([]rune(s)) }

// streamOf is a workbook stream with one sheet; globals come before the list of sheets.
func streamOf(globals, sheet []byte) []byte {
	bof := biff(recBOF, uint16(0x0600), uint16(5), uint32(0), uint32(0))
	bound := func(at int) []byte { return biff(recBoundSheet, uint32(at), uint16(0), byte(1), byte(0), "S") }
	at := len(bof) + len(globals) + len(bound(0)) + 4
	return bytes.Join([][]byte{bof, globals, bound(at), biff(recEOF), biff(recBOF, uint16(0x0600), uint16(0x10)), sheet, biff(recEOF)}, nil)
}

// openStream opens a workbook stream as openXLS does behind the OLE file.
func openStream(stream []byte) (*Book, error) {
	x := &xlsBook{stream: stream}
	sheets, err := x.globals()
	for i := 0; err == nil && i < len(sheets); i++ {
		err = x.index(&x.sheets[i])
	}
	return &Book{name: "某银行.xlsx", format: XLS, source: x, sheets: sheets}, err
}

func briefStream(stream []byte) (string, error) {
	book, err := openStream(stream)
	if err != nil {
		return "", inFile(err, "某银行.xlsx")
	}
	var cells []string
	err = book.Rows(0, collect(&cells))
	return strings.Join(cells, "|"), err
}

// head is row, column (from 0) and style of a cell record.
func head(row, column int) [3]uint16 { return [3]uint16{uint16(row), uint16(column), 0} }

func TestXLSRecords(t *testing.T) {
	xf := biff(recXF, uint16(0), uint16(0), uint32(0))
	str := func(s string) []byte { return biff(recString, uint16(len(u16(s))), byte(1), u16(s)) }
	formula := func(column int, value any) []byte {
		return biff(recFormula, head(0, column), value, uint16(0), uint32(0))
	}
	special := func(kind, value byte) [8]byte { return [8]byte{kind, 0, value, 0, 0, 0, 0xff, 0xff} }
	for _, c := range []struct {
		name    string
		globals []byte
		records [][]byte
		want    string
	}{
		{"RK", xf, [][]byte{biff(recRK, head(0, 0), uint32(50000<<2|2)), biff(recRK, head(0, 1), ^uint32(0)&^3|2), biff(recRK, head(0, 2), uint32(44083<<2|3)),
			biff(recRK, head(0, 3), uint32(math.Float64bits(0.5)>>32)), biff(recRK, head(0, 4), uint32(math.Float64bits(12345)>>32)|1), biff(recRK, head(0, 5), uint32(0xFFFB4603))},
			"A1 2 50000|B1 2 -1|C1 2 440.83|D1 2 0.5|E1 2 123.45|F1 2 -774.4"},
		{"MULRK", xf, [][]byte{biff(recMulRK, uint16(2), uint16(1), uint16(0), uint32(1<<2|2), uint16(0), uint32(2<<2|2), uint16(0), uint32(3<<2|2), uint16(3))},
			"B3 2 1|C3 2 2|D3 2 3"},
		{"NUMBER", xf, [][]byte{biff(recNumber, head(0, 0), 21568.059999999998), biff(recNumber, head(0, 1), 1.4010019900101e17), biff(recNumber, head(0, 2), 1e-9), biff(recNumber, head(0, 3), math.Copysign(0, -1))},
			"A1 2 21568.06|B1 2 140100199001010000|C1 2 0.000000001|D1 2 0"},
		{"LABEL and RSTRING", nil, [][]byte{biff(recLabel, head(0, 0), uint16(2), byte(1), u16("张三")), biff(recLabel, head(0, 1), uint16(2), byte(0), "\xe9a"),
			biff(recRString, head(0, 2), uint16(2), byte(1), u16("李四"), uint16(1), uint32(0)), biff(recLabel, head(0, 3), uint16(0), byte(0))},
			"A1 1 张三|B1 1 éa|C1 1 李四|D1 1 "},
		{"BOOLERR", nil, [][]byte{biff(recBoolErr, head(0, 0), byte(1), byte(0)), biff(recBoolErr, head(0, 1), byte(0), byte(0)), biff(recBoolErr, head(0, 2), byte(0x2a), byte(1))},
			"A1 3 TRUE|B1 3 FALSE|C1 4 #N/A"},
		{"FORMULA", xf, [][]byte{formula(0, 456.24999999999994), formula(1, special(0, 0)), biff(recShared, "xx"), str("结果"), formula(2, special(1, 1)), formula(3, special(2, 7)), formula(4, special(3, 0))},
			"A1 2 456.25|B1 1 结果|C1 3 TRUE|D1 4 #DIV/0!|E1 1 "},
		{"SST", biff(recSST, uint32(9), uint32(4), uint16(1), byte(0), "a", uint16(2), byte(9), uint16(1), u16("富文"), uint32(0), uint16(1), byte(5), uint32(4), u16("音"), "pppp", uint16(0), byte(0)),
			[][]byte{biff(recLabelSST, head(0, 0), uint32(0)), biff(recLabelSST, head(0, 1), uint32(1)), biff(recLabelSST, head(0, 2), uint32(2)), biff(recLabelSST, head(0, 3), uint32(3))},
			"A1 1 a|B1 1 富文|C1 1 音|D1 1 "},
		{"SST cut within characters, their width changing", bytes.Join([][]byte{
			biff(recSST, uint32(2), uint32(2), uint16(6), byte(0), "ab"), biff(recContinue, byte(1), u16("中文")), biff(recContinue, byte(0), "cd", uint16(1)), biff(recContinue, byte(1), u16("末"))}, nil),
			[][]byte{biff(recLabelSST, head(0, 0), uint32(0)), biff(recLabelSST, head(0, 1), uint32(1))}, "A1 1 ab中文cd|B1 1 末"},
		{"cells in any order", xf, [][]byte{biff(recRK, head(5, 1), uint32(6)), biff(recRK, head(0, 3), uint32(2)), biff(recRK, head(5, 0), uint32(10)), biff(recRK, head(0, 0), uint32(14))},
			"A1 2 3|D1 2 0|A6 2 2|B6 2 1"},
		{"a chart in the sheet", xf, [][]byte{biff(recBOF, uint16(0x0600), uint16(0x20)), biff(recNumber, head(0, 0), 9.0), biff(recEOF), biff(recRK, head(0, 0), uint32(6))}, "A1 2 1"},
		{"merged", xf, [][]byte{biff(recRK, head(0, 0), uint32(6)), biff(recRK, head(1, 2), uint32(6)), biff(recMergeCells, uint16(1), uint16(0), uint16(1), uint16(0), uint16(1))}, "A1 2 1|B1 2 1|A2 2 1|B2 2 1|C2 2 1"},
		{"blanks", xf, [][]byte{biff(0x0201, head(0, 0)), biff(0x00be, uint16(0), uint16(1), uint16(0), uint16(0), uint16(2)), biff(recRK, head(0, 255), uint32(6))}, "IV1 2 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := briefStream(streamOf(c.globals, bytes.Join(c.records, nil)))
			if err != nil || got != c.want {
				t.Errorf("reads %q %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestXLSRefused(t *testing.T) {
	xf := biff(recXF, uint16(0), uint16(0), uint32(0))
	sst := biff(recSST, uint32(1), uint32(1), uint16(1), byte(0), "a")
	rk := biff(recRK, head(2, 2), uint32(6))
	good := streamOf(xf, rk)
	for name, c := range map[string]struct {
		stream []byte
		reason Reason
	}{
		"a cell twice":               {streamOf(xf, append(rk, rk...)), Damaged},
		"column 257":                 {streamOf(xf, biff(recRK, head(0, 256), uint32(6))), Damaged},
		"MULRK past column 256":      {streamOf(xf, biff(recMulRK, uint16(0), uint16(255), uint16(0), uint32(2), uint16(0), uint32(2), uint16(256))), Damaged},
		"a short record":             {streamOf(xf, biff(recNumber, head(0, 0), uint32(1))), Damaged},
		"NaN":                        {streamOf(xf, biff(recNumber, head(0, 0), math.NaN())), Damaged},
		"no such string":             {streamOf(sst, biff(recLabelSST, head(0, 0), uint32(1))), Damaged},
		"no such style":              {streamOf(nil, rk), Damaged},
		"no such error value":        {streamOf(nil, biff(recBoolErr, head(0, 0), byte(3), byte(1))), Damaged},
		"a formula without its text": {streamOf(xf, append(biff(recFormula, head(0, 0), [8]byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, uint16(0), uint32(0)), rk...)), Damaged},
		"half a surrogate pair":      {streamOf(nil, biff(recLabel, head(0, 0), uint16(1), byte(1), uint16(0xd800))), BadEncoding},
		"strings cut off":            {streamOf(biff(recSST, uint32(1), uint32(9), uint16(5), byte(0), "abc"), rk), Damaged},
		"strings by the million":     {streamOf(biff(recSST, uint32(1), uint32(0xffffffff), uint16(0), byte(0)), rk), TooLarge},
		"strings that are not there": {streamOf(biff(recSST, uint32(1), uint32(4000000), uint16(0), byte(0)), rk), Damaged},
		"a label longer than it is":  {streamOf(nil, biff(recLabel, head(0, 0), uint16(9), byte(0), "abc")), Damaged},
		"a bad merge":                {streamOf(xf, append(rk, biff(recMergeCells, uint16(1), uint16(3), uint16(1), uint16(0), uint16(1))...)), Damaged},
		"merges that are not there":  {streamOf(xf, append(rk, biff(recMergeCells, uint16(9), uint16(0))...)), Damaged},
		"a password":                 {streamOf(biff(recFilePass, uint16(1)), rk), Encrypted},
		"BIFF5":                      {bytes.Replace(good, []byte{0, 6, 5, 0}, []byte{0, 5, 5, 0}, 1), Unsupported},
		"no EOF":                     {good[:len(good)-4], Damaged},
		"a record past the end":      {good[:len(good)-6], Damaged},
		"no BOF":                     {good[4:], Damaged},
		"nothing":                    {nil, Damaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := briefStream(c.stream)
			wantRefusal(t, err, c.reason)
		})
	}
}

// The xlwt fixture is only worth something if its strings do run over several records, inside of characters.
func TestXLWTFixtureHasContinuedStrings(t *testing.T) {
	data, err := os.ReadFile("testdata/xlwt.xls")
	if err != nil {
		t.Fatal(err)
	}
	stream, err := readOLE(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	widths := map[byte]int{}
	for at := 0; at < len(stream); {
		r, err := recordAt(stream, at)
		if err != nil {
			break
		}
		if r.id == recContinue {
			widths[r.body[0]]++
		}
		at = r.next
	}
	if widths[0] == 0 || widths[1] == 0 {
		t.Errorf("CONTINUE records by their first byte: %v", widths)
	}
}

// TestXLSInOLE: the same refusals through the OLE file, and OLE files that are none of ours.
func TestXLSInOLE(t *testing.T) {
	data, err := os.ReadFile("testdata/xlwt.xls")
	if err != nil {
		t.Fatal(err)
	}
	bof := []byte{0x09, 0x08, 0x10, 0x00, 0x00, 0x06, 0x05, 0x00}
	at := bytes.Index(data, bof)
	patched := func(offset int, b ...byte) []byte {
		out := bytes.Clone(data)
		copy(out[offset:], b)
		return out
	}
	renamed := func(to string) []byte {
		from := binary.LittleEndian.AppendUint16(nil, 0)
		for _, u := range u16("Workbook") {
			from = binary.LittleEndian.AppendUint16(from, u)
		}
		name := make([]byte, 16)
		for i, u := range u16(to) {
			binary.LittleEndian.PutUint16(name[2*i:], u)
		}
		i := bytes.Index(data, from[2:])
		return patched(i, name...)
	}
	for name, c := range map[string]struct {
		data   []byte
		reason Reason
	}{
		"FILEPASS":      {patched(at+20, 0x2f, 0), Encrypted},
		"BIFF5":         {patched(at+4, 0, 5), Unsupported},
		"Word":          {renamed("WordDocu"), Unsupported},
		"another BOF":   {patched(at, 0), Damaged},
		"a FAT of ones": {patched(76, bytes.Repeat([]byte{1}, 436)...), Damaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tryAll(c.data)
			wantRefusal(t, err, c.reason)
		})
	}
}
