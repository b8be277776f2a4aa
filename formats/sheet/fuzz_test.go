package sheet

import (
	"bytes"
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"
)

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// FuzzXLSX changes the XML inside of a good archive. tryAll checks the order and bounds of what is read; here: the
// short cut for plain cells reads what the scanner does, byte by byte.
func FuzzXLSX(f *testing.F) {
	f.Add([]byte(worksheetHead+`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46102</v></c></row>`+worksheetTail), []byte(`<sst><si><t>零</t></si></sst>`))
	f.Add([]byte(worksheetHead+`<row><c t="inlineStr"><is><t>a&amp;b</t></is></c><c t="b"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B3"/></mergeCells></worksheet>`), []byte(`<x:sst><x:si><x:r><x:t>甲</x:t></x:r><x:rPh><x:t>j</x:t></x:rPh></x:si></x:sst>`))
	f.Fuzz(func(t *testing.T, sheet, shared []byte) {
		parts := partsOf(string(sheet), "xl/sharedStrings.xml", string(shared))
		if len(shared) == 0 {
			return
		}
		got, err := tryAll(zipOf(t, parts))
		if err != nil || len(sheet)+len(shared) > 1<<14 {
			return
		}
		book, err := OpenBytes("a.xlsx", zipOf(t, parts))
		if err != nil {
			t.Fatal(err)
		}
		fast, _ := briefly(zipOf(t, parts))
		slow, err := slowly(book, sheet, shared)
		if err != nil || fast != slow {
			t.Fatalf("reads %q, byte by byte %q %v (%s)", fast, slow, err, got)
		}
	})
}

func slowly(book *Book, sheet, shared []byte) (string, error) {
	table, err := readStrings(oneByOne(shared))
	if err != nil {
		return "", err
	}
	var cells []string
	r := sheetReader{s: oneByOne(sheet), strings: table, styles: []numberFormat{{}, {date: true}}, expected: book.source.(*xlsxBook).parts[0].merges}
	err = r.read(collect(&cells))
	return strings.Join(cells, "|"), err
}

// FuzzXLS changes a workbook stream, behind the OLE file.
func FuzzXLS(f *testing.F) {
	data := readFile(f, "testdata/sheetjs.xls")
	stream, err := readOLE(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(stream)
	f.Fuzz(func(t *testing.T, stream []byte) {
		book, err := openStream(stream)
		if err != nil {
			return
		}
		for _, s := range book.Sheets() {
			last := 0
			book.Rows(s.Index, func(r Row) error {
				ascending := slices.IsSortedFunc(r.Cells, func(a, b Cell) int { return a.Column - b.Column })
				if r.Number <= last || len(r.Cells) == 0 || !ascending {
					t.Fatal("rows or cells out of order")
				}
				last = r.Number
				return nil
			})
		}
	})
}

// FuzzOpen changes whole files of every kind.
func FuzzOpen(f *testing.F) {
	f.Add(readFile(f, "testdata/sheetjs.xls"))
	f.Add(zipOf(f, rowsXML(`<row r="1"><c r="A1"><v>1</v></c></row>`)))
	f.Add([]byte("借款人,金额\n张三,1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := tryAll(data)
		second, again := tryAll(data)
		if first != second || (err == nil) != (again == nil) {
			t.Fatal("two readings differ")
		}
	})
}

// FuzzCSV changes texts; where encoding/csv reads one too, the fields are the same.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{"a,b\n1,\"2\n3\"\n", "sep=;\na;b", "a\tb\tc\n1,2\t3\t4", "=\"001\",x\n", "\xff\xfea\x00"} {
		f.Add([]byte(text))
	}
	f.Add(encoded(f, "借款人,金额\n张三,1\n", "GB18030"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := tryAll(data); err != nil {
			return
		}
		book, err := OpenBytes("a.csv", data)
		if err != nil || book.Format() != CSV || book.Encoding() != "UTF-8" {
			return
		}
		source := book.source.(*csvBook)
		if source.skip > 0 || source.separator != ',' || bytes.ContainsAny(data, "\r=") {
			return
		}
		reader := csv.NewReader(bytes.NewReader(data))
		reader.FieldsPerRecord = -1
		records, err := reader.ReadAll()
		if err != nil {
			return
		}
		var want, got []string
		for _, field := range slices.Concat(records...) {
			if field != "" {
				want = append(want, field)
			}
		}
		book.Rows(0, func(r Row) error {
			for _, c := range r.Cells {
				got = append(got, c.Text)
			}
			return nil
		})
		if !slices.Equal(want, got) {
			t.Fatalf("fields %q, encoding/csv has %q", got, want)
		}
	})
}
