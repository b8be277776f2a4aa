package values

import (
	"slices"
	"strconv"
	"strings"
)

// BookLoan is a row of a bank's loan book (贷款台账): a loan, or one tranche of
// it, as it stood at the end of a day. Optional figures count only where Given
// has their field.
type BookLoan struct {
	Place
	AsOf     Date // the book's day
	Bank     string
	Contract string // folded, as a line's
	Tranche  string
	Borrower string
	ID       ResidentID

	Balance   Fen // zero for a loan that is repaid
	Disbursed Date
	Matures   Date // of the extension, where there is one

	Amount   Fen
	Rate     Rate
	Overdue  bool
	Class    string // 五级分类, one of Classes
	Renewals int    // renewals and extensions in all

	Product           string
	Township, Village string

	Given   FieldSet
	Columns *[FieldCount]string // column letters of each field, shared by the rows of a sheet; see Cell
}

// Cell is the address of the field's cell in the bank's sheet, "" where the
// sheet has no such column.
func (l *BookLoan) Cell(f Field) string {
	if l.Columns == nil || l.Columns[f] == "" {
		return ""
	}
	return l.Columns[f] + strconv.Itoa(l.Row)
}

// Loan names the row's loan.
func (l *BookLoan) Loan() Loan { return Loan{l.Bank, l.Contract} }

// Problems that only a loan book has: figures of which one must be wrong.
const (
	ProblemNegative    ProblemKind = "negative"     // an amount below nothing, or a loan of nothing
	ProblemTooLarge    ProblemKind = "too-large"    // an amount that no such loan can have
	ProblemAboveAmount ProblemKind = "above-amount" // the balance is more than the loan
	ProblemReversed    ProblemKind = "reversed"     // it matures before it is disbursed
	ProblemTwice       ProblemKind = "twice"        // the loan is in the book already
	ProblemMerged      ProblemKind = "merged"       // one amount in a cell that is merged over several rows
	ProblemTotal       ProblemKind = "total"        // the 合计 is not the sum of the rows
)

// Classes of 五级分类, the best first; the last three are bad loans.
var Classes = []string{"正常", "关注", "次级", "可疑", "损失"}

// ClassOf finds the class that a text names (正常1, 关注类), "" where it names
// none.
func ClassOf(text string) string {
	text = FoldText(text)
	for _, class := range Classes {
		if strings.HasPrefix(text, class) {
			return class
		}
	}
	return ""
}

// notOverdue are the words for no of every other column, and those of this column.
var notOverdue = []string{"否", "无", "不是", "没有", "×", "✗", "✘", "✕", "☐", "X", "N", "NO", "FALSE", "F", "正常", "未逾期", "不逾期", "无逾期", "没有逾期"}

// SaysOverdue reads what a bank writes under 是否逾期 or 逾期天数: anything but
// a no, a nought or a dash is a yes.
func SaysOverdue(text string) bool {
	text = strings.ToUpper(strings.TrimRight(FoldText(text), "天日"))
	return strings.Trim(text, "0.-—–/") != "" && !slices.Contains(notOverdue, text)
}
