package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// Diff compares two quarters, or two computations of one, loan by loan.
type Diff struct {
	From    DiffSide   `json:"from"`
	To      DiffSide   `json:"to"`
	Causes  []CauseSum `json:"causes"` // they add up to the difference
	Changes []*Change  `json:"changes"`
}

// DiffSide is one of the two. Run is the number of a computation, 0 for a
// quarter as it now stands.
type DiffSide struct {
	Quarter values.Quarter `json:"quarter"`
	Run     int64          `json:"run,omitempty"`
	On      values.Date    `json:"on,omitzero"`
	Side
}

// CauseSum adds up the changes that have the cause first.
type CauseSum struct {
	Kind       CauseKind  `json:"kind"`
	Loans      int        `json:"loans"`
	Difference values.Fen `json:"difference"`
}

func (d *Diff) sum() {
	sums := map[CauseKind]*CauseSum{}
	for _, c := range d.Changes {
		kind := c.Causes[0].Kind
		if sums[kind] == nil {
			sums[kind] = &CauseSum{Kind: kind}
		}
		sums[kind].Loans++
		sums[kind].Difference += c.Difference()
	}
	d.Causes = []CauseSum{}
	for _, s := range sums {
		d.Causes = append(d.Causes, *s)
	}
	slices.SortFunc(d.Causes, func(x, y CauseSum) int {
		return cmp.Or(-cmp.Compare(abs(x.Difference), abs(y.Difference)), strings.Compare(string(x.Kind), string(y.Kind)))
	})
}

// RunView is one computation of a quarter.
type RunView struct {
	Run    int64       `json:"run"`
	On     values.Date `json:"on"`
	Why    values.Text `json:"-"`
	Reason string      `json:"reason"` // Why in English, as the ledger keeps it
	Loans  int         `json:"loans"`
	Total  values.Fen  `json:"total"`
}

// Runs lists the quarter's computations, oldest first.
func (w *Workspace) Runs(ctx context.Context, q values.Quarter) (runs []RunView, err error) {
	err = w.view(ctx, q, func(a *attempt) error {
		computed, err := a.computations()
		if err != nil {
			return err
		}
		for i, s := range computed {
			due, err := a.tx.EntitlementsAt(q, s.ID)
			if err != nil {
				return err
			}
			side := entitledBy(due).side()
			runs = append(runs, RunView{Run: s.ID, On: s.On, Reason: s.Reason, Why: whyItRan(computed, i), Loans: side.Loans, Total: side.Total})
		}
		return nil
	})
	return runs, err
}

// whyItRan says in both languages what had changed since the computation before.
func whyItRan(runs []ledger.StageRecord, i int) values.Text {
	if i == 0 {
		return whyRun(computeStage, ledger.StageRecord{}, false, nil)
	}
	again := computeStage
	again.version = runs[i].Version
	why := whyRun(again, runs[i-1], true, runs[i].Inputs)
	if why.IsZero() {
		return values.Text{Chinese: runs[i].Reason, English: runs[i].Reason}
	}
	return why
}

func (a *attempt) computations() (runs []ledger.StageRecord, err error) {
	history, err := a.tx.StageHistory(a.quarter)
	for _, s := range history {
		if s.Name == computeStage.name {
			runs = append(runs, s)
		}
	}
	return runs, err
}

// DiffRuns compares two computations of the quarter by their numbers; zeros
// mean the last one and the one before it.
func (w *Workspace) DiffRuns(ctx context.Context, q values.Quarter, from, to int64, lang values.Lang) (d *Diff, err error) {
	err = w.view(ctx, q, func(a *attempt) error {
		runs, err := a.computations()
		if err != nil {
			return err
		}
		if from == 0 && to == 0 {
			if len(runs) < 2 {
				return values.Refuse(values.Say("%s 只计算过 %d 次，没有可比的。", "%s was computed %d times; there is nothing to compare.", q, len(runs)), values.Text{})
			}
			from, to = runs[len(runs)-2].ID, runs[len(runs)-1].ID
		}
		before, after := runNumbered(runs, from), runNumbered(runs, to)
		if before < 0 || after < 0 {
			return values.Refuse(values.Say("%s 没有编号为 %d 或 %d 的计算。", "%s has no computation numbered %d or %d.", q, from, to),
				values.Say("tiexi diff --runs 列出所有的计算。", "`tiexi diff --runs` lists them."))
		}
		if before > after {
			before, after = after, before
		}
		d, err = a.diffRuns(runs, before, after, lang)
		return err
	})
	return d, err
}

