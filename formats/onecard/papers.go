package onecard

import (
	"fmt"
	"io"
	"strconv"

	"tiexi/formats/book"
	"tiexi/pipeline/values"
)

// Approval is what the approval sheet says besides the batch.
type Approval struct {
	Digest    string // of the batch's members, as the approval records it
	AuditHead string // head of the audit chain when the batch was drafted
	Approvers int    // how many have to sign; at least one line is drawn
	Drafted   values.Date
}

// WriteApproval writes <batch>-审批单.xlsx: the draft as those see it who
// approve it. It shows no single payment: t holds what they come to, and the
// batch's own are not looked at. Totals that differ from the batch's are a
// *TotalsError, and then nothing is written.
func WriteApproval(w io.Writer, b Batch, t *Tally, a Approval) error {
	if err := t.check(&b); err != nil {
		return err
	}
	b.tally = t
	title := b.County + b.Quarter.Chinese() + b.ItemName + "资金发放审批单"
	out := book.New(book.Properties{Title: title + " " + b.ID, Date: a.Drafted})
	widths, name := []int{8, 8, 9, 8, 9, 9, 9, 14, 14, 16}, 4
	if b.tally.local {
		widths, name = []int{8, 8, 9, 8, 9, 14, 13, 11, 11, 14}, 2
	}
	s := out.Sheet(book.Layout{Name: "审批单", Widths: widths, Running: title + "　批次 " + b.ID})
	s.Row(book.Text(book.DeskTitle, title).Over(approvalWide))
	b.form(s, a)
	for _, table := range []struct {
		heading string
		rows    []total
	}{{"乡(镇)", t.townships.all}, {"承贷银行", t.lenders.all}, {"政策", t.policies.all}} {
		s.RowOfHeight(12)
		b.table(s, []string{table.heading}, []int{name}, table.rows)
	}
	s.RowOfHeight(12)
	b.sign(s, a)
	_, err := out.WriteTo(w)
	return err
}

const approvalWide = 10

// form is the batch in a few lines, and what its approval binds.
func (b *Batch) form(s *book.Sheet, a Approval) {
	whole := &b.tally.whole
	pair := func(label string, value book.Cell, label2 string, value2 book.Cell) {
		s.RowOfHeight(24, book.Text(book.DeskLabel, label).Over(2), value.Over(3), book.Text(book.DeskLabel, label2).Over(2), value2.Over(3))
	}
	text := func(text string) book.Cell { return book.Text(book.DeskEntry, text) }
	wide := func(label, value string) {
		s.Row(book.Text(book.DeskLabel, label).Over(2), text(value).Over(approvalWide-2))
	}
	pair("批次号", text(b.ID), "季度", text(b.Quarter.Chinese()))
	pair("补贴项目", text(b.ItemName), "项目编码", text(b.ItemCode))
	pair("发放笔数", book.Int(book.DeskInt, whole.payments), "人数", book.Int(book.DeskInt, whole.people))
	pair("合计金额(元)", book.Fen(book.DeskTotalMoney, b.Sum), "大写", text(Capitals(b.Sum)))
	pair("其中：中央(元)", book.Fen(book.DeskMoney, whole.shares.Central), "省级(元)", book.Fen(book.DeskMoney, whole.shares.Provincial))
	if whole.shares.City != 0 || whole.shares.County != 0 {
		pair("市级(元)", book.Fen(book.DeskMoney, whole.shares.City), "县级(元)", book.Fen(book.DeskMoney, whole.shares.County))
	}
	pair("账号校验和", text(strconv.FormatUint(b.tally.hash, 10)), "生成日期", text(a.Drafted.Chinese()))
	wide("名册摘要", a.Digest)
	wide("审计链首", a.AuditHead)
	s.Row(book.Text(book.DeskNote, "账号校验和为各银行账号后8位之和。审批以名册摘要为准：名册任何一处变动，审批即失效，须重新审批。").Over(approvalWide))
}

// sign is where people sign: who prepared it, everyone who approves it, the seal.
func (b *Batch) sign(s *book.Sheet, a Approval) {
	roles := []string{"经办人"}
	for i := range max(a.Approvers, 1) {
		role := "审批人"
		if a.Approvers > 1 {
			role += strconv.Itoa(i + 1)
		}
		roles = append(roles, role)
	}
	for _, role := range roles {
		s.RowOfHeight(34, book.Text(book.DeskLabel, role).Over(2), book.Text(book.DeskEntry, "签字：").Over(4),
			book.Text(book.DeskLabel, "日期"), book.Text(book.DeskCentre, "______年____月____日").Over(3))
	}
	s.RowOfHeight(40, book.Text(book.DeskLabel, "单位").Over(2), book.Text(book.DeskEntry, b.office()+"（盖章）").Over(approvalWide-2))
}

func (b *Batch) office() string {
	if b.Office == "" {
		return b.County + "农业农村局"
	}
	return b.Office
}

// FileDigest is a payment file as it was written.
type FileDigest struct {
	Name   string
	SHA256 string // hexadecimal
	Rows   int
	Sum    values.Fen
}

// WriteSummary writes <batch>-资金汇总.xlsx for finance: sheet 资金汇总 by
// township, lender and policy, with the files' digests; 分类汇总 by each of the
// three; 明细 with the loans of every payment. Every table's 合计 is the batch's
// sum. Totals that differ from the batch's are a *TotalsError, and then nothing
// is written.
func WriteSummary(w io.Writer, b Batch, files []FileDigest) error {
	b.tally = tallied(b.Payments)
	if err := b.tally.check(&b); err != nil {
		return err
	}
	title := fmt.Sprintf("%s%s%s资金汇总（批次 %s）", b.County, b.Quarter.Chinese(), b.ItemName, b.ID)
	out := book.New(book.Properties{Title: title})
	b.summarySheet(out, title, files)
	b.classSheet(out, title)
	b.detailSheet(out, title)
	_, err := out.WriteTo(w)
	return err
}

