// Package onecard writes the payment file for the One-Card platform (一卡通),
// the papers that go with it (审批单, 资金汇总), and reads the platform's answer
// (回盘).
//
// Start with [Profile]: what a platform wants to get is data, not code. A batch
// becomes files by [Profile.Files]; each is written by [Profile.Write]. Ids and
// accounts are text, amounts are numbers with exactly two decimals, and nothing
// is written whose rows do not add up to what the ledger says.
package onecard

// Value is what a column of a payment file holds.
type Value string

// The values a column can hold. The list is closed: [Profile.Check] refuses others.
const (
	Sequence   Value = "sequence"  // 1, 2, 3 … in each file
	Serial     Value = "serial"    // 流水号
	BatchID    Value = "batch"     // 2026Q3-01
	ItemCode   Value = "item-code" // 补贴项目编码
	ItemName   Value = "item-name" // 补贴项目名称
	County     Value = "county"
	Township   Value = "township"
	Village    Value = "village"
	Name       Value = "name"
	ResidentID Value = "id"
	Bank       Value = "bank" // 开户银行
	Account    Value = "account"
	Amount     Value = "amount"   // yuan, two decimals
	Memo       Value = "memo"     // 摘要
	Remark     Value = "remark"   // 备注
	Quarter    Value = "quarter"  // 2026年第3季度
	Constant   Value = "constant" // the column's own Words in every row; without words a column the platform wants and leaves empty
)

// Column is one column of a payment file.
type Column struct {
	Title string
	Value Value
	Text  bool   // a text cell even where the value is a number (sequence, amount)
	Words string // of a Constant
}

// Profile is what a payment platform wants to be given.
type Profile struct {
	Name               string
	Sheet              string
	Columns            []Column
	Extensions         []string // "xlsx", or "csv", "txt" and the like for separated text; one file each
	Encoding           string   // of separated text: "gb18030", "utf-8" or "utf-8-bom"
	Separator          string   // of separated text: "," or "\t"; "" means ","
	RowLimit           int      // most payments in a file; 0: no limit
	OneFilePerTownship bool
}

// Default is the profile "onecard" of formats.md.
func Default() Profile {
	return Profile{
		Name:  "onecard",
		Sheet: "发放清册",
		Columns: []Column{
			{Title: "序号", Value: Sequence},
			{Title: "流水号", Value: Serial, Text: true},
			{Title: "批次号", Value: BatchID, Text: true},
			{Title: "补贴项目编码", Value: ItemCode, Text: true},
			{Title: "补贴项目名称", Value: ItemName, Text: true},
			{Title: "县(区)", Value: County, Text: true},
			{Title: "乡(镇)", Value: Township, Text: true},
			{Title: "村(居)", Value: Village, Text: true},
			{Title: "姓名", Value: Name, Text: true},
			{Title: "身份证号", Value: ResidentID, Text: true},
			{Title: "开户银行", Value: Bank, Text: true},
			{Title: "银行账号", Value: Account, Text: true},
			{Title: "补贴金额", Value: Amount},
			{Title: "摘要", Value: Memo, Text: true},
			{Title: "备注", Value: Remark, Text: true},
		},
		Extensions: []string{"xlsx", "csv"},
		Encoding:   "gb18030",
	}
}
