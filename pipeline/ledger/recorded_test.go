package ledger

import (
	"slices"
	"strings"
	"testing"

	"tiexi/pipeline/values"
)

// logged are the actions and subjects of the audit log, in order.
func logged(tx *Tx) (actions []string) {
	do(tx.Entries(func(e Entry) error { actions = append(actions, e.Action+" "+e.Subject); return nil }))
	return actions
}

// What the fund decides about a claim stands in the log and in the claim, as it
// came and as it was decided.
func TestWhatTheFundDecidesIsLogged(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error { withFund(tx); return nil })
	look(t, l, func(tx *Tx) error {
		actions := logged(tx)
		for _, want := range []string{"fund claim 1", "fund paid 1", "fund refused 2", "fund claim 3", "fund returned   4"} {
			if n := len(slices.DeleteFunc(slices.Clone(actions), func(a string) bool { return a != want })); n != 1 {
				t.Errorf("the log has %q %d times: %v", want, n, actions)
			}
		}
		claims := must(tx.FundClaims())
		paid, refused := claims[0], claims[1]
		if paid.State != "paid" || paid.Why != "已核实" || paid.DecidedBy != "张会计" || paid.DecidedOn != today {
			t.Errorf("paid: %+v", paid)
		}
		if refused.State != "refused" || refused.Why != "有还款能力" || refused.DecidedOn != today {
			t.Errorf("refused: %+v", refused)
		}
		for _, c := range claims {
			if !c.BadRate.Same(values.MustRate("3")) || !c.OverallRate.Same(values.MustRate("2")) || c.OverdueFrom != values.MustDate("2026-03-01") {
				t.Errorf("claim %d came back as %+v", c.ID, c)
			}
		}
		return nil
	})

	write(t, l, func(tx *Tx) error { // the same row for the same reason, another reason, another row
		row := FundReturned{Digest: "claims", Place: values.Place{Row: 4}, Kind: "claim", Loan: loan("L4"), Amount: 1, Reason: "重复"}
		other, below := row, row
		other.Reason, below.Place.Row = "逾期不足", 5
		do(tx.AddFundReturned(row), tx.AddFundReturned(other), tx.AddFundReturned(below))
		returned := must(tx.FundReturnedBetween(today, today))
		if n := strings.Count(strings.Join(logged(tx), "\n"), "fund returned"); n != 3 || len(returned) != 4 { // and the refused claim
			t.Errorf("%d entries, %d rows: %v", n, len(returned), returned)
		}
		return nil
	})
}

// The same objection again is not another one.
func TestAnObjectionIsAddedOnce(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		raised := Objection{Quarter: q3, Township: "城关镇", Village: "东村", Name: "王小明", Person: person(1), Why: "不在村", RaisedOn: today}
		for _, want := range []bool{true, false} {
			if added := must(tx.AddObjection(raised)); added != want {
				t.Errorf("added: %v, want %v", added, want)
			}
		}
		raised.Why = "用途不符"
		if !must(tx.AddObjection(raised)) {
			t.Error("another reason is another objection")
		}
		return nil
	})
}

// One single complaint of SQLite's own check is a complaint.
func TestASingleDamageIsTold(t *testing.T) {
	l := newLedger(t)
	run(t, plain(t, l.Path()), `CREATE TABLE notes (x); INSERT INTO notes VALUES (NULL);
		PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE notes (x NOT NULL)' WHERE name = 'notes'; PRAGMA writable_schema = RESET`)
	look(t, l, func(tx *Tx) error {
		if complaints := must(tx.Integrity()); !slices.Equal(complaints, []string{"NULL value in notes.x"}) {
			t.Errorf("complaints: %v", complaints)
		}
		return nil
	})
}

// A payment hold stops what is due only from an accepted line of the quarter.
func TestAHoldStopsWhatAcceptedLinesAreDue(t *testing.T) {
	for _, test := range []struct {
		name    string
		quarter values.Quarter
		outcome values.Outcome
		blocked []string
		want    values.Fen
	}{
		{"accepted, with a hold", q3, values.Accepted, []string{"account-missing"}, 100},
		{"accepted, without", q3, values.Accepted, nil, 0},
		{"held, with one", q3, values.Held, []string{"account-missing"}, 0},
		{"of another quarter", q2, values.Accepted, []string{"account-missing"}, 0},
	} {
		l := newLedger(t)
		write(t, l, func(tx *Tx) error {
			line := add(tx, statement(tx, test.quarter, "甲.xlsx"), 1, "L1", "2026-06-21", "2026-09-20", "")
			do(tx.PutJudgements([]Judgement{{Line: line.Key, Quarter: test.quarter, Outcome: test.outcome, Blocked: test.blocked}}))
			must(tx.ReplaceEntitlements(q3, 1, []Entitlement{{Quarter: q3, Loan: values.Loan{Bank: line.Bank, Contract: line.Contract}, Policy: "p", Shares: values.Shares{Central: 100}, FirstLine: line.Key}}))
			if got := must(tx.Stopped(q3)); got != test.want {
				t.Errorf("%s: %v is stopped, not %v", test.name, got, test.want)
			}
			return nil
		})
	}
}

// A loan counts as compensated from the very day on.
func TestALoanIsCompensatedFromThatDayOn(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		withFund(tx)
		for by, want := range map[values.Date]int{today - 1: 0, today: 1, today + 1: 1} {
			if got := must(tx.Compensated(by)); len(got) != want {
				t.Errorf("by %s: %v", by, got)
			}
		}
		return nil
	})
}
