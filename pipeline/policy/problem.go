package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a policy or case file, with its place.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`    // from 1; 0: the file as a whole
	Column  int    `json:"column"`  // from 1, in characters
	Message string `json:"message"` // Chinese
	English string `json:"english"`
}

// String gives file:line:column: the Chinese message.
func (p Problem) String() string { return p.place() + p.Message }

// InEnglish gives file:line:column: the English message.
func (p Problem) InEnglish() string { return p.place() + p.English }

func (p Problem) place() string {
	if p.Line == 0 {
		return p.File + ": "
	}
	return fmt.Sprintf("%s:%d:%d: ", p.File, p.Line, p.Column)
}

// Problems is everything wrong with the files, in the order of the files and
// their lines. It is the error that [Load] returns.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// sort puts the problems in the order of the files as they were first met, and
// within a file by place.
func (ps Problems) sort() {
	met := map[string]int{}
	for _, p := range ps {
		if _, ok := met[p.File]; !ok {
			met[p.File] = len(met)
		}
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(met[a.File], met[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
