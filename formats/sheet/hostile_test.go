package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// maxCost is what refusing a hostile file may allocate in all, freed again or not: it bounds the peak.
const maxCost = 64 << 20

// cheaply runs f and fails if it allocates more.
func cheaply(t *testing.T, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > maxCost {
		t.Errorf("allocated %d MB", n>>20)
	}
}

// longBook has 2,000 rows, as the workbook of which excelize reads 984 without an error when it is damaged.
func longBook(t testing.TB) []byte {
	var rows strings.Builder
	for r := 1; r <= 2000; r++ {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" t="inlineStr"><is><t>清水农商银行%d</t></is></c><c r="B%d"><v>%d.%02d</v></c></row>`, r, r, r*7919%1000, r, r*r%10000, r%100)
	}
	return zipOf(t, rowsXML(rows.String()))
}

// dataOf finds the compressed bytes of an entry.
func dataOf(t testing.TB, data []byte, name string) (from, to int) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Name == name {
			offset, err := f.DataOffset()
			if err != nil {
				t.Fatal(err)
			}
			return int(offset), int(offset) + int(f.CompressedSize64)
		}
	}
	t.Fatal("no ", name)
	return 0, 0
}

func TestDamagedSheetLosesNoRowInSilence(t *testing.T) {
	data := longBook(t)
	if n := strings.Count(readAll(t, data), "\n"); n != 4000 {
		t.Fatal(n, "cells")
	}
	from, to := dataOf(t, data, "xl/worksheets/sheet1.xml")
	for at := from; at < to; at += (to - from) / 60 {
		damaged := bytes.Clone(data)
		damaged[at] ^= 0x55
		_, err := OpenBytes("某银行.xlsx", damaged)
		wantRefusal(t, err, Damaged)
	}
}

