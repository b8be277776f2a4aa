package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// need finds a program that checks ours. In continuous integration it must be there.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
	case os.Getenv("TIEXI_CI") != "":
		t.Fatalf("%s is not installed", name)
	default:
		t.Skipf("%s is not installed", name)
	}
	return path
}

// systemd asks for the program in ExecStart, so that one that is always there
// takes its place.
func TestSystemdTakesTheUnits(t *testing.T) {
	analyze := need(t, "systemd-analyze")
	papers := papersByName(t, "linux")
	dir := t.TempDir()
	service, timer := filepath.Join(dir, "tiexi.service"), filepath.Join(dir, "tiexi.timer")
	unit := strings.Replace(papers["packaging/tiexi.service"], "/opt/tiexi/tiexi run", "/bin/true run", 1)
	for path, text := range map[string]string{service: unit, timer: papers["packaging/tiexi.timer"]} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"verify", "--man=no", service, timer},
		{"security", "--offline=yes", "--threshold=15", service}, // 0 to 100; an unhardened service has 96
		{"calendar", "Mon..Fri 08:30"},
	} {
		said, err := exec.Command(analyze, args...).CombinedOutput()
		if err != nil || args[0] == "verify" && strings.Contains(string(said), "tiexi") {
			t.Errorf("systemd-analyze %s: %v\n%s", strings.Join(args, " "), err, said)
		}
	}
}

// The line is given to sh as cron gives it, with a program in the place of ours
// that says a word and exits with a code.
func TestCronMailsWhatNeedsAPerson(t *testing.T) {
	sh := need(t, "sh")
	var line string
	for text := range strings.Lines(papersByName(t, "linux")["packaging/crontab"]) {
		if !strings.HasPrefix(text, "#") {
			line += text
		}
	}
	when := regexp.MustCompile(`^30 8 \* \* 1-5 `)
	if !when.MatchString(line) {
		t.Fatalf("the line is %q", line)
	}
	command := when.ReplaceAllString(strings.TrimSuffix(line, "\n"), "")
	if regexp.MustCompile(`[^\\]%`).MatchString(command) {
		t.Error("cron takes a bare % for a line end")
	}
	command = strings.ReplaceAll(command, `\%`, "%")
	program := filepath.Join(t.TempDir(), "tiexi")
	command = strings.ReplaceAll(command, "/opt/tiexi/tiexi", program)
	for code, mail := range map[string]string{"0": "", "3": "28 行待核 100%\n", "1": "28 行待核 100%\n", "2": "28 行待核 100%\n", "11": ""} {
		if err := os.WriteFile(program, []byte("#!/bin/sh\necho '28 行待核 100%' >&2\nexit "+code+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command(sh, "-c", command).CombinedOutput()
		if err != nil || string(said) != mail {
			t.Errorf("exit code %s: mailed %q, want %q (%v)", code, said, mail, err)
		}
	}
}

// The elements come in the order and with the names that the task's schema
// demands, and the file is ASCII, which every encoding of Windows reads alike.
func TestTaskSchedulerXML(t *testing.T) {
	text := papersByName(t, "windows")["packaging/tiexi-task.xml"]
	for _, r := range text {
		if r > '~' {
			t.Fatalf("the task holds %q", r)
		}
	}
	var task struct {
		XMLName xml.Name `xml:"http://schemas.microsoft.com/windows/2004/02/mit/task Task"`
		Trigger struct {
			Start string `xml:"StartBoundary"`
			Days  struct {
				Names []struct{ XMLName xml.Name } `xml:",any"`
			} `xml:"ScheduleByWeek>DaysOfWeek"`
		} `xml:"Triggers>CalendarTrigger"`
		Principal struct {
			ID string `xml:"id,attr"`
		} `xml:"Principals>Principal"`
		Instances string `xml:"Settings>MultipleInstancesPolicy"`
		Late      bool   `xml:"Settings>StartWhenAvailable"`
		Actions   struct {
			Context string `xml:"Context,attr"`
			Command string `xml:"Exec>Command"`
			Words   string `xml:"Exec>Arguments"`
			Folder  string `xml:"Exec>WorkingDirectory"`
		}
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) { return nil, errors.New(charset) }
	if err := decoder.Decode(&task); err != nil {
		t.Fatal(err)
	}
	if task.Trigger.Start != "2026-01-01T08:30:00" || len(task.Trigger.Days.Names) != 5 {
		t.Errorf("trigger: %+v", task.Trigger)
	}
	if task.Principal.ID == "" || task.Principal.ID != task.Actions.Context {
		t.Errorf("the action runs as %q, the principal is %q", task.Actions.Context, task.Principal.ID)
	}
	if task.Instances != "IgnoreNew" || !task.Late {
		t.Errorf("two at once: %q; when late: %t", task.Instances, task.Late)
	}
	if task.Actions.Command != task.Actions.Folder+`\tiexi.exe` || !strings.Contains(task.Actions.Words, "--config "+task.Actions.Folder+`\jobs.yaml`) {
		t.Errorf("action: %+v", task.Actions)
	}
}
