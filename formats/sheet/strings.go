package sheet

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// stringTable holds a book's shared strings: some millions of short texts, so they lie one after the other in large
// chunks, each with its length before it, and a string costs four bytes beside its own.
// A string that is kept keeps its chunk.
type stringTable struct {
	chunks  []string
	last    strings.Builder // the chunk being filled
	starts  [][]uint32      // of each string: chunk number << chunkBits | offset; in blocks, so that growing copies nothing
	count   int
	scratch []byte
}

const (
	chunkBits  = 20
	chunkSize  = 1 << chunkBits
	maxChunks  = 1 << (32 - chunkBits)
	blockSize  = 1 << 14
	maxString  = 1 << 18 // bytes; Excel ends at 32,767 characters
	lengthSize = 3
)

// add appends a string.
func (t *stringTable) add(text []byte) error {
	if len(text) > maxString {
		return refuse(TooLarge, "有一个字符串过长", "a string is too long")
	}
	if !utf8.Valid(text) {
		return refuse(BadEncoding, "内部 XML 不是 UTF-8", "the XML inside is not UTF-8")
	}
	if t.last.Len()+lengthSize+len(text) > min(t.last.Cap(), chunkSize) || t.count == 0 {
		if t.count > 0 {
			t.chunks = append(t.chunks, t.last.String())
		}
		t.last = strings.Builder{}
		t.last.Grow(max(chunkSize>>max(0, 4-len(t.chunks)), lengthSize+len(text))) // a small book has small chunks
		if len(t.chunks) >= maxChunks {
			return refuse(TooLarge, "字符串过多", "too many strings")
		}
	}
	if t.count%blockSize == 0 {
		t.starts = append(t.starts, make([]uint32, blockSize))
	}
	t.starts[t.count/blockSize][t.count%blockSize] = uint32(len(t.chunks))<<chunkBits | uint32(t.last.Len())
	n := len(text)
	t.last.Write([]byte{byte(n), byte(n >> 8), byte(n >> 16)})
	t.last.Write(text)
	t.count++
	return nil
}

// get returns string i, and false where there is none. Nothing is copied.
func (t *stringTable) get(i int) (string, bool) {
	if t == nil || uint(i) >= uint(t.count) {
		return "", false
	}
	at := t.starts[i/blockSize][i%blockSize]
	chunk := t.chunks[at>>chunkBits]
	at &= chunkSize - 1
	n := uint32(chunk[at]) | uint32(chunk[at+1])<<8 | uint32(chunk[at+2])<<16
	return chunk[at+lengthSize : at+lengthSize+n], true
}

// seal ends the adding; get may be used after it.
func (t *stringTable) seal() {
	t.chunks = append(t.chunks, t.last.String())
	t.last = strings.Builder{}
	t.scratch = nil
}

// readStrings reads xl/sharedStrings.xml.
func readStrings(s *scanner) (*stringTable, error) {
	t := &stringTable{}
	if err := s.root("sst"); err != nil {
		return nil, err
	}
	for {
		if s.end-s.pos < len(s.buf)/8 && !s.selfClosed {
			if _, err := s.fill(); err != nil {
				return nil, err
			}
		}
		if n := plainString(s.buf[s.pos:s.end]); n > 0 && len(s.openEnds) == 1 && !s.selfClosed {
			head := len("<si><t>")
			if err := t.add(s.buf[s.pos+head : s.pos+n-len("</t></si>")]); err != nil {
				return nil, err
			}
			s.pos += n
			continue
		}
		tok, err := s.next()
		switch {
		case err != nil:
			return nil, err
		case tok.kind == startTag && string(tok.name) == "si":
			t.scratch, err = s.appendRich(t.scratch[:0])
			if err == nil {
				err = t.add(t.scratch)
			}
		case tok.kind == startTag:
			err = s.skip()
		case tok.kind == endOfXML:
			t.seal()
			return t, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// plainString returns the length of <si><t>…</t></si> at the start of b, if it is exactly that and needs no decoding.
// Nearly every shared string is; the others go through appendRich, which would give the same for these.
func plainString(b []byte) int {
	const head, tail = "<si><t>", "</t></si>"
	if len(b) < len(head) || string(b[:len(head)]) != head {
		return 0
	}
	i := bytes.IndexByte(b[len(head):], '<')
	if i < 0 {
		return 0
	}
	end := len(head) + i
	if len(b) < end+len(tail) || string(b[end:end+len(tail)]) != tail || !isLiteral(b[len(head):end]) {
		return 0
	}
	return end + len(tail)
}

// isLiteral reports whether text between tags means just its bytes: no entity, no carriage return, no _x escape.
func isLiteral(b []byte) bool {
	for i, c := range b {
		if c == '&' || c == '\r' || c == '_' && i+1 < len(b) && b[i+1] == 'x' {
			return false
		}
	}
	return true
}

// appendRich appends the text of an <si> or <is> whose start tag was the last token: all its <t>, in runs or not,
// but not those of phonetic runs.
func (s *scanner) appendRich(dst []byte) ([]byte, error) {
	depth := len(s.openEnds)
	for {
		tok, err := s.next()
		if err != nil {
			return dst, err
		}
		switch {
		case tok.kind == endTag && len(s.openEnds) < depth:
			return dst, nil
		case tok.kind == startTag && string(tok.name) == "t":
			dst, err = s.appendElementText(dst)
		case tok.kind == startTag && string(tok.name) != "r":
			err = s.skip()
		}
		if err != nil {
			return dst, err
		}
	}
}

// appendElementText appends the text of the element whose start tag was the last token, decoded to the last escape.
func (s *scanner) appendElementText(dst []byte) ([]byte, error) {
	depth, from := len(s.openEnds), len(dst)
	for {
		tok, err := s.next()
		if err != nil {
			return dst, err
		}
		switch tok.kind {
		case textRun:
			dst, err = appendText(dst, tok.text)
		case cdataRun:
			dst = append(dst, tok.text...)
		case startTag:
			err = s.skip()
		case endTag:
			if len(s.openEnds) < depth {
				return dst[:from+len(unescapeXString(dst[from:]))], nil
			}
		}
		if err != nil {
			return dst, err
		}
		if len(dst)-from > maxString {
			return dst, refuse(TooLarge, "有一个字符串过长", "a string is too long")
		}
	}
}
