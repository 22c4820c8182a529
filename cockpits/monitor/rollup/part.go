package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/aggregate"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/series"
)

// Part is a measure's value at an area in a window, with what proves it.
func (s *State) Part(m indicator.Index, a area.Index, w indicator.Window) indicator.Part {
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
		p.Value = c.stock.value(def.Combine)
		p.AsOf = c.stock.asOf
	} else {
		b := s.bucket(m, c.folds, w)
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

// bucket is what lies in the window that is open now.
func (s *State) bucket(m indicator.Index, folds []series.Fold, w indicator.Window) series.Bucket {
	for k, at := range s.measures[m].windows {
		win := &s.windows[at]
		if win.Window != w {
			continue
		}
		if w.Span == indicator.Sliding {
			return folds[k].Span(win.number-indicator.Steps+1, win.number)
		}
		if b := folds[k].Find(win.number); b != nil {
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
