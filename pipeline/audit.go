package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"path"
	"slices"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// AuditReport says in words what was proved, and what was not.
type AuditReport struct {
	Proved   []values.Text
	Failures []values.Text
}

// Sound tells whether everything was proved.
func (r *AuditReport) Sound() bool { return len(r.Failures) == 0 }

func (r *AuditReport) check(ok bool, proved, failed values.Text) {
	if ok {
		r.Proved = append(r.Proved, proved)
	} else {
		r.Failures = append(r.Failures, failed)
	}
}

// Audit proves the invariants of policy.md §7, every digest and the chain, from
// the ledger and the files. It changes nothing.
func (w *Workspace) Audit(ctx context.Context) (*AuditReport, error) {
	r := &AuditReport{}
	err := w.ledger.Read(ctx, func(tx *ledger.Tx) error {
		for _, prove := range []func(*ledger.Tx, *AuditReport) error{w.proveLedger, w.proveChain, w.proveArchive, w.proveLoanBooks, w.proveFund} {
			if err := prove(tx, r); err != nil {
				return err
			}
		}
		quarters, err := tx.Quarters()
		if err != nil {
			return err
		}
		for _, q := range quarters {
			a := &attempt{Workspace: w, ctx: ctx, tx: tx, quarter: q}
			for _, prove := range []func(*AuditReport) error{a.proveLines, a.proveMoney, a.provePayments, a.proveOutputs} {
				if err := prove(r); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return r, err
}

func (w *Workspace) proveLedger(tx *ledger.Tx, r *AuditReport) error {
	complaints, err := tx.Integrity()
	r.check(len(complaints) == 0,
		values.Say("台账数据库完整。", "The ledger's database is sound."),
		values.Say("台账数据库损坏：%v。", "The ledger's database is damaged: %v.", complaints))
	return err
}

func (w *Workspace) proveChain(tx *ledger.Tx, r *AuditReport) error {
	entries, err := tx.VerifyChain()
	var broken *ledger.BrokenChain
	if errors.As(err, &broken) {
		r.check(false, values.Text{}, values.Say("审计日志第 %d 条被改动、删除或插入（%s）。", "Audit entry %d was changed, removed or put in (%s).", broken.Seq, broken.What))
		return nil
	}
	if err == nil {
		r.check(true, values.Say("审计日志 %d 条首尾相连，没有改动。", "The audit log's %d entries are linked and unchanged.", entries), values.Text{})
	}
	return err
}

func (w *Workspace) proveArchive(tx *ledger.Tx, r *AuditReport) error {
	files, err := tx.Files()
	if err != nil {
		return err
	}
	books, err := bookFiles(tx)
	if err != nil {
		return err
	}
	files = append(files, books...)
	purged, err := w.provePurges(tx, r)
	if err != nil {
		return err
	}
	files = slices.DeleteFunc(files, func(f ledger.File) bool { return purged[f.Digest] })
	bad := 0
	for _, f := range files {
		if state, err := w.archive.Check(archiveName(f.Digest), f.Digest); err != nil || state != outbox.Whole {
			bad++
			r.check(false, values.Text{}, values.Say("归档的来文 %s 缺失或被改动。", "The archived copy of %s is missing or altered.", f.Name))
		}
	}
	if bad == 0 {
		r.check(true, values.Say("收到的 %d 份文件都在归档中，与收到时一致。", "All %d files received are archived as they came.", len(files)), values.Text{})
	}
	return nil
}

// proveLoanBooks: each book's rows come to what they came to on arrival.
func (w *Workspace) proveLoanBooks(tx *ledger.Tx, r *AuditReport) error {
	books, err := tx.LoanBooks()
	if err != nil || len(books) == 0 {
		return err
	}
	wrong, err := tx.WrongLoanBooks()
	r.check(len(wrong) == 0,
		values.Say("%d 份贷款台账的笔数和余额与收到时一致。", "The %d loan books have the loans and balances that they came with.", len(books)),
		values.Say("贷款台账的笔数或余额被改动：%v。", "Loan books have other loans or balances than they came with: %v.", wrong))
	return err
}

// proveLines: rows in the sheets = accepted + held + returned.
func (a *attempt) proveLines(r *AuditReport) error {
	sheets, err := a.tx.Sheets(a.quarter)
	if err != nil {
		return err
	}
	rows := 0
	for _, s := range sheets {
		rows += s.DataRows
	}
	counts, err := a.tx.LineCounts(a.quarter)
	if err != nil {
		return err
	}
	accepted, held, returned := counts[values.Accepted], counts[values.Held], counts[values.Returned]
	r.check(rows == accepted+held+returned,
		values.Say("%s：表中 %d 行 = 通过 %d + 待核 %d + 退回 %d，一行不少。", "%s: %d rows in the sheets = %d accepted + %d held + %d returned.", a.quarter, rows, accepted, held, returned),
		values.Say("%s：表中 %d 行，而通过 %d、待核 %d、退回 %d、未核 %d。", "%s: %d rows in the sheets, but %d accepted, %d held, %d returned, %d not judged.", a.quarter, rows, accepted, held, returned, counts[""]))
	overlaps, err := a.tx.OverlappingDays(a.quarter)
	if err != nil {
		return err
	}
	r.check(len(overlaps) == 0,
		values.Say("%s：没有一笔贷款的一天被计两次。", "%s: no day of a loan counts twice.", a.quarter),
		values.Say("%s：有贷款的天数被重复计入：%v。", "%s: days of loans count twice: %v.", a.quarter, overlaps))
	return nil
}

// proveMoney: the subsidy is computed anew and must be what the ledger has; it
// adds up by village, township and county.
func (a *attempt) proveMoney(r *AuditReport) error {
	stored, err := a.tx.Entitlements(a.quarter)
	if err != nil {
		return err
	}
	kept := map[string]values.Shares{}
	total := values.Fen(0)
	for _, e := range stored {
		kept[e.Loan.Bank+"\x00"+e.Loan.Contract+"\x00"+e.Policy] = e.Shares
		total += e.Shares.Total()
	}
	differ := 0
	err = a.households(func(h *household) error {
		settled, err := a.policies.Settle(&h.Household, a.quarter)
		if err != nil {
			return err
		}
		for _, e := range settled {
			name := h.loans[e.Loan].name
			for _, part := range e.Parts {
				key := name.Bank + "\x00" + name.Contract + "\x00" + part.Policy
				if kept[key] != part.Shares {
					differ++
				}
				delete(kept, key)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.check(differ == 0 && len(kept) == 0,
		values.Say("%s：按明细重新计算，应付贴息 %s 元，与台账逐笔一致。", "%s: computed anew from the lines, %s yuan are due, loan by loan as in the ledger.", a.quarter, total.Grouped()),
		values.Say("%s：%d 笔贷款的贴息与重新计算的不一致（政策文件或明细在计算之后有变化；请运行 tiexi run）。", "%s: %d loans differ from a new computation (policy files or lines have changed since; run `tiexi run`).", a.quarter, differ+len(kept)))
	all, err := loans(a.tx, a.quarter)
	if err != nil {
		return err
	}
	byVillage := values.Fen(0)
	for _, l := range all {
		byVillage += l.total
	}
	r.check(byVillage == total,
		values.Say("%s：各村合计等于乡镇合计，等于全县 %s 元。", "%s: villages add up to townships, townships to the county's %s yuan.", a.quarter, total.Grouped()),
		values.Say("%s：各村合计 %s 元，全县 %s 元，不相等。", "%s: villages add up to %s yuan, the county to %s.", a.quarter, byVillage.Grouped(), total.Grouped()))
	return nil
}

// provePayments: rows add up to their batch and to their parts, nothing was
// paid beyond what is due, and every fen that is due has its place.
func (a *attempt) provePayments(r *AuditReport) error {
	batches, err := a.tx.Batches(a.quarter)
	if err != nil {
		return err
	}
	for _, b := range batches {
		digest, count, total, sound := newMemberDigest(), 0, values.Fen(0), true
		err := a.tx.PaymentsOfBatch(b.ID, func(p ledger.Payment) error {
			digest.add(&p)
			sound = sound && sumParts(p.Parts) == p.Amount
			count++
			total += p.Amount
			return nil
		})
		if err != nil {
			return err
		}
		r.check(sound && (count == 0 || digest.sum() == b.Digest),
			values.Say("批次 %s：%d 笔共 %s 元，逐笔等于其明细之和，摘要相符。", "Batch %s: %d payments, %s yuan, each the sum of its parts; the digest fits.", b.Name, count, total.Grouped()),
			values.Say("批次 %s：发放记录与明细或摘要不符。", "Batch %s: payments differ from their parts or from the digest.", b.Name))
	}
	return a.proveBalance(r)
}

// proveBalance: entitlement = payable + pending + paid + stopped + carried, loan
// by loan from the parts of payments against the sums of whole payments.
func (a *attempt) proveBalance(r *AuditReport) error {
	due, gone, payable, carried, kept := values.Fen(0), values.Fen(0), values.Fen(0), values.Fen(0), values.Fen(0)
	err := eachAccount(a.tx, a.quarter, func(c account) error {
		due += c.due.sum().Total()
		gone += c.live.sum().Total()
		payable += max(0, c.total())
		carried += min(0, c.total())
		kept += c.kept()
		return nil
	})
	if err != nil {
		return err
	}
	live := values.Fen(0)
	if err := a.tx.LiveParts(a.quarter, func(p ledger.Part) error { live += p.Shares.Total(); return nil }); err != nil {
		return err
	}
	r.check(gone == live && due == live+payable+carried-kept,
		values.Say("%s：应付 %s 元 = 已付和在途 %s + 待付和暂停 %s + 待扣回 %s − 免扣 %s。", "%s: %s yuan due = %s paid or on its way + %s payable or stopped + %s to be taken back − %s waived.",
			a.quarter, due.Grouped(), live.Grouped(), payable.Grouped(), carried.Grouped(), kept.Grouped()),
		values.Say("%s：应付 %s 元，已付和在途 %s，待付 %s，待扣回 %s，免扣 %s，不平。", "%s: %s yuan due, %s paid or on its way, %s payable, %s to be taken back, %s waived do not balance.",
			a.quarter, due.Grouped(), live.Grouped(), payable.Grouped(), carried.Grouped(), kept.Grouped()))
	return nil
}

// proveOutputs: the files on disk are those that were written, and the
// manifest's head is in the log.
func (a *attempt) proveOutputs(r *AuditReport) error {
	outputs, err := a.tx.Outputs(a.quarter)
	if err != nil {
		return err
	}
	sound, written := true, 0
	for _, o := range outputs {
		if o.SHA256 == "" {
			continue
		}
		written++
		state, err := a.out.Check(o.Path, o.SHA256)
		if err != nil {
			return err
		}
		if state != outbox.Whole {
			sound = false
			r.check(false, values.Text{}, values.Say("输出文件 %s 缺失或被改动。", "The output %s is missing or altered.", a.out.FullPath(o.Path)))
		}
	}
	if sound {
		r.check(true, values.Say("%s：输出的 %d 份文件与写出时一致。", "%s: all %d files written are as they were.", a.quarter, written), values.Text{})
	}
	return a.proveManifest(r)
}

func (a *attempt) proveManifest(r *AuditReport) error {
	name := path.Join(a.quarter.String(), "manifest.json")
	content, err := a.out.Read(name)
	if err != nil {
		r.check(false, values.Text{}, values.Say("没有 %s。", "There is no %s.", a.out.FullPath(name)))
		return nil
	}
	var m Manifest
	if err := json.Unmarshal(content, &m); err != nil {
		r.check(false, values.Text{}, values.Say("%s 读不懂。", "%s cannot be read.", a.out.FullPath(name)))
		return nil
	}
	known, err := a.tx.HasEntry(m.AuditHead)
	if err != nil {
		return err
	}
	r.check(known,
		values.Say("%s：manifest.json 的审计摘要在日志中，日志末尾没有被截去。", "%s: the head in manifest.json is in the log; its tail was not cut.", a.quarter),
		values.Say("%s：manifest.json 的审计摘要 %s 不在日志中：日志末尾被截去，或台账是旧的。", "%s: the head %s in manifest.json is not in the log: its tail was cut, or the ledger is an old one.", a.quarter, m.AuditHead))
	return nil
}
