package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tiexi/pipeline/values"
)

func booked() Monitoring {
	m := table()
	m.Books = []BookSum{{Bank: "清水农商银行", Files: []BookFile{{"台账一.xlsx", values.MustDate("2026-09-20")}, {"台账二.xlsx", values.MustDate("2026-09-20")}},
		Loans: 101, Balance: 4_290_000_00, LeftOut: 10_000_00, OnlyListed: 20_000_00, Closing: 4_300_000_00}}
	m.BookChecks = []BookCheck{
		{Kind: "与贷款台账不一致", Bank: "清水农商银行", Contract: "8801026000035", Borrower: "王三", Item: "贷款余额", Listed: "50,000.00", ListedAt: values.Place{File: "名单.xlsx", Sheet: "一", Row: 5}, ListedCell: "D5",
			Booked: "48,000.00", BookedAt: values.Place{File: "台账一.xlsx", Sheet: "Sheet1"}, BookedCell: "G7"},
		{Kind: "名单中没有", Bank: "清水农商银行", Contract: "NS9", Borrower: "王四", Item: "贷款余额", Booked: "=1+1", BookedAt: values.Place{File: "台账.csv"}, BookedCell: "G9", Note: "余额按台账计"},
	}
	return m
}

// The books stand beside the table only where a bank sent one, and say how the
// table gets from them to its balance.
func TestLoanBooksBesideTheTable(t *testing.T) {
	if sheets := workbook(t, table()).GetSheetList(); slices.Contains(sheets, "台账核对") || slices.Contains(sheets, "台账核对明细") {
		t.Errorf("without a book there are %v", sheets)
	}
	f := workbook(t, booked())
	want := [][]string{
		{"承贷银行", "贷款台账", "截至", "笔数", "台账余额(元)", "未计入(元)", "台账没有的(元)", "期末余额(元)"},
		{"清水农商银行", "台账一.xlsx；台账二.xlsx", "2026-09-20", "101", "4290000.00", "10000.00", "20000.00", "4300000.00"},
	}
	if diff := cmp.Diff(want, rowsOf(t, f, "台账核对")[2:]); diff != "" {
		t.Error(diff)
	}
	want = [][]string{
		{"情况", "承贷银行", "合同号", "借款人", "项目", "名单所列", "名单位置", "台账所列", "台账位置", "说明"},
		{"与贷款台账不一致", "清水农商银行", "8801026000035", "王三", "贷款余额", "50,000.00", "名单.xlsx“一” D5", "48,000.00", "台账一.xlsx“Sheet1” G7"},
		{"名单中没有", "清水农商银行", "NS9", "王四", "贷款余额", "", "", "=1+1", "台账.csv G9", "余额按台账计"},
	}
	if diff := cmp.Diff(want, rowsOf(t, f, "台账核对明细")[2:]); diff != "" {
		t.Error(diff)
	}
	if formula, err := f.GetCellFormula("台账核对明细", "H5"); formula != "" || err != nil {
		t.Errorf("a text became the formula %q, %v", formula, err)
	}
	if note := rowsOf(t, f, "季度监测表")[5][0]; !strings.HasPrefix(note, "报来贷款台账的银行按台账计") {
		t.Errorf("the table's note is %q", note)
	}
	same := booked()
	same.BookChecks = nil
	if rows := rowsOf(t, workbook(t, same), "台账核对明细"); rows[3][0] != "名单与台账一致。" {
		t.Errorf("nothing differs, and it says %v", rows[3])
	}
	var one, two bytes.Buffer
	if err := WriteMonitoring(&one, booked()); err != nil {
		t.Fatal(err)
	}
	if err := WriteMonitoring(&two, booked()); err != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same table gives other bytes")
	}
}
