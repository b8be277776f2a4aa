package values

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestResidentIDs(t *testing.T) {
	for id, want := range map[ResidentID]error{
		"11010519491231002X":  nil, // the example of GB 11643-1999
		"440524188001010014":  nil, // the other one
		"149901200402290014":  nil, // born on a leap day
		"11010519491231002x":  ErrIDCheck,
		"110105194912310021":  ErrIDCheck,
		"11010519491231003X":  ErrIDCheck, // one digit changed
		"11015019491231002X":  ErrIDCheck, // two digits swapped
		"440524188001010015":  ErrIDCheck,
		"149901200302290019":  ErrIDDate,
		"440524188013010014":  ErrIDDate,
		"440524188000010014":  ErrIDDate,
		"440524188001000014":  ErrIDDate,
		"440524000001010014":  ErrIDDate,
		"":                    ErrIDLength,
		"110105491231002":     ErrIDLength, // 15 digits, issued until 1999
		"1101051949123100":    ErrIDLength,
		"11010519491231002XX": ErrIDLength,
		"X1010519491231002X":  ErrIDLength,
		"1101051949123 002X":  ErrIDLength,
		"１1010519491231002X":  ErrIDLength,
	} {
		if err := id.Check(); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", id.Whole(), err, want)
		}
	}
	if born := ResidentID("11010519491231002X").Birth(); born != MustDate("1949-12-31") {
		t.Errorf("born on %s", born)
	}
	for _, id := range []ResidentID{"", "1101051949123", "110105abcd1231002X", "110105194902300020"} {
		if born := id.Birth(); born.Known() {
			t.Errorf("%q was born on %s", id.Whole(), born)
		}
	}
}

// The check character finds every single wrong digit and every swap of two
// neighbours: that is what ISO 7064 mod 11-2 is for.
func TestTheCheckCharacterFindsSlips(t *testing.T) {
	const sound = "11010519491231002X"
	for i := range 17 {
		for digit := byte('0'); digit <= '9'; digit++ {
			if slip := sound[:i] + string(digit) + sound[i+1:]; slip != sound && ResidentID(slip).Check() == nil {
				t.Errorf("%s passes", slip)
			}
		}
		if i < 16 && sound[i] != sound[i+1] {
			if slip := sound[:i] + sound[i+1:i+2] + sound[i:i+1] + sound[i+2:]; ResidentID(slip).Check() == nil {
				t.Errorf("%s passes", slip)
			}
		}
	}
}

func TestLuhn(t *testing.T) {
	for number, want := range map[Account]bool{
		"79927398713":      true, // the example of ISO/IEC 7812
		"4111111111111111": true,
		"0":                true,
		"79927398710":      false,
		"79927398731":      false,
		"4111111111111112": false,
		"":                 false,
		"7992739871 3":     false,
		"7992-7398-713":    false,
		"７9927398713":      false,
	} {
		if got := number.Luhn(); got != want {
			t.Errorf("%q passes: %v", number.Whole(), got)
		}
	}
}

// A number that is printed, whatever the verb and however deep it is wrapped
// in exported fields, slices or maps, comes out masked.
func TestNumbersMaskThemselves(t *testing.T) {
	const id, account = ResidentID("14990119900101001X"), Account("6228480000000012348")
	const maskedID, maskedAccount = "149901********001X", "***************2348"
	type record struct {
		ID      ResidentID
		Account Account
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%40v", "%-40s", "%.3s", "%U", "%c"} {
		if got := fmt.Sprintf(verb, id); got != maskedID {
			t.Errorf("%s prints an id as %s", verb, got)
		}
		if got := fmt.Sprintf(verb, account); got != maskedAccount {
			t.Errorf("%s prints an account as %s", verb, got)
		}
		for what, v := range map[string]any{"pointer": &record{id, account}, "struct": record{id, account}, "slice": []record{{id, account}},
			"map": map[ResidentID]Account{id: account}, "ids": []ResidentID{id}} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, id.Whole()) || strings.Contains(got, account.Whole()) ||
				strings.Contains(got, fmt.Sprintf("%x", id.Whole())) || strings.Contains(got, fmt.Sprintf("%X", account.Whole())) {
				t.Errorf("%s prints a %s as %s", verb, what, got)
			}
		}
	}
	if got := fmt.Sprint(id, account) + fmt.Sprintln(id) + fmt.Errorf("%w: %v", errors.ErrUnsupported, account).Error(); strings.Contains(got, "19900101") || strings.Contains(got, "62284800") {
		t.Errorf("printed: %s", got)
	}
}

