package pipeline_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiexi/formats/jobs"
	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// A story is a small county to which things happen, command by command, as
// people would give them. What must come out is said in fen worked out by hand
// from policy.md §4; the figures of a loan of 50,000 yuan at 3.45 % are those of
// its worked example A.
//
// Every story ends with an audit that finds everything sound and with a run
// that finds nothing to do.
type story struct {
	t       rapid.TB
	dir     string
	job     *jobs.Job
	today   values.Date
	who     string
	quarter values.Quarter
	people  map[string]person
	said    []string // what the last command told people
}

// person is somebody on the roster.
type person struct{ household, name, id, township, village, account string }

// The county: two villages of one township and one of another. 张大山 and his
// wife 王小梅 are one household.
const countyRoster = `
户编号 姓名   出生      乡镇     村     账号
H1     张大山 19800101 石楼坪乡 南坡村 100000001
H1     王小梅 19820202 石楼坪乡 南坡村 100000002
H2     李四海 19750303 石楼坪乡 南坡村 100000003
H3     赵五谷 19700404 石楼坪乡 北坡村 100000004
H4     钱六顺 19900505 河西镇   柳林村 100000005
H5     孙七斤 19850606 河西镇   柳林村 100000006
`

const (
	nongshang = "清水农商银行"
	youchu    = "清水邮储银行"
)

const storyJob = `
jobs:
  - name: qingshui
    county: {name: 清水县, code: "149901", province: 山西省}
    inbox: inbox
    roster: roster.csv
    workspace: work
    banks:
      - {name: 清水农商银行, match: "*农商*"}
      - {name: 清水邮储银行, match: "*邮储*"}
`

// newStory begins on 2026-09-25, after the third quarter has ended. More lines
// of the job may be given, four blanks in.
func newStory(t *testing.T, more ...string) *story {
	t.Helper()
	t.Parallel()
	s := storyIn(t, t.TempDir(), more...)
	t.Cleanup(func() {
		if !t.Failed() {
			s.restsNow()
		}
	})
	return s
}

