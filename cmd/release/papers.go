package main

import (
	"embed"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"

	"tiexi/formats/jobs"
)

//go:embed packaging
var packaging embed.FS

// papersOf names the files of packaging that go into a zip, and where.
var papersOf = map[string]map[string]string{
	"windows": {
		"packaging/run.bat":        "run.bat", // beside the program, for a double click
		"packaging/tiexi-task.xml": "packaging/tiexi-task.xml",
	},
	"linux": {
		"packaging/tiexi.service": "packaging/tiexi.service",
		"packaging/tiexi.timer":   "packaging/tiexi.timer",
		"packaging/crontab":       "packaging/crontab",
	},
}

// link finds the files that a manual shows or points to.
var link = regexp.MustCompile(`\]\(([^):#]+)(?:#[^)]*)?\)`)

// papers are the files of a zip that are not compiled: manual with what it links
// to, sample configuration with its schema and folders, and what a scheduler
// needs.
func (b build) papers(t target) ([]file, error) {
	config, err := sample()
	if err != nil {
		return nil, err
	}
	schema, err := jobs.Schema()
	if err != nil {
		return nil, err
	}
	files := []file{
		{name: jobs.FileName, data: config},
		{name: jobs.SchemaName, data: schema},
		{name: "inbox/"}, {name: "roster/"}, // where the sample expects them, so that a first run finds its way
	}
	named := []string{"README.zh-CN.md", "README.md"}
	for i := 0; i < len(named); i++ {
		data, err := os.ReadFile(filepath.Join(b.root, filepath.FromSlash(named[i])))
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: named[i], data: data})
		if path.Ext(named[i]) != ".md" {
			continue
		}
		for _, found := range link.FindAllSubmatch(data, -1) {
			if name := string(found[1]); !slices.Contains(named, name) {
				named = append(named, name)
			}
		}
	}
	for from, to := range papersOf[t.os] {
		data, err := packaging.ReadFile(from)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: to, data: data})
	}
	return files, nil
}

// sample is a commented jobs.yaml of a made-up county, to be edited.
func sample() ([]byte, error) {
	return jobs.Template(jobs.Job{
		Name:   "qingshui",
		County: jobs.County{Name: "清水县", Code: "149901", Province: "山西省"},
		Office: "清水县农业农村局",
		Phones: jobs.Phones{Agriculture: "0350-0000001", Finance: "0350-0000002"},
		Inbox:  "inbox", Roster: "roster", Workspace: "work",
		Banks: []jobs.Bank{{Name: "清水农商银行", Match: "*农商*"}},
	})
}
