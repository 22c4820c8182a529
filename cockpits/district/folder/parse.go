package folder

import (
	"errors"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Table is a TOML table whose keys know their lines. Reading a key marks it as
// known; what nobody read is an unknown key.
type Table struct {
	file string
	line int
	keys map[string]*value
	log  *Log
}

// value is what stands at a key: text of a scalar, a list, or tables.
type value struct {
	line   int
	kind   unstable.Kind
	text   string
	list   []*value
	tables []*Table // of [[key]] or [key]
	read   bool
}

// parseTOML reads a file. A syntax fault hides the rest of the file; then it
// answers nil.
func parseTOML(file string, data []byte, log *Log) *Table {
	var any map[string]any
	if err := toml.Unmarshal(data, &any); err != nil {
		line := 1
		if de := (*toml.DecodeError)(nil); errors.As(err, &de) {
			line, _ = de.Position()
		}
		log.Add(file, line, "%s", strings.TrimPrefix(err.Error(), "toml: "))
		return nil
	}
	root := &Table{file: file, line: 1, keys: map[string]*value{}, log: log}
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
func (t *Table) descend(n *unstable.Node, lines []int) *Table {
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
			v.tables = append(v.tables, &Table{file: t.file, line: line, keys: map[string]*value{}, log: t.log})
		}
		t = v.tables[len(v.tables)-1]
	}
	return t
}

func (t *Table) put(n *unstable.Node, lines []int) {
	parts, line := keyOf(n, lines)
	for _, part := range parts[:len(parts)-1] {
		v := t.keys[part]
		if v == nil {
			v = &value{line: line, kind: unstable.Table}
			v.tables = []*Table{{file: t.file, line: line, keys: map[string]*value{}, log: t.log}}
			t.keys[part] = v
		}
		if len(v.tables) == 0 {
			return
		}
		t = v.tables[len(v.tables)-1]
	}
	t.keys[parts[len(parts)-1]] = t.newValue(n.Value(), lines, line)
}

func (t *Table) newValue(n *unstable.Node, lines []int, line int) *value {
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
		inner := &Table{file: t.file, line: line, keys: map[string]*value{}, log: t.log}
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				inner.put(it.Node(), lines)
			}
		}
		if first := inner.first(); first > 0 {
			inner.line = first
		}
		v.tables = []*Table{inner}
	}
	return v
}

// first is the line of the first key, 0 when there is none.
func (t *Table) first() int {
	line := 0
	for _, v := range t.keys {
		if line == 0 || v.line < line {
			line = v.line
		}
	}
	return line
}
