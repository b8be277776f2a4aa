package policy

import (
	"fmt"
	"math"
	"strings"

	"github.com/shopspring/decimal"
	"go.yaml.in/yaml/v4"

	"tiexi/pipeline/values"
)

// rowFile is a row of terms as its file has it, before its open ends are known.
type rowFile struct {
	row
	file *source
	node *yaml.Node
}

var budgetKeys = [budgets]string{"central", "provincial", "city", "county"}

var (
	budgetZH = [budgets]string{"中央", "省级", "市级", "县级"}
	hundred  = decimal.NewFromInt(100)
)

// terms reads the rows of a file. A row with the name of a base row takes its
// place; others follow the base's.
func (s *source) terms(n *yaml.Node, base []*rowFile) []*rowFile {
	merged := append([]*rowFile(nil), base...)
	own := map[string]bool{}
	for _, item := range s.list(n) {
		r := s.row(item)
		if r == nil {
			continue
		}
		if own[r.name] {
			s.fail(item, "贴息标准“"+r.name+"”写了两次", fmt.Sprintf("terms row %q is repeated", r.name))
			continue
		}
		own[r.name] = true
		merged = replaceRow(merged, r)
	}
	return merged
}

func replaceRow(rows []*rowFile, r *rowFile) []*rowFile {
	for i := range rows {
		if rows[i].name == r.name {
			rows[i] = r
			return rows
		}
	}
	return append(rows, r)
}

func (s *source) row(n *yaml.Node) *rowFile {
	f, ok := s.mapping(n, "name", "contracts", "accrual", "clause", "source",
		"tier1", "tier2", "ceiling", "rate", "shares")
	if !ok {
		return nil
	}
	r := &rowFile{file: s, node: n}
	r.name, _ = s.text(&f, "name")
	r.clause, _ = s.text(&f, "clause")
	origin, _ := s.text(&f, "source")
	r.contracts, r.accrual = s.span(&f, "contracts"), s.span(&f, "accrual")
	if f.get("tier1") != nil {
		s.refuse(&f, "tier1", "ceiling", "rate", "shares")
		s.tiers(&f, r)
	} else {
		s.refuse(&f, "ceiling", "tier2")
		s.plain(&f, r)
	}
	for i := range r.items {
		r.items[i].Row = r.name
		if r.items[i].Clause == "" {
			r.items[i].Clause, r.items[i].Source = r.clause, origin
		}
	}
	return r
}

// refuse reports keys of the other form of a row.
func (s *source) refuse(f *fields, beside string, keys ...string) {
	for _, key := range keys {
		if n := f.get(key); n != nil {
			s.fail(n, "“"+key+"”不能与“"+beside+"”写在同一条标准里", fmt.Sprintf("%q cannot stand in one row with %q", key, beside))
		}
	}
}

// span reads {from, to}; what is left out is open, and is cut to the policy's
// own range when the parts are put together.
func (s *source) span(f *fields, key string) Span {
	open := Span{firstDay, lastDay}
	n := f.get(key)
	if n == nil {
		return open
	}
	ends, ok := s.mapping(n, "from", "to")
	if !ok {
		return open
	}
	if d, ok := s.day(&ends, "from"); ok {
		open.From = d
	}
	if d, ok := s.day(&ends, "to"); ok {
		open.To = d
	}
	if open.From > open.To {
		s.fail(n, "起日晚于止日", "the range ends before it begins")
		return always
	}
	return open
}

func (s *source) day(f *fields, key string) (values.Date, bool) {
	n := f.get(key)
	if n == nil {
		return 0, false
	}
	text, ok := s.text(f, key)
	if !ok {
		return 0, false
	}
	d, err := values.ParseDate(text)
	if err != nil {
		s.fail(n, "日期应写作 \"2026-03-26\"，现为“"+text+"”", fmt.Sprintf("want a date such as \"2026-03-26\", not %q", text))
	}
	return d, err == nil
}

// tiers reads the notice's form: what each budget pays on each tier.
func (s *source) tiers(f *fields, r *rowFile) {
	r.household = true
	r.tier1 = s.layer(f, "tier1", "一档", "tier 1", r)
	r.ceiling = r.tier1.size
	if f.get("tier2") == nil {
		return
	}
	second := s.layer(f, "tier2", "二档（须经大额审批）", "tier 2 (approved for a large need)", r)
	if second.size <= r.tier1.size {
		s.fail(f.get("tier2"), "二档上限应高于一档", "tier 2 must reach above tier 1")
		return
	}
	second.size -= r.tier1.size
	r.tier2 = &second
}

