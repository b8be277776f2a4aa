package book

import "testing"

// A row is as high as its text needs when a spreadsheet wraps it.
func TestLinesAsASpreadsheetWraps(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  int
	}{
		{"", 10, 1},
		{"一二三四五", 10, 1},
		{"一二三四五六", 10, 2},
		{"一二三四五。", 10, 2},        // the mark takes 五 along
		{"一二三四五。六七八九", 10, 3},    // 一二三四 | 五。六七八 | 九
		{"账户629****0276", 12, 2}, // the number is not broken
		{"账户629********0276", 12, 3},
		{"2026-06-21 至 2026-09-20", 25, 1},
		{"2026-06-21 至 2026-09-20", 14, 2},
		{"一\n二", 10, 2},
		{"一", 1, 1},
	} {
		if got := lines(test.text, test.width); got != test.want {
			t.Errorf("%q in %d columns takes %d lines, want %d", test.text, test.width, got, test.want)
		}
	}
}
