package ledger

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tiexi/pipeline/values"
)

func TestAReplacedFileNoLongerCounts(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		old := statement(tx, q3, "旧.xlsx")
		add(tx, old, 1, "L1", "2026-06-21", "2026-09-20", values.Accepted)
		fresh := statement(tx, q3, "新.xlsx")
		do(tx.RetireFile(old.ID, fresh.ID))
		add(tx, fresh, 1, "L1", "2026-06-21", "2026-09-20", values.Accepted) // the days are free again

		if live := must(tx.LiveFiles(q3, KindStatement)); len(live) != 1 || live[0].ID != fresh.ID {
			t.Errorf("live: %+v", live)
		}
		files := must(tx.Files())
		if len(files) != 2 || !files[0].Replaced || files[0].ReplacedBy != fresh.ID || files[1].Replaced || files[1].ReplacedBy != 0 || files[1].ReadOn != today {
			t.Errorf("all: %+v", files)
		}
		if sheets := must(tx.Sheets(q3)); len(sheets) != 1 || sheets[0].FileID != fresh.ID {
			t.Errorf("sheets: %+v", sheets)
		}
		if counts := must(tx.LineCounts(q3)); counts[values.Accepted] != 1 || len(counts) != 1 {
			t.Errorf("lines: %v", counts)
		}
		return nil
	})
}

// The same bytes read again under other settings: the first reading makes room
// for the second, and the decisions taken on its lines go on.
func TestASecondReadingOfAFileKeepsItsDecisions(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		first := statement(tx, q3, "甲.xlsx")
		line := add(tx, first, 4, "L1", "2026-06-21", "2026-09-20", values.Held)
		other := add(tx, first, 5, "L2", "2026-06-21", "2026-09-20", values.Held)
		for _, verdict := range []string{"return", "accept"} {
			must(tx.AddDecision(Decision{Line: line.Key, Round: must(tx.NextRound()), Facts: "f", Verdict: verdict, Why: "已核实", Source: "command"}))
		}
		do(tx.RetireFile(first.ID, first.ID))
		second := statement(tx, q3, "甲.xlsx")
		do(tx.RetireFile(first.ID, second.ID))
		again := add(tx, second, 4, "L1", "2026-06-21", "2026-09-20", "")
		add(tx, second, 6, "L2", "2026-06-21", "2026-09-20", "") // moved: the decision on row 5 is not its own
		must(tx.AddDecision(Decision{Line: other.Key, Round: 9, Facts: "f", Verdict: "accept", Why: "已核实", Source: "command"}))

		decisions := must(tx.Decisions(q3))
		want := map[int64]Decision{again.Key: {ID: 2, Line: again.Key, Round: 2, Facts: "f", Verdict: "accept", Why: "已核实", Operator: "张会计", On: today, Source: "command"}}
		if diff := cmp.Diff(want, decisions); diff != "" {
			t.Error(diff)
		}
		return nil
	})
}

func TestAFileLearnsItsBankAndQuarter(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		f := &File{Digest: "d", Name: "甲.xlsx", Kind: KindStatement, Quarter: q3, Size: 12, Reading: "r"}
		do(tx.AddFile(f), tx.AddSheet(Sheet{FileID: f.ID, Name: "Sheet1"}))
		unnamed := add(tx, f, 1, "L1", "2026-06-21", "2026-09-20", "")
		named := &Line{FileID: f.ID, Quarter: q3, Line: values.Line{Place: values.Place{Row: 2}, Bank: "别的银行", Contract: "L2", From: 1, To: 1, Rate: values.MustRate("3")}}
		addLine(tx, named)
		f.Bank, f.Quarter, f.Correction = bank, q2, true
		do(tx.SetFile(f))
		f.ReadOn = today
		if diff := cmp.Diff([]File{*f}, must(tx.Files())); diff != "" {
			t.Error(diff)
		}
		banks := map[int64]string{}
		do(tx.Lines(q2, func(l *Line) error { banks[l.Key] = l.Bank; return nil }))
		if diff := cmp.Diff(map[int64]string{unnamed.Key: bank, named.Key: "别的银行"}, banks); diff != "" {
			t.Error(diff)
		}
		return nil
	})
}

func TestSheetsAndReturnRowsReadBack(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		f := &File{Digest: "d", Name: "甲.xlsx", Kind: KindStatement, Quarter: q3}
		do(tx.AddFile(f))
		sheets := []Sheet{
			{FileID: f.ID, Position: 0, Name: "贴息", HeaderRows: [2]int{2, 3}, Columns: []Column{{1, "姓名<1>", values.FieldBorrower}, {2, "余额", values.FieldBalance}},
				Totals: []Total{{Field: values.FieldBalance, Cell: "B9", Declared: -5, Computed: 1 << 60}, {Field: values.FieldDue, Cell: "C9", Raw: "不详"}}, DataRows: 7},
			{FileID: f.ID, Position: 2, Name: "说明", Skipped: "不是名单"},
		}
		do(tx.AddSheet(sheets[1]), tx.AddSheet(sheets[0]))
		if diff := cmp.Diff(sheets, must(tx.Sheets(q3)), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}

		back := &File{Digest: "e", Name: "回盘.xlsx", Kind: KindReturn, Quarter: q3}
		do(tx.AddFile(back))
		rows := []ReturnRow{
			{FileID: back.ID, Sheet: "A", Row: 2, Number: "2026Q3-01-00001", Name: "王小明", Account: "6228480000000012348", Amount: 12_345, Result: "paid", SettledOn: today, Verdict: "pending"},
			{FileID: back.ID, Sheet: "A", Row: 10, Number: "2026Q3-01-00002", Amount: -1, Result: "failed", Reason: "销户", Verdict: "pending"},
			{FileID: back.ID, Sheet: "B", Row: 1, Verdict: "unread"},
		}
		for _, i := range []int{2, 1, 0} {
			do(tx.AddReturnRow(rows[i]))
		}
		if diff := cmp.Diff(rows, must(tx.ReturnRows(q3, "")), whole...); diff != "" {
			t.Error(diff)
		}
		rows[1].Verdict = "applied"
		do(tx.JudgeReturnRow(rows[1]))
		if diff := cmp.Diff(rows[:1], must(tx.ReturnRows(q3, "pending")), whole...); diff != "" {
			t.Error(diff)
		}
		return nil
	})
}

