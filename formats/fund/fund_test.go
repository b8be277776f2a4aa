package fund_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"tiexi/formats/fund"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

func statement() fund.Statement {
	return fund.Statement{
		County: "清水县", Office: "清水县农业农村局", Quarter: values.Quarter{Year: 2026, Number: 4},
		From: values.MustDate("2026-09-21"), To: values.MustDate("2026-12-20"), AsOf: values.MustDate("2026-12-16"),
		Figures: fund.Figures{Before: 100_00, Deposits: 50_00, Compensated: -70_00, Recovered: 7_00, Closing: 87_00, Listed: true, Outstanding: 1600_01, Floor: 100_01, Shortfall: 13_01},
		Entries: []fund.Entry{{Number: 3, On: values.MustDate("2026-10-22"), Kind: "补偿", Loan: values.Loan{Bank: "农商", Contract: "001"}, Amount: -70_00, Bank: -30_00, Balance: 30_00}},
		Claims:  []fund.Claim{{Number: 1, Loan: values.Loan{Bank: "农商", Contract: "001"}, DaysLate: 12, State: "已补偿", Loss: 100_00, Amount: 100_00, Fund: 70_00, Bank: 30_00, BadRate: "4", Ceiling: "5"}},
	}
}

// text is everything that a workbook says, a row a line.
func text(t *testing.T, content []byte) string {
	t.Helper()
	book, err := sheet.OpenBytes("a.xlsx", content)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	var b strings.Builder
	for _, s := range book.Sheets() {
		b.WriteString("[" + s.Name + "]\n")
		if err := book.Rows(s.Index, func(row sheet.Row) error {
			for _, c := range row.Cells {
				if !c.Covered {
					b.WriteString(c.Text + "|")
				}
			}
			b.WriteString("\n")
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestStatement(t *testing.T) {
	var one, two bytes.Buffer
	if err := errors.Join(fund.WriteStatement(&one, statement()), fund.WriteStatement(&two, statement())); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("twice the same is not the same bytes")
	}
	said := text(t, one.Bytes())
	for _, want := range []string{"[收支表]", "一、季初余额|100|", "　风险补偿支出|-70|", "二、季末余额|87|", "　规模下限|100.01|", "　低于下限的差额|13.01|低于下限，请补足|",
		"[明细]", "3|2026-10-22|补偿|农商|001|70|30|-30|", "[补偿与追回]", "|超期12天|100|100|70|30|"} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing says %q:\n%s", want, said)
		}
	}
	s := statement()
	s.Figures.Listed = false
	one.Reset()
	if err := fund.WriteStatement(&one, s); err != nil || strings.Contains(text(t, one.Bytes()), "1600.01") {
		t.Errorf("a balance that nobody knows is stated: %v", err)
	}
}

func TestAStatementThatDoesNotAddUpIsNotWritten(t *testing.T) {
	s := statement()
	s.Figures.Closing++
	var b bytes.Buffer
	if err := fund.WriteStatement(&b, s); !errors.Is(err, fund.ErrTotals) || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}

func TestReturned(t *testing.T) {
	var b bytes.Buffer
	err := fund.WriteReturned(&b, fund.Returned{County: "清水县", Office: "清水县农业农村局", Phone: "0350-0000001", Bank: "农商", Quarter: values.Quarter{Year: 2026, Number: 4},
		Rows: []fund.ReturnedRow{{Place: values.Place{File: "申请.xlsx", Sheet: "Sheet1", Row: 5}, Kind: "补偿申请", Contract: "001", Borrower: "张三", Amount: 1, Reason: "重复"}, {Place: values.Place{Row: 6}, Kind: "补偿申请", Reason: "读不懂"}}})
	if err != nil {
		t.Fatal(err)
	}
	if said := text(t, b.Bytes()); !strings.Contains(said, "申请.xlsx|Sheet1|5|补偿申请|001|张三|0.01|重复|") || !strings.Contains(said, "6|补偿申请|读不懂|") {
		t.Error(said)
	}
}
