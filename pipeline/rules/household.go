package rules

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tiexi/pipeline/values"
)

// claim is a balance that runs in a household over a stretch of days.
type claim struct {
	Span
	line     int // the line it stands for; -1 for one of an earlier quarter
	contract string
	balance  values.Fen
	ceiling  values.Fen // the household ceiling of its terms; 0: none
}

// excess is how far a line's household stood above its ceiling while it ran.
type excess struct {
	days      int
	peak      values.Fen
	ceiling   values.Fen // on the peak's day
	peakDay   values.Date
	contracts string // of the loans that run on the peak's day
}

// overCeiling holds every line of the household whose loan runs on a day on
// which the balances together are above the household's ceiling (一(一), 一(二));
// live is one household's lines. A loan runs from its disbursement to the day
// before its maturity.
func (c *checker) overCeiling(household string, live []int) {
	claims := c.claims(household, live)
	var sum, ceiling values.Fen
	for _, cl := range claims {
		sum += cl.balance
		if cl.ceiling > 0 && (ceiling == 0 || cl.ceiling < ceiling) {
			ceiling = cl.ceiling
		}
	}
	if ceiling == 0 || sum <= ceiling {
		return
	}
	over := sweep(claims)
	for _, i := range live {
		if e, found := over[i]; found && c.facts.Lines[i].Frozen == nil {
			c.add(i, HouseholdOverCeiling, values.FieldBalance, e.peak.String(), e.ceiling.String(),
				e.peakDay.String(), strconv.Itoa(e.days), e.contracts)
		}
	}
}

// claims gathers the household's balances, of this quarter's lines and of
// earlier ones.
func (c *checker) claims(household string, live []int) (claims []claim) {
	add := func(cl claim, disbursed, matures values.Date) {
		cl.From, cl.To = max(cl.From, disbursed), min(cl.To, matures-1)
		if cl.From <= cl.To {
			claims = append(claims, cl)
		}
	}
	for _, i := range live {
		facts := &c.facts.Lines[i]
		l := facts.Line
		whole := claim{Span{l.From, l.To}, i, l.Contract, l.Balance, facts.terms().HouseholdCeiling}
		if facts.ExtensionTerms == nil || !extended(l) {
			add(whole, l.Disbursed, l.Matures)
			continue
		}
		add(whole, l.Disbursed, l.OriginalMaturity)
		whole.ceiling = facts.ExtensionTerms.HouseholdCeiling
		add(whole, max(l.Disbursed, l.OriginalMaturity), l.Matures)
	}
	for _, e := range c.earlierByHousehold[household] {
		add(claim{Span{e.From, e.To}, -1, e.Loan.Contract, e.Balance, e.HouseholdCeiling}, e.Disbursed, e.Matures)
	}
	return claims
}

// sweep goes over the days on which a claim begins or ends, and gives each line
// the excess that it takes part in. Where several terms rule on a day, the
// lowest ceiling does.
func sweep(claims []claim) map[int]excess {
	slices.SortFunc(claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.From, b.From), strings.Compare(a.contract, b.contract), cmp.Compare(a.To, b.To), cmp.Compare(a.balance, b.balance))
	})
	var days []values.Date
	for _, cl := range claims {
		days = append(days, cl.From, cl.To+1)
	}
	slices.Sort(days)
	days = slices.Compact(days)

	over := map[int]excess{}
	var running []claim
	next := 0
	for k := 0; k+1 < len(days); k++ {
		day := days[k]
		running = slices.DeleteFunc(running, func(cl claim) bool { return cl.To < day })
		for ; next < len(claims) && claims[next].From == day; next++ {
			running = append(running, claims[next])
		}
		exceed(over, running, Span{day, days[k+1] - 1})
	}
	return over
}

// exceed adds a stretch of days with the same running claims to the excesses.
func exceed(over map[int]excess, running []claim, span Span) {
	var total, ceiling values.Fen
	for _, cl := range running {
		total += cl.balance
		if cl.ceiling > 0 && (ceiling == 0 || cl.ceiling < ceiling) {
			ceiling = cl.ceiling
		}
	}
	if ceiling == 0 || total <= ceiling {
		return
	}
	contracts := ""
	for _, cl := range running {
		if cl.line < 0 {
			continue
		}
		e := over[cl.line]
		e.days += int(span.To-span.From) + 1
		if total > e.peak {
			if contracts == "" {
				contracts = listContracts(running)
			}
			e.peak, e.ceiling, e.peakDay, e.contracts = total, ceiling, span.From, contracts
		}
		over[cl.line] = e
	}
}

const most = 6 // names in a sentence, before it says …

func listContracts(running []claim) string {
	names := make([]string, len(running))
	for i, cl := range running {
		names[i] = cl.contract
	}
	slices.Sort(names)
	return listed(slices.Compact(names))
}

// listed joins the first few names.
func listed(names []string) string {
	if len(names) > most {
		return strings.Join(names[:most], "、") + "…"
	}
	return strings.Join(names, "、")
}
