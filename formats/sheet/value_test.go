package sheet

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestNumbersAsExcelShowsThem(t *testing.T) {
	for _, c := range []struct {
		stored, text string
		long         bool
	}{
		{"0", "0", false}, {"-0", "0", false}, {"0.0", "0", false}, {"1", "1", false}, {"+5", "5", false},
		{"007", "7", false}, {"1.50", "1.5", false}, {".5", "0.5", false}, {"5.", "5", false},
		{"21568.059999999998", "21568.06", false},
		{"456.24999999999994", "456.25", false},
		{"0.28499999999999998", "0.285", false},
		{"-1234.5", "-1234.5", false},
		{"1E-7", "0.0000001", false}, {"1.5e+3", "1500", false}, {"12E3", "12000", false},
		{"123456789012345", "123456789012345", false},
		{"999999999999999.5", "1000000000000000", true},
		{"0.9999999999999999", "1", false},
		{"1.4010019900101E+17", "140100199001010000", true},
		{"140100199001010018", "140100199001010000", true},
		{"1234567890123456", "1234567890123460", true},
		{"1E308", "1" + strings.Repeat("0", 308), true},
		{"0.000000000000000123456789012345678", "0.000000000000000123456789012346", false},
	} {
		got, long, ok := appendDecimal(nil, []byte(c.stored))
		if !ok || string(got) != c.text || long != c.long {
			t.Errorf("%s reads %s %v %v, want %s %v", c.stored, got, long, ok, c.text, c.long)
		}
	}
	for _, bad := range []string{"", "-", ".", "1,234", "1.2.3", "1E", "1E+", "E5", "NaN", "INF", "1E400", "1E999999999", "0x10", "１", "1 2", "--1", "1-"} {
		if got, _, ok := appendDecimal(nil, []byte(bad)); ok {
			t.Errorf("%q reads %s", bad, got)
		}
	}
}

// The rounding against another implementation, and the short cut for plain numbers against the whole way.
func TestNumbersRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stored := rapid.StringMatching(`-?[0-9]{1,20}(\.[0-9]{1,20})?(E[+-]?[0-9]{1,2})?`).Draw(t, "stored")
		got, long, ok := appendDecimal(nil, []byte(stored))
		if !ok {
			t.Fatalf("%s does not read", stored)
		}
		exact := decimal.RequireFromString(stored)
		whole := len(exact.Abs().Truncate(0).String()) // digits before the point, at least one
		if exact.Abs().LessThan(decimal.NewFromInt(1)) && !exact.IsZero() {
			whole = exact.NumDigits() + int(exact.Exponent()) // zeros behind the point, negative
		}
		want := exact.Round(int32(15 - whole))
		if want.String() != string(got) {
			t.Fatalf("%s reads %s, want %s", stored, got, want)
		}
		if long != want.Abs().GreaterThanOrEqual(decimal.New(1, 15)) {
			t.Fatalf("%s reads %s, long %v", stored, got, long)
		}
		if isPlain([]byte(stored)) && string(got) != stored {
			t.Fatalf("%s is taken as plain, but is %s", stored, got)
		}
	})
}

func TestDateFromSerial(t *testing.T) {
	type date struct{ y, m, d int }
	for _, c := range []struct {
		text     string
		date1904 bool
		want     date // zero: no date
	}{
		{"1", false, date{1900, 1, 1}},
		{"59", false, date{1900, 2, 28}},
		{"60", false, date{1900, 2, 29}}, // Excel's day that never was
		{"61", false, date{1900, 3, 1}},
		{"46102", false, date{2026, 3, 21}},
		{"46102.99998", false, date{2026, 3, 21}},
		{"2958465", false, date{9999, 12, 31}},
		{"0", true, date{1904, 1, 1}},
		{"44640", true, date{2026, 3, 21}},
		{"2957003", true, date{9999, 12, 31}},
		{"0", false, date{}}, {"0.5", false, date{}}, {"-1", false, date{}}, {"-1", true, date{}},
		{"2958466", false, date{}}, {"2957004", true, date{}}, {"", false, date{}}, {"2026-03-21", false, date{}}, {"1E5", false, date{}},
	} {
		y, m, d, ok := DateFromSerial(c.text, c.date1904)
		if got := (date{y, m, d}); got != c.want || ok != (c.want != date{}) {
			t.Errorf("%s (1904: %v) is %v %v, want %v", c.text, c.date1904, got, ok, c.want)
		}
	}
	for text, want := range map[string]string{
		"2026-03-21": "46102", "2026-03-21T12:00:00": "46102.5", "2026-03-21T12:00:00Z": "46102.5", "1900-01-01": "1",
		"1900-02-28": "59", "1900-03-01": "61", "1899-12-30": "", "2026-02-30": "", "21.3.2026": "",
	} {
		if got, ok := serialFromISO(text, false); got != want || ok != (want != "") {
			t.Errorf("%s is serial %s, want %s", text, got, want)
		}
	}
	if got, _ := serialFromISO("2026-03-21", true); got != "44640" {
		t.Errorf("2026-03-21 is serial %s of 1904", got)
	}
}

