package rules

import (
	"slices"

	"tiexi/pipeline/values"
)

// Codes of the findings: a contract with everything that reads them.
const (
	UnreadableValue        = "unreadable-value"
	IDDamaged              = "id-damaged"
	IDChecksum             = "id-checksum"
	RateUnitUnclear        = "rate-unit-unclear"
	DuplicateLine          = "duplicate-line"
	TotalsDiffer           = "totals-differ"
	NotOnRoster            = "not-on-roster"
	TwoHouseholds          = "two-households"
	NameDiffers            = "name-differs"
	RemovedBeforeContract  = "removed-before-contract"
	RemovedLater           = "removed-later"
	AgeOutOfRange          = "age-out-of-range"
	PrincipalTooLarge      = "principal-too-large"
	HouseholdOverCeiling   = "household-over-ceiling"
	TermTooLong            = "term-too-long"
	ExtendedTwice          = "extended-twice"
	SecuredLoan            = "secured-loan"
	PurposeNotAllowed      = "purpose-not-allowed"
	SharedAccount          = "shared-account"
	TermsNotConfigured     = "terms-not-configured"
	InterestUnpaid         = "interest-unpaid"
	InterestMismatch       = "interest-mismatch"
	RateChanged            = "rate-changed"
	LoanChanged            = "loan-changed"
	DaysAlreadySettled     = "days-already-settled"
	DaysOutsideQuarter     = "days-outside-quarter"
	DaysAfterMaturity      = "days-after-maturity"
	PenaltyExcluded        = "penalty-excluded"
	PartUnapproved         = "part-unapproved"
	TierChanged            = "tier-changed"
	OtherLender            = "other-lender"
	ExcludedPerson         = "excluded-person"
	CompensatedLoan        = "compensated-loan"
	AccountMissing         = "account-missing"
	PayeeDiffers           = "payee-differs"
	ObjectionOpen          = "objection-open"
	ObjectionUpheld        = "objection-upheld"
	AccountChecksum        = "account-checksum"
	PrivateUseCharacter    = "private-use-character"
	ExtensionAfterRemoval  = "extension-after-removal"
	ExtensionUndated       = "extension-undated"
	DaysBeforeDisbursement = "days-before-disbursement"
	PlaceDiffers           = "place-differs"
	BookDiffers            = "book-differs"
	NotInBook              = "not-in-book"
)

// Rule is one kind of finding.
type Rule struct {
	Code    string
	Outcome values.Outcome
	Title   string // Chinese, short
	English string // the title in English
	Clause  string // of 晋金管发〔2026〕6号
	// Hint says what to do next, in Chinese and in English.
	Hint, HintEnglish string
	// Ours marks a reading that the notice leaves open and we settled.
	Ours bool
}

// Hints that several rules share.
const (
	mendAtBank   = "请退承贷银行更正后重报。"
	mendAtBankEn = "Send it back to the bank to be corrected."
	decide       = "请核实后在处理意见中填通过或退回。"
	decideEn     = "Check, then decide: accept or return."
	nothing      = "无需处理。"
	nothingEn    = "Nothing to do."
)

