package folder

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Slug tells whether s is an id of an area, cockpit or tile.
func Slug(s string) bool { return ident(s, true) }

// Ident tells whether s is an id of a measure or indicator.
func Ident(s string) bool { return ident(s, false) }

// ident checks [a-z][a-z0-9_]{0,63}, or of a slug [a-z0-9][a-z0-9_-]{0,63}.
func ident(s string, isSlug bool) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z'
		digit := c >= '0' && c <= '9' && (i > 0 || isSlug)
		mark := i > 0 && (c == '_' || isSlug && c == '-')
		if !letter && !digit && !mark {
			return false
		}
	}
	return true
}

// maxName is the longest name in characters.
const maxName = 64

// NameFault says what is wrong with a name for people; empty: nothing.
func NameFault(s string) string {
	if utf8.RuneCountInString(s) > maxName {
		return fmt.Sprintf("is longer than %d characters", maxName)
	}
	return TextFault(s)
}

// turning are the characters that change the direction of what follows.
const turning = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

// TextFault says what is wrong with a text for people; empty: nothing.
func TextFault(s string) string {
	for _, r := range s {
		if unicode.IsControl(r) || strings.ContainsRune(turning, r) {
			return fmt.Sprintf("holds the character U+%04X, which is not shown", r)
		}
	}
	return ""
}
