package engine

import (
	"citydeck/cockpits/monitor/series"
	"citydeck/cockpits/tile"
)

// step is all traces that have steps of one length.
type step struct {
	length int64
	next   int64 // when the step that the clock stands in ends, Unix ms
	seen   int64 // the end that was last drawn
	keys   []tile.TraceKey
}

// trace opens a trace for every sparkline of the district.
func (e *Engine) trace() {
	byLength := map[int64]int{}
	for _, c := range e.cfg.District.Cockpits {
		for i := range c.Tiles {
			for _, key := range c.Tiles[i].Needs(e.cfg.District.Catalogue) {
				if e.view.Traces[key] != nil {
					continue
				}
				e.view.Traces[key] = series.NewTrace(key.Step)
				at, known := byLength[key.Step]
				if !known {
					at = len(e.steps)
					byLength[key.Step] = at
					e.steps = append(e.steps, step{length: key.Step})
				}
				e.steps[at].keys = append(e.steps[at].keys, key)
			}
		}
	}
}

// nextStep is the first instant at which a step ends.
func (e *Engine) nextStep() int64 {
	next := int64(0)
	for i := range e.steps {
		if next == 0 || e.steps[i].next < next {
			next = e.steps[i].next
		}
	}
	return next
}

// maxSteps bounds how many steps a long pause is filled with: a sparkline's length.
const maxSteps = series.TraceLength + 1

// advance moves the clock, and stops on the way where a step ends, to keep the
// values that the sparklines need.
func (e *Engine) advance(now int64) {
	for i := range e.steps {
		s := &e.steps[i]
		if s.next == 0 || s.next < now-maxSteps*s.length {
			s.next = (now/s.length + 1) * s.length
			if e.started {
				s.next -= maxSteps * s.length
			}
		}
	}
	e.started = true
	for {
		first := -1
		for i := range e.steps {
			if e.steps[i].next <= now && (first < 0 || e.steps[i].next < e.steps[first].next) {
				first = i
			}
		}
		if first < 0 {
			break
		}
		s := &e.steps[first]
		if s.next > e.state.Now() {
			e.state.Advance(s.next)
		}
		e.settle()
		e.sample(s)
		s.next += s.length
	}
	if now != e.state.Now() {
		e.state.Advance(now)
	}
}

func (e *Engine) sample(s *step) {
	for _, key := range s.keys {
		f := e.state.Figure(key.Place, key.Area)
		e.view.Traces[key].Put(series.Sample{At: s.next, Value: f.Value.V, OK: f.Value.OK})
	}
}