func (s *source) layer(f *fields, key, zh, en string, r *rowFile) (l layer) {
	own, ok := s.mapping(f.get(key), "up_to", "central", "provincial", "city", "county", "total_cap", "clause", "source")
	if !ok {
		return l
	}
	clause, _ := s.text(&own, "clause")
	origin, _ := s.text(&own, "source")
	note := func(name, label, english, value, valueEN string) {
		r.items = append(r.items, Item{Key: key + "." + name, Label: zh + "：" + label, EnglishLabel: en + ": " + english,
			Value: value, English: valueEN, Clause: clause, Source: origin})
	}
	if l.size, ok = s.yuan(&own, "up_to"); ok {
		note("up_to", "贷款额度至（含）", "balance up to", l.size.Grouped()+" 元", l.size.Grouped()+" yuan")
	}
	percents := decimal.Zero
	for i, name := range budgetKeys {
		if own.get(name) == nil {
			continue
		}
		sh := s.share(&own, name)
		percents = percents.Add(sh.percent)
		l.shares[i] = sh
		zhCap, enCap := "", ""
		if sh.cap != nil {
			zhCap, enCap = fmt.Sprintf("，不超过 %s 个百分点", sh.cap), fmt.Sprintf(", at most %s points", sh.cap)
		}
		note(name, budgetZH[i], name, fmt.Sprintf("贷款利率的 %s%%%s", sh.percent, zhCap), fmt.Sprintf("%s%% of the rate%s", sh.percent, enCap))
	}
	if percents.GreaterThan(hundred) {
		s.fail(own.node, "各级分担合计 "+percents.String()+"%，超过 100%", "the shares add up to "+percents.String()+" %, above 100 %")
	}
	if percents.IsZero() {
		s.fail(own.node, "至少要有一级分担（central、provincial、city、county）", "at least one budget must bear a share")
	}
	if own.get("total_cap") != nil {
		l.total = s.percent(&own, "total_cap")
		if l.total != nil {
			note("total_cap", "财政累计上限", "all budgets together", l.total.String()+" 个百分点", l.total.String()+" points")
		}
	}
	return l
}

func (s *source) share(f *fields, key string) (sh share) {
	own, ok := s.mapping(f.get(key), "percent", "cap")
	if !ok {
		return sh
	}
	if p := s.percent(&own, "percent"); p != nil {
		sh.percent = *p
	}
	if own.get("cap") != nil {
		sh.cap = s.percent(&own, "cap")
	}
	return sh
}

// plain reads the form of older terms: a ceiling, a subsidised rate, and how
// the budgets share it.
func (s *source) plain(f *fields, r *rowFile) {
	note := func(key, label, english, value, valueEN string) {
		r.items = append(r.items, Item{Key: key, Label: label, EnglishLabel: english, Value: value, English: valueEN})
	}
	var ok bool
	if r.ceiling, ok = s.yuan(f, "ceiling"); ok {
		note("ceiling", "贴息本金上限（含）", "principal that is subsidised, up to", r.ceiling.Grouped()+" 元", r.ceiling.Grouped()+" yuan")
	}
	r.tier1.size = values.Fen(math.MaxInt64)
	of, limit := s.subsidisedRate(f)
	zh, en := "贷款利率的 "+of.String()+"%", of.String()+"% of the rate"
	if of.Equal(hundred) {
		zh, en = "贷款利率全额", "the full rate"
	}
	if limit != nil {
		r.rateCap = true
		zh, en = zh+"，不超过年利率 "+limit.String()+"%", en+", at most "+limit.String()+"% a year"
	}
	note("rate", "贴息利率", "subsidised rate", zh, en)
	own, ok := s.requiredMapping(f, "shares", budgetKeys[:]...)
	if !ok {
		return
	}
	sum, readable := decimal.Zero, true
	for i, name := range budgetKeys {
		if own.get(name) == nil {
			continue
		}
		p := s.percent(&own, name)
		if p == nil {
			readable = false
			continue
		}
		sum = sum.Add(*p)
		r.tier1.shares[i].percent = of.Mul(*p).Shift(-2)
		if limit != nil {
			part := limit.Mul(*p).Shift(-2)
			r.tier1.shares[i].cap = &part
		}
		note("shares."+name, budgetZH[i]+"分担", name+" bears", p.String()+"%", p.String()+"%")
	}
	if readable && !sum.Equal(hundred) {
		s.fail(own.node, "各级分担合计 "+sum.String()+"%，应为 100%", "the shares add up to "+sum.String()+" %, not 100 %")
	}
}

// subsidisedRate reads {percent, cap}: min(rate × percent, cap).
func (s *source) subsidisedRate(f *fields) (of decimal.Decimal, limit *decimal.Decimal) {
	of = hundred
	own, ok := s.requiredMapping(f, "rate", "percent", "cap")
	if !ok {
		return of, nil
	}
	if p := s.percent(&own, "percent"); p != nil {
		of = *p
	}
	if own.get("cap") != nil {
		limit = s.percent(&own, "cap")
	}
	return of, limit
}

func (s *source) requiredMapping(f *fields, key string, known ...string) (fields, bool) {
	if f.get(key) == nil {
		s.text(f, key) // reports it as missing
		return fields{}, false
	}
	return s.mapping(f.get(key), known...)
}

// percent reads a plain decimal from 0 to 100, kept exactly.
func (s *source) percent(f *fields, key string) *decimal.Decimal {
	text, ok := s.text(f, key)
	if !ok {
		return nil
	}
	d, err := decimal.NewFromString(text)
	if err != nil || !plainDecimal.MatchString(text) || d.GreaterThan(hundred) {
		s.fail(f.get(key), "“"+key+"”应是 0 到 100 的小数（加引号，不带 %），现为“"+strings.TrimSpace(text)+"”",
			fmt.Sprintf("%q wants a decimal from 0 to 100 in quotes, without %%, not %q", key, text))
		return nil
	}
	return &d
}

func (s *source) yuan(f *fields, key string) (values.Fen, bool) {
	text, ok := s.text(f, key)
	if !ok {
		return 0, false
	}
	fen, err := values.ParseFen(text)
	if err != nil || fen <= 0 || fen > maxFen {
		s.fail(f.get(key), "“"+key+"”应是金额（元），如 \"50000\"，现为“"+text+"”", fmt.Sprintf("%q wants an amount in yuan such as \"50000\", not %q", key, text))
		return 0, false
	}
	return fen, true
}
