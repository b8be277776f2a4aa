package pipeline_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tiexi/formats/report"
	"tiexi/pipeline"
)

// book writes a bank's loan book into the inbox: a title, then a table to which
// the borrowers' ids are added, and 发放日 and 到期日 where they are not in it:
// 2026-04-01 and a year later.
func (s *story) book(name, title, text string) {
	s.t.Helper()
	headings, rows := table(text)
	out := [][]string{{title}, append(slices.Clone(headings), "身份证号")}
	borrower := slices.Index(headings, "借款人")
	for _, r := range rows {
		id := s.people[r[borrower]].id
		if id == "" {
			id = residentID("19880808", 999)
		}
		out = append(out, append(slices.Clone(r), id))
	}
	for heading, usual := range map[string]string{"发放日": "2026-04-01", "到期日": "2027-04-01"} {
		if slices.Contains(headings, heading) {
			continue
		}
		out[1] = append(out[1], heading)
		for i := range out[2:] {
			out[i+2] = append(out[i+2], usual)
		}
	}
	s.write(filepath.Join("inbox", name), csvText(out))
}

func (s *story) monitoring() (m report.Monitoring) {
	s.t.Helper()
	s.view(func(ctx context.Context, w *pipeline.Workspace) (err error) {
		m, err = w.Monitoring(ctx, s.quarter)
		return err
	})
	return m
}

// wantTable checks the table's totals: loans households opening issued repaid
// closing, overdue, bad, maturing (loans and amount each, of bad the amount).
func (s *story) wantTable(want string) {
	s.t.Helper()
	f := s.monitoring().Total.Now
	got := fmt.Sprint(f.Loans, f.Households, " ", f.Opening, " ", f.Issued, " ", f.Repaid, " ", f.Closing, " ", f.OverdueLoans, " ", f.Overdue, " ", f.Bad, " ", f.MaturingLoans, " ", f.Maturing)
	if got != want {
		s.t.Errorf("the table is\n%s, want\n%s", got, want)
	}
	if f.Opening+f.Issued-f.Repaid != f.Closing {
		s.t.Errorf("opening + issued − repaid is not closing: %+v", f)
	}
	for _, b := range s.monitoring().Books {
		if b.Balance-b.LeftOut+b.OnlyListed != b.Closing || b.OnlyListed < 0 || b.LeftOut < 0 {
			s.t.Errorf("the book does not lead to the closing balance: %+v", b)
		}
	}
}

// wantBooks checks the banks' books: bank, files, loans, balance, left out, only
// listed, closing.
func (s *story) wantBooks(want string) {
	s.t.Helper()
	var got []string
	for _, b := range s.monitoring().Books {
		var files []string
		for _, f := range b.Files {
			files = append(files, f.Name+"@"+f.AsOf.String())
		}
		got = append(got, fmt.Sprint(b.Bank, " ", strings.Join(files, "+"), " ", b.Loans, " ", b.Balance, " ", b.LeftOut, " ", b.OnlyListed, " ", b.Closing))
	}
	s.same("books", got, want)
}

// wantChecks checks the list beside: kind, contract, item, listed, booked, note.
func (s *story) wantChecks(want string) {
	s.t.Helper()
	var got []string
	for _, c := range s.monitoring().BookChecks {
		got = append(got, strings.Join(strings.Fields(strings.Join([]string{c.Kind, c.Contract, c.Item, c.Listed, c.Booked, c.Note}, " ")), " "))
	}
	s.same("checks", got, want)
}

const fourLoans = `
借款人 合同号 计息本金 实付利息 放款日期   到期日期
张大山 A1     50000    440.83   2026-04-01 2027-04-01
李四海 A2     50000    440.83   2026-04-01 2027-04-01
赵五谷 A3     20000    176.33   2026-04-01 2026-11-01
钱六顺 A4     10000    88.17    2026-04-01 2027-04-01`

