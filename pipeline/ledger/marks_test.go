package ledger

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"tiexi/pipeline/values"
)

func marksOf(tx *Tx) map[string]string {
	return map[string]string{
		"files":       must(tx.MarkFiles(q3)),
		"roster":      must(tx.MarkRoster()),
		"decisions":   must(tx.MarkDecisions(q3)),
		"recheck":     must(tx.MarkRecheck(q3)),
		"result":      must(tx.MarkResult(q3, "validate")),
		"others":      must(tx.MarkOtherResults(q3, "validate")),
		"earlier":     must(tx.MarkEarlierResults(q3, "validate")),
		"failures":    must(tx.MarkFailures()),
		"retries":     must(tx.MarkRetries()),
		"alerts":      must(tx.MarkAlerts(q3)),
		"payments":    must(tx.MarkPayments()),
		"lists":       must(tx.MarkLists(q3)),
		"drawn":       must(tx.MarkDrawn(q3)),
		"compensated": must(tx.MarkCompensated(today)),
		"cleared":     must(tx.MarkCleared(q3, today)),
		"objections":  must(tx.MarkObjections(q3)),
		"adjustments": must(tx.MarkAdjustments()),
		"returns":     must(tx.MarkReturns(q3)),
		"books":       must(tx.MarkLoanBooks(q3)),
	}
}

// step is one thing that happens to a ledger, and the marks that it changes.
type step struct {
	what    string
	changes string
	do      func(tx *Tx)
}

