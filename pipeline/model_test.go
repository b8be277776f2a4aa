package pipeline_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// Whatever banks, villages, approvers and the platform do, in whatever order:
// no loan is paid more than it is due, nothing goes out before its notice and
// its approval, no outcome is overwritten, and when everybody has answered
// everything that is due is paid.
//
// The default takes a few seconds; TIEXI_LONG=1 tries for minutes.
func TestMoneyLeavesOnceWhateverHappens(t *testing.T) {
	t.Parallel()
	budget, began, failing := 2*time.Second, time.Now(), false
	if long {
		budget = 2 * time.Minute
	}
	rapid.Check(t, func(t *rapid.T) {
		if time.Since(began) > budget && !failing {
			return // enough; but a failure is made small in peace
		}
		dir, err := os.MkdirTemp("", "model")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		defer func() { failing = failing || t.Failed() }()
		m := &model{story: storyIn(t, dir), t: t, files: map[string]map[string]modelLine{}, versions: map[string]int{},
			live: map[loanKey]values.Fen{}, posted: map[loanKey][]posting{}, outcome: map[string]string{}, objected: map[string]bool{}}
		m.statement()
		m.run()
		t.Repeat(map[string]func(*rapid.T){
			"statement": func(*rapid.T) { m.statement() },
			"run":       func(*rapid.T) { m.run() },
			"days":      func(*rapid.T) { m.today += values.Date(rapid.IntRange(1, 20).Draw(t, "days")) },
			"decide":    func(*rapid.T) { m.decide() },
			"all sent":  func(*rapid.T) { m.allSent() },
			"goes well": func(*rapid.T) { m.goesWell() },
			"post":      func(*rapid.T) { m.post() },
			"object":    func(*rapid.T) { m.object() },
			"account":   func(*rapid.T) { m.account() },
			"approve":   func(*rapid.T) { m.approve() },
			"send":      func(*rapid.T) { m.batch(func(b string) error { return m.act(m.marking(b, m.today.String())) }) },
			"void":      func(*rapid.T) { m.batch(func(b string) error { return m.act(m.voiding(b)) }) },
			"answer":    func(*rapid.T) { m.answer() },
			"by hand":   func(*rapid.T) { m.byHand() },
			"adjust":    func(*rapid.T) { m.adjust() },
			"recheck":   func(*rapid.T) { m.recheck() },
			"":          func(*rapid.T) { m.check() },
		})
		m.drain()
	})
}

// model is what a person with a notebook knows of the county.
type model struct {
	*story
	t        *rapid.T
	files    map[string]map[string]modelLine // by bank and quarter, what the bank last said
	versions map[string]int
	live     map[loanKey]values.Fen // paid or on its way, when last looked at
	posted   map[loanKey][]posting  // what hangs, since when
	outcome  map[string]string      // of payments, as the platform or a statement gave it
	objected map[string]bool        // by quarter and name, not decided yet
}

type loanKey struct{ quarter, contract string }

type posting struct {
	amount values.Fen
	on     values.Date
}

// modelLine is a loan in a statement: whole ten thousands, doubtful or not.
type modelLine struct {
	balance  int
	doubtful bool
}

// The loans, in the order in which a household's fill its tiers.
var modelLoans = []struct{ contract, bank, borrower, household, disbursed string }{
	{"B1", youchu, "王小梅", "H1", "2026-03-28"},
	{"A1", nongshang, "张大山", "H1", "2026-04-01"},
	{"A2", nongshang, "赵五谷", "H3", "2026-04-01"},
	{"A3", nongshang, "李四海", "H2", "2026-04-01"},
	{"B3", youchu, "李四海", "H2", "2026-04-10"},
}

// modelInterest is the interest of a quarter for so many ten thousands at 3.45 % on 360 days.
func modelInterest(q string, balance int) values.Fen {
	days := map[string]int{"2026Q3": 92, "2026Q4": 91}[q]
	return values.Fen((balance*1_000_000*345*days*2 + 3_600_000) / (2 * 3_600_000))
}

