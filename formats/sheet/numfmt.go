package sheet

import "strings"

// numberFormat is all that this package asks of a number format.
type numberFormat struct{ date, percent bool }

// builtinFormat tells the formats that files name by number alone, those of Chinese Excel (27–36, 50–58) included.
func builtinFormat(id int) numberFormat {
	switch {
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id >= 45 && id <= 47, id >= 50 && id <= 58:
		return numberFormat{date: true}
	case id == 9, id == 10:
		return numberFormat{percent: true}
	default:
		return numberFormat{}
	}
}

// parseFormat reads a format code, such as `yyyy"年"m"月"d"日";@` or `[Red]0.00%`.
// Quoted and escaped text, padding, colours, conditions and locales say nothing about the value.
func parseFormat(code string) (f numberFormat) {
	code = strings.ToLower(code)
	code = strings.ReplaceAll(code, "general", "")
	code = strings.ReplaceAll(code, "am/pm", "h")
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			if end := strings.IndexByte(code[i+1:], '"'); end >= 0 {
				i += end + 1
			}
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				continue
			}
			inside := code[i+1 : i+end]
			f.date = f.date || inside != "" && strings.Trim(inside, inside[:1]) == "" && strings.ContainsAny(inside[:1], "hms")
			i += end
		case '%':
			f.percent = true
		case 'e':
			if i+1 < len(code) && (code[i+1] == '+' || code[i+1] == '-') {
				i++ // scientific
			} else {
				f.date = true // the year of an era
			}
		case 'y', 'm', 'd', 'h', 's', 'b', 'g':
			f.date = true
		}
	}
	return f
}
