package sheet

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// unescapeXString decodes, in place, Office's way to write characters that XML cannot hold: _x000D_ is a carriage
// return, _x005F_ an underscore. What is no such escape, a lone half of a surrogate pair included, stays as it is.
func unescapeXString(b []byte) []byte {
	i := bytes.Index(b, []byte("_x"))
	if i < 0 {
		return b
	}
	out := b[:i]
	for b = b[i:]; len(b) > 0; {
		r, n := xEscape(b)
		if n == 0 {
			out = append(out, b[0])
			b = b[1:]
			continue
		}
		b = b[n:]
		out = utf8.AppendRune(out, r)
	}
	return out
}

// xEscape reads one escape, or a surrogate pair of them, at the start of b; n is 0 where there is none.
func xEscape(b []byte) (r rune, n int) {
	r, ok := xUnit(b)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 7
	}
	if low, ok := xUnit(b[7:]); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 14
		}
	}
	return 0, 0
}

func xUnit(b []byte) (rune, bool) {
	if len(b) < 7 || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}
