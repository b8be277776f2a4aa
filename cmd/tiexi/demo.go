package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"tiexi/fixtures"
	"tiexi/pipeline/values"
)

func (p *program) demoCommand() *cli.Command {
	return p.command(spec{
		name:      "demo",
		usage:     p.in("演示样例县的一个完整季度", "a made-up county's whole quarter"),
		arguments: p.in("[文件夹]", "[folder]"),
		about: p.in("在新文件夹（默认为临时文件夹）里，用与实际工作相同的命令走完一个季度：银行文件、核验、处理意见、公示、审批、发放清册、回盘、补发。每一步说明由谁做什么，用 --today 拨动日期。人名、号码都是虚构的。",
			"In a fresh folder (default: a temporary one), by the same commands as real work: bank files, findings, decisions, notices, approval, payment file, return file, second payment. Says at each step who does what; --today moves the clock. All people and numbers are made up."),
		examples: []string{"demo", "demo 演示", "demo 样例 --files-only"},
		flags: []cli.Flag{&cli.BoolFlag{Name: "files-only", Usage: p.in("只放好样例县的配置、名单和银行文件，留给自己一步步做",
			"only lay out the sample county's configuration, roster and bank files, to go through by hand")}},
		do: func(c *cli.Context) error {
			folder, err := demoFolder(c.Args().First())
			if err != nil {
				return cannotWrite(err)
			}
			if err := fixtures.Extract(folder); err != nil {
				return cannotWrite(err)
			}
			if c.Bool("files-only") {
				p.answer(p.in("样例县已放好。进入这个文件夹，从 tiexi run 开始：%s", "The sample county is laid out. Go to the folder and begin with tiexi run: %s", c.Args().First()))
				return nil
			}
			return p.play(c, folder)
		},
	})
}

func demoFolder(named string) (string, error) {
	if named == "" {
		return os.MkdirTemp("", "tiexi-demo-")
	}
	return filepath.Abs(named)
}

// scene is a step of the demo: what happens, who does it, and the commands that
// the person types, without configuration and clock.
type scene struct {
	day      string
	who      values.Text
	what     values.Text
	commands [][]string
	prepare  func(folder string) error // what happens outside the program
}

// tell tells the story: on stdout, but under --json beside it, where the
// commands' own answers are.
func (p *program) tell(line string) {
	if p.json {
		p.talk(line)
		return
	}
	p.answer(line)
}

// play goes through the scenes with the program's own commands.
func (p *program) play(c *cli.Context, folder string) error {
	config := filepath.Join(folder, "jobs.yaml")
	p.tell(p.in("样例县：%s", "The sample county: %s", folder))
	for i, s := range scenes {
		p.tell("")
		p.tell(p.in("【%d】%s　%s", "[%d] %s  %s", i+1, s.day, s.who.In(p.lang)))
		for _, line := range wrap(s.what.In(p.lang), p.width()) {
			p.tell(line)
		}
		if s.prepare != nil {
			if err := s.prepare(folder); err != nil {
				return err
			}
		}
		for _, command := range s.commands {
			if err := p.perform(c, config, folder, s.day, command); err != nil {
				return err
			}
		}
	}
	p.tell("")
	p.tell(p.in(`到哪里看：
  %[1]s 核验  问题清单.xlsx、退回各银行的明细
  %[1]s 公示  各村、各乡镇的公示清单
  %[1]s 发放  审批单、发放清册（.xlsx、.csv）、资金汇总
  再看一遍：tiexi status --config %[2]s`,
		`Where to look:
  %[1]s 核验  the findings workbook, the returned lines for each bank
  %[1]s 公示  the notices of villages and townships
  %[1]s 发放  approval sheets, payment files (.xlsx, .csv), summaries
  Look again: tiexi status --config %[2]s`, filepath.Join(folder, "work", "qingshui", "out", demoQuarter), config))
	return nil
}

// perform prints a command and runs it. Held and returned lines are part of the
// story, so that an exit code of 3 does not end it.
func (p *program) perform(c *cli.Context, config, folder, day string, command []string) error {
	for i, word := range command {
		command[i] = strings.ReplaceAll(word, "{folder}", folder)
	}
	p.tell("$ tiexi " + strings.ReplaceAll(strings.Join(command, " "), folder+string(os.PathSeparator), "") + " --today " + day)
	args := append([]string{"--config=" + config, "--today=" + day, "--lang=" + string(p.lang), "--quiet"}, command...)
	err := p.do(c.Context, args)
	if errors.Is(err, errAttention) {
		return nil
	}
	return err
}
