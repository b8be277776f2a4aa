package rules

import (
	"fmt"
	"testing"

	"tiexi/pipeline/values"
)

// county is a quarter of n lines: two loans to a household, one line in fifty
// with something wrong, a year of history behind half of them.
func county(n int) *Facts {
	f := &Facts{
		Quarter: values.Quarter{Year: 2026, Number: 3}, InterestDay: 20,
		Roster: make(map[values.ResidentID][]Membership, n),
	}
	for i := range n {
		l, m := soundLine(), soundMember()
		l.File, l.Row = fmt.Sprintf("银行%02d.xlsx", i/1000), i%1000+4
		l.Contract = fmt.Sprintf("HT%08d", i)
		l.ID = resident(fmt.Sprintf("19%02d%02d06", 61+i/12_000%40, 1+i/1000%12), i%1000)
		l.Borrower = fmt.Sprintf("张%d", i)
		m.Household, m.Name = fmt.Sprintf("H%07d", i/2), l.Borrower
		m.Account = values.Account(fmt.Sprintf("05%014d", i))
		switch i % 50 {
		case 1:
			l.Purpose = "建房"
		case 2:
			l.Paid += 500
		}
		f.Lines = append(f.Lines, LineFacts{Line: l, Terms: &bangfu})
		f.Roster[l.ID] = []Membership{m}
		if i%2 == 0 {
			f.Earlier = append(f.Earlier, Earlier{
				Quarter: values.Quarter{Year: 2026, Number: 2}, Loan: l.Loan(), ID: l.ID, Household: m.Household,
				From: day("2026-04-02"), To: day("2026-06-20"), Rate: l.Rate, Balance: l.Balance,
				Disbursed: l.Disbursed, Matures: l.Matures, HouseholdCeiling: bangfu.HouseholdCeiling,
			})
		}
	}
	return f
}

func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{20_000, 200_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f := county(n)
			b.ReportAllocs()
			for b.Loop() {
				Check(f)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/line")
		})
	}
}

// Lines that all share one account are one group; it must not cost their square.
func BenchmarkOneAccount(b *testing.B) {
	f := county(20_000)
	for _, members := range f.Roster {
		members[0].Account = "0500000000000001"
	}
	b.ReportAllocs()
	for b.Loop() {
		Check(f)
	}
}

// What checking a line may allocate.
func TestCheckingAllocatesLittle(t *testing.T) {
	const lines, atMost = 5_000, 31
	f := county(lines)
	if got := testing.AllocsPerRun(3, func() { Check(f) }) / lines; got > atMost {
		t.Errorf("a line allocates %.1f times, %d at most", got, atMost)
	}
}
