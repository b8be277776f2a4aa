package jobs

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tiexi/pipeline/values"
)

var update = flag.Bool("update", false, "write the schema anew")

// minimal is the least that a jobs.yaml must say.
const minimal = `jobs:
  - name: qingshui
    county: {name: 清水县}
    inbox: inbox
    roster: roster.xlsx
    workspace: work
`

// full is the contract's own example.
const full = `jobs:
  - name: qingshui
    county: {name: 清水县, code: "149901", province: 山西省}
    office: 清水县农业农村局
    phones: {agriculture: 0350-0000001, finance: 0350-0000002}
    inbox: fixtures/qingshui/inbox
    roster: fixtures/qingshui/roster.xlsx
    workspace: work/qingshui
    interest_day: 20
    banks:
      - {name: 清水农商银行, match: "*农商*"}
    policies: [bangfu-2026, tuopin-2021]
    notice: {days: 10, kind: calendar}
    approvals: 1
    payment: {profile: onecard, item: "2130507", title: 帮扶小额信贷贴息, memo: 小额贴息}
`

func parse(t *testing.T, text string) *File {
	t.Helper()
	file, err := Parse([]byte(text), filepath.FromSlash("/county/jobs.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTheContractsExampleIsReadWhole(t *testing.T) {
	job := parse(t, full).Jobs[0]
	want := Job{
		Name:        "qingshui",
		County:      County{"清水县", "149901", "山西省"},
		Office:      "清水县农业农村局",
		Phones:      Phones{"0350-0000001", "0350-0000002"},
		Inbox:       filepath.FromSlash("/county/fixtures/qingshui/inbox"),
		Roster:      filepath.FromSlash("/county/fixtures/qingshui/roster.xlsx"),
		Workspace:   filepath.FromSlash("/county/work/qingshui"),
		InterestDay: 20,
		Banks:       []Bank{{Name: "清水农商银行", Match: "*农商*"}},
		Policies:    []string{"bangfu-2026", "tuopin-2021"},
		Notice:      Notice{10, CalendarDays},
		Approvals:   1,
		Payment:     Payment{OneCard, "2130507", "帮扶小额信贷贴息", "小额贴息"},
		Profiles:    map[string]Profile{},
	}
	if diff := cmp.Diff(want, job); diff != "" {
		t.Error(diff)
	}
}

func TestEveryOtherKeyHasADefault(t *testing.T) {
	left, right := parse(t, minimal).Jobs[0], parse(t, full).Jobs[0]
	right.Inbox, right.Roster, right.Workspace = left.Inbox, left.Roster, left.Workspace
	right.Phones, right.Banks, right.County.Code = left.Phones, left.Banks, left.County.Code
	if diff := cmp.Diff(right, left); diff != "" {
		t.Errorf("the defaults are not what the contract's example writes out:\n%s", diff)
	}
}

func TestForgivenForms(t *testing.T) {
	for name, text := range map[string]string{
		"byte order mark":       "\ufeff" + minimal,
		"Windows line ends":     strings.ReplaceAll(minimal, "\n", "\r\n"),
		"keys without a value":  minimal + "    banks:\n    notice:\n    interest_day:\n    approvals: ~\n",
		"an anchor and a merge": "jobs:\n  - &a {name: a, county: {name: 甲县}, inbox: i, roster: r, workspace: w}\n  - <<: *a\n    name: b\n    workspace: v\n",
	} {
		t.Run(name, func(t *testing.T) {
			if job := parse(t, text).Jobs[0]; job.InterestDay != 20 || job.Inbox == "" {
				t.Errorf("read as %+v", job)
			}
		})
	}
}

func TestAnUnquotedCodeKeepsItsZeros(t *testing.T) {
	job := parse(t, strings.Replace(minimal, "{name: 清水县}", "{name: 清水县, code: 014072}", 1)).Jobs[0]
	if job.County.Code != "014072" {
		t.Errorf("code is %q", job.County.Code)
	}
}

func TestAlertRatesKeepTheirDigits(t *testing.T) {
	job := parse(t, minimal+"    alerts: {overdue_rate: 2.50, bad_rate: \"3\"}\n").Jobs[0]
	if job.Alerts != (Alerts{OverdueRate: "2.50", BadRate: "3"}) || parse(t, minimal).Jobs[0].Alerts != (Alerts{}) {
		t.Errorf("alerts are %+v", job.Alerts)
	}
}

func TestAbsolutePathsStay(t *testing.T) {
	inbox := filepath.Join(t.TempDir(), "收件")
	job := parse(t, strings.Replace(minimal, "inbox: inbox", "inbox: '"+inbox+"'", 1)).Jobs[0]
	if job.Inbox != inbox {
		t.Errorf("inbox is %q, want %q", job.Inbox, inbox)
	}
}

// Each mistake is told at its place; the words are looked for in both languages.
func TestMistakes(t *testing.T) {
	add := func(line string) string { return minimal + "    " + line + "\n" }
	for _, c := range []struct {
		name, text string
		line, col  int
		zh, en     string
	}{
		{"unknown key", add("inboks: x"), 7, 5, "是不是“inbox”", `did you mean "inbox"`},
		{"unknown key far from any", add("颜色: 红"), 7, 5, "不认识“颜色”", "Unknown"},
		{"unknown key within", add("notice: {day: 3}"), 7, 14, "是不是“days”", `"days"`},
		{"not a number", add("interest_day: 二十"), 7, 19, "整数", "whole number"},
		{"a fraction of a day", add("notice: {days: 1.5}"), 7, 20, "整数", "whole number"},
		{"a text for a list", add("policies: bangfu-2026"), 7, 15, "列表", "list"},
		{"a list for a text", add("office: [a]"), 7, 13, "一段文字", "text"},
		{"interest day 0", add("interest_day: 0"), 7, 19, "1 至 28", "1 to 28"},
		{"interest day 29", add("interest_day: 29"), 7, 19, "1 至 28", "1 to 28"},
		{"no notice at all", add("notice: {days: 0}"), 7, 20, "至少为 1", "at least 1"},
		{"kind of days", add("notice: {kind: weekdays}"), 7, 20, "是不是“workdays”", "workdays"},
		{"an alert with a percent sign", add(`alerts: {overdue_rate: "5%"}`), 7, 28, "不带百分号", "without its sign"},
		{"an alert above everything", add(`alerts: {overdue_rate: "5", bad_rate: "101"}`), 7, 43, "0 至 100", "0 to 100"},
		{"an alert at nothing", add(`alerts: {bad_rate: ""}`), 7, 24, "百分数", "percentage"},
		{"an unknown alert", add(`alerts: {bad_rates: "5"}`), 7, 14, "是不是“bad_rate”", `"bad_rate"`},
		{"three approvers", add("approvals: 3"), 7, 16, "1 或 2", "1 or 2"},
		{"no approver", add("approvals: 0"), 7, 16, "1 或 2", "1 or 2"},
		{"bank twice", add("banks: [{name: 甲}, {name: 甲}]"), 7, 31, "重复", "twice"},
		{"bank without a name", add(`banks: [{match: "*甲*"}]`), 7, 13, "缺少 name", "name is missing"},
		{"glob", add(`banks: [{name: 甲, match: "[甲"}]`), 7, 30, "通配模式", "pattern"},
		{"field", add(`banks: [{name: 甲, headings: {客户号: idd}}]`), 7, 39, "是不是“id”", `"id"`},
		{"rate unit", add(`banks: [{name: 甲, rate_unit: "%"}]`), 7, 34, "percent", "percent"},
		{"tolerance twice", add(`banks: [{name: 甲, tolerances: [round-amounts, round-amounts]}]`), 7, 51, "重复", "twice"},
		{"tolerance", add(`banks: [{name: 甲, tolerances: [round-amount]}]`), 7, 36, "round-amounts", "round-amounts"},
		{"empty policy", add(`policies: ["", bangfu-2026]`), 7, 16, "空", "empty"},
		{"profile", add("payment: {profile: onecrd}"), 7, 24, "onecard", "onecard"},
		{"column", add("profiles: {p: {columns: [{title: 姓名, value: nam}]}}"), 7, 49, "name", "name"},
		{"column of nothing", add("profiles: {p: {columns: [{title: 姓名}]}}"), 7, 30, "value 或 text", "either value or text"},
		{"column of both", add("profiles: {p: {columns: [{title: 姓名, value: name, text: x}]}}"), 7, 30, "只写一个", "not both"},
		{"profile without columns", add("profiles: {p: {sheet: a}}"), 7, 19, "columns", "columns"},
		{"paid and failed", add("return: {paid: [好], failed: [好]}"), 7, 34, "成功", "paid"},
		{"five digits", strings.Replace(minimal, "{name: 清水县}", "{name: 清水县, code: 14072}", 1), 3, 31, "六位", "six digits"},
		{"key twice", add("inbox: other"), 7, 5, "重复", "twice"},
		{"missing key", strings.Replace(minimal, "    roster: roster.xlsx\n", "", 1), 2, 5, "缺少 roster", "roster is missing"},
		{"missing county name", strings.Replace(minimal, "{name: 清水县}", "{}", 1), 3, 13, "缺少 name", "name is missing"},
		{"inbox is the workspace", strings.Replace(minimal, "inbox: inbox", "inbox: ./work", 1), 6, 16, "收件文件夹", "inbox"},
		{"job name with a space", strings.Replace(minimal, "qingshui", "qing shui", 1), 2, 11, "空格", "spaces"},
		{"language", "lang: fr\n" + minimal, 1, 7, "zh", "zh"},
		{"tab", "jobs:\n\t- name: a\n", 2, 1, "制表符", "tab"},
		{"full-width colon", "jobs:\n  - name：a\n", 2, 5, "全角冒号", "full-width colon"},
		{"indentation", "jobs:\n  - name: a\n   inbox: b\n", 3, 4, "缩进", "indentation"},
		{"second document", minimal + "---\njobs: []\n", 8, 1, "---", "---"},
		{"backslash", "jobs:\n  - inbox: \"D:\\贴息\"\n", 2, 15, "单引号", "single quotes"},
		{"GBK", "jobs:\n  - name: \xc7\xe5\n", 2, 1, "UTF-8", "UTF-8"},
		{"empty", "", 1, 1, "空的", "empty"},
		{"only comments", "# 贴息\n", 1, 1, "空的", "empty"},
		{"no jobs", "jobs: []\n", 1, 7, "没有作业", "no job"},
		{"an empty job", "jobs: [~]\n", 1, 8, "空的", "empty"},
		{"an empty bank", add("banks: [~]"), 7, 13, "空的", "empty"},
		{"another kind of file", "hello\n", 1, 1, "键: 值", "keys and values"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := Parse([]byte(c.text), "/county/jobs.yaml")
			problems, ok := err.(*Problems)
			if !ok {
				t.Fatalf("read as %+v, error %v", file, err)
			}
			for _, p := range problems.List {
				if p.Line == c.line && p.Column == c.col &&
					strings.Contains(p.Text.Chinese, c.zh) && strings.Contains(p.Text.English, c.en) {
					return
				}
			}
			t.Errorf("want %d:%d with %q and %q, got\n%s\n%s", c.line, c.col, c.zh, c.en, problems.In(values.Chinese), problems.In(values.English))
		})
	}
}

func TestAllMistakesComeAtOnce(t *testing.T) {
	_, err := Parse([]byte(`jobs:
  - name: a
    county: {code: 14990}
    foo: 1
    interest_day: 三
  - approvals: 3
    name: a
    notice: {days: 0}
`), "/county/jobs.yaml")
	problems, ok := err.(*Problems)
	if !ok {
		t.Fatal(err)
	}
	got := map[int]int{}
	for _, p := range problems.List {
		got[p.Line]++
	}
	// line 2: inbox, roster, workspace; 3: name, code; 6: county, inbox, roster, workspace, approvals; 7: same name
	want := map[int]int{2: 3, 3: 2, 4: 1, 5: 1, 6: 5, 7: 1, 8: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems by line:\n%s\n%s", diff, problems)
	}
}

func TestTwoJobsDoNotShareAWorkspace(t *testing.T) {
	second := strings.Replace(strings.TrimPrefix(minimal, "jobs:\n"), "qingshui", "other", 1)
	_, err := Parse([]byte(minimal+strings.Replace(second, "workspace: work", "workspace: ./x/../work", 1)), "/county/jobs.yaml")
	if err == nil || !strings.Contains(err.Error(), ":11:16:") {
		t.Errorf("got %v", err)
	}
}

func TestOneOfSeveralJobsIsFoundByName(t *testing.T) {
	second := strings.NewReplacer("qingshui", "other", "workspace: work", "workspace: w2").Replace(strings.TrimPrefix(minimal, "jobs:\n"))
	two := parse(t, minimal+second)
	if job, ok := two.Job("other"); !ok || job.Name != "other" {
		t.Error("other is not found")
	}
	if _, ok := two.Job(""); ok {
		t.Error("two jobs, and one was chosen without a name")
	}
	if job, ok := parse(t, minimal).Job(""); !ok || job.Name != "qingshui" {
		t.Error("the only job needs no name")
	}
}

func TestProfilesOfTheJobWinOverShared(t *testing.T) {
	job := parse(t, "profiles:\n  p: {columns: [{title: 姓名, value: name}], sheet: 共用}\n"+
		"  q: {columns: [{title: 账号, value: account}], separator: tab, extensions: [txt]}\n"+
		minimal+"    payment: {profile: p}\n    profiles: {p: {columns: [{title: 户名, value: name}]}}\n").Jobs[0]
	want := map[string]Profile{
		"p": {Columns: []Column{{Title: "户名", Value: "name"}}, Sheet: "发放清册", Extensions: []string{"xlsx", "csv"}, Encoding: "gb18030", Separator: "comma"},
		"q": {Columns: []Column{{Title: "账号", Value: "account"}}, Sheet: "发放清册", Extensions: []string{"txt"}, Encoding: "gb18030", Separator: "tab"},
	}
	if diff := cmp.Diff(want, job.Profiles); diff != "" {
		t.Error(diff)
	}
}

func TestWhereAConfigurationIsLookedFor(t *testing.T) {
	dir := t.TempDir()
	folder := func(name string, has bool) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Join(path, "tiexi"), 0o700); err != nil {
			t.Fatal(err)
		}
		if has {
			for _, file := range []string{filepath.Join(path, FileName), filepath.Join(path, "tiexi", FileName)} {
				if err := os.WriteFile(file, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		return path
	}
	cwd, exe, user, none := folder("cwd", true), folder("exe", true), folder("user", true), folder("none", false)
	for _, c := range []struct{ explicit, env, cwd, exe, user, want string }{
		{"a.yaml", "b.yaml", cwd, exe, user, "a.yaml"},
		{"", "b.yaml", cwd, exe, user, "b.yaml"},
		{"", "", cwd, exe, user, filepath.Join(cwd, FileName)},
		{"", "", none, exe, user, filepath.Join(exe, FileName)},
		{"", "", none, "", user, filepath.Join(user, "tiexi", FileName)},
	} {
		if got, err := Find(c.explicit, c.env, c.cwd, c.exe, c.user); err != nil || got != c.want {
			t.Errorf("%+v: got %q, %v", c, got, err)
		}
	}
	if path, err := Find("", "", none, none, none); err == nil || !strings.Contains(err.Error(), none) {
		t.Errorf("nothing is there: got %q, %v; want an error that says where was looked", path, err)
	}
}

func TestTheTemplateGivesTheJobBack(t *testing.T) {
	asked := Job{
		Name:      "qingshui",
		County:    County{Name: `清"水\县`, Code: "149901"},
		Phones:    Phones{Agriculture: "0350-0000001"},
		Inbox:     `D:\贴息\收件`,
		Roster:    "名单: 1.xlsx",
		Workspace: "work",
		Banks:     []Bank{{Name: "清水农商银行", Match: "*农商*"}, {Name: "邮储"}},
	}
	text, err := Template(asked)
	if err != nil {
		t.Fatal(err)
	}
	job := parse(t, string(text)).Jobs[0]
	if job.County.Name != asked.County.Name || job.Banks[1].Match != "*邮储*" || job.Phones != asked.Phones ||
		job.Inbox != resolve(filepath.FromSlash("/county"), asked.Inbox) || job.Notice.Days != 10 {
		t.Errorf("read back as %+v from\n%s", job, text)
	}
	asked.Banks = nil
	if text, err = Template(asked); err != nil || parse(t, string(text)).Jobs[0].Banks != nil {
		t.Errorf("without banks: %v\n%s", err, text)
	}
}

func TestTheTemplateNamesEveryKey(t *testing.T) {
	text, err := Template(Job{Name: "a"})
	if err != nil {
		t.Fatal(err)
	}
	for _, typeName := range []string{"File", "Job", "County", "Phones", "Bank", "Notice", "Payment", "Profile", "Column", "Return"} {
		for _, key := range keysOf(typeName) {
			if !strings.Contains(string(text), key+":") {
				t.Errorf("the template does not speak of %s (%s)", key, typeName)
			}
		}
	}
}

// Taking the # off must give a file that loads: the examples are meant to be used.
func TestTheTemplatesExamplesAreValid(t *testing.T) {
	text, err := Template(Job{Name: "a", County: County{Name: "甲县"}, Inbox: "i", Roster: "r", Workspace: "w"})
	if err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile(`(?m)^( *)#([^ \n])`).ReplaceAllString(string(text), "$1$2")
	job := parse(t, all).Jobs[0]
	if len(job.Banks) != 1 || len(job.Profiles) != 1 || len(job.Return.Reasons) != 1 || len(job.Confirm) != 2 || job.Exclusions == "" {
		t.Errorf("read as %+v from\n%s", job, all)
	}
}

func TestTheSchemaIsTheOneCommitted(t *testing.T) {
	schema, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(SchemaName, schema, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(SchemaName)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(committed), string(schema)); diff != "" {
		t.Errorf("run go test ./formats/jobs -update:\n%s", diff)
	}
}
