package pipeline_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tiexi/pipeline"
)

// wantRosters checks the imported rosters in their order, with their dates, how many
// persons they have, and how many rows of persons the ledger keeps of all.
func (s *story) wantRosters(want string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "work", "ledger.db")+"?mode=ro")
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var got string
	if err := db.QueryRow(`SELECT coalesce((SELECT group_concat(name || ' ' || taken_on || ' ' || persons, ', ') FROM (SELECT * FROM snapshot ORDER BY id)), 'none')
		|| '; ' || (SELECT count(*) FROM person)`).Scan(&got); err != nil {
		s.t.Fatal(err)
	}
	if got != want {
		s.t.Errorf("the rosters are %s, want %s", got, want)
	}
}

func (s *story) wantRefusedRosters(report *pipeline.RunReport, want ...string) {
	s.t.Helper()
	var got []string
	for _, r := range report.Refused {
		got = append(got, r.Name+" "+r.Reason.Chinese)
	}
	ok := len(got) == len(want)
	for i := range min(len(got), len(want)) {
		name, words, _ := strings.Cut(want[i], " ")
		ok = ok && strings.HasPrefix(got[i], name+" ") && strings.Contains(got[i], words)
	}
	if !ok {
		s.t.Errorf("refused are %q, want %q", got, want)
	}
}

func TestAnOlderAndAMuchSmallerRosterAreRefused(t *testing.T) {
	s := newStory(t)
	s.ran()
	s.wantRosters("roster.csv 2026-01-01 6; 6")
	s.roster("2025-12-31", strings.ReplaceAll(countyRoster, "100000001", "200000001"))
	s.wantRefusedRosters(s.run(), "roster.csv 早于已导入的 2026-01-01")
	s.wantRosters("roster.csv 2026-01-01 6; 6")
	if indexes := s.indexes("person"); indexes != "person_household person_id" {
		t.Errorf("of the indexes %q are left", indexes)
	}

	smaller := strings.Join(strings.SplitAfter(strings.TrimSpace(countyRoster), "\n")[:5], "") // the headings and four persons, a third fewer
	s.roster("2026-02-01", smaller)
	s.wantRefusedRosters(s.run(), "roster.csv 名单只有 4 人，比上一份（roster.csv，6 人）少五分之一以上")
	s.wantRosters("roster.csv 2026-01-01 6; 6")
	s.wantRefusedRosters(s.runWith(pipeline.RunRequest{DryRun: true, AcceptSmaller: true}))
	s.wantRosters("roster.csv 2026-01-01 6; 6")
	s.wantRefusedRosters(s.runWith(pipeline.RunRequest{AcceptSmaller: true}))
	s.wantRosters("roster.csv 2026-01-01 6, roster.csv 2026-02-01 4; 6") // who stayed has one row
}

// indexes of a table.
func (s *story) indexes(table string) (names string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "work", "ledger.db")+"?mode=ro")
	if err == nil {
		defer func() { _ = db.Close() }()
		err = db.QueryRow(`SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? ORDER BY name)`, table).Scan(&names)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return names
}

