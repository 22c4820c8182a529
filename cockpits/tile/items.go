package tile

import (
	"cmp"
	"slices"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
)

func (v *View) item(id string, p indicator.Place, a rollup.Area) Item {
	f := v.figure(p, a)
	return Item{
		ID: id, Has: HasValue | HasLevel | HasStatus,
		Value: pointer(f.Value), Level: word(f.Level), Status: string(f.Status),
	}
}

// areas lists the indicator in each area of Of.
func (v *View) areas(d *Definition) []Item {
	items := make([]Item, 0, len(d.Areas))
	for _, a := range d.Areas {
		items = append(items, v.item(v.State.AreaID(a), d.Indicators[0], a))
	}
	return items
}

// ranking lists the areas in order; those without a value come last.
func (v *View) ranking(d *Definition) []Item {
	items := v.areas(d)
	p := d.Indicators[0]
	for i, a := range d.Areas {
		items[i].Has |= HasRank | HasCoverage
		items[i].Coverage = v.coverage(p, a, v.figure(p, a))
	}
	ascending := d.Order == "asc" || d.Order == "worst" && v.indicator(p).Direction == indicator.HigherBetter
	slices.SortStableFunc(items, func(a, b Item) int {
		if a.Value == nil || b.Value == nil {
			return cmp.Compare(btoi(a.Value == nil), btoi(b.Value == nil))
		}
		if ascending {
			return cmp.Compare(*a.Value, *b.Value)
		}
		return cmp.Compare(*b.Value, *a.Value)
	})
	items = items[:min(len(items), d.Limit)]
	for i := range items {
		items[i].Rank = i + 1
	}
	return items
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (v *View) breakdown(d *Definition) []Item {
	items := make([]Item, 0, len(d.Indicators))
	for _, p := range d.Indicators {
		items = append(items, v.item(v.indicator(p).ID, p, d.Area))
	}
	return items
}

func (v *View) table(d *Definition) []Item {
	items := make([]Item, 0, len(d.Areas))
	for _, a := range d.Areas {
		item := Item{ID: v.State.AreaID(a), Has: HasCells}
		for _, p := range d.Indicators {
			f := v.figure(p, a)
			c := Cell{ID: v.indicator(p).ID, Value: pointer(f.Value), Level: word(f.Level), Status: string(f.Status)}
			if v.indicator(p).Ratio() && f.Status != indicator.Suppressed {
				c.Parts = &Parts{pointer(f.Parts[0]), pointer(f.Parts[1])}
			}
			item.Cells = append(item.Cells, c)
		}
		items = append(items, item)
	}
	return items
}

// board shows every point of its list, in the list's order. Its coverage
// counts the points of which the first measure is fresh.
func (v *View) board(t *Tile, d *Definition) {
	t.Items = make([]Item, 0, len(d.Points))
	worst, fresh := indicator.Empty, 0
	var silent []string
	first := d.Measures[0]
	covered := v.State.Catalogue().Measures[first].Covered()
	for i := range d.Points {
		item, live := v.point(d, &d.Points[i], covered)
		if severity(indicator.Status(item.Status)) > severity(worst) {
			worst = indicator.Status(item.Status)
			t.Level = item.Level
		}
		if item.AsOf != nil && (t.AsOf == nil || *item.AsOf > *t.AsOf) {
			t.AsOf = item.AsOf
		}
		if live {
			fresh++
		} else if len(silent) < 3 {
			silent = append(silent, d.Points[i].ID)
		}
		t.Items = append(t.Items, item)
	}
	t.Status = string(worst)
	if covered {
		t.Coverage = &Coverage{Fresh: fresh, Expected: len(d.Points), Silent: append([]string{}, silent...)}
	}
}

// point draws one point of a board: the level is the first measure's, lower is better.
func (v *View) point(d *Definition, p *Point, covered bool) (Item, bool) {
	value, asOf, fresh := v.State.PointDay(d.Measures[0], p.Area, p.ID)
	veiled := v.State.Veiled(d.Measures[0], p.Area, value)
	if veiled {
		value = indicator.Number{}
	}
	item := Item{ID: p.ID, Has: HasValue | HasLevel | HasStatus | HasAsOf | HasCells, Value: pointer(value), AsOf: instant(asOf)}
	level := indicator.NoLevel
	if value.OK && (d.Warn != nil || d.Alarm != nil) {
		rule := indicator.Indicator{Direction: indicator.LowerBetter, Warn: d.Warn, Alarm: d.Alarm}
		level = rule.LevelOf(value.V, "")
	}
	item.Level = word(level)
	switch {
	case veiled:
		item.Status = string(indicator.Suppressed)
	case asOf == 0:
		item.Status = string(indicator.Empty)
	case covered && !fresh:
		item.Status = string(indicator.Stale)
	case level == indicator.LevelBad:
		item.Status = string(indicator.Alarm)
	case level == indicator.LevelWarn:
		item.Status = string(indicator.Warn)
	default:
		item.Status = string(indicator.Normal)
	}
	for _, m := range d.Measures {
		n, _, _ := v.State.PointDay(m, p.Area, p.ID)
		if v.State.Veiled(m, p.Area, n) {
			n = indicator.Number{}
		}
		item.Cells = append(item.Cells, Cell{ID: v.State.Catalogue().Measures[m].ID, Bare: true, Value: pointer(n)})
	}
	return item, fresh
}

// alerts lists what is open in the tile's area and below, alarms first, then
// the newest.
func (v *View) alerts(t *Tile, d *Definition) {
	var open []Alert
	for _, a := range v.Alerts {
		if v.State.Within(d.Area, a.Area) && slices.Contains(d.Indicators, a.Place) && v.State.Shown(a.Place, a.Area) {
			open = append(open, a)
		}
	}
	slices.SortFunc(open, func(a, b Alert) int {
		return cmp.Or(
			cmp.Compare(btoi(a.Level != indicator.LevelBad), btoi(b.Level != indicator.LevelBad)),
			cmp.Compare(b.Since, a.Since), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Place, b.Place))
	})
	count := float64(len(open))
	t.Value = &count
	t.Items = make([]Item, 0, min(len(open), d.Limit))
	level := indicator.LevelOK
	for i, a := range open {
		if i == 0 {
			level, t.Status = a.Level, string(a.Level)
		}
		if i == d.Limit {
			break
		}
		ind, where := v.indicator(a.Place).ID, v.State.AreaID(a.Area)
		t.Items = append(t.Items, Item{
			ID: ind + "/" + where, Has: HasIndicator | HasLevel | HasValue | HasSince | HasRank,
			Indicator: ind, Area: where, Level: word(a.Level), Value: pointer(a.Value), Since: instant(a.Since), Rank: i + 1,
		})
	}
	t.Level = word(level)
}

func (v *View) feed(d *Definition) []Item {
	items := make([]Item, 0, d.Limit)
	for _, e := range v.Events {
		if len(items) == d.Limit {
			break
		}
		if !v.State.Within(d.Area, e.Area) {
			continue
		}
		items = append(items, Item{
			ID: e.ID, Has: HasFeed, At: e.At, Kind: e.Kind, Area: v.State.AreaID(e.Area), Text: e.Text, TextEn: e.TextEn,
		})
	}
	return items
}
