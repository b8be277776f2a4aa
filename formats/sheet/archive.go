package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/flate"
)

// Bounds on a zip. A sheet of 1,000,000 rows × 24 columns inflates to 1.2 GB; Excel's and LibreOffice's sheets
// shrink by 8 to 60 times, and the most that deflate can do is 1,032.
const (
	maxEntries   = 10_000
	maxInflated  = 4 << 30
	maxRatio     = 250
	freeInflated = 16 << 20 // bytes that an entry may inflate to whatever its ratio
)

// archive is a zip whose directory has been checked.
type archive struct {
	entries []*zip.File
	byName  map[string]*zip.File // lower case, for part names do not tell case apart
}

// openArchive reads and checks the directory of a zip; the entries themselves are not read.
func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, refuse(Damaged, "压缩包的目录读不出来", "the directory of the zip cannot be read").because(err)
	}
	if len(z.File) > maxEntries {
		return nil, refuse(TooLarge, fmt.Sprintf("压缩包内有 %d 个文件", len(z.File)), fmt.Sprintf("the zip has %d entries", len(z.File)))
	}
	a := &archive{entries: z.File, byName: make(map[string]*zip.File, len(z.File))}
	total := uint64(0)
	for _, f := range z.File {
		if err := checkEntry(f); err != nil {
			return nil, err
		}
		key := strings.ToLower(f.Name)
		if a.byName[key] != nil {
			return nil, refuse(UnsafeName, fmt.Sprintf("%q 出现两次", f.Name), fmt.Sprintf("%q is there twice", f.Name))
		}
		a.byName[key] = f
		total += f.UncompressedSize64
	}
	if total > maxInflated || total > 4*freeInflated+maxRatio*uint64(size) {
		return nil, refuse(TooLarge, fmt.Sprintf("解压后有 %d 字节", total), fmt.Sprintf("it inflates to %d bytes", total))
	}
	return a, nil
}

// checkEntry checks what the directory says of one entry. Its sizes are what it says; part holds it to them.
func checkEntry(f *zip.File) error {
	name := f.Name
	escapes := name == "" || strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\\\x00") || strings.Contains(name, ":") ||
		path.Clean(name) != strings.TrimSuffix(name, "/") || name == ".." || strings.HasPrefix(name, "../")
	switch {
	case escapes:
		return refuse(UnsafeName, fmt.Sprintf("%q", name), fmt.Sprintf("%q", name))
	case f.Flags&1 != 0:
		return refuse(Encrypted, fmt.Sprintf("压缩包内的 %q 有密码", name), fmt.Sprintf("%q in the zip is encrypted", name))
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return refuse(Unsupported, fmt.Sprintf("压缩包内的 %q 用了压缩方法 %d", name, f.Method), fmt.Sprintf("%q in the zip uses compression method %d", name, f.Method))
	case f.UncompressedSize64 > maxInflated || f.CompressedSize64 > maxInflated ||
		f.UncompressedSize64 > freeInflated+maxRatio*f.CompressedSize64:
		return refuse(TooLarge, fmt.Sprintf("%q 解压后有 %d 字节", name, f.UncompressedSize64), fmt.Sprintf("%q inflates to %d bytes", name, f.UncompressedSize64))
	}
	return nil
}

// find returns the entry of a part name such as "/xl/workbook.xml".
func (a *archive) find(name string) *zip.File {
	return a.byName[strings.ToLower(strings.TrimPrefix(name, "/"))]
}

// part reads one entry and holds it to the size and CRC of the directory. archive/zip's own reader lets a wrong CRC
// pass where the directory says 0.
type part struct {
	name string
	src  io.Reader
	left uint64
	want uint32
	crc  uint32
	err  error
}

func openPart(f *zip.File) (*part, error) {
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, damagedPart(f.Name, err)
	}
	p := &part{name: f.Name, src: raw, left: f.UncompressedSize64, want: f.CRC32}
	if f.Method == zip.Deflate {
		p.src = flate.NewReader(raw)
	}
	return p, nil
}

func (p *part) Read(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.src.Read(b)
	p.crc = crc32.Update(p.crc, crc32.IEEETable, b[:n])
	switch {
	case uint64(n) > p.left:
		err = fmt.Errorf("more bytes than the zip's directory says")
	case err == io.EOF && uint64(n) < p.left:
		err = io.ErrUnexpectedEOF
	case err == io.EOF && p.crc != p.want:
		err = zip.ErrChecksum
	}
	p.left -= min(uint64(n), p.left)
	if err != nil && err != io.EOF {
		err = damagedPart(p.name, err)
	}
	p.err = err
	return n, err
}

func damagedPart(name string, err error) *Refusal {
	return refuse(Damaged, fmt.Sprintf("压缩包内的 %q 读不完整", name), fmt.Sprintf("%q in the zip cannot be read whole", name)).because(err)
}

// drain reads an entry that this package has no use for to its end, because a file that is damaged anywhere is not
// to be trusted. XML in it may have no DOCTYPE either.
func drain(f *zip.File) error {
	p, err := openPart(f)
	if err != nil {
		return err
	}
	buf := make([]byte, 1<<16)
	n, err := io.ReadFull(p, buf)
	if isXML(f.Name) && bytes.Contains(buf[:n], []byte("<!DOCTYPE")) {
		return refuse(DoctypeFound, fmt.Sprintf("%q", f.Name), fmt.Sprintf("%q", f.Name))
	}
	for err == nil {
		_, err = p.Read(buf)
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF { // part itself never gives the latter
		return nil
	}
	return err
}

// isXML tells the entries that are XML by their names.
func isXML(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") || strings.HasSuffix(name, ".vml")
}
