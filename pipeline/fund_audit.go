package pipeline

import (
	"encoding/json"
	"fmt"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// proveFund: the fund's entries and claims are those of the audit log, its
// balance is their sum and was never negative, claims are paid 7 : 3 and nothing
// comes back twice; the banks' sheets and the statements are as they were.
func (w *Workspace) proveFund(tx *ledger.Tx, r *AuditReport) error {
	entries, err := tx.FundEntries()
	if err != nil || len(entries) == 0 {
		return err
	}
	claims, err := tx.FundClaims()
	if err != nil {
		return err
	}
	if err := proveFundLog(tx, r, entries, claims); err != nil {
		return err
	}
	balance, lowest := values.Fen(0), values.Fen(0)
	for _, e := range entries {
		balance += e.Amount
		lowest = min(lowest, balance)
	}
	stated, err := tx.FundBalance(entries[len(entries)-1].On)
	if err != nil {
		return err
	}
	r.check(stated == balance && lowest >= 0,
		values.Say("风险补偿金：余额 %s 元等于 %d 笔收支之和，从未为负。", "Risk fund: the balance of %s yuan is the sum of its %d entries and was never negative.", balance.Grouped(), len(entries)),
		values.Say("风险补偿金：收支之和 %s 元，余额 %s 元，最低 %s 元，不符。", "Risk fund: entries come to %s yuan, the balance is %s, the lowest was %s.", balance.Grouped(), stated.Grouped(), lowest.Grouped()))
	proveFundClaims(r, entries, claims)
	return w.proveFundFiles(tx, r, entries, claims)
}

// proveFundLog compares every entry and claim with what the log says of it.
func proveFundLog(tx *ledger.Tx, r *AuditReport, entries []ledger.FundEntry, claims []ledger.FundClaim) error {
	want := map[[2]string]string{}
	for _, e := range entries {
		want[[2]string{ledger.FundEntryAction, fmt.Sprint(e.ID)}] = e.Proof()
	}
	for _, c := range claims {
		want[[2]string{ledger.FundClaimAction, fmt.Sprint(c.ID)}] = c.Proof()
	}
	rows, differ := len(want), 0
	err := tx.Entries(func(e ledger.Entry) error {
		if e.Action != ledger.FundEntryAction && e.Action != ledger.FundClaimAction {
			return nil
		}
		var logged string
		key := [2]string{e.Action, e.Subject}
		if json.Unmarshal([]byte(e.Detail), &logged) != nil || want[key] != logged {
			differ++
		}
		delete(want, key)
		return nil
	})
	r.check(differ == 0 && len(want) == 0,
		values.Say("风险补偿金：%d 笔收支和申请与审计日志逐笔一致。", "Risk fund: its %d entries and claims are those of the audit log.", rows),
		values.Say("风险补偿金：%d 笔收支或申请与审计日志不符。", "Risk fund: %d entries or claims differ from the audit log.", differ+len(want)))
	return err
}

func proveFundClaims(r *AuditReport, entries []ledger.FundEntry, claims []ledger.FundClaim) {
	paid, wrong := 0, 0
	total, back := values.Fen(0), values.Fen(0)
	for _, c := range claims {
		out, in, bankOut, bankIn := values.Fen(0), values.Fen(0), values.Fen(0), values.Fen(0)
		for _, e := range entries {
			switch {
			case e.Claim != c.ID:
			case e.Kind == ledger.FundCompensation:
				out, bankOut = out-e.Amount, bankOut-e.Bank
			default:
				in, bankIn = in+e.Amount, bankIn+e.Bank
			}
		}
		fund, bank := ledger.SharePaid(c.Amount)
		if c.State != "paid" {
			fund, bank = 0, 0
		} else {
			paid++
		}
		fundBack, bankBack := ledger.SharePaid(in + bankIn)
		if out != fund || bankOut != bank || in != fundBack || bankIn != bankBack || in > out || bankIn > bankOut || in < 0 {
			wrong++
		}
		total, back = total+out, back+in
	}
	r.check(wrong == 0,
		values.Say("风险补偿金：%d 笔补偿共 %s 元，都是 7 : 3；追回 %s 元，没有超过已付的。", "Risk fund: %d claims were paid %s yuan, each 7 : 3; %s yuan came back, never more than was paid.", paid, total.Grouped(), back.Grouped()),
		values.Say("风险补偿金：%d 笔补偿或追回不是 7 : 3，或超过已付的。", "Risk fund: %d claims were not paid or recovered 7 : 3, or more came back than was paid.", wrong))
}

// proveFundFiles: the banks' sheets are archived, the fund's papers unchanged;
// a quarter of the fund may have no statements of banks.
func (w *Workspace) proveFundFiles(tx *ledger.Tx, r *AuditReport, entries []ledger.FundEntry, claims []ledger.FundClaim) error {
	digests := map[string]bool{}
	for _, e := range entries {
		digests[e.Digest] = true
	}
	for _, c := range claims {
		digests[c.Digest] = true
	}
	delete(digests, "")
	bad := 0
	for digest := range digests {
		if state, err := w.archive.Check(archiveName(digest), digest); err != nil || state != outbox.Whole {
			bad++
		}
	}
	outputs, err := tx.Outputs(values.Quarter{})
	if err != nil {
		return err
	}
	written := 0
	for _, o := range outputs {
		if o.Stage != fundStage || o.SHA256 == "" {
			continue
		}
		written++
		if state, err := w.out.Check(o.Path, o.SHA256); err != nil || state != outbox.Whole {
			bad++
		}
	}
	r.check(bad == 0,
		values.Say("风险补偿金：%d 份申请、追回表在归档中，%d 份报表与写出时一致。", "Risk fund: %d sheets of banks are archived, %d papers are as they were written.", len(digests), written),
		values.Say("风险补偿金：%d 份来文或报表缺失或被改动。", "Risk fund: %d sheets or papers are missing or altered.", bad))
	return nil
}
