package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// What the manuals tell a county to type and what lies in packaging do the same
// thing at the same time.
func TestTheManualSchedulesWhatThePapersSchedule(t *testing.T) {
	linux, windows := papersByName(t, "linux"), papersByName(t, "windows")
	cron := lastLine(linux["packaging/crontab"])
	task := windows["packaging/tiexi-task.xml"]
	words := one(t, task, `<Arguments>(.*)</Arguments>`)
	schtasks := `schtasks /Create /TN ` + one(t, task, `schtasks /Create /TN (\S+) /XML`) +
		` /SC WEEKLY /D ` + weekdays(task) + ` /ST ` + one(t, task, `StartBoundary>\S+T(\d\d:\d\d):00<`) +
		` /TR "` + one(t, task, `<Command>(.*)</Command>`) + " " + words + `"`
	for _, manual := range []string{"README.md", "README.zh-CN.md"} {
		for _, line := range []string{cron, schtasks} {
			if !strings.Contains(linux[manual], line) {
				t.Errorf("%s does not say\n%s", manual, line)
			}
		}
	}
	unit := one(t, linux["packaging/tiexi.service"], `(?m)^ExecStart=/opt/tiexi/tiexi (.*)$`)
	if want := strings.ReplaceAll(words, `C:\tiexi\`, "/srv/tiexi/"); unit != want {
		t.Errorf("systemd runs tiexi %s, Windows tiexi %s", unit, words)
	}
}

func one(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s", pattern)
	}
	return found[1]
}

func weekdays(task string) string {
	var days []string
	for _, day := range []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"} {
		if strings.Contains(task, "<"+day+" />") {
			days = append(days, strings.ToUpper(day[:3]))
		}
	}
	return strings.Join(days, ",")
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// The manuals leave the program's folder with their second command: what they
// say before makes a shell find the program afterwards.
func TestTheManualsShellFindsTheProgram(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the line for Linux needs a Unix shell")
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "tiexi"), []byte("#!/bin/sh\necho found\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	papers := papersByName(t, "linux")
	for _, manual := range []string{"README.md", "README.zh-CN.md"} {
		before, _, _ := strings.Cut(papers[manual], "```console")
		line := one(t, before, "`(export PATH=[^`]*)`")
		shell := exec.Command("sh", "-c", line+"; mkdir sample && cd sample && tiexi; cd .. && rmdir sample")
		shell.Dir = folder
		if said, err := shell.CombinedOutput(); err != nil || string(said) != "found\n" {
			t.Errorf("after %s of %s, `tiexi` says %q, %v", line, manual, said, err)
		}
	}
}