// rules is the catalogue, in the order in which reports show findings.
var rules = []Rule{
	{UnreadableValue, values.Returned, "单元格无法读取", "value cannot be read", "一(七)", mendAtBank, mendAtBankEn, false},
	{IDDamaged, values.Returned, "号码丢失位数", "digits of a number are lost", "一(七)",
		"请银行把该列设为文本格式，重新填写完整号码后重报。", "The bank must set the column to text, enter the whole number and send it again.", false},
	{IDChecksum, values.Returned, "身份证号校验不符", "resident id fails its check", "一(一)", mendAtBank, mendAtBankEn, false},
	{RateUnitUnclear, values.Returned, "利率单位不明", "unit of the rate is unclear", "一(四)",
		"请银行按年利率（%）填写后重报。", "The bank must give the yearly rate in percent and send it again.", false},
	{DuplicateLine, values.Returned, "重复申报", "days reported twice", "一(六)",
		"请银行核对，只保留一条；若两条都有误，请报更正文件。", "The bank must keep one of the two, or send a corrected statement.", true},
	{TotalsDiffer, values.Held, "合计与明细不符", "totals differ from the rows", "一(七)",
		"请与银行核对是否缺行或改数，再对整张表作出处理意见。", "Ask the bank whether rows are missing or altered, then decide for the whole sheet.", true},
	{NotOnRoster, values.Returned, "不在帮扶名单", "not on the roster", "一(一)、四(一)",
		"签约时不在帮扶名单的不予贴息；如名单有误，请更新名单后重新运行。", "No subsidy for a borrower not on the roster at signing; if the roster is wrong, update it and run again.", false},
	{TwoHouseholds, values.Held, "一人在两户", "one person in two households", "一(一)",
		"请在帮扶名单中核实该人所在户，更正名单或作出处理意见。", "Find out which household is right, then mend the roster or decide.", false},
	{NameDiffers, values.Held, "姓名与名单不符", "name differs from the roster", "一(一)", decide, decideEn, false},
	{RemovedBeforeContract, values.Returned, "签约前已退出名单", "taken off the roster before signing", "四(二)",
		"退出名单后新签、续贷、展期的不予贴息，退回银行转为农户贷款。", "Nothing is paid on what was signed after removal; the bank turns it into an ordinary farm loan.", false},
	{RemovedLater, values.Notice, "签约后退出名单", "taken off the roster after signing", "四(二)",
		"原贷款到期前照常贴息，无需处理。", "The loan keeps its terms until maturity; nothing to do.", false},
	{AgeOutOfRange, values.Held, "年龄不符", "age out of range", "一(十)", decide, decideEn, false},
	{PrincipalTooLarge, values.Returned, "贷款金额超限", "principal too large", "一(二)",
		"超过限额的贷款不属于贴息范围，退回银行。", "A loan above the ceiling is outside the program.", false},
	{HouseholdOverCeiling, values.Held, "户贷款合计超限", "household above its ceiling", "一(一)、一(二)", decide, decideEn, true},
	{TermTooLong, values.Returned, "贷款期限超限", "term too long", "一(三)",
		"请银行核对放款日期和到期日；已展期的须填原到期日。", "The bank must check the dates; an extended loan needs its original maturity.", false},
	{ExtendedTwice, values.Returned, "续贷展期超过次数", "renewed or extended too often", "二(三)",
		"超过次数的续贷、展期不予贴息，退回银行。", "What exceeds the allowed renewals is outside the program.", false},
	{SecuredLoan, values.Held, "非信用担保方式", "loan is secured", "一(五)、一(八)", decide, decideEn, false},
	{PurposeNotAllowed, values.Held, "用途不符", "purpose not allowed", "一(九)", decide, decideEn, false},
	{SharedAccount, values.Held, "多人共用账户", "account shared by several borrowers", "一(七)、一(九)",
		"请核实账户归属和是否户贷企用，再作出处理意见。", "Find out whose account it is and who used the money, then decide.", true},
	{TermsNotConfigured, values.Held, "政策条款未录入", "terms not configured", "五(二)",
		"请在政策文件中录入这些日期适用的条款后重新运行。", "Enter the terms for these days in the policy file and run again.", false},
	{InterestUnpaid, values.Held, "利息未付清", "interest not paid in full", "一(七)",
		"付清之前不予贴息；核实已付清的请填通过。", "Nothing is paid before the interest is; accept once it is shown to be paid.", false},
	{InterestMismatch, values.Held, "利息与测算不符", "interest fits no recomputation", "一(六)", decide, decideEn, true},
	{RateChanged, values.Held, "合同期内利率变动", "rate changed within the contract", "一(四)", decide, decideEn, false},
	{LoanChanged, values.Held, "贷款要素变动", "loan changed", "一(七)", decide, decideEn, true},
	{DaysAlreadySettled, values.Returned, "计息天数已结算", "days settled before", "一(六)",
		"这些天已在以前季度贴息，退回银行；要更正以前的数据，请报更正文件。", "These days were settled before; to correct them the bank sends a corrected statement.", true},
	{DaysOutsideQuarter, values.Held, "计息期超出本季度", "days outside the quarter", "一(七)",
		"补付以前季度利息的，核实后填通过，在本季度结算。", "Accept it if it is interest of an earlier quarter paid late; it is settled now.", true},
	{DaysAfterMaturity, values.Notice, "到期后的天数不计", "days from maturity on", "一(六)", nothing, nothingEn, true},
	{PenaltyExcluded, values.Notice, "罚息不计", "penalty interest left out", "一(六)", nothing, nothingEn, true},
	{PartUnapproved, values.Notice, "超额部分未审批", "part without approval", "一(六)",
		"该部分不贴息；已审批为大额的，请银行报更正文件。", "That part earns nothing; if it was approved, the bank sends a corrected statement.", false},
	{TierChanged, values.Notice, "额度档次变动", "tiers moved", "一(六)", nothing, nothingEn, true},
	{OtherLender, values.Notice, "非主责任银行", "not the responsible bank", "二(一)", nothing, nothingEn, false},
	{ExcludedPerson, values.Held, "排除名单人员", "person on the exclusion list", "一(一)、一(十)", decide, decideEn, true},
	{CompensatedLoan, values.Returned, "风险金已代偿", "compensated by the risk fund", "四(四)",
		"已代偿的贷款不再贴息，退回银行。", "A loan that the fund has paid out on earns nothing more.", true},
	{AccountMissing, values.PaymentHold, "收款账户缺失或不一致", "account missing or not the same", "一(七)",
		"请核实一卡通账号并更新帮扶名单，更新后自动进入下一批次。", "Find the right account and update the roster; the payment then joins the next batch.", false},
	{PayeeDiffers, values.PaymentHold, "收款人不是借款人", "payee is not the borrower", "一(七)",
		"贴息须付给借款人本人，请更正收款账户。", "The subsidy goes to the borrower; give the borrower's own account.", false},
	{ObjectionOpen, values.PaymentHold, "公示异议未处理", "objection not decided", "一(七)",
		"请核实异议并记录处理结果。", "Look into the objection and record the result.", false},
	{AccountChecksum, values.Notice, "卡号校验不符", "card number fails its check", "一(七)",
		"请核对卡号；存折账号不适用该校验。", "Check the number; passbooks have no such check.", true},
	{ObjectionUpheld, values.Returned, "公示异议成立", "objection upheld", "一(七)",
		"异议成立，不予贴息；请告知银行和借款人。", "The objection was upheld and nothing is paid; tell the bank and the borrower.", false},
	{PrivateUseCharacter, values.Returned, "姓名含私有码位字", "name has a private-use character", "一(七)",
		"请银行改用国家标准字库中的正式字重报。", "The bank must use the standard character and send it again.", true},
	{ExtensionAfterRemoval, values.Notice, "退出名单后展期", "extended after removal", "四(二)",
		"原到期日起的天数不贴息，无需处理。", "Days from the original maturity on earn nothing; nothing to do.", false},
	{ExtensionUndated, values.Held, "缺展期签订日期", "extension without its signing date", "四(二)",
		"请向银行核实展期签订日期，再作出处理意见。", "Ask the bank when the extension was signed, then decide.", true},
	{DaysBeforeDisbursement, values.Notice, "放款前的天数不计", "days before disbursement", "一(六)", nothing, nothingEn, true},
	{PlaceDiffers, values.Notice, "乡镇村与名单不符", "place differs from the roster", "一(一)",
		"以帮扶名单为准，无需处理。", "The roster's place is used; nothing to do.", true},
	{BookDiffers, values.Notice, "与贷款台账不一致", "differs from the loan book", "三(六)",
		"不影响贴息；监测按台账计。请银行核对两份表，报错的一份出更正文件。", "It changes no subsidy; the monitoring takes the book's figure. Ask the bank which of the two is right, and for a correction of the other.", true},
	{NotInBook, values.Notice, "贷款台账中没有", "not in the loan book", "三(六)",
		"不影响贴息；监测按名单计。请银行核对，漏列的补报整份台账。", "It changes no subsidy; the monitoring takes the statement's figure. Ask the bank for a whole book if it left the loan out.", true},
}

// rank is each code's place in the catalogue.
var rank = func() map[string]int {
	m := make(map[string]int, len(rules))
	for i, r := range rules {
		m[r.Code] = i
	}
	return m
}()

// Catalogue gives every rule, in the order of reports. The slice is the
// caller's own.
func Catalogue() []Rule { return slices.Clone(rules) }

// Lookup finds the rule of a code; ok is false for an unknown one.
func Lookup(code string) (rule Rule, ok bool) {
	i, ok := rank[code]
	if !ok {
		return Rule{}, false
	}
	return rules[i], true
}
