package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tiexi/pipeline/values"
)

func table() Monitoring {
	big := Figures{
		Loans: 100, Households: 95, Opening: 4_000_000_00, Issued: 500_000_00, Repaid: 200_000_00,
		Closing: 4_300_000_00, OverdueLoans: 1, Overdue: 50_000_00, Bad: 21_500_00, Shares: values.Shares{Central: 30_000_10, Provincial: 12_000_00},
		FailedPayments: 2, SecondPayments: 1, MaturingLoans: 7, Maturing: 300_000_00,
	}
	small := Figures{Loans: 1, Households: 1, Opening: 1, Repaid: 1}
	whole := big.Plus(small)
	whole.Households = 95 // the small loan's household has one of the big bank too
	return Monitoring{
		Region: "清水县", Quarter: quarter("2026Q3"), From: values.MustDate("2026-06-21"), To: values.MustDate("2026-09-20"),
		Places: []Group{
			{Bank: "清水农商银行", Township: "柳沟镇", Responsible: "清水农商银行", Now: big, Before: &Figures{Loans: 90, Closing: 4_000_000_00, Overdue: 40_000_00}},
			{Bank: "清水邮储银行", Township: "城关镇", Now: small, Before: &Figures{}},
		},
		Products: []Group{{Product: "帮扶小额信贷", Now: whole, Before: &Figures{}}},
		Total:    Group{Now: whole, Before: &Figures{Loans: 90, Closing: 4_000_000_00, Overdue: 40_000_00}},
		Left:     3,
		Due: []DueLoan{
			{Township: "城关镇", Village: "东关村", Borrower: "王一", Bank: "清水邮储银行", Contract: "YC1", Balance: 1_000_00, Matures: values.MustDate("2026-12-19")},
			{Township: "城关镇", Village: "东关村", Borrower: "王二", Bank: "清水邮储银行", Contract: "YC2", Balance: 1_000_00, Matures: values.MustDate("2026-09-20"), Overdue: true, DaysOverdue: 1, Class: "次级", Bars: []string{"已逾期（四(三)）"}},
			{Township: "柳沟镇", Village: "上河村", Borrower: "王三", Bank: "清水农商银行", Contract: "NS3", Balance: 2_000_00, Matures: values.MustDate("2026-10-20"), Renewals: 1, Bars: []string{"已续贷或展期1次（二(三)）"}},
			{Township: "柳沟镇", Village: "上河村", Borrower: "王四", Bank: "清水农商银行", Contract: "NS4", Balance: 2_000_00, Matures: values.MustDate("2028-10-20"), OriginalMaturity: values.MustDate("2026-10-20"), Renewals: 1, Bars: []string{"已续贷或展期1次（二(三)）"}},
			{Township: "柳沟镇", Village: "上河村", Borrower: "王五", Bank: "清水农商银行", Contract: "NS5", Tranche: "NS5-2", Balance: 2_000_00, Matures: values.MustDate("2026-11-20"), Overdue: true, Doubts: []string{"到期时超过65周岁（一(十)）", "用途含“建房”（一(九)）"}},
		},
		Coverage: []Coverage{
			{Township: "城关镇", RosterHouseholds: 40, Loans: 1, Balance: 0},
			{Township: "柳沟镇", Responsible: "清水农商银行", RosterHouseholds: 300, Loans: 101, OwnLoans: 100, Balance: 4_300_001_00, OwnBalance: 4_300_000_00},
			{Township: "白羊乡", Responsible: "清水邮储银行、清水农商银行", RosterHouseholds: 7},
		},
		Watched: true,
		Alerts:  []Alert{{Bank: "清水农商银行", Kind: AlertOverdue, Amount: 50_000_00, Of: 4_300_000_00, Rate: "1.16", Limit: values.MustRate("1")}},
		Fund:    &Fund{Balance: 200_000_00, Outstanding: 4_300_000_00},
	}
}

