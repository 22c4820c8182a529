package district

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"citydeck/cockpits/fault"
)

// faults collects everything that is wrong with a folder.
type faults struct{ list []located }

type located struct {
	file   string
	line   int
	reason string
}

func (f *faults) add(file string, line int, format string, args ...any) {
	f.list = append(f.list, located{file, max(line, 1), fmt.Sprintf(format, args...)})
}

// in tells whether a file has a fault already.
func (f *faults) in(file string) bool {
	return slices.ContainsFunc(f.list, func(l located) bool { return l.file == file })
}

// err joins all faults, by path, then line; nil when there are none.
func (f *faults) err() error {
	slices.SortStableFunc(f.list, func(a, b located) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.reason, b.reason))
	})
	f.list = slices.Compact(f.list)
	errs := make([]error, len(f.list))
	for i, l := range f.list {
		errs[i] = fault.New(fault.Invalid, l.file+":"+strconv.Itoa(l.line), "%s", l.reason)
	}
	return errors.Join(errs...)
}

// slug tells whether s is an id of an area, cockpit or tile.
func slug(s string) bool { return ident(s, true) }

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

// name says what is wrong with a name for people; empty: nothing.
func nameFault(s string) string {
	if utf8.RuneCountInString(s) > maxName {
		return fmt.Sprintf("is longer than %d characters", maxName)
	}
	return textFault(s)
}

// turning are the characters that change the direction of what follows.
const turning = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

// textFault says what is wrong with a text for people; empty: nothing.
func textFault(s string) string {
	for _, r := range s {
		if unicode.IsControl(r) || strings.ContainsRune(turning, r) {
			return fmt.Sprintf("holds the character U+%04X, which is not shown", r)
		}
	}
	return ""
}

// names checks texts for people in a table.
func (t *table) names(keys ...string) {
	for _, key := range keys {
		if why := nameFault(t.text(key)); why != "" {
			t.log.add(t.file, t.lineOf(key), "%s %s", key, why)
		}
	}
}

// need reads a text that must be there.
func (t *table) need(key string) string {
	t.must(key)
	return t.text(key)
}

// must reports a key that is not there.
func (t *table) must(key string) {
	if !t.has(key) {
		t.log.add(t.file, t.line, "%s is missing", key)
	}
}

// prose checks a longer text, which may have lines.
func (t *table) prose(key string) string {
	s := t.text(key)
	if why := textFault(strings.ReplaceAll(s, "\n", " ")); why != "" {
		t.log.add(t.file, t.lineOf(key), "%s %s", key, why)
	}
	return s
}
