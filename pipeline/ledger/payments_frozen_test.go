package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Payments, tried around the Go code.

func TestAPaymentIsNeverRewritten(t *testing.T) {
	_, db := county(t)
	later := []string{"state", "reason", "settled_on"} // what becomes of it is known later
	for _, table := range []string{"payment", "payment_part", "batch"} {
		columns := texts(t, db, `SELECT name FROM pragma_table_info(?)`, table)
		if len(columns) < 10 {
			t.Fatalf("%s has columns %v", table, columns)
		}
		for _, column := range columns {
			if slices.Contains(append(later, "approved_on", "sent_on", "void_why"), column) {
				continue
			}
			for _, key := range texts(t, db, map[string]string{"payment": `SELECT number FROM payment`, "payment_part": `SELECT contract FROM payment_part`, "batch": `SELECT name FROM batch`}[table]) {
				where := map[string]string{"payment": "number", "payment_part": "contract", "batch": "name"}[table]
				for _, or := range []string{"", "OR REPLACE", "OR IGNORE"} {
					refused(t, db, "never rewritten", fmt.Sprintf(`UPDATE %s %s SET %s = CASE typeof(%[3]s) WHEN 'integer' THEN %[3]s + 1000 ELSE %[3]s || 'x' END WHERE %s = ?`, or, table, column, where), key)
				}
			}
		}
	}
}

func TestWhatIsApprovedStays(t *testing.T) {
	_, db := county(t)
	for _, number := range []string{"approved", "signed", "sent", "paid", "failed", "void"} {
		refused(t, db, "frozen", `DELETE FROM payment WHERE number = ?`, number)
		refused(t, db, "frozen", `DELETE FROM payment_part WHERE payment_id = (SELECT id FROM payment WHERE number = ?)`, number)
		refused(t, db, "frozen", `INSERT INTO payment_part SELECT id, '2026Q2', 'b', 'c', 'p', -1, 0, 0, 0, 'f' FROM payment WHERE number = ?`, number)
		refused(t, db, "frozen", `INSERT OR REPLACE INTO payment_part SELECT payment_id, t.quarter, bank, contract, policy, 1, 0, 0, 0, facts
			FROM payment_part t JOIN payment p ON p.id = t.payment_id WHERE number = ?`, number)
		refused(t, db, "begins as a draft", `INSERT OR REPLACE INTO payment SELECT id, 5, position + 10, number || 'x', 'p', name, township, village, payout_bank, account, 1, 'draft', '', '', 0
			FROM payment WHERE number = ?`, number)
		refused(t, db, "begins as a draft", `INSERT OR REPLACE INTO payment SELECT NULL, 5, position + 10, number, 'p', name, township, village, payout_bank, account, 1, 'draft', '', '', 0
			FROM payment WHERE number = ?`, number)
		refused(t, db, "begins as a draft", `INSERT INTO payment SELECT NULL, batch_id, position + 10, number || 'x', 'p', name, township, village, payout_bank, account, 1, 'draft', '', '', 0
			FROM payment WHERE number = ?`, number) // into its batch
	}
	for _, state := range []string{"approved", "sent", "paid", "failed", "void"} {
		refused(t, db, "begins as a draft", `INSERT INTO payment VALUES (NULL, 5, 9, 'new', 'p', 'n', '', '', '', '', 1, ?, '', '', 0)`, state)
	}
	for _, name := range []string{"2026Q3-01", "2026Q3-02", "2026Q3-03", "2026Q3-04"} {
		refused(t, db, "frozen", `DELETE FROM batch WHERE name = ?`, name)
		refused(t, db, "under a new number", `INSERT OR REPLACE INTO batch SELECT id, '2026Q4', 1, '2026Q4-01', 'draft', '', '', '', '', '' FROM batch WHERE name = ?`, name)
		refused(t, db, "under a new number", `INSERT OR REPLACE INTO batch SELECT NULL, quarter, number, name || 'x', 'draft', '', '', '', '', '' FROM batch WHERE name = ?`, name)
		refused(t, db, "under a new number", `INSERT OR REPLACE INTO batch SELECT NULL, '2026Q4', 1, name, 'draft', '', '', '', '', '' FROM batch WHERE name = ?`, name)
	}
	refused(t, db, "begins as a draft", `INSERT INTO batch VALUES (NULL, '2026Q4', 1, '2026Q4-01', 'approved', '', '', '', '', '')`)
	permitted(t, db, `DELETE FROM payment_part WHERE payment_id = (SELECT id FROM payment WHERE number = 'draft')`)
	permitted(t, db, `DELETE FROM payment WHERE number = 'draft'`)
	permitted(t, db, `DELETE FROM batch WHERE name = '2026Q3-05'`)
	permitted(t, db, `INSERT INTO payment VALUES (NULL, 5, 9, 'new', 'p', 'n', '', '', '', '', 1, 'draft', '', '', 0)`)
	permitted(t, db, `INSERT INTO batch VALUES (NULL, '2026Q4', 1, '2026Q4-01', 'draft', '', '', '', '', '')`)
}

