package pipeline

import (
	"bytes"
	"path"
	"runtime"

	"tiexi/formats/book"
	"tiexi/formats/jobs"
	"tiexi/formats/onecard"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// batchDocument is a batch as its files print it, without its payments.
func (a *attempt) batchDocument(b ledger.Batch) (document onecard.Batch, err error) {
	pay := a.job.Payment
	document = onecard.Batch{ID: b.Name, Quarter: b.Quarter, County: a.job.County.Name, Office: a.job.Office,
		ItemCode: pay.Item, ItemName: pay.Title, Memo: pay.Memo}
	document.Count, document.Sum, err = a.tx.BatchSums(b.ID)
	return document, err
}

// eachPrinted gives the batch's payments as its files print them.
func (a *attempt) eachPrinted(b ledger.Batch, yield func(*onecard.Payment)) error {
	titles := a.policyTitles()
	return a.tx.PaymentsOfBatch(b.ID, func(p ledger.Payment) error {
		row := onecard.Payment{Serial: p.Number, Township: p.Township, Village: p.Village, Name: p.Name, ID: p.Person,
			Bank: p.PayoutBank, Account: p.Account, Amount: p.Amount, Parts: make([]onecard.Part, len(p.Parts))}
		if p.Mends != 0 {
			row.Remark = "补发"
		}
		for i, part := range p.Parts {
			row.Parts[i] = onecard.Part{Lender: part.Loan.Bank, Contract: part.Loan.Contract,
				Policy: titles[part.Policy], Quarter: part.Quarter, Shares: part.Shares}
		}
		yield(&row)
		return nil
	})
}

func (w *Workspace) policyTitles() map[string]string {
	titles := map[string]string{}
	for _, p := range w.policies.Policies() {
		titles[p.Name] = p.Title
	}
	return titles
}

// profile is the payment file's layout as jobs.yaml gives it.
func (w *Workspace) profile() onecard.Profile {
	name := w.job.Payment.Profile
	described, ok := w.job.Profiles[name]
	if !ok || name == jobs.OneCard {
		return onecard.Default()
	}
	profile := onecard.Profile{Name: name, Sheet: described.Sheet, Extensions: described.Extensions, Encoding: described.Encoding,
		Separator: separators[described.Separator], RowLimit: described.RowLimit, OneFilePerTownship: described.PerTownship}
	for _, c := range described.Columns {
		profile.Columns = append(profile.Columns, columnOf(c))
	}
	return profile
}

var separators = map[string]string{"comma": ",", "tab": "\t", "pipe": "|"}

// paymentValues maps the names that jobs.yaml uses to what a column holds.
var paymentValues = map[string]onecard.Value{
	"index": onecard.Sequence, "number": onecard.Serial, "batch": onecard.BatchID, "item": onecard.ItemCode, "title": onecard.ItemName,
	"county": onecard.County, "township": onecard.Township, "village": onecard.Village, "name": onecard.Name, "id": onecard.ResidentID,
	"bank": onecard.Bank, "account": onecard.Account, "amount": onecard.Amount, "memo": onecard.Memo, "remark": onecard.Remark,
}

func columnOf(c jobs.Column) onecard.Column {
	value, ok := paymentValues[c.Value]
	if !ok {
		value = onecard.Constant
	}
	return onecard.Column{Title: c.Title, Value: value, Words: c.Text,
		Text: value != onecard.Amount && value != onecard.Sequence}
}

func batchPath(name, suffix string) string { return path.Join("发放", book.FileName(name)+suffix) }

// renderDraft writes the approval sheet of the drafted batch, for those who
// are to approve it, and takes away sheets of drafts that are no more.
func renderDraft(a *attempt) error {
	batches, err := a.tx.Batches(a.quarter)
	if err != nil {
		return err
	}
	keep := map[string]bool{}
	for _, b := range batches {
		name := batchPath(b.Name, "-审批单.xlsx")
		if b.State == "void" {
			continue
		}
		keep[path.Join(a.quarter.String(), name)] = true
		if b.State != "draft" {
			continue
		}
		if err := a.writeApprovalSheet(b, name); err != nil {
			return err
		}
	}
	return a.withdrawOthers(keep)
}

func (a *attempt) writeApprovalSheet(b ledger.Batch, name string) error {
	document, err := a.batchDocument(b)
	if err != nil {
		return err
	}
	head, err := a.tx.Head()
	if err != nil {
		return err
	}
	var tally onecard.Tally // the sheet shows no single payment, and a county's are many
	if err := a.eachPrinted(b, tally.Add); err != nil {
		return err
	}
	var content bytes.Buffer
	approval := onecard.Approval{Digest: b.Digest, AuditHead: head, Approvers: a.job.Approvals, Drafted: b.DraftedOn}
	if err := onecard.WriteApproval(&content, document, &tally, approval); err != nil {
		return paymentFault(b.Name, err)
	}
	// archived, because the audit head on it is that of the moment
	_, err = a.putArchived(name, content.Bytes(), document.Count, document.Sum)
	return err
}

// writePaymentFiles writes what finance imports, and the summary that goes
// with it. Their bytes are archived: what was approved is never rendered again.
func (a *attempt) writePaymentFiles(b ledger.Batch) error {
	document, err := a.batchDocument(b)
	if err != nil {
		return err
	}
	document.Payments = make([]onecard.Payment, 0, document.Count)
	if err := a.eachPrinted(b, func(p *onecard.Payment) { document.Payments = append(document.Payments, *p) }); err != nil {
		return err
	}
	profile := a.profile()
	planned, err := profile.Files(document)
	if err != nil {
		return paymentFault(b.Name, err)
	}
	var digests []onecard.FileDigest
	err = inOrder(len(planned), runtime.GOMAXPROCS(0), func(i int) (*bytes.Buffer, error) {
		content := new(bytes.Buffer)
		if err := profile.Write(content, document, planned[i]); err != nil {
			return nil, paymentFault(b.Name, err)
		}
		return content, nil
	}, func(i int, content *bytes.Buffer) error {
		f := planned[i]
		digest, err := a.putArchived(path.Join("发放", f.Name), content.Bytes(), f.Rows, f.Sum)
		digests = append(digests, onecard.FileDigest{Name: f.Name, SHA256: digest, Rows: f.Rows, Sum: f.Sum})
		return err
	})
	if err != nil {
		return err
	}
	var summary bytes.Buffer
	if err := onecard.WriteSummary(&summary, document, digests); err != nil {
		return paymentFault(b.Name, err)
	}
	_, err = a.putArchived(batchPath(b.Name, "-资金汇总.xlsx"), summary.Bytes(), document.Count, document.Sum)
	return err
}

// putArchived is put for a file whose bytes are kept in the archive.
func (a *attempt) putArchived(name string, content []byte, rows int, total values.Fen) (digest string, err error) {
	if a.only != nil { // the archive restores it
		return "", nil
	}
	if digest, err = a.keep(content); err != nil {
		return "", err
	}
	if err := a.put(name, content, rows, total); err != nil {
		return "", err
	}
	full := path.Join(a.quarter.String(), name)
	return digest, a.tx.PutOutput(ledger.Output{Path: full, Quarter: a.quarter, Stage: a.stage, SHA256: digest, Rows: rows, Total: total, Archived: true})
}

// withdrawBatch takes a void batch's files away; the archive keeps their bytes.
func (a *attempt) withdrawBatch(name string) error {
	outputs, err := a.tx.Outputs(a.quarter)
	if err != nil {
		return err
	}
	for _, o := range outputs {
		if o.SHA256 == "" || !belongsToBatch(o.Path, name) {
			continue
		}
		if err := a.withdraw(o); err != nil {
			return err
		}
	}
	return nil
}

// belongsToBatch: 发放/2026Q3-01.xlsx, 2026Q3-01-审批单.xlsx, not 2026Q3-010.xlsx.
func belongsToBatch(output, batch string) bool {
	base := path.Base(output)
	return path.Base(path.Dir(output)) == "发放" && len(base) > len(batch) && base[:len(batch)] == batch &&
		(base[len(batch)] == '.' || base[len(batch)] == '-')
}

func paymentFault(batch string, err error) error {
	return &values.Fault{Kind: values.FaultRefused, Err: err,
		What: values.Say("批次 %s 的文件没有写出，没有任何改动。", "The files of batch %s were not written; nothing was changed.", batch),
		Hint: values.Say("请按上面的原因改正后再运行。", "Mend what is named above and run again.")}
}