// due is policy.md §4 for these loans: each takes what is left of its
// household's tier 1, for all days alike, and gets back that part of what it
// paid.
func (m *model) due(q string, accepted map[string]bool) map[string]values.Fen {
	left, due := map[string]int{"H1": 5, "H2": 5, "H3": 5}, map[string]values.Fen{}
	for _, l := range modelLoans {
		line, reported := m.files[l.bank+"_"+q][l.contract]
		if !reported || !accepted[l.contract] {
			continue
		}
		tier1 := min(line.balance, left[l.household])
		left[l.household] -= tier1
		due[l.contract] = values.Fen((int64(modelInterest(q, line.balance))*int64(tier1)*2 + int64(line.balance)) / int64(2*line.balance))
	}
	return due
}

// try gives a command that may be refused, and may not break.
func (m *model) try(err error) bool {
	m.t.Helper()
	var fault *values.Fault
	if err != nil && !errors.As(err, &fault) {
		m.t.Fatal(err)
	}
	if fault != nil && fault.Err != nil {
		m.t.Fatal(err)
	}
	return err == nil
}

func (m *model) pick(from []string, what string) string {
	return rapid.SampledFrom(from).Draw(m.t, what)
}

func (m *model) inQuarter() {
	if m.today >= values.MustDate("2026-12-21") {
		m.quarter = rapid.SampledFrom([]values.Quarter{q3, q4}).Draw(m.t, "quarter")
	}
}

func (m *model) statement() {
	m.inQuarter()
	bank := m.pick([]string{nongshang, youchu}, "bank")
	key := bank + "_" + m.quarter.String()
	lines, text := map[string]modelLine{}, "合同号 借款人 放款日期 贷款余额 实付利息 贷款用途"
	for _, l := range modelLoans {
		balance := rapid.IntRange(0, 5).Draw(m.t, l.contract)
		if l.bank != bank || balance == 0 {
			continue
		}
		line := modelLine{balance, rapid.IntRange(0, 4).Draw(m.t, "doubtful") == 0}
		lines[l.contract] = line
		purpose := map[bool]string{false: "养羊", true: "建房"}[line.doubtful]
		text += fmt.Sprintf("\n%s %s %s %d0000 %s %s", l.contract, l.borrower, l.disbursed, line.balance, modelInterest(m.quarter.String(), line.balance), purpose)
	}
	if len(lines) == 0 {
		return
	}
	name := key + ".csv"
	if n := m.versions[key]; n > 0 {
		name = fmt.Sprintf("%s更正%d.csv", key, n)
		text = strings.Replace(text, "\n", fmt.Sprintf(" 备注%d\n", n), 1) // no two are the same bytes
		text = strings.ReplaceAll(text, "养羊", "养羊 -")
		text = strings.ReplaceAll(text, "建房", "建房 -")
	}
	m.versions[key]++
	m.files[key] = lines
	m.story.statement(name, text)
}

func (m *model) run() {
	m.ran()
	for _, q := range []string{"2026Q3", "2026Q4"} {
		accepted, got := map[string]bool{}, map[string]values.Fen{}
		m.view(func(ctx context.Context, w *pipeline.Workspace) error {
			return w.Lines(ctx, quarterNamed(q), func(l pipeline.LineView) error {
				if l.Outcome == values.Accepted {
					accepted[l.Contract], got[l.Contract] = true, l.Subsidy
				}
				return nil
			})
		})
		if want := m.due(q, accepted); !maps.Equal(got, want) {
			m.t.Fatalf("%s is due %v, want %v", q, got, want)
		}
	}
}

func quarterNamed(name string) values.Quarter {
	q, err := values.ParseQuarter(name)
	if err != nil {
		panic(err)
	}
	return q
}

func (m *model) contract() string {
	return modelLoans[rapid.IntRange(0, len(modelLoans)-1).Draw(m.t, "loan")].contract
}

