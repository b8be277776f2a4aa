package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// licenceName tells the files that a licence asks to be passed on.
var licenceName = regexp.MustCompile(`(?i)^((un)?licen[cs]es?|copying|copyright|notice|patents|sqlite-licen[cs]e)([.-].*)?$`)

// licensed is a module in the program, and the folders of it that are.
type licensed struct {
	name    string // path and version
	dir     string
	folders []string
}

// licences collects, in one text, the licence of the program, of Go, and of
// every module whose packages are linked into the program for a target.
func (b build) licences(t target) ([]byte, error) {
	goroot, err := output(nil, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	modules, err := b.linked(t)
	if err != nil {
		return nil, err
	}
	modules = append([]licensed{
		{name: "tiexi", dir: b.root, folders: []string{b.root}},
		{name: "Go", dir: goroot, folders: []string{goroot}},
	}, modules...)
	return licenceTexts(modules)
}

// linked lists the modules in the program, by name.
func (b build) linked(t target) ([]licensed, error) {
	const form = `{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}` + "\t" + `{{.Dir}}` + "\t" + `{{$.Dir}}{{end}}{{end}}`
	said, err := output(t.environment(), "go", "-C", b.root, "list", "-deps", "-f", form, "./cmd/tiexi")
	if err != nil {
		return nil, err
	}
	modules := map[string]licensed{}
	for line := range strings.Lines(said) {
		part := strings.Split(strings.TrimSpace(line), "\t")
		if len(part) != 3 {
			continue // the standard library, or ours
		}
		m := modules[part[0]]
		m.name, m.dir = part[0], part[1]
		m.folders = append(m.folders, part[2])
		modules[m.name] = m
	}
	var sorted []licensed
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		sorted = append(sorted, modules[name])
	}
	return sorted, nil
}

// licenceTexts joins the licences; a module without one is an error, because
// it may not be passed on.
func licenceTexts(modules []licensed) ([]byte, error) {
	var out bytes.Buffer
	for _, m := range modules {
		paths, err := m.licencePaths()
		if err != nil {
			return nil, err
		}
		if len(paths) == 0 {
			return nil, fmt.Errorf("%s has no licence file, so that it may not be shipped", m.name)
		}
		for _, path := range paths {
			text, err := os.ReadFile(filepath.Join(m.dir, path))
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&out, "==== %s: %s\n\n%s\n\n", m.name, filepath.ToSlash(path), bytes.TrimSpace(text))
		}
	}
	return out.Bytes(), nil
}

// licencePaths finds licence files from the linked packages' folders up to the
// module's: a package copied from elsewhere brings its own.
func (m licensed) licencePaths() ([]string, error) {
	found := map[string]bool{}
	for _, folder := range m.folders {
		for {
			entries, err := os.ReadDir(folder)
			if err != nil {
				return nil, err
			}
			for _, entry := range entries {
				if entry.Type().IsRegular() && licenceName.MatchString(entry.Name()) && !strings.HasSuffix(entry.Name(), ".go") {
					path, err := filepath.Rel(m.dir, filepath.Join(folder, entry.Name()))
					if err != nil {
						return nil, err
					}
					found[path] = true
				}
			}
			if folder == m.dir || !strings.HasPrefix(folder, m.dir) {
				break
			}
			folder = filepath.Dir(folder)
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}
