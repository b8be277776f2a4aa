package sheet

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFixtures reads what openpyxl, xlwt and LibreOffice wrote, against what testdata/make.py told them to write.
func TestFixtures(t *testing.T) {
	names, err := filepath.Glob("testdata/*.cells")
	if err != nil || len(names) < 5 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			book, err := Open(strings.TrimSuffix(name, ".cells"))
			if err != nil {
				t.Fatal(err)
			}
			defer book.Close()
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(t, book)
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("cells differ (-written +read):\n%s", diff)
			}
			if s := book.Sheets(); s[0].Hidden || !s[1].Hidden || s[0].Name != "贴息名单" || s[1].Name != "隐藏" {
				t.Errorf("sheets: %+v", s)
			}
			if is1904 := strings.Contains(name, "1904"); book.Sheets()[0].Date1904 != is1904 {
				t.Errorf("1904 dates: %v", !is1904)
			}
		})
	}
}

// dump writes a book's cells in the form of the .cells files.
func dump(t testing.TB, book *Book) string {
	t.Helper()
	var b strings.Builder
	for _, s := range book.Sheets() {
		err := book.Rows(s.Index, func(r Row) error {
			for _, c := range r.Cells {
				fmt.Fprintln(&b, cellLine(s.Index, c))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func cellLine(sheet int, c Cell) string {
	var flags []string
	for _, f := range []struct {
		name string
		set  bool
	}{{"date", c.Date}, {"percent", c.Percent}, {"long", c.Long}, {"covered", c.Covered}} {
		if f.set {
			flags = append(flags, f.name)
		}
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.Encode(c.Text)
	kind := [...]string{"Empty", "Text", "Number", "Bool", "Error", "Uncached"}[c.Kind]
	return fmt.Sprintf("%d\t%s\t%s\t%s\t%s", sheet, c.Address(), kind, strings.TrimSpace(text.String()), strings.Join(flags, ","))
}

// TestFixturesCut: a file that stops anywhere, as one that is still being copied does, is refused.
func TestFixturesCut(t *testing.T) {
	names, _ := filepath.Glob("testdata/*.xls*")
	for _, name := range names {
		if strings.HasSuffix(name, ".cells") {
			continue
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			whole := readAll(t, data)
			for i := 1; i < 40; i++ {
				n := len(data) * i / 40
				got, err := tryAll(data[:n])
				if err == nil && got != whole { // an .xls may lack parts that hold no cells
					t.Fatalf("cut to %d of %d bytes it reads, and differs", n, len(data))
				}
				if err == nil && strings.HasSuffix(name, ".xlsx") {
					t.Fatalf("cut to %d of %d bytes it reads", n, len(data))
				}
				if err != nil {
					wantRefusal(t, err, Damaged)
				}
			}
		})
	}
}

func readAll(t testing.TB, data []byte) string {
	t.Helper()
	text, err := tryAll(data)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// tryAll opens a file in memory and reads every sheet; it checks on the way what holds for every row of every file.
func tryAll(data []byte) (string, error) {
	book, err := OpenBytes("folder/某银行.xlsx", data)
	if err != nil {
		return "", err
	}
	defer book.Close()
	var b strings.Builder
	for _, s := range book.Sheets() {
		last := 0
		err := book.Rows(s.Index, func(r Row) error {
			if r.Number <= last || len(r.Cells) == 0 {
				panic(fmt.Sprint("row ", r.Number, " after ", last))
			}
			last = r.Number
			column := 0
			for _, c := range r.Cells {
				if c.Row != r.Number || c.Column <= column || c.Column > maxColumn || c.Kind == Empty {
					panic(fmt.Sprintf("cell %+v after column %d", c, column))
				}
				column = c.Column
				fmt.Fprintln(&b, cellLine(s.Index, c))
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// wantRefusal checks a refusal's reason, and that its words in both languages name the file.
func wantRefusal(t testing.TB, err error, reason Reason) *Refusal {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatalf("got %v, want a refusal", err)
	}
	if r.Reason != reason || !errors.Is(err, &Refusal{Reason: reason}) {
		t.Errorf("refused as %s, want %s: %v", r.Reason, reason, err)
	}
	if !strings.Contains(r.Error(), "某银行.xlsx") || !strings.Contains(r.English(), "某银行.xlsx") || !strings.HasSuffix(r.Error(), "。") {
		t.Errorf("unclear words: %s / %s", r.Error(), r.English())
	}
	return r
}
