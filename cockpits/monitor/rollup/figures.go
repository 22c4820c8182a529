package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// Pair is an indicator at an area.
type Pair struct {
	Place indicator.Place
	Area  area.Index
}

// figures remembers each figure that was computed, so that a status knows
// since when it holds, and that only what changed is drawn again.
type figures struct {
	at      [][]int32 // place → area → figure + 1; nil until the first
	areas   int
	list    []figure
	changed []Pair
	ahead   []Pair // made of a reading ahead of the clock: as_of still moves
}

type figure struct {
	indicator.Figure
	stamp  uint32 // of the coverage
	queued bool
}

func newFigures(places, areas int) figures {
	return figures{at: make([][]int32, places), areas: areas}
}

func (f *figures) find(p Pair) *figure {
	if f.at[p.Place] == nil || f.at[p.Place][p.Area] == 0 {
		return nil
	}
	return &f.list[f.at[p.Place][p.Area]-1]
}

func (f *figures) open(p Pair) *figure {
	if f.at[p.Place] == nil {
		f.at[p.Place] = make([]int32, f.areas)
	}
	if f.at[p.Place][p.Area] == 0 {
		f.list = append(f.list, figure{Figure: indicator.Figure{Status: indicator.Empty}})
		f.at[p.Place][p.Area] = int32(len(f.list))
	}
	return &f.list[f.at[p.Place][p.Area]-1]
}

// Figure is the indicator's figure at an area, as of the last Settle.
func (s *State) Figure(p indicator.Place, a area.Index) indicator.Figure {
	if f := s.figures.find(Pair{p, a}); f != nil {
		return f.Figure
	}
	d := &s.cat.Indicators[p]
	f := d.Figure(s.parts(d, a), s.tree.At(a).Kind)
	return f
}

// Settle computes every figure that the readings and the clock since the last
// call may have changed, and lists those that did. The list is valid until the
// next call. Distinct members are counted at most once a second.
func (s *State) Settle() []Pair {
	s.figures.changed = s.figures.changed[:0]
	if s.now-s.slowAt >= 1000 || s.now < s.slowAt {
		s.slowAt = s.now
		s.dirty = append(s.dirty, s.slow...)
		s.slow = s.slow[:0]
		ahead := s.figures.ahead
		s.figures.ahead = nil
		for _, p := range ahead {
			s.settle(p)
		}
	}
	cells := s.dirty
	s.dirty = s.dirty[:0:0]
	for _, ci := range cells {
		c := &s.cells[ci]
		if s.measures[c.measure].def.Kind == indicator.Distinct && s.slowAt != s.now {
			s.slow = append(s.slow, ci)
			continue
		}
		c.dirty = false
		for _, place := range s.measures[c.measure].used {
			s.settle(Pair{place, c.area})
		}
	}
	for _, p := range s.figures.changed {
		s.figures.find(p).queued = false
	}
	s.dirty = append(cells[:0], s.dirty...)
	return s.figures.changed
}

func (s *State) settle(p Pair) {
	old := s.figures.open(p)
	if old.queued {
		return // computed in this round already: nothing came in between
	}
	d := &s.cat.Indicators[p.Place]
	f := d.Figure(s.parts(d, p.Area), s.tree.At(p.Area).Kind)
	stamp := uint32(0)
	for _, m := range d.Parts {
		if c := s.find(m, p.Area); c != nil {
			f.Disputed += int(c.disputed)
			stamp += c.stamp
		}
	}
	f.CountsFrom = s.countsFrom(d)
	if f.AsOf == s.now {
		s.figures.ahead = append(s.figures.ahead, p)
	}
	f.Since = old.Since
	if f.Status != old.Status || old.Since == 0 {
		f.Since = s.now
	}
	if f == old.Figure && stamp == old.stamp {
		return
	}
	old.Figure, old.stamp, old.queued = f, stamp, true
	s.figures.changed = append(s.figures.changed, p)
}

func (s *State) parts(d *indicator.Indicator, a area.Index) []indicator.Part {
	parts := make([]indicator.Part, 0, 4)
	for _, m := range d.Parts {
		parts = append(parts, s.Part(m, a, d.Window))
	}
	return parts
}

// countsFrom is the earliest reading of any measure of the indicator, for a
// total and for a calendar window that began before it; else 0.
func (s *State) countsFrom(d *indicator.Indicator) int64 {
	if !d.Window.Calendar() && d.Window.Span != indicator.Total {
		return 0
	}
	first := int64(0)
	for _, m := range d.Parts {
		if at := s.measures[m].first; at != 0 && (first == 0 || at < first) {
			first = at
		}
	}
	if d.Window.Calendar() && first <= d.Window.Begin(s.now, s.opt.Zone) {
		return 0
	}
	return first
}
