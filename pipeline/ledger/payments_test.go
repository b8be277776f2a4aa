package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tiexi/pipeline/values"
)

func TestABatchReadsBack(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		line := add(tx, statement(tx, q3, "甲.xlsx"), 1, "L1", "2026-06-21", "2026-09-20", values.Accepted)
		must(tx.ReplaceEntitlements(q3, 1, []Entitlement{entitled("L1", "bangfu", values.Shares{Central: 70, Provincial: 30}, line.Key), entitled("L2", "bangfu", values.Shares{Central: 5}, line.Key)}))
		payment := pays(1, "2026Q3-01-00001", "L1", 100, 0)
		payment.Parts[0].Shares = values.Shares{Central: 70, Provincial: 30}
		payment.Parts = append(payment.Parts, pays(1, "", "L2", 5, 0).Parts...)
		payment.Amount = 105
		id := drawn(tx, 1, payment)
		payment.ID, payment.Batch, payment.BatchName, payment.State = 1, id, "2026Q3-01", "draft"
		for i := range payment.Parts {
			payment.Parts[i].Payment = 1
		}
		for what, got := range map[string][]Payment{"the batch's": ofBatch(tx, id), "the quarter's": must(tx.Payments(q3))} {
			if diff := cmp.Diff([]Payment{payment}, got, whole...); diff != "" {
				t.Errorf("%s payments: %s", what, diff)
			}
		}
		if live := liveParts(tx, q3); len(live) != 0 {
			t.Errorf("a draft counts as paid: %v", live)
		}
		do(tx.AddApproval(id, "members 1"), tx.FreezeBatch(id), tx.ApproveBatch(id))
		if live := liveParts(tx, q3); len(live) != 2 {
			t.Errorf("approved parts: %v", live)
		}
		if live := liveParts(tx, q4); len(live) != 0 {
			t.Errorf("another quarter's parts: %v", live)
		}
		do(tx.SendBatch(id, today+1))
		want := Batch{ID: id, Quarter: q3, Number: 1, Name: "2026Q3-01", State: "sent", Digest: "members 1", DraftedOn: today, ApprovedOn: today, SentOn: today + 1}
		if got, ok, err := tx.BatchNamed("2026Q3-01"); got != want || !ok || err != nil {
			t.Errorf("%+v, %v, %v", got, ok, err)
		}
		if got := must(tx.Approvals(id)); len(got) != 1 || got[0] != (Approval{id, "张会计", "members 1", today}) {
			t.Errorf("approvals: %+v", got)
		}
		do(tx.SettlePayment(1, "failed", "销户", today+2))
		if p := numbered(tx, "2026Q3-01-00001"); p.State != "failed" || p.Reason != "销户" || p.SettledOn != today+2 {
			t.Errorf("%+v", p)
		}
		return nil
	})
}

func TestOnlyAnotherPersonApprovesAgain(t *testing.T) {
	l, _ := county(t)
	err := l.Write(t.Context(), today, "张会计", func(tx *Tx) error { return tx.AddApproval(4, "members 4") })
	if err == nil {
		t.Error("one person has approved twice")
	}
	if err := l.Write(t.Context(), today, "李主任", func(tx *Tx) error { return tx.AddApproval(4, "members 4") }); err != nil {
		t.Error(err)
	}
}

func TestADroppedDraftLeavesNothing(t *testing.T) {
	l, db := county(t)
	write(t, l, func(tx *Tx) error { return tx.DropDraft(5) })
	if left := texts(t, db, `SELECT name FROM batch WHERE state = 'draft' UNION ALL SELECT number FROM payment WHERE state = 'draft'
		UNION ALL SELECT contract FROM payment_part WHERE payment_id NOT IN (SELECT id FROM payment)`); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	for batch := int64(1); batch <= 4; batch++ {
		if err := l.Write(t.Context(), today, "x", func(tx *Tx) error { return tx.DropDraft(batch) }); err == nil {
			t.Errorf("batch %d is dropped", batch)
		}
	}
}

