package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

const twice = "a day of this loan is already accepted"

// A loan whose days 07-01 to 07-31 are accepted on line 1, and a second line,
// not judged yet, for each case.
func TestADayOfALoanIsAcceptedOnce(t *testing.T) {
	for what, c := range map[string]struct {
		set      string // how the second line differs from the first
		accepted bool
	}{
		"the same days":                    {`from_day = '2026-07-01', to_day = '2026-07-31'`, false},
		"one day at the end":               {`from_day = '2026-07-31', to_day = '2026-08-31'`, false},
		"one day at the beginning":         {`from_day = '2026-06-01', to_day = '2026-07-01'`, false},
		"inside":                           {`from_day = '2026-07-10', to_day = '2026-07-10'`, false},
		"around":                           {`from_day = '2026-06-01', to_day = '2026-08-31'`, false},
		"another quarter, the same days":   {`from_day = '2026-07-01', quarter = '2026Q4'`, false},
		"another tranche, the same days":   {`from_day = '2026-07-01', tranche = 'B'`, false},
		"the days after":                   {`from_day = '2026-08-01', to_day = '2026-08-31'`, true},
		"the days before":                  {`from_day = '2026-06-01', to_day = '2026-06-30'`, true},
		"another contract, the same days":  {`contract = 'L2'`, true},
		"another bank, the same days":      {`bank = '别的银行'`, true},
		"a replaced line of the same days": {`live = 0`, true},
	} {
		t.Run(what, func(t *testing.T) {
			l := newLedger(t)
			write(t, l, func(tx *Tx) error {
				f := statement(tx, q3, "甲.xlsx")
				add(tx, f, 1, "L1", "2026-07-01", "2026-07-31", values.Accepted)
				add(tx, f, 2, "L1", "2026-07-01", "2026-07-31", "")
				return nil
			})
			db := plain(t, l.Path())
			run(t, db, `UPDATE line SET `+c.set+` WHERE id = 2`)
			check := func(query string, args ...any) {
				t.Helper()
				if c.accepted {
					permitted(t, db, query, args...)
				} else {
					refused(t, db, twice, query, args...)
				}
			}
			judge := `INSERT INTO judgement SELECT 2, quarter, ?, '', '', '', '', '', '', 0, '', '', 0 FROM line WHERE id = 2`
			check(judge, "accepted")
			check(strings.Replace(judge, "INSERT", "INSERT OR REPLACE", 1), "accepted")
			permitted(t, db, judge, "held")
			permitted(t, db, judge, "returned")

			run(t, db, judge, "held")
			check(`UPDATE judgement SET outcome = 'accepted' WHERE line_id = 2`)
			permitted(t, db, `UPDATE judgement SET outcome = 'returned' WHERE line_id = 2`)

			run(t, db, `DELETE FROM judgement WHERE line_id = 2`) // or an accepted judgement moves onto it
			run(t, db, `INSERT INTO line SELECT 3, file_id, 9, 9, 1, quarter, bank, 'elsewhere', tranche, borrower, person, balance, rate, disbursed, matures, paid, from_day, to_day,
				days, due, penalty, amount, signed, approved, renewals, original_maturity, extension_signed, account, given, words, problems, facts FROM line WHERE id = 2`)
			run(t, db, strings.Replace(strings.Replace(judge, "SELECT 2", "SELECT 3", 1), "id = 2", "id = 3", 1), "accepted")
			check(`UPDATE judgement SET line_id = 2 WHERE line_id = 3`)
			run(t, db, `DELETE FROM judgement WHERE line_id = 3`)

			run(t, db, `UPDATE line SET contract = 'elsewhere' WHERE id = 2`) // or the line itself moves after it was accepted
			run(t, db, judge, "accepted")
			if c.set != `contract = 'L2'` {
				check(`UPDATE line SET contract = 'L1' WHERE id = 2`)
			}
		})
	}
}

