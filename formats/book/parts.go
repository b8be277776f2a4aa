package book

import (
	"archive/zip"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"tiexi/pipeline/values"
)

const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	creator   = "贴息"
	relation  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	packages  = "http://schemas.openxmlformats.org/package/2006/"
	mediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// fixedDay stands in documents that have no date of their own.
var fixedDay = values.MustDate("2000-01-01")

// counter counts what went through.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (b *Book) zip(w io.Writer) (int64, error) {
	t, err := shared()
	if err != nil {
		return 0, err
	}
	parts := []*part{
		commonPart("[Content_Types].xml", b.contentTypes()),
		t.parts[0],
		commonPart("docProps/app.xml", xmlHead+`<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>`+creator+`</Application></Properties>`),
		textPart("docProps/core.xml", b.core()),
		commonPart("xl/workbook.xml", b.workbook()),
		commonPart("xl/_rels/workbook.xml.rels", b.relations()),
	}
	parts = append(parts, t.parts[1:]...)
	for i, s := range b.sheets {
		s.part.name = fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)
		parts = append(parts, s.part)
		if len(s.links) > 0 {
			parts = append(parts, textPart(fmt.Sprintf("xl/worksheets/_rels/sheet%d.xml.rels", i+1), s.relations()))
		}
	}
	counted := &counter{w: w}
	out := zip.NewWriter(counted)
	for _, p := range parts {
		if err := p.writeTo(out); err != nil {
			return counted.n, err
		}
	}
	return counted.n, out.Close()
}

func textPart(name, text string) *part {
	p := newPart()
	p.name = name
	p.write([]byte(text))
	p.finish()
	return p
}

// commonPart is textPart for a text that many books have: it is deflated once.
func commonPart(name, text string) *part {
	key := sameText{name, text}
	p := commonParts.find(key)
	if p == nil {
		p = textPart(name, text)
		commonParts.keep(key, p)
	}
	return p
}

type sameText struct{ name, text string }

// partShelf has the first few finished parts that were made; nobody writes to
// them any more.
type partShelf struct {
	lock  sync.Mutex
	parts map[sameText]*part
}

var commonParts partShelf

func (s *partShelf) find(key sameText) *part {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.parts[key]
}

func (s *partShelf) keep(key sameText, p *part) {
	const few, small = 32, 4 << 10
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.parts == nil {
		s.parts = map[sameText]*part{}
	}
	if len(s.parts) < few && len(key.text) < small {
		s.parts[key] = p
	}
}

func (b *Book) contentTypes() string {
	var x strings.Builder
	x.WriteString(xmlHead + `<Types xmlns="` + packages + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`)
	override := func(part, kind string) {
		x.WriteString(`<Override PartName="` + part + `" ContentType="` + kind + `"/>`)
	}
	override("/xl/workbook.xml", mediaType+"sheet.main+xml")
	for i := range b.sheets {
		override("/xl/worksheets/sheet"+strconv.Itoa(i+1)+".xml", mediaType+"worksheet+xml")
	}
	override("/xl/styles.xml", mediaType+"styles+xml")
	override("/xl/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml")
	override("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")
	override("/docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml")
	x.WriteString(`</Types>`)
	return x.String()
}

func (b *Book) core() string {
	day := b.properties.Date
	if !day.Known() {
		day = fixedDay
	}
	at := ` xsi:type="dcterms:W3CDTF">` + day.String() + `T00:00:00Z</dcterms:`
	return xmlHead + `<cp:coreProperties xmlns:cp="` + packages + `metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` +
		string(appendText(nil, b.properties.Title)) + `</dc:title><dc:creator>` + creator + `</dc:creator><cp:lastModifiedBy>` + creator + `</cp:lastModifiedBy><dcterms:created` + at + `created><dcterms:modified` + at + `modified></cp:coreProperties>`
}

func (b *Book) workbook() string {
	var x, names strings.Builder
	x.WriteString(xmlHead + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><bookViews><workbookView/></bookViews><sheets>`)
	for i, s := range b.sheets {
		n := strconv.Itoa(i + 1)
		x.WriteString(`<sheet name="` + string(appendText(nil, s.layout.Name)) + `" sheetId="` + n + `" r:id="rId` + n + `"/>`)
		quoted := string(appendText(nil, quoteSheet(s.layout.Name)))
		local := `" localSheetId="` + strconv.Itoa(i) + `"`
		if s.filter != "" {
			left, right, _ := strings.Cut(s.filter, ":")
			names.WriteString(`<definedName name="_xlnm._FilterDatabase` + local + ` hidden="1">` + quoted + `!` + absolute(left) + `:` + absolute(right) + `</definedName>`)
		}
		if s.layout.PrintColumns > 0 {
			names.WriteString(`<definedName name="_xlnm.Print_Area` + local + `>` + quoted + `!$A$1:$` + Column(s.layout.PrintColumns) + `$` + strconv.Itoa(max(s.row, 1)) + `</definedName>`)
		}
		if s.repeat[0] > 0 {
			names.WriteString(`<definedName name="_xlnm.Print_Titles` + local + `>` + quoted + `!$` + strconv.Itoa(s.repeat[0]) + `:$` + strconv.Itoa(s.repeat[1]) + `</definedName>`)
		}
	}
	x.WriteString(`</sheets>`)
	if names.Len() > 0 {
		x.WriteString(`<definedNames>` + names.String() + `</definedNames>`)
	}
	x.WriteString(`</workbook>`)
	return x.String()
}

// absolute makes $A$1 of A1.
func absolute(cell string) string {
	split := strings.IndexAny(cell, "0123456789")
	return "$" + cell[:split] + "$" + cell[split:]
}

func (b *Book) relations() string {
	var x strings.Builder
	x.WriteString(xmlHead + `<Relationships xmlns="` + packages + `relationships">`)
	add := func(n int, kind, target string) {
		x.WriteString(`<Relationship Id="rId` + strconv.Itoa(n) + `" Type="` + relation + kind + `" Target="` + target + `"/>`)
	}
	for i := range b.sheets {
		add(i+1, "worksheet", "worksheets/sheet"+strconv.Itoa(i+1)+".xml")
	}
	add(len(b.sheets)+1, "styles", "styles.xml")
	add(len(b.sheets)+2, "theme", "theme/theme1.xml")
	x.WriteString(`</Relationships>`)
	return x.String()
}

// linkEscapes are what a link may not hold as it is; Excel wants Chinese left alone.
var linkEscapes = strings.NewReplacer("%", "%25", " ", "%20", "#", "%23", "[", "%5B", "]", "%5D", "{", "%7B", "}", "%7D", "^", "%5E", "`", "%60")

// relations are the sheet's links.
func (s *Sheet) relations() string {
	var x strings.Builder
	x.WriteString(xmlHead + `<Relationships xmlns="` + packages + `relationships">`)
	for i, l := range s.links {
		target := linkEscapes.Replace(l.path)
		x.WriteString(`<Relationship Id="rId` + strconv.Itoa(i+1) + `" Type="` + relation + `hyperlink" Target="` + string(appendText(nil, target)) + `" TargetMode="External"/>`)
	}
	x.WriteString(`</Relationships>`)
	return x.String()
}
