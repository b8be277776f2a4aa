package pipeline_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"tiexi/formats/sheet"
	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// The hostile corpus is a folder of recipes. A recipe says what a file in the
// inbox must come to, and how to make the file:
//
//	expect: refused damaged                  named in the run's report, with this reason
//	expect: waiting, then as usual           one outcome for each run; usual.txt says what usual is
//	expect: rows 3 accepted 1 held 1 …       every row is accounted for, and these are the findings
//	about:  why it is here
//	make:   a step of the list below; several in order; "run" is between two runs
//	table:  the statement, cells apart by |; without one, that of usual.txt
//
// A step may turn the file into many (truncate every 5%); all of them must come
// to the same.
const hostileFolder = "../fixtures/hostile"

// hostilePeak is what the whole run of a recipe may take at its worst moment.
const hostilePeak = 200 << 20

// Every recipe is a process of its own, so that its peak of memory is its own.
func TestHostileFilesAreNamedOrAccountedFor(t *testing.T) {
	t.Parallel()
	recipes := must(filepath.Glob(filepath.Join(hostileFolder, "*.txt")))(t)
	if len(recipes) < 35 {
		t.Fatalf("only %d recipes", len(recipes))
	}
	for i, path := range recipes {
		if testing.Short() && i%8 != 0 {
			continue // a sample, for the race detector: a process takes it two seconds and more
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			p := exec.CommandContext(t.Context(), must(os.Executable())(t), "-test.run=^TestHostileRecipe$", fmt.Sprint("-test.short=", testing.Short()))
			p.Env = append(os.Environ(), "TIEXI_HOSTILE="+path)
			if out, err := p.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestHostileRecipe is no test of its own: it is the process that tries one.
func TestHostileRecipe(t *testing.T) {
	path := os.Getenv("TIEXI_HOSTILE")
	if path == "" {
		t.Skip("only a process for the other test")
	}
	r, usual := readRecipe(t, path), readRecipe(t, filepath.Join(hostileFolder, "usual.txt"))
	if len(r.tables) == 0 {
		r.tables = usual.tables
	}
	h := &hostile{story: newStory(t), tables: r.tables}
	for i, want := range r.expect {
		if want == "as usual" {
			want = usual.expect[0]
		}
		for len(r.steps) > 0 {
			step := r.steps[0]
			r.steps = r.steps[1:]
			if step == "run" {
				break
			}
			h.step(step)
		}
		h.tried(fmt.Sprint("run ", i+1), want)
	}
	if len(r.steps) > 0 {
		t.Fatalf("steps that no run comes after: %q", r.steps)
	}
	if peak := peakMemory(); peak > hostilePeak && !testing.Short() { // -short is for the race detector, which takes several times as much
		t.Errorf("%d MB at its peak", peak>>20)
	}
}

// peakMemory is the most memory in bytes that the process had; 0 where the
// system does not say.
func peakMemory() int {
	status, _ := os.ReadFile("/proc/self/status")
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	words := append(strings.Fields(after), "0")
	kb, _ := strconv.Atoi(words[0])
	return kb << 10
}

type recipe struct {
	expect []string
	steps  []string
	tables []hostileTable
}

type hostileTable struct {
	name string
	rows [][]string
}

func readRecipe(t *testing.T, path string) (r recipe) {
	t.Helper()
	about, inTable := "", false
	for _, line := range strings.Split(string(must(os.ReadFile(path))(t)), "\n") {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch {
		case key == "expect":
			r.expect = strings.Split(value, ", then ")
		case key == "about":
			about = value
		case key == "make":
			r.steps = append(r.steps, value)
		case key == "table" || strings.HasPrefix(key, "table "):
			name := strings.TrimSpace(strings.TrimPrefix(key, "table"))
			r.tables, inTable = append(r.tables, hostileTable{name: name}), true
		case inTable:
			var row []string
			for _, c := range strings.Split(line, "|") {
				row = append(row, strings.TrimSpace(c))
			}
			last := &r.tables[len(r.tables)-1]
			last.rows = append(last.rows, row)
		case strings.TrimSpace(line) != "":
			t.Fatalf("%s: what is %q?", path, line)
		}
	}
	for i, table := range r.tables { // blank lines at its end are the file's
		for n := len(table.rows); n > 0 && len(table.rows[n-1]) == 1 && table.rows[n-1][0] == ""; n-- {
			r.tables[i].rows = table.rows[:n-1]
		}
	}
	if len(r.expect) == 0 || about == "" {
		t.Fatalf("%s does not say what to expect, or why", path)
	}
	return r
}

// hostile is a recipe at work in a county.
type hostile struct {
	*story
	tables []hostileTable
	files  []hostileFile // that lie in the inbox at the next run
	before string        // what the quarter came to before the next run

	during func(run func()) // what happens around the next run; nil for nothing
	points func(string)     // what happens at the points of the next run
}

type hostileFile struct {
	name string
	data []byte
}

// tried runs once and compares what the files came to.
func (h *hostile) tried(when, want string) {
	h.t.Helper()
	for _, f := range h.files {
		path := filepath.Join("inbox", f.name)
		if err := os.MkdirAll(filepath.Dir(filepath.Join(h.dir, path)), 0o700); err != nil {
			h.t.Fatal(err)
		}
		h.write(path, string(f.data))
	}
	var report *pipeline.RunReport
	var err error
	run := func() {
		opt := pipeline.Options{Today: h.today, Operator: h.who, Points: h.points}
		var w *pipeline.Workspace
		if w, err = pipeline.Open(context.Background(), h.job, opt); err != nil {
			return
		}
		defer func() { _ = w.Close() }()
		report, err = w.Run(context.Background(), pipeline.RunRequest{})
	}
	if h.during == nil {
		h.during = func(run func()) { run() }
	}
	h.during(run)
	h.during, h.points = nil, nil

	var fault *values.Fault
	if errors.As(err, &fault) && fault.Kind == values.FaultBusy {
		if want != "busy" {
			h.t.Errorf("%s: busy, want %s", when, want)
		}
		return
	}
	if err != nil {
		h.t.Fatal(err)
	}
	got := h.comesTo()
	switch verb, words, _ := strings.Cut(want, " "); verb {
	case "refused", "waiting":
		h.wantNamed(when, report.Refused, verb == "waiting", words)
		want = h.before
	case "ignored", "rows":
		for _, r := range report.Refused {
			h.t.Errorf("%s: %s is refused: %s", when, r.Name, r.Reason.Chinese)
		}
		if verb == "ignored" {
			want = h.before
		}
	default:
		h.t.Fatalf("nobody knows how to expect %q", want)
	}
	if got != want {
		h.t.Errorf("%s comes to\n%s, want\n%s", when, got, want)
	}
	h.before = got
}

// wantNamed: each file, and nothing else, is named with this reason.
func (h *hostile) wantNamed(when string, refused []pipeline.RefusedFile, waiting bool, words string) {
	h.t.Helper()
	named := map[string]pipeline.RefusedFile{}
	for _, r := range refused {
		named[r.Name] = r
	}
	for _, f := range h.files {
		r, ok := named[f.name]
		reason := r.Reason.English + r.Reason.Chinese
		if !ok || r.Waiting != waiting || !strings.Contains(reason, reasonIn(words)) {
			h.t.Errorf("%s: %s is named: %v, waiting: %v, because %s; want %q", when, f.name, ok, r.Waiting, reason, words)
		}
	}
	if len(refused) != len(h.files) {
		h.t.Errorf("%s: %d files are named, want %d", when, len(refused), len(h.files))
	}
}

// reasonIn gives what a refusal with a code of package sheet says; other words
// must be in the reason themselves.
func reasonIn(words string) string {
	for r := sheet.Damaged; r <= sheet.Unreadable; r++ {
		if r.String() == words {
			sentence, _, _ := strings.Cut((&sheet.Refusal{Reason: r}).English(), ". Next")
			return sentence
		}
	}
	return words
}

// comesTo accounts for every line of the quarter; "" where there is none.
func (h *hostile) comesTo() string {
	h.t.Helper()
	lines, codes, subsidy := map[values.Outcome]int{}, map[string]bool{}, values.Fen(0)
	h.view(func(ctx context.Context, w *pipeline.Workspace) error {
		return w.Lines(ctx, h.quarter, func(l pipeline.LineView) error {
			lines[l.Outcome]++
			subsidy += l.Subsidy
			for _, code := range l.Findings {
				codes[code] = true
			}
			return nil
		})
	})
	if len(lines) == 0 {
		return ""
	}
	n := 0
	for _, of := range lines {
		n += of
	}
	return fmt.Sprintf("rows %d accepted %d held %d returned %d subsidy %s findings %s", n, lines[values.Accepted], lines[values.Held], lines[values.Returned],
		subsidy, strings.Join(slices.Sorted(maps.Keys(codes)), " "))
}

// steps are what a recipe may say behind make:, first word first.
var hostileSteps = map[string]func(h *hostile, arg string){
	"xlsx":     (*hostile).xlsx,
	"csv":      (*hostile).csv,
	"file":     func(h *hostile, arg string) { h.one(must(os.ReadFile(filepath.Join(hostileFolder, arg)))(h.t)) },
	"text":     func(h *hostile, arg string) { h.one([]byte(arg)) },
	"named":    func(h *hostile, arg string) { h.files[0].name = arg },
	"copied":   func(h *hostile, arg string) { h.files = append(h.files, hostileFile{arg, h.files[0].data}) },
	"truncate": func(h *hostile, arg string) { h.many(arg, func(data []byte, at int) []byte { return data[:at] }) },
	"flip":     (*hostile).flip,
	"merge":    (*hostile).merge,
	"replace":  func(h *hostile, arg string) { h.replace(arg, false) },
	"forge":    func(h *hostile, arg string) { h.replace(arg, true) },
	"rename":   (*hostile).rename,
	"above": func(h *hostile, text string) {
		h.tables[0].rows = slices.Insert(h.tables[0].rows, 0, []string{text})
	},
	"append": func(h *hostile, digits string) {
		h.files[0].data = append(h.files[0].data, must(hex.DecodeString(digits))(h.t)...)
	},
	"add":     (*hostile).add,
	"growing": (*hostile).growing,
	"busy":    (*hostile).busy,
	"late": func(h *hostile, point string) {
		late := h.files[0]
		h.files = nil
		h.points = func(name string) {
			if name == point && h.files == nil {
				h.files = []hostileFile{late}
				h.write(filepath.Join("inbox", late.name), string(late.data))
			}
		}
	},
}

func (h *hostile) step(step string) {
	h.t.Helper()
	verb, arg, _ := strings.Cut(step, " ")
	do := hostileSteps[verb]
	if do == nil {
		h.t.Fatalf("nobody knows how to make %q", step)
	}
	do(h, arg)
}

// one begins anew with one file, or goes on with the name that it has.
func (h *hostile) one(data []byte) {
	name := "清水农商银行2026Q3.xlsx"
	if len(h.files) > 0 {
		name = h.files[0].name
	}
	h.files = []hostileFile{{name, data}}
}

// many makes a file for every step of so many per cent: "every 5%", or one: "40%".
func (h *hostile) many(arg string, wreck func(data []byte, at int) []byte) {
	percent, err := strconv.Atoi(strings.Trim(arg, "very %"))
	if err != nil || percent < 1 {
		h.t.Fatalf("%q is no step", arg)
	}
	whole := h.files[0]
	h.files = nil
	for n := percent; n < 100; n += percent {
		ext := filepath.Ext(whole.name)
		name := fmt.Sprint(strings.TrimSuffix(whole.name, ext), "-", n, "%", ext)
		h.files = append(h.files, hostileFile{name, wreck(bytes.Clone(whole.data), len(whole.data)*n/100)})
		if !strings.HasPrefix(arg, "every") {
			break
		}
	}
}

// xlsx writes the tables: #1.5 is a number, @46113 a number shown as a date.
// Options: 1904, password WORD.
func (h *hostile) xlsx(arg string) {
	f := excelize.NewFile()
	options := strings.Fields(arg)
	if slices.Contains(options, "1904") {
		yes := true
		h.check(f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
	}
	date := must(f.NewStyle(&excelize.Style{NumFmt: 14}))(h.t)
	for i, table := range h.tables {
		name := table.name
		if name == "" {
			name = "贴息名单"
		}
		if i == 0 {
			h.check(f.SetSheetName("Sheet1", name))
		} else {
			must(f.NewSheet(name))(h.t)
		}
		for r, row := range table.rows {
			for c, text := range row {
				at := must(excelize.CoordinatesToCellName(c+1, r+1))(h.t)
				switch {
				case strings.HasPrefix(text, "#"):
					h.check(f.SetCellDefault(name, at, text[1:]))
				case strings.HasPrefix(text, "@"):
					h.check(errors.Join(f.SetCellDefault(name, at, text[1:]), f.SetCellStyle(name, at, at, date)))
				case text != "":
					h.check(f.SetCellStr(name, at, text))
				}
			}
		}
	}
	var out bytes.Buffer
	var password excelize.Options
	if i := slices.Index(options, "password"); i >= 0 {
		password.Password = options[i+1]
	}
	h.check(f.Write(&out, password))
	h.one(out.Bytes())
}

func (h *hostile) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// merge merges cells of the first sheet: D1:E1.
func (h *hostile) merge(cells string) {
	from, to, _ := strings.Cut(cells, ":")
	f := must(excelize.OpenReader(bytes.NewReader(h.files[0].data)))(h.t)
	var out bytes.Buffer
	h.check(errors.Join(f.MergeCell(f.GetSheetName(0), from, to), f.Write(&out)))
	h.files[0].data = out.Bytes()
}

var hostileEncodings = map[string]encoding.Encoding{
	"utf-8": encoding.Nop, "utf-8-bom": unicode.UTF8BOM, "gb18030": simplifiedchinese.GB18030,
	"utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
}

// csv writes the first table in an encoding.
func (h *hostile) csv(name string) {
	text := csvText(h.tables[0].rows)
	h.one([]byte(must(hostileEncodings[name].NewEncoder().String(text))(h.t)))
	h.files[0].name = strings.TrimSuffix(h.files[0].name, ".xlsx") + ".csv"
}

// flip turns bits of the compressed bytes of an entry: ENTRY every 5%.
func (h *hostile) flip(arg string) {
	entry, steps, _ := strings.Cut(arg, " ")
	z := must(zip.NewReader(bytes.NewReader(h.files[0].data), int64(len(h.files[0].data))))(h.t)
	for _, f := range z.File {
		if f.Name == entry {
			from := int(must(f.DataOffset())(h.t))
			h.many(steps, func(data []byte, at int) []byte {
				data[from+at*int(f.CompressedSize64)/len(data)] ^= 0x55
				return data
			})
			return
		}
	}
	h.t.Fatalf("there is no %s", entry)
}

// rezip writes the archive anew: edit gives each entry's new name and content.
// A forged entry keeps the checksum that it had.
func (h *hostile) rezip(forged bool, edit func(name, text string) (string, string), more func(*zip.Writer)) {
	z := must(zip.NewReader(bytes.NewReader(h.files[0].data), int64(len(h.files[0].data))))(h.t)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	changed := more != nil
	for _, f := range z.File {
		old := string(must(io.ReadAll(must(f.Open())(h.t)))(h.t))
		name, text := edit(f.Name, old)
		changed = changed || name != f.Name || text != old
		header := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: f.CRC32, CompressedSize64: uint64(len(text)), UncompressedSize64: uint64(len(text))}
		create := w.CreateHeader
		if forged {
			create = w.CreateRaw
		} else {
			header = &zip.FileHeader{Name: name, Method: zip.Deflate}
		}
		must(io.WriteString(must(create(header))(h.t), text))(h.t)
	}
	if more != nil {
		more(w)
	}
	if !changed {
		h.t.Fatal("the step changes nothing")
	}
	h.check(w.Close())
	h.files[0].data = out.Bytes()
}

func unchanged(name, text string) (string, string) { return name, text }

var repeatedText = regexp.MustCompile(`^(.*) × (\d+)$`)

// replace changes the text of an entry: ENTRY: OLD => NEW, or => NEW × 1000 OLD.
func (h *hostile) replace(arg string, forged bool) {
	entry, change, _ := strings.Cut(arg, ": ")
	old, now, _ := strings.Cut(change, " => ")
	if m := repeatedText.FindStringSubmatch(now); m != nil {
		n, _ := strconv.Atoi(m[2])
		now = strings.Repeat(m[1], n) + old
	}
	h.rezip(forged, func(name, text string) (string, string) {
		if name == entry {
			text = strings.Replace(text, old, now, 1)
		}
		return name, text
	}, nil)
}

// rename: OLD => NEW.
func (h *hostile) rename(arg string) {
	old, now, _ := strings.Cut(arg, " => ")
	h.rezip(false, func(name, text string) (string, string) {
		if name == old {
			name = now
		}
		return name, text
	}, nil)
}

// add adds entries: NAME: TEXT, NAME: itself, NAME: 100 MB of zeros, NAME: 100
// MB of zeros, zipped; # in a name is each number to the count before it: 10001 x/#.
func (h *hostile) add(arg string) {
	name, text, _ := strings.Cut(arg, ": ")
	count, megabytes := 1, 0
	if n, pattern, ok := strings.Cut(name, " "); ok {
		count, name = must(strconv.Atoi(n))(h.t), pattern
	}
	whole := h.files[0].data
	h.rezip(false, unchanged, func(z *zip.Writer) {
		for i := range count {
			w := must(z.Create(strings.ReplaceAll(name, "#", strconv.Itoa(i))))(h.t)
			switch n, _ := fmt.Sscanf(text, "%d MB of zeros", &megabytes); {
			case n == 1 && strings.HasSuffix(text, "zipped"):
				inner := zip.NewWriter(w)
				h.zeros(must(inner.Create("x"))(h.t), megabytes)
				h.check(inner.Close())
			case n == 1:
				h.zeros(w, megabytes)
			case text == "itself":
				must(w.Write(whole))(h.t)
			default:
				must(io.WriteString(w, text))(h.t)
			}
		}
	})
}

func (h *hostile) zeros(w io.Writer, megabytes int) {
	buf := make([]byte, 1<<20)
	for range megabytes {
		must(w.Write(buf))(h.t)
	}
}

// growing copies the file into the inbox while the next run looks at it.
func (h *hostile) growing(string) {
	whole := h.files[0]
	h.files[0].data = whole.data[:len(whole.data)/2]
	h.during = func(run func()) {
		pipeline.LookApart(300 * time.Millisecond) // the writer gets its turn, however busy the machine is
		f := must(os.OpenFile(filepath.Join(h.dir, "inbox", whole.name), os.O_APPEND|os.O_WRONLY, 0))(h.t)
		stop, stopped := make(chan struct{}), make(chan error)
		go func() {
			for {
				select {
				case <-stop:
					stopped <- f.Close()
					return
				default:
					if _, err := f.Write([]byte{0}); err != nil {
						stopped <- errors.Join(err, f.Close())
						return
					}
				}
			}
		}()
		time.Sleep(10 * time.Millisecond)
		run()
		close(stop)
		h.check(<-stopped)
		h.files[0].data = whole.data
	}
}

// busy keeps the workspace open elsewhere during the next run.
func (h *hostile) busy(string) {
	h.during = func(run func()) {
		w := must(pipeline.Open(context.Background(), h.job, pipeline.Options{Today: h.today, Operator: "张三"}))(h.t)
		run()
		h.check(w.Close())
	}
}
