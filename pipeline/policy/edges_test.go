package policy_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"tiexi/pipeline/policy"
)

const oneLoan = `说明: 试
用例:
  - 名称: 甲
    条款: 一(六)
    季度: 2026Q3
    贷款:
      - {合同: A, 放款: 2026-04-10, 到期: 2028-04-10, 次数: 0, 利息: [{起: 2026-06-21, 止: 2026-09-20, 余额: 50000, 利率: 3.45, 实付: 440.83}]}
`

// mistakes runs cases and lists what did not come out, in English.
func mistakes(files map[string]string) (told []string, results []policy.CaseResult) {
	folder := fstest.MapFS{}
	for name, text := range files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	results = policy.RunCases(folder)
	for _, r := range results {
		for _, p := range r.Problems {
			told = append(told, p.InEnglish())
		}
	}
	return told, results
}

// An expectation of whatever kind holds where it is right and is told where it
// is wrong: a case that cannot fail proves nothing.
func TestEveryKindOfExpectationCanFail(t *testing.T) {
	for _, test := range []struct{ right, wrong string }{
		{"应得: [{中央: 308.58, 省级: 132.25}]", "应得: [{中央: 308.58, 省级: 132.25, 市级: 0.01}]"},
		{"应得: [{中央: 308.58, 省级: 132.25, 县级: 0}]", "应得: [{中央: 308.57, 省级: 132.25}]"},
		{"应得: [{中央: 308.58, 省级: 132.25, 分政策: [{政策: bangfu-2026, 中央: 308.58, 省级: 132.25}]}]",
			"应得: [{中央: 308.58, 省级: 132.25, 分政策: [{政策: bangfu-2026, 中央: 308.58, 省级: 132.24}]}]"},
		{"应得: [{中央: 308.58, 省级: 132.25, 未定标准: []}]", "应得: [{中央: 308.58, 省级: 132.25, 未定标准: [{起: 2026-06-21, 止: 2026-06-22}]}]"},
		{"归属: [{日: 2026-06-21, 政策: bangfu-2026}]", "归属: [{日: 2026-06-21, 政策: 无}]"},
		{"条件: [{政策: bangfu-2026}]", "条件: [{政策: tuopin-2021}]"},
		{"条件: [{判定日: 2026-04-10}]", "条件: [{判定日: 2026-04-11}]"},
		{"条件: [{年龄下限: 18}]", "条件: [{年龄下限: 19}]"},
		{"条件: [{年龄上限: 65}]", "条件: [{年龄上限: 64}]"},
		{"条件: [{单笔上限: 100000.00}]", "条件: [{单笔上限: 100000.01}]"},
		{"条件: [{全户上限: 100000.00}]", "条件: [{全户上限: 99999.99}]"},
		{"条件: [{大额起点: 50000.00}]", "条件: [{大额起点: 50000.01}]"},
		{"条件: [{期限月数: 36}]", "条件: [{期限月数: 35}]"},
		{"条件: [{展期月数: 36}]", "条件: [{展期月数: 37}]"},
		{"条件: [{展期次数: 1}]", "条件: [{展期次数: 2}]"},
		{"条件: [{禁用词: 建房}]", "条件: [{禁用词: 养牛}]"},
		{"条件: [{担保: 信用}]", "条件: [{担保: 抵押}]"},
		{"条件: [{展期: 否, 政策: bangfu-2026}]", "条件: [{展期: 是, 政策: bangfu-2026}]"},
	} {
		if told, _ := mistakes(map[string]string{"x.yaml": oneLoan + "    " + test.right + "\n"}); len(told) != 0 {
			t.Errorf("%s is right, and yet: %v", test.right, told)
		}
		if told, _ := mistakes(map[string]string{"x.yaml": oneLoan + "    " + test.wrong + "\n"}); len(told) != 1 {
			t.Errorf("%s is wrong, and what is told is %v", test.wrong, told)
		}
	}
}

