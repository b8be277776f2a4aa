package book

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FileName makes one component of a path out of any text, so that two texts
// never share a name, on Linux, Windows and file systems that know no case or
// normalise Unicode. Ordinary Chinese names stay as they are. Everything else
// is percent-encoded: separators and wildcards, control, format and private-use
// characters (U+202E), device names (CON, NUL, COM1), a leading or trailing dot
// or space. Latin letters are kept, and where there are small ones a mark at the
// end tells twins apart ("A村" is itself, "a村" is "a村~1"). What is longer than [MaxFileName] bytes
// ends in a digest of the whole.
//
// The result has room for a suffix and an extension, neither of which makes it
// unsafe.
func FileName(name string) string {
	if name == "" {
		return "%"
	}
	reserved := isDevice(name)
	var safe strings.Builder
	var small []byte // a bit per Latin letter, lowest first
	letters := 0
	for at := 0; at < len(name); {
		r, size := utf8.DecodeRuneInString(name[at:])
		last := at+size == len(name)
		edge := (at == 0 || last) && (r == ' ' || r == '.')
		if edge || at == 0 && reserved || !plain(r, size) {
			for _, b := range []byte(name[at : at+size]) {
				fmt.Fprintf(&safe, "%%%02x", b)
			}
		} else {
			if isLatin(r) {
				for letters/4 >= len(small) {
					small = append(small, 0)
				}
				if r >= 'a' {
					small[letters/4] |= 1 << (letters % 4)
				}
				letters++
			}
			safe.WriteString(name[at : at+size])
		}
		at += size
	}
	return shorten(safe.String()+smallMark(small), name)
}

// MaxFileName is the most bytes that [FileName] gives.
const MaxFileName = 200

func shorten(safe, name string) string {
	if len(safe) <= MaxFileName {
		return safe
	}
	digest := sha256.Sum256([]byte(name))
	tail := "~~" + hex.EncodeToString(digest[:16])
	cut := MaxFileName - len(tail)
	for !utf8.RuneStart(safe[cut]) || strings.Contains(safe[cut-2:cut], "%") {
		cut--
	}
	return safe[:cut] + tail
}

func smallMark(small []byte) string {
	var mark strings.Builder
	for _, bits := range small {
		mark.WriteByte("0123456789abcdef"[bits])
	}
	if text := strings.TrimRight(mark.String(), "0"); text != "" {
		return "~" + text
	}
	return ""
}

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// plain tells whether a character may stand in a file name as it is: visible,
// not special to any file system, without case, and its own normal form.
func plain(r rune, size int) bool {
	switch {
	case r < utf8.RuneSelf:
		return r >= ' ' && r != 0x7F && !strings.ContainsRune(`/\:*?"<>|%~`, r)
	case r == utf8.RuneError && size == 1:
		return false
	case !unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S):
		return false
	case strings.ContainsRune("¹²³", r): // COM¹ is a device
		return false
	}
	text := string(r)
	return unicode.SimpleFold(r) == r && norm.NFC.String(text) == text && norm.NFD.String(text) == text
}

// isDevice: Windows opens the device whatever the extension.
func isDevice(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	return len(base) == 4 && (base[:3] == "COM" || base[:3] == "LPT") && base[3] >= '0' && base[3] <= '9'
}

// maxSheetName is Excel's bound, in UTF-16 units.
const maxSheetName = 31

func checkSheetName(name string) error {
	if name == "" || utf16Length(name) > maxSheetName || strings.ContainsAny(name, `:\/?*[]`) ||
		strings.HasPrefix(name, "'") || strings.HasSuffix(name, "'") || strings.EqualFold(name, "History") {
		return fmt.Errorf("%w: sheet name %q", ErrContent, name)
	}
	return nil
}

// SheetNames hands out sheet names for one book. Its zero value is ready.
type SheetNames struct{ taken map[string]bool }

// Pick makes a sheet name out of any text: characters that Excel refuses become
// _, a long name is cut, and a name already given gets a number.
func (n *SheetNames) Pick(text string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, text)
	if clean == "" || strings.EqualFold(clean, "History") {
		clean += "_"
	}
	name := cut(clean, maxSheetName)
	for i := 2; n.taken[strings.ToLower(name)]; i++ {
		tail := fmt.Sprintf("(%d)", i)
		name = cut(clean, maxSheetName-len(tail)) + tail
	}
	if n.taken == nil {
		n.taken = make(map[string]bool)
	}
	n.taken[strings.ToLower(name)] = true
	return name
}

// cut keeps the first characters, up to so many UTF-16 units.
func cut(text string, units int) string {
	for at, r := range text {
		if units -= utf16Length(string(r)); units < 0 {
			return text[:at]
		}
	}
	return text
}
