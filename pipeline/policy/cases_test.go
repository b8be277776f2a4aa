package policy_test

import (
	"testing"

	"tiexi/fixtures/cases"
	"tiexi/pipeline/policy"
)

func TestCasesComeOutAsWritten(t *testing.T) {
	results := policy.RunCases(cases.Files)
	if len(results) < 70 {
		t.Errorf("%d cases, want at least the worked examples and 60 more", len(results))
	}
	for _, r := range results {
		for _, p := range r.Problems {
			t.Errorf("%s: %v", r.Name, p)
		}
	}
}
