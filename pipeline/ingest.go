package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tiexi/formats/forms"
	"tiexi/formats/loanbook"
	"tiexi/formats/statement"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// ingestVersion is bumped when files are to be read anew.
const ingestVersion = "1"

// arrivals is what a look into the inbox and at the roster brought.
type arrivals struct {
	refused []RefusedFile
	silent  []string
	changed map[values.Quarter]*arrival // quarters that got something
	counts  map[values.Quarter]*arrival // all quarters
}

// arrival is what one quarter has and got.
type arrival struct {
	files, lines int
	reason       values.Text
}

func (r *arrivals) stageReport(q values.Quarter) StageReport {
	report := StageReport{Name: "ingest", State: "skipped", Reason: values.Say("没有新文件", "no new files")}
	if c := r.counts[q]; c != nil {
		report.In, report.Out = c.files, c.lines
	}
	if c := r.changed[q]; c != nil {
		report.State, report.Reason = "done", c.reason
	}
	return report
}

// with adds the quarters that a dry run would bring to those of the ledger.
func (r *arrivals) with(quarters []values.Quarter) []values.Quarter {
	for q := range r.changed {
		if !slices.Contains(quarters, q) {
			quarters = append(quarters, q)
		}
	}
	slices.SortFunc(quarters, values.Quarter.Compare)
	return quarters
}

// intake is the stage ingest. It looks at the whole inbox, because a file says
// itself which quarter it is for, and puts everything new into the ledger in
// one transaction: statements line by line, loan books, rosters, decisions,
// objections, return files. What cannot be taken is refused by name, and the rest goes on.
func (w *Workspace) intake(ctx context.Context, r RunRequest) (*arrivals, error) {
	found, err := w.scanInbox()
	if err != nil {
		return nil, err
	}
	in := &intake{Workspace: w, ctx: ctx, request: r, result: &arrivals{changed: map[values.Quarter]*arrival{}}}
	if err := w.ledger.Read(ctx, func(tx *ledger.Tx) error { return in.learn(tx) }); err != nil {
		return nil, err
	}
	var fresh []inboxFile
	for _, f := range found {
		if err := w.look(&f); err != nil {
			in.refuse(f.name, readFault(err))
			continue
		}
		if in.known(f) || in.knownBook(f) {
			continue
		}
		fresh = append(fresh, f)
	}
	looked := now() // and no earlier: the second look must come well after the first
	rosters, err := in.newRosters()
	if err != nil {
		return nil, err
	}
	if len(fresh) > 0 || len(rosters) > 0 {
		err := w.write(ctx, func(tx *ledger.Tx) error {
			in.tx = tx
			if err := in.takeAll(fresh, rosters, looked); err != nil {
				return err
			}
			w.point("ingest:read")
			if r.DryRun || len(in.result.changed) == 0 && !in.wrote {
				return errDryRun
			}
			return in.record()
		})
		if err != nil && !errors.Is(err, errDryRun) {
			return nil, err
		}
		w.point("ingest:committed")
	}
	err = w.ledger.Read(ctx, func(tx *ledger.Tx) error { return in.count(tx) })
	return in.result, err
}

// intake is one look at work.
type intake struct {
	*Workspace
	ctx       context.Context
	tx        *ledger.Tx
	request   RunRequest
	files     []ledger.File
	books     []ledger.LoanBook
	purged    map[values.Quarter]*purged
	snapshots []ledger.Snapshot
	result    *arrivals
	wrote     bool // something that belongs to no quarter: a roster, decisions, objections
}

func (in *intake) learn(tx *ledger.Tx) (err error) {
	if in.files, err = tx.Files(); err != nil {
		return err
	}
	if in.books, err = tx.LoanBooks(); err != nil {
		return err
	}
	if in.purged, err = purges(tx); err != nil {
		return err
	}
	in.snapshots, err = tx.Snapshots()
	return err
}

// known tells whether the ledger has the same bytes, read with the same
// settings.
func (in *intake) known(f inboxFile) bool {
	for _, have := range in.files {
		if have.Digest != f.digest {
			continue
		}
		if in.purged[have.Quarter] != nil { // it may lie there still
			return true
		}
		if have.Replaced && have.Kind == ledger.KindStatement && !in.reread(have) {
			if have.Name != f.name { // the original itself may well lie there still
				in.say(Event{Kind: Note, Stage: "ingest", Text: values.Say(
					"文件 %s 与已被更正文件替换的 %s 内容相同，未再计入。", "File %s is the same as %s, which a correction has replaced; it was not counted again.", f.name, have.Name)})
			}
			return true
		}
		if !have.Replaced && (have.Kind != ledger.KindStatement || have.Reading == in.reading(in.bankOfRead(have))) {
			if have.Name != f.name {
				in.say(Event{Kind: Note, Stage: "ingest", Text: values.Say(
					"文件 %s 与已收的 %s 内容相同，只计一次。", "File %s has the same content as %s; it counts once.", f.name, have.Name)})
			}
			return true
		}
	}
	return false
}

