package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// What a capture writes besides pairs, keys, sources and figures: gaps,
// rejections, what late readings have changed and nobody asked for yet, and
// echoes of pairs that are gone.

func (s *State) encodeGaps(w *writer) {
	w.uint(uint64(len(s.gaps)))
	for _, g := range s.gaps {
		w.string(g.Stream)
		w.string(g.Kind)
		w.int(g.From)
		w.int(g.To)
		w.int(g.Count)
		w.int(g.Found)
	}
}

func (s *State) decodeGaps(r *reader) {
	for range r.count() {
		s.gaps = append(s.gaps, Gap{Stream: r.string(), Kind: r.string(), From: r.int(), To: r.int(), Count: r.int(), Found: r.int()})
	}
}

func (s *State) encodeRefused(w *writer) {
	w.uint(uint64(len(s.refused.order)))
	for _, key := range s.refused.order {
		w.string(s.cat.Measures[key.measure].ID)
		w.string(s.tree.At(key.area).ID)
		list := s.refused.at[key]
		w.uint(uint64(len(list)))
		for _, x := range list {
			w.int(x.number)
			w.int(x.n)
		}
	}
}

func (s *State) decodeRefused(r *reader) {
	for range r.count() {
		m, known := s.cat.Measure(r.string())
		a, found := s.tree.Lookup(r.string())
		for range r.count() {
			if x := (stretch{number: r.int(), n: r.int()}); known && found {
				s.refused.add(refusedKey{m, a}, x)
			}
		}
	}
}

func (s *State) encodeLate(w *writer) {
	w.uint(uint64(len(s.late.at)))
	for key, x := range s.late.at {
		w.string(s.cat.Indicators[key.place].ID)
		w.string(s.tree.At(key.area).ID)
		w.string(s.windows[key.window].String())
		w.int(key.number)
		w.number(x.was)
		w.int(x.n)
		w.int(x.at)
		w.int(x.age)
		w.string(x.source)
		w.bool(x.others)
	}
	w.uint(uint64(len(s.late.done)))
	for i := range s.late.done {
		x := &s.late.done[i]
		w.string(s.cat.Indicators[x.Place].ID)
		w.string(s.tree.At(x.Area).ID)
		w.string(x.Window)
		w.int(x.From)
		w.int(x.To)
		w.number(x.Was)
		w.number(x.Is)
		w.int(x.At)
		w.bytes([]byte(x.Reason))
	}
}

func (s *State) decodeLate(r *reader) {
	for range r.count() {
		place, known := s.cat.Indicator(r.string())
		where, found := s.tree.Lookup(r.string())
		window, wanted := s.windowNamed(r.string())
		key := lateKey{place, where, window, r.int()}
		x := &lateNote{was: r.number(), n: r.int(), at: r.int(), age: r.int(), source: r.string(), others: r.bool()}
		if known && found && wanted && r.err == nil {
			s.keepNote(key, x)
		}
	}
	for range r.count() {
		place, known := s.cat.Indicator(r.string())
		where, found := s.tree.Lookup(r.string())
		x := Restatement{
			Place: place, Area: where, Window: r.string(), From: r.int(), To: r.int(),
			Was: r.number(), Is: r.number(), At: r.int(), Reason: string(r.bytes()),
		}
		if known && found && r.err == nil {
			s.late.done = append(s.late.done, x)
		}
	}
}

// encodeEchoes writes where something was heard that no pair tells of any more.
func (s *State) encodeEchoes(w *writer) {
	w.uint(uint64(len(s.echoes)))
	for _, ci := range s.echoes {
		w.string(s.measures[s.cells[ci].measure].def.ID)
		w.string(s.tree.At(s.cells[ci].area).ID)
	}
}

func (s *State) decodeEchoes(r *reader) {
	for range r.count() {
		m, known := s.cat.Measure(r.string())
		where, found := s.tree.Lookup(r.string())
		if !known || !found || r.err != nil {
			continue
		}
		s.echo(m, where)
		s.hark(m, where)
	}
}

func (s *State) windowNamed(text string) (int16, bool) {
	w, err := indicator.ParseWindow(text)
	if err != nil {
		return 0, false
	}
	for i := range s.windows {
		if s.windows[i].Window == w {
			return int16(i), true
		}
	}
	return 0, false
}

func (w *writer) number(n indicator.Number) {
	w.bool(n.OK)
	if n.OK {
		w.float(n.V)
	}
}

func (r *reader) number() indicator.Number {
	if !r.bool() {
		return indicator.Number{}
	}
	return indicator.Some(r.float())
}

// standing is since when a figure has its status.
type standing struct {
	place  indicator.Place
	area   area.Index
	status indicator.Status
	since  int64
}
