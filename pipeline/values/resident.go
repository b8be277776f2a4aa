package values

import (
	"errors"
	"fmt"
	"strconv"
)

// Why a resident's id cannot be one (GB 11643-1999).
var (
	ErrIDLength = errors.New("a resident id has 18 characters")
	ErrIDDate   = errors.New("the birth date in the id does not exist")
	ErrIDCheck  = errors.New("the check character of the id is wrong")
)

// Check verifies an 18-character id: digits, a birth date that exists, and the
// check character (mod 11, GB 11643-1999). The area code is not checked: codes
// of residents from Hong Kong, Macao and Taiwan (81, 82, 83) and of divisions
// that no longer exist are in lawful use.
func (id ResidentID) Check() error {
	if len(id) != 18 || !onlyDigits(string(id[:17])) {
		return ErrIDLength
	}
	if !id.Birth().Known() {
		return ErrIDDate
	}
	if want := checkCharacter(string(id[:17])); id[17] != want {
		return fmt.Errorf("%w: %c, want %c", ErrIDCheck, id[17], want)
	}
	return nil
}

// Birth is the birth date written in the id, or the zero Date.
func (id ResidentID) Birth() Date {
	if len(id) < 14 || !onlyDigits(string(id[6:14])) {
		return 0
	}
	number, _ := strconv.Atoi(string(id[6:14]))
	d, _ := NewDate(number/10000, number/100%100, number%100)
	return d
}

func checkCharacter(first17 string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, weight := range weights {
		sum += int(first17[i]-'0') * weight
	}
	return "10X98765432"[sum%11]
}

// Luhn tells whether the digits pass the check of ISO/IEC 7812 (bank cards).
func (a Account) Luhn() bool {
	sum := 0
	for i := 0; i < len(a); i++ {
		digit := int(a[len(a)-1-i]) - '0'
		if digit < 0 || digit > 9 {
			return false
		}
		if i%2 == 1 {
			digit *= 2
			if digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return len(a) > 0 && sum%10 == 0
}
