package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"tiexi/formats/jobs"
	"tiexi/pipeline/values"
)

// commandLine is a command line in the one order that the flag library reads
// whole: command, flags, "--", arguments. Left as people write it, the library
// silently takes every flag after the first argument for an argument, and
// `void 2026Q3-01 --dry-run` would void.
type commandLine struct {
	path  []string // names of command and subcommand
	words []string
	help  bool
}

// arrange reads args against the commands. Every mistake is found here, before
// anything runs, as a usage error.
func (p *program) arrange(commands []*cli.Command, args []string) (commandLine, error) {
	a := arranger{level: commands, given: map[string]bool{}}
	if len(args) > 0 && args[0] == "help" {
		a.line.help, args = true, args[1:]
	}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			a.arguments = append(a.arguments, args...)
			args = nil
		case len(arg) > 1 && arg[0] == '-':
			rest, err := a.flag(arg, args)
			if err != nil {
				return a.line, err
			}
			args = rest
		case len(a.level) > 0:
			if err := a.descend(arg); err != nil {
				return a.line, err
			}
		default:
			a.arguments = append(a.arguments, arg)
		}
	}
	return a.finish()
}

type arranger struct {
	line      commandLine
	level     []*cli.Command // what may be named next
	command   *cli.Command   // the last one named
	pending   []pendingFlag  // flags before the command is known
	arguments []string
	given     map[string]bool
}

// pendingFlag is a flag that stands before its command: it was read as one that
// every command has, and is looked up again when the command is known.
type pendingFlag struct{ name, value string }

func (a *arranger) descend(name string) error {
	for _, command := range a.level {
		if command.HasName(name) {
			a.command, a.level = command, command.Subcommands
			a.line.path = append(a.line.path, command.Name)
			return nil
		}
	}
	known := namesOf(a.level)
	parent := strings.Join(append([]string{"tiexi"}, a.line.path...), " ")
	what := values.Say("没有命令“%s %s”。", "There is no command %q %q.", parent, name)
	what.English = "There is no command \"" + parent + " " + name + "\"."
	if near := jobs.Nearest(name, known); near != "" {
		return usage(what, values.Say("是不是“%s”？", "Did you mean %q?", near))
	}
	return usage(what, values.Say("可用的命令见 %s --help。", "See %s --help for what there is.", parent))
}

// flag reads one flag and, where it takes one, its value.
func (a *arranger) flag(arg string, rest []string) ([]string, error) {
	name, value, joined := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	if name == "h" || name == "help" {
		a.line.help = true
		return rest, nil
	}
	flag := lookup(a.visibleFlags(), name)
	if flag == nil {
		return nil, a.unknownFlag(arg, name)
	}
	name = flag.Names()[0]
	if !takesValue(flag) {
		if joined && value != "true" && value != "false" {
			return nil, usage(values.Say("选项 --%s 不带值。", "--%s takes no value.", name), values.Text{})
		}
		if !joined {
			value = "true"
		}
	} else if !joined {
		if len(rest) == 0 || strings.HasPrefix(rest[0], "-") && len(rest[0]) > 1 {
			return nil, usage(values.Say("选项 --%s 后面缺少值。", "--%s needs a value.", name),
				values.Say("值以“-”开头时写成 --%s=值。", "Write --%s=VALUE for a value that begins with \"-\".", name))
		}
		value, rest = rest[0], rest[1:]
	}
	if _, list := flag.(*cli.StringSliceFlag); !list && a.given[name] {
		return nil, usage(values.Say("选项 --%s 写了两次。", "--%s stands twice.", name), values.Text{})
	}
	a.given[name] = true
	a.pending = append(a.pending, pendingFlag{name, value})
	return rest, nil
}

// visibleFlags are those that may stand where the reading has got to: the
// command's, or before it the ones that all have.
func (a *arranger) visibleFlags() []cli.Flag {
	if a.command == nil || len(a.command.Subcommands) > 0 {
		return append(commonFlags(values.Chinese), actingFlags(values.Chinese)...)
	}
	return a.command.Flags
}

func (a *arranger) unknownFlag(arg, name string) error {
	var known []string
	for _, flag := range a.visibleFlags() {
		known = append(known, flag.Names()[0])
	}
	command := strings.Join(append([]string{"tiexi"}, a.line.path...), " ")
	what := values.Say("%s 没有选项 %s。", "%s has no option %s.", command, arg)
	if near := jobs.Nearest(name, known); near != "" {
		return usage(what, values.Say("是不是 --%s？", "Did you mean --%s?", near))
	}
	return usage(what, values.Say("可用的选项见 %s --help；参数以“-”开头时写在 -- 之后。",
		"See %s --help; put an argument that begins with \"-\" after --.", command))
}

// finish puts the parts in order and counts the arguments.
func (a *arranger) finish() (commandLine, error) {
	if a.command == nil {
		a.line.help = true
	}
	if a.line.help {
		return a.line, nil
	}
	command := strings.Join(append([]string{"tiexi"}, a.line.path...), " ")
	if len(a.level) > 0 {
		return a.line, usage(
			values.Text{Chinese: command + " 之后要写明做什么：" + strings.Join(namesOf(a.level), "、") + "。",
				English: command + " needs one of: " + strings.Join(namesOf(a.level), ", ") + "."}, values.Text{})
	}
	a.line.words = append(a.line.words, a.line.path...)
	for _, flag := range a.pending {
		if lookup(a.command.Flags, flag.name) == nil {
			return a.line, usage(values.Say("%s 没有选项 --%s。", "%s has no option --%s.", command, flag.name), values.Text{})
		}
		a.line.words = append(a.line.words, "--"+flag.name+"="+flag.value)
	}
	if err := checkCount(command, a.command.ArgsUsage, a.arguments); err != nil {
		return a.line, err
	}
	a.line.words = append(a.line.words, "--")
	a.line.words = append(a.line.words, a.arguments...)
	return a.line, nil
}

// checkCount compares the arguments with the usage line, "<file> [more...]":
// brackets are optional, dots repeat.
func checkCount(command, usageLine string, arguments []string) error {
	least, most := 0, 0
	for _, word := range strings.Fields(usageLine) {
		if !strings.HasPrefix(word, "[") {
			least++
		}
		if most++; strings.Contains(word, "...") {
			most = len(arguments) + 1
		}
	}
	hint := values.Say("用法：%s %s", "Usage: %s %s", command, usageLine)
	switch {
	case len(arguments) < least:
		return usage(values.Say("缺少参数。", "An argument is missing."), hint)
	case len(arguments) > most:
		return usage(values.Say("多余的参数：%s。", "One argument too many: %s.", arguments[most]), hint)
	}
	return nil
}

func lookup(flags []cli.Flag, name string) cli.Flag {
	for _, flag := range flags {
		for _, known := range flag.Names() {
			if known == name {
				return flag
			}
		}
	}
	return nil
}

func takesValue(flag cli.Flag) bool {
	_, plain := flag.(*cli.BoolFlag)
	return !plain
}

func namesOf(commands []*cli.Command) (names []string) {
	for _, command := range commands {
		if !command.Hidden {
			names = append(names, command.Name)
		}
	}
	return names
}
