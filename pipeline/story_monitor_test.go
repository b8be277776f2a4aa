package pipeline_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// monitoringSheet reads a sheet of the story's monitoring workbook.
func (s *story) monitoringSheet(sheet string) [][]string {
	s.t.Helper()
	f, err := excelize.OpenFile(filepath.Join(s.dir, "work", "out", s.quarter.String(), "监测", "季度监测表.xlsx"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return rows
}

// rowOf is the first row that begins with a text.
func rowOf(rows [][]string, first string) []string {
	i := slices.IndexFunc(rows, func(row []string) bool { return len(row) > 0 && row[0] == first })
	if i < 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(rows[i]), func(cell string) bool { return cell == "" })
}

// A contract in several 借据: each is repaid or overdue by itself, and the fund's
// balance of loans is the table's.
//
// By hand: A1's first 借据 of 30,000 is overdue and bad and still owed when its
// second of 20,000 goes on; A2's was only numbered anew; A3's first of 40,000 is
// repaid, its second of 10,000 drawn in the quarter. Opening 30,000 + 50,000 +
// 40,000 + 30,000; closing 50,000 + 50,000 + 10,000 + 30,000.
func TestALoanInSeveralTranches(t *testing.T) {
	s := newStory(t)
	s.statement("农商2026Q3.csv", `
借款人 合同号 借据号 计息本金 实付利息 起息日     止息日     天数 放款日期   到期日期   逾期天数 五级分类
张大山 A1     A1-1   30000    117.88   2026-06-21 2026-07-31 41   2026-04-01 2026-08-01 51       次级
张大山 A1     A1-2   20000    97.75    2026-08-01 2026-09-20 51   2026-04-01 2027-04-01 -        正常
李四海 A2     A2-1   50000    196.46   2026-06-21 2026-07-31 41   2026-04-01 2027-04-01 -        正常
李四海 A2     A2-2   50000    244.38   2026-08-01 2026-09-20 51   2026-04-01 2027-04-01 -        正常
赵五谷 A3     A3-1   40000    157.17   2026-06-21 2026-07-31 41   2026-04-01 2027-04-01 -        正常
赵五谷 A3     A3-2   10000    48.88    2026-08-01 2026-09-20 51   2026-08-01 2026-12-01 -        正常
钱六顺 A4     A4-1   30000    264.50   2026-06-21 2026-09-20 92   2026-04-01 2027-04-01 -        正常`)
	s.fundOpened("10000.00")
	s.ran()
	rows := s.monitoringSheet("季度监测表")
	want := []string{"合计", "4", "4", "150000.00", "30000.00", "40000.00", "140000.00", "1", "30000.00", "21.43", "30000.00", "21.43", "1", "10000.00"}
	if diff := cmp.Diff(want, rowOf(rows, "合计")); diff != "" {
		t.Error(diff)
	}
	if fund := rowOf(rows, "贷款余额(元)"); !slices.Equal(fund, []string{"贷款余额(元)", "140000.00"}) {
		t.Errorf("the fund's balance of loans is %v, that of the table 140000.00", fund)
	}
	due := s.monitoringSheet("到期提示")
	var got []string
	for _, row := range due[3:] {
		got = append(got, strings.Join([]string{row[0], row[5], row[6], row[7], row[10], row[11]}, " "))
	}
	if diff := cmp.Diff([]string{"已逾期 A1 A1-1 30000.00 51 次级", "90日内到期 A3 A3-2 10000.00  正常"}, got); diff != "" {
		t.Error(diff)
	}
}

// fundOpened opens the fund before the first run.
func (s *story) fundOpened(amount string) {
	s.t.Helper()
	s.fundMoney(ledger.FundOpening, amount, "2026-09-01")
}

// The fund's statement follows every run that changes what is outstanding, is
// left alone by a run that changes nothing, and is no output of a county that
// has no fund.
func TestTheFundsStatementFollowsTheRuns(t *testing.T) {
	s := newStory(t)
	const heading = "借款人 合同号 计息本金 实付利息\n"
	paper := filepath.Join(s.dir, "work", "out", "2026Q3", "基金", "风险补偿金收支表.xlsx")
	s.statement("农商2026Q3.csv", heading+"张大山 A1 50000 440.83\n李四海 A2 50000 440.83")
	s.ran()
	if _, err := os.Stat(paper); err == nil {
		t.Fatal("a county without a fund has a statement of it")
	}
	s.fundOpened("10000.00")
	outstanding := func(want, floor string) {
		t.Helper()
		table := readTable(t, paper, "收支表")
		for name, want := range map[string]string{"三、季末贷款余额": want, "　规模下限": floor} {
			if row := table[name]; len(row) < 2 || !sameYuan(row[1], want) {
				t.Errorf("%s is %q, want %s", name, row, want)
			}
		}
	}
	outstanding("100000.00", "6250.00")
	before := must(os.ReadFile(paper))(t)
	if report := s.run(); report.Changed {
		t.Error("nothing has happened, and a run changed something")
	}
	s.on("2026-09-28")
	if report := s.run(); report.Changed || !bytes.Equal(before, must(os.ReadFile(paper))(t)) {
		t.Error("a later day changed the statement of a quarter that is over")
	}
	s.statement("农商2026Q3更正.csv", heading+"张大山 A1 50000 440.83\n李四海 A2 30000 264.50") // 80,000 / 16
	s.ran()
	outstanding("80000.00", "5000.00")
	s.statement("邮储2026Q3.csv", heading+"赵五谷 B1 16000.16 141.07") // 96,000.16 / 16 = 6,000.01
	s.ran()
	outstanding("96000.16", "6000.01")
	s.book("农商台账.csv", "农商银行贷款台账（截至2026年9月20日）", "借款人 合同编号 余额\n张大山 A1 50000\n李四海 A2 30000\n王小梅 A5 32000") // on no statement
	s.ran()
	outstanding("128000.16", "8000.01")
	if err := os.Remove(paper); err != nil {
		t.Fatal(err)
	}
	s.run()
	outstanding("128000.16", "8000.01")
	s.sound()
}

// Opening the fund before a quarter's end shows in that quarter's papers at once,
// whatever quarter it is today.
func TestOpeningTheFundShowsInTheQuartersPapers(t *testing.T) {
	s := newStory(t)
	s.statement("农商2026Q3.csv", "借款人 合同号 计息本金 实付利息\n张大山 A1 50000 440.83")
	s.ran()
	s.fundMoney(ledger.FundOpening, "10000.00", "2026-06-01")
	if got := rowOf(s.monitoringSheet("季度监测表"), "最低应有余额(元)"); !slices.Equal(got, []string{"最低应有余额(元)", "3125.00"}) {
		t.Errorf("the monitoring table says %v", got)
	}
	if row := readTable(t, filepath.Join(s.dir, "work", "out", "2026Q3", "基金", "风险补偿金收支表.xlsx"), "收支表")["　规模下限"]; len(row) < 2 || !sameYuan(row[1], "3125.00") {
		t.Errorf("the fund's statement says %v", row)
	}
	if s.run().Changed {
		t.Error("the run after it changed something")
	}
}

// A statement written while the quarter runs is of that day; the first run after
// the quarter's end makes it the quarter's.
func TestTheFundsStatementOfAQuarterUnderWay(t *testing.T) {
	s := newStory(t)
	s.on("2026-09-15")
	s.statement("农商2026Q3.csv", "借款人 合同号 计息本金 实付利息\n张大山 A1 50000 440.83")
	s.ran()
	s.fundOpened("10000.00")
	said := func() string {
		for text := range readTable(t, filepath.Join(s.dir, "work", "out", "2026Q3", "基金", "风险补偿金收支表.xlsx"), "收支表") {
			if _, after, found := strings.Cut(text, "截至"); found {
				return after[:len("2026年09月15日")]
			}
		}
		return ""
	}
	if day := said(); !strings.HasPrefix(day, "2026年9月15日") {
		t.Errorf("the statement is of %q", day)
	}
	s.on("2026-09-16")
	if report := s.run(); report.Changed {
		t.Error("a day of the running quarter changed something")
	}
	s.on("2026-09-21")
	if report := s.run(); !report.Changed || !strings.HasPrefix(said(), "2026年9月20日") {
		t.Errorf("after the quarter's end the statement is of %q", said())
	}
}

// What is above a limit of jobs.yaml is said after every run, whether or not it
// had anything to do, stands in the workbook, and goes when the limit does.
func TestAlertsAreSaidAfterEveryRun(t *testing.T) {
	s := newStory(t, `    alerts: {overdue_rate: "20", bad_rate: "9.99"}`)
	s.statement("农商2026Q3.csv", `
借款人 合同号 计息本金 实付利息 逾期天数 五级分类
张大山 A1     20000    176.33   30       正常
李四海 A2     30000    264.50   0        正常
钱六顺 A4     50000    440.83   0        次级`)
	s.statement("邮储2026Q3.csv", "借款人 合同号 计息本金 实付利息\n赵五谷 B1 50000 440.83")
	// 农商 20 of 100 overdue, not above 20 %, and 50 bad; 石楼坪乡 20 of 100 overdue; 河西镇 50 of 50 bad
	want := []string{"清水农商银行 bad 50.00", "河西镇 bad 100.00"}
	said := func() (all []string) {
		for _, q := range s.run().Quarters {
			for _, a := range q.Alerts {
				all = append(all, a.Name()+" "+string(a.Kind)+" "+a.Rate)
			}
		}
		return all
	}
	for _, when := range []string{"first", "again"} {
		if diff := cmp.Diff(want, said()); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
	}
	var sheet []string
	for _, row := range s.monitoringSheet("预警")[3:] {
		sheet = append(sheet, row[1]+" "+row[2]+" "+row[5])
	}
	if diff := cmp.Diff([]string{"清水农商银行 不良率 50.00", "河西镇 不良率 100.00"}, sheet); diff != "" {
		t.Error(diff)
	}
	s.write("jobs.yaml", storyJob+`    alerts: {overdue_rate: "19.99"}`)
	s.configure()
	if diff := cmp.Diff([]string{"清水农商银行 overdue 20.00", "石楼坪乡 overdue 20.00"}, said()); diff != "" {
		t.Error(diff)
	}
	s.write("jobs.yaml", storyJob)
	s.configure()
	if got := said(); got != nil || slices.ContainsFunc(s.monitoringSheet("季度监测表"), func(row []string) bool { return strings.Contains(strings.Join(row, ""), "预警") }) {
		t.Errorf("without limits: %v", got)
	}
	s.do(func(ctx context.Context, w *pipeline.Workspace) error {
		files, err := w.Report(ctx, q3, false)
		if err == nil && len(files.Alerts) > 0 {
			t.Errorf("without limits the report has %v", files.Alerts)
		}
		return err
	})
}

// Every township that has loans, people on the roster or a responsible bank
// stands in the sheet, with what its bank has of it.
func TestResponsibleBanksByTownship(t *testing.T) {
	s := newStory(t, "    responsible: 主责任银行.csv")
	s.write("主责任银行.csv", "乡镇,主责任银行\n石楼坪乡,清水农商银行\n石楼坪乡,清水邮储银行\n东山乡,清水农商银行\n")
	s.statement("农商2026Q3.csv", "借款人 合同号 计息本金 实付利息\n张大山 A1 40000 352.67\n钱六顺 A4 30000 264.50")
	s.statement("邮储2026Q3.csv", "借款人 合同号 计息本金 实付利息\n赵五谷 B1 50000 440.83")
	s.ran()
	var got []string
	for _, row := range s.monitoringSheet("主责任银行")[2:] {
		got = append(got, strings.Join(row, "|"))
	}
	// 石楼坪乡 has two banks and both lend there; 河西镇 has people, a loan and no bank; nobody of 东山乡 borrows
	want := []string{
		"东山乡|清水农商银行|0|0|0|0|0.00|0.00|0.00||还没有贷款",
		"河西镇||2|1|0|1|30000.00|0.00|30000.00|0.00|没有主责任银行",
		"石楼坪乡|清水农商银行、清水邮储银行|3|2|2|0|90000.00|90000.00|0.00|100.00",
		"合计||5|3|2|1|120000.00|90000.00|30000.00|75.00",
	}
	if diff := cmp.Diff(want, got[:4]); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(got[4], "没有主责任银行的乡镇：河西镇。") {
		t.Errorf("the note is %s", got[4])
	}
	others := 0
	s.view(func(ctx context.Context, w *pipeline.Workspace) error {
		return w.Findings(ctx, q3, values.Chinese, func(f pipeline.FindingView) error {
			if f.Code == "other-lender" {
				others++
			}
			return nil
		})
	})
	if others != 0 {
		t.Errorf("%d loans of a township's second bank, or of one without a table, are said to be another lender's", others)
	}
}