func (m *model) decide() {
	m.inQuarter()
	r := pipeline.DecideRequest{Quarter: m.quarter, Contract: m.contract(), Accept: rapid.IntRange(0, 2).Draw(m.t, "return") > 0, Why: "已核实"}
	m.try(m.act(func(ctx context.Context, w *pipeline.Workspace) error { _, err := w.Decide(ctx, r); return err }))
}

func (m *model) post() {
	m.inQuarter()
	r := pipeline.NoticeRequest{Quarter: m.quarter, On: m.today, Village: m.pick([]string{"", "南坡村", "北坡村"}, "village")}
	if !m.try(m.act(func(ctx context.Context, w *pipeline.Workspace) error { _, err := w.PostNotice(ctx, r); return err })) {
		return
	}
	m.hang()
}

// hang notes what hangs since today.
func (m *model) hang() {
	for _, row := range m.rows(`SELECT l.quarter, i.contract, i.amount, l.id FROM notice_item i JOIN notice_list l ON l.id = i.list_id WHERE l.state = 'posted'`) {
		key := loanKey{row[0], row[1]}
		p := posting{yuan(row[2]) / 100, m.today}
		if !slices.ContainsFunc(m.posted[key], func(old posting) bool { return old.amount == p.amount }) {
			m.posted[key] = append(m.posted[key], p)
		}
	}
}

func (m *model) object() {
	m.inQuarter()
	name := modelLoans[rapid.IntRange(0, len(modelLoans)-1).Draw(m.t, "borrower")].borrower
	key := m.quarter.String() + name
	r := m.objection(name, "", fmt.Sprint("异议", m.today))
	if m.objected[key] {
		r.Upheld = rapid.IntRange(0, 4).Draw(m.t, "upheld") == 0
		if m.try(m.act(func(ctx context.Context, w *pipeline.Workspace) error { return w.ResolveObjection(ctx, r) })) {
			delete(m.objected, key)
		}
	} else if m.try(m.act(func(ctx context.Context, w *pipeline.Workspace) error { return w.Object(ctx, r) })) {
		m.objected[key] = true
	}
}

// account brings a roster on which everybody has another account.
func (m *model) account() {
	first := rapid.IntRange(1, 9).Draw(m.t, "account")
	m.roster(m.today.String(), strings.ReplaceAll(countyRoster, "10000000", fmt.Sprintf("%d0000000", first)))
}

func (m *model) approve() {
	m.inQuarter()
	if !m.try(m.act(m.approval())) {
		return
	}
	for _, row := range m.rows(`SELECT p.number, p.name, t.quarter, t.contract, t.central + t.provincial + t.city + t.county,
		(SELECT sum(central + provincial + city + county) FROM entitlement e WHERE e.quarter = t.quarter AND e.contract = t.contract)
		FROM payment p JOIN payment_part t ON t.payment_id = p.id JOIN batch b ON b.id = p.batch_id
		WHERE b.approved_on = '` + m.today.String() + `' AND b.state = 'approved' AND b.sent_on = '' AND p.mends = 0 AND t.central + t.provincial > 0`) {
		key, entitled := loanKey{row[2], row[3]}, yuan(row[5])/100
		if !slices.ContainsFunc(m.posted[key], func(p posting) bool { return p.amount >= entitled && p.on+10 <= m.today }) {
			m.t.Fatalf("%s pays %v before its notice of %v has run: %v", row[0], key, entitled, m.posted[key])
		}
		if m.objected[row[2]+row[1]] {
			m.t.Fatalf("%s pays %s in spite of an objection", row[0], row[1])
		}
	}
}

// batch does something with some batch.
func (m *model) batch(do func(name string) error) {
	var names []string
	for _, row := range m.rows(`SELECT name FROM batch ORDER BY name`) {
		names = append(names, row[0])
	}
	if len(names) > 0 {
		m.try(do(m.pick(names, "batch")))
	}
}

