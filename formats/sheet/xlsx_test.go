package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	worksheetHead = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	worksheetTail = `</sheetData></worksheet>`
)

// zipOf packs parts in the order of their names.
func zipOf(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(parts[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// partsOf are the parts of a book with one sheet and shared strings; changes replace some, "" takes one away.
func partsOf(sheet string, changes ...string) map[string]string {
	parts := plainParts(true)
	parts["xl/worksheets/sheet1.xml"] = sheet
	parts["xl/sharedStrings.xml"] = `<sst><si><t>零</t></si><si><t xml:space="preserve"> 一 </t></si><si><r><rPr><b/></rPr><t>甲</t></r><r><t>乙</t></r><rPh sb="0" eb="1"><t>拼音</t></rPh><phoneticPr fontId="1"/></si><si/><si><t/></si></sst>`
	for i := 0; i < len(changes); i += 2 {
		if parts[changes[i]] = changes[i+1]; changes[i+1] == "" {
			delete(parts, changes[i])
		}
	}
	return parts
}

func rowsXML(rows string) map[string]string { return partsOf(worksheetHead + rows + worksheetTail) }

// TestXLSXCells: what a cell may look like. Cells are written "A1 kind text", joined by |.
func TestXLSXCells(t *testing.T) {
	for _, c := range []struct{ name, xml, want string }{
		{"shared strings", `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c><c r="E1" t="s"><v>4</v></c></row>`,
			`A1 1 零|B1 1  一 |C1 1 甲乙|D1 1 |E1 1 `},
		{"inline strings", `<row r="1"><c r="A1" t="inlineStr"><is><t>字</t></is></c><c r="B1" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r><rPh><t>x</t></rPh></is></c></row>`,
			`A1 1 字|B1 1 a b`},
		{"references and CDATA", `<row r="1"><c r="A1" t="inlineStr"><is><t>&#36148;&#x606F;&amp;&lt;&gt;&quot;&apos;</t></is></c><c r="B1" t="inlineStr"><is><t>a<![CDATA[<b>&amp;]]>c</t></is></c><c r="C1" t="str"><v>a&#10;b</v></c></row>`,
			"A1 1 贴息&<>\"'|B1 1 a<b>&amp;c|C1 1 a\nb"},
		{"line ends and escapes", "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>a\r\nb\rc</t></is></c><c r=\"B1\" t=\"str\"><v>_x0041_</v></c></row>", "A1 1 a\nb\nc|B1 1 A"},
		{"numbers", `<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="n"><v> 2.50 </v></c><c r="C1" s="1"><v>46102</v></c><c r="D1"><v>1.4010019900101E+17</v></c></row>`,
			`A1 2 1|B1 2 2.5|C1 2 46102|D1 2 140100199001010000`},
		{"booleans and errors", `<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="e"><v>#DIV/0!</v></c></row>`, `A1 3 TRUE|B1 3 FALSE|C1 4 #DIV/0!`},
		{"ISO dates", `<row r="1"><c r="A1" t="d"><v>2026-03-21</v></c><c r="B1" t="d"><v>春天</v></c></row>`, `A1 2 46102|B1 1 春天`},
		{"formulas", `<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c><c r="C1"><f>1+1</f><v/></c><c r="D1" t="str"><f>""</f><v></v></c><c r="E1" t="str"><f>"a"</f><v>a</v></c><c r="F1" t="str"><f>"a"</f></c></row>`,
			`A1 2 2|B1 5 |C1 5 |D1 1 |E1 1 a|F1 5 `},
		{"blank cells", `<row r="1"><c r="A1" s="1"/><c r="B1"></c><c r="C1"><v></v></c><c r="D1"><v>1</v></c></row><row r="2"/><row r="3"></row><row r="4"><c r="A4" s="1"/></row>`, `D1 2 1`},
		{"no addresses", `<row><c><v>1</v></c><c/><c><v>3</v></c></row><row r="5"><c r="B5"><v>4</v></c><c><v>5</v></c></row><row><c><v>6</v></c></row>`,
			`A1 2 1|C1 2 3|B5 2 4|C5 2 5|A6 2 6`},
		{"odd but good XML", `<!-- a > b --><row r='1' spans="1:2" ><c t = "n" r='A1' ><v >1</v ></c ><?x y?><c r="B1" x:y="a>b"><v>2</v><extLst><c><v>9</v></c></extLst></c></row>`, `A1 2 1|B1 2 2`},
		{"the last cell", `<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>`, `XFD1048576 2 1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, parts := range []map[string]string{rowsXML(c.xml), prefixed(rowsXML(c.xml))} {
				got, err := briefly(zipOf(t, parts))
				if err != nil || got != c.want {
					t.Errorf("reads %q %v, want %q", got, err, c.want)
				}
			}
			// The same byte by byte: the short cut for plain cells never sees one whole.
			got, err := oneByteAtATime(t, worksheetHead+c.xml+worksheetTail, rowsXML(c.xml)["xl/sharedStrings.xml"])
			if err != nil || got != c.want {
				t.Errorf("byte by byte it reads %q %v, want %q", got, err, c.want)
			}
		})
	}
}

// prefixed gives every element of the sheet and the strings a prefix, as some writers do.
func prefixed(parts map[string]string) map[string]string {
	for _, name := range []string{"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"} {
		if strings.Contains(parts[name], "CDATA") || strings.Contains(parts[name], "<!--") {
			continue
		}
		text := strings.ReplaceAll(parts[name], "</", "\x00")
		text = strings.ReplaceAll(text, "<", "<x:")
		parts[name] = strings.ReplaceAll(text, "\x00", "</x:")
	}
	return parts
}

func briefly(data []byte) (string, error) {
	book, err := OpenBytes("某银行.xlsx", data)
	if err != nil {
		return "", err
	}
	var cells []string
	err = book.Rows(0, collect(&cells))
	return strings.Join(cells, "|"), err
}

func collect(cells *[]string) func(Row) error {
	return func(r Row) error {
		for _, c := range r.Cells {
			*cells = append(*cells, fmt.Sprintf("%s %d %s", c.Address(), c.Kind, c.Text))
		}
		return nil
	}
}

func oneByteAtATime(t *testing.T, sheet, shared string) (string, error) {
	t.Helper()
	table, err := readStrings(oneByOne([]byte(shared)))
	if err != nil {
		t.Fatal(err)
	}
	var cells []string
	r := sheetReader{s: oneByOne([]byte(sheet)), strings: table, styles: []numberFormat{{}, {date: true}}}
	err = r.read(collect(&cells))
	return strings.Join(cells, "|"), err
}

// oneByOne is a scanner whose window grows byte by byte.
func oneByOne(xml []byte) *scanner {
	s := newScanner(iotest.OneByteReader(bytes.NewReader(xml)), window)
	s.buf = make([]byte, 1)
	return s
}

func TestXLSXFlags(t *testing.T) {
	parts := rowsXML(`<row r="1"><c r="A1" s="1"><v>46102</v></c><c r="B1" s="2"><v>0.0345</v></c><c r="C1" s="3"><v>46102</v></c><c r="D1" s="4"><v>1.4010019900101E+17</v></c><c r="E1" s="1" t="s"><v>0</v></c></row>`)
	parts["xl/styles.xml"] = `<styleSheet><numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="176"><alignment/></xf><xf numFmtId="4"/></cellXfs><dxfs><dxf><numFmt numFmtId="4" formatCode="yyyy"/></dxf></dxfs></styleSheet>`
	parts["xl/workbook.xml"] = strings.Replace(parts["xl/workbook.xml"], "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1)
	book, err := OpenBytes("a.xlsx", zipOf(t, parts))
	if err != nil {
		t.Fatal(err)
	}
	if book.Format() != XLSX || book.Encoding() != "" || !book.Sheets()[0].Date1904 {
		t.Error(book.Format(), book.Encoding(), book.Sheets())
	}
	err = book.Rows(0, func(r Row) error {
		for i, want := range []Cell{
			{Kind: Number, Text: "46102", Raw: "46102", Date: true}, {Kind: Number, Text: "0.0345", Raw: "0.0345", Percent: true},
			{Kind: Number, Text: "46102", Raw: "46102", Date: true}, {Kind: Number, Text: "140100199001010000", Raw: "1.4010019900101E+17", Long: true},
			{Kind: Text, Text: "零"},
		} {
			want.Row, want.Column = 1, i+1
			if r.Cells[i] != want {
				t.Errorf("%+v, want %+v", r.Cells[i], want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestXLSXLayouts: other ways in which a book's parts may hang together.
func TestXLSXLayouts(t *testing.T) {
	const row = `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`
	whole := rowsXML(row)
	strict := map[string]string{}
	for name, text := range whole {
		strict[name] = strings.ReplaceAll(strings.ReplaceAll(text, "http://schemas.openxmlformats.org/officeDocument/2006", "http://purl.oclc.org/ooxml/officeDocument"),
			"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
	}
	rels := whole["xl/_rels/workbook.xml.rels"]
	moved := maps.Clone(whole)
	moved["book/list.xml"], moved["book/strings.xml"] = moved["xl/worksheets/sheet1.xml"], moved["xl/sharedStrings.xml"]
	delete(moved, "xl/worksheets/sheet1.xml")
	delete(moved, "xl/sharedStrings.xml")
	moved["xl/_rels/workbook.xml.rels"] = strings.ReplaceAll(strings.ReplaceAll(rels, "worksheets/sheet1.xml", "/book/list.xml"), "sharedStrings.xml", "../book/strings.xml")
	for name, parts := range map[string]map[string]string{
		"strict":               strict,
		"absolute and ../":     moved,
		"other case":           partsOf(whole["xl/worksheets/sheet1.xml"], "xl/_rels/workbook.xml.rels", strings.ReplaceAll(rels, "sharedStrings.xml", "SharedStrings.XML")),
		"no styles":            partsOf(whole["xl/worksheets/sheet1.xml"], "xl/styles.xml", "", "xl/_rels/workbook.xml.rels", strings.Replace(rels, "/styles", "/other", 1)),
		"macros":               partsOf(whole["xl/worksheets/sheet1.xml"], "xl/vbaProject.bin", "\xd0\xcf\x11\xe0"),
		"external link":        partsOf(whole["xl/worksheets/sheet1.xml"], "xl/_rels/workbook.xml.rels", strings.Replace(rels, "<Relationship ", `<Relationship Id="r9" TargetMode="External" Type="http://x/worksheet" Target="http://x/y"/><Relationship `, 1)),
		"byte order mark":      partsOf("\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n" + whole["xl/worksheets/sheet1.xml"] + "\r\n"),
		"a chart sheet":        partsOf(whole["xl/worksheets/sheet1.xml"], "xl/workbook.xml", strings.Replace(whole["xl/workbook.xml"], "<sheets>", `<sheets><sheet name="图" sheetId="2" r:id="r8"/>`, 1), "xl/_rels/workbook.xml.rels", strings.Replace(rels, "<Relationship ", `<Relationship Id="r8" Type="http://x/chartsheet" Target="chartsheets/sheet1.xml"/><Relationship `, 1)),
		"spaces and a comment": partsOf(strings.Replace(whole["xl/worksheets/sheet1.xml"], "</sheetData>", "</sheetData  >\n<!-- </sheetData> --> ", 1)),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := briefly(zipOf(t, parts)); err != nil || got != "A1 1 零" {
				t.Errorf("reads %q, %v", got, err)
			}
		})
	}
}

func TestMergedCells(t *testing.T) {
	cell := func(address, text string) string {
		return fmt.Sprintf(`<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, address, text)
	}
	rows := `<row r="1">` + cell("A1", "题") + `</row>` +
		`<row r="2">` + cell("A2", "组") + cell("C2", "丙") + `</row>` +
		`<row r="3">` + cell("A3", "甲") + cell("B3", "乙") + cell("D3", "丁") + `</row>` +
		`<row r="5">` + cell("B5", "戊") + cell("C5", "遮") + `</row>` +
		`<row r="6">` + cell("A6", "己") + `</row>`
	merges := `<mergeCells count="5"><mergeCell ref="A1:D1"/><mergeCell ref="A2:B2"/><mergeCell ref="C2:C5"/><mergeCell ref="E3:F9"/><mergeCell ref="A6"/><mergeCell ref="A2:B2"/></mergeCells>`
	got, err := briefly(zipOf(t, partsOf(worksheetHead+rows+"</sheetData>"+merges+"</worksheet>")))
	const want = "A1 1 题|B1 1 题|C1 1 题|D1 1 题|" + "A2 1 组|B2 1 组|C2 1 丙|" + "A3 1 甲|B3 1 乙|C3 1 丙|D3 1 丁|" + "B5 1 戊|C5 1 丙|" + "A6 1 己"
	if err != nil || got != want {
		t.Errorf("reads %s %v\nwant  %s", got, err, want)
	}
}

// TestXLSXRefused: each of these is a whole zip with good checksums, and something wrong inside.
func TestXLSXRefused(t *testing.T) {
	good := rowsXML(`<row r="1"><c r="A1"><v>1</v></c></row>`)
	rows := func(xml string) map[string]string { return rowsXML(xml) }
	tail := func(xml string) map[string]string {
		return partsOf(worksheetHead + `<row r="1"><c r="A1"><v>1</v></c></row></sheetData>` + xml)
	}
	change := func(name, old, new string) map[string]string {
		return partsOf(good["xl/worksheets/sheet1.xml"], name, strings.Replace(good[name], old, new, 1))
	}
	sheet := func(xml string) map[string]string { return partsOf(xml) }
	for name, c := range map[string]struct {
		parts  map[string]string
		reason Reason
		cell   string
	}{
		"rows out of order":          {rows(`<row r="2"/><row r="1"><c r="A1"><v>1</v></c></row>`), Damaged, "A1"},
		"a row twice":                {rows(`<row r="2"/><row r="2"/>`), Damaged, "A2"},
		"row 0":                      {rows(`<row r="0"/>`), Damaged, ""},
		"row 1048577":                {rows(`<row r="1048577"/>`), Damaged, ""},
		"a row after the last":       {rows(`<row r="1048576"/><row/>`), Damaged, "A1048577"},
		"cells out of order":         {rows(`<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>`), Damaged, "A1"},
		"a cell twice":               {rows(`<row r="1"><c r="B1"/><c r="B1"><v>1</v></c></row>`), Damaged, "B1"},
		"a cell of another row":      {rows(`<row r="1"><c r="A2"><v>1</v></c></row>`), Damaged, ""},
		"column XFE":                 {rows(`<row r="1"><c r="XFE1"><v>1</v></c></row>`), Damaged, ""},
		"a column after XFD":         {rows(`<row r="1"><c r="XFD1"><v>1</v></c><c><v>1</v></c></row>`), Damaged, "XFD1"},
		"no number":                  {rows(`<row r="1"><c r="C1"><v>1,5</v></c></row>`), Damaged, "C1"},
		"no boolean":                 {rows(`<row r="1"><c r="C1" t="b"><v>yes</v></c></row>`), Damaged, "C1"},
		"an unknown type":            {rows(`<row r="1"><c r="C1" t="x"><v>1</v></c></row>`), Damaged, "C1"},
		"no shared string":           {rows(`<row r="1"><c r="C1" t="s"><v>5</v></c></row>`), Damaged, "C1"},
		"a negative shared string":   {rows(`<row r="1"><c r="C1" t="s"><v>-1</v></c></row>`), Damaged, "C1"},
		"no style":                   {rows(`<row r="1"><c r="C1" s="2"><v>1</v></c></row>`), Damaged, "C1"},
		"an unknown entity":          {rows(`<row r="1"><c r="C1" t="str"><v>&nbsp;</v></c></row>`), Damaged, ""},
		"a NUL reference":            {rows(`<row r="1"><c r="C1" t="str"><v>&#0;</v></c></row>`), Damaged, ""},
		"half a reference":           {rows(`<row r="1"><c r="C1" t="str"><v>&#x41</v></c></row>`), Damaged, ""},
		"tags crossed":               {rows(`<row r="1"><c r="C1"><v>1</c></v></row>`), Damaged, ""},
		"an unclosed cell":           {rows(`<row r="1"><c r="A1"><v>1</v></row>`), Damaged, ""},
		"no UTF-8":                   {rows("<row r=\"1\"><c r=\"C1\" t=\"str\"><v>\xd5\xc5\xc8\xfd</v></c></row>"), BadEncoding, ""},
		"no UTF-8 in strings":        {change("xl/sharedStrings.xml", "零", "\xd5\xc5"), BadEncoding, ""},
		"declared GBK":               {change("xl/sharedStrings.xml", "<sst>", `<?xml version="1.0" encoding="GBK"?><sst>`), BadEncoding, ""},
		"UTF-16":                     {change("xl/sharedStrings.xml", "<sst>", "\xff\xfe<\x00s\x00"), BadEncoding, ""},
		"a DOCTYPE in the sheet":     {sheet(`<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + good["xl/worksheets/sheet1.xml"]), DoctypeFound, ""},
		"a DOCTYPE in the strings":   {change("xl/sharedStrings.xml", "<sst>", `<!DOCTYPE sst><sst>`), DoctypeFound, ""},
		"a DOCTYPE in the styles":    {change("xl/styles.xml", "<styleSheet", `<!DOCTYPE x><styleSheet`), DoctypeFound, ""},
		"a DOCTYPE elsewhere":        {partsOf(good["xl/worksheets/sheet1.xml"], "docProps/core.xml", `<?xml version="1.0"?><!DOCTYPE x><x/>`), DoctypeFound, ""},
		"a DOCTYPE after the start":  {sheet(worksheetHead + `<!DOCTYPE x>` + worksheetTail), DoctypeFound, ""},
		"a sheet cut off":            {sheet(worksheetHead + `<row r="1"><c r="A1"><v>1</v></c></row>`), Damaged, ""},
		"a sheet cut in a row":       {sheet(worksheetHead + `<row r="1"><c r="A1"><v>1</v>`), Damaged, ""},
		"a sheet cut behind rows":    {tail(``), Damaged, ""},
		"two roots":                  {tail(`</worksheet><worksheet/>`), Damaged, ""},
		"text behind the root":       {tail(`</worksheet>x`), Damaged, ""},
		"an empty sheet part":        {sheet(``), Damaged, ""},
		"strings cut off":            {change("xl/sharedStrings.xml", "</sst>", ""), Damaged, ""},
		"another root":               {sheet(`<chartsheet><sheetData/></chartsheet>`), Damaged, ""},
		"no sheetData":               {sheet(`<worksheet></worksheet>`), Damaged, ""},
		"sheetData twice":            {tail(`<sheetData><row r="9"><c r="A9"><v>1</v></c></row></sheetData></worksheet>`), Damaged, ""},
		"sheetData in a comment":     {sheet(worksheetHead + `<!-- </sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells></worksheet>` + worksheetTail), Damaged, ""},
		"a bad merge":                {tail(`<mergeCells><mergeCell ref="B2:A1"/></mergeCells></worksheet>`), Damaged, ""},
		"an empty merge":             {tail(`<mergeCells><mergeCell ref=""/></mergeCells></worksheet>`), Damaged, ""},
		"merges that overlap":        {tail(`<mergeCells><mergeCell ref="A1:C3"/><mergeCell ref="B2:D4"/></mergeCells></worksheet>`), Damaged, "B2"},
		"nested too deeply":          {tail(strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100) + `</worksheet>`), TooLarge, ""},
		"no workbook":                {partsOf(good["xl/worksheets/sheet1.xml"], "xl/workbook.xml", ""), Damaged, ""},
		"no relations":               {partsOf(good["xl/worksheets/sheet1.xml"], "xl/_rels/workbook.xml.rels", ""), Damaged, ""},
		"a sheet that is not there":  {change("xl/_rels/workbook.xml.rels", "sheet1.xml", "sheet2.xml"), Damaged, ""},
		"strings that are not there": {partsOf(good["xl/worksheets/sheet1.xml"], "xl/sharedStrings.xml", ""), Damaged, ""},
		"two sheets of one part":     {change("xl/workbook.xml", "<sheets>", `<sheets><sheet name="二" sheetId="2" r:id="r1"/>`), Damaged, ""},
		"no sheets":                  {change("xl/workbook.xml", `<sheet name="贴息名单" sheetId="1" r:id="r1"/>`, ""), EmptyFile, ""},
	} {
		t.Run(name, func(t *testing.T) {
			reason := c.reason
			_, err := tryAll(zipOf(t, c.parts))
			r := wantRefusal(t, err, reason)
			if c.cell != "" && r.Cell != c.cell {
				t.Errorf("at cell %q, want %q", r.Cell, c.cell)
			}
		})
	}
}

func TestErrorOfYieldPasses(t *testing.T) {
	book, err := OpenBytes("a.xlsx", zipOf(t, rowsXML(strings.Repeat(`<row><c><v>1</v></c></row>`, 100_000))))
	if err != nil {
		t.Fatal(err)
	}
	stop := fmt.Errorf("enough")
	seen := 0
	err = book.Rows(0, func(Row) error {
		if seen++; seen == 3 {
			return stop
		}
		return nil
	})
	if err != stop || seen != 3 {
		t.Error(err, seen)
	}
	defer func() {
		if recover() != "mine" {
			t.Error("a panic of the caller does not reach it")
		}
	}()
	book.Rows(0, func(Row) error { panic("mine") })
}
