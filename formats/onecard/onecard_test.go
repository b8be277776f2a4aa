package onecard

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

var q3 = values.Quarter{Year: 2026, Number: 3}

// batch is three people in two townships; 王一 has loans of two banks.
func batch() Batch {
	return Batch{
		ID: "2026Q3-01", Quarter: q3, County: "清水县", ItemCode: "2130507", ItemName: "帮扶小额信贷贴息", Memo: "小额贴息",
		Payments: []Payment{
			{
				Serial: "2026Q3-01-00001", Township: "柳沟镇", Village: "上河村", Name: "王一", ID: "149901198001010014", Bank: "清水农商银行",
				Account: "6217001234567890123", Amount: 590_83, Parts: []Part{
					{"清水农商银行", "QS1", "帮扶小额信贷", q3, values.Shares{Central: 308_58, Provincial: 132_25}},
					{"清水邮储银行", "YC1", "脱贫人口小额信贷", q3, values.Shares{Central: 100_00, Provincial: 30_00, City: 12_00, County: 8_00}},
				},
			},
			{
				Serial: "2026Q3-01-00002", Township: "柳沟镇", Village: "下河村", Name: "欧阳䶮𬱖", ID: "14990119850505123X", Bank: "清水农商银行",
				Account: "30000000012345", Amount: 447_22, Parts: []Part{{"清水农商银行", "QS2", "帮扶小额信贷", q3, values.Shares{Central: 313_05, Provincial: 134_17}}},
			},
			{
				Serial: "2026Q3-01-00003", Township: "城关镇", Village: "东街", Name: "李 娜", ID: "149901199001010030", Bank: "清水邮储银行, 城关支行",
				Account: "123456", Amount: 1, Parts: []Part{{"清水邮储银行", "YC2", "帮扶小额信贷", q3, values.Shares{Central: 1}}},
			},
		},
		Count: 3, Sum: 1038_06,
	}
}

// written is what the profile's files hold, by name.
func written(t *testing.T, p Profile, b Batch) map[string][]byte {
	t.Helper()
	files, err := p.Files(b)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string][]byte)
	for _, f := range files {
		var out bytes.Buffer
		if err := p.Write(&out, b, f); err != nil {
			t.Fatal(err)
		}
		all[f.Name] = out.Bytes()
	}
	return all
}

var wantRows = [][]string{
	{"序号", "流水号", "批次号", "补贴项目编码", "补贴项目名称", "县(区)", "乡(镇)", "村(居)", "姓名", "身份证号", "开户银行", "银行账号", "补贴金额", "摘要", "备注"},
	{"1", "2026Q3-01-00001", "2026Q3-01", "2130507", "帮扶小额信贷贴息", "清水县", "柳沟镇", "上河村", "王一", "149901198001010014", "清水农商银行", "6217001234567890123", "590.83", "小额贴息", ""},
	{"2", "2026Q3-01-00002", "2026Q3-01", "2130507", "帮扶小额信贷贴息", "清水县", "柳沟镇", "下河村", "欧阳䶮𬱖", "14990119850505123X", "清水农商银行", "30000000012345", "447.22", "小额贴息", ""},
	{"3", "2026Q3-01-00003", "2026Q3-01", "2130507", "帮扶小额信贷贴息", "清水县", "城关镇", "东街", "李 娜", "149901199001010030", "清水邮储银行, 城关支行", "123456", "0.01", "小额贴息", ""},
}