// answer plays the platform: it pays some rows of a batch, fails some, forgets
// some, and says some of them wrong or twice.
func (m *model) answer() {
	m.batch(func(name string) error {
		m.quarter = quarterNamed(name[:6])
		states := m.states()
		var rows []answer
		expected := map[string]string{}
		for _, a := range m.answers(name, nil) {
			a.state = m.pick([]string{"成功", "失败"}, "state")
			a.reason = map[string]string{"失败": "销户"}[a.state]
			result := map[string]string{"成功": "paid", "失败": "failed"}[a.state]
			switch rapid.IntRange(0, 7).Draw(m.t, "how") {
			case 0:
				continue
			case 1:
				a.amount = "1" + a.amount
				result = ""
			case 2:
				rows = append(rows, a)
			}
			rows = append(rows, a)
			if s := states[a.number]; result != "" && (s == "sent" || s == "approved") {
				expected[a.number] = result
			}
		}
		if len(rows) == 0 {
			return nil
		}
		m.returned(fmt.Sprintf("回盘-%s-%d.csv", name, rapid.Int().Draw(m.t, "file")), rows)
		now := m.states()
		for number, result := range expected {
			if states[number] == "approved" && m.signed(number) {
				continue
			}
			if now[number] != result {
				m.t.Fatalf("%s is %s, the platform said %s", number, now[number], result)
			}
			m.outcome[number] = result
		}
		return nil
	})
}

// signed tells whether the payment's batch waits for another approval.
func (m *model) signed(number string) bool {
	rows := m.rows(`SELECT b.state FROM batch b JOIN payment p ON p.batch_id = b.id WHERE p.number = '` + number + `'`)
	return rows[0][0] == "signing"
}

func (m *model) states() map[string]string {
	states := map[string]string{}
	for _, row := range m.rows(`SELECT number, state FROM payment`) {
		states[row[0]] = row[1]
	}
	return states
}

func (m *model) byHand() {
	sent := slices.Sorted(maps.Keys(m.states()))
	if len(sent) == 0 {
		return
	}
	number, paid := m.pick(sent, "payment"), rapid.Bool().Draw(m.t, "paid")
	if m.try(m.act(m.settling(number, paid))) {
		m.outcome[number] = map[bool]string{true: "paid", false: "failed"}[paid]
	}
}

func (m *model) adjust() {
	m.inQuarter()
	m.try(m.act(m.adjusting(m.pick([]string{"recover", "waive"}, "verdict"), m.contract())))
}

func (m *model) recheck() {
	m.inQuarter()
	m.do(func(ctx context.Context, w *pipeline.Workspace) error {
		return w.Recheck(ctx, m.quarter, "审计要求", false)
	})
}

