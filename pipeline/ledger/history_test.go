package ledger

import (
	"fmt"
	"strings"
	"testing"

	"tiexi/pipeline/values"
)

// History, tried around the Go code: no statement changes, drops or replaces
// what was recorded.
func TestHistoryIsNeverRewritten(t *testing.T) {
	_, db := county(t)
	for table, why := range map[string]string{
		"audit": "append-only", "decision": "never rewritten", "recheck": "never rewritten", "entitlement_change": "never rewritten",
		"approval": "never rewritten", "adjustment": "never rewritten", "waiver": "never rewritten",
	} {
		refused(t, db, why, `DELETE FROM `+table)
		columns := texts(t, db, `SELECT name FROM pragma_table_info(?)`, table)
		for _, column := range columns {
			for _, or := range []string{"", "OR REPLACE", "OR IGNORE"} {
				refused(t, db, why, fmt.Sprintf(`UPDATE %s %s SET %s = %[3]s`, or, table, column))
			}
		}
		refused(t, db, why, fmt.Sprintf(`INSERT OR REPLACE INTO %s SELECT * FROM %[1]s LIMIT 1`, table))
		refused(t, db, why, fmt.Sprintf(`INSERT INTO %s SELECT * FROM %[1]s WHERE true LIMIT 1 ON CONFLICT DO UPDATE SET %s = %[2]s`, table, columns[len(columns)-1]))
	}
}

func TestHistoryGoesOn(t *testing.T) {
	_, db := county(t)
	permitted(t, db, `INSERT INTO decision SELECT NULL, line_id, 2, facts, 'accept', why, operator, on_day, source FROM decision`)
	permitted(t, db, `INSERT INTO recheck SELECT NULL, quarter, why, operator, on_day FROM recheck`)
	permitted(t, db, `INSERT INTO entitlement_change SELECT stage_id + 1, quarter, bank, contract, policy, 1, 0, 0, 0 FROM entitlement_change`)
	permitted(t, db, `INSERT INTO approval SELECT batch_id, 'another', digest, on_day FROM approval`)
	permitted(t, db, `INSERT INTO adjustment SELECT NULL, quarter, bank, contract, 'recover', amount, due, why, operator, on_day FROM adjustment`)
	permitted(t, db, `INSERT INTO waiver SELECT adjustment_id, 'tuopin', 1, 0, 0, 0 FROM waiver`)
	permitted(t, db, `INSERT INTO audit SELECT seq + 1, on_day, operator, action, subject, detail, hash, 'new' FROM audit ORDER BY seq DESC LIMIT 1`)

	refused(t, db, "append-only", `INSERT INTO audit SELECT seq + 2, on_day, operator, action, subject, detail, hash, 'new' FROM audit ORDER BY seq DESC LIMIT 1`) // a gap
	refused(t, db, "append-only", `INSERT INTO audit SELECT 0, on_day, operator, action, subject, detail, hash, 'new' FROM audit ORDER BY seq DESC LIMIT 1`)
	refused(t, db, "append-only", `INSERT INTO audit SELECT seq + 1, on_day, operator, action, subject, detail, previous, hash FROM audit ORDER BY seq DESC LIMIT 1`) // a hash that is there
	for _, query := range []string{                                                                                                                                   // words without which a record is worth nothing
		`INSERT INTO decision SELECT NULL, line_id, 2, facts, 'accept', '', operator, on_day, source FROM decision`,
		`INSERT INTO recheck SELECT NULL, quarter, '', operator, on_day FROM recheck`,
		`INSERT INTO adjustment SELECT NULL, quarter, bank, contract, 'recover', amount, due, '', operator, on_day FROM adjustment`,
	} {
		refused(t, db, "CHECK constraint failed: why <> ''", query)
	}
}

