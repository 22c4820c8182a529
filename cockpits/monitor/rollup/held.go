package rollup

import (
	"slices"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// held is the definition of an indicator that holds now, and where its parts
// find their windows.
type held struct {
	*indicator.Indicator
	window int16  // its place in State.windows
	slots  []int8 // by part: which of its measure's windows; -1: a stock
	judged []bool // by kind of area: whether its thresholds hold there
	shade  *shade // nil: nothing of it is ever hidden
}

// hold picks the definitions that hold now. What an indicator of a new caliber
// is and was made of is computed again.
func (s *State) hold() {
	s.changes = 0
	for p := range s.cat.Indicators {
		d := &s.cat.Indicators[p]
		for i := range d.Versions {
			if from, ok := d.Versions[i].Begin(s.opt.Zone); ok && from > s.now && (s.changes == 0 || from < s.changes) {
				s.changes = from
			}
		}
		is, was := d.Held(s.now, s.opt.Zone), s.held[p].Indicator
		if is == was {
			continue
		}
		s.held[p] = s.holding(is, s.held[p].shade)
		if was != nil {
			s.markAll(indicator.Place(p))
			for a := range s.figures.at[p] { // also where only the old one had something
				if s.figures.at[p][a] > 0 {
					s.figures.mark(indicator.Place(p), area.Index(a))
				}
			}
		}
	}
}

func (s *State) holding(d *indicator.Indicator, sh *shade) held {
	h := held{Indicator: d, window: s.window(d.Window), shade: sh}
	for _, m := range d.Parts {
		h.slots = append(h.slots, int8(slices.Index(s.measures[m].windows, h.window)))
	}
	for _, kind := range s.tree.Kinds() {
		h.judged = append(h.judged, d.HasThresholds(kind))
	}
	if h.shade == nil && d.SuppressBelow > 0 {
		h.shade = newShade(s.tree.Len())
	}
	return h
}

// Held is the definition of an indicator that holds now: itself, or a later caliber.
func (s *State) Held(p indicator.Place) *indicator.Indicator { return s.held[p].Indicator }

// countsFrom is the earliest reading of any measure of the indicator, for a
// total and for a calendar window that began before it or within a gap; else 0.
func (s *State) countsFrom(h *held) int64 {
	if !h.Window.Calendar() && h.Window.Span != indicator.Total {
		return 0
	}
	first := int64(0)
	for i, m := range h.Parts {
		ms := &s.measures[m]
		at := ms.first
		if k := h.slots[i]; k >= 0 {
			at = ms.firsts[k]
		}
		if at != 0 && (first == 0 || at < first) {
			first = at
		}
	}
	if !h.Window.Calendar() || first == 0 {
		return first
	}
	begin := s.windows[h.window].begin
	if first <= begin {
		first = 0
	}
	for i := range s.gaps {
		if g := &s.gaps[i]; g.From <= begin && begin < g.To {
			first = max(first, g.To)
		}
	}
	return first
}
