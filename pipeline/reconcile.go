package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tiexi/formats/sheet"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// reconcileStage reads the rows of return files that arrived since and writes
// the outcome on the payments. A row is matched by number and checked by name,
// account and amount; whatever does not fit is kept and shown, and overwrites
// nothing.
var reconcileStage = stage{
	name: "reconcile", version: 1,
	inputs: func(a *attempt) (map[string]string, error) {
		m := marks{tx: a.tx}
		return map[string]string{"returns": m.of(a.tx.MarkReturns(a.quarter))}, m.err
	},
	settle: reconcile,
	waits:  waitForReturn,
}

// Verdicts on a row of a return file.
const (
	rowPending  = "pending"
	rowApplied  = "applied"
	rowRepeated = "repeated"  // says what is known already
	rowUnknown  = "unknown"   // no payment has this number
	rowMismatch = "mismatch"  // name, account or amount is another
	rowConflict = "conflict"  // the payment's outcome is settled, and otherwise
	rowUnread   = "unread"    // the row says neither paid nor failed
	rowNotSent  = "not-sent"  // the payment is a draft or void
	rowDoubled  = "duplicate" // the file has another row of this number
)

func reconcile(a *attempt) error {
	rows, err := a.tx.ReturnRows(a.quarter, rowPending)
	if err != nil {
		return err
	}
	seen, torn := map[rowKey]bool{}, contradictions(rows)
	counts := map[string]int{}
	for _, row := range rows {
		key := rowKey{row.FileID, row.Number}
		if row.Verdict, err = a.settleRow(row, seen[key] || torn[key]); err != nil {
			return err
		}
		seen[key] = true
		counts[row.Verdict]++
		if err := a.tx.JudgeReturnRow(row); err != nil {
			return err
		}
	}
	a.took, a.gave = len(rows), counts[rowApplied]
	for verdict, n := range counts {
		a.tally[verdict] = fmt.Sprint(n)
	}
	return nil
}

// rowKey is a payment as a return file names it.
type rowKey struct {
	file   int64
	number string
}

// contradictions are the payments of which a file says two things: none of its
// rows is applied then, and the outcome stays unknown.
func contradictions(rows []ledger.ReturnRow) map[rowKey]bool {
	torn := map[rowKey]bool{}
	first := map[rowKey]ledger.ReturnRow{}
	for _, row := range rows {
		key := rowKey{row.FileID, row.Number}
		other, found := first[key]
		if !found {
			first[key] = row
		} else if row.Name != other.Name || row.Account != other.Account || row.Amount != other.Amount || row.Result != other.Result {
			torn[key] = true
		}
	}
	return torn
}

func (a *attempt) settleRow(row ledger.ReturnRow, doubled bool) (verdict string, err error) {
	payment, ok, err := a.tx.PaymentNumbered(row.Number)
	switch {
	case err != nil:
		return "", err
	case row.Result == "":
		return rowUnread, nil
	case !ok:
		return rowUnknown, nil
	case doubled:
		return rowDoubled, nil
	case values.FoldName(row.Name) != values.FoldName(payment.Name) || row.Account != payment.Account || row.Amount != payment.Amount:
		return rowMismatch, nil
	}
	switch payment.State {
	case "draft", "void":
		return rowNotSent, nil
	case "paid", "failed":
		if payment.State == row.Result {
			return rowRepeated, nil
		}
		return rowConflict, nil
	case "approved": // the platform has answered, so it was sent
		batch, _, err := a.tx.BatchNamed(payment.BatchName)
		if err != nil {
			return "", err
		}
		if batch.State != "approved" {
			return rowNotSent, nil
		}
		if err := a.tx.SendBatch(payment.Batch, a.opt.Today); err != nil {
			return "", err
		}
	}
	on := row.SettledOn
	if !on.Known() {
		on = a.opt.Today
	}
	return rowApplied, a.tx.SettlePayment(payment.ID, row.Result, row.Reason, on)
}

// ReturnReport says what became of a return file's rows.
type ReturnReport struct {
	File    string
	Rows    int
	Paid    int
	Failed  int
	Amounts map[string]values.Fen // paid and failed
	Rest    []ReturnRest
	Known   bool // the same file was read before; nothing changed
	// Attention: held or returned lines, or a refused file: exit code 3
	Attention bool
	Quarter   values.Quarter
}

