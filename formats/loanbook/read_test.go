package loanbook_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiexi/formats/forms"
	"tiexi/formats/heading"
	"tiexi/formats/internal/grid"
	"tiexi/formats/loanbook"
	"tiexi/formats/sheet"
	"tiexi/formats/statement"
	"tiexi/pipeline/values"
)

const heads = "借款人 | 身份证号 | 合同编号 | 贷款金额 | 贷款余额 | 发放日 | 到期日"

const title = "清水农商银行贷款台账（截至2026年9月20日）\n"

func loan(contract, rest string) string {
	return "\n王小明 | 149901199001010012 | " + contract + " | " + rest
}

const sound = "#50000 | #48000 | 2026-04-01 | 2027-04-01"

func read(t testing.TB, text string) (*loanbook.Book, error) {
	t.Helper()
	book, err := loanbook.Read(grid.Book(t, text), statement.Options{File: "农商行贷款台账.xlsx"})
	checkAccounts(t, book)
	return book, err
}

// checkAccounts: every row is accounted for, and every row of a loan is a loan
// or has a problem.
func checkAccounts(t testing.TB, b *loanbook.Book) {
	t.Helper()
	rows, broken := 0, map[values.Place]bool{}
	for _, s := range b.Sheets {
		if !s.Read() {
			continue
		}
		if sum := s.Titles + s.Headings + s.Blanks + s.Loans + s.Totals + s.Notes; sum != s.Rows || s.Blanks < 0 {
			t.Errorf("%d rows, accounted for %d: %+v", s.Rows, sum, s)
		}
		rows += s.Loans
	}
	for _, p := range b.Problems {
		if p.Kind != values.ProblemTotal {
			broken[p.Place] = true
		}
	}
	if len(b.Loans)+len(broken) < rows {
		t.Errorf("%d rows of loans, %d loans and %d rows with problems", rows, len(b.Loans), len(broken))
	}
}

