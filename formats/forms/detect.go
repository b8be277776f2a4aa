package forms

import (
	"tiexi/formats/heading"
	"tiexi/formats/loanbook"
	"tiexi/formats/roster"
	"tiexi/formats/sheet"
	"tiexi/formats/statement"
)

// Kind is what a book is.
type Kind string

// The kinds.
const (
	KindUnknown     Kind = "unknown"
	KindStatement   Kind = "statement"   // 贴息名单
	KindLoanBook    Kind = "loan-book"   // 贷款台账
	KindRoster      Kind = "roster"      // 帮扶名单
	KindDecisions   Kind = "decisions"   // 核验意见
	KindObjections  Kind = "objections"  // 公示异议
	KindReturn      Kind = "return"      // 回盘
	KindExclusions  Kind = "exclusions"  // 排除名单
	KindResponsible Kind = "responsible" // 主责任银行
	KindClaims      Kind = "claims"      // 风险补偿申请
	KindRecoveries  Kind = "recoveries"  // 追回资金
)

// returned are the columns that tell a return file from the payment file.
var returned = heading.New(required(1, "流水号"), required(2, "发放状态"))

// kinds in the order in which they are tried: a statement may have the columns
// of a roster too, and the short lists those of anything.
var kinds = []struct {
	kind    Kind
	columns *heading.Vocabulary
}{
	{KindDecisions, decisions.columns},
	{KindObjections, objections.columns},
	{KindReturn, returned},
	{KindClaims, claims.columns},
	{KindRecoveries, recoveries.columns},
	{KindStatement, statement.Headings},
	{KindRoster, roster.Headings},
	{KindResponsible, responsible.columns},
	{KindExclusions, exclusions.columns},
}

// Detect tells the kind of a book by the headings of its sheets; hidden ones do
// not count. A statement whose headings only jobs.yaml explains is unknown here.
//
// A loan book must say that it is one, in its name or a title: by its headings
// it could be a statement that lost its interest. One that says so and has a
// statement's interest, but no days, is a [loanbook.DoubtfulError]: to take it
// for a statement would pay on it.
func Detect(book *sheet.Book) (Kind, error) {
	var heads [][]sheet.Row
	for _, s := range book.Sheets() {
		if s.Hidden {
			continue
		}
		head, err := heading.Head(heading.Of(book, s.Index))
		if err != nil {
			return KindUnknown, err
		}
		heads = append(heads, head)
	}
	kind, table := byHeadings(heads)
	if !loanbook.Named(book, heads) {
		return kind, nil
	}
	switch kind {
	case KindStatement:
		if !statement.GivesDays(table) {
			return KindUnknown, &loanbook.DoubtfulError{File: book.Name()}
		}
	case KindUnknown:
		return KindLoanBook, nil // its reader says what it lacks
	case KindRoster, KindResponsible, KindExclusions:
		if locate(loanbook.Headings, heads) != nil {
			return KindLoanBook, nil
		}
	}
	return kind, nil
}

func byHeadings(heads [][]sheet.Row) (Kind, *heading.Table) {
	for _, k := range kinds {
		if table := locate(k.columns, heads); table != nil {
			return k.kind, table
		}
	}
	return KindUnknown, nil
}

// locate finds the columns in some sheet, nil where none has them all.
func locate(columns *heading.Vocabulary, heads [][]sheet.Row) *heading.Table {
	for _, head := range heads {
		if table := columns.Locate(head); table.Complete() {
			return table
		}
	}
	return nil
}