// rows asks the ledger, past the program.
func (m *model) rows(query string) (rows [][]string) {
	m.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(m.dir, "work", "ledger.db")+"?mode=ro")
	if err != nil {
		m.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	found, err := db.Query(query)
	if err != nil {
		m.t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	columns, _ := found.Columns()
	for found.Next() {
		row, cells := make([]string, len(columns)), make([]any, len(columns))
		for i := range row {
			cells[i] = &row[i]
		}
		if err := found.Scan(cells...); err != nil {
			m.t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// accounts are what each loan is due and what was paid or is on its way, in fen.
func (m *model) accounts() (due, live map[loanKey]values.Fen) {
	due, live = map[loanKey]values.Fen{}, map[loanKey]values.Fen{}
	for _, row := range m.rows(`SELECT quarter, contract, sum(central + provincial + city + county) FROM entitlement GROUP BY 1, 2`) {
		due[loanKey{row[0], row[1]}] = yuan(row[2]) / 100
	}
	for _, row := range m.rows(`SELECT t.quarter, t.contract, sum(t.central + t.provincial + t.city + t.county) FROM payment_part t
		JOIN payment p ON p.id = t.payment_id WHERE p.state IN ('approved', 'sent', 'paid') GROUP BY 1, 2`) {
		live[loanKey{row[0], row[1]}] = yuan(row[2]) / 100
	}
	return due, live
}

// check is what must be true at any time.
func (m *model) check() {
	due, live := m.accounts()
	for loan, amount := range live {
		if amount > due[loan] && amount > m.live[loan] {
			m.t.Fatalf("%v: %v is paid or on its way, %v is due", loan, amount, due[loan])
		}
	}
	m.live = live
	states := m.states()
	for number, outcome := range m.outcome {
		if states[number] != outcome {
			m.t.Fatalf("%s was %s and is %s", number, outcome, states[number])
		}
	}
	for _, broken := range []string{
		`SELECT 'not approved as it is: ' || name FROM batch b WHERE state IN ('approved', 'sent')
			AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.batch_id = b.id AND a.digest = b.digest)`,
		`SELECT 'the second payment is more than the failed one: ' || p.number FROM payment p JOIN payment f ON f.id = p.mends
			WHERE p.amount > f.amount OR p.person <> f.person OR f.state <> 'failed'`,
		`SELECT 'a failed payment is mended twice: ' || mends FROM payment WHERE mends <> 0 AND state NOT IN ('void', 'failed') GROUP BY mends HAVING count(*) > 1`,
		`SELECT 'a day of a loan is accepted twice: ' || a.contract FROM line a JOIN judgement ja ON ja.line_id = a.id AND ja.outcome = 'accepted'
			JOIN line b ON b.contract = a.contract AND b.id > a.id AND b.from_day <= a.to_day AND a.from_day <= b.to_day AND a.live = 1 AND b.live = 1
			JOIN judgement jb ON jb.line_id = b.id AND jb.outcome = 'accepted'`,
	} {
		if rows := m.rows(broken); len(rows) > 0 {
			m.t.Fatal(rows[0][0])
		}
	}
}

// goesWell is everybody doing their part: everything is sent and arrives.
func (m *model) goesWell() {
	m.allSent()
	for _, p := range m.rows(`SELECT number FROM payment WHERE state = 'sent' ORDER BY number`) {
		m.do(m.settling(p[0], true))
		m.outcome[p[0]] = "paid"
	}
	m.check()
}

// allSent: the lists hang their time, and all batches are approved and sent.
func (m *model) allSent() {
	m.run()
	for _, q := range []values.Quarter{q3, q4} {
		r := pipeline.NoticeRequest{Quarter: q, On: m.today}
		m.try(m.act(func(ctx context.Context, w *pipeline.Workspace) error { _, err := w.PostNotice(ctx, r); return err }))
	}
	m.hang()
	m.today += 10
	m.run()
	for _, row := range m.rows(`SELECT quarter, name, state FROM batch WHERE state <> 'void' ORDER BY state = 'draft', name`) {
		m.quarter = quarterNamed(row[0])
		if row[2] == "draft" {
			m.run() // another quarter's batch may have taken a part of this one
			m.try(m.act(m.approval()))
		}
		m.try(m.act(m.marking(row[1], m.today.String())))
	}
}

// drain lets everybody do what is left to do. Then whatever is due is paid,
// unless its payee owes something.
func (m *model) drain() {
	for key := range m.objected {
		m.quarter = quarterNamed(key[:6])
		m.resolve(key[6:], "", false)
	}
	for range 5 {
		for _, q := range []values.Quarter{q3, q4} {
			m.quarter = q
			for _, l := range modelLoans {
				m.try(m.act(m.adjusting("recover", l.contract)))
			}
		}
		m.goesWell()
	}
	m.run()
	due, live := m.accounts()
	open, owes := map[string]values.Fen{}, map[string]bool{}
	for _, q := range []string{"2026Q3", "2026Q4"} {
		for _, l := range modelLoans {
			rest := due[loanKey{q, l.contract}] - live[loanKey{q, l.contract}]
			open[l.borrower] += max(0, rest)
			owes[l.borrower] = owes[l.borrower] || rest < 0
		}
	}
	for borrower, amount := range open {
		if amount > 0 && !owes[borrower] {
			m.t.Fatalf("%v of %s are due and never paid: due %v, paid %v", amount, borrower, due, live)
		}
	}
	m.restsNow()
}