// folder makes the job read its rosters from a folder.
func (s *story) folder() string {
	s.t.Helper()
	s.write("jobs.yaml", strings.Replace(storyJob, "roster: roster.csv", "roster: rosters", 1))
	if err := os.Mkdir(filepath.Join(s.dir, "rosters"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	s.configure()
	return filepath.Join(s.dir, "rosters")
}

// broken is a roster whose first sheet has 1,200 persons, and whose second has
// two columns of names.
func (s *story) broken(path string) {
	s.t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for row := range 1201 {
		cells := &[]any{fmt.Sprint("H", row), "王小明", residentID("19800101", row%999), "河西镇", "柳林村", "2026-03-01"}
		if row == 0 {
			cells = &[]any{"户编号", "姓名", "证件号码", "乡(镇)", "行政村", "数据日期"}
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", row+1), cells); err != nil {
			s.t.Fatal(err)
		}
	}
	if _, err := f.NewSheet("Sheet2"); err != nil {
		s.t.Fatal(err)
	}
	if err := f.SetSheetRow("Sheet2", "A1", &[]any{"户编号", "姓名", "姓名", "证件号码", "乡(镇)", "行政村"}); err != nil {
		s.t.Fatal(err)
	}
	if err := f.SaveAs(path); err != nil {
		s.t.Fatal(err)
	}
}

func TestSeveralRostersAreTakenInTheOrderOfTheirDates(t *testing.T) {
	s := newStory(t)
	rosters := s.folder()
	for _, r := range []struct{ name, taken, account string }{
		{"甲.csv", "2026-04-01", "100000001"}, {"乙.csv", "2026-01-01", "200000001"}, {"丙.csv", "2026-04-01", "300000001"}, {"丁.csv", "2026-01-01", "200000001"},
	} {
		s.roster(r.taken, strings.ReplaceAll(countyRoster, "100000001", r.account))
		if err := os.Rename(filepath.Join(s.dir, "roster.csv"), filepath.Join(rosters, r.name)); err != nil {
			t.Fatal(err)
		}
	}
	s.broken(filepath.Join(rosters, "乱.xlsx"))
	s.wantRefusedRosters(s.run(), "乱.xlsx 姓名")
	s.wantRosters("丁.csv 2026-01-01 6, 丙.csv 2026-04-01 6, 甲.csv 2026-04-01 6; 8") // 乙 is the same as 丁; one account changes twice
}

func TestARosterThatBreaksInItsMiddleLeavesNothing(t *testing.T) {
	s := newStory(t)
	s.broken(filepath.Join(s.folder(), "乱.xlsx"))
	s.statement("清水农商银行_2026Q3.csv", twoLoans)
	s.wantRefusedRosters(s.run(), "乱.xlsx 姓名")
	s.wantRosters("none; 0")
	if indexes := s.indexes("person"); indexes != "person_household person_id" {
		t.Errorf("of the indexes %q are left", indexes)
	}
	s.wantLines("A1 returned 0.00 not-on-roster\nA3 returned 0.00 not-on-roster")
}

// A file whose content changes between the look that takes its digest and its
// turn is not read, even where its size and its date are the same.
func TestAFileThatChangesBeforeItsTurnWaits(t *testing.T) {
	s := newStory(t)
	s.roster("2026-01-01", countyRoster)
	s.statement("清水农商银行_2026Q3.csv", twoLoans)
	bank, roster := filepath.Join(s.dir, "inbox", "清水农商银行_2026Q3.csv"), filepath.Join(s.dir, "roster.csv")
	swap := func(path, before, after string) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, []byte(strings.ReplaceAll(string(content), before, after)), 0o600)
		}
		if err == nil {
			err = os.Chtimes(path, time.Time{}, info.ModTime())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	run := func(when string, meanwhile func()) *pipeline.RunReport {
		w, err := pipeline.Open(t.Context(), s.job, pipeline.Options{Today: s.today, Operator: s.who, Events: func(e pipeline.Event) {
			if strings.Contains(e.Text.Chinese, when) {
				meanwhile()
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = w.Close() }()
		report, err := w.Run(context.Background(), pipeline.RunRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return report
	}

	report := run("帮扶名单 roster.csv：6 人", func() { swap(bank, "50000", "60000") })
	s.wantRefusedRosters(report, "清水农商银行_2026Q3.csv 还在写入")
	if !report.Refused[0].Waiting {
		t.Error("it does not wait")
	}

	s.roster("2026-02-01", strings.ReplaceAll(countyRoster, "100000001", "1.00E+09")) // which cannot be read, and is told
	report = run("处读不懂的单元格", func() { swap(roster, "100000002", "200000002") })
	s.wantRefusedRosters(report, "roster.csv 还在写入")
	s.wantRosters("roster.csv 2026-01-01 6; 6")
	s.run()
	s.wantRosters("roster.csv 2026-01-01 6, roster.csv 2026-02-01 6; 8")
}
