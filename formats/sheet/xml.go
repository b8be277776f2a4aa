package sheet

import (
	"bytes"
	"io"
	"strconv"
	"sync"
	"unicode/utf8"
)

// Bounds of the XML a workbook may have. Excel's own texts end at 32,767 characters.
const (
	maxDepth = 64
	maxToken = 1 << 20 // bytes of one tag or one text
	window   = 1 << 18 // bytes looked at at a time
)

// tokenKind tells the tokens of a scanner.
type tokenKind uint8

const (
	startTag tokenKind = iota // <name attributes>
	endTag                    // </name>, also after <name/>
	textRun                   // text between tags, entities not yet decoded
	cdataRun                  // the inside of <![CDATA[ ]]>
	endOfXML                  // after the root element and nothing else
)

// token is one token; its slices live until the next call of scanner.next.
type token struct {
	kind       tokenKind
	name       []byte // without its prefix
	attributes []byte // as written, from after the name to before the > or />
	text       []byte
}

// scanner cuts XML into tokens. It is strict where a damaged or hostile file would show: tags must match, there is one
// root, it must be closed, the bytes must be UTF-8, and there may be no DOCTYPE.
//
// It is our own because a sheet's cells can then be taken straight from its buffer (cells.go): making rows of a sheet
// takes less time than the two libraries that are served need to cut it into tokens and attributes (gosax 1.5 times,
// xmltokenizer 3 times as long, BenchmarkTokenizers), and neither checks what is said above.
type scanner struct {
	src      io.Reader
	buf      []byte // window into the source
	pos, end int    // buf[pos:end] is not yet consumed
	atEOF    bool

	open       []byte // full names of the open elements, one after the other
	openEnds   []int  // where each one ends
	rootClosed bool
	selfClosed bool // the last start tag was <name/>: its end tag comes next
	prologSeen bool
	lastName   []byte // of the self-closed tag
}

// newScanner begins with a window no larger than what there is to read: most
// parts are small.
func newScanner(src io.Reader, size uint64) *scanner {
	if size < window {
		return &scanner{src: src, buf: make([]byte, size+1)}
	}
	return &scanner{src: src, buf: *windows.Get().(*[]byte)}
}

// windows are those that no scanner uses: a book is read several times over.
var windows = sync.Pool{New: func() any { b := make([]byte, window); return &b }}

// release gives the window away; nothing that the scanner gave may be used after it.
func (s *scanner) release() {
	if buf := s.buf; len(buf) == window {
		windows.Put(&buf)
	}
	s.buf = nil
}

// malformed is the refusal for XML that is not well formed, or not as the format wants it.
func malformed(zh, en string) *Refusal { return refuse(Damaged, zh, en) }

// fill reads more bytes after buf[pos:end]; it reports false at the end of the source.
func (s *scanner) fill() (bool, error) {
	if s.atEOF {
		return false, nil
	}
	if s.pos > 0 {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= 2*maxToken {
			return false, refuse(TooLarge, "有一段文字或标记过长", "a text or tag is too long")
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		if err == io.EOF {
			s.atEOF = true
			return n > 0, nil
		}
		if err != nil || n > 0 {
			return n > 0, err
		}
	}
}

// ensure sees to it that at least n bytes are in the window, if the source has them.
func (s *scanner) ensure(n int) error {
	for s.end-s.pos < n {
		if more, err := s.fill(); err != nil || !more {
			return err
		}
	}
	return nil
}

// index finds sep at or after pos+from, reading on as needed; the result is relative to pos.
func (s *scanner) index(from int, sep string) (int, error) {
	for {
		b := s.buf[s.pos:s.end]
		if from < len(b) {
			var i int
			if len(sep) == 1 {
				i = bytes.IndexByte(b[from:], sep[0])
			} else {
				i = bytes.Index(b[from:], []byte(sep))
			}
			if i >= 0 {
				return from + i, nil
			}
			from = max(from, len(b)-len(sep)+1)
		}
		more, err := s.fill()
		if err != nil {
			return 0, err
		}
		if !more {
			return 0, malformed("XML 到中途就结束了", "the XML ends in the middle")
		}
	}
}

// next returns the next token, comments and processing instructions left out.
func (s *scanner) next() (token, error) {
	if s.selfClosed {
		s.selfClosed = false
		return s.close(s.lastName)
	}
	if !s.prologSeen {
		if err := s.prolog(); err != nil {
			return token{}, err
		}
	}
	for {
		if err := s.ensure(1); err != nil {
			return token{}, err
		}
		if s.pos == s.end {
			if !s.rootClosed {
				return token{}, malformed("XML 到中途就结束了", "the XML ends in the middle")
			}
			return token{kind: endOfXML}, nil
		}
		if s.buf[s.pos] != '<' {
			text, err := s.text()
			if err != nil || len(s.openEnds) > 0 {
				return token{kind: textRun, text: text}, err
			}
			if len(bytes.Trim(text, " \t\r\n")) > 0 {
				return token{}, malformed("XML 根元素之外有文字", "text outside of the root element")
			}
			continue
		}
		if err := s.ensure(2); err != nil {
			return token{}, err
		}
		if s.end-s.pos < 2 {
			return token{}, malformed("XML 到中途就结束了", "the XML ends in the middle")
		}
		switch s.buf[s.pos+1] {
		case '!':
			t, skip, err := s.declaration()
			if err != nil || !skip {
				return t, err
			}
		case '?':
			end, err := s.index(2, "?>")
			if err != nil {
				return token{}, err
			}
			s.pos += end + 2
		case '/':
			end, err := s.index(2, ">")
			if err != nil {
				return token{}, err
			}
			name := bytes.TrimRight(s.buf[s.pos+2:s.pos+end], " \t\r\n")
			s.pos += end + 1
			return s.close(name)
		default:
			return s.start()
		}
	}
}

// prolog refuses encodings other than UTF-8 and steps over a byte order mark.
func (s *scanner) prolog() error {
	s.prologSeen = true
	if err := s.ensure(256); err != nil {
		return err
	}
	head := s.buf[s.pos:s.end]
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		s.pos += 3
		head = head[3:]
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return refuse(BadEncoding, "内部 XML 不是 UTF-8", "the XML inside is not UTF-8")
	}
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return nil
	}
	declaration, _, _ := bytes.Cut(head, []byte("?>"))
	encoding, given := attribute(declaration[5:], "encoding")
	if given && !bytes.EqualFold(encoding, []byte("UTF-8")) && !bytes.EqualFold(encoding, []byte("US-ASCII")) {
		return refuse(BadEncoding, "内部 XML 不是 UTF-8", "the XML inside is not UTF-8")
	}
	return nil
}