func TestAnAcceptedLineDoesNotMoveOntoAcceptedDays(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		f := statement(tx, q3, "甲.xlsx")
		add(tx, f, 1, "L1", "2026-07-01", "2026-07-31", values.Accepted)
		add(tx, f, 2, "L1", "2026-08-01", "2026-08-31", values.Accepted)
		add(tx, f, 3, "L1", "2026-08-01", "2026-08-31", values.Held)
		dead := statement(tx, q3, "乙.xlsx")
		add(tx, dead, 4, "L1", "2026-09-01", "2026-09-10", values.Accepted)
		do(tx.RetireFile(dead.ID, f.ID))
		add(tx, f, 5, "L1", "2026-09-01", "2026-09-10", values.Accepted)
		return nil
	})
	db := plain(t, l.Path())
	refused(t, db, twice, `UPDATE line SET from_day = '2026-07-31' WHERE id = 2`)
	refused(t, db, twice, `UPDATE line SET to_day = '2026-08-01' WHERE id = 1`)
	refused(t, db, twice, `UPDATE line SET live = 1 WHERE id = 4`)
	permitted(t, db, `UPDATE line SET live = 0 WHERE id = 5`)
	permitted(t, db, `UPDATE line SET from_day = '2026-07-31' WHERE id = 3`) // held: it claims nothing yet
	permitted(t, db, `UPDATE line SET from_day = '2026-08-02', to_day = '2026-08-30' WHERE id = 2`)
	permitted(t, db, `UPDATE line SET balance = 1 WHERE id = 2`)
}

// Against a model: a set of days per loan.
func TestDaysAreAcceptedAsTheModelSays(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error { statement(tx, q3, "甲.xlsx"); return nil })
	type claim struct {
		contract string
		from, to int
		accepted bool
	}
	rapid.Check(t, func(rt *rapid.T) {
		var claims []claim
		err := l.Write(t.Context(), today, "x", func(tx *Tx) error {
			f := must(tx.Files())[0]
			rt.Repeat(map[string]func(*rapid.T){
				"judge": func(rt *rapid.T) {
					from := rapid.IntRange(1, 28).Draw(rt, "from")
					c := claim{rapid.SampledFrom([]string{"L1", "L2"}).Draw(rt, "contract"), from, rapid.IntRange(from, 28).Draw(rt, "to"),
						rapid.SampledFrom([]bool{true, true, false}).Draw(rt, "accept")}
					claims = append(claims, c)
					line := add(tx, &f, len(claims), c.contract, fmt.Sprintf("2026-07-%02d", c.from), fmt.Sprintf("2026-07-%02d", c.to), values.Held)
					free := true
					for _, other := range claims[:len(claims)-1] {
						for day := c.from; day <= c.to; day++ {
							free = free && (!other.accepted || other.contract != c.contract || day < other.from || day > other.to)
						}
					}
					if !c.accepted {
						return
					}
					err := tx.Try(func() error { return tx.exec(`UPDATE judgement SET outcome = 'accepted' WHERE line_id = ?`, line.Key) })
					if (err == nil) != free {
						rt.Fatalf("%v is accepted: %v, but its days are free: %v, beside %v", c, err, free, claims)
					}
					claims[len(claims)-1].accepted = err == nil
				},
			})
			return errBack
		})
		if err != errBack {
			rt.Fatal(err)
		}
	})
}

// The audit's own look at the days does not trust the triggers.
func TestOverlappingDaysAreFoundWithoutTriggers(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		f := statement(tx, q3, "甲.xlsx")
		add(tx, f, 1, "L1", "2026-07-01", "2026-07-31", values.Accepted)
		add(tx, f, 2, "L1", "2026-07-31", "2026-08-31", values.Held)
		add(tx, f, 3, "L2", "2026-07-01", "2026-07-31", values.Accepted)
		add(tx, f, 4, "L2", "2026-08-01", "2026-08-31", values.Accepted)
		return nil
	})
	overlaps := func() (found []string) {
		look(t, l, func(tx *Tx) error { found = must(tx.OverlappingDays(q3)); return nil })
		return found
	}
	if found := overlaps(); len(found) != 0 {
		t.Errorf("found %v", found)
	}
	db := plain(t, l.Path())
	untie(t, db)
	run(t, db, `UPDATE judgement SET outcome = 'accepted'`)
	if found := overlaps(); len(found) != 1 || found[0] != bank+" L1" {
		t.Errorf("found %v", found)
	}
	run(t, db, `UPDATE line SET tranche = 'T' || id`) // tranches share the days of their loan
	if found := overlaps(); len(found) != 1 || found[0] != bank+" L1" {
		t.Errorf("of tranches, found %v", found)
	}
}

