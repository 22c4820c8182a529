package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/aggregate"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/series"
)

// stock combines the newest of all points at and below an area.
type stock struct {
	sum      aggregate.Sum
	n        int64
	min, max float64
	asOf     int64
	lost     bool // min, max and asOf are to be sought again
}

// maxVoices is how many sources are kept apart for one pair.
const maxVoices = 16

// claim is what one source of a point said last.
type claim struct {
	source string
	value  float64
	order  series.Order
}

func orderOf(r *reading.Reading) series.Order {
	o := r.Origin
	return series.Order{At: r.At, Ms: o.Entry.Ms, Seq: o.Entry.Seq, Item: o.Item, Stream: o.Stream}
}

// applyStock takes the reading if it is its point's newest, and puts the
// difference through to all areas above.
func (s *State) applyStock(i int32, r *reading.Reading) {
	l := s.leaf(i)
	was, counted := l.latest, l.counted
	newest := s.hear(i, r)
	l.claim(r, was)
	if l.dispute {
		s.stamp(l)
	}
	if !newest {
		if r.Area != l.area {
			s.echo(r.Measure, r.Area)
		}
		s.freshen(i)
		return
	}
	if r.Area != l.area { // only a point that moves
		s.uncount(i, was, counted)
		s.move(i, r.Area)
		counted = false
	}
	if r.Gone || s.forgotten(l) {
		s.uncount(i, was, counted)
	} else {
		s.count(i, was, counted)
	}
	s.freshen(i)
}

// count brings the newest value of a pair into the stocks of its areas; was is
// what stood there before, if it counted.
func (s *State) count(i int32, was series.Latest, counted bool) {
	l := s.leaf(i)
	l.counted = true
	ends := s.measures[l.measure].ends
	for a := l.area; a != area.None; a = s.tree.Parent(a) {
		ci := s.cell(l.measure, a)
		st := &s.cells[ci].stock
		if counted {
			st.sum.Sub(was.Value)
		} else {
			st.n++
		}
		st.sum.Add(l.latest.Value)
		switch {
		case counted && ends && (was.Value == st.min || was.Value == st.max) && was.Value != l.latest.Value:
			st.lost = true
		case st.n == 1:
			st.min, st.max, st.asOf, st.lost = l.latest.Value, l.latest.Value, l.latest.Order.At, false
		default:
			st.min = min(st.min, l.latest.Value)
			st.max = max(st.max, l.latest.Value)
		}
		st.asOf = max(st.asOf, l.latest.Order.At)
		s.warmStock(ci, st)
	}
}

// warmStock keeps the hot part of a stock's cell, unless something is to be
// sought first: that is done once in the next round.
func (s *State) warmStock(ci int32, st *stock) {
	if st.lost {
		s.review(ci)
		return
	}
	x := &s.spots[ci]
	m := &s.measures[x.measure]
	h := &m.hot[x.base]
	v := st.value(m.def.Combine)
	h.value, h.ok, h.asOf = v.V, v.OK, st.asOf
	s.touch(ci)
}

// uncount takes a pair's value out of the stocks of its areas.
func (s *State) uncount(i int32, was series.Latest, counted bool) {
	l := s.leaf(i)
	l.counted = false
	if !counted {
		return
	}
	ends := s.measures[l.measure].ends
	for a := l.area; a != area.None; a = s.tree.Parent(a) {
		ci := s.cell(l.measure, a)
		st := &s.cells[ci].stock
		st.sum.Sub(was.Value)
		st.n--
		st.lost = st.lost || ends && (was.Value == st.min || was.Value == st.max) || was.Order.At == st.asOf
		s.warmStock(ci, st)
	}
}