// workbook writes a monitoring table and reads it with another program's eyes.
func workbook(t *testing.T, m Monitoring) *excelize.File {
	t.Helper()
	var out bytes.Buffer
	if err := WriteMonitoring(&out, m); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func rowsOf(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestMonitoringTable(t *testing.T) {
	f := workbook(t, table())
	if diff := cmp.Diff([]string{"季度监测表", "贴息与发放", "按产品", "按产品贴息", "与上季对比", "主责任银行", "预警", "到期提示"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	rows := rowsOf(t, f, "季度监测表")
	want := [][]string{
		{"承贷银行", "乡(镇)", "主责任银行", "笔数", "户数", "期初余额(元)", "本期发放(元)", "本期收回(元)", "期末余额(元)", "逾期笔数", "逾期金额(元)", "逾期率(%)", "不良金额(元)", "不良率(%)", "90日内到期笔数", "90日内到期金额(元)"},
		{"清水农商银行", "柳沟镇", "清水农商银行", "100", "95", "4000000.00", "500000.00", "200000.00", "4300000.00", "1", "50000.00", "1.16", "21500.00", "0.50", "7", "300000.00"},
		{"清水邮储银行", "城关镇", "", "1", "1", "0.01", "0.00", "0.01", "0.00", "0", "0.00", "", "0.00", "", "0", "0.00"},
		{"合计", "", "", "101", "95", "4000000.01", "500000.00", "200000.01", "4300000.00", "1", "50000.00", "1.16", "21500.00", "0.50", "7", "300000.00"},
	}
	if diff := cmp.Diff(want, rows[1:5]); diff != "" {
		t.Error(diff)
	}
	if all := fmt.Sprint(rows); !strings.Contains(all, "268750.00") || !strings.Contains(all, "差额68,750.00元") || !strings.Contains(all, "退回银行的3行明细不在表内") {
		t.Errorf("under the table: %v", rows[5:])
	}
	want = [][]string{
		{"承贷银行", "乡(镇)", "主责任银行", "中央贴息(元)", "省级贴息(元)", "贴息合计(元)", "发放失败笔数", "补发成功笔数"},
		{"清水农商银行", "柳沟镇", "清水农商银行", "30000.10", "12000.00", "42000.10", "2", "1"},
		{"清水邮储银行", "城关镇", "", "0.00", "0.00", "0.00", "0", "0"},
		{"合计", "", "", "30000.10", "12000.00", "42000.10", "2", "1"},
	}
	if diff := cmp.Diff(want, rowsOf(t, f, "贴息与发放")[1:]); diff != "" {
		t.Error(diff)
	}
}

func TestTheQuarterBeforeStandsBeside(t *testing.T) {
	rows := rowsOf(t, workbook(t, table()), "与上季对比")
	want := [][]string{
		{"承贷银行", "乡(镇)", "主责任银行", "本季笔数", "上季笔数", "本季期末余额(元)", "上季期末余额(元)", "本季逾期金额(元)", "上季逾期金额(元)", "本季逾期率(%)", "上季逾期率(%)"},
		{"清水农商银行", "柳沟镇", "清水农商银行", "100", "90", "4300000.00", "4000000.00", "50000.00", "40000.00", "1.16", "1.00"},
	}
	for i := range want {
		if diff := cmp.Diff(want[i], rows[1+i][:len(want[i])]); diff != "" {
			t.Error(diff)
		}
	}
	m := table()
	for i := range m.Places {
		m.Places[i].Before = nil
	}
	m.Total.Before = nil
	rows = rowsOf(t, workbook(t, m), "与上季对比")
	if rows[2][4] != "" || !strings.Contains(fmt.Sprint(rows), "台账中没有上季（2026年第2季度）的数据") {
		t.Errorf("a quarter that the ledger does not have: %v", rows)
	}
}

func TestWhatComesDue(t *testing.T) {
	rows := rowsOf(t, workbook(t, table()), "到期提示")
	var got []string
	for _, row := range rows[2:] {
		got = append(got, strings.Join(append(row[:1:1], row[3:]...), "|"))
	}
	want := []string{
		"提示|借款人|承贷银行|合同号|借据号|期末余额(元)|到期日|距到期(天)|逾期(天)|五级分类|已续展(次)|原到期日|续贷或展期|说明",
		"已逾期|王二|清水邮储银行|YC2||1000.00|2026-09-20||1|次级|0||不可|已逾期（四(三)）",
		"已逾期|王五|清水农商银行|NS5|NS5-2|2000.00|2026-11-20|61|未注明||0||须核实|到期时超过65周岁（一(十)）；用途含“建房”（一(九)）",
		"30日内到期|王三|清水农商银行|NS3||2000.00|2026-10-20|30|||1||不可|已续贷或展期1次（二(三)）",
		"90日内到期|王一|清水邮储银行|YC1||1000.00|2026-12-19|90|||0||可办一次",
		"已续贷或展期|王四|清水农商银行|NS4||2000.00|2028-10-20|761|||1|2026-10-20|不可|已续贷或展期1次（二(三)）",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	m := table()
	m.Due = m.Due[:4] // no loan of several tranches
	if rows := rowsOf(t, workbook(t, m), "到期提示"); slices.Contains(rows[2], "借据号") || len(rows[2]) != 15 {
		t.Errorf("headings are %v", rows[2])
	}
	m.Due[0].Matures++ // the 91st day is not listed as coming due
	if kind := m.Due[0].kind(m.To); kind != "已续贷或展期" {
		t.Errorf("91 days before its maturity a loan is %s", kind)
	}
}

// Which township has a responsible bank, and what of its loans that bank has.
func TestCoverageByTownship(t *testing.T) {
	rows := rowsOf(t, workbook(t, table()), "主责任银行")
	want := [][]string{
		{"乡(镇)", "主责任银行", "帮扶户数", "贷款笔数", "其中主责任银行", "其他银行", "期末余额(元)", "其中主责任银行(元)", "其他银行(元)", "主责任银行占余额(%)", "说明"},
		{"城关镇", "", "40", "1", "0", "1", "0.00", "0.00", "0.00", "", "没有主责任银行"},
		{"柳沟镇", "清水农商银行", "300", "101", "100", "1", "4300001.00", "4300000.00", "1.00", "100.00"},
		{"白羊乡", "清水邮储银行、清水农商银行", "7", "0", "0", "0", "0.00", "0.00", "0.00", "", "还没有贷款"},
		{"合计", "", "347", "102", "100", "2", "4300001.00", "4300000.00", "1.00", "100.00"},
	}
	if diff := cmp.Diff(want, rows[1:6]); diff != "" {
		t.Error(diff)
	}
	if note := rows[6][0]; !strings.HasPrefix(note, "没有主责任银行的乡镇：城关镇。") {
		t.Errorf("the note is %q", note)
	}
	m := table()
	m.Coverage = nil
	if i, _ := workbook(t, m).GetSheetIndex("主责任银行"); i >= 0 {
		t.Error("without a table of responsible banks there is a sheet of them")
	}
}

// A province's table names each county and nobody; it adds up, and claims a
// quarter before only where every county has one.
func TestAProvincesTable(t *testing.T) {
	one, two := table(), table()
	two.Alerts = nil
	two.Region, two.Fund = "河阳县", nil
	m := Together("山西省", []Monitoring{one, two})
	f := workbook(t, m)
	rows := rowsOf(t, f, "季度监测表")
	var counties []string
	for _, row := range rows[2:6] {
		counties = append(counties, row[0]+" "+row[1])
	}
	want := []string{"清水县 清水农商银行", "清水县 清水邮储银行", "河阳县 清水农商银行", "河阳县 清水邮储银行"}
	if diff := cmp.Diff(want, counties); diff != "" || rows[1][0] != "县(市、区)" {
		t.Errorf("%v\n%s", rows[1], diff)
	}
	if total := rows[6]; total[0] != "合计" || total[4] != "202" || total[5] != "190" || total[9] != "8600000.00" {
		t.Errorf("the total is %v", total)
	}
	if i, _ := f.GetSheetIndex("到期提示"); i >= 0 || strings.Contains(fmt.Sprint(rows), "王一") {
		t.Error("the province's table lists borrowers")
	}
	if m.Total.Before == nil || m.Total.Before.Loans != 180 || table().Places[0].County != "" {
		t.Errorf("the quarter before is %+v", m.Total.Before)
	}
	if alerts := rowsOf(t, f, "预警"); alerts[3][0] != "清水县" || alerts[3][2] != "清水农商银行" || len(alerts) != 4 {
		t.Errorf("the province's alerts are %v", alerts)
	}
	if coverage := rowsOf(t, f, "主责任银行"); coverage[5][0] != "河阳县" || coverage[8][3] != "694" || !strings.HasPrefix(coverage[9][0], "没有主责任银行的乡镇：清水县城关镇、河阳县城关镇。") {
		t.Errorf("the province's coverage is %v", coverage)
	}
	two.Total.Before = nil
	if m := Together("山西省", []Monitoring{one, two}); m.Total.Before != nil {
		t.Errorf("one county has no quarter before, yet the province has %+v", m.Total.Before)
	}
}