// reread tells whether a replaced file was replaced by a second reading of
// itself under other settings.
func (in *intake) reread(have ledger.File) bool {
	for _, by := range in.files {
		if by.ID == have.ReplacedBy {
			return by.Digest == have.Digest
		}
	}
	return false
}

func (in *intake) refuse(name string, reason values.Text) {
	in.result.refused = append(in.result.refused, RefusedFile{Name: name, Reason: reason})
}

// takeAll takes rosters, then the inbox, in order. Files are read ahead of what
// goes into the ledger, and while the second look at the inbox is waited for.
func (in *intake) takeAll(fresh []inboxFile, rosters []rosterFile, looked time.Time) error {
	if err := in.takeRosters(rosters); err != nil {
		return err
	}
	// originals before corrections, so that a correction that arrives together
	// with what it corrects finds it
	slices.SortStableFunc(fresh, func(a, b inboxFile) int { return correctionRank(a.name) - correctionRank(b.name) })
	var waiting map[string]bool
	return inOrder(len(fresh), readersAtOnce(fresh), func(i int) (*opened, error) { return in.open(&fresh[i]), nil }, func(i int, o *opened) error {
		if err := in.ctx.Err(); err != nil {
			return err
		}
		if waiting == nil {
			waiting = in.growing(fresh, looked)
		}
		f := &fresh[i]
		if o.changed || waiting[f.name] {
			in.result.refused = append(in.result.refused, stillWritten(f.name))
			return nil
		}
		f.content = o.content
		defer func() { f.content = nil }()
		return in.take(f, o)
	})
}

func correctionRank(name string) int {
	if strings.Contains(name, "更正") {
		return 1
	}
	return 0
}

// take reads one file. A file that cannot be taken is refused and is no error.
func (in *intake) take(f *inboxFile, o *opened) error {
	if o.book != nil {
		defer func() { _ = o.book.Close() }()
	}
	if o.fault != nil {
		in.refuse(f.name, readFault(o.fault))
		return nil
	}
	var refusal values.Text
	err := in.tx.Try(func() (err error) {
		switch o.kind {
		case forms.KindDecisions:
			refusal, err = in.takeDecisions(f, o.book)
		case forms.KindObjections:
			refusal, err = in.takeObjections(f, o.book)
		case forms.KindReturn:
			refusal, err = in.takeReturn(f, o.book)
		case forms.KindLoanBook:
			refusal, err = in.takeLoanBook(f, o.loans)
		case forms.KindRoster, forms.KindExclusions, forms.KindResponsible:
			refusal = values.Say("这是一份%s，不应放在收件文件夹。请放到 jobs.yaml 指明的位置。", "This is a %s and does not belong into the inbox. Put it where jobs.yaml says.", string(o.kind))
		case forms.KindClaims:
			refusal = values.Say("这是风险补偿申请表，不从收件文件夹读取：tiexi fund claim 文件。", "These are claims on the risk fund, which the inbox does not take: `tiexi fund claim FILE`.")
		case forms.KindRecoveries:
			refusal = values.Say("这是追回资金表，不从收件文件夹读取：tiexi fund recover 文件。", "These are recoveries for the risk fund, which the inbox does not take: `tiexi fund recover FILE`.")
		default:
			refusal, err = in.takeStatement(f, o.statement)
		}
		if err == nil && !refusal.IsZero() {
			return errRefused
		}
		return err
	})
	if errors.Is(err, errRefused) {
		in.refuse(f.name, refusal)
		return nil
	}
	return err
}

var errRefused = errors.New("refused")

// readFault says in both languages why a file cannot be read.
func readFault(err error) values.Text {
	english := err.Error()
	var bilingual interface{ English() string }
	if errors.As(err, &bilingual) {
		english = bilingual.English()
	}
	return values.Text{Chinese: err.Error(), English: english}
}

