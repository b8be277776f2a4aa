package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

// sample is a small tree to arrange against: one plain command, one group.
func sample(p *program) []*cli.Command {
	nothing := func(*cli.Context) error { return nil }
	return []*cli.Command{
		p.command(spec{name: "void", arguments: "<batch>", acts: true, do: nothing,
			flags: []cli.Flag{&cli.StringFlag{Name: "why"}, &cli.StringSliceFlag{Name: "supersedes"}}}),
		p.command(spec{name: "status", do: nothing}),
		p.command(spec{name: "files", arguments: "[file...]", do: nothing}),
		group("notice", "", p.command(spec{name: "posted", acts: true, do: nothing, flags: []cli.Flag{&cli.StringFlag{Name: "on"}}})),
	}
}

func quietProgram() *program {
	return newProgram(nil, strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{})
}

func TestFlagsWorkBeforeAndAfterArguments(t *testing.T) {
	for line, want := range map[string]string{
		"void 2026Q3-01 --dry-run":                   "void --dry-run=true -- 2026Q3-01",
		"void --dry-run 2026Q3-01":                   "void --dry-run=true -- 2026Q3-01",
		"--dry-run void 2026Q3-01":                   "void --dry-run=true -- 2026Q3-01",
		"--job a void -q 2026Q3-01 --why=b":          "void --job=a --quiet=true --why=b -- 2026Q3-01",
		"void 2026Q3-01 --why 写错了 --operator 王":      "void --why=写错了 --operator=王 -- 2026Q3-01",
		"void -dry-run=false x":                      "void --dry-run=false -- x",
		"void -- -x":                                 "void -- -x",
		"void --why=-5 x":                            "void --why=-5 -- x",
		"void x --supersedes a=b,c --supersedes d=e": "void --supersedes=a=b,c --supersedes=d=e -- x",
		"notice posted --on 2026-09-21 --json":       "notice posted --on=2026-09-21 --json=true --",
		"notice --json posted":                       "notice posted --json=true --",
		"files a --json b":                           "files --json=true -- a b",
		"status":                                     "status --",
	} {
		p := quietProgram()
		got, err := p.arrange(sample(p), strings.Fields(line))
		if words := strings.Join(got.words, " "); err != nil || words != want {
			t.Errorf("%s:\n got %s (%v)\nwant %s", line, words, err, want)
		}
	}
}

func TestMisplacedAndUnknownWordsAreUsageErrors(t *testing.T) {
	for line, want := range map[string]string{
		"voi x":                         "是不是“void”",
		"推倒":                            "没有命令",
		"notice postd":                  "是不是“posted”",
		"notice":                        "posted",
		"void x --dryrun":               "--dry-run",
		"void x -n":                     "-n",
		"void -x":                       "-x",
		"void":                          "缺少参数",
		"void a b":                      "多余的参数：b",
		"status x":                      "多余的参数：x",
		"void x --why":                  "缺少值",
		"void x --why --dry-run":        "缺少值",
		"void x --dry-run=maybe":        "不带值",
		"void x --why a --why b":        "两次",
		"status --dry-run":              "没有选项",
		"--dry-run status":              "没有选项 --dry-run",
		"--why x void y":                "没有选项",
		"void x --json=true --json":     "两次",
		"notice posted 2026-09-21 --on": "缺少值",
	} {
		p := quietProgram()
		_, err := p.arrange(sample(p), strings.Fields(line))
		var fault *values.Fault
		if !errors.As(err, &fault) || fault.Kind != values.FaultConfig || !strings.Contains(fault.Error(), want) {
			t.Errorf("%s: got %v, want a usage error with %q", line, err, want)
		}
	}
}

func TestHelpIsAskedForAnywhere(t *testing.T) {
	for line, path := range map[string]string{
		"": "", "--help": "", "help": "", "-h": "",
		"help void": "void", "void --help": "void", "void x -h": "void", "--help void": "void",
		"notice posted --help": "notice posted", "help notice": "notice", "notice -h": "notice",
	} {
		p := quietProgram()
		got, err := p.arrange(sample(p), strings.Fields(line))
		if err != nil || !got.help || strings.Join(got.path, " ") != path {
			t.Errorf("%q: %+v, %v", line, got, err)
		}
	}
}

// Whatever is arranged, the library reads without an error of its own, and no
// flag ends up among the arguments.
func TestTheLibraryReadsWhatIsArranged(t *testing.T) {
	words := rapid.SampledFrom([]string{
		"void", "status", "files", "notice", "posted", "--why", "--why=", "--dry-run", "-q", "--json", "--json=false",
		"--quarter", "2026Q3", "--on=x", "--", "-", "x", "--nope", "-x=1", "--supersedes", "a=b", "help", "", "---", "--=", "-=x",
	})
	rapid.Check(t, func(t *rapid.T) {
		args := rapid.SliceOfN(words, 0, 7).Draw(t, "args")
		p := quietProgram()
		line, err := p.arrange(sample(p), args)
		if err != nil || line.help {
			return
		}
		literal := 0
		for i, arg := range args {
			if arg == "--" {
				literal = len(args) - i - 1
				break
			}
		}
		app := &cli.App{Name: "tiexi", Commands: sample(p), HideHelp: true, Writer: p.stdout, ErrWriter: p.stderr, DisableSliceFlagSeparator: true,
			ExitErrHandler: func(*cli.Context, error) {}}
		reached := false
		for _, command := range append(app.Commands, app.Commands[3].Subcommands...) {
			command.Action = func(c *cli.Context) error {
				reached = true
				flags := 0
				for _, arg := range c.Args().Slice() {
					if strings.HasPrefix(arg, "-") && arg != "-" {
						flags++
					}
				}
				if flags > literal {
					t.Fatalf("%q: a flag became an argument: %q", args, c.Args().Slice())
				}
				return nil
			}
		}
		if err := app.Run(append([]string{"tiexi"}, line.words...)); err != nil || !reached {
			t.Fatalf("%q arranged to %q: %v, reached %v", args, line.words, err, reached)
		}
	})
}

// Every example in a help text is a command line that the program takes.
func TestExamplesInHelpAreValid(t *testing.T) {
	for _, lang := range []values.Lang{values.Chinese, values.English} {
		p := quietProgram()
		p.lang = lang
		everyCommand(p.commands(), nil, func(path []string, command *cli.Command) {
			if command.Hidden {
				return
			}
			name, found := strings.Join(path, " "), false
			for line := range strings.Lines(command.Description) {
				example, ok := strings.CutPrefix(line, "  tiexi ")
				if !ok || strings.Contains(example, ">") {
					continue
				}
				got, err := p.arrange(p.commands(), strings.Fields(example))
				if err != nil || got.help {
					t.Errorf("help of %s: the example %q does not work: %v", name, strings.TrimSpace(example), err)
				}
				found = found || strings.Join(got.path, " ") == name
			}
			if !found {
				t.Errorf("help of %s has no example of it", name)
			}
		})
	}
}

// everyCommand visits the commands that do something.
func everyCommand(commands []*cli.Command, path []string, visit func([]string, *cli.Command)) {
	for _, command := range commands {
		here := append(path[:len(path):len(path)], command.Name)
		if len(command.Subcommands) == 0 {
			visit(here, command)
		}
		everyCommand(command.Subcommands, here, visit)
	}
}
