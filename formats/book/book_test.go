package book

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// write puts a book of one sheet out.
func write(t testing.TB, fill func(*Sheet)) []byte {
	t.Helper()
	b := New(Properties{Title: "试", Date: values.MustDate("2026-10-09")})
	fill(b.Sheet(Layout{Name: "表"}))
	var out bytes.Buffer
	if _, err := b.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func partOf(t testing.TB, workbook []byte, name string) string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAmountsKeepTheirDigits(t *testing.T) {
	amounts := []values.Fen{0, 1, -1, 45626, 31938, 9007199254740993, -9223372036854775807}
	xml := partOf(t, write(t, func(s *Sheet) {
		for _, amount := range amounts {
			s.Row(Fen(DeskMoney, amount))
		}
	}), "xl/worksheets/sheet1.xml")
	for _, want := range []string{"0.00", "0.01", "-0.01", "456.26", "319.38", "90071992547409.93", "-92233720368547758.07"} {
		if !strings.Contains(xml, "<v>"+want+"</v>") {
			t.Errorf("no cell holds %s", want)
		}
	}
	if strings.Contains(xml, "<f>") {
		t.Error("there is a formula")
	}
}

func TestTextIsNeverAFormula(t *testing.T) {
	data := write(t, func(s *Sheet) { s.Row(Text(DeskText, "=1+1"), Text(DeskCode, "149901198001010014")) })
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if formula, _ := f.GetCellFormula("表", "A1"); formula != "" {
		t.Errorf("formula %q", formula)
	}
	for cell, want := range map[string]string{"A1": "=1+1", "B1": "149901198001010014"} {
		kind, _ := f.GetCellType("表", cell)
		if got, _ := f.GetCellValue("表", cell); got != want || kind != excelize.CellTypeInlineString {
			t.Errorf("%s is %q (type %v)", cell, got, kind)
		}
	}
	id, err := f.GetCellStyle("表", "B1")
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil || style.NumFmt != 49 {
		t.Errorf("an id's cell is no text cell: %+v, %v", style, err)
	}
}

// What is written comes back the same, through a reader that shares no code
// with the writer.
func TestTextsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.OneOf(
			rapid.String(),
			rapid.SampledFrom([]string{"䶮𬱖", "<a&b>\"'", "两行\n文字", " 前后空格 ", "_x0041_", "a_x005F_b", "\u202e反", "\ufffe", "tab\there"}),
		), 1, 8).Draw(t, "texts")
		b := New(Properties{})
		s := b.Sheet(Layout{Name: "表"})
		for _, text := range texts {
			s.Row(Text(DeskText, text), Int(DeskInt, 1))
		}
		var out bytes.Buffer
		if _, err := b.WriteTo(&out); err != nil {
			t.Fatal(err)
		}
		read, err := sheet.OpenBytes("b.xlsx", out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		err = read.Rows(0, func(row sheet.Row) error {
			if got, want := row.Cell(1).Text, texts[row.Number-1]; got != want {
				t.Errorf("wrote %q, read %q", want, got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestSameBookSameBytes(t *testing.T) {
	fill := func(s *Sheet) {
		s.Row(Text(Title, "标题").Over(3))
		for i := range 5000 {
			s.Row(Int(DeskInt, i), Text(DeskText, "王一"), Fen(DeskMoney, values.Fen(i)))
		}
		s.Filter(1, s.Last())
		s.Repeat(1, 1)
	}
	if !bytes.Equal(write(t, fill), write(t, fill)) {
		t.Error("two books of the same content differ")
	}
}

func TestTheClockReachesNoFile(t *testing.T) {
	core := partOf(t, write(t, func(*Sheet) {}), "docProps/core.xml")
	if strings.Count(core, "2026-10-09T00:00:00Z") != 2 || !strings.Contains(core, "<dc:creator>贴息<") {
		t.Errorf("properties %s", core)
	}
	data := write(t, func(*Sheet) {})
	r, _ := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	for _, f := range r.File {
		if f.Modified.Year() != 1980 {
			t.Errorf("%s is dated %v", f.Name, f.Modified)
		}
	}
}

func TestEveryPartIsWellFormed(t *testing.T) {
	data := write(t, func(s *Sheet) {
		s.Row(Text(Title, "<标题>&\"").Over(2), Text(DeskLink, "B7").LinkTo("银行&1.xlsx", "a'b", "B7"))
		s.Repeat(1, 1)
		s.Filter(1, 1)
		s.DigitsAsText(1, 1, 1, 1)
		s.Choices(1, 1, 1, "是", "否")
	})
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if r.File[0].Name != "[Content_Types].xml" {
		t.Errorf("the first part is %s", r.File[0].Name)
	}
	for _, f := range r.File {
		decoder := xml.NewDecoder(strings.NewReader(partOf(t, data, f.Name)))
		for {
			if _, err := decoder.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
}

func TestWhatAWorkbookCannotHoldIsAnError(t *testing.T) {
	for name, fill := range map[string]func(*Book){
		"no sheet":          func(*Book) {},
		"long sheet name":   func(b *Book) { b.Sheet(Layout{Name: strings.Repeat("村", 32)}) },
		"slash in name":     func(b *Book) { b.Sheet(Layout{Name: "a/b"}) },
		"quote in front":    func(b *Book) { b.Sheet(Layout{Name: "'a"}) },
		"two of one name":   func(b *Book) { b.Sheet(Layout{Name: "a"}); b.Sheet(Layout{Name: "A"}) },
		"exponent":          func(b *Book) { b.Sheet(Layout{Name: "a"}).Row(Number(DeskInt, "1E5")) },
		"separators":        func(b *Book) { b.Sheet(Layout{Name: "a"}).Row(Number(DeskInt, "1,234.5")) },
		"no digits":         func(b *Book) { b.Sheet(Layout{Name: "a"}).Row(Number(DeskInt, "-")) },
		"too long":          func(b *Book) { b.Sheet(Layout{Name: "a"}).Row(Text(DeskText, strings.Repeat("字", 32768))) },
		"drop-down with \"": func(b *Book) { b.Sheet(Layout{Name: "a"}).Choices(1, 1, 1, `"`) },
	} {
		b := New(Properties{})
		fill(b)
		var out bytes.Buffer
		if _, err := b.WriteTo(&out); !errors.Is(err, ErrContent) || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, out.Len())
		}
	}
}

func TestPageDropDownsLinksAndFilters(t *testing.T) {
	b := New(Properties{})
	s := b.Sheet(Layout{Name: "问'题", Widths: []int{10, 20}, FreezeRows: 1, PrintColumns: 1, Header: "A&B"})
	s.Row(Text(DeskHead, "甲"), Text(DeskHead, "乙"))
	s.Row(Text(DeskText, "x"), Text(DeskLink, "B7").LinkTo("../../收件/银行 1.xlsx", "Sheet1", "B7"))
	s.Repeat(1, 1)
	s.Filter(1, 2)
	s.Choices(1, 2, 2, "通过", "退回")
	var out bytes.Buffer
	if _, err := b.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, name := range f.GetDefinedName() {
		names[name.Name] = name.RefersTo
	}
	for name, want := range map[string]string{
		"_xlnm.Print_Titles": "'问''题'!$1:$1", "_xlnm.Print_Area": "'问''题'!$A$1:$A$2", "_xlnm._FilterDatabase": "'问''题'!$A$1:$B$2",
	} {
		if names[name] != want {
			t.Errorf("%s is %q", name, names[name])
		}
	}
	choices, err := f.GetDataValidations("问'题")
	if err != nil || len(choices) != 1 || choices[0].Formula1 != `"通过,退回"` || choices[0].Sqref != "A2:A2" {
		t.Errorf("drop-downs %+v, %v", choices, err)
	}
	if linked, target, _ := f.GetCellHyperLink("问'题", "B2"); !linked || target != "../../收件/银行%201.xlsx" {
		t.Errorf("link %q", target)
	}
	if panes, _ := f.GetPanes("问'题"); !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v", panes)
	}
	if head, _ := f.GetHeaderFooter("问'题"); !strings.Contains(head.OddHeader, "A&&B") || !strings.Contains(head.FirstHeader, "A&&B") {
		t.Errorf("header %+v", head)
	}
}

func TestWrappedTextMakesItsRowHigher(t *testing.T) {
	b := New(Properties{})
	s := b.Sheet(Layout{Name: "表", Widths: []int{12, 12}})
	one := s.height([]Cell{Text(DeskText, "王一")})
	two := s.height([]Cell{Text(DeskText, "买买提·阿卜杜热合曼")})
	merged := s.height([]Cell{Text(DeskText, "买买提·阿卜杜热合曼").Over(2)})
	if two <= one || merged != one {
		t.Errorf("one line %d, two lines %d, over two columns %d points", one, two, merged)
	}
}

func TestWidthOfChinese(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "王一": 4, "䶮𬱖": 4, "（元）": 6, "贷款金额(元)": 12, "a\n王一二": 6} {
		if got := Width(text); got != want {
			t.Errorf("%q takes %d, want %d", text, got, want)
		}
	}
}

func TestColumn(t *testing.T) {
	for number, want := range map[int]string{1: "A", 26: "Z", 27: "AA", 52: "AZ", 53: "BA", 702: "ZZ", 703: "AAA", 16384: "XFD"} {
		if got := Column(number); got != want {
			t.Errorf("%d is %s, want %s", number, got, want)
		}
	}
}
