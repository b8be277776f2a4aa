package onecard

import (
	"cmp"
	"slices"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// Tally is what a batch's payments come to, taken one at a time: what its papers
// say of all of them. The zero Tally is of no payment.
type Tally struct {
	count                               int
	sum                                 values.Fen
	hash                                uint64 // 账号校验和, see [HashTotal]
	local                               bool   // the city or the county pays for some loan
	whole                               total
	townships, lenders, policies, cross grouping
	people                              map[values.ResidentID]int // numbered as they come
	err                                 error                     // of the first payment that cannot be written
}

// Add takes the next payment.
func (t *Tally) Add(pay *Payment) {
	if err := pay.check(); err != nil && t.err == nil {
		t.err = err
	}
	if t.people == nil {
		t.people = make(map[values.ResidentID]int)
	}
	person, known := t.people[pay.ID]
	if !known {
		person = len(t.people)
		t.people[pay.ID] = person
	}
	t.count++
	t.sum += pay.Amount
	t.hash += lastDigits(pay.Account)
	for i := range pay.Parts {
		part := &pay.Parts[i]
		t.local = t.local || part.Shares.City != 0 || part.Shares.County != 0
		for _, group := range []*total{&t.whole, t.townships.of([3]string{pay.Township}), t.lenders.of([3]string{part.Lender}),
			t.policies.of([3]string{part.Policy}), t.cross.of([3]string{pay.Township, part.Lender, part.Policy})} {
			group.add(part, t.count, person)
		}
	}
}

// check refuses a batch that is not what was tallied.
func (t *Tally) check(b *Batch) error {
	if t.err != nil {
		return t.err
	}
	if t.count != b.Count || t.sum != b.Sum {
		return &TotalsError{Batch: b.ID, Count: b.Count, Sum: b.Sum, Got: t.count, Total: t.sum}
	}
	return nil
}

func tallied(payments []Payment) *Tally {
	t := new(Tally)
	for i := range payments {
		t.Add(&payments[i])
	}
	return t
}

// grouping is totals by a key, in order of first appearance.
type grouping struct {
	place map[[3]string]int
	all   []total
}

func (g *grouping) of(key [3]string) *total {
	at, known := g.place[key]
	if !known {
		if g.place == nil {
			g.place = make(map[[3]string]int)
		}
		at = len(g.all)
		g.place[key] = at
		g.all = append(g.all, total{key: key})
	}
	return &g.all[at]
}

// total is what a group of loans' parts comes to. Shares and loans add up over
// groups; payments and people do so only where no payment lies in two groups.
type total struct {
	key              [3]string
	payments, people int
	loans            int
	shares           values.Shares

	last int      // payment counted
	met  []uint64 // a bit for each person by number: tens of thousands of them, in a few groups
}

// add counts a part of the payment and person with these numbers.
func (t *total) add(part *Part, payment, person int) {
	t.loans++
	t.shares = t.shares.Plus(part.Shares)
	if t.last == payment {
		return
	}
	t.last = payment
	t.payments++
	word, bit := person/64, uint64(1)<<(person%64)
	for len(t.met) <= word {
		t.met = append(t.met, 0)
	}
	if t.met[word]&bit == 0 {
		t.met[word] |= bit
		t.people++
	}
}

// crossed is the totals by township, lender and policy, each township's together.
func (t *Tally) crossed() []total {
	all := slices.Clone(t.cross.all)
	slices.SortStableFunc(all, func(x, y total) int {
		return cmp.Compare(t.townships.place[[3]string{x.key[0]}], t.townships.place[[3]string{y.key[0]}])
	})
	return all
}

// budget is a share with its heading.
type budget struct {
	title string
	of    func(values.Shares) values.Fen
}

// budgets are those that pay: the city and the county only where older terms
// have them pay something.
func (b *Batch) budgets() []budget {
	all := []budget{
		{"中央(元)", func(s values.Shares) values.Fen { return s.Central }},
		{"省级(元)", func(s values.Shares) values.Fen { return s.Provincial }},
	}
	if b.tally.local {
		all = append(all, budget{"市级(元)", func(s values.Shares) values.Fen { return s.City }}, budget{"县级(元)", func(s values.Shares) values.Fen { return s.County }})
	}
	return all
}

// figures are the headings of a total's numbers.
func figures(budgets []budget) []string {
	titles := []string{"发放笔数", "人数", "贷款笔数"}
	for _, u := range budgets {
		titles = append(titles, u.title)
	}
	return append(titles, "合计(元)")
}

// cells are a total's numbers under those headings.
func (t *total) cells(budgets []budget, count, money book.Style) []book.Cell {
	cells := []book.Cell{book.Int(count, t.payments), book.Int(count, t.people), book.Int(count, t.loans)}
	return append(cells, shareCells(t.shares, budgets, money)...)
}

// shareCells are the budgets' shares and their sum.
func shareCells(s values.Shares, budgets []budget, money book.Style) (cells []book.Cell) {
	for _, u := range budgets {
		cells = append(cells, book.Fen(money, u.of(s)))
	}
	return append(cells, book.Fen(money, s.Total()))
}

// table writes totals under headings, each name over the columns given, with a
// 合计 row that is the batch's own total.
func (b *Batch) table(s *book.Sheet, headings []string, spans []int, rows []total) (head int) {
	budgets := b.budgets()
	figures := figures(budgets)
	cells := make([]book.Cell, 0, len(headings)+len(figures))
	wide := 0
	for i, heading := range headings {
		cells = append(cells, book.Text(book.DeskHead, heading).Over(spans[i]))
		wide += spans[i]
	}
	for _, figure := range figures {
		cells = append(cells, book.Text(book.DeskHead, figure))
	}
	head = s.RowOfHeight(24, cells...)
	var payments, people int
	for i := range rows {
		t := &rows[i]
		cells = cells[:0]
		for j := range headings {
			cells = append(cells, book.Text(book.DeskCentre, t.key[j]).Over(spans[j]))
		}
		s.Row(append(cells, t.cells(budgets, book.DeskInt, book.DeskMoney)...)...)
		payments, people = payments+t.payments, people+t.people
	}
	whole := &b.tally.whole
	s.RowOfHeight(24, append([]book.Cell{book.Text(book.DeskTotalText, "合计").Over(wide)}, whole.cells(budgets, book.DeskTotalInt, book.DeskTotalMoney)...)...)
	if payments != whole.payments || people != whole.people {
		s.Row(book.Text(book.DeskNote, "注：有的发放含不止一家银行或不止一项政策的贷款，分别计入各组，因此各组的发放笔数、人数之和大于合计；贷款笔数与金额相加等于合计。").Over(wide + len(figures)))
	}
	return head
}