// life is that of a quarter.
func life() []step {
	var file, other, second *File
	var line, elsewhere *Line
	var batch, batch2, list, later int64
	return []step{
		{"a statement comes", "files", func(tx *Tx) { file = statement(tx, q3, "甲.xlsx") }},
		{"its lines", "", func(tx *Tx) { line = add(tx, file, 1, "L1", "2026-06-21", "2026-09-20", "") }},
		{"another quarter's statement", "", func(tx *Tx) {
			other = statement(tx, q2, "前.xlsx")
			elsewhere = add(tx, other, 1, "L1", "2026-03-21", "2026-06-20", "")
		}},
		{"a decision workbook", "", func(tx *Tx) {
			do(tx.AddFile(&File{Digest: "d", Name: "意见.xlsx", Kind: KindDecisions, Quarter: q3}))
		}},
		{"a return file", "returns", func(tx *Tx) { do(tx.AddFile(&File{Digest: "r", Name: "回盘.xlsx", Kind: KindReturn, Quarter: q3})) }},
		{"another quarter's return file", "", func(tx *Tx) { do(tx.AddFile(&File{Digest: "r2", Name: "回盘2.xlsx", Kind: KindReturn, Quarter: q2})) }},
		{"the statement is found to be another bank's", "files", func(tx *Tx) { file.Bank = "别的银行"; do(tx.SetFile(file)) }},
		{"nothing new about it", "", func(tx *Tx) { do(tx.SetFile(file)) }},
		{"a correction replaces it", "files", func(tx *Tx) { second = statement(tx, q3, "乙.xlsx"); do(tx.RetireFile(file.ID, second.ID)) }},
		{"the correction's lines", "", func(tx *Tx) { line = add(tx, second, 1, "L1", "2026-06-21", "2026-09-20", "") }},
		{"another quarter's statement turns out to be of this one", "files", func(tx *Tx) { other.Quarter = q3; do(tx.SetFile(other)) }},
		{"and does not", "files", func(tx *Tx) { other.Quarter = q2; do(tx.SetFile(other)) }},

		{"a loan book", "books", func(tx *Tx) { bookOf(tx, q3, "台账.xlsx", 1, "L1") }},
		{"another quarter's loan book", "", func(tx *Tx) { bookOf(tx, q2, "前季台账.xlsx", 1, "L1") }},
		{"a newer loan book replaces it", "books", func(tx *Tx) { bookOf(tx, q3, "新台账.xlsx", 2, "L1", 1) }},

		{"a roster", "roster", func(tx *Tx) { snapshots(tx, []Person{resident(1, "东村")}) }},
		{"a roster of the same rows", "roster", func(tx *Tx) { snapshots(tx, []Person{resident(1, "东村")}) }},
		{"judgements", "", func(tx *Tx) { judge(tx, line, values.Held) }},
		{"a decision", "decisions", func(tx *Tx) { must(tx.AddDecision(Decision{Line: line.Key, Round: 1, Verdict: "accept", Why: "w"})) }},
		{"the same decision again", "decisions", func(tx *Tx) { must(tx.AddDecision(Decision{Line: line.Key, Round: 2, Verdict: "accept", Why: "w"})) }},
		{"a decision on another quarter's line", "", func(tx *Tx) {
			must(tx.AddDecision(Decision{Line: elsewhere.Key, Round: 3, Verdict: "accept", Why: "w"}))
		}},
		{"a recheck", "decisions recheck", func(tx *Tx) { do(tx.AddRecheck(q3, "w")) }},
		{"another quarter's recheck", "", func(tx *Tx) { do(tx.AddRecheck(q2, "w")) }},

		{"a result", "result", func(tx *Tx) { stage(tx, q3, "validate", "r1") }},
		{"the same result again", "", func(tx *Tx) { stage(tx, q3, "validate", "r1") }},
		{"a new result", "result", func(tx *Tx) { stage(tx, q3, "validate", "r2") }},
		{"another stage's result", "", func(tx *Tx) { stage(tx, q3, "compute", "r3") }},
		{"an earlier quarter's result", "others earlier", func(tx *Tx) { stage(tx, q2, "validate", "r1") }},
		{"the same one again", "", func(tx *Tx) { stage(tx, q2, "validate", "r1") }},
		{"a later quarter's result", "others", func(tx *Tx) { stage(tx, q4, "validate", "r1") }},
		{"a later quarter's new result", "others", func(tx *Tx) { stage(tx, q4, "validate", "r2") }},
		{"entitlements", "", func(tx *Tx) {
			must(tx.ReplaceEntitlements(q3, 1, []Entitlement{entitled("L1", "bangfu", values.Shares{Central: 100}, line.Key), entitled("L2", "bangfu", values.Shares{Central: 100}, line.Key)}))
		}},

		{"lists are printed", "drawn", func(tx *Tx) {
			list = must(tx.AddNoticeList(NoticeList{Quarter: q3, Township: "城关镇", Village: "东村"}, []NoticeItem{{Loan: loan("L1"), Amount: 100}}))
			later = must(tx.AddNoticeList(NoticeList{Quarter: q3, Township: "城关镇", Village: "西村"}, []NoticeItem{{Loan: loan("L2"), Amount: 100}}))
		}},
		{"it is posted, and its time has run", "lists cleared drawn", func(tx *Tx) { do(tx.PostList(list, today-10, today)) }},
		{"another one is posted", "lists drawn", func(tx *Tx) { do(tx.PostList(later, today-9, today+1)) }},
		{"that was a mistake", "lists drawn", func(tx *Tx) { do(tx.UnpostList(later)) }},
		{"it is posted on another day", "lists drawn", func(tx *Tx) { do(tx.PostList(later, today-8, today+2)) }},
		{"another quarter's list", "", func(tx *Tx) {
			id := must(tx.AddNoticeList(NoticeList{Quarter: q2, Township: "城关镇", Village: "东村"}, nil))
			do(tx.PostList(id, today-10, today))
		}},
		{"an objection", "objections", func(tx *Tx) {
			must(tx.AddObjection(Objection{Quarter: q3, Village: "东村", Why: "w", RaisedOn: today}))
		}},
		{"the same objection", "", func(tx *Tx) {
			must(tx.AddObjection(Objection{Quarter: q3, Village: "东村", Why: "w", RaisedOn: today}))
		}},
		{"another quarter's objection", "", func(tx *Tx) {
			must(tx.AddObjection(Objection{Quarter: q2, Village: "东村", Why: "w", RaisedOn: today}))
		}},
		{"it is resolved", "objections", func(tx *Tx) { do(tx.ResolveObjection(1, "rejected", today, "r")) }},

		{"a draft", "drawn", func(tx *Tx) { batch = drawn(tx, 1, pays(1, "one", "L1", 100, 0), pays(2, "two", "L2", 100, 0)) }},
		{"the draft is drawn anew", "", func(tx *Tx) {
			do(tx.DropDraft(batch))
			batch = drawn(tx, 1, pays(1, "one", "L1", 100, 0), pays(2, "two", "L2", 100, 0))
		}},
		{"its first approval", "payments drawn", func(tx *Tx) { do(tx.AddApproval(batch, "d"), tx.FreezeBatch(batch)) }},
		{"its last approval", "payments", func(tx *Tx) { do(tx.ApproveBatch(batch)) }},
		{"it is sent", "payments", func(tx *Tx) { do(tx.SendBatch(batch, today)) }},
		{"one is paid", "payments", func(tx *Tx) { do(tx.SettlePayment(numbered(tx, "one").ID, "paid", "", today)) }},
		{"one fails", "payments failures retries", func(tx *Tx) { do(tx.SettlePayment(numbered(tx, "two").ID, "failed", "销户", today)) }},
		{"a second payment is approved", "payments", func(tx *Tx) {
			batch2 = drawn(tx, 2, pays(2, "three", "L2", 100, numbered(tx, "two").ID))
			do(tx.FreezeBatch(batch2))
		}},
		{"it is void", "payments", func(tx *Tx) { do(tx.VoidBatch(batch2, "w")) }},
		{"a word on an adjustment", "adjustments", func(tx *Tx) {
			do(tx.AddAdjustment(Adjustment{Quarter: q3, Loan: loan("L1"), Verdict: "recover", Amount: 1, Why: "w"}))
		}},
		{"the fund opens", "", func(tx *Tx) { must(tx.AddFundEntry(FundEntry{On: today - 20, Kind: FundOpening, Amount: 1000})) }},
		{"a bank claims", "", func(tx *Tx) {
			must(tx.AddFundClaim(FundClaim{Digest: "c", Loan: loan("L2"), Ground: "death", Loss: 100, Amount: 100, BadRate: values.MustRate("1"), OverallRate: values.MustRate("1")}))
		}},
		{"the fund pays", "compensated", func(tx *Tx) { must(tx.PayFundClaim(must(tx.FundClaims())[0], today-10, "已核实")) }},
		{"a monitoring table points somebody out", "alerts", func(tx *Tx) {
			must(tx.RecordStage(StageRecord{Quarter: q3, Name: "monitoring", Tally: map[string]string{"alerts": "[1]"}}))
		}},
		{"another quarter's points nobody out", "", func(tx *Tx) { must(tx.RecordStage(StageRecord{Quarter: q2, Name: "monitoring"})) }},
		{"an entry in the log", "", func(tx *Tx) { do(tx.Record("a", "b", 1)) }},
		{"an output", "", func(tx *Tx) { do(tx.PutOutput(Output{Path: "p", Quarter: q3})) }},
	}
}