func TestNumbersMaskThemselvesInLogsAndAreWholeInJSON(t *testing.T) {
	const id, account = ResidentID("14990119900101001X"), Account("6228480000000012348")
	var text, records bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&text, nil), slog.NewJSONHandler(&records, nil)} {
		slog.New(handler).Info("paid", "id", id, "account", account, slog.Group("payee", "id", id))
	}
	for _, log := range []string{text.String(), records.String()} {
		if strings.Contains(log, id.Whole()) || strings.Contains(log, account.Whole()) || strings.Count(log, "149901********001X") != 2 {
			t.Errorf("logged: %s", log)
		}
	}
	encoded, err := json.Marshal(map[string]any{"id": id, "account": account})
	if err != nil || string(encoded) != `{"account":"6228480000000012348","id":"14990119900101001X"}` {
		t.Errorf("in JSON: %s, %v", encoded, err)
	}
}

func TestShortNumbersShowLess(t *testing.T) {
	for id, want := range map[ResidentID]string{
		"": "", "1": "*", "1234": "****", "12345": "*2345", "1234567890123": "*********0123", "110105491231002": "110105*****1002",
	} {
		if got := id.String(); got != want {
			t.Errorf("%q shows as %s, want %s", id.Whole(), got, want)
		}
	}
	for account, want := range map[Account]string{"": "", "1234": "****", "12345": "*2345"} {
		if got := account.String(); got != want {
			t.Errorf("%q shows as %s, want %s", account.Whole(), got, want)
		}
	}
}

func TestMessagesHideLongNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "",
		"第 12 行":                  "第 12 行",
		"身份证14990119900101001X有误": "身份证149***********001X有误",
		"14990119900101001x":      "149***********001x",
		"149901199001010014":      "149***********0014",
		"6228480000000012348":     "622************2348",
		"6228480000000012348与149901199001010014": "622************2348与149***********0014",
		"电话13800000000":                          "电话138****0000",
		"1234567890":                             "1234567890", // ten digits: no phone, id or account
		"2026-06-21 至 2026-09-20":                "2026-06-21 至 2026-09-20",
		"1,234,567,890.12":                       "1,234,567,890.12",
		"１４９９０１１９９００１０１００１Ｘ": "１４９***********００１Ｘ", // full-width, as some banks type
		"149901 19900101 0014":     "149*** ******** 0014",
		"6228 4800 0000 0012 348":  "622* **** **** ***2 348",
		"149901\u200b199001010014": "149***\u200b********0014",
		"3 笔 20 元 12 34 56":        "3 笔 20 元 12 34 56",
		"13800000000 12":           "138****0000 12", // a phone and a row
	} {
		if got := MaskDigits(text); got != want {
			t.Errorf("%s is shown as %s, want %s", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[1-9][0-9]{10,18}`).Draw(t, "number")
		around := rapid.StringMatching(`[^0-9０-９\p{Nd}]{1,5}`)
		text := around.Draw(t, "before") + number + around.Draw(t, "after")
		shown := MaskDigits(text)
		if strings.Contains(shown, number) || len([]rune(shown)) != len([]rune(text)) {
			t.Fatalf("%s is shown as %s", text, shown)
		}
		if again := MaskDigits(shown); again != shown {
			t.Fatalf("masked twice: %s, then %s", shown, again)
		}
	})
}
