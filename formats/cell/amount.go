package cell

import (
	"strings"

	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// AmountUnit is what an amount counts.
type AmountUnit string

// The units of amounts. A unit in the cell itself, 5万元, goes before the
// column's.
const (
	Yuan     AmountUnit = "yuan"
	Thousand AmountUnit = "thousand" // 千元
	Wan      AmountUnit = "wan"      // 万元
)

// places is how far the point moves to make yuan.
func (u AmountUnit) places() int {
	switch u {
	case Wan:
		return 4
	case Thousand:
		return 3
	}
	return 0
}

// Amount is an amount of money in whole fen, exact. More than two decimals of a
// yuan, other than zeros, are unreadable.
func Amount(c sheet.Cell, unit AmountUnit) (values.Fen, values.ProblemKind) {
	return amount(c, unit, false)
}

// RoundedAmount is Amount for a bank that is allowed to send amounts with more
// decimals: they are rounded to the fen, half away from zero.
func RoundedAmount(c sheet.Cell, unit AmountUnit) (values.Fen, values.ProblemKind) {
	return amount(c, unit, true)
}

func amount(c sheet.Cell, unit AmountUnit, round bool) (values.Fen, values.ProblemKind) {
	text, problem := Text(c)
	switch {
	case problem != fine:
		return 0, problem
	case c.Kind == sheet.Bool:
		return 0, values.ProblemUnreadable
	case c.Kind == sheet.Text:
		text, unit = plainAmount(text, unit)
	}
	yuan, ok := shift(text, unit.places())
	if !ok {
		return 0, values.ProblemUnreadable
	}
	if round {
		yuan = toFen(yuan)
	}
	fen, err := values.ParseFen(yuan)
	if err != nil {
		return 0, values.ProblemUnreadable
	}
	return fen, fine
}

// plainAmount takes the currency, the separators and the brackets of a negative
// amount off a text; "" is none.
func plainAmount(text string, unit AmountUnit) (string, AmountUnit) {
	s := strings.ToUpper(fold(text))
	sign := ""
	if inner, ok := strings.CutPrefix(s, "("); ok && strings.HasSuffix(inner, ")") {
		sign, s = "-", strings.TrimSuffix(inner, ")")
	}
	s = cutCurrency(s)
	if rest, ok := cutSign(s); ok {
		if sign != "" {
			return "", unit
		}
		sign, s = "-", cutCurrency(rest)
	} else {
		s = strings.TrimPrefix(s, "+")
	}
	for _, suffix := range []struct {
		text string
		unit AmountUnit
	}{{"万元", Wan}, {"千元", Thousand}, {"元整", Yuan}, {"元", Yuan}, {"万", Wan}} {
		if rest, ok := strings.CutSuffix(s, suffix.text); ok {
			s, unit = rest, suffix.unit
			break
		}
	}
	s, ok := withoutSeparators(s)
	if !ok || s == "" || s[0] < '0' && s[0] != '.' || s[0] > '9' {
		return "", unit
	}
	return sign + s, unit
}

func cutCurrency(s string) string {
	for _, currency := range []string{"人民币", "RMB", "CNY", "¥"} {
		s = strings.TrimPrefix(s, currency)
	}
	return s
}

func cutSign(s string) (string, bool) {
	for _, minus := range []string{"-", "−", "–"} {
		if rest, ok := strings.CutPrefix(s, minus); ok {
			return rest, true
		}
	}
	return s, false
}

// withoutSeparators drops thousands separators; they must stand where they
// belong, for 1,5 may be one and a half.
func withoutSeparators(s string) (string, bool) {
	whole, _, _ := strings.Cut(s, ".")
	groups := strings.Split(whole, ",")
	for i, group := range groups {
		if len(groups) > 1 && (!digits(group) || i > 0 && len(group) != 3 || i == 0 && len(group) > 3) {
			return "", false
		}
	}
	return strings.Join(groups, "") + s[len(whole):], true
}

// shift moves the point of a plain decimal to the right, exactly. It fails on
// what is not one, or is beyond any amount of money.
func shift(s string, places int) (string, bool) {
	number, negative := strings.CutPrefix(s, "-")
	whole, decimals, pointed := strings.Cut(number, ".")
	if len(number) > 40 || whole != "" && !digits(whole) || decimals != "" && !digits(decimals) || whole+decimals == "" || pointed && decimals == "" && whole == "" {
		return "", false
	}
	decimals += strings.Repeat("0", max(0, places-len(decimals)))
	whole, decimals = strings.TrimLeft(whole+decimals[:places], "0"), strings.TrimRight(decimals[places:], "0")
	if whole == "" {
		whole = "0"
	}
	if decimals != "" {
		decimals = "." + decimals
	}
	if negative && whole+decimals != "0" {
		whole = "-" + whole
	}
	return whole + decimals, true
}

// toFen rounds a plain decimal to two places, half away from zero.
func toFen(s string) string {
	whole, decimals, _ := strings.Cut(s, ".")
	if len(decimals) <= 2 {
		return s
	}
	up := decimals[2] >= '5'
	sum := []byte(whole + decimals[:2])
	for i := len(sum) - 1; up && i >= 0 && sum[i] != '-'; i-- {
		if sum[i]++; sum[i] <= '9' {
			up = false
		} else {
			sum[i] = '0'
		}
	}
	text := string(sum)
	if up {
		if rest, negative := strings.CutPrefix(text, "-"); negative {
			text = "-1" + rest
		} else {
			text = "1" + text
		}
	}
	return text[:len(text)-2] + "." + text[len(text)-2:]
}
