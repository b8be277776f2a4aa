package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"tiexi/pipeline/values"
)

// program is one invocation: its streams and how it talks.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	lang  values.Lang
	json  bool // stdout carries JSON only
	quiet bool
	plain bool // no colour
	idle  bool // the command has found nothing to do
	chose bool // the language was chosen by flag or environment, not by jobs.yaml

	path    []string // the command's name and its group's
	records bool     // the talk is JSON lines: --log-format json
	journal *journal // of a command that acts, else nil
}

// newProgram looks at the flags that must be known before the command line is
// read, because they decide how its mistakes are told.
func newProgram(args []string, stdin io.Reader, stdout, stderr io.Writer) *program {
	text.OverrideRuneWidthEastAsianWidth(false) // or LANG=zh_CN would widen "·" and "…" and misalign tables
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr, lang: values.Chinese}
	if before := slices.Index(args, "--"); before >= 0 {
		args = args[:before]
	}
	p.json = slices.Contains(args, "--json") || slices.Contains(args, "-json")
	p.setLang(os.Getenv("TIEXI_LANG"))
	p.setLang(early(args, "lang"))
	p.records = early(args, "log-format") == "json"
	return p
}

// early is the value of a flag before the command line is read, "" where it is
// not there.
func early(args []string, flag string) (value string) {
	for i, arg := range args {
		name, joined, is := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch {
		case name != flag || !strings.HasPrefix(arg, "-"):
		case is:
			value = joined
		case i+1 < len(args):
			value = args[i+1]
		}
	}
	return value
}

func (p *program) setLang(name string) {
	switch {
	case strings.HasPrefix(name, "en"):
		p.lang, p.chose = values.English, true
	case strings.HasPrefix(name, "zh"):
		p.lang, p.chose = values.Chinese, true
	}
}

// attempt is do with the two ends that no command handles itself: an interrupt,
// which comes back as whatever error it caused, and a panic, which Go would
// end with the exit code that here means a usage error.
func (p *program) attempt(ctx context.Context, args []string) (err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = fmt.Errorf("%v\n%s", trouble, debug.Stack())
		}
	}()
	err = p.do(ctx, args)
	if err != nil && ctx.Err() != nil && !errors.Is(err, errAttention) {
		err = errors.Join(ctx.Err(), err)
	}
	return err
}

// do runs the command that args name.
func (p *program) do(ctx context.Context, args []string) error {
	app := &cli.App{
		Name: "tiexi", Writer: p.stdout, ErrWriter: p.stderr,
		Commands: p.commands(), HideHelp: true, HideVersion: true,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {}, // report says it, once
	}
	if slices.Equal(args, []string{"--version"}) { // what many try first
		args = []string{"version"}
	}
	line, err := p.arrange(app.Commands, args)
	switch {
	case err != nil:
		return err
	case line.help:
		return p.help(app.Commands, line.path)
	}
	p.path = line.path
	return app.RunContext(ctx, append([]string{app.Name}, line.words...))
}

// in gives a text in the chosen language.
func (p *program) in(chinese, english string, args ...any) string {
	return values.Say(chinese, english, args...).In(p.lang)
}

// answer prints a line of the result on stdout.
func (p *program) answer(line string) { fmt.Fprintln(p.stdout, line) }

// talk prints a line about the work on stderr.
func (p *program) talk(line string) {
	p.journal.say(slog.LevelInfo, line)
	if !p.quiet {
		p.note(slog.LevelInfo, line)
	}
}

// note puts a line on stderr, as words or as a record. Nothing that stands
// there shows an id or account in full.
func (p *program) note(level slog.Level, line string, keys ...any) {
	line = values.MaskDigits(line)
	if p.records {
		newLogger(p.stderr, true).Log(context.Background(), level, line, keys...)
		return
	}
	fmt.Fprintln(p.stderr, line)
}

// colour is how a word is marked, never the only mark there is.
type colour string

const (
	red    colour = "31"
	green  colour = "32"
	yellow colour = "33"
)

// paint colours a word of the answer on a terminal that wants it.
func (p *program) paint(c colour, word string) string {
	if _, is := terminal(p.stdout); !is || p.plain || os.Getenv("NO_COLOR") != "" {
		return word
	}
	return "\x1b[" + string(c) + "m" + word + "\x1b[0m"
}

var stars = regexp.MustCompile(`\*+`)

// masked is an id or account for a table: what hides it need not be as long as
// what it hides.
func masked(number fmt.Stringer) string { return stars.ReplaceAllString(number.String(), "****") }

// printJSON prints one value on one line of stdout.
func (p *program) printJSON(value any) error {
	encoder := json.NewEncoder(p.stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// terminal tells whether a stream is one, and its width in columns.
func terminal(stream any) (width int, is bool) {
	file, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) || os.Getenv("TERM") == "dumb" {
		return 0, false
	}
	width, _, err := term.GetSize(int(file.Fd()))
	return width, err == nil
}
