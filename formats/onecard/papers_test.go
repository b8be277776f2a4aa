package onecard

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// Where neither city nor county pays, no paper has a column of zeros for them;
// the rest still adds up.
func TestNoColumnForABudgetThatPaysNothing(t *testing.T) {
	b := batch()
	b.Payments = b.Payments[1:]
	b.Count, b.Sum = 2, 447_23
	var approval, summary bytes.Buffer
	if err := WriteApproval(&approval, b, tallied(b.Payments), Approval{}); err != nil {
		t.Fatal(err)
	}
	if err := WriteSummary(&summary, b, nil); err != nil {
		t.Fatal(err)
	}
	for _, paper := range []struct {
		content []byte
		sheet   string
	}{{approval.Bytes(), "审批单"}, {summary.Bytes(), "资金汇总"}, {summary.Bytes(), "分类汇总"}, {summary.Bytes(), "明细"}} {
		rows := sheetRows(t, paper.content, paper.sheet)
		all := fmt.Sprint(rows)
		if strings.Contains(all, "市级") || strings.Contains(all, "县级") {
			t.Errorf("%s has columns for city and county: %v", paper.sheet, rows)
		}
		if last := fmt.Sprint(rows); !strings.Contains(last, "313.06") || !strings.Contains(last, "134.17") || !strings.Contains(last, "447.23") {
			t.Errorf("%s does not add up visibly: %v", paper.sheet, rows)
		}
	}
}
