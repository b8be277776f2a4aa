package sheet

import (
	"bytes"
	"fmt"
	"io"
)

const headSize = 4096

// identify decides what a file is by its first bytes and opens it as that.
func (b *Book) identify(r io.ReaderAt, size int64) error {
	switch {
	case size == 0:
		return refuse(EmptyFile, "", "")
	case size > maxFile:
		return refuse(TooLarge, fmt.Sprintf("%d 字节", size), fmt.Sprintf("%d bytes", size))
	}
	head := make([]byte, min(size, headSize))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return refuse(Unreadable, "", "").because(err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return b.openXLSX(r, size)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return b.openXLS(r, size)
	}
	if zh, en := foreign(head); zh != "" {
		return refuse(Unsupported, zh, en)
	}
	return b.openCSV(r, size)
}

func (b *Book) openXLSX(r io.ReaderAt, size int64) error {
	a, err := openArchive(r, size)
	if err != nil {
		return err
	}
	root, err := identifyZip(a)
	if err != nil {
		return err
	}
	book, sheets, err := openXLSX(a, root)
	if err != nil {
		return err
	}
	b.format, b.source, b.sheets = XLSX, book, sheets
	return nil
}

// magics are the first bytes of files that people take for spreadsheets, and of some that would pass for text.
var magics = []struct{ prefix, zh, en string }{
	{"PK\x05\x06", "这是空的压缩包", "it is an empty zip archive"},
	{"PK\x07\x08", "这是压缩包，不是表格；请先解压", "it is a zip archive and no spreadsheet; unpack it first"},
	{"%PDF", "这是 PDF 文件，请向对方索要原表格", "it is a PDF; ask for the spreadsheet that it was made from"},
	{"{\\rtf", "这是 RTF 文档", "it is an RTF document"},
	{"Rar!", "这是压缩包，不是表格；请先解压", "it is an archive and no spreadsheet; unpack it first"},
	{"7z\xbc\xaf\x27\x1c", "这是压缩包，不是表格；请先解压", "it is an archive and no spreadsheet; unpack it first"},
	{"\x1f\x8b", "这是压缩包，不是表格；请先解压", "it is an archive and no spreadsheet; unpack it first"},
	{"\xff\xd8\xff", "这是图片", "it is a picture"},
	{"\x89PNG", "这是图片", "it is a picture"},
	{"\x09\x00\x04\x00", "这是 Excel 2.0 的 .xls", "it is an Excel 2.0 .xls"},
	{"\x09\x02\x06\x00", "这是 Excel 3.0 的 .xls", "it is an Excel 3.0 .xls"},
	{"\x09\x04\x06\x00", "这是 Excel 4.0 的 .xls", "it is an Excel 4.0 .xls"},
	{"\x09\x08", "这是 Excel 5.0/95 的 .xls", "it is an Excel 5.0/95 .xls"},
	{"ID;PWXL", "这是 SYLK 文件", "it is a SYLK file"},
	{"MIME-Version:", "这是网页存档（MHTML），只是改了扩展名", "it is a web archive (MHTML) under another name"},
}

// foreign recognises files of other kinds by their first bytes; zh is "" for what may be text.
func foreign(head []byte) (zh, en string) {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return m.zh, m.en
		}
	}
	text := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		text = bytes.ReplaceAll(text[2:], []byte{0}, nil) // UTF-16: enough to see a tag
	}
	text = bytes.ToLower(bytes.TrimLeft(text, " \t\r\n"))
	if !bytes.HasPrefix(text, []byte("<")) {
		return "", ""
	}
	switch {
	case bytes.Contains(text, []byte("schemas-microsoft-com:office:spreadsheet")):
		return "这是 XML 表格（SpreadsheetML 2003），只是改了扩展名", "it is an XML spreadsheet (SpreadsheetML 2003) under another name"
	case bytes.Contains(text, []byte("<html")), bytes.Contains(text, []byte("<table")), bytes.Contains(text, []byte("<!doctype html")):
		return "这是网页（HTML），只是改了扩展名", "it is a web page (HTML) under another name"
	default:
		return "这是 XML 或网页，不是表格", "it is XML or a web page and no spreadsheet"
	}
}
