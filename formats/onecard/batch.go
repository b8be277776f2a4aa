package onecard

import (
	"errors"
	"fmt"

	"tiexi/pipeline/values"
)

// Batch is everything that a payment file and its papers say. Count and Sum
// are what the ledger says the batch is; every writer recomputes them from
// Payments and refuses to write where they differ.
type Batch struct {
	ID       string // 2026Q3-01
	Quarter  values.Quarter
	County   string    // 清水县
	Office   string    // signs the approval sheet
	ItemCode string    // 补贴项目编码
	ItemName string    // 补贴项目名称
	Memo     string    // 摘要
	Payments []Payment // in the order of the rows

	Count int
	Sum   values.Fen

	tally *Tally // while its papers are written
}

// Payment is one row: everything that one person gets in the batch.
type Payment struct {
	Serial   string // 流水号, unique for ever
	Township string
	Village  string
	Name     string
	ID       values.ResidentID
	Bank     string // 开户银行
	Account  values.Account
	Amount   values.Fen // above zero
	Remark   string
	Parts    []Part // what it is made of; adds up to Amount
}

// Part is a loan's share of a payment. An adjustment may be negative.
type Part struct {
	Lender   string
	Contract string
	Policy   string         // the policy's Chinese title
	Quarter  values.Quarter // the quarter whose interest it is for
	Shares   values.Shares
}

// Errors that callers tell apart with errors.Is.
var (
	ErrTotals     = errors.New("批次合计与明细不符")
	ErrUnsafeText = errors.New("以 = + - @ 或控制符开头的文字不能写入发放文件")
	ErrCharacter  = errors.New("发放文件的编码无法表示该字符")
	ErrPayment    = errors.New("发放记录不完整或有误")
	ErrProfile    = errors.New("发放文件格式设置有误")
)

// PaymentError names the payment and the column that cannot be written. Err
// wraps one of the errors above.
type PaymentError struct {
	Serial string
	Column string // the column's Chinese name
	Value  string // masked where it is an id or an account
	Err    error
}

func (e *PaymentError) Error() string {
	return fmt.Sprintf("流水号 %s 的%s %q：%v；请在名册或账户信息中更正后重新生成", e.Serial, e.Column, e.Value, e.Err)
}

// Unwrap gives the reason.
func (e *PaymentError) Unwrap() error { return e.Err }

// TotalsError says how a batch's stated total and its rows differ.
type TotalsError struct {
	Batch      string
	Count, Got int
	Sum, Total values.Fen
}

func (e *TotalsError) Error() string {
	return fmt.Sprintf("批次 %s：%v：应为 %d 笔 %s 元，明细为 %d 笔 %s 元", e.Batch, ErrTotals, e.Count, e.Sum.Grouped(), e.Got, e.Total.Grouped())
}

// Unwrap makes errors.Is(err, ErrTotals) hold.
func (e *TotalsError) Unwrap() error { return ErrTotals }