// ReturnRest is a row that was not applied, and why.
type ReturnRest struct {
	Sheet   string
	Row     int
	Number  string
	Name    string
	Verdict string
	Words   values.Text
}

// Return reads a return file and reconciles it.
func (w *Workspace) Return(ctx context.Context, file string) (*ReturnReport, error) {
	if err := w.recover(ctx); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, &values.Fault{Kind: values.FaultRefused, Err: err,
			What: values.Say("无法读取回盘文件 %s。", "The return file %s cannot be read.", file),
			Hint: values.Say("请核对路径。", "Check the path.")}
	}
	in := &intake{Workspace: w, ctx: ctx, result: &arrivals{changed: map[values.Quarter]*arrival{}}}
	f := &inboxFile{name: filepath.Base(file), size: int64(len(content)), digest: outbox.Digest(content), content: content}
	report := &ReturnReport{File: f.name, Amounts: map[string]values.Fen{}}
	book, err := sheet.OpenBytes(f.name, content)
	if err != nil {
		return nil, &values.Fault{Kind: values.FaultRefused, What: readFault(err)}
	}
	defer func() { _ = book.Close() }()
	var id int64
	err = w.write(ctx, func(tx *ledger.Tx) error {
		in.tx = tx
		if err := in.learn(tx); err != nil {
			return err
		}
		for _, have := range in.files {
			if have.Digest == f.digest && have.Kind == ledger.KindReturn {
				id, report.Known, report.Quarter = have.ID, true, have.Quarter
				return errDryRun
			}
		}
		refusal, err := in.takeReturn(f, book)
		if err == nil && !refusal.IsZero() {
			err = &values.Fault{Kind: values.FaultRefused, What: refusal}
		}
		if err == nil {
			last := in.files[len(in.files)-1]
			id, report.Quarter = last.ID, last.Quarter
		}
		return err
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	w.point("return:committed")
	for _, s := range append([]stage{reconcileStage}, papers...) {
		if _, err := w.runStage(ctx, report.Quarter, s, false, false); err != nil {
			return nil, err
		}
	}
	if err := w.finish(ctx, []values.Quarter{report.Quarter}); err != nil {
		return nil, err
	}
	if report.Attention, err = w.needsAttention(ctx, []values.Quarter{report.Quarter}, nil); err != nil {
		return nil, err
	}
	return report, w.describeReturn(ctx, report, id)
}

func (w *Workspace) describeReturn(ctx context.Context, report *ReturnReport, file int64) error {
	return w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		rows, err := tx.ReturnRows(report.Quarter, "")
		if err != nil {
			return err
		}
		for _, row := range rows {
			if row.FileID != file {
				continue
			}
			report.Rows++
			if row.Verdict == rowApplied {
				report.Amounts[row.Result] += row.Amount
				if row.Result == "paid" {
					report.Paid++
				} else {
					report.Failed++
				}
				continue
			}
			report.Rest = append(report.Rest, ReturnRest{Sheet: row.Sheet, Row: row.Row, Number: row.Number, Name: row.Name, Verdict: row.Verdict, Words: rowWords[row.Verdict]})
		}
		return nil
	})
}

var rowWords = map[string]values.Text{
	rowRepeated: values.Say("结果与已登记的相同", "says what is known already"),
	rowUnknown:  values.Say("没有这个流水号的发放记录", "no payment has this number"),
	rowMismatch: values.Say("姓名、账号或金额与发放记录不符", "name, account or amount differs from the payment"),
	rowConflict: values.Say("与已登记的结果相反，保留原结果", "contradicts the recorded outcome, which stays"),
	rowUnread:   values.Say("没有写明成功还是失败，或有读不懂的单元格", "says neither paid nor failed, or has a cell that cannot be read"),
	rowNotSent:  values.Say("这笔还没有发送，或已作废", "this payment was not sent, or is void"),
	rowDoubled:  values.Say("文件中同一流水号出现了不止一次", "the file has this number more than once"),
}
