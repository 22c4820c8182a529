package tile

import (
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/monitor/series"
)

// View is what a tile is rendered from.
type View struct {
	State  *rollup.State
	Traces map[TraceKey]*series.Trace
	Alerts []Alert // all open ones, in any order
	Events []Event // newest first
	Past   Past    // nil: there is no history
}

// Past answers what an indicator was at an area at an earlier instant (Unix ms),
// or that nobody knows. It must not wait.
type Past func(p indicator.Place, a rollup.Area, ms int64) indicator.Number

// TraceKey names the values that a sparkline needs: an indicator at an area,
// at the ends of steps of so many milliseconds.
type TraceKey struct {
	Place indicator.Place
	Area  rollup.Area
	Step  int64
}

// Alert is an indicator at an area whose level is warn or alarm.
type Alert struct {
	Place indicator.Place
	Area  rollup.Area
	Level indicator.Level
	Value indicator.Number
	Since int64 // Unix ms at which the level began
}

// Event is a line of a feed.
type Event struct {
	ID     string
	At     int64
	Kind   string // opened, closed
	Area   rollup.Area
	Text   string
	TextEn string
}

// figure is what may be seen of an indicator at an area: a personal one below
// the root's children is withheld like a small cell.
func (v *View) figure(p indicator.Place, a rollup.Area) indicator.Figure {
	if !v.State.Shown(p, a) {
		return indicator.Figure{Status: indicator.Suppressed}
	}
	return v.State.Figure(p, a)
}

// indicator is the definition that holds now.
func (v *View) indicator(p indicator.Place) *indicator.Indicator { return v.State.Held(p) }

// Needs lists the traces that a tile's sparklines need.
func (d *Definition) Needs(cat *indicator.Catalogue) []TraceKey {
	var keys []TraceKey
	switch {
	case d.Kind == Stat:
		keys = append(keys, statKey(d, cat))
	case d.Kind == Trend:
		step := max(d.Span.Milliseconds()/points, 1)
		for _, l := range d.lines() {
			keys = append(keys, TraceKey{l.Place, l.Area, step})
		}
	}
	return keys
}

// statKey names a stat's trace. Its step is that of the indicator's first
// definition, also when a later one has another window.
func statKey(d *Definition, cat *indicator.Catalogue) TraceKey {
	p := d.Indicators[0]
	return TraceKey{p, d.Area, sparkSpan(cat.Indicators[p].Window) / points}
}

// points is how many points a sparkline has, the one that lies ahead included.
const points = series.TraceLength + 1

// hours in ms.
const hour = 3_600_000

// sparkSpan is how much time a stat's sparkline spans: a day, or in a month or
// year window the longest of these.
func sparkSpan(w indicator.Window) int64 {
	switch w.Span {
	case indicator.Month:
		return 31 * 24 * hour
	case indicator.Year:
		return 366 * 24 * hour
	}
	return 24 * hour
}

// line is one line of a trend.
type line struct {
	rollup.Pair
	id func(*View) string
}

// lines lists a trend's lines: its indicators, or its one indicator in the areas of Of.
func (d *Definition) lines() []line {
	var list []line
	switch {
	case d.Of != "":
		for _, a := range d.Areas {
			list = append(list, line{rollup.Pair{Place: d.Indicators[0], Area: a}, func(v *View) string { return v.State.AreaID(a) }})
		}
	default:
		for _, p := range d.Indicators {
			list = append(list, line{rollup.Pair{Place: p, Area: d.Area}, func(v *View) string { return v.indicator(p).ID }})
		}
	}
	return list
}

// Pairs lists the figures that a tile is drawn from; alerts and boards name none.
func (d *Definition) Pairs() []rollup.Pair {
	if d.Kind == Alerts {
		return nil
	}
	areas := append([]rollup.Area{d.Area}, d.Areas...)
	var pairs []rollup.Pair
	for _, a := range areas {
		for _, p := range d.Indicators {
			pairs = append(pairs, rollup.Pair{Place: p, Area: a})
		}
	}
	return pairs
}

// spark assembles a sparkline: the samples after an instant, and the value now
// at the end of the step that the clock stands in. What a step ends with at the
// very begin of a window was counted in the window before.
func (v *View) spark(key TraceKey, now indicator.Number, since int64) []Spark {
	t := v.Traces[key]
	if t == nil {
		return nil
	}
	end := t.End(v.State.Now())
	oldest := max(since, end-int64(points-1)*key.Step)
	var list []Spark
	for _, s := range t.Since(oldest) {
		if s.At > since && s.At < end {
			list = append(list, Spark{At: s.At, Value: pointer(indicator.Number{V: s.Value, OK: s.OK})})
		}
	}
	return append(list, Spark{At: end, Value: pointer(now)})
}

func pointer(n indicator.Number) *float64 {
	if !n.OK {
		return nil
	}
	return &n.V
}

func instant(ms int64) *int64 {
	if ms == 0 {
		return nil
	}
	return &ms
}

func word(l indicator.Level) *string {
	if l == indicator.NoLevel {
		return nil
	}
	s := string(l)
	return &s
}
