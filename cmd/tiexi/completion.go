package main

import (
	"embed"
	"strings"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline/values"
)

//go:embed completion
var completionScripts embed.FS

var shells = []string{"bash", "zsh", "fish", "powershell"}

func (p *program) completionCommand() *cli.Command {
	return p.command(spec{
		name:      "completion",
		usage:     p.in("命令行补全脚本", "completion script for a shell"),
		arguments: strings.Join(shells, "|"),
		about: p.in(`把脚本装进所用的命令行：
  bash        在 ~/.bashrc 中加一行：source <(tiexi completion bash)
  zsh         在 ~/.zshrc 中加一行：source <(tiexi completion zsh)
  fish        tiexi completion fish > ~/.config/fish/completions/tiexi.fish
  powershell  在 $PROFILE 中加一行：tiexi completion powershell | Out-String | Invoke-Expression`,
			`How to install it:
  bash        add to ~/.bashrc: source <(tiexi completion bash)
  zsh         add to ~/.zshrc: source <(tiexi completion zsh)
  fish        tiexi completion fish > ~/.config/fish/completions/tiexi.fish
  powershell  add to $PROFILE: tiexi completion powershell | Out-String | Invoke-Expression`),
		examples: []string{"completion bash"},
		do: func(c *cli.Context) error {
			script, err := completionScripts.ReadFile("completion/" + c.Args().First())
			if err != nil {
				return usage(values.Say("不认识命令行“%s”。", "Unknown shell %q.", c.Args().First()),
					values.Say("可选：bash、zsh、fish、powershell。", "There are bash, zsh, fish, powershell."))
			}
			_, err = p.stdout.Write(script)
			return err
		},
	})
}

// completeCommand answers the scripts: the words before the cursor, the last
// one unfinished, give what it may become, one a line with its meaning after a
// tab. Nothing to offer means: a file.
func (p *program) completeCommand() *cli.Command {
	command := p.command(spec{
		name: "__complete", arguments: "[words...]",
		do: func(c *cli.Context) error {
			words := c.Args().Slice()
			if len(words) == 0 {
				return nil
			}
			for _, candidate := range complete(p.commands(), words[:len(words)-1], words[len(words)-1]) {
				p.answer(candidate)
			}
			return nil
		},
	})
	return command
}

func complete(commands []*cli.Command, before []string, prefix string) (candidates []string) {
	var command *cli.Command
	for _, word := range before {
		for _, candidate := range commands {
			if candidate.HasName(word) {
				command, commands = candidate, candidate.Subcommands
				break
			}
		}
	}
	offer := func(word, meaning string) {
		if strings.HasPrefix(word, prefix) {
			meaning, _, _ = strings.Cut(meaning, "\n")
			candidates = append(candidates, word+"\t"+meaning)
		}
	}
	if strings.HasPrefix(prefix, "-") && command != nil {
		for _, flag := range command.Flags {
			documented, _ := flag.(cli.DocGenerationFlag)
			offer("--"+flag.Names()[0], documented.GetUsage())
		}
		return candidates
	}
	for _, sub := range commands {
		if !sub.Hidden {
			offer(sub.Name, sub.Usage)
		}
	}
	if command != nil && len(commands) == 0 && strings.Contains(command.ArgsUsage, "|") {
		for _, word := range strings.FieldsFunc(command.ArgsUsage, func(r rune) bool { return r == '|' || r == ' ' }) {
			if !strings.ContainsAny(word, "<[") {
				offer(word, "")
			}
		}
	}
	return candidates
}
