package jobs

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"tiexi/pipeline/values"
)

// Problem is one mistake in jobs.yaml. Line and Column count from 1; columns
// count characters.
type Problem struct {
	Line, Column int
	Text         values.Text
}

// Problems is every mistake of one file, in the order of its lines.
type Problems struct {
	Path string
	List []Problem

	source [][]byte // the file's lines
}

// Error lists the mistakes in Chinese, one a line.
func (p *Problems) Error() string { return p.In(values.Chinese) }

// In lists the mistakes, one a line, as "path:line:column: what".
func (p *Problems) In(lang values.Lang) string {
	lines := make([]string, len(p.List))
	for i, problem := range p.List {
		lines[i] = fmt.Sprintf("%s:%d:%d: %s", p.Path, problem.Line, problem.Column, problem.Text.In(lang))
	}
	return strings.Join(lines, "\n")
}

var (
	fullWidthColon = regexp.MustCompile(`^\s*(- *)?"?[A-Za-z_]+"?\s*：`)
	tabIndent      = regexp.MustCompile(`^ *\t`)
)

// add records a mistake, with a hint where its line shows one of the two slips
// that YAML's own message never names: a tab, or the colon of a Chinese
// keyboard.
func (p *Problems) add(line, column int, text values.Text) {
	if line >= 1 && line <= len(p.source) {
		source := p.source[line-1]
		switch {
		case tabIndent.Match(source):
			text = join(text, values.Say("行首有制表符（Tab）；YAML 只能用空格缩进。",
				"The line begins with a tab; YAML is indented with spaces only."))
		case fullWidthColon.Match(source):
			text = join(text, values.Say("键名后是全角冒号“：”；请改成半角冒号加一个空格“: ”。",
				"The key is followed by a full-width colon; write \": \", a plain colon and a space."))
		}
	}
	p.List = append(p.List, Problem{max(line, 1), max(column, 1), text})
}

func join(a, b values.Text) values.Text {
	return values.Text{Chinese: a.Chinese + b.Chinese, English: a.English + " " + b.English}
}

func (p *Problems) sort() {
	slices.SortStableFunc(p.List, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// addYAML records what the YAML library found, in our words.
func (p *Problems) addYAML(err error) {
	var all *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &all):
		for _, each := range all.Errors {
			p.add(each.Mark.Line, each.Mark.Column, translate(each))
		}
	case errors.As(err, &one):
		p.add(one.Mark.Line, one.Mark.Column, translate(one))
	case err != nil:
		p.add(1, 1, values.Say("YAML 语法有误：%v。", "Bad YAML: %v.", err))
	}
}

var (
	unknownKey = regexp.MustCompile(`^field (.+) not found in type jobs\.(\w+)`)
	wrongKind  = regexp.MustCompile("(?s)^cannot construct (!!\\w+)(?: `(.*)`)? into (.+)$")
)

func translate(e *yaml.LoadError) values.Text {
	if m := unknownKey.FindStringSubmatch(e.Message); m != nil {
		return unknown(m[1], keysOf(m[2]))
	}
	if m := wrongKind.FindStringSubmatch(e.Message); m != nil {
		wanted := kindWords(m[3])
		if m[1] == "!!seq" || m[1] == "!!map" {
			return values.Text{
				Chinese: "这里应是" + wanted.Chinese + "。",
				English: "This must be " + wanted.English + ".",
			}
		}
		return values.Text{
			Chinese: fmt.Sprintf("“%s”不对，这里应是%s。", m[2], wanted.Chinese),
			English: fmt.Sprintf("%q is wrong here; it must be %s.", m[2], wanted.English),
		}
	}
	text := values.Say("YAML 语法有误：%s。", "Bad YAML: %s.", e.Message)
	switch {
	case strings.Contains(e.Message, "unknown escape character"), strings.Contains(e.Message, "hexadecimal"):
		text = join(text, values.Say(`双引号里的反斜杠 \ 有特殊含义；路径请用单引号，或改用 /。`,
			`A backslash in double quotes is special; put paths in single quotes, or write /.`))
	case strings.Contains(e.Message, "did not find expected"):
		text = join(text, values.Say("多半是缩进没有对齐，或缺少引号、括号、逗号。",
			"Most likely the indentation is off, or a quote, bracket or comma is missing."))
	}
	return text
}

// kindWords names what a value of that Go type looks like in YAML.
func kindWords(goType string) values.Text {
	switch {
	case goType == "int":
		return values.Say("整数", "a whole number")
	case goType == "bool":
		return values.Say("true 或 false", "true or false")
	case strings.HasPrefix(goType, "[]"):
		return values.Say("一个列表（每项以“- ”开头）", "a list (each item begins with \"- \")")
	case strings.HasPrefix(goType, "map[") || keysOf(strings.TrimPrefix(goType, "jobs.")) != nil:
		return values.Say("若干“键: 值”", "keys and values")
	}
	return values.Say("一段文字", "a text")
}

// keysOf gives the keys of a mapping by the name of its Go type, nil where
// there is no such mapping.
func keysOf(typeName string) []string {
	for _, t := range []reflect.Type{
		reflect.TypeFor[File](), reflect.TypeFor[Job](), reflect.TypeFor[County](), reflect.TypeFor[Phones](),
		reflect.TypeFor[Bank](), reflect.TypeFor[Notice](), reflect.TypeFor[Payment](), reflect.TypeFor[Profile](),
		reflect.TypeFor[Column](), reflect.TypeFor[Return](), reflect.TypeFor[Alerts](),
	} {
		if t.Name() != typeName {
			continue
		}
		var keys []string
		for i := range t.NumField() {
			if key := t.Field(i).Tag.Get("yaml"); key != "-" {
				keys = append(keys, key)
			}
		}
		return keys
	}
	return nil
}

// unknown says that a word is none of those known, and which it may have been
// meant to be.
func unknown(word string, known []string) values.Text {
	if near := Nearest(word, known); near != "" {
		return values.Say("不认识“%s”；是不是“%s”？", "Unknown %q; did you mean %q?", word, near)
	}
	return values.Text{
		Chinese: fmt.Sprintf("不认识“%s”；可以写：%s。", word, strings.Join(known, "、")),
		English: fmt.Sprintf("Unknown %q; known are: %s.", word, strings.Join(known, ", ")),
	}
}

// addDuplicates records keys that stand twice in one mapping.
func (p *Problems) addDuplicates(node *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		first := map[string]int{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			if line, twice := first[key.Value]; twice {
				p.add(key.Line, key.Column, values.Say("键“%s”重复了，第 %d 行已有。",
					"The key %q stands twice; line %d has it already.", key.Value, line))
				continue
			}
			first[key.Value] = key.Line
		}
	}
	for _, child := range node.Content {
		p.addDuplicates(child)
	}
}