// A correction moves a paid loan from one policy to the other: in one payment
// the old policy is taken back and the new one paid, in whatever order the
// parts are written, and only the difference is new money.
func TestMoneyMovesFromOnePolicyToTheOther(t *testing.T) {
	for _, c := range []struct{ from, to string }{{"tuopin", "bangfu"}, {"bangfu", "tuopin"}} {
		l := newLedger(t)
		write(t, l, func(tx *Tx) error {
			line := add(tx, statement(tx, q3, "甲.xlsx"), 1, "L1", "2026-06-21", "2026-09-20", values.Accepted).Key
			must(tx.ReplaceEntitlements(q3, 1, []Entitlement{entitled("L1", c.from, values.Shares{Central: 100}, line)}))
			first := pays(1, "first", "L1", 100, 0)
			first.Parts[0].Policy = c.from
			id := drawn(tx, 1, first)
			do(tx.FreezeBatch(id), tx.ApproveBatch(id), tx.SendBatch(id, today), tx.SettlePayment(1, "paid", "", today))

			must(tx.ReplaceEntitlements(q3, 2, []Entitlement{entitled("L1", c.to, values.Shares{Central: 130}, line)}))
			second := pays(1, "second", "L1", 30, 0)
			second.Parts = []Part{
				{Quarter: q3, Loan: loan("L1"), Policy: c.to, Shares: values.Shares{Central: 130}},
				{Quarter: q3, Loan: loan("L1"), Policy: c.from, Shares: values.Shares{Central: -100}},
			}
			id = drawn(tx, 2, second)
			do(tx.FreezeBatch(id))
			if second.Parts[0].Policy != c.to {
				t.Error("the caller's parts have changed places")
			}
			sums := map[string]values.Fen{}
			for _, part := range liveParts(tx, q3) {
				sums[part.Policy] += part.Shares.Total()
			}
			if sums[c.from] != 0 || sums[c.to] != 130 {
				t.Errorf("live: %v", sums)
			}
			return nil
		})
		err := l.Write(t.Context(), today, "x", func(tx *Tx) error {
			third := pays(1, "third", "L1", 1, 0)
			third.Parts[0].Policy = c.to
			return tx.AddPayments(must(tx.AddBatch(Batch{Quarter: q3, Number: 3, Name: "2026Q3-03"})), slices.Values([]Payment{third}))
		})
		if err == nil || !strings.Contains(err.Error(), "more would be paid") {
			t.Errorf("a fen more: %v", err)
		}
	}
}

// A failed payment is mended by the next one; where that fails too, the last
// one is the one to be mended, and a paid one ends it.
func TestAFailedPaymentIsMendedOnce(t *testing.T) {
	l := newLedger(t)
	waiting := func(tx *Tx) string {
		var numbers []string
		for _, p := range must(tx.FailedUnmended()) {
			numbers = append(numbers, p.Number)
			if len(p.Parts) != 1 || p.Parts[0].Loan.Contract != "L1" {
				t.Errorf("%s has parts %v", p.Number, p.Parts)
			}
		}
		return strings.Join(numbers, " ")
	}
	write(t, l, func(tx *Tx) error {
		line := add(tx, statement(tx, q3, "甲.xlsx"), 1, "L1", "2026-06-21", "2026-09-20", values.Accepted)
		must(tx.ReplaceEntitlements(q3, 1, []Entitlement{entitled("L1", "bangfu", values.Shares{Central: 100}, line.Key)}))
		attempt := func(number int, name string, mends int64) (batch, payment int64) {
			batch = drawn(tx, number, pays(1, name, "L1", 100, mends))
			return batch, numbered(tx, name).ID
		}
		send := func(batch int64) { do(tx.FreezeBatch(batch), tx.ApproveBatch(batch), tx.SendBatch(batch, today)) }
		see := func(when, want string) {
			t.Helper()
			if got := waiting(tx); got != want {
				t.Errorf("%s these wait: %q, want %q", when, got, want)
			}
		}
		batch, first := attempt(1, "first", 0)
		send(batch)
		see("sent", "")
		do(tx.SettlePayment(first, "failed", "销户", today))
		see("failed", "first")
		batch, _ = attempt(2, "void", first)
		see("with a draft", "first")
		do(tx.FreezeBatch(batch))
		see("approved again", "")
		do(tx.VoidBatch(batch, "有变化"))
		see("void again", "first")
		batch, second := attempt(3, "second", first)
		send(batch)
		do(tx.SettlePayment(second, "failed", "账号有误", today))
		see("failed twice", "second")
		batch, third := attempt(4, "third", second)
		send(batch)
		see("sent for the third time", "")
		do(tx.SettlePayment(third, "paid", "", today))
		see("paid", "")
		return nil
	})
}

