package onecard

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tiexi/pipeline/values"
)

// allValues is the closed list.
var allValues = []Value{
	Sequence, Serial, BatchID, ItemCode, ItemName, County, Township, Village, Name, ResidentID,
	Bank, Account, Amount, Memo, Remark, Quarter, Constant,
}

// The extension of a workbook; every other one is separated text.
const workbook = "xlsx"

// Check refuses a profile that cannot be written or read back: all that is
// wrong, joined, each wrapping ErrProfile.
func (p Profile) Check() error {
	var all []error
	wrong := func(format string, args ...any) {
		all = append(all, fmt.Errorf("%w：%s："+format, append([]any{ErrProfile, p.Name}, args...)...))
	}
	if len(p.Columns) == 0 {
		wrong("没有列")
	}
	titles, used := make(map[string]bool), make(map[Value]bool)
	for i, c := range p.Columns {
		folded := values.FoldText(c.Title)
		switch {
		case folded == "":
			wrong("第%d列没有列名", i+1)
		case titles[folded]:
			wrong("列名“%s”重复", c.Title)
		}
		if !slices.Contains(allValues, c.Value) {
			wrong("第%d列的内容 %q 不在可选范围内：%s", i+1, c.Value, listValues())
		}
		if unsafe(c.Words) || unsafe(c.Title) || !p.holds(c.Words+c.Title) {
			wrong("第%d列的列名 %q 或文字 %q 不能写入发放文件", i+1, c.Title, c.Words)
		}
		titles[folded], used[c.Value] = true, true
	}
	for _, needed := range []Value{Serial, Name, Account, Amount} {
		if !used[needed] {
			wrong("缺少 %s 列，回盘无法核对", needed)
		}
	}
	if len(p.Extensions) == 0 {
		wrong("没有扩展名")
	}
	for i, extension := range p.Extensions {
		switch {
		case extension == "xls" || extension == "et":
			wrong("不能写 .%s 文件，请改用 xlsx 或 csv", extension)
		case extension == "" || strings.Trim(extension, "abcdefghijklmnopqrstuvwxyz0123456789") != "":
			wrong("扩展名 %q 只能是小写字母和数字", extension)
		case slices.Contains(p.Extensions[:i], extension):
			wrong("扩展名 %q 重复", extension)
		}
	}
	if p.RowLimit < 0 {
		wrong("每个文件的行数不能为负")
	}
	if p.separated() && !slices.Contains([]string{"gb18030", "utf-8", "utf-8-bom"}, p.Encoding) {
		wrong("编码 %q 不在可选范围内：gb18030、utf-8、utf-8-bom", p.Encoding)
	}
	if !slices.Contains([]string{"", ",", "\t", ";", "|"}, p.Separator) {
		wrong("分隔符 %q 不在可选范围内", p.Separator)
	}
	return errors.Join(all...)
}

func listValues() string {
	names := make([]string, len(allValues))
	for i, v := range allValues {
		names[i] = string(v)
	}
	return strings.Join(names, "、")
}

// separated tells whether the profile writes any separated text.
func (p Profile) separated() bool {
	return slices.ContainsFunc(p.Extensions, func(extension string) bool { return extension != workbook })
}

// CheckPayments gives an error for each payment that the profile's files cannot
// hold, so that those can be held back before a batch is drafted. The errors
// wrap ErrPayment, ErrUnsafeText or ErrCharacter.
func (p Profile) CheckPayments(payments []Payment) []*PaymentError {
	var all []*PaymentError
	seen := make(map[string]bool, len(payments))
	for i := range payments {
		pay := &payments[i]
		err := pay.check()
		if err == nil {
			err = p.checkText(pay)
		}
		if err == nil && seen[pay.Serial] {
			err = pay.wrong("流水号", pay.Serial, ErrPayment)
		}
		if err != nil {
			all = append(all, err)
		}
		seen[pay.Serial] = true
	}
	return all
}

func (pay *Payment) wrong(column, value string, err error) *PaymentError {
	return &PaymentError{Serial: pay.Serial, Column: column, Value: value, Err: err}
}

