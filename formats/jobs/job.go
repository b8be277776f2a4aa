package jobs

import "tiexi/pipeline/values"

// File is a whole jobs.yaml.
type File struct {
	Lang     values.Lang        `yaml:"lang" json:"lang,omitempty" jsonschema:"屏幕文字的语言：zh 或 en，默认 zh"`
	Profiles map[string]Profile `yaml:"profiles" json:"profiles,omitempty" jsonschema:"各作业共用的发放平台文件格式，按名称引用"`
	Jobs     []Job              `yaml:"jobs" json:"jobs" jsonschema:"作业：一县一项"`

	Path string `yaml:"-" json:"-"` // absolute
}

// Job is one county's settlement work.
type Job struct {
	Name        string   `yaml:"name" json:"name" jsonschema:"作业名，供 --job 使用"`
	County      County   `yaml:"county" json:"county" jsonschema:"县（市、区）"`
	Office      string   `yaml:"office" json:"office,omitempty" jsonschema:"公示落款单位，默认为县名加“农业农村局”"`
	Phones      Phones   `yaml:"phones" json:"phones,omitzero" jsonschema:"公示上的监督电话"`
	Inbox       string   `yaml:"inbox" json:"inbox" jsonschema:"收件文件夹，只读取，不移动其中的文件"`
	Roster      string   `yaml:"roster" json:"roster" jsonschema:"帮扶名单：一个文件，或存放历次名单的文件夹"`
	Workspace   string   `yaml:"workspace" json:"workspace" jsonschema:"工作文件夹：ledger.db、archive、out、logs"`
	InterestDay int      `yaml:"interest_day" json:"interest_day,omitempty" jsonschema:"季末月的结息日，1 至 28，默认 20"`
	Banks       []Bank   `yaml:"banks" json:"banks,omitempty" jsonschema:"承贷银行"`
	Policies    []string `yaml:"policies" json:"policies,omitempty" jsonschema:"政策：内置名称，或扩展内置政策的文件"`
	Notice      Notice   `yaml:"notice" json:"notice,omitzero" jsonschema:"公示期"`
	Holidays    []string `yaml:"holidays" json:"holidays,omitempty" jsonschema:"本县的节假日文件，工作日公示用：程序没有带的年份，或要改的年份，一年一个"`
	Approvals   int      `yaml:"approvals" json:"approvals,omitempty" jsonschema:"每批发放须几人审批：1，或 2（两个不同的人）"`
	Payment     Payment  `yaml:"payment" json:"payment,omitzero" jsonschema:"发放清册"`
	Return      Return   `yaml:"return" json:"return,omitzero" jsonschema:"回盘文件的格式，默认为发放清册各列加发放状态、失败原因、发放日期"`
	Exclusions  string   `yaml:"exclusions" json:"exclusions,omitempty" jsonschema:"排除名单（死亡、公职人员等）的表格文件"`
	Responsible string   `yaml:"responsible" json:"responsible,omitempty" jsonschema:"主责任银行表（乡镇—银行）的表格文件"`
	Alerts      Alerts   `yaml:"alerts" json:"alerts,omitzero" jsonschema:"预警线（四(三)）：一家银行或一个乡镇的逾期率、不良率超过它时，监测表、报告和屏幕上提示"`
	Confirm     []string `yaml:"confirm" json:"confirm,omitempty" jsonschema:"本县已确认的待确认设置的名称，doctor 不再提示"`

	Profiles map[string]Profile `yaml:"profiles" json:"profiles,omitempty" jsonschema:"本作业的发放平台文件格式；与共用的同名时以此为准"`
}

// County names the division. Code is its six-digit area code, as text.
type County struct {
	Name     string `yaml:"name" json:"name" jsonschema:"县名，例如 清水县"`
	Code     string `yaml:"code" json:"code,omitempty" jsonschema:"六位行政区划代码，加引号"`
	Province string `yaml:"province" json:"province,omitempty" jsonschema:"省名，默认 山西省"`
}

