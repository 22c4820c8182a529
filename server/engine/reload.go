package engine

import (
	"context"
	"errors"
	"math"
	"slices"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/monitor/series"
	"citydeck/cockpits/tile"
)

// Redefine takes other cockpits of the same district: areas, measures,
// indicators and lists are those that it has, so that every roll-up stays as it
// is. What the loop has drawn of a cockpit whose layout is the same stays too;
// the others are drawn anew. renewed is called in the loop before the first of
// it is published. It fails with ErrCatchingUp before the engine is ready, and with
// ErrImporting while a file is folded in.
func (e *Engine) Redefine(ctx context.Context, d *district.District, renewed func()) error {
	if !e.Ready() {
		return ErrCatchingUp
	}
	var fresh []tile.TraceKey
	var now int64
	err := e.ask(ctx, func() {
		now = e.state.Now()
		for _, key := range needs(d) {
			if e.view.Traces[key] == nil {
				fresh = append(fresh, key)
			}
		}
	})
	if err != nil {
		return err
	}
	traces := e.remembered(ctx, fresh, now) // the keeper is asked here, where nobody waits
	var refused error
	err = e.ask(ctx, func() {
		if e.importing { // it reads the district and the lines beside the loop
			refused = ErrImporting
			return
		}
		e.redefine(d, traces)
		renewed()
	})
	return errors.Join(err, refused)
}

// Boarded tells whether a flow's points can be shown on a board: they are counted
// by day only where the engine was told so at its start. Anybody may ask.
func (e *Engine) Boarded(m indicator.Index) bool {
	return slices.Contains(e.opt.Daily, m)
}

// needs lists the traces of a district's sparklines, each once.
func needs(d *district.District) []tile.TraceKey {
	var list []tile.TraceKey
	seen := make(map[tile.TraceKey]bool)
	for i := range d.Cockpits {
		for t := range d.Cockpits[i].Tiles {
			for _, key := range d.Cockpits[i].Tiles[t].Needs(d.Catalogue) {
				if !seen[key] {
					seen[key] = true
					list = append(list, key)
				}
			}
		}
	}
	return list
}

// remembered makes traces with what the keeper knows of the time before.
func (e *Engine) remembered(ctx context.Context, keys []tile.TraceKey, now int64) map[tile.TraceKey]*series.Trace {
	traces := make(map[tile.TraceKey]*series.Trace, len(keys))
	for _, key := range keys {
		traces[key] = series.NewTrace(key.Step)
		if e.cfg.Keeper == nil || key.Step < minute {
			continue
		}
		list, err := e.cfg.Keeper.Recall(ctx, rollup.Pair{Place: key.Place, Area: key.Area}, now-series.TraceLength*key.Step, now, key.Step)
		if err != nil {
			e.log.Warn("a new sparkline begins without what was before", "error", err)
			continue
		}
		for _, s := range list {
			if s.At <= now {
				traces[key].Put(s)
			}
		}
	}
	return traces
}

// redefine is Redefine's part in the loop.
func (e *Engine) redefine(d *district.District, traces map[tile.TraceKey]*series.Trace) {
	was, layouts := e.wall, make(map[string]string)
	for i := range e.cfg.District.Cockpits {
		layouts[e.cfg.District.Cockpits[i].ID] = e.cfg.District.Cockpits[i].Layout
	}
	e.retrace(d, traces)
	e.cfg.District = d
	e.wall = newWall(d)
	for i := range e.wall.cockpits {
		e.wall.inherit(i, &was, layouts[d.Cockpits[i].ID] == d.Cockpits[i].Layout)
	}
	if e.cfg.Keeper != nil {
		e.compared = e.comparisons()
		e.renewal()
		e.addLines()
	}
}

// inherit gives a cockpit what was known of it; same says that its layout is
// the same, so that its tiles are what they were.
func (w *wall) inherit(ci int, was *wall, same bool) {
	c := &w.cockpits[ci]
	c.retell = true
	at := slices.IndexFunc(was.cockpits, func(o cockpit) bool { return o.id == c.id })
	if at < 0 {
		return
	}
	old := &was.cockpits[at]
	c.state, c.since = old.state, old.since
	if !same || !old.opened || old.to-old.from != c.to-c.from {
		return
	}
	c.opened = true
	for i := range c.to - c.from {
		w.tiles[c.from+i].tile, w.tiles[c.from+i].dirty = was.tiles[old.from+i].tile, was.tiles[old.from+i].dirty
	}
}

// retrace keeps the traces that are needed, and adds those that are new.
func (e *Engine) retrace(d *district.District, fresh map[tile.TraceKey]*series.Trace) {
	wanted := make(map[tile.TraceKey]bool)
	for _, key := range needs(d) {
		wanted[key] = true
		if e.view.Traces[key] == nil {
			e.view.Traces[key] = fresh[key]
			if fresh[key] == nil { // another change came between
				e.view.Traces[key] = series.NewTrace(key.Step)
			}
			e.addStep(key)
		}
	}
	for key := range e.view.Traces {
		if !wanted[key] {
			delete(e.view.Traces, key)
		}
	}
	var steps []step
	for _, s := range e.steps {
		s.keys = slices.DeleteFunc(slices.Clone(s.keys), func(key tile.TraceKey) bool { return !wanted[key] })
		if s.record || len(s.keys) > 0 {
			steps = append(steps, s)
		}
	}
	e.steps = steps
}

// addLines keeps the values of what is shown from now on too. Lines are only
// added: the rows that wait have their values in the order of the lines.
func (e *Engine) addLines() {
	known := make(map[rollup.Pair]bool, len(e.lines))
	for _, p := range e.lines {
		known[p] = true
	}
	lines := slices.Clip(e.lines) // the keeper may be reading them
	for _, p := range e.recorded() {
		if !known[p] {
			lines = append(lines, p)
		}
	}
	e.lines = lines
}

// widened gives rows that were kept before lines were added no value for those.
func widened(rows []Row, lines int) []Row {
	for i := range rows {
		if missing := lines - len(rows[i].Values); missing > 0 {
			values := slices.Clone(rows[i].Values)
			for range missing {
				values = append(values, math.NaN())
			}
			rows[i].Values = values
		}
	}
	return rows
}
