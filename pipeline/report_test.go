package pipeline_test

import (
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// What the bureau's head reads is what `status --json` says, after everything
// that anybody does: nobody has to run anything for that.
func TestTheReportSaysWhatStatusSays(t *testing.T) {
	c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	for _, s := range script {
		if err := s.perform(c, pipeline.Options{}); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		var want map[string]string
		c.look(t, s.day, func(ctx context.Context, w *pipeline.Workspace) error {
			st, err := w.Status(ctx, q3)
			want = map[string]string{
				"lines-total": fmt.Sprint(st.Lines.Total), "lines-accepted": fmt.Sprint(st.Lines.Accepted),
				"lines-held": fmt.Sprint(st.Lines.Held), "lines-returned": fmt.Sprint(st.Lines.Returned),
				"subsidy-total": st.Subsidy.Total.String(), "subsidy-central": st.Subsidy.Central.String(), "subsidy-provincial": st.Subsidy.Provincial.String(),
				"payments-count": fmt.Sprint(st.Payments.Count), "payments-total": st.Payments.Total.String(), "payments-paid": st.Payments.Paid.String(),
				"payments-failed": st.Payments.Failed.String(), "payments-pending": st.Payments.Pending.String(), "payments-stopped": st.Payments.Stopped.String(),
			}
			return err
		})
		page := string(must(os.ReadFile(filepath.Join(c.outDir(), "2026Q3", "报告.html")))(t))
		for id, value := range want {
			if !strings.Contains(page, fmt.Sprintf(`<data id="%s" value="%s">`, id, value)) {
				t.Errorf("after %q the report does not say %s = %s: %s", s.name, id, value, regexp.MustCompile(`<data id="`+id+`" value="[^"]*"`).FindString(page))
			}
		}
	}
}

// The files stand in the manifest like every other, and a notice whose time
// runs out changes what they show.
func TestTheReportIsAnOutputLikeOthers(t *testing.T) {
	c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	play(t, c, "post the notices")
	path := filepath.Join(c.outDir(), "2026Q3", "报告.html")
	running := string(must(os.ReadFile(path))(t))
	var manifest pipeline.Manifest
	if err := json.Unmarshal(must(os.ReadFile(filepath.Join(c.outDir(), "2026Q3", "manifest.json")))(t), &manifest); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"报告.html", "监测/季度监测表.xlsx"} {
		if !slices.ContainsFunc(manifest.Files, func(f pipeline.ManifestFile) bool { return f.Path == name && f.Rows > 0 && f.Total > 0 }) {
			t.Errorf("the manifest does not have %s", name)
		}
	}
	runOn(t, c, "2026-09-30")
	if again := string(must(os.ReadFile(path))(t)); again != running {
		t.Error("nothing has happened, and the report is another")
	}
	runOn(t, c, "2026-10-06")
	if cleared := string(must(os.ReadFile(path))(t)); !strings.Contains(running, "公示中") || strings.Contains(cleared, "公示中：") || !strings.Contains(cleared, "待审批") {
		t.Error("the report does not follow the notice")
	}
	c.look(t, "2026-10-06", func(ctx context.Context, w *pipeline.Workspace) error {
		status, err := w.Status(ctx, q3)
		if len(status.Stages) != len(pipeline.StageNames) {
			t.Errorf("the report is a stage: %v", status.Stages)
		}
		return err
	})
}