func TestNumberFormats(t *testing.T) {
	for code, want := range map[string]numberFormat{
		"General": {}, "G/通用格式": {date: true}, "0.00": {}, "#,##0.00": {}, "@": {}, "0.00E+00": {}, "# ?/?": {},
		"yyyy-mm-dd": {date: true}, `yyyy"年"m"月"d"日";@`: {date: true}, "[$-804]yyyy年m月d日": {date: true}, "m/d/yy h:mm": {date: true},
		"[h]:mm:ss": {date: true}, "[mm]": {date: true}, "h:mm AM/PM": {date: true}, "[DBNum1][$-804]m": {date: true}, "ggge": {date: true},
		"0.00%": {percent: true}, "[Red]0%;-0%": {percent: true}, `0.0"%"`: {}, `0\%`: {},
		"[Red]#,##0": {}, `#,##0.00_);[Red]\(#,##0.00\)`: {}, `"days "0`: {}, `0"元"`: {}, `[$￥-804]#,##0.00`: {}, "0_d": {}, "*d0": {}, "[>=100]0": {},
		`[Color10]0`: {}, `0"`: {}, "[": {}, `\`: {},
	} {
		if code == "G/通用格式" {
			continue // the interface's word for General; files have General
		}
		if got := parseFormat(code); got != want {
			t.Errorf("%s: %+v, want %+v", code, got, want)
		}
	}
	for id, want := range map[int]numberFormat{0: {}, 4: {}, 9: {percent: true}, 10: {percent: true}, 14: {date: true}, 22: {date: true}, 31: {date: true}, 45: {date: true}, 49: {}, 58: {date: true}, 59: {}} {
		if got := builtinFormat(id); got != want {
			t.Errorf("format %d: %+v, want %+v", id, got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	for n, want := range map[int]string{1: "A", 26: "Z", 27: "AA", 28: "AB", 702: "ZZ", 703: "AAA", 16384: "XFD"} {
		if got := ColumnName(n); got != want {
			t.Errorf("column %d is %s, want %s", n, got, want)
		}
		row, column, ok := parseAddress([]byte(want + "1048576"))
		if !ok || row != 1048576 || column != n {
			t.Errorf("%s1048576 reads %d, %d, %v", want, row, column, ok)
		}
	}
	for _, bad := range []string{"", "A", "1", "A0", "A01", "a1", "$A$1", "XFE1", "AAAA1", "A1048577", "A1 ", "A-1", "A9999999999"} {
		if _, _, ok := parseAddress([]byte(bad)); ok {
			t.Errorf("%q reads as an address", bad)
		}
	}
	row := Row{Number: 7, Cells: []Cell{{Row: 7, Column: 2, Kind: Text, Text: "a"}, {Row: 7, Column: 5, Kind: Text, Text: "b"}}}
	if row.Cell(2).Text != "a" || row.Cell(5).Text != "b" || row.Cell(3).Kind != Empty || row.Cell(3).Address() != "C7" || row.Cell(9).Address() != "I7" {
		t.Error("Row.Cell finds the wrong cells")
	}
}

func TestXStrings(t *testing.T) {
	for in, want := range map[string]string{
		"a": "a", "_x000D_": "\r", "a_x0041_b": "aAb", "_x005F_x000D_": "_x000D_", "_x000d_": "\r", "_xD83D__xDE00_": "😀",
		"_xD83D_": "_xD83D_", "_x00G0_": "_x00G0_", "_x000D": "_x000D", "__x0041_": "_A", "_x0041__x0042_": "AB", "_x": "_x",
	} {
		if got := string(unescapeXString([]byte(in))); got != want {
			t.Errorf("%s reads %q, want %q", in, got, want)
		}
	}
}

func TestRefusalSaysWhatWhereAndWhatNext(t *testing.T) {
	r := refuse(Damaged, "数值读不出来", "a number cannot be read").atCell(7, 3)
	r.File, r.Sheet = "清水农商.xlsx", "一支行"
	const zh = "文件“清水农商.xlsx”，工作表“一支行”，单元格 C7：文件已损坏或没有传完（数值读不出来）。请重新拷贝；仍不行，请用 Excel 或 WPS 打开并另存为 .xlsx，或请对方重新导出。"
	if r.Error() != zh {
		t.Error(r.Error())
	}
	const en = `file "清水农商.xlsx", sheet "一支行", cell C7: the file is damaged or was not copied to its end (a number cannot be read). Next: copy it again, or open it in Excel or WPS and save it as .xlsx, or ask for it again.`
	if r.English() != en {
		t.Error(r.English())
	}
	for reason := Damaged; reason <= Unreadable; reason++ {
		w := reasonWords[reason]
		if reason.String() == "" || w.zh == "" || w.zhNext == "" || w.en == "" || w.enNext == "" {
			t.Errorf("reason %d has no words", reason)
		}
	}
}
