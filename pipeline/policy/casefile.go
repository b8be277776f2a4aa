package policy

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v4"

	"tiexi/pipeline/values"
)

// testCase is one case of a case file: a household, a quarter, and what must
// come out. The keys are Chinese, in the words of a bank's statement, because
// those who check a policy write them (see fixtures/cases).
type testCase struct {
	file     *source
	node     *yaml.Node
	name     string
	clause   string
	policies []string
	quarter  values.Quarter
	home     Household
	amounts  []wantAmounts
	regimes  []wantRegime
	judged   []wantConditions
}

// wantAmounts is what one loan must be entitled to.
type wantAmounts struct {
	node         *yaml.Node
	loan         int
	shares       values.Shares
	parts        map[string]values.Shares // by policy; nil: not asked
	unconfigured []Span
}

// wantRegime is the policy that must govern a day; "" for none.
type wantRegime struct {
	node   *yaml.Node
	loan   int
	day    values.Date
	policy string
}

// wantConditions are conditions that must judge a loan, by the labels of
// [conditionTexts].
type wantConditions struct {
	node      *yaml.Node
	loan      int
	extension bool
	texts     fields
}

const yes, no = "是", "否"

// caseFile reads the cases of one file.
func (s *source) caseFile(text []byte) []*testCase {
	root := s.parse(text)
	if root == nil {
		return nil
	}
	f, ok := s.mapping(root, "说明", "政策", "用例")
	if !ok {
		return nil
	}
	policies := s.names(f.get("政策"))
	if len(policies) == 0 {
		policies = []string{"bangfu-2026", "tuopin-2021"}
	}
	s.text(&f, "说明")
	if f.get("用例") == nil {
		s.text(&f, "用例") // reports it as missing
	}
	var cases []*testCase
	for _, item := range s.list(f.get("用例")) {
		if c := s.testCase(item, policies); c != nil {
			cases = append(cases, c)
		}
	}
	return cases
}

func (s *source) names(n *yaml.Node) (names []string) {
	for _, item := range s.list(n) {
		names = append(names, item.Value)
	}
	return names
}

func (s *source) testCase(n *yaml.Node, policies []string) *testCase {
	f, ok := s.mapping(n, "名称", "条款", "政策", "季度", "贷款", "应得", "归属", "条件")
	if !ok {
		return nil
	}
	c := &testCase{file: s, node: n, policies: policies}
	c.name, _ = s.text(&f, "名称")
	c.clause, _ = s.text(&f, "条款")
	if f.get("政策") != nil {
		c.policies = s.names(f.get("政策"))
	}
	if f.get("应得") != nil || f.get("季度") != nil {
		if name, ok := s.text(&f, "季度"); ok {
			c.quarter = s.quarter(f.get("季度"), name)
		}
	}
	c.home.ID = c.name
	loans := map[string]int{}
	for _, item := range s.list(f.get("贷款")) {
		loan := s.loan(item, c.quarter)
		if _, twice := loans[loan.Contract]; twice {
			s.fail(item, "合同“"+loan.Contract+"”写了两次", fmt.Sprintf("contract %q is repeated", loan.Contract))
		}
		loans[loan.Contract] = len(c.home.Loans)
		c.home.Loans = append(c.home.Loans, loan)
	}
	s.wants(c, &f, loans)
	if len(c.amounts)+len(c.regimes)+len(c.judged) == 0 {
		s.fail(n, "用例没有写结果（应得、归属或条件）", "the case expects nothing")
	}
	return c
}

func (s *source) quarter(n *yaml.Node, name string) values.Quarter {
	q, err := values.ParseQuarter(name)
	if err != nil {
		s.fail(n, "季度应写作 2026Q3，现为“"+name+"”", fmt.Sprintf("want a quarter such as 2026Q3, not %q", name))
	}
	return q
}

func (s *source) loan(n *yaml.Node, q values.Quarter) (loan Loan) {
	f, ok := s.mapping(n, "合同", "银行", "首次放款", "放款", "到期", "原到期", "签订", "展期签订", "次数", "大额", "利息")
	if !ok {
		return loan
	}
	loan.Contract, _ = s.text(&f, "合同")
	loan.Bank = s.optionalText(&f, "银行")
	loan.First, _ = s.day(&f, "首次放款")
	for _, key := range []string{"放款", "到期"} {
		if f.get(key) == nil {
			s.text(&f, key) // reports it as missing
		}
	}
	loan.Facts = s.facts(&f, Facts{})
	for _, item := range s.list(f.get("利息")) {
		loan.Lines = append(loan.Lines, s.line(item, q, loan.Facts, int64(item.Line)))
	}
	return loan
}

// facts reads those that are given over the ones that hold without.
func (s *source) facts(f *fields, facts Facts) Facts {
	for key, to := range map[string]*values.Date{"放款": &facts.Disbursed, "到期": &facts.Matures,
		"原到期": &facts.OriginalMaturity, "签订": &facts.Signed, "展期签订": &facts.ExtensionSigned} {
		if d, ok := s.day(f, key); ok {
			*to = d
		}
	}
	if f.get("次数") != nil {
		facts.Renewals = s.whole(f, "次数")
	}
	if f.get("大额") != nil {
		facts.Approved = s.yes(f, "大额")
	}
	return facts
}

func (s *source) line(n *yaml.Node, q values.Quarter, loan Facts, key int64) (line Line) {
	f, ok := s.mapping(n, "起", "止", "天数", "余额", "利率", "实付", "季度", "退出后展期",
		"放款", "到期", "原到期", "签订", "展期签订", "次数", "大额")
	if !ok {
		return line
	}
	line.Key, line.Quarter = key, q
	for _, key := range []string{"起", "止"} {
		if f.get(key) == nil {
			s.text(&f, key) // reports it as missing
		}
	}
	line.From, _ = s.day(&f, "起")
	line.To, _ = s.day(&f, "止")
	line.Balance, line.Paid = s.amount(&f, "余额"), s.amount(&f, "实付")
	if rate := s.percent(&f, "利率"); rate != nil {
		line.Rate = values.Rate{Decimal: *rate}
	}
	if f.get("天数") != nil {
		line.Days = s.whole(&f, "天数")
	}
	if name := s.optionalText(&f, "季度"); name != "" {
		line.Quarter = s.quarter(f.get("季度"), name)
	}
	if f.get("退出后展期") != nil {
		line.ExtensionBarred = s.yes(&f, "退出后展期")
	}
	if own := s.facts(&f, loan); own != loan {
		line.Facts = &own
	}
	return line
}

// amount reads yuan, nil allowed.
func (s *source) amount(f *fields, key string) values.Fen {
	text, ok := s.text(f, key)
	if !ok {
		return 0
	}
	fen, err := values.ParseFen(text)
	if err != nil {
		s.fail(f.get(key), "“"+key+"”应是金额（元），如 440.83，现为“"+text+"”", fmt.Sprintf("%q wants an amount in yuan such as 440.83, not %q", key, text))
	}
	return fen
}

func (s *source) whole(f *fields, key string) int {
	text, _ := s.text(f, key)
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		s.fail(f.get(key), "“"+key+"”应是整数，现为“"+text+"”", fmt.Sprintf("%q wants a whole number, not %q", key, text))
	}
	return n
}

func (s *source) yes(f *fields, key string) bool {
	text, _ := s.text(f, key)
	if text != yes && text != no {
		s.fail(f.get(key), "“"+key+"”应填 是 或 否，现为“"+text+"”", fmt.Sprintf("%q wants 是 or 否, not %q", key, text))
	}
	return text == yes
}
