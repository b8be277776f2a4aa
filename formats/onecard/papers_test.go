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

// A person with two payments is one person, in the whole and in every group,
// and two payments; one with parts of two banks is in both banks' groups.
func TestATallyCountsPeopleOnce(t *testing.T) {
	b := batch()
	again := b.Payments[1]
	again.Serial, again.Township = "2026Q3-01-00004", "城关镇"
	b.Payments = append(b.Payments, again)
	tally := tallied(b.Payments)
	said := func(t total) string { return fmt.Sprint(t.key[0], " ", t.payments, " ", t.people, " ", t.loans) }
	var got []string
	got = append(got, said(tally.whole))
	for _, g := range []grouping{tally.townships, tally.lenders} {
		for _, group := range g.all {
			got = append(got, said(group))
		}
	}
	if all := strings.Join(got, ", "); all != " 4 3 5, 柳沟镇 2 2 3, 城关镇 2 2 2, 清水农商银行 3 2 3, 清水邮储银行 2 2 2" {
		t.Errorf("payments, people and loans: %s", all)
	}
	if b.Count, b.Sum = 4, 1038_06+447_22; tally.check(&b) != nil {
		t.Errorf("a batch that adds up: %v", tally.check(&b))
	}
}
