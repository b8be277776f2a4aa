package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Those that carry conditions of their own, and those under a name that is
// easily missed.
func TestLicencesOfEverythingInTheProgram(t *testing.T) {
	b, err := newBuild("v1")
	if err != nil {
		t.Fatal(err)
	}
	for _, system := range []target{{"linux", "amd64"}, {"windows", "amd64"}} {
		data, err := b.licences(system)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, want := range []string{
			"==== tiexi: LICENSE\n", "the tiexi authors",
			"==== Go: LICENSE\n", "The Go Authors",
			"==== modernc.org/sqlite v", "==== modernc.org/libc v",
			"==== github.com/xuri/excelize/v2 v", "==== github.com/shopspring/decimal v",
			"==== go.yaml.in/yaml/v4 v", "==== github.com/urfave/cli/v2 v",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q", system, want)
			}
		}
		for _, only := range []string{"pgregory.net/rapid", "github.com/google/go-cmp"} {
			if strings.Contains(text, "==== "+only) {
				t.Errorf("%s: %s is in tests only, and still listed", system, only)
			}
		}
	}
}

func TestLicenceFilesOfAModule(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"LICENSE": "whole", "NOTICE.txt": "note", "license.go": "package x", "README.md": "",
		"inner/COPYING": "inner", "inner/deep/x.go": "", "other/LICENSE": "not linked",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m := licensed{name: "example.org/m v1.0.0", dir: dir, folders: []string{filepath.Join(dir, "inner", "deep")}}
	got, err := licenceTexts([]licensed{m})
	if err != nil {
		t.Fatal(err)
	}
	want := "==== example.org/m v1.0.0: LICENSE\n\nwhole\n\n" +
		"==== example.org/m v1.0.0: NOTICE.txt\n\nnote\n\n" +
		"==== example.org/m v1.0.0: inner/COPYING\n\ninner\n\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAModuleWithoutALicenceIsNotShipped(t *testing.T) {
	dir := t.TempDir()
	_, err := licenceTexts([]licensed{{name: "example.org/free v1.0.0", dir: dir, folders: []string{dir}}})
	if err == nil || !strings.Contains(err.Error(), "example.org/free v1.0.0") {
		t.Errorf("error: %v", err)
	}
}
