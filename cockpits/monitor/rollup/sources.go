package rollup

import (
	"slices"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
)

// Source is what is known of a system that sends readings.
type Source struct {
	Name     string
	Readings int64
	LastAt   int64 // Unix ms of its newest reading
	Heard    int64 // Unix ms of the entry that came last
}

func (s *State) noteSource(r *reading.Reading) {
	if r.Source == "" {
		return
	}
	src := s.sources[r.Source]
	if src == nil {
		s.roomForSource()
		src = &Source{Name: r.Source}
		s.sources[r.Source] = src
	}
	src.Readings++
	src.LastAt = max(src.LastAt, r.At)
	src.Heard = max(src.Heard, int64(r.Origin.Entry.Ms))
}

// maxSources is how many sources are remembered.
const maxSources = 4096

// roomForSource forgets the source that was silent longest if there are too many.
func (s *State) roomForSource() {
	if len(s.sources) < maxSources {
		return
	}
	var oldest *Source
	for _, src := range s.sources {
		if oldest == nil || src.Heard < oldest.Heard || src.Heard == oldest.Heard && src.Name < oldest.Name {
			oldest = src
		}
	}
	delete(s.sources, oldest.Name)
}

// Sources lists all sources heard, in no order.
func (s *State) Sources() []Source {
	list := make([]Source, 0, len(s.sources))
	for _, src := range s.sources {
		list = append(list, *src)
	}
	return list
}

// Fresh counts the pairs of the whole district that are expected and fresh.
func (s *State) Fresh() (fresh, expected int) {
	for m := range s.measures {
		if h := s.measures[m].top(s.tree.Root()); h != nil {
			fresh += int(h.fresh)
			expected += int(h.expected)
		}
	}
	return fresh, expected
}

// Witness is what a source says of a disputed point.
type Witness struct {
	Source string
	Value  float64
	At     int64 // Unix ms
}

// Dispute is the newest pair of sources that differ about one point below an
// area, for any of an indicator's measures; nil when none do.
func (s *State) Dispute(p indicator.Place, a area.Index) []Witness {
	best := int32(-1)
	for li := range s.disputed {
		l := s.leaf(li)
		if !s.tree.Within(a, l.area) || !slices.Contains(s.held[p].Parts, l.measure) {
			continue
		}
		if best < 0 || s.leaf(best).latest.Order.Before(l.latest.Order) {
			best = li
		}
	}
	if best < 0 {
		return nil
	}
	l := s.leaf(best)
	var newest, other claim
	for _, c := range l.voices.claims {
		if !c.order.Before(newest.order) {
			newest = c
		}
	}
	for _, c := range l.voices.claims {
		if c.value != newest.value && !c.order.Before(other.order) {
			other = c
		}
	}
	return []Witness{{newest.source, newest.value, newest.order.At}, {other.source, other.value, other.order.At}}
}

// senders is who sent how much for a pair.
func (l *leaf) senders() []sender {
	if l.voices != nil {
		return l.voices.senders
	}
	return []sender{{l.source, l.count, l.latest.Order.At}}
}

// newest is the last reading of a pair.
func (l *leaf) newest() Newest {
	o := l.latest.Order
	return Newest{
		At: o.At, Value: l.latest.Value, Source: l.source,
		Origin: reading.Origin{Entry: reading.EntryID{Ms: o.Ms, Seq: o.Seq}, Item: o.Item, Stream: o.Stream},
	}
}

// PointDay is what a point reported of a measure: a flow's sum of today, the
// newest of a stock, what the day's observations come to.
func (s *State) PointDay(m indicator.Index, a area.Index, point string) (v indicator.Number, asOf int64, fresh bool) {
	def := s.measures[m].def
	i, known := s.byKey[s.keyOf(&leaf{measure: m, area: a, point: point})]
	if !known {
		return indicator.Number{}, 0, false
	}
	l := s.leaf(i)
	asOf = min(l.latest.Order.At, s.now)
	if def.Kind == indicator.Stock {
		return indicator.Number{V: l.latest.Value, OK: l.counted}, asOf, l.fresh
	}
	day := s.window(indicator.Window{Span: indicator.Day})
	b := s.opened(l.folds, slices.Index(s.measures[m].windows, day), &s.windows[day], false)
	return bucketValue(def, b, l.heard), asOf, l.fresh
}

// Heard tells whether any reading of a measure ever came.
func (s *State) Heard(m indicator.Index) bool { return s.measures[m].first != 0 }