// TestAnyByteChanged: whatever byte of a workbook changes, it is refused or reads the same.
func TestAnyByteChanged(t *testing.T) {
	data, err := os.ReadFile("testdata/openpyxl.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	whole := readAll(t, data)
	for at := 0; at < len(data); at += 5 {
		changed := bytes.Clone(data)
		changed[at] ^= 1 << (at % 8)
		if got, err := tryAll(changed); err == nil && got != whole {
			t.Fatalf("byte %d changed: reads, and differs", at)
		}
	}
}

// TestAnyCut: an archive that stops anywhere is refused.
func TestAnyCut(t *testing.T) {
	data := zipOf(t, rowsXML(`<row r="1"><c r="A1"><v>1</v></c></row>`))
	for n := range data {
		_, err := tryAll(data[:n])
		switch {
		case n == 0:
			wantRefusal(t, err, EmptyFile)
		case n < 3: // "P" and "PK" are texts
		case n == 3:
			wantRefusal(t, err, Unsupported)
		default:
			wantRefusal(t, err, Damaged)
		}
	}
}

// A digit changed in a stored entry is caught by its CRC, and by ours even where the directory's CRC is 0.
func TestChecksums(t *testing.T) {
	for _, zeroed := range []bool{false, true} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		parts := rowsXML(`<row r="1"><c r="A1"><v>440.83</v></c></row>`)
		for _, name := range slices.Sorted(maps.Keys(parts)) {
			text := []byte(parts[name])
			h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(text), CompressedSize64: uint64(len(text)), UncompressedSize64: uint64(len(text))}
			if strings.HasSuffix(name, "sheet1.xml") {
				text = bytes.Replace(text, []byte("440.83"), []byte("940.83"), 1)
				if zeroed {
					h.CRC32 = 0
				}
			}
			w, err := z.CreateRaw(h)
			if err == nil {
				_, err = w.Write(text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		z.Close()
		_, err := tryAll(b.Bytes())
		wantRefusal(t, err, Damaged)
	}
}

// lying writes an archive of a good book and one more entry whose directory line is h.
func lying(t *testing.T, compressed []byte, headers ...*zip.FileHeader) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	parts := rowsXML(`<row r="1"><c r="A1"><v>1</v></c></row>`)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		w, _ := z.Create(name)
		io.WriteString(w, parts[name])
	}
	for _, h := range headers {
		w, err := z.CreateRaw(h)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(compressed)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func deflated(t *testing.T, text []byte) []byte {
	data := zipOf(t, map[string]string{"x": string(text)})
	from, to := dataOf(t, data, "x")
	return data[from:to]
}

func TestBombs(t *testing.T) {
	zeros := make([]byte, 100<<20)
	bomb := deflated(t, zeros)
	crc := crc32.ChecksumIEEE(zeros)
	header := func(name string, claimed uint64) *zip.FileHeader {
		return &zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: crc, CompressedSize64: uint64(len(bomb)), UncompressedSize64: claimed}
	}
	var many, wide []*zip.FileHeader
	for i := range maxEntries + 1 {
		many = append(many, &zip.FileHeader{Name: fmt.Sprint("x/", i)})
	}
	for i := range 400 {
		wide = append(wide, &zip.FileHeader{Name: fmt.Sprint("x/", i), Method: zip.Deflate, UncompressedSize64: freeInflated})
	}
	long := strings.Repeat("a", maxString)
	for name, c := range map[string]struct {
		data   []byte
		reason Reason
	}{
		"ratio":                    {lying(t, bomb, header("xl/media/image1.png", 100<<20)), TooLarge},
		"ratio, size understated":  {lying(t, bomb, header("xl/media/image1.png", 1000)), Damaged},
		"4 GB declared":            {lying(t, nil, &zip.FileHeader{Name: "xl/x.bin", Method: zip.Deflate, UncompressedSize64: 4 << 30}), TooLarge},
		"many entries":             {lying(t, nil, many...), TooLarge},
		"many large entries":       {lying(t, nil, wide...), TooLarge},
		"a string without end":     {zipOf(t, rowsXML(`<row r="1"><c r="A1" t="inlineStr"><is><t>`+strings.Repeat("a", 3<<20)+`</t></is></c></row>`)), TooLarge},
		"a shared string too long": {zipOf(t, partsOf(worksheetHead+worksheetTail, "xl/sharedStrings.xml", `<sst><si><t>`+long+`b</t></si></sst>`)), TooLarge},
		"a string of many runs":    {zipOf(t, partsOf(worksheetHead+worksheetTail, "xl/sharedStrings.xml", `<sst><si>`+strings.Repeat(`<r><t>`+long[:1<<16]+`</t></r>`, 60)+`</si></sst>`)), TooLarge},
		"a tag without end":        {zipOf(t, rowsXML(`<row r="1"><c r="A1" x="`+strings.Repeat("a", 3<<20)+`"/></row>`)), TooLarge},
		"a million styles":         {zipOf(t, partsOf(worksheetHead+worksheetTail, "xl/styles.xml", `<styleSheet><cellXfs>`+strings.Repeat(`<xf/>`, 1_000_000)+`</cellXfs></styleSheet>`)), TooLarge},
		"1,048,577 rows":           {zipOf(t, rowsXML(strings.Repeat(`<row/>`, maxRow+1))), Damaged},
		"a merge over everything":  {zipOf(t, partsOf(worksheetHead+strings.Repeat(`<row><c><v>1</v></c></row>`, 100_000)+`</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>`)), TooLarge},
		"a million merges":         {zipOf(t, partsOf(worksheetHead+`</sheetData><mergeCells>`+strings.Repeat(`<mergeCell ref="A1:B1"/>`, 600_000)+`</mergeCells></worksheet>`)), TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			cheaply(t, func() {
				book, err := OpenBytes("某银行.xlsx", c.data)
				if err == nil {
					err = book.Rows(0, func(Row) error { return nil })
				}
				wantRefusal(t, err, c.reason)
			})
		})
	}
	// A whole row merged by mistake is no bomb, nor is an archive within the archive.
	inner := zipOf(t, map[string]string{"inner.bin": string(zeros[:8<<20])})
	data := zipOf(t, partsOf(worksheetHead+`<row><c><v>1</v></c></row><row><c><v>2</v></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1"/></mergeCells></worksheet>`, "xl/embeddings/inner.zip", string(inner)))
	cheaply(t, func() {
		if n := strings.Count(readAll(t, data), "\n"); n != freeColumns+1 {
			t.Error(n, "cells")
		}
	})
}

func TestUnsafeNames(t *testing.T) {
	for _, name := range []string{"../x", "/x", "xl/../../x", `xl\worksheets\sheet9.xml`, "C:x", "./x", "xl//x", "..", "x\x00y", "xl/workbook.xml", "XL/Workbook.XML"} {
		_, err := tryAll(lying(t, nil, &zip.FileHeader{Name: name}))
		wantRefusal(t, err, UnsafeName)
	}
	if _, err := tryAll(lying(t, nil, &zip.FileHeader{Name: "xl/"}, &zip.FileHeader{Name: "..x"}, &zip.FileHeader{Name: "名单.txt"})); err != nil {
		t.Error(err)
	}
}

