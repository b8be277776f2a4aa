package jobs

import (
	_ "embed"
	"strings"
	"text/template"

	"tiexi/pipeline/values"
)

//go:embed template.yaml
var templateText string

var commented = template.Must(template.New(FileName).Funcs(template.FuncMap{
	"quote":  quote,
	"fields": func() string { return strings.Join(fieldWords(), "、") },
	"values": func() string { return strings.Join(PaymentValues, "、") },
}).Parse(templateText))

// Template writes a commented jobs.yaml that holds one job: what is set in it
// as given, everything else as a comment with its default. Loading it gives the
// job back. The schema is expected beside the file.
func Template(job Job) ([]byte, error) {
	job = withDefaults(job)
	var text strings.Builder
	if err := commented.Execute(&text, job); err != nil {
		return nil, err
	}
	return []byte(text.String()), nil
}

func withDefaults(job Job) Job {
	file := &File{Jobs: []Job{job}}
	complete(file)
	out := file.Jobs[0]
	// Paths stay as they were given: relative to the file.
	out.Inbox, out.Roster, out.Workspace = job.Inbox, job.Roster, job.Workspace
	return out
}

// quote writes a YAML text in double quotes, whatever it holds.
func quote(text any) string {
	var s string
	switch t := text.(type) {
	case string:
		s = t
	case DaysKind:
		s = string(t)
	case values.Lang:
		s = string(t)
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r >= ' ':
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
