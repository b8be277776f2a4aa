package notice

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
	"golang.org/x/text/unicode/norm"
)

// Scan looks through a finished file for what may not be published: a run of
// 15 or more digits (a resident's id of 15 or 18 characters, an account of up
// to 19) or a mobile number. A workbook is looked through part by part, its
// document properties included, both as it is stored and as it reads with the
// markup taken out; anything else as text or HTML. Digits of any script and
// width count, and the usual ways to group them (138 0000 0000, 149901 19800101
// 0014). Telephone numbers of offices (0350-0000001) are no mobile numbers.
//
// The error is a *[PersonalNumberError].
func Scan(data []byte) error {
	at := desks.Get().(*desk)
	defer desks.Put(at)
	if !bytes.HasPrefix(data, []byte("PK")) {
		return at.scanPart("", data)
	}
	workbook, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("检查公示文件：%w", err)
	}
	workbook.RegisterDecompressor(zip.Deflate, inflate)
	content := &at.content
	for _, entry := range workbook.File {
		if err := scanText(entry.Name, []byte(entry.Name)); err != nil {
			return err
		}
		part, err := packedPart(data, entry)
		if err != nil {
			return fmt.Errorf("检查公示文件 %s：%w", entry.Name, err)
		}
		if len(part) < smallPart && clean.has(entry, part) {
			continue
		}
		reader, err := entry.Open()
		if err != nil {
			return fmt.Errorf("检查公示文件 %s：%w", entry.Name, err)
		}
		content.Reset()
		if _, err := content.ReadFrom(io.LimitReader(reader, maxPart)); err != nil {
			return fmt.Errorf("检查公示文件 %s：%w", entry.Name, err)
		}
		if content.Len() == maxPart {
			return fmt.Errorf("检查公示文件 %s：超过 %d 字节", entry.Name, maxPart)
		}
		if err := at.scanPart(entry.Name, content.Bytes()); err != nil {
			return err
		}
		clean.add(entry, part)
		_ = reader.Close()
	}
	return nil
}

// desk is where a file is looked through; it is used again for the next.
type desk struct {
	content bytes.Buffer // of a part
	text    []byte       // as it reads
}

var desks = sync.Pool{New: func() any { return new(desk) }}

// packed is a part as it stands in the file, and how it is packed.
type packed struct {
	method uint16
	crc    uint32
	bytes  string
}

// packedPart are the bytes of a part as it stands in the file.
func packedPart(data []byte, entry *zip.File) ([]byte, error) {
	begin, err := entry.DataOffset()
	end := begin + int64(entry.CompressedSize64)
	if err != nil || end < begin || end > int64(len(data)) {
		return nil, errors.Join(err, zip.ErrFormat)
	}
	return data[begin:end], nil
}

// clean are small parts that were looked through, packed as they stand in a
// workbook: most of a list's parts are the same in every list.
var clean partSet

type partSet struct {
	lock  sync.Mutex
	parts map[packed]bool
}

func (s *partSet) has(entry *zip.File, part []byte) bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.parts[packed{entry.Method, entry.CRC32, string(part)}]
}

// smallPart is what a part may have, packed in bytes, to be remembered.
const smallPart = 16 << 10

func (s *partSet) add(entry *zip.File, part []byte) {
	const few = 64
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.parts == nil {
		s.parts = map[packed]bool{}
	}
	if len(s.parts) < few && len(part) < smallPart {
		s.parts[packed{entry.Method, entry.CRC32, string(part)}] = true
	}
}

// inflaters are reused: each has a window of its own.
var inflaters sync.Pool

type inflater struct{ io.ReadCloser }

func inflate(src io.Reader) io.ReadCloser {
	if r, ok := inflaters.Get().(io.ReadCloser); ok && r.(flate.Resetter).Reset(src, nil) == nil {
		return inflater{r}
	}
	return inflater{flate.NewReader(src)}
}

// Close lets the next part have the inflater.
func (i inflater) Close() error {
	err := i.ReadCloser.Close()
	inflaters.Put(i.ReadCloser)
	return err
}

// maxPart bounds what is unpacked; the largest list of ours has some 100 KB.
const maxPart = 256 << 20

func (d *desk) scanPart(name string, data []byte) error {
	if err := scanText(name, data); err != nil {
		return err
	}
	d.text = readable(d.text[:0], data)
	return scanText(name, d.text)
}

// readable is the text without its tags, as a person would read it: a tag
// separates, unless it only changes the look within a word. It is appended to
// text.
func readable(text, markup []byte) []byte {
	from := len(text)
	for {
		open := bytes.IndexByte(markup, '<')
		if open < 0 {
			break
		}
		text = append(text, markup[:open]...)
		markup = markup[open+1:]
		end := bytes.IndexByte(markup, '>')
		if end < 0 {
			break
		}
		if !inWord(markup[:end]) {
			text = append(text, '\n')
		}
		markup = markup[end+1:]
	}
	text = append(text, markup...)
	if i := bytes.IndexByte(text[from:], '&'); i >= 0 {
		text = append(text[:from+i], html.UnescapeString(string(text[from+i:]))...)
	}
	return text
}