// What openpyxl, xlwt and a plain program wrote, against what testdata/make.py
// told them to.
func TestBooksOfOtherPrograms(t *testing.T) {
	want, err := os.ReadFile("testdata/loans.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for name, balanceCell := range map[string]string{"openpyxl.xlsx": "G6", "xlwt.xls": "G5", "xlwt-1904-wan.xls": "G5", "gb18030.csv": "G5"} {
		book, err := sheet.Open(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = book.Close() }()
		if kind, err := forms.Detect(book); kind != forms.KindLoanBook || err != nil {
			t.Errorf("%s is taken for %s, %v", name, kind, err)
		}
		b, err := loanbook.Read(book, statement.Options{File: name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkAccounts(t, b)
		var got strings.Builder
		for _, l := range b.Loans {
			fmt.Fprintln(&got, strings.Join([]string{l.Borrower, l.ID.Whole(), l.Contract, l.Tranche, fmt.Sprint(int64(l.Amount)), fmt.Sprint(int64(l.Balance)), l.Rate.String(),
				l.Disbursed.String(), l.Matures.String(), l.Class, map[bool]string{true: "True", false: "False"}[l.Overdue], fmt.Sprint(l.Renewals), l.Township, l.Village}, "\t"))
		}
		if got.String() != string(want) {
			t.Errorf("%s holds\n%swant\n%s", name, got.String(), want)
		}
		if b.AsOf != values.MustDate("2026-09-20") || b.Bank != "清水农商银行" || b.Loans[1].Cell(values.FieldBalance) != balanceCell {
			t.Errorf("%s: %s of %q, the second balance in %s", name, b.AsOf, b.Bank, b.Loans[1].Cell(values.FieldBalance))
		}
	}
}

// Every cell that cannot be right is named, with sheet, row and cell, and none
// of the book is taken.
func TestWhatIsBrokenIsNamed(t *testing.T) {
	for name, test := range map[string]struct{ rows, want string }{
		"a negative balance":            {loan("A1", "#50000 | #-1 | 2026-04-01 | 2027-04-01"), "negative E3 -1"},
		"brackets":                      {loan("A1", "#50000 | (48,000.00) | 2026-04-01 | 2027-04-01"), "negative E3 (48,000.00)"},
		"a loan of nothing":             {loan("A1", "#0 | #0 | 2026-04-01 | 2027-04-01"), "negative D3 0"},
		"words for money":               {loan("A1", "#50000 | 四万八 | 2026-04-01 | 2027-04-01"), "unreadable E3 四万八"},
		"a third decimal":               {loan("A1", "#50000 | #48000.005 | 2026-04-01 | 2027-04-01"), "unreadable E3 48000.005"},
		"more than fen can hold":        {loan("A1", "99999999999999999999 | #48000 | 2026-04-01 | 2027-04-01"), "unreadable D3 99999999999999999999"},
		"more than a loan can be":       {loan("A1", "#1000000000.01 | #48000 | 2026-04-01 | 2027-04-01"), "too-large D3 1000000000.01"},
		"more owed than lent":           {loan("A1", "#50000 | #50000.01 | 2026-04-01 | 2027-04-01"), "above-amount E3 50000.01"},
		"matures before disbursement":   {loan("A1", "#50000 | #48000 | 2026-04-01 | 2026-04-01"), "reversed G3 2026-04-01"},
		"no balance":                    {loan("A1", "#50000 |  | 2026-04-01 | 2027-04-01"), "empty E3 "},
		"a dash for a balance":          {loan("A1", "#50000 | — | 2026-04-01 | 2027-04-01"), "empty E3 —"},
		"no maturity":                   {loan("A1", "#50000 | #48000 | 2026-04-01"), "empty G3 "},
		"no day":                        {loan("A1", "#50000 | #48000 | 2026-02-30 | 2027-04-01"), "unreadable F3 2026-02-30"},
		"an id that lost digits":        {"\n王小明 | #149901199001010012 | A1 | " + sound, "digits-lost B3 149901199001010012"},
		"twice":                         {loan("A1", sound) + loan("B1", sound) + loan("A1", sound), "twice C5 A1"},
		"twice but for a space":         {loan("A 1", sound) + loan("A1", sound), "twice C4 A1"},
		"one amount over two rows":      {loan("A1", sound) + "\n王小明 | 149901199001010012 | A2 | #50000 | ^ | 2026-04-01 | 2027-04-01", "merged E4 48000"},
		"a total that does not add up":  {loan("A1", sound) + loan("A2", sound) + "\n合计 | | | #100000 | #96000.01", "total E5 96000.01"},
		"a total of nothing":            {loan("A1", sound) + "\n小计 | | | #50000 | #48000\n总计 | | | #50000 | #0", "total E5 0"},
		"a total above":                 {"\n合计 | | | #50000 | #48001" + loan("A1", sound), "total E3 48001"},
		"a total of words":              {loan("A1", sound) + "\n合计 | | | #50000 | 四万八", "unreadable E4 四万八"},
		"several, all of them":          {loan("A1", "#-5 | x | 2026-04-01 | 2027-04-01") + loan("A2", sound) + loan("A3", "#1 | #1 | ? | 2027-04-01"), "negative D3 -5, unreadable E3 x, unreadable F5 ?"},
		"a heading of other columns":    {loan("A1", sound) + "\n姓名 | 证件号码 | 借款合同号 | 余额 | 金额 | 到期日 | 发放日", "unreadable D4 余额, unreadable E4 金额, unreadable F4 到期日, unreadable G4 发放日"},
		"a row without id and contract": {loan("A1", sound) + "\n王小明 | | | #50000 | #48000 | 2026-04-01 | 2027-04-01", "empty B4 , empty C4 "},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := read(t, title+heads+test.rows)
			if !errors.Is(err, loanbook.ErrBroken) {
				t.Fatalf("%v", err)
			}
			var got []string
			for _, p := range b.Problems {
				got = append(got, string(p.Kind)+" "+p.Cell+" "+p.Raw)
				if words := p.Words(); !strings.Contains(words.Chinese, fmt.Sprintf("第 %d 行", p.Row)) || !strings.Contains(words.English, fmt.Sprintf("row %d", p.Row)) {
					t.Errorf("it says %v", words)
				}
			}
			if all := strings.Join(got, ", "); all != test.want {
				t.Errorf("got  %s\nwant %s", all, test.want)
			}
			var bilingual interface{ English() string }
			if !strings.Contains(err.Error(), "工作表“名单”") || !strings.HasSuffix(err.Error(), "。") || !errors.As(err, &bilingual) || !strings.Contains(bilingual.English(), "sheet \"名单\"") {
				t.Errorf("it says %v", err)
			}
		})
	}
}

