package notice

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tiexi/pipeline/values"
)

func heading() Heading {
	return Heading{
		County: "清水县", Township: "柳沟镇", Quarter: values.Quarter{Year: 2026, Number: 3},
		From: values.MustDate("2026-06-21"), To: values.MustDate("2026-09-20"), Office: "清水县农业农村局",
		Terms:  "5万元（含）以下部分贴息不超过3.5个百分点，超出部分由借款人承担。",
		Phones: Phones{"0350-0000001", "0350-0000002"},
	}
}

func loan(name string, subsidy values.Fen) Loan {
	return Loan{
		Borrower: name, Bank: "清水农商银行", Amount: 50000_00, Rates: []values.Rate{values.MustRate("3.45")},
		From: values.MustDate("2026-06-21"), To: values.MustDate("2026-09-20"), Subsidy: subsidy,
	}
}

func village(name string, loans ...Loan) Village {
	return Village{Name: name, Posting: Posting{Days: 10}, Loans: loans}
}

func many(n int) []Loan {
	loans := make([]Loan, n)
	for i := range loans {
		loans[i] = loan(fmt.Sprintf("王%c", '一'+rune(i)), 440_83)
	}
	return loans
}

// open reads a written workbook with another program's eyes.
func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func rows(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestVillageList(t *testing.T) {
	second := loan("欧阳䶮𬱖", 125_30)
	second.Rates = append(second.Rates, values.MustRate("3.6"))
	second.Remark = "续贷"
	var out bytes.Buffer
	if err := WriteVillage(&out, heading(), village("上河村", loan("王一", 440_83), second)); err != nil {
		t.Fatal(err)
	}
	f := open(t, out.Bytes())
	if got := f.GetSheetList(); !cmp.Equal(got, []string{"公示"}) {
		t.Fatalf("sheets %q", got)
	}
	got := rows(t, f, "公示")
	want := [][]string{
		{"序号", "借款人", "承贷银行", "贷款金额(元)", "年利率(%)", "计息起止", "贴息金额(元)", "备注"},
		{"1", "王一", "清水农商银行", "50000.00", "3.45", "2026-06-21 至 2026-09-20", "440.83"},
		{"2", "欧阳䶮𬱖", "清水农商银行", "50000.00", "3.45、3.60", "2026-06-21 至 2026-09-20", "125.30", "续贷"},
		{"合计", "", "", "100000.00", "", "", "566.13"},
	}
	if diff := cmp.Diff(want, got[3:7]); diff != "" {
		t.Error(diff)
	}
	page := strings.Join(texts(got), "\n")
	for _, words := range []string{
		"清水县2026年第3季度帮扶小额信贷贴息公示（柳沟镇上河村）", "晋金管发〔2026〕6号", "2026年6月21日至2026年9月20日",
		"共2人、2笔贷款，贴息合计566.13元", "不超过3.5个百分点", "自张贴之日起10日（______年____月____日 至 ______年____月____日）",
		"0350-0000001", "0350-0000002", "清水县农业农村局（盖章）",
	} {
		if !strings.Contains(page, words) {
			t.Errorf("the list does not say %q", words)
		}
	}
	for _, cell := range []string{"D5", "E5", "G5", "G7"} {
		if kind, _ := f.GetCellType("公示", cell); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("%s is no number", cell)
		}
	}
}

func texts(rows [][]string) (all []string) {
	for _, row := range rows {
		all = append(all, row...)
	}
	return all
}

func TestListsPrintOnA4(t *testing.T) {
	var out bytes.Buffer
	if err := WriteTownship(&out, heading(), []Village{village("上河村", many(300)...)}); err != nil {
		t.Fatal(err)
	}
	f := open(t, out.Bytes())
	layout, err := f.GetPageLayout("公示")
	if err != nil {
		t.Fatal(err)
	}
	if *layout.Size != 9 || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 || *layout.FitToHeight != 0 {
		t.Errorf("page %+v", layout)
	}
	props, _ := f.GetSheetProps("公示")
	if !*props.FitToPage {
		t.Error("the page is not fitted to width")
	}
	foot, _ := f.GetHeaderFooter("公示")
	if !strings.Contains(foot.OddFooter, "第 &P 页") || !strings.Contains(foot.FirstFooter, "共 &N 页") || !strings.Contains(foot.OddHeader, "柳沟镇") {
		t.Errorf("header and footer %+v", foot)
	}
	titles := map[string]string{}
	for _, name := range f.GetDefinedName() {
		titles[name.Scope] = name.Name + " " + name.RefersTo
	}
	if want := map[string]string{"公示": "_xlnm.Print_Titles '公示'!$4:$4", "汇总": "_xlnm.Print_Titles '汇总'!$2:$2"}; !cmp.Equal(titles, want) {
		t.Errorf("print titles %v", titles)
	}
	if got := rows(t, f, "公示")[3]; got[1] != "行政村" {
		t.Errorf("headings %q", got)
	}
}

