package folder

import (
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Sub is the table at [key], nil where there is none.
func (t *Table) Sub(key string) *Table {
	v := t.get(key)
	if v == nil {
		return nil
	}
	if len(v.tables) != 1 || v.kind == unstable.ArrayTable {
		t.bad(v, "%s must be written as [%s]", key, key)
		return nil
	}
	return v.tables[0]
}

// Words reads a text or a list of texts, each of which must be among the known.
func (t *Table) Words(key string, known []string) []string {
	if !t.Has(key) {
		return nil
	}
	list := []string{}
	if t.IsText(key) {
		list = append(list, t.Text(key))
	} else {
		list = append(list, t.Texts(key)...)
	}
	seen := map[string]bool{}
	for _, k := range known {
		seen[k] = true
	}
	for _, w := range list {
		if !seen[w] {
			t.Bad(key, "%s = %q is none of %s", key, w, strings.Join(known, ", "))
		}
	}
	return list
}

// Pairs reads a list of pairs of numbers, nil where there is none.
func (t *Table) Pairs(key string) [][2]float64 {
	v := t.get(key)
	if v == nil {
		return nil
	}
	pairs := [][2]float64{}
	for _, e := range v.list {
		var p [2]float64
		good := e.kind == unstable.Array && len(e.list) == 2
		for i := 0; good && i < 2; i++ {
			n, err := strconv.ParseFloat(strings.ReplaceAll(e.list[i].text, "_", ""), 64)
			numeric := e.list[i].kind == unstable.Float || e.list[i].kind == unstable.Integer
			p[i], good = n, numeric && err == nil && n-n == 0
		}
		if !good {
			t.bad(v, "%s must be a list of pairs of numbers, [[lon, lat], …]", key)
			return nil
		}
		pairs = append(pairs, p)
	}
	if v.kind != unstable.Array {
		t.bad(v, "%s must be a list of pairs of numbers, [[lon, lat], …]", key)
		return nil
	}
	return pairs
}

// Wait reads a duration of 0 or above.
func (t *Table) Wait(key string, otherwise time.Duration) time.Duration {
	if !t.Has(key) {
		return otherwise
	}
	s := t.Text(key)
	if d, err := parseDuration(s); err == nil && d == 0 {
		return 0
	}
	return t.Duration(key, otherwise)
}