func TestWhatIsNotBroken(t *testing.T) {
	for name, test := range map[string]struct {
		text  string
		loans int
	}{
		"totals, notes and blank rows":  {title + heads + "\n\n" + loan("A1", sound)[1:] + "\n小计 | | | #50000 | #48000" + loan("A2", sound) + "\n合计 | | | #100000 | #96000\n\n制表人：孙一 | | | 复核：李二 | | 2026年9月25日\n说明：本表由信贷系统导出", 2},
		"totals of parts only":          {title + heads + loan("A1", sound) + "\n合计 | | | #50000 | #48000" + loan("A2", sound) + "\n合计 | | | #50000 | #48000", 2},
		"a total above and below":       {title + heads + "\n合计 | | | #50000 | #48000" + loan("A1", sound) + "\n总计 | | | #50000 | #48000", 1},
		"a repaid loan":                 {title + heads + loan("A1", "#50000 | #0 | 2026-04-01 | 2027-04-01"), 1},
		"tranches of a contract":        {title + heads + " | 借据号" + loan("A1", sound+" | J1") + loan("A1", sound+" | J2"), 2},
		"the heading printed again":     {title + heads + loan("A1", sound) + "\n" + heads + loan("A2", sound), 2},
		"zeros of formulas below":       {title + heads + loan("A1", sound) + "\n | | | #0 | #0", 1},
		"no amount":                     {title + "借款人 | 身份证号 | 合同编号 | 余额 | 发放日 | 到期日\n王小明 | 149901199001010012 | A1 | #48000 | 2026-04-01 | 2027-04-01", 1},
		"interest columns of its own":   {title + heads + " | 欠息 | 累计实收利息" + loan("A1", sound+" | #12.34 | #800"), 1},
		"a name that is hard to write":  {title + heads + "\n王\ue000明 | 149901199001010012 | A1 | " + sound, 1},
		"amounts of a fen":              {title + heads + loan("A1", "0.02 | 0.01 | 20260401 | 2027年4月1日"), 1},
		"a hidden sheet does not count": {title + heads + loan("A1", sound), 1},
	} {
		b, err := read(t, test.text)
		if err != nil || len(b.Loans) != test.loans {
			t.Errorf("%s: %d loans, %v", name, len(b.Loans), err)
		}
	}
}

func TestWhatStandsInTheColumns(t *testing.T) {
	b, err := read(t, "单位：万元\n"+title+heads+" | 是否逾期 | 逾期天数 | 是否续贷 | 是否展期 | 展期到期日 | 五级形态 | 月利率‰ | 贷款品种"+
		loan("A1", "#5 | #4.8 | 2026-04-01 | 2027-04-01 | 否 | #0 | 是 | 否 | — | 正常1 | #2.875 | 帮扶小额信贷")+
		loan("A2", "#5 | #4.8 | 2026-04-01 | 2027-04-01 | 是 | | 是 | 是 | 2028-04-01 | 可疑类 | | ")+
		loan("A3", "#5 | 4.8万元 | 2026-04-01 | 2027-04-01 | | 3天 | | | | 损失 | | ")+
		loan("A4", "#5 | 4.8万元 | 2026-04-01 | 2027-04-01 | 无 | — | | | | | | "))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"50000.00 48000.00 2027-04-01 G4 false 正常 1 3.45 帮扶小额信贷 amount rate renewals product overdue class",
		"50000.00 48000.00 2028-04-01 L5 true 可疑 2 0  amount renewals overdue class",
		"50000.00 48000.00 2027-04-01 G6 true 损失 0 0  amount overdue class",
		"50000.00 48000.00 2027-04-01 G7 false  0 0  amount overdue",
	} {
		l := b.Loans[i]
		given := ""
		for _, f := range []values.Field{values.FieldAmount, values.FieldRate, values.FieldRenewals, values.FieldProduct, values.FieldOverdue, values.FieldClass} {
			if l.Given.Has(f) {
				given += " " + f.String()
			}
		}
		if got := fmt.Sprint(l.Amount, " ", l.Balance, " ", l.Matures, " ", l.Cell(values.FieldMatures), " ", l.Overdue, " ", l.Class, " ", l.Renewals, " ", l.Rate, " ", l.Product, given); got != want {
			t.Errorf("loan %d is\n%s\nwant\n%s", i, got, want)
		}
	}
}

