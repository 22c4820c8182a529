package tile

import (
	"time"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
)

// Render draws one tile. Each call makes a new Tile; nothing in it is changed later.
func Render(d *Definition, v *View, zone *time.Location) Tile {
	t := Tile{ID: d.ID, Status: string(indicator.Normal), Target: d.Target}
	switch d.Kind {
	case Stat:
		v.one(&t, d)
		v.stat(&t, d, zone)
	case Progress:
		v.one(&t, d)
	case Trend:
		v.trend(&t, d)
	case Ranking:
		v.one(&t, d)
		t.Items = v.ranking(d)
	case Map:
		v.one(&t, d)
		t.Items = v.areas(d)
	case Breakdown:
		t.Items = v.breakdown(d)
		v.sum(&t, d, []rollup.Area{d.Area})
	case Table:
		t.Items = v.table(d)
		v.sum(&t, d, d.Areas)
	case Board:
		v.board(&t, d)
	case Alerts:
		v.alerts(&t, d)
	case Feed:
		t.Items = v.feed(d)
	case Command:
		t.Items = []Item{}
	}
	return t
}

// one fills a tile from its one indicator at its area.
func (v *View) one(t *Tile, d *Definition) {
	p := d.Indicators[0]
	f := v.figure(p, d.Area)
	t.Value, t.Level, t.Status = pointer(f.Value), word(f.Level), string(f.Status)
	t.Since, t.AsOf, t.CountsFrom = instant(f.Since), instant(f.AsOf), instant(f.CountsFrom)
	if v.indicator(p).Ratio() && f.Status != indicator.Suppressed {
		t.Parts = &Parts{pointer(f.Parts[0]), pointer(f.Parts[1])}
	}
	t.Coverage = v.coverage(p, d.Area, f)
	if f.Disputed > 0 && f.Status != indicator.Suppressed {
		t.Disputed = v.disputed(p, d.Area, f.Disputed)
	}
}

func (v *View) coverage(p indicator.Place, a rollup.Area, f indicator.Figure) *Coverage {
	if !f.Coverage.Known {
		return nil
	}
	m := v.indicator(p).Parts[f.Worst]
	silent := v.State.Silent(m, a)
	if silent == nil {
		silent = []string{}
	}
	return &Coverage{Fresh: f.Coverage.Fresh, Expected: f.Coverage.Expected, Silent: silent}
}

func (v *View) disputed(p indicator.Place, a rollup.Area, points int) *Disputed {
	d := &Disputed{Points: points, Values: []Witness{}}
	if v.personal(p) {
		return d // what is said of one person is no aggregate
	}
	for _, w := range v.State.Dispute(p, a) {
		d.Values = append(d.Values, Witness(w))
	}
	return d
}

// stat adds the change, and the sparkline: of a calendar window only what came
// since it began.
func (v *View) stat(t *Tile, d *Definition, zone *time.Location) {
	if t.Status == string(indicator.Suppressed) {
		return
	}
	p := d.Indicators[0]
	t.Change = v.change(d, zone)
	w := v.indicator(p).Window
	since := int64(0)
	if w.Calendar() {
		since = w.Begin(v.State.Now(), zone)
	}
	t.Spark = v.spark(statKey(d, v.State.Catalogue()), v.figure(p, d.Area).Value, since)
}

func (v *View) trend(t *Tile, d *Definition) {
	step := max(d.Span.Milliseconds()/points, 1)
	if !d.Multiple && d.Of == "" {
		v.one(t, d)
		if t.Status != string(indicator.Suppressed) {
			t.Spark = v.spark(TraceKey{d.Indicators[0], d.Area, step}, v.figure(d.Indicators[0], d.Area).Value, 0)
		}
		return
	}
	for _, l := range d.lines() {
		f := v.figure(l.Place, l.Area)
		item := Item{ID: l.id(v), Has: HasValue | HasLevel | HasStatus | HasSpark}
		item.Value, item.Level, item.Status = pointer(f.Value), word(f.Level), string(f.Status)
		if f.Status != indicator.Suppressed {
			item.Spark = v.spark(TraceKey{l.Place, l.Area, step}, f.Value, 0)
		}
		t.Items = append(t.Items, item)
	}
	if d.Of != "" {
		v.one(t, d)
		return
	}
	v.sum(t, d, []rollup.Area{d.Area})
}

// severity orders statuses for a tile that shows many: the worst one is the tile's.
func severity(s indicator.Status) int {
	switch s {
	case indicator.Alarm:
		return 5
	case indicator.Warn:
		return 4
	case indicator.Stale:
		return 3
	case indicator.Normal:
		return 2
	case indicator.Suppressed:
		return 1
	}
	return 0
}

// sum fills a tile that shows several figures: it has no value of its own; its
// status is the worst, since when that one is so, its as_of the oldest, its
// coverage that of the figure with the smallest share.
func (v *View) sum(t *Tile, d *Definition, areas []rollup.Area) {
	worst, first := indicator.Figure{Status: indicator.Empty}, true
	least := indicator.Coverage{}
	var at rollup.Pair
	for _, a := range areas {
		for _, p := range d.Indicators {
			f := v.figure(p, a)
			if first || severity(f.Status) > severity(worst.Status) ||
				severity(f.Status) == severity(worst.Status) && f.Since < worst.Since {
				worst, first = f, false
			}
			if f.AsOf > 0 && (t.AsOf == nil || f.AsOf < *t.AsOf) {
				t.AsOf = instant(f.AsOf)
			}
			if f.Coverage.Known && (!least.Known || f.Coverage.Share() < least.Share()) {
				least, at = f.Coverage, rollup.Pair{Place: p, Area: a}
			}
		}
	}
	t.Status, t.Level, t.Since = string(worst.Status), word(worst.Level), instant(worst.Since)
	if least.Known {
		t.Coverage = v.coverage(at.Place, at.Area, v.figure(at.Place, at.Area))
	}
}
