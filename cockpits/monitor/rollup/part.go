package rollup

import (
	"citydeck/cockpits/monitor/aggregate"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/series"
)

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

// in is what lies in the window of an indicator's part i that is open now; nil:
// nothing. Not to be changed.
func (s *State) in(folds []series.Fold, h *held, i int) *series.Bucket {
	return s.opened(folds, int(h.slots[i]), &s.windows[h.window], !s.measures[h.Parts[i]].costly)
}

// ofPair is in for a pair, of which nothing is remembered: there are many.
func (s *State) ofPair(l *leaf, h *held, i int) *series.Bucket {
	return s.opened(l.folds, int(h.slots[i]), &s.windows[h.window], false)
}

// opened is what lies in a slot's window that is open now; nil: nothing. Plain
// says that a sliding window may be remembered: there are few such folds, and no
// sketches in them. Not to be changed, and valid until the next call.
func (s *State) opened(folds []series.Fold, slot int, w *window, plain bool) *series.Bucket {
	switch {
	case slot < 0 || slot >= len(folds):
		return nil
	case w.Span == indicator.Sliding && plain:
		return folds[slot].Window(w.number-indicator.Steps+1, w.number)
	case w.Span == indicator.Sliding:
		s.span = folds[slot].Span(w.number-indicator.Steps+1, w.number)
		return &s.span
	}
	return folds[slot].Find(w.number)
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

// bucketValue is valueOf what lies in a window, which may be nothing.
func bucketValue(def *indicator.Measure, b *series.Bucket, heard bool) indicator.Number {
	if b == nil {
		return indicator.Number{OK: heard && zeroed(def.Kind)}
	}
	return valueOf(def, &b.Summary, heard)
}
