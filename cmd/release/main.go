// Command release makes what a county is given: for each target a zip with one
// static program, a sample jobs.yaml and its schema, the manual, the licences
// of everything in it, what a scheduler needs, and the digests of it all.
//
//	go run ./cmd/release -version v1.2.0
//
// Start with [release]. It promises that the same commit, built twice by the
// same Go, gives the same bytes, wherever the checkout lies and whatever the
// clock says: that is how a finance bureau tells that a file is ours.
package main

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := release(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// target is a system that the program is built for.
type target struct{ os, arch string }

// targets are the systems that counties have; loong64 is a domestic Linux PC.
var targets = []target{
	{"windows", "amd64"}, {"windows", "arm64"},
	{"linux", "amd64"}, {"linux", "arm64"}, {"linux", "loong64"},
}

func (t target) String() string { return t.os + "/" + t.arch }

func (t target) program() string {
	if t.os == "windows" {
		return "tiexi.exe"
	}
	return "tiexi"
}

// build says what to build: the version that the program tells of itself, the
// commit likewise, and the checkout's top folder.
type build struct{ version, commit, root string }

// release builds the targets and writes the zips and their SHA256SUMS.
func release(args []string, said io.Writer) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	names := flags.String("targets", list(targets), "os/arch, separated by commas")
	out := flags.String("out", "dist", "folder for the zips")
	version := flags.String("version", "", "version of the release (default: git describe)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := parseTargets(*names)
	if err != nil {
		return err
	}
	b, err := newBuild(*version)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for _, t := range chosen {
		name := b.folder(t) + ".zip"
		data, err := b.zip(t)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		if err := os.WriteFile(filepath.Join(*out, name), data, 0o644); err != nil {
			return err
		}
		line := sumLine(name, data)
		sums.WriteString(line)
		fmt.Fprint(said, line)
	}
	return os.WriteFile(filepath.Join(*out, sumsName), []byte(sums.String()), 0o644)
}

// folder is the name of the zip, and of the one folder in it. The version is
// part of it, so that unpacking a new one overwrites nobody's jobs.yaml.
func (b build) folder(t target) string {
	return fmt.Sprintf("tiexi-%s-%s-%s", b.version, t.os, t.arch)
}

func (b build) zip(t target) ([]byte, error) {
	program, err := b.compile(t)
	if err != nil {
		return nil, err
	}
	licences, err := b.licences(t)
	if err != nil {
		return nil, err
	}
	files, err := b.papers(t)
	if err != nil {
		return nil, err
	}
	files = append(files,
		file{name: t.program(), data: program, executable: true},
		file{name: "LICENSES.txt", data: licences})
	return pack(b.folder(t), files)
}

func parseTargets(names string) ([]target, error) {
	var chosen []target
	for name := range strings.SplitSeq(names, ",") {
		known := false
		for _, t := range targets {
			if t.String() == name {
				chosen, known = append(chosen, t), true
			}
		}
		if !known {
			return nil, fmt.Errorf("unknown target %q; there are %s", name, list(targets))
		}
	}
	if len(chosen) == 0 {
		return nil, errors.New("no target")
	}
	return chosen, nil
}

func list(targets []target) string {
	names := make([]string, len(targets))
	for i, t := range targets {
		names[i] = t.String()
	}
	return strings.Join(names, ",")
}

// sumLine is a line of sha256sum's output.
func sumLine(name string, data []byte) string {
	return fmt.Sprintf("%x  %s\n", sha256.Sum256(data), name)
}
