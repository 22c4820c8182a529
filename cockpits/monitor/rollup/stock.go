package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/aggregate"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/series"
)

// stock combines the newest of all points at and below an area.
type stock struct {
	sum      aggregate.Sum
	n        int64
	min, max float64
	asOf     int64
}

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
	l := &s.leaves[i]
	order := orderOf(r)
	was, counted := l.latest, l.counted
	newest := l.latest.Observe(order, r.Value, r.Gone)
	s.claim(i, r, order, newest)
	if !newest {
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

// forgotten tells whether a stock's pair was not heard for so long that it
// leaves. One on a list never does.
func (s *State) forgotten(l *leaf) bool {
	return !l.listed && s.opt.Forget > 0 && l.newest.At+s.opt.Forget.Milliseconds() < s.now
}

// count brings the newest value of a pair into the stocks of its areas; was is
// what stood there before, if it counted.
func (s *State) count(i int32, was series.Latest, counted bool) {
	l := &s.leaves[i]
	l.counted = true
	for a := l.area; a != area.None; a = s.tree.Parent(a) {
		ci := s.cell(l.measure, a)
		st := &s.cells[ci].stock
		if counted {
			st.sum.Sub(was.Value)
		} else {
			st.n++
		}
		st.sum.Add(l.latest.Value)
		st.asOf = max(st.asOf, l.latest.Order.At)
		s.ends(ci, was.Value, counted, l.latest.Value)
		s.touch(ci)
	}
}

// uncount takes a pair's value out of the stocks of its areas.
func (s *State) uncount(i int32, was series.Latest, counted bool) {
	l := &s.leaves[i]
	l.counted = false
	if !counted {
		return
	}
	for a := l.area; a != area.None; a = s.tree.Parent(a) {
		ci := s.cell(l.measure, a)
		st := &s.cells[ci].stock
		st.sum.Sub(was.Value)
		st.n--
		s.again(ci)
		s.touch(ci)
	}
}

// ends keeps smallest and largest. Only when the value that went was one of
// them are they sought again, among the children and the area's own pairs.
func (s *State) ends(ci int32, was float64, counted bool, now float64) {
	c := &s.cells[ci]
	switch s.measures[c.measure].def.Combine {
	case indicator.Min, indicator.Max:
	default:
		return
	}
	st := &c.stock
	if counted && (was == st.min || was == st.max) {
		s.again(ci)
		return
	}
	if st.n == 1 || now < st.min {
		st.min = now
	}
	if st.n == 1 || now > st.max {
		st.max = now
	}
}

// again computes what can't be taken back: smallest, largest and as_of.
func (s *State) again(ci int32) {
	c := &s.cells[ci]
	st := &c.stock
	st.asOf = 0
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
		if l := &s.leaves[li]; l.counted {
			take(l.latest.Value, l.latest.Value, l.latest.Order.At)
		}
	}
	for _, child := range s.tree.Children(c.area) {
		if k := s.find(c.measure, child); k != nil && k.stock.n > 0 {
			take(k.stock.min, k.stock.max, k.stock.asOf)
		}
	}
}

// move takes a pair to another area; it must not be counted.
func (s *State) move(i int32, to area.Index) {
	known, fresh, dispute := s.leaves[i].known, s.leaves[i].fresh, s.leaves[i].dispute
	s.setDispute(i, false)
	s.cover(i, false, false)
	l := &s.leaves[i]
	from := s.find(l.measure, l.area)
	for k, li := range from.leaves {
		if li == i {
			from.leaves = append(from.leaves[:k:k], from.leaves[k+1:]...)
			break
		}
	}
	l.area = to
	c := s.cell(l.measure, to)
	s.cells[c].leaves = append(s.cells[c].leaves, i)
	for a := to; a != area.None; a = s.tree.Parent(a) {
		s.cells[s.cell(l.measure, a)].heard = true
	}
	s.cover(i, known, fresh)
	s.setDispute(i, dispute)
}

// claim notes what the reading's source says of its point, and whether the
// sources that are of one time differ.
func (s *State) claim(i int32, r *reading.Reading, order series.Order, newest bool) {
	l := &s.leaves[i]
	if r.Gone {
		if newest {
			l.claims = nil
			s.setDispute(i, false)
		}
		return
	}
	at := -1
	for k := range l.claims {
		if l.claims[k].source == r.Source {
			at = k
		}
	}
	switch {
	case at < 0:
		l.claims = append(l.claims, claim{r.Source, r.Value, order})
	case l.claims[at].order.Before(order):
		l.claims[at].value, l.claims[at].order = r.Value, order
	}
	s.setDispute(i, len(l.claims) > 1 && s.differ(l))
}

// differ tells whether a source that spoke within fresh_for of the newest
// reading says another value than it.
func (s *State) differ(l *leaf) bool {
	reach := s.measures[l.measure].def.FreshFor.Milliseconds()
	for _, c := range l.claims {
		if c.value != l.latest.Value && (reach == 0 || l.latest.Order.At-c.order.At <= reach) {
			return true
		}
	}
	return false
}

func (s *State) setDispute(i int32, dispute bool) {
	l := &s.leaves[i]
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
		s.cells[ci].disputed += delta
		s.touch(ci)
	}
}
