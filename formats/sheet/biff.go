package sheet

import (
	"encoding/binary"
	"unicode/utf16"
)

// The BIFF8 records that matter here ([MS-XLS] 2.3).
const (
	recFormula    = 0x0006
	recEOF        = 0x000A
	recDateMode   = 0x0022
	recFilePass   = 0x002F
	recContinue   = 0x003C
	recBoundSheet = 0x0085
	recMulRK      = 0x00BD
	recRString    = 0x00D6
	recXF         = 0x00E0
	recMergeCells = 0x00E5
	recSST        = 0x00FC
	recLabelSST   = 0x00FD
	recNumber     = 0x0203
	recLabel      = 0x0204
	recBoolErr    = 0x0205
	recString     = 0x0207
	recArray      = 0x0221
	recTable      = 0x0236
	recRK         = 0x027E
	recFormat     = 0x041E
	recShared     = 0x04BC
	recBOF        = 0x0809
)

var le = binary.LittleEndian

// record is one record of a stream.
type record struct {
	id   uint16
	body []byte
	at   int // where it begins in the stream
	next int // where the following one begins
}

// recordAt reads the record at an offset. Every reader of records goes through here, so none leaves the stream.
func recordAt(stream []byte, at int) (record, error) {
	if at < 0 || at+4 > len(stream) {
		return record{}, refuse(Damaged, "BIFF 记录到中途就结束了", "the BIFF records end in the middle")
	}
	n := int(le.Uint16(stream[at+2:]))
	if at+4+n > len(stream) {
		return record{}, refuse(Damaged, "BIFF 记录超出文件", "a BIFF record exceeds the file")
	}
	return record{le.Uint16(stream[at:]), stream[at+4 : at+4+n], at, at + 4 + n}, nil
}

// pieces collects a record's body and those of the CONTINUE records after it.
func pieces(stream []byte, r record) ([][]byte, error) {
	all := [][]byte{r.body}
	for r.next+4 <= len(stream) && le.Uint16(stream[r.next:]) == recContinue {
		var err error
		if r, err = recordAt(stream, r.next); err != nil {
			return nil, err
		}
		all = append(all, r.body)
	}
	return all, nil
}

// cursor reads through the pieces of a continued record. Its first bad read sets failed, and all after it give zeros.
type cursor struct {
	rest   []byte
	later  [][]byte
	failed bool
}

func newCursor(pieces [][]byte) *cursor { return &cursor{rest: pieces[0], later: pieces[1:]} }

// advance goes on to the next piece that has bytes.
func (c *cursor) advance() bool {
	for len(c.rest) == 0 {
		if len(c.later) == 0 {
			c.failed = true
			return false
		}
		c.rest, c.later = c.later[0], c.later[1:]
	}
	return true
}

func (c *cursor) byte() byte {
	if !c.advance() {
		return 0
	}
	b := c.rest[0]
	c.rest = c.rest[1:]
	return b
}

func (c *cursor) uint16() int {
	low := c.byte()
	return int(low) | int(c.byte())<<8
}

func (c *cursor) uint32() int { return c.uint16() | c.uint16()<<16 }

func (c *cursor) skip(n int) {
	for n > 0 && c.advance() {
		k := min(n, len(c.rest))
		c.rest, n = c.rest[k:], n-k
	}
}

// text reads a string of n characters after its length: options, the sizes of what follows the characters, the
// characters themselves, then that (runs of formatting, phonetic text), which is passed over.
func (c *cursor) text(n int) string {
	options := c.byte()
	tail := 0
	if options&8 != 0 {
		tail = 4 * c.uint16()
	}
	if options&4 != 0 {
		tail += c.uint32()
	}
	s := c.characters(n, options&1 != 0)
	c.skip(tail)
	return s
}

// characters reads n characters of one byte (the low half of UTF-16) or two. Where they go on in the next piece,
// that begins with a byte saying anew which of the two they are.
func (c *cursor) characters(n int, wide bool) string {
	units := make([]uint16, 0, min(n, 1<<15))
	for len(units) < n {
		if len(c.rest) == 0 {
			if !c.advance() {
				return ""
			}
			wide = c.byte()&1 != 0
			continue
		}
		if !wide {
			k := min(n-len(units), len(c.rest))
			for _, b := range c.rest[:k] {
				units = append(units, uint16(b))
			}
			c.rest = c.rest[k:]
			continue
		}
		if len(c.rest) < 2 {
			c.failed = true // half a character at the end of a piece
			return ""
		}
		k := min(n-len(units), len(c.rest)/2)
		for i := range k {
			units = append(units, le.Uint16(c.rest[2*i:]))
		}
		c.rest = c.rest[2*k:]
	}
	return string(utf16.Decode(units))
}

// err is the refusal for a string that did not fit its record.
func (c *cursor) err() error {
	if c.failed {
		return refuse(Damaged, "字符串没有到结尾", "a string does not reach its end")
	}
	return nil
}

const maxSST = 1 << 22 // strings

// readSST reads the shared strings. Their count is what the record says, but memory grows only with what is there.
func readSST(stream []byte, r record) ([]string, error) {
	all, err := pieces(stream, r)
	if err != nil {
		return nil, err
	}
	c := newCursor(all)
	c.uint32() // how often strings are used
	count := c.uint32()
	if count > maxSST {
		return nil, refuse(TooLarge, "字符串过多", "too many strings")
	}
	var out []string
	for i := 0; i < count && !c.failed; i++ {
		out = append(out, c.text(c.uint16()))
	}
	return out, c.err()
}