// Every table is STRICT, and no column of money takes anything but whole fen.
func TestMoneyIsWholeFen(t *testing.T) {
	_, db := county(t)
	if loose := texts(t, db, `SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%' AND NOT strict`); len(loose) != 0 {
		t.Errorf("not STRICT: %v", loose)
	}
	if reals := texts(t, db, `SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND c.type NOT IN ('INTEGER', 'TEXT')`); len(reals) != 0 {
		t.Errorf("neither INTEGER nor TEXT: %v", reals)
	}
	untie(t, db) // triggers and checks would speak first
	run(t, db, `PRAGMA ignore_check_constraints = 1`)
	whole := texts(t, db, `SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'INTEGER'`)
	if len(whole) < 60 {
		t.Errorf("columns of whole numbers: %v", whole)
	}
	for _, column := range whole {
		table, column, _ := strings.Cut(column, ".")
		set := fmt.Sprintf(`UPDATE %s SET %s = ?`, table, column)
		for _, bad := range []any{"12.34", 1.5, "1,234", "", []byte{1}, "一百", 1e300} {
			if rows, err := tried(t, db, set, bad); err == nil || !strings.Contains(err.Error(), "cannot store") && !strings.Contains(err.Error(), "datatype mismatch") {
				t.Errorf("%s.%s takes %#v: %d rows, %v", table, column, bad, rows, err)
			}
		}
		if slices.Contains([]string{"balance", "paid", "due", "penalty", "amount", "total", "central", "provincial", "city", "county", "loss", "bank_part"}, column) {
			permitted(t, db, set, int64(1234))
			if rows, err := tried(t, db, set, nil); err == nil || !strings.Contains(err.Error(), "NOT NULL") {
				t.Errorf("%s.%s may be missing: %d rows, %v", table, column, rows, err)
			}
		}
	}
}

func TestWordsAreOfTheirLists(t *testing.T) {
	_, db := county(t)
	for column, query := range map[string]string{
		"file.kind": `UPDATE file SET kind = 'x'`, "file.state": `UPDATE file SET state = 'x'`, "run.state": `UPDATE run SET state = 'x'`,
		"judgement.outcome": `UPDATE judgement SET outcome = 'notice'`, "objection.state": `UPDATE objection SET state = 'x'`, "line.live": `UPDATE line SET live = 2`,
		"notice_list.state": `UPDATE notice_list SET state = 'x' WHERE state = 'printed'`,
	} {
		if rows, err := tried(t, db, query); err == nil || !strings.Contains(err.Error(), "CHECK constraint failed") {
			t.Errorf("%s: %d rows, %v", column, rows, err)
		}
	}
}

func TestAFileIsLiveOnce(t *testing.T) {
	_, db := county(t)
	again := `INSERT INTO file SELECT NULL, digest, name || 'x', kind, bank, quarter, size, reading, correction, ?, replaced_by, read_on FROM file WHERE name = '甲.xlsx'`
	refused(t, db, "UNIQUE constraint failed: file.digest", again, "live")
	permitted(t, db, again, "replaced")
	refused(t, db, "UNIQUE constraint failed: line.file_id, line.position, line.row", `UPDATE line SET row = 1`)
	refused(t, db, "UNIQUE constraint failed: snapshot.digest", `INSERT INTO snapshot SELECT NULL, digest, name, taken_on, read_on, persons FROM snapshot`)
	refused(t, db, "UNIQUE constraint failed: objection", `INSERT INTO objection SELECT NULL, quarter, township, village, name, person, why, raised_on, state, '', '' FROM objection`)
}
