package ledger

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"tiexi/pipeline/values"
)

// anyLine draws a line with anything in any field.
func anyLine() *rapid.Generator[values.Line] {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "王小明", "<&>\"'", "\x00", "\u2028", " "}))
	fen := rapid.OneOf(rapid.Map(rapid.Int64(), func(n int64) values.Fen { return values.Fen(n) }), rapid.SampledFrom([]values.Fen{0, 1, -1, 1<<63 - 1, -1 << 63}))
	date := rapid.OneOf(rapid.Just(values.Date(0)), rapid.Map(rapid.Int32Range(1, int32(values.MustDate("9999-12-31"))), func(n int32) values.Date { return values.Date(n) }))
	field := rapid.Map(rapid.IntRange(0, int(values.FieldCount)-1), func(n int) values.Field { return values.Field(n) })
	return rapid.Custom(func(t *rapid.T) values.Line {
		return values.Line{
			Place: values.Place{File: "甲.xlsx", Sheet: "Sheet1", Row: rapid.IntRange(1, 1<<20).Draw(t, "row")},
			Bank:  text.Draw(t, "bank"), Contract: text.Draw(t, "contract"), Tranche: text.Draw(t, "tranche"), Borrower: text.Draw(t, "borrower"),
			ID: values.ResidentID(text.Draw(t, "id")), Balance: fen.Draw(t, "balance"),
			Rate:      values.Rate{Decimal: decimal.New(rapid.Int64().Draw(t, "rate"), rapid.Int32Range(-20, 3).Draw(t, "exponent"))},
			Disbursed: date.Draw(t, "disbursed"), Matures: date.Draw(t, "matures"), Paid: fen.Draw(t, "paid"), From: date.Draw(t, "from"), To: date.Draw(t, "to"),
			Days: rapid.Int().Draw(t, "days"), Due: fen.Draw(t, "due"), Penalty: fen.Draw(t, "penalty"), Amount: fen.Draw(t, "amount"), Signed: date.Draw(t, "signed"),
			Approved: rapid.Bool().Draw(t, "approved"), Renewals: rapid.Int().Draw(t, "renewals"), OriginalMaturity: date.Draw(t, "original"), ExtensionSigned: date.Draw(t, "extension"),
			Product: text.Draw(t, "product"), Purpose: text.Draw(t, "purpose"), Guarantee: text.Draw(t, "guarantee"), Overdue: text.Draw(t, "overdue"), Class: text.Draw(t, "class"),
			Household: text.Draw(t, "household"), Head: text.Draw(t, "head"), Township: text.Draw(t, "township"), Village: text.Draw(t, "village"),
			PayoutBank: text.Draw(t, "payout bank"), Account: values.Account(text.Draw(t, "account")), AccountName: text.Draw(t, "account name"), Remark: text.Draw(t, "remark"),
			Given: values.FieldSet(rapid.Uint64Range(0, 1<<values.FieldCount-1).Draw(t, "given")),
			Problems: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) values.Problem {
				return values.Problem{Kind: values.ProblemKind(text.Draw(t, "kind")), Field: field.Draw(t, "field"), Cell: text.Draw(t, "cell"), Raw: text.Draw(t, "raw")}
			}), 0, 3).Draw(t, "problems"),
		}
	})
}

// asRead compares lines as the ledger keeps them: rates by value, and without
// what only the reading of a sheet needs.
var asRead = append([]cmp.Option{
	cmp.Comparer(func(a, b values.Rate) bool { return a.Same(b) }),
	cmpopts.IgnoreFields(values.Line{}, "Columns"),
	cmpopts.EquateEmpty(),
}, whole...)

func TestALineIsReadAsItWasWritten(t *testing.T) {
	l := newLedger(t)
	rapid.Check(t, func(rt *rapid.T) {
		line := anyLine().Draw(rt, "line")
		err := l.Write(t.Context(), today, "x", func(tx *Tx) error {
			f := statement(tx, q3, "甲.xlsx")
			written := Line{FileID: f.ID, Quarter: q3, Line: line}
			addLine(tx, &written)
			var read []*Line
			do(tx.Lines(q3, func(l *Line) error { read = append(read, l); return nil }))
			if diff := cmp.Diff([]*Line{&written}, read, asRead...); diff != "" || written.Key == 0 || len(written.Facts) != 32 {
				rt.Fatal(diff)
			}
			again := *read[0] // what was read says the same as what was written
			again.Row++
			addLine(tx, &again)
			if again.Facts != written.Facts {
				rt.Fatalf("the same line has facts %s and %s", written.Facts, again.Facts)
			}
			return errBack
		})
		if err != errBack {
			rt.Fatal(err)
		}
	})
}

