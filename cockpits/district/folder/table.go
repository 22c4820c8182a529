package folder

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

// bad reports a fault at a value.
func (t *Table) bad(v *value, format string, args ...any) { t.log.Add(t.file, v.line, format, args...) }

// get marks a key as known.
func (t *Table) get(key string) *value {
	v := t.keys[key]
	if v != nil {
		v.read = true
	}
	return v
}

// File is where the table stands.
func (t *Table) File() string { return t.file }

// Bad reports a fault at a key's line; where the key is not there, at the table's.
func (t *Table) Bad(key, format string, args ...any) {
	t.log.Add(t.file, t.LineOf(key), format, args...)
}

// LineOf is the line of a key; where it is not there, the table's.
func (t *Table) LineOf(key string) int {
	if v := t.keys[key]; v != nil {
		return v.line
	}
	return t.line
}

// Has tells whether a key is there, whatever its type.
func (t *Table) Has(key string) bool { return t.keys[key] != nil }

// Text reads a text, empty where there is none.
func (t *Table) Text(key string) string {
	v := t.get(key)
	if v == nil {
		return ""
	}
	if v.kind != unstable.String {
		t.bad(v, "%s must be a text in quotes", key)
		return ""
	}
	return v.text
}

// Texts reads a list of texts, nil where there is none.
func (t *Table) Texts(key string) []string {
	v := t.get(key)
	if v == nil {
		return nil
	}
	list := []string{}
	for _, e := range v.list {
		if e.kind != unstable.String {
			t.bad(v, "%s must be a list of texts", key)
			return nil
		}
		list = append(list, e.text)
	}
	if v.kind != unstable.Array {
		t.bad(v, "%s must be a list of texts", key)
		return nil
	}
	return list
}

// Number is nil where the key is not there or not a number.
func (t *Table) Number(key string) *float64 {
	v := t.get(key)
	if v == nil {
		return nil
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(v.text, "_", ""), 64)
	if v.kind != unstable.Integer && v.kind != unstable.Float || err != nil || n-n != 0 {
		t.bad(v, "%s must be a number", key)
		return nil
	}
	return &n
}

// Whole is a whole number between two limits, or the default.
func (t *Table) Whole(key string, otherwise, from, to int) int {
	v := t.get(key)
	if v == nil {
		return otherwise
	}
	n, err := strconv.Atoi(strings.ReplaceAll(v.text, "_", ""))
	if v.kind != unstable.Integer || err != nil || n < from || n > to {
		t.bad(v, "%s must be a whole number from %d to %d", key, from, to)
		return otherwise
	}
	return n
}

// Bool reads true or false, false where there is neither.
func (t *Table) Bool(key string) bool {
	v := t.get(key)
	if v == nil {
		return false
	}
	if v.kind != unstable.Bool {
		t.bad(v, "%s must be true or false", key)
	}
	return v.text == "true"
}

var inDays = regexp.MustCompile(`^[0-9]{1,5}d$`)

// parseDuration reads Go's durations and whole days ("7d").
func parseDuration(s string) (time.Duration, error) {
	if inDays.MatchString(s) {
		n, err := strconv.Atoi(strings.TrimSuffix(s, "d"))
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(s)
}

// Duration reads a duration above 0 of at most ten years.
func (t *Table) Duration(key string, otherwise time.Duration) time.Duration {
	if !t.Has(key) {
		return otherwise
	}
	s := t.Text(key)
	if s == "" {
		return otherwise
	}
	d, err := parseDuration(s)
	if err != nil || d <= 0 || d > 10*366*24*time.Hour {
		t.bad(t.keys[key], `%s = %q is not a duration above 0, such as "90s", "10m", "24h" or "7d"`, key, s)
		return otherwise
	}
	return d
}

// Choice is one of the words, or the default.
func Choice[T ~string](t *Table, key string, otherwise T, words ...T) T {
	if !t.Has(key) {
		return otherwise
	}
	s := T(t.Text(key))
	if !t.IsText(key) {
		return otherwise
	}
	if !slices.Contains(words, s) {
		names := make([]string, len(words))
		for i, w := range words {
			names[i] = string(w)
		}
		t.bad(t.keys[key], "%s = %q is none of %s", key, s, strings.Join(names, ", "))
		return otherwise
	}
	return s
}

// Each lists the tables of [[key]].
func (t *Table) Each(key string) []*Table {
	v := t.get(key)
	if v == nil {
		return nil
	}
	if v.kind != unstable.ArrayTable {
		t.bad(v, "%s must be written as [[%s]]", key, key)
		return nil
	}
	return v.tables
}

// Unknown reports every key that nobody asked for; where says in what, and may be empty.
func (t *Table) Unknown(where string) {
	for key, v := range t.keys {
		if !v.read {
			t.bad(v, "unknown key %q%s", key, where)
		}
	}
}

// Known marks keys as known without reading them.
func (t *Table) Known(keys ...string) {
	for _, key := range keys {
		t.get(key)
	}
}

// Len is how many keys there are.
func (t *Table) Len() int { return len(t.keys) }

// Over is the table with what it doesn't say taken from another, but for some keys.
func (t *Table) Over(base *Table, but ...string) *Table {
	out := &Table{file: t.file, line: t.line, log: t.log, keys: map[string]*value{}}
	for key, v := range base.keys {
		if !slices.Contains(but, key) {
			out.keys[key] = v
		}
	}
	for key, v := range t.keys {
		out.keys[key] = v
	}
	return out
}

// ID reads the key id, a slug or not. It reports what is not of the form, and
// answers whether it is.
func (t *Table) ID(what string, isSlug bool) (string, bool) {
	id := t.Text("id")
	switch {
	case !t.Has("id"):
		t.Bad("", "%s without id", what)
	case !t.IsText("id"):
	case isSlug && !Slug(id):
		t.Bad("id", "%s id %q is not of the form [a-z0-9][a-z0-9_-]{0,63}", what, id)
	case !isSlug && !Ident(id):
		t.Bad("id", "%s id %q is not of the form [a-z][a-z0-9_]{0,63}", what, id)
	default:
		return id, true
	}
	return id, false
}

// Between is a number within limits, nil where it isn't there.
func (t *Table) Between(key string, from, to float64) *float64 {
	n := t.Number(key)
	if n != nil && (*n < from || *n > to) {
		t.bad(t.keys[key], "%s = %v is not from %v to %v", key, *n, from, to)
		return nil
	}
	return n
}

// IsText tells whether a key holds a text.
func (t *Table) IsText(key string) bool {
	v := t.keys[key]
	return v != nil && v.kind == unstable.String
}

// Names checks texts for people in a table.
func (t *Table) Names(keys ...string) {
	for _, key := range keys {
		if why := NameFault(t.Text(key)); why != "" {
			t.log.Add(t.file, t.LineOf(key), "%s %s", key, why)
		}
	}
}

// Need reads a text that must be there.
func (t *Table) Need(key string) string {
	t.Must(key)
	return t.Text(key)
}

// Must reports a key that is not there.
func (t *Table) Must(key string) {
	if !t.Has(key) {
		t.log.Add(t.file, t.line, "%s is missing", key)
	}
}

// Prose reads and checks a longer text, which may have lines.
func (t *Table) Prose(key string) string {
	s := t.Text(key)
	if why := TextFault(strings.ReplaceAll(s, "\n", " ")); why != "" {
		t.log.Add(t.file, t.LineOf(key), "%s %s", key, why)
	}
	return s
}
