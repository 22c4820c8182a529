package rollup_test

import (
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
)

// figure is what an indicator is at an area at clock time t, but for since and
// which part the coverage is of.
func (o *oracle) figure(p indicator.Place, top area.Index, t int64) indicator.Figure {
	d := &o.cat.Indicators[p]
	today, versions := time.UnixMilli(t).In(o.zone).Format(time.DateOnly), d.Versions
	for i := range versions { // the catalogue has sorted them
		if versions[i].ValidFrom <= today {
			d = &versions[i].Changed
		}
	}
	var f indicator.Figure
	var values []indicator.Number
	some, heard := false, false
	for _, m := range d.Parts {
		v, asOf := o.value(m, top, d.Window, t)
		values = append(values, v)
		some = some || v.OK
		if asOf != 0 && (f.AsOf == 0 || asOf < f.AsOf) {
			f.AsOf = asOf
		}
		for _, r := range o.all {
			heard = heard || r.Measure == m && o.tree.Within(top, r.Area)
		}
		f.Disputed += o.disputed(m, top, t)
		if !o.cat.Measures[m].Covered() {
			continue
		}
		c := indicator.Coverage{Known: true}
		c.Fresh, c.Expected = o.coverage(m, top, t)
		better := f.Coverage.Expected == 0 || c.Fresh*f.Coverage.Expected < f.Coverage.Fresh*c.Expected
		if !f.Coverage.Known || c.Expected > 0 && better {
			f.Coverage = c
		}
	}
	if heard {
		f.CountsFrom = o.countsFrom(d, t)
	}
	f.Value = o.together(d, values, some, &f)
	f.Level = level(d, f.Value, o.tree.At(top).Kind)
	covered, fresh, expected := f.Coverage.Known, float64(f.Coverage.Fresh), float64(f.Coverage.Expected)
	switch {
	case !heard:
		f.Status = indicator.Empty
	case covered && (fresh == 0 || fresh < d.MinCoverage*expected):
		f.Status = indicator.Stale
	case f.Level == indicator.LevelBad:
		f.Status = indicator.Alarm
	case f.Level == indicator.LevelWarn:
		f.Status = indicator.Warn
	default:
		f.Status = indicator.Normal
	}
	return f
}

// together makes one value of the parts'.
func (o *oracle) together(d *indicator.Indicator, values []indicator.Number, some bool, f *indicator.Figure) indicator.Number {
	if d.Measure != "" {
		return values[0]
	}
	whole := true
	for i, m := range d.Parts {
		if !values[i].OK && some && o.cat.Measures[m].Kind == indicator.Flow {
			values[i] = indicator.Some(0)
		}
		whole = whole && values[i].OK
	}
	if d.Numerator != "" {
		f.Parts = [2]indicator.Number{values[0], values[1]}
		if !whole || values[1].V == 0 {
			return indicator.Number{}
		}
		return indicator.Some(d.Scale * values[0].V / values[1].V)
	}
	if !whole {
		return indicator.Number{}
	}
	// The formulas of world, written out.
	switch d.ID {
	case "mixed":
		if values[1].V == 0 {
			return indicator.Number{}
		}
		return indicator.Some(values[0].V/values[1].V*100 - values[2].V)
	case "both":
		return indicator.Some((values[0].V + values[1].V) * 2)
	}
	panic("no such formula: " + d.ID)
}

func level(d *indicator.Indicator, v indicator.Number, kind string) indicator.Level {
	if !v.OK || d.Direction == indicator.Neutral || d.Warn == nil && d.Alarm == nil || len(d.ThresholdsFor) > 0 && d.ThresholdsFor[0] != kind {
		return indicator.NoLevel
	}
	bad := func(limit *float64) bool {
		return limit != nil && (d.Direction == indicator.HigherBetter && v.V < *limit || d.Direction == indicator.LowerBetter && v.V >= *limit)
	}
	switch {
	case bad(d.Alarm):
		return indicator.LevelBad
	case bad(d.Warn):
		return indicator.LevelWarn
	}
	return indicator.LevelOK
}

// countsFrom is the earliest reading in the district, for a total and for a
// calendar window that began before it.
func (o *oracle) countsFrom(d *indicator.Indicator, t int64) int64 {
	now := time.UnixMilli(t).In(o.zone)
	var begin time.Time
	switch d.Window.Span {
	case indicator.Total:
		begin = time.UnixMilli(-1 << 50)
	case indicator.Day:
		begin = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, o.zone)
	case indicator.Month:
		begin = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, o.zone)
	case indicator.Year:
		begin = time.Date(now.Year(), 1, 1, 0, 0, 0, 0, o.zone)
	default:
		return 0
	}
	first := int64(0)
	for _, m := range d.Parts {
		for _, r := range o.all {
			if r.Measure == m && (first == 0 || r.At < first) {
				first = r.At
			}
		}
	}
	if first > begin.UnixMilli() {
		return first
	}
	return 0
}

// disputed counts the points below an area of which another source says, within
// fresh_for of the newest word, something else than it.
func (o *oracle) disputed(m indicator.Index, top area.Index, t int64) int {
	if o.cat.Measures[m].Kind != indicator.Stock {
		return 0
	}
	n := 0
	for k, newest := range o.pairs(m, top, t) {
		last := map[string]reading.Reading{}
		for _, r := range o.all {
			same := r.Measure == m && r.Point == k.point && (k.area == area.None || r.Area == k.area)
			if old, ok := last[r.Source]; same && !r.Gone && (!ok || old.At < r.At || old.At == r.At && old.Origin.Before(r.Origin)) {
				last[r.Source] = r
			}
		}
		for _, r := range last {
			if r.Value != newest.Value && newest.At-r.At <= o.cat.Measures[m].FreshFor.Milliseconds() {
				n++
				break
			}
		}
	}
	return n
}

// coverage counts fresh and expected pairs of a measure below an area.
func (o *oracle) coverage(m indicator.Index, top area.Index, t int64) (fresh, expected int) {
	def := &o.cat.Measures[m]
	last := map[pair]reading.Reading{}
	for _, r := range o.all {
		k := pair{r.Area, r.Point}
		if def.Moves && r.Point != "" {
			k.area = area.None
		}
		if old, ok := last[k]; r.Measure == m && (!ok || old.At < r.At || old.At == r.At && old.Origin.Before(r.Origin)) {
			last[k] = r
		}
	}
	alive := func(r reading.Reading, d time.Duration) bool { return r.At+d.Milliseconds() >= t && !r.Gone }
	if def.Expected != "" {
		for _, l := range o.lists[def.Expected] {
			at, k := l.area, pair{l.area, l.point}
			if def.Moves {
				k.area = area.None
			}
			r, ok := last[k]
			if ok && def.Moves {
				at = r.Area
			}
			if !o.tree.Within(top, at) {
				continue
			}
			expected++
			if ok && alive(r, def.FreshFor) {
				fresh++
			}
		}
		return fresh, expected
	}
	remembered := 7 * 24 * time.Hour
	if def.Kind == indicator.Stock {
		remembered = min(remembered, o.forget)
	}
	for _, r := range last {
		if o.tree.Within(top, r.Area) && alive(r, remembered) {
			expected++
			if alive(r, def.FreshFor) {
				fresh++
			}
		}
	}
	return fresh, expected
}