func runNumbered(runs []ledger.StageRecord, id int64) int {
	return slices.IndexFunc(runs, func(s ledger.StageRecord) bool { return s.ID == id })
}

func (a *attempt) diffRuns(runs []ledger.StageRecord, before, after int, lang values.Lang) (*Diff, error) {
	was, err := a.tx.EntitlementsAt(a.quarter, runs[before].ID)
	if err != nil {
		return nil, err
	}
	is, err := a.tx.EntitlementsAt(a.quarter, runs[after].ID)
	if err != nil {
		return nil, err
	}
	d := &Diff{From: a.runSide(runs[before], was), To: a.runSide(runs[after], is)}
	views, err := a.lineViews()
	if err != nil {
		return nil, err
	}
	t := &touched{own: map[values.Loan][]CauseKind{}, households: map[string]bool{}}
	if t.who, err = a.everBorrowed(borrowers(views)); err != nil {
		return nil, err
	}
	if err := a.between(t, len(runs), before, after); err != nil {
		return nil, err
	}
	t.policy = runs[before].Inputs["policies"] != runs[after].Inputs["policies"]
	d.Changes = changes(entitledBy(was), entitledBy(is), t.who)
	t.spread(d.Changes)
	for _, c := range d.Changes {
		t.giveCauses(c, lang)
	}
	d.sum()
	return d, nil
}

func (a *attempt) runSide(run ledger.StageRecord, due []ledger.Entitlement) DiffSide {
	return DiffSide{Quarter: a.quarter, Run: run.ID, On: run.On, Side: entitledBy(due).side()}
}

// touched is what happened to loans between two computations.
type touched struct {
	who        map[values.Loan]*borrowed
	own        map[values.Loan][]CauseKind
	households map[string]bool // that have a loan to which something happened
	policy     bool            // the terms changed
}

func (t *touched) by(loan values.Loan, kind CauseKind) {
	if !slices.Contains(t.own[loan], kind) {
		t.own[loan] = append(t.own[loan], kind)
	}
}

// spread marks the households whose loans something happened to; a loan that
// came or went is such a thing whatever the reason.
func (t *touched) spread(all []*Change) {
	for loan := range t.own {
		if b := t.who[loan]; b != nil {
			t.households[b.household] = true
		}
	}
	for _, c := range all {
		if c.Before.IsZero() || c.After.IsZero() {
			t.households[c.Household] = true
		}
	}
}

func (t *touched) giveCauses(c *Change, lang values.Lang) {
	own := t.own[c.loan()]
	detail := values.Text{}
	for _, kind := range own {
		detail = joined(detail, causeWords[kind])
	}
	switch {
	case c.Before.IsZero():
		c.because(CauseNew, joined(causeWords[CauseNew], detail), lang)
	case c.After.IsZero():
		words := joined(causeWords[CauseGone], detail)
		if b := t.who[c.loan()]; b != nil && len(b.lines) > 0 {
			if outcome, codes := b.outcome(); outcome != values.Accepted {
				words = joined(words, outcomeFor(outcome, codes))
			}
		}
		c.because(CauseGone, words, lang)
	case len(own) > 0:
		for _, kind := range own {
			c.because(kind, causeWords[kind], lang)
		}
	case t.policy && t.households[c.Household]:
		c.because(CausePolicy, causeWords[CausePolicy], lang)
		c.because(CauseTier, causeWords[CauseTier], lang)
	case t.policy:
		c.because(CausePolicy, causeWords[CausePolicy], lang)
	case t.households[c.Household] && c.Household != "":
		c.because(CauseTier, causeWords[CauseTier], lang)
	default:
		c.because(CauseJudged, causeWords[CauseJudged], lang)
	}
}

// CauseWords say what a kind of cause is.
func CauseWords(kind CauseKind) values.Text { return causeWords[kind] }

var causeWords = map[CauseKind]values.Text{
	CauseNew:      values.Say("新增", "new"),
	CauseGone:     values.Say("不再有", "gone"),
	CauseLines:    values.Say("银行明细有变化", "the bank's lines changed"),
	CauseDecision: values.Say("有处理意见", "somebody decided on it"),
	CauseJudged:   values.Say("核验结果有变化（名单、异议或以前季度）", "judged otherwise (roster, objections or other quarters)"),
	CausePolicy:   values.Say("政策条款有变化", "the terms changed"),
	CauseTier:     values.Say("同户其他贷款变动，额度档次随之变动", "another loan of the household moved its tiers"),
}

