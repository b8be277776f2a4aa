package pipeline_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The notice says how far the subsidy goes, in the figures of 一(六).
func TestTheNoticeSaysHowFarTheSubsidyGoes(t *testing.T) {
	c := must(smallCounty(filepath.Join(t.TempDir(), "county")))(t)
	play(t, c, "run on the statements")
	page := string(must(os.ReadFile(filepath.Join(c.outDir(), "2026Q3", "公示", "石楼坪乡.html")))(t))
	const terms = "贴息标准：同一户贷款5万元（含）以下部分，中央财政按贷款利率的70%（不超过2.5个百分点）、省级财政按贷款利率的30%给予贴息，财政累计贴息不超过3.5个百分点；" +
		"经批准的大额贷款，5万元以上、10万元（含）以下部分，中央财政按贷款利率的70%（不超过2.5个百分点）给予贴息；其余利息由借款人承担。"
	if !strings.Contains(page, terms) {
		t.Errorf("the notice does not say %s", terms)
	}
}