func TestPaymentWorkbook(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(written(t, Default(), batch())["2026Q3-01.xlsx"]))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.GetSheetList(); !cmp.Equal(got, []string{"发放清册"}) {
		t.Errorf("sheets %q", got)
	}
	rows, err := f.GetRows("发放清册", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		for len(rows[i]) < len(wantRows[0]) { // excelize leaves out trailing blanks
			rows[i] = append(rows[i], "")
		}
	}
	if diff := cmp.Diff(wantRows, rows); diff != "" {
		t.Error(diff)
	}
	for cell, text := range map[string]bool{"A2": false, "J2": true, "L2": true, "L4": true, "M2": false, "D2": true} {
		if kind, _ := f.GetCellType("发放清册", cell); (kind == excelize.CellTypeInlineString) != text {
			t.Errorf("%s: type %v", cell, kind)
		}
		if formula, _ := f.GetCellFormula("发放清册", cell); formula != "" {
			t.Errorf("%s has a formula", cell)
		}
	}
	if shown, _ := f.GetCellValue("发放清册", "M2"); shown != "590.83" {
		t.Errorf("the amount shows as %q", shown)
	}
}

func TestPaymentCSVHasTheSameRows(t *testing.T) {
	raw := written(t, Default(), batch())["2026Q3-01.csv"]
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Count(text, []byte("\r\n")) != 4 || bytes.Count(text, []byte("\n")) != 4 || !bytes.HasSuffix(text, []byte("\r\n")) {
		t.Error("line ends are not CRLF")
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantRows, rows); diff != "" {
		t.Error(diff)
	}
	if !bytes.Contains(raw, []byte(",6217001234567890123,590.83,")) {
		t.Error("accounts are not bare digits")
	}
}

func TestAnotherPlatformIsOnlyData(t *testing.T) {
	p := Profile{
		Name: "另一平台", Sheet: "明细", Extensions: []string{"txt", "xlsx"}, Encoding: "utf-8-bom", Separator: "\t", OneFilePerTownship: true, RowLimit: 1,
		Columns: []Column{
			{Title: "户名", Value: Name, Text: true}, {Title: "金额", Value: Amount, Text: true}, {Title: "账号", Value: Account, Text: true},
			{Title: "编号", Value: Serial, Text: true}, {Title: "空", Value: Constant, Text: true}, {Title: "币种", Value: Constant, Text: true, Words: "人民币"},
		},
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	got := written(t, p, batch())
	var names []string
	for name := range got {
		names = append(names, name)
	}
	slices.Sort(names)
	want := []string{
		"2026Q3-01-城关镇.txt", "2026Q3-01-城关镇.xlsx", "2026Q3-01-柳沟镇-第1份.txt", "2026Q3-01-柳沟镇-第1份.xlsx", "2026Q3-01-柳沟镇-第2份.txt", "2026Q3-01-柳沟镇-第2份.xlsx",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Fatal(diff)
	}
	if text := string(got["2026Q3-01-柳沟镇-第2份.txt"]); text != "\ufeff户名\t金额\t账号\t编号\t空\t币种\r\n欧阳䶮𬱖\t447.22\t30000000012345\t2026Q3-01-00002\t\t人民币\r\n" {
		t.Errorf("%q", text)
	}
}

func TestWrongProfilesAreToldAllAtOnce(t *testing.T) {
	p := Profile{Columns: []Column{{Title: "姓名", Value: "surname"}, {Title: "姓 名", Value: Name}, {Value: Amount}, {Title: "币种", Value: Constant, Words: "=1"}}, Extensions: []string{"xls", "csv", "csv", "a/b"}, Encoding: "latin1", RowLimit: -1, Separator: "#"}
	err := p.Check()
	if !errors.Is(err, ErrProfile) {
		t.Fatal(err)
	}
	for _, words := range []string{"surname", "重复", "第3列没有列名", "缺少 serial 列", "缺少 account 列", ".xls", `"csv" 重复`, "a/b", "latin1", "不能为负", `"#"`, `"=1"`} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("the error does not say %q:\n%v", words, err)
		}
	}
	if err := Default().Check(); err != nil {
		t.Errorf("the default profile: %v", err)
	}
}