// The facts change with every field that a line has, whichever fields are
// added to it later, and do not change with its place.
func TestFactsAreAllALineSaysButItsPlace(t *testing.T) {
	l := newLedger(t)
	sample := func() *Line {
		return &Line{Quarter: q3, Line: values.Line{Place: values.Place{Row: 1}, Bank: bank, Contract: "L1", Rate: values.MustRate("3.45"), From: 1, To: 2, Days: 2,
			Problems: []values.Problem{{Kind: values.ProblemEmpty, Field: values.FieldID, Cell: "B2", Raw: "r"}}}}
	}
	placeOnly := []string{"Place", "Bank", "Columns"} // the bank stands beside the facts, in the loan's name
	write(t, l, func(tx *Tx) error {
		f := statement(tx, q3, "甲.xlsx")
		other := statement(tx, q4, "乙.xlsx")
		row := 0
		facts := func(line *Line) string {
			if row++; line.FileID == 0 {
				line.FileID = f.ID
			}
			line.Row = row
			addLine(tx, line)
			return line.Facts
		}
		base := facts(sample())
		seen := map[string]string{base: "nothing"}
		check := func(what string, line *Line) {
			t.Helper()
			now := facts(line)
			if before, ok := seen[now]; ok {
				t.Errorf("a change of %s gives the facts of a change of %s", what, before)
			}
			seen[now] = what
		}

		shape := reflect.TypeFor[values.Line]()
		for i := range shape.NumField() {
			name := shape.Field(i).Name
			if slices.Contains(placeOnly, name) {
				continue
			}
			line := sample()
			field := reflect.ValueOf(&line.Line).Elem().Field(i)
			switch field.Kind() {
			case reflect.String:
				field.SetString(field.String() + "x")
			case reflect.Int, reflect.Int32, reflect.Int64:
				field.SetInt(field.Int() + 1)
			case reflect.Uint64:
				field.SetUint(field.Uint() + 1)
			case reflect.Bool:
				field.SetBool(!field.Bool())
			case reflect.Struct:
				line.Rate = values.MustRate("3.46")
			case reflect.Slice:
				line.Problems = nil
			default:
				t.Fatalf("%s is a %s", name, field.Kind())
			}
			check(name, line)
		}
		for what, change := range map[string]func(*values.Problem){
			"a problem's kind":  func(p *values.Problem) { p.Kind = values.ProblemUncached },
			"a problem's field": func(p *values.Problem) { p.Field = values.FieldRate },
			"a problem's words": func(p *values.Problem) { p.Raw = "s" },
		} {
			line := sample()
			change(&line.Problems[0])
			check(what, line)
		}
		swapped := sample() // two words that change places are another line
		swapped.Contract, swapped.Tranche = "", "L1"
		check("places of words", swapped)

		moved := sample()
		moved.FileID, moved.Quarter, moved.Position = other.ID, q4, 0
		moved.File, moved.Sheet, moved.Columns = "z.xlsx", "Sheet9", new([values.FieldCount]string)
		moved.Problems[0].Cell = "B99"
		if facts(moved) != base {
			t.Error("a line that moved says something else")
		}
		written := sample()
		written.Rate = values.MustRate("3.4500")
		if facts(written) != base {
			t.Error("3.4500 is another rate than 3.45")
		}
		if moved.Problems[0].Cell != "B99" {
			t.Error("taking the facts has changed the line")
		}
		return nil
	})
}

func TestLinesComeInOrder(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		b, a := statement(tx, q3, "b.xlsx"), statement(tx, q3, "a.xlsx")
		earlier, gone := statement(tx, q2, "e.xlsx"), statement(tx, q3, "c.xlsx")
		do(tx.AddSheet(Sheet{FileID: a.ID, Position: 1, Name: "Sheet2"}))
		add(tx, b, 7, "L1", "2026-06-21", "2026-06-30", "")
		second := &Line{FileID: a.ID, Position: 1, Quarter: q3, Line: values.Line{Place: values.Place{Row: 2}, Bank: bank, Contract: "L2", From: 1, To: 1, Rate: values.MustRate("0")}}
		addLine(tx, second)
		add(tx, a, 9, "L3", "2026-07-01", "2026-07-31", "")
		add(tx, a, 3, "L1", "2026-07-01", "2026-07-31", "")
		add(tx, earlier, 5, "L1", "2026-03-21", "2026-06-20", "")
		add(tx, earlier, 6, "L9", "2026-03-21", "2026-06-20", "")
		add(tx, gone, 1, "L1", "2026-03-21", "2026-06-20", "")
		do(tx.RetireFile(gone.ID, a.ID))

		for what, c := range map[string]struct {
			query func(yield func(*Line) error) error
			want  string
		}{
			"of the quarter": {func(y func(*Line) error) error { return tx.Lines(q3, y) }, "a.xlsx:3 a.xlsx:9 a.xlsx:2 b.xlsx:7"},
			"of a file":      {func(y func(*Line) error) error { return tx.LinesOfFile(gone.ID, y) }, "c.xlsx:1"},
		} {
			var got []string
			do(c.query(func(l *Line) error { got = append(got, fmt.Sprintf("%s:%d", l.File, l.Row)); return nil }))
			if strings.Join(got, " ") != c.want {
				t.Errorf("lines %s: %v, want %s", what, got, c.want)
			}
		}
		if n := must(tx.LineCount(q3)); n != 4 {
			t.Errorf("%d lines", n)
		}
		if err := tx.Lines(q3, func(*Line) error { return errBack }); err != errBack {
			t.Errorf("stopped with %v", err)
		}
		return nil
	})
}
