package onecard

import (
	"testing"

	"tiexi/formats/sheet"
)

// FuzzReadReturn: whatever a return file holds, reading it ends, every row is
// whole or has its problem, and no row is both.
func FuzzReadReturn(f *testing.F) {
	head := "流水号,姓名,银行账号,补贴金额,发放状态,失败原因,发放日期\n"
	f.Add(head + "1,王一,6217,440.83,成功,,2026-10-25\n")
	f.Add(head + "1,王一,6217,440.83,失败,户名不符,20261025\n,,,440.83,合计,,\n")
	f.Add(head + "1,王一,'6217,\"1,440.8\",成功,,2026-13-01\n")
	f.Fuzz(func(t *testing.T, text string) {
		book, err := sheet.OpenBytes("回盘.csv", []byte(text))
		if err != nil {
			return
		}
		rows, problems, err := ReadReturn(book, Default(), Dialect{})
		if err != nil {
			return
		}
		whole := make(map[int]bool)
		for _, r := range rows {
			whole[r.Place.Row] = true
			if r.Serial == "" || r.Name == "" || r.Account == "" || r.Paid && r.Reason != "" {
				t.Errorf("row %+v", r)
			}
		}
		for _, p := range problems {
			if whole[p.Place.Row] || p.Kind == "" {
				t.Errorf("row %d is whole and has problem %+v", p.Place.Row, p)
			}
		}
	})
}
