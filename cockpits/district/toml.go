package district

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// table is a TOML table whose keys know their lines. Reading a key marks it as
// known; what nobody read is an unknown key.
type table struct {
	file string
	line int
	keys map[string]*value
	log  *faults
}

// value is what stands at a key: text of a scalar, a list, or tables.
type value struct {
	line   int
	kind   unstable.Kind
	text   string
	list   []*value
	tables []*table // of [[key]] or [key]
	read   bool
}

// parseTOML reads a file. A syntax fault hides the rest of the file; then it
// answers nil.
func parseTOML(file string, data []byte, log *faults) *table {
	var any map[string]any
	if err := toml.Unmarshal(data, &any); err != nil {
		line := 1
		if de := (*toml.DecodeError)(nil); errors.As(err, &de) {
			line, _ = de.Position()
		}
		log.add(file, line, "%s", strings.TrimPrefix(err.Error(), "toml: "))
		return nil
	}
	root := &table{file: file, line: 1, keys: map[string]*value{}, log: log}
	at := root
	var p unstable.Parser
	p.Reset(data)
	lines := lineIndex(data)
	for p.NextExpression() {
		n := p.Expression()
		switch n.Kind {
		case unstable.KeyValue:
			at.put(n, lines)
		case unstable.Table, unstable.ArrayTable:
			at = root.descend(n, lines)
		}
	}
	return root
}

// lineIndex lists the offsets at which lines begin.
func lineIndex(data []byte) []int {
	starts := []int{0}
	for i, c := range data {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func lineOf(lines []int, offset uint32) int {
	i, found := slices.BinarySearch(lines, int(offset))
	if found {
		return i + 1
	}
	return i
}

// keyOf lists the parts of a node's key, and the line of the first.
func keyOf(n *unstable.Node, lines []int) (parts []string, line int) {
	for it := n.Key(); it.Next(); {
		if len(parts) == 0 {
			line = lineOf(lines, it.Node().Raw.Offset)
		}
		parts = append(parts, string(it.Node().Data))
	}
	return parts, line
}

// descend finds or opens the table that a header names.
func (t *table) descend(n *unstable.Node, lines []int) *table {
	parts, line := keyOf(n, lines)
	for i, part := range parts {
		last := i == len(parts)-1
		v := t.keys[part]
		if v == nil {
			v = &value{line: line, kind: unstable.Table}
			if last {
				v.kind = n.Kind
			}
			t.keys[part] = v
		}
		if len(v.tables) == 0 || last && n.Kind == unstable.ArrayTable {
			v.tables = append(v.tables, &table{file: t.file, line: line, keys: map[string]*value{}, log: t.log})
		}
		t = v.tables[len(v.tables)-1]
	}
	return t
}

func (t *table) put(n *unstable.Node, lines []int) {
	parts, line := keyOf(n, lines)
	for _, part := range parts[:len(parts)-1] {
		v := t.keys[part]
		if v == nil {
			v = &value{line: line, kind: unstable.Table}
			v.tables = []*table{{file: t.file, line: line, keys: map[string]*value{}, log: t.log}}
			t.keys[part] = v
		}
		if len(v.tables) == 0 {
			return
		}
		t = v.tables[len(v.tables)-1]
	}
	t.keys[parts[len(parts)-1]] = t.newValue(n.Value(), lines, line)
}

func (t *table) newValue(n *unstable.Node, lines []int, line int) *value {
	v := &value{line: line, kind: n.Kind, text: string(n.Data)}
	switch n.Kind {
	case unstable.Array:
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.Comment {
				continue
			}
			e := t.newValue(it.Node(), lines, line)
			v.list = append(v.list, e)
			v.tables = append(v.tables, e.tables...)
		}
		if len(v.tables) > 0 && len(v.tables) == len(v.list) {
			v.kind = unstable.ArrayTable // key = [{…}, {…}] says the same as [[key]]
		}
	case unstable.InlineTable:
		inner := &table{file: t.file, line: line, keys: map[string]*value{}, log: t.log}
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				inner.put(it.Node(), lines)
			}
		}
		if first := inner.first(); first > 0 {
			inner.line = first
		}
		v.tables = []*table{inner}
	}
	return v
}

// first is the line of the first key, 0 when there is none.
func (t *table) first() int {
	line := 0
	for _, v := range t.keys {
		if line == 0 || v.line < line {
			line = v.line
		}
	}
	return line
}

func (t *table) bad(v *value, format string, args ...any) { t.log.add(t.file, v.line, format, args...) }

// get marks a key as known.
func (t *table) get(key string) *value {
	v := t.keys[key]
	if v != nil {
		v.read = true
	}
	return v
}

func (t *table) lineOf(key string) int {
	if v := t.keys[key]; v != nil {
		return v.line
	}
	return t.line
}

func (t *table) has(key string) bool { return t.keys[key] != nil }

func (t *table) text(key string) string {
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

func (t *table) texts(key string) []string {
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

// number is nil where the key is not there or not a number.
func (t *table) number(key string) *float64 {
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

// whole is a whole number between two limits, or the default.
func (t *table) whole(key string, otherwise, from, to int) int {
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

func (t *table) bool(key string) bool {
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

func (t *table) duration(key string, otherwise time.Duration) time.Duration {
	if !t.has(key) {
		return otherwise
	}
	s := t.text(key)
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

// choice is one of the words, or the default.
func choice[T ~string](t *table, key string, otherwise T, words ...T) T {
	if !t.has(key) {
		return otherwise
	}
	s := T(t.text(key))
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

// each lists the tables of [[key]].
func (t *table) each(key string) []*table {
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

// unknown reports every key that nobody asked for.
func (t *table) unknown() {
	for key, v := range t.keys {
		if !v.read {
			t.bad(v, "unknown key %q", key)
		}
	}
}

// between is a number within limits, nil where it isn't there.
func (t *table) between(key string, from, to float64) *float64 {
	n := t.number(key)
	if n != nil && (*n < from || *n > to) {
		t.bad(t.keys[key], "%s = %v is not from %v to %v", key, *n, from, to)
		return nil
	}
	return n
}

// kindIs tells whether a key holds a text.
func (t *table) kindIs(key string) bool {
	v := t.keys[key]
	return v != nil && v.kind == unstable.String
}
