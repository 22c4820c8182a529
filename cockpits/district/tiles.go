package district

import (
	"slices"
	"strings"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/tile"
)

// The defaults of a tile's keys.
const (
	rankingLimit = 10
	alertsLimit  = 20
	maxLimit     = 1000
	trendSpan    = 24 * time.Hour
	longestSpan  = 10 * 366 * 24 * time.Hour
)

// tile reads one [[tile]] but its place on the grid. A key of another kind is
// an unknown one.
func (l *loader) tile(t *table, scope area.Index) tile.Definition {
	d := tile.Definition{
		ID: t.text("id"), Title: t.text("title"), TitleEn: t.text("title_en"), Short: t.text("short"), ShortEn: t.text("short_en"),
	}
	t.names("title", "title_en", "short", "short_en")
	for _, key := range []string{"x", "y", "w", "h"} {
		t.get(key)
	}
	d.Area = l.scope(t, scope)
	t.need("kind")
	d.Kind = choice(t, "kind", "", tile.Stat, tile.Trend, tile.Progress, tile.Ranking, tile.Breakdown, tile.Table,
		tile.Board, tile.Map, tile.Alerts, tile.Feed, tile.Command, tile.Video)
	if d.Kind == "" {
		return d // which keys belong here nobody knows
	}
	l.content(t, &d)
	for key, v := range t.keys {
		if !v.read {
			t.bad(v, "unknown key %q in a tile of kind %s", key, d.Kind)
		}
	}
	if d.Title == "" {
		d.Title, d.TitleEn = l.title(&d)
	}
	return d
}

// title is what a tile without one is called.
func (l *loader) title(d *tile.Definition) (zh, en string) {
	if len(d.Indicators) == 1 {
		i := &l.d.Catalogue.Indicators[d.Indicators[0]]
		return i.Name, i.NameEn
	}
	return d.ID, d.ID
}

// content reads the keys of the tile's kind.
func (l *loader) content(t *table, d *tile.Definition) {
	switch d.Kind {
	case tile.Stat:
		l.one(t, d)
		d.Compare = choice(t, "compare", "day", "hour", "day", "week", "month", "year")
	case tile.Trend:
		l.trend(t, d)
	case tile.Progress:
		l.one(t, d)
		t.must("target")
		d.Target = t.number("target")
	case tile.Ranking:
		l.ranking(t, d)
	case tile.Breakdown:
		l.several(t, d)
	case tile.Table:
		l.several(t, d)
		l.of(t, d, true)
	case tile.Board:
		l.board(t, d)
	case tile.Map:
		l.one(t, d)
		l.of(t, d, true)
		d.Layers = l.listed(t, "layers")
	case tile.Alerts:
		d.Limit = t.whole("limit", alertsLimit, 1, maxLimit)
		if t.has("indicators") {
			l.several(t, d)
			return
		}
		d.Multiple = true
		for i := range l.d.Catalogue.Indicators {
			if x := &l.d.Catalogue.Indicators[i]; x.Direction != indicator.Neutral && (x.Warn != nil || x.Alarm != nil) {
				d.Indicators = append(d.Indicators, indicator.Place(i))
			}
		}
	case tile.Feed:
		d.Limit = t.whole("limit", alertsLimit, 1, maxLimit)
	case tile.Video:
		d.URL = t.need("url")
		scheme, rest, _ := strings.Cut(d.URL, "://")
		if d.URL != "" && (!slices.Contains([]string{"http", "https", "rtsp", "rtsps"}, scheme) || strings.Trim(rest, "/") == "" || strings.ContainsAny(d.URL, " <>\"")) {
			t.log.add(t.file, t.lineOf("url"), "url %q is not an address such as https://host/path", d.URL)
		}
	}
}

func (l *loader) trend(t *table, d *tile.Definition) {
	switch {
	case t.has("indicator") && t.has("indicators"):
		t.get("indicator")
		t.get("indicators")
		t.log.add(t.file, t.lineOf("indicators"), "indicator and indicators stand together: only one of them may")
	case t.has("indicators"):
		l.several(t, d)
	default:
		l.one(t, d)
	}
	if t.has("of") && len(d.Indicators) > 1 {
		t.log.add(t.file, t.lineOf("of"), "of draws one indicator's areas as lines; there are %d indicators", len(d.Indicators))
	}
	l.of(t, d, false)
	d.Span = t.duration("span", trendSpan)
	if d.Span < time.Minute || d.Span > longestSpan {
		t.log.add(t.file, t.lineOf("span"), "span is shorter than 1m or longer than ten years")
	}
}