// The book's day and quarter, by its titles, its rows, its name.
func TestTheDayOfABook(t *testing.T) {
	for _, test := range []struct{ file, title, day, quarter string }{
		{"台账.xlsx", "清水农商银行贷款台账（截至2026年9月20日）", "2026-09-20", ""},
		{"台账.xlsx", "数据日期：20260930", "2026-09-30", ""},
		{"台账.xlsx", "2026年第三季度贷款台账 | 统计日期 2026-09-30 | 单位：元", "2026-09-30", "2026Q3"},
		{"贷款台账20260930.xlsx", "贷款台账", "2026-09-30", ""},
		{"贷款台账2026年9月末.xlsx", "贷款台账", "2026-09-30", ""},
		{"贷款台账.xlsx", "2024年2月末贷款台账", "2024-02-29", ""},
		{"2026年三季度贷款台账.xlsx", "贷款台账", "", "2026Q3"},
		{"贷款台账.xlsx", "贷款台账（2021年1月1日至2026年9月20日发放）", "2026-09-20", ""},
		{"贷款台账2026-06-30.xlsx", "贷款台账（截至2026/9/20）", "2026-09-20", ""},
		{"贷款台账.xlsx", "贷款台账", "", ""},
	} {
		b, err := loanbook.Read(grid.Book(t, test.title+"\n"+heads+loan("A1", sound)), statement.Options{File: test.file})
		if err != nil || b.AsOf.String() != test.day || b.Quarter.String() != test.quarter {
			t.Errorf("%s %s: %s %s %v", test.file, test.title, b.AsOf, b.Quarter, err)
		}
		if b.Loans[0].AsOf != b.AsOf {
			t.Errorf("its loan is of %s", b.Loans[0].AsOf)
		}
	}
	b, err := read(t, "贷款台账\n"+heads+" | 数据日期"+loan("A1", sound+" | 2026-09-19")+loan("A2", sound+" | 2026-09-20"))
	if err != nil || b.AsOf != values.MustDate("2026-09-20") {
		t.Errorf("by its rows: %s %v", b.AsOf, err)
	}
}

