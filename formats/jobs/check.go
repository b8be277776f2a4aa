package jobs

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"tiexi/pipeline/values"
)

// cursor walks the YAML tree beside the decoded values, to say where a value
// stands. Stepping to what is not there stays put, so that a missing key is
// reported at the mapping that lacks it.
type cursor struct{ node *yaml.Node }

func (c cursor) resolved() *yaml.Node {
	if c.node.Kind == yaml.AliasNode {
		return c.node.Alias
	}
	return c.node
}

func (c cursor) key(name string) cursor {
	if n := c.resolved(); n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				return cursor{n.Content[i+1]}
			}
		}
	}
	return c
}

// name is the position of the key itself.
func (c cursor) name(key string) cursor {
	if n := c.resolved(); n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return cursor{n.Content[i]}
			}
		}
	}
	return c
}

func (c cursor) item(i int) cursor {
	if n := c.resolved(); n.Kind == yaml.SequenceNode && i < len(n.Content) {
		return cursor{n.Content[i]}
	}
	return c
}

// has tells whether a key is there with a value.
func (c cursor) has(name string) bool {
	value := c.key(name)
	return value != c && value.node.ShortTag() != "!!null"
}

// checker records problems at cursors, but none where the value could not even
// be decoded: that was said already.
type checker struct {
	found     *Problems
	undecoded []Problem
}

func (k checker) at(c cursor, text values.Text) {
	said := func(p Problem) bool { return p.Line == c.node.Line && p.Column == c.node.Column }
	if !slices.ContainsFunc(k.undecoded, said) {
		k.found.add(c.node.Line, c.node.Column, text)
	}
}

// aligned tells whether a list has the n items that were decoded. The YAML
// library leaves out items that are empty or of another kind; then indexes no
// longer agree, and what follows would be reported at the wrong place. Empty
// items are reported here, the others were.
func (k checker) aligned(list cursor, n int) bool {
	node := list.resolved()
	if node.Kind != yaml.SequenceNode {
		return false
	}
	for _, item := range node.Content {
		k.ok(item.ShortTag() != "!!null", cursor{item}, values.Say("这一项是空的。", "This item is empty."))
	}
	return len(node.Content) == n
}

// ok records the problem unless good.
func (k checker) ok(good bool, c cursor, text values.Text) {
	if !good {
		k.at(c, text)
	}
}

func (k checker) required(value string, parent cursor, name string) {
	k.ok(strings.TrimSpace(value) != "", parent.key(name),
		values.Say("缺少 %s，必须填写。", "%s is missing; it must be given.", name))
}

func (k checker) oneOf(value string, c cursor, known ...string) {
	if value != "" && !slices.Contains(known, value) {
		k.at(c, unknown(value, known))
	}
}

var (
	areaCode  = regexp.MustCompile(`^[0-9]{6}$`)
	alertRate = regexp.MustCompile(`^([0-9]{1,2}(\.[0-9]{1,4})?|100)$`)
)

// check looks at what a schema cannot say. It runs on whatever was decoded,
// so that all mistakes come out together.
func check(file *File, root cursor, found *Problems) {
	k := checker{found, slices.Clone(found.List)}
	k.oneOf(string(file.Lang), root.key("lang"), string(values.Chinese), string(values.English))
	k.profiles(file.Profiles, root.key("profiles"))
	list := root.key("jobs")
	if n := list.resolved(); !root.has("jobs") || n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		k.at(list, values.Say("jobs 下没有作业；至少要有一项。", "There is no job under jobs; at least one is needed."))
	}
	if !k.aligned(list, len(file.Jobs)) {
		return
	}
	names, workspaces := map[string]bool{}, map[string]bool{}
	for i := range file.Jobs {
		job, at := &file.Jobs[i], list.item(i)
		k.job(file, job, at)
		if job.Name != "" {
			k.ok(!names[job.Name], at.key("name"),
				values.Say("作业名“%s”重复了。", "The job name %q is used twice.", job.Name))
			names[job.Name] = true
		}
		if job.Workspace != "" {
			folder := resolve(filepath.Dir(file.Path), filepath.Clean(job.Workspace))
			k.ok(!workspaces[folder], at.key("workspace"),
				values.Say("工作文件夹“%s”已属于另一个作业。", "The workspace %q already belongs to another job.", job.Workspace))
			workspaces[folder] = true
		}
	}
}

