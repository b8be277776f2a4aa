package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tiexi/pipeline/values"
)

const demoQuarter = "2026Q3"

var (
	clerk     = values.Say("县农业农村局经办人", "clerk of the agriculture bureau")
	villages  = values.Say("各乡镇、村", "townships and villages")
	director  = values.Say("县农业农村局负责人", "director of the agriculture bureau")
	treasurer = values.Say("县财政局", "finance bureau")
)

// scenes is the quarter, in the order in which it happens.
var scenes = []scene{
	{
		day: "2026-09-21", who: clerk,
		what: values.Say("季度在昨天结束。四家银行的贴息名单已放进收件文件夹。运行一次，看核验出了什么。",
			"The quarter ended yesterday; four banks' statements lie in the inbox. One run shows what the checks find."),
		commands: [][]string{{"run"}},
	},
	{
		day: "2026-09-23", who: clerk,
		what: values.Say("核实待核的行：年龄的由乡镇核实为原则外情形，予以通过；用途不符的退回。意见可以成批登记，也可以填在 问题清单.xlsx 里放回收件文件夹。",
			"The held lines are looked into: those about age are accepted, those about purpose go back. Decisions can be recorded in bulk, or filled into 问题清单.xlsx and put into the inbox."),
		commands: [][]string{
			{"decide", "accept", "--code", "age-out-of-range", "--why", "乡镇核实，具备还款能力", "--operator", "李经办"},
			{"decide", "return", "--code", "purpose-not-allowed", "--why", "不属于生产用途", "--operator", "李经办"},
			{"run"},
		},
	},
	{
		day: "2026-09-25", who: villages,
		what: values.Say("打印并张贴各村公示清单，经办人登记张贴日期。公示 10 天，首尾都算。",
			"The lists are printed and posted; the clerk records the day. The notice runs ten days, first and last included."),
		commands: [][]string{{"notice", "posted", "--on", "2026-09-25", "--operator", "李经办"}},
	},
	{
		day: "2026-09-28", who: clerk,
		what:     values.Say("公示期内再运行，不会有任何款项放行。", "A run within the notice period lets nothing out."),
		commands: [][]string{{"run"}},
	},
	{
		day: "2026-10-05", who: clerk,
		what:     values.Say("公示期满，运行后编出待审批的批次和审批单。", "The notice has run; a batch is drafted, with its approval sheet."),
		commands: [][]string{{"run"}},
	},
	{
		day: "2026-10-08", who: director,
		what: values.Say("核对审批单后审批。批次从此按摘要冻结，发放清册和资金汇总写出。",
			"Having checked the sheet, the director approves. The batch is frozen by its digest; payment file and summary are written."),
		commands: [][]string{{"approve", "--operator", "王局长"}},
	},
	{
		day: "2026-10-09", who: treasurer,
		what:     values.Say("把发放清册导入一卡通平台，登记报送。", "The payment file goes to the One-Card platform."),
		commands: [][]string{{"mark-sent", demoQuarter + "-01", "--on", "2026-10-09", "--operator", "赵财政"}},
	},
	{
		day: "2026-10-15", who: treasurer,
		what:    values.Say("平台返回回盘文件：三笔失败，其余成功。", "The platform's return file comes: three rows failed, the rest went through."),
		prepare: func(folder string) error { return answerBatch(folder, "01", "2026-10-14", demoFailures) },
		commands: [][]string{
			{"return", filepath.Join("{folder}", "回盘-01.csv"), "--operator", "赵财政"},
			{"payments", "--state", "failed"},
		},
	},
	{
		day: "2026-10-20", who: clerk,
		what: values.Say("与农户核对，问题已在开户行处理。失败的各笔自动编入第二批：不必再公示，仍须审批。",
			"The households have settled it with their banks. The failed rows are drafted again: no new notice, but an approval of their own."),
		commands: [][]string{
			{"run"},
			{"approve", "--operator", "王局长"},
			{"mark-sent", demoQuarter + "-02", "--on", "2026-10-20", "--operator", "赵财政"},
		},
	},
	{
		day: "2026-10-26", who: treasurer,
		what:     values.Say("第二批全部成功。", "The second batch went through."),
		prepare:  func(folder string) error { return answerBatch(folder, "02", "2026-10-23", nil) },
		commands: [][]string{{"return", filepath.Join("{folder}", "回盘-02.csv"), "--operator", "赵财政"}, {"status"}, {"audit"}},
	},
}

// demoFailures are the rows of the first batch that fail, and why.
var demoFailures = map[int]string{10: "户名不符", 20: "账号不存在", 30: "账户状态异常"}

// answerBatch plays the platform: it takes the payment file as written and
// answers every row.
func answerBatch(folder, batch, day string, failures map[int]string) error {
	sent := filepath.Join(folder, "work", "qingshui", "out", demoQuarter, "发放", demoQuarter+"-"+batch+".csv")
	raw, err := os.ReadFile(sent)
	if err != nil {
		return err
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return err
	}
	var answer bytes.Buffer
	w := csv.NewWriter(&answer)
	for i, row := range rows {
		state, reason, on := "成功", "", day
		if i == 0 {
			state, reason, on = "发放状态", "失败原因", "发放日期"
		} else if failures[i] != "" {
			state, reason = "失败", failures[i]
		}
		if err := w.Write(append(row, state, reason, on)); err != nil {
			return err
		}
	}
	w.Flush()
	return os.WriteFile(filepath.Join(folder, "回盘-"+batch+".csv"), answer.Bytes(), 0o600)
}
