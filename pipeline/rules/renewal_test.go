package rules

import (
	"strings"
	"testing"

	"tiexi/pipeline/values"
)

// What stands against a renewal, one by one, and just beside it nothing.
func TestWhatStandsAgainstARenewal(t *testing.T) {
	terms := values.Conditions{MaxAge: 65, LoanCeiling: 100_000_00, HouseholdCeiling: 100_000_00, Extensions: 1,
		PurposeWords: []string{"建房"}, Guarantees: []string{"信用", "农业担保"},
		Clauses: map[string]string{"extensions": "二(三)", "age_max": "一(十)", "loan_ceiling": "一(二)", "household_ceiling": "一(一)、一(二)", "purpose_words": "一(九)", "guarantees": "一(五)、一(八)"}}
	born := values.ResidentID("149901196101020013") // 65 until 2027-01-01
	signed := values.MustDate("2026-11-30")
	for _, c := range []struct {
		what          string
		change        func(*Renewal)
		final, doubts string
	}{
		{"nothing", func(*Renewal) {}, "", ""},
		{"renewed before", func(r *Renewal) { r.Line.Renewals = 1 }, "已续贷或展期1次（二(三)）", ""},
		{"extended before, which the bank did not count", func(r *Renewal) { r.Line.OriginalMaturity = r.Line.Matures - 365 }, "已续贷或展期1次（二(三)）", ""},
		{"renewed as often as anybody likes", func(r *Renewal) { r.Line.Renewals, r.Terms.Extensions = 3, -1 }, "", ""},
		{"not of the transition period", func(r *Renewal) { r.TakenOver = false }, "不是过渡期内发放、过渡期后到期的贷款（二(三)）", ""},
		{"overdue", func(r *Renewal) { r.Overdue = true }, "已逾期（四(三)）", ""},
		{"off the roster that day", func(r *Renewal) { r.Roster[0].Until = signed }, "已于2026年11月30日退出帮扶名单（四(二)）", ""},
		{"off the roster the day after", func(r *Renewal) { r.Roster[0].Until = signed + 1 }, "", ""},
		{"never on the roster", func(r *Renewal) { r.Roster = nil }, "不在帮扶名单上（一(一)）", ""},
		{"off and on again", func(r *Renewal) {
			r.Roster[0].Until = signed - 100
			r.Roster = append(r.Roster, Membership{From: signed - 50})
		}, "", ""},
		{"66 on the day of signing", func(r *Renewal) { r.Signed = values.MustDate("2027-01-02") }, "", "到期时超过65周岁（一(十)）"},
		{"66 the day after", func(r *Renewal) { r.Signed = values.MustDate("2027-01-01") }, "", ""},
		{"at the ceiling", func(r *Renewal) { r.Balance, r.Household = 100_000_00, 100_000_00 }, "", ""},
		{"above the ceiling", func(r *Renewal) { r.Balance, r.Household = 100_000_01, 100_000_01 }, "余额超过100,000.00元（一(二)）", ""},
		{"with the household above it", func(r *Renewal) { r.Household = 100_000_01 }, "", "全户贷款余额100,000.01元，超过100,000.00元（一(一)、一(二)）"},
		{"secured", func(r *Renewal) { r.Line.Guarantee = "信用+抵押" }, "", "担保方式为“信用+抵押”（一(五)、一(八)）"},
		{"covered by a guarantee company", func(r *Renewal) { r.Line.Guarantee = "农业担保公司" }, "", ""},
		{"for a house", func(r *Renewal) { r.Line.Purpose = "自家 建房" }, "", "用途含“建房”（一(九)）"},
		{"deceased", func(r *Renewal) { r.Exclusion = &Exclusion{Reason: "死亡"} }, "", "在排除名单：死亡（县级排除名单）"},
		{"two reasons of each", func(r *Renewal) {
			r.Overdue, r.Line.Renewals, r.Line.Guarantee, r.Exclusion = true, 1, "保证", &Exclusion{Reason: "公职人员"}
		}, "已续贷或展期1次（二(三)）；已逾期（四(三)）", "担保方式为“保证”（一(五)、一(八)）；在排除名单：公职人员（县级排除名单）"},
	} {
		own := terms
		r := Renewal{Line: &values.Line{ID: born, Matures: signed}, Signed: signed, Terms: &own, TakenOver: true, Roster: []Membership{{}}, Balance: 1, Household: 1}
		c.change(&r)
		b := r.Bars()
		if final, doubts := strings.Join(b.Final, "；"), strings.Join(b.Doubts, "；"); final != c.final || doubts != c.doubts {
			t.Errorf("%s: %q and %q, want %q and %q", c.what, final, doubts, c.final, c.doubts)
		}
	}
}
