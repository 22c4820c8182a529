package household

import (
	"fmt"

	"citydeck/cockpits/fault"
)

// wrong is a fault of a list, by its code; the words are what its reason names.
func wrong(at, code string, words ...string) *fault.Fault {
	args := make([]any, len(words))
	for i, w := range words {
		args[i] = w
	}
	return &fault.Fault{Kind: fault.Invalid, At: at, Code: code, Words: words, Reason: fmt.Sprintf(reasons()[code], args...)}
}

// reasons says in English what each code means. The page of lists has the same
// codes in its own words.
func reasons() map[string]string {
	return map[string]string{
		"not_utf8":        "is not UTF-8 (GBK?)",
		"bad_csv":         "%s",
		"unreadable":      "can't be read",
		"empty_list":      "is empty: it must begin with the header %s",
		"column_twice":    "the column %s stands twice",
		"column_missing":  "the column %s is missing",
		"empty":           "%s is empty",
		"twice":           "id %q stands at %s already",
		"too_long":        "%s is longer than 64 characters",
		"unknown_area":    "area %q is unknown",
		"unknown_need":    "need %q is none of %s",
		"unknown_channel": "channel %q is none of %s",
		"no_address":      "channel %s needs its address, as in %[1]s:…",
		"slash":           "%s %q has a /",
		"no_count":        "%s %q is not a whole number of 0 or above",
		"no_flag":         "%s %q is neither 1 nor 0",
		"half_position":   "%s stands without %s",
		"no_degrees":      "%s %q is not a number of degrees",
		"out_of_range":    "%s %s is not between -%s and %[3]s",
		"formula":         "%s is a formula: its last value is taken",
		"like_formula":    "%s begins like a formula: it is taken as text",
		"date":            "%s is a date: the number behind it is taken",
		"merged":          "%s is merged: only its first cell holds the value",
		"rounded":         "%s is a number that a spreadsheet has rounded: format the column as text",
	}
}
