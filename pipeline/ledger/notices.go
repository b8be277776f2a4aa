package ledger

import (
	"encoding/json"
	"fmt"
	"strings"

	"tiexi/pipeline/values"
)

// NoticeList is a list of a village: the first one (Number 0) or a supplement.
type NoticeList struct {
	ID        int64
	Quarter   values.Quarter
	Township  string
	Village   string
	Number    int
	Posted    bool
	PostedOn  values.Date
	PayableOn values.Date // the day after the notice has run
}

// NoticeItem is a loan on a list, with the amount it was published at.
type NoticeItem struct {
	List   int64
	Loan   values.Loan
	Amount values.Fen
	Shown  NoticeRow
}

// NoticeRow is what a list says of a loan besides its subsidy. It is kept with
// the list, because a posted one says the same for ever.
type NoticeRow struct {
	Borrower string        `json:"borrower"`
	Suffix   string        `json:"suffix,omitempty"` // last four of the id, for two of one name in a village
	Amount   values.Fen    `json:"amount"`           // of the loan
	Rates    []values.Rate `json:"rates"`
	From     values.Date   `json:"from"`
	To       values.Date   `json:"to"`
}

// Scan implements sql.Scanner. Texts without escapes, nearly all, are read
// without reflection.
func (r *NoticeRow) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a JSON column is TEXT, got %T", src)
	}
	if row, plain := plainRow(text); plain {
		*r = row
		return nil
	}
	return json.Unmarshal([]byte(text), r)
}

// plainRow reads a row as encoding/json writes it, with nothing escaped, and
// tells whether it was that.
func plainRow(text string) (r NoticeRow, plain bool) {
	plain = !strings.Contains(text, `\`)
	skip := func(mark string) bool {
		rest, found := strings.CutPrefix(text, mark)
		if found {
			text = rest
		}
		return found
	}
	quoted := func(before string) (value string) {
		opened, closed := skip(before+`"`), false
		value, text, closed = strings.Cut(text, `"`)
		plain = plain && opened && closed
		return value
	}
	r.Borrower = quoted(`{"borrower":`)
	if strings.HasPrefix(text, `,"suffix"`) {
		r.Suffix = quoted(`,"suffix":`)
	}
	amount := quoted(`,"amount":`)
	for before := `,"rates":[`; plain && !skip(`]`); before = `,` {
		var known values.Rate
		plain = rate{&known}.Scan(quoted(before)) == nil && plain
		r.Rates = append(r.Rates, known)
	}
	from, to := quoted(`,"from":`), quoted(`,"to":`)
	plain = plain && text == "}"
	for _, err := range []error{parse(&r.Amount, amount, values.ParseFen), parse(&r.From, from, values.ParseDate), parse(&r.To, to, values.ParseDate)} {
		plain = plain && err == nil
	}
	return r, plain
}

func parse[T any](to *T, text string, read func(string) (T, error)) (err error) {
	*to, err = read(text)
	return err
}

// Objection is an objection to a borrower's entry on a public notice.
type Objection struct {
	ID         int64
	Quarter    values.Quarter
	Township   string
	Village    string
	Name       string
	Person     values.ResidentID
	Why        string
	RaisedOn   values.Date
	State      string // open, upheld or rejected
	ResolvedOn values.Date
	Resolution string
}

func scanNoticeList(s scanner) (n NoticeList, err error) {
	err = s.Scan(&n.ID, quarter{&n.Quarter}, &n.Township, &n.Village, &n.Number, &n.Posted, day{&n.PostedOn}, day{&n.PayableOn})
	return n, err
}

// NoticeLists lists the quarter's lists by township, village and number.
func (tx *Tx) NoticeLists(q values.Quarter) ([]NoticeList, error) {
	return collect(tx, scanNoticeList, `SELECT id, quarter, township, village, number, state = 'posted', posted_on, payable_on
		FROM notice_list WHERE quarter = ? ORDER BY township, village, number`, q.String())
}

// NoticeItems lists what stands on a township's lists, by list and position.
func (tx *Tx) NoticeItems(q values.Quarter, township string) ([]NoticeItem, error) {
	return collect(tx, func(s scanner) (n NoticeItem, err error) {
		err = s.Scan(&n.List, common{&n.Loan.Bank}, &n.Loan.Contract, fen{&n.Amount}, &n.Shown)
		return n, err
	}, `SELECT i.list_id, i.bank, i.contract, i.amount, i.shown FROM notice_list l JOIN notice_item i ON i.list_id = l.id
		WHERE l.quarter = ? AND l.township = ? ORDER BY i.list_id, i.position`, q.String(), township)
}