// The table follows the bank's book where it has one, counts every loan once,
// and nobody's subsidy changes.
func TestTheMonitoringFollowsTheLoanBook(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", fourLoans)
	s.statement("邮储2026Q3.csv", `
		借款人 合同号 计息本金 实付利息
		孙七斤 Y1     30000    264.50`)
	s.ran()
	s.wantTable("5 5 160000.00 0.00 0.00 160000.00 0 0.00 0.00 1 20000.00")
	if m := s.monitoring(); m.Books != nil || m.BookChecks != nil {
		t.Errorf("no bank sent a book, and there are %v", m.Books)
	}
	s.on("2026-10-05")

	// A1 as the statement, A2 repaid in part and overdue, A3 extended, A4 not in
	// it; B1 on no statement, matured; B2 neither, of a stranger, issued within the
	// quarter; B3 issued after it; B4 repaid long ago
	s.book("农商行台账.csv", "清水农商银行贷款台账（截至2026年9月30日）", `
		借款人 合同编号 贷款金额 余额   发放日     到期日     五级分类 逾期天数 续贷次数 乡镇
		张大山 A1       50000    50000  2026-04-01 2027-04-01 正常     0        0        -
		李四海 A2       50000    45000  2026-04-01 2027-04-01 次级     15       0        -
		赵五谷 A3       20000    20000  2026-04-01 2027-11-01 正常     0        1        -
		王小梅 B1       40000    30000  2025-08-01 2026-08-01 可疑     -        0        -
		周外人 B2       8000     7000   2026-07-01 2027-07-01 正常     0        0        西山乡
		王小梅 B3       9000     9000   2026-09-25 2027-09-25 正常     0        0        -
		李四海 B4       9000     0      2024-09-25 2025-09-25 正常     0        0        -`)
	s.ran()
	// 50 + 45 + 20 + 10 (A4, by the statement) + 30 + 7 + 30 (the other bank)
	s.wantTable("7 6 190000.00 8000.00 6000.00 192000.00 2 75000.00 75000.00 0 0.00")
	s.wantBooks("清水农商银行 农商行台账.csv@2026-09-30 7 161000.00 9000.00 10000.00 162000.00")
	s.wantChecks(`
		与贷款台账不一致 A2 贷款余额 50,000.00 45,000.00
		与贷款台账不一致 A3 到期日期 2026-11-01 2027-11-01
		贷款台账中没有 A4 贷款余额 10,000.00 余额按名单计
		名单中没有 B1 贷款余额 30,000.00 余额按台账计
		名单中没有 B2 贷款余额 7,000.00 借款人不在帮扶名单，余额按台账计
		名单中没有 B3 贷款余额 9,000.00 季末以后发放，未计入`)
	s.wantLines(`
		A1 accepted 440.83
		A2 accepted 440.83 book-differs
		A3 accepted 176.33 book-differs
		A4 accepted 88.17 not-in-book
		Y1 accepted 264.50`)
	var places, due []string
	for _, g := range s.monitoring().Places {
		places = append(places, fmt.Sprint(g.Bank, " ", g.Township, " ", g.Now.Loans, " ", g.Now.Closing))
	}
	s.same("places", places, `
		清水农商银行 河西镇 1 10000.00
		清水农商银行 石楼坪乡 4 145000.00
		清水农商银行 西山乡 1 7000.00
		清水邮储银行 河西镇 1 30000.00`)
	for _, d := range s.monitoring().Due {
		due = append(due, fmt.Sprint(d.Contract, " ", d.Village, " ", d.Borrower, " ", d.Balance, " ", d.Matures, " ", d.Overdue, " ", d.Class, " ", d.Renewals, " ", strings.Join(d.Bars, "、")))
	}
	s.same("due", due, `
		A2 南坡村 李四海 45000.00 2027-04-01 true 次级 0 已逾期（四(三)）
		A3 北坡村 赵五谷 20000.00 2027-11-01 false 正常 1 已续贷或展期1次（二(三)）
		B1 南坡村 王小梅 30000.00 2026-08-01 true 可疑 0 已逾期（四(三)）`)
}