func TestAPaymentThatCannotBeWrittenIsNamed(t *testing.T) {
	for name, test := range map[string]struct {
		spoil  func(*Payment)
		column string
		err    error
	}{
		"formula":             {func(p *Payment) { p.Name = "=HYPERLINK(1)" }, "姓名", ErrUnsafeText},
		"plus":                {func(p *Payment) { p.Name = "+1" }, "姓名", ErrUnsafeText},
		"minus":               {func(p *Payment) { p.Name = "-王" }, "姓名", ErrUnsafeText},
		"at":                  {func(p *Payment) { p.Name = "@王" }, "姓名", ErrUnsafeText},
		"tab":                 {func(p *Payment) { p.Name = "\t王" }, "姓名", ErrUnsafeText},
		"carriage return":     {func(p *Payment) { p.Name = "\r王" }, "姓名", ErrUnsafeText},
		"full-width equals":   {func(p *Payment) { p.Name = "＝1" }, "姓名", ErrUnsafeText},
		"behind a space":      {func(p *Payment) { p.Name = " =1" }, "姓名", ErrUnsafeText},
		"line break inside":   {func(p *Payment) { p.Remark = "两\n行" }, "备注", ErrUnsafeText},
		"formula in the bank": {func(p *Payment) { p.Bank = "=1" }, "开户银行", ErrUnsafeText},
		"private use":         {func(p *Payment) { p.Name = "王\ue0ab" }, "姓名", ErrCharacter},
		"broken text":         {func(p *Payment) { p.Name = "王\xff" }, "姓名", ErrCharacter},
		"replacement":         {func(p *Payment) { p.Name = "王\ufffd" }, "姓名", ErrCharacter},
		"no name":             {func(p *Payment) { p.Name = " " }, "姓名", ErrPayment},
		"no account":          {func(p *Payment) { p.Account = "" }, "银行账号", ErrPayment},
		"account with space":  {func(p *Payment) { p.Account = "6217 0012" }, "银行账号", ErrPayment},
		"id with letters":     {func(p *Payment) { p.ID = "1499A1" }, "身份证号", ErrPayment},
		"nothing":             {func(p *Payment) { p.Amount = 0 }, "补贴金额", ErrPayment},
		"less than nothing":   {func(p *Payment) { p.Amount = -1 }, "补贴金额", ErrPayment},
		"parts differ":        {func(p *Payment) { p.Parts[0].Shares.Central++ }, "补贴金额", ErrPayment},
		"serial twice":        {func(p *Payment) { p.Serial = "2026Q3-01-00001" }, "流水号", ErrPayment},
	} {
		b := batch()
		test.spoil(&b.Payments[1])
		got := Default().CheckPayments(b.Payments)
		if len(got) != 1 || got[0].Serial != b.Payments[1].Serial || !strings.HasPrefix(got[0].Column, test.column) || !errors.Is(got[0], test.err) {
			t.Errorf("%s: %v", name, got)
			continue
		}
		if strings.Contains(got[0].Error(), "14990119850505123X") || strings.Contains(got[0].Error(), "30000000012345") {
			t.Errorf("%s: the error shows a whole number: %v", name, got[0])
		}
		if files, err := Default().Files(b); err == nil || files != nil {
			t.Errorf("%s: the batch was planned all the same", name)
		}
	}
	if got := Default().CheckPayments(batch().Payments); got != nil {
		t.Errorf("a good batch: %v", got)
	}
}

func TestTotalsThatDifferStopEveryPaper(t *testing.T) {
	for name, spoil := range map[string]func(*Batch){
		"a fen more": func(b *Batch) { b.Sum++ },
		"a row less": func(b *Batch) { b.Payments = b.Payments[:2] },
		"count":      func(b *Batch) { b.Count++ },
	} {
		b := batch()
		spoil(&b)
		var out bytes.Buffer
		_, plan := Default().Files(b)
		for paper, err := range map[string]error{"files": plan, "approval": WriteApproval(&out, b, tallied(b.Payments), Approval{}), "summary": WriteSummary(&out, b, nil)} {
			var differ *TotalsError
			if !errors.As(err, &differ) || !errors.Is(err, ErrTotals) || out.Len() > 0 {
				t.Errorf("%s, %s: %v", name, paper, err)
			}
		}
	}
}

