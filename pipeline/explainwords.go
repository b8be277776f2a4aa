package pipeline

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/shopspring/decimal"

	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

// Step is a stretch of days in words that a borrower understands: what these
// days earn and why, and the sums, exact before rounding.
type Step struct {
	Heading values.Text   // the days
	Words   []values.Text // whole sentences
	Sums    []values.Text // one for each budget that pays
}

// Steps are the loan's stretches in order of date.
func (e *Explanation) Steps() []Step {
	steps := make([]Step, len(e.Stretches))
	for i := range e.Stretches {
		steps[i] = e.step(&e.Stretches[i])
	}
	return steps
}

func (e *Explanation) step(d *ExplainedDays) Step {
	s := Step{Heading: values.Say("%s 至 %s，%d 天", "%s to %s, %d days", d.From, d.To, d.Days)}
	if d.Exact == nil || d.Exact.Total().Sign() == 0 && d.Tier1+d.Tier2 == 0 {
		s.Words = e.whyNothing(d)
		return s
	}
	s.Words = append(s.Words, termsWords(d))
	if d.Days != d.LineDays {
		s.Words = append(s.Words, values.Say("这一行银行明细共 %d 天、付息 %s 元，按天平均分摊，这些天占 %d/%d。",
			"The bank's line has %d days and %s yuan of interest, spread evenly; these days are %d/%d of it.", d.LineDays, d.Paid.Grouped(), d.Days, d.LineDays))
	}
	s.Words = append(s.Words, tierWords(d)...)
	for _, limit := range d.Caps {
		s.Words = append(s.Words, capWords(limit, d))
	}
	for _, why := range d.Why {
		s.Words = append(s.Words, e.reasonWords(why, d))
	}
	for _, b := range budgets {
		if exact := b.exact(d.Exact); exact.Sign() != 0 {
			s.Sums = append(s.Sums, sumWords(b, d, exact))
		}
	}
	return s
}

func termsWords(d *ExplainedDays) values.Text {
	row := d.TermsRow
	if row == "" {
		row = d.Policy
	}
	return values.Text{
		Chinese: fmt.Sprintf("适用“%s”政策的“%s”标准，依据 %s。", d.Title, row, d.Clause),
		English: fmt.Sprintf("The terms are those of %s, row %q, clause %s.", d.Policy, row, d.Clause),
	}
}

// tierWords say how much of the balance earns, and at how many points.
func tierWords(d *ExplainedDays) (words []values.Text) {
	if d.Tier1 > 0 {
		zh, en := pointWords(d.Points1)
		words = append(words, values.Text{
			Chinese: fmt.Sprintf("本金 %s 元中有 %s 元在第一档：年利率 %s%% 里，%s。", d.Balance.Grouped(), d.Tier1.Grouped(), d.Rate, zh),
			English: fmt.Sprintf("Of the balance of %s yuan, %s yuan are in tier 1: of the yearly %s%%, %s.", d.Balance.Grouped(), d.Tier1.Grouped(), d.Rate, en),
		})
	}
	if d.Tier2 > 0 {
		zh, en := pointWords(d.Points2)
		words = append(words, values.Text{
			Chinese: fmt.Sprintf("有 %s 元在第二档（经大额审批的部分）：年利率 %s%% 里，%s。", d.Tier2.Grouped(), d.Rate, zh),
			English: fmt.Sprintf("%s yuan are in tier 2, approved for a large need: of the yearly %s%%, %s.", d.Tier2.Grouped(), d.Rate, en),
		})
	}
	return words
}

// pointWords list what each budget pays of the rate, in percentage points.
func pointWords(p policy.Points) (chinese, english string) {
	var zh, en []string
	for _, b := range budgets {
		if points := b.points(p); !points.IsZero() {
			zh = append(zh, fmt.Sprintf("%s贴 %s 个百分点", b.name.Chinese, points))
			en = append(en, fmt.Sprintf("%s pays %s points", b.name.English, points))
		}
	}
	return strings.Join(zh, "，"), strings.Join(en, ", ")
}

