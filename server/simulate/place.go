package simulate

import (
	"errors"
	"fmt"
	"strconv"

	"citydeck/cockpits/district"
)

// unit is one report at one place: what sends.
type unit struct {
	report *report
	area   int // index in the tree
	key    uint64
	weight float64   // the part of the report's whole that is here
	shares []float64 // of the measures
	heads  []head    // of their readings
	carry  []float64 // amounts that are not whole yet
	stream int
	every  float64   // µs
	turn   int64     // how many times it has been due
	due    int64     // µs
	last   int64     // story ms up to which it has reported
	told   []float64 // stocks of the past, as last told
	whole  int64     // when all of it was told, Unix ms
}

// ground is what places there are and how big they are, by the tree's indices.
type ground struct {
	ids   []string
	kinds []string
	up    []int // the area above; -1 above the root
	end   []int // one past the last below
	size  []float64
	index map[string]int
	lists map[string][]spot
}

// spot is where a report can come from.
type spot struct {
	area  int
	point string
	size  float64
}

// newGround counts residents up the tree: as areas.csv notes them, otherwise
// one for each area that has none below.
func newGround(d *district.District) *ground {
	g := &ground{index: map[string]int{}, lists: map[string][]spot{}}
	t := d.Areas
	for at := t.Root(); int(at) < t.Len(); at++ {
		a := t.At(at)
		size, err := strconv.ParseFloat(a.Notes["residents"], 64)
		if err != nil || size < 0 {
			size = 0
		}
		g.index[a.ID] = len(g.ids)
		g.ids, g.kinds = append(g.ids, a.ID), append(g.kinds, a.Kind)
		g.up, g.end = append(g.up, int(t.Parent(at))), append(g.end, int(t.End(at)))
		g.size = append(g.size, size)
	}
	counted := g.sum()
	if counted[0] == 0 {
		for i := range g.size {
			if g.end[i] == i+1 {
				g.size[i] = 1
			}
		}
		counted = g.sum()
	}
	g.size = counted
	for _, l := range d.Lists {
		for _, p := range l.Points {
			key := name(l.ID + "/" + p.ID)
			g.lists[l.ID] = append(g.lists[l.ID], spot{area: int(p.Area), point: p.ID, size: 0.5 + chance(key)})
		}
	}
	return g
}

// sum is each area's residents: its own figure or that of those below, whichever is more.
func (g *ground) sum() []float64 {
	below := make([]float64, len(g.size))
	total := make([]float64, len(g.size))
	for i := len(g.size) - 1; i >= 0; i-- {
		total[i] = max(g.size[i], below[i])
		if g.up[i] >= 0 {
			below[g.up[i]] += total[i]
		}
	}
	return total
}

// spots are the places that a report comes from.
func (g *ground) spots(r *report) ([]spot, error) {
	var list []spot
	switch at, known := g.index[r.At]; {
	case (r.At == "") == (r.List == ""):
		return nil, errors.New("needs either at or list")
	case r.List != "":
		list = append(list, g.lists[r.List]...)
	case known:
		list = append(list, spot{area: at, size: 1})
	default:
		for i, kind := range g.kinds {
			if kind == r.At {
				list = append(list, spot{area: i, size: g.size[i]})
			}
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("comes from nowhere: no %s%s", r.At, r.List)
	}
	whole := 0.0
	for i := range list {
		s := &list[i]
		if r.Even || s.size == 0 {
			s.size = 1
		}
		s.size *= g.nearest(r.Bias, s.area, 1)
		whole += s.size
	}
	for i := range list {
		list[i].size /= whole
	}
	return list, nil
}

// nearest is what holds for an area: its own value or that of the closest area above.
func (g *ground) nearest(values map[string]float64, area int, otherwise float64) float64 {
	for at := area; at >= 0 && len(values) > 0; at = g.up[at] {
		if v, has := values[g.ids[at]]; has {
			return v
		}
	}
	return otherwise
}
