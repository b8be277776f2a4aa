package explain

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tiexi/pipeline/values"
)

// exampleF is the worked example F of the policy: 80,000 without approval.
func exampleF() Page {
	day := values.MustDate
	return Page{
		County: "清水县", Office: "清水县农业农村局", Phone: "0350-0000001", Date: day("2026-10-10"),
		Quarter: values.Quarter{Year: 2026, Number: 3}, QuarterFrom: day("2026-06-21"), QuarterTo: day("2026-09-20"),
		Borrower: "王小明", ID: "149901199001010012", Household: "H1", Township: "河口镇", Village: "上河村",
		Bank: "清水农商银行", Contract: "HT-001", Amount: 8000000, Disbursed: day("2026-04-01"), Matures: day("2027-04-01"),
		Paid: 70533, Shares: values.Shares{Central: 30858, Provincial: 13225}, Subsidy: 44083,
		Lines: []Line{{From: day("2026-06-21"), To: day("2026-09-20"), Days: 92, Balance: 8000000, Rate: values.MustRate("3.45"), Paid: 70533,
			Outcome: "通过", Place: "农商行.xlsx，第 3 行", Notes: []string{"超过50000元的部分不贴息。"}}},
		Steps: []Step{{From: day("2026-06-21"), To: day("2026-09-20"), Days: 92, Words: []string{"第一句。", "第二句。"},
			Sums: []string{"中央：705.33 × 50,000.00/80,000.00 × 2.415/3.45 ＝ 308.581875 元"}, Exact: "440.83125"}},
		Rounding: []string{"中央 308.581875 元，四舍五入到分为 308.58 元。"},
		Payments: []Payment{{Number: "2026Q3-01-00001", Amount: 44083, State: "已发放", On: day("2026-10-09")}},
	}
}

func write(t *testing.T, pages ...Page) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, pages); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// cells are a sheet's filled cells, row by row.
func cells(t *testing.T, content []byte, sheet string) (rows []string) {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	all, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range all {
		var filled []string
		for _, cell := range row {
			if cell != "" {
				filled = append(filled, cell)
			}
		}
		rows = append(rows, strings.Join(filled, " | "))
	}
	return rows
}

func TestAPageSaysWhatABorrowerAsks(t *testing.T) {
	got := strings.Join(cells(t, write(t, exampleF()), "说明单"), "\n")
	for _, want := range []string{
		"贴息计算说明单",
		"清水县　2026年第3季度（2026年6月21日 至 2026年9月20日）　金额单位：元",
		"借款人 | 王小明 | 身份证号 | 149901********0012",
		"住址 | 河口镇上河村 | 户编号 | H1",
		"贷款金额 | 80,000.00 | 大额审批 | 无",
		"借款人已付利息 | 财政贴息 | 其中：中央 | 省级 | 借款人负担",
		"705.33 | 440.83 | 308.58 | 132.25 | 264.50",
		"2026-06-21 | 2026-09-20 | 92 | 80000.00 | 3.45 | 705.33 | 通过",
		"出处 | 农商行.xlsx，第 3 行",
		"说明 | 超过50000元的部分不贴息。",
		"第一句。第二句。\n中央：705.33 × 50,000.00/80,000.00 × 2.415/3.45 ＝ 308.581875 元 | 440.83125",
		"三、取整到分",
		"2026Q3-01-00001 | 440.83 | 已发放 | 2026年10月9日",
		"请向清水县农业农村局查询（电话 0350-0000001）",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not say %q:\n%s", want, got)
		}
	}
}

func TestOlderTermsShowTheCitysAndTheCountysShare(t *testing.T) {
	p := exampleF()
	p.Shares = values.Shares{Central: 20000, Provincial: 10000, City: 8000, County: 6083}
	got := strings.Join(cells(t, write(t, p), "说明单"), "\n")
	if !strings.Contains(got, "省级 | 市级、县级 | 借款人负担") || !strings.Contains(got, "100.00 | 140.83 | 264.50") {
		t.Error(got)
	}
}

func TestALoanThatEarnsNothingSaysSo(t *testing.T) {
	p := exampleF()
	p.Shares, p.Subsidy, p.Steps, p.Rounding, p.Payments, p.Waits = values.Shares{}, 0, nil, nil, nil, "这笔贷款本季度没有贴息。"
	got := strings.Join(cells(t, write(t, p), "说明单"), "\n")
	for _, want := range []string{"没有通过核验的明细", "三、发放", "这笔贷款本季度没有贴息。"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not say %q:\n%s", want, got)
		}
	}
}

func TestEveryLoanHasAPageOfItsOwn(t *testing.T) {
	other := exampleF()
	other.Contract = "清农商借字〔2026〕第9042号/补充"
	content := write(t, exampleF(), other)
	if got := cells(t, content, "2026Q3 HT-001"); len(got) == 0 {
		t.Error("no page for HT-001")
	}
	if got := strings.Join(cells(t, content, "2026Q3 清农商借字〔2026〕第9042号_补充"), "\n"); !strings.Contains(got, other.Contract) {
		t.Errorf("no page for %s:\n%s", other.Contract, got)
	}
}

func TestSharesThatDoNotAddUpAreRefused(t *testing.T) {
	p := exampleF()
	p.Shares.Provincial++
	var out bytes.Buffer
	if err := Write(&out, []Page{p}); !errors.Is(err, ErrSum) || out.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, out.Len())
	}
}

func TestThePageKeepsTheIDToItselfAndIsTheSameTwice(t *testing.T) {
	content := write(t, exampleF())
	if !bytes.Equal(content, write(t, exampleF())) {
		t.Error("the same page has other bytes the second time")
	}
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if found := regexp.MustCompile(`\d{15,}[\dX]`).Find(text); found != nil {
			t.Errorf("%s holds %s", part.Name, found)
		}
	}
}
