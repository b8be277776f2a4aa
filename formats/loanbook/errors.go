package loanbook

import (
	"errors"
	"fmt"
	"strings"

	"tiexi/formats/heading"
	"tiexi/pipeline/values"
)

// ErrNoBook marks a book that is called a loan book and has no sheet with a
// loan book's headings; the error is a [heading.NoTableError].
var ErrNoBook = errors.New("没有贷款台账的表头")

// ErrDoubtful marks a file that is called a loan book and has interest as a
// statement does, but not the days that it is for.
var ErrDoubtful = errors.New("看不出是贴息名单还是贷款台账")

// DoubtfulError names the file.
type DoubtfulError struct{ File string }

// Error says what is doubtful, and what to do.
func (e *DoubtfulError) Error() string {
	return fmt.Sprintf("文件“%s”%v：名称或标题写贷款台账，却有实付利息一列，又没有计息日期或天数。是台账的请去掉该列，是贴息名单的请改名称并补上计息天数。", e.File, ErrDoubtful)
}

// English is Error in English.
func (e *DoubtfulError) English() string {
	return fmt.Sprintf("File %q: a statement or a loan book? It is called a loan book (贷款台账), has a column of interest paid, and no interest days. Take the column out of a book; rename a statement and add its days.", e.File)
}

// Is makes errors.Is(err, ErrDoubtful) true.
func (e *DoubtfulError) Is(target error) bool { return target == ErrDoubtful }

// ErrEmpty marks a loan book without a loan: taken as it stands, every loan of
// the bank would be repaid.
var ErrEmpty = errors.New("贷款台账里一笔贷款也没有")

// EmptyError names the file.
type EmptyError struct{ File string }

// Error says what is missing, and what to do.
func (e *EmptyError) Error() string {
	return fmt.Sprintf("文件“%s”%v。请银行核对后重报。", e.File, ErrEmpty)
}

// English is Error in English.
func (e *EmptyError) English() string {
	return fmt.Sprintf("File %q: the loan book has not a single loan. The bank has to send it again.", e.File)
}

// Is makes errors.Is(err, ErrEmpty) true.
func (e *EmptyError) Is(target error) bool { return target == ErrEmpty }

// ErrBroken marks a book that cannot be taken as it stands.
var ErrBroken = errors.New("贷款台账有不能采用的单元格")

// BrokenError names everything that is wrong with a book.
type BrokenError struct {
	File     string
	Problems []Problem
}

// Problem is one cell that cannot be taken.
type Problem struct {
	values.Place
	Field values.Field
	Cell  string // address, "" where the row has no such cell
	Raw   string
	Kind  values.ProblemKind
	// Other is what the cell contradicts: the loan's amount, the sum of the
	// rows, the place where the loan stands already; else nothing.
	Other values.Text
}

// told is how many problems an error lists; `tiexi read` shows all.
const told = 20

// Error lists the places, and says what to do.
func (e *BrokenError) Error() string { return e.in(values.Chinese) }

// English is Error in English.
func (e *BrokenError) English() string { return e.in(values.English) }

func (e *BrokenError) in(lang values.Lang) string {
	places := make([]string, 0, told)
	for _, p := range e.Problems[:min(told, len(e.Problems))] {
		places = append(places, p.Words().In(lang))
	}
	more := values.Text{}
	if rest := len(e.Problems) - told; rest > 0 {
		more = values.Say("；另有 %d 处，tiexi read 可看全部", "; and %d more, which `tiexi read` shows", rest)
	}
	list := map[values.Lang]string{values.Chinese: "；", values.English: "; "}[lang]
	return values.Say("文件“%s”这份贷款台账有 %d 处不能采用，整份没有入账：%s%s。请银行改正后重报整份台账。",
		"File %q: this loan book has %d cells that cannot be taken, so none of it was: %s%s. The bank has to mend it and send the whole book again.",
		e.File, len(e.Problems), strings.Join(places, list), more.In(lang)).In(lang)
}

// Is makes errors.Is(err, ErrBroken) true.
func (e *BrokenError) Is(target error) bool { return target == ErrBroken }

// Words are the problem with its place, in half a sentence.
func (p Problem) Words() values.Text {
	where, at := heading.InSheet(p.Sheet)+fmt.Sprintf("第 %d 行", p.Row), at(p.Place)
	if p.Cell != "" {
		where, at = where+"单元格 "+p.Cell, at+", cell "+p.Cell
	}
	if title := FieldTitle(p.Field); title != "" {
		where, at = where+"（"+title+"）", at+" ("+p.Field.String()+")"
	}
	if p.Raw != "" {
		raw := values.MaskDigits(p.Raw)
		where, at = where+"“"+raw+"”", at+fmt.Sprintf(" %q", raw)
	}
	why := Why(p.Kind)
	if !p.Other.IsZero() {
		why.Chinese, why.English = why.Chinese+"（"+p.Other.Chinese+"）", why.English+" ("+p.Other.English+")"
	}
	return values.Text{Chinese: where + "：" + why.Chinese, English: at + ": " + why.English}
}

// at is a place in English.
func at(p values.Place) string {
	if p.Sheet != "" {
		return fmt.Sprintf("sheet %q, row %d", p.Sheet, p.Row)
	}
	return fmt.Sprintf("row %d", p.Row)
}

// figureText is a figure, which both languages write alike.
func figureText(figure string) values.Text { return values.Text{Chinese: figure, English: figure} }

// Why says what a kind of problem is.
func Why(kind values.ProblemKind) values.Text {
	if why, ok := whys[kind]; ok {
		return why
	}
	return values.Text{Chinese: string(kind), English: string(kind)}
}

var whys = map[values.ProblemKind]values.Text{
	values.ProblemEmpty:       values.Say("必填，是空的", "needed, and empty"),
	values.ProblemUnreadable:  values.Say("读不出来", "cannot be read"),
	values.ProblemUncached:    values.Say("公式没有算出的值", "a formula without a value"),
	values.ProblemDigitsLost:  values.Say("存成了数字，末几位已丢失", "stored as a number, its last digits are lost"),
	values.ProblemRateUnit:    values.Say("看不出利率的单位", "the unit of the rate is unclear"),
	values.ProblemPrivateUse:  values.Say("含有自造字", "has a private-use character"),
	values.ProblemNegative:    values.Say("金额不能是负数，贷款金额须大于零", "an amount below nothing, or a loan of nothing"),
	values.ProblemTooLarge:    values.Say("金额大得不可能", "an amount that no such loan can have"),
	values.ProblemAboveAmount: values.Say("余额大于贷款金额", "the balance is more than the loan"),
	values.ProblemReversed:    values.Say("到期日不晚于发放日", "it does not mature after it is disbursed"),
	values.ProblemTwice:       values.Say("这笔贷款（借据）在台账里已有一行", "the loan, or tranche, is in the book already"),
	values.ProblemMerged:      values.Say("一个金额合并在几行里，分不清各行多少", "one amount merged over several rows"),
	values.ProblemTotal:       values.Say("合计不等于各行之和", "the total is not the sum of the rows"),
}
