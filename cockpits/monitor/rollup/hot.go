package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// hot is what a cell comes to in one of its measure's windows. The hot parts of
// a measure lie together in the order of its cells, so that a round over many
// figures reads memory in one direction. Coverage stands with the first window.
type hot struct {
	value    float64
	asOf     int64 // Unix ms; may lie ahead of the clock
	fresh    int32
	expected int32
	disputed int32
	ok       bool
	heard    bool
}

// hotAt is the first hot part of a cell.
func (s *State) hotAt(ci int32) *hot {
	x := &s.spots[ci]
	return &s.measures[x.measure].hot[x.base]
}

// top is the first hot part of the cell at an area, or nil.
func (m *measure) top(a area.Index) *hot {
	if m.at == nil || m.at[a] == 0 {
		return nil
	}
	return &m.hot[(int(m.at[a])-1)*m.slots]
}

// refresh works out anew what a cell comes to, where that is due.
func (s *State) refresh(ci int32) {
	x := &s.spots[ci]
	all := x.review
	x.review, x.slide = false, false
	c, ms := &s.cells[ci], &s.measures[x.measure]
	for slot := range ms.slots {
		h := &ms.hot[int(x.base)+slot]
		if ms.def.Kind == indicator.Stock {
			st := s.mend(c)
			v := st.value(ms.def.Combine)
			h.value, h.ok, h.asOf = v.V, v.OK, st.asOf
			continue
		}
		if !all && !ms.costly && s.windows[ms.windows[slot]].Span != indicator.Sliding {
			continue
		}
		b := s.opened(c.folds, slot, &s.windows[ms.windows[slot]], !ms.costly)
		v := bucketValue(ms.def, b, c.heard)
		h.value, h.ok, h.asOf = v.V, v.OK, 0
		if b != nil {
			h.asOf = b.AsOf
		}
	}
}

// zeroed tells whether nothing in the window is 0 once something was read.
func zeroed(k indicator.Kind) bool { return k == indicator.Flow || k == indicator.Distinct }

// part is the value of an indicator's part i at an area, with what proves it.
func (s *State) part(h *held, i int, a area.Index, p *indicator.Part) {
	ms := &s.measures[h.Parts[i]]
	p.Flow, p.Covered = ms.flow, ms.covered
	x := ms.top(a)
	if x == nil {
		return
	}
	p.Fresh, p.Expected, p.Heard = x.fresh, x.expected, x.heard
	if slot := h.slots[i]; slot > 0 {
		x = &ms.hot[(int(ms.at[a])-1)*ms.slots+int(slot)]
	}
	p.Value = indicator.Number{V: x.value, OK: x.ok}
	p.AsOf = min(x.asOf, s.now)
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
