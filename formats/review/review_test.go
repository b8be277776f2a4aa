package review

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tiexi/formats/forms"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

var q3 = values.Quarter{Year: 2026, Number: 3}

func entry(bank string, row int, outcome values.Outcome, findings ...Finding) Entry {
	return Entry{
		Place: values.Place{File: bank + ".xlsx", Sheet: "Sheet1", Row: row}, Bank: bank, Borrower: "王一", Contract: "QS2026000123",
		Outcome: outcome, Findings: findings, Link: "../../收件/" + bank + ".xlsx",
	}
}

var (
	nameDiffers = Finding{"name-differs", "姓名与名册不一致", "一(一)", "名册中的姓名是“王一一”。", "B12", "王一", "王一一"}
	shared      = Finding{"shared-account", "多人共用账户", "一(七)", "该账户有三人填报。", "Q12", "6217001234567890123", ""}
	checksum    = Finding{"id-checksum", "证件号码校验不符", "一(一)", "请核对原件。", "C7", "149901198001010015", "149901198001010014"}
	unapproved  = Finding{"part-unapproved", "部分未经大额审批", "一(六)", "超过50,000元的部分不计贴息。", "", "", ""}
)

func findings() Findings {
	return Findings{County: "清水县", Quarter: q3, Entries: []Entry{
		entry("乙银行", 9, values.Accepted, unapproved),
		entry("乙银行", 7, values.Returned, checksum),
		entry("乙银行", 12, values.Held, nameDiffers, shared),
		entry("丙银行", 30, values.Held, nameDiffers),
		entry("丙银行", 4, values.Held, nameDiffers),
	}}
}

func written(t *testing.T, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var first, second bytes.Buffer
	if err := write(&first); err != nil {
		t.Fatal(err)
	}
	if err := write(&second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two runs differ")
	}
	return first.Bytes()
}

func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
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

