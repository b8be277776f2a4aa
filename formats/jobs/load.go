package jobs

import (
	"bytes"
	"os"
	"path/filepath"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"tiexi/pipeline/values"
)

// Load reads and checks the jobs.yaml at path. A file that cannot be opened is
// a [*values.Fault] of kind config; mistakes in it are [*Problems], all at once.
func Load(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &values.Fault{
			Kind: values.FaultConfig,
			What: values.Say("打不开配置文件 %s。", "Cannot open the configuration %s.", path),
			Hint: values.Say("请用 --config 指明它，或用 tiexi init 新建一个。", "Name it with --config, or make one with tiexi init."),
			Err:  err,
		}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	return Parse(data, absolute)
}

// Parse is Load for bytes that stand for the file at path, an absolute one:
// relative paths in it are relative to path's folder.
func Parse(data []byte, path string) (*File, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	found := &Problems{Path: path, source: bytes.Split(data, []byte("\n"))}
	if offset := invalidUTF8(data); offset >= 0 {
		line := bytes.Count(data[:offset], []byte("\n")) + 1
		found.add(line, 1, values.Say(
			"这一行不是 UTF-8 编码。请在编辑器（记事本）中把文件另存为 UTF-8。",
			"This line is not UTF-8. Save the file as UTF-8 in your editor."))
		return nil, found
	}

	file := &File{Path: path}
	var documents []yaml.Node
	switch err := yaml.Load(data, &documents, yaml.WithAllDocuments()); {
	case err != nil:
		found.addYAML(err)
		return nil, found
	case len(documents) == 0 || documents[0].Content[0].ShortTag() == "!!null":
		found.add(1, 1, values.Say("文件是空的，缺少 jobs。", "The file is empty; jobs is missing."))
		return nil, found
	case len(documents) > 1:
		second := documents[1].Content[0]
		found.add(second.Line, second.Column, values.Say(
			"--- 之后又是一份文档；一个文件只能写一份。请删去 ---，把作业都列在 jobs 下。",
			"A second document begins after ---; a file holds one. Delete the --- and list every job under jobs."))
	}
	root := documents[0].Content[0]
	found.addDuplicates(root)
	// Duplicate keys are reported above; here they would stop the decoding
	// and hide every other mistake.
	found.addYAML(root.Load(file, yaml.WithKnownFields(), yaml.WithUniqueKeys(false)))
	check(file, cursor{root}, found)
	if len(found.List) > 0 {
		found.sort()
		return nil, found
	}
	complete(file)
	return file, nil
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// complete fills in the defaults and makes paths absolute.
func complete(file *File) {
	file.Lang = or(file.Lang, values.Chinese)
	dir := filepath.Dir(file.Path)
	for i := range file.Jobs {
		job := &file.Jobs[i]
		job.Office = or(job.Office, job.County.Name+"农业农村局")
		job.County.Province = or(job.County.Province, "山西省")
		job.InterestDay = or(job.InterestDay, 20)
		job.Notice.Days = or(job.Notice.Days, 10)
		job.Notice.Kind = or(job.Notice.Kind, CalendarDays)
		job.Approvals = or(job.Approvals, 1)
		job.Payment.Profile = or(job.Payment.Profile, OneCard)
		job.Payment.Item = or(job.Payment.Item, "2130507")
		job.Payment.Title = or(job.Payment.Title, "帮扶小额信贷贴息")
		job.Payment.Memo = or(job.Payment.Memo, "小额贴息")
		if job.Policies == nil {
			job.Policies = []string{"bangfu-2026", "tuopin-2021"}
		}
		for b := range job.Banks {
			bank := &job.Banks[b]
			bank.Match = or(bank.Match, "*"+bank.Name+"*")
		}
		for _, path := range []*string{&job.Inbox, &job.Roster, &job.Workspace, &job.Exclusions, &job.Responsible} {
			*path = resolve(dir, *path)
		}
		for i, name := range job.Holidays {
			job.Holidays[i] = resolve(dir, name)
		}
		for p, name := range job.Policies {
			if isPolicyFile(name) {
				job.Policies[p] = resolve(dir, name)
			}
		}
		completeProfiles(file, job)
	}
}

func completeProfiles(file *File, job *Job) {
	all := make(map[string]Profile, len(file.Profiles)+len(job.Profiles))
	for _, from := range []map[string]Profile{file.Profiles, job.Profiles} {
		for name, profile := range from {
			profile.Sheet = or(profile.Sheet, "发放清册")
			profile.Encoding = or(profile.Encoding, "gb18030")
			profile.Separator = or(profile.Separator, "comma")
			if profile.Extensions == nil {
				profile.Extensions = []string{"xlsx", "csv"}
			}
			all[name] = profile
		}
	}
	job.Profiles = all
}

// isPolicyFile tells a policy file from a shipped policy's name.
func isPolicyFile(name string) bool {
	extension := filepath.Ext(name)
	return extension == ".yaml" || extension == ".yml"
}

func resolve(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func or[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}