func (b *Batch) summarySheet(out *book.Book, title string, files []FileDigest) {
	widths := append([]int{14, 24, 22, 10, 10, 11}, b.moneyWidths(15)...)
	wide := len(widths)
	s := out.Sheet(book.Layout{Name: "资金汇总", Widths: widths, Landscape: true, Running: title})
	s.Row(book.Text(book.DeskTitle, title).Over(wide))
	s.Row(book.Text(book.DeskNote, fmt.Sprintf("共%d笔、%d人，合计%s元（大写：%s）；账号校验和（各银行账号后8位之和）%d。",
		b.Count, b.tally.whole.people, b.Sum.Grouped(), Capitals(b.Sum), b.tally.hash)).Over(wide))
	head := b.table(s, []string{"乡(镇)", "承贷银行", "政策"}, []int{1, 1, 1}, b.tally.crossed())
	s.Repeat(head, head)
	s.RowOfHeight(12)
	s.RowOfHeight(22, book.Text(book.DeskSection, "发放文件").Over(wide))
	s.Row(book.Text(book.DeskHead, "文件").Over(2), book.Text(book.DeskHead, "金额(元)"), book.Text(book.DeskHead, "笔数"), book.Text(book.DeskHead, "SHA-256").Over(wide-4))
	for _, f := range files {
		s.Row(book.Text(book.DeskText, f.Name).Over(2), book.Fen(book.DeskMoney, f.Sum), book.Int(book.DeskInt, f.Rows), book.Text(book.DeskText, f.SHA256).Over(wide-4))
	}
}

// moneyWidths are the columns of the shares and their sum.
func (b *Batch) moneyWidths(width int) (widths []int) {
	for range len(b.budgets()) + 1 {
		widths = append(widths, width)
	}
	return widths
}

func (b *Batch) classSheet(out *book.Book, title string) {
	widths := append([]int{26, 10, 9, 10}, b.moneyWidths(16)...)
	s := out.Sheet(book.Layout{Name: "分类汇总", Widths: widths, Landscape: true, Running: title})
	s.Row(book.Text(book.DeskTitle, title).Over(len(widths)))
	for _, table := range []struct {
		name, heading string
		rows          []total
	}{{"一、按乡镇", "乡(镇)", b.tally.townships.all}, {"二、按承贷银行", "承贷银行", b.tally.lenders.all}, {"三、按政策", "政策", b.tally.policies.all}} {
		s.RowOfHeight(26, book.Text(book.DeskSection, table.name).Over(len(widths)))
		b.table(s, []string{table.heading}, []int{1}, table.rows)
	}
}

// detailSheet lists the loans of every payment. A payment's amount stands on
// its first row only, so that both columns of money add up to the batch.
func (b *Batch) detailSheet(out *book.Book, title string) {
	headings := []string{"序号", "流水号", "姓名", "乡(镇)", "村(居)", "承贷银行", "合同号", "政策", "季度"}
	budgets := b.budgets()
	for _, u := range budgets {
		headings = append(headings, u.title)
	}
	headings = append(headings, "贷款贴息(元)", "发放金额(元)")
	s := out.Sheet(book.Layout{
		Name: "明细", Widths: append([]int{6, 20, 12, 10, 14, 24, 28, 18, 9, 13}, b.moneyWidths(13)...), Landscape: true, Running: title, FreezeRows: 2,
	})
	s.Row(book.Text(book.DeskTitle, "发放明细：每笔发放含哪些贷款").Over(len(headings)))
	cells := make([]book.Cell, 0, len(headings))
	for _, heading := range headings {
		cells = append(cells, book.Text(book.DeskHead, heading))
	}
	head := s.RowOfHeight(24, cells...)
	s.Repeat(head, head)
	for i := range b.Payments {
		pay := &b.Payments[i]
		for j := range pay.Parts {
			part := &pay.Parts[j]
			number, amount := book.Empty(book.DeskCentre), book.Empty(book.DeskMoney)
			if j == 0 {
				number, amount = book.Int(book.DeskCentre, i+1), book.Fen(book.DeskMoney, pay.Amount)
			}
			cells = append(cells[:0], number, book.Text(book.DeskCode, pay.Serial), book.Text(book.DeskCentre, pay.Name), book.Text(book.DeskCentre, pay.Township),
				book.Text(book.DeskCentre, pay.Village), book.Text(book.DeskText, part.Lender), book.Text(book.DeskCode, part.Contract),
				book.Text(book.DeskText, part.Policy), book.Text(book.DeskCentre, part.Quarter.String()))
			s.Row(append(append(cells, shareCells(part.Shares, budgets, book.DeskMoney)...), amount)...)
		}
	}
	if s.Last() > head {
		s.DigitsAsText(2, head+1, 7, s.Last())
		s.Filter(head, s.Last())
	}
	whole := &b.tally.whole
	cells = append(cells[:0], book.Text(book.DeskTotalText, "合计").Over(9))
	cells = append(cells, shareCells(whole.shares, budgets, book.DeskTotalMoney)...)
	s.RowOfHeight(24, append(cells, book.Fen(book.DeskTotalMoney, b.Sum))...)
}
