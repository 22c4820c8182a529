package live_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// object is a JSON object as a client sees it.
type object = map[string]any

// picture is what a client shows of one cockpit, made from frames alone by the
// rules of the live protocol.
type picture struct {
	Epoch  string            `json:"epoch"`
	Seq    float64           `json:"seq"`
	Layout string            `json:"layout"`
	Tiles  map[string]object `json:"tiles"`
}

// messages splits a frame: one message, or an array of them.
func messages(frame []byte) ([]object, error) {
	if len(frame) > 0 && frame[0] == '[' {
		var many []object
		err := json.Unmarshal(frame, &many)
		return many, err
	}
	var one object
	err := json.Unmarshal(frame, &one)
	return []object{one}, err
}

// take applies a snapshot or a delta; a delta that doesn't fit is an error.
func (p *picture) take(m object) error {
	switch m["op"] {
	case "snapshot":
		*p = picture{Tiles: map[string]object{}, Layout: m["layout"].(string)}
		for _, v := range m["tiles"].([]any) {
			p.Tiles[v.(object)["id"].(string)] = v.(object)
		}
	case "delta":
		if m["epoch"] != p.Epoch || m["from"] != p.Seq {
			return fmt.Errorf("delta from %v/%v to a picture of %v/%v", m["epoch"], m["from"], p.Epoch, p.Seq)
		}
		for _, v := range m["tiles"].([]any) {
			patch := v.(object)
			t := p.Tiles[patch["id"].(string)]
			if t == nil {
				return fmt.Errorf("a patch of the unknown tile %v", patch["id"])
			}
			merge(t, patch)
		}
	default:
		return nil
	}
	p.Epoch, p.Seq = m["epoch"].(string), m["seq"].(float64)
	return nil
}

// merge applies a patch to a tile, or an item's to an item.
func merge(into, patch object) {
	for key, v := range patch {
		list, some := v.([]any)
		switch {
		case key == "spark" && some:
			into[key] = mergeSpark(into[key], list)
		case key == "items" && some:
			into[key] = mergeItems(into[key], list)
		default:
			into[key] = v
		}
	}
}

func mergeSpark(had any, points []any) []any {
	spark, _ := had.([]any)
	spark = append([]any{}, spark...)
	at := func(p any) float64 { return p.([]any)[0].(float64) }
	for _, p := range points {
		if i := slices.IndexFunc(spark, func(q any) bool { return at(q) == at(p) }); i >= 0 {
			spark[i] = p
		} else {
			spark = append(spark, p)
		}
	}
	slices.SortStableFunc(spark, func(a, b any) int { return cmp.Compare(at(a), at(b)) })
	return spark[max(0, len(spark)-60):]
}

func mergeItems(had any, patches []any) []any {
	items, _ := had.([]any)
	items = append([]any{}, items...)
	var fresh []any
	for _, v := range patches {
		patch := v.(object)
		i := slices.IndexFunc(items, func(it any) bool { return it.(object)["id"] == patch["id"] })
		switch {
		case patch["gone"] == true && i >= 0:
			items = slices.Delete(items, i, i+1)
		case patch["gone"] == true:
		case i >= 0:
			merge(items[i].(object), patch)
		default:
			fresh = append(fresh, v)
		}
	}
	if len(fresh) > 0 && fresh[0].(object)["at"] != nil {
		items = append(fresh, items...) // a feed: the newest in front
	} else {
		items = append(items, fresh...)
	}
	rank := func(it any) float64 { r, _ := it.(object)["rank"].(float64); return r }
	slices.SortStableFunc(items, func(a, b any) int { return cmp.Compare(rank(a), rank(b)) })
	return items
}

// text is a picture's tiles in one form that two of them can be compared by.
func (p *picture) text() string {
	b, err := json.Marshal(p.Tiles)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