func TestAPlanWhosePaymentsChangedIsNotWritten(t *testing.T) {
	b := batch()
	files, err := Default().Files(b)
	if err != nil {
		t.Fatal(err)
	}
	b.Payments[0].Amount++
	var out bytes.Buffer
	if err := Default().Write(&out, b, files[0]); !errors.Is(err, ErrTotals) || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}

// However a profile splits a batch, every payment is in one file of each kind,
// and the files' sums are the batch's.
func TestFilesHoldEveryPaymentOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Batch{ID: "2026Q3-01"}
		for i := range rapid.IntRange(0, 40).Draw(t, "payments") {
			amount := values.Fen(rapid.IntRange(1, 1_000_000).Draw(t, "amount"))
			b.Payments = append(b.Payments, Payment{
				Serial: fmt.Sprint(i), Township: rapid.SampledFrom([]string{"甲乡", "乙乡", "丙/乡"}).Draw(t, "township"), Name: "王", ID: "149901198001010014",
				Account: "62", Amount: amount, Parts: []Part{{Shares: values.Shares{Central: amount}}},
			})
			b.Sum += amount
			b.Count++
		}
		p := Default()
		p.RowLimit = rapid.IntRange(0, 5).Draw(t, "limit")
		p.OneFilePerTownship = rapid.Bool().Draw(t, "by township")
		files, err := p.Files(b)
		if err != nil {
			t.Fatal(err)
		}
		names := make(map[string]bool)
		sums, seen := make(map[string]values.Fen), make(map[string]int)
		for _, f := range files {
			if names[f.Name] || p.RowLimit > 0 && f.Rows > p.RowLimit || f.Rows != len(f.payments) {
				t.Fatalf("file %s with %d rows", f.Name, f.Rows)
			}
			names[f.Name] = true
			sums[f.extension] += f.Sum
			for _, pay := range f.payments {
				seen[f.extension+pay.Serial]++
			}
		}
		for _, extension := range p.Extensions {
			if sums[extension] != b.Sum {
				t.Fatalf("%s files come to %s, not %s", extension, sums[extension], b.Sum)
			}
		}
		for _, n := range seen {
			if n != 1 {
				t.Fatal("a payment is in two files")
			}
		}
		if len(seen) != 2*b.Count {
			t.Fatalf("%d of %d payments", len(seen), 2*b.Count)
		}
	})
}

func TestHashTotal(t *testing.T) {
	// ...67890123 + ...00012345 + 123456
	if got := HashTotal(batch().Payments); got != 67890123+12345+123456 {
		t.Error(got)
	}
}

// Where the digit before 仟 or 角 is 0, the 零 may be written or left out
// (中国人民银行《正确填写票据和结算凭证的基本规定》): it is written before 仟 only.
func TestCapitals(t *testing.T) {
	for amount, want := range map[values.Fen]string{
		0: "零元整", 1: "壹分", 10: "壹角整", 100: "壹元整", 105: "壹元零伍分", 1_010_00: "壹仟零壹拾元整", 10_000_00: "壹万元整",
		12_345_60: "壹万贰仟叁佰肆拾伍元陆角整", 1_000_001_00: "壹佰万零壹元整", 100_000_000_00: "壹亿元整", 100_010_000_50: "壹亿零壹万元伍角整",
		20_003_004_05: "贰仟万零叁仟零肆元零伍分", -3_00: "负叁元整", 1_038_06: "壹仟零叁拾捌元零陆分", 10_050_000_00: "壹仟零伍万元整",
	} {
		if got := Capitals(amount); got != want {
			t.Errorf("%s is %s, want %s", amount, got, want)
		}
	}
}