// secondQuarter drops a statement of the next quarter into the inbox: of the
// first one's loans one is bad, one overdue by its dates, one repaid early, one
// gone; one is new; one was extended.
func secondQuarter(t *testing.T, c *county) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.Join(must(linesOf(filepath.Join(c.job.Inbox, smallStatement)))(t), "\n"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const contract, tranche, amount, balance, rate, disbursed, matures, from, to, days, due, paid = 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
	out := [][]string{append([]string{"清水邮政储汇银行帮扶小额信贷贴息名单（20260921-20261221）"}, make([]string, 19)...), append(rows[1], "五级分类", "逾期天数")}
	for i, row := range rows[2:14] {
		row = append(slices.Clone(row), "正常", "0")
		row[from], row[to], row[days] = "20260921", "20261221", "91"
		switch i {
		case 1:
			row[18], row[19] = "次级", "35"
		case 2:
			row[matures] = "20261130"
		case 3:
			row[to], row[days] = "20261111", "51"
		case 4:
			continue
		case 5:
			row[contract], row[tranche], row[disbursed], row[matures], row[from], row[days] = "ZC149901008001", "ZC149901008001-01", "20261001", "20271001", "20261001", "81"
		case 6:
			row[matures] = "20270110"
		case 7:
			row[18], row[19] = "可疑", "是"
		}
		row[due] = interest(t, row[balance], row[rate], row[days])
		row[paid] = row[due]
		out = append(out, row)
		_ = amount
	}
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(out); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.job.Inbox, "清水邮政储汇银行_2026Q4.csv"), gb18030(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	runOn(t, c, "2026-12-25")
}

// interest is balance × rate × days / 365, half up to the fen.
func interest(t *testing.T, balance, rate, days string) string {
	t.Helper()
	product := new(big.Rat)
	for i, text := range []string{strings.ReplaceAll(balance, ",", ""), strings.TrimSuffix(rate, "%"), days} {
		factor, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("%q is no number", text)
		}
		if i == 0 {
			product.Set(factor)
		} else {
			product.Mul(product, factor)
		}
	}
	return product.Quo(product, big.NewRat(36500, 1)).FloatString(2)
}

// monitored reproduces every figure of a row of the table from the ledger, by
// plain SQL written from policy.md §8 and not from the program. %s is what the
// rows are grouped by.
const monitored = `
WITH counted AS (
  SELECT l.id, l.bank, l.contract, l.person, l.from_day, l.to_day, l.balance, l.amount, l.given >> 15 & 1 AS has_amount, l.disbursed, l.matures,
    j.township AS place, j.household AS house, coalesce(json_extract(l.words, '$.overdue'), '') AS late, coalesce(json_extract(l.words, '$.class'), '') AS class
  FROM line l JOIN judgement j ON j.line_id = l.id
  WHERE l.live = 1 AND l.quarter = :quarter AND j.outcome IN ('accepted', 'held')),
ends AS (
  SELECT bank, contract, min(place) AS place, min(house) AS house,
    (SELECT id FROM counted f WHERE f.bank = c.bank AND f.contract = c.contract AND f.from_day <= :last AND f.to_day >= :first ORDER BY f.from_day, f.id LIMIT 1) AS first_line,
    (SELECT id FROM counted f WHERE f.bank = c.bank AND f.contract = c.contract AND f.from_day <= :last AND f.to_day >= :first ORDER BY f.to_day DESC, f.id LIMIT 1) AS last_line
  FROM counted c GROUP BY bank, contract),
loan AS (
  SELECT e.bank, e.contract, e.place, e.house,
    CASE WHEN f.disbursed < :first THEN f.balance ELSE 0 END AS opening,
    CASE WHEN f.disbursed >= :first THEN CASE f.has_amount WHEN 1 THEN f.amount ELSE f.balance END ELSE 0 END AS drawn,
    CASE WHEN l.to_day >= :last OR l.late NOT IN ('', '0', '否') THEN l.balance ELSE 0 END AS closing,
    l.late NOT IN ('', '0', '否') OR l.matures <= :last AS overdue,
    l.class IN ('次级', '可疑', '损失') AS bad,
    l.matures > :last AND l.matures <= date(:last, '+90 days') AS maturing
  FROM ends e LEFT JOIN counted f ON f.id = e.first_line LEFT JOIN counted l ON l.id = e.last_line),
paid AS (SELECT bank, contract, sum(central) AS central, sum(provincial) AS provincial FROM entitlement WHERE quarter = :quarter GROUP BY bank, contract)
SELECT %s AS row, count(*) || ' ' || count(DISTINCT house) || ' ' || coalesce(sum(opening), 0)
  || ' ' || coalesce(sum(drawn + max(0, closing - opening - drawn)), 0)
  || ' ' || coalesce(sum(max(0, opening + drawn - closing)), 0) || ' ' || coalesce(sum(closing), 0)
  || ' ' || coalesce(sum(overdue AND closing > 0), 0) || ' ' || coalesce(sum(overdue * closing), 0) || ' ' || coalesce(sum(bad * closing), 0)
  || ' ' || coalesce(sum(maturing AND closing > 0), 0) || ' ' || coalesce(sum(maturing * closing), 0)
  || ' ' || coalesce(sum(central), 0) || ' ' || coalesce(sum(provincial), 0) AS figures
FROM loan LEFT JOIN paid USING (bank, contract) GROUP BY 1 ORDER BY 1`

