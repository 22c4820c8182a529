package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// shade decides which cells of an indicator with suppress_below are hidden: the
// small ones, and those that would give a hidden one away by difference.
//
// Every area with a value is the sum (or another mix) of its contributors: its
// child areas, and the points that report at the area itself. Who knows all of
// such an equation but one cell knows that cell too. So in each equation the
// hidden cells, the area's own among them, are none or at least two; since the
// equations form a tree, none can then be solved (DESIGN.md).
type shade struct {
	cells  []shaded
	queue  []area.Index
	queued []bool
}

// shaded is what is known of one area.
type shaded struct {
	value     indicator.Number // with nothing hidden
	status    indicator.Status // likewise
	level     indicator.Level  // likewise
	own       int32            // pairs with a value at the area itself
	ownSmall  bool             // whether one of them is a small cell
	looked    bool             // worked out in this round
	was       bool             // hidden before this round
	hidden    bool
	ownHidden bool
}

func newShade(areas int) *shade {
	return &shade{cells: make([]shaded, areas), queued: make([]bool, areas)}
}

// draw decides anew, from what all areas come to.
func (sh *shade) draw(d *indicator.Indicator, t *area.Tree) {
	for a := range sh.cells {
		c := &sh.cells[a]
		c.hidden, c.ownHidden = d.Small(c.value), c.own > 0 && c.ownSmall
		sh.push(area.Index(a))
	}
	for len(sh.queue) > 0 {
		a := sh.queue[0]
		sh.queue = sh.queue[1:]
		sh.queued[a] = false
		sh.settle(d, t, a)
	}
	sh.queue = sh.queue[:0:0]
}

func (sh *shade) push(a area.Index) {
	if !sh.queued[a] {
		sh.queued[a] = true
		sh.queue = append(sh.queue, a)
	}
}

// settle looks at one area's equation, and hides a second cell if only one is.
func (sh *shade) settle(d *indicator.Indicator, t *area.Tree, a area.Index) {
	c := &sh.cells[a]
	if !c.value.OK {
		return // nothing can be worked out from what isn't there
	}
	hidden, all := 0, int(c.own)
	for _, k := range t.Children(a) {
		if sh.cells[k].value.OK {
			all++
		}
		if sh.cells[k].hidden {
			hidden++
		}
	}
	if c.hidden {
		hidden++
	}
	if c.ownHidden {
		hidden += int(c.own)
	}
	if hidden != 1 || all == 0 {
		return
	}
	if k, ok := sh.second(d, t, a); ok {
		sh.cells[k].hidden = true
		sh.push(k)
		return
	}
	if c.own > 0 && !c.ownHidden {
		c.ownHidden = true
		return
	}
	c.hidden = true
	if up := t.Parent(a); up != area.None {
		sh.push(up)
	}
}

// second picks the child that is hidden too: the first in the tree's order that
// is no small cell itself, so that what remains hidden is large, unless the
// area's own points can be taken; else the first with a value. The order and
// not the value decides, so that the choice doesn't move with every reading.
func (sh *shade) second(d *indicator.Indicator, t *area.Tree, a area.Index) (area.Index, bool) {
	any := area.None
	for _, k := range t.Children(a) {
		c := &sh.cells[k]
		if c.hidden || !c.value.OK {
			continue
		}
		if c.value.V >= d.SuppressBelow {
			return k, true
		}
		if any == area.None {
			any = k
		}
	}
	if own := &sh.cells[a]; own.own > 0 && !own.ownHidden {
		return 0, false
	}
	return any, any != area.None
}

// ownCells counts the pairs at the area itself that have a value of one of the
// indicator's measures, and tells whether one of them is small.
func (s *State) ownCells(h *held, a area.Index) (n int32, small bool) {
	for i, m := range h.Parts {
		c := s.find(m, a)
		if c == nil {
			continue
		}
		mine := int32(0)
		for _, li := range c.leaves {
			v := s.ofLeaf(s.leaf(li), h, i)
			if v.OK {
				mine++
			}
			small = small || h.Small(v)
		}
		n = max(n, mine)
	}
	return n, small
}

// ofLeaf is what a pair brings into part i of an indicator.
func (s *State) ofLeaf(l *leaf, h *held, i int) indicator.Number {
	def := s.measures[l.measure].def
	if def.Kind == indicator.Stock {
		return indicator.Number{V: l.latest.Value, OK: l.counted}
	}
	return bucketValue(def, s.ofPair(l, h, i), l.heard)
}

// hides tells whether a child area's cell, or with area.None for the child the
// cells of the points at the area itself, may not be seen.
func (h *held) hides(at, child area.Index) bool {
	switch {
	case h.shade == nil:
		return false
	case child == area.None:
		return h.shade.cells[at].ownHidden
	}
	return h.shade.cells[child].hidden
}

// Veiled tells whether what a point reported of a measure may not be seen,
// since an indicator of that measure hides the points of its area.
func (s *State) Veiled(m indicator.Index, a area.Index, v indicator.Number) bool {
	for _, p := range s.measures[m].used {
		if h := &s.held[p]; h.shade != nil && h.Measure != "" && (h.shade.cells[a].ownHidden || h.Small(v)) {
			return true
		}
	}
	return false
}
