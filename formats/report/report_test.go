package report

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tiexi/pipeline/values"
)

func quarter(name string) values.Quarter {
	q, _ := values.ParseQuarter(name)
	return q
}

func sample() Report {
	return Report{
		County: "清水县", Quarter: quarter("2026Q3"), From: values.MustDate("2026-06-21"), To: values.MustDate("2026-09-20"), Date: values.MustDate("2026-10-26"),
		AuditHead: strings.Repeat("ef", 32), Loans: 188, People: 180, Shares: values.Shares{Central: 50_000_12, Provincial: 20_000_05},
		ByTownship: []Share{
			{"柳沟镇", 100, 95, values.Shares{Central: 30_000_10, Provincial: 12_000_00}},
			{"城关镇", 60, 58, values.Shares{Central: 15_000_00, Provincial: 6_000_00}},
			{"<上庄>乡", 28, 27, values.Shares{Central: 5_000_02, Provincial: 2_000_05}},
		},
		ByBank: []Share{{"清水农商银行", 150, 145, values.Shares{Central: 40_000_12, Provincial: 16_000_05}}, {"清水邮储银行", 38, 35, values.Shares{Central: 10_000_00, Provincial: 4_000_00}}},
		Banks:  []BankRows{{"清水农商银行", 160, 150, 6, 4}, {"清水邮储银行", 42, 40, 2, 0}},
		States: []State{{"已发放", 150, 56_000_00}, {"待回盘", 20, 7_000_00}, {"公示中", 15, 6_000_00}, {"暂停发放", 5, 1_000_17}},
		Findings: []FindingCount{
			{"id-checksum", "证件号码校验不符", "一(一)", values.Returned, 4}, {"name-differs", "姓名与名册不一致", "一(一)", values.Held, 8},
			{"account-missing", "缺少一卡通账号", "一(七)", values.PaymentHold, 5}, {"part-unapproved", "部分未经大额审批", "一(六)", values.Notice, 21},
		},
		Notices:  []TownshipNotice{{"柳沟镇", 8, 8, 8, 0, values.MustDate("2026-10-18")}, {"城关镇", 5, 4, 3, 1, 0}},
		Payments: Payments{Count: 172, Total: 64_000_00, Paid: 56_000_00, Failed: 1_000_00, Pending: 7_000_00, Stopped: 1_000_17},
		History: []Past{
			{quarter("2025Q2"), 90, values.Shares{Central: 1}}, {quarter("2025Q3"), 100, values.Shares{Central: 30_000_00, Provincial: 12_000_00}},
			{quarter("2025Q4"), 120, values.Shares{Central: 33_000_00, Provincial: 13_000_00}}, {quarter("2026Q1"), 150, values.Shares{Central: 41_000_00, Provincial: 17_000_00}},
			{quarter("2026Q2"), 170, values.Shares{Central: 46_000_00, Provincial: 19_000_00, City: 500_00, County: 500_00}},
		},
		Next: []string{"县农业农村局：核定8行待核（核验/问题清单.xlsx）。", "城关镇：张贴1个村的公示。"},
	}
}

