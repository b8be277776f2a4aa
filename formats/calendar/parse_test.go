package calendar

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiexi/pipeline/values"
)

// A made-up paper: it closes a Friday at the end of 2026 and makes the
// Saturday before it a workday, as the paper of 2019 did.
const madeUp = `year: 2027
number: 清政发〔2026〕1号
title: 虚构的安排
issued: 2026-11-03
url: https://example.invalid/2027
holidays:
  元旦: 2026-12-31 至 2027-01-02
  春节: 2027-02-05 至 2027-02-11
  清明节: 2027-04-05
  劳动节: 2027-05-01 至 2027-05-05
  端午节: 2027-06-09
  中秋节: 2027-09-15
  国庆节: 2027-10-01 至 2027-10-07
workdays:
  - 2026-12-26
  - 2027-02-14
`

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "2027.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCountyAddsYear(t *testing.T) {
	c := shipped(t)
	file := write(t, "\ufeff"+strings.ReplaceAll(madeUp, "\n", "\r\n")) // as Notepad saves it
	if err := c.LoadFile(file); err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]bool{
		"2026-12-26": true, "2026-12-27": false, "2026-12-30": true, "2026-12-31": false, "2027-01-01": false,
		"2027-01-04": true, "2027-02-08": false, "2027-02-14": true, "2027-04-05": false, "2027-12-24": true,
	} {
		if got := workday(t, c, values.MustDate(date)); got != want {
			t.Errorf("%s: workday %t", date, got)
		}
	}
	years := c.Years()
	if last := years[len(years)-1]; len(years) != 4 || last.Year != 2027 || last.File != file {
		t.Errorf("%+v", years)
	}
}

func TestCountyReplacesYear(t *testing.T) {
	text, err := os.ReadFile("years/2026.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := shipped(t)
	if err := c.LoadFile(write(t, strings.Replace(string(text), "  - 2026-09-20\n", "", 1))); err != nil {
		t.Fatal(err)
	}
	if workday(t, c, values.MustDate("2026-09-20")) || !workday(t, c, values.MustDate("2026-10-10")) {
		t.Error("the county's 2026 does not stand in the place of the program's")
	}
	if !workday(t, shipped(t), values.MustDate("2026-09-20")) {
		t.Error("a county's file reached another calendar")
	}
}

func TestMistakes(t *testing.T) {
	change := func(old, replacement string) string {
		if !strings.Contains(madeUp, old) {
			t.Fatalf("%q is not in the sample", old)
		}
		return strings.Replace(madeUp, old, replacement, 1)
	}
	for _, test := range []struct {
		name, text       string
		chinese, english string // place and words
	}{
		{"no such day", change("2027-04-05", "2027-04-31"), ":9:8: “2027-04-31”不是日期", `:9:8: "2027-04-31" is not a date`},
		{"another year", change("2027-06-09", "2026-06-09"), ":11:8: 2026-06-09 不在 2027 年内", ":11:8: 2026-06-09 is not in 2027"},
		{"too early in December", change("- 2026-12-26", "- 2026-12-19"), ":15:5: 2026-12-19 不在", ":15:5: 2026-12-19 is not in"},
		{"backwards", change("2027-10-07", "2027-09-07"), ":13:8: 末日 2027-09-07 早于", ":13:8: The last day 2027-09-07"},
		{"weekday made up", change("- 2027-02-14", "- 2027-02-15"), ":16:5: 2027-02-15 不是周末", ":16:5: 2027-02-15 is no weekend day"},
		{"both off and on", change("- 2027-02-14", "- 2027-05-01"), ":16:5: 2027-05-01 出现了两次", ":16:5: 2027-05-01 stands twice"},
		{"a festival left out", change("  中秋节: 2027-09-15\n", ""), ":7:3: holidays 中没有中秋", ":7:3: holidays lacks 中秋"},
		{"no holidays", madeUp[:strings.Index(madeUp, "  元旦")] + "workdays: []\n", ":6:10: holidays 下每项写作", ":6:10: An item of holidays is"},
		{"no source", change("清政发〔2026〕1号", "''"), ":2:9: 这里是空的", ":2:9: Nothing stands here"},
		{"year", change("year: 2027", "year: 二〇二七"), ":1:7: “二〇二七”不是年份", `:1:7: "二〇二七" is not a year`},
		{"unknown key", change("workdays:", "workday:"), ":14:1: 不认识的键“workday”", `:14:1: Unknown key "workday"`},
		{"missing key", change("issued: 2026-11-03\n", ""), ":1:1: 缺少 issued", ":1:1: issued is missing"},
		{"key twice", madeUp + "year: 2027\n", ":17:1: 键“year”写了两次", `:17:1: The key "year" stands twice`},
		{"no list", change("workdays:\n  - 2026-12-26\n  - 2027-02-14\n", "workdays: 2027-02-14\n"), ":14:11: workdays 应是清单", ":14:11: workdays is a list"},
		{"syntax", change("title: ", "title: ["), ":4:7: YAML 写法有误", ":4:7: Bad YAML"},
		{"empty", "", ":1:1: 文件应是一份", ":1:1: The file is to be one mapping"},
		{"comment only", "# 2027\n", ":1:1: 文件应是一份", ":1:1: The file is to be one mapping"},
		{"two documents", madeUp + "---\n" + madeUp, ":1:1: 文件应是一份", ":1:1: The file is to be one mapping"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := shipped(t)
			file := write(t, test.text)
			var fault *values.Fault
			if err := c.LoadFile(file); !errors.As(err, &fault) || fault.Kind != values.FaultConfig {
				t.Fatalf("got %v", err)
			}
			if got := fault.What.Chinese; !strings.Contains(got, file+test.chinese) {
				t.Errorf("got %s\nwant %s", got, test.chinese)
			}
			if got := fault.What.English; !strings.Contains(got, test.english) {
				t.Errorf("got %s\nwant %s", got, test.english)
			}
			if len(c.Years()) != 3 {
				t.Error("a refused file changed the calendar")
			}
		})
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	text := strings.NewReplacer("2027-04-05", "2027-04-31", "- 2027-02-14", "- 2027-02-15").Replace(madeUp)
	err := shipped(t).LoadFile(write(t, text))
	if err == nil || !strings.Contains(err.Error(), ":9:8: ") || !strings.Contains(err.Error(), ":16:5: ") {
		t.Errorf("got %v", err)
	}
}

func TestNoFile(t *testing.T) {
	var fault *values.Fault
	err := shipped(t).LoadFile(filepath.Join(t.TempDir(), "2027.yaml"))
	if !errors.As(err, &fault) || fault.Kind != values.FaultConfig || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// Whatever the bytes, a file is refused with a place, or it is a whole year:
// a source, and days off in it.
func FuzzParse(f *testing.F) {
	f.Add([]byte(madeUp))
	f.Fuzz(func(t *testing.T, text []byte) {
		year, err := parse("y.yaml", text)
		if err != nil {
			var fault *values.Fault
			if !errors.As(err, &fault) || !strings.Contains(fault.What.Chinese, "\ny.yaml:") {
				t.Fatalf("a refusal without a place: %v", err)
			}
			return
		}
		off := 0
		for _, working := range year.working {
			if !working {
				off++
			}
		}
		if year.Number == "" || year.Title == "" || !year.Issued.Known() || off == 0 {
			t.Fatalf("taken for a year: %+v", year)
		}
	})
}