// budget is one of those that pay, and how to find its part of something.
type budget struct {
	name   values.Text
	points func(policy.Points) decimal.Decimal
	exact  func(*policy.Exact) *big.Rat
	share  func(values.Shares) values.Fen
}

// budgets in the order in which they are rounded (policy.md §4).
var budgets = []budget{
	{values.Say("中央", "the centre"), func(p policy.Points) decimal.Decimal { return p.Central },
		func(e *policy.Exact) *big.Rat { return e.Central }, func(s values.Shares) values.Fen { return s.Central }},
	{values.Say("省级", "the province"), func(p policy.Points) decimal.Decimal { return p.Provincial },
		func(e *policy.Exact) *big.Rat { return e.Provincial }, func(s values.Shares) values.Fen { return s.Provincial }},
	{values.Say("市级", "the city"), func(p policy.Points) decimal.Decimal { return p.City },
		func(e *policy.Exact) *big.Rat { return e.City }, func(s values.Shares) values.Fen { return s.City }},
	{values.Say("县级", "the county"), func(p policy.Points) decimal.Decimal { return p.County },
		func(e *policy.Exact) *big.Rat { return e.County }, func(s values.Shares) values.Fen { return s.County }},
}

// sumWords write the sum that anybody can check with a calculator:
// interest × days × balance in the tier × points of the rate.
func sumWords(b budget, d *ExplainedDays, exact *big.Rat) values.Text {
	sum := d.Paid.Grouped()
	if d.Days != d.LineDays {
		sum += fmt.Sprintf(" × %d/%d", d.Days, d.LineDays)
	}
	p1, p2 := b.points(d.Points1), b.points(d.Points2)
	switch {
	case d.Tier2 > 0 && d.Tier1 > 0 && !p1.IsZero() && !p2.IsZero():
		sum += fmt.Sprintf(" × (%s×%s + %s×%s)/(%s×%s)", d.Tier1.Grouped(), p1, d.Tier2.Grouped(), p2, d.Balance.Grouped(), d.Rate)
	case d.Tier1 > 0 && !p1.IsZero():
		sum += ofBalance(d.Tier1, d.Balance) + fmt.Sprintf(" × %s/%s", p1, d.Rate)
	default:
		sum += ofBalance(d.Tier2, d.Balance) + fmt.Sprintf(" × %s/%s", p2, d.Rate)
	}
	comes := exactWords(exact)
	return values.Text{
		Chinese: fmt.Sprintf("%s：%s ＝ %s", b.name.Chinese, sum, comes.Chinese),
		English: fmt.Sprintf("%s: %s = %s", b.name.English, sum, comes.English),
	}
}

func ofBalance(part, balance values.Fen) string {
	if part == balance {
		return ""
	}
	return fmt.Sprintf(" × %s/%s", part.Grouped(), balance.Grouped())
}

// exactWords write exact fen as yuan: the decimal where it ends, else its first
// six places and the fraction that it really is.
func exactWords(fen *big.Rat) values.Text {
	digits, ends := decimalDigits(fen)
	if ends {
		return values.Say("%s 元", "%s yuan", digits)
	}
	return values.Say("%s… 元（精确为 %s）", "%s… yuan (exactly %s)", digits, yuanText(fen))
}

// decimalDigits are exact fen as a decimal in yuan, cut after six places where
// it does not end.
func decimalDigits(fen *big.Rat) (digits string, ends bool) {
	if text := yuanText(fen); !strings.Contains(text, "/") {
		return text, true
	}
	yuan := new(big.Rat).Quo(fen, big.NewRat(100, 1))
	millionths := new(big.Int).Quo(new(big.Int).Mul(yuan.Num(), big.NewInt(1_000_000)), yuan.Denom())
	return decimal.NewFromBigInt(millionths, -6).StringFixed(6), false
}

