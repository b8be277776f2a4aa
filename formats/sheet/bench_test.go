package sheet

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	kflate "github.com/klauspost/compress/flate"
	"github.com/muktihari/xmltokenizer"
	"github.com/orisano/gosax"
	"github.com/xuri/excelize/v2"
)

// benchRows is the size that the speed is promised at; TIEXI_BENCH_ROWS takes another.
func benchRows(b *testing.B) int {
	if n, err := strconv.Atoi(os.Getenv("TIEXI_BENCH_ROWS")); err == nil {
		return n
	}
	if testing.Short() {
		return 20_000
	}
	return 200_000
}

// benchColumns is a bank's list: 15 texts, 4 dates, 4 amounts, 1 number of days.
const benchColumns = 24

// benchBook writes a workbook of made-up loans, with shared strings as Excel does or inline ones as streaming writers do.
func benchBook(b *testing.B, rows int, shared bool) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "bench.xlsx")
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	z := zip.NewWriter(f)
	part := func(name, text string) {
		w, _ := z.Create(name)
		io.WriteString(w, text)
	}
	for name, text := range plainParts(shared) {
		part(name, text)
	}
	var table []string
	known := map[string]int{}
	sheet, _ := z.Create("xl/worksheets/sheet1.xml")
	w := bufio.NewWriterSize(sheet, 1<<16)
	fmt.Fprint(w, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData>`)
	for r := 1; r <= rows; r++ {
		fmt.Fprintf(w, `<row r="%d">`, r)
		for c := 1; c <= benchColumns; c++ {
			kind, value := benchCell(r, c)
			switch {
			case kind != Text:
				fmt.Fprintf(w, `<c r="%s%d" s="%d"><v>%s</v></c>`, ColumnName(c), r, map[bool]int{true: 1}[c >= 16 && c < 20], value)
			case !shared:
				fmt.Fprintf(w, `<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>`, ColumnName(c), r, value)
			default:
				i, ok := known[value]
				if !ok {
					i = len(table)
					known[value] = i
					table = append(table, value)
				}
				fmt.Fprintf(w, `<c r="%s%d" t="s"><v>%d</v></c>`, ColumnName(c), r, i)
			}
		}
		fmt.Fprint(w, `</row>`)
	}
	fmt.Fprint(w, `</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells></worksheet>`)
	w.Flush()
	if shared {
		sst, _ := z.Create("xl/sharedStrings.xml")
		w := bufio.NewWriterSize(sst, 1<<16)
		fmt.Fprintf(w, `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="%d">`, len(table))
		for _, s := range table {
			fmt.Fprintf(w, `<si><t>%s</t></si>`, s)
		}
		fmt.Fprint(w, `</sst>`)
		w.Flush()
	}
	if err := z.Close(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return name
}

func benchCell(r, c int) (Kind, string) {
	x := uint64(r*31+c) * 0x9E3779B97F4A7C15 >> 20
	switch {
	case c <= 2:
		return Text, fmt.Sprintf("清水农商银行%d支行", x%40)
	case c <= 5:
		return Text, fmt.Sprintf("%c%c%c", '一'+rune(x%2000), '丁'+rune(x>>11%2000), '七'+rune(x>>22%2000))
	case c <= 8:
		return Text, fmt.Sprintf("1499011%011d", x%100000000000)
	case c <= 11:
		return Text, fmt.Sprintf("62%017d", x)
	case c <= 14:
		return Text, fmt.Sprintf("晋清农信借字2026第%d号", uint64(r)*10+uint64(c))
	case c == 15:
		return Text, []string{"种植", "养殖", "加工", "运输"}[x%4]
	case c < 20:
		return Number, strconv.Itoa(45000 + int(x%1000))
	case c < 24:
		return Number, fmt.Sprintf("%d.%02d", x%100000, x>>20%100)
	default:
		return Number, strconv.Itoa(1 + int(x%92))
	}
}

// plainParts are the parts of a book beside its sheet and strings.
func plainParts(shared bool) map[string]string {
	strings := ""
	if shared {
		strings = `<Relationship Id="r3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>`
	}
	return map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`,
		"_rels/.rels":         `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":     `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="贴息名单" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
			strings + `</Relationships>`,
		"xl/styles.xml": `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
	}
}

// BenchmarkRead compares the whole of Open and Rows with inflating the same entries once. It reports the peak memory
// of the process (Linux) while the benchmark ran.
func BenchmarkRead(b *testing.B) {
	for _, kind := range []string{"shared", "inline"} {
		name := benchBook(b, benchRows(b), kind == "shared")
		debug.FreeOSMemory()
		b.Run(kind+"/inflate-stdlib", func(b *testing.B) { benchInflate(b, name, nil) })
		b.Run(kind+"/inflate-klauspost", func(b *testing.B) { benchInflate(b, name, kflate.NewReader) })
		b.Run(kind+"/open", func(b *testing.B) {
			for range b.N {
				book, err := Open(name)
				if err != nil {
					b.Fatal(err)
				}
				book.Close()
			}
		})
		b.Run(kind+"/sheet", func(b *testing.B) {
			highest := 0.0
			for range b.N {
				b.StopTimer()
				resetPeak() // what the reading before left is not this one's
				b.StartTimer()
				cells := 0
				book, err := Open(name)
				if err == nil {
					err = book.Rows(0, func(r Row) error { cells += len(r.Cells); return nil })
				}
				if err != nil || cells != benchRows(b)*benchColumns {
					b.Fatal(cells, err)
				}
				book.Close()
				highest = max(highest, peak())
			}
			b.ReportMetric(highest, "peak-MB")
		})
	}
	small := benchBook(b, benchRows(b)/10, true)
	var ours time.Duration
	b.Run("tenth/sheet", func(b *testing.B) {
		defer func() { ours = b.Elapsed() / time.Duration(b.N) }()
		for range b.N {
			book, err := Open(small)
			if err == nil {
				err = book.Rows(0, func(Row) error { return nil })
			}
			if err != nil {
				b.Fatal(err)
			}
			book.Close()
		}
	})
	b.Run("tenth/excelize-raw", func(b *testing.B) {
		for range b.N {
			benchExcelize(b, small)
		}
		b.ReportMetric(times(b, b.Elapsed()/time.Duration(b.N), ours), "times-ours")
	})
	for _, p := range peers {
		b.Run("tenth/"+p.name, func(b *testing.B) { p.bench(b, small, ours) })
	}
}

// peer is a reader in another language. Its program takes the file as its only argument, reads every cell, and prints
// how many there are and the milliseconds that it took, without what its interpreter takes to start.
type peer struct {
	name         string
	interpreters []string // the first that can load the library
	flag         string   // that makes the next argument a program
	load         string   // a program that fails without the library
	program      string
	install      string
}

var peers = []peer{
	{"openpyxl", []string{"python3", "/usr/bin/python3"}, "-c", "import openpyxl", `