// sheetRows reads a paper with another program's eyes.
func sheetRows(t *testing.T, data []byte, sheet string) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestSummaryAddsUpVisibly(t *testing.T) {
	var out bytes.Buffer
	digests := []FileDigest{{"2026Q3-01.xlsx", strings.Repeat("ab", 32), 3, 1038_06}}
	if err := WriteSummary(&out, batch(), digests); err != nil {
		t.Fatal(err)
	}
	rows := sheetRows(t, out.Bytes(), "资金汇总")
	want := [][]string{
		{"乡(镇)", "承贷银行", "政策", "发放笔数", "人数", "贷款笔数", "中央(元)", "省级(元)", "市级(元)", "县级(元)", "合计(元)"},
		{"柳沟镇", "清水农商银行", "帮扶小额信贷", "2", "2", "2", "621.63", "266.42", "0.00", "0.00", "888.05"},
		{"柳沟镇", "清水邮储银行", "脱贫人口小额信贷", "1", "1", "1", "100.00", "30.00", "12.00", "8.00", "150.00"},
		{"城关镇", "清水邮储银行", "帮扶小额信贷", "1", "1", "1", "0.01", "0.00", "0.00", "0.00", "0.01"},
		{"合计", "", "", "3", "3", "4", "721.64", "296.42", "12.00", "8.00", "1038.06"},
	}
	if diff := cmp.Diff(want, rows[2:7]); diff != "" {
		t.Error(diff)
	}
	all := fmt.Sprint(rows)
	for _, words := range []string{"2026Q3-01.xlsx", strings.Repeat("ab", 32), "共3笔、3人，合计1,038.06元（大写：壹仟零叁拾捌元零陆分）", "68025924", "注：有的发放含不止一家银行"} {
		if !strings.Contains(all, words) {
			t.Errorf("the summary does not say %q", words)
		}
	}
	detail := sheetRows(t, out.Bytes(), "明细")
	if got := detail[len(detail)-1]; got[0] != "合计" || got[9] != "721.64" || got[13] != "1038.06" || got[14] != "1038.06" {
		t.Errorf("detail total %q", got)
	}
	if got := detail[3]; got[0] != "" || got[1] != "2026Q3-01-00001" || got[6] != "YC1" || got[13] != "150.00" || len(got) > 14 {
		t.Errorf("second loan of a merged payment %q", got)
	}
	for _, row := range detail {
		if strings.Contains(fmt.Sprint(row), "149901198001010014") || strings.Contains(fmt.Sprint(row), "6217001234567890123") {
			t.Error("the detail holds ids or accounts, which finance has in the payment file")
		}
	}
	totals := 0
	for _, row := range sheetRows(t, out.Bytes(), "分类汇总") {
		if len(row) > 8 && row[0] == "合计" {
			totals++
			if row[8] != "1038.06" {
				t.Errorf("total %q", row)
			}
		}
	}
	if totals != 3 {
		t.Errorf("%d totals, want one per table", totals)
	}
}

func TestApprovalSheet(t *testing.T) {
	var out bytes.Buffer
	a := Approval{Digest: strings.Repeat("cd", 32), AuditHead: strings.Repeat("ef", 32), Approvers: 2, Drafted: values.MustDate("2026-10-20")}
	if err := WriteApproval(&out, batch(), tallied(batch().Payments), a); err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprint(sheetRows(t, out.Bytes(), "审批单"))
	for _, words := range []string{a.Digest, a.AuditHead, "2026Q3-01", "1038.06", "68025924", "经办人", "审批人1", "审批人2", "2026年10月20日", "清水县农业农村局（盖章）", "721.64", "296.42"} {
		if !strings.Contains(all, words) {
			t.Errorf("the approval sheet does not say %q", words)
		}
	}
}

func TestSameBatchSameBytes(t *testing.T) {
	papers := func() []byte {
		var out bytes.Buffer
		for _, err := range []error{WriteApproval(&out, batch(), tallied(batch().Payments), Approval{}), WriteSummary(&out, batch(), nil)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		files := written(t, Default(), batch())
		out.Write(files["2026Q3-01.xlsx"])
		out.Write(files["2026Q3-01.csv"])
		return out.Bytes()
	}
	if !bytes.Equal(papers(), papers()) {
		t.Error("two runs differ")
	}
}
