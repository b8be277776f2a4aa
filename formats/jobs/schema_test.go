package jobs

import (
	"encoding/json"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v4"
)

// What Load accepts the schema accepts, and what a schema can say against a
// file it does say: an editor that contradicts the program helps nobody.
func TestTheSchemaAgreesWithLoad(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema jsonschema.Schema
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		good       bool
	}{
		{"least", minimal, true},
		{"contract", full, true},
		{"profile", minimal + "    profiles: {p: {columns: [{title: 姓名, value: name}], row_limit: 500}}\n", true},
		{"headings", minimal + "    banks: [{name: 甲, headings: {客户号: id, 备: ignore}}]\n", true},
		{"unknown key", minimal + "    inboks: x\n", false},
		{"interest day", minimal + "    interest_day: 29\n", false},
		{"alerts", minimal + "    alerts: {overdue_rate: \"5\", bad_rate: \"2.5\"}\n", true},
		{"alert", minimal + "    alerts: {bad_rate: \"5%\"}\n", false},
		{"kind", minimal + "    notice: {kind: days}\n", false},
		{"field", minimal + "    banks: [{name: 甲, headings: {客户号: idd}}]\n", false},
		{"approvals", minimal + "    approvals: 3\n", false},
		{"column", minimal + "    profiles: {p: {columns: [{title: 姓名, value: nam}]}}\n", false},
		{"no jobs", "jobs: []\n", false},
		{"missing", "jobs: [{name: a}]\n", false},
	} {
		var value any
		if err := yaml.Load([]byte(c.text), &value); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		var instance any
		if err := json.Unmarshal(asJSON, &instance); err != nil {
			t.Fatal(err)
		}
		if err := resolved.Validate(instance); (err == nil) != c.good {
			t.Errorf("%s: the schema says %v", c.name, err)
		}
		if _, err := Parse([]byte(c.text), "/county/jobs.yaml"); (err == nil) != c.good {
			t.Errorf("%s: Load says %v", c.name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{minimal, full, "jobs:\n\t- a", "jobs: [&a {name: *a}]", "jobs:\n  - name：a\n", "--- \n---\n", "jobs: [~]\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(data, "/county/jobs.yaml")
		if err == nil && len(file.Jobs) == 0 {
			t.Error("neither a job nor an error")
		}
	})
}