func TestTownshipTotals(t *testing.T) {
	supplement := village("上河村", loan("王丁", 10_00))
	supplement.Supplement = 1
	var out bytes.Buffer
	err := WriteTownship(&out, heading(), []Village{
		village("上河村", loan("王一", 100_01), loan("王一", 50_00), loan("李二", 99)), supplement, village("下河村", loan("王一", 200_00)),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"序号", "行政村", "人数", "笔数", "贷款金额(元)", "贴息金额(元)"},
		{"1", "上河村", "2", "3", "150000.00", "151.00"},
		{"2", "上河村（补1）", "1", "1", "50000.00", "10.00"},
		{"3", "下河村", "1", "1", "50000.00", "200.00"},
		{"合计", "", "4", "5", "250000.00", "361.00"},
	}
	if diff := cmp.Diff(want, rows(t, open(t, out.Bytes()), "汇总")[1:]); diff != "" {
		t.Error(diff)
	}
}

func TestHTMLOfAPostedListHasTheDates(t *testing.T) {
	v := village("上河村", loan("<script>王</script>", 440_83))
	write := func() string {
		var out strings.Builder
		if err := WriteHTML(&out, heading(), []Village{v}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if page := write(); !strings.Contains(page, "（______年____月____日 至 ______年____月____日）") {
		t.Error("a list that is not posted has no room for the dates")
	}
	v.Posting.Posted, v.Posting.Until = values.MustDate("2026-10-09"), values.MustDate("2026-10-18")
	page := write()
	for _, words := range []string{"自张贴之日起10日（2026年10月9日 至 2026年10月18日）", "<p>清水县农业农村局</p><p>2026年10月9日</p>", "贴息不超过3.5个百分点", "3.45</td>", "&lt;script&gt;王", "440.83", `<th>行政村</th>`} {
		if !strings.Contains(page, words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	for _, outside := range []string{"http:", "https:", "src=", "@import", "url("} {
		if strings.Contains(page, outside) {
			t.Errorf("the page reaches outside: %q", outside)
		}
	}
}

func TestSameListSameBytes(t *testing.T) {
	for name, write := range map[string]func(*bytes.Buffer) error{
		"village": func(b *bytes.Buffer) error { return WriteVillage(b, heading(), village("上河村", many(40)...)) },
		"township": func(b *bytes.Buffer) error {
			return WriteTownship(b, heading(), []Village{village("上河村", many(40)...)})
		},
		"html": func(b *bytes.Buffer) error {
			return WriteHTML(b, heading(), []Village{village("上河村", many(40)...)})
		},
	} {
		var first, second bytes.Buffer
		if err := write(&first); err != nil {
			t.Fatal(err)
		}
		if err := write(&second); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) || first.Len() == 0 {
			t.Errorf("%s: two runs differ", name)
		}
	}
}

func TestNamesakesAreToldApartByTheLastFour(t *testing.T) {
	people := []Person{
		{"上河村", "王伟", "149901198001010014"},
		{"上河村", "王 伟", "14990119850505123X"},
		{"上河村", "王伟", "149901198001010014"}, // a second loan
		{"上河村", "李娜", "149901198001010022"},
		{"下河村", "王伟", "149901199001010030"}, // another village
	}
	want := []string{"0014", "123X", "0014", "", ""}
	if got := Suffixes(people); !cmp.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOnlyTheLastFourMayStandBesideAName(t *testing.T) {
	for suffix, fine := range map[string]bool{
		"": true, "0014": true, "123X": true, "123x": true, "14": false, "10014": false, "X123": false, "王001": false, "149901198001010014": false,
	} {
		l := loan("王伟", 1)
		l.Suffix = suffix
		var out bytes.Buffer
		err := WriteVillage(&out, heading(), village("上河村", l))
		if (err == nil) != fine || (out.Len() > 0) != fine {
			t.Errorf("suffix %q: %v, %d bytes", suffix, err, out.Len())
		}
	}
}

func TestVillageAndSupplementNeverShareAFile(t *testing.T) {
	pairs := [][2]string{
		{FileName("上河村", 1), FileName("上河村-补1", 0)},
		{FileName("上河村", 12), FileName("上河村-补1", 2)},
		{FileName("A村", 0), FileName("a村", 0)},
		{FileName("上河村", 0), FileName("上河村\u202e", 0)},
	}
	for _, p := range pairs {
		if strings.EqualFold(p[0], p[1]) {
			t.Errorf("both are %q", p[0])
		}
	}
	if got := FileName("上河村", 0) + " " + FileName("上河村", 1); got != "上河村 上河村-补1" {
		t.Errorf("ordinary names: %q", got)
	}
}
