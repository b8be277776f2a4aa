package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"

	"tiexi/formats/calendar"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/policy"
)

// version and revision are set when a release is built (cmd/release), by
// -ldflags "-X main.version=v1.0.0 -X main.revision=…".
var (
	version  = "dev"
	revision = ""
)

// versionInfo is what `version --json` prints: everything that decides what
// this file does with the same input.
type versionInfo struct {
	Version  string          `json:"version"`
	Commit   string          `json:"commit"`
	Go       string          `json:"go"`
	Platform string          `json:"platform"`
	SQLite   string          `json:"sqlite"`
	Policies []shippedPolicy `json:"policies"`
	Calendar []int           `json:"calendar"` // years of public holidays
}

// shippedPolicy is a policy that comes with the program. Digest is the SHA-256
// of its file.
type shippedPolicy struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
}

func (p *program) versionCommand() *cli.Command {
	return p.command(spec{
		name:     "version",
		usage:    p.in("版本、提交号、内置政策和节假日年份", "version, commit, shipped policies and years of public holidays"),
		examples: []string{"version", "version --json"},
		do: func(*cli.Context) error {
			v, err := currentVersion()
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(v)
			}
			p.answer("tiexi " + v.Version)
			p.answer(p.in("提交：%s", "commit: %s", v.Commit))
			p.answer(p.in("系统：%s", "platform: %s", v.Platform))
			p.answer("Go: " + v.Go)
			p.answer("SQLite: " + v.SQLite)
			for _, shipped := range v.Policies {
				p.answer(p.in("内置政策：%s（%s）", "policy: %s (%s)", shipped.Name, shipped.Digest[:12]))
			}
			p.answer(p.in("节假日年份：%s", "public holidays of: %s", strings.Trim(fmt.Sprint(v.Calendar), "[]")))
			return nil
		},
	})
}

func currentVersion() (versionInfo, error) {
	v := versionInfo{
		Version: version, Commit: commit(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		SQLite: ledger.SQLiteVersion(),
	}
	for _, name := range policy.Shipped() {
		set, err := loadPolicies([]string{name})
		if err != nil {
			return v, err
		}
		v.Policies = append(v.Policies, shippedPolicy{name, set.Digest()})
	}
	holidays, err := calendar.Load()
	if err != nil {
		return v, err
	}
	for _, year := range holidays.Years() {
		v.Calendar = append(v.Calendar, year.Year)
	}
	return v, nil
}

// commit is the one that the program was built from, as the release or the Go
// tool wrote it.
func commit() string {
	if revision != "" {
		return revision
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return "unknown"
}
