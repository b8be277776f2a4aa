package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline/values"
)

// spec is a command as this package writes it: words in the chosen language,
// arguments as its usage line names them ("[x]" may be left out, "..." repeats),
// examples without the program's name.
type spec struct {
	name, usage string
	arguments   string
	about       string
	examples    []string
	flags       []cli.Flag
	acts        bool // it changes something: --dry-run and --operator
	do          cli.ActionFunc
}

// command makes the library's command of it, with the common flags last.
func (p *program) command(s spec) *cli.Command {
	flags := s.flags
	if s.acts {
		flags = append(flags, actingFlags(p.lang)...)
	}
	about := s.about
	if len(s.examples) > 0 {
		about = strings.TrimLeft(about+"\n\n"+p.in("例子", "Examples"), "\n")
		for _, example := range s.examples {
			about += "\n  tiexi " + example
		}
	}
	return &cli.Command{
		Name: s.name, Usage: s.usage, ArgsUsage: s.arguments, Description: about, HideHelp: true,
		Flags: append(flags, commonFlags(p.lang)...),
		Action: func(c *cli.Context) error {
			p.quiet, p.plain = c.Bool("quiet"), c.Bool("no-color")
			if format := c.String("log-format"); format != "" && format != "text" && format != "json" {
				return usage(values.Say("--log-format 的“%s”不对。", "--log-format: %q is wrong.", format), values.Say("请写 text 或 json。", "Write text or json."))
			}
			return s.do(c)
		},
	}
}

// group is a command that only holds others.
func group(name, usage string, commands ...*cli.Command) *cli.Command {
	return &cli.Command{Name: name, Usage: usage, Subcommands: commands, HideHelp: true}
}

// commands is everything the program can do, in the order of a quarter's work.
func (p *program) commands() []*cli.Command {
	var all []*cli.Command
	add := func(category string, commands ...*cli.Command) {
		for _, command := range commands {
			command.Category = category
		}
		all = append(all, commands...)
	}
	add(p.in("开始", "Begin"), p.demoCommand(), p.initCommand())
	add(p.in("办理", "Work"), p.runCommand(), p.decideCommand(), p.noticeCommand(), p.approveCommand(),
		p.markSentCommand(), p.returnCommand(), p.voidCommand(),
		p.settleByHandCommand(), p.recoverCommand(), p.waiveCommand(), p.recheckCommand(), p.fundCommand())
	add(p.in("查看", "Look"), p.readCommand(), p.statusCommand(), p.linesCommand(), p.findingsCommand(), p.paymentsCommand(), p.explainCommand(), p.reportCommand(), p.diffCommand())
	add(p.in("政策", "Policy"), p.policyCommand(), p.simulateCommand(), p.rulesCommand())
	add(p.in("维护", "Keep"), p.doctorCommand(), p.auditCommand(), p.backupCommand(), p.restoreCommand(), p.purgeCommand(), p.versionCommand(), p.completionCommand())
	hidden := p.completeCommand()
	hidden.Hidden = true
	return append(all, hidden)
}
