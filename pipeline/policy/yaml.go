package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// source is one YAML file being read. Everything found wrong goes into
// problems, so that one look shows all of it.
type source struct {
	file     string
	problems *Problems
}

// fail records a problem at n; n nil means the file as a whole.
func (s *source) fail(n *yaml.Node, zh, en string) {
	p := Problem{File: s.file, Message: zh, English: en}
	if n != nil {
		p.Line, p.Column = n.Line, n.Column
	}
	*s.problems = append(*s.problems, p)
}

// parse gives the root of the file's only document, or nil with a problem.
func (s *source) parse(text []byte) *yaml.Node {
	loader, err := yaml.NewLoader(bytes.NewReader(text))
	if err != nil {
		s.syntax(err)
		return nil
	}
	var document, second yaml.Node
	switch err := loader.Load(&document); {
	case errors.Is(err, io.EOF), err == nil && len(document.Content) == 0:
		s.fail(nil, "文件是空的", "the file is empty")
		return nil
	case err != nil:
		s.syntax(err)
		return nil
	}
	switch err := loader.Load(&second); {
	case err == nil:
		s.fail(&second, "一个文件只能有一段内容，请删去“---”之后的部分", "one document a file: remove what follows the ---")
	case !errors.Is(err, io.EOF):
		s.syntax(err)
	}
	return document.Content[0]
}

// syntax reports what the YAML library says, at its mark.
func (s *source) syntax(err error) {
	message, mark := err.Error(), &yaml.Node{}
	var one *yaml.LoadError
	if errors.As(err, &one) {
		message, mark.Line, mark.Column = one.Message, one.Mark.Line, max(one.Mark.Column, 1)
	}
	hint := "请检查缩进（只用空格，不用制表符）、冒号（用半角）和引号"
	s.fail(mark, "YAML 格式有误："+message+"。"+hint,
		"not valid YAML: "+message+"; check indentation (spaces, no tabs), colons and quotes")
}

// fields are a mapping's values by key; see [source.mapping].
type fields struct {
	node   *yaml.Node // the mapping itself, where a missing key is reported
	values map[string]*yaml.Node
	keys   []*yaml.Node // in the order of the file
}

func (f *fields) get(key string) *yaml.Node { return f.values[key] }

// mapping reads n as a mapping of the known keys. Unknown and repeated keys are
// problems; ok is false where n is no mapping at all.
func (s *source) mapping(n *yaml.Node, known ...string) (fields, bool) {
	n = resolve(n)
	f := fields{node: n, values: map[string]*yaml.Node{}}
	if n.Kind != yaml.MappingNode {
		want := strings.Join(known, "、")
		s.fail(n, "这里应是“键: 值”的形式，可用的键："+want, "a mapping is wanted here, with the keys "+strings.Join(known, ", "))
		return f, false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], resolve(n.Content[i+1])
		switch {
		case f.values[key.Value] != nil:
			s.fail(key, "键“"+key.Value+"”写了两次", fmt.Sprintf("key %q is repeated", key.Value))
		case !slices.Contains(known, key.Value):
			zh, en := suggest(key.Value, known)
			s.fail(key, "不认识的键“"+key.Value+"”"+zh, fmt.Sprintf("unknown key %q%s", key.Value, en))
		default:
			f.values[key.Value] = value
			f.keys = append(f.keys, key)
		}
	}
	return f, true
}

// resolve follows an alias to what it stands for.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// suggest names the known key that was probably meant, else all of them.
func suggest(key string, known []string) (zh, en string) {
	if strings.Contains(key, "：") {
		return "（冒号请用半角）", " (use the ASCII colon)"
	}
	best, distance := "", 3
	for _, k := range known {
		if d := editDistance(key, k); d < distance {
			best, distance = k, d
		}
	}
	if best != "" {
		return "，是不是“" + best + "”？", fmt.Sprintf(", did you mean %q?", best)
	}
	return "，可用的键：" + strings.Join(known, "、"), ", known are " + strings.Join(known, ", ")
}

// editDistance is Levenshtein's, in characters.
func editDistance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range to {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}

// text reads a non-empty scalar as it is written. A missing (nil) node is
// reported at the mapping that lacks it.
func (s *source) text(f *fields, key string) (string, bool) {
	n := f.get(key)
	if n == nil {
		s.fail(f.node, "缺少“"+key+"”", fmt.Sprintf("%q is missing", key))
		return "", false
	}
	if n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" || n.Tag == "!!null" {
		s.fail(n, "“"+key+"”应填一个值", fmt.Sprintf("%q wants a value", key))
		return "", false
	}
	return n.Value, true
}

// optionalText is text for a key that may be left out.
func (s *source) optionalText(f *fields, key string) string {
	if f.get(key) == nil {
		return ""
	}
	value, _ := s.text(f, key)
	return value
}

// list reads n as a sequence; a missing (nil) one is empty.
func (s *source) list(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		s.fail(n, "这里应是清单，每项以“- ”开头", "a list is wanted here, each item begins with \"- \"")
		return nil
	}
	items := make([]*yaml.Node, len(n.Content))
	for i, item := range n.Content {
		items[i] = resolve(item)
	}
	return items
}