func TestJudgementsReadBack(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		f := statement(tx, q3, "甲.xlsx")
		line := add(tx, f, 1, "L1", "2026-06-21", "2026-09-20", "")
		plain := add(tx, f, 2, "L2", "2026-06-21", "2026-09-20", "")
		judged := Judgement{Line: line.Key, Quarter: q3, Outcome: values.Held, Household: "H1", Township: "城关镇", Village: "东村", Payee: "王小明", PayoutBank: bank,
			Account: "6228480000000012348", ExtensionBarred: true, Blocked: []string{"a", "b"}, Facts: "f", Decision: 3,
			Findings: []values.Finding{{Code: "x", Field: values.FieldRate, Cell: "C3", Value: "3,45", Want: "3.45", Details: []string{"一", "", "\""}}, {Code: "y"}}}
		bare := Judgement{Line: plain.Key, Quarter: q3, Outcome: values.Accepted}
		do(tx.PutJudgements([]Judgement{judged, bare}))
		before := must(tx.JudgedBefore(q3))
		want := map[LineFacts]*Judgement{{loan("L1"), line.Facts}: &judged, {loan("L2"), plain.Facts}: &bare}
		if diff := cmp.Diff(want, before, whole...); diff != "" {
			t.Error(diff)
		}
		do(tx.AddFinding(line.Key, values.Finding{Code: "tier-changed", Field: values.FieldAmount}))
		var codes []string
		do(tx.Findings(q3, func(key int64, f values.Finding) error { codes = append(codes, f.Code); return nil }))
		if strings.Join(codes, " ") != "x y tier-changed" {
			t.Errorf("findings: %v", codes)
		}
		if one := must(tx.Judgements(q3))[line.Key]; one == nil || one.Outcome != values.Held || len(one.Blocked) != 2 {
			t.Errorf("%+v", one)
		}
		do(clearQuarter(tx, q2))
		if n := len(must(tx.Judgements(q3))); n != 2 {
			t.Errorf("clearing another quarter leaves %d", n)
		}
		do(clearQuarter(tx, q3))
		if n := len(must(tx.Judgements(q3))); n != 0 {
			t.Errorf("%d judgements are left", n)
		}
		do(tx.Findings(q3, func(int64, values.Finding) error { t.Error("a finding is left"); return nil }))
		return nil
	})
}

func TestStagesAndOutputsReadBack(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		if _, ok, err := tx.LastStage(q3, "validate"); ok || err != nil {
			t.Errorf("a stage that never ran: %v, %v", ok, err)
		}
		next := must(tx.NextStage())
		first := StageRecord{Quarter: q3, Name: "validate", Version: 2, Fingerprint: "f", Inputs: map[string]string{"a": "1"}, Tally: map[string]string{"result": "r"}, In: 3, Out: 2, Reason: "首次"}
		first.ID = must(tx.RecordStage(first))
		if first.ID != next {
			t.Errorf("the stage gets id %d, announced was %d", first.ID, next)
		}
		must(tx.RecordStage(StageRecord{Quarter: q2, Name: "validate"}))
		must(tx.RecordStage(StageRecord{Quarter: q3, Name: "compute"}))
		first.On = today
		last, ok, err := tx.LastStage(q3, "validate")
		if diff := cmp.Diff(first, last); diff != "" || !ok || err != nil {
			t.Error(diff, ok, err)
		}
		if n := len(must(tx.StageHistory(q3))); n != 2 {
			t.Errorf("%d stages", n)
		}
		if !must(tx.HasOpenRun()) {
			t.Error("no run is open")
		}
		run := must(tx.OpenRun())
		do(tx.CloseRun())
		if must(tx.HasOpenRun()) || must(tx.OpenRun()) == run {
			t.Error("the run is still open")
		}

		a := Output{Path: "2026Q3/a.xlsx", Quarter: q3, Stage: "publish", SHA256: "d", Rows: 3, Total: -1, Archived: true}
		b := Output{Path: "2026Q2/b.xlsx", Quarter: q2, Stage: "publish", SHA256: "e"}
		do(tx.PutOutput(Output{Path: a.Path, Quarter: q2, Stage: "old", SHA256: "old"}), tx.PutOutput(a), tx.PutOutput(b))
		if diff := cmp.Diff([]Output{a}, must(tx.Outputs(q3))); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]Output{b, a}, must(tx.Outputs(values.Quarter{}))); diff != "" {
			t.Error(diff)
		}
		if got, ok, err := tx.Output(b.Path); got != b || !ok || err != nil {
			t.Errorf("%+v, %v, %v", got, ok, err)
		}
		if quarters := must(tx.Quarters()); len(quarters) != 2 || quarters[0] != q2 {
			t.Errorf("quarters: %v", quarters)
		}
		return nil
	})
}
