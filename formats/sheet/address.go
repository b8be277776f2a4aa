package sheet

import "bytes"

// ColumnName returns the letters of a column counted from 1: 28 is "AB".
func ColumnName(n int) string {
	var b [8]byte
	i := len(b)
	for ; n > 0 && i > 0; n = (n - 1) / 26 {
		i--
		b[i] = byte('A' + (n-1)%26)
	}
	return string(b[i:])
}

// parseAddress reads "C7". It fails outside of Excel's bounds, and on $, lower case or leading zeros.
func parseAddress(b []byte) (row, column int, ok bool) {
	i := 0
	for ; i < len(b) && i < 3 && 'A' <= b[i] && b[i] <= 'Z'; i++ {
		column = column*26 + int(b[i]-'A') + 1
	}
	if i == 0 || column > maxColumn {
		return 0, 0, false
	}
	row, ok = parseRowNumber(b[i:])
	return row, column, ok
}

// parseRowNumber reads a row number of Excel's bounds.
func parseRowNumber(b []byte) (int, bool) {
	n, ok := parseCount(b)
	return n, ok && n >= 1 && n <= maxRow && b[0] != '0'
}

// parseCount reads up to nine decimal digits.
func parseCount(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// area is a rectangle of cells, all four bounds included and counted from 1.
type area struct{ firstRow, firstColumn, lastRow, lastColumn int32 }

// parseArea reads "A1:C7", or "A1".
func parseArea(b []byte) (area, bool) {
	first, last, isRange := bytes.Cut(b, []byte(":"))
	if !isRange {
		last = first
	}
	r1, c1, ok1 := parseAddress(first)
	r2, c2, ok2 := parseAddress(last)
	return area{int32(r1), int32(c1), int32(r2), int32(c2)}, ok1 && ok2 && r1 <= r2 && c1 <= c2
}