// check looks at the payment itself, whatever the file is.
func (pay *Payment) check() *PaymentError {
	var parts values.Fen
	for _, part := range pay.Parts {
		parts += part.Shares.Total()
	}
	id := pay.ID.Whole()
	switch {
	case pay.Serial == "":
		return pay.wrong("流水号", "", ErrPayment)
	case strings.TrimSpace(pay.Name) == "":
		return pay.wrong("姓名", pay.Name, ErrPayment)
	case id == "" || !digits(strings.TrimSuffix(id, "X")):
		return pay.wrong("身份证号", pay.ID.String(), ErrPayment)
	case !digits(pay.Account.Whole()):
		return pay.wrong("银行账号", pay.Account.String(), ErrPayment)
	case pay.Amount <= 0:
		return pay.wrong("补贴金额", pay.Amount.String(), ErrPayment)
	case parts != pay.Amount:
		return pay.wrong("补贴金额（与所含贷款之和 "+parts.String()+" 不符）", pay.Amount.String(), ErrPayment)
	}
	return nil
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// checkText keeps out what another program would take for a formula, and what
// the file's encoding cannot hold. Payment data is refused rather than altered.
func (p Profile) checkText(pay *Payment) *PaymentError {
	for _, text := range []struct{ column, value string }{
		{"乡(镇)", pay.Township}, {"村(居)", pay.Village}, {"姓名", pay.Name}, {"开户银行", pay.Bank}, {"备注", pay.Remark}, {"流水号", pay.Serial},
	} {
		if unsafe(text.value) {
			return pay.wrong(text.column, text.value, ErrUnsafeText)
		}
		if !p.holds(text.value) {
			return pay.wrong(text.column, text.value, ErrCharacter)
		}
	}
	return nil
}

// unsafe tells whether a spreadsheet that opens a CSV would take the text for a
// formula, or a control character would break its row.
func unsafe(text string) bool {
	first, size := utf8.DecodeRuneInString(strings.TrimLeftFunc(text, unicode.IsSpace))
	return size > 0 && strings.ContainsRune("=+-@＝＋－＠", first) || strings.IndexFunc(text, unicode.IsControl) >= 0
}

// holds tells whether text comes back the same from the profile's encoding.
// Private-use characters have no meaning outside the machine that made them.
func (p Profile) holds(text string) bool {
	if strings.IndexFunc(text, uncommon) < 0 {
		return true
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError) ||
		strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Co, r) }) >= 0 {
		return false
	}
	if !p.separated() || p.Encoding != "gb18030" {
		return true
	}
	encoded, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		return false
	}
	back, err := simplifiedchinese.GB18030.NewDecoder().String(encoded)
	return err == nil && back == text
}

// uncommon: every encoding of ours holds ASCII and the Chinese characters of
// GBK, and looking them up one by one would cost more than writing them.
func uncommon(r rune) bool { return r >= utf8.RuneSelf && (r < 0x4E00 || r > 0x9FA5) }

// checkBatch recomputes the batch's totals and refuses a payment that the files
// cannot hold: what is wrong with each, joined.
func (p Profile) checkBatch(b Batch) error {
	if err := p.Check(); err != nil {
		return err
	}
	var all []error
	for _, err := range p.CheckPayments(b.Payments) {
		all = append(all, err)
	}
	if err := b.checkTotals(); err != nil {
		all = append(all, err)
	}
	if b.ID == "" || strings.Trim(b.ID, "0123456789Q-") != "" {
		all = append(all, fmt.Errorf("%w：批次号 %q 应如 2026Q3-01", ErrPayment, b.ID))
	}
	for _, text := range []string{b.County, b.ItemCode, b.ItemName, b.Memo} {
		if !p.holds(text) {
			all = append(all, fmt.Errorf("%w：%q", ErrCharacter, text))
		}
		if unsafe(text) {
			all = append(all, fmt.Errorf("%w：%q", ErrUnsafeText, text))
		}
	}
	return errors.Join(all...)
}

func (b Batch) checkTotals() error {
	var sum values.Fen
	for i := range b.Payments {
		sum += b.Payments[i].Amount
	}
	if len(b.Payments) != b.Count || sum != b.Sum {
		return &TotalsError{Batch: b.ID, Count: b.Count, Sum: b.Sum, Got: len(b.Payments), Total: sum}
	}
	return nil
}

// HashTotal is the sum, over all payments, of the last eight digits of the
// account number (all of it where it is shorter). It means nothing by itself;
// two lists with the same count, sum and hash total pay the same accounts.
func HashTotal(payments []Payment) (total uint64) {
	for i := range payments {
		total += lastDigits(payments[i].Account)
	}
	return total
}

func lastDigits(account values.Account) (tail uint64) {
	digits := account.Whole()
	for _, digit := range []byte(digits[max(0, len(digits)-8):]) {
		tail = tail*10 + uint64(digit-'0')
	}
	return tail
}
