package ledger

import "tiexi/pipeline/values"

// A mark is a short text that changes whenever the rows which it covers do.
// Stages compare marks to know whether they are up to date, without reading
// what may be a million rows.

// MarkFiles covers the quarter's live statements and how they were read.
func (tx *Tx) MarkFiles(q values.Quarter) (string, error) {
	return tx.mark(`SELECT coalesce(group_concat(m, ' '), '') FROM (SELECT id || ':' || digest || ':' || reading || ':' || name || ':' || bank AS m
		FROM file WHERE quarter = ? AND kind = 'statement' AND state = 'live' ORDER BY id)`, q.String())
}

// MarkRoster covers all imported rosters.
func (tx *Tx) MarkRoster() (string, error) {
	return tx.mark(`SELECT coalesce(group_concat(id || ':' || digest, ' '), '') FROM (SELECT id, digest FROM snapshot ORDER BY id)`)
}

// MarkDecisions covers the decisions on the quarter's lines and the requests
// to judge paid lines again.
func (tx *Tx) MarkDecisions(q values.Quarter) (string, error) {
	return tx.mark(`SELECT count(*) || ':' || coalesce(max(d.id), 0) || ':' || (SELECT count(*) FROM recheck WHERE quarter = ?1)
		FROM decision d JOIN line l ON l.id = d.line_id WHERE l.quarter = ?1`, q.String())
}

// MarkRecheck counts the requests to judge paid lines again.
func (tx *Tx) MarkRecheck(q values.Quarter) (string, error) {
	return tx.mark(`SELECT CAST(count(*) AS TEXT) FROM recheck WHERE quarter = ?`, q.String())
}

// MarkResult is the digest that the stage's newest success gave its result:
// unlike the stage's own record it stays the same when the stage ran again and
// found the same.
func (tx *Tx) MarkResult(q values.Quarter, name string) (string, error) {
	return tx.mark(`SELECT coalesce((SELECT json_extract(tally, '$.result') FROM stage WHERE quarter = ? AND name = ? ORDER BY id DESC LIMIT 1), '')`, q.String(), name)
}

// MarkOtherResults are the stage's results for all other quarters.
func (tx *Tx) MarkOtherResults(q values.Quarter, name string) (string, error) {
	return tx.mark(`SELECT coalesce(group_concat(m, ' '), '') FROM (SELECT quarter || ':' || json_extract(tally, '$.result') AS m FROM stage
		WHERE id IN (SELECT max(id) FROM stage WHERE name = ?2 AND quarter <> ?1 GROUP BY quarter) ORDER BY quarter)`, q.String(), name)
}

// MarkEarlierResults are the stage's results for all earlier quarters.
func (tx *Tx) MarkEarlierResults(q values.Quarter, name string) (string, error) {
	return tx.mark(`SELECT coalesce(group_concat(m, ' '), '') FROM (SELECT quarter || ':' || json_extract(tally, '$.result') AS m FROM stage
		WHERE id IN (SELECT max(id) FROM stage WHERE name = ?2 AND quarter < ?1 GROUP BY quarter) ORDER BY quarter)`, q.String(), name)
}

// MarkFailures covers failed payments: they free an account for correction.
func (tx *Tx) MarkFailures() (string, error) {
	return tx.mark(`SELECT count(*) || ':' || coalesce(max(id), 0) FROM payment WHERE state = 'failed'`)
}

// MarkRetries covers failed payments and those that paid one again.
func (tx *Tx) MarkRetries() (string, error) {
	return tx.mark(`SELECT count(*) || ':' || coalesce(sum(id), 0) FROM payment WHERE state = 'failed' OR state = 'paid' AND mends <> 0`)
}

// MarkAlerts is what the quarter's last monitoring table pointed out.
func (tx *Tx) MarkAlerts(q values.Quarter) (string, error) {
	return tx.mark(`SELECT coalesce((SELECT json_extract(tally, '$.alerts') FROM stage WHERE quarter = ? AND name = 'monitoring' ORDER BY id DESC LIMIT 1), '')`, q.String())
}

// MarkPayments covers every payment that left the draft, and its state.
func (tx *Tx) MarkPayments() (string, error) {
	return Keep(tx, "mark of payments", values.Quarter{}, []string{"payment", "batch"}, func() (string, error) { // several steps ask
		return tx.mark(`SELECT coalesce(group_concat(m, ' '), '') FROM (SELECT b.name || ':' || b.state || ':' || b.digest || ':' || p.state || ':' || count(*) || ':' || sum(p.id) AS m
			FROM batch b JOIN payment p ON p.batch_id = b.id WHERE b.state <> 'draft' GROUP BY b.id, p.state ORDER BY b.id, p.state)`)
	})
}

// MarkLists covers the quarter's posted lists. An id alone does not name one:
// a list that was taken back gives its id to the next.
func (tx *Tx) MarkLists(q values.Quarter) (string, error) {
	return Keep(tx, "mark of lists", q, []string{"notice_list", "notice_item"}, func() (string, error) {
		return tx.mark(`SELECT coalesce(group_concat(m, ' '), '') FROM (
			SELECT id || ':' || posted_on || ':' || payable_on || ':' || count(i.amount) || ':' || coalesce(sum(i.amount), 0) AS m
			FROM notice_list LEFT JOIN notice_item i ON i.list_id = id WHERE quarter = ? AND state = 'posted' GROUP BY id ORDER BY id)`, q.String())
	})
}

// MarkDrawn covers what the program has drawn for the quarter and nobody has
// acted on yet: lists that are not posted, the drafted batch.
func (tx *Tx) MarkDrawn(q values.Quarter) (string, error) {
	return tx.mark(`SELECT coalesce((SELECT group_concat(m, ' ') FROM (SELECT township || ':' || village || ':' || number AS m FROM notice_list
		WHERE quarter = ?1 AND state = 'printed' ORDER BY township, village, number)), '') || '|' ||
		coalesce((SELECT name || ':' || digest FROM batch WHERE quarter = ?1 AND state = 'draft'), '')`, q.String())
}

// MarkCleared covers the quarter's lists whose notice has run by that day.
func (tx *Tx) MarkCleared(q values.Quarter, on values.Date) (string, error) {
	return tx.mark(`SELECT coalesce(group_concat(id, ' '), '') FROM (SELECT id FROM notice_list
		WHERE quarter = ? AND state = 'posted' AND payable_on <= ? ORDER BY id)`, q.String(), on.String())
}

// MarkObjections covers the quarter's objections and what became of them.
func (tx *Tx) MarkObjections(q values.Quarter) (string, error) {
	return tx.mark(`SELECT coalesce(group_concat(m, ' '), '') FROM (SELECT id || ':' || state AS m FROM objection WHERE quarter = ? ORDER BY id)`, q.String())
}

// MarkAdjustments covers decisions to recover or to waive.
func (tx *Tx) MarkAdjustments() (string, error) {
	return tx.mark(`SELECT count(*) || ':' || coalesce(max(id), 0) FROM adjustment`)
}

// MarkReturns covers the quarter's return files.
func (tx *Tx) MarkReturns(q values.Quarter) (string, error) {
	return tx.mark(`SELECT coalesce(max(id), 0) || '' FROM file WHERE kind = 'return' AND quarter = ?`, q.String())
}

func (tx *Tx) mark(query string, args ...any) (string, error) {
	text, _, err := one(tx, scanText, query, args...)
	return text, err
}
