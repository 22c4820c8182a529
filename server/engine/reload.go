package engine

import (
	"context"
	"errors"
	"slices"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/monitor/series"
	"citydeck/cockpits/tile"
)

// Change is another folder of the same district, and what goes by its numbers.
type Change struct {
	District *district.District
	Rules    *reading.Rules // by which the sources number from Renewed on
	Keeper   Keeper         // names figures by the district; unused without one
	Renewed  func()         // called in the loop once it is the district's, before the first of it is published
}

// Redefine takes another folder of the district; id and time zone are the same.
// Every roll-up stays: where areas, measures, indicators and lists are others,
// the state is written down as for a checkpoint, read anew by them beside the
// loop, hears again what came meanwhile, and takes the old one's place between
// two rounds. What the loop has drawn of a cockpit whose layout is the same stays
// too; the others are drawn anew. It fails with ErrCatchingUp before the engine
// is ready, with ErrImporting while a file is folded in, and with ErrReplaced
// during another change; then all is as it was.
func (e *Engine) Redefine(ctx context.Context, c *Change) error {
	if !e.Ready() {
		return ErrCatchingUp
	}
	m := &moving{Change: c, captured: make(chan struct{})}
	var refused error
	if err := errors.Join(e.ask(ctx, func() { refused = e.depart(m) }), refused); err != nil {
		return err
	}
	state, err := m.arrive(ctx, e.cfg)
	var traces map[tile.TraceKey]*series.Trace
	if err == nil {
		traces = e.remembered(ctx, m) // the keeper is asked here, where nobody waits
		err = e.ask(ctx, func() {
			if e.moving == m {
				e.moving = nil
				e.redefine(m, state, traces)
			}
		})
	}
	if err != nil {
		e.abandon(ctx, m)
	}
	return err
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

// remembered makes the traces that are new, with what the keeper knows of the
// time before.
func (e *Engine) remembered(ctx context.Context, m *moving) map[tile.TraceKey]*series.Trace {
	traces := make(map[tile.TraceKey]*series.Trace, len(m.fresh))
	for _, key := range m.fresh {
		traces[key] = series.NewTrace(key.Step)
		if m.Keeper == nil || key.Step < minute {
			continue
		}
		list, err := m.Keeper.Recall(ctx, rollup.Pair{Place: key.Place, Area: key.Area}, m.now-series.TraceLength*key.Step, m.now, key.Step)
		if err != nil {
			e.log.Warn("a new sparkline begins without what was before", "error", err)
			continue
		}
		for _, s := range list {
			if s.At <= m.now {
				traces[key].Put(s)
			}
		}
	}
	return traces
}

// redefine is Redefine's last part in the loop. A nil state: the one there is
// goes on, since nothing is numbered otherwise.
func (e *Engine) redefine(m *moving, state *rollup.State, fresh map[tile.TraceKey]*series.Trace) {
	was, d := e.cfg.District, m.District
	n := numbering{was, d}
	if state != nil {
		m.replay(state, e.rules(), e.state.Now())
		e.state, e.view.State, e.opt = state, state, e.cfg.options(d)
		n.alerts(e)
		n.happened(&e.happened)
		e.past = n.past(e.past)
	}
	e.retrace(n, fresh)
	e.cfg.District = d
	if m.Rules != nil {
		e.cfg.Rules = m.Rules
	}
	e.rewall(was, state == nil)
	if e.cfg.Keeper != nil {
		e.cfg.Keeper = m.Keeper
		e.compared = e.comparisons()
		e.renewal()
		e.reline(n)
	}
	m.Renewed()
	e.round(e.now())
}

// rewall puts up the walls of the district as it is now; same says that what was
// drawn and not marked is still what it would be.
func (e *Engine) rewall(was *district.District, same bool) {
	old, layouts := e.wall, make(map[string]string)
	for i := range was.Cockpits {
		layouts[was.Cockpits[i].ID] = was.Cockpits[i].Layout
	}
	d := e.cfg.District
	e.wall = newWall(d)
	for i := range e.wall.cockpits {
		e.wall.inherit(i, &old, layouts[d.Cockpits[i].ID] == d.Cockpits[i].Layout)
	}
	if !same {
		for i := range e.wall.tiles {
			e.wall.mark(int32(i))
		}
	}
	e.stale = true
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
	c.opened = same && old.opened
	for i := c.from; i < c.to; i++ {
		for k := old.from; k < old.to; k++ {
			if d := &was.tiles[k]; d.def.ID == w.tiles[i].def.ID && d.def.Kind == w.tiles[i].def.Kind {
				w.tiles[i].tile = d.tile
				w.tiles[i].dirty = d.dirty || !c.opened
			}
		}
	}
}

// retrace keeps the traces that are needed, and adds those that are new.
func (e *Engine) retrace(n numbering, fresh map[tile.TraceKey]*series.Trace) {
	kept := make(map[tile.TraceKey]*series.Trace, len(e.view.Traces))
	for key, trace := range e.view.Traces {
		if is, known := n.pair(rollup.Pair{Place: key.Place, Area: key.Area}); known {
			kept[tile.TraceKey{Place: is.Place, Area: is.Area, Step: key.Step}] = trace
		}
	}
	for i := range e.steps {
		e.steps[i].keys = nil
	}
	e.view.Traces = make(map[tile.TraceKey]*series.Trace)
	for _, key := range needs(n.is) {
		trace := kept[key]
		if trace == nil {
			trace = fresh[key]
		}
		e.view.Traces[key] = trace
		e.addStep(key)
	}
	e.steps = slices.DeleteFunc(e.steps, func(s step) bool { return !s.record && len(s.keys) == 0 })
}
