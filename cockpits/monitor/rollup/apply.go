package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/aggregate"
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

// manyNames stands for sources past maxVoices.
const manyNames = "*"

// Apply folds a checked reading in.
func (s *State) Apply(r *reading.Reading) Outcome {
	var hash uint64
	if r.ID != "" {
		var known bool
		if hash, known = s.known(r); known {
			return Repeated
		}
	}
	i, ok := s.leafOf(r)
	if !ok {
		return TooMany
	}
	if r.ID != "" {
		s.seen.remember(hash, r)
	}
	s.spare(i)
	m := &s.measures[r.Measure]
	m.restless = true
	if m.first == 0 || r.At < m.first {
		m.first, m.earlier = r.At, true
	}
	s.noteSource(r)
	if m.def.Kind == indicator.Stock {
		s.applyStock(i, r)
	} else {
		s.applyFold(i, r)
	}
	return Counted
}

func (s *State) leafOf(r *reading.Reading) (int32, bool) {
	key := leafKey{r.Measure, r.Area, r.Point}
	if r.Point != "" && s.measures[r.Measure].def.Moves {
		key.area = area.None
	}
	if i, known := s.byKey[key]; known {
		if s.leaf(i).heard {
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

// hear notes the reading at its pair: count, source, and whether it is the
// newest now.
func (s *State) hear(i int32, r *reading.Reading) (newest bool) {
	l := s.leaf(i)
	l.heard = true
	if !s.cells[s.cell(r.Measure, r.Area)].heard {
		s.hark(r.Measure, r.Area)
	}
	if l.voices == nil && l.count > 0 && r.Source != l.source {
		l.voices = &voices{senders: []sender{{l.source, l.count, l.latest.Order.At}}}
		if !l.latest.Gone && s.measures[r.Measure].def.Kind == indicator.Stock {
			l.voices.claims = []claim{{l.source, l.latest.Value, l.latest.Order}}
		}
	}
	l.count++
	if l.voices != nil {
		l.voices.sent(r)
	}
	if newest = l.latest.Observe(orderOf(r), r.Value, r.Gone); newest {
		l.source = r.Source
	}
	return newest
}

// applyFold adds a flow, an observation or a member to the pair and all areas above.
func (s *State) applyFold(i int32, r *reading.Reading) {
	m := &s.measures[r.Measure]
	var fixed [8]int64
	numbers := fixed[:0]
	closed := false
	for k, w := range m.windows {
		win := &s.windows[w]
		n := s.calendar.bucket(win.Window, r.At)
		numbers = append(numbers, n)
		closed = closed || n < win.number
		if at := m.firsts[k]; at == 0 || r.At < at {
			m.firsts[k], m.earlier = r.At, true
		}
	}
	if closed {
		s.noteLate(r, numbers)
	}
	s.hear(i, r)
	s.addAll(s.leaf(i).folds, m, numbers, r)
	for a := r.Area; a != area.None; a = s.tree.Parent(a) {
		ci := s.cell(r.Measure, a)
		folds := s.cells[ci].folds
		s.addAll(folds, m, numbers, r)
		s.warm(ci, folds, m, numbers)
		s.touch(ci)
	}
	s.freshen(i)
}

// warm keeps the hot parts of a cell that something was just added to, where
// that takes a step or two; else they are worked out once in the next round.
func (s *State) warm(ci int32, folds []series.Fold, m *measure, numbers []int64) {
	x := &s.spots[ci]
	for k := range folds {
		w := &s.windows[m.windows[k]]
		var b *series.Bucket
		switch {
		case m.costly:
		case w.Span == indicator.Sliding:
			b = folds[k].Remembered(w.number-indicator.Steps+1, w.number)
		case numbers[k] == w.number:
			b = folds[k].Find(w.number)
		default:
			continue // another part of time
		}
		if b == nil {
			x.slide = true
			continue
		}
		h := &m.hot[int(x.base)+k]
		v := valueOf(m.def, &b.Summary, true)
		h.value, h.ok, h.asOf = v.V, v.OK, b.AsOf
	}
}

func (s *State) addAll(folds []series.Fold, m *measure, numbers []int64, r *reading.Reading) {
	for k := range folds {
		if numbers[k] < s.windows[m.windows[k]].keep {
			continue // its window is closed for good
		}
		if m.need == aggregate.Members {
			b := folds[k].At(numbers[k])
			b.Join(r.Member)
			b.AsOf = max(b.AsOf, r.At)
			continue
		}
		folds[k].Observe(numbers[k], r.Value, m.need, r.At)
	}
}

// sent counts the reading for its source. Past so many sources of one pair, the
// one that was silent longest is counted under manyNames.
func (l *voices) sent(r *reading.Reading) {
	oldest := 0
	for i := range l.senders {
		x := &l.senders[i]
		if x.name == r.Source {
			x.n++
			x.at = max(x.at, r.At)
			return
		}
		if o := &l.senders[oldest]; o.name == manyNames || x.name != manyNames && x.at < o.at {
			oldest = i
		}
	}
	if len(l.senders) < maxVoices {
		l.senders = append(l.senders, sender{r.Source, 1, r.At})
		return
	}
	gone := l.senders[oldest]
	l.senders[oldest] = sender{r.Source, 1, r.At}
	for i := range l.senders {
		if x := &l.senders[i]; x.name == manyNames {
			x.n += gone.n
			x.at = max(x.at, gone.at)
			return
		}
	}
	l.senders = append(l.senders, sender{manyNames, gone.n, gone.at})
}