func TestPaymentsGoForward(t *testing.T) {
	_, db := county(t)
	forward := map[string][]string{
		"draft": {"approved"}, "approved": {"sent", "void"}, "sent": {"paid", "failed"}, "paid": nil, "failed": nil, "void": nil}
	for from, allowed := range forward {
		for to := range forward {
			query := `UPDATE payment SET state = ? WHERE number = ?`
			if to == from || slices.Contains(allowed, to) {
				permitted(t, db, query, to, from)
			} else {
				refused(t, db, "never back", query, to, from)
			}
		}
		refused(t, db, "", `UPDATE payment SET state = 'lost' WHERE number = ?`, from)
		for _, column := range []string{"reason", "settled_on"} {
			query := fmt.Sprintf(`UPDATE payment SET %s = 'x' WHERE number = ?`, column)
			if allowed == nil {
				refused(t, db, "outcome", query, from)
			} else {
				permitted(t, db, query, from)
			}
		}
	}
}

func TestBatchesGoForward(t *testing.T) {
	_, db := county(t)
	names := map[string]string{"sent": "2026Q3-01", "void": "2026Q3-02", "approved": "2026Q3-03", "signing": "2026Q3-04", "draft": "2026Q3-05"}
	forward := map[string][]string{"draft": {"signing"}, "signing": {"approved", "void"}, "approved": {"sent", "void"}}
	for from, name := range names {
		for to := range names {
			query := `UPDATE batch SET state = ? WHERE name = ?`
			if to == from || slices.Contains(forward[from], to) {
				permitted(t, db, query, to, name)
			} else {
				refused(t, db, "never back", query, to, name)
			}
		}
	}
}

func TestOneOfEach(t *testing.T) {
	_, db := county(t)
	refused(t, db, "UNIQUE constraint failed: batch.quarter", `INSERT INTO batch VALUES (NULL, '2026Q3', 6, '2026Q3-06', 'draft', '', '', '', '', '')`) // one draft a quarter
	permitted(t, db, `INSERT INTO batch VALUES (NULL, '2026Q4', 6, '2026Q4-06', 'draft', '', '', '', '', '')`)
	refused(t, db, "new number", `INSERT INTO batch VALUES (NULL, '2026Q3', 2, '2026Q3-2', 'draft', '', '', '', '', '')`)

	insert := `INSERT INTO payment SELECT NULL, 5, ?, ?, ?, 'n', '', '', '', '', ?, 'draft', '', '', coalesce((SELECT id FROM payment WHERE number = ?), 0)`
	permitted(t, db, insert, 9, "new", "p", 1, "")
	refused(t, db, "payment.batch_id, payment.position", insert, 7, "new", "p", 1, "")
	refused(t, db, "payment.number", insert, 9, "draft", "p", 1, "")
	refused(t, db, "payment.batch_id, payment.person", insert, 9, "new", person(7).Whole(), 1, "") // one payment a person and batch
	refused(t, db, "amount > 0", insert, 9, "new", "p", 0, "")
	refused(t, db, "amount > 0", insert, 9, "new", "p", -1, "")

	// a failed payment is mended once at a time, and nothing pushes the mending one out
	refused(t, db, "payment.mends", insert, 9, "new", "p", 1, "failed")
	for _, state := range []string{"approved", "sent"} {
		run(t, db, `UPDATE payment SET state = ? WHERE number = 'draft mending'`, state)
		refused(t, db, "begins as a draft", insert, 9, "new", "p", 1, "failed")
		refused(t, db, "begins as a draft", strings.Replace(insert, "INSERT", "INSERT OR REPLACE", 1), 9, "new", "p", 1, "failed")
	}
	run(t, db, `UPDATE payment SET state = 'failed' WHERE number = 'draft mending'`)
	permitted(t, db, insert, 9, "new", "p", 1, "failed")
}