func html(t *testing.T, r Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := WriteHTML(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestFiguresAreThereForOtherPrograms(t *testing.T) {
	text := html(t, sample())
	for id, value := range map[string]string{
		"subsidy-total": "70000.17", "subsidy-central": "50000.12", "subsidy-provincial": "20000.05", "loans": "188", "people": "180",
		"payments-count": "172", "payments-total": "64000.00", "payments-paid": "56000.00", "payments-failed": "1000.00", "payments-pending": "7000.00",
		"payments-stopped": "1000.17", "lines-total": "202", "lines-accepted": "190", "lines-held": "8", "lines-returned": "4",
	} {
		if want := fmt.Sprintf(`<data id="%s" value="%s">`, id, value); !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, words := range []string{
		"各银行共报送202行，等于接受190行、待核8行、退回4行之和。接受的190行中：已发放150行，待回盘20行，公示中15行，暂停发放5行。",
		"&lt;上庄&gt;乡", "证件号码校验不符", "2025Q3", "2026Q3", "审计链首", "县农业农村局：核定8行待核",
	} {
		if !strings.Contains(text, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if strings.Contains(text, "2025Q2") {
		t.Error("more than four earlier quarters are shown")
	}
}

func TestThePageNeedsNothingElse(t *testing.T) {
	text := html(t, sample())
	for _, outside := range []string{"http:", "https:", "src=", "@import", "url(", "<script", "//"} {
		if strings.Contains(text, outside) {
			t.Errorf("the page holds %q", outside)
		}
	}
	if text != html(t, sample()) {
		t.Error("two runs differ")
	}
	if strings.Contains(text, "ZgotmplZ") {
		t.Error("the template refused a value")
	}
}

func TestAReportThatDoesNotAddUpIsNotWritten(t *testing.T) {
	for name, spoil := range map[string]func(*Report){
		"a bank's row is missing":     func(r *Report) { r.Banks[0].Held-- },
		"an accepted row is nowhere":  func(r *Report) { r.States[0].Rows-- },
		"a township's fen is missing": func(r *Report) { r.ByTownship[0].Shares.Central-- },
		"a bank's share is elsewhere": func(r *Report) { r.ByBank[0].Shares.Central--; r.ByBank[0].Shares.Provincial++ },
	} {
		r := sample()
		spoil(&r)
		var out bytes.Buffer
		if err := WriteHTML(&out, r); !errors.Is(err, ErrAddUp) || out.Len() > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnEmptyQuarterHasAPage(t *testing.T) {
	if text := html(t, Report{County: "清水县", Quarter: quarter("2026Q3")}); !strings.Contains(text, `<data id="lines-total" value="0">`) {
		t.Error(text)
	}
}

// The page opens offline in a browser, and its console stays empty.
func TestThePageInABrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	if testing.Short() {
		t.Skip("starts a browser")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "报告.html")
	if err := os.WriteFile(path, []byte(html(t, sample())), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+dir+"/profile",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--dump-dom", "file://"+path)
	var dom, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &dom, &log
	if err := cmd.Run(); err != nil {
		t.Skipf("chromium does not run here: %v", err)
	}
	if strings.Contains(log.String(), "CONSOLE") {
		t.Errorf("the console is not empty:\n%s", log.String())
	}
	if !strings.Contains(dom.String(), `<data id="subsidy-total" value="70000.17">70,000.17</data>`) {
		t.Error("the browser does not show the total")
	}
}

func table() Monitoring {
	return Monitoring{
		County: "清水县", Quarter: quarter("2026Q3"),
		Rows: []MonitorRow{
			{
				Bank: "清水农商银行", Township: "柳沟镇", Responsible: "清水农商银行", Loans: 100, Households: 95, Opening: 4_000_000_00, Issued: 500_000_00, Repaid: 200_000_00,
				Closing: 4_300_000_00, OverdueLoans: 1, Overdue: 50_000_00, Bad: 21_500_00, Shares: values.Shares{Central: 30_000_10, Provincial: 12_000_00},
				FailedPayments: 2, SecondPayments: 1, MaturingLoans: 7, Maturing: 300_000_00,
			},
			{Bank: "清水邮储银行", Township: "城关镇", Loans: 1, Households: 1, Opening: 1, Repaid: 1},
		},
		Fund: &Fund{Balance: 200_000_00, Outstanding: 4_300_000_00},
	}
}

func TestMonitoringTable(t *testing.T) {
	var out bytes.Buffer
	if err := WriteMonitoring(&out, table()); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	read := func(sheet string) [][]string {
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows := read("季度监测表")
	want := [][]string{
		{"承贷银行", "乡(镇)", "主责任银行", "笔数", "户数", "期初余额(元)", "本期发放(元)", "本期收回(元)", "期末余额(元)", "逾期笔数", "逾期金额(元)", "逾期率(%)", "不良金额(元)", "不良率(%)", "90日内到期笔数", "90日内到期金额(元)"},
		{"清水农商银行", "柳沟镇", "清水农商银行", "100", "95", "4000000.00", "500000.00", "200000.00", "4300000.00", "1", "50000.00", "1.16", "21500.00", "0.50", "7", "300000.00"},
		{"清水邮储银行", "城关镇", "", "1", "1", "0.01", "0.00", "0.01", "0.00", "0", "0.00", "", "0.00", "", "0", "0.00"},
		{"合计", "", "", "101", "96", "4000000.01", "500000.00", "200000.01", "4300000.00", "1", "50000.00", "1.16", "21500.00", "0.50", "7", "300000.00"},
	}
	if diff := cmp.Diff(want, rows[1:5]); diff != "" {
		t.Error(diff)
	}
	want = [][]string{
		{"承贷银行", "乡(镇)", "主责任银行", "中央贴息(元)", "省级贴息(元)", "市级贴息(元)", "县级贴息(元)", "贴息合计(元)", "发放失败笔数", "补发成功笔数"},
		{"清水农商银行", "柳沟镇", "清水农商银行", "30000.10", "12000.00", "0.00", "0.00", "42000.10", "2", "1"},
		{"清水邮储银行", "城关镇", "", "0.00", "0.00", "0.00", "0.00", "0.00", "0", "0"},
		{"合计", "", "", "30000.10", "12000.00", "0.00", "0.00", "42000.10", "2", "1"},
	}
	if diff := cmp.Diff(want, read("贴息与发放")[1:]); diff != "" {
		t.Error(diff)
	}
	if all := fmt.Sprint(rows); !strings.Contains(all, "268750.00") || !strings.Contains(all, "差额68,750.00元") {
		t.Errorf("the fund against its floor: %v", rows[6:])
	}
}

func TestFundFloor(t *testing.T) {
	for _, test := range []struct {
		fund  Fund
		floor values.Fen
		short bool
	}{
		{Fund{100, 1600}, 100, false}, {Fund{99, 1600}, 100, true}, {Fund{100, 1601}, 101, true}, {Fund{101, 1601}, 101, false}, {Fund{0, 0}, 0, false}, {Fund{0, 1}, 1, true},
	} {
		if test.fund.Floor() != test.floor || test.fund.Short() != test.short {
			t.Errorf("%+v: floor %d, short %v", test.fund, test.fund.Floor(), test.fund.Short())
		}
	}
}

func TestPercent(t *testing.T) {
	for _, test := range []struct {
		part, whole values.Fen
		want        string
	}{{0, 0, ""}, {0, 5, "0.00"}, {1, 3, "33.33"}, {2, 3, "66.67"}, {1, 20000, "0.01"}, {1, 20001, "0.00"}, {7, 7, "100.00"}} {
		if got := percent(test.part, test.whole); got != test.want {
			t.Errorf("%d of %d is %q, want %q", test.part, test.whole, got, test.want)
		}
	}
}
