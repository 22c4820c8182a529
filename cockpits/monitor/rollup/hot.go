package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// hot is what a cell comes to in one of its measure's windows, as of the last
// Settle. The hot parts of a measure lie together in the order of its cells, so
// that a round over many figures reads memory in one direction.
type hot struct {
	value    float64
	asOf     int64 // Unix ms; may lie ahead of the clock
	fresh    int32
	expected int32
	disputed int32
	stamp    uint32
	ok       bool
	heard    bool
}

// refresh works out anew what a cell comes to, and marks the figures that are
// made of it if that has changed.
func (s *State) refresh(ci int32) {
	c := &s.cells[ci]
	ms := &s.measures[c.measure]
	changed := false
	base := int(c.row) * ms.slots
	for slot := range ms.slots {
		h := hot{fresh: c.fresh, expected: c.expected, disputed: c.disputed, stamp: c.stamp, heard: c.heard}
		if ms.def.Kind == indicator.Stock {
			st := s.mend(c)
			v := st.value(ms.def.Combine)
			h.value, h.ok, h.asOf = v.V, v.OK, st.asOf
		} else if b := s.opened(c.folds, slot, &s.windows[ms.windows[slot]]); b != nil {
			v := valueOf(ms.def, &b.Summary, c.heard)
			h.value, h.ok, h.asOf = v.V, v.OK, b.AsOf
		} else {
			h.ok = c.heard && zeroed(ms.def.Kind)
		}
		if old := &ms.hot[base+slot]; *old != h {
			*old = h
			changed = true
		}
	}
	if !changed {
		return
	}
	for _, p := range ms.used {
		s.figures.mark(p, c.area)
	}
}

// zeroed tells whether nothing in the window is 0 once something was read.
func zeroed(k indicator.Kind) bool { return k == indicator.Flow || k == indicator.Distinct }

// hotOf is the hot part of an indicator's part i at an area, or nil.
func (s *State) hotOf(h *held, i int, a area.Index) *hot {
	ms := &s.measures[h.Parts[i]]
	if ms.at == nil || ms.at[a] == 0 {
		return nil
	}
	return &ms.hot[(int(ms.at[a])-1)*ms.slots+max(int(h.slots[i]), 0)]
}

// part is the value of an indicator's part i at an area, with what proves it.
func (s *State) part(h *held, i int, a area.Index, p *indicator.Part) {
	ms := &s.measures[h.Parts[i]]
	p.Flow, p.Covered = ms.flow, ms.covered
	x := s.hotOf(h, i, a)
	if x == nil {
		return
	}
	p.Value = indicator.Number{V: x.value, OK: x.ok}
	p.AsOf = min(x.asOf, s.now)
	p.Fresh, p.Expected, p.Heard = x.fresh, x.expected, x.heard
}

// whole fills an indicator's figure at an area with nothing hidden, but for
// since, counts_from and disputed.
func (s *State) whole(h *held, a area.Index, f *indicator.Figure) {
	list := s.figures.parts[:0]
	for i := range h.Parts {
		list = append(list, indicator.Part{})
		s.part(h, i, a, &list[i])
	}
	s.figures.parts = list
	h.Whole(list, h.judged[s.kinds[a]], f)
}
