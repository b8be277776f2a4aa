package pipeline_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tiexi/fixtures"
	"tiexi/formats/jobs"
	"tiexi/formats/sheet"
	"tiexi/pipeline"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

var q3 = values.Quarter{Year: 2026, Number: 3}

// county is the sample county in a folder of its own.
type county struct {
	dir string
	job *jobs.Job
}

// wholeCounty extracts the sample county as the demo does.
func wholeCounty(dir string) (*county, error) {
	if err := fixtures.Extract(dir); err != nil {
		return nil, err
	}
	return countyIn(dir)
}

// countyIn finds the county that an earlier process made in dir.
func countyIn(dir string) (*county, error) {
	file, err := jobs.Load(filepath.Join(dir, "jobs.yaml"))
	if err != nil {
		return nil, err
	}
	return &county{dir, &file.Jobs[0]}, nil
}

// smallCounty is a county of one bank's CSV, cut down to a score of loans with
// every outcome among them, and of the roster's rows for their villages' people.
func smallCounty(dir string) (*county, error) {
	if err := fixtures.Extract(dir); err != nil {
		return nil, err
	}
	if err := errors.Join(keepOneBank(filepath.Join(dir, "inbox")), cutRoster(dir)); err != nil {
		return nil, err
	}
	return countyIn(dir)
}

const smallStatement = "清水邮政储汇银行_2026Q3.csv"

func keepOneBank(inbox string) error {
	entries, err := os.ReadDir(inbox)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != smallStatement {
			if err := os.Remove(filepath.Join(inbox, e.Name())); err != nil {
				return err
			}
		}
	}
	path := filepath.Join(inbox, smallStatement)
	lines, err := linesOf(path)
	if err != nil {
		return err
	}
	kept := lines[:20] // title, heading, and lines of which some are held
	for _, l := range lines[20:] {
		for _, special := range []string{"ZC149901009056", "ZC149901009024", "ZC149901009048"} { // returned, held, stopped
			if strings.Contains(l, special+",") {
				kept = append(kept, l)
			}
		}
	}
	return os.WriteFile(path, gb18030(strings.Join(kept, "\r\n")+"\r\n"), 0o600)
}

func linesOf(path string) ([]string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().String(string(raw))
	return strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), err
}

func gb18030(text string) []byte {
	raw, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		panic(err) // GB18030 has every character
	}
	return []byte(raw)
}

