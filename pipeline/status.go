package pipeline

import (
	"context"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// Latest is the latest quarter that the ledger knows, zero if none.
func (w *Workspace) Latest(ctx context.Context) (q values.Quarter, err error) {
	err = w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		all, err := tx.Quarters()
		if len(all) > 0 {
			q = all[len(all)-1]
		}
		return err
	})
	return q, err
}

// Status is the quarter at a glance.
func (w *Workspace) Status(ctx context.Context, q values.Quarter) (*Status, error) {
	s := &Status{Job: w.job.Name, Quarter: q, Next: []string{}}
	err := w.view(ctx, q, func(a *attempt) error {
		counts, err := a.tx.LineCounts(q)
		if err != nil {
			return err
		}
		for _, n := range counts {
			s.Lines.Total += n
		}
		s.Lines.Accepted, s.Lines.Held, s.Lines.Returned = counts[values.Accepted], counts[values.Held], counts[values.Returned]
		sums, err := a.tx.SubsidySums(q)
		if err != nil {
			return err
		}
		s.Subsidy = SubsidySums{Central: sums.Central, Provincial: sums.Provincial, City: sums.City, County: sums.County, Total: sums.Total()}
		if s.Payments, err = a.paymentSums(); err != nil {
			return err
		}
		if s.Steps, err = w.next(a.tx, q); err != nil {
			return err
		}
		for _, step := range s.Steps {
			s.Next = append(s.Next, step.Chinese)
		}
		return a.stageStatus(s)
	})
	return s, err
}

func (a *attempt) stageStatus(s *Status) error {
	for _, name := range StageNames {
		status := StageStatus{Name: name, State: "pending"}
		last, ok, err := a.tx.LastStage(a.quarter, name)
		if err != nil {
			return err
		}
		if ok {
			status = StageStatus{Name: name, State: "done", At: last.On.String(), In: last.In, Out: last.Out}
			i := slices.IndexFunc(stages, func(x stage) bool { return x.name == name })
			if i >= 0 && stages[i].waits != nil {
				what, err := stages[i].waits(a)
				if err != nil {
					return err
				}
				if !what.IsZero() {
					status.State = "waiting"
				}
			}
		}
		s.Stages = append(s.Stages, status)
	}
	return nil
}

// paymentSums adds up the quarter's payments. Drafts are no payments yet; a
// failed row that was paid again counts once, as what became of it.
func (a *attempt) paymentSums() (sums PaymentSums, err error) {
	tallies, err := a.tx.PaymentTallies(a.quarter)
	if err != nil {
		return sums, err
	}
	for _, t := range tallies {
		sums.Count += t.Count
		sums.Total += t.Total
		switch t.State {
		case "paid":
			sums.Paid += t.Total
		case "failed":
			sums.Failed += t.Total
		default:
			sums.Pending += t.Total
		}
	}
	sums.Stopped, err = a.tx.Stopped(a.quarter)
	return sums, err
}

// Payments gives the quarter's payment rows, drafts too, by batch and position.
func (w *Workspace) Payments(ctx context.Context, q values.Quarter, yield func(PaymentView) error) error {
	return w.view(ctx, q, func(a *attempt) error {
		payments, err := a.tx.Payments(q)
		if err != nil {
			return err
		}
		for _, p := range payments {
			v := PaymentView{Batch: p.BatchName, Number: p.Number, Name: p.Name, ID: p.Person.Whole(), Account: p.Account.Whole(),
				Amount: p.Amount, State: p.State, Reason: p.Reason, Contracts: []string{}}
			for _, part := range p.Parts {
				v.Central += part.Shares.Central
				v.Provincial += part.Shares.Provincial
				if !slices.Contains(v.Contracts, part.Loan.Contract) {
					v.Contracts = append(v.Contracts, part.Loan.Contract)
				}
			}
			if err := yield(v); err != nil {
				return err
			}
		}
		return nil
	})
}

// needsAttention tells whether some quarter has held or returned lines, or a
// file was refused: exit code 3, so that cron mails it.
func (w *Workspace) needsAttention(ctx context.Context, quarters []values.Quarter, refused []RefusedFile) (bool, error) {
	for _, f := range refused {
		if !f.Waiting {
			return true, nil
		}
	}
	attention := false
	err := w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		for _, q := range quarters {
			counts, err := tx.LineCounts(q)
			if err != nil {
				return err
			}
			attention = attention || counts[values.Held]+counts[values.Returned] > 0
		}
		return nil
	})
	return attention, err
}
