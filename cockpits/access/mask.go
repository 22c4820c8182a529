package access

import (
	"strings"
	"unicode/utf8"
)

// MaskName keeps the first character of a person's name: 王*, J*. How long the
// name is, and whether the surname has two characters, stays untold.
func MaskName(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	return string(first) + "*"
}

// MaskPhone keeps the first three and the last four digits of a telephone
// number of at least eleven, 138****0000, and of a shorter one the last two.
func MaskPhone(phone string) string {
	digits := make([]byte, 0, len(phone))
	for i := range len(phone) {
		if c := phone[i]; c >= '0' && c <= '9' {
			digits = append(digits, c)
		}
	}
	n := len(digits)
	switch {
	case n == 0:
		return ""
	case n >= 11:
		local := digits[n-11:]
		return string(local[:3]) + "****" + string(local[7:])
	case n > 4:
		return strings.Repeat("*", n-2) + string(digits[n-2:])
	}
	return strings.Repeat("*", n)
}

// MaskList says how many things a list holds that may not be told, as "***".
func MaskList(list []string) []string {
	out := make([]string, len(list))
	for i := range out {
		out[i] = "***"
	}
	return out
}
