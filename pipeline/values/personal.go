package values

import (
	"fmt"
	"io"
	"log/slog"
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

// MaskDigits hides the middle of every run of 15 to 19 digits (an 18-character
// id may end in X) inside free text: the screen and log form of messages that
// quote what a cell held.
func MaskDigits(text string) string {
	runes := []rune(text)
	for start := 0; start < len(runes); {
		if !isDigit(runes[start]) {
			start++
			continue
		}
		end := start
		for end < len(runes) && isDigit(runes[end]) {
			end++
		}
		if end-start == 17 && end < len(runes) && (runes[end] == 'X' || runes[end] == 'x') {
			end++
		}
		if end-start >= 11 {
			for i := start + 3; i < end-4; i++ {
				runes[i] = '*'
			}
		}
		start = end
	}
	return string(runes)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
