package values

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// AppendJSON writes a text byte for byte as encoding/json does, without
// reflection: what HTML or JavaScript would take for its own is escaped, and bytes
// that are not UTF-8 are replaced. Digests of many rows stand on it.
func AppendJSON(to []byte, text string) []byte {
	to = append(to, '"')
	from := 0 // of what is not written yet
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			to = appendEscape(append(to, text[from:i]...), c)
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			to = append(append(to, text[from:i]...), `\ufffd`...)
			from = i + size
		case r == '\u2028', r == '\u2029':
			to = append(append(to, text[from:i]...), `\u202`...)
			to = append(to, hexDigits[r&0xf])
			from = i + size
		}
		i += size
	}
	return append(append(to, text[from:]...), '"')
}

func appendEscape(to []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(to, '\\', c)
	case '\b':
		return append(to, '\\', 'b')
	case '\f':
		return append(to, '\\', 'f')
	case '\n':
		return append(to, '\\', 'n')
	case '\r':
		return append(to, '\\', 'r')
	case '\t':
		return append(to, '\\', 't')
	}
	return append(to, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
}
