package pipeline_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// paidCounty is a county of one loan, accepted, posted, paid; and of a line that
// went back to the bank.
func paidCounty(t *testing.T) *county {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"jobs.yaml": "jobs:\n  - {name: q, county: {name: 清水县}, inbox: inbox, roster: roster.csv, workspace: work}\n",
		"inbox/清水农商银行2026年三季度.csv": "清水农商银行2026年第三季度贴息名单\n借款人,证件号码,合同编号,贷款余额,年利率(%),放款日期,到期日期,实付利息\n" +
			"王小明,149901199001010012,HT-001,50000,3.45,2026-04-01,2027-04-01,440.83\n张小刚,149901197503030038,HT-003,20000,3.45,2026-04-01,2027-04-01,176.33\n",
		"roster.csv": "户编号,姓名,证件号码,乡(镇),行政村,一卡通开户行,一卡通账号,数据日期\nH1,王小明,149901199001010012,河口镇,上河村,清水农商银行,6217000000000010011,2026-09-21\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	c, err := countyIn(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []step{
		{"run", "2026-09-21", "李经办", run},
		{"post", "2026-09-21", "李经办", func(ctx context.Context, _ *county, w *pipeline.Workspace) error {
			_, err := w.PostNotice(ctx, pipeline.NoticeRequest{Quarter: q3, On: values.MustDate("2026-09-21")})
			return err
		}},
		{"run again", "2026-10-01", "李经办", run},
		{"approve", "2026-10-01", "王局长", approve},
		{"send", "2026-10-01", "王局长", func(ctx context.Context, _ *county, w *pipeline.Workspace) error {
			return w.MarkSent(ctx, "2026Q3-01", values.MustDate("2026-10-01"), false)
		}},
		{"settle", "2026-10-02", "王局长", func(ctx context.Context, _ *county, w *pipeline.Workspace) error {
			return w.SettleByHand(ctx, "2026Q3-01-00001", true, "银行回单", false)
		}},
		{"run at last", "2026-10-02", "李经办", run},
	} {
		if err := s.perform(c, pipeline.Options{}); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
	}
	return c
}

func (c *county) purge(opt pipeline.Options) (report *pipeline.PurgeReport, err error) {
	opt.Today = values.MustDate("2029-10-01")
	err = c.act(opt, func(ctx context.Context, w *pipeline.Workspace) (err error) {
		report, err = w.Purge(ctx, pipeline.PurgeRequest{Quarter: q3, Why: "保存期满"})
		return err
	})
	return report, err
}

// audit gives what was not proved.
func (c *county) audit(t *testing.T) (failures []string) {
	t.Helper()
	c.look(t, "2029-10-01", func(ctx context.Context, w *pipeline.Workspace) error {
		report, err := w.Audit(ctx)
		if err == nil {
			for _, f := range report.Failures {
				failures = append(failures, f.Chinese)
			}
		}
		return err
	})
	return failures
}

// A purge that is killed between its record and the last file is noticed, and
// finished by asking again.
func TestAPurgeThatIsKilledIsFinishedByAskingAgain(t *testing.T) {
	c := paidCounty(t)
	func() {
		defer func() { _ = recover() }()
		_, _ = c.purge(pipeline.Options{Points: func(name string) {
			if name == "purge:recorded" {
				panic("killed")
			}
		}})
	}()
	if got := c.audit(t); len(got) != 1 || !strings.Contains(got[0], "清除没有做完，还有 1 份原件") {
		t.Errorf("after the kill the audit says %q", got)
	}
	report, err := c.purge(pipeline.Options{})
	if err != nil || len(report.Files) != 0 {
		t.Errorf("asked again: %+v, %v", report, err)
	}
	if got := c.audit(t); len(got) != 0 {
		t.Errorf("afterwards the audit says %q", got)
	}
}

// What was not purged is missed as ever.
func TestAPurgeExcusesNoOtherLoss(t *testing.T) {
	c := paidCounty(t)
	if _, err := c.purge(pipeline.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := c.audit(t); len(got) != 0 {
		t.Errorf("the audit says %q", got)
	}
	if err := os.Remove(filepath.Join(c.outDir(), "2026Q3", "发放", "2026Q3-01.xlsx")); err != nil {
		t.Fatal(err)
	}
	if got := c.audit(t); len(got) != 1 || !strings.Contains(got[0], "2026Q3-01.xlsx") {
		t.Errorf("without the payment file the audit says %q", got)
	}
}
