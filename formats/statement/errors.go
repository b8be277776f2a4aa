package statement

import (
	"errors"
	"fmt"

	"tiexi/formats/heading"
)

// ErrNoStatement marks a book in which no sheet has a statement heading; the
// error is a [heading.NoTableError], which says what its sheets have.
var ErrNoStatement = errors.New("没有贴息名单的表头")

func noStatement(file string, sheets []Sheet) error {
	e := &heading.NoTableError{File: file, Want: ErrNoStatement, Advice: "请核对是否发错文件，或在 jobs.yaml 该银行的 headings 中写明表头的含义。"}
	for _, s := range sheets {
		e.Sheets = append(e.Sheets, heading.Skipped{Name: s.Name, Hidden: s.Skipped == Hidden, Row: s.NearestRow, Missing: s.Missing})
	}
	return e
}

// ErrSecondHeading marks a sheet with another, different heading further down.
var ErrSecondHeading = errors.New("一张工作表里有两个不同的表头")

// SecondHeadingError names the row.
type SecondHeadingError struct {
	File, Sheet string
	First, Row  int
}

// Error says where the two headings are, and what to do.
func (e *SecondHeadingError) Error() string {
	return fmt.Sprintf("文件“%s”%s第 %d 行是表头，第 %d 行又有一个不同的表头，下面各列的含义变了。请银行把两张表分到两个工作表。",
		e.File, heading.InSheet(e.Sheet), e.First, e.Row)
}

// Is makes errors.Is(err, ErrSecondHeading) true.
func (e *SecondHeadingError) Is(target error) bool { return target == ErrSecondHeading }
