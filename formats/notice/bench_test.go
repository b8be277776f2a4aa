package notice

import (
	"fmt"
	"io"
	"testing"

	"github.com/xuri/excelize/v2"
)

// BenchmarkCounty writes a county's lists: 300 villages of 40 loans and 30
// townships of 400. It has to stay under a second of one core.
func BenchmarkCounty(b *testing.B) {
	townships := make([][]Village, 30)
	for i := range townships {
		for j := range 10 {
			townships[i] = append(townships[i], village(fmt.Sprintf("%d号村", i*10+j), many(40)...))
		}
	}
	for b.Loop() {
		for _, villages := range townships {
			for _, v := range villages {
				if err := WriteVillage(io.Discard, heading(), v); err != nil {
					b.Fatal(err)
				}
			}
			if err := WriteTownship(io.Discard, heading(), villages); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkVillage(b *testing.B) {
	v := village("上河村", many(40)...)
	for b.Loop() {
		if err := WriteVillage(io.Discard, heading(), v); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVillageExcelize is the peer: the same table, one excelize book per
// village, cell by cell, with no scan.
func BenchmarkVillageExcelize(b *testing.B) {
	loans := many(40)
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		f := excelize.NewFile()
		must(f.SetSheetName("Sheet1", "公示"))
		border := []excelize.Border{{Type: "left", Style: 1}, {Type: "top", Style: 1}, {Type: "right", Style: 1}, {Type: "bottom", Style: 1}}
		text, err := f.NewStyle(&excelize.Style{Border: border, Font: &excelize.Font{Family: "宋体", Size: 12}})
		must(err)
		money, err := f.NewStyle(&excelize.Style{Border: border, NumFmt: 4, Font: &excelize.Font{Family: "宋体", Size: 12}})
		must(err)
		must(f.MergeCell("公示", "A1", "H1"))
		must(f.SetCellStr("公示", "A1", "公示"))
		for i, heading := range columns {
			cell, _ := excelize.CoordinatesToCellName(i+1, 4)
			must(f.SetCellStr("公示", cell, heading))
		}
		for i, l := range loans {
			at := func(column string) string { return fmt.Sprintf("%s%d", column, i+5) }
			must(f.SetCellInt("公示", at("A"), int64(i+1)))
			must(f.SetCellStr("公示", at("B"), l.Borrower))
			must(f.SetCellStr("公示", at("C"), l.Bank))
			must(f.SetCellDefault("公示", at("D"), l.Amount.String()))
			must(f.SetCellDefault("公示", at("E"), l.rates()))
			must(f.SetCellStr("公示", at("F"), l.period()))
			must(f.SetCellDefault("公示", at("G"), l.Subsidy.String()))
			must(f.SetCellStyle("公示", at("A"), at("F"), text))
			must(f.SetCellStyle("公示", at("G"), at("G"), money))
		}
		must(f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "公示!$4:$4", Scope: "公示"}))
		_, err = f.WriteTo(io.Discard)
		must(err)
		must(f.Close())
	}
}

// What a list of 40 loans may allocate, its scan for personal numbers included.
func TestAListAllocatesLittle(t *testing.T) {
	const atMost = 1_050
	v := village("上河村", many(40)...)
	if got := testing.AllocsPerRun(20, func() {
		if err := WriteVillage(io.Discard, heading(), v); err != nil {
			t.Fatal(err)
		}
	}); got > atMost {
		t.Errorf("a list allocates %.0f times, %d at most", got, atMost)
	}
}
