package report

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

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
		"各银行共报送202行，等于通过190行、待核8行、退回4行之和。通过的190行中：已发放150行，待回盘20行，公示中15行，暂停发放5行。",
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

// The page opens offline in a browser, at every width and in the dark; its
// console stays empty, and what it shows is what it says.
func TestThePageInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "报告.html")
	if err := os.WriteFile(path, []byte(html(t, sample())), 0o600); err != nil {
		t.Fatal(err)
	}
	dom := browse(t, path, "--dump-dom")
	if !strings.Contains(dom, `<data id="subsidy-total" value="70000.17">70,000.17</data>`) {
		t.Error("the browser does not show the total")
	}
	for name, flags := range map[string][]string{
		"desk":  {"--window-size=1280,900"},
		"phone": {"--window-size=390,844"},
		"dark":  {"--window-size=1280,900", "--blink-settings=preferredColorScheme=0"},
	} {
		picture := filepath.Join(dir, name+".png")
		browse(t, path, append(flags, "--hide-scrollbars", "--screenshot="+picture)...)
		pixels := corner(t, picture)
		if dark := pixels < 0x4000; dark != (name == "dark") {
			t.Errorf("%s: the paper has brightness %x of ffff", name, pixels)
		}
	}
	pdf := filepath.Join(dir, "报告.pdf")
	browse(t, path, "--no-pdf-header-footer", "--print-to-pdf="+pdf)
	if content, err := os.ReadFile(pdf); err != nil || !bytes.HasPrefix(content, []byte("%PDF-")) {
		t.Errorf("it does not print: %v", err)
	}
}

// browse opens a file in headless Chromium without a network and gives what it
// prints. Without Chromium the test is skipped, but not where CI promises one.
func browse(t *testing.T, path string, flags ...string) string {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("TIEXI_CI") == "1" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed")
	}
	flags = append(flags, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(filepath.Dir(path), "profile"),
		"--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "file://"+path)
	cmd := exec.Command(chromium, flags...)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, log.String())
	}
	if strings.Contains(log.String(), "CONSOLE") {
		t.Errorf("the console is not empty:\n%s", log.String())
	}
	return out.String()
}

// corner is the brightness of a picture's first pixel.
func corner(t *testing.T, path string) uint32 {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	r, g, b, _ := picture.At(2, 2).RGBA()
	return (r + g + b) / 3
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