// text takes everything up to the next tag.
func (s *scanner) text() ([]byte, error) {
	for from := 0; ; {
		b := s.buf[s.pos:s.end]
		if i := bytes.IndexByte(b[from:], '<'); i >= 0 {
			s.pos += from + i
			return b[:from+i], nil
		}
		from = len(b)
		more, err := s.fill()
		if err != nil {
			return nil, err
		}
		if !more {
			s.pos = s.end
			return b, nil
		}
	}
}

// declaration handles <!…: a comment is skipped, CDATA is text, anything else is refused.
func (s *scanner) declaration() (t token, skip bool, err error) {
	if err := s.ensure(9); err != nil {
		return token{}, false, err
	}
	b := s.buf[s.pos:s.end]
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		end, err := s.index(4, "-->")
		if err != nil {
			return token{}, false, err
		}
		s.pos += end + 3
		return token{}, true, nil
	case bytes.HasPrefix(b, []byte("<![CDATA[")) && len(s.openEnds) > 0:
		end, err := s.index(9, "]]>")
		if err != nil {
			return token{}, false, err
		}
		text := s.buf[s.pos+9 : s.pos+end]
		s.pos += end + 3
		return token{kind: cdataRun, text: text}, false, nil
	case bytes.HasPrefix(b, []byte("<!DOCTYPE")):
		return token{}, false, refuse(DoctypeFound, "", "")
	default:
		return token{}, false, malformed("XML 里有不认识的声明", "an unknown declaration in the XML")
	}
}

// start takes a start tag; a > inside of a quoted attribute does not end it.
func (s *scanner) start() (token, error) {
	end, err := s.index(1, ">")
	for err == nil && openQuote(s.buf[s.pos+1:s.pos+end]) {
		end, err = s.index(end+1, ">")
	}
	if err != nil {
		return token{}, err
	}
	tag := s.buf[s.pos+1 : s.pos+end]
	s.pos += end + 1
	if len(tag) > 0 && tag[len(tag)-1] == '/' {
		s.selfClosed = true
		tag = tag[:len(tag)-1]
	}
	n := 0
	for n < len(tag) && !isSpace(tag[n]) {
		n++
	}
	name := tag[:n]
	switch {
	case n == 0 || !isName(name):
		return token{}, malformed("XML 标记有误", "a malformed tag in the XML")
	case s.rootClosed:
		return token{}, malformed("XML 有多个根元素", "more than one root element in the XML")
	case len(s.openEnds) >= maxDepth:
		return token{}, refuse(TooLarge, "XML 嵌套过深", "the XML is nested too deeply")
	}
	s.open = append(s.open, name...)
	s.openEnds = append(s.openEnds, len(s.open))
	s.lastName = name
	return token{kind: startTag, name: localName(name), attributes: tag[n:]}, nil
}

