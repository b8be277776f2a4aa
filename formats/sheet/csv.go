package sheet

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

// csvBook is an opened text file: how to decode and how to cut it. The text is read anew each time.
type csvBook struct {
	text      func() io.Reader // the whole text as UTF-8
	skip      int              // bytes of a leading sep= line
	separator byte
}

func (b *Book) openCSV(r io.ReaderAt, size int64) error {
	encoding, text, err := decodeText(r, size)
	if err != nil {
		return err
	}
	book := &csvBook{text: text}
	head := make([]byte, 1<<16)
	n, err := io.ReadFull(text(), head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	book.separator, book.skip = chooseSeparator(head[:n], n < len(head))
	if err := book.rows(0, func(Row) error { return nil }); err != nil {
		return err
	}
	b.format, b.encoding, b.source, b.sheets = CSV, encoding, book, []Sheet{{}}
	return nil
}

func (c *csvBook) rows(_ int, yield func(Row) error) error {
	in := bufio.NewReaderSize(c.text(), 1<<16)
	if _, err := in.Discard(c.skip); err != nil {
		return err
	}
	p := csvReader{in: in, separator: c.separator, line: 1}
	for more := true; more; {
		var err error
		if more, err = p.record(); err != nil {
			return err
		}
		if len(p.cells) == 0 {
			continue
		}
		if err := yield(Row{Number: p.number, Cells: p.cells}); err != nil {
			return err
		}
	}
	return nil
}

// csvReader cuts a text into records. A row's number is that of its record, as a spreadsheet program shows it:
// blank lines count, the sep= line and line ends within quotes do not.
type csvReader struct {
	in        *bufio.Reader
	separator byte
	number    int // of the present record
	line      int // of the text after a sep= line
	cells     []Cell
	text      []byte // of the present record's fields
	ends      []int  // where each cell ends in text
}

// record reads one record; more is false after the last.
func (p *csvReader) record() (more bool, err error) {
	p.number++
	p.cells, p.text, p.ends = p.cells[:0], p.text[:0], p.ends[:0]
	for column := 1; ; column++ {
		if column > maxColumn {
			return false, refuse(Damaged, "超过 16384 列", "more than 16384 columns").atCell(p.number, maxColumn)
		}
		from := len(p.text)
		end, err := p.field(column)
		if err != nil {
			return false, err
		}
		if len(p.text) > from {
			p.cells = append(p.cells, Cell{Row: p.number, Column: column, Kind: Text})
			p.ends = append(p.ends, len(p.text))
		}
		if end != p.separator {
			p.settle()
			return end == '\n', nil
		}
	}
}

// endOfText is what field returns behind the last field of all.
const endOfText = 0

// field reads one field into text; it returns what ended it: the separator, '\n' for any line end, or endOfText.
func (p *csvReader) field(column int) (byte, error) {
	from := len(p.text)
	c, err := p.next()
	if err == nil && c == '"' {
		return p.quoted(column)
	}
	for ; err == nil; c, err = p.next() {
		if c == p.separator || c == '\n' {
			return c, nil
		}
		if p.text = append(p.text, c); len(p.text)-from > maxString {
			return 0, refuse(TooLarge, "一个单元格的文字过长", "the text of a cell is too long").atCell(p.number, column)
		}
	}
	if err == io.EOF {
		return endOfText, nil
	}
	return 0, err
}

// quoted reads the rest of a field after its opening quote. Between the closing quote and the separator there may be
// nothing: a stray quote would else swallow lines without a word.
func (p *csvReader) quoted(column int) (byte, error) {
	from, line := len(p.text), p.line
	for {
		c, err := p.in.ReadByte()
		if err == io.EOF || len(p.text)-from > maxString {
			return 0, refuse(Damaged, fmt.Sprintf("第 %d 行的引号没有成对", line), fmt.Sprintf("a quote in line %d is not closed", line)).
				atCell(p.number, column)
		}
		if err != nil {
			return 0, err
		}
		if c == '\n' {
			p.line++
		}
		if c != '"' {
			p.text = append(p.text, c)
			continue
		}
		c, err = p.next()
		switch {
		case err == io.EOF:
			return endOfText, nil
		case err != nil:
			return 0, err
		case c == '"':
			p.text = append(p.text, c)
		case c == p.separator || c == '\n':
			return c, nil
		default:
			return 0, refuse(Damaged, fmt.Sprintf("第 %d 行的引号后面还有文字", p.line), fmt.Sprintf("text behind a closing quote in line %d", p.line)).
				atCell(p.number, column)
		}
	}
}

// next reads a byte outside of quotes; any line end is '\n'.
func (p *csvReader) next() (byte, error) {
	c, err := p.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if c == '\r' {
		if after, err := p.in.Peek(1); err == nil && after[0] == '\n' {
			_, _ = p.in.Discard(1) // it was peeked at
		}
		c = '\n'
	}
	if c == '\n' {
		p.line++
	}
	return c, nil
}

// settle gives the record's cells their texts, in one allocation. ="0012" is how programs keep Excel from taking an
// id for a number; the cell's text is what Excel would show.
func (p *csvReader) settle() {
	text := string(p.text)
	from := 0
	for i, end := range p.ends {
		c := &p.cells[i]
		c.Text = text[from:end]
		if inside, ok := strings.CutPrefix(c.Text, `="`); ok && strings.HasSuffix(inside, `"`) && strings.Count(inside, `"`) == 1 {
			c.Raw, c.Text = c.Text, strings.TrimSuffix(inside, `"`)
		}
		from = end
	}
}

// separators, in the order in which a tie is decided.
const separators = ",\t;"

// chooseSeparator decides by a leading sep= line (whose length it returns), else takes the separator that cuts the
// most lines into the same number of fields, weighed by how many. whole says that head is all of the text.
func chooseSeparator(head []byte, whole bool) (separator byte, skip int) {
	line := head
	if end := bytes.IndexAny(head, "\r\n"); end >= 0 {
		line, skip = head[:end], end+1
		if bytes.HasPrefix(head[end:], []byte("\r\n")) {
			skip++
		}
	}
	if mark := bytes.ToLower(bytes.Trim(line, `"`)); len(mark) == 5 && bytes.HasPrefix(mark, []byte("sep=")) {
		return mark[4], min(max(skip, len(line)), len(head))
	}
	if end := bytes.LastIndexAny(head, "\r\n"); !whole && end >= 0 {
		head = head[:end]
	}
	separator = separators[0]
	best := 0
	for i := range len(separators) {
		if score := scoreSeparator(head, separators[i]); score > best {
			separator, best = separators[i], score
		}
	}
	return separator, 0
}

// scoreSeparator counts separators line by line, outside of quoted fields.
func scoreSeparator(text []byte, separator byte) int {
	lines := map[int]int{} // by number of separators
	count, quoted, atStart := 0, false, true
	for _, c := range text {
		switch {
		case quoted:
			quoted = c != '"'
			continue
		case c == '"' && atStart:
			quoted = true
		case c == separator:
			count++
		case c == '\n' || c == '\r':
			lines[count]++
			count = 0
		}
		atStart = c == separator || c == '\n' || c == '\r' || c == '"' // a doubled quote goes on quoting
	}
	lines[count]++
	best := 0
	for n, times := range lines {
		best = max(best, n*times)
	}
	return best
}
