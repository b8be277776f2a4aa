package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
)

// xlsxBook is an opened .xlsx: every entry has been read to its end once, the small parts and the shared strings
// are in memory, the sheets are read again by rows.
type xlsxBook struct {
	archive  *archive
	date1904 bool
	strings  *stringTable
	styles   []numberFormat
	parts    []worksheet
}

// worksheet is one sheet's part, and what Open found behind its rows.
type worksheet struct {
	name   string
	file   *zip.File
	merges []area
}

// openXLSX verifies the archive and reads everything but the rows.
func openXLSX(a *archive, root relation) (*xlsxBook, []Sheet, error) {
	b := &xlsxBook{archive: a}
	w, err := readPart(a, root.target, readWorkbook)
	if err != nil {
		return nil, nil, err
	}
	b.date1904 = w.date1904
	base := path.Dir(root.target)
	relsName := path.Join(base, "_rels", path.Base(root.target)+".rels")
	related, err := readPart(a, relsName, func(s *scanner) (relations, error) { return readRelations(s, base) })
	if err != nil {
		return nil, nil, err
	}
	read := []string{root.target, relsName}
	if styles, ok := related.first("styles"); ok {
		if b.styles, err = readPart(a, styles.target, readStyles); err != nil {
			return nil, nil, err
		}
		read = append(read, styles.target)
	}
	sheets, err := b.bindSheets(w, related)
	if err != nil {
		return nil, nil, err
	}
	shared, hasStrings := related.first("sharedStrings")
	if hasStrings {
		read = append(read, shared.target)
	}
	for _, p := range b.parts {
		read = append(read, p.file.Name)
	}
	strings := func() (err error) {
		if hasStrings {
			b.strings, err = readPart(a, shared.target, readStrings)
		}
		return err
	}
	return b, sheets, inParallel(strings, func() error { return b.verifySheets(read) })
}

// inParallel runs the two halves of verifying side by side; of two errors the first half's counts.
func inParallel(first, second func() error) error {
	var errs [2]error
	var wait sync.WaitGroup
	for i, half := range []func() error{first, second} {
		wait.Go(func() { errs[i] = guarded(half) })
	}
	wait.Wait()
	if errs[0] != nil {
		return errs[0]
	}
	return errs[1]
}

// bindSheets finds the part of each worksheet that the workbook names; chart and macro sheets are passed over.
func (b *xlsxBook) bindSheets(w workbook, related relations) ([]Sheet, error) {
	var sheets []Sheet
	for _, e := range w.sheets {
		r, ok := related.byID(e.relation)
		if ok && r.kind != "worksheet" {
			continue
		}
		file := b.archive.find(r.target)
		if !ok || file == nil {
			return nil, inSheet(refuse(Damaged, "工作表的内容不在文件里", "the sheet's part is not in the file"), e.name)
		}
		if slices.ContainsFunc(b.parts, func(p worksheet) bool { return p.file == file }) {
			return nil, inSheet(refuse(Damaged, "两个工作表指向同一内容", "two sheets share one part"), e.name)
		}
		sheets = append(sheets, Sheet{Index: len(sheets), Name: e.name, Hidden: e.hidden, Date1904: w.date1904})
		b.parts = append(b.parts, worksheet{name: e.name, file: file})
	}
	if len(sheets) == 0 {
		return nil, refuse(EmptyFile, "没有工作表", "it has no worksheet")
	}
	return sheets, nil
}