// The fund must cover what the table counts; a loan that it has paid out on is
// in neither.
func TestTheFundCoversTheLoanBook(t *testing.T) {
	s := fundStory(t)
	s.on("2026-09-15")
	s.claim("农商申请.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额\n赵五谷 A3 死亡 2026-08-01 50000")
	s.do(s.decideClaim("A3", true))
	s.on("2026-09-25")
	s.ran()
	s.book("农商行台账.csv", "清水农商银行贷款台账（截至2026年9月20日）", `
		借款人 合同编号 余额
		张大山 A1       48000
		赵五谷 A3       50000
		王小梅 B1       16000.01`)
	s.ran()
	s.wantBooks("清水农商银行 农商行台账.csv@2026-09-20 3 114000.01 50000.00 50000.00 114000.01")
	m := s.monitoring()
	if m.Fund.Outstanding != yuan("114000.01") || m.Fund.Outstanding != m.Total.Now.Closing || m.Fund.Floor() != yuan("7125.01") {
		t.Errorf("outstanding are %s, the table closes with %s", m.Fund.Outstanding, m.Total.Now.Closing)
	}
	s.view(func(ctx context.Context, w *pipeline.Workspace) error {
		fund, err := w.FundStatus(ctx, s.quarter)
		if err == nil && (fund.Outstanding != m.Fund.Outstanding || !fund.Booked) {
			t.Errorf("the fund's account says %s", fund.Outstanding)
		}
		return err
	})
}

// A book that changes no line's outcome changes papers all the same: what the
// fund must cover, and which findings the report counts. The run that reads it
// writes both anew.
//
// By hand: three loans of 50,000 yuan on the statement, and one of 16,000 that
// only the book has; 166,000 / 16 = 10,375.
func TestALoanBookRenewsThePapersThatShowIt(t *testing.T) {
	s := fundStory(t)
	s.on("2026-09-25")
	s.ran()
	quarter := filepath.Join(s.dir, "work", "out", "2026Q3")
	papers := func(outstanding, floor string, differing bool) {
		t.Helper()
		table := readTable(t, filepath.Join(quarter, "基金", "风险补偿金收支表.xlsx"), "收支表")
		for name, want := range map[string]string{"三、季末贷款余额": outstanding, "　规模下限": floor} {
			if row := table[name]; len(row) < 2 || !sameYuan(row[1], want) {
				t.Errorf("%s is %q, want %s", name, row, want)
			}
		}
		page := string(must(os.ReadFile(filepath.Join(quarter, pipeline.ReportPath)))(t))
		if title := "与贷款台账不一致"; strings.Contains(page, title) != differing {
			t.Errorf("the report has the finding %q: %t, want %t", title, !differing, differing)
		}
	}
	papers("150000.00", "9375.00", false)
	s.book("农商行台账.csv", "清水农商银行贷款台账（截至2026年9月20日）", `
		借款人 合同编号 余额
		张大山 A1       50000
		李四海 A2       50000
		赵五谷 A3       50000
		王小梅 B1       16000`)
	s.ran()
	papers("166000.00", "10375.00", false)
	s.book("农商行台账更正.csv", "清水农商银行贷款台账（截至2026年9月20日）", `
		借款人 合同编号 余额  到期日
		张大山 A1       50000 2027-04-02
		李四海 A2       50000 2027-04-01
		赵五谷 A3       50000 2027-04-01
		王小梅 B1       16000 2027-04-01`)
	s.ran()
	papers("166000.00", "10375.00", true)
	s.sound()
}

