package forms

import (
	"errors"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"tiexi/formats/cell"
	"tiexi/formats/heading"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// Ground is why a bank claims on the risk fund (四(四)).
type Ground string

// The grounds: there are no others. Death and illness are paid at once when
// they are verified; the others only where no renewal, extension or further
// loan fits.
const (
	Death    Ground = "death"    // 死亡
	Illness  Ground = "illness"  // 重病
	Disaster Ground = "disaster" // 因灾
	Failure  Ground = "failure"  // 生产经营不善
)

var grounds = map[string]Ground{
	"死亡": Death,
	"重病": Illness, "罹患重病": Illness, "重大疾病": Illness,
	"灾害": Disaster, "因灾": Disaster, "自然灾害": Disaster,
	"经营失败": Failure, "经营不善": Failure, "生产经营不善": Failure,
}

// Claim is a bank's claim on the risk fund for one loan (风险补偿申请表).
type Claim struct {
	At          values.Place
	Bank        string // "" where the sheet has no such column
	Borrower    string
	Contract    string // folded
	Ground      Ground // "" for a word that is not in the closed list
	GroundWord  string // as it was written
	OverdueFrom values.Date
	Loss        values.Fen
	Amount      values.Fen  // what of the loss is to be shared; the loss where the column is blank
	Renewable   *bool       // whether renewal, extension or a further loan fits; nil where it is not said
	BadRate     values.Rate // percent, of these loans
	OverallRate values.Rate // percent, of all the bank's loans
	RatesGiven  bool        // both rates are on the sheet
}

const (
	claimBank heading.Key = iota + 1
	claimBorrower
	claimContract
	claimGround
	claimOverdue
	claimLoss
	claimAmount
	claimRenewable
	claimBadRate
	claimOverallRate
)

var claims = form{heading.New(
	column(claimBank, "承贷银行", "申请银行", "贷款银行"),
	required(claimBorrower, "借款人", "借款人姓名", "姓名"),
	required(claimContract, "合同号", "合同编号", "借款合同号"),
	required(claimGround, "补偿原因", "代偿原因", "风险原因"),
	required(claimOverdue, "逾期起始日", "首次逾期日", "首个逾期日"),
	required(claimLoss, "损失金额", "损失金额(元)"),
	column(claimAmount, "申请分担金额", "申请分担金额(元)"),
	column(claimRenewable, "可否续贷展期或追加贷款", "可否续贷、展期", "可否续贷展期"),
	column(claimBadRate, "帮扶小额信贷不良率", "小额信贷不良率"),
	column(claimOverallRate, "各项贷款不良率"),
), errors.New("没有风险补偿申请表的表头")}

// Claims reads a bank's sheet of claims. An amount of nothing or less is
// unreadable; none is ever rounded.
func Claims(book *sheet.Book, file string) ([]Claim, []Problem, error) {
	return read(book, file, claims, func(r *record) (Claim, bool) {
		c := Claim{
			At: r.place, Bank: r.optional(claimBank), Borrower: r.text(claimBorrower), Contract: r.contract(claimContract),
			GroundWord: r.text(claimGround), OverdueFrom: r.date(claimOverdue), Loss: r.amount(claimLoss), Renewable: r.possible(claimRenewable),
		}
		c.Ground = grounds[values.FoldText(c.GroundWord)]
		if c.Amount = c.Loss; !r.blank(claimAmount) {
			c.Amount = r.amount(claimAmount)
		}
		if c.RatesGiven = !r.blank(claimBadRate) && !r.blank(claimOverallRate); c.RatesGiven {
			c.BadRate, c.OverallRate = r.badRate(claimBadRate), r.badRate(claimOverallRate)
		}
		return c, true
	})
}

// FundRecovery is money that came back on a loan which the fund has paid out on
// (追回资金): the whole of it, before it is shared.
type FundRecovery struct {
	At       values.Place
	Bank     string // "" where the sheet has no such column
	Contract string // folded
	Amount   values.Fen
	On       values.Date
	Remark   string // a voucher's number tells two equal recoveries of a day apart
}

const (
	recoveryBank heading.Key = iota + 1
	recoveryContract
	recoveryAmount
	recoveryOn
	recoveryRemark
)

var recoveries = form{heading.New(
	column(recoveryBank, "承贷银行", "贷款银行"),
	required(recoveryContract, "合同号", "合同编号", "借款合同号"),
	required(recoveryAmount, "追回金额", "追回金额(元)"),
	required(recoveryOn, "追回日期"),
	column(recoveryRemark, "备注", "凭证号"),
), errors.New("没有追回资金表的表头")}

// FundRecoveries reads a bank's sheet of recoveries.
func FundRecoveries(book *sheet.Book, file string) ([]FundRecovery, []Problem, error) {
	return read(book, file, recoveries, func(r *record) (FundRecovery, bool) {
		return FundRecovery{
			At: r.place, Bank: r.optional(recoveryBank), Contract: r.contract(recoveryContract),
			Amount: r.amount(recoveryAmount), On: r.date(recoveryOn), Remark: r.optional(recoveryRemark),
		}, true
	})
}

// amount reads an amount above nothing in whole fen.
func (r *record) amount(key heading.Key) values.Fen {
	if r.blank(key) {
		r.fault(key, values.ProblemEmpty)
		return 0
	}
	amount, kind := cell.Amount(r.cell(key), r.unit(key))
	if kind == "" && amount <= 0 {
		kind = values.ProblemUnreadable
	}
	r.fault(key, kind)
	return amount
}

// unit is what the column's amounts count: its heading says so, else a title.
func (r *record) unit(key heading.Key) cell.AmountUnit {
	words := strings.Join(r.table.Columns[r.table.Column(key)-1].Path, " ")
	if !strings.Contains(words, "元") {
		words = strings.Join(r.table.Titles(), " ")
	}
	if strings.Contains(words, "万元") {
		return cell.Wan
	}
	return cell.Yuan
}

// possible reads whether something can be done; nil where nothing is said.
func (r *record) possible(key heading.Key) *bool {
	if r.blank(key) {
		return nil
	}
	can := word(r, key, map[string]bool{"可": true, "是": true, "符合": true, "可以": true, "不可": false, "否": false, "不符合": false, "不可以": false})
	return &can
}

var plainDecimal = regexp.MustCompile(`^\d{1,3}(\.\d{1,6})?$`)

// badRate reads a bad-loan rate in percent. A bare figure below 0.5 that is not
// nil may as well be a fraction, and has to be written with its %.
func (r *record) badRate(key heading.Key) values.Rate {
	c := r.cell(key)
	text, kind := cell.Text(c)
	percent := c.Kind == sheet.Number && c.Percent
	text, marked := strings.CutSuffix(values.FoldText(text), "%")
	if kind == "" && (c.Kind == sheet.Bool || !plainDecimal.MatchString(text)) {
		kind = values.ProblemUnreadable
	}
	if kind != "" {
		r.fault(key, kind)
		return values.Rate{}
	}
	rate := values.MustRate(text)
	if percent {
		rate.Decimal = rate.Shift(2)
	}
	switch {
	case rate.GreaterThan(decimal.NewFromInt(100)):
		r.fault(key, values.ProblemUnreadable)
	case !percent && !marked && !rate.IsZero() && rate.LessThan(decimal.RequireFromString("0.5")):
		r.fault(key, values.ProblemRateUnit)
	}
	return rate
}