func (k checker) job(file *File, job *Job, at cursor) {
	k.required(job.Name, at, "name")
	k.ok(!strings.ContainsAny(job.Name, " \t/\\") && !strings.HasPrefix(job.Name, "-"), at.key("name"),
		values.Say("作业名不能含空格或斜杠，也不能以“-”开头。", "A job name has no spaces or slashes and does not begin with \"-\"."))
	county := at.key("county")
	if job.County != (County{}) || at.has("county") {
		k.required(job.County.Name, county, "name")
	} else {
		k.at(at, values.Say("缺少 county，必须填写。", "county is missing; it must be given."))
	}
	k.ok(job.County.Code == "" || areaCode.MatchString(job.County.Code), county.key("code"),
		values.Say("行政区划代码应是六位数字，例如 \"140728\"。", "An area code has six digits, for example \"140728\"."))
	k.required(job.Inbox, at, "inbox")
	k.required(job.Roster, at, "roster")
	k.required(job.Workspace, at, "workspace")
	k.ok(job.Inbox == "" || filepath.Clean(job.Inbox) != filepath.Clean(job.Workspace), at.key("workspace"),
		values.Say("工作文件夹不能就是收件文件夹。", "The workspace cannot be the inbox itself."))
	k.ok(!at.has("interest_day") || job.InterestDay >= 1 && job.InterestDay <= 28, at.key("interest_day"),
		values.Say("结息日应在 1 至 28 之间。", "interest_day is from 1 to 28."))
	notice := at.key("notice")
	k.ok(!notice.has("days") || job.Notice.Days >= 1, notice.key("days"),
		values.Say("公示天数至少为 1。", "notice.days is at least 1."))
	k.oneOf(string(job.Notice.Kind), notice.key("kind"), string(CalendarDays), string(Workdays))
	k.words(job.Holidays, at.key("holidays"))
	k.ok(!at.has("approvals") || job.Approvals == 1 || job.Approvals == 2, at.key("approvals"),
		values.Say("审批人数应是 1 或 2。", "approvals is 1 or 2."))
	k.alerts(job.Alerts, at.key("alerts"))
	k.banks(job.Banks, at.key("banks"))
	k.words(job.Policies, at.key("policies"))
	k.words(job.Confirm, at.key("confirm"))
	k.profiles(job.Profiles, at.key("profiles"))
	k.payment(file, job, at.key("payment"))
	k.returned(job.Return, at.key("return"))
}

func (k checker) alerts(a Alerts, at cursor) {
	k.alertRate(a.OverdueRate, at, "overdue_rate")
	k.alertRate(a.BadRate, at, "bad_rate")
}

func (k checker) alertRate(rate string, at cursor, name string) {
	k.ok(!at.has(name) || alertRate.MatchString(rate), at.key(name),
		values.Say("预警线应是 0 至 100 的百分数，不带百分号，例如 \"5\" 或 \"2.5\"。", "An alert rate is a percentage from 0 to 100 without its sign, such as \"5\" or \"2.5\"."))
}

// words checks a list of names: none empty, none twice.
func (k checker) words(list []string, at cursor) {
	for i, word := range list {
		k.ok(strings.TrimSpace(word) != "", at.item(i), values.Say("这一项是空的。", "This item is empty."))
		k.ok(!slices.Contains(list[:i], word), at.item(i), values.Say("“%s”重复了。", "%q stands twice.", word))
	}
}

