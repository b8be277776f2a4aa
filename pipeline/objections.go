package pipeline

import (
	"context"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// ObjectionRequest records an objection to a borrower's entry on a list, or
// what was decided about it.
type ObjectionRequest struct {
	Quarter  values.Quarter
	Township string
	Village  string
	Name     string
	Why      string // what was objected, or the words of the decision
	On       values.Date
	Upheld   bool // when resolving
	DryRun   bool
}

// Object records an objection. It blocks the borrower's payments only; the
// rest of the village goes on (policy.md §6).
func (w *Workspace) Object(ctx context.Context, r ObjectionRequest) error {
	if r.Why == "" {
		return needWhy()
	}
	return w.act(ctx, r.Quarter, "notice", r.DryRun, func(a *attempt) error {
		added, err := a.object(r)
		if err == nil && !added {
			return values.Refuse(values.Say("这条异议已经登记过。", "This objection is recorded already."), values.Text{})
		}
		return err
	})
}

func (a *attempt) object(r ObjectionRequest) (added bool, err error) {
	if r.On > a.opt.Today {
		return false, values.Refuse(values.Say("提出日期 %s 晚于今天 %s。", "The day of the objection %s is after today %s.", r.On, a.opt.Today), values.Text{})
	}
	persons, err := a.namedOnLists(r)
	if err != nil {
		return false, err
	}
	for _, l := range persons {
		o := ledger.Objection{Quarter: r.Quarter, Township: l.township, Village: l.village, Name: l.payee, Person: l.person, Why: r.Why, RaisedOn: r.On}
		fresh, err := a.tx.AddObjection(o)
		if err != nil {
			return added, err
		}
		if !fresh {
			continue
		}
		added = true
		if err := a.tx.Record("objection", r.Quarter.String()+" "+l.township+" "+l.village+" "+l.payee, map[string]any{"why": r.Why, "on": r.On}); err != nil {
			return added, err
		}
	}
	return added, nil
}

// namedOnLists finds the borrower by name and village. Two of one name are
// both stopped: stopping one too many costs days, one too few costs money.
func (a *attempt) namedOnLists(r ObjectionRequest) ([]*loanState, error) {
	all, err := loans(a.tx, a.quarter)
	if err != nil {
		return nil, err
	}
	var found []*loanState
	for _, l := range all {
		if values.FoldName(l.payee) == values.FoldName(r.Name) && (r.Village == "" || l.village == r.Village) && (r.Township == "" || l.township == r.Township) &&
			!slices.ContainsFunc(found, func(f *loanState) bool { return f.person == l.person }) {
			found = append(found, l)
		}
	}
	if len(found) == 0 {
		return nil, values.Refuse(
			values.Say("公示清单上没有找到 %s（乡镇“%s”，村“%s”）。", "%s is on no list (township %q, village %q).", r.Name, r.Township, r.Village),
			values.Say("请核对姓名、村名和季度。", "Check the name, the village and the quarter."))
	}
	return found, nil
}

// ResolveObjection closes the open objections to a borrower. Rejected: the
// payment goes on. Upheld: the borrower's lines are returned (objection-upheld).
func (w *Workspace) ResolveObjection(ctx context.Context, r ObjectionRequest) error {
	if r.Why == "" {
		return needWhy()
	}
	return w.act(ctx, r.Quarter, "notice", r.DryRun, func(a *attempt) error { return a.resolveObjection(r) })
}

func (a *attempt) resolveObjection(r ObjectionRequest) error {
	objections, err := a.tx.Objections(r.Quarter)
	if err != nil {
		return err
	}
	state, closed := "rejected", 0
	if r.Upheld {
		state = "upheld"
	}
	for _, o := range objections {
		if o.State != "open" || values.FoldName(o.Name) != values.FoldName(r.Name) || r.Village != "" && o.Village != r.Village || r.Township != "" && o.Township != r.Township {
			continue
		}
		if err := a.tx.ResolveObjection(o.ID, state, r.On, r.Why); err != nil {
			return err
		}
		if err := a.tx.Record("objection "+state, r.Quarter.String()+" "+o.Township+" "+o.Village+" "+o.Name, map[string]any{"why": r.Why, "on": r.On}); err != nil {
			return err
		}
		closed++
	}
	if closed == 0 {
		return values.Refuse(values.Say("没有找到 %s 未办结的异议。", "There is no open objection to %s.", r.Name),
			values.Say("tiexi notice status 列出各村未办结的异议数。", "`tiexi notice status` counts the open ones by village."))
	}
	return nil
}