// Phones are the numbers that a public notice prints.
type Phones struct {
	Agriculture string `yaml:"agriculture" json:"agriculture,omitempty" jsonschema:"农业农村部门监督电话"`
	Finance     string `yaml:"finance" json:"finance,omitempty" jsonschema:"财政部门监督电话"`
}

// Bank is a lender and what is particular about its statements. All but Name
// and Match are overrides, and empty means: as the sheet itself says.
type Bank struct {
	Name       string            `yaml:"name" json:"name" jsonschema:"银行名称，公示和报表上的写法"`
	Match      string            `yaml:"match" json:"match,omitempty" jsonschema:"文件名的通配模式，例如 *农商*；默认为 *名称*"`
	Headings   map[string]string `yaml:"headings" json:"headings,omitempty" jsonschema:"教会程序认识的表头：表头文字 → 字段名；ignore 为忽略"`
	Tolerances []string          `yaml:"tolerances" json:"tolerances,omitempty" jsonschema:"对这家银行放宽的读表规则：round-amounts（金额多于两位小数时四舍五入到分）"`
	RateUnit   RateUnit          `yaml:"rate_unit" json:"rate_unit,omitempty" jsonschema:"利率单位：percent（年利率%）、fraction（小数）、permille-month（月利率‰）"`
	AmountUnit AmountUnit        `yaml:"amount_unit" json:"amount_unit,omitempty" jsonschema:"金额单位：yuan（元）、wan（万元）"`
	Days       DayConvention     `yaml:"days" json:"days,omitempty" jsonschema:"计息起止：both（首尾都算）、first（算头不算尾）、last（算尾不算头）"`
}

// RateUnit is how a bank writes rates.
type RateUnit string

// AmountUnit is how a bank writes amounts.
type AmountUnit string

// DayConvention says which ends of an interest period count (policy.md §1).
type DayConvention string

// The values of the overrides.
const (
	Percent       RateUnit = "percent"        // 3.45 a year
	Fraction      RateUnit = "fraction"       // 0.0345 a year
	PermilleMonth RateUnit = "permille-month" // 2.875

	Yuan AmountUnit = "yuan"
	Wan  AmountUnit = "wan" // 万元

	DaysBoth  DayConvention = "both"
	DaysFirst DayConvention = "first"
	DaysLast  DayConvention = "last"
)

// RoundAmounts is the tolerance for amounts with more than two decimals: they
// are rounded to the fen.
const RoundAmounts = "round-amounts"

// IgnoreHeading is the field name for a heading that the program shall pass
// over without reporting it.
const IgnoreHeading = "ignore"

// Notice is the public notice's period (clause 一(七); its length is ours).
type Notice struct {
	Days int      `yaml:"days" json:"days,omitempty" jsonschema:"公示天数，首尾都算，默认 10"`
	Kind DaysKind `yaml:"kind" json:"kind,omitempty" jsonschema:"calendar（自然日）或 workdays（工作日），默认 calendar"`
}

// DaysKind says which days a notice period counts.
type DaysKind string

// The kinds of days.
const (
	CalendarDays DaysKind = "calendar"
	Workdays     DaysKind = "workdays"
)

// Payment is what stands on every row of a payment file. Profile is "onecard"
// or a name in Profiles.
type Payment struct {
	Profile string `yaml:"profile" json:"profile,omitempty" jsonschema:"发放平台的文件格式：onecard（默认），或 profiles 中的名称"`
	Item    string `yaml:"item" json:"item,omitempty" jsonschema:"补贴项目编码，默认 2130507"`
	Title   string `yaml:"title" json:"title,omitempty" jsonschema:"补贴项目名称，默认 帮扶小额信贷贴息"`
	Memo    string `yaml:"memo" json:"memo,omitempty" jsonschema:"摘要，默认 小额贴息"`
}

// Alerts are the rates, in percent of the balance at a quarter's end, above
// which a bank's or a township's loans are pointed out (四(三) names no figure);
// "" points nothing out.
type Alerts struct {
	OverdueRate string `yaml:"overdue_rate" json:"overdue_rate,omitempty" jsonschema:"逾期率预警线，百分数，加引号，例如 \"5\"；不写则不预警"`
	BadRate     string `yaml:"bad_rate" json:"bad_rate,omitempty" jsonschema:"不良率预警线，百分数，加引号，例如 \"3\"；不写则不预警"`
}