// verifySheets reads each sheet, then every other entry that is not in read, to its end.
func (b *xlsxBook) verifySheets(read []string) error {
	for i := range b.parts {
		merges, err := readPart(b.archive, b.parts[i].file.Name, readMergesAfterRows)
		if err != nil {
			return inSheet(err, b.parts[i].name)
		}
		b.parts[i].merges = merges
	}
	for _, f := range b.archive.entries {
		if !slices.ContainsFunc(read, func(name string) bool { return strings.EqualFold(name, f.Name) }) {
			if err := drain(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// readPart reads one XML part with f, which must take it to its end.
func readPart[T any](a *archive, name string, f func(*scanner) (T, error)) (T, error) {
	var none T
	file := a.find(name)
	if file == nil {
		return none, refuse(Damaged, fmt.Sprintf("缺少 %q", name), fmt.Sprintf("%q is missing", name))
	}
	p, err := openPart(file)
	if err != nil {
		return none, err
	}
	s := newScanner(p, file.UncompressedSize64)
	defer s.release()
	result, err := f(s)
	if err != nil {
		return none, inPart(err, file.Name)
	}
	return result, nil
}

// inPart says in which entry a refusal arose, where it has no better place.
func inPart(err error, name string) error {
	var r *Refusal
	if errors.As(err, &r) && r.Cell == "" && !strings.Contains(r.Detail, name) {
		r.Detail = strings.TrimPrefix(fmt.Sprintf("%s，在 %q 中", r.Detail, name), "，")
		r.detail = strings.TrimPrefix(fmt.Sprintf("%s, in %q", r.detail, name), ", ")
	}
	return err
}

// readMergesAfterRows passes over a worksheet's rows without looking at them, and reads what follows: merged ranges
// stand there, and a sheet that was cut off ends before it.
func readMergesAfterRows(s *scanner) ([]area, error) {
	if err := s.root("worksheet"); err != nil {
		return nil, err
	}
	if err := s.skipSheetData(); err != nil {
		return nil, err
	}
	var merges []area
	for {
		tok, err := s.next()
		switch {
		case err != nil:
			return nil, err
		case tok.kind == endOfXML:
			return sortMerges(merges)
		case tok.kind == startTag && string(tok.name) == "mergeCells":
			merges, err = readMerges(s, merges)
		case tok.kind == startTag:
			err = s.skip()
		}
		if err != nil {
			return nil, err
		}
	}
}

// skipSheetData moves behind </sheetData> or <sheetData/> by looking for its D, which is rare in a sheet's XML, so
// that this costs little beside inflating. If the letters stood in a comment instead, what follows does not parse,
// or sheetReader.checkEnd finds the difference.
func (s *scanner) skipSheetData() error {
	const keep = 128 // more than the tag with a prefix and spaces
	for {
		b := s.buf[s.pos:s.end]
		for i := 0; ; {
			j := bytes.IndexByte(b[i:], 'D')
			if j < 0 {
				break
			}
			i += j + 1
			if n := endsSheetData(b, i-1); n > 0 {
				s.pos += n
				s.selfClosed = false
				return nil
			}
		}
		s.pos = max(s.pos, s.end-keep)
		more, err := s.fill()
		if err != nil {
			return err
		}
		if !more {
			return malformed("没有 sheetData 的结尾", "sheetData does not end")
		}
	}
}

// endsSheetData reports where the tag ends whose D stands at d, if it is </sheetData> or <sheetData/>; else 0.
func endsSheetData(b []byte, d int) int {
	const name, before = "sheetData", len("sheet")
	from := d - before
	if from < 1 || len(b) < from+len(name) || string(b[from:from+len(name)]) != name {
		return 0
	}
	open := bytes.LastIndexByte(b[:from], '<')
	end := bytes.IndexByte(b[from:], '>')
	if open < 0 || end < 0 {
		return 0
	}
	end += from
	prefix, rest := b[open+1:from], bytes.Trim(b[from+len(name):end], " \t\r\n")
	closing := bytes.HasPrefix(prefix, []byte("/"))
	prefix = bytes.TrimPrefix(prefix, []byte("/"))
	if len(prefix) > 0 && (prefix[len(prefix)-1] != ':' || !isName(prefix)) {
		return 0
	}
	if closing && len(rest) == 0 || !closing && string(rest) == "/" {
		return end + 1
	}
	return 0
}

// rows reads a sheet, inflating beside it.
func (b *xlsxBook) rows(index int, yield func(Row) error) error {
	w := b.parts[index]
	p, err := openPart(w.file)
	if err != nil {
		return err
	}
	ahead := newPump(p)
	defer ahead.Close()
	s := newScanner(ahead, w.file.UncompressedSize64)
	defer s.release()
	r := sheetReader{s: s, strings: b.strings, styles: b.styles, date1904: b.date1904, expected: w.merges}
	return r.read(yield)
}

// identifyZip finds the workbook of an OOXML file, or says what the zip is instead.
func identifyZip(a *archive) (relation, error) {
	if a.find("[Content_Types].xml") == nil {
		return relation{}, notXLSX(a)
	}
	related, err := readPart(a, "_rels/.rels", func(s *scanner) (relations, error) { return readRelations(s, "") })
	if err != nil {
		return relation{}, err
	}
	root, ok := related.first("officeDocument")
	switch {
	case !ok:
		return relation{}, refuse(Damaged, "找不到工作簿", "there is no workbook")
	case strings.HasSuffix(root.target, ".bin"):
		return relation{}, refuse(Unsupported, "这是 .xlsb 二进制工作簿", "it is a binary workbook (.xlsb)")
	case strings.HasPrefix(root.target, "word/"), strings.HasPrefix(root.target, "ppt/"):
		return relation{}, refuse(Unsupported, "这是 Word 或 PowerPoint 文件", "it is a Word or PowerPoint file")
	}
	return root, nil
}

func notXLSX(a *archive) error {
	if f := a.find("mimetype"); f != nil && f.UncompressedSize64 < 1<<10 {
		p, err := openPart(f)
		if err != nil {
			return err
		}
		kind, err := io.ReadAll(p)
		if err != nil {
			return err
		}
		if bytes.Contains(kind, []byte("opendocument")) {
			return refuse(Unsupported, "这是 OpenDocument 文件（.ods 等）", "it is an OpenDocument file (.ods or the like)")
		}
	}
	return refuse(Unsupported, "这是压缩包，不是表格；请先解压", "it is a zip archive and no spreadsheet; unpack it first")
}