// takeStatement puts a bank's statement line by line into the ledger.
func (in *intake) takeStatement(f *inboxFile, s *statementRead) (refusal values.Text, err error) {
	file := &ledger.File{Digest: f.digest, Name: f.name, Kind: ledger.KindStatement, Size: f.size, Reading: in.reading(s.bank), Bank: s.bank}
	if refusal := in.assign(file, s); !refusal.IsZero() {
		return refusal, nil
	}
	if refusal := in.refusePurged(file.Quarter); !refusal.IsZero() {
		return refusal, nil
	}
	if superseded := in.sameBytes(f.digest); superseded != nil { // a second reading under other settings
		if err := in.tx.RetireFile(superseded.ID, superseded.ID); err != nil {
			return refusal, err
		}
		defer func() {
			if err == nil && refusal.IsZero() {
				err = in.tx.RetireFile(superseded.ID, file.ID)
			}
		}()
	}
	if err := in.tx.AddFile(file); err != nil {
		return refusal, err
	}
	if err := in.addLines(file, s); err != nil {
		return refusal, err
	}
	if err := in.addSheets(file, s.report); err != nil {
		return refusal, err
	}
	if refusal, err = in.replace(file, s.report.Correction); err != nil || !refusal.IsZero() {
		return refusal, err
	}
	if err := in.tx.SetFile(file); err != nil {
		return refusal, err
	}
	in.arrived(file.Quarter, values.Say("新文件 %s", "new file %s", f.name))
	in.say(Event{Kind: FileRead, Quarter: file.Quarter, Stage: "ingest", Done: s.report.Lines(),
		Text: values.Say("%s：%s，%d 行。", "%s: %s, %d lines.", f.name, file.Bank, s.report.Lines())})
	return refusal, in.accept(file, f.content, map[string]any{"bank": file.Bank, "quarter": file.Quarter, "lines": s.report.Lines()})
}

func (in *intake) addLines(file *ledger.File, s *statementRead) error {
	writer, err := in.tx.LineWriter(file)
	if err != nil {
		return err
	}
	for _, l := range s.lines {
		if _, err := writer.Add(s.positions[l.Sheet], l); err != nil {
			return err
		}
	}
	return writer.Flush()
}

func (in *intake) sameBytes(digest string) *ledger.File {
	for i := range in.files {
		if f := &in.files[i]; f.Digest == digest && !f.Replaced && f.Kind == ledger.KindStatement {
			return f
		}
	}
	return nil
}

// accept archives a taken file's bytes and records it.
func (in *intake) accept(file *ledger.File, content []byte, detail map[string]any) error {
	if err := in.archiveBytes(file.Digest, content); err != nil {
		return err
	}
	in.files = append(in.files, *file)
	in.wrote = true
	detail["sha256"] = file.Digest
	detail["kind"] = file.Kind
	return in.tx.Record("ingest", file.Name, detail)
}

// archiveBytes keeps what was taken; a dry run takes nothing.
func (in *intake) archiveBytes(digest string, content []byte) error {
	if in.request.DryRun {
		return nil
	}
	_, err := in.archive.Write(archiveName(digest), content)
	return cannotWrite(err)
}

// archiveName is where content lies in the archive.
func archiveName(digest string) string { return digest[:2] + "/" + digest }

// keep archives content and returns its digest.
func (w *Workspace) keep(content []byte) (string, error) {
	digest := outbox.Digest(content)
	_, err := w.archive.Write(archiveName(digest), content)
	return digest, cannotWrite(err)
}

func (in *intake) arrived(q values.Quarter, reason values.Text) {
	if c := in.result.changed[q]; c != nil {
		c.reason = values.Text{Chinese: c.reason.Chinese + "、" + reason.Chinese, English: c.reason.English + ", " + reason.English}
		return
	}
	in.result.changed[q] = &arrival{reason: reason}
}

// assign says which bank and quarter a statement is for.
func (in *intake) assign(file *ledger.File, s *statementRead) values.Text {
	if file.Bank == "" {
		file.Bank = bankOf(s.report, s.lenders)
	}
	if file.Bank == "" {
		return values.Say("看不出是哪家银行的文件。请在 jobs.yaml 的 banks 中加上这家银行，match 写文件名的通配模式。",
			"The file does not say which bank it is from. Add the bank to jobs.yaml, with a glob for its file names in match.")
	}
	for _, q := range []values.Quarter{s.report.QuarterNamed(), s.report.QuarterByDays(), in.request.Quarter} {
		if !q.IsZero() {
			file.Quarter = q
			return values.Text{}
		}
	}
	return values.Say("看不出是哪个季度的文件：标题、文件名和各行日期都没有写。请用 --quarter 2026Q3 这样的写法指明后再运行。",
		"The file does not say which quarter it is for, neither in its title and name nor by its dates. Run again with --quarter.")
}

