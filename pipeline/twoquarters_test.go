package pipeline_test

import (
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

// twoQuarters is the county of fixtures/twoquarters with all that its README
// tells, and a payment that failed and was made again.
func twoQuarters(t *testing.T) *county {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "county")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "fixtures", "twoquarters"))); err != nil {
		t.Fatal(err)
	}
	c := must(countyIn(dir))(t)
	act := func(day string, do func(context.Context, *county, *pipeline.Workspace) error) {
		t.Helper()
		c.on(t, day, func(ctx context.Context, w *pipeline.Workspace) error { return do(ctx, c, w) })
	}
	money := func(day string, kind ledger.FundKind, amount string) {
		t.Helper()
		c.on(t, "2026-12-24", func(ctx context.Context, w *pipeline.Workspace) error {
			_, err := w.AddToFund(ctx, pipeline.FundEntryRequest{Kind: kind, Amount: yuan(amount), On: values.MustDate(day)})
			return err
		})
	}
	act("2026-09-25", run)
	act("2026-09-25", func(ctx context.Context, _ *county, w *pipeline.Workspace) error {
		_, err := w.PostNotice(ctx, pipeline.NoticeRequest{Quarter: q3, On: values.MustDate("2026-09-25")})
		return err
	})
	act("2026-10-08", run)
	act("2026-10-09", approve)
	act("2026-10-14", returnFile("01", "2026-10-12", map[int]string{2: "账号不存在"}))
	mendAccounts(t, filepath.Join(dir, "roster.csv"))
	act("2026-10-17", run)
	act("2026-10-18", approve)
	act("2026-10-20", returnFile("02", "2026-10-19", nil))

	money("2026-09-01", ledger.FundOpening, "19000.00")
	money("2026-09-20", ledger.FundInterest, "12.34")
	c.sheetOfBank(t, "2026-10-10", "风险补偿/清水农商银行风险补偿申请.csv", (*pipeline.Workspace).Claim)
	c.sheetOfBank(t, "2026-10-20", "风险补偿/清水邮政储汇银行风险补偿申请.csv", (*pipeline.Workspace).Claim)
	c.pay(t, "2026-10-22", "N004", [3]string{"-6913.57", "-2962.97", "12098.77"})
	act("2026-11-05", func(ctx context.Context, _ *county, w *pipeline.Workspace) error {
		_, err := w.DecideClaim(ctx, pipeline.FundDecision{Contract: "C004", Why: "灾情已缓解"})
		return err
	})
	c.sheetOfBank(t, "2026-11-16", "风险补偿/清水农商银行追回资金.csv", (*pipeline.Workspace).RecoverForFund)
	money("2026-11-20", ledger.FundDeposit, "50000.00")
	c.pay(t, "2026-12-15", "C002", [3]string{"-28000.00", "-12000.00", "36432.10"})
	if err := os.CopyFS(c.job.Inbox, os.DirFS(filepath.Join(dir, "第四季度"))); err != nil {
		t.Fatal(err)
	}
	act("2026-12-25", run)
	return c
}

