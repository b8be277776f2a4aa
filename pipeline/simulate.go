package pipeline

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// Simulation is a quarter under other terms beside the real one, which is what
// the ledger has. Only what the terms change differs: lines that the job's own
// policies would judge otherwise than the ledger does (a newer roster, a payment
// that froze them) stay as they are in the ledger.
type Simulation struct {
	Quarter   values.Quarter `json:"quarter"`
	Policies  []string       `json:"policies"` // names and files of the other terms
	Lines     [2]LineCounts  `json:"lines"`    // real, other
	County    Compared       `json:"county"`
	Townships []Compared     `json:"townships"`
	Lenders   []Compared     `json:"lenders"`
	Changes   []*Change      `json:"changes"` // by how much, then by loan
}

// Simulate settles the quarter with the policies of the files in place of the
// job's of the same name. It writes nothing.
func (w *Workspace) Simulate(ctx context.Context, q values.Quarter, files []string, lang values.Lang) (*Simulation, error) {
	names, set, err := w.otherPolicies(files)
	if err != nil {
		return nil, err
	}
	s := &Simulation{Quarter: q, Policies: names}
	err = w.view(ctx, q, func(a *attempt) error {
		if _, ran, err := a.tx.LastStage(q, "compute"); err != nil || !ran {
			return errors.Join(err, notComputed(q))
		}
		return a.simulate(s, set, lang)
	})
	return s, err
}

func notComputed(q values.Quarter) error {
	return values.Refuse(values.Say("%s 还没有计算过贴息，没有可比的。", "%s has not been computed yet; there is nothing to compare with.", q),
		values.Say("请先运行 tiexi run。", "Run `tiexi run` first."))
}

// otherPolicies are the job's, each file's in place of the one of its name. A
// file with a name of its own comes beside them.
func (w *Workspace) otherPolicies(files []string) ([]string, *policy.Set, error) {
	names := slices.Clone(w.job.Policies)
	for _, file := range files {
		alone, err := policy.Load([]string{file}, os.ReadFile)
		if err != nil {
			return nil, nil, err
		}
		place := len(names)
		for i, name := range names {
			if theirs, err := policy.Load([]string{name}, os.ReadFile); err == nil && theirs.Policies()[0].Name == alone.Policies()[0].Name {
				place = i
			}
		}
		names = append(names[:place], append([]string{file}, names[min(place+1, len(names)):]...)...)
	}
	set, err := policy.Load(names, os.ReadFile)
	return names, set, err
}

func (a *attempt) simulate(s *Simulation, set *policy.Set, lang values.Lang) error {
	views, err := a.lineViews()
	if err != nil {
		return err
	}
	now, err := a.judgedUnder(a.policies)
	if err != nil {
		return err
	}
	other, err := a.judgedUnder(set)
	if err != nil {
		return err
	}
	var accepted []ledger.Accepted
	lines := make([]int64, 0, len(views))
	moved := map[values.Loan]values.Text{} // loans of which the terms change a line's outcome
	for _, v := range views {
		if v.judgement == nil {
			return notComputed(a.quarter)
		}
		lines = append(lines, v.key)
		j := *v.judgement
		if theirs := other[v.key]; !sameVerdict(now[v.key], theirs) {
			j = *theirs
			if j.Outcome != v.Outcome {
				moved[v.line.Loan()] = outcomeMoved(v, &j)
			}
		}
		s.Lines[0].count(v.Outcome)
		s.Lines[1].count(j.Outcome)
		if j.Outcome == values.Accepted {
			accepted = append(accepted, ledger.Accepted{Line: v.line, Household: j.Household, ExtensionBarred: j.ExtensionBarred})
		}
	}
	entitlements, err := a.tx.Entitlements(a.quarter)
	if err != nil {
		return err
	}
	actual := entitledBy(entitlements)
	under, err := a.settleUnder(set, lines, accepted)
	if err != nil {
		return err
	}
	who := borrowers(views)
	s.County = Compared{Name: a.job.County.Name, Before: actual.side(), After: under.side()}
	s.Townships = grouped(actual, under, func(l values.Loan) string { return who[l].placeOf() })
	s.Lenders = grouped(actual, under, func(l values.Loan) string { return l.Bank })
	s.Changes = changes(actual, under, who)
	giveCauses(s.Changes, who, moved, lang)
	return nil
}

func (c *LineCounts) count(o values.Outcome) {
	c.Total++
	switch o {
	case values.Accepted:
		c.Accepted++
	case values.Held:
		c.Held++
	default:
		c.Returned++
	}
}

