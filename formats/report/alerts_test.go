package report

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

func limit(percent string) *values.Rate {
	rate := values.MustRate(percent)
	return &rate
}

// Banks over all their townships, townships over all their banks, in the order
// given; what is equal to the limit has not passed it.
//
// By hand: 农商 10,000 overdue of 100,000 and 储汇 1,000 of 100,000; of 城关镇
// 6,000 of 120,000, that is 5 %, and of 柳沟镇 5,000 of 80,000, 6.25 %. Bad are
// 3,000.01 of 城关镇's 120,000, 2.50000833 %.
func TestAlerts(t *testing.T) {
	places := []Group{
		{Bank: "农商", Township: "城关镇", Now: Figures{Closing: 50_000_00, Overdue: 6_000_00, Bad: 2_999_99}},
		{Bank: "农商", Township: "柳沟镇", Now: Figures{Closing: 50_000_00, Overdue: 4_000_00}},
		{Bank: "储汇", Township: "城关镇", Now: Figures{Closing: 70_000_00, Bad: 2}},
		{Bank: "储汇", Township: "柳沟镇", Now: Figures{Closing: 30_000_00, Overdue: 1_000_00}},
		{Bank: "村镇", Township: "柳沟镇"},
	}
	var said []string
	for _, a := range Alerts(places, Limits{Overdue: limit("5"), Bad: limit("2.5")}) {
		said = append(said, a.Sentence().Chinese)
	}
	const wants = "）。请会同金融监管部门分析研判，督促银行稳妥处置（四(三)）。"
	if diff := cmp.Diff([]string{
		"预警：农商逾期率 10.00%，高于预警线 5%（期末余额 100,000.00 元中的 10,000.00 元" + wants,
		"预警：农商不良率 3.00%，高于预警线 2.5%（期末余额 100,000.00 元中的 2,999.99 元" + wants,
		"预警：城关镇不良率 2.50001%，高于预警线 2.5%（期末余额 120,000.00 元中的 3,000.01 元" + wants,
		"预警：柳沟镇逾期率 6.25%，高于预警线 5%（期末余额 80,000.00 元中的 5,000.00 元" + wants,
	}, said); diff != "" {
		t.Error(diff)
	}
	if none := Alerts(places, Limits{}); none != nil || (Limits{}).Watch() {
		t.Errorf("without limits: %v", none)
	}
	if all := Alerts(places[:1], Limits{Overdue: limit("0")}); len(all) != 2 || all[0].Sentence().English != "Alert: the overdue rate of 农商 is 12.00 %, above the limit of 0 % (6,000.00 of 50,000.00 yuan). Look into it with the supervisors, and see that the bank deals with it (4.3)." {
		t.Errorf("above nothing: %v", all)
	}
}

// An alert is raised exactly where part/whole > limit/100, and shows a rate that
// is above the limit.
func TestAlertsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(0, 1e12).Draw(t, "whole")
		hundredths := rapid.Int64Range(0, 10_000).Draw(t, "limit")
		part := whole * hundredths / 10_000 // beside the limit, or anywhere
		if rapid.Bool().Draw(t, "anywhere") {
			part = rapid.Int64Range(0, whole).Draw(t, "part")
		}
		part = min(whole, max(0, part+rapid.Int64Range(-1, 1).Draw(t, "off")))
		limit := big.NewRat(hundredths, 100)
		rate := values.MustRate(limit.FloatString(2))
		alerts := Alerts([]Group{{Bank: "农商", Now: Figures{Closing: values.Fen(whole), Bad: values.Fen(part)}}}, Limits{Bad: &rate})
		above := whole > 0 && big.NewRat(part, max(whole, 1)).Cmp(big.NewRat(hundredths, 10_000)) > 0
		if above != (len(alerts) == 2) || !above && len(alerts) > 0 { // the bank, and its township ""
			t.Fatalf("%d of %d against %s %%: %v", part, whole, rate, alerts)
		}
		if above {
			if shown, ok := new(big.Rat).SetString(alerts[0].Rate); !ok || shown.Cmp(limit) <= 0 {
				t.Fatalf("%d of %d against %s %% is shown as %s", part, whole, rate, alerts[0].Rate)
			}
		}
	})
}

func TestAlertsInWorkbookAndPage(t *testing.T) {
	m := table()
	rows := rowsOf(t, workbook(t, m), "预警")
	if diff := cmp.Diff([]string{"银行", "清水农商银行", "逾期率", "50000.00", "4300000.00", "1.16", "1"}, rows[3]); diff != "" || len(rows) != 4 {
		t.Errorf("%v\n%s", rows, diff)
	}
	m.Alerts = nil
	if rows = rowsOf(t, workbook(t, m), "预警"); rows[3][0] != "没有高于预警线的银行或乡镇。" {
		t.Errorf("nothing is above: %v", rows)
	}
	m.Watched = false
	if i, _ := workbook(t, m).GetSheetIndex("预警"); i >= 0 {
		t.Error("without limits there is a sheet of alerts")
	}
	r := sample()
	for _, c := range []struct {
		watched   bool
		alerts    []Alert
		want, not string
	}{
		{true, table().Alerts, `<td>清水农商银行</td><td>逾期率</td><td class="n">50,000.00</td><td class="n">4,300,000.00</td><td class="n bad">1.16</td><td class="n">1</td>`, "没有高于预警线"},
		{true, nil, "<p>没有高于预警线的银行或乡镇。</p>", "预警线(%)"},
		{false, nil, "近几个季度", "预警"},
	} {
		r.Watched, r.Alerts = c.watched, c.alerts
		var page bytes.Buffer
		if err := WriteHTML(&page, r); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page.String(), c.want) || strings.Contains(page.String(), c.not) {
			t.Errorf("watched %v, %d alerts: the page has not %q, or has %q", c.watched, len(c.alerts), c.want, c.not)
		}
	}
}
