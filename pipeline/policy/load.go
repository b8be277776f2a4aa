package policy

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"tiexi/pipeline/values"
)

//go:embed policies/*.yaml
var shipped embed.FS

// Policy is a named set of terms and conditions with the contract dates that it
// governs.
type Policy struct {
	Name  string // the name in traces and reports
	Title string // 帮扶小额信贷
	// Contracts are the signing dates it governs. An open end is a day no
	// contract is signed on; Describe leaves it blank.
	Contracts Span

	rows       []*row
	settings   map[string]*setting
	transition *Span // set: it takes over extensions of loans disbursed in this period (二(三))
	rateFirst  bool
	conditions values.Conditions
}

// Set is the policies of a job, which together govern every contract date.
type Set struct {
	policies []*Policy // by contract date
	digest   string
	tier1    values.Fen // of a household, also for loans whose terms have no tiers
	scratch  scratchPool
}

// Shipped are the names of the policies that come with the program.
func Shipped() []string {
	entries, _ := shipped.ReadDir("policies") // an embedded folder can be read
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return names
}

// Load reads the named policies: shipped names from the program, others by
// read, which gets the name as it stands in jobs.yaml or after extends. Where a
// file is wrong the error is [Problems]: all that is wrong with all files.
// An error of read itself is a problem of the file that needed it.
func Load(names []string, read func(name string) ([]byte, error)) (*Set, error) {
	l := loader{read: read, digest: sha256.New()}
	set := &Set{tier1: values.Fen(maxFen)}
	for _, name := range names {
		if d := l.document(name, nil); d != nil {
			set.policies = append(set.policies, l.policy(d))
		}
	}
	if len(names) == 0 {
		l.problems = append(l.problems, Problem{Message: "没有指定任何政策文件", English: "no policies are named"})
	}
	slices.SortStableFunc(set.policies, func(a, b *Policy) int { return cmp.Compare(a.Contracts.From, b.Contracts.From) })
	if len(l.problems) == 0 {
		l.together(set.policies)
	}
	if len(l.problems) > 0 {
		l.problems.sort()
		return nil, l.problems
	}
	set.digest = hex.EncodeToString(l.digest.Sum(nil))
	set.shareTiers()
	return set, nil
}

// shareTiers gives loans without tiers of their own the tier 1 of the newest
// policy that has one: they take their place in it (policy.md §4).
func (s *Set) shareTiers() {
	for _, p := range s.policies {
		for _, r := range p.rows {
			if r.household {
				s.tier1 = r.tier1.size
			}
		}
	}
	for _, p := range s.policies {
		for _, r := range p.rows {
			if !r.household {
				r.tier1.size = s.tier1
			}
		}
	}
}

// Digest is the SHA-256 of all files' bytes in the order in which they were
// read, in hex: the policies' part of a stage's fingerprint.
func (s *Set) Digest() string { return s.digest }

// Policies are those of the set by contract date.
func (s *Set) Policies() []*Policy { return slices.Clone(s.policies) }

// document is a policy file with what it extends merged in.
type document struct {
	file     *source
	root     *yaml.Node
	name     string
	title    string
	settings map[string]*setting
	rows     []*rowFile
}

type loader struct {
	read     func(string) ([]byte, error)
	digest   hash.Hash
	problems Problems
}

// document reads one file and, first, the one it extends. within are the files
// that extend this one.
func (l *loader) document(name string, within []string) *document {
	file := &source{file: name, problems: &l.problems}
	text, err := l.bytes(name)
	if err != nil {
		file.fail(nil, "读不到政策文件："+err.Error()+"；随程序提供的有："+strings.Join(Shipped(), "、"),
			"cannot read the policy file: "+err.Error()+"; shipped are "+strings.Join(Shipped(), ", "))
		return nil
	}
	fmt.Fprintf(l.digest, "%s %d\n", name, len(text))
	l.digest.Write(text)
	root := file.parse(text)
	if root == nil {
		return nil
	}
	f, ok := file.mapping(root, "policy", "title", "extends", "settings", "terms")
	if !ok {
		return nil
	}
	base := &document{}
	if n := f.get("extends"); n != nil {
		parent, ok := file.text(&f, "extends")
		if !ok {
			return nil
		}
		within = append(within, name)
		if slices.Contains(within, parent) {
			file.fail(n, "“extends”绕成了圈："+strings.Join(append(within, parent), " → "), "extends runs in a circle: "+strings.Join(append(within, parent), " → "))
			return nil
		}
		if base = l.document(parent, within); base == nil {
			return nil
		}
	}
	return file.compose(&f, base)
}

func (l *loader) bytes(name string) ([]byte, error) {
	if slices.Contains(Shipped(), name) {
		return shipped.ReadFile("policies/" + name + ".yaml")
	}
	if l.read == nil {
		return nil, fmt.Errorf("%s: no such policy", name)
	}
	return l.read(name)
}

// compose lays the file over its base.
func (s *source) compose(f *fields, base *document) *document {
	d := &document{file: s, root: f.node, name: base.name, title: base.title}
	if base.name == "" || f.get("policy") != nil {
		d.name, _ = s.text(f, "policy")
	}
	if base.title == "" || f.get("title") != nil {
		d.title, _ = s.text(f, "title")
	}
	d.settings = s.settings(f.get("settings"), base.settings)
	d.rows = s.terms(f.get("terms"), base.rows)
	return d
}
