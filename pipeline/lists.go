package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tiexi/formats/forms"
	"tiexi/formats/sheet"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// The county's additional lists (excluded persons, responsible banks) are
// small files that jobs.yaml names; validate reads them when they change.

// listDigests names the additional lists' contents.
func (w *Workspace) listDigests() (string, error) {
	text := ""
	for _, path := range []string{w.job.Exclusions, w.job.Responsible} {
		if path == "" {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return "", listFault(path, err)
		}
		text += outbox.Digest(content) + " "
	}
	return outbox.Digest([]byte(text))[:16], nil
}

func listFault(path string, err error) error {
	return &values.Fault{Kind: values.FaultRefused, Err: err,
		What: values.Say("无法读取 jobs.yaml 指明的名单 %s。", "The list %s that jobs.yaml names cannot be read.", path),
		Hint: values.Say("请检查路径和内容；不用这份名单时，从 jobs.yaml 中去掉这一行。", "Check its path and content, or take the line out of jobs.yaml.")}
}

func (w *Workspace) readLists(f *rules.Facts) error {
	if path := w.job.Exclusions; path != "" {
		f.Excluded = map[values.ResidentID]rules.Exclusion{}
		err := readList(path, forms.Exclusions, func(row forms.Exclusion) {
			f.Excluded[row.ID] = rules.Exclusion{Reason: row.Reason, Source: fmt.Sprintf("%s 第 %d 行", filepath.Base(path), row.At.Row)}
		})
		if err != nil {
			return err
		}
	}
	if path := w.job.Responsible; path != "" {
		f.Lenders = map[string][]string{}
		return readList(path, forms.ResponsibleBanks, func(row forms.Responsible) {
			if banks := f.Lenders[row.Township]; !rules.Responsible(banks, row.Bank) {
				f.Lenders[row.Township] = append(banks, row.Bank)
			}
		})
	}
	return nil
}

// readList reads a small list whole. One row that cannot be read makes the
// list useless: a person who is left out of an exclusion list gets paid.
func readList[T any](path string, read func(*sheet.Book, string) ([]T, []forms.Problem, error), take func(T)) error {
	book, err := sheet.Open(path)
	if err != nil {
		return listFault(path, err)
	}
	defer func() { _ = book.Close() }()
	rows, problems, err := read(book, filepath.Base(path))
	if err == nil && len(problems) > 0 {
		err = errors.New(unreadForm(problems[0]).Chinese)
	}
	if err != nil {
		return listFault(path, err)
	}
	for _, row := range rows {
		take(row)
	}
	return nil
}
