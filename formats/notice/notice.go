// Package notice writes the public notice (公示, policy.md §6): the list that
// hangs on a village board, the township's list, supplements, and one
// printable HTML page per township for the county's site.
//
// Start with [WriteVillage]. A list is built from [Heading], [Village] and
// [Loan], and none of them has a place for a resident's id, a phone, an account
// or a household's category: what may not be published cannot be passed in.
// What is written is scanned once more, whole, by [Scan], and refused where a
// personal number got into a name or a remark.
package notice

import (
	"errors"
	"fmt"

	"tiexi/pipeline/values"
)

// Heading is what the lists of one township have in common.
type Heading struct {
	County   string // 清水县
	Township string // 柳沟镇
	Program  string // 帮扶小额信贷; "" means that
	Basis    string // number of the document the subsidy rests on; "" means [DefaultBasis]
	Terms    string // one sentence on what is subsidised and how far, from the policy; "" leaves it out

	Quarter  values.Quarter
	From, To values.Date // the quarter's interest days, both included

	Office string // signs the list
	Phones Phones
	Date   values.Date // under the office's name; zero leaves it to be filled in by hand
}

// Phones are the office numbers where people ask and object.
type Phones struct {
	Agriculture string // 县农业农村局
	Finance     string // 县财政局
}

// DefaultBasis is the provincial notice of 2026.
const DefaultBasis = "晋金管发〔2026〕6号"

// Posting is how long a list hangs.
type Posting struct {
	Days     int         // first and last included
	Workdays bool        // Days counts workdays
	Posted   values.Date // zero: not posted yet, the two dates are left to be filled in by hand
	Until    values.Date // last day of the notice; known where Posted is
}

// Village is one list: a village's first, or a supplement to it.
type Village struct {
	Name       string
	Supplement int // 0 the first list, 1 for 补1
	Posting    Posting
	Loans      []Loan // in the order in which they are printed
}

// Loan is one row of a list.
type Loan struct {
	Borrower string
	Suffix   string // last four of the id where the village has another person of this name, else ""; see [Suffixes]
	Bank     string
	Amount   values.Fen    // 贷款金额
	Rates    []values.Rate // percent a year; usually one, in date order where an extension changed it
	From, To values.Date   // 计息起止, both included
	Subsidy  values.Fen    // 贴息金额
	Remark   string
}

// Errors that callers tell apart.
var (
	ErrPersonalNumber = errors.New("公示文件中出现疑似个人号码")
	ErrSuffix         = errors.New("同名区分只能是证件号码后四位")
)

// PersonalNumberError says where [Scan] found something like a resident's id,
// an account or a mobile number. It does not repeat the number.
type PersonalNumberError struct {
	Part string // file inside the workbook, "" for HTML
	Kind string // 证件或银行账号, 手机号码
	Near string // masked
}

func (e *PersonalNumberError) Error() string {
	where := ""
	if e.Part != "" {
		where = "（" + e.Part + "）"
	}
	return fmt.Sprintf("%v%s：%s %s；请检查姓名、银行名称、备注等栏目", ErrPersonalNumber, where, e.Kind, e.Near)
}

// Unwrap makes errors.Is(err, ErrPersonalNumber) hold.
func (e *PersonalNumberError) Unwrap() error { return ErrPersonalNumber }
