package main

import (
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline/policy"
)

// version is set when a release is built: -ldflags "-X main.version=v1.0.0".
var version = "dev"

// versionInfo is what `version --json` prints.
type versionInfo struct {
	Version  string   `json:"version"`
	Commit   string   `json:"commit"`
	Go       string   `json:"go"`
	Platform string   `json:"platform"`
	SQLite   string   `json:"sqlite"`
	Policies []string `json:"policies"`
}

func (p *program) versionCommand() *cli.Command {
	return p.command(spec{
		name:     "version",
		usage:    p.in("版本、提交号、内置政策", "version, commit, shipped policies"),
		examples: []string{"version", "version --json"},
		do: func(*cli.Context) error {
			v := currentVersion()
			if p.json {
				return p.printJSON(v)
			}
			p.answer("tiexi " + v.Version)
			p.answer(p.in("提交：%s", "commit: %s", v.Commit))
			p.answer(p.in("Go：%s（%s）", "Go: %s (%s)", v.Go, v.Platform))
			p.answer(p.in("SQLite 驱动：%s", "SQLite driver: %s", v.SQLite))
			p.answer(p.in("内置政策：%s", "policies: %s", strings.Join(v.Policies, p.in("、", ", "))))
			return nil
		},
	})
}

func currentVersion() versionInfo {
	v := versionInfo{
		Version: version, Commit: "unknown", SQLite: "unknown",
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Policies: policy.Shipped(),
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			v.Commit = setting.Value
		}
	}
	for _, module := range info.Deps {
		if module.Path == "modernc.org/sqlite" {
			v.SQLite = module.Path + " " + module.Version
		}
	}
	return v
}