// cutRoster writes the rows of the borrowers and their villages' first people
// into roster.csv, and points jobs.yaml at it.
func cutRoster(dir string) error {
	lines, err := linesOf(filepath.Join(dir, "inbox", smallStatement))
	if err != nil {
		return err
	}
	statement := strings.Join(lines, "\n")
	book, err := sheet.Open(filepath.Join(dir, "roster.xlsx"))
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }()
	var rows [][]string
	idColumn, wide := 0, 0
	err = book.Rows(0, func(r sheet.Row) error {
		wide = max(wide, r.Cells[len(r.Cells)-1].Column)
		cells := make([]string, wide)
		for _, c := range r.Cells {
			cells[c.Column-1] = c.Text
			if idColumn == 0 && c.Text == "证件号码" {
				idColumn = c.Column
			}
		}
		if idColumn == 0 || cells[idColumn-1] == "证件号码" || strings.Contains(statement, cells[idColumn-1][:min(18, len(cells[idColumn-1]))]) && cells[idColumn-1] != "" {
			rows = append(rows, cells)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	job, err := os.ReadFile(filepath.Join(dir, "jobs.yaml"))
	if err != nil {
		return err
	}
	job = bytes.Replace(job, []byte("roster: roster.xlsx"), []byte("roster: roster.csv"), 1)
	return errors.Join(os.WriteFile(filepath.Join(dir, "roster.csv"), text.Bytes(), 0o600),
		os.WriteFile(filepath.Join(dir, "jobs.yaml"), job, 0o600), os.Remove(filepath.Join(dir, "roster.xlsx")))
}

// act opens the workspace for one command of one person on one day.
func (c *county) act(opt pipeline.Options, do func(context.Context, *pipeline.Workspace) error) (err error) {
	if opt.Operator == "" {
		opt.Operator = "李经办"
	}
	ctx := context.Background()
	w, err := pipeline.Open(ctx, c.job, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	return do(ctx, w)
}

// look opens the workspace for reading.
func (c *county) look(t *testing.T, today string, do func(context.Context, *pipeline.Workspace) error) {
	t.Helper()
	w, err := pipeline.OpenView(t.Context(), c.job, pipeline.Options{Today: values.MustDate(today)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	if err := do(t.Context(), w); err != nil {
		t.Fatal(err)
	}
}

// step is one command of the quarter.
type step struct {
	name string
	day  string
	who  string
	do   func(context.Context, *county, *pipeline.Workspace) error
}

// perform runs the step as a command of its own.
func (s step) perform(c *county, opt pipeline.Options) error {
	opt.Today, opt.Operator = values.MustDate(s.day), s.who
	return c.act(opt, func(ctx context.Context, w *pipeline.Workspace) error { return s.do(ctx, c, w) })
}

// script is a quarter with everything that people do in it, command by command.
// A command may be repeated after it was killed; it may then be refused,
// because it was done already.
var script = []step{
	{"run on the statements", "2026-09-25", "李经办", run},
	{"accept by code", "2026-09-25", "李经办", decide(true, "age-out-of-range")},
	{"return by code", "2026-09-25", "李经办", decide(false, "purpose-not-allowed")},
	{"run on the decisions", "2026-09-25", "李经办", run},
	{"post the notices", "2026-09-26", "李经办", func(ctx context.Context, _ *county, w *pipeline.Workspace) error {
		_, err := w.PostNotice(ctx, pipeline.NoticeRequest{Quarter: q3, On: values.MustDate("2026-09-26")})
		return err
	}},
	{"object", "2026-09-28", "李经办", func(ctx context.Context, _ *county, w *pipeline.Workspace) error {
		return w.Object(ctx, objection("2026-09-28"))
	}},
	{"run after the notice", "2026-10-07", "李经办", run},
	{"approve", "2026-10-08", "王局长", approve},
	{"return file", "2026-10-15", "赵财政", returnFile("01", "2026-10-14", map[int]string{2: "户名不符", 5: "账号不存在"})},
	{"reject the objection", "2026-10-16", "李经办", func(ctx context.Context, _ *county, w *pipeline.Workspace) error {
		return w.ResolveObjection(ctx, objection("2026-10-16"))
	}},
	{"run on failures", "2026-10-20", "李经办", run},
	{"approve again", "2026-10-20", "王局长", approve},
	{"void", "2026-10-21", "王局长", func(ctx context.Context, _ *county, w *pipeline.Workspace) error {
		return w.Void(ctx, "2026Q3-02", "导入前发现需要改动", false)
	}},
	{"run on the voided", "2026-10-21", "李经办", run},
	{"approve once more", "2026-10-21", "王局长", approve},
	{"mark sent", "2026-10-22", "赵财政", func(ctx context.Context, _ *county, w *pipeline.Workspace) error {
		return w.MarkSent(ctx, "2026Q3-03", values.MustDate("2026-10-22"), false)
	}},
	{"second return file", "2026-10-26", "赵财政", returnFile("03", "2026-10-23", nil)},
	{"open the risk fund", "2026-10-27", "赵财政", openFund},
	{"run on a correction", "2026-10-28", "李经办", runOnCorrection},
}

func run(ctx context.Context, _ *county, w *pipeline.Workspace) error {
	_, err := w.Run(ctx, pipeline.RunRequest{})
	return err
}

func decide(accept bool, code string) func(context.Context, *county, *pipeline.Workspace) error {
	return func(ctx context.Context, _ *county, w *pipeline.Workspace) error {
		_, err := w.Decide(ctx, pipeline.DecideRequest{Quarter: q3, Accept: accept, Code: code, Why: "已核实"})
		return err
	}
}

func approve(ctx context.Context, _ *county, w *pipeline.Workspace) error {
	_, err := w.Approve(ctx, pipeline.ApproveRequest{Quarter: q3})
	return err
}

// openFund gives the county a risk fund late, so that the run after it has its
// statement to bring up to date.
func openFund(ctx context.Context, _ *county, w *pipeline.Workspace) error {
	_, err := w.AddToFund(ctx, pipeline.FundEntryRequest{Kind: ledger.FundOpening, Amount: 50_000_00, On: values.MustDate("2026-09-01"), Why: "建账"})
	return err
}

// objection is one to a borrower of the small county, who is paid in the second
// batch therefore.
func objection(on string) pipeline.ObjectionRequest {
	return pipeline.ObjectionRequest{Quarter: q3, Township: "石楼坪乡", Village: "南坡村", Name: "令狐双喜", Why: "不在本村居住", On: values.MustDate(on)}
}

// returnFile plays the platform: it answers every row of the payment file.
func returnFile(batch, day string, failures map[int]string) func(context.Context, *county, *pipeline.Workspace) error {
	return func(ctx context.Context, c *county, w *pipeline.Workspace) error {
		raw, err := linesOf(filepath.Join(c.outDir(), "2026Q3", "发放", "2026Q3-"+batch+".csv"))
		if err != nil {
			return err
		}
		rows, err := csv.NewReader(strings.NewReader(strings.Join(raw, "\n"))).ReadAll()
		if err != nil {
			return err
		}
		var answer bytes.Buffer
		out := csv.NewWriter(&answer)
		for i, row := range rows {
			state := []string{"成功", "", day}
			if i == 0 {
				state = []string{"发放状态", "失败原因", "发放日期"}
			} else if failures[i] != "" {
				state = []string{"失败", failures[i], day}
			}
			if err := out.Write(append(row, state...)); err != nil {
				return err
			}
		}
		out.Flush()
		path := filepath.Join(c.dir, "回盘-"+batch+".csv")
		if err := writeWhole(path, answer.Bytes()); err != nil {
			return err
		}
		_, err = w.Return(ctx, path)
		return err
	}
}

// runOnCorrection drops a corrected statement into the inbox: one borrower paid
// less than the bank had said, one line is no longer there.
func runOnCorrection(ctx context.Context, c *county, w *pipeline.Workspace) error {
	lines, err := linesOf(filepath.Join(c.job.Inbox, smallStatement))
	if err != nil {
		return err
	}
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, "ZC149901000052,") || strings.HasPrefix(l, "合计") })
	for i, l := range lines {
		if strings.Contains(l, "ZC149901000095,") {
			lines[i] = strings.ReplaceAll(l, "3.60%", "3.55%")
			lines[i] = strings.ReplaceAll(lines[i], "217.78", "214.75")
		}
	}
	corrected := strings.TrimSuffix(smallStatement, ".csv") + "更正.csv"
	if err := writeWhole(filepath.Join(c.job.Inbox, corrected), gb18030(strings.Join(lines, "\r\n"))); err != nil {
		return err
	}
	return run(ctx, c, w)
}

// writeWhole writes a file that a killed helper leaves whole or not at all.
func writeWhole(path string, content []byte) error {
	if standing, err := os.ReadFile(path); err == nil && bytes.Equal(standing, content) {
		return nil
	}
	return errors.Join(os.WriteFile(path+".tmp", content, 0o600), os.Rename(path+".tmp", path))
}

func (c *county) outDir() string { return filepath.Join(c.job.Workspace, "out") }

// state is everything that a workspace keeps: every row of every table, and
// every file below out/ and archive/.
type state struct {
	rows  []string
	files map[string]string // path → digest
}

func (c *county) state(t *testing.T) state {
	t.Helper()
	return state{dump(t, filepath.Join(c.job.Workspace, "ledger.db")), digests(t, c.job.Workspace, "out", "archive")}
}

// dump is every row of every table, a line each.
func dump(t *testing.T, path string) (rows []string) {
	t.Helper()
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "mode=rw&_query_only=1"}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, table := range texts(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`) {
		columns := texts(t, db, `SELECT 'quote("' || name || '")' FROM pragma_table_info('`+table+`') ORDER BY cid`)
		if len(columns) == 0 {
			t.Fatalf("table %s has no columns", table)
		}
		row := strings.Join(columns, ` || ' | ' || `)
		for _, r := range texts(t, db, `SELECT `+row+` AS r FROM "`+table+`" ORDER BY r`) {
			rows = append(rows, table+": "+r)
		}
	}
	return rows
}

func texts(t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// digests is the content of every file below the folders, temporary ones too.
func digests(t *testing.T, dir string, below ...string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, folder := range below {
		err := filepath.WalkDir(filepath.Join(dir, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				if errors.Is(err, fs.ErrNotExist) {
					return nil
				}
				return err
			}
			content, err := os.ReadFile(path)
			name, _ := filepath.Rel(dir, path)
			files[filepath.ToSlash(name)] = outbox.Digest(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// differs says where two states are not the same, in a few lines.
func (s state) differs(want state) string {
	var said []string
	have, wanted := map[string]int{}, map[string]int{}
	for _, r := range s.rows {
		have[r]++
	}
	for _, r := range want.rows {
		wanted[r]++
	}
	for _, r := range s.rows {
		if have[r] > wanted[r] {
			said = append(said, "+ "+r)
		}
	}
	for _, r := range want.rows {
		if wanted[r] > have[r] {
			said = append(said, "- "+r)
		}
	}
	names := maps.Clone(s.files)
	maps.Copy(names, want.files)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if s.files[name] != want.files[name] {
			said = append(said, fmt.Sprintf("%s is %.8s, not %.8s", name, s.files[name], want.files[name]))
		}
	}
	if len(said) > 12 {
		said = append(said[:12], fmt.Sprintf("… and %d more", len(said)-12))
	}
	return strings.Join(said, "\n")
}

func same(t *testing.T, got, want state) {
	t.Helper()
	if d := got.differs(want); d != "" {
		t.Errorf("the workspace differs:\n%s", d)
	}
}

// copyCounty makes a copy of a county in a folder of its own.
func copyCounty(t *testing.T, from *county) *county {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "county")
	if err := os.CopyFS(dir, os.DirFS(from.dir)); err != nil {
		t.Fatal(err)
	}
	c, err := countyIn(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// failer is a test, of whatever kind.
type failer interface {
	Helper()
	Fatal(args ...any)
}

func must[T any](value T, err error) func(failer) T {
	return func(t failer) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// long asks for the whole county and every point instead of a sample.
var long = os.Getenv("TIEXI_LONG") == "1"