func TestAnApprovedPaymentIsTheSumOfItsParts(t *testing.T) {
	for _, spoil := range []string{
		`DELETE FROM payment_part WHERE payment_id = (SELECT id FROM payment WHERE number = 'draft')`,
		`INSERT INTO payment_part SELECT id, '2026Q3', 'b', 'other', 'bangfu', -1, 0, 0, 0, 'f' FROM payment WHERE number = 'draft'`,
	} {
		_, db := county(t)
		run(t, db, spoil)
		refused(t, db, "do not add up", `UPDATE payment SET state = 'approved' WHERE number = 'draft'`)
		permitted(t, db, `UPDATE payment SET state = 'approved' WHERE number = 'draft mending'`)
	}
}

// What is paid on a loan or on its way is never more than it is due, with what
// was waived; failed and void payments do not count.
func TestNobodyIsPaidMoreThanIsDue(t *testing.T) {
	_, db := county(t)
	part := `INSERT INTO payment_part SELECT id, ?, ?, ?, ?, ?, ?, 0, 0, 'f' FROM payment WHERE number = 'draft'`
	const over = "more would be paid"
	for contract, open := range map[string]int{
		"L1": 0,      // paid
		"L2": 1_000,  // failed, a mending of 90.00 drafted
		"L3": 500,    // sent, and 5.00 waived
		"L4": 10_000, // void
		"L5": 0,      // approved
		"L6": 0,      // being approved
		"L8": 10_000, // nothing yet
		"L9": 0,      // no such loan
	} {
		policy := "tuopin" // the bound is the loan's, whatever the policy
		if open > 0 {
			permitted(t, db, part, "2026Q3", bank, contract, policy, open, 0)
			permitted(t, db, part, "2026Q3", bank, contract, policy, open-1, 1)
			permitted(t, db, part, "2026Q3", bank, contract, policy, open+1, -1)
		}
		refused(t, db, over, part, "2026Q3", bank, contract, policy, open+1, 0)
		refused(t, db, over, part, "2026Q3", bank, contract, policy, open, 1)
		permitted(t, db, part, "2026Q3", bank, contract, policy, -1, 0) // taking back is no paying
		refused(t, db, over, part, "2026Q4", bank, contract, policy, 1, 0)
		refused(t, db, over, part, "2026Q3", "other bank", contract, policy, 1, 0)
	}
	run(t, db, `UPDATE entitlement SET central = 4000 WHERE contract = 'L8'`)
	permitted(t, db, part, "2026Q3", bank, "L8", "bangfu", 4_000, 0)
	refused(t, db, over, part, "2026Q3", bank, "L8", "bangfu", 4_001, 0)
	run(t, db, `INSERT INTO entitlement SELECT quarter, bank, contract, 'tuopin', 0, 70, 0, 0, first_line, facts FROM entitlement WHERE contract = 'L8'`)
	permitted(t, db, part, "2026Q3", bank, "L8", "bangfu", 4_070, 0)
	run(t, db, `INSERT INTO entitlement SELECT '2026Q4', bank, contract, policy, 70, 0, 0, 0, first_line, facts FROM entitlement WHERE contract = 'L1'`)
	permitted(t, db, part, "2026Q4", bank, "L1", "bangfu", 70, 0) // each quarter has its own account
	refused(t, db, over, part, "2026Q4", bank, "L1", "bangfu", 71, 0)
}
