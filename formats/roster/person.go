package roster

import (
	"tiexi/formats/heading"
	"tiexi/pipeline/values"
)

// Column is a column of a roster.
type Column heading.Key

// The columns in the order in which reports show them.
const (
	Household Column = iota + 1
	PersonNo
	Name
	ID
	Relation
	Township
	Village
	Kind
	MonitorKind
	RiskRemoved
	Joined
	Left
	DataDate
	Phone
	PayoutBank
	Account
	serial // 序号
	columnCount
)

// String is the usual heading of the column.
func (c Column) String() string { return Headings.Title(heading.Key(c)) }

// Person is a row of a roster.
type Person struct {
	values.Place
	Household   string // 户编号, folded: NFKC, no spaces
	PersonNo    string // 人编号
	Name        string
	ID          values.ResidentID // 18 characters, without the suffix of a disability certificate
	Relation    string            // 与户主关系
	Township    string
	Village     string
	Kind        string      // 户类型
	MonitorKind string      // 监测对象类型
	RiskRemoved bool        // 风险是否消除
	Joined      values.Date // 首次识别时间, a month's first day where it gives a month; zero: always
	Left        values.Date // 退出时间, likewise; zero: still on it
	DataDate    values.Date // 数据日期 of the row; zero where it gives none
	Phone       string
	PayoutBank  string
	Account     values.Account
	Problems    []Problem
}

// Problem is a cell that could not be taken.
type Problem struct {
	Kind   values.ProblemKind
	Column Column
	Cell   string // address
	Raw    string
}

// required are the columns that a roster must have, and every person too.
var required = [columnCount]bool{Household: true, Name: true, ID: true, Township: true, Village: true}

func column(c Column, names ...string) heading.Entry {
	return heading.Entry{Key: heading.Key(c), Required: required[c], Names: names}
}

// Headings are those of formats.md and their usual variants.
var Headings = heading.New(
	column(Household, "户编号", "户编码", "家庭编号", "农户编号", "户号"),
	column(PersonNo, "人编号", "人员编号", "个人编号", "人口编号", "人编码"),
	column(Name, "姓名", "人员姓名", "家庭成员姓名", "成员姓名"),
	column(ID, "证件号码", "身份证号", "身份证号码", "证件号", "公民身份号码", "身份证件号码", "人员证件号码", "身份证"),
	column(Relation, "与户主关系", "与户主的关系", "家庭关系"),
	column(Township, "乡(镇)", "乡镇", "镇", "乡", "乡镇名称", "所属乡镇", "所在乡镇", "乡镇街道"),
	column(Village, "行政村", "村", "村(居)", "行政村名称", "村名", "所属行政村", "所在村"),
	column(Kind, "户类型", "农户类型", "户属性", "脱贫户类型"),
	column(MonitorKind, "监测对象类型", "易返贫致贫户(监测对象)类型", "监测对象类别", "监测类型", "监测户类型"),
	column(RiskRemoved, "风险是否消除", "风险是否已消除", "是否消除风险", "风险消除", "风险消除情况"),
	column(Joined, "首次识别时间", "识别时间", "首次识别日期", "识别日期", "纳入时间", "纳入日期", "认定时间"),
	column(Left, "退出时间", "退出日期", "退出名单时间", "移出时间", "移出日期"),
	column(DataDate, "数据日期", "数据时间", "数据截止日期", "统计日期"),
	column(Phone, "联系电话", "电话", "手机号", "手机号码", "电话号码", "联系方式"),
	column(PayoutBank, "一卡通开户行", "一卡通开户银行", "开户银行", "开户行", "一卡通银行", "发卡银行"),
	column(Account, "一卡通账号", "一卡通卡号", "社保卡号", "社会保障卡号", "社保卡账号", "银行账号", "银行卡号", "惠农卡号", "账号", "卡号"),
	column(serial, "序号", "顺序号", "行号"),
)