import sys, time, openpyxl
start = time.perf_counter()
sheet = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True).worksheets[0]
sheet.reset_dimensions()
cells = sum(1 for row in sheet.iter_rows(values_only=True) for value in row if value is not None)
print(cells, round(1000 * (time.perf_counter() - start)))
`, "pip install openpyxl"},
	{"sheetjs", []string{"node"}, "-e", "require('xlsx')", `
const XLSX = require("xlsx"), start = performance.now();
const book = XLSX.readFile(process.argv[1]), sheet = book.Sheets[book.SheetNames[0]];
let cells = 0;
for (const at in sheet) if (at[0] !== "!") cells++;
console.log(cells, Math.round(performance.now() - start));
`, "npm install xlsx, and NODE_PATH if not here"},
}

// bench reports a peer's own milliseconds, and how many times ours they are.
func (p peer) bench(b *testing.B, name string, ours time.Duration) {
	interpreter := ""
	for _, i := range p.interpreters {
		if interpreter == "" && exec.Command(i, p.flag, p.load).Run() == nil {
			interpreter = i
		}
	}
	if interpreter == "" {
		b.Skipf("%s is not here: %s", p.name, p.install)
	}
	b.ResetTimer()
	took := 0
	for range b.N {
		out, err := exec.Command(interpreter, p.flag, p.program, name).Output()
		var cells, ms int
		if err == nil {
			_, err = fmt.Sscan(string(out), &cells, &ms)
		}
		if want := benchRows(b) / 10 * benchColumns; err != nil || cells != want {
			b.Fatalf("%d cells, want %d: %v", cells, want, err)
		}
		took += ms
	}
	took /= b.N
	b.ReportMetric(float64(took), "ms-reading")
	b.ReportMetric(times(b, time.Duration(took)*time.Millisecond, ours), "times-ours")
}

// times is how many times as long as ours something took.
func times(b *testing.B, took, ours time.Duration) float64 {
	if ours == 0 {
		b.Skip("run tenth/sheet too, which is what this is compared with")
	}
	return took.Seconds() / ours.Seconds()
}

func benchInflate(b *testing.B, name string, inflate func(io.Reader) io.ReadCloser) {
	for range b.N {
		z, err := zip.OpenReader(name)
		if err != nil {
			b.Fatal(err)
		}
		if inflate != nil {
			z.RegisterDecompressor(zip.Deflate, inflate)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err == nil {
				_, err = io.Copy(io.Discard, r)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		z.Close()
	}
}

func benchExcelize(b *testing.B, name string) {
	f, err := excelize.OpenFile(name, excelize.Options{RawCellValue: true})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		b.Fatal(err)
	}
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTokenizers weighs the scanner against the two libraries on a sheet's XML, already inflated. The libraries
// only cut it into tokens and attributes, which is less than the work: nothing is checked, decoded or made a cell.
// Ours goes all the way to rows.
func BenchmarkTokenizers(b *testing.B) {
	name := benchBook(b, benchRows(b)/10, true)
	book, err := Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer book.Close()
	x := book.source.(*xlsxBook)
	p, err := openPart(x.parts[0].file)
	if err != nil {
		b.Fatal(err)
	}
	text, err := io.ReadAll(p)
	if err != nil {
		b.Fatal(err)
	}
	xml := string(text)
	b.Run("gosax", func(b *testing.B) {
		b.SetBytes(int64(len(xml)))
		for range b.N {
			r := gosax.NewReader(strings.NewReader(xml))
			n := 0
			for {
				e, err := r.Event()
				if err != nil {
					b.Fatal(err)
				}
				if e.Type() == gosax.EventEOF {
					break
				}
				n += len(e.Bytes)
				if e.Type() != gosax.EventStart {
					continue
				}
				_, rest := gosax.Name(e.Bytes)
				for {
					attribute, after, err := gosax.NextAttribute(rest)
					if err != nil {
						b.Fatal(err)
					}
					if len(attribute.Key) == 0 {
						break
					}
					n, rest = n+len(attribute.Value), after
				}
			}
		}
	})
	b.Run("xmltokenizer", func(b *testing.B) {
		b.SetBytes(int64(len(xml)))
		for range b.N {
			t := xmltokenizer.New(strings.NewReader(xml))
			n := 0
			for {
				token, err := t.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					b.Fatal(err)
				}
				n += len(token.Data)
			}
		}
	})
	b.Run("rows", func(b *testing.B) {
		b.SetBytes(int64(len(xml)))
		for range b.N {
			r := sheetReader{s: newScanner(strings.NewReader(xml), window), strings: x.strings, styles: x.styles, expected: x.parts[0].merges}
			if err := r.read(func(Row) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// resetPeak and peak use what Linux keeps of a process's peak memory; elsewhere the peak is 0.
func resetPeak() {
	debug.FreeOSMemory()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

func peak() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kb, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.SplitN(after, "\n", 2)[0], "kB")), 64)
	return kb / 1024
}