// failures counts payments the same way.
const failures = `
SELECT part.bank || ' ' || payment.township AS row,
  count(DISTINCT CASE WHEN payment.state = 'failed' THEN payment.id END) || ' ' || count(DISTINCT CASE WHEN payment.state = 'paid' AND payment.mends <> 0 THEN payment.id END)
FROM payment JOIN payment_part part ON part.payment_id = payment.id JOIN batch ON batch.id = payment.batch_id
WHERE batch.quarter = :quarter GROUP BY 1 ORDER BY 1`

// asked is the answer to a query of two columns.
func asked(t *testing.T, c *county, query string, q values.Quarter) map[string]string {
	t.Helper()
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(c.job.Workspace, "ledger.db")), RawQuery: "mode=rw&_query_only=1"}
	db := must(sql.Open("sqlite", dsn.String()))(t)
	defer func() { _ = db.Close() }()
	rows := must(db.Query(query, sql.Named("quarter", q.String()), sql.Named("first", q.First(20).String()), sql.Named("last", q.Last(20).String())))(t)
	defer func() { _ = rows.Close() }()
	answer := map[string]string{}
	for rows.Next() {
		var name, figures string
		if err := rows.Scan(&name, &figures); err != nil {
			t.Fatal(err)
		}
		answer[name] = figures
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return answer
}

// monitoringSheet reads a sheet of the monitoring workbook: row → heading → cell.
func monitoringSheet(t *testing.T, c *county, q values.Quarter, sheet string, keys int) map[string]map[string]string {
	t.Helper()
	f := must(excelize.OpenFile(filepath.Join(c.outDir(), q.String(), "监测", "季度监测表.xlsx")))(t)
	defer func() { _ = f.Close() }()
	rows := must(f.GetRows(sheet, excelize.Options{RawCellValue: true}))(t)
	cells := map[string]map[string]string{}
	for _, row := range rows[2:] {
		if len(row) < len(rows[1])-1 {
			break // the notes under the table
		}
		name := strings.TrimSpace(strings.Join(row[:keys], " "))
		cells[name] = map[string]string{}
		for i, heading := range rows[1] {
			if i < len(row) {
				cells[name][heading] = row[i]
			}
		}
	}
	return cells
}

// fen is an amount of a cell in fen.
func fen(text string) string {
	return strings.TrimLeft(strings.Replace(text, ".", "", 1), "0") + zero(text)
}

func zero(text string) string {
	if strings.Trim(text, "0.") == "" {
		return "0"
	}
	return ""
}

