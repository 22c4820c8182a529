package rollup

import (
	"math/bits"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/aggregate"
	"citydeck/cockpits/monitor/indicator"
)

// Pair is an indicator at an area.
type Pair struct {
	Place indicator.Place
	Area  area.Index
}

// Moved is a figure that may have changed.
type Moved struct {
	Pair
	Judged bool // its level is warn or alarm, or was, or nobody knows what it was
}

// figures knows since when each figure has its status, and which figures have
// changed. What a figure is, is worked out of the hot parts of its cells
// whenever somebody asks.
type figures struct {
	at      [][]int32 // place → area → standing + 1; nil until the first
	areas   int
	list    []stands
	marks   [][]uint64 // place → a bit an area: to be looked at in this round
	marked  []indicator.Place
	changed []Moved
	ahead   []Pair           // made of a reading ahead of the clock: as_of still moves
	back    bool             // the clock stepped back: some may be newer than it
	parts   []indicator.Part // for use within one call, and so is
	figure  indicator.Figure
}

// stands is a figure's status and since when it holds; Since 0: never settled.
type stands struct {
	status indicator.Status
	since  int64
	calm   bool // its level is known to be neither warn nor alarm
}

func newFigures(places, areas int) figures {
	return figures{at: make([][]int32, places), areas: areas, marks: make([][]uint64, places)}
}

func (f *figures) find(p Pair) *stands {
	if f.at[p.Place] == nil || f.at[p.Place][p.Area] == 0 {
		return nil
	}
	return &f.list[f.at[p.Place][p.Area]-1]
}

func (f *figures) open(p Pair) *stands {
	if f.at[p.Place] == nil {
		f.at[p.Place] = make([]int32, f.areas)
	}
	if f.at[p.Place][p.Area] == 0 {
		f.list = append(f.list, stands{status: indicator.Empty})
		f.at[p.Place][p.Area] = int32(len(f.list))
	}
	return &f.list[f.at[p.Place][p.Area]-1]
}

// mark notes that a figure is to be looked at in this round.
func (f *figures) mark(p indicator.Place, a area.Index) {
	m := f.marks[p]
	if m == nil {
		m = make([]uint64, f.areas/64+2) // the last word: whether any is set
		f.marks[p] = m
	}
	if last := len(m) - 1; m[last] == 0 {
		m[last] = 1
		f.marked = append(f.marked, p)
	}
	m[a/64] |= 1 << (a % 64)
}

// Figure is the indicator's figure at an area. Settle comes first: it knows
// since when, and what is hidden.
func (s *State) Figure(p indicator.Place, a area.Index) indicator.Figure {
	h := &s.held[p]
	var f indicator.Figure
	s.whole(h, a, &f)
	if h.Small(f.Value) || h.hides(area.None, a) {
		f.Hide()
	}
	for i := range h.Parts {
		if x := s.measures[h.Parts[i]].top(a); x != nil {
			f.Disputed += int(x.disputed)
		}
	}
	if f.Status != indicator.Empty {
		f.CountsFrom = s.countsFrom(h)
	}
	if x := s.figures.find(Pair{p, a}); x != nil {
		f.Since = x.since
	}
	return f
}

// Settle works out every figure that the readings and the clock since the last
// call may have changed, and lists them. The list is valid until the next call.
// Distinct members are counted at most once a second.
func (s *State) Settle() []Moved {
	f := &s.figures
	f.changed = f.changed[:0]
	s.stir()
	cells := s.dirty
	s.dirty = nil
	for _, ci := range cells {
		x := &s.spots[ci]
		ms := &s.measures[x.measure]
		if x.review || x.slide {
			if ms.need == aggregate.Members && s.slowAt != s.now {
				s.slow = append(s.slow, ci)
				continue
			}
			s.refresh(ci)
		}
		x.dirty = false
		for _, p := range ms.used {
			f.mark(p, x.area)
		}
	}
	s.dirty = append(cells[:0], s.dirty...)
	for _, p := range f.marked {
		s.settle(p)
	}
	f.marked = f.marked[:0]
	return f.changed
}

// stir marks what changes though no cell did: where a window counts from
// has moved, a second has passed, the clock stepped back.
func (s *State) stir() {
	f := &s.figures
	for m := range s.measures {
		ms := &s.measures[m]
		if !ms.earlier {
			continue
		}
		ms.earlier = false
		for _, p := range ms.used {
			s.markAll(p)
		}
	}
	if s.now-s.slowAt >= 1000 || f.back {
		s.slowAt = s.now
		s.dirty = append(s.dirty, s.slow...)
		s.slow = s.slow[:0]
		for _, p := range f.ahead {
			f.mark(p.Place, p.Area)
		}
		f.ahead = f.ahead[:0]
	}
	if f.back {
		f.back = false
		s.eachFigure(func(p Pair, _ *stands) { f.mark(p.Place, p.Area) })
	}
}

// markAll marks an indicator's figures wherever something of it was heard.
func (s *State) markAll(p indicator.Place) {
	for _, m := range s.held[p].Parts {
		for _, ci := range s.measures[m].cells {
			s.figures.mark(p, s.cells[ci].area)
		}
	}
}

// settle works out an indicator's marked figures.
func (s *State) settle(p indicator.Place) {
	h, marks := &s.held[p], s.figures.marks[p]
	last := len(marks) - 1
	marks[last] = 0
	for w, word := range marks[:last] {
		marks[w] = 0
		for ; word != 0; word &= word - 1 {
			s.look(h, Pair{p, area.Index(w*64 + bits.TrailingZeros64(word))})
		}
	}
	if h.shade != nil {
		s.unveil(p)
	}
}

func (s *State) look(h *held, p Pair) {
	f := &s.figures.figure
	s.whole(h, p.Area, f)
	if f.AsOf == s.now {
		s.figures.ahead = append(s.figures.ahead, p)
	}
	if h.shade == nil {
		s.put(p, f.Status, f.Level)
		return
	}
	c := &h.shade.cells[p.Area]
	c.value, c.status, c.level, c.looked = f.Value, f.Status, f.Level, true
	c.own, c.ownSmall = s.ownCells(h, p.Area)
}

// unveil puts the figures of an indicator whose cells may be hidden: what one
// area comes to decides what is seen of others.
func (s *State) unveil(p indicator.Place) {
	h := &s.held[p]
	h.shade.draw(h.Indicator, s.tree)
	for a := range h.shade.cells {
		c := &h.shade.cells[a]
		if !c.looked && c.hidden == c.was {
			continue
		}
		c.looked, c.was = false, c.hidden
		status, level := c.status, c.level
		if c.hidden {
			status, level = indicator.Suppressed, indicator.NoLevel
		}
		s.put(Pair{p, area.Index(a)}, status, level)
	}
}

// put notes that a figure has changed, and since when its status holds.
func (s *State) put(p Pair, status indicator.Status, level indicator.Level) {
	x := s.figures.open(p)
	if x.status != status || x.since == 0 {
		x.status, x.since = status, s.now
	}
	calm := level != indicator.LevelWarn && level != indicator.LevelBad
	s.figures.changed = append(s.figures.changed, Moved{p, !calm || !x.calm})
	x.calm = calm
}
