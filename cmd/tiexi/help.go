package main

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/urfave/cli/v2"
)

// helpWidth is the width that help is written for.
const helpWidth = 80

// help prints what the command at path does; an empty path is the program.
func (p *program) help(commands []*cli.Command, path []string) error {
	var command *cli.Command
	for _, name := range path {
		for _, candidate := range commands {
			if candidate.HasName(name) {
				command, commands = candidate, candidate.Subcommands
				break
			}
		}
	}
	var b strings.Builder
	if command == nil {
		p.programHelp(&b, commands)
	} else {
		p.commandHelp(&b, command, path)
	}
	_, err := p.stdout.Write([]byte(b.String()))
	return err
}

func (p *program) programHelp(b *strings.Builder, commands []*cli.Command) {
	b.WriteString(p.in("tiexi — 帮扶小额信贷贴息：从银行报表到公示和一卡通发放", "tiexi - loan-interest subsidies, from the banks' sheets to notices and payments") + "\n\n")
	b.WriteString(p.in("用法：tiexi <命令> [参数] [选项]", "Usage: tiexi <command> [arguments] [options]") + "\n")
	var categories []string
	for _, command := range commands {
		if !command.Hidden && !strings.Contains(strings.Join(categories, "\n"), command.Category) {
			categories = append(categories, command.Category)
		}
	}
	for _, category := range categories {
		b.WriteString("\n" + category + "\n")
		for _, command := range commands {
			if command.Category == category && !command.Hidden {
				entry(b, command.Name, command.Usage, 18)
			}
		}
	}
	b.WriteString("\n" + p.exitCodeHelp())
	b.WriteString("\n" + p.in("第一次使用：tiexi demo 演示一个完整的季度；tiexi init 新建自己的。\n每个命令的说明：tiexi <命令> --help",
		"First time: tiexi demo shows a whole quarter; tiexi init begins your own.\nHelp for a command: tiexi <command> --help") + "\n")
}

func (p *program) exitCodeHelp() string {
	return p.in(`退出码
  0   完成、无事可做，或在等人处理
  1   失败或拒绝
  2   用法或配置有误
  3   （run、return）有待核、退回的行，或被拒收的文件
  11  另一个 tiexi 正在使用这个工作文件夹
  130 被中断
`, `Exit codes
  0   done, nothing to do, or waiting for people
  1   failed or refused
  2   usage or configuration
  3   (run, return) held or returned lines, or a refused file
  11  another tiexi holds the workspace
  130 interrupted
`)
}

func (p *program) commandHelp(b *strings.Builder, command *cli.Command, path []string) {
	name := "tiexi " + strings.Join(path, " ")
	b.WriteString(strings.Join(wrap(name+p.in(" — ", " - ")+command.Usage, helpWidth), "\n") + "\n\n")
	if len(command.Subcommands) > 0 {
		b.WriteString(p.in("用法：%s <命令> [选项]", "Usage: %s <command> [options]", name) + "\n\n")
		for _, sub := range command.Subcommands {
			entry(b, sub.Name, sub.Usage, 18)
		}
		b.WriteString("\n" + p.in("每个命令的说明：%s <命令> --help", "Help for each: %s <command> --help", name) + "\n")
		return
	}
	usageLine := name
	if command.ArgsUsage != "" {
		usageLine += " " + command.ArgsUsage
	}
	b.WriteString(p.in("用法：%s [选项]", "Usage: %s [options]", usageLine) + "\n")
	if command.Description != "" {
		b.WriteString("\n")
		for line := range strings.SplitSeq(command.Description, "\n") {
			if !strings.HasPrefix(line, " ") { // examples stay whole, to be copied
				line = strings.Join(wrap(line, helpWidth), "\n")
			}
			b.WriteString(line + "\n")
		}
	}
	common := commonFlags(p.lang)
	own := command.Flags[:len(command.Flags)-len(common)]
	if len(own) > 0 {
		b.WriteString("\n" + p.in("选项", "Options") + "\n")
		flagEntries(b, own)
	}
	b.WriteString("\n" + p.in("通用选项（写在参数前后都可以）", "Common options (before or after arguments)") + "\n")
	flagEntries(b, common)
}

func flagEntries(b *strings.Builder, flags []cli.Flag) {
	for _, flag := range flags {
		label := "--" + flag.Names()[0]
		for _, alias := range flag.Names()[1:] {
			label = "-" + alias + ", " + label
		}
		usageText := ""
		if documented, ok := flag.(cli.DocGenerationFlag); ok {
			usageText = documented.GetUsage()
		}
		entry(b, label, usageText, 18)
	}
}

// entry writes a name and what it means, wrapped and aligned by display width.
func entry(b *strings.Builder, name, meaning string, column int) {
	b.WriteString("  " + name)
	if width := text.StringWidth(name); width < column {
		b.WriteString(strings.Repeat(" ", column-width))
	} else {
		b.WriteString("\n" + strings.Repeat(" ", column+2))
	}
	for i, line := range wrap(meaning, helpWidth-column-2) {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", column+2))
		}
		b.WriteString(line + "\n")
	}
}

// wrap breaks a text into lines of at most width columns: at spaces, and
// between Chinese characters, but never before a closing mark.
func wrap(s string, width int) (lines []string) {
	line, lineWidth, breakAt := []rune{}, 0, 0
	flush := func(at int) {
		lines = append(lines, strings.TrimRight(string(line[:at]), " "))
		line = []rune(strings.TrimLeft(string(line[at:]), " "))
		lineWidth, breakAt = text.StringWidth(string(line)), 0
	}
	for _, r := range s {
		if r == '\n' {
			flush(len(line))
			continue
		}
		w := text.RuneWidth(r)
		if lineWidth+w > width && len(line) > 0 {
			if breakAt == 0 {
				breakAt = len(line)
			}
			flush(breakAt)
		}
		if r == ' ' || w == 2 && !strings.ContainsRune("，。；：、）》”？！％", r) {
			breakAt = len(line)
		}
		line = append(line, r)
		lineWidth += w
	}
	return append(lines, string(line))
}