func joined(a, b values.Text) values.Text {
	if a.IsZero() || b.IsZero() {
		return values.Text{Chinese: a.Chinese + b.Chinese, English: a.English + b.English}
	}
	return values.Text{Chinese: a.Chinese + "：" + b.Chinese, English: a.English + ": " + b.English}
}

func outcomeFor(outcome values.Outcome, codes []string) values.Text {
	words, because := outcomeWords[outcome], titles(codes)
	return values.Text{Chinese: words.Chinese + "（" + because.Chinese + "）", English: words.English + " (" + because.English + ")"}
}

// everBorrowed adds the loans that only lines of replaced files name.
func (a *attempt) everBorrowed(who map[values.Loan]*borrowed) (map[values.Loan]*borrowed, error) {
	before, err := a.tx.JudgedBefore(a.quarter)
	if err != nil {
		return nil, err
	}
	return who, a.statements(func(f ledger.File) error {
		if !f.Replaced {
			return nil
		}
		return a.tx.LinesOfFile(f.ID, func(l *ledger.Line) error {
			if who[l.Loan()] == nil {
				b := &borrowed{name: l.Borrower, id: l.ID}
				if j := before[ledger.LineFacts{Loan: l.Loan(), Facts: l.Facts}]; j != nil {
					b.household, b.township, b.village = j.Household, j.Township, j.Village
				}
				who[l.Loan()] = b
			}
			return nil
		})
	})
}

func (a *attempt) statements(do func(ledger.File) error) error {
	files, err := a.tx.Files()
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Kind == ledger.KindStatement && f.Quarter == a.quarter {
			if err := do(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// between reads in the audit log what happened after one computation and up to
// another: decisions, and files that came or were replaced.
func (a *attempt) between(t *touched, computed, before, after int) error {
	digests, replaced := map[string]bool{}, map[string]bool{}
	named := map[string][]values.Loan{} // by contract
	for loan := range t.who {
		named[loan.Contract] = append(named[loan.Contract], loan)
	}
	seen := 0
	err := a.tx.Entries(func(e ledger.Entry) error {
		if e.Action == "stage" && e.Subject == a.quarter.String()+" "+computeStage.name {
			seen++
			return nil
		}
		if seen <= before || seen > after {
			return nil
		}
		var detail struct {
			Contract string `json:"contract"`
			SHA256   string `json:"sha256"`
		}
		if e.Action == "decide" || e.Action == "ingest" { // others have details of another form
			if err := json.Unmarshal([]byte(e.Detail), &detail); err != nil {
				return fmt.Errorf("audit entry %d: %w", e.Seq, err)
			}
		}
		switch e.Action {
		case "decide":
			for _, loan := range named[detail.Contract] {
				if t.who[loan].standsIn(e.Subject) {
					t.by(loan, CauseDecision)
				}
			}
		case "ingest":
			digests[detail.SHA256] = true
		case "replace":
			replaced[e.Subject] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	if seen != computed {
		return values.Refuse(values.Say("审计日志与运行记录对不上。", "The audit log does not fit the recorded runs."),
			values.Say("请运行 tiexi audit 查明原因。", "Run `tiexi audit` to see why."))
	}
	return a.ownLines(t, digests, replaced)
}

// standsIn tells whether an audit subject, "file sheet row", names a line of
// the loan.
func (b *borrowed) standsIn(subject string) bool {
	return len(b.lines) == 0 || slices.ContainsFunc(b.lines, func(v *judgedLine) bool { return strings.HasPrefix(subject, v.File+" ") })
}

// ownLines marks the loans of which a file that came or went says something
// else than before; a line that a correction only repeats is no change.
func (a *attempt) ownLines(t *touched, digests, replaced map[string]bool) error {
	balance := map[values.Loan]map[string]int{} // facts of lines: +1 for one that came, −1 for one that went
	weigh := func(f ledger.File, by int) error {
		return a.tx.LinesOfFile(f.ID, func(l *ledger.Line) error {
			if balance[l.Loan()] == nil {
				balance[l.Loan()] = map[string]int{}
			}
			balance[l.Loan()][l.Facts] += by
			return nil
		})
	}
	err := a.statements(func(f ledger.File) error {
		if digests[f.Digest] {
			if err := weigh(f, 1); err != nil {
				return err
			}
		}
		if replaced[f.Name] && f.Replaced {
			return weigh(f, -1)
		}
		return nil
	})
	for loan, facts := range balance {
		for _, n := range facts {
			if n != 0 {
				t.by(loan, CauseLines)
			}
		}
	}
	return err
}
