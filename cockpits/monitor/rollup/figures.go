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
	shaded  []indicator.Place
	round   uint32
	back    bool             // the clock stepped back: some may be newer than it
	parts   []indicator.Part // for use within one call
}

type figure struct {
	indicator.Figure
	stamp uint32 // of the coverage
	round uint32 // in which it was computed last
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
	h := &s.held[p]
	f := h.Figure(s.parts(h, a), s.tree.At(a).Kind)
	return f
}

// Settle computes every figure that the readings and the clock since the last
// call may have changed, and lists those that did. The list is valid until the
// next call. Distinct members are counted at most once a second.
func (s *State) Settle() []Pair {
	f := &s.figures
	f.changed = f.changed[:0]
	f.round++
	for m := range s.measures {
		if ms := &s.measures[m]; ms.earlier {
			ms.earlier = false
			for _, place := range ms.used {
				s.touchAll(s.held[place].Parts)
			}
		}
	}
	if s.now-s.slowAt >= 1000 || f.back {
		s.slowAt = s.now
		s.dirty = append(s.dirty, s.slow...)
		s.slow = s.slow[:0]
		ahead := f.ahead
		f.ahead = nil
		for _, p := range ahead {
			s.settle(p)
		}
	}
	if f.back {
		f.back = false
		s.eachFigure(func(p Pair, x *figure) {
			if x.AsOf > s.now {
				s.settle(p)
			}
		})
	}
	cells := s.dirty
	s.dirty = nil
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
	for _, p := range f.shaded {
		s.unveil(p)
	}
	f.shaded = f.shaded[:0]
	s.dirty = append(cells[:0], s.dirty...)
	return f.changed
}

func (s *State) settle(p Pair) {
	old := s.figures.open(p)
	if old.round == s.figures.round {
		return // computed in this round already: nothing came in between
	}
	old.round = s.figures.round
	h := &s.held[p.Place]
	f := h.Whole(s.parts(h, p.Area), s.tree.At(p.Area).Kind)
	stamp := uint32(0)
	for _, m := range h.Parts {
		if c := s.find(m, p.Area); c != nil {
			f.Disputed += int(c.disputed)
			stamp += c.stamp
		}
	}
	if f.Status != indicator.Empty {
		f.CountsFrom = s.countsFrom(h)
	}
	if f.AsOf == s.now {
		s.figures.ahead = append(s.figures.ahead, p)
	}
	if h.shade == nil {
		s.put(p, old, f, stamp)
		return
	}
	c := &h.shade.cells[p.Area]
	c.figure, c.stamp, c.known = f, stamp, true
	c.own, c.ownSmall = s.ownCells(h, p.Area)
	if !h.shade.dirty {
		h.shade.dirty = true
		s.figures.shaded = append(s.figures.shaded, p.Place)
	}
}

// unveil puts the figures of an indicator whose cells may be hidden: what one
// area comes to decides what is seen of others.
func (s *State) unveil(p indicator.Place) {
	h := &s.held[p]
	h.shade.dirty = false
	h.shade.draw(h.Indicator, s.tree)
	for a := range h.shade.cells {
		c := &h.shade.cells[a]
		if !c.known {
			continue
		}
		f := c.figure
		if c.hidden {
			f.Hide()
		}
		at := Pair{p, area.Index(a)}
		s.put(at, s.figures.open(at), f, c.stamp)
	}
}

// put takes a figure over, and lists it when it differs.
func (s *State) put(p Pair, old *figure, f indicator.Figure, stamp uint32) {
	f.Since = old.Since
	if f.Status != old.Status || old.Since == 0 {
		f.Since = s.now
	}
	if f == old.Figure && stamp == old.stamp {
		return
	}
	old.Figure, old.stamp = f, stamp
	s.figures.changed = append(s.figures.changed, p)
}

// parts are what an indicator is made of at an area; valid until the next call.
func (s *State) parts(h *held, a area.Index) []indicator.Part {
	s.figures.parts = s.figures.parts[:0]
	for i := range h.Parts {
		s.figures.parts = append(s.figures.parts, s.part(h, i, a))
	}
	return s.figures.parts
}
