package heading_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tiexi/formats/heading"
	"tiexi/formats/internal/grid"
	"tiexi/formats/sheet"
)

const (
	name heading.Key = iota + 1
	id
	begin
	account
)

// A small vocabulary, to show what an entry says.
var people = heading.New(
	heading.Entry{Key: name, Required: true, Names: []string{"姓名", "借款人姓名", "户名"}},
	heading.Entry{Key: id, Required: true, Names: []string{"身份证号", "证件号码"}},
	heading.Entry{Key: begin, Names: []string{"起始日期"}, Groups: []heading.Group{{Parents: []string{"期限"}, Names: []string{"起"}}}, Unless: []string{"合同"}},
	heading.Entry{Key: account, Names: []string{"账户名"}, Second: []string{"户名"}},
)

// locate gives the rows of the heading and the key of each column.
func locate(t *testing.T, v *heading.Vocabulary, text string) string {
	t.Helper()
	head, err := heading.Head(heading.Of(grid.Book(t, text), 0))
	if err != nil {
		t.Fatal(err)
	}
	table := v.Locate(head)
	keys := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		keys[i] = fmt.Sprint(c.Key)
	}
	return fmt.Sprintf("%d-%d %s %v", table.First, table.Last, strings.Join(keys, " "), table.Missing)
}

func TestLocate(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"plain", "姓名 | 身份证号", "1-1 1 2 []"},
		{"below a title", "名单 | <\n姓名 | 身份证号", "2-2 1 2 []"},
		{"below a title of two texts", "名单 | 单位：元\n姓名 | 身份证号", "2-2 1 2 []"},
		{"the longer name wins", "姓名 | 借款人姓名 | 身份证号", "1-1 1 0 2 []"},
		{"a second meaning", "姓名 | 身份证号 | 户名", "1-1 1 2 4 []"},
		{"no second meaning while the first is free", "户名 | 身份证号 | 备注", "1-1 1 2 0 []"},
		{"a name within words that say nothing", "借款人姓名（全称） | 本期身份证号", "1-1 1 2 []"},
		{"a word that makes it another thing", "姓名 | 配偶身份证号 | 证件号码", "1-1 1 0 2 []"},
		{"a word that the entry does not want", "姓名 | 身份证号 | 合同起始日期 | 贷款起始日期", "1-1 1 2 0 3 []"},
		{"a name that needs its group", "姓名 | 身份证号 | 期限 | < | 起\n^ | ^ | 起 | 止 | ^", "1-2 1 2 3 0 0 []"},
		{"groups join with what is below them", "借款人 | 证件信息\n姓名 | 号码", "1-2 1 2 []"},
		{"groups that read like titles, where without them two columns are the same", "原贷款2025 | < | 现贷款2026 | <\n姓名 | 身份证号 | 姓名 | 身份证号", "1-2 0 0 1 2 []"},
		{"nearest row of an incomplete table", "名单 | 说明\n姓名 | 性别\n张三 | 男", "2-2 1 0 [身份证号]"},
		{"nothing", "今天 | 天晴", "0-0  [姓名 身份证号]"},
		{"figures are no headings", "姓名 | 身份证号 | #2026\n张三 | 1", "0-0  [姓名 身份证号]"},
	} {
		if got := locate(t, people, test.text); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestTeach(t *testing.T) {
	taught := people.Teach(map[string]heading.Key{"编码": id, "甲方/姓名": heading.Ignored, "称呼（全）": name})
	for text, want := range map[string]string{
		"称呼(全) | 编码（18位）":             "1-1 1 2 []",
		"甲方 | 乙方 | 编码\n姓名 | 姓名 | ^":   "1-2 -1 1 2 []",
		"甲方 | < | 乙方\n姓名 | 姓名 | 身份证号": "1-2 -1 -1 2 [姓名]",
	} {
		if got := locate(t, taught, text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if got := locate(t, people, "称呼 | 编码"); got != "0-0  [姓名 身份证号]" {
		t.Errorf("teaching changed what was taught from: %s", got)
	}
}

func TestScanGivesEveryRowBelow(t *testing.T) {
	for _, n := range []int{0, 1, 39, 40, 41, 100} {
		text := "名单\n姓名 | 身份证号" + strings.Repeat("\n张三 | 1", n)
		var rows []int
		found := 0
		table, err := heading.Scan(heading.Of(grid.Book(t, text), 0), people,
			func(*heading.Table) error { found++; return nil },
			func(row sheet.Row) error { rows = append(rows, row.Number); return nil })
		if err != nil || found != 1 || len(rows) != n || n > 0 && (rows[0] != 3 || rows[n-1] != n+2) || !table.Complete() {
			t.Errorf("%d rows: %v, found %d, %v", n, err, found, rows)
		}
	}
}

func TestScanStops(t *testing.T) {
	full := errors.New("full")
	_, err := heading.Scan(heading.Of(grid.Book(t, "姓名 | 身份证号\n张三 | 1\n李四 | 2"), 0), people,
		func(*heading.Table) error { return nil }, func(sheet.Row) error { return full })
	if err != full {
		t.Error(err)
	}
	table, err := heading.Scan(heading.Of(grid.Book(t, "姓名 | 性别"+strings.Repeat("\n张三 | 男", 100)), 0), people, nil, nil)
	if err != nil || table.Complete() {
		t.Error(table, err)
	}
}

func TestRepeats(t *testing.T) {
	head, err := heading.Head(heading.Of(grid.Book(t, "名单\n姓名 | 身份证号 | 起始日期"), 0))
	if err != nil {
		t.Fatal(err)
	}
	table := people.Locate(head)
	var got []int
	rows, err := heading.Head(heading.Of(grid.Book(t, "名单\n姓名 | 身份证号 | 起始日期\n姓名\n张三 | 身份证号 | 起始日期\n名单 | 1\n | | 起始日期"), 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		got = append(got, table.Repeats(row))
	}
	if diff := cmp.Diff([]int{1, 2, 0, 0, 0, 0}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"贷 款 人": "贷款人", "乡（镇）": "乡镇", "1、借款人": "借款人", "①借款人": "借款人", "一卡通帐号": "一卡通账号", "年利率\n(%)": "年利率", "*身份证号：": "身份证号", "2026年": "2026年", "ｌｐｒ利率": "LPR利率",
	} {
		if got := heading.Fold(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	err := &heading.NoTableError{File: "甲.xlsx", Want: errors.New("没有名单的表头"), Advice: "请核对。", Sheets: []heading.Skipped{
		{Name: "一", Hidden: true}, {Name: "二"}, {Row: 3, Missing: []string{"姓名", "身份证号"}}}}
	if got, want := err.Error(), "文件“甲.xlsx”里没有名单的表头。工作表“一”已隐藏；工作表“二”没有认得的列；表内第 3 行最像表头，缺少：姓名、身份证号。请核对。"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