// A case that lacks what it needs, or says it in no way that can be read, is
// told, and the next file is run all the same.
func TestAnUnfinishedCaseIsToldAndTheNextFileRun(t *testing.T) {
	whole := oneLoan + "    应得: [{中央: 308.58, 省级: 132.25}]\n"
	for _, test := range []struct{ from, to, want string }{
		{"放款: 2026-04-10, ", "", `"放款" is missing`},
		{"到期: 2028-04-10, ", "", `"到期" is missing`},
		{"起: 2026-06-21, ", "", `"起" is missing`},
		{"止: 2026-09-20, ", "", `"止" is missing`},
		{"    季度: 2026Q3\n", "", `"季度" is missing`},
		{"次数: 0", "次数: -1", `"次数" wants a whole number, not "-1"`},
		{"次数: 0", "次数: 一次", `"次数" wants a whole number, not "一次"`},
	} {
		text := strings.Replace(whole, test.from, test.to, 1)
		told, results := mistakes(map[string]string{"a.yaml": text, "b.yaml": whole})
		if len(told) != 1 || !strings.HasSuffix(told[0], test.want) {
			t.Errorf("%q for %q: told %v", test.to, test.from, told)
		}
		if len(results) != 2 || results[0].Passed() || !results[1].Passed() {
			t.Errorf("%q for %q: results %+v", test.to, test.from, results)
		}
	}
}

func TestBoundsOfTheAge(t *testing.T) {
	settings := func(low, high string) string {
		return "extends: bangfu-2026\nsettings:\n  age_min: {value: '" + low + "', source: s}\n  age_max: {value: '" + high + "', source: s}\n"
	}
	for _, test := range []struct {
		low, high string
		wrong     bool
	}{{"18", "60", false}, {"40", "40", false}, {"41", "40", true}} {
		_, told := loadText([]string{"own.yaml"}, map[string]string{"own.yaml": settings(test.low, test.high)})
		if (len(told) == 1 && strings.Contains(told[0], "age_max is below age_min")) != test.wrong || len(told) > 1 {
			t.Errorf("%s to %s: %v", test.low, test.high, told)
		}
	}
}

// A county that lists its own file beside the policy that it extends is told
// so, once.
func TestAPolicyBesideItsOwnExtension(t *testing.T) {
	_, told := loadText([]string{"bangfu-2026", "tuopin-2021", "own.yaml"}, map[string]string{"own.yaml": "extends: tuopin-2021\n"})
	if len(told) != 1 || !strings.Contains(told[0], "tuopin-2021 is listed twice; a file that extends it stands in its place") {
		t.Errorf("told %v", told)
	}
}

// Before the first row of a county's old terms begins, and up to the day before
// it, there are none: those days are told, to the day.
func TestTheDaysBeforeTheFirstTermsAreToldToTheDay(t *testing.T) {
	const own = `extends: tuopin-2021
terms:
  - {name: 下半年起, accrual: {from: 2026-07-01}, ceiling: "50000", rate: {percent: "100"}, shares: {central: "60", provincial: "40"}, clause: c, source: s}
`
	text := strings.NewReplacer("    季度: 2026Q3\n", "    政策: [bangfu-2026, policies/own.yaml]\n    季度: 2026Q3\n", "放款: 2026-04-10", "放款: 2025-04-10").Replace(oneLoan)
	for days, want := range map[string]int{"{起: 2026-06-21, 止: 2026-06-30}": 0, "{起: 2026-06-21, 止: 2026-07-01}": 1} {
		// 440.83 × 82/92 is 392.91, of which 60 % are 235.75; the province has the rest
		told, _ := mistakes(map[string]string{"policies/own.yaml": own, "x.yaml": text + "    应得: [{中央: 235.75, 省级: 157.16, 未定标准: [" + days + "]}]\n"})
		if len(told) != want {
			t.Errorf("%s: told %v", days, told)
		}
	}
}
