package onecard

import (
	"cmp"
	"slices"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// total is what a group of loans' parts comes to. Shares and loans add up over
// groups; payments and people do so only where no payment lies in two groups.
type total struct {
	key              [3]string
	payments, people int
	loans            int
	shares           values.Shares
}

// totals sums the batch's parts by key, in order of first appearance.
func (b *Batch) totals(key func(*Payment, *Part) [3]string) []total {
	type member struct {
		group int
		name  string
	}
	var all []total
	place := make(map[[3]string]int)
	serials, people := make(map[member]bool), make(map[member]bool)
	for i := range b.Payments {
		pay := &b.Payments[i]
		for j := range pay.Parts {
			k := key(pay, &pay.Parts[j])
			at, known := place[k]
			if !known {
				at = len(all)
				place[k] = at
				all = append(all, total{key: k})
			}
			t := &all[at]
			t.loans++
			t.shares = t.shares.Plus(pay.Parts[j].Shares)
			if m := (member{at, pay.Serial}); !serials[m] {
				serials[m] = true
				t.payments++
			}
			if m := (member{at, pay.ID.Whole()}); !people[m] {
				people[m] = true
				t.people++
			}
		}
	}
	return all
}

func byTownship(pay *Payment, _ *Part) [3]string { return [3]string{pay.Township} }
func byLender(_ *Payment, part *Part) [3]string  { return [3]string{part.Lender} }
func byPolicy(_ *Payment, part *Part) [3]string  { return [3]string{part.Policy} }
func byAll(pay *Payment, part *Part) [3]string {
	return [3]string{pay.Township, part.Lender, part.Policy}
}
func together(*Payment, *Part) [3]string { return [3]string{} }

// whole is the batch's own total.
func (b *Batch) whole() total {
	if all := b.totals(together); len(all) > 0 {
		return all[0]
	}
	return total{}
}

// crossed is the totals by township, lender and policy, each township's together.
func (b *Batch) crossed() []total {
	first := make(map[string]int)
	for i, pay := range b.Payments {
		if _, known := first[pay.Township]; !known {
			first[pay.Township] = i
		}
	}
	all := b.totals(byAll)
	slices.SortStableFunc(all, func(x, y total) int { return cmp.Compare(first[x.key[0]], first[y.key[0]]) })
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
	if b.local() {
		all = append(all, budget{"市级(元)", func(s values.Shares) values.Fen { return s.City }}, budget{"县级(元)", func(s values.Shares) values.Fen { return s.County }})
	}
	return all
}

// local tells whether the city or the county pays for some loan.
func (b *Batch) local() bool {
	for i := range b.Payments {
		for _, part := range b.Payments[i].Parts {
			if part.Shares.City != 0 || part.Shares.County != 0 {
				return true
			}
		}
	}
	return false
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
func (t total) cells(budgets []budget, count, money book.Style) []book.Cell {
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
	for _, t := range rows {
		cells = cells[:0]
		for i := range headings {
			cells = append(cells, book.Text(book.DeskCentre, t.key[i]).Over(spans[i]))
		}
		s.Row(append(cells, t.cells(budgets, book.DeskInt, book.DeskMoney)...)...)
		payments, people = payments+t.payments, people+t.people
	}
	whole := b.whole()
	s.RowOfHeight(24, append([]book.Cell{book.Text(book.DeskTotalText, "合计").Over(wide)}, whole.cells(budgets, book.DeskTotalInt, book.DeskTotalMoney)...)...)
	if payments != whole.payments || people != whole.people {
		s.Row(book.Text(book.DeskNote, "注：有的发放含不止一家银行或不止一项政策的贷款，分别计入各组，因此各组的发放笔数、人数之和大于合计；贷款笔数与金额相加等于合计。").Over(wide + len(figures)))
	}
	return head
}
