package tile

import (
	"bytes"
	"encoding/json"
	"reflect"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/respond/command"
)

// Ongoing 指挥 draws a tile of kind command: the commands that are open in its
// area, each with all that contracts §8 says of one. Whoever calls knows which
// these are. The tile's value is how many there are, since when the oldest.
func Ongoing(d *Definition, running []command.View, now int64) Tile {
	n := float64(len(running))
	t := Tile{ID: d.ID, Value: &n, Status: string(indicator.Normal), Items: []Item{}}
	for i := range running {
		v := &running[i]
		t.Items = append(t.Items, Item{ID: v.ID, Has: HasCommand, Command: v})
		if t.Since == nil || v.LaunchedAt < *t.Since {
			t.Since = &v.LaunchedAt
		}
	}
	if len(running) > 0 {
		t.AsOf = &now
	}
	return t
}

// appendCommand appends a command's keys but its id, which is the item's.
func appendCommand(b []byte, v *command.View) []byte {
	if v == nil {
		return b
	}
	text, err := json.Marshal(v)
	if err != nil {
		return b
	}
	after := bytes.Index(text, []byte(`,"plan":`)) // the key after the id; within a text its quotes would be escaped
	if after < 0 {
		return b
	}
	return append(b, bytes.TrimSuffix(text[after:], []byte("}"))...)
}

// sameCommand tells whether two states of a command look the same.
func sameCommand(a, b *command.View) bool {
	return a == b || a != nil && b != nil && reflect.DeepEqual(a, b)
}
