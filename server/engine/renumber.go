package engine

import (
	"math"
	"slices"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/tile"
)

// numbering leads from the numbers of one district to those of another, by ids.
type numbering struct{ was, is *district.District }

// pair finds a figure again; false: there is none any more.
func (n numbering) pair(p rollup.Pair) (rollup.Pair, bool) {
	if alike(n.was, n.is) {
		return p, true
	}
	place, known := n.is.Catalogue.Indicator(n.was.Catalogue.Indicators[p.Place].ID)
	area, found := n.is.Areas.Lookup(n.was.Areas.At(p.Area).ID)
	return rollup.Pair{Place: place, Area: area}, known && found
}

// alerts keeps what is open, and what the feeds tell of areas that there still are.
func (n numbering) alerts(e *Engine) {
	open := make(map[rollup.Pair]*tile.Alert, len(e.alerts))
	for p, a := range e.alerts {
		if is, known := n.pair(p); known {
			moved := *a
			moved.Place, moved.Area = is.Place, is.Area
			open[is] = &moved
		}
	}
	e.alerts = open
	var events []tile.Event
	for _, ev := range e.view.Events {
		if at, found := n.is.Areas.Lookup(n.was.Areas.At(ev.Area).ID); found {
			ev.Area = at
			events = append(events, ev)
		}
	}
	e.view.Events = events
}

// happened renumbers what is not noted yet.
func (n numbering) happened(h *Happened) {
	var list []rollup.Restatement
	for _, r := range h.Restated {
		if is, known := n.pair(rollup.Pair{Place: r.Place, Area: r.Area}); known {
			r.Place, r.Area = is.Place, is.Area
			list = append(list, r)
		}
	}
	h.Restated = list
}

func (n numbering) past(p past) past {
	out := make(past, len(p))
	for pair, list := range p {
		if is, known := n.pair(pair); known {
			out[is] = list
		}
	}
	return out
}

// reline keeps the values of what is shown from now on too. Lines are only
// added; those of figures that are gone end, also in the rows that wait.
func (e *Engine) reline(n numbering) {
	var lines []rollup.Pair
	var from []int // the column of the old lines; below 0: none
	at := make(map[rollup.Pair]bool)
	for i, p := range e.lines {
		if is, known := n.pair(p); known {
			lines, from, at[is] = append(lines, is), append(from, i), true
		}
	}
	for _, p := range e.recorded() {
		if !at[p] {
			lines, from = append(lines, p), append(from, -1)
		}
	}
	for i := range e.rows {
		e.rows[i].Values = columns(e.rows[i].Values, from)
	}
	e.lines = lines
}

// columns orders values anew; below 0, and past those there are: no value.
func columns(values []float64, from []int) []float64 {
	out := make([]float64, len(from))
	for k, column := range from {
		out[k] = math.NaN()
		if column >= 0 && column < len(values) {
			out[k] = values[column]
		}
	}
	return out
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

// rules are those that the readings of the state are numbered by.
func (e *Engine) rules() *reading.Rules { return numbersOf(e.cfg.District, e.cfg.Rules) }

func numbersOf(d *district.District, r *reading.Rules) *reading.Rules {
	if r != nil {
		return r
	}
	return reading.NewRules(d.Catalogue, d.Areas, d.Lateness, nil)
}

// renumber gives the readings of a batch that was read before the district
// changed the numbers that they have now, and says which can't be used any more.
func (e *Engine) renumber(b *reading.Batch) []reading.Rejection {
	if b.Rules == nil || b.Rules == e.cfg.Rules {
		return nil
	}
	turn := b.Rules.Onto(e.rules())
	var refused []reading.Rejection
	kept := b.Readings[:0]
	for i := range b.Readings {
		r := b.Readings[i]
		if no, known := turn.Turn(&r); known {
			kept = append(kept, r)
		} else {
			refused = append(refused, no)
		}
	}
	b.Readings = kept
	return refused
}
