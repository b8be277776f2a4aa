package cell

import (
	"regexp"
	"strings"

	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// exponent is a long number as a program prints it after it has lost digits,
// 1.4010019900101E+17.
var exponent = regexp.MustCompile(`^[0-9](\.[0-9]+)?E\+[0-9]{1,3}$`)

var hyphens = strings.NewReplacer("-", "", "‐", "", "–", "")

// ID is a resident's id: folded, upper case. Whether it is a valid one is not
// asked here. A number that has lost digits is [values.ProblemDigitsLost].
func ID(c sheet.Cell) (values.ResidentID, values.ProblemKind) {
	text, problem := number(c)
	return values.ResidentID(text), problem
}

// RosterID is the id of a roster: 18 characters, or the 20 or 22 of a
// disability certificate, of which the first 18 are the id.
func RosterID(c sheet.Cell) (values.ResidentID, values.ProblemKind) {
	text, problem := number(c)
	if len(text) == 20 || len(text) == 22 {
		text = text[:18]
	}
	return values.ResidentID(text), problem
}

// Account is a bank account or card number: digits alone, spaces and hyphens
// between them dropped.
func Account(c sheet.Cell) (values.Account, values.ProblemKind) {
	text, problem := number(c)
	if problem != fine {
		return "", problem
	}
	text = hyphens.Replace(text)
	if !digits(text) {
		return "", values.ProblemUnreadable
	}
	return values.Account(text), fine
}

// Contract is a contract number, folded: NFKC, no spaces, case kept.
func Contract(c sheet.Cell) (string, values.ProblemKind) {
	text, problem := Text(c)
	switch {
	case problem != fine:
		return "", problem
	case lostDigits(c, text):
		return "", values.ProblemDigitsLost
	}
	return fold(text), fine
}

// number reads an id or account that a file may hold as text or number.
func number(c sheet.Cell) (string, values.ProblemKind) {
	text, problem := Text(c)
	switch {
	case problem != fine:
		return "", problem
	case lostDigits(c, text):
		return "", values.ProblemDigitsLost
	case c.Kind == sheet.Number && !digits(text), c.Kind == sheet.Bool:
		return "", values.ProblemUnreadable
	}
	return strings.ToUpper(fold(text)), fine
}

func lostDigits(c sheet.Cell, text string) bool {
	if c.Kind == sheet.Number {
		return c.Long || len(text) > 15 && digits(text)
	}
	folded := fold(text)
	return strings.Contains(folded, "+") && exponent.MatchString(strings.ToUpper(folded))
}