func TestEncrypted(t *testing.T) {
	f := excelize.NewFile()
	f.SetCellValue("Sheet1", "A1", 1)
	var b bytes.Buffer
	if err := f.Write(&b, excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	_, err := tryAll(b.Bytes())
	wantRefusal(t, err, Encrypted)
	_, err = tryAll(lying(t, nil, &zip.FileHeader{Name: "x", Flags: 1}))
	wantRefusal(t, err, Encrypted)
}

// TestNamesDoNotDecide: each kind of file under the extension of another.
func TestNamesDoNotDecide(t *testing.T) {
	folder := t.TempDir()
	for name, c := range map[string]struct {
		source string
		format Format
	}{"a.xls": {"testdata/openpyxl.xlsx", XLSX}, "b.xlsx": {"testdata/xlwt.xls", XLS}, "c.csv": {"testdata/libreoffice.xls", XLS}, "d.et": {"testdata/libreoffice.xls", XLS}, "e.xlsx": {"", CSV}} {
		data := []byte("借款人,金额\n张三,1\n")
		if c.source != "" {
			data, _ = os.ReadFile(c.source)
		}
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		book, err := Open(path)
		if err != nil || book.Format() != c.format {
			t.Fatalf("%s: %v", name, err)
		}
		if dump(t, book) == "" || book.Close() != nil {
			t.Errorf("%s: no cells", name)
		}
	}
	for _, name := range []string{"none.xlsx", "."} {
		_, err := Open(filepath.Join(folder, name))
		r, ok := err.(*Refusal)
		if !ok || r.Reason != Unreadable || r.Err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// oleOf builds an OLE file whose directory is a chain of sectors, each made by entry.
func oleOf(sectors int) []byte {
	fats := (sectors + 128) / 128
	for fats*128 < sectors+fats {
		fats++
	}
	out := make([]byte, 512*(1+fats+sectors))
	copy(out, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	put16 := func(at int, v uint16) { binary.LittleEndian.PutUint16(out[at:], v) }
	put32 := func(at int, v uint32) { binary.LittleEndian.PutUint32(out[at:], v) }
	put16(24, 0x3e)
	put16(26, 3)
	put16(28, 0xfffe)
	put16(30, 9)
	put16(32, 6)
	put32(44, uint32(fats))
	put32(48, uint32(fats)) // the directory begins behind the FAT
	put32(56, 4096)
	put32(60, 0xfffffffe)
	put32(68, 0xfffffffe)
	for i := range 109 {
		put32(76+4*i, map[bool]uint32{true: uint32(i), false: 0xffffffff}[i < fats])
	}
	for i := range sectors {
		next := uint32(fats + i + 1)
		if i == sectors-1 {
			next = 0xfffffffe
		}
		put32(512+4*(fats+i), next)
	}
	for i := range sectors * 4 { // storages, each within the one before
		at := 512*(1+fats) + 128*i
		put16(at, 'a')
		put16(at+64, 4)
		out[at+66] = map[bool]byte{true: 5, false: 1}[i == 0]
		put32(at+68, 0xffffffff)
		put32(at+72, 0xffffffff)
		put32(at+76, map[bool]uint32{true: uint32(i + 1), false: 0xffffffff}[i < sectors*4-1])
		put32(at+116, 0xfffffffe)
	}
	return out
}

func TestOLEBombs(t *testing.T) {
	cheaply(t, func() {
		_, err := tryAll(oleOf(3000)) // 12,000 storages, one within the other
		wantRefusal(t, err, TooLarge)
	})
	cheaply(t, func() {
		_, err := tryAll(oleOf(20))
		wantRefusal(t, err, Unsupported)
	})
	_, err := tryAll([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more"))
	wantRefusal(t, err, Damaged)
}

// A panic over a file, in the reading or in the goroutine that inflates, is a refusal like any other.
func TestPanicsAreRefusals(t *testing.T) {
	err := guarded(func() error { return []error{}[len(t.Name())] })
	wantRefusal(t, inFile(err, "某银行.xlsx"), Damaged)
	p := newPump(panicking{})
	defer p.Close()
	_, err = io.ReadAll(p)
	r := wantRefusal(t, inFile(err, "某银行.xlsx"), Damaged)
	if r.Unwrap() == nil {
		t.Error("the panic's words are lost")
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("malformed") }
