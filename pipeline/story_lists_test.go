package pipeline_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tiexi/pipeline"
)

// twoVillages is a county with a loan in each of two villages of one township.
func twoVillages(t *testing.T) *story {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		A1     张大山 50000    440.83
		A2     赵五谷 40000    352.67`)
	s.ran()
	return s
}

// When everything hangs, a run writes the pages with the days of posting and
// leaves the workbooks, which have none, as they are; one that somebody has
// changed is written again, and what was changed is kept.
func TestWhatWasPostedIsNotDrawnAgain(t *testing.T) {
	s := twoVillages(t)
	books, pages := s.lists(".xlsx"), s.lists(".html")
	s.post()
	township := ""
	for name := range pages {
		township = strings.TrimSuffix(name, ".html") + ".xlsx"
	}
	if err := os.WriteFile(township, []byte("changed by hand"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.ran()
	aside := strings.TrimSuffix(township, ".xlsx") + ".手工改动1.xlsx"
	if content, err := os.ReadFile(aside); err != nil || string(content) != "changed by hand" {
		t.Errorf("what was changed by hand is gone: %s, %v", content, err)
	}
	if err := os.Remove(aside); err != nil {
		t.Fatal(err)
	}
	if now := s.lists(".xlsx"); !maps.Equal(books, now) {
		t.Errorf("the workbooks were %v and are %v", slices.Sorted(maps.Keys(books)), slices.Sorted(maps.Keys(now)))
	}
	for name, digest := range s.lists(".html") {
		if content := string(must(os.ReadFile(name))(t)); digest == pages[name] || !strings.Contains(content, "2026年9月25日 至 2026年10月4日") {
			t.Errorf("%s does not say how long the list hangs", name)
		}
	}
}

// What comes after everything was posted is drawn, whoever has posted what.
func TestWhatComesAfterThePostingIsDrawn(t *testing.T) {
	s := twoVillages(t)
	s.post()
	s.ran()
	s.statement("清水邮储银行_2026Q3.csv", `
		合同号 借款人 贷款余额 实付利息
		B1     李四海 10000    88.17`)
	s.ran()
	s.wantLists(`
		北坡村 0 352.67 posted
		南坡村 0 440.83 posted
		南坡村 1 88.17 printed`)
}

var tags = regexp.MustCompile(`(?s)(<[^>]*>\s*)+`)

// reports tells whether the report says so, tags aside.
func (s *story) reports(words string) bool {
	s.t.Helper()
	page := must(os.ReadFile(filepath.Join(s.dir, "work/out/2026Q3/报告.html")))(s.t)
	return strings.Contains(tags.ReplaceAllString(string(page), "|"), words)
}

// The report says of each loan how far its publication is, where all are equally
// far and where they are not.
func TestTheReportSaysHowFarEachNoticeIs(t *testing.T) {
	s := twoVillages(t)
	want := func(when string, states ...string) {
		t.Helper()
		for _, state := range states {
			if !s.reports(state) {
				t.Errorf("%s, the report does not say %s", when, state)
			}
		}
	}
	want("before the posting", "待张贴|2|793.50")
	s.post("南坡村")
	want("with one village posted", "公示中|1|440.83", "待张贴|1|352.67")
	s.on("2026-09-30")
	s.post("北坡村")
	want("with both posted", "公示中|2|793.50")
	report := func(ctx context.Context, w *pipeline.Workspace) error {
		_, err := w.Report(ctx, q3, false)
		return err
	}
	s.on("2026-10-06")
	s.do(report)
	want("when one notice has run", "公示期满|1|440.83", "公示中|1|352.67")
	s.on("2026-10-20")
	s.do(report)
	want("when both have run", "公示期满|2|793.50")
	s.ran()
	want("when they are in a batch", "待审批|2|793.50")
}