func TestAdjustmentsReadBack(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		want := []Adjustment{
			{ID: 1, Quarter: q3, Loan: loan("L1"), Verdict: "waive", Amount: 7, Due: 11, Why: "困难", Waived: map[string]values.Shares{"bangfu": {Central: 1, Provincial: 2, City: 3, County: 4}, "tuopin": {County: -3}}},
			{ID: 2, Quarter: q2, Loan: loan("L1"), Verdict: "recover", Amount: 9, Why: "重复"},
		}
		for _, a := range want {
			do(tx.AddAdjustment(a))
		}
		if diff := cmp.Diff(want, must(tx.Adjustments(values.Quarter{}))); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want[1:], must(tx.Adjustments(q2))); diff != "" {
			t.Error(diff)
		}
		return nil
	})
}

func TestThePayeeOfALoanIsWhoWasPaidLast(t *testing.T) {
	l, _ := county(t)
	look(t, l, func(tx *Tx) error {
		var told []string
		for n := 1; n <= 8; n++ {
			if owner := must(tx.PayeeOfLoan(q3, loan(fmt.Sprint("L", n)))); owner != "" {
				told = append(told, fmt.Sprint(n))
				if owner != person(n) {
					t.Errorf("L%d was paid to %s", n, owner)
				}
			}
		}
		if strings.Join(told, " ") != "1 3 5 6" { // 2 failed, 4 is void, 7 a draft
			t.Errorf("paid or on the way: %v", told)
		}
		return nil
	})
}

func TestLinesOfLoansForPayment(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		f := statement(tx, q3, "甲.xlsx")
		lines := []*Line{}
		for row, given := range []values.FieldSet{0, values.FieldSet(0).With(values.FieldAmount)} {
			line := &Line{FileID: f.ID, Quarter: q3, Line: values.Line{Place: values.Place{Row: row + 1}, Bank: bank, Contract: fmt.Sprint("L", row), ID: person(row), Given: given,
				Balance: 4_000_000, Amount: 5_000_000, Rate: values.MustRate("3.45"), From: today - 9, To: today}}
			addLine(tx, line)
			judge(tx, line, values.Accepted)
			lines = append(lines, line)
		}
		held := add(tx, f, 9, "L9", "2026-06-21", "2026-09-20", values.Held)
		var amounts []values.Fen
		do(tx.LoanLines(q3, func(l LoanLine) error {
			amounts = append(amounts, l.Amount)
			if l.Loan.Contract == held.Contract || l.From != today-9 || l.To != today || !l.Rate.Same(values.MustRate("3.45")) || len(l.Blocked) != 1 || l.Account != "6228480000000012348" {
				t.Errorf("%+v", l)
			}
			return nil
		}))
		if len(amounts) != len(lines) || amounts[0] != 4_000_000 || amounts[1] != 5_000_000 { // the loan's amount where it is given, else the balance
			t.Errorf("amounts: %v", amounts)
		}
		return nil
	})
}
