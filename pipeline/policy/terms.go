package policy

import (
	"math"

	"github.com/shopspring/decimal"

	"tiexi/pipeline/values"
)

// Span is a range of days, both included.
type Span struct {
	From values.Date `json:"from"`
	To   values.Date `json:"to"`
}

// Days is the number of days.
func (s Span) Days() int { return int(s.To-s.From) + 1 }

func (s Span) has(d values.Date) bool { return s.From <= d && d <= s.To }

func (s Span) meets(o Span) bool { return s.From <= o.To && o.From <= s.To }

// The ends of an open range.
const (
	firstDay = values.Date(1)
	lastDay  = values.Date(math.MaxInt32 - 1)
)

var always = Span{firstDay, lastDay}

// budgets are the shares in the order in which they are rounded (policy.md §4).
const budgets = 4

// share is what one budget bears of the rate.
type share struct {
	percent decimal.Decimal  // of the rate
	cap     *decimal.Decimal // points, nil: none
}

// layer is what is paid on one tier of the household's balance.
type layer struct {
	size   values.Fen // how many fen of balance the tier holds
	shares [budgets]share
	total  *decimal.Decimal // points all shares together, nil: none
}

// row is one row of terms: for contracts signed within a range, on days within
// a range.
type row struct {
	name               string
	contracts, accrual Span
	tier1              layer
	tier2              *layer     // nil: the terms have no second tier
	ceiling            values.Fen // of the principal that earns, inside tier 1
	household          bool       // tier1.size is the tier of the household, not a ceiling of old terms
	rateCap            bool       // the shares' caps are parts of one cap on the rate
	levels             int        // how many shares can be above nil: 2 where city and county bear nothing
	clause             string
	items              []Item
}

// Cap is a limit that made an amount smaller.
type Cap string

// The caps, of the notice and of older terms.
const (
	CapCentral    Cap = "central-cap"    // 中央贴息上限，2.5 个百分点
	CapProvincial Cap = "provincial-cap" // the next three only where a county's terms have them
	CapCity       Cap = "city-cap"
	CapCounty     Cap = "county-cap"
	CapTotal      Cap = "total-cap" // 财政累计贴息上限，3.5 个百分点
	CapRate       Cap = "rate-cap"  // older terms: the rate that is subsidised at most
)

var shareCaps = [budgets]Cap{CapCentral, CapProvincial, CapCity, CapCounty}

// points are the yearly percentage points each budget pays at rate r, and the
// caps that bit. With rateFirst the rate is cut to the total cap before it is
// split (setting cap_rate_first).
func (l *layer) points(r decimal.Decimal, rateFirst bool) (points [budgets]decimal.Decimal, caps []Cap) {
	totalBit := false
	if rateFirst && l.total != nil && r.GreaterThan(*l.total) {
		r, totalBit = *l.total, true
	}
	sum := decimal.Zero
	for i, s := range l.shares {
		p := s.percent.Mul(r).Shift(-2)
		if s.cap != nil && p.GreaterThan(*s.cap) {
			p = *s.cap
			caps = append(caps, shareCaps[i])
		}
		if l.total != nil && sum.Add(p).GreaterThan(*l.total) {
			p, totalBit = l.total.Sub(sum), true
		}
		points[i] = p
		sum = sum.Add(p)
	}
	if totalBit {
		caps = append(caps, CapTotal)
	}
	return points, caps
}
