package rollup

import (
	"cmp"
	"slices"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// freshen looks at a pair's newest reading: it may be fresh, expected, or both,
// and has a next instant at which that ends.
func (s *State) freshen(i int32) {
	l := s.leaf(i)
	m := s.measures[l.measure].def
	at := l.latest.Order.At
	next := int64(0)
	later := func(t int64) {
		if t > s.now && (next == 0 || t < next) {
			next = t
		}
	}
	fresh, known := false, l.listed
	if m.Covered() {
		fresh = l.heard && at+m.FreshFor.Milliseconds() >= s.now
		known = known || l.heard && at+recall.Milliseconds() >= s.now
		later(at + m.FreshFor.Milliseconds() + 1)
		if !l.listed {
			later(at + recall.Milliseconds() + 1)
		}
	}
	if m.Kind == indicator.Stock {
		if l.latest.Gone {
			fresh, known = false, l.listed
		}
		switch {
		case s.forgotten(l):
			s.uncount(i, l.latest, l.counted)
			known = false
		case l.latest.Counts() && !l.counted:
			s.count(i, l.latest, false) // remembered again: the clock stepped back
		}
		if !l.listed && s.opt.Forget > 0 {
			later(at + s.opt.Forget.Milliseconds() + 1)
		}
	}
	s.setDispute(i, s.differ(l))
	over, again := s.over(l)
	if over {
		s.vacate(i)
		return
	}
	if again != 0 {
		later(again)
	}
	s.cover(i, known && m.Covered(), fresh)
	s.wake(i, next)
}

// alive tells whether a pair's newest reading proves that it lives, whether it
// is expected to or not.
func (l *leaf) alive(m *indicator.Measure, now int64) bool {
	return l.heard && !l.latest.Gone && l.latest.Order.At+m.FreshFor.Milliseconds() >= now
}

// know counts a listed pair as expected.
func (s *State) know(i int32) { s.cover(i, true, s.leaf(i).fresh) }

// cover sets whether a pair is expected and fresh, and counts it in its areas.
// A point outside its measure's list counts in the value, never here.
func (s *State) cover(i int32, known, fresh bool) {
	l := s.leaf(i)
	if s.measures[l.measure].def.Expected != "" && !l.listed {
		known, fresh = false, false
	}
	fresh = fresh && known
	if l.known == known && l.fresh == fresh {
		return
	}
	dk, df := step(l.known, known), step(l.fresh, fresh)
	l.known, l.fresh = known, fresh
	for a := l.area; a != area.None; a = s.tree.Parent(a) {
		ci := s.cell(l.measure, a)
		h := s.hotAt(ci)
		h.expected += dk
		h.fresh += df
		s.touch(ci)
	}
}

func step(was, is bool) int32 {
	switch {
	case is && !was:
		return 1
	case was && !is:
		return -1
	}
	return 0
}

// silentNames is how many children a coverage names.
const silentNames = 3

// Silent names up to three children of an area that are not fresh, those with
// most missing first: child areas, and points of the area itself. Of personal
// measures it names areas only.
func (s *State) Silent(m indicator.Index, a area.Index) []string {
	h := s.measures[m].top(a)
	if h == nil || h.expected == h.fresh {
		return nil
	}
	type missing struct {
		name string
		n    int32
	}
	var list []missing
	for _, child := range s.tree.Children(a) {
		if k := s.measures[m].top(child); k != nil && k.expected > k.fresh {
			list = append(list, missing{s.tree.At(child).ID, k.expected - k.fresh})
		}
	}
	if !s.measures[m].def.AllPersonal() {
		for _, li := range s.find(m, a).leaves {
			if l := s.leaf(li); l.known && !l.fresh && l.point != "" {
				list = append(list, missing{l.point, 1})
			}
		}
	}
	slices.SortStableFunc(list, func(x, y missing) int { return cmp.Compare(y.n, x.n) })
	var names []string
	for _, x := range list[:min(len(list), silentNames)] {
		names = append(names, x.name)
	}
	return names
}
