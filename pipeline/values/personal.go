package values

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
)

// ResidentID is a resident's identity number. It masks itself wherever it is
// printed or logged; Whole gives it in full, for the ledger, the payment file
// and --json.
type ResidentID string

// Account is a bank account or card number. It masks itself like [ResidentID].
type Account string

// Whole is the number in full.
func (id ResidentID) Whole() string { return string(id) }

// String keeps the area code and the last four: 149901********0014.
func (id ResidentID) String() string { return mask(string(id), 6, 4) }

// Format masks under every verb, so that no careless %q lets a number out.
func (id ResidentID) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, id.String()) }

// LogValue masks in logs.
func (id ResidentID) LogValue() slog.Value { return slog.StringValue(id.String()) }

// Whole is the number in full.
func (a Account) Whole() string { return string(a) }

// String keeps the last four: ***************1234.
func (a Account) String() string { return mask(string(a), 0, 4) }

// Format masks under every verb.
func (a Account) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// LogValue masks in logs.
func (a Account) LogValue() slog.Value { return slog.StringValue(a.String()) }

func mask(s string, head, tail int) string {
	runes := []rune(s)
	if len(runes) <= tail {
		head, tail = 0, 0
	} else if len(runes) < head+tail+4 {
		head = 0
	}
	for i := head; i < len(runes)-tail; i++ {
		runes[i] = '*'
	}
	return string(runes)
}

// MaskDigits hides the middle of every number of 11 digits and more (phones,
// ids, of which the last character may be an X, accounts) inside free text: the
// screen and log form of messages that quote what a cell held. Full-width
// digits count; so do numbers of 15 digits and more that are typed in groups.
func MaskDigits(text string) string {
	runes := []rune(text)
	for start := 0; start < len(runes); {
		number := numberAt(runes, start, isGap)
		if len(number) < 15 {
			number = numberAt(runes, start, func(rune) bool { return false })
		}
		if len(number) == 0 {
			start++
			continue
		}
		if len(number) >= 11 {
			for _, i := range number[3 : len(number)-4] {
				runes[i] = '*'
			}
		}
		start = number[len(number)-1] + 1
	}
	return string(runes)
}

// numberAt gives the places of the digits of the number that begins at start;
// gap tells which single character may stand between two of them.
func numberAt(runes []rune, start int, gap func(rune) bool) (places []int) {
	for i := start; i < len(runes); i++ {
		switch {
		case unicode.IsDigit(runes[i]):
			places = append(places, i)
		case len(places) == 17 && strings.ContainsRune("XxＸｘ", runes[i]):
			return append(places, i)
		case len(places) == 0 || !gap(runes[i]) || i+1 == len(runes) || !unicode.IsDigit(runes[i+1]):
			return places
		}
	}
	return places
}

func isGap(r rune) bool { return unicode.In(r, unicode.Zs, unicode.Cf) }
