package heading

import (
	"errors"
	"fmt"
	"strings"

	"tiexi/formats/sheet"
)

// NoTableError says that no sheet of a book has the table that was looked for.
type NoTableError struct {
	File   string
	Want   error  // which table, "没有帮扶名单的表头"; errors.Is finds it
	Advice string // what to do, a sentence
	Sheets []Skipped
}

// Skipped is a sheet without the table, and what its best row lacks of it.
type Skipped struct {
	Name    string // "" for a CSV
	Hidden  bool
	Row     int      // the row that comes nearest to a heading; 0 where nothing does
	Missing []string // required columns that it lacks
}

// Skip describes the sheet whose best table this is.
func (t *Table) Skip(s sheet.Sheet) Skipped {
	return Skipped{Name: s.Name, Hidden: s.Hidden, Row: t.Last, Missing: t.Missing}
}

// Error says for each sheet what it lacks, and what to do.
func (e *NoTableError) Error() string {
	seen := make([]string, len(e.Sheets))
	for i, s := range e.Sheets {
		name := "表内"
		if s.Name != "" {
			name = InSheet(s.Name)
		}
		switch {
		case s.Hidden:
			seen[i] = name + "已隐藏"
		case s.Row == 0:
			seen[i] = name + "没有认得的列"
		default:
			seen[i] = fmt.Sprintf("%s第 %d 行最像表头，缺少：%s", name, s.Row, strings.Join(s.Missing, "、"))
		}
	}
	return fmt.Sprintf("文件“%s”里%v。%s。%s", e.File, e.Want, strings.Join(seen, "；"), e.Advice)
}

// Unwrap gives Want.
func (e *NoTableError) Unwrap() error { return e.Want }

// ErrAmbiguous marks a sheet in which two columns claim a required field
// equally well, so that the program would have to guess.
var ErrAmbiguous = errors.New("两列表头含义相同")

// AmbiguousError names the columns.
type AmbiguousError struct {
	File, Sheet string
	Title       string   // of the field
	Columns     []string // letters
}

// Error says which columns, and what to do.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("文件“%s”%s中 %s 列的表头都表示“%s”，无法判断以哪一列为准。请改用不同的表头；银行的名单也可以在 jobs.yaml 该银行的 headings 中写明含义。",
		e.File, InSheet(e.Sheet), strings.Join(e.Columns, "、"), e.Title)
}

// Is makes errors.Is(err, ErrAmbiguous) true.
func (e *AmbiguousError) Is(target error) bool { return target == ErrAmbiguous }

// Doubles describes the columns that two headings claim equally well: those
// that the table must have as an [AmbiguousError], for a program must not guess
// about them, the others as texts, 应付利息（H、K); their left one is taken.
func (v *Vocabulary) Doubles(t *Table, file, sheetName string) ([]string, error) {
	var optional []string
	for _, a := range t.Ambiguous {
		letters := make([]string, len(a.Columns))
		for i, n := range a.Columns {
			letters[i] = sheet.ColumnName(n)
		}
		for _, e := range v.entries {
			if e.Key == a.Key && e.Required {
				return nil, &AmbiguousError{File: file, Sheet: sheetName, Title: v.Title(a.Key), Columns: letters}
			}
		}
		optional = append(optional, fmt.Sprintf("%s（%s）", v.Title(a.Key), strings.Join(letters, "、")))
	}
	return optional, nil
}

// InSheet is 工作表“…”, or nothing for the one sheet of a CSV.
func InSheet(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf("工作表“%s”", name)
}