// OneCard is the name of the profile that needs no description.
const OneCard = "onecard"

// Profile describes another platform's payment file as data.
type Profile struct {
	Columns     []Column `yaml:"columns" json:"columns" jsonschema:"各列，从左到右"`
	Sheet       string   `yaml:"sheet" json:"sheet,omitempty" jsonschema:"工作表名，默认 发放清册"`
	Extensions  []string `yaml:"extensions" json:"extensions,omitempty" jsonschema:"写哪些文件：xlsx、csv、txt，默认 xlsx 和 csv"`
	Encoding    string   `yaml:"encoding" json:"encoding,omitempty" jsonschema:"文本文件的编码：gb18030（默认）、utf-8、utf-8-bom"`
	Separator   string   `yaml:"separator" json:"separator,omitempty" jsonschema:"文本文件的分隔符：comma（半角逗号，默认）、tab（制表符）、pipe（竖线）"`
	PerTownship bool     `yaml:"per_township" json:"per_township,omitempty" jsonschema:"每个乡镇一个文件，默认否"`
	RowLimit    int      `yaml:"row_limit" json:"row_limit,omitempty" jsonschema:"每个文件最多几行，0 为不限"`
}

// Column is a column of a payment file: a value of the row, or the same text in
// every row.
type Column struct {
	Title string `yaml:"title" json:"title" jsonschema:"列标题"`
	Value string `yaml:"value" json:"value,omitempty" jsonschema:"取哪个值"`
	Text  string `yaml:"text" json:"text,omitempty" jsonschema:"每行相同的文字；与 value 二选一"`
}

// PaymentValues are the values that a payment row has, by the names that a
// profile's columns use: 序号 流水号 批次号 补贴项目编码 补贴项目名称 县(区) 乡(镇)
// 村(居) 姓名 身份证号 开户银行 银行账号 补贴金额 摘要 备注.
var PaymentValues = []string{
	"index", "number", "batch", "item", "title", "county", "township", "village",
	"name", "id", "bank", "account", "amount", "memo", "remark",
}

// The words that keys take.
var (
	rateUnits         = []string{string(Percent), string(Fraction), string(PermilleMonth)}
	amountUnits       = []string{string(Yuan), string(Wan)}
	dayConventions    = []string{string(DaysBoth), string(DaysFirst), string(DaysLast)}
	tolerances        = []string{RoundAmounts}
	profileExtensions = []string{"xlsx", "csv", "txt"}
	profileEncodings  = []string{"gb18030", "utf-8", "utf-8-bom"}
	profileSeparators = []string{"comma", "tab", "pipe"}
)

// Return describes the platform's return file as data. Empty parts mean the
// payment file's own columns and the usual words.
type Return struct {
	Headings map[string]string `yaml:"headings" json:"headings,omitempty" jsonschema:"表头文字 → 值的名称"`
	Paid     []string          `yaml:"paid" json:"paid,omitempty" jsonschema:"表示发放成功的文字，默认 成功"`
	Failed   []string          `yaml:"failed" json:"failed,omitempty" jsonschema:"表示发放失败的文字，默认 失败"`
	Reasons  map[string]string `yaml:"reasons" json:"reasons,omitempty" jsonschema:"平台的失败原因文字 → 名不符、卡号不存在或有误、销户、冻结或状态异常、限额、其他"`
}

// ReturnValues are the values that a row of a return file may give.
var ReturnValues = []string{"number", "batch", "name", "id", "account", "amount", "state", "reason", "date"}

// FailureReasons is the closed list of why a payment failed.
var FailureReasons = []string{"名不符", "卡号不存在或有误", "销户", "冻结或状态异常", "限额", "其他"}

// Job finds a job by name; the empty name finds the only one.
func (f *File) Job(name string) (*Job, bool) {
	if name == "" && len(f.Jobs) == 1 {
		return &f.Jobs[0], true
	}
	for i := range f.Jobs {
		if f.Jobs[i].Name == name {
			return &f.Jobs[i], true
		}
	}
	return nil, false
}