func (b *borrowed) placeOf() string {
	if b == nil {
		return ""
	}
	return b.township
}

// giveCauses tells a loan that the terms moved from one that another loan of
// its household moved.
func giveCauses(all []*Change, who map[values.Loan]*borrowed, moved map[values.Loan]values.Text, lang values.Lang) {
	households := map[string]bool{}
	for loan := range moved {
		if b := who[loan]; b != nil {
			households[b.household] = true
		}
	}
	for _, c := range all {
		if words, own := moved[c.loan()]; own {
			kind := CauseJudged
			switch {
			case c.Before.IsZero():
				kind = CauseNew
			case c.After.IsZero():
				kind = CauseGone
			}
			c.because(kind, words, lang)
			continue
		}
		c.because(CausePolicy, values.Say("条款不同", "other terms"), lang)
		if households[c.Household] {
			c.because(CauseTier, values.Say("同户其他贷款的结论也有变化", "another loan of the household is judged otherwise"), lang)
		}
	}
}

func sameVerdict(x, y *ledger.Judgement) bool {
	return x.Outcome == y.Outcome && x.Household == y.Household && x.ExtensionBarred == y.ExtensionBarred
}

// outcomeMoved says from what to what a line went, and for which findings.
func outcomeMoved(v *judgedLine, j *ledger.Judgement) values.Text {
	words := weighty(j.Findings)
	if j.Outcome == values.Accepted {
		words = weighty(v.findings)
	}
	because := titles(words)
	from, to := outcomeWords[v.Outcome], outcomeWords[j.Outcome]
	return values.Text{
		Chinese: from.Chinese + " → " + to.Chinese + "（" + because.Chinese + "）",
		English: from.English + " → " + to.English + " (" + because.English + ")",
	}
}

// weighty are the codes of findings that hold or return a line.
func weighty(findings []values.Finding) (codes []string) {
	for _, f := range findings {
		rule, _ := rules.Lookup(f.Code)
		if (rule.Outcome == values.Held || rule.Outcome == values.Returned) && !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

// titles are findings by their short names.
func titles(codes []string) values.Text {
	var zh, en []string
	for _, code := range codes {
		rule, _ := rules.Lookup(code)
		zh, en = append(zh, rule.Title), append(en, rule.English)
	}
	return values.Text{Chinese: strings.Join(zh, "、"), English: strings.Join(en, ", ")}
}

// judgedUnder judges every line of the quarter anew under a set of policies,
// paid ones too, and gives the judgements by line.
func (a *attempt) judgedUnder(set *policy.Set) (map[int64]*ledger.Judgement, error) {
	under := *a.Workspace
	under.policies = set
	other := &attempt{Workspace: &under, ctx: a.ctx, tx: a.tx, quarter: a.quarter, stage: validateStage.name}
	v, err := other.validation()
	if err != nil {
		return nil, err
	}
	judged := map[int64]*ledger.Judgement{}
	return judged, v.batches(func(b *batch) error {
		judgements := v.judge(b)
		for i := range judgements {
			judged[judgements[i].Line] = &judgements[i]
		}
		return nil
	})
}

// settleUnder settles those lines of the quarter that are accepted, with the
// accepted lines of other quarters that share their tiers.
func (a *attempt) settleUnder(set *policy.Set, lines []int64, accepted []ledger.Accepted) (entitled, error) {
	own := map[string]bool{}
	for _, l := range accepted {
		own[l.Household] = true
	}
	seen := map[int64]bool{}
	elsewhere := func(l ledger.Accepted) error {
		if own[l.Household] && !seen[l.Key] {
			seen[l.Key] = true
			accepted = append(accepted, l)
		}
		return nil
	}
	err := a.tx.SettledTogether(a.quarter, "", func(l ledger.Accepted) error {
		if l.Quarter == a.quarter {
			return nil
		}
		return elsewhere(l)
	})
	if err != nil {
		return nil, err
	}
	if err := a.tx.AcceptedElsewhere(a.quarter, lines, elsewhere); err != nil { // of households that had no accepted line
		return nil, err
	}
	slices.SortFunc(accepted, compareAccepted)
	due := entitled{}
	for len(accepted) > 0 {
		n := 1
		for n < len(accepted) && accepted[n].Household == accepted[0].Household {
			n++
		}
		h := householdOf(accepted[:n], a.quarter)
		accepted = accepted[n:]
		settled, err := set.Settle(&h.Household, a.quarter)
		if err != nil {
			return nil, err
		}
		for _, e := range settled {
			due.add(h.loans[e.Loan].name, e.Shares)
		}
	}
	return due, nil
}