// mend seeks what can't be taken back – smallest, largest and as_of – among the
// children and the area's own pairs. It is put off until somebody asks, so that
// many changes between two rounds cost one search.
func (s *State) mend(c *cell) *stock {
	st := &c.stock
	if !st.lost {
		return st
	}
	st.lost, st.min, st.max, st.asOf = false, 0, 0, 0
	first := true
	take := func(low, high float64, asOf int64) {
		if first || low < st.min {
			st.min = low
		}
		if first || high > st.max {
			st.max = high
		}
		st.asOf = max(st.asOf, asOf)
		first = false
	}
	for _, li := range c.leaves {
		if l := s.leaf(li); l.counted {
			take(l.latest.Value, l.latest.Value, l.latest.Order.At)
		}
	}
	for _, child := range s.tree.Children(c.area) {
		if k := s.find(c.measure, child); k != nil && k.stock.n > 0 {
			ks := s.mend(k)
			take(ks.min, ks.max, ks.asOf)
		}
	}
	return st
}

// move takes a pair to another area; it must not be counted.
func (s *State) move(i int32, to area.Index) {
	known, fresh, dispute := s.leaf(i).known, s.leaf(i).fresh, s.leaf(i).dispute
	s.setDispute(i, false)
	s.cover(i, false, false)
	l := s.leaf(i)
	s.unseat(i)
	if l.count > 1 { // the present reading is one
		s.echo(l.measure, l.area)
	}
	l.area = to
	s.seat(i)
	s.hark(l.measure, to)
	s.cover(i, known, fresh)
	s.setDispute(i, dispute)
}

// stamp says that something of a pair that figures show has changed, though no
// number of theirs did.
func (s *State) stamp(l *leaf) {
	for a := l.area; a != area.None; a = s.tree.Parent(a) {
		s.touch(s.cell(l.measure, a))
	}
}

// claim notes what the reading's source says of its point. A source's word
// stands until it says another, also while the point is gone.
func (l *leaf) claim(r *reading.Reading, was series.Latest) {
	order := orderOf(r)
	if l.voices == nil {
		after := was.Heard && (r.Gone || was.Gone) // its last word is not the newest reading
		if !after {
			return
		}
		l.voices = &voices{senders: []sender{{r.Source, l.count, l.latest.Order.At}}}
		if !was.Gone {
			l.voices.claims = []claim{{r.Source, was.Value, was.Order}}
		}
	}
	if r.Gone {
		return
	}
	l.voices.claim(r, order)
}

func (l *voices) claim(r *reading.Reading, order series.Order) {
	oldest := 0
	for k := range l.claims {
		if c := &l.claims[k]; c.source == r.Source {
			if c.order.Before(order) {
				c.value, c.order = r.Value, order
			}
			return
		}
		if l.claims[k].order.Before(l.claims[oldest].order) {
			oldest = k
		}
	}
	if len(l.claims) < maxVoices {
		l.claims = append(l.claims, claim{r.Source, r.Value, order})
	} else if l.claims[oldest].order.Before(order) {
		l.claims[oldest] = claim{r.Source, r.Value, order}
	}
}

// differ tells whether a pair counts and a source that spoke within fresh_for
// of its newest reading says another value than it.
func (s *State) differ(l *leaf) bool {
	if !l.counted || l.voices == nil {
		return false
	}
	reach := s.measures[l.measure].def.FreshFor.Milliseconds()
	for _, c := range l.voices.claims {
		if c.value != l.latest.Value && (reach == 0 || l.latest.Order.At-c.order.At <= reach) {
			return true
		}
	}
	return false
}

func (s *State) setDispute(i int32, dispute bool) {
	l := s.leaf(i)
	if l.dispute == dispute {
		return
	}
	l.dispute = dispute
	delta := int32(1)
	if dispute {
		s.disputed[i] = struct{}{}
	} else {
		delete(s.disputed, i)
		delta = -1
	}
	for a := l.area; a != area.None; a = s.tree.Parent(a) {
		ci := s.cell(l.measure, a)
		s.hotAt(ci).disputed += delta
		s.touch(ci)
	}
}
