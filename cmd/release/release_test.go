package main

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"tiexi/formats/jobs"
)

var checkout = build{version: "v1.2.3", commit: "0123abc", root: "../.."}

// inside lists what a zip holds, by name, in the zip's order.
func inside(t *testing.T, data []byte) (names []string, files map[string]string, modes map[string]fs.FileMode) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files, modes = map[string]string{}, map[string]fs.FileMode{}
	for _, f := range r.File {
		entry, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(entry)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Modified.Equal(epoch) {
			t.Errorf("%s is of %s", f.Name, f.Modified)
		}
		names = append(names, f.Name)
		files[f.Name], modes[f.Name] = string(text), f.Mode()
	}
	return names, files, modes
}

func TestTheSameFilesGiveTheSameZip(t *testing.T) {
	files := []file{
		{name: "tiexi", data: []byte("program"), executable: true},
		{name: "inbox/"},
		{name: "a/b.txt", data: bytes.Repeat([]byte("贴息"), 1000)},
	}
	first, err := pack("tiexi-v1", files)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(files)
	second, err := pack("tiexi-v1", files)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("the order of the files shows")
	}
	names, text, modes := inside(t, first)
	want := []string{"tiexi-v1/a/b.txt", "tiexi-v1/inbox/", "tiexi-v1/tiexi", "tiexi-v1/SHA256SUMS"}
	if !slices.Equal(names, want) {
		t.Errorf("the zip holds %q, want %q", names, want)
	}
	if modes["tiexi-v1/tiexi"] != 0o755 || modes["tiexi-v1/a/b.txt"] != 0o644 || !modes["tiexi-v1/inbox/"].IsDir() {
		t.Errorf("modes are %v", modes)
	}
	// by sha256sum: printf program, and 贴息 a thousand times
	sums := "1a8ff361661a6ceb8f3cbabe735e3d2ed07a7e7d4093bbcb97bd83717c4b3611  a/b.txt\n" +
		"1310ca2c8932dbd118668bd97442558a3e1f546b5e15c69699dfbd6024f548d8  tiexi\n"
	if got := text["tiexi-v1/SHA256SUMS"]; got != sums {
		t.Errorf("SHA256SUMS is\n%s\nwant\n%s", got, sums)
	}
}

func TestAnotherByteAnotherZip(t *testing.T) {
	first, _ := pack("tiexi", []file{{name: "a", data: []byte("1")}})
	second, _ := pack("tiexi", []file{{name: "a", data: []byte("2")}})
	if bytes.Equal(first, second) {
		t.Error("the bytes of a file do not show")
	}
}

// papersByName are the files that need no compiler.
func papersByName(t *testing.T, os string) map[string]string {
	t.Helper()
	papers, err := checkout.papers(target{os, "amd64"})
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]string{}
	for _, f := range papers {
		byName[f.name] = string(f.data)
	}
	return byName
}

func TestEachSystemGetsItsPapers(t *testing.T) {
	both := []string{"jobs.yaml", "jobs.schema.json", "README.zh-CN.md", "README.md", "inbox/", "roster/"}
	for system, want := range map[string][]string{
		"windows": append([]string{"run.bat", "packaging/tiexi-task.xml"}, both...),
		"linux":   append([]string{"packaging/tiexi.service", "packaging/tiexi.timer", "packaging/crontab"}, both...),
	} {
		papers := papersByName(t, system)
		for _, name := range want {
			if _, ok := papers[name]; !ok {
				t.Errorf("%s: no %s", system, name)
			}
		}
		if system == "linux" && papers["run.bat"] != "" {
			t.Error("linux has a batch file")
		}
	}
}

func TestWhatTheManualLinksToComesWithIt(t *testing.T) {
	papers := papersByName(t, "linux")
	links := 0
	for name, text := range papers {
		if !strings.HasSuffix(name, ".md") {
			continue
		}
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			if links++; papers[found[1]] == "" {
				t.Errorf("%s points to %s, which is not there", name, found[1])
			}
		}
	}
	if links < 6 || papers["CONTRIBUTING.md"] == "" || papers["fixtures/pictures/village.png"] == "" {
		t.Errorf("%d links in %d papers", links, len(papers))
	}
}

func TestRunBatIsWhatCmdReads(t *testing.T) {
	text := papersByName(t, "windows")["run.bat"]
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") || !strings.HasSuffix(text, "\r\n") {
		t.Error("run.bat has lines that do not end in CRLF")
	}
	for _, r := range text {
		if r > '~' {
			t.Fatalf("run.bat holds %q, which an old code page misreads", r)
		}
	}
	at := -1
	for _, line := range []string{"chcp 65001 >nul", `pushd "%~dp0"`, `.\tiexi.exe run`, "set code=%errorlevel%", "pause", "exit /b %code%"} {
		next := strings.Index(text, line+"\r\n")
		if next <= at {
			t.Errorf("%q is not where it should be", line)
		}
		at = next
	}
}

func TestTheSampleIsValidAndItsFoldersAreThere(t *testing.T) {
	papers := papersByName(t, "windows")
	config, err := jobs.Parse([]byte(papers["jobs.yaml"]), "/county/jobs.yaml")
	if err != nil {
		t.Fatal(err)
	}
	job := config.Jobs[0]
	for _, folder := range []string{job.Inbox, job.Roster} {
		name := strings.TrimPrefix(folder, "/county/") + "/"
		if _, ok := papers[name]; !ok {
			t.Errorf("the sample looks into %s, which the zip does not have", folder)
		}
	}
}

func TestTargets(t *testing.T) {
	chosen, err := parseTargets("linux/loong64,windows/amd64")
	if err != nil || list(chosen) != "linux/loong64,windows/amd64" {
		t.Errorf("chosen: %v, %v", chosen, err)
	}
	for _, wrong := range []string{"", "linux", "linux/amd64,", "plan9/amd64"} {
		if _, err := parseTargets(wrong); err == nil {
			t.Errorf("%q is taken for targets", wrong)
		}
	}
	if all, err := parseTargets(list(targets)); err != nil || len(all) != 5 {
		t.Errorf("all: %v, %v", all, err)
	}
}

func TestVersionIsPlain(t *testing.T) {
	for _, wrong := range []string{"v1 2", "../v1", "v1/2", "-v1", "第一版"} {
		if _, err := newBuild(wrong); err == nil {
			t.Errorf("%q is taken for a version", wrong)
		}
	}
	if b, err := newBuild("v1.2.0-rc.1+x"); err != nil || b.folder(targets[0]) != "tiexi-v1.2.0-rc.1+x-windows-amd64" {
		t.Errorf("%+v, %v", b, err)
	}
}
