package rules

import (
	"fmt"
	"slices"
	"testing"

	"tiexi/pipeline/values"
)

// world is a quarter of one sound line (example A of the policy), to be changed
// one thing at a time.
type world struct {
	Facts
}

func day(iso string) values.Date { return values.MustDate(iso) }

func yuan(amount string) values.Fen {
	f, err := values.ParseFen(amount)
	if err != nil {
		panic(err)
	}
	return f
}

// resident makes up an id in an area that does not exist, with a check character
// worked out here from GB 11643-1999: weights 2^(17-i) mod 11.
func resident(birth string, number int) values.ResidentID {
	first := fmt.Sprintf("149901%s%03d", birth, number)
	sum := 0
	for i, c := range first {
		sum += int(c-'0') * ((1 << (17 - i)) % 11)
	}
	return values.ResidentID(first + string("10X98765432"[sum%11]))
}

var bangfu = values.Conditions{
	Policy: "bangfu-2026", MinAge: 18, MaxAge: 65,
	LoanCeiling: 100_000 * values.Yuan, HouseholdCeiling: 100_000 * values.Yuan, LargeNeedAbove: 50_000 * values.Yuan,
	TermMonths: 36, ExtensionMonths: 36, Extensions: 1,
	PurposeWords: []string{"结婚", "建房", "理财", "入股"},
	Guarantees:   []string{"信用", "免担保", "无", "农业担保", "农担"},
}

var tuopin = values.Conditions{Policy: "tuopin-2021", Extensions: -1}

func soundLine() *values.Line {
	l := &values.Line{
		Place: values.Place{File: "清水农商.xlsx", Sheet: "明细", Row: 5},
		Bank:  "清水农商银行", Contract: "HT2026001", Borrower: "张三", ID: resident("19800506", 1),
		Balance: 50_000 * values.Yuan, Rate: values.MustRate("3.45"),
		Disbursed: day("2026-04-02"), Matures: day("2027-04-02"), Paid: yuan("440.83"),
		From: day("2026-06-21"), To: day("2026-09-20"), Days: 92,
		Amount: 50_000 * values.Yuan, Signed: day("2026-04-01"),
		Township: "城关镇", Village: "东关村", Guarantee: "信用", Purpose: "养牛",
	}
	l.Given = l.Given.With(values.FieldAmount).With(values.FieldSigned)
	l.Columns = new([values.FieldCount]string)
	for f := range l.Columns {
		l.Columns[f] = string(rune('A' + f%26))
	}
	return l
}

func soundMember() Membership {
	return Membership{
		Household: "H1", Name: "张三", Township: "城关镇", Village: "东关村",
		PayoutBank: "清水农商银行", Account: "6228480402564890018",
	}
}

func soundWorld() *world {
	w := &world{Facts{
		Quarter: values.Quarter{Year: 2026, Number: 3}, InterestDay: 20,
		Roster: map[values.ResidentID][]Membership{},
	}}
	l := soundLine()
	w.Lines = []LineFacts{{Line: l, Terms: &bangfu}}
	w.Roster[l.ID] = []Membership{soundMember()}
	return w
}

// line is the line under test, the first one.
func (w *world) line() *values.Line { return w.Lines[0].Line }

// member is the first membership of the line's borrower, to be changed.
func (w *world) member() *Membership { return &w.Roster[w.line().ID][0] }

// give sets a field as given by the bank.
func (w *world) give(fields ...values.Field) {
	for _, f := range fields {
		w.line().Given = w.line().Given.With(f)
	}
}

// born gives the line's borrower another birth date, on the roster too.
func (w *world) born(date string) {
	members := w.Roster[w.line().ID]
	w.line().ID = resident(date, 1)
	w.Roster[w.line().ID] = members
}

// another adds a sound line of another borrower, contract and household, on the
// next row, for the test to bend.
func (w *world) another(change func(l *values.Line, m *Membership)) *values.Line {
	n := len(w.Lines)
	l, m := soundLine(), soundMember()
	l.Row += n
	l.Contract = fmt.Sprintf("HT2026%03d", n+1)
	l.ID = resident("19800506", n+1)
	m.Household = fmt.Sprintf("H%d", n+1)
	m.Account = values.Account(fmt.Sprintf("10000000000%04d", n))
	if change != nil {
		change(l, &m)
	}
	w.Lines = append(w.Lines, LineFacts{Line: l, Terms: &bangfu})
	if !slices.Contains(w.Roster[l.ID], m) {
		w.Roster[l.ID] = append(w.Roster[l.ID], m)
	}
	return l
}

// twin adds another line of the first line's own loan and borrower.
func (w *world) twin(change func(l *values.Line)) *values.Line {
	l := *w.line()
	l.Row = w.line().Row + len(w.Lines)
	change(&l)
	w.Lines = append(w.Lines, LineFacts{Line: &l, Terms: &bangfu})
	return &l
}

// charge sets balance, rate and days, and the interest that a bank on a 360-day
// year would take for them.
func charge(l *values.Line, balance, rate, from, to string) {
	l.Balance, l.Rate, l.From, l.To = yuan(balance), values.MustRate(rate), day(from), day(to)
	l.Days = int(l.To-l.From) + 1
	l.Paid = recomputed(l.Balance, l.Rate, int64(l.Days), 360)
	l.Amount = max(l.Amount, l.Balance)
}

func codes(v Verdict) (codes []string) {
	for _, f := range v.Findings {
		codes = append(codes, f.Code)
	}
	return codes
}

func TestSoundLineHasNoFindings(t *testing.T) {
	v := Check(&soundWorld().Facts)[0]
	if len(v.Findings) != 0 || v.Outcome != values.Accepted || !v.OnRoster || v.Member.Household != "H1" {
		t.Fatalf("got %v %v, member %+v", v.Outcome, codes(v), v.Member)
	}
	if v.Account != "6228480402564890018" || v.Digest != "" {
		t.Errorf("account %q, digest %q", v.Account.Whole(), v.Digest)
	}
}
