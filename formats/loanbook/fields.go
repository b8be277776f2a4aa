package loanbook

import (
	"slices"

	"tiexi/formats/heading"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

// Keys of columns that are no field by themselves but add to one.
const (
	keySerial          = heading.Key(values.FieldCount) + iota
	keyDaysLate        // 逾期天数 beside 是否逾期
	keyRenewed         // 是否续贷 beside 是否展期
	keyExtended        //
	keyExtendedMatures // 展期到期日 beside 到期日
	keyDataDate        // 数据日期, the book's day in each row
	keyCount
)

// fieldOf is the field that a column adds to.
func fieldOf(key heading.Key) values.Field {
	switch key {
	case keyDaysLate:
		return values.FieldOverdue
	case keyRenewed, keyExtended:
		return values.FieldRenewals
	case keyExtendedMatures:
		return values.FieldMatures
	}
	if key <= 0 || key >= keySerial {
		return values.FieldNone
	}
	return values.Field(key)
}

// known is a column that a statement has too, under its own names and these,
// which come first.
func known(f values.Field, names ...string) heading.Entry {
	e := statement.Headings.Entry(heading.Key(f))
	e.Required, e.Names = false, slices.Concat(names, e.Names)
	return e
}

func required(f values.Field, names ...string) heading.Entry {
	e := known(f, names...)
	e.Required = true
	return e
}

func extra(key heading.Key, names ...string) heading.Entry {
	return heading.Entry{Key: key, Names: names}
}

// Headings are those of a statement without its interest, and those that only
// books have.
var Headings = heading.New(
	required(values.FieldBorrower),
	required(values.FieldID),
	required(values.FieldContract),
	known(values.FieldTranche),
	required(values.FieldBalance, "贷款余额", "当前余额", "目前余额", "借据余额", "当前贷款余额"),
	required(values.FieldDisbursed, "发放日期", "发放日", "放款日期", "借据起始日", "起息日", "起息日期", "合同起始日"),
	required(values.FieldMatures, "到期日期", "到期日", "借据到期日"),
	known(values.FieldAmount, "贷款金额", "借据金额"),
	known(values.FieldRate),
	known(values.FieldClass, "五级分类", "五级分类结果", "贷款五级分类"),
	heading.Entry{Key: heading.Key(values.FieldOverdue), Names: []string{"是否逾期", "逾期", "逾期情况", "逾期标志", "逾期状态"}},
	extra(keyDaysLate, "逾期天数", "本金逾期天数", "贷款逾期天数", "当前逾期天数"),
	known(values.FieldRenewals),
	extra(keyRenewed, "续贷次数", "是否续贷", "是否为续贷", "续贷"),
	extra(keyExtended, "展期次数", "是否展期", "展期", "贷款展期次数"),
	extra(keyExtendedMatures, "展期到期日", "展期到期日期", "展期后到期日", "展期后到期日期"),
	known(values.FieldOriginalMaturity),
	known(values.FieldExtensionSigned),
	known(values.FieldSigned),
	known(values.FieldApproved),
	known(values.FieldProduct),
	known(values.FieldPurpose),
	known(values.FieldGuarantee),
	known(values.FieldHousehold),
	known(values.FieldHead),
	known(values.FieldTownship),
	known(values.FieldVillage),
	known(values.FieldLender),
	known(values.FieldRemark),
	extra(keyDataDate, "数据日期", "统计日期", "数据时间"),
	extra(keySerial, "序号", "顺序号", "行号"),
)

// FieldTitle is the usual heading of a field, for people.
func FieldTitle(f values.Field) string { return Headings.Title(heading.Key(f)) }