func inWord(tag []byte) bool {
	tag = bytes.TrimPrefix(tag, []byte("/"))
	if end := bytes.IndexAny(tag, " /\t\n"); end >= 0 {
		tag = tag[:end]
	}
	switch string(tag) {
	case "t", "r", "rPr", "sz", "rFont", "color", "family", "charset", // runs of one cell
		"span", "b", "i", "em", "strong", "u", "s", "a", "font", "wbr":
		return true
	}
	return false
}

// scanText goes through the text once, as western would write it, and writes
// nothing itself: every list is looked through twice.
func scanText(part string, text []byte) error {
	var d digits
	for i := 0; i < len(text); {
		if !d.inside { // most of a file is no digits
			for i < len(text) && text[i] < utf8.RuneSelf && !isDigit(text[i]) {
				d.gap = false
				i++
			}
			if i == len(text) {
				break
			}
		}
		kind := ""
		switch b := text[i]; {
		case b < utf8.RuneSelf:
			kind = d.next(b)
			i++
		case b >= 0xE5 && b <= 0xE8 && i+3 <= len(text) && text[i+1]&0xC0 == 0x80 && text[i+2]&0xC0 == 0x80: // U+5000 to U+8FFF
			kind = d.next(0)
			i += 3
		default:
			r, size := utf8.DecodeRune(text[i:])
			switch r = westernRune(r); {
			case r >= utf8.RuneSelf:
				kind = d.next(0)
			case r >= 0:
				kind = d.next(byte(r))
			}
			i += size
		}
		if kind != "" {
			return d.found(part, kind)
		}
	}
	if kind := d.next(0); kind != "" {
		return d.found(part, kind)
	}
	return nil
}

// digits follows the runs of digits in a text.
type digits struct {
	run    []byte // the one at hand, or the last one
	inside bool   // the last character was one of its digits
	gap    bool   // one space or hyphen stood between the last run and here
	joined bool   // the run at hand began after such a gap
	chain  chain
}

// next takes one character, 0 for any that is neither digit, space nor hyphen,
// and says what the run is that has ended with it, "" for nothing personal.
func (d *digits) next(b byte) (kind string) {
	switch {
	case isDigit(b) && d.inside:
		d.run = append(d.run, b)
		return ""
	case isDigit(b):
		d.run, d.inside, d.joined = append(d.run[:0], b), true, d.gap
		return ""
	case d.inside:
		kind = d.chain.next(d.run, d.joined)
		d.inside, d.gap = false, b == ' ' || b == '-'
		return kind
	}
	d.gap = false
	return ""
}

func (d *digits) found(part, kind string) error {
	return &PersonalNumberError{Part: part, Kind: kind, Near: masked(string(d.run))}
}

// The kinds of personal number.
const (
	idOrAccount = "证件或银行账号"
	mobile      = "手机号码"
)

// chain is the last three runs of digits that stand one space or hyphen apart.
type chain [3]run

// run is a run's length and its first two digits.
type run struct {
	length int
	head   [2]byte
}

// next looks at one more run and says what it is, "" for nothing personal.
func (c *chain) next(digits []byte, joined bool) string {
	if !joined {
		*c = chain{}
	}
	last := run{length: len(digits)}
	copy(last.head[:], digits)
	c[0], c[1], c[2] = c[1], c[2], last
	if len(digits) >= 15 {
		return idOrAccount
	}
	for i := 0; i+11 <= len(digits); i++ {
		if isMobile(digits[i], digits[i+1]) {
			return mobile
		}
	}
	switch a, b, d := c[0].length, c[1].length, c[2].length; {
	case a == 3 && b == 4 && d == 4 && isMobile(c[0].head[0], c[0].head[1]):
		return mobile
	case a == 6 && b == 8 && (d == 3 || d == 4), a == 4 && b == 4 && d == 4 && c[0].head[0] == '6':
		return idOrAccount
	}
	return ""
}

func isMobile(first, second byte) bool { return first == '1' && second >= '3' }

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// masked keeps enough to find the place and not enough to be the number.
func masked(run string) string {
	return run[:min(3, len(run))] + "…（" + fmt.Sprint(len(run)) + "位数字）"
}

// westernRune writes a digit of any script as 0 to 9, every space and dash as
// the plain one; what is invisible is -1.
func westernRune(r rune) rune {
	switch {
	case r < 0x80 || r >= 0x4E00 && r <= 0x9FFF:
		return r
	case unicode.Is(unicode.Nd, r):
		return '0' + digit(r)
	case unicode.Is(unicode.No, r):
		if folded := norm.NFKC.String(string(r)); len(folded) == 1 {
			return rune(folded[0])
		}
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Mn, r):
		return -1
	case unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.Is(unicode.Pd, r), r == '\u2212':
		return '-'
	}
	return r
}

// digit is the value of a decimal digit: in Unicode ten stand together, 0 first.
func digit(r rune) rune {
	for _, block := range unicode.Nd.R16 {
		if r >= rune(block.Lo) && r <= rune(block.Hi) {
			return (r - rune(block.Lo)) % 10
		}
	}
	for _, block := range unicode.Nd.R32 {
		if r >= rune(block.Lo) && r <= rune(block.Hi) {
			return (r - rune(block.Lo)) % 10
		}
	}
	return 0
}
