package sheet

import (
	"bytes"
	"fmt"
	"io"

	"github.com/richardlehane/mscfb"
)

// Bounds on an OLE file. An .xls holds at most 65,536 × 256 cells a sheet.
const (
	maxOLE       = 512 << 20
	maxDirectory = 256 << 10 // bytes of directory and DIFAT: 2,048 entries; the reader's paths cost their square
	readPiece    = 64 << 10  // the reader's cost grows with the square of a piece
)

// readOLE reads the stream of an .xls workbook whole, or says what the OLE file is instead.
func readOLE(r io.ReaderAt, size int64) ([]byte, error) {
	if size > maxOLE {
		return nil, refuse(TooLarge, fmt.Sprintf("%d 字节的 .xls", size), fmt.Sprintf("an .xls of %d bytes", size))
	}
	data, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, refuse(Unreadable, "", "").because(err)
	}
	metered := &meteredReader{data: bytes.NewReader(data), left: maxDirectory}
	doc, err := mscfb.New(metered)
	if metered.left < 0 {
		return nil, refuse(TooLarge, "OLE 目录过大", "the OLE directory is too large")
	}
	metered.left = len(data) // the streams
	if err != nil {
		return nil, refuse(Damaged, "OLE 结构读不出来", "the OLE structure cannot be read").because(err)
	}
	streams := map[string]*mscfb.File{}
	for _, f := range doc.File {
		if len(f.Path) == 0 && streams[f.Name] == nil { // embedded objects have streams of the same names further down
			streams[f.Name] = f
		}
	}
	switch {
	case streams["Workbook"] != nil:
		return readStream(streams["Workbook"], size)
	case streams["EncryptedPackage"] != nil:
		return nil, refuse(Encrypted, "", "")
	case streams["Book"] != nil:
		return nil, refuse(Unsupported, "这是 Excel 5.0/95 的 .xls", "it is an Excel 5.0/95 .xls")
	default:
		return nil, refuse(Unsupported, "这是 OLE 文件，但不是表格（可能是 Word 或安装包）", "it is an OLE file and no spreadsheet")
	}
}

// readStream reads a stream whose size has been held against the file's.
func readStream(f *mscfb.File, size int64) ([]byte, error) {
	if f.Size > size {
		return nil, refuse(Damaged, "工作簿比文件还长", "the workbook is longer than the file")
	}
	data := make([]byte, f.Size)
	for at := 0; at < len(data); {
		n, err := f.Read(data[at:min(at+readPiece, len(data))])
		at += n
		if err != nil && at < len(data) || n == 0 {
			return nil, refuse(Damaged, "工作簿没有到结尾", "the workbook does not reach its end").because(err)
		}
	}
	return data, nil
}

// meteredReader bounds what mscfb reads as directory and DIFAT: these it reads by sectors of at least 512 bytes,
// the chains by four bytes.
type meteredReader struct {
	data *bytes.Reader
	left int
}

func (m *meteredReader) ReadAt(b []byte, off int64) (int, error) {
	if len(b) >= 512 {
		if m.left -= len(b); m.left < 0 {
			return 0, io.ErrShortBuffer
		}
	}
	return m.data.ReadAt(b, off)
}
