package engine

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/tile"
)

// moving is a change that is under way. It belongs to the loop but for what
// Redefine reads once captured is closed.
type moving struct {
	*Change
	same     bool            // nothing is numbered otherwise: the state stays
	fresh    []tile.TraceKey // of its sparklines, those that the old district had not
	now      int64           // the instant that the state was written at
	capture  *rollup.Capture // nil: not begun
	done     bool
	err      error
	captured chan struct{}         // closed when all is written
	tape     [][]reading.Reading   // what was heard since, by the numbers of the old district
	altered  []func(*rollup.State) // what else became of the state since
}

// depart begins a change.
func (e *Engine) depart(m *moving) error {
	switch {
	case e.importing: // it reads the district and the lines beside the loop
		return ErrImporting
	case e.moving != nil:
		return ErrReplaced
	}
	d := e.cfg.District
	m.now = e.state.Now()
	m.same = alike(d, m.District) && d.Lateness == m.District.Lateness && sameLists(d.Lists, m.District.Lists) &&
		!slices.ContainsFunc(e.cfg.options(m.District).Daily, func(i indicator.Index) bool { return !slices.Contains(e.opt.Daily, i) })
	n := numbering{m.District, d} // back
	for _, key := range needs(m.District) {
		old, known := n.pair(rollup.Pair{Place: key.Place, Area: key.Area})
		if !known || e.view.Traces[tile.TraceKey{Place: old.Place, Area: old.Area, Step: key.Step}] == nil {
			m.fresh = append(m.fresh, key)
		}
	}
	e.moving = m
	return nil
}

// sameLists tells whether two lists of points are one.
func sameLists[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// setOut begins to write the state down for a change, once nothing else is kept.
func (e *Engine) setOut() {
	m := e.moving
	if m == nil || m.same || m.done || m.capture != nil || e.capture != nil || e.keeping {
		return
	}
	m.now = e.state.Now()
	if m.capture, m.err = e.state.Capture(); m.err != nil {
		m.done = true
		close(m.captured)
	}
}

// writes tells whether the state is being written down for a change.
func (m *moving) writes() bool { return m != nil && m.capture != nil && !m.done }

// writeOn writes a piece of it.
func (m *moving) writeOn(log *slog.Logger) {
	done, err := m.capture.Step(things)
	if !done {
		return
	}
	if err != nil {
		log.Error("the state can't be written down", "error", err)
	}
	m.done, m.err = true, err
	close(m.captured)
}

// heard notes readings that the state has heard.
func (m *moving) heard(list []reading.Reading) {
	if m != nil && m.capture != nil && len(list) > 0 {
		m.tape = append(m.tape, list)
	}
}

// alter does something to the state, and to the one that is to take its place.
func (e *Engine) alter(do func(*rollup.State)) {
	do(e.state)
	if m := e.moving; m != nil && m.capture != nil {
		m.altered = append(m.altered, do)
	}
}

// arrive makes the state of the changed district, as of the instant at which
// the other was written down; nil: that one stays.
func (m *moving) arrive(ctx context.Context, cfg Config) (*rollup.State, error) {
	if m.same {
		return nil, nil //nolint:nilnil // no state is what there is to say
	}
	select {
	case <-m.captured:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if m.err != nil {
		return nil, m.err
	}
	d := m.District
	return rollup.Decode(slices.Concat(m.capture.Parts()...), d.Areas, d.Catalogue, cfg.options(d), m.now)
}

// replay tells a state what the other has heard since it was written down.
func (m *moving) replay(s *rollup.State, by *reading.Rules, clock int64) {
	turn := by.Onto(numbersOf(m.District, m.Rules))
	for _, list := range m.tape {
		for _, r := range list {
			if _, known := turn.Turn(&r); known { // what is not has gone with its measure or area
				s.Apply(&r)
			}
		}
	}
	for _, do := range m.altered {
		do(s)
	}
	s.Advance(clock)
}

const parting = time.Second // the longest that the loop is waited for when it may have ended

// abandon ends a change that is not to be.
func (e *Engine) abandon(ctx context.Context, m *moving) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), parting)
	defer cancel()
	_ = e.ask(ctx, func() { e.forsake(m) }) // without a loop nothing is under way
}

// forsake ends a change that is under way, if it is the one that is meant.
func (e *Engine) forsake(m *moving) {
	if m == nil || e.moving != m {
		return
	}
	if m.capture != nil {
		m.capture.Stop()
	}
	e.moving = nil
}
