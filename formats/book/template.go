package book

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"io"
	"regexp"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
)

// template is what all books share: the style numbers, and the fixed parts of
// the file in their final, deflated form.
type template struct {
	style [styleCount]int
	parts []*part
}

// fixedParts are taken from excelize's book as they are.
var fixedParts = []string{"_rels/.rels", "xl/styles.xml", "xl/theme/theme1.xml"}

// panose are the theme's font classes: optional, and to a scan for personal
// numbers they look like one.
var panose = regexp.MustCompile(` panose="[0-9A-F]+"`)

var shared = sync.OnceValues(makeTemplate)

func makeTemplate() (*template, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	t := new(template)
	if err := f.SetDefaultFont(song); err != nil {
		return nil, err
	}
	for style := range looks {
		id, err := f.NewStyle(looks[style].excelize())
		if err != nil {
			return nil, err
		}
		t.style[style] = id
	}
	var buffer bytes.Buffer
	if err := f.Write(&buffer); err != nil {
		return nil, err
	}
	made, err := zip.NewReader(bytes.NewReader(buffer.Bytes()), int64(buffer.Len()))
	if err != nil {
		return nil, err
	}
	for _, name := range fixedParts {
		entry, err := made.Open(name)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(entry)
		if err != nil {
			return nil, err
		}
		p := newPart()
		p.name = name
		p.write(panose.ReplaceAll(text, nil))
		p.finish()
		t.parts = append(t.parts, p)
	}
	return t, nil
}

// part is a file inside the workbook, deflated as it is written.
type part struct {
	name    string
	deflate *flate.Writer
	packed  bytes.Buffer
	crc     uint32
	size    uint64
}

// deflaters are reused: a new one costs more than a village's list.
var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // of a small book, a tenth larger and written in little more than half the time
	return w
}}

func newPart() *part {
	p := &part{deflate: deflaters.Get().(*flate.Writer)}
	p.deflate.Reset(&p.packed)
	return p
}

// write adds text. A bytes.Buffer does not fail, and so neither does this.
func (p *part) write(text []byte) {
	_, _ = p.deflate.Write(text)
	p.crc = crc32.Update(p.crc, crc32.IEEETable, text)
	p.size += uint64(len(text))
}

func (p *part) finish() {
	if p.deflate == nil {
		return
	}
	_ = p.deflate.Close()
	deflaters.Put(p.deflate)
	p.deflate = nil
}

// dosEpoch is 1980-01-01, the earliest date that a zip file can hold.
const dosEpoch = 1<<5 | 1

func (p *part) writeTo(w *zip.Writer) error {
	raw, err := w.CreateRaw(&zip.FileHeader{
		Name:               p.name,
		Method:             zip.Deflate,
		ModifiedDate:       dosEpoch, //nolint:staticcheck // CreateRaw writes this one; Modified would add a time zone
		CRC32:              p.crc,
		CompressedSize64:   uint64(p.packed.Len()),
		UncompressedSize64: p.size,
	})
	if err != nil {
		return err
	}
	_, err = raw.Write(p.packed.Bytes())
	return err
}
