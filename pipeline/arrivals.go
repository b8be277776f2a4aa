package pipeline

import (
	"errors"
	"slices"
	"strings"

	"tiexi/formats/forms"
	"tiexi/formats/onecard"
	"tiexi/formats/sheet"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// takeDecisions reads 问题清单.xlsx as a person filled it in. A row whose line
// has changed since, or is not held, is said and not applied.
func (in *intake) takeDecisions(f *inboxFile, book *sheet.Book) (refusal values.Text, err error) {
	decisions, problems, err := forms.Decisions(book, f.name)
	if err != nil {
		return readFault(err), nil
	}
	in.tellProblems(problems)
	quarters, err := in.tx.Quarters()
	if err != nil {
		return refusal, err
	}
	round, err := in.tx.NextRound()
	if err != nil {
		return refusal, err
	}
	applied := map[values.Quarter]int{}
	used := make([]bool, len(decisions))
	for _, q := range slices.Backward(quarters) {
		a := &attempt{Workspace: in.Workspace, ctx: in.ctx, tx: in.tx, quarter: q}
		views, err := a.lineViews()
		if err != nil {
			return refusal, err
		}
		unheard, err := a.unheardDecisions()
		if err != nil {
			return refusal, err
		}
		byPlace := map[values.Place]*judgedLine{}
		for _, v := range views {
			byPlace[values.Place{File: v.File, Sheet: v.Sheet, Row: v.Row}] = v
		}
		for i, d := range decisions {
			v := byPlace[d.Line]
			if used[i] || v == nil {
				continue
			}
			used[i] = true
			if why := in.unfit(v, d); !why.IsZero() {
				in.tellRow(f.name, d.At.Row, why)
				continue
			}
			verdict := map[bool]string{true: "accept", false: "return"}[d.Accept]
			if v.judgement.Decision != 0 && !decidable(v, verdict) {
				continue // decided so already
			}
			if a.repeats(unheard[v.key], v, verdict, d.Why) {
				continue // the workbook was saved anew and says nothing new
			}
			if err := a.decide(v, verdict, d.Why, f.name, round); err != nil {
				return refusal, err
			}
			applied[q]++
		}
	}
	for i, d := range decisions {
		if !used[i] {
			in.tellRow(f.name, d.At.Row, values.Say("台账里没有这一行（文件、工作表、行不符）", "the ledger has no such line"))
		}
	}
	file := &ledger.File{Digest: f.digest, Name: f.name, Kind: ledger.KindDecisions, Size: f.size}
	for _, q := range slices.Backward(quarters) {
		if applied[q] > 0 {
			file.Quarter = q
			in.say(Event{Kind: FileRead, Quarter: q, Stage: "ingest", Text: values.Say("%s：记录了 %d 条处理意见。", "%s: %d decisions recorded.", f.name, applied[q])})
		}
	}
	if err := in.tx.AddFile(file); err != nil {
		return refusal, err
	}
	return refusal, in.accept(file, f.content, map[string]any{"applied": len(applied)})
}

// unfit says why a decision cannot be applied to the line as it now is.
func (in *intake) unfit(v *judgedLine, d forms.Decision) values.Text {
	codes := slices.Clone(v.codes)
	slices.Sort(codes)
	seen := slices.Clone(d.Codes)
	slices.Sort(seen)
	switch {
	case d.Contract != v.Contract || d.Bank != "" && d.Bank != v.Bank:
		return values.Say("这一行现在是另一笔贷款", "the line is another loan now")
	case len(seen) > 0 && !slices.Equal(codes, seen):
		return values.Say("这一行的问题在清单生成之后有变化，请看新的问题清单", "the line's findings have changed since; see the new workbook")
	case v.judgement == nil || v.judgement.Facts == "" || v.Outcome != values.Held && v.judgement.Decision == 0:
		return values.Say("这一行不是待核", "the line is not held")
	case d.Why == "":
		return values.Say("没有填写“说明”", "no reason is given in 说明")
	}
	return values.Text{}
}

func (in *intake) tellRow(file string, row int, why values.Text) {
	what := values.Say("%s 第 %d 行没有采用：", "%s row %d was not applied: ", file, row)
	in.say(Event{Kind: Warning, Stage: "ingest", Text: values.Text{Chinese: what.Chinese + why.Chinese + "。", English: what.English + why.English + "."}})
}

func (in *intake) tellProblems(problems []forms.Problem) {
	for _, p := range problems {
		in.say(Event{Kind: Warning, Stage: "ingest", Text: unreadForm(p)})
	}
}

// unreadForm says which cell of a form could not be taken.
func unreadForm(p forms.Problem) values.Text {
	return values.Say("%s 的单元格 %s（%s）不能采用：%q。这一行没有计入，请改正后重新放入。",
		"Cell %[2]s (%[3]s) of %[1]s cannot be taken: %[4]q. The row does not count; mend it and drop the file in again.", p.Place.File, p.Cell, p.Column, values.MaskDigits(p.Raw))
}

// takeObjections reads the workbook 公示异议.
func (in *intake) takeObjections(f *inboxFile, book *sheet.Book) (refusal values.Text, err error) {
	rows, problems, err := forms.Objections(book, f.name)
	if err != nil {
		return readFault(err), nil
	}
	in.tellProblems(problems)
	quarters, err := in.tx.Quarters()
	if err != nil {
		return refusal, err
	}
	q := in.request.Quarter
	if q.IsZero() && len(quarters) > 0 {
		q = quarters[len(quarters)-1]
	}
	a := &attempt{Workspace: in.Workspace, ctx: in.ctx, tx: in.tx, quarter: q}
	for _, row := range rows {
		request := ObjectionRequest{Quarter: q, Township: row.Township, Village: row.Village, Name: row.Name, Why: row.Text, On: row.Raised}
		if _, err := a.object(request); err != nil {
			if !in.softly(f.name, row.At.Row, err) {
				return refusal, err
			}
			continue
		}
		if row.Resolution == forms.Open {
			continue
		}
		request.Upheld, request.On, request.Why = row.Resolution == forms.Upheld, row.Resolved, f.name
		if err := a.resolveObjection(request); err != nil && !in.softly(f.name, row.At.Row, err) {
			return refusal, err
		}
	}
	file := &ledger.File{Digest: f.digest, Name: f.name, Kind: ledger.KindObjections, Quarter: q, Size: f.size}
	if err := in.tx.AddFile(file); err != nil {
		return refusal, err
	}
	in.say(Event{Kind: FileRead, Quarter: q, Stage: "ingest", Text: values.Say("%s：%d 条公示异议。", "%s: %d objections.", f.name, len(rows))})
	return refusal, in.accept(file, f.content, map[string]any{"rows": len(rows)})
}

// softly tells a person that a row was not applied, and whether the rest can
// go on.
func (in *intake) softly(file string, row int, err error) bool {
	var fault *values.Fault
	if !errors.As(err, &fault) {
		return false
	}
	in.tellRow(file, row, values.Text{Chinese: strings.TrimSuffix(fault.What.Chinese, "。"), English: strings.TrimSuffix(fault.What.English, ".")})
	return true
}

// takeReturn keeps every row of a return file for reconcile to look at.
func (in *intake) takeReturn(f *inboxFile, book *sheet.Book) (refusal values.Text, err error) {
	rows, problems, err := onecard.ReadReturn(book, in.profile(), in.dialect())
	if err != nil {
		return readFault(err), nil
	}
	quarter := quarterOfNumbers(rows)
	if quarter.IsZero() {
		return values.Say("看不出是哪一批的回盘：流水号都不是本程序编的。", "It is not clear which batch this return is for: none of its numbers is ours."), nil
	}
	file := &ledger.File{Digest: f.digest, Name: f.name, Kind: ledger.KindReturn, Quarter: quarter, Size: f.size}
	if err := in.tx.AddFile(file); err != nil {
		return refusal, err
	}
	for _, r := range rows {
		kept := ledger.ReturnRow{FileID: file.ID, Sheet: r.Place.Sheet, Row: r.Place.Row, Number: r.Serial, Name: r.Name, Account: r.Account,
			Amount: r.Amount, Result: "paid", SettledOn: r.Date, Verdict: rowPending}
		if !r.Paid {
			kept.Result, kept.Reason = "failed", r.Reason
		}
		if err := in.tx.AddReturnRow(kept); err != nil {
			return refusal, err
		}
	}
	if err := in.keepUnreadReturns(file, problems); err != nil {
		return refusal, err
	}
	in.arrived(quarter, values.Say("回盘文件 %s", "return file %s", f.name))
	return refusal, in.accept(file, f.content, map[string]any{"rows": len(rows)})
}

// keepUnreadReturns keeps the rows that could not be taken, one row each.
func (in *intake) keepUnreadReturns(file *ledger.File, problems []onecard.Problem) error {
	kept := map[values.Place]bool{}
	for _, p := range problems {
		if kept[p.Place] {
			continue
		}
		kept[p.Place] = true
		if err := in.tx.AddReturnRow(ledger.ReturnRow{FileID: file.ID, Sheet: p.Place.Sheet, Row: p.Place.Row,
			Name: p.Column + " " + p.Cell, Reason: p.Raw, Verdict: rowUnread}); err != nil {
			return err
		}
	}
	return nil
}

// quarterOfNumbers is the quarter that most numbers begin with.
func quarterOfNumbers(rows []onecard.ReturnRow) (best values.Quarter) {
	counts := map[values.Quarter]int{}
	for _, r := range rows {
		if q, err := values.ParseQuarter(r.Serial[:min(6, len(r.Serial))]); err == nil {
			counts[q]++
			if counts[q] > counts[best] {
				best = q
			}
		}
	}
	return best
}
