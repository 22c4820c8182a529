package engine

import (
	"citydeck/cockpits/monitor/series"
	"citydeck/cockpits/tile"
)

// step is all traces that have steps of one length, or what is kept of all lines.
type step struct {
	length int64
	most   int64 // so many ended steps are made up for after a pause
	next   int64 // when the step that the clock stands in ends, Unix ms
	seen   int64 // the end that was last drawn
	keys   []tile.TraceKey
	record bool
}

// trace opens a trace for every sparkline of the district.
func (e *Engine) trace() {
	for _, c := range e.cfg.District.Cockpits {
		for i := range c.Tiles {
			for _, key := range c.Tiles[i].Needs(e.cfg.District.Catalogue) {
				if e.view.Traces[key] == nil {
					e.view.Traces[key] = series.NewTrace(key.Step)
					e.addStep(key)
				}
			}
		}
	}
	if e.cfg.Keeper != nil {
		e.steps = append(e.steps, step{length: minute, most: freshMinutes, record: true}, step{length: hour, most: backHours, record: true})
		e.lines = e.recorded()
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

// advance moves the clock, and stops on the way where a step ends, to keep the
// values that the sparklines and the history need: those of the step's last
// instant, since its end belongs to the next one.
func (e *Engine) advance(now int64) {
	present := max(now, e.now())
	for i := range e.steps {
		s := &e.steps[i]
		if s.next == 0 {
			s.next = (now/s.length + 1) * s.length
		}
		if oldest := present - s.most*s.length; s.next < oldest {
			s.next = (oldest/s.length + 1) * s.length
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
		if s.next-1 > e.state.Now() {
			e.state.Advance(s.next - 1)
		}
		e.settle()
		e.sample(s)
		s.next += s.length
	}
	if now != e.state.Now() {
		e.state.Advance(now)
	}
}