// capWords say which limit made an amount smaller, and to what.
func capWords(limit policy.Cap, d *ExplainedDays) values.Text {
	p := d.Points1
	if d.Tier1 == 0 {
		p = d.Points2
	}
	switch limit {
	case policy.CapCentral:
		return values.Say("按比例算，中央的部分会超过上限，按上限 %s 个百分点计。", "The centre's part would be above its cap, and is %s points.", p.Central)
	case policy.CapProvincial:
		return values.Say("省级的部分按上限 %s 个百分点计。", "The province's part is at its cap of %s points.", p.Provincial)
	case policy.CapCity:
		return values.Say("市级的部分按上限 %s 个百分点计。", "The city's part is at its cap of %s points.", p.City)
	case policy.CapCounty:
		return values.Say("县级的部分按上限 %s 个百分点计。", "The county's part is at its cap of %s points.", p.County)
	case policy.CapTotal:
		total := p.Central.Add(p.Provincial).Add(p.City).Add(p.County)
		return values.Say("各级合计最多贴 %s 个百分点，再高的利率由借款人自己负担。", "Together they pay at most %s points; a rate above that the borrower bears.", total)
	case policy.CapRate:
		return values.Say("利率高于可贴息的最高利率，按最高利率计。", "The rate is above the highest that is subsidised, which is used.")
	}
	return values.Text{Chinese: string(limit), English: string(limit)}
}

// whyNothing says why a stretch earns nothing.
func (e *Explanation) whyNothing(d *ExplainedDays) (words []values.Text) {
	for _, why := range d.Why {
		words = append(words, e.reasonWords(why, d))
	}
	return append(words, values.Say("这些天不贴息。", "These days earn nothing."))
}

// reasonWords say why days earn nothing, or less than their whole balance.
func (e *Explanation) reasonWords(reason policy.Reason, d *ExplainedDays) values.Text {
	rest := (d.Balance - d.Tier1 - d.Tier2).Grouped()
	switch reason {
	case policy.ReasonBeforeDisbursement:
		return values.Say("放款日期是 %s，这些天还没有放款。", "The loan was disbursed on %s, after these days.", e.Disbursed)
	case policy.ReasonAfterMaturity:
		return values.Say("到期日是 %s，到期日当天和以后不再贴息。", "The loan matured on %s; from that day on nothing is paid.", e.Matures)
	case policy.ReasonExtensionBarred:
		return values.Say("签订展期时这一户已经退出帮扶名单，原到期日起的展期部分不贴息（四(二)）。",
			"The household was off the roster when the extension was signed: from the original maturity on nothing is paid (4.2).")
	case policy.ReasonUnconfigured:
		return values.Say("这些天适用的老政策，县里还没有录入标准，暂时不能计算（五(二)）。",
			"These days fall under older terms, which the county has not entered yet (5.2).")
	case policy.ReasonInterestUnpaid:
		return values.Say("借款人先付息、财政后贴息；这一行没有付息（一(七)）。", "The borrower pays the interest first; none was paid on this line (1.7).")
	case policy.ReasonNoBalance:
		return values.Say("银行明细的本金或利率是 0。", "The bank's line has no balance, or no rate.")
	case policy.ReasonTier1Taken:
		mates := e.mates()
		return values.Text{
			Chinese: fmt.Sprintf("额度以户为单位，第一档先给先放款的贷款；同户的%s已占用一部分，这笔贷款用到 %s 元。", mates.Chinese, d.Tier1.Grouped()),
			English: fmt.Sprintf("A household shares tier 1 in order of disbursement; %s took some of it, this loan has %s yuan.", mates.English, d.Tier1.Grouped()),
		}
	case policy.ReasonTier2Taken:
		mates := e.mates()
		return values.Text{
			Chinese: fmt.Sprintf("第二档同样以户为单位，同户的%s已占用一部分，这笔贷款用到 %s 元。", mates.Chinese, d.Tier2.Grouped()),
			English: fmt.Sprintf("Tier 2 is shared likewise; %s took some of it, this loan has %s yuan.", mates.English, d.Tier2.Grouped()),
		}
	case policy.ReasonUnapproved:
		return values.Say("第一档以外的 %s 元没有经过大额审批，不贴息。", "%s yuan are outside tier 1 and not approved for a large need: they earn nothing.", rest)
	case policy.ReasonAboveTiers:
		return values.Say("两档以外的 %s 元不贴息。", "%s yuan are outside both tiers and earn nothing.", rest)
	case policy.ReasonOldTerms:
		return values.Say("老政策没有第二档，第一档以外的 %s 元不贴息。", "Older terms have no second tier; %s yuan earn nothing.", rest)
	case policy.ReasonAboveCeiling:
		return values.Say("老政策有贴息本金上限，超出的 %s 元不贴息。", "Older terms have a ceiling; %s yuan are above it and earn nothing.", rest)
	}
	return values.Text{Chinese: string(reason) + "。", English: string(reason) + "."}
}

