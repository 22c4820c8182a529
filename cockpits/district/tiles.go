package district

import (
	"slices"
	"strings"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district/folder"
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
func (l *loader) tile(t *folder.Table, scope area.Index) tile.Definition {
	d := tile.Definition{
		ID: t.Text("id"), Title: t.Text("title"), TitleEn: t.Text("title_en"), Short: t.Text("short"), ShortEn: t.Text("short_en"),
	}
	t.Names("title", "title_en", "short", "short_en")
	t.Known("x", "y", "w", "h")
	d.Area = l.scope(t, scope)
	t.Need("kind")
	d.Kind = folder.Choice(t, "kind", "", tile.Stat, tile.Trend, tile.Progress, tile.Ranking, tile.Breakdown, tile.Table,
		tile.Board, tile.Map, tile.Alerts, tile.Feed, tile.Command, tile.Video)
	if d.Kind == "" {
		return d // which keys belong here nobody knows
	}
	l.content(t, &d)
	t.Unknown(" in a tile of kind " + string(d.Kind))
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
func (l *loader) content(t *folder.Table, d *tile.Definition) {
	switch d.Kind {
	case tile.Stat:
		l.one(t, d)
		d.Compare = folder.Choice(t, "compare", "day", "hour", "day", "week", "month", "year")
	case tile.Trend:
		l.trend(t, d)
	case tile.Progress:
		l.one(t, d)
		t.Must("target")
		d.Target = t.Number("target")
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
		d.Limit = t.Whole("limit", alertsLimit, 1, maxLimit)
		if t.Has("indicators") {
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
		d.Limit = t.Whole("limit", alertsLimit, 1, maxLimit)
	case tile.Video:
		d.URL = t.Need("url")
		scheme, rest, _ := strings.Cut(d.URL, "://")
		if d.URL != "" && (!slices.Contains([]string{"http", "https", "rtsp", "rtsps"}, scheme) || strings.Trim(rest, "/") == "" || strings.ContainsAny(d.URL, " <>\"")) {
			t.Bad("url", "url %q is not an address such as https://host/path", d.URL)
		}
	}
}

func (l *loader) trend(t *folder.Table, d *tile.Definition) {
	switch {
	case t.Has("indicator") && t.Has("indicators"):
		t.Known("indicator", "indicators")
		t.Bad("indicators", "indicator and indicators stand together: only one of them may")
	case t.Has("indicators"):
		l.several(t, d)
	default:
		l.one(t, d)
	}
	if t.Has("of") && len(d.Indicators) > 1 {
		t.Bad("of", "of draws one indicator's areas as lines; there are %d indicators", len(d.Indicators))
	}
	l.of(t, d, false)
	d.Span = t.Duration("span", trendSpan)
	if d.Span < time.Minute || d.Span > longestSpan {
		t.Bad("span", "span is shorter than 1m or longer than ten years")
	}
}

func (l *loader) ranking(t *folder.Table, d *tile.Definition) {
	l.one(t, d)
	l.of(t, d, true)
	d.Order = folder.Choice(t, "order", "worst", "worst", "desc", "asc")
	if len(d.Indicators) == 1 && l.d.Catalogue.Indicators[d.Indicators[0]].Direction == indicator.Neutral && d.Order == "worst" {
		d.Order = "desc"
	}
	d.Limit = t.Whole("limit", rankingLimit, 1, maxLimit)
}

func (l *loader) board(t *folder.Table, d *tile.Definition) {
	d.List = t.Need("list")
	at, known := l.lists[d.List]
	switch {
	case known:
		d.Points = l.d.Lists[at].Points
	case t.IsText("list") && !l.anyList:
		t.Bad("list", "list %q is not in %s", d.List, listsFile)
	}
	t.Must("measures")
	ids := t.Texts("measures")
	if ids != nil && len(ids) == 0 {
		t.Bad("measures", "measures is empty")
	}
	for i, id := range ids {
		m, found := l.d.Catalogue.Measure(id)
		switch {
		case !found && !l.anyDef:
			t.Bad("measures", "measure %q is unknown", id)
		case slices.Contains(ids[:i], id):
			t.Bad("measures", "measure %q stands twice", id)
		case found:
			d.Measures = append(d.Measures, m)
		}
	}
	d.Warn, d.Alarm = t.Number("warn"), t.Number("alarm")
	if d.Warn != nil && d.Alarm != nil && *d.Alarm < *d.Warn {
		t.Bad("alarm", "alarm = %v is on the wrong side of warn = %v: of a board's first measure lower is better", *d.Alarm, *d.Warn)
	}
}

// one reads the key indicator.
func (l *loader) one(t *folder.Table, d *tile.Definition) {
	id := t.Need("indicator")
	if !t.IsText("indicator") {
		return
	}
	if p, found := l.d.Catalogue.Indicator(id); found {
		d.Indicators = []indicator.Place{p}
	} else if !l.anyDef {
		t.Bad("indicator", "indicator %q is unknown", id)
	}
}

// several reads the key indicators.
func (l *loader) several(t *folder.Table, d *tile.Definition) {
	d.Multiple = true
	t.Must("indicators")
	ids := t.Texts("indicators")
	if ids != nil && len(ids) == 0 {
		t.Bad("indicators", "indicators is empty")
	}
	for i, id := range ids {
		p, found := l.d.Catalogue.Indicator(id)
		switch {
		case !found && !l.anyDef:
			t.Bad("indicators", "indicator %q is unknown", id)
		case slices.Contains(ids[:i], id):
			t.Bad("indicators", "indicator %q stands twice", id)
		case found:
			d.Indicators = append(d.Indicators, p)
		}
	}
}

// of reads the kind of the areas below.
func (l *loader) of(t *folder.Table, d *tile.Definition, must bool) {
	if must {
		t.Must("of")
	}
	d.Of = t.Text("of")
	if !t.IsText("of") {
		return
	}
	d.Areas = l.d.Areas.Below(d.Area, d.Of)
	if len(d.Areas) == 0 && !l.arealess && !l.Log.In(areasFile) {
		t.Bad("of", "no area of kind %q lies below %q; there: %s",
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
func (l *loader) listed(t *folder.Table, key string) []string {
	ids := t.Texts(key)
	for i, id := range ids {
		if _, known := l.lists[id]; !known && !l.anyList {
			t.Bad(key, "list %q is not in %s", id, listsFile)
		} else if slices.Contains(ids[:i], id) {
			t.Bad(key, "list %q stands twice", id)
		}
	}
	return ids
}
