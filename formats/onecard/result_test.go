package onecard

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// answered is the payment file as the platform sends it back, with more columns.
func answered(t *testing.T, answers [][]string, edit func(*excelize.File)) *sheet.Book {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(written(t, Default(), batch())["2026Q3-01.xlsx"]))
	if err != nil {
		t.Fatal(err)
	}
	for row, cells := range append([][]string{{"发放状态", "失败原因", "发放日期"}}, answers...) {
		for column, text := range cells {
			cell, _ := excelize.CoordinatesToCellName(16+column, row+1)
			if err := f.SetCellStr("发放清册", cell, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if edit != nil {
		edit(f)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	book, err := sheet.OpenBytes("回盘.xlsx", out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return book
}

var fine = [][]string{{"成功", "", "2026-10-25"}, {"失败", "户名不符", "2026/10/25"}, {"成功", "", "2026年10月25日"}}

func TestReturnFile(t *testing.T) {
	rows, problems, err := ReadReturn(answered(t, fine, nil), Default(), Dialect{})
	if err != nil || problems != nil {
		t.Fatal(err, problems)
	}
	day := values.MustDate("2026-10-25")
	place := func(row int) values.Place { return values.Place{Sheet: "发放清册", Row: row} }
	want := []ReturnRow{
		{Place: place(2), Serial: "2026Q3-01-00001", Batch: "2026Q3-01", Name: "王一", ID: "149901198001010014", Account: "6217001234567890123", Amount: 590_83, Paid: true, Date: day},
		{Place: place(3), Serial: "2026Q3-01-00002", Batch: "2026Q3-01", Name: "欧阳䶮𬱖", ID: "14990119850505123X", Account: "30000000012345", Amount: 447_22, Reason: "户名不符", Date: day},
		{Place: place(4), Serial: "2026Q3-01-00003", Batch: "2026Q3-01", Name: "李 娜", ID: "149901199001010030", Account: "123456", Amount: 1, Paid: true, Date: day},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func TestReturnFileAsCSV(t *testing.T) {
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(written(t, Default(), batch())["2026Q3-01.csv"])
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for i, record := range records {
		answer := append([][]string{{"发放状态", "失败原因", "发放日期"}}, fine...)[i]
		_ = w.Write(append(record, answer...))
	}
	w.Flush()
	encoded, err := simplifiedchinese.GB18030.NewEncoder().Bytes(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	book, err := sheet.OpenBytes("回盘.csv", encoded)
	if err != nil {
		t.Fatal(err)
	}
	rows, problems, err := ReadReturn(book, Default(), Dialect{})
	if err != nil || problems != nil || len(rows) != 3 || rows[1].Paid || rows[1].Account != "30000000012345" || rows[0].Amount != 590_83 {
		t.Errorf("%+v %+v %v", rows, problems, err)
	}
}

func TestReturnFileWithATitleATotalAndADateCell(t *testing.T) {
	book := answered(t, fine, func(f *excelize.File) {
		style, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
		_ = f.SetCellInt("发放清册", "R2", 46320) // 2026-10-25
		_ = f.SetCellStyle("发放清册", "R2", "R2", style)
		_ = f.SetCellStr("发放清册", "A5", "合计")
		_ = f.SetCellDefault("发放清册", "M5", "1038.06")
		_ = f.InsertRows("发放清册", 1, 2)
		_ = f.SetCellStr("发放清册", "A1", "清水县发放结果")
	})
	rows, problems, err := ReadReturn(book, Default(), Dialect{})
	if err != nil || problems != nil || len(rows) != 3 {
		t.Fatalf("%+v %+v %v", rows, problems, err)
	}
	if rows[0].Date != values.MustDate("2026-10-25") || rows[0].Place.Row != 4 {
		t.Errorf("%+v", rows[0])
	}
}

// A row that says nothing plain is never taken for a success or a failure.
func TestDoubtfulRowsAreProblems(t *testing.T) {
	for name, test := range map[string]struct {
		edit         func(*excelize.File)
		cell, column string
		kind         values.ProblemKind
	}{
		"no status":          {func(f *excelize.File) { _ = f.SetCellStr("发放清册", "P2", "") }, "P2", "发放状态", values.ProblemEmpty},
		"strange status":     {func(f *excelize.File) { _ = f.SetCellStr("发放清册", "P2", "处理中") }, "P2", "发放状态", values.ProblemUnreadable},
		"not a success":      {func(f *excelize.File) { _ = f.SetCellStr("发放清册", "P2", "不成功") }, "P2", "发放状态", values.ProblemUnreadable},
		"no serial":          {func(f *excelize.File) { _ = f.SetCellStr("发放清册", "B2", "") }, "B2", "流水号", values.ProblemEmpty},
		"amount in words":    {func(f *excelize.File) { _ = f.SetCellStr("发放清册", "M2", "五百") }, "M2", "补贴金额", values.ProblemUnreadable},
		"amount in 1/10 fen": {func(f *excelize.File) { _ = f.SetCellDefault("发放清册", "M2", "590.831") }, "M2", "补贴金额", values.ProblemUnreadable},
		"account as number":  {func(f *excelize.File) { _ = f.SetCellDefault("发放清册", "L2", "6.21700123456789E+18") }, "L2", "银行账号", values.ProblemDigitsLost},
		"no account":         {func(f *excelize.File) { _ = f.SetCellStr("发放清册", "L2", "") }, "L2", "银行账号", values.ProblemEmpty},
		"no such day":        {func(f *excelize.File) { _ = f.SetCellStr("发放清册", "R2", "2026-02-30") }, "R2", "发放日期", values.ProblemUnreadable},
		"formula": {func(f *excelize.File) {
			_ = f.SetCellValue("发放清册", "P2", nil)
			_ = f.SetCellFormula("发放清册", "P2", `"成"&"功"`)
		}, "P2", "发放状态", values.ProblemUncached},
	} {
		rows, problems, err := ReadReturn(answered(t, fine, test.edit), Default(), Dialect{})
		if err != nil || len(rows) != 2 || len(problems) != 1 {
			t.Errorf("%s: %d rows, %+v, %v", name, len(rows), problems, err)
			continue
		}
		if p := problems[0]; p.Cell != test.cell || p.Column != test.column || p.Kind != test.kind || p.Place.Row != 2 {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestABookThatIsNoReturnFileIsRefused(t *testing.T) {
	book, err := sheet.OpenBytes("发放.xlsx", written(t, Default(), batch())["2026Q3-01.xlsx"])
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := ReadReturn(book, Default(), Dialect{}); !errors.Is(err, ErrNotReturn) || !strings.Contains(err.Error(), "发放状态") {
		t.Errorf("the payment file itself, with no answer: %v", err)
	}
}

// A platform with other headings and words of its own is described, not coded.
func TestReturnFileInThePlatformsOwnWords(t *testing.T) {
	book, err := sheet.OpenBytes("回盘.csv", []byte("业务编号,收款人,收款账号,金额,处理情况,原因说明,处理时间\n"+
		"2026Q3-01-00001,王一,6217001234567890123,590.83,交易成功,,20261025\n"+
		"2026Q3-01-00002,欧阳䶮𬱖,30000000012345,447.22,已退汇,户名不一致,20261025\n"+
		"2026Q3-01-00003,李 娜,123456,0.01,成功,,20261025\n"))
	if err != nil {
		t.Fatal(err)
	}
	d := Dialect{
		Headings: map[string]string{"业务 编号": "流水号", "收款人": "姓名", "收款账号": "银行账号", "金额": "补贴金额", "处理情况": StatusTitle, "原因说明": ReasonTitle, "处理时间": DateTitle},
		Paid:     []string{"交易成功"},
		Failed:   []string{"已退汇"},
		Reasons:  map[string]string{"户名不一致": "名不符"},
	}
	if IsReturn(book, Default(), Dialect{}) || !IsReturn(book, Default(), d) {
		t.Error("the headings are the platform's own")
	}
	rows, problems, err := ReadReturn(book, Default(), d)
	if err != nil || len(rows) != 2 || len(problems) != 1 {
		t.Fatalf("%+v %+v %v", rows, problems, err)
	}
	if !rows[0].Paid || rows[0].Date != values.MustDate("2026-10-25") || rows[1].Paid || rows[1].Reason != "名不符" {
		t.Errorf("%+v", rows)
	}
	if p := problems[0]; p.Cell != "E4" || p.Kind != values.ProblemUnreadable {
		t.Errorf("成功 is not the platform's word for it: %+v", p)
	}
}
