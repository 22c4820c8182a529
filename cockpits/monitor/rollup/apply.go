package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/series"
)

// Outcome says what became of a reading.
type Outcome uint8

// The outcomes.
const (
	Counted  Outcome = iota
	Repeated         // its idempotency key was seen before: nothing changed
	TooMany          // a new (measure, area, point) past the limit: not counted
)

// Apply folds a checked reading in.
func (s *State) Apply(r *reading.Reading) Outcome {
	if r.ID != "" && s.seen.repeated(r) {
		return Repeated
	}
	i, ok := s.leafOf(r)
	if !ok {
		return TooMany
	}
	if s.taking != nil {
		s.taking.spare(i)
	}
	m := &s.measures[r.Measure]
	if m.first == 0 || r.At < m.first {
		m.first = r.At
	}
	m.restless = true
	s.hear(i, r)
	switch m.def.Kind {
	case indicator.Stock:
		s.applyStock(i, r)
	default:
		s.applyFold(i, r)
	}
	s.noteSource(r)
	return Counted
}

func (s *State) leafOf(r *reading.Reading) (int32, bool) {
	key := leafKey{r.Measure, r.Area, r.Point}
	if s.measures[r.Measure].def.Moves && r.Point != "" {
		key.area = area.None
	}
	if i, known := s.byKey[key]; known {
		if s.leaves[i].heard {
			return i, true
		}
		if s.live >= s.opt.Points {
			return 0, false
		}
		s.live++
		return i, true
	}
	if s.live >= s.opt.Points {
		return 0, false
	}
	s.live++
	return s.open(key, r.Area), true
}

// hear notes the reading at its pair: newest, count, and that it lives.
func (s *State) hear(i int32, r *reading.Reading) {
	l := &s.leaves[i]
	if !l.heard {
		l.heard = true
		for a := l.area; a != area.None; a = s.tree.Parent(a) {
			c := s.cell(l.measure, a)
			s.cells[c].heard = true
			s.touch(c)
		}
	}
	l.count++
	l.sent(r)
	if r.At > l.newest.At || r.At == l.newest.At && !r.Origin.Before(l.newest.Origin) {
		l.newest = Newest{At: r.At, Value: r.Value, Source: r.Source, Origin: r.Origin}
	}
}

// applyFold adds a flow, an observation or a member to the pair and all areas above.
func (s *State) applyFold(i int32, r *reading.Reading) {
	l := &s.leaves[i]
	m := &s.measures[r.Measure]
	var fixed [8]int64
	numbers := fixed[:0]
	for _, w := range m.windows {
		numbers = append(numbers, s.calendar.bucket(s.windows[w].Window, r.At))
	}
	s.addAll(l.folds, m, numbers, r)
	for a := r.Area; a != area.None; a = s.tree.Parent(a) {
		c := s.cell(r.Measure, a)
		s.addAll(s.cells[c].folds, m, numbers, r)
		s.touch(c)
	}
	s.freshen(i)
}

func (s *State) addAll(folds []series.Fold, m *measure, numbers []int64, r *reading.Reading) {
	for k := range folds {
		if numbers[k] < s.windows[m.windows[k]].keep {
			continue // its window is closed for good
		}
		b := folds[k].At(numbers[k])
		if m.def.Kind == indicator.Distinct {
			b.Join(r.Member)
		} else {
			b.Observe(r.Value, m.need)
		}
		b.AsOf = max(b.AsOf, r.At)
	}
}

func (l *leaf) sent(r *reading.Reading) {
	for i := range l.senders {
		if x := &l.senders[i]; x.name == r.Source {
			x.n++
			x.at = max(x.at, r.At)
			return
		}
	}
	l.senders = append(l.senders, sender{r.Source, 1, r.At})
}