func (k checker) banks(banks []Bank, list cursor) {
	if !k.aligned(list, len(banks)) {
		return
	}
	for i, bank := range banks {
		at := list.item(i)
		k.required(bank.Name, at, "name")
		same := func(other Bank) bool { return bank.Name != "" && other.Name == bank.Name }
		k.ok(!slices.ContainsFunc(banks[:i], same), at.key("name"),
			values.Say("银行“%s”重复了。", "The bank %q stands twice.", bank.Name))
		_, err := path.Match(bank.Match, "")
		k.ok(err == nil, at.key("match"),
			values.Say("通配模式“%s”写错了：[ 要有对应的 ]。", "The pattern %q is malformed: [ needs its ].", bank.Match))
		for _, heading := range sortedKeys(bank.Headings) {
			k.heading(heading, bank.Headings[heading], at.key("headings"))
		}
		k.words(bank.Tolerances, at.key("tolerances"))
		for t, tolerance := range bank.Tolerances {
			k.oneOf(tolerance, at.key("tolerances").item(t), tolerances...)
		}
		k.oneOf(string(bank.RateUnit), at.key("rate_unit"), rateUnits...)
		k.oneOf(string(bank.AmountUnit), at.key("amount_unit"), amountUnits...)
		k.oneOf(string(bank.Days), at.key("days"), dayConventions...)
	}
}

func (k checker) heading(heading, field string, headings cursor) {
	k.ok(values.FoldText(heading) != "", headings.name(heading), values.Say("表头文字是空的。", "The heading is empty."))
	if _, ok := values.ParseField(field); ok || field == IgnoreHeading {
		return
	}
	k.at(headings.key(heading), unknown(field, fieldWords()))
}

// fieldWords are the words that headings may be taught to mean.
func fieldWords() []string {
	words := []string{IgnoreHeading}
	for f := values.FieldNone + 1; f < values.FieldCount; f++ {
		words = append(words, f.String())
	}
	return words
}

func (k checker) payment(file *File, job *Job, at cursor) {
	known := append([]string{OneCard}, sortedKeys(file.Profiles)...)
	known = append(known, sortedKeys(job.Profiles)...)
	k.oneOf(job.Payment.Profile, at.key("profile"), known...)
}

func (k checker) profiles(profiles map[string]Profile, all cursor) {
	for _, name := range sortedKeys(profiles) {
		profile, at := profiles[name], all.key(name)
		k.ok(name != OneCard, all.name(name), values.Say("onecard 是内置格式的名称，请换一个。",
			"onecard is the built-in profile's name; choose another."))
		k.ok(len(profile.Columns) > 0, at.key("columns"), values.Say("缺少 columns，至少要有一列。",
			"columns is missing; at least one is needed."))
		if columns := at.key("columns"); k.aligned(columns, len(profile.Columns)) {
			for i, column := range profile.Columns {
				k.column(column, columns.item(i))
			}
		}
		for i, extension := range profile.Extensions {
			k.oneOf(extension, at.key("extensions").item(i), profileExtensions...)
		}
		k.words(profile.Extensions, at.key("extensions"))
		k.oneOf(profile.Encoding, at.key("encoding"), profileEncodings...)
		k.oneOf(profile.Separator, at.key("separator"), profileSeparators...)
		k.ok(profile.RowLimit >= 0, at.key("row_limit"), values.Say("行数限制不能是负数。", "row_limit is not negative."))
	}
}

func (k checker) column(column Column, at cursor) {
	k.required(column.Title, at, "title")
	if (column.Value == "") == (column.Text == "") {
		k.at(at, values.Say("每列须写 value 或 text，且只写一个。", "A column has either value or text, and not both."))
	}
	k.oneOf(column.Value, at.key("value"), PaymentValues...)
}

func (k checker) returned(r Return, at cursor) {
	for _, heading := range sortedKeys(r.Headings) {
		k.oneOf(r.Headings[heading], at.key("headings").key(heading), ReturnValues...)
	}
	for _, text := range sortedKeys(r.Reasons) {
		k.oneOf(r.Reasons[text], at.key("reasons").key(text), FailureReasons...)
	}
	k.words(r.Paid, at.key("paid"))
	k.words(r.Failed, at.key("failed"))
	for i, word := range r.Failed {
		k.ok(!slices.Contains(r.Paid, word), at.key("failed").item(i),
			values.Say("“%s”不能既表示成功又表示失败。", "%q cannot mean both paid and failed.", word))
	}
}