func TestEveryFigureOfTheMonitoringTableIsAPlainQuery(t *testing.T) {
	small := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	play(t, small, "run on a correction")
	secondQuarter(t, small)
	whole := must(wholeCounty(filepath.Join(t.TempDir(), "whole")))(t)
	play(t, whole, "second return file")
	q4 := q3.Next()
	for _, test := range []struct {
		c *county
		q values.Quarter
	}{{small, q3}, {small, q4}, {whole, q3}} {
		loans, subsidy := monitoringSheet(t, test.c, test.q, "季度监测表", 2), monitoringSheet(t, test.c, test.q, "贴息与发放", 2)
		got, failed := map[string]string{}, map[string]string{}
		for name, row := range loans {
			got[name] = strings.Join([]string{row["笔数"], row["户数"], fen(row["期初余额(元)"]), fen(row["本期发放(元)"]), fen(row["本期收回(元)"]), fen(row["期末余额(元)"]),
				row["逾期笔数"], fen(row["逾期金额(元)"]), fen(row["不良金额(元)"]), row["90日内到期笔数"], fen(row["90日内到期金额(元)"]),
				fen(subsidy[name]["中央贴息(元)"]), fen(subsidy[name]["省级贴息(元)"])}, " ")
			failed[name] = subsidy[name]["发放失败笔数"] + " " + subsidy[name]["补发成功笔数"]
		}
		want := asked(t, test.c, fmt.Sprintf(monitored, "bank || ' ' || place"), test.q)
		want["合计"] = asked(t, test.c, fmt.Sprintf(monitored, "'合计'"), test.q)["合计"]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", test.q, diff)
		}
		for name, counts := range asked(t, test.c, failures, test.q) {
			if failed[name] != counts {
				t.Errorf("%s: failed and second payments of %s are %s, want %s", test.q, name, failed[name], counts)
			}
		}
		if total := asked(t, test.c, strings.Replace(failures, "part.bank || ' ' || payment.township", "'合计'", 1), test.q)["合计"]; total != "" && failed["合计"] != total {
			t.Errorf("%s: failed and second payments in all are %s, want %s", test.q, failed["合计"], total)
		}
	}
	beside := monitoringSheet(t, small, q4, "与上季对比", 2)["合计"]
	before := monitoringSheet(t, small, q3, "季度监测表", 2)["合计"]
	if beside["上季期末余额(元)"] != before["期末余额(元)"] || beside["上季笔数"] != before["笔数"] {
		t.Errorf("the quarter before is %v, and was %v", beside, before)
	}
	now := monitoringSheet(t, small, q4, "季度监测表", 2)["合计"]
	for heading, want := range map[string]string{"逾期笔数": "3", "90日内到期笔数": "1"} { // rows 1, 2 and 7 of the second statement; row 6
		if now[heading] != want {
			t.Errorf("%s is %s, want %s", heading, now[heading], want)
		}
	}
	if now["不良金额(元)"] == "0.00" || now["本期发放(元)"] == "0.00" || now["本期收回(元)"] == "0.00" {
		t.Errorf("the second quarter shows nothing: %v", now)
	}
	if page := string(must(os.ReadFile(filepath.Join(small.outDir(), "2026Q4", "报告.html")))(t)); !strings.Contains(page, "<td>2026Q3</td>") {
		t.Error("the report does not show the quarter before")
	}
}

// Each reason for which a loan can be neither renewed nor extended is named.
func TestWhatBarsARenewal(t *testing.T) {
	c := must(wholeCounty(filepath.Join(t.TempDir(), "county")))(t)
	play(t, c, "run on the statements")
	f := must(excelize.OpenFile(filepath.Join(c.outDir(), "2026Q3", "监测", "季度监测表.xlsx")))(t)
	defer func() { _ = f.Close() }()
	bars := map[string]string{}
	for _, row := range must(f.GetRows("到期提示"))(t)[3:] {
		bars[row[5]] = strings.Join(row[13:], " ")
	}
	for contract, want := range map[string]string{ // facts.tsv: what each loan is
		"清农商借字〔2026〕第9042号": "不可 已逾期（四(三)）",
		"8801026000035":     "可办一次",
	} {
		if bars[contract] != want {
			t.Errorf("%s: %q, want %q", contract, bars[contract], want)
		}
	}
	all := fmt.Sprint(bars)
	for _, reason := range []string{"已续贷或展期1次（二(三)）", "退出帮扶名单（四(二)）"} {
		if !strings.Contains(all, reason) {
			t.Errorf("nobody is barred because %s", reason)
		}
	}
}
