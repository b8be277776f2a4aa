package statement

import (
	"tiexi/formats/heading"
	"tiexi/pipeline/values"
)

// Keys of columns that are no field by themselves but add to one.
const (
	keySerial          = heading.Key(values.FieldCount) + iota
	keyPeriod          // from and to in one cell
	keyRenewed         // 是否续贷 beside 是否展期
	keyExtended        //
	keyCompound        // 复利 beside 罚息
	keyExtendedMatures // 展期到期日 beside 到期日
)

// fieldOf is the field that a column adds to.
func fieldOf(key heading.Key) values.Field {
	switch key {
	case keyPeriod:
		return values.FieldFrom
	case keyRenewed, keyExtended:
		return values.FieldRenewals
	case keyCompound:
		return values.FieldPenalty
	case keyExtendedMatures:
		return values.FieldMatures
	}
	if key <= 0 || key >= keySerial {
		return values.FieldNone
	}
	return values.Field(key)
}

// GivesDays tells whether a table located by Headings says which days its
// interest is for: no other sheet of a bank does.
func GivesDays(table *heading.Table) bool {
	for _, key := range []heading.Key{heading.Key(values.FieldFrom), heading.Key(values.FieldTo), heading.Key(values.FieldDays), keyPeriod} {
		if table.Column(key) != 0 {
			return true
		}
	}
	return false
}

// FieldTitle is the usual heading of a field, for people.
func FieldTitle(f values.Field) string { return Headings.Title(heading.Key(f)) }

func field(f values.Field, names ...string) heading.Entry {
	return heading.Entry{Key: heading.Key(f), Names: names}
}

func required(f values.Field, names ...string) heading.Entry {
	return heading.Entry{Key: heading.Key(f), Required: true, Names: names}
}

func extra(key heading.Key, names ...string) heading.Entry {
	return heading.Entry{Key: key, Names: names}
}

func second(e heading.Entry, names ...string) heading.Entry { e.Second = names; return e }

func unless(e heading.Entry, words ...string) heading.Entry { e.Unless = words; return e }

func under(e heading.Entry, parents []string, names ...string) heading.Entry {
	e.Groups = append(e.Groups, heading.Group{Parents: parents, Names: names})
	return e
}

var (
	payout = []string{"收款", "账户", "一卡通", "社保卡", "社会保障卡", "银行卡", "发放", "打卡"}
	term   = []string{"贷款期限", "借款期限", "合同期限", "贷款起止", "借款起止", "合同起止"}
	period = []string{"计息期", "计息起止", "计息区间", "结息期", "结息区间", "本期起止"}
	begins = []string{"起", "起始", "开始", "自", "起始日", "起始日期", "开始日", "开始日期", "起日"}
	ends   = []string{"止", "终止", "截止", "结束", "至", "终止日", "终止日期", "截止日", "截止日期", "结束日期", "止日"}
)

