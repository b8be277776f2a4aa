package rules

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"tiexi/pipeline/values"
)

// The codes of policy.md §5 with their outcomes, written down from there.
const contract = `
unreadable-value returned
id-damaged returned
id-checksum returned
rate-unit-unclear returned
duplicate-line returned
totals-differ held
not-on-roster returned
two-households held
name-differs held
removed-before-contract returned
removed-later notice
age-out-of-range held
principal-too-large returned
household-over-ceiling held
term-too-long returned
extended-twice returned
secured-loan held
purpose-not-allowed held
shared-account held
terms-not-configured held
interest-unpaid held
interest-mismatch held
rate-changed held
loan-changed held
days-already-settled returned
days-outside-quarter held
days-after-maturity notice
penalty-excluded notice
part-unapproved notice
tier-changed notice
other-lender notice
excluded-person held
compensated-loan returned
account-missing pay
payee-differs pay
objection-open pay
account-checksum notice
`

func TestCatalogueKeepsTheContract(t *testing.T) {
	catalogue := Catalogue()
	for i, want := range strings.Split(strings.TrimSpace(contract), "\n") {
		code, outcome, _ := strings.Cut(want, " ")
		if got := catalogue[i]; got.Code != code || string(got.Outcome) != outcome {
			t.Errorf("rule %d is %s %s, want %s", i, got.Code, got.Outcome, want)
		}
		if _, ok := Lookup(code); !ok {
			t.Errorf("Lookup does not know %s", code)
		}
	}
}

func TestCatalogueIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Catalogue() {
		if seen[r.Code] || seen[r.Title] || seen[r.English] {
			t.Errorf("%s is not the only one of its code or title", r.Code)
		}
		seen[r.Code], seen[r.Title], seen[r.English] = true, true, true
		if r.Clause == "" || r.Hint == "" || r.HintEnglish == "" || sentences[r.Code].Chinese == "" {
			t.Errorf("%s lacks a clause, a hint or a sentence", r.Code)
		}
		if len([]rune(r.Title)) > 12 || !strings.HasSuffix(r.Hint, "。") || !strings.HasSuffix(r.HintEnglish, ".") {
			t.Errorf("%s: title %q, hint %q", r.Code, r.Title, r.Hint)
		}
	}
	for key, s := range sentences {
		code, _, _ := strings.Cut(key, "/")
		if !seen[code] {
			t.Errorf("a sentence for %s, which is no rule", key)
		}
		if !strings.HasSuffix(s.Chinese, "。") || !strings.HasSuffix(s.English, ".") || strings.ContainsFunc(s.English, isHan) {
			t.Errorf("%s: %q, %q", key, s.Chinese, s.English)
		}
	}
	if _, ok := Lookup("no-such-code"); ok {
		t.Error("Lookup knows a code that does not exist")
	}
	first := Catalogue()
	first[0].Title = "改"
	if Catalogue()[0].Title == "改" {
		t.Error("a caller can change the catalogue")
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func TestMessages(t *testing.T) {
	for _, tt := range []struct {
		finding values.Finding
		zh, en  string
	}{
		{
			values.Finding{Code: InterestUnpaid, Field: values.FieldPaid, Cell: "H5", Value: "440.83", Want: "440.84"},
			"单元格H5：实付利息440.83元，少于应付利息440.84元。付清之前不予贴息；核实已付清的请填通过。",
			"Cell H5: Paid 440.83 yuan, less than the 440.84 yuan due. Nothing is paid before the interest is; accept once it is shown to be paid.",
		},
		{
			values.Finding{Code: InterestUnpaid, Field: values.FieldPaid, Value: "0.00", Details: []string{"none"}},
			"实付利息为0.00元。付清之前不予贴息；核实已付清的请填通过。",
			"No interest was paid (0.00 yuan). Nothing is paid before the interest is; accept once it is shown to be paid.",
		},
		{
			values.Finding{Code: IDChecksum, Field: values.FieldID, Cell: "C5", Value: "14990119800506001X", Details: []string{"check"}},
			"单元格C5：身份证号149***********001X的校验位不对。请退承贷银行更正后重报。",
			"Cell C5: The check character of the id 149***********001X is wrong. Send it back to the bank to be corrected.",
		},
		{
			values.Finding{Code: UnreadableValue, Field: values.FieldRate, Cell: "E5", Details: []string{"empty"}},
			"单元格E5：年利率为空，必须填写。请退承贷银行更正后重报。",
			"Cell E5: The rate is empty and is required. Send it back to the bank to be corrected.",
		},
		{
			values.Finding{Code: DuplicateLine, Field: values.FieldContract, Value: "2026-06-21…2026-07-20", Details: []string{"line", "农商.csv", "", "7"}},
			"这笔贷款2026-06-21…2026-07-20的天数，已由文件“农商.csv”第7行申报。请银行核对，只保留一条；若两条都有误，请报更正文件。",
			"The days 2026-06-21…2026-07-20 of this loan are already in file “农商.csv”, row 7. The bank must keep one of the two, or send a corrected statement.",
		},
		{MovedTiers(yuan("440.83"), yuan("310.50")),
			"这笔贷款的贴息由440.83元变为310.50元。无需处理。",
			"The loan's subsidy went from 440.83 to 310.50 yuan. Nothing to do."},
		{OpenObjection(day("2026-10-12"), "不是本村人"),
			"2026-10-12提出的公示异议尚未处理：不是本村人。请核实异议并记录处理结果。",
			"An objection of 2026-10-12 is not decided: 不是本村人. Look into the objection and record the result."},
		{values.Finding{Code: "of-tomorrow"}, "of-tomorrow", "of-tomorrow"},
	} {
		if got := Message(tt.finding, values.Chinese); got != tt.zh {
			t.Errorf("%s says\n%s, want\n%s", tt.finding.Code, got, tt.zh)
		}
		if got := Message(tt.finding, values.English); got != tt.en {
			t.Errorf("%s says\n%s, want\n%s", tt.finding.Code, got, tt.en)
		}
	}
}

// No message lets a whole id or account out, whatever the finding.
func TestMessagesMask(t *testing.T) {
	id, account := resident("19800506", 1).Whole(), "6228480402564890018"
	for _, p := range slices.Concat(probes, amongProbes, bookProbes) {
		w := soundWorld()
		p.set(w)
		for _, v := range Check(&w.Facts) {
			for _, f := range v.Findings {
				if text := Message(f, values.Chinese) + Message(f, values.English); strings.Contains(text, id) || strings.Contains(text, account) {
					t.Errorf("%s shows a whole number: %s", f.Code, text)
				}
			}
		}
	}
}

func TestFindingsHoldNumbersWhole(t *testing.T) {
	w := soundWorld()
	clear(w.Roster)
	v := Check(&w.Facts)[0]
	if f := v.Findings[0]; f.Code != NotOnRoster || f.Value != w.line().ID.Whole() || f.Cell != w.line().Cell(values.FieldID) {
		t.Errorf("got %+v", f)
	}
}

// Findings come in the catalogue's order, and the verdict lists payment holds
// apart.
func TestVerdictOrderAndBlocks(t *testing.T) {
	w := soundWorld()
	w.member().Account = ""
	w.line().AccountName = "李四"
	w.line().Penalty, w.line().Purpose, w.line().Renewals = 1, "建房", 2
	v := Check(&w.Facts)[0]
	if want := []string{ExtendedTwice, PurposeNotAllowed, PenaltyExcluded, AccountMissing, PayeeDiffers}; !slices.Equal(codes(v), want) {
		t.Errorf("got %v, want %v", codes(v), want)
	}
	if want := []string{AccountMissing, PayeeDiffers}; !slices.Equal(v.Blocked, want) {
		t.Errorf("blocked by %v, want %v", v.Blocked, want)
	}
	if v.Outcome != values.Returned {
		t.Errorf("outcome %v, want the worst", v.Outcome)
	}
}