func (l *loader) ranking(t *table, d *tile.Definition) {
	l.one(t, d)
	l.of(t, d, true)
	d.Order = choice(t, "order", "worst", "worst", "desc", "asc")
	if len(d.Indicators) == 1 && l.d.Catalogue.Indicators[d.Indicators[0]].Direction == indicator.Neutral && d.Order == "worst" {
		d.Order = "desc"
	}
	d.Limit = t.whole("limit", rankingLimit, 1, maxLimit)
}

func (l *loader) board(t *table, d *tile.Definition) {
	d.List = t.need("list")
	at, known := l.lists[d.List]
	switch {
	case known:
		d.Points = l.d.Lists[at].Points
	case t.kindIs("list") && !l.anyList:
		t.log.add(t.file, t.lineOf("list"), "list %q is not in %s", d.List, listsFile)
	}
	t.must("measures")
	ids := t.texts("measures")
	if ids != nil && len(ids) == 0 {
		t.log.add(t.file, t.lineOf("measures"), "measures is empty")
	}
	for i, id := range ids {
		m, found := l.d.Catalogue.Measure(id)
		switch {
		case !found && !l.anyDef:
			t.log.add(t.file, t.lineOf("measures"), "measure %q is unknown", id)
		case slices.Contains(ids[:i], id):
			t.log.add(t.file, t.lineOf("measures"), "measure %q stands twice", id)
		case found:
			d.Measures = append(d.Measures, m)
		}
	}
	d.Warn, d.Alarm = t.number("warn"), t.number("alarm")
	if d.Warn != nil && d.Alarm != nil && *d.Alarm < *d.Warn {
		t.log.add(t.file, t.lineOf("alarm"), "alarm = %v is on the wrong side of warn = %v: of a board's first measure lower is better", *d.Alarm, *d.Warn)
	}
}

// one reads the key indicator.
func (l *loader) one(t *table, d *tile.Definition) {
	id := t.need("indicator")
	if !t.kindIs("indicator") {
		return
	}
	if p, found := l.d.Catalogue.Indicator(id); found {
		d.Indicators = []indicator.Place{p}
	} else if !l.anyDef {
		t.log.add(t.file, t.lineOf("indicator"), "indicator %q is unknown", id)
	}
}

// several reads the key indicators.
func (l *loader) several(t *table, d *tile.Definition) {
	d.Multiple = true
	t.must("indicators")
	ids := t.texts("indicators")
	if ids != nil && len(ids) == 0 {
		t.log.add(t.file, t.lineOf("indicators"), "indicators is empty")
	}
	for i, id := range ids {
		p, found := l.d.Catalogue.Indicator(id)
		switch {
		case !found && !l.anyDef:
			t.log.add(t.file, t.lineOf("indicators"), "indicator %q is unknown", id)
		case slices.Contains(ids[:i], id):
			t.log.add(t.file, t.lineOf("indicators"), "indicator %q stands twice", id)
		case found:
			d.Indicators = append(d.Indicators, p)
		}
	}
}

// of reads the kind of the areas below.
func (l *loader) of(t *table, d *tile.Definition, must bool) {
	if must {
		t.must("of")
	}
	d.Of = t.text("of")
	if !t.kindIs("of") {
		return
	}
	d.Areas = l.d.Areas.Below(d.Area, d.Of)
	if len(d.Areas) == 0 && !l.arealess && !l.log.in(areasFile) {
		t.log.add(t.file, t.lineOf("of"), "no area of kind %q lies below %q; there: %s",
			d.Of, l.d.Areas.At(d.Area).ID, strings.Join(l.below(d.Area), ", "))
	}
}

// below lists the kinds of areas below one.
func (l *loader) below(top area.Index) []string {
	var kinds []string
	for i := top + 1; i < l.d.Areas.End(top); i++ {
		if k := l.d.Areas.At(i).Kind; !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	if kinds == nil {
		return []string{"none"}
	}
	return kinds
}

// listed reads a list of lists of points.csv.
func (l *loader) listed(t *table, key string) []string {
	ids := t.texts(key)
	for i, id := range ids {
		if _, known := l.lists[id]; !known && !l.anyList {
			t.log.add(t.file, t.lineOf(key), "list %q is not in %s", id, listsFile)
		} else if slices.Contains(ids[:i], id) {
			t.log.add(t.file, t.lineOf(key), "list %q stands twice", id)
		}
	}
	return ids
}