// close matches an end tag with the element that is open.
func (s *scanner) close(name []byte) (token, error) {
	depth := len(s.openEnds)
	from := 0
	if depth > 1 {
		from = s.openEnds[depth-2]
	}
	if depth == 0 || !bytes.Equal(s.open[from:], name) {
		return token{}, malformed("XML 的标记没有成对", "tags in the XML do not match")
	}
	s.open = s.open[:from]
	s.openEnds = s.openEnds[:depth-1]
	s.rootClosed = depth == 1
	return token{kind: endTag, name: localName(name)}, nil
}

// skip passes over the rest of the element whose start tag was the last token.
func (s *scanner) skip() error {
	for depth := len(s.openEnds); len(s.openEnds) >= depth; {
		if _, err := s.next(); err != nil {
			return err
		}
	}
	return nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// isName keeps out what cannot be a tag's name; a name is not checked letter by letter.
func isName(b []byte) bool { return !bytes.ContainsAny(b, "<&\"'=/!?\x00") }

func localName(b []byte) []byte { return b[bytes.IndexByte(b, ':')+1:] }

// openQuote reports whether b ends inside of a quoted attribute value.
func openQuote(b []byte) bool {
	var quote byte
	for _, c := range b {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return quote != 0
}

// attribute finds an attribute by its name, which has no prefix; the value is as written.
func attribute(attributes []byte, name string) (value []byte, ok bool) {
	for rest := attributes; ; {
		var key []byte
		if key, value, rest, ok = nextAttribute(rest); !ok || string(key) == name {
			return value, ok
		}
	}
}

// prefixedAttribute finds an attribute that has some prefix, such as the id of r:id.
func prefixedAttribute(attributes []byte, name string) (value []byte, ok bool) {
	for rest := attributes; ; {
		var key []byte
		if key, value, rest, ok = nextAttribute(rest); !ok {
			return nil, false
		}
		if prefix, local, _ := bytes.Cut(key, []byte(":")); string(local) == name && string(prefix) != "xmlns" {
			return value, true
		}
	}
}

// nextAttribute takes the first attribute of b; ok is false at the end and at what is none.
func nextAttribute(b []byte) (key, value, rest []byte, ok bool) {
	eq := bytes.IndexByte(b, '=')
	if eq < 0 {
		return nil, nil, nil, false
	}
	key = bytes.Trim(b[:eq], " \t\r\n")
	b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
	if len(b) == 0 || b[0] != '"' && b[0] != '\'' {
		return nil, nil, nil, false
	}
	end := bytes.IndexByte(b[1:], b[0])
	if end < 0 {
		return nil, nil, nil, false
	}
	return key, b[1 : end+1], b[end+2:], true
}

// attributeText is attribute, decoded; "" where it is missing.
func attributeText(attributes []byte, name string) (string, error) {
	value, _ := attribute(attributes, name)
	return decodeAttribute(value)
}

func decodeAttribute(value []byte) (string, error) {
	text, err := appendText(nil, value)
	if err == nil && !utf8.Valid(text) {
		err = refuse(BadEncoding, "内部 XML 不是 UTF-8", "the XML inside is not UTF-8")
	}
	return string(text), err
}

// appendText appends text with its entities decoded and its line ends made \n, as XML wants.
func appendText(dst, text []byte) ([]byte, error) {
	for {
		i := bytes.IndexAny(text, "&\r")
		if i < 0 {
			return append(dst, text...), nil
		}
		dst = append(dst, text[:i]...)
		if text[i] == '\r' {
			dst = append(dst, '\n')
			text = bytes.TrimPrefix(text[i+1:], []byte("\n"))
			continue
		}
		end := bytes.IndexByte(text[i:], ';')
		if end < 0 {
			return dst, malformed("XML 里有不认识的字符引用", "an unknown entity in the XML")
		}
		r, ok := entity(text[i+1 : i+end])
		if !ok {
			return dst, malformed("XML 里有不认识的字符引用", "an unknown entity in the XML")
		}
		dst = utf8.AppendRune(dst, r)
		text = text[i+end+1:]
	}
}

// entity decodes the inside of &…;.
func entity(b []byte) (rune, bool) {
	switch string(b) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(b) < 2 || len(b) > 12 || b[0] != '#' {
		return 0, false
	}
	digits, base := b[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	r := rune(n)
	isChar := r >= 0x20 || r == '\t' || r == '\n' || r == '\r'
	return r, err == nil && n <= utf8.MaxRune && isChar && utf8.ValidRune(r)
}

// root takes the start tag of the root element, which must have that name.
func (s *scanner) root(name string) error {
	tok, err := s.next()
	if err != nil {
		return err
	}
	if tok.kind != startTag || string(tok.name) != name {
		return malformed("XML 的根元素不是 "+name, "the root of the XML is not "+name)
	}
	return nil
}