// bankOf: the lenders that a column of the sheet names, else the title.
func bankOf(report *statement.Report, lenders map[string]int) string {
	if lenders[""] == 0 && len(lenders) > 0 {
		return strings.Join(slices.Sorted(maps.Keys(lenders)), "、")
	}
	for _, s := range report.Sheets {
		if s.Skipped == "" && s.Bank != "" {
			return s.Bank
		}
	}
	return ""
}

func (in *intake) addSheets(file *ledger.File, report *statement.Report) error {
	for _, s := range report.Sheets {
		kept := ledger.Sheet{FileID: file.ID, Position: s.Index, Name: s.Name, Skipped: string(s.Skipped), DataRows: s.Lines}
		if n := len(s.HeadingRows); n > 0 {
			kept.HeaderRows = [2]int{s.HeadingRows[0], s.HeadingRows[n-1]}
		}
		for _, c := range s.Columns {
			kept.Columns = append(kept.Columns, ledger.Column{Index: c.Number, Heading: c.Heading, Field: c.Field})
		}
		for _, t := range s.Totals {
			if !t.Whole {
				continue
			}
			for _, figure := range t.Figures {
				if figure.Problem == "" {
					kept.Totals = append(kept.Totals, ledger.Total{Field: figure.Field, Cell: figure.Cell, Declared: figure.Declared, Computed: figure.Computed})
				}
			}
		}
		if err := in.tx.AddSheet(kept); err != nil {
			return err
		}
		switch {
		case s.Skipped == statement.NoHeading && loanbook.Names(s.Name):
			in.say(Event{Kind: Warning, Quarter: file.Quarter, Stage: "ingest", Text: values.Say(
				"%s 的工作表“%s”像是贷款台账，和贴息名单在一个文件里，未读。请另存为单独的文件放入收件文件夹。",
				"Sheet %[2]q of %[1]s looks like a loan book in one file with a statement, and was not read. Save it as a file of its own and drop that into the inbox.", file.Name, s.Name)})
		case s.Skipped == statement.NoHeading:
			in.say(Event{Kind: Note, Quarter: file.Quarter, Stage: "ingest", Text: values.Say(
				"%s 的工作表“%s”没有贴息名单表头，未读。", "Sheet %[2]q of %[1]s has no statement heading and was not read.", file.Name, s.Name)})
		}
	}
	return nil
}

// record writes a stage row for each quarter that got something.
func (in *intake) record() error {
	quarters := slices.SortedFunc(maps.Keys(in.result.changed), values.Quarter.Compare)
	for _, q := range quarters {
		files, err := in.tx.LiveFiles(q, ledger.KindStatement)
		if err != nil {
			return err
		}
		lines, err := in.tx.LineCount(q)
		if err != nil {
			return err
		}
		m := marks{tx: in.tx}
		mark := m.of(in.tx.MarkFiles(q))
		if m.err != nil {
			return m.err
		}
		if _, err := in.tx.RecordStage(ledger.StageRecord{Quarter: q, Name: "ingest", Version: 1, Fingerprint: mark,
			Inputs: map[string]string{"files": mark}, Tally: map[string]string{"files": fmt.Sprint(len(files)), "lines": fmt.Sprint(lines)},
			In: len(files), Out: lines, Reason: in.result.changed[q].reason.English}); err != nil {
			return err
		}
		if err := in.tx.Record("stage", q.String()+" ingest", map[string]any{"files": len(files), "lines": lines, "fingerprint": mark}); err != nil {
			return err
		}
	}
	return nil
}

// count tells how much every quarter has, and which banks sent nothing for the
// one that was asked for, else for the newest.
func (in *intake) count(tx *ledger.Tx) error {
	quarters, err := tx.Quarters()
	if err != nil {
		return err
	}
	in.result.counts = map[values.Quarter]*arrival{}
	asked, sent := in.request.Quarter, map[string]bool{}
	if asked.IsZero() && len(quarters) > 0 {
		asked = quarters[len(quarters)-1]
	}
	for _, q := range quarters {
		files, err := tx.LiveFiles(q, ledger.KindStatement)
		if err != nil {
			return err
		}
		lines, err := tx.LineCount(q)
		if err != nil {
			return err
		}
		in.result.counts[q] = &arrival{files: len(files), lines: lines}
		if q == asked {
			for _, f := range files {
				sent[f.Bank] = true
			}
		}
	}
	if !asked.IsZero() {
		for _, b := range in.job.Banks {
			if !sent[b.Name] {
				in.result.silent = append(in.result.silent, b.Name)
			}
		}
	}
	return nil
}
