package sheet

import (
	"errors"
	"fmt"
	"strings"
)

// Reason says why a file is refused. The list is closed: callers may switch on it.
type Reason uint8

const (
	// Damaged: the bytes contradict themselves: cut off, a failed checksum, rows out of order, a reference to nothing.
	Damaged Reason = iota + 1
	// Encrypted: the book asks for a password.
	Encrypted
	// Unsupported: a whole file of a kind this package does not read (ods, pdf, HTML, xlsb, BIFF5, …).
	Unsupported
	// TooLarge: beyond a bound that keeps memory and time in hand (a zip bomb, or a real file that must be split).
	TooLarge
	// EmptyFile: no bytes, or a book without a single worksheet.
	EmptyFile
	// BadEncoding: text that is not what it says it is; Detail gives the line and column, or the cell.
	BadEncoding
	// DoctypeFound: XML with a DOCTYPE, which no spreadsheet program writes and which can pull in other files.
	DoctypeFound
	// UnsafeName: a zip entry that is named twice, or whose name leaves the archive.
	UnsafeName
	// Unreadable: the operating system did not give us the bytes; Err says why.
	Unreadable
)

// reasonWords gives, for each reason, what happened and what to do next.
var reasonWords = map[Reason]struct{ zh, zhNext, en, enNext string }{
	Damaged:      {"文件已损坏或没有传完", "请重新拷贝；仍不行，请用 Excel 或 WPS 打开并另存为 .xlsx，或请对方重新导出", "the file is damaged or was not copied to its end", "copy it again, or open it in Excel or WPS and save it as .xlsx, or ask for it again"},
	Encrypted:    {"文件设有打开密码", "请用 Excel 或 WPS 打开，取消密码后另存为 .xlsx", "the file is protected by a password", "open it, take the password off and save it as .xlsx"},
	Unsupported:  {"不能读取这种文件", "请用 Excel 或 WPS 打开后另存为 .xlsx", "this kind of file is not read", "open it in Excel or WPS and save it as .xlsx"},
	TooLarge:     {"文件超出可以处理的大小", "请只保留需要的工作表，或拆成几个文件后另存为 .xlsx", "the file is larger than can be handled", "keep only the sheets that are needed, or split it, and save as .xlsx"},
	EmptyFile:    {"文件是空的", "请重新拷贝，或请对方重新导出", "the file is empty", "copy it again, or ask for it again"},
	BadEncoding:  {"文字编码有误，有字符读不出来", "请用 Excel 或 WPS 打开，核对文字后另存为 .xlsx", "the text has characters that cannot be decoded", "open it, check the text and save it as .xlsx"},
	DoctypeFound: {"文件内含 DOCTYPE 声明，正常的表格软件不会写入，可能有害", "请用 Excel 或 WPS 打开后另存为 .xlsx，并核实文件来源", "the file carries a DOCTYPE, which no spreadsheet program writes and which may be harmful", "open it, save it as .xlsx, and check where it came from"},
	UnsafeName:   {"压缩包内的文件名重复或越界，可能有害", "请用 Excel 或 WPS 打开后另存为 .xlsx，并核实文件来源", "the archive has entries named twice or outside of it, and may be harmful", "open it, save it as .xlsx, and check where it came from"},
	Unreadable:   {"文件打不开", "请检查文件是否存在、是否有权限、是否被其他程序占用", "the file cannot be opened", "check that it exists, that you may read it, and that no other program holds it"},
}

var reasonNames = map[Reason]string{
	Damaged: "damaged", Encrypted: "encrypted", Unsupported: "unsupported", TooLarge: "too-large", EmptyFile: "empty",
	BadEncoding: "bad-encoding", DoctypeFound: "doctype-found", UnsafeName: "unsafe-name", Unreadable: "unreadable",
}

// String returns the stable English code of r, such as "bad-encoding".
func (r Reason) String() string { return reasonNames[r] }

// Refusal is the only kind of error that Open, OpenBytes and Rows make themselves: the file is not read,
// or not read any further, and rows already given must not be used.
// errors.Is compares reasons: errors.Is(err, &Refusal{Reason: Encrypted}).
type Refusal struct {
	Reason Reason
	Detail string // what exactly, in Chinese; may be ""
	File   string // base name of the file; may be ""
	Sheet  string // name of the sheet; "" where it is not about one
	Cell   string // "C7"; "" where it is not about one
	Err    error  // the underlying error; may be nil

	detail string // Detail in English
}

// Error returns a Chinese sentence: which file and place, what happened, what to do next.
func (r *Refusal) Error() string {
	w := reasonWords[r.Reason]
	return r.sentence([4]string{"文件“%s”", "工作表“%s”", "单元格 %s", "："}, "，", w.zh, "（"+r.Detail+"）", r.Detail, "。"+w.zhNext+"。")
}

// English returns the same sentence in English.
func (r *Refusal) English() string {
	w := reasonWords[r.Reason]
	return r.sentence([4]string{"file %q", "sheet %q", "cell %s", ": "}, ", ", w.en, " ("+r.detail+")", r.detail, ". Next: "+w.enNext+".")
}

func (r *Refusal) sentence(place [4]string, comma, what, detail, given, next string) string {
	var places []string
	for i, name := range []string{r.File, r.Sheet, r.Cell} {
		if name != "" {
			places = append(places, fmt.Sprintf(place[i], name))
		}
	}
	var b strings.Builder
	if len(places) > 0 {
		b.WriteString(strings.Join(places, comma) + place[3])
	}
	b.WriteString(what)
	if given != "" {
		b.WriteString(detail)
	}
	b.WriteString(next)
	return b.String()
}

// Unwrap returns the underlying error.
func (r *Refusal) Unwrap() error { return r.Err }

// Is reports whether target is a Refusal with the same reason.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Reason == r.Reason
}

// refuse makes a Refusal with its detail in both languages.
func refuse(reason Reason, zh, en string) *Refusal {
	return &Refusal{Reason: reason, Detail: zh, detail: en}
}

// inSheet adds the sheet's name to a refusal that has none.
func inSheet(err error, sheet string) error {
	var r *Refusal
	if errors.As(err, &r) && r.Sheet == "" {
		r.Sheet = sheet
	}
	return err
}

// atCell says at which cell a refusal arose.
func (r *Refusal) atCell(row, column int) *Refusal {
	r.Cell = Cell{Row: row, Column: column}.Address()
	return r
}

// because keeps the underlying error.
func (r *Refusal) because(err error) *Refusal {
	r.Err = err
	return r
}
