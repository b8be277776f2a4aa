package pipeline

import (
	"context"
	"math/big"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

// ExplainRequest asks how amounts came about: of one contract, or of all loans
// of a person. The zero Quarter means every quarter.
type ExplainRequest struct {
	Quarter  values.Quarter
	Contract string
	Bank     string
	Person   values.ResidentID
}

// Explanation answers for one loan and quarter; a fen's way back to a cell and
// a sentence.
type Explanation struct {
	Quarter    values.Quarter    `json:"quarter"`
	Bank       string            `json:"bank"`
	Contract   string            `json:"contract"`
	Borrower   string            `json:"borrower"`
	ID         string            `json:"id"`
	Household  string            `json:"household"`
	Township   string            `json:"township"`
	Village    string            `json:"village"`
	Amount     values.Fen        `json:"amount"` // of the loan
	Disbursed  values.Date       `json:"disbursed"`
	Matures    values.Date       `json:"matures"`
	Original   values.Date       `json:"original_maturity"` // before an extension, else zero
	Approved   bool              `json:"approved"`          // for a large need
	Mates      []values.Loan     `json:"mates"`             // the household's other loans that share its tiers
	Central    values.Fen        `json:"central"`
	Provincial values.Fen        `json:"provincial"`
	City       values.Fen        `json:"city"`
	County     values.Fen        `json:"county"`
	Subsidy    values.Fen        `json:"subsidy"`
	Paid       values.Fen        `json:"interest_paid"` // what the borrower paid on the lines that count
	Lines      []ExplainedLine   `json:"lines"`
	Stretches  []ExplainedDays   `json:"stretches"`
	Rounding   []ExplainedRound  `json:"rounding"`
	Payments   []ExplainedPayout `json:"payments"`
	Book       []ExplainedBook   `json:"book,omitempty"` // the loan in the bank's loan book, where one came
}

// ExplainedLine is a statement line of the loan, with the cells it rests on.
type ExplainedLine struct {
	File     string            `json:"file"`
	Sheet    string            `json:"sheet"`
	Row      int               `json:"row"`
	Cells    map[string]string `json:"cells"` // field → address
	From     values.Date       `json:"from"`
	To       values.Date       `json:"to"`
	Days     int               `json:"days"`
	Balance  values.Fen        `json:"balance"`
	Rate     values.Rate       `json:"rate"`
	Paid     values.Fen        `json:"paid"`
	Outcome  values.Outcome    `json:"outcome"`
	Findings []FindingView     `json:"findings"`
	Decision *ledger.Decision  `json:"decision,omitempty"`
}

// ExplainedDays is a stretch of days on which everything stays the same.
// Exact amounts are in yuan as fractions, before rounding.
type ExplainedDays struct {
	policy.Stretch
	Title      string `json:"policy_title"`
	Days       int    `json:"days"`
	File       string `json:"file"`
	Row        int    `json:"row"`
	Central    string `json:"central"`
	Provincial string `json:"provincial"`
	Total      string `json:"total"`
}

// ExplainedRound is how a policy's exact amount became fen: central half up,
// central and provincial together half up, provincial the difference.
type ExplainedRound struct {
	Policy     string        `json:"policy"`
	Title      string        `json:"policy_title"`
	Central    string        `json:"exact_central"`
	Provincial string        `json:"exact_provincial"`
	Shares     values.Shares `json:"shares"`
	exact      *policy.Exact
}

// ExplainedPayout is what was paid on the loan for the quarter.
type ExplainedPayout struct {
	Number string     `json:"number"`
	Amount values.Fen `json:"amount"` // the loan's part of the payment
	State  string     `json:"state"`
	On     string     `json:"on"`
}

// Explain explains every loan and quarter that the request names.
func (w *Workspace) Explain(ctx context.Context, r ExplainRequest, lang values.Lang) (found []*Explanation, err error) {
	quarters, err := w.quarters(ctx, r.Quarter)
	if err != nil {
		return nil, err
	}
	for _, q := range quarters {
		err := w.view(ctx, q, func(a *attempt) error {
			all, err := a.explain(r, lang)
			found = append(found, all...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(found) == 0 {
		if err := w.findOnlyBooked(ctx, quarters, r); err != nil {
			return nil, err
		}
		return nil, values.Refuse(values.Say("没有找到这笔贷款或这个人。", "No such loan or person was found."),
			values.Say("请核对合同号、身份证号和 --quarter；tiexi lines 列出所有的行。", "Check the contract, the id and --quarter; `tiexi lines` lists all lines."))
	}
	return found, nil
}

func (a *attempt) explain(r ExplainRequest, lang values.Lang) (all []*Explanation, err error) {
	views, err := a.lineViews()
	if err != nil {
		return nil, err
	}
	decisions, err := a.tx.Decisions(a.quarter)
	if err != nil {
		return nil, err
	}
	byLoan := map[values.Loan]*Explanation{}
	for _, v := range views {
		if r.Contract != "" && v.Contract != values.FoldText(r.Contract) || r.Bank != "" && v.Bank != r.Bank || r.Person != "" && v.line.ID != r.Person {
			continue
		}
		e := byLoan[v.line.Loan()]
		if e == nil {
			e = &Explanation{Quarter: a.quarter, Bank: v.Bank, Contract: v.Contract, Borrower: v.Borrower, ID: v.ID,
				Mates: []values.Loan{}, Lines: []ExplainedLine{}, Stretches: []ExplainedDays{}, Rounding: []ExplainedRound{}, Payments: []ExplainedPayout{}}
			byLoan[v.line.Loan()] = e
			all = append(all, e)
		}
		e.Lines = append(e.Lines, explainedLine(v, decisions, lang))
		e.loanAsIn(v)
		if v.Outcome == values.Accepted {
			e.Paid += v.line.Paid
		}
	}
	if err := a.explainBook(all, views); err != nil {
		return nil, err
	}
	for _, e := range all {
		if err := a.explainAmounts(e, views); err != nil {
			return nil, err
		}
		if err := a.explainPayments(e); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// loanAsIn takes what the loan is from a line; the newest knows of the newest
// extension.
func (e *Explanation) loanAsIn(v *judgedLine) {
	if v.judgement != nil {
		e.Household, e.Township, e.Village = v.judgement.Household, v.judgement.Township, v.judgement.Village
	}
	l := v.line
	e.Amount = max(e.Amount, l.Amount, l.Balance)
	if !e.Disbursed.Known() || l.Disbursed < e.Disbursed {
		e.Disbursed = l.Disbursed
	}
	e.Matures, e.Original, e.Approved = max(e.Matures, l.Matures), max(e.Original, l.OriginalMaturity), e.Approved || l.Approved
}

func explainedLine(v *judgedLine, decisions map[int64]ledger.Decision, lang values.Lang) ExplainedLine {
	l := ExplainedLine{File: v.File, Sheet: v.Sheet, Row: v.Row, Cells: map[string]string{}, From: v.line.From, To: v.line.To, Days: v.line.Days,
		Balance: v.line.Balance, Rate: v.line.Rate, Paid: v.line.Paid, Outcome: v.Outcome, Findings: []FindingView{}}
	for f := values.FieldBorrower; f < values.FieldCount; f++ {
		if cell := v.line.Cell(f); cell != "" {
			l.Cells[f.String()] = cell
		}
	}
	for _, f := range v.findings {
		l.Findings = append(l.Findings, findingView(v, f, lang))
	}
	if d, ok := decisions[v.key]; ok && v.judgement != nil && v.judgement.Decision == d.ID {
		l.Decision = &d
	}
	return l
}

// explainAmounts settles the loan's household again, this time with a trace.
func (a *attempt) explainAmounts(e *Explanation, views []*judgedLine) error {
	places := map[int64]*judgedLine{}
	for _, v := range views {
		places[v.key] = v
	}
	if e.Household == "" {
		return nil
	}
	titles := map[string]string{}
	for _, p := range a.policies.Policies() {
		titles[p.Name] = p.Title
	}
	return a.householdsNamed(e.Household, func(h *household) error {
		settled, err := a.policies.Explain(&h.Household, a.quarter)
		if err != nil {
			return err
		}
		for _, entitlement := range settled {
			if name := h.loans[entitlement.Loan].name; name != (values.Loan{Bank: e.Bank, Contract: e.Contract}) {
				e.Mates = append(e.Mates, name)
				continue
			}
			s := entitlement.Shares
			e.Central, e.Provincial, e.City, e.County, e.Subsidy = s.Central, s.Provincial, s.City, s.County, s.Total()
			for _, part := range entitlement.Parts {
				round := ExplainedRound{Policy: part.Policy, Title: titles[part.Policy], Shares: part.Shares, exact: part.Exact}
				if part.Exact != nil {
					round.Central, round.Provincial = yuanText(part.Exact.Central), yuanText(part.Exact.Provincial)
				}
				e.Rounding = append(e.Rounding, round)
			}
			for _, st := range entitlement.Stretches {
				days := explainedDays(st, places)
				days.Title = titles[st.Policy]
				e.Stretches = append(e.Stretches, days)
			}
		}
		return nil
	})
}

func explainedDays(st policy.Stretch, places map[int64]*judgedLine) ExplainedDays {
	days := ExplainedDays{Stretch: st, Days: int(st.To-st.From) + 1, Central: "0", Provincial: "0", Total: "0"}
	if v := places[st.Line]; v != nil {
		days.File, days.Row = v.File, v.Row
	}
	if st.Exact != nil {
		days.Central, days.Provincial, days.Total = yuanText(st.Exact.Central), yuanText(st.Exact.Provincial), yuanText(st.Exact.Total())
	}
	return days
}

// yuanText writes exact fen as yuan: a decimal where that is exact within ten
// places, else a fraction.
func yuanText(fen *big.Rat) string {
	yuan := new(big.Rat).Quo(fen, big.NewRat(100, 1))
	if digits, exact := yuan.FloatPrec(); exact && digits <= 10 {
		return yuan.FloatString(digits)
	}
	return yuan.RatString()
}

func (a *attempt) explainPayments(e *Explanation) error {
	payments, err := a.tx.Payments(a.quarter)
	if err != nil {
		return err
	}
	for _, p := range payments {
		total := values.Fen(0)
		paid := slices.ContainsFunc(p.Parts, func(part ledger.Part) bool {
			return part.Loan == (values.Loan{Bank: e.Bank, Contract: e.Contract})
		})
		for _, part := range p.Parts {
			if part.Loan == (values.Loan{Bank: e.Bank, Contract: e.Contract}) {
				total += part.Shares.Total()
			}
		}
		if paid {
			e.Payments = append(e.Payments, ExplainedPayout{Number: p.Number, Amount: total, State: p.State, On: p.SettledOn.String()})
		}
	}
	return nil
}