// A loan book is told from a statement, and the reverse.
func TestBooksAndStatementsAreTold(t *testing.T) {
	const interest = " | 实付利息 | 年利率"
	for _, test := range []struct {
		name, text string
		want       forms.Kind
	}{
		{"a book", title + heads, forms.KindLoanBook},
		{"a statement", "清水农商银行贴息名单\n" + heads + interest, forms.KindStatement},
		{"a statement that says its days", "清水农商银行贷款台账\n" + heads + interest + " | 计息天数", forms.KindStatement},
		{"a statement called a ledger of subsidies", "清水农商银行小额信贷贴息台账\n" + heads + interest, forms.KindStatement},
		{"a statement that lost its interest", "清水农商银行贴息名单\n" + heads + " | 年利率", forms.KindUnknown},
		{"a book of unknown columns", "清水农商银行贷款台账\n甲 | 乙 | 丙\n一 | 二 | 三", forms.KindLoanBook},
		{"a book with households", title + heads + " | 户编号 | 乡镇 | 行政村", forms.KindLoanBook},
		{"a roster", "帮扶名单\n户编号 | 姓名 | 证件号码 | 乡(镇) | 行政村", forms.KindRoster},
		{"a book of tranches", "清水农商银行借据台帐\n" + heads, forms.KindLoanBook},
		{"the word in a cell below", "清水农商银行\n" + heads + loan("A1", sound) + "\n注：详见贷款台账", forms.KindUnknown},
	} {
		if got, err := forms.Detect(grid.Book(t, test.text)); got != test.want || err != nil {
			t.Errorf("%s is taken for %s, %v", test.name, got, err)
		}
	}
	_, err := forms.Detect(grid.Book(t, "清水农商银行贷款台账\n"+heads+interest))
	var doubtful *loanbook.DoubtfulError
	if !errors.Is(err, loanbook.ErrDoubtful) || !errors.As(err, &doubtful) || !strings.Contains(err.Error(), "test.xlsx") || !strings.Contains(doubtful.English(), "test.xlsx") {
		t.Errorf("interest without days, called a book: %v", err)
	}
	for name, want := range map[string]bool{"农商行贷款台账.xlsx": true, "2026Q3信贷台账": true, "贷款 台账": true, "帮扶台账.xlsx": false, "贷款贴息台账": false, "贷款名单": false} {
		if loanbook.Names(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

func TestBooksThatAreNone(t *testing.T) {
	_, err := read(t, "清水农商银行贷款台账\n借款人 | 身份证号 | 合同编号 | 发放日 | 到期日")
	var none *heading.NoTableError
	if !errors.Is(err, loanbook.ErrNoBook) || !errors.As(err, &none) || !strings.Contains(err.Error(), "缺少：贷款余额") {
		t.Errorf("without balances: %v", err)
	}
	_, err = read(t, title+heads+"\n合计 | | | #0 | #0")
	var empty *loanbook.EmptyError
	if !errors.Is(err, loanbook.ErrEmpty) || !errors.As(err, &empty) || !strings.Contains(empty.English(), "not a single loan") {
		t.Errorf("without loans: %v", err)
	}
	if _, err = read(t, title+heads+" | 借款人姓名 | 到期日"+loan("A1", sound)); !errors.Is(err, heading.ErrAmbiguous) {
		t.Errorf("two columns of one meaning: %v", err)
	}
	b, err := loanbook.Read(grid.Sheets(t, grid.Sheet{Name: "一支行", Text: title + heads + loan("A1", sound)}, grid.Sheet{Name: "二支行", Text: heads + loan("A2", sound)},
		grid.Sheet{Name: ".旧", Text: heads + loan("A3", sound)}), statement.Options{File: "贷款台账.xlsx"})
	if err != nil || len(b.Loans) != 2 || b.Loans[1].Sheet != "二支行" {
		t.Errorf("two branches: %+v %v", b.Loans, err)
	}
	_, err = loanbook.Read(grid.Sheets(t, grid.Sheet{Name: "一", Text: title + heads + loan("A1", sound)}, grid.Sheet{Name: "二", Text: heads + loan("A1", sound)}), statement.Options{File: "贷款台账.xlsx"})
	if !errors.Is(err, loanbook.ErrBroken) || !strings.Contains(err.Error(), "（工作表“一”第 3 行）") {
		t.Errorf("one loan on two sheets: %v", err)
	}
}

// A bank's own headings, as jobs.yaml explains them.
func TestTaughtHeadings(t *testing.T) {
	opt := statement.Options{File: "贷款台账.xlsx", Bank: "清水农商银行", Headings: map[string]values.Field{"客户证号": values.FieldID, "余额": values.FieldNone, "账面数": values.FieldBalance}}
	b, err := loanbook.Read(grid.Book(t, "借款人 | 客户证号 | 合同编号 | 余额 | 账面数 | 发放日 | 到期日\n王小明 | 149901199001010012 | A1 | x | #48000 | 2026-04-01 | 2027-04-01"), opt)
	if err != nil || b.Loans[0].Balance != 48_000*values.Yuan || b.Loans[0].Bank != "清水农商银行" {
		t.Errorf("%+v %v", b.Loans, err)
	}
}

// A long list of problems is cut, and says by how many.
func TestManyProblemsAreCounted(t *testing.T) {
	text := title + heads
	for i := range 30 {
		text += loan(fmt.Sprint("A10", i), "#1 | #-1 | 2026-04-01 | 2027-04-01")
	}
	_, err := read(t, text)
	if err == nil || !strings.Contains(err.Error(), "有 30 处不能采用") || !strings.Contains(err.Error(), "另有 10 处") {
		t.Errorf("it says %v", err)
	}
}

// FuzzRead: whatever text comes in, it is refused by what it is, or every row of
// it is accounted for and no amount is impossible.
func FuzzRead(f *testing.F) {
	f.Add(grid.CSV(title + heads + loan("A1", sound) + loan("A2", sound) + "\n合计 | | | 100000 | 96000\n制表人："))
	f.Add(grid.CSV("单位：万元\n" + heads + " | 借据号 | 逾期天数 | 展期到期日 | 五级分类" + loan("A1", "5 | -4.8 | 2026-04-01 | 2027-04-01 | J1 | 3 | 2028-01-01 | 次级")))
	f.Add(grid.CSV("借款人 | | 合同号 | 贷款 | | | 到期日\n姓名 | 身份证号 | | 余额 | 金额 | 发放日 | "))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := sheet.OpenBytes("贷款台账.csv", data)
		if err != nil {
			return
		}
		defer func() { _ = book.Close() }()
		b, err := loanbook.Read(book, statement.Options{File: "贷款台账.csv"})
		var refusal *sheet.Refusal
		switch {
		case err == nil || errors.Is(err, loanbook.ErrBroken):
			checkAccounts(t, b)
			seen := map[string]bool{}
			for _, l := range b.Loans {
				if key := l.Contract + "\x00" + l.Tranche; seen[key] || l.Balance < 0 || l.Given.Has(values.FieldAmount) && l.Balance > l.Amount || l.Matures <= l.Disbursed || l.Contract == "" {
					t.Errorf("taken: %+v", l)
				} else {
					seen[key] = true
				}
			}
			if (err == nil) == (len(b.Problems) > 0) {
				t.Errorf("%d problems and %v", len(b.Problems), err)
			}
		case errors.Is(err, loanbook.ErrNoBook), errors.Is(err, loanbook.ErrEmpty), errors.Is(err, heading.ErrAmbiguous):
		case !errors.As(err, &refusal):
			t.Errorf("%T %v", err, err)
		}
	})
}
