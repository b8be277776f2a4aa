package pipeline_test

import (
	"context"
	"encoding/csv"
	"io/fs"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"go.yaml.in/yaml/v4"

	"tiexi/fixtures"
	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// firstRun is the whole county after its first run, before any decision.
func firstRun(t *testing.T) *county {
	t.Helper()
	c := must(wholeCounty(filepath.Join(t.TempDir(), "county")))(t)
	play(t, c, "run on the statements")
	return c
}

// place is the key of a line.
type place struct {
	file, sheet string
	row         int
}

// The sample county's quarter comes to what was computed from the notice by a
// second program that shares no code with this one: every line, every fen.
func TestTheQuarterComesToWhatItMust(t *testing.T) {
	t.Parallel()
	c := firstRun(t)
	expected := expectedLines(t)
	c.look(t, "2026-09-25", func(ctx context.Context, w *pipeline.Workspace) error {
		seen := map[place]bool{}
		err := w.Lines(ctx, q3, func(l pipeline.LineView) error {
			at := place{l.File, l.Sheet, l.Row}
			want, ok := expected[at]
			if !ok || seen[at] {
				t.Errorf("%v is not expected, or comes twice", at)
				return nil
			}
			seen[at] = true
			findings := slices.Sorted(slices.Values(l.Findings))
			got := strings.Join([]string{l.Bank, l.Contract, string(l.Outcome), strings.Join(findings, ","), strings.Join(l.Blocked, ","),
				l.Central.String(), l.Provincial.String(), l.Subsidy.String()}, "\t")
			if got != want {
				t.Errorf("%v:\n got %s\nwant %s", at, got, want)
			}
			return nil
		})
		if len(seen) != len(expected) {
			t.Errorf("%d lines, want %d", len(seen), len(expected))
		}
		return err
	})
}

// expectedLines is expected/lines.tsv, its findings sorted.
func expectedLines(t *testing.T) map[place]string {
	t.Helper()
	f, err := fixtures.FS.Open("expected/lines.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	records := must(r.ReadAll())(t)
	if want := "file sheet row bank contract outcome findings blocked central provincial subsidy"; strings.Join(records[0], " ") != want {
		t.Fatalf("lines.tsv has the columns %v", records[0])
	}
	lines := map[place]string{}
	for _, record := range records[1:] {
		at := place{record[0], record[1], rowNumber(t, record[2])}
		findings := strings.Fields(record[6])
		slices.Sort(findings)
		record[6] = strings.Join(findings, ",")
		lines[at] = strings.Join(record[3:], "\t")
	}
	return lines
}

func rowNumber(t *testing.T, text string) (n int) {
	t.Helper()
	for _, digit := range text {
		n = n*10 + int(digit-'0')
	}
	if n == 0 {
		t.Fatalf("%q is no row number", text)
	}
	return n
}

// sums of a group of loans, as totals.yaml has them.
type sums struct {
	Loans                      int
	Central, Provincial, Total values.Fen
}

func TestTheQuartersTotals(t *testing.T) {
	t.Parallel()
	var want struct {
		Lines            map[string]int
		Subsidy          sums
		Townships, Banks map[string]sums
	}
	if err := yaml.Unmarshal(must(fs.ReadFile(fixtures.FS, "expected/totals.yaml"))(t), &want); err != nil {
		t.Fatal(err)
	}
	c := firstRun(t)
	c.look(t, "2026-09-25", func(ctx context.Context, w *pipeline.Workspace) error {
		status, err := w.Status(ctx, q3)
		if err != nil {
			return err
		}
		lines := map[string]int{"total": status.Lines.Total, "accepted": status.Lines.Accepted, "held": status.Lines.Held, "returned": status.Lines.Returned}
		for name, n := range want.Lines {
			if lines[name] != n {
				t.Errorf("%d lines are %s, want %d", lines[name], name, n)
			}
		}
		if got := (sums{0, status.Subsidy.Central, status.Subsidy.Provincial, status.Subsidy.Total}); got != want.Subsidy {
			t.Errorf("the subsidy is %+v, want %+v", got, want.Subsidy)
		}
		banks := map[string]sums{}
		err = w.Lines(ctx, q3, func(l pipeline.LineView) error {
			b := banks[l.Bank]
			banks[l.Bank] = sums{0, b.Central + l.Central, b.Provincial + l.Provincial, b.Total + l.Subsidy}
			return nil
		})
		for name, s := range want.Banks {
			s.Loans = 0
			if banks[name] != s {
				t.Errorf("%s: %+v, want %+v", name, banks[name], s)
			}
		}
		// the villages' lists are what hangs: a loan with nothing due is on none
		townships := map[string]sums{}
		lists, noticeErr := w.NoticeStatus(ctx, q3)
		for _, l := range lists {
			s := townships[l.Township]
			townships[l.Township] = sums{Total: s.Total + l.Total}
		}
		for name, s := range want.Townships {
			if townships[name].Total != s.Total {
				t.Errorf("the lists of %s come to %s, want %s", name, townships[name].Total, s.Total)
			}
		}
		if len(townships) != len(want.Townships) || len(banks) != len(want.Banks) {
			t.Errorf("%d townships and %d banks", len(townships), len(banks))
		}
		if err == nil {
			err = noticeErr
		}
		return err
	})
}

// Every finding leads to the bank's cell: the address is in the row of its
// line, under the heading of the field that it is about, and where the finding
// quotes the cell, the cell holds just that.
func TestAFindingsCellHoldsTheValueItNames(t *testing.T) {
	t.Parallel()
	c := firstRun(t)
	banks := bankBooks{t, c, map[string]*excelize.File{}, map[string][][]string{}}
	quoted := 0
	c.look(t, "2026-09-25", func(ctx context.Context, w *pipeline.Workspace) error {
		return w.Findings(ctx, q3, values.Chinese, func(f pipeline.FindingView) error {
			if f.Cell == "" {
				if f.Code != "terms-not-configured" && f.Code != "account-missing" { // about days, or a column the sheet has not
					t.Errorf("%s of %s row %d names no cell", f.Code, f.File, f.Row)
				}
				return nil
			}
			if !strings.Contains(f.Message, "单元格"+f.Cell) {
				t.Errorf("%s: the message does not name %s: %s", f.Code, f.Cell, f.Message)
			}
			held := banks.cell(f.File, f.Sheet, f.Cell)
			if about, derived := derivedValues[f.Code]; derived {
				heading := banks.heading(f.File, f.Sheet, f.Cell)
				if !slices.ContainsFunc(strings.Fields(about), func(title string) bool { return strings.Contains(heading, title) }) {
					t.Errorf("%s of %s points at %s under %q, want %s", f.Code, f.File, f.Cell, heading, about)
				}
				return nil
			}
			quoted++
			if !sameValue(held, f.Value) {
				t.Errorf("%s: %s %s!%s holds %q, the finding says %q", f.Code, f.File, f.Sheet, f.Cell, held, f.Value)
			}
			return nil
		})
	})
	if quoted < 25 {
		t.Errorf("only %d findings quote their cell", quoted)
	}
}

// derivedValues are the codes whose value is worked out and does not stand in
// the cell (an age, a sum, days, a day on the roster), with the
// headings of which one must stand above their cell.
var derivedValues = map[string]string{
	"removed-later":           "证件号码 身份证号码",
	"extension-after-removal": "展期签订日期",
	"duplicate-line":          "合同号 合同编号",
	"days-outside-quarter":    "起息日",
	"days-after-maturity":     "到期日 到期日期",
	"two-households":          "证件号码 身份证号码",
	"age-out-of-range":        "证件号码 身份证号码",
	"household-over-ceiling":  "贷款余额 计息本金",
}

// bankBooks reads the banks' files by other means than the program does.
type bankBooks struct {
	t     *testing.T
	c     *county
	books map[string]*excelize.File
	texts map[string][][]string
}

func (b bankBooks) cell(file, sheet, address string) string {
	b.t.Helper()
	if strings.HasSuffix(file, ".csv") {
		column, row, err := excelize.CellNameToCoordinates(address)
		if err != nil {
			b.t.Fatal(err)
		}
		return b.csv(file)[row-1][column-1]
	}
	return must(b.book(file).GetCellValue(sheet, address, excelize.Options{RawCellValue: true}))(b.t)
}

// heading is everything above the data in the cell's column.
func (b bankBooks) heading(file, sheet, address string) (text string) {
	b.t.Helper()
	column := strings.TrimRight(address, "0123456789")
	for _, row := range []string{"1", "2", "3", "4"} {
		text += b.cell(file, sheet, column+row)
	}
	return strings.Join(strings.Fields(text), "")
}

func (b bankBooks) book(file string) *excelize.File {
	b.t.Helper()
	if b.books[file] == nil {
		b.books[file] = must(excelize.OpenFile(filepath.Join(b.c.job.Inbox, file)))(b.t)
		b.t.Cleanup(func() { _ = b.books[file].Close() })
	}
	return b.books[file]
}

func (b bankBooks) csv(file string) [][]string {
	b.t.Helper()
	if b.texts[file] == nil {
		lines := must(linesOf(filepath.Join(b.c.job.Inbox, file)))(b.t)
		r := csv.NewReader(strings.NewReader(strings.Join(lines, "\n")))
		r.FieldsPerRecord = -1
		b.texts[file] = must(r.ReadAll())(b.t)
	}
	return b.texts[file]
}

// sameValue: the same text, day or number, written as people write it.
func sameValue(cell, value string) bool {
	clean := strings.NewReplacer(",", "", "￥", "", " ", "", "　", "", "'", "").Replace
	cell, value = clean(cell), clean(value)
	if cell == value {
		return true
	}
	if a, ok := day(cell); ok {
		b, ok := day(value)
		return ok && a == b
	}
	x, ok1 := new(big.Rat).SetString(cell)
	y, ok2 := new(big.Rat).SetString(value)
	return ok1 && ok2 && x.Cmp(y) == 0
}

// day reads a date whose month and day may be written with one digit.
func day(text string) (values.Date, bool) {
	parts := strings.Split(text, "-")
	for i := range parts {
		if len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	d, err := values.ParseDate(strings.Join(parts, "-"))
	return d, err == nil && len(parts) == 3
}

// explain adds up: the exact amounts of a loan's stretches are the exact
// amounts that were rounded, those round to the shares, and the shares are the
// subsidy of the line.
func TestExplainAddsUpForEveryLine(t *testing.T) {
	t.Parallel()
	c := firstRun(t)
	c.look(t, "2026-09-25", func(ctx context.Context, w *pipeline.Workspace) error {
		all, err := w.Explain(ctx, pipeline.ExplainRequest{Quarter: q3}, values.Chinese) // every loan
		if err != nil {
			return err
		}
		explained := map[values.Loan]*pipeline.Explanation{}
		for _, e := range all {
			explained[values.Loan{Bank: e.Bank, Contract: e.Contract}] = e
		}
		accepted, total := 0, values.Fen(0)
		err = w.Lines(ctx, q3, func(l pipeline.LineView) error {
			if l.Outcome != values.Accepted {
				return nil
			}
			accepted++
			total += l.Subsidy
			e := explained[values.Loan{Bank: l.Bank, Contract: l.Contract}]
			if e == nil {
				t.Fatalf("%s is not explained", l.Contract)
			}
			amountsAddUp(t, e, l)
			return nil
		})
		explainedTotal := values.Fen(0)
		for _, e := range all {
			explainedTotal += e.Subsidy
		}
		if accepted != 479 || total != explainedTotal || total.String() != "143557.40" {
			t.Errorf("%d lines explained, %s of %s", accepted, explainedTotal, total)
		}
		return err
	})
}

func amountsAddUp(t *testing.T, e *pipeline.Explanation, first pipeline.LineView) {
	t.Helper()
	central, provincial := new(big.Rat), new(big.Rat)
	for _, s := range e.Stretches {
		c, p, total := exact(t, s.Central), exact(t, s.Provincial), exact(t, s.Total)
		if new(big.Rat).Add(c, p).Cmp(total) != 0 {
			t.Errorf("%s: a stretch's %s + %s is not %s", e.Contract, s.Central, s.Provincial, s.Total)
		}
		central.Add(central, c)
		provincial.Add(provincial, p)
	}
	roundedCentral, roundedProvincial := new(big.Rat), new(big.Rat)
	shares := values.Shares{}
	for _, r := range e.Rounding {
		roundedCentral.Add(roundedCentral, exact(t, r.Central))
		roundedProvincial.Add(roundedProvincial, exact(t, r.Provincial))
		shares = shares.Plus(r.Shares)
	}
	if central.Cmp(roundedCentral) != 0 || provincial.Cmp(roundedProvincial) != 0 {
		t.Errorf("%s: the stretches come to %s + %s, and %s + %s were rounded", e.Contract,
			central.RatString(), provincial.RatString(), roundedCentral.RatString(), roundedProvincial.RatString())
	}
	both := new(big.Rat).Add(central, provincial)
	if fenHalfUp(central) != e.Central || fenHalfUp(both) != e.Central+e.Provincial {
		t.Errorf("%s: %s + %s round to %s + %s, not to %s + %s", e.Contract, central.FloatString(6), provincial.FloatString(6),
			fenHalfUp(central), fenHalfUp(both)-fenHalfUp(central), e.Central, e.Provincial)
	}
	if shares.Central != e.Central || shares.Provincial != e.Provincial || shares.Total() != e.Subsidy {
		t.Errorf("%s: the policies' parts %+v are not the shares %s + %s = %s", e.Contract, shares, e.Central, e.Provincial, e.Subsidy)
	}
	if e.Central+e.Provincial+e.City+e.County != e.Subsidy || e.Subsidy > e.Paid {
		t.Errorf("%s: subsidy %s, shares %s %s %s %s, paid %s", e.Contract, e.Subsidy, e.Central, e.Provincial, e.City, e.County, e.Paid)
	}
	if first.Subsidy != 0 && (first.Subsidy != e.Subsidy || first.Central != e.Central || first.Provincial != e.Provincial) {
		t.Errorf("%s: explained as %s, the line has %s", e.Contract, e.Subsidy, first.Subsidy)
	}
	for _, l := range e.Lines {
		if l.Outcome == values.Accepted && (l.Cells["paid"] == "" || l.Cells["balance"] == "" || l.Cells["rate"] == "") {
			t.Errorf("%s: row %d rests on no cells: %v", e.Contract, l.Row, l.Cells)
		}
	}
}

// exact reads an amount in yuan, a decimal or a fraction.
func exact(t *testing.T, yuan string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(yuan)
	if !ok {
		t.Fatalf("%q is no amount", yuan)
	}
	return r
}

// fenHalfUp rounds yuan to fen, half up.
func fenHalfUp(yuan *big.Rat) values.Fen {
	fen := new(big.Rat).Mul(yuan, big.NewRat(100, 1))
	fen.Add(fen, big.NewRat(1, 2))
	return values.Fen(new(big.Int).Div(fen.Num(), fen.Denom()).Int64()) // Div rounds down
}
