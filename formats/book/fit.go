package book

import "strings"

// Width is how many half-width columns the text takes: a Chinese character
// takes two. Of several lines the widest counts.
func Width(text string) int {
	widest, width := 0, 0
	for _, r := range text {
		if r == '\n' {
			width = 0
			continue
		}
		width += runeWidth(r)
		widest = max(widest, width)
	}
	return widest
}

// runeWidth: CJK, kana, hangul, full-width forms and the dashes, quotes and
// brackets that Chinese fonts draw in a full square.
func runeWidth(r rune) int {
	switch {
	case r < 0x80:
		return 1
	case r >= 0x1100 && r <= 0x115F, r >= 0x2E80 && r <= 0xD7A3, r >= 0xE000 && r <= 0xFAFF,
		r >= 0xFE30 && r <= 0xFE4F, r >= 0xFF00 && r <= 0xFF60, r >= 0xFFE0 && r <= 0xFFE6, r >= 0x1F300:
		return 2
	case r >= 0x2010 && r <= 0x2027, r == '·', r == '×', r == '°', r == '√', r >= 0x2460 && r <= 0x27BF:
		return 2
	}
	return 1
}

// Fit is a column width for these texts in that style: their widest and a
// little air, within the bounds.
func Fit(style Style, least, most int, texts ...string) int {
	width := least
	for _, text := range texts {
		width = max(width, (Width(text)*looks[style].size+bodySize-1)/bodySize+1+looks[style].padding())
	}
	return min(width, most)
}

// lines is how many lines the text takes in so many columns when it wraps as
// spreadsheets wrap it: between Chinese characters and at spaces, not within a
// word or number, and never so that a closing mark begins a line.
func lines(text string, width int) int {
	if len(text) <= width && strings.IndexByte(text, '\n') < 0 {
		return 1 // no character is wider than it has bytes
	}
	n, at, word := 1, 0, 0 // word is the width since the last place to break at
	var last rune
	for _, r := range text {
		if r == '\n' {
			n, at, word, last = n+1, 0, 0, 0
			continue
		}
		w := runeWidth(r)
		if breaksBefore(last, r) {
			word = 0
		}
		if at+w > width && at > 0 {
			n++
			if word < at {
				at = word // the whole word moves to the next line
			} else {
				at, word = 0, 0
			}
		}
		at, word, last = at+w, word+w, r
	}
	return n
}

// breaksBefore tells whether a line may end between two characters.
func breaksBefore(last, r rune) bool {
	switch {
	case last == 0 || last == ' ':
		return true
	case strings.ContainsRune("，。；：、？！）》】”’%)…", r), strings.ContainsRune("（《【“‘(", last):
		return false
	}
	return runeWidth(last) == 2 || runeWidth(r) == 2
}

// bodySize is the size that column widths are counted in: with 宋体 11 as the
// book's default font, Excel makes a unit 8 pixels wide, half a character of 12.
const bodySize = 12

// height is what a row of these cells needs, in points.
func (s *Sheet) height(cells []Cell) int {
	height, column := 0, 0
	for i := range cells {
		c := &cells[i]
		l := &looks[c.style]
		width := 0
		for range max(c.span, 1) {
			if column < len(s.layout.Widths) {
				width += s.layout.Widths[column]
			}
			column++
		}
		n := 1
		if l.wrap && len(c.text) > 1 {
			n = lines(c.text, max((width-l.padding())*bodySize/l.size, 2))
		}
		air := 8
		if l.border {
			air = l.size*2/5 + 4
		}
		height = max(height, (n*l.size*13+5)/10+air)
	}
	return min(max(height, 15), maxHeight)
}

// maxHeight is the highest row that Excel takes.
const maxHeight = 409
