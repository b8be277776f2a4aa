package main

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update-readme", false, "write what the commands print into the README files")

// Every command of a ```console block runs here, in order, in one folder, and
// must print to stdout what the README shows. A line of … stands for lines that
// the README leaves out.
func TestReadmeCommands(t *testing.T) {
	for _, name := range []string{"README.zh-CN.md", "README.md", "fixtures/twoquarters/README.md"} {
		t.Run(name, func(t *testing.T) {
			path, err := filepath.Abs(filepath.Join("..", "..", name))
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			home := t.TempDir()
			if folder := filepath.Dir(path); filepath.Base(folder) == "twoquarters" { // its reader begins in a copy of its folder
				if err := os.CopyFS(home, os.DirFS(folder)); err != nil {
					t.Fatal(err)
				}
			}
			t.Chdir(home)
			t.Setenv("XDG_CONFIG_HOME", t.TempDir())
			t.Setenv("TIEXI_CONFIG", "")
			t.Setenv("TIEXI_LANG", "")
			got := replay(t, string(text))
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// replay runs the console blocks of a README and gives it back with what the
// commands printed.
func replay(t *testing.T, readme string) string {
	var out strings.Builder
	commands := 0
	for {
		before, rest, found := strings.Cut(readme, "```console\n")
		out.WriteString(before)
		if !found {
			break
		}
		block, after, _ := strings.Cut(rest, "```")
		out.WriteString("```console\n")
		for _, step := range strings.Split("\n"+block, "\n$ ")[1:] {
			line, want, _ := strings.Cut(step, "\n")
			commands++
			got := perform(t, line)
			if !*update && !shows(want, got) {
				t.Errorf("%s printed\n%s\nthe README shows\n%s", line, got, want)
			}
			if strings.Contains(want, "…\n") {
				got = want
			}
			out.WriteString("$ " + line + "\n" + got)
		}
		out.WriteString("```")
		readme = after
	}
	if commands == 0 {
		t.Error("no ```console block was found")
	}
	return out.String()
}

// perform runs one command line of the README: tiexi, cd, or cp of files into a
// folder.
func perform(t *testing.T, line string) string {
	words := strings.Fields(line)
	if words[0] == "cd" {
		t.Chdir(words[1])
		return ""
	}
	if words[0] == "cp" {
		files, err := filepath.Glob(words[1])
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", line, len(files), err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err == nil {
				err = os.WriteFile(filepath.Join(words[2], filepath.Base(file)), content, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		return ""
	}
	var stdout, stderr bytes.Buffer
	code := run(append([]string{"tiexi"}, words[1:]...), strings.NewReader(""), &stdout, io.MultiWriter(&stderr))
	if words[0] != "tiexi" || code != 0 && code != 3 {
		t.Fatalf("%s: exit %d\n%s%s", line, code, stdout.String(), stderr.String())
	}
	return stdout.String()
}

// shows tells whether the README's words are what was printed, with … for any
// lines.
func shows(want, got string) bool {
	parts := strings.Split(want, "…\n")
	if len(parts) == 1 {
		return strings.TrimRight(want, "\n") == strings.TrimRight(got, "\n")
	}
	if !strings.HasPrefix(got, parts[0]) {
		return false
	}
	got = got[len(parts[0]):]
	for _, part := range parts[1:] {
		at := strings.Index(got, part)
		if at < 0 {
			return false
		}
		got = got[at+len(part):]
	}
	return true
}
