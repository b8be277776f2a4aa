package onecard

import (
	"strings"

	"tiexi/pipeline/values"
)

// Capitals is an amount in the characters that cheques and approvals use
// (人民币大写): 12,345.60 is 壹万贰仟叁佰肆拾伍元陆角整.
func Capitals(amount values.Fen) string {
	if amount == 0 {
		return "零元整"
	}
	sign, rest := "", amount
	if amount < 0 {
		sign, rest = "负", -amount
	}
	var s strings.Builder
	s.WriteString(sign)
	yuan, jiao, fen := int64(rest/100), int(rest/10%10), int(rest%10)
	if yuan > 0 {
		s.WriteString(wholeCapitals(yuan) + "元")
	}
	switch {
	case jiao > 0:
		s.WriteString(capitalDigits[jiao] + "角")
	case fen > 0 && yuan > 0:
		s.WriteString("零")
	}
	if fen > 0 {
		s.WriteString(capitalDigits[fen] + "分")
	} else {
		s.WriteString("整")
	}
	return s.String()
}

var capitalDigits = [10]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}

// wholeCapitals reads four digits at a time: 万 after the second group from the
// right, 亿 after the third, 万亿 after the fourth.
func wholeCapitals(n int64) string {
	units := [4]string{"仟", "佰", "拾", ""}
	groups := [5]string{"", "万", "亿", "万亿", "亿亿"}
	var s strings.Builder
	zero := false // a 零 is due before the next digit
	for g := len(groups) - 1; g >= 0; g-- {
		power := int64(1)
		for range g * 4 {
			power *= 10
		}
		four := int(n / power % 10000)
		for i, divisor := range [4]int{1000, 100, 10, 1} {
			digit := four / divisor % 10
			if digit == 0 {
				zero = s.Len() > 0
				continue
			}
			if zero {
				s.WriteString("零")
				zero = false
			}
			s.WriteString(capitalDigits[digit] + units[i])
		}
		if four > 0 {
			s.WriteString(groups[g])
		}
	}
	return s.String()
}
