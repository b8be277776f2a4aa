package pipeline_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiexi/fixtures/fund"
	"tiexi/formats/sheet"
	"tiexi/pipeline"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

var q4 = values.Quarter{Year: 2026, Number: 4}

// fundCounty is the small county with the bank's sheets for the fund beside it.
func fundCounty(t *testing.T) *county {
	t.Helper()
	c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	for _, name := range []string{fund.Claims, fund.Recoveries} {
		if err := os.WriteFile(filepath.Join(c.dir, name), must(fund.FS.ReadFile(name))(t), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// on gives one command on a day.
func (c *county) on(t *testing.T, day string, do func(context.Context, *pipeline.Workspace) error) {
	t.Helper()
	if err := c.act(pipeline.Options{Today: values.MustDate(day)}, do); err != nil {
		t.Fatal(err)
	}
}

func (c *county) money(t *testing.T, day string, kind ledger.FundKind, amount string) {
	t.Helper()
	c.on(t, day, func(ctx context.Context, w *pipeline.Workspace) error {
		_, err := w.AddToFund(ctx, pipeline.FundEntryRequest{Kind: kind, Amount: yuan(amount), On: values.MustDate(day), Why: "专户回单"})
		return err
	})
}

func (c *county) pay(t *testing.T, day, contract string, want [3]string) {
	t.Helper()
	c.on(t, day, func(ctx context.Context, w *pipeline.Workspace) error {
		report, err := w.DecideClaim(ctx, pipeline.FundDecision{Contract: contract, Pay: true, On: values.MustDate(day), Why: "已核实"})
		if err == nil && [3]values.Fen{report.Amount, report.Bank, report.Balance} != [3]values.Fen{yuan(want[0]), yuan(want[1]), yuan(want[2])} {
			t.Errorf("%s is paid %s and %s, the fund holds %s; want %v", contract, report.Amount, report.Bank, report.Balance, want)
		}
		return err
	})
}

func (c *county) sheetOfBank(t *testing.T, day, name string, do func(*pipeline.Workspace, context.Context, pipeline.FundFileRequest) (*pipeline.FundFileReport, error)) (report *pipeline.FundFileReport) {
	t.Helper()
	c.on(t, day, func(ctx context.Context, w *pipeline.Workspace) (err error) {
		report, err = do(w, ctx, pipeline.FundFileRequest{File: filepath.Join(c.dir, name)})
		return err
	})
	return report
}

// fourthQuarter is the bank's next statement: the same loans, 91 days on.
func fourthQuarter(t *testing.T, c *county) {
	t.Helper()
	text := strings.Join(must(linesOf(filepath.Join(c.job.Inbox, smallStatement)))(t), "\r\n")
	for _, change := range [][2]string{{"20260621", "20260920"}, {"20260921", "20261220"}, {",92,", ",91,"}, {"20260920", "20260921"}, {"20261220", "20261221"}} {
		text = strings.ReplaceAll(text, change[0], change[1])
	}
	name := strings.Replace(smallStatement, "Q3", "Q4", 1)
	if err := os.WriteFile(filepath.Join(c.job.Inbox, name), gb18030(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The sample county over two quarters: a fund, three claims of which one asks
// for more than was lost, a recovery that is reported twice.
//
// By hand: 汪慧 lost 9,876.54, of which the fund bears 7/10 = 6,913.578, so
// 6,913.57 and the bank 2,962.97; 李建军 lost 45,000.00: 31,500.00 and 13,500.00;
// 3,333.33 came back on the first, of which 2,333.331, so 2,333.33, are the
// fund's. 300,000.00 + 12.34 + 100,000.00 − 6,913.57 + 2,333.33 − 31,500.00 =
// 363,932.10.
func TestTheFundOverTwoQuarters(t *testing.T) {
	t.Parallel()
	c := fundCounty(t)
	c.on(t, "2026-09-25", func(ctx context.Context, w *pipeline.Workspace) error { return run(ctx, c, w) })
	c.on(t, "2026-09-25", func(ctx context.Context, w *pipeline.Workspace) error {
		for _, e := range []pipeline.FundEntryRequest{
			{Kind: ledger.FundOpening, Amount: yuan("300000.00"), On: values.MustDate("2026-09-01")},
			{Kind: ledger.FundInterest, Amount: yuan("12.34"), On: values.MustDate("2026-09-20")},
		} {
			if _, err := w.AddToFund(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})

	claims := c.sheetOfBank(t, "2026-10-20", fund.Claims, (*pipeline.Workspace).Claim)
	if len(claims.Taken) != 2 || len(claims.Returned) != 1 || claims.Returned[0].Reason.Chinese != "申请分担 55,000.00 元，超过损失 50,000.00 元；申请分担 55,000.00 元，超过贷款余额 50,000.00 元" {
		t.Fatalf("of three claims: %+v", claims)
	}
	if again := c.sheetOfBank(t, "2026-10-21", fund.Claims, (*pipeline.Workspace).Claim); again.Known != 2 || len(again.Taken) != 0 || len(again.Returned) != 1 {
		t.Errorf("the same sheet again: %+v", again)
	}
	c.pay(t, "2026-10-22", "ZC149901000088", [3]string{"-6913.57", "-2962.97", "293098.77"})
	c.money(t, "2026-11-01", ledger.FundDeposit, "100000.00")
	back := c.sheetOfBank(t, "2026-11-16", fund.Recoveries, (*pipeline.Workspace).RecoverForFund)
	if len(back.Taken) != 1 || back.Taken[0].Fund != yuan("2333.33") || back.Taken[0].Bank != yuan("1000.00") || len(back.Returned) != 1 || back.Known != 0 {
		t.Errorf("recoveries: %+v", back)
	}
	if again := c.sheetOfBank(t, "2026-11-16", fund.Recoveries, (*pipeline.Workspace).RecoverForFund); again.Known != 1 || again.Balance != back.Balance {
		t.Errorf("the same recoveries again: %+v", again)
	}
	c.pay(t, "2026-12-15", "ZC149901000054", [3]string{"-31500.00", "-13500.00", "363932.10"})

	fourthQuarter(t, c)
	c.on(t, "2026-12-25", func(ctx context.Context, w *pipeline.Workspace) error { return run(ctx, c, w) })
	leavesTheSubsidyList(t, c)
	for _, q := range []values.Quarter{q3, q4} {
		c.on(t, "2026-12-25", func(ctx context.Context, w *pipeline.Workspace) error {
			_, err := w.WriteFundStatement(ctx, q, false)
			return err
		})
		statementIsPlainSQL(t, c, q)
	}
	account := readTable(t, filepath.Join(c.outDir(), "2026Q4", "基金", "风险补偿金收支表.xlsx"), "补偿与追回")
	if late := account["ZC149901000054"]; !slices.Contains(late, "超期5天") || !slices.Contains(late, "2026-12-10") {
		t.Errorf("the claim that was paid late: %q", late)
	}
	if inTime := account["ZC149901000088"]; slices.ContainsFunc(inTime, func(s string) bool { return strings.HasPrefix(s, "超期") }) || !slices.Contains(inTime, "2333.33") {
		t.Errorf("the claim that was paid in time: %q", inTime)
	}
	returned := readTable(t, filepath.Join(c.outDir(), "2026Q4", "基金", "退回-清水邮政储汇银行.xlsx"), "退回")
	if row := returned["ZC149901000018"]; len(row) == 0 || !strings.Contains(row[len(row)-1], "超过损失 50,000.00 元") {
		t.Errorf("the bank gets back %q", returned)
	}
	soundFund(t, c)
}

// leavesTheSubsidyList: a compensated loan's next statement is returned, its
// earlier one stays accepted.
func leavesTheSubsidyList(t *testing.T, c *county) {
	t.Helper()
	found := map[string]string{}
	c.look(t, "2026-12-25", func(ctx context.Context, w *pipeline.Workspace) error {
		for _, q := range []values.Quarter{q3, q4} {
			err := w.Lines(ctx, q, func(l pipeline.LineView) error {
				if slices.Contains(l.Findings, "compensated-loan") {
					found[q.String()] += l.Contract + " " + string(l.Outcome) + " "
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if len(found) != 1 || found["2026Q4"] != "ZC149901000088 returned ZC149901000054 returned " {
		t.Errorf("compensated loans on the lists: %v", found)
	}
}

// statementIsPlainSQL finds every figure of the statement in the ledger again,
// by queries of this test's own.
func statementIsPlainSQL(t *testing.T, c *county, q values.Quarter) {
	t.Helper()
	from, to := q.First(20).String(), q.Last(20).String()
	sum := func(where string) string {
		return `SELECT printf('%d.%02d', abs(s) / 100, abs(s) % 100), s < 0 FROM (SELECT coalesce(sum(amount), 0) AS s FROM fund_entry WHERE ` + where + `)`
	}
	within := ` AND on_day BETWEEN '` + from + `' AND '` + to + `'`
	outstanding := `SELECT sum(balance) AS s FROM line WHERE quarter = '` + q.String() + `' AND live = 1
		AND id NOT IN (SELECT line_id FROM judgement WHERE outcome = 'returned')`
	closing := `SELECT sum(amount) FROM fund_entry WHERE on_day <= '` + to + `'`
	show := func(inner string) string { return `SELECT printf('%d.%02d', s / 100, s % 100), 0 FROM (` + inner + `)` }
	queries := map[string]string{
		"一、季初余额":    sum(`on_day < '` + from + `'`),
		"　初始余额":     sum(`kind = 'opening'` + within),
		"　拨入":       sum(`kind = 'deposit'` + within),
		"　利息":       sum(`kind = 'interest'` + within),
		"　追回资金退回专户": sum(`kind = 'recovery'` + within),
		"　风险补偿支出":   sum(`kind = 'compensation'` + within),
		"　冲销":       sum(`kind = 'reversal'` + within),
		"二、季末余额":    sum(`on_day <= '` + to + `'`),
		"三、季末贷款余额":  show(outstanding),
		"　规模下限":     show(`SELECT (s + 15) / 16 AS s FROM (` + outstanding + `)`),
		"　低于下限的差额":  show(`SELECT max(0, (s + 15) / 16 - (` + closing + `)) AS s FROM (` + outstanding + `)`),
	}
	table := readTable(t, filepath.Join(c.outDir(), q.String(), "基金", "风险补偿金收支表.xlsx"), "收支表")
	db := openPlain(t, filepath.Join(c.job.Workspace, "ledger.db"))
	for name, query := range queries {
		var want string
		var negative bool
		if err := db.QueryRow(query).Scan(&want, &negative); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if negative {
			want = "-" + want
		}
		if row := table[name]; len(row) < 2 || !sameYuan(row[1], want) {
			t.Errorf("%s %s is %q, plain SQL gives %s", q, name, row, want)
		}
	}
}

func sameYuan(a, b string) bool {
	x, err1 := values.ParseFen(a)
	y, err2 := values.ParseFen(b)
	return err1 == nil && err2 == nil && x == y
}

func openPlain(t *testing.T, path string) *sql.DB {
	t.Helper()
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	db := must(sql.Open("sqlite", dsn.String()))(t)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// readTable is a sheet's rows by each of their texts.
func readTable(t *testing.T, path, name string) map[string][]string {
	t.Helper()
	book := must(sheet.Open(path))(t)
	defer func() { _ = book.Close() }()
	table := map[string][]string{}
	for _, s := range book.Sheets() {
		if s.Name != name {
			continue
		}
		if err := book.Rows(s.Index, func(row sheet.Row) error {
			var cells []string
			for _, c := range row.Cells {
				if !c.Covered {
					cells = append(cells, c.Text)
				}
			}
			for _, c := range cells {
				table[c] = cells
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return table
}

func soundFund(t *testing.T, c *county) {
	t.Helper()
	c.look(t, "2026-12-25", func(ctx context.Context, w *pipeline.Workspace) error {
		report, err := w.Audit(ctx)
		if err != nil {
			return err
		}
		said := 0
		for _, p := range report.Proved {
			if strings.HasPrefix(p.Chinese, "风险补偿金") {
				said++
			}
		}
		if !report.Sound() || said != 4 {
			t.Errorf("the audit says %d things of the fund; failures: %v", said, report.Failures)
		}
		return nil
	})
}

// fundStory is a county of two loans of 50,000 yuan with a fund of 100,000.
func fundStory(t *testing.T) *story {
	s := newStory(t)
	s.statement("农商2026Q3.csv", `
借款人 合同号 计息本金 实付利息 起息日     止息日     天数
张大山 A1     50000    440.83   2026-06-21 2026-09-20 92
李四海 A2     50000    440.83   2026-06-21 2026-09-20 92
赵五谷 A3     50000    440.83   2026-06-21 2026-09-20 92`)
	s.ran()
	s.fundMoney(ledger.FundOpening, "100000.00", "2026-09-01")
	return s
}

func (s *story) fundMoney(kind ledger.FundKind, amount, on string) {
	s.t.Helper()
	s.do(func(ctx context.Context, w *pipeline.Workspace) error {
		_, err := w.AddToFund(ctx, pipeline.FundEntryRequest{Kind: kind, Amount: yuan(amount), On: values.MustDate(on)})
		return err
	})
}

// claim brings a sheet of claims, its rates 4 and 2 percent unless it says so.
func (s *story) claim(file, text string) *pipeline.FundFileReport {
	s.t.Helper()
	return s.fundSheet(file, text, (*pipeline.Workspace).Claim)
}

func (s *story) fundSheet(file, text string, do func(*pipeline.Workspace, context.Context, pipeline.FundFileRequest) (*pipeline.FundFileReport, error)) (report *pipeline.FundFileReport) {
	s.t.Helper()
	headings, rows := table(text)
	s.write(file, csvText(append([][]string{headings}, rows...)))
	bad, overall := values.MustRate("4"), values.MustRate("2")
	s.do(func(ctx context.Context, w *pipeline.Workspace) (err error) {
		report, err = do(w, ctx, pipeline.FundFileRequest{File: filepath.Join(s.dir, file), BadRate: &bad, OverallRate: &overall})
		return err
	})
	return report
}

func (s *story) decideClaim(contract string, pay bool) func(context.Context, *pipeline.Workspace) error {
	return func(ctx context.Context, w *pipeline.Workspace) error {
		_, err := w.DecideClaim(ctx, pipeline.FundDecision{Contract: contract, Pay: pay, On: s.today, Why: "已核实"})
		return err
	}
}

// Whatever is wrong with a claim, it goes back with every reason; nothing of it
// is mended into place.
func TestClaimsThatGoBack(t *testing.T) {
	s := fundStory(t)
	for i, c := range []struct{ row, want string }{
		{"张大山 A9 死亡 2026-08-01 100 - - - -", "没有 清水农商银行 的合同 A9"},
		{"王小梅 A1 死亡 2026-08-01 100 - - - -", "借款人与台账不符（台账为张大山）"},
		{"张大山 A1 意外 2026-08-01 100 - - - -", "不在死亡、重病、灾害、经营失败之内"},
		{"张大山 A1 灾害 2026-08-01 100 - - - -", "没有写明可否续贷"},
		{"张大山 A1 灾害 2026-08-01 100 - 可 - -", "还可以续贷"},
		{"张大山 A1 死亡 2026-08-01 100 101 - - -", "超过损失 100.00 元"},
		{"张大山 A1 死亡 2026-08-01 50000.01 - - - -", "超过贷款余额 50,000.00 元"},
		{"张大山 A1 死亡 2026-08-01 100.001 - - - -", "单元格 E2（损失金额）的“100.001”不能采用"},
		{"张大山 A1 死亡 2026-08-01 - - - - -", "单元格 E2（损失金额）没有填写"},
		{"张大山 A1 死亡 2026-08-01 0 - - - -", "不能采用"},
		{"张大山 A1 死亡 2026-12-01 100 - - - -", "晚于今天"},
		{"张大山 A1 死亡 2026-04-01 100 - - - -", "不晚于放款日期 2026-04-01"},
		{"张大山 A1 死亡 2026-08-01 100 - - 5.01 2.00", "不良率 5.01% 超过该行各项贷款不良率 2% 加 3 个百分点"},
	} {
		r := s.claim(strings.Repeat("再", i)+"农商申请.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额 申请分担金额 可否续贷展期 帮扶小额信贷不良率 各项贷款不良率\n"+c.row)
		if len(r.Taken) != 0 || len(r.Returned) != 1 || !strings.Contains(r.Returned[0].Reason.Chinese, c.want) {
			t.Errorf("%s: %+v, want it back for %q", c.row, r, c.want)
		}
	}
	taken := s.claim("农商申请末.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额 申请分担金额 可否续贷展期 帮扶小额信贷不良率 各项贷款不良率\n"+
		"张大山 A1 死亡 2026-08-01 100 - - 5.00 2\n张大山 Ａ1 死亡 2026-08-01 100 - - 5 2\n李四海 A2 死亡 2026-08-01 50000 - 不可 - -")
	if len(taken.Taken) != 2 || len(taken.Returned) != 1 || !strings.Contains(taken.Returned[0].Reason.Chinese, "已经申请过（农商申请末.csv 第 2 行）") {
		t.Errorf("at the limit of the tolerance, and twice: %+v", taken)
	}
	s.refused("没有等待决定的补偿申请", s.decideClaim("A3", true))
	s.do(s.decideClaim("A2", false))
	s.refused("没有等待决定的补偿申请", s.decideClaim("A2", true))
	if again := s.claim("农商再申请.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额\n李四海 A2 死亡 2026-08-01 50000"); len(again.Taken) != 1 {
		t.Errorf("a claim that was refused comes again: %+v", again)
	}
	s.do(s.decideClaim("A1", true))
	if again := s.claim("农商又申请.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额\n张大山 A1 死亡 2026-08-01 1"); len(again.Returned) != 1 || !strings.Contains(again.Returned[0].Reason.Chinese, "已于 2026-09-25 补偿") {
		t.Errorf("a loan that was paid out on comes again: %+v", again)
	}
	s.wantNext("1 笔风险补偿申请等待决定，其中 0 笔已超过 6 个月")
}

// The six months bind the fund: the day of the same number is the last one in
// time, and what is late is still paid.
func TestALateClaimIsShownAndPaid(t *testing.T) {
	s := fundStory(t)
	s.claim("农商申请.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额 可否续贷展期\n张大山 A1 经营失败 2026-04-10 50000 不可\n李四海 A2 灾害 2026-04-11 50000 否")
	s.on("2026-10-11")
	s.wantNext("2 笔风险补偿申请等待决定，其中 1 笔已超过 6 个月")
	s.do(s.decideClaim("A1", true))
	s.do(s.decideClaim("A2", true))
	s.view(func(ctx context.Context, w *pipeline.Workspace) error {
		view, err := w.FundStatus(ctx, values.Quarter{})
		if err == nil && (view.Claims[0].DaysLate != 1 || view.Claims[1].DaysLate != 0 || view.Balance != yuan("30000.00") || view.Claims[0].Fund != yuan("35000.00")) {
			t.Errorf("%+v", view)
		}
		return err
	})
}

// What comes back goes 7 : 3 to whom it is due, to the last fen and no further;
// a mistake is taken back by an entry of its own.
func TestRecoveriesStopAtWhatWasPaid(t *testing.T) {
	s := fundStory(t)
	s.claim("农商申请.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额\n张大山 A1 死亡 2026-08-01 10.03")
	s.do(s.decideClaim("A1", true)) // 7.02 and 3.01
	recover := func(file, text string) *pipeline.FundFileReport {
		return s.fundSheet(file, "合同号 追回金额 追回日期 备注\n"+text, (*pipeline.Workspace).RecoverForFund)
	}
	first := recover("农商追回1.csv", "A1 0.01 2026-09-25 一\nA1 0.01 2026-09-25 二\nA2 1 2026-09-25 -\nA1 10.02 2026-09-25 三\nA1 1 2026-09-24 -\nA1 0.001 2026-09-25 -")
	if len(first.Taken) != 2 || first.Taken[0].Fund != 0 || first.Taken[1].Fund != 1 || len(first.Returned) != 4 {
		t.Fatalf("%+v", first)
	}
	for i, want := range []string{"没有对 清水农商银行 合同 A2 的补偿", "超过已补偿而尚未追回的 10.01 元", "早于补偿日", "不能采用"} {
		if got := first.Returned[i].Reason.Chinese; !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
	if whole := recover("农商追回2.csv", "A1 10.01 2026-09-25 余款"); len(whole.Taken) != 1 || whole.Taken[0].Fund != yuan("7.01") || whole.Balance != yuan("100000.00") {
		t.Errorf("%+v", whole)
	}
	reverse := func(number int64) func(context.Context, *pipeline.Workspace) error {
		return func(ctx context.Context, w *pipeline.Workspace) error {
			_, err := w.ReverseFundEntry(ctx, number, "录入有误", false)
			return err
		}
	}
	s.refused("不是可以冲销的收入", reverse(2)) // the compensation
	s.do(reverse(5))
	s.refused("不是可以冲销的收入", reverse(5))
	if same := recover("农商追回2改名.csv", "A1 10.01 2026-09-25 余款"); same.Known != 1 || len(same.Taken) != 0 {
		t.Errorf("the same bytes again: %+v", same)
	}
	if again := recover("农商追回3.csv", "A1 10.01 2026-09-25 余款\nA2 1 2026-09-25 -"); len(again.Taken) != 1 || again.Balance != yuan("100000.00") {
		t.Errorf("what was taken back and comes again: %+v", again)
	}
}

// The fund never pays what it does not hold, on the day or on a later one.
func TestTheFundIsNeverOverdrawn(t *testing.T) {
	s := fundStory(t)
	s.claim("农商申请.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额\n张大山 A1 死亡 2026-08-01 50000\n李四海 A2 死亡 2026-08-01 50000\n赵五谷 A3 死亡 2026-08-01 50000")
	s.do(s.decideClaim("A1", true))
	s.do(s.decideClaim("A2", true))
	s.refused("余额 30,000.00 元，不够支出 35,000.00 元，差 5,000.00 元", s.decideClaim("A3", true))
	s.refused("不够支出 100,000.00 元", func(ctx context.Context, w *pipeline.Workspace) error {
		_, err := w.ReverseFundEntry(ctx, 1, "录入有误", false)
		return err
	})
	s.fundMoney(ledger.FundDeposit, "5000.00", "2026-09-25")
	s.do(s.decideClaim("A3", true))
	s.refused("还没有风险补偿金", func(ctx context.Context, w *pipeline.Workspace) error {
		_, err := w.AddToFund(ctx, pipeline.FundEntryRequest{Kind: ledger.FundInterest, Amount: 1, On: values.MustDate("2026-08-31")})
		return err
	})
	s.refused("晚于今天", func(ctx context.Context, w *pipeline.Workspace) error {
		_, err := w.AddToFund(ctx, pipeline.FundEntryRequest{Kind: ledger.FundInterest, Amount: 1, On: values.MustDate("2026-09-26")})
		return err
	})
}

// A county without a fund has nothing of it: no file, no word, no proof; and
// every command of it says so.
func TestACountyWithoutAFund(t *testing.T) {
	s := newStory(t)
	s.statement("农商2026Q3.csv", "借款人 合同号 计息本金 实付利息\n张大山 A1 50000 440.83")
	s.ran()
	for _, do := range []func(context.Context, *pipeline.Workspace) error{
		func(ctx context.Context, w *pipeline.Workspace) error {
			_, err := w.AddToFund(ctx, pipeline.FundEntryRequest{Kind: ledger.FundDeposit, Amount: 1, On: s.today})
			return err
		},
		func(ctx context.Context, w *pipeline.Workspace) error {
			_, err := w.WriteFundStatement(ctx, q3, false)
			return err
		},
		func(ctx context.Context, w *pipeline.Workspace) error {
			s.write("农商申请.csv", "借款人,合同号,补偿原因,逾期起始日,损失金额\n张大山,A1,死亡,2026-08-01,1\n")
			_, err := w.Claim(ctx, pipeline.FundFileRequest{File: filepath.Join(s.dir, "农商申请.csv")})
			return err
		},
	} {
		s.refused("本县没有登记风险补偿金", do)
	}
	s.view(func(ctx context.Context, w *pipeline.Workspace) error {
		view, err := w.FundStatus(ctx, values.Quarter{})
		if view != nil {
			t.Errorf("%+v", view)
		}
		report, err2 := w.Audit(ctx)
		if err2 == nil {
			for _, p := range report.Proved {
				if strings.Contains(p.Chinese, "风险补偿") {
					t.Error(p.Chinese)
				}
			}
		}
		return errors.Join(err, err2)
	})
	if next := strings.Join(s.status().Next, "\n"); strings.Contains(next, "风险补偿") {
		t.Error(next)
	}
	if found := must(filepath.Glob(filepath.Join(s.dir, "work", "out", "*", "基金")))(t); len(found) > 0 {
		t.Error(found)
	}
}

// The audit finds an entry that somebody has changed around the program.
func TestTheAuditFindsAChangedFund(t *testing.T) {
	s := fundStory(t)
	s.claim("农商申请.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额\n张大山 A1 死亡 2026-08-01 10.03")
	s.do(s.decideClaim("A1", true))
	s.sound()
	db := openPlain(t, filepath.Join(s.dir, "work", "ledger.db"))
	for _, c := range []struct{ change, back, want string }{
		{`UPDATE fund_entry SET amount = amount + 1 WHERE id = 1`, `UPDATE fund_entry SET amount = amount - 1 WHERE id = 1`, "1 笔收支或申请与审计日志不符"},
		{`UPDATE fund_claim SET amount = 1000, loss = 1000`, `UPDATE fund_claim SET amount = 1003, loss = 1003`, "1 笔收支或申请与审计日志不符"},
		{`UPDATE fund_entry SET amount = -703, bank_part = -300 WHERE id = 2`, `UPDATE fund_entry SET amount = -702, bank_part = -301 WHERE id = 2`, "1 笔补偿或追回不是 7 : 3"},
	} {
		for _, trigger := range []string{"fund_entry_never_changes", "fund_claim_stays", "fund_claim_decided_once", "fund_claim_paid_by_its_entry"} {
			if _, err := db.Exec(`DROP TRIGGER IF EXISTS ` + trigger); err != nil {
				t.Fatal(err)
			}
		}
		must(db.Exec(c.change))(t)
		s.view(func(ctx context.Context, w *pipeline.Workspace) error {
			report, err := w.Audit(ctx)
			if err == nil && !slices.ContainsFunc(report.Failures, func(f values.Text) bool { return strings.Contains(f.Chinese, c.want) }) {
				t.Errorf("%s: the audit finds %v", c.change, report.Failures)
			}
			return err
		})
		must(db.Exec(c.back))(t)
	}
}
