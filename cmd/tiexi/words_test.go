package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/urfave/cli/v2"

	"tiexi/pipeline/values"
)

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+# 0]*[\d.]*([a-zA-Z%])`)

// placeholders gives which argument each verb of a format prints, in order.
func placeholders(format string) (uses []string) {
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		kind := m[2]
		if kind == "q" || kind == "v" {
			kind = "s" // quoted in English, between “” in Chinese
		}
		uses = append(uses, strconv.Itoa(next)+kind)
		next++
	}
	slices.Sort(uses)
	return slices.Compact(uses)
}

// Every sentence of the program is written in both languages by one call, with
// the same arguments in both. This reads the program's own source.
func TestBothLanguagesSayTheSame(t *testing.T) {
	root := filepath.Join("..", "..")
	sentences := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 || !isSay(call.Fun) {
				return true
			}
			chinese, ok1 := literal(call.Args[0])
			english, ok2 := literal(call.Args[1])
			if !ok1 || !ok2 || chinese == "" || english == "" {
				return true
			}
			sentences++
			if len(call.Args) > 2 && !slices.Equal(placeholders(chinese), placeholders(english)) {
				t.Errorf("%s:\n%s\n%s\ndo not print the same arguments", files.Position(call.Pos()), chinese, english)
			}
			if strings.ContainsFunc(english, func(r rune) bool { return unicode.Is(unicode.Han, r) && !allowedHan(english) }) {
				t.Errorf("%s: Chinese within the English %q", files.Position(call.Pos()), english)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if sentences < 50 {
		t.Errorf("only %d sentences found: this test no longer reads what the program says", sentences)
	}
}

// allowedHan are the Chinese names that an English sentence may quote: what
// stands on files and in folders.
func allowedHan(english string) bool {
	for _, name := range []string{"山西省", "农业农村局", "更正", "核验", "公示", "发放", "问题清单", "审批单", "回盘", "处理意见", "通过", "退回", "至", "说明"} {
		english = strings.ReplaceAll(english, name, "")
	}
	return !strings.ContainsFunc(english, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func isSay(fun ast.Expr) bool {
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name == "Say" || f.Sel.Name == "in"
	case *ast.Ident:
		return f.Name == "Say"
	}
	return false
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func TestPlaceholdersAreTold(t *testing.T) {
	for _, c := range []struct {
		chinese, english string
		same             bool
	}{
		{"%s 有 %d 行", "%s has %d rows", true},
		{"%s 有 %d 行", "%[2]d rows in %[1]s", true},
		{"“%s”重复", "%q twice", true},
		{"%s 有 %d 行", "%s has rows", false},
		{"%d 行", "%s rows", false},
		{"100%%", "all", true},
	} {
		if got := slices.Equal(placeholders(c.chinese), placeholders(c.english)); got != c.same {
			t.Errorf("%q and %q: %v", c.chinese, c.english, got)
		}
	}
}

// Help fits 80 columns in both languages, and names every flag.
func TestHelpFitsTheScreen(t *testing.T) {
	for _, lang := range []values.Lang{values.Chinese, values.English} {
		p := quietProgram()
		p.lang = lang
		check := func(path []string) {
			var out bytes.Buffer
			p.stdout = &out
			if err := p.help(p.commands(), path); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				line = strings.TrimRight(line, "\n")
				if w := text.StringWidth(line); w > helpWidth && !strings.Contains(line, "  tiexi ") && !strings.HasPrefix(line, "  powershell") {
					t.Errorf("help %v (%s) is %d wide: %s", path, lang, w, line)
				}
				if strings.TrimRight(line, " ") != line {
					t.Errorf("help %v (%s) ends in spaces: %q", path, lang, line)
				}
			}
		}
		check(nil)
		for _, command := range p.commands() {
			if len(command.Subcommands) > 0 {
				check([]string{command.Name})
			}
		}
		everyCommand(p.commands(), nil, func(path []string, command *cli.Command) {
			if !command.Hidden {
				check(path)
			}
		})
	}
}

func TestTablesAlignByDisplayWidth(t *testing.T) {
	var out bytes.Buffer
	p := quietProgram()
	p.stdout = &out
	p.printTable([]column{left("银行"), right("金额"), left("说明")}, [][]string{
		{"清水农商银行", "1,234.50", "短"},
		{"A", "7.00", strings.Repeat("这一格很长，要折行才放得下。", 6)},
		{"阿依古丽·买买提", "12,345,678.90", "a word that is latin and long enough to be wrapped at a space somewhere"},
	})
	const amountEnd = 15 + 2 + 13 // widest name, gap, widest amount
	for line := range strings.Lines(out.String()) {
		line = strings.TrimRight(line, "\n")
		if w := text.StringWidth(line); w > helpWidth {
			t.Errorf("%d wide: %s", w, line)
		}
		for _, amount := range []string{"1,234.50", "7.00", "12,345,678.90", "金额"} {
			if before, _, ok := strings.Cut(line, amount); ok && text.StringWidth(before+amount) != amountEnd && amount != "7.00" {
				t.Errorf("amounts do not end in one column: %s", line)
			}
		}
	}
	if !strings.Contains(out.String(), "somewhere") || strings.Count(out.String(), "折行") != 6 {
		t.Errorf("a cell lost text:\n%s", out.String())
	}
}

// Where not all columns fit, a contract number in pieces is worse than a table
// without the ids, which says that it has none.
func TestNarrowTablesLeaveOutWhatCanBeSpared(t *testing.T) {
	columns := []column{left("借款人"), spare("身份证号"), left("合同号"), right("金额")}
	rows := [][]string{{"王小明", "149901****4942", "8801026000073", "50,000.00"}}
	for _, c := range []struct {
		name        string
		shown, gone bool
	}{{"王小明", true, false}, {strings.Repeat("王", 20), false, true}} {
		var out bytes.Buffer
		p := quietProgram()
		p.stdout = &out
		rows[0][0] = c.name
		p.printTable(columns, rows)
		if got := strings.Contains(out.String(), "149901****4942"); got != c.shown {
			t.Errorf("the id is shown: %v, want %v\n%s", got, c.shown, out.String())
		}
		if got := strings.Contains(out.String(), "没有列出：身份证号"); got != c.gone {
			t.Errorf("it says what is not shown: %v, want %v\n%s", got, c.gone, out.String())
		}
		if !strings.Contains(out.String(), "8801026000073") || !strings.Contains(out.String(), c.name) {
			t.Errorf("a cell is in pieces:\n%s", out.String())
		}
	}
}

func TestWrapKeepsEveryCharacter(t *testing.T) {
	for _, s := range []string{"", "短", strings.Repeat("汉", 50), strings.Repeat("x", 50), "一、二（三）：四，五。六；七", "a b  c\nd"} {
		squeeze := strings.NewReplacer(" ", "", "\n", "")
		for width := 4; width < 30; width++ {
			lines := wrap(s, width)
			if got := squeeze.Replace(strings.Join(lines, "")); got != squeeze.Replace(s) {
				t.Fatalf("wrap(%q, %d) = %q", s, width, lines)
			}
			for _, line := range lines {
				if text.StringWidth(line) > width {
					t.Fatalf("wrap(%q, %d): %q is too wide", s, width, line)
				}
			}
		}
	}
}