// mendAccounts gives everybody of the roster another account, in a newer
// snapshot.
func mendAccounts(t *testing.T, path string) {
	t.Helper()
	text := string(must(os.ReadFile(path))(t))
	text = strings.NewReplacer(",1000000", ",2000000", ",2026-01-01", ",2026-10-15").Replace(text)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// wholeSheet is a sheet's rows from the headings on, cells apart by |; the form
// and the notes under the table have their own rows.
func wholeSheet(t *testing.T, c *county, q values.Quarter, sheet string, headings int) []string {
	t.Helper()
	f := must(excelize.OpenFile(filepath.Join(c.outDir(), q.String(), "监测", "季度监测表.xlsx")))(t)
	defer func() { _ = f.Close() }()
	var all []string
	rows := must(f.GetRows(sheet, excelize.Options{RawCellValue: true}))(t)[headings:]
	for _, row := range rows {
		for len(row) < len(rows[0]) {
			row = append(row, "")
		}
		all = append(all, strings.Join(row, "|"))
	}
	return all
}

// plainSQL asks the ledger's file, and nothing of the program's, for rows of one
// column.
func plainSQL(t *testing.T, c *county, query string) []string {
	t.Helper()
	rows, err := openPlain(t, filepath.Join(c.job.Workspace, "ledger.db")).Query(query)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Fatalf("%v\n%s", err, query)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// loansSQL makes a table of the quarter's loans under a name, one row a contract
// (none of this county's has several 借据), by the words under the workbook's
// table; and one of the payments of its batches.
func loansSQL(name string, q values.Quarter) string {
	return strings.NewReplacer("NAME", name, ":quarter", "'"+q.String()+"'", ":first", "'"+q.First(20).String()+"'", ":last", "'"+q.Last(20).String()+"'").Replace(`
NAME_line AS (
  SELECT l.*, j.township AS place, j.village, j.household, l.words ->> '$.product' AS product, l.words ->> '$.overdue' AS late, l.words ->> '$.class' AS class,
    row_number() OVER (PARTITION BY l.bank, l.contract ORDER BY l.from_day) AS from_first, row_number() OVER (PARTITION BY l.bank, l.contract ORDER BY l.to_day DESC) AS from_last
  FROM line l JOIN judgement j ON j.line_id = l.id
  WHERE l.live = 1 AND l.quarter = :quarter AND j.outcome IN ('accepted', 'held') AND l.from_day <= :last AND l.to_day >= :first),
NAME_balance AS (
  SELECT a.bank, a.contract, a.place, a.village, a.household, a.product, b.borrower, b.matures, b.class, b.renewals, b.original_maturity, b.late, b.to_day,
    iif(a.disbursed < :first, a.balance, 0) AS opening, iif(a.disbursed < :first, 0, a.amount) AS issued, iif(b.to_day >= :last OR b.late <> '0', b.balance, 0) AS closing
  FROM NAME_line a JOIN NAME_line b USING (bank, contract) WHERE a.from_first = 1 AND b.from_last = 1),
NAME AS (
  SELECT b.*, opening + issued - closing AS repaid, iif(late <> '0' OR matures <= :last, closing, 0) AS overdue, iif(class IN ('次级', '可疑', '损失'), closing, 0) AS bad,
    iif(matures > :last AND matures <= date(:last, '+90 days'), closing, 0) AS maturing, coalesce(e.central, 0) AS central, coalesce(e.provincial, 0) AS provincial
  FROM NAME_balance b LEFT JOIN entitlement e ON e.quarter = :quarter AND e.bank = b.bank AND e.contract = b.contract),
NAME_paid AS (
  SELECT p.id, part.bank, p.township AS place, l.product, p.state = 'failed' AS failed, p.state = 'paid' AND p.mends <> 0 AS again
  FROM batch JOIN payment p ON p.batch_id = batch.id JOIN payment_part part ON part.payment_id = p.id LEFT JOIN NAME l USING (bank, contract) WHERE batch.quarter = :quarter)`)
}

// money and percent are how the workbook writes fen and a part of a whole.
func moneySQL(fen string) string {
	return "printf('%d.%02d', (" + fen + ") / 100, (" + fen + ") % 100)"
}

func percentSQL(part, whole string) string {
	hundredths := "(((" + part + ") * 20000 + (" + whole + ")) / (2 * (" + whole + ")))"
	return "iif((" + whole + ") = 0, '', " + moneySQL(hundredths) + ")"
}

func joined(columns ...string) string { return strings.Join(columns, " || '|' || ") }

var (
	loanColumnsSQL = joined("count(*)", "count(DISTINCT household)", moneySQL("sum(opening)"), moneySQL("sum(issued)"), moneySQL("sum(repaid)"), moneySQL("sum(closing)"),
		"sum(overdue > 0)", moneySQL("sum(overdue)"), percentSQL("sum(overdue)", "sum(closing)"), moneySQL("sum(bad)"), percentSQL("sum(bad)", "sum(closing)"),
		"sum(maturing > 0)", moneySQL("sum(maturing)"))
	comparedSQL = [][2]string{{"笔数", "count(*)"}, {"期末余额(元)", moneySQL("sum(closing)")}, {"逾期金额(元)", moneySQL("sum(overdue)")}, {"逾期率(%)", percentSQL("sum(overdue)", "sum(closing)")},
		{"不良金额(元)", moneySQL("sum(bad)")}, {"不良率(%)", percentSQL("sum(bad)", "sum(closing)")}, {"贴息合计(元)", moneySQL("sum(central + provincial)")}}
)

// subsidyColumnsSQL counts a payment once in every row that it pays for.
func subsidyColumnsSQL(same string) string {
	payments := func(which string) string {
		return "(SELECT count(DISTINCT id) FROM now_paid p WHERE " + which + same + ")"
	}
	return joined(moneySQL("sum(central)"), moneySQL("sum(provincial)"), moneySQL("sum(central + provincial)"), payments("failed"), payments("again"))
}

// responsibleSQL is 主责任银行.csv as a column of a row of place.
const responsibleSQL = `CASE place WHEN '石楼坪乡' THEN '清水农商银行' WHEN '河西镇' THEN '清水邮政储汇银行' WHEN '东山乡' THEN '清水农商银行' ELSE '' END`

const loanHeadings = "笔数|户数|期初余额(元)|本期发放(元)|本期收回(元)|期末余额(元)|逾期笔数|逾期金额(元)|逾期率(%)|不良金额(元)|不良率(%)|90日内到期笔数|90日内到期金额(元)"

// tables are the workbook's sheets but for 到期提示: their headings, and the
// queries that give their rows.
func tables(q values.Quarter) map[string][]string {
	with := "WITH " + loansSQL("now", q) + ","
	before := loansSQL("before", q.Previous())
	place := "'|' || place || '|' || " + responsibleSQL
	rows := func(columns, keys, by string) []string {
		return []string{with + " x AS (SELECT 1) SELECT " + keys + " || '|' || " + columns + " FROM now GROUP BY " + by + " ORDER BY " + by}
	}
	whole := func(columns, key string) string {
		return with + " x AS (SELECT 1) SELECT '" + key + "' || " + columns + " FROM now"
	}
	subsidyHeadings := "中央贴息(元)|省级贴息(元)|贴息合计(元)|发放失败笔数|补发成功笔数"

	side := func(of, keys, by string) string {
		sums := make([]string, len(comparedSQL))
		for i, c := range comparedSQL {
			sums[i] = c[1] + " AS c" + string(rune('0'+i))
		}
		return "SELECT " + keys + strings.Join(sums, ", ") + " FROM " + of + by
	}
	compared, comparedHeadings := make([]string, 0, 14), "承贷银行|乡(镇)|主责任银行"
	for i, c := range comparedSQL {
		column := "c" + string(rune('0'+i))
		nothing := map[bool]string{true: "'0.00'", false: "'0'"}[i > 0]
		if strings.HasSuffix(c[0], "率(%)") {
			nothing = "''"
		}
		compared = append(compared, "coalesce(n."+column+", "+nothing+")", "iif((SELECT count(*) FROM before) = 0, '', coalesce(b."+column+", "+nothing+"))")
		comparedHeadings += "|本季" + c[0] + "|上季" + c[0]
	}
	both := with + before + ", n AS (" + side("now", "bank, place, ", " GROUP BY bank, place") + "), b AS (" + side("before", "bank, place, ", " GROUP BY bank, place") + ")" +
		" SELECT bank || '|' || place || '|' || " + responsibleSQL + " || '|' || " + joined(compared...) + " FROM (SELECT bank, place FROM n UNION SELECT bank, place FROM b) LEFT JOIN n USING (bank, place) LEFT JOIN b USING (bank, place) ORDER BY bank, place"
	bothWhole := with + before + ", n AS (" + side("now", "", "") + "), b AS (" + side("before", "", "") + ") SELECT '合计|||' || " + joined(compared...) + " FROM n, b"

	coverage := with + ` roster AS (SELECT township AS place, count(DISTINCT household) AS households FROM person
      WHERE (SELECT max(id) FROM snapshot WHERE taken_on <= '` + q.Last(20).String() + `') BETWEEN first_snapshot AND last_snapshot GROUP BY township),
    township AS (SELECT place FROM roster UNION SELECT place FROM now UNION SELECT '东山乡'),
    covered AS (SELECT place, ` + responsibleSQL + ` AS own, coalesce((SELECT households FROM roster r WHERE r.place = t.place), 0) AS households,
      (SELECT count(*) FROM now l WHERE l.place = t.place) AS loans, (SELECT count(*) FROM now l WHERE l.place = t.place AND l.bank = ` + responsibleSQL + `) AS own_loans,
      (SELECT coalesce(sum(closing), 0) FROM now l WHERE l.place = t.place) AS balance, (SELECT coalesce(sum(closing), 0) FROM now l WHERE l.place = t.place AND l.bank = ` + responsibleSQL + `) AS own_balance FROM township t) `
	covered := func(f func(string) string) string {
		return joined(f("households"), f("loans"), f("own_loans"), "("+f("loans - own_loans")+")", moneySQL(f("balance")), moneySQL(f("own_balance")), moneySQL(f("balance - own_balance")), percentSQL(f("own_balance"), f("balance")))
	}
	above := func(who, key, part, word, limit string) string {
		return "SELECT " + joined("'"+who+"'", key, "'"+word+"'", moneySQL("sum("+part+")"), moneySQL("sum(closing)"), percentSQL("sum("+part+")", "sum(closing)"), "'"+limit+"'") +
			" AS row, '" + who + "' AS who, " + key + " AS name, '" + limit + "' AS lim FROM now GROUP BY " + key + " HAVING sum(" + part + ") * 100 > sum(closing) * " + limit
	}
	alerts := with + " a AS (" + strings.Join([]string{above("银行", "bank", "overdue", "逾期率", "5"), above("银行", "bank", "bad", "不良率", "3"),
		above("乡(镇)", "place", "overdue", "逾期率", "5"), above("乡(镇)", "place", "bad", "不良率", "3")}, " UNION ALL ") + ") SELECT row FROM a ORDER BY who DESC, name, lim DESC"
	return map[string][]string{
		"季度监测表": append([]string{"承贷银行|乡(镇)|主责任银行|" + loanHeadings}, append(rows(loanColumnsSQL, "bank || "+place, "bank, place"), whole(loanColumnsSQL, "合计|||"))...),
		"贴息与发放": append([]string{"承贷银行|乡(镇)|主责任银行|" + subsidyHeadings},
			append(rows(subsidyColumnsSQL(" AND p.bank = now.bank AND p.place = now.place"), "bank || "+place, "bank, place"), whole(subsidyColumnsSQL(""), "合计|||"))...),
		"按产品":   append([]string{"贷款品种|" + loanHeadings}, append(rows(loanColumnsSQL, "product", "product"), whole(loanColumnsSQL, "合计|"))...),
		"按产品贴息": append([]string{"贷款品种|" + subsidyHeadings}, append(rows(subsidyColumnsSQL(" AND p.product = now.product"), "product", "product"), whole(subsidyColumnsSQL(""), "合计|"))...),
		"与上季对比": {comparedHeadings, both, bothWhole},
		"主责任银行": {"乡(镇)|主责任银行|帮扶户数|贷款笔数|其中主责任银行|其他银行|期末余额(元)|其中主责任银行(元)|其他银行(元)|主责任银行占余额(%)|说明",
			coverage + "SELECT place || '|' || own || '|' || " + covered(func(c string) string { return c }) +
				" || '|' || CASE WHEN own = '' THEN '没有主责任银行' WHEN loans = 0 THEN '还没有贷款' WHEN own_loans = 0 THEN '主责任银行没有贷款' ELSE '' END FROM covered ORDER BY place",
			coverage + "SELECT '合计||' || " + covered(func(c string) string { return "sum(" + c + ")" }) + " || '|' FROM covered"},
		"预警": {"银行或乡(镇)|名称|指标|金额(元)|期末余额(元)|比率(%)|预警线(%)", alerts},
	}
}

// Every cell of the monitoring workbook, of both quarters, comes out of the
// ledger's file by plain SQL.
func TestEveryCellOfTheMonitoringWorkbookIsPlainSQL(t *testing.T) {
	t.Parallel()
	c := twoQuarters(t)
	for _, q := range []values.Quarter{q3, q4} {
		for sheet, queries := range tables(q) {
			want := queries[:1]
			for _, query := range queries[1:] {
				want = append(slices.Clone(want), plainSQL(t, c, query)...)
			}
			headings := map[bool]int{true: 2, false: 1}[sheet == "预警"]
			got := wholeSheet(t, c, q, sheet, headings)
			if diff := cmp.Diff(want, got[:min(len(want), len(got))]); diff != "" {
				t.Errorf("%s %s: %s", q, sheet, diff)
			}
			for _, rest := range got[min(len(want), len(got)):] { // notes, and the fund's form
				if _, cells, _ := strings.Cut(rest, "|"); sheet != "季度监测表" && strings.Trim(cells, "|") != "" {
					t.Errorf("%s %s has a row that no query gives: %s", q, sheet, rest)
				}
			}
		}
		fundIsPlainSQL(t, c, q)
		dueIsPlainSQL(t, c, q)
		statementIsPlainSQLToo(t, c, q)
	}
}

// fundIsPlainSQL: the form under the table.
func fundIsPlainSQL(t *testing.T, c *county, q values.Quarter) {
	t.Helper()
	loans, balance := "(SELECT sum(closing) FROM now)", "(SELECT sum(amount) FROM fund_entry WHERE on_day <= '"+q.Last(20).String()+"')"
	floor := "((" + loans + " + 15) / 16)"
	want := plainSQL(t, c, "WITH "+loansSQL("now", q)+" SELECT '风险补偿金余额(元)|' || "+moneySQL(balance)+" UNION ALL SELECT '贷款余额(元)|' || "+moneySQL(loans)+
		" UNION ALL SELECT '最低应有余额(元)|' || "+moneySQL(floor)+" UNION ALL SELECT '结论|' || iif("+balance+" >= "+floor+", '符合（不低于贷款余额的1/16）', '低于贷款余额的1/16，差额' || "+
		moneySQL(floor+" - "+balance)+" || '元，须补足')")
	var got []string
	for _, row := range wholeSheet(t, c, q, "季度监测表", 1) {
		if label, value, _ := strings.Cut(row, "|"); slices.ContainsFunc(want, func(w string) bool { return strings.HasPrefix(w, label+"|") }) && label != "" {
			got = append(got, label+"|"+strings.Trim(value, "|"))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: the fund: %s", q, diff)
	}
}

// dueIsPlainSQL: the sheet 到期提示, whole. Whether a renewal is open, and what
// stands against it, is the law's and set by hand.
func dueIsPlainSQL(t *testing.T, c *county, q values.Quarter) {
	t.Helper()
	last := "'" + q.Last(20).String() + "'"
	open := map[string]string{
		"2026Q3 C001": "可办一次|", "2026Q3 C005": "可办一次|", "2026Q3 N002": "可办一次|",
		"2026Q3 C002": "不可|已逾期（四(三)）", "2026Q3 C004": "不可|已续贷或展期1次（二(三)）；到期时超过65周岁（一(十)）", // born 1960-11-20, matures 2027-08-01
		"2026Q4 C001": "不可|已逾期（四(三)）", "2026Q4 N006": "可办一次|", "2026Q4 C004": "不可|已续贷或展期1次（二(三)）；到期时超过65周岁（一(十)）", "2026Q4 C005": "不可|已续贷或展期1次（二(三)）",
	}
	var verdicts strings.Builder
	for key, verdict := range open {
		if quarter, contract, _ := strings.Cut(key, " "); quarter == q.String() {
			verdicts.WriteString(" WHEN '" + contract + "' THEN '" + verdict + "'")
		}
	}
	want := plainSQL(t, c, "WITH "+loansSQL("now", q)+`, due AS (SELECT *, CASE WHEN overdue > 0 THEN '1已逾期' WHEN matures <= date(`+last+`, '+30 days') THEN '230日内到期'
		WHEN matures <= date(`+last+`, '+90 days') THEN '390日内到期' WHEN renewals > 0 THEN '4已续贷或展期' END AS kind FROM now WHERE closing > 0)
		SELECT `+joined("substr(kind, 2)", "place", "village", "borrower", "bank", "contract", moneySQL("closing"), "matures",
		"iif(matures > "+last+", CAST(julianday(matures) - julianday("+last+") AS INTEGER), '')", "iif(overdue > 0, late, '')", "class", "renewals", "original_maturity",
		"CASE contract"+verdicts.String()+" END")+` FROM due WHERE kind IS NOT NULL ORDER BY kind, matures`)
	got := wholeSheet(t, c, q, "到期提示", 2)
	want = append([]string{"提示|乡(镇)|行政村|借款人|承贷银行|合同号|期末余额(元)|到期日|距到期(天)|逾期(天)|五级分类|已续展(次)|原到期日|续贷或展期|说明"}, want...)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", q, diff)
	}
}

// statementIsPlainSQLToo: the fund's own paper has the same loans and floor.
func statementIsPlainSQLToo(t *testing.T, c *county, q values.Quarter) {
	t.Helper()
	table := readTable(t, filepath.Join(c.outDir(), q.String(), "基金", "风险补偿金收支表.xlsx"), "收支表")
	want := plainSQL(t, c, "WITH "+loansSQL("now", q)+" SELECT "+moneySQL("sum(closing)")+" FROM now UNION ALL SELECT "+moneySQL("(SELECT sum(amount) FROM fund_entry WHERE on_day <= '"+q.Last(20).String()+"')"))
	for i, name := range []string{"三、季末贷款余额", "二、季末余额"} {
		if row := table[name]; len(row) < 2 || !sameYuan(row[1], want[i]) {
			t.Errorf("%s %s is %q, plain SQL gives %s", q, name, row, want[i])
		}
	}
}
