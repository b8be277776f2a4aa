package values

import "testing"

func TestWhatBanksWriteOfOverdue(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "0": false, "０": false, "0天": false, "0.00": false, "否": false, " 否 ": false, "无": false, "没有": false, "×": false, "n": false, "No": false,
		"正常": false, "未逾期": false, "-": false, "——": false, "/": false,
		"是": true, "√": true, "Y": true, "1": true, "10": true, "３０天": true, "逾期40天": true, "本金逾期": true,
	} {
		if got := SaysOverdue(text); got != want {
			t.Errorf("%q says %v", text, got)
		}
	}
}
