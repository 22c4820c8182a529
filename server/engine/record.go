package engine

import (
	"context"
	"math"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/monitor/series"
	"citydeck/cockpits/tile"
)

const (
	minute = int64(60_000)
	hour   = 60 * minute

	// How many past minutes and hours are made up for: when the engine goes on
	// after a pause, and when it begins with what the streams hold.
	backMinutes  = 24 * 60
	freshMinutes = 3 * 60
	backHours    = 366 * 24
)

// recorded lists the figures whose values are kept: all indicators of the
// cockpits' areas, and what sparklines show.
func (e *Engine) recorded() []rollup.Pair {
	var list []rollup.Pair
	seen := make(map[rollup.Pair]bool)
	add := func(p rollup.Pair) {
		if !seen[p] {
			seen[p] = true
			list = append(list, p)
		}
	}
	d := e.cfg.District
	for i := range d.Cockpits {
		for place := range indicator.Place(len(d.Catalogue.Indicators)) {
			add(rollup.Pair{Place: place, Area: d.Cockpits[i].Area})
		}
	}
	for key := range e.view.Traces {
		add(rollup.Pair{Place: key.Place, Area: key.Area})
	}
	return list
}

// record keeps the values of all lines at the end of a step.
func (e *Engine) record(s *step) {
	row := Row{Step: s.length, End: s.next, Values: make([]float64, len(e.lines))}
	for i, p := range e.lines {
		row.Values[i] = valueOf(e.state, p)
	}
	e.rows = append(e.rows, row)
	if len(e.rows) > maxRows {
		e.rows = e.rows[len(e.rows)-maxRows:]
	}
}

// valueOf is a figure's value as it may be seen; NaN: none.
func valueOf(s *rollup.State, p rollup.Pair) float64 {
	f := s.Figure(p.Place, p.Area)
	if !f.Value.OK || f.Status == indicator.Suppressed || !s.Shown(p.Place, p.Area) {
		return math.NaN()
	}
	return f.Value.V
}

// recall fills the sparklines with what the keeper knows of the time before.
func (e *Engine) recall(ctx context.Context) {
	if e.cfg.Keeper == nil {
		return
	}
	now := e.state.Now()
	for key, trace := range e.view.Traces {
		if key.Step < minute {
			continue // finer than what is kept
		}
		from := now - series.TraceLength*key.Step
		list, err := e.cfg.Keeper.Recall(ctx, rollup.Pair{Place: key.Place, Area: key.Area}, from, now, key.Step)
		if err != nil {
			e.log.Warn("sparklines begin without what was before", "error", err)
			return
		}
		for _, s := range list {
			if s.At <= now {
				trace.Put(s)
			}
		}
	}
}

// sample keeps the values of a step's sparklines.
func (e *Engine) sample(s *step) {
	if s.record {
		e.record(s)
	}
	for _, key := range s.keys {
		f := e.state.Figure(key.Place, key.Area)
		e.view.Traces[key].Put(series.Sample{At: s.next, Value: f.Value.V, OK: f.Value.OK})
	}
}

// addStep puts a trace with the others of its step.
func (e *Engine) addStep(key tile.TraceKey) {
	for i := range e.steps {
		if e.steps[i].length == key.Step && !e.steps[i].record {
			e.steps[i].keys = append(e.steps[i].keys, key)
			return
		}
	}
	e.steps = append(e.steps, step{length: key.Step, most: series.TraceLength + 1, keys: []tile.TraceKey{key}})
}
