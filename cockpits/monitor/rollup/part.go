package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/aggregate"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/series"
)

// part is the value of an indicator's part i at an area, with what proves it.
func (s *State) part(h *held, i int, a area.Index) indicator.Part {
	m := h.Parts[i]
	def := s.measures[m].def
	p := indicator.Part{Kind: def.Kind, From: s.measures[m].first}
	p.Coverage.Known = def.Covered()
	c := s.find(m, a)
	if c == nil {
		return p
	}
	p.Heard = c.heard
	p.Coverage.Fresh, p.Coverage.Expected = int(c.fresh), int(c.expected)
	if def.Kind == indicator.Stock {
		st := s.mend(c)
		p.Value, p.AsOf = st.value(def.Combine), st.asOf
	} else {
		b := s.in(c.folds, h, i)
		p.Value = valueOf(def, &b.Summary, c.heard)
		p.AsOf = b.AsOf
	}
	p.AsOf = min(p.AsOf, s.now)
	return p
}

func (st *stock) value(how indicator.Combine) indicator.Number {
	if st.n == 0 {
		return indicator.Number{}
	}
	switch how {
	case indicator.Mean:
		return indicator.Some(st.sum.Float() / float64(st.n))
	case indicator.Min:
		return indicator.Some(st.min)
	case indicator.Max:
		return indicator.Some(st.max)
	}
	return indicator.Some(st.sum.Float())
}

// in is what lies in the window of an indicator's part i that is open now.
func (s *State) in(folds []series.Fold, h *held, i int) series.Bucket {
	return s.opened(folds, int(h.slots[i]), &s.windows[h.window])
}

// opened is what lies in a slot's window that is open now.
func (s *State) opened(folds []series.Fold, slot int, w *window) series.Bucket {
	switch {
	case slot < 0 || slot >= len(folds):
	case w.Span == indicator.Sliding:
		return folds[slot].Span(w.number-indicator.Steps+1, w.number)
	default:
		if b := folds[slot].Find(w.number); b != nil {
			return *b
		}
	}
	return series.Bucket{}
}

// valueOf is what a measure's kind makes of a summary. A flow or distinct that
// was read before and has nothing in the window is 0.
func valueOf(def *indicator.Measure, b *aggregate.Summary, heard bool) indicator.Number {
	switch def.Kind {
	case indicator.Flow:
		return indicator.Number{V: b.Sum.Float(), OK: heard}
	case indicator.Distinct:
		return indicator.Number{V: b.Distinct(), OK: heard}
	}
	if b.N == 0 {
		return indicator.Number{}
	}
	switch def.Combine {
	case indicator.Min:
		return indicator.Some(b.Min)
	case indicator.Max:
		return indicator.Some(b.Max)
	case indicator.Quantile:
		return indicator.Some(b.Quantile(def.Q))
	}
	return indicator.Some(b.Mean())
}