// ListSum is how many loans stand on a list, and what they come to.
type ListSum struct {
	Loans int
	Total values.Fen
}

// ListSums adds up the quarter's lists, by their ids.
func (tx *Tx) ListSums(q values.Quarter) (map[int64]ListSum, error) {
	type row struct {
		list int64
		sum  ListSum
	}
	sums := map[int64]ListSum{}
	err := each(tx, func(s scanner) (r row, err error) { err = s.Scan(&r.list, &r.sum.Loans, &r.sum.Total); return r, err },
		func(r row) error { sums[r.list] = r.sum; return nil },
		`SELECT i.list_id, count(*), sum(i.amount) FROM notice_list l JOIN notice_item i ON i.list_id = l.id WHERE l.quarter = ? GROUP BY i.list_id ORDER BY i.list_id`, q.String())
	return sums, err
}

// AddNoticeList adds a printed, not yet posted list with its items in order.
func (tx *Tx) AddNoticeList(n NoticeList, items []NoticeItem) (id int64, err error) {
	id, err = tx.insert(`INSERT INTO notice_list (quarter, township, village, number, state, posted_on, payable_on) VALUES (?, ?, ?, ?, 'printed', '', '')`,
		n.Quarter.String(), n.Township, n.Village, n.Number)
	if err != nil {
		return 0, err
	}
	add := tx.rows(`notice_item`, `list_id, bank, contract, position, amount, shown`)
	for position, item := range items {
		if err := add.add(id, item.Loan.Bank, item.Loan.Contract, position, int64(item.Amount), document(item.Shown)); err != nil {
			return 0, err
		}
	}
	return id, add.flush()
}

// DropPrintedLists takes away the quarter's lists that were never posted, for
// publish to draw them anew.
func (tx *Tx) DropPrintedLists(q values.Quarter) error {
	if err := tx.exec(`DELETE FROM notice_item WHERE list_id IN (SELECT id FROM notice_list WHERE quarter = ? AND state = 'printed')`, q.String()); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM notice_list WHERE quarter = ? AND state = 'printed'`, q.String())
}

// PostList records that a list was posted on a day; payable is the first day
// on which its notice has run.
func (tx *Tx) PostList(id int64, posted, payable values.Date) error {
	return tx.exec(`UPDATE notice_list SET state = 'posted', posted_on = ?, payable_on = ? WHERE id = ?`, posted.String(), payable.String(), id)
}

// UnpostList takes back a posting that was a mistake.
func (tx *Tx) UnpostList(id int64) error {
	return tx.exec(`UPDATE notice_list SET state = 'printed', posted_on = '', payable_on = '' WHERE id = ?`, id)
}

// Objections lists the quarter's objections in the order in which they came.
func (tx *Tx) Objections(q values.Quarter) ([]Objection, error) {
	return collect(tx, func(s scanner) (o Objection, err error) {
		err = s.Scan(&o.ID, quarter{&o.Quarter}, &o.Township, &o.Village, &o.Name, &o.Person, &o.Why, day{&o.RaisedOn}, &o.State, day{&o.ResolvedOn}, &o.Resolution)
		return o, err
	}, `SELECT id, quarter, township, village, name, person, why, raised_on, state, resolved_on, resolution FROM objection WHERE quarter = ? ORDER BY id`, q.String())
}

// AddObjection records an objection; the same one again changes nothing and
// added is false.
func (tx *Tx) AddObjection(o Objection) (added bool, err error) {
	tx.kept.forget("objection")
	result, err := tx.tx.ExecContext(tx.ctx, `INSERT INTO objection (quarter, township, village, name, person, why, raised_on, state, resolved_on, resolution)
		VALUES (?, ?, ?, ?, ?, ?, ?, 'open', '', '') ON CONFLICT DO NOTHING`,
		o.Quarter.String(), o.Township, o.Village, o.Name, o.Person.Whole(), o.Why, o.RaisedOn.String())
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// ResolveObjection closes an open objection.
func (tx *Tx) ResolveObjection(id int64, state string, on values.Date, resolution string) error {
	return tx.exec(`UPDATE objection SET state = ?, resolved_on = ?, resolution = ? WHERE id = ? AND state = 'open'`, state, on.String(), resolution, id)
}