// Headings are the headings of formats.md and their usual variants.
var Headings = heading.New(
	required(values.FieldBorrower, "借款人", "借款人姓名", "借款人名称", "贷款人姓名", "贷款户名", "户名", "客户名称", "客户姓名", "姓名",
		"贷款户", "贷款户姓名", "农户姓名", "贷款客户", "贷款人"),
	required(values.FieldID, "身份证号", "身份证号码", "证件号码", "借款人证件号码", "贷款人身份证", "借款人身份证号", "注册证件号", "公民身份号码",
		"借款人身份证", "借款人身份证号码", "借款人证件号", "贷款人身份证号", "贷款人身份证号码", "身份证", "证件号", "身份证件号码", "居民身份证号码", "公民身份证号码", "客户证件号码"),
	required(values.FieldContract, "合同号", "合同编号", "合同号码", "借款合同号", "借款合同编号", "贷款合同号", "贷款合同编号",
		"借据号", "借据编号", "借据号码", "贷款账号", "贷款帐号"),
	second(field(values.FieldTranche, "借据序号"), "借据号", "借据编号", "借据号码"),
	required(values.FieldBalance, "计息本金", "计息余额", "贷款余额", "本金余额", "贷款本金余额", "剩余本金", "未还本金", "结欠本金", "期末余额", "余额", "贷款本金", "本金"),
	required(values.FieldRate, "年利率", "贷款年利率", "执行年利率", "年化利率", "利率", "贷款利率", "执行利率", "合同利率", "月利率", "贷款月利率", "执行月利率"),
	under(required(values.FieldDisbursed, "放款日期", "发放日期", "贷款日期", "借款日期", "起贷日", "起贷日期", "放款日", "发放日", "放款时间", "发放时间",
		"贷款发放日", "贷款发放日期", "贷款发放时间", "贷款起始日", "贷款起始日期", "借款起始日", "借款起始日期", "贷款开始日期", "贷款起日", "借款日", "贷款日"), term, begins...),
	under(required(values.FieldMatures, "到期日期", "到期日", "贷款到期日", "贷款到期日期", "到期时间", "合同到期日", "合同到期日期", "借款到期日", "借款到期日期",
		"贷款终止日", "贷款终止日期", "贷款截止日", "贷款截止日期", "贷款止日"), term, append(ends, "到期")...),
	unless(required(values.FieldPaid, "实付利息", "已付利息", "实收利息", "已收利息", "收回利息", "实际支付利息", "已还利息", "实还利息", "实际付息", "实付息", "已付息",
		"已支付利息", "支付利息", "已收回利息", "归还利息", "已归还利息", "已结利息"), "日期", "时间"),
	unless(under(field(values.FieldFrom, "起息日", "起息日期", "计息开始日", "计息开始日期", "计息起始日", "计息起始日期", "计息起日", "本期起息日", "本期起息日期",
		"上次结息日", "上次结息日期", "上期结息日", "上期结息日期"), period, begins...), "贷款", "借款", "合同"),
	unless(under(field(values.FieldTo, "止息日", "止息日期", "结息日", "结息日期", "计息截止日", "计息截止日期", "计息终止日", "计息终止日期", "计息结束日", "计息结束日期",
		"计息止日", "本期止息日", "本期止息日期", "本次结息日", "本次结息日期", "本期结息日", "本期结息日期"), period, ends...), "贷款", "借款", "合同"),
	extra(keyPeriod, "计息期间", "计息起止", "计息起止日期", "计息区间", "计息时段", "结息期间", "计息起止日", "计息期"),
	field(values.FieldDays, "计息天数", "天数", "本期天数", "计息日数"),
	field(values.FieldDue, "应付利息", "应收利息", "应计利息", "本季应付利息", "结息金额", "应还利息", "应结利息"),
	field(values.FieldPenalty, "罚息", "收回罚息", "实收罚息", "已收罚息", "实付罚息", "逾期罚息", "罚息复利", "罚息及复利", "罚复息"),
	extra(keyCompound, "复利", "收回复利", "实收复利", "复息"),
	second(field(values.FieldAmount, "贷款金额", "合同金额", "发放金额", "借款金额", "放款金额", "贷款发放金额", "贷款总额"), "贷款本金"),
	field(values.FieldSigned, "签订日期", "合同签订日期", "签约日期", "合同签订日", "合同签订时间", "签订时间", "签约时间", "签订日", "签约日", "合同日期"),
	field(values.FieldApproved, "大额", "是否大额", "大额审批", "是否大额生产经营", "是否大额审批", "大额生产经营", "是否大额贷款", "大额贷款", "是否大额需求", "大额需求", "大额标志"),
	field(values.FieldRenewals, "续贷展期", "是否续贷展期", "续贷展期次数", "是否续贷或展期", "续贷或展期", "续贷或展期次数", "续展期次数", "续贷及展期次数"),
	extra(keyRenewed, "续贷次数", "是否续贷", "是否为续贷", "续贷"),
	extra(keyExtended, "展期次数", "是否展期", "展期", "贷款展期次数"),
	extra(keyExtendedMatures, "展期到期日", "展期到期日期", "展期后到期日", "展期后到期日期", "展期到期时间"),
	under(field(values.FieldOriginalMaturity, "原到期日", "原到期日期", "原贷款到期日", "原贷款到期日期", "展期前到期日", "展期前到期日期"),
		[]string{"原", "展期前"}, "到期日", "到期日期", "到期时间", "贷款到期日", "贷款到期日期"),
	under(field(values.FieldExtensionSigned, "展期日期", "展期签订日期", "展期日", "展期签订日", "展期协议签订日期", "展期时间", "展期合同签订日期", "续贷展期签订日期"),
		[]string{"展期"}, "签订日期", "签约日期", "日期"),
	field(values.FieldProduct, "贷款品种", "产品名称", "业务品种", "贷款种类", "贷款产品", "贷款类型", "贷款类别", "业务类型"),
	field(values.FieldPurpose, "贷款用途", "用途", "借款用途", "资金用途"),
	field(values.FieldGuarantee, "担保方式", "贷款方式", "贷款担保方式", "担保类型"),
	field(values.FieldOverdue, "是否逾期", "逾期天数", "逾期", "逾期情况"),
	field(values.FieldClass, "五级分类", "五级形态", "贷款形态", "风险分类"),
	field(values.FieldHousehold, "户编号", "户编码", "家庭编号", "农户编号"),
	under(field(values.FieldHead, "户主", "户主姓名", "户主名称"), []string{"户主"}, "姓名"),
	field(values.FieldTownship, "乡镇", "乡(镇)", "镇", "乡", "乡镇名称", "乡镇街道", "所属乡镇", "所在乡镇"),
	field(values.FieldVillage, "行政村", "村", "村(居)", "行政村组", "行政村名称", "村名", "村名称", "所属行政村", "所在村", "村委会", "村组"),
	under(field(values.FieldPayoutBank, "开户银行", "开户行", "一卡通开户行", "一卡通开户银行", "收款银行", "收款开户行", "开户行名称", "开户银行名称", "社保卡开户行", "社保卡开户银行"),
		payout, "银行", "银行名称"),
	under(field(values.FieldAccount, "一卡通账号", "社保卡号", "银行账号", "银行卡号", "收款账号", "一卡通卡号", "社保卡账号", "社保卡银行账号", "社会保障卡号", "收款人账号",
		"一卡通号", "惠农卡号", "存折账号", "卡号", "账号"), payout, "账号", "卡号", "号码"),
	second(under(field(values.FieldAccountName, "账户名", "收款人", "账户名称", "账户姓名", "收款人姓名", "收款人名称", "收款户名", "账户户名", "一卡通户名", "开户名", "开户人", "持卡人"),
		payout, "户名", "姓名", "名称"), "户名"),
	second(field(values.FieldLender, "承贷银行", "贷款银行", "开户机构", "承贷机构", "经办机构", "经办银行", "放款银行", "贷款机构", "承办银行", "金融机构"), "贷款人"),
	field(values.FieldRemark, "备注", "备注说明"),
	extra(keySerial, "序号", "顺序号", "行号"),
)
