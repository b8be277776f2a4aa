package values

import "fmt"

// Lang is the language of words for people.
type Lang string

// Chinese is the default; English is asked for by --lang en or TIEXI_LANG.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// Text is a sentence in both languages, side by side so that neither is
// forgotten when the other changes.
type Text struct {
	Chinese string
	English string
}

// Say formats the same arguments into both languages. Where word order differs
// the formats use explicit indexes (%[2]s).
func Say(chinese, english string, args ...any) Text {
	if len(args) == 0 {
		return Text{chinese, english}
	}
	return Text{fmt.Sprintf(chinese, args...), fmt.Sprintf(english, args...)}
}

// In gives the sentence in that language.
func (t Text) In(lang Lang) string {
	if lang == English {
		return t.English
	}
	return t.Chinese
}

// IsZero tells whether nothing is said.
func (t Text) IsZero() bool { return t == Text{} }

// FaultKind tells callers apart what went wrong; cmd turns it into exit codes.
type FaultKind string

// Kinds of fault.
const (
	FaultRefused FaultKind = "refused" // the request or the file cannot be honoured: exit 1
	FaultConfig  FaultKind = "config"  // usage or configuration: exit 2
	FaultBusy    FaultKind = "busy"    // another run holds the workspace: exit 11
)

// Fault is an error that a person can act on: what happened and where, and
// what to do next.
type Fault struct {
	Kind FaultKind
	What Text
	Hint Text
	Err  error // what lies behind it, or nil
}

// Refuse is a fault of kind refused.
func Refuse(what, hint Text) *Fault { return &Fault{Kind: FaultRefused, What: what, Hint: hint} }

// Error gives the Chinese sentence with its hint; cmd asks for other languages.
func (f *Fault) Error() string { return f.In(Chinese) }

// In gives what happened and what to do in that language.
func (f *Fault) In(lang Lang) string {
	s := f.What.In(lang)
	if f.Err != nil {
		s += fmt.Sprintf(" (%v)", f.Err)
	}
	if hint := f.Hint.In(lang); hint != "" {
		s += "\n" + hint
	}
	return s
}

// Unwrap gives what lies behind the fault.
func (f *Fault) Unwrap() error { return f.Err }