// A line that went back leaves its loan in the book's figures, once.
func TestAReturnedLineLeavesItsLoanInTheBook(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		借款人 合同号 计息本金 实付利息 续贷次数
		张大山 A1     50000    440.83   2
		李四海 A2     50000    440.83   3`)
	s.ran()
	s.wantTable("0 0 0.00 0.00 0.00 0.00 0 0.00 0.00 0 0.00")
	s.book("农商行台账.csv", "清水农商银行贷款台账（截至2026年9月20日）", `
		借款人 合同编号 余额
		张大山 A1       50000`)
	s.ran()
	s.wantTable("1 1 50000.00 0.00 0.00 50000.00 0 0.00 0.00 0 0.00")
	if m := s.monitoring(); m.Left != 1 {
		t.Errorf("%d returned lines are in none of the figures, want A2's", m.Left)
	}
	s.wantChecks("名单中已退回 A1 贷款余额 50,000.00 余额按台账计")
}

// What opens a quarter is what the book before it said.
func TestTheBookOfTheQuarterBeforeOpensTheNext(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", fourLoans)
	s.book("农商行台账0920.csv", "清水农商银行贷款台账（截至2026年9月20日）", "借款人 合同编号 余额\n王小梅 B1 30000")
	s.ran()
	s.on("2026-12-25")
	s.quarter = q3.Next()
	s.statement("清水农商银行_2026Q4.csv", "借款人 合同号 计息本金 实付利息\n张大山 A1 50000 436.04")
	s.book("农商行台账1220.csv", "清水农商银行贷款台账（截至2026年12月20日）", "借款人 合同编号 余额\n张大山 A1 50000\n王小梅 B1 10000")
	s.ran()
	s.wantTable("2 1 80000.00 0.00 20000.00 60000.00 0 0.00 0.00 0 0.00")
	if before := s.monitoring().Total.Before; before == nil || before.Closing != yuan("160000.00") {
		t.Errorf("the quarter before closed with %+v", before)
	}
	s.quarter = q3
	s.wantTable("5 4 160000.00 0.00 0.00 160000.00 0 0.00 0.00 1 20000.00")
}

// Banks take a loan out of the book when it is repaid. It opened the quarter, and
// came back in it: the table opens with what it closed with before. A tranche too;
// one that goes on under another number, or that the fund paid out on before, did
// not come back.
func TestWhatTheNextBookLacksWasRepaid(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", `
		借款人 合同号 借据号 计息本金 实付利息
		张大山 A1     J1     50000    440.83
		钱六顺 A4     J4     20000    176.33
		孙七斤 A6     J6     10000    88.17`)
	s.on("2026-09-15")
	s.ran()
	s.fundOpened("100000.00")
	s.claim("农商申请一.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额\n孙七斤 A6 死亡 2026-08-01 10000")
	s.do(s.decideClaim("A6", true)) // in the third quarter, whose line goes back
	s.on("2026-09-25")
	s.book("农商行台账0920.csv", "清水农商银行贷款台账（截至2026年9月20日）", `
		借款人 合同编号 借据号 余额
		张大山 A1       J1     50000
		张大山 A1       J2     7000
		钱六顺 A4       J4     20000
		赵五谷 B1       -      30000
		孙七斤 J6       -      10000
		孙七斤 B2       K1     9000
		孙七斤 B3       K2     8000
		李四海 B4       -      0`)
	s.ran()
	s.wantTable("5 4 124000.00 0.00 0.00 124000.00 0 0.00 0.00 0 0.00")
	s.on("2026-12-25")
	s.claim("农商申请.csv", "借款人 合同号 补偿原因 逾期起始日 损失金额\n钱六顺 A4 死亡 2026-08-01 20000")
	s.do(s.decideClaim("A4", true)) // in the first quarter of 2027
	s.quarter = q3.Next()
	s.statement("清水农商银行_2026Q4.csv", "借款人 合同号 借据号 计息本金 实付利息\n张大山 A1 J1 50000 436.04")
	s.book("农商行台账1220.csv", "清水农商银行贷款台账（截至2026年12月20日）", "借款人 合同编号 借据号 余额\n张大山 A1 J1 50000\n孙七斤 K1 - 9000\n孙七斤 B3 K9 6000")
	s.ran()
	// J2's 7,000, A4's 20,000, B1's 30,000 and 2,000 of B3 came back
	s.wantTable("5 4 124000.00 0.00 59000.00 65000.00 0 0.00 0.00 0 0.00")
	if m := s.monitoring(); m.Total.Before == nil || m.Total.Before.Closing != m.Total.Now.Opening || m.Places[0].Township == "" {
		t.Errorf("the quarter before closed with %+v", m.Total.Before)
	}
	s.wantChecks(`
		名单中没有 K1 贷款余额 9,000.00 余额按台账计
		名单中没有 B3 贷款余额 6,000.00 余额按台账计
		上季台账有，本季没有 A1 贷款余额 7,000.00 视为本期已收回
		上季台账有，本季没有 A4 贷款余额 20,000.00 视为本期已收回
		上季台账有，本季没有 B1 贷款余额 30,000.00 视为本期已收回`)
}

// A report sets a quarter beside the one before, which opens with the book of the
// one before that: when that book comes late, both are written anew.
func TestALateLoanBookReachesTheReportsAfterIt(t *testing.T) {
	s := newStory(t)
	book := func(name, day, rows string) {
		s.book(name, "清水农商银行贷款台账（截至"+day+"）", "借款人 合同编号 余额\n张大山 A1 50000"+rows)
	}
	s.statement("清水农商银行_2026Q3.csv", "借款人 合同号 计息本金 实付利息\n张大山 A1 50000 440.83")
	s.ran()
	for _, q := range []struct{ today, statement, paid, book, day string }{
		{"2026-12-25", "清水农商银行_2026Q4.csv", "436.04", "农商行台账1220.csv", "2026年12月20日"},
		{"2027-03-25", "清水农商银行_2027Q1.csv", "431.25", "农商行台账0320.csv", "2027年3月20日"},
	} {
		s.on(q.today)
		s.quarter = s.quarter.Next()
		s.statement(q.statement, "借款人 合同号 计息本金 实付利息\n张大山 A1 50000 "+q.paid)
		book(q.book, q.day, "")
		s.ran()
	}
	before := func(want string) {
		t.Helper()
		rows := s.monitoringSheet("与上季对比")
		if row := rowOf(rows, "合计"); row[2] != want {
			t.Errorf("the quarter before had %s loans, want %s: %v", row[2], want, row)
		}
	}
	before("1")
	book("农商行台账0920.csv", "2026年9月20日", "\n王小梅 B1 30000") // came back in the fourth quarter
	s.ran()
	before("2")
}

// A resent book takes the place of the one before; which one that is, is never
// guessed.
func TestAResentLoanBookReplaces(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", fourLoans)
	const titled = "清水农商银行贷款台账（截至2026年9月%d日）"
	first := "借款人 合同编号 余额\n张大山 A1 50000\n李四海 A2 50000"
	s.book("农商行台账.csv", fmt.Sprintf(titled, 20), first)
	s.book("农商行支行台账.csv", fmt.Sprintf(titled, 20), "借款人 合同编号 余额\n赵五谷 A3 20000") // another part: no loan in common
	s.ran()
	s.wantBooks("清水农商银行 农商行台账.csv@2026-09-20+农商行支行台账.csv@2026-09-20 3 120000.00 0.00 10000.00 130000.00")

	// the same name with other bytes
	s.book("农商行台账.csv", fmt.Sprintf(titled, 20), "借款人 合同编号 余额\n张大山 A1 49000\n李四海 A2 50000")
	s.ran()
	s.wantSaid("贷款台账 农商行台账.csv 替换了 农商行台账.csv；其中 0 笔不再有")
	s.wantBooks("清水农商银行 农商行台账.csv@2026-09-20+农商行支行台账.csv@2026-09-20 3 119000.00 0.00 10000.00 129000.00")

	// another name, the same day, loans in common: which counts?
	s.book("农商行台账新.csv", fmt.Sprintf(titled, 20), "借款人 合同编号 余额\n张大山 A1 48000")
	s.wantRefused(s.run(), "农商行台账新.csv", "有 1 笔相同的贷款")
	s.book("农商行台账2（更正）.csv", fmt.Sprintf(titled, 20), "借款人 合同编号 余额\n张大山 A1 48000")
	s.ran()
	s.wantSaid("其中 1 笔不再有：A2")
	s.wantBooks("清水农商银行 农商行台账2（更正）.csv@2026-09-20+农商行支行台账.csv@2026-09-20 2 68000.00 0.00 60000.00 128000.00")

	// a later day needs no word; an earlier one is late
	s.book("农商行台账3.csv", fmt.Sprintf(titled, 24), first+"\n赵五谷 A3 19000\n钱六顺 A4 10000")
	s.ran()
	s.wantBooks("清水农商银行 农商行台账3.csv@2026-09-24 4 129000.00 0.00 0.00 129000.00")
	s.book("农商行台账4.csv", fmt.Sprintf(titled, 22), first)
	if report := s.run(); len(report.Refused) != 1 || !strings.Contains(report.Refused[0].Reason.Chinese, "已收过清水农商银行更新的贷款台账 农商行台账3.csv（2026-09-24）") {
		t.Fatalf("refused: %v", report.Refused)
	}
	if refused := s.runWith(pipeline.RunRequest{Supersedes: map[string]string{"没有.csv": "农商行台账4.csv"}}).Refused; len(refused) != 1 {
		t.Fatalf("refused: %v", refused)
	}
	if refused := s.runWith(pipeline.RunRequest{Supersedes: map[string]string{"农商行台账3.csv": "农商行台账4.csv"}}).Refused; len(refused) != 0 {
		t.Fatalf("refused: %v", refused)
	}
	s.wantBooks("清水农商银行 农商行台账4.csv@2026-09-22 2 100000.00 0.00 30000.00 130000.00")
}

// What cannot be placed, or cannot be right, is refused by name with the place,
// and nothing of it counts.
func TestLoanBooksThatAreRefused(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", fourLoans)
	s.ran()
	const one, heads = "借款人 合同编号 余额\n张大山 A1 50000", "借款人 合同编号 余额\n"
	for _, test := range []struct{ file, title, text, word string }{
		{"别家台账.csv", "河东商贷银行贷款台账（截至2026年9月20日）", one, "河东商贷银行的贷款台账，jobs.yaml 的 banks 里没有这家银行"},
		{"贷款台账.csv", "贷款台账（截至2026年9月20日）", one, "看不出是哪家银行的贷款台账"},
		{"农商行台账.csv", "农商银行贷款台账", one, "看不出是哪一天的贷款台账"},
		{"农商行台账.csv", "农商银行贷款台账（截至2026年9月26日）", one, "晚于今天 2026-09-25"},
		{"农商行台账.csv", "2026年三季度农商银行贷款台账（截至2025年9月20日）", one, "与它所写的季度 2026Q3（2026-06-21 至 2026-09-20）不符"},
		{"农商行台账.csv", "农商银行贷款台账（截至2026年9月20日）", heads + "张大山 A1 -0.01", "第 3 行单元格 C3（贷款余额）“-0.01”：金额不能是负数"},
		{"农商行台账.csv", "农商银行贷款台账（截至2026年9月20日）", heads + "张大山 A1 五万", "第 3 行单元格 C3（贷款余额）“五万”：读不出来"},
		{"农商行台账.csv", "农商银行贷款台账（截至2026年9月20日）", heads + "张大山 A1 92233720368547758.08", "单元格 C3（贷款余额）“922**********7758.08”：读不出来"},
		{"农商行台账.csv", "农商银行贷款台账（截至2026年9月20日）", heads + "张大山 A1 5\n李四海 A2 5\n张大山 A1 6", "第 5 行单元格 B5（合同号）“A1”：这笔贷款（借据）在台账里已有一行（第 3 行）"},
		{"农商行台账.csv", "农商银行贷款台账（截至2026年9月20日）", "借款人 合同编号 数字\n张大山 A1 50000", "缺少：贷款余额"},
		{"农商行台账.csv", "农商银行贷款台账（截至2026年9月20日）", "借款人 合同编号 余额 实付利息 年利率\n张大山 A1 50000 1 3.45", "看不出是贴息名单还是贷款台账"},
		{"农商行台账.csv", "农商银行贷款台账（截至2026年9月20日）", heads, "一笔贷款也没有"},
	} {
		s.book(test.file, test.title, test.text)
		s.wantRefused(s.run(), test.file, test.word)
	}
	s.wantBooks("")
	s.wantTable("4 4 130000.00 0.00 0.00 130000.00 0 0.00 0.00 1 20000.00")
}

// A book that comes before any statement is kept, and a dry run keeps nothing;
// the file may be gone afterwards.
func TestALoanBookBeforeTheStatement(t *testing.T) {
	s := newStory(t)
	s.book("农商行台账.csv", "2026年第三季度农商银行贷款台账", "借款人 合同编号 余额\n张大山 A1 50000")
	if report := s.runWith(pipeline.RunRequest{DryRun: true}); len(report.Refused) != 0 || !report.Changed {
		t.Errorf("a dry run says %+v", report)
	}
	s.ran()
	s.wantBooks("清水农商银行 农商行台账.csv@2026-09-20 1 50000.00 0.00 0.00 50000.00")
	if err := os.Remove(filepath.Join(s.dir, "inbox", "农商行台账.csv")); err != nil {
		t.Fatal(err)
	}
	s.statement("清水农商银行_2026Q3.csv", fourLoans)
	s.ran()
	s.wantLines(`
		A1 accepted 440.83
		A2 accepted 440.83 not-in-book
		A3 accepted 176.33 not-in-book
		A4 accepted 88.17 not-in-book`)
	s.wantBooks("清水农商银行 农商行台账.csv@2026-09-20 1 50000.00 0.00 80000.00 130000.00")
}

// A book of a day within the quarter counts until a later one comes, and
// somebody is told; before the quarter has ended none is taken.
func TestALoanBookOfADayBeforeTheQuartersEnd(t *testing.T) {
	s := newStory(t)
	s.on("2026-09-19")
	s.book("农商行台账.csv", "农商银行贷款台账（截至2026年8月31日）", "借款人 合同编号 余额\n张大山 A1 45000")
	if refused := s.run().Refused; len(refused) != 1 || !strings.Contains(refused[0].Reason.Chinese, "2026Q3 到 2026-09-20 才结束") {
		t.Fatalf("refused: %v", refused)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "work", "out", "2026Q3")); err == nil {
		t.Error("the quarter was begun")
	}
	s.on("2026-09-25")
	s.statement("清水农商银行_2026Q3.csv", fourLoans)
	s.ran()
	s.wantSaid("是 2026-08-31 的，早于季末 2026-09-20")
	s.wantBooks("清水农商银行 农商行台账.csv@2026-08-31 1 45000.00 0.00 80000.00 125000.00")
	s.book("农商行台账季末.csv", "农商银行贷款台账（截至2026年9月20日）", "借款人 合同编号 余额\n张大山 A1 44000")
	s.ran()
	s.wantBooks("清水农商银行 农商行台账季末.csv@2026-09-20 1 44000.00 0.00 80000.00 124000.00")
}

// Two counties that get the same files, and one that lost its table, have the
// same bytes.
func TestALoanBookGivesTheSameBytes(t *testing.T) {
	var tables [3][]byte
	for i := range 2 {
		s := storyIn(t, t.TempDir())
		s.statement("清水农商银行_2026Q3.csv", fourLoans)
		s.book("农商行台账.csv", "农商银行贷款台账（截至2026年9月20日）", "借款人 合同编号 余额\n张大山 A1 45000\n王小梅 B1 30000\n周外人 B2 20000")
		s.ran()
		file := filepath.Join(s.dir, "work", "out", "2026Q3", "监测", "季度监测表.xlsx")
		tables[i] = must(os.ReadFile(file))(t)
		if i == 1 {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			s.on("2026-10-05")
			s.ran()
			tables[2] = must(os.ReadFile(file))(t)
		}
	}
	if !slices.Equal(tables[0], tables[1]) || !slices.Equal(tables[1], tables[2]) {
		t.Error("the tables differ")
	}
}

// A book in one file with a statement is not read, and somebody is told.
func TestALoanBookInAStatementsFileIsTold(t *testing.T) {
	s := newStory(t)
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	fill := func(sheet string, rows ...[]any) {
		for i, row := range rows {
			if err := f.SetSheetRow(sheet, fmt.Sprint("A", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := f.NewSheet("贷款台账"); err != nil {
		t.Fatal(err)
	}
	fill("Sheet1", []any{"借款人", "身份证号", "合同号", "贷款余额", "年利率", "放款日期", "到期日期", "实付利息", "计息天数"},
		[]any{"张大山", s.people["张大山"].id, "A1", 50000, 3.45, "2026-04-01", "2027-04-01", 440.83, 92})
	fill("贷款台账", []any{"借款人", "身份证号", "合同号", "贷款余额", "放款日期", "到期日期"}, []any{"张大山", s.people["张大山"].id, "A1", 50000, "2026-04-01", "2027-04-01"})
	if err := f.SaveAs(filepath.Join(s.dir, "inbox", "农商2026Q3.xlsx")); err != nil {
		t.Fatal(err)
	}
	s.ran()
	s.wantSaid("工作表“贷款台账”像是贷款台账，和贴息名单在一个文件里，未读")
	s.wantLines("A1 accepted 440.83")
	s.wantBooks("")
}

// Headings that jobs.yaml explains later are read, from the same bytes.
func TestALoanBookIsReadAnewUnderOtherSettings(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", fourLoans)
	s.book("农商行台账.csv", "农商银行贷款台账（截至2026年9月20日）", "借款人 合同编号 余额 账面数\n张大山 A1 50000 49000")
	s.ran()
	s.wantBooks("清水农商银行 农商行台账.csv@2026-09-20 1 50000.00 0.00 80000.00 130000.00")
	s.write("jobs.yaml", strings.Replace(storyJob, `match: "*农商*"}`, `match: "*农商*", headings: {余额: ignore, 账面数: balance}}`, 1))
	s.configure()
	s.ran()
	s.wantBooks("清水农商银行 农商行台账.csv@2026-09-20 1 49000.00 0.00 80000.00 129000.00")
}

// What was paid is not judged again when a book comes; the table still shows it.
func TestALoanBookAfterPayment(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", "借款人 合同号 计息本金 实付利息\n张大山 A1 50000 440.83")
	s.ran()
	s.cleared()
	s.pays("2026Q3-01")
	s.wantSums("1 440.83 440.83 0.00 0.00 0.00")
	s.book("农商行台账.csv", "农商银行贷款台账（截至2026年9月20日）", "借款人 合同编号 余额\n张大山 A1 40000")
	s.ran()
	s.wantSums("1 440.83 440.83 0.00 0.00 0.00")
	s.wantLines("A1 accepted 440.83")
	s.wantBooks("清水农商银行 农商行台账.csv@2026-09-20 1 40000.00 0.00 0.00 40000.00")
}

// The audit finds a book whose archived copy is gone, or whose rows were
// changed; a purge takes the copy away and says so.
func TestTheAuditProvesLoanBooks(t *testing.T) {
	s := newStory(t)
	s.statement("清水农商银行_2026Q3.csv", "借款人 合同号 计息本金 实付利息\n张大山 A1 50000 440.83")
	s.book("农商行台账.csv", "农商银行贷款台账（截至2026年9月20日）", "借款人 合同编号 余额\n张大山 A1 50000")
	s.ran()
	s.cleared()
	s.pays("2026Q3-01")
	s.ran()
	s.do(func(ctx context.Context, w *pipeline.Workspace) error {
		r, err := w.Purge(ctx, pipeline.PurgeRequest{Quarter: q3, Why: "已办结"})
		if err == nil && !slices.Contains(r.Files, "农商行台账.csv") {
			t.Errorf("purged are %v", r.Files)
		}
		return err
	})
	s.sound()
	if refused := s.run().Refused; len(refused) != 0 { // it lies in the inbox still
		t.Errorf("refused: %v", refused)
	}
	s.book("农商行台账更正.csv", "农商银行贷款台账（截至2026年9月20日）", "借款人 合同编号 余额\n张大山 A1 40000")
	s.wantRefused(s.run(), "农商行台账更正.csv", "已经办结并清除")
}