func TestAPostedListIsImmutable(t *testing.T) {
	l, db := county(t)
	const why = "a posted list is immutable"
	const posted, printed = 1, 2
	for _, column := range texts(t, db, `SELECT name FROM pragma_table_info('notice_item')`) {
		set := fmt.Sprintf(`UPDATE notice_item SET %s = CASE typeof(%[1]s) WHEN 'integer' THEN %[1]s + 5 ELSE %[1]s || 'x' END WHERE list_id = ?`, column)
		refused(t, db, why, set, posted)
		if column != "list_id" {
			permitted(t, db, set, printed)
		}
	}
	for _, column := range texts(t, db, `SELECT name FROM pragma_table_info('notice_list')`) {
		if column != "state" {
			refused(t, db, why, fmt.Sprintf(`UPDATE notice_list SET %s = CASE typeof(%[1]s) WHEN 'integer' THEN %[1]s + 5 ELSE %[1]s || 'x' END WHERE id = ?`, column), posted)
		}
	}
	refused(t, db, why, `DELETE FROM notice_item WHERE list_id = ?`, posted)
	permitted(t, db, `DELETE FROM notice_item WHERE list_id = ?`, printed)
	refused(t, db, why, `DELETE FROM notice_list WHERE id = ?`, posted)
	permitted(t, db, `DELETE FROM notice_list WHERE id = ?`, printed)
	refused(t, db, why, `INSERT INTO notice_item VALUES (?, 'b', 'c', 2, 1, '{}')`, posted)
	permitted(t, db, `INSERT INTO notice_item VALUES (?, 'b', 'c', 2, 1, '{}')`, printed)
	refused(t, db, why, `INSERT OR REPLACE INTO notice_item SELECT list_id, bank, contract, position, 1, shown FROM notice_item WHERE list_id = ?`, posted)
	refused(t, db, why, `UPDATE notice_item SET list_id = ? WHERE list_id = ?`, posted, printed) // one more onto the posted list
	refused(t, db, why, `UPDATE notice_item SET list_id = ? WHERE list_id = ?`, printed, posted) // one away from it
	refused(t, db, why, `INSERT OR REPLACE INTO notice_list SELECT id, quarter, township, village, 9, 'printed', '', '' FROM notice_list WHERE id = ?`, posted)
	refused(t, db, why, `INSERT OR REPLACE INTO notice_list SELECT NULL, quarter, township, village, number, 'printed', '', '' FROM notice_list WHERE id = ?`, posted)
	refused(t, db, "UNIQUE constraint failed", `INSERT INTO notice_list SELECT NULL, quarter, township, village, number, 'printed', '', '' FROM notice_list WHERE id = ?`, printed)
	permitted(t, db, `INSERT INTO notice_list SELECT NULL, quarter, township, village, number + 1, 'printed', '', '' FROM notice_list WHERE id = ?`, posted) // 补1
	refused(t, db, "amount > 0", `INSERT INTO notice_item VALUES (?, 'b', 'c', 2, 0, '{}')`, printed)

	permitted(t, db, `UPDATE notice_list SET state = 'posted', posted_on = '2026-09-30' WHERE id = ?`, printed)
	write(t, l, func(tx *Tx) error { return tx.UnpostList(posted) }) // a posting that was a mistake
	permitted(t, db, `DELETE FROM notice_item WHERE list_id = ?`, posted)
	write(t, l, func(tx *Tx) error { return tx.DropPrintedLists(q3) })
	if left := texts(t, db, `SELECT village FROM notice_list`); len(left) != 0 {
		t.Errorf("lists left: %v", left)
	}
}

func TestDroppingPrintedListsLeavesPostedOnes(t *testing.T) {
	l, db := county(t)
	write(t, l, func(tx *Tx) error { return tx.DropPrintedLists(q3) })
	if left := texts(t, db, `SELECT l.village || ' ' || i.contract FROM notice_list l JOIN notice_item i ON i.list_id = l.id`); strings.Join(left, ",") != "东村 L1" {
		t.Errorf("lists left: %v", left)
	}
	look(t, l, func(tx *Tx) error {
		lists := must(tx.NoticeLists(q3))
		if len(lists) != 1 || !lists[0].Posted || lists[0].PostedOn != values.MustDate("2026-09-25") || lists[0].PayableOn != values.MustDate("2026-10-05") {
			t.Errorf("lists: %+v", lists)
		}
		return nil
	})
}

func TestAnObjectionIsRaisedOnceAndClosedOnce(t *testing.T) {
	l, _ := county(t)
	write(t, l, func(tx *Tx) error {
		raised := must(tx.Objections(q3))[0]
		if must(tx.AddObjection(raised)) {
			t.Error("the same objection is raised twice")
		}
		do(tx.ResolveObjection(raised.ID, "rejected", today, "已核实"), tx.ResolveObjection(raised.ID, "upheld", today, "再说"))
		if closed := must(tx.Objections(q3)); len(closed) != 1 || closed[0].State != "rejected" || closed[0].Resolution != "已核实" || closed[0].ResolvedOn != today {
			t.Errorf("objections: %+v", closed)
		}
		return nil
	})
}