// Each step changes the marks of what it touches, and no other.
func TestMarksChangeWithWhatTheyCover(t *testing.T) {
	l := newLedger(t)
	seen := map[string]bool{}
	for _, step := range life() {
		write(t, l, func(tx *Tx) error {
			before := marksOf(tx)
			step.do(tx)
			after := marksOf(tx)
			var changed []string
			for _, name := range slices.Sorted(maps.Keys(after)) {
				if before[name] != after[name] {
					changed = append(changed, name)
					seen[name] = true
				}
			}
			want := strings.Fields(step.changes)
			slices.Sort(want)
			if !slices.Equal(changed, want) {
				t.Errorf("%s: %v change, want %v", step.what, changed, want)
			}
			return nil
		})
	}
	write(t, l, func(tx *Tx) error {
		for name := range marksOf(tx) {
			if !seen[name] {
				t.Errorf("no step changes %s", name)
			}
		}
		return nil
	})
}

func stage(tx *Tx, q values.Quarter, name, result string) {
	must(tx.RecordStage(StageRecord{Quarter: q, Name: name, Tally: map[string]string{"result": result}}))
}

// A list that was taken back and drawn anew may get the number of the old one.
func TestAListDrawnAnewIsAnotherList(t *testing.T) {
	l := newLedger(t)
	write(t, l, func(tx *Tx) error {
		post := func(amount values.Fen) string {
			id := must(tx.AddNoticeList(NoticeList{Quarter: q3, Township: "城关镇", Village: "东村"}, []NoticeItem{{Loan: loan("L1"), Amount: amount}}))
			do(tx.PostList(id, today, today+10))
			mark := must(tx.MarkLists(q3))
			do(tx.UnpostList(id), tx.DropPrintedLists(q3))
			return mark
		}
		if first, second := post(100), post(200); first == second {
			t.Errorf("both have the mark %s", first)
		}
		return nil
	})
}
