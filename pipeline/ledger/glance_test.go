package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tiexi/pipeline/values"
)

// approvedOnly is a ledger with one approved batch: L1 and L2 are paid in full to
// two people.
func approvedOnly(t *testing.T) (*Ledger, *sql.DB) {
	t.Helper()
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		f := statement(tx, q3, "甲.xlsx")
		var due []Entitlement
		for n := 1; n <= 2; n++ {
			line := add(tx, f, n, fmt.Sprint("L", n), "2026-06-21", "2026-09-20", "")
			do(tx.PutJudgements([]Judgement{{Line: line.Key, Quarter: q3, Outcome: values.Accepted, Payee: "王小明", PayoutBank: bank, Account: "6228480000000012348"}}))
			due = append(due, entitled(fmt.Sprint("L", n), "bangfu", values.Shares{Central: 10_000}, line.Key))
		}
		must(tx.ReplaceEntitlements(q3, 1, due))
		id := drawn(tx, 1, pays(1, "first", "L1", 10_000, 0), pays(2, "second", "L2", 10_000, 0))
		do(tx.FreezeBatch(id), tx.ApproveBatch(id))
		return nil
	})
	db := plain(t, l.Path())
	untie(t, db)
	return l, db
}

// Whatever of the second payment's loan is changed, that payment is in doubt
// and the first is not.
func TestAMemberIsInDoubtWhateverChanged(t *testing.T) {
	const line = `(SELECT id FROM line WHERE contract = 'L2')`
	for _, change := range []string{
		`UPDATE entitlement SET facts = 'other' WHERE contract = 'L2'`,
		`UPDATE entitlement SET policy = 'tuopin' WHERE contract = 'L2'`,
		`DELETE FROM entitlement WHERE contract = 'L2'`,
		`UPDATE judgement SET blocked = 'account-missing' WHERE line_id = ` + line,
		`UPDATE judgement SET account = '6228480000000099999' WHERE line_id = ` + line,
		`UPDATE judgement SET payout_bank = '别的银行' WHERE line_id = ` + line,
		`UPDATE judgement SET payee = '王大明' WHERE line_id = ` + line,
		`UPDATE judgement SET outcome = 'held' WHERE line_id = ` + line,
		`UPDATE judgement SET quarter = '2026Q2' WHERE line_id = ` + line,
		`UPDATE line SET person = '149901199001010030' WHERE contract = 'L2'`,
		`UPDATE line SET live = 0 WHERE contract = 'L2'`,
		`UPDATE payment_part SET central = -10000 WHERE contract = 'L2'`,
	} {
		l, db := approvedOnly(t)
		doubted := func() (numbers []string) {
			look(t, l, func(tx *Tx) error {
				for _, p := range must(tx.MembersInDoubt(1)) {
					numbers = append(numbers, fmt.Sprint(p.Number, " ", len(p.Parts)))
				}
				return nil
			})
			return numbers
		}
		if got := doubted(); got != nil {
			t.Fatalf("nothing has changed, and %v is in doubt", got)
		}
		run(t, db, change)
		if got := doubted(); !slices.Equal(got, []string{"second 1"}) {
			t.Errorf("%s: in doubt is %q", change, got)
		}
	}
}

func TestAQuarterIsUnsettledWhateverIsOpen(t *testing.T) {
	for _, change := range []string{
		`UPDATE payment SET state = 'failed' WHERE number = 'second'`,
		`UPDATE payment SET state = 'void' WHERE number = 'second'`,
		`UPDATE payment SET state = 'draft' WHERE number = 'second'`,
		`UPDATE entitlement SET central = 10001 WHERE contract = 'L2'`,
		`UPDATE entitlement SET central = 9999 WHERE contract = 'L2'`,
		`UPDATE entitlement SET central = 9999, provincial = 1 WHERE contract = 'L2'`,
		`UPDATE entitlement SET central = 9999, city = 1 WHERE contract = 'L2'`,
		`UPDATE entitlement SET central = 9999, county = 1 WHERE contract = 'L2'`,
		`UPDATE entitlement SET policy = 'tuopin' WHERE contract = 'L2'`,
		`DELETE FROM entitlement WHERE contract = 'L2'`,
		`DELETE FROM payment_part WHERE contract = 'L2'`,
	} {
		l, db := approvedOnly(t)
		unsettled := func(q values.Quarter) (some bool) {
			look(t, l, func(tx *Tx) error { some = must(tx.Unsettled(q)); return nil })
			return some
		}
		if unsettled(q3) {
			t.Fatal("all is paid, and the quarter is unsettled")
		}
		run(t, db, change)
		if !unsettled(q3) || unsettled(q2) {
			t.Errorf("%s: unsettled %v, another quarter %v", change, unsettled(q3), unsettled(q2))
		}
	}
}

