package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// byteOrderMarks tell an encoding by a file's first bytes.
var byteOrderMarks = []struct {
	mark, name string
	decoder    encoding.Encoding // nil for UTF-8
}{
	{"\xef\xbb\xbf", "UTF-8 BOM", nil},
	{"\xff\xfe", "UTF-16LE", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{"\xfe\xff", "UTF-16BE", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
}

// decodeText decides a text's encoding: by its byte order mark; else UTF-8 if all of it is; else GB18030, which must
// decode without a replacement character. It reads the whole text, and returns a way to read it again as UTF-8.
// No statistics: the libraries that guess take a bank's GBK headings for Korean.
func decodeText(r io.ReaderAt, size int64) (name string, text func() io.Reader, err error) {
	head := make([]byte, min(size, 3))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return "", nil, refuse(Unreadable, "", "").because(err)
	}
	raw := func(from int) io.Reader { return io.NewSectionReader(r, int64(from), size-int64(from)) }
	decoded := func(from int, e encoding.Encoding) func() io.Reader {
		return func() io.Reader { return transform.NewReader(raw(from), e.NewDecoder()) }
	}
	for _, m := range byteOrderMarks {
		if !bytes.HasPrefix(head, []byte(m.mark)) {
			continue
		}
		text = func() io.Reader { return raw(len(m.mark)) }
		if m.decoder != nil {
			text = decoded(len(m.mark), m.decoder)
		}
		return m.name, text, wholly(text())
	}
	text = func() io.Reader { return raw(0) }
	s, err := surveyText(text())
	switch {
	case err != nil:
		return "", nil, err
	case s.invalid == 0:
		return "UTF-8", text, s.clean()
	case s.long >= 4 && s.long*4 > s.invalid: // GBK text hardly ever has three bytes that are one character of UTF-8
		return "", nil, s.clean()
	}
	text = decoded(0, simplifiedchinese.GB18030)
	return "GB18030", text, wholly(text())
}

// wholly surveys a text and refuses it if a character is bad.
func wholly(text io.Reader) error {
	s, err := surveyText(text)
	if err == nil {
		err = s.clean()
	}
	return err
}

// survey is what a look at every character of a text found.
type survey struct {
	characters int
	long       int // characters of three bytes and more
	invalid    int // bytes that are no UTF-8
	bad        place
}

// place of the first replacement character or invalid byte, both from 1; zero where there is none.
type place struct{ line, column int }

func (s survey) clean() error {
	switch {
	case s.bad != place{}:
		return refuse(BadEncoding, fmt.Sprintf("第 %d 行第 %d 个字符", s.bad.line, s.bad.column),
			fmt.Sprintf("line %d, character %d", s.bad.line, s.bad.column))
	case s.characters == 0:
		return refuse(EmptyFile, "", "")
	}
	return nil
}

// surveyText reads a text to its end. Control characters mean that it is none.
func surveyText(text io.Reader) (s survey, err error) {
	in := bufio.NewReaderSize(text, 1<<16)
	at := place{1, 0}
	var before rune
	for {
		r, n, err := in.ReadRune()
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			var known *Refusal
			if !errors.As(err, &known) {
				err = refuse(Unreadable, "", "").because(err)
			}
			return s, err
		}
		if before == '\n' || before == '\r' && r != '\n' {
			at = place{at.line + 1, 0}
		}
		before = r
		at.column++
		s.characters++
		switch {
		case r == utf8.RuneError:
			if n == 1 {
				s.invalid++
			} else {
				s.long++
			}
			if s.bad == (place{}) {
				s.bad = at
			}
		case n >= 3:
			s.long++
		case r < ' ' && (r < '\t' || r > '\r'), r == 0x7f:
			return s, refuse(Unsupported, fmt.Sprintf("不是文本：第 %d 行第 %d 个字符是控制字符 U+%04X", at.line, at.column, r),
				fmt.Sprintf("it is no text: line %d, character %d is the control character U+%04X", at.line, at.column, r))
		}
	}
}