func TestFindingsWorkbook(t *testing.T) {
	f := open(t, written(t, func(b *bytes.Buffer) error { return WriteFindings(b, findings()) }))
	rows := rowsOf(t, f, "问题清单")
	want := [][]string{
		{"文件", "工作表", "行", "银行", "借款人", "合同号", "结论", "问题代码", "问题说明", "依据", "处理意见", "说明", "单元格", "原值", "应为"},
		{"丙银行.xlsx", "Sheet1", "4", "丙银行", "王一", "QS2026000123", "待核", "name-differs", "【姓名与名册不一致】名册中的姓名是“王一一”。", "一(一)", "", "", "B12", "王一", "王一一"},
		{"丙银行.xlsx", "Sheet1", "30", "丙银行", "王一", "QS2026000123", "待核", "name-differs", "【姓名与名册不一致】名册中的姓名是“王一一”。", "一(一)", "", "", "B12", "王一", "王一一"},
		{
			"乙银行.xlsx", "Sheet1", "12", "乙银行", "王一", "QS2026000123", "待核", "name-differs\nshared-account",
			"1. 【姓名与名册不一致】名册中的姓名是“王一一”。\n2. 【多人共用账户】该账户有三人填报。", "1. 一(一)\n2. 一(七)", "", "", "B12、Q12", "1. 王一\n2. 6217001234567890123", "1. 王一一",
		},
		{"乙银行.xlsx", "Sheet1", "7", "乙银行", "王一", "QS2026000123", "退回", "id-checksum", "【证件号码校验不符】请核对原件。", "一(一)", "", "", "C7", "149901198001010015", "149901198001010014"},
		{"乙银行.xlsx", "Sheet1", "9", "乙银行", "王一", "QS2026000123", "通过", "part-unapproved", "【部分未经大额审批】超过50,000元的部分不计贴息。", "一(六)"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	choices, err := f.GetDataValidations("问题清单")
	if err != nil || len(choices) != 1 || choices[0].Sqref != "K2:K4" || choices[0].Formula1 != `"通过,退回"` {
		t.Errorf("the drop-down is not on the held lines alone: %+v, %v", choices, err)
	}
	if panes, _ := f.GetPanes("问题清单"); panes.YSplit != 1 || !panes.Freeze {
		t.Error("the heading does not stay in view")
	}
	if linked, target, _ := f.GetCellHyperLink("问题清单", "M2"); !linked || target != "../../收件/丙银行.xlsx" {
		t.Errorf("link %q", target)
	}
	names := map[string]string{}
	for _, name := range f.GetDefinedName() {
		names[name.Name] = name.RefersTo
	}
	if names["_xlnm._FilterDatabase"] != "'问题清单'!$A$1:$O$6" || names["_xlnm.Print_Titles"] != "'问题清单'!$1:$1" || names["_xlnm.Print_Area"] != "'问题清单'!$A$1:$L$6" {
		t.Errorf("names %v", names)
	}
	guide := rowsOf(t, f, "说明与汇总")
	counts := [][]string{
		{"问题代码", "名称", "待核", "退回", "通过"},
		{"id-checksum", "证件号码校验不符", "0", "1", "0"},
		{"name-differs", "姓名与名册不一致", "3", "0", "0"},
		{"part-unapproved", "部分未经大额审批", "0", "0", "1"},
		{"shared-account", "多人共用账户", "1", "0", "0"},
		{"行数（一行可有多个问题）", "", "3", "1", "1"},
	}
	if diff := cmp.Diff(counts, guide[len(guide)-6:]); diff != "" {
		t.Error(diff)
	}
}

func TestNoFindings(t *testing.T) {
	f := open(t, written(t, func(b *bytes.Buffer) error { return WriteFindings(b, Findings{County: "清水县", Quarter: q3}) }))
	if rows := rowsOf(t, f, "问题清单"); len(rows) != 1 {
		t.Errorf("%d rows", len(rows))
	}
}

// filled is the findings workbook as somebody filled it in.
func filled(t *testing.T, edit func(*excelize.File)) *sheet.Book {
	t.Helper()
	f := open(t, written(t, func(b *bytes.Buffer) error { return WriteFindings(b, findings()) }))
	edit(f)
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	book, err := sheet.OpenBytes("问题清单.xlsx", out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestDecisionsComeBack(t *testing.T) {
	book := filled(t, func(f *excelize.File) {
		_ = f.SetCellStr("问题清单", "K4", " 通过 ")
		_ = f.SetCellStr("问题清单", "L4", "已核实，同一人")
		_ = f.SetCellStr("问题清单", "K2", "退回")
		_ = f.MoveSheet("说明与汇总", "问题清单")
		_ = f.InsertCols("问题清单", "A", 1)
	})
	got, problems, err := forms.Decisions(book, "问题清单.xlsx")
	if err != nil || problems != nil {
		t.Fatal(err, problems)
	}
	want := []string{
		"2: 丙银行.xlsx Sheet1 4, 丙银行 QS2026000123 [name-differs] 通过 false",
		"4: 乙银行.xlsx Sheet1 12, 乙银行 QS2026000123 [name-differs shared-account] 通过 true 已核实，同一人",
	}
	if diff := cmp.Diff(want, told(got)); diff != "" {
		t.Error(diff)
	}
}

func told(decisions []forms.Decision) (lines []string) {
	for _, d := range decisions {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d: %s %s %d, %s %s %v 通过 %v %s", d.At.Row, d.Line.File, d.Line.Sheet, d.Line.Row, d.Bank, d.Contract, d.Codes, d.Accept, d.Why)))
	}
	return lines
}

// What is wrong is said by row, and the rest is kept.
func TestAWrongDecisionIsToldAndTheRestKept(t *testing.T) {
	book := filled(t, func(f *excelize.File) {
		_ = f.SetCellStr("问题清单", "K2", "同意")
		_ = f.SetCellStr("问题清单", "K3", "通过")
		_ = f.SetCellStr("问题清单", "C3", "三十")
		_ = f.SetCellStr("问题清单", "K4", "通过")
	})
	got, problems, err := forms.Decisions(book, "问题清单.xlsx")
	if err != nil || len(got) != 1 || got[0].Line.Row != 12 {
		t.Fatalf("%+v, %v", got, err)
	}
	var said []string
	for _, p := range problems {
		said = append(said, fmt.Sprint(p.Place.Row, " ", p.Cell, " ", p.Column, " ", p.Raw))
	}
	if diff := cmp.Diff([]string{"2 K2 处理意见 同意", "3 C3 行 三十"}, said); diff != "" {
		t.Error(diff)
	}
}

func TestReturnedLinesInTheBanksOwnColumns(t *testing.T) {
	headings := []string{"序号", "借款人", "身份证号码", "贷款余额（元）"}
	r := Returned{County: "清水县", Office: "清水县农业农村局", Phone: "0350-0000001", Bank: "乙银行", Quarter: q3, Sheets: []ReturnedSheet{
		{File: "乙银行.xlsx", Sheet: "柳沟支行", Headings: headings, Rows: []ReturnedRow{
			{7, []string{"3", "王一", "149901198001010015", "50000.00"}, []string{"证件号码校验不符。"}},
			{9, []string{"5", "李二", "149901198001010022", "150000", "表外备注"}, []string{"超过10万元。", "期限超过3年。"}},
		}},
		{File: "乙银行二.csv", Headings: headings, Rows: []ReturnedRow{{2, []string{"1", "张三"}, []string{"证件号码为空。"}}}},
		{File: "乙银行三.xlsx", Sheet: "柳沟支行", Headings: headings, Rows: []ReturnedRow{{2, []string{"1"}, []string{"x"}}}},
	}}
	f := open(t, written(t, func(b *bytes.Buffer) error { return WriteReturned(b, r) }))
	if got := f.GetSheetList(); !cmp.Equal(got, []string{"柳沟支行", "乙银行二", "柳沟支行(2)"}) {
		t.Errorf("sheets %q", got)
	}
	rows := rowsOf(t, f, "柳沟支行")
	want := [][]string{
		{"文件", "行", "退回原因", "序号", "借款人", "身份证号码", "贷款余额（元）"},
		{"乙银行.xlsx", "7", "证件号码校验不符。", "3", "王一", "149901198001010015", "50000.00"},
		{"乙银行.xlsx", "9", "1. 超过10万元。\n2. 期限超过3年。", "5", "李二", "149901198001010022", "150000", "表外备注"},
	}
	if diff := cmp.Diff(want, rows[2:]); diff != "" {
		t.Error(diff)
	}
	for _, cell := range []string{"F4", "G4"} {
		if kind, _ := f.GetCellType("柳沟支行", cell); kind != excelize.CellTypeInlineString {
			t.Errorf("%s is no text", cell)
		}
	}
	if note := rows[1][0]; !strings.Contains(note, "0350-0000001") || !strings.Contains(note, "更正") || !strings.Contains(note, "共退回2行") {
		t.Errorf("note %q", note)
	}
}

func receipt() Receipt {
	return Receipt{
		County: "清水县", Office: "清水县农业农村局", Bank: "乙银行", Quarter: q3, Date: values.MustDate("2026-09-25"),
		Sheets: []ReceiptSheet{
			{File: "乙银行.xlsx", Sheet: "柳沟支行", Digest: strings.Repeat("ab", 32), Rows: 12, Balance: 600000_00, Paid: 5200_10, Accepted: 9, Held: 2, Returned: 1},
			{File: "乙银行.xlsx", Sheet: "城关支行", Digest: strings.Repeat("ab", 32), Rows: 8, Balance: 400000_00, Paid: 3200_05, Accepted: 8},
		},
		Refused: []RefusedFile{{"补充.pdf", "不是电子表格，请另存为 .xlsx。"}},
	}
}

func TestReceipt(t *testing.T) {
	rows := rowsOf(t, open(t, written(t, func(b *bytes.Buffer) error { return WriteReceipt(b, receipt()) })), "收件回执")
	want := [][]string{
		{"文件", "工作表", "行数", "计息本金合计(元)", "实付利息合计(元)", "通过", "待核", "退回"},
		{"乙银行.xlsx", "柳沟支行", "12", "600000.00", "5200.10", "9", "2", "1"},
		{"乙银行.xlsx", "城关支行", "8", "400000.00", "3200.05", "8", "0", "0"},
		{"合计", "", "20", "1000000.00", "8400.15", "17", "2", "1"},
	}
	if diff := cmp.Diff(want, rows[2:6]); diff != "" {
		t.Error(diff)
	}
	all := fmt.Sprint(rows)
	if strings.Count(all, strings.Repeat("ab", 32)) != 1 || !strings.Contains(all, "补充.pdf") || !strings.Contains(all, "2026年9月25日") {
		t.Error(all)
	}
}