// A batch of many rows goes in and comes out as it was, the parts with their
// payments, also where it is written in several goes, which end in the middle of
// a statement.
func TestABatchLargerThanAStatement(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		line := add(tx, statement(tx, q3, "甲.xlsx"), 1, "L1", "2026-06-21", "2026-09-20", values.Accepted)
		var due []Entitlement
		var payments []Payment
		for n := range paymentsTogether + 2*rowsTogether + 37 {
			p := pays(n+1, fmt.Sprintf("2026Q3-01-%05d", n+1), "", 0, 0)
			p.Person, p.Parts = values.ResidentID(fmt.Sprint(n)), nil
			for m := range n % 3 {
				contract := fmt.Sprintf("L%d-%d", n, m)
				due = append(due, entitled(contract, "bangfu", values.Shares{Central: 100}, line.Key))
				p.Parts = append(p.Parts, Part{Quarter: q3, Loan: loan(contract), Policy: "bangfu", Shares: values.Shares{Central: 100}, Facts: "f"})
			}
			p.Amount = max(1, values.Fen(100*len(p.Parts)))
			payments = append(payments, p)
		}
		must(tx.ReplaceEntitlements(q3, 1, due))
		id := drawn(tx, 1, payments...)
		total := values.Fen(0)
		for i := range payments {
			p := &payments[i]
			p.ID, p.Batch, p.BatchName, p.State = int64(i+1), id, "2026Q3-01", "draft"
			for j := range p.Parts {
				p.Parts[j].Payment = p.ID
			}
			total += p.Amount
		}
		if diff := cmp.Diff(payments, ofBatch(tx, id), whole...); diff != "" {
			t.Error(diff)
		}
		if count, sum, err := tx.BatchSums(id); count != len(payments) || sum != total || err != nil {
			t.Errorf("%d payments of %v, %v", count, sum, err)
		}
		return nil
	})
}

// What reads a batch gets a payment at a time, and may stop.
func TestABatchIsReadPieceByPiece(t *testing.T) {
	l, _ := county(t)
	look(t, l, func(tx *Tx) error {
		enough, read := errors.New("enough"), 0
		err := tx.PaymentsOfBatch(1, func(Payment) error {
			if read++; read == 2 {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) || read != 2 {
			t.Errorf("%d read, %v", read, err)
		}
		return nil
	})
}

// Live parts come by bank, contract, policy and payment: accounts are opened in
// that order as they come.
func TestLivePartsComeByLoan(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		line := add(tx, statement(tx, q3, "甲.xlsx"), 1, "L1", "2026-06-21", "2026-09-20", values.Accepted)
		must(tx.ReplaceEntitlements(q3, 1, []Entitlement{entitled("L1", "bangfu", values.Shares{Central: 20}, line.Key), entitled("L2", "bangfu", values.Shares{Central: 10}, line.Key)}))
		for n, contract := range []string{"L2", "L1", "L1"} {
			id := drawn(tx, n+1, pays(n+1, fmt.Sprint(n), contract, 10, 0))
			do(tx.FreezeBatch(id), tx.ApproveBatch(id))
		}
		var order []string
		for _, p := range liveParts(tx, q3) {
			order = append(order, fmt.Sprint(p.Loan.Contract, " ", p.Payment))
		}
		if got := strings.Join(order, ", "); got != "L1 2, L1 3, L2 1" {
			t.Errorf("parts come as %s", got)
		}
		return nil
	})
}
