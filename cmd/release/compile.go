package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// newBuild finds the checkout and its commit. The version becomes part of file
// names, so that it is plain.
func newBuild(version string) (build, error) {
	root, err := output(nil, "go", "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return build{}, err
	}
	b := build{version: version, commit: "unknown", root: root}
	if commit, err := output(nil, "git", "-C", root, "rev-parse", "HEAD"); err == nil {
		b.commit = commit
	}
	if b.version == "" {
		if b.version, err = output(nil, "git", "-C", root, "describe", "--tags", "--always", "--dirty"); err != nil {
			return build{}, fmt.Errorf("no -version, and none from git: %w", err)
		}
	}
	if !regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+-]*$`).MatchString(b.version) {
		return build{}, fmt.Errorf("version %q: letters, digits, dots, plus and minus signs only", b.version)
	}
	return b, nil
}

// compile builds the program. Whatever could differ from one machine to the
// next is fixed or left out: paths, cgo, the processor's level, the state of
// the checkout, and flags from the environment.
func (b build) compile(t target) ([]byte, error) {
	folder, err := os.MkdirTemp("", "tiexi-release-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	program := filepath.Join(folder, t.program())
	flags := fmt.Sprintf("-s -w -X main.version=%s -X main.revision=%s", b.version, b.commit)
	_, err = output(t.environment(), "go", "-C", b.root, "build",
		"-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", program, "./cmd/tiexi")
	if err != nil {
		return nil, err
	}
	return os.ReadFile(program)
}

func (t target) environment() []string {
	return []string{
		"GOOS=" + t.os, "GOARCH=" + t.arch, "GOAMD64=v1", "GOARM64=v8.0",
		"CGO_ENABLED=0", "GOFLAGS=", "GOEXPERIMENT=", "GOWORK=off",
	}
}

// output runs a command and gives what it prints, without the last line end.
func output(environment []string, name string, args ...string) (string, error) {
	command := exec.Command(name, args...)
	command.Env = append(os.Environ(), environment...)
	var complaint bytes.Buffer
	command.Stderr = &complaint
	said, err := command.Output()
	if err != nil {
		return "", errors.Join(fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err), errors.New(complaint.String()))
	}
	return strings.TrimSuffix(string(said), "\n"), nil
}
