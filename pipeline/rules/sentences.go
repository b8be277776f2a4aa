package rules

import "tiexi/pipeline/values"

// sentences are what findings say, by code, or by code and first detail where
// one code has several cases.
var sentences = map[string]values.Text{
	UnreadableValue: says(
		"{field}“{value}”无法识别。",
		"The {field} “{value}” cannot be read."),
	UnreadableValue + "/empty": says(
		"{field}为空，必须填写。",
		"The {field} is empty and is required."),
	UnreadableValue + "/uncached": says(
		"{field}是公式，但没有保存计算结果。",
		"The {field} is a formula without a saved result."),
	UnreadableValue + "/convention": says(
		"{field}[“{value}”]与本表其他行的计息天数算法不一致。",
		"The {field}[ “{value}”] does not fit the day count of the sheet's other rows."),
	UnreadableValue + "/reversed": says(
		"计息止日{value}早于计息起日{want}。",
		"The period ends on {value}, before it begins on {want}."),
	UnreadableValue + "/negative": says(
		"{field}{value}元是负数。",
		"The {field} is negative: {value} yuan."),
	IDDamaged: says(
		"{field}“{value}”是数字格式，第15位以后的数字已经丢失。",
		"The {field} “{value}” is stored as a number and has lost the digits after the 15th."),
	IDChecksum: says(
		"身份证号{value}不是18位号码。",
		"The id {value} does not have 18 characters."),
	IDChecksum + "/date": says(
		"身份证号{value}中的出生日期不存在。",
		"The birth date in the id {value} does not exist."),
	IDChecksum + "/check": says(
		"身份证号{value}的校验位不对。",
		"The check character of the id {value} is wrong."),
	RateUnitUnclear: says(
		"利率“{value}”看不出是百分数还是小数。",
		"The rate “{value}” is neither plainly percent nor plainly a fraction."),
	DuplicateLine: says(
		"这笔贷款{value}的天数，已由文件“{2}”[工作表“{3}”]第{4}行申报。",
		"The days {value} of this loan are already in file “{2}”[, sheet “{3}”], row {4}."),
	DuplicateLine + "/tranche": says(
		"同一合同{value}的天数，已由文件“{2}”[工作表“{3}”]第{4}行的另一张借据申报，一天只贴息一次。",
		"The days {value} of this contract are already in file “{2}”[, sheet “{3}”], row {4}, under another tranche; a day is subsidised once."),
	TotalsDiffer: says(
		"本表{field}合计为{value}元，各行之和为{want}元。",
		"The sheet's total of {field} says {value} yuan; its rows come to {want} yuan."),
	NotOnRoster: says(
		"身份证号{value}不在帮扶名单。",
		"The id {value} is not on the roster."),
	NotOnRoster + "/later": says(
		"身份证号{value}签约时（{2}）不在帮扶名单，{3}才纳入。",
		"The id {value} was not on the roster when the contract was signed ({2}); it joined on {3}."),
	TwoHouseholds: says(
		"该人在帮扶名单中同时属于两户：{value}。",
		"The person stands in two households on the roster: {value}."),
	NameDiffers: says(
		"借款人“{value}”在帮扶名单上的姓名是“{want}”。",
		"The borrower “{value}” is “{want}” on the roster."),
	RemovedBeforeContract: says(
		"该户{3}退出帮扶名单，合同{2}才签订。",
		"The household left the roster on {3}; the contract was signed on {2}."),
	RemovedBeforeContract + "/extension": says(
		"该户{3}退出帮扶名单，展期{2}才签订。",
		"The household left the roster on {3}; the extension was signed on {2}."),
	RemovedLater: says(
		"该户{value}退出帮扶名单，合同此前（{1}）已签订。",
		"The household left the roster on {value}, after the contract was signed ({1})."),
	AgeOutOfRange: says(
		"借款人{2}签约时{value}周岁，应为{want}周岁。",
		"The borrower was {value} when the contract was signed ({2}); wanted: {want}."),
	PrincipalTooLarge: says(
		"{field}{value}元，超过{want}元的上限。",
		"The {field} is {value} yuan, above the ceiling of {want} yuan."),
	HouseholdOverCeiling: says(
		"该户{1}的贷款余额合计{value}元，超过{want}元的上限（共超{2}天），合同：{3}。",
		"On {1} the household's loans come to {value} yuan, above {want} yuan ({2} days in all); contracts: {3}."),
	TermTooLong: says(
		"{2}放款，{value}到期，超过{3}个月，最迟应为{want}。",
		"Disbursed on {2}, it matures on {value}: over {3} months, at the latest {want}."),
	TermTooLong + "/extension": says(
		"原到期日{2}，展期到{value}，超过{3}个月，最迟应为{want}。",
		"Extended from {2} to {value}: over {3} months, at the latest {want}."),
	ExtendedTwice: says(
		"已续贷或展期{value}次，最多{want}次。",
		"Renewed or extended {value} times; at most {want} allowed."),
	SecuredLoan: says(
		"担保方式为“{value}”，应为：{want}。",
		"The guarantee is “{value}”; allowed: {want}."),
	PurposeNotAllowed: says(
		"贷款用途“{value}”含有不允许的内容“{1}”。",
		"The purpose “{value}” contains “{1}”, which is not allowed."),
	SharedAccount: says(
		"账户{value}由{1}名借款人、{2}户共用：{3}。",
		"Account {value} is named by {1} borrowers of {2} households: {3}."),
	TermsNotConfigured: says(
		"{value}没有适用的政策条款。",
		"No policy row covers {value}."),
	InterestUnpaid: says(
		"实付利息{value}元，少于应付利息{want}元。",
		"Paid {value} yuan, less than the {want} yuan due."),
	InterestUnpaid + "/none": says(
		"实付利息为{value}元[，应付利息{want}元]。",
		"No interest was paid ({value} yuan)[; {want} yuan were due]."),
	InterestMismatch: says(
		"{field}{value}元与测算不符：余额{1}元、年利率{2}%、{3}天，一年按360天计为{4}元，按365天计为{5}元。",
		"The {field} of {value} yuan fits no recomputation: {1} yuan at {2} % for {3} days is {4} yuan on a 360-day year and {5} yuan on 365."),
	RateChanged: says(
		"年利率{value}%，这笔贷款此前（{1}）是{want}%。",
		"The rate is {value} %; before, from {1}, it was {want} %."),
	LoanChanged: says(
		"{field}为“{value}”，这笔贷款此前（{1}）是“{want}”。",
		"The {field} is “{value}”; before, from {1}, it was “{want}”."),
	DaysAlreadySettled: says(
		"{value}已在{1}结算。",
		"{value} was settled in {1}."),
	DaysOutsideQuarter: says(
		"计息期{value}超出本季度（{want}）。",
		"The period {value} reaches outside the quarter ({want})."),
	DaysAfterMaturity: says(
		"{value}在到期日（{want}）及以后，不计贴息。",
		"{value} is on or after the maturity date ({want}) and earns nothing."),
	PenaltyExcluded: says(
		"罚息{value}元不计入贴息。",
		"Penalty interest of {value} yuan is left out."),
	PartUnapproved: says(
		"余额{value}元，未经大额审批，超过{want}元的部分不贴息。",
		"The balance is {value} yuan without approval; the part above {want} yuan earns nothing."),
	TierChanged: says(
		"这笔贷款的贴息由{want}元变为{value}元。",
		"The loan's subsidy went from {want} to {value} yuan."),
	OtherLender: says(
		"{1}的主责任银行是{want}，这笔贷款由{value}发放。",
		"The responsible bank of {1} is {want}; this loan is from {value}."),
	ExcludedPerson: says(
		"该人在排除名单：{value}[（{1}）]。",
		"The person is on the exclusion list: {value}[ ({1})]."),
	CompensatedLoan: says(
		"风险补偿金已[于{value}]代偿这笔贷款。",
		"The risk fund has paid out on this loan[ on {value}]."),
	AccountMissing: says(
		"报表和帮扶名单都没有一卡通账号。",
		"Neither the statement nor the roster has an account."),
	AccountMissing + "/two": says(
		"报表账号{value}与帮扶名单上的{want}不一致。",
		"The statement's account {value} is not the roster's {want}."),
	PayeeDiffers: says(
		"收款账户户名“{value}”不是借款人“{want}”。",
		"The account is in the name of “{value}”, not the borrower “{want}”."),
	ObjectionOpen: says(
		"{1}提出的公示异议尚未处理[：{value}]。",
		"An objection of {1} is not decided[: {value}]."),
	ObjectionUpheld: says(
		"公示异议于{1}认定成立[：{value}]。",
		"The objection was upheld on {1}[: {value}]."),
	AccountChecksum: says(
		"卡号{value}未通过校验。",
		"The card number {value} fails its check."),
	PrivateUseCharacter: says(
		"{field}“{value}”含有私有码位的字，换一台电脑会变成别的字。",
		"The {field} “{value}” has a private-use character, which other machines show as another."),
	ExtensionAfterRemoval: says(
		"该户{1}退出帮扶名单，展期{2}才签订，原到期日（{value}）起的天数不贴息。",
		"The household left the roster on {1}, before the extension was signed on {2}: days from {value} on earn nothing."),
	ExtensionUndated: says(
		"该户{1}退出帮扶名单，展期签订日期没有填写，无法判断先后。",
		"The household left the roster on {1}, and the statement does not say when the extension was signed."),
	DaysBeforeDisbursement: says(
		"{value}在放款日（{want}）之前，不计贴息。",
		"{value} is before disbursement ({want}) and earns nothing."),
	PlaceDiffers: says(
		"{field}“{value}”与帮扶名单上的“{want}”不一致。",
		"The {field} “{value}” is “{want}” on the roster."),
	BookDiffers: says(
		"{field}为“{value}”，贷款台账（{5}，文件“{2}”[工作表“{3}”]单元格{4}）是“{want}”。",
		"The {field} is “{value}”; in the loan book of {5} (file “{2}”[, sheet “{3}”], cell {4}) it is “{want}”."),
	BookDiffers + "/stopped": says(
		"利息只计到{value}，又没有写逾期，按名单已还清；贷款台账（{5}，文件“{2}”[工作表“{3}”]单元格{4}）还有余额{want}元。",
		"Interest stops on {value} and nothing is said to be overdue, as if it were repaid; in the loan book of {5} (file “{2}”[, sheet “{3}”], cell {4}) {want} yuan are owed."),
	NotInBook: says(
		"{2}的贷款台账“{1}”里没有合同{value}。",
		"Contract {value} is not in the loan book of {2} (“{1}”)."),
}

func says(chinese, english string) values.Text {
	return values.Text{Chinese: chinese, English: english}
}
