package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// What is written for each line and each person is written without reflection,
// byte for byte as encoding/json writes it: digests stand on it.

const hexDigits = "0123456789abcdef"

// appendText writes a text as encoding/json does: what HTML or JavaScript would
// take for its own is escaped, and bytes that are not UTF-8 are replaced.
func appendText(to []byte, text string) []byte {
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

// appendArray writes texts, whole numbers and flags.
func appendArray(to []byte, items []any) []byte {
	to = append(to, '[')
	for i, item := range items {
		if i > 0 {
			to = append(to, ',')
		}
		switch item := item.(type) {
		case string:
			to = appendText(to, item)
		case int64:
			to = strconv.AppendInt(to, item, 10)
		case int:
			to = strconv.AppendInt(to, int64(item), 10)
		case bool:
			to = strconv.AppendBool(to, item)
		default:
			panic(fmt.Sprintf("ledger: no column holds %T", item)) // our own rows
		}
	}
	return append(to, ']')
}

// halfDigest is the first half of the SHA-256.
func halfDigest(content []byte) digest {
	sum := sha256.Sum256(content)
	return digest(sum[:])
}

func hexOf(d digest) string {
	var text [2 * len(d)]byte
	hex.Encode(text[:], d[:])
	return string(text[:])
}