// storyIn begins a story in a folder.
func storyIn(t rapid.TB, dir string, more ...string) *story {
	t.Helper()
	s := &story{t: t, dir: dir, who: "李经办", quarter: q3, people: map[string]person{}}
	s.write("jobs.yaml", storyJob+strings.Join(more, "\n"))
	if err := os.Mkdir(filepath.Join(s.dir, "inbox"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.configure()
	s.on("2026-09-25")
	s.roster("2026-01-01", countyRoster)
	return s
}

// configure reads jobs.yaml anew.
func (s *story) configure() {
	s.t.Helper()
	file, err := jobs.Load(filepath.Join(s.dir, "jobs.yaml"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.job = &file.Jobs[0]
}

func (s *story) write(name, content string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// on turns the calendar to a day.
func (s *story) on(day string) { s.today = values.MustDate(day) }

// by lets somebody else give the next commands.
func (s *story) by(who string) { s.who = who }

// table is a text table: a heading row, then rows, cells apart by blanks, - for
// an empty one.
func table(text string) (headings []string, rows [][]string) {
	for _, l := range strings.Split(text, "\n") {
		cells := strings.Fields(l)
		if len(cells) == 0 {
			continue
		}
		for i, c := range cells {
			if c == "-" {
				cells[i] = ""
			}
		}
		if headings == nil {
			headings = cells
		} else {
			rows = append(rows, cells)
		}
	}
	return headings, rows
}

// roster writes the county's roster as a snapshot of a day; a row may end with
// the day since which the person is on it. A person keeps the id of an earlier
// snapshot.
func (s *story) roster(taken, text string) {
	s.t.Helper()
	_, rows := table(text)
	out := [][]string{{"户编号", "姓名", "证件号码", "乡(镇)", "行政村", "一卡通开户行", "一卡通账号", "数据日期", "首次识别时间"}}
	for _, r := range rows {
		p := person{household: r[0], name: r[1], id: s.people[r[1]].id, township: r[3], village: r[4], account: r[5]}
		if p.id == "" {
			p.id = residentID(r[2], len(s.people)+1)
		}
		s.people[p.name] = p
		since := strings.Join(r[6:], "")
		out = append(out, []string{p.household, p.name, p.id, p.township, p.village, "清水农商银行", p.account, taken, since})
	}
	s.write("roster.csv", csvText(out))
}

// residentID is a valid number of the area code 149901, which does not exist.
func residentID(birth string, n int) string {
	digits := fmt.Sprintf("149901%s%03d", birth, n)
	for _, check := range "0123456789X" {
		if id := digits + string(check); values.ResidentID(id).Check() == nil {
			return id
		}
	}
	panic("no check character fits " + digits)
}

// statement writes a bank's file into the inbox, the borrowers' ids added. The
// columns 放款日期, 到期日期 and 年利率 may be left out: 2026-04-01, a year later,
// and 3.45 %.
func (s *story) statement(name, text string) {
	s.t.Helper()
	headings, rows := table(text)
	headings = slices.Clone(headings)
	borrower := slices.Index(headings, "借款人")
	usual := map[string]string{"放款日期": "2026-04-01", "到期日期": "2027-04-01", "年利率": "3.45"}
	out := [][]string{append(headings, "身份证号")}
	for _, r := range rows {
		id := s.people[r[borrower]].id
		if id == "" {
			s.t.Fatalf("nobody is named %s", r[borrower])
		}
		out = append(out, append(r, id))
	}
	for _, heading := range []string{"放款日期", "到期日期", "年利率"} {
		if slices.Contains(headings, heading) {
			continue
		}
		out[0] = append(out[0], heading)
		for i := range out[1:] {
			out[i+1] = append(out[i+1], usual[heading])
		}
	}
	s.write(filepath.Join("inbox", name), csvText(out))
}

func csvText(rows [][]string) string {
	var text bytes.Buffer
	_ = csv.NewWriter(&text).WriteAll(rows)
	return text.String()
}

// act is one command.
func (s *story) act(do func(context.Context, *pipeline.Workspace) error) error {
	s.t.Helper()
	s.said = nil
	opt := pipeline.Options{Today: s.today, Operator: s.who, Events: func(e pipeline.Event) {
		if e.Kind == pipeline.Note || e.Kind == pipeline.Warning {
			s.said = append(s.said, e.Text.Chinese)
		}
	}}
	w, err := pipeline.Open(context.Background(), s.job, opt)
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }()
	return do(context.Background(), w)
}

// do is a command that must succeed.
func (s *story) do(do func(context.Context, *pipeline.Workspace) error) {
	s.t.Helper()
	if err := s.act(do); err != nil {
		s.t.Fatal(err)
	}
}

// refused is a command that must be refused in words that contain these, and
// then change nothing.
func (s *story) refused(words string, do func(context.Context, *pipeline.Workspace) error) {
	s.t.Helper()
	before := s.money()
	err := s.act(do)
	var fault *values.Fault
	if !errors.As(err, &fault) || !strings.Contains(fault.In(values.Chinese), words) {
		s.t.Fatalf("want a refusal with %q, got %v", words, err)
	}
	if after := s.money(); after != before {
		s.t.Fatalf("the refused command changed the ledger from\n%s\nto\n%s", before, after)
	}
}

// run is `tiexi run`.
func (s *story) run() (report *pipeline.RunReport) { return s.runWith(pipeline.RunRequest{}) }

func (s *story) runWith(r pipeline.RunRequest) (report *pipeline.RunReport) {
	s.t.Helper()
	s.do(func(ctx context.Context, w *pipeline.Workspace) (err error) {
		report, err = w.Run(ctx, r)
		return err
	})
	return report
}

// ran runs and must refuse no file.
func (s *story) ran() {
	s.t.Helper()
	if refused := s.run().Refused; len(refused) > 0 {
		s.t.Fatalf("refused: %v", refused)
	}
}

func (s *story) decide(accept bool, contract string) {
	s.t.Helper()
	s.do(func(ctx context.Context, w *pipeline.Workspace) error {
		_, err := w.Decide(ctx, pipeline.DecideRequest{Quarter: s.quarter, Accept: accept, Contract: contract, Why: "已核实"})
		return err
	})
}

// post records that lists were posted today: of all villages, or of one.
func (s *story) post(village ...string) {
	s.t.Helper()
	s.do(func(ctx context.Context, w *pipeline.Workspace) error {
		_, err := w.PostNotice(ctx, pipeline.NoticeRequest{Quarter: s.quarter, On: s.today, Village: strings.Join(village, "")})
		return err
	})
}

func (s *story) approve() {
	s.t.Helper()
	s.do(s.approval())
}

func (s *story) approval() func(context.Context, *pipeline.Workspace) error {
	return func(ctx context.Context, w *pipeline.Workspace) error {
		_, err := w.Approve(ctx, pipeline.ApproveRequest{Quarter: s.quarter})
		return err
	}
}

func (s *story) sent(batch string) {
	s.t.Helper()
	s.do(func(ctx context.Context, w *pipeline.Workspace) error { return w.MarkSent(ctx, batch, s.today, false) })
}

// answer is a row of a return file: as the payment file has it, with what the
// platform says.
type answer struct{ number, name, account, amount, state, reason string }

// answers are the platform's answers to a batch: every row paid but for those
// that are named with a reason.
func (s *story) answers(batch string, failed map[string]string) (all []answer) {
	s.t.Helper()
	s.payments(func(p pipeline.PaymentView) {
		if p.Batch != batch {
			return
		}
		a := answer{p.Number, p.Name, p.Account, p.Amount.String(), "成功", failed[p.Name]}
		if a.reason != "" {
			a.state = "失败"
		}
		all = append(all, a)
	})
	if len(all) == 0 {
		s.t.Fatalf("there is no batch %s", batch)
	}
	return all
}

// answered writes a return file.
func (s *story) answered(file string, answers []answer) {
	rows := [][]string{{"流水号", "姓名", "银行账号", "补贴金额", "发放状态", "失败原因", "发放日期"}}
	for _, a := range answers {
		rows = append(rows, []string{a.number, a.name, a.account, a.amount, a.state, a.reason, s.today.String()})
	}
	s.write(file, csvText(rows))
}

// returned brings a return file.
func (s *story) returned(file string, answers []answer) (report *pipeline.ReturnReport) {
	s.t.Helper()
	s.answered(file, answers)
	s.do(func(ctx context.Context, w *pipeline.Workspace) (err error) {
		report, err = w.Return(ctx, filepath.Join(s.dir, file))
		return err
	})
	return report
}

// pays approves, sends and gets everything paid that a run has drafted.
func (s *story) pays(batch string) {
	s.t.Helper()
	s.approve()
	s.sent(batch)
	s.returned("回盘-"+batch+".csv", s.answers(batch, nil))
}

// cleared brings a first quarter as far as it goes: run, post on 2026-09-26, and
// run again when the notice has run, on 2026-10-06.
func (s *story) cleared() {
	s.t.Helper()
	s.ran()
	s.on("2026-09-26")
	s.post()
	s.on("2026-10-06")
	s.ran()
}

func (s *story) view(do func(context.Context, *pipeline.Workspace) error) {
	s.t.Helper()
	w, err := pipeline.OpenView(context.Background(), s.job, pipeline.Options{Today: s.today})
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	if err := do(context.Background(), w); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) payments(yield func(pipeline.PaymentView)) {
	s.t.Helper()
	s.view(func(ctx context.Context, w *pipeline.Workspace) error {
		return w.Payments(ctx, s.quarter, func(p pipeline.PaymentView) error { yield(p); return nil })
	})
}

func (s *story) status() (status *pipeline.Status) {
	s.t.Helper()
	s.view(func(ctx context.Context, w *pipeline.Workspace) (err error) {
		status, err = w.Status(ctx, s.quarter)
		return err
	})
	return status
}

// money is everything that the quarter's views say of payments.
func (s *story) money() string {
	s.t.Helper()
	if _, err := os.Stat(filepath.Join(s.dir, "work", "ledger.db")); err != nil {
		return ""
	}
	var text strings.Builder
	s.payments(func(p pipeline.PaymentView) { fmt.Fprintln(&text, p.Number, p.Name, p.Amount, p.State, p.Reason) })
	return text.String() + fmt.Sprint(s.status().Payments)
}

// wantPayments checks the quarter's payment rows: number, name, amount, state.
func (s *story) wantPayments(want string) {
	s.t.Helper()
	var got []string
	s.payments(func(p pipeline.PaymentView) {
		got = append(got, fmt.Sprint(p.Number, " ", p.Name, " ", p.Amount, " ", p.State))
	})
	s.same("payments", got, want)
}

// wantSums checks status --json: count total paid failed pending stopped.
func (s *story) wantSums(want string) {
	s.t.Helper()
	p := s.status().Payments
	if got := fmt.Sprint(p.Count, p.Total, p.Paid, p.Failed, p.Pending, p.Stopped); got != want {
		s.t.Errorf("count, total, paid, failed, pending, stopped are\n%s, want\n%s", got, want)
	}
}

// wantLines checks the quarter's lines: contract, outcome, subsidy, findings and
// payment holds.
func (s *story) wantLines(want string) {
	s.t.Helper()
	var got []string
	s.view(func(ctx context.Context, w *pipeline.Workspace) error {
		return w.Lines(ctx, s.quarter, func(l pipeline.LineView) error {
			words := append([]string{l.Contract, string(l.Outcome), l.Subsidy.String()}, l.Findings...)
			got = append(got, strings.Join(append(words, l.Blocked...), " "))
			return nil
		})
	})
	s.same("lines", got, want)
}

// wantLists checks the quarter's notice lists: village, number, amount, state.
func (s *story) wantLists(want string) {
	s.t.Helper()
	var got []string
	s.view(func(ctx context.Context, w *pipeline.Workspace) error {
		lists, err := w.NoticeStatus(ctx, s.quarter)
		for _, l := range lists {
			got = append(got, fmt.Sprint(l.Village, " ", l.Number, " ", l.Total, " ", l.State))
		}
		return err
	})
	s.same("lists", got, want)
}

// wantNext checks that what is to be done is said in words that contain these.
func (s *story) wantNext(words ...string) {
	s.t.Helper()
	next := strings.Join(s.status().Next, "\n")
	for _, w := range words {
		if !strings.Contains(next, w) {
			s.t.Errorf("what is next says nothing of %q:\n%s", w, next)
		}
	}
}

func (s *story) wantSaid(words string) {
	s.t.Helper()
	if said := strings.Join(s.said, "\n"); !strings.Contains(said, words) {
		s.t.Errorf("nothing was said of %q:\n%s", words, said)
	}
}

// same compares lines of text, blanks at their ends aside.
func (s *story) same(what string, got []string, want string) {
	s.t.Helper()
	var wanted []string
	for _, l := range strings.Split(want, "\n") {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			wanted = append(wanted, l)
		}
	}
	if !slices.Equal(got, wanted) {
		s.t.Fatalf("%s are\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(wanted, "\n  "))
	}
}

// sound is `tiexi audit`.
func (s *story) sound() {
	s.t.Helper()
	s.view(func(ctx context.Context, w *pipeline.Workspace) error {
		report, err := w.Audit(ctx)
		if err == nil && !report.Sound() {
			s.t.Errorf("the audit finds: %v", report.Failures)
		}
		return err
	})
}

// restsNow runs twice; the second time there is nothing to do, and everything is
// sound.
func (s *story) restsNow() {
	s.t.Helper()
	s.run()
	s.rests()
	s.sound()
}

// rests runs and finds nothing to do.
func (s *story) rests() {
	s.t.Helper()
	for _, q := range s.run().Quarters {
		for _, stage := range q.Stages {
			if stage.State == "done" {
				s.t.Errorf("%s %s runs again: %s", q.Quarter, stage.Name, stage.Reason.Chinese)
			}
		}
	}
}

// yuan is an amount in words of a test: "440.83".
func yuan(text string) values.Fen {
	f, err := values.ParseFen(text)
	if err != nil {
		panic(err)
	}
	return f
}