// mates names the household's other loans.
func (e *Explanation) mates() values.Text {
	if len(e.Mates) == 0 {
		return values.Say("其他贷款", "another loan")
	}
	var names []string
	for _, loan := range e.Mates {
		names = append(names, loan.Bank+" "+loan.Contract)
	}
	return values.Text{Chinese: "其他贷款（" + strings.Join(names, "、") + "）", English: "its other loans (" + strings.Join(names, ", ") + ")"}
}

// RoundingWords say how the exact sums became fen.
func (e *Explanation) RoundingWords() (words []values.Text) {
	for i := range e.Rounding {
		r := &e.Rounding[i]
		switch {
		case r.exact == nil:
		case len(e.Rounding) == 1:
			words = append(words, r.alone())
		default:
			words = append(words, r.among())
		}
	}
	if len(e.Rounding) > 1 {
		words = append(words, values.Say("这笔贷款本季度跨两个政策：按日期先后累计，对累计数四舍五入，每个政策的数是前后两个累计数之差，所以总数只取整一次。",
			"The loan has days under two policies: running sums in date order are rounded, and a policy's part is the difference of two of them, so that the whole is rounded once."))
	}
	return words
}

// alone is the rounding of a loan under one policy.
func (r *ExplainedRound) alone() values.Text {
	central, both := exactWords(r.exact.Central), exactWords(new(big.Rat).Add(r.exact.Central, r.exact.Provincial))
	c, p := r.Shares.Central, r.Shares.Provincial
	t := values.Text{
		Chinese: fmt.Sprintf("中央 %s，四舍五入到分为 %s 元；中央加省级 %s，四舍五入为 %s 元；省级是两者之差，%s 元。",
			central.Chinese, c.Grouped(), both.Chinese, (c + p).Grouped(), p.Grouped()),
		English: fmt.Sprintf("The centre's %s become %s; centre and province together, %s, become %s; the province has the difference, %s.",
			central.English, c.Grouped(), both.English, (c + p).Grouped(), p.Grouped()),
	}
	if r.Shares.City+r.Shares.County != 0 {
		more := values.Say("市级 %s 元、县级 %s 元同样由累计数之差得出。", " The city's %s and the county's %s come out likewise.", r.Shares.City.Grouped(), r.Shares.County.Grouped())
		t = values.Text{Chinese: t.Chinese + more.Chinese, English: t.English + more.English}
	}
	return t
}

// among is a policy's part of a loan under several.
func (r *ExplainedRound) among() values.Text {
	exact, s := exactWords(r.exact.Total()), r.Shares
	return values.Text{
		Chinese: fmt.Sprintf("%s：%s，取整后 %s 元（中央 %s，省级 %s，市级 %s，县级 %s）。", r.Title, exact.Chinese, s.Total().Grouped(),
			s.Central.Grouped(), s.Provincial.Grouped(), s.City.Grouped(), s.County.Grouped()),
		English: fmt.Sprintf("%s: %s, rounded %s (centre %s, province %s, city %s, county %s).", r.Policy, exact.English, s.Total().Grouped(),
			s.Central.Grouped(), s.Provincial.Grouped(), s.City.Grouped(), s.County.Grouped()),
	}
}
