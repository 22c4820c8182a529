package district_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/monitor/series"
	"citydeck/cockpits/tile"
)

var zone = time.FixedZone("CST", 8*3600)

// noon of a Thursday.
var noon = time.Date(2025, 8, 28, 12, 0, 0, 0, zone).UnixMilli()

const (
	onTime indicator.Index = iota
	due
	beds
	visitors
	cases
)

const (
	rate indicator.Place = iota
	free
	crowd
	ill
)

// town is a district of eight streets s1 … s8 with a clinic each.
type town struct {
	t     *testing.T
	state *rollup.State
	seq   uint64
}

func newTown(t *testing.T, change func(*indicator.Indicator)) *town {
	t.Helper()
	areas := []area.Area{{ID: "town", Kind: "district"}}
	for i := range 8 {
		areas = append(areas, area.Area{ID: fmt.Sprint("s", i+1), Kind: "street", Parent: "town"})
	}
	tree, faults := area.New(areas)
	if faults != nil {
		t.Fatal(faults)
	}
	today := indicator.Window{Span: indicator.Day}
	indicators := []indicator.Indicator{
		{ID: "rate", Numerator: "on_time", Denominator: "due", Scale: 100, Unit: "%", Decimals: 2, Window: today, Direction: indicator.HigherBetter, Warn: ptr(95.0), Alarm: ptr(90.0), MinCoverage: 0.5},
		{ID: "free", Measure: "beds", Direction: indicator.HigherBetter, Warn: ptr(10.0), Alarm: ptr(2.0), MinCoverage: 0.5},
		{ID: "crowd", Measure: "visitors", Window: today, Direction: indicator.Neutral},
		{ID: "ill", Measure: "cases", Window: today, Direction: indicator.LowerBetter, Warn: ptr(1.0), SuppressBelow: 5},
	}
	for i := range indicators {
		if change != nil {
			change(&indicators[i])
		}
	}
	cat := indicator.NewCatalogue([]indicator.Measure{
		{ID: "on_time", Kind: indicator.Flow},
		{ID: "due", Kind: indicator.Flow},
		{ID: "beds", Kind: indicator.Stock, Combine: indicator.Sum, FreshFor: 10 * time.Minute},
		{ID: "visitors", Kind: indicator.Flow},
		{ID: "cases", Kind: indicator.Flow},
	}, indicators)
	opt := rollup.Options{
		Zone: zone, Lateness: 24 * time.Hour, Forget: 30 * 24 * time.Hour, Points: 1000, Dedupe: time.Hour, Keys: 1000,
		Daily: []indicator.Index{visitors},
	}
	return &town{t, rollup.New(tree, cat, opt, noon), 0}
}

func (w *town) say(m indicator.Index, a area.Index, point string, value float64) {
	w.seq++
	w.state.Apply(&reading.Reading{
		Measure: m, Area: a, Point: point, At: w.state.Now(), Value: value,
		Origin: reading.Origin{Entry: reading.EntryID{Ms: uint64(w.state.Now()), Seq: w.seq}},
	})
}

func (w *town) render(d tile.Definition, v tile.View) tile.Tile {
	w.state.Settle()
	v.State = w.state
	return tile.Render(&d, &v, zone)
}

func streets() []area.Index { return []area.Index{1, 2, 3, 4, 5, 6, 7, 8} }

func value(t *testing.T, v *float64) float64 {
	t.Helper()
	if v == nil {
		return math.NaN()
	}
	return *v
}

// The figure that everybody knows: 3,203 alarms, 3,190 of them handled in time.
func TestARatioIsNeverAveraged(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	all := []float64{1200, 803, 400, 300, 250, 150, 60, 40}
	missed := []float64{1, 1, 0, 2, 3, 4, 0, 2}
	mean := 0.0
	for i := range all {
		w.say(due, area.Index(i+1), "", all[i])
		w.say(onTime, area.Index(i+1), "", all[i]-missed[i])
		mean += (all[i] - missed[i]) / all[i] * 100 / 8
	}
	shown := func(v float64) string { return fmt.Sprintf("%.2f", v) }
	got := w.render(tile.Definition{Kind: tile.Table, Indicators: []indicator.Place{rate}, Areas: append([]area.Index{0}, streets()...)}, tile.View{})
	for i, item := range got.Items {
		v := value(t, item.Cells[0].Value)
		switch {
		case i == 0 && (shown(v) != "99.59" || v != 100*3190.0/3203 || *item.Cells[0].Parts[0] != 3190 || *item.Cells[0].Parts[1] != 3203):
			t.Errorf("the district shows %v of %v/%v, want 99.59 of 3190/3203", v, *item.Cells[0].Parts[0], *item.Cells[0].Parts[1])
		case i > 0 && shown(v) == "99.59":
			t.Errorf("%s shows 99.59 too", item.ID)
		}
	}
	if shown(mean) == "99.59" {
		t.Errorf("the mean of the streets is %v: the test proves nothing", mean)
	}
}

func TestThenIsTheSameClockTime(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		now, over, want string
		zone            *time.Location
	}{
		"an hour":                               {"2025-08-28T12:00:01+08:00", tile.OverHour, "2025-08-28T11:00:01+08:00", zone},
		"a day":                                 {"2025-03-01T00:30:00+08:00", tile.OverDay, "2025-02-28T00:30:00+08:00", zone},
		"a week":                                {"2025-08-28T12:00:00+08:00", tile.OverWeek, "2025-08-21T12:00:00+08:00", zone},
		"a month":                               {"2025-08-28T12:00:00+08:00", tile.OverMonth, "2025-07-28T12:00:00+08:00", zone},
		"a month to a shorter one":              {"2025-03-31T12:00:00+08:00", tile.OverMonth, "2025-02-28T12:00:00+08:00", zone},
		"a month over the year":                 {"2025-01-31T12:00:00+08:00", tile.OverMonth, "2024-12-31T12:00:00+08:00", zone},
		"a year":                                {"2025-08-28T12:00:00+08:00", tile.OverYear, "2024-08-28T12:00:00+08:00", zone},
		"a year from a leap day":                {"2024-02-29T12:00:00+08:00", tile.OverYear, "2023-02-28T12:00:00+08:00", zone},
		"a day of 23 hours: the same clock":     {"2026-03-29T12:00:00+02:00", tile.OverDay, "2026-03-28T12:00:00+01:00", berlin},
		"an hour ago is always 60 minutes":      {"2026-03-29T03:30:00+02:00", tile.OverHour, "2026-03-29T01:30:00+01:00", berlin},
		"none said is a day":                    {"2025-08-28T12:00:00+08:00", "", "2025-08-27T12:00:00+08:00", zone},
		"a week in the days of the zone's turn": {"2026-03-31T12:00:00+02:00", tile.OverWeek, "2026-03-24T12:00:00+01:00", berlin},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now, err := time.Parse(time.RFC3339, tt.now)
			if err != nil {
				t.Fatal(err)
			}
			got := time.UnixMilli(tile.Then(now.UnixMilli(), tt.over, tt.zone)).In(tt.zone).Format(time.RFC3339)
			if got != tt.want {
				t.Errorf("a %s before %s: %s, want %s", tt.over, tt.now, got, tt.want)
			}
		})
	}
}

func TestAStatComparesWithThePast(t *testing.T) {
	t.Parallel()
	known := func(p indicator.Place, a rollup.Area, ms int64) indicator.Number {
		return indicator.Number{V: 100, OK: p == crowd && a == 2 && ms == noon-7*24*3_600_000}
	}
	tests := map[string]struct {
		past  tile.Past
		area  area.Index
		over  string
		heard bool
		turn  string // valid_from of a later caliber
		want  float64
	}{
		"a week ago":                       {known, 2, tile.OverWeek, true, "", 30},
		"nobody knows":                     {known, 2, tile.OverDay, true, "", math.NaN()},
		"another area":                     {known, 3, tile.OverWeek, true, "", math.NaN()},
		"no history at all":                {nil, 2, tile.OverWeek, true, "", math.NaN()},
		"no value now":                     {known, 2, tile.OverWeek, false, "", math.NaN()},
		"a caliber between":                {known, 2, tile.OverWeek, true, "2025-08-25", math.NaN()},
		"a caliber before both":            {known, 2, tile.OverWeek, true, "2025-08-21", 30},
		"a caliber that is still to begin": {known, 2, tile.OverWeek, true, "2025-08-29", 30},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t, func(d *indicator.Indicator) {
				if tt.turn != "" && d.ID == "crowd" {
					next := *d
					next.Window = indicator.Window{Span: indicator.Month}
					d.Versions = []indicator.Version{{ValidFrom: tt.turn, Changed: next}}
				}
			})
			if tt.heard {
				w.say(visitors, tt.area, "", 130)
			}
			got := w.render(tile.Definition{Kind: tile.Stat, Indicators: []indicator.Place{crowd}, Area: tt.area, Compare: tt.over}, tile.View{Past: tt.past})
			if got.Change == nil || got.Change.Over != tt.over {
				t.Fatalf("change %+v, want one over a %s", got.Change, tt.over)
			}
			if v := value(t, got.Change.Value); v != tt.want && !(math.IsNaN(v) && math.IsNaN(tt.want)) {
				t.Errorf("change %v, want %v", v, tt.want)
			}
		})
	}
}

func TestARankingOrdersAndLimits(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		place indicator.Place
		order string
		limit int
		want  []string
	}{
		"worst of higher is better: the lowest first": {free, "worst", 10, []string{"s2", "s3", "s4", "s1", "s5", "s6", "s7", "s8"}},
		"worst of neutral: the highest first":         {crowd, "worst", 3, []string{"s4", "s1", "s2"}},
		"ascending, ties in the tree's order":         {crowd, "asc", 4, []string{"s3", "s1", "s2", "s4"}},
		"descending":                                  {free, "desc", 2, []string{"s1", "s3"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t, nil)
			for i, v := range []float64{9, 4, 5, 5} {
				w.say(beds, area.Index(i+1), "clinic", v)
			}
			for i, v := range []float64{7, 7, 0, 8} {
				w.say(visitors, area.Index(i+1), "", v)
			}
			got := w.render(tile.Definition{Kind: tile.Ranking, Indicators: []indicator.Place{tt.place}, Areas: streets(), Order: tt.order, Limit: tt.limit}, tile.View{})
			var order []string
			for i, item := range got.Items {
				order = append(order, item.ID)
				if item.Rank != i+1 {
					t.Errorf("%s stands at %d and has rank %d", item.ID, i+1, item.Rank)
				}
				if i > 0 && item.Value != nil && got.Items[i-1].Value == nil {
					t.Errorf("%s has a value and stands behind one without", item.ID)
				}
			}
			if !slices.Equal(order, tt.want) {
				t.Errorf("order %v, want %v", order, tt.want)
			}
		})
	}
}

func TestASmallCellIsHiddenOnEveryTile(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	for i, v := range []float64{3, 20, 30, 40, 50, 60, 70, 80} {
		w.say(cases, area.Index(i+1), "ward", v)
	}
	hidden := []string{"s1", "s2"} // the small one, and one that would give it away
	is := func(id string) bool { return slices.Contains(hidden, id) }
	one := []indicator.Place{ill}
	trace := map[tile.TraceKey]*series.Trace{}
	for a := range area.Index(9) {
		for _, step := range []int64{24 * 3_600_000 / 60, 60_000} {
			trace[tile.TraceKey{Place: ill, Area: a, Step: step}] = series.NewTrace(step)
		}
	}
	past := func(indicator.Place, rollup.Area, int64) indicator.Number { return indicator.Some(1) }
	for _, a := range streets() {
		for _, kind := range []tile.Kind{tile.Stat, tile.Trend, tile.Progress} {
			got := w.render(tile.Definition{Kind: kind, Indicators: one, Area: a, Span: time.Hour}, tile.View{Traces: trace, Past: past})
			id := w.state.AreaID(a)
			gone := got.Value == nil && got.Level == nil && got.Parts == nil && got.Change == nil && got.Spark == nil
			if want := is(id); want != (got.Status == "suppressed") || want && !gone || !want && got.Value == nil {
				t.Errorf("%s at %s: status %s, value %v, level %v, change %v, spark %v", kind, id, got.Status, got.Value, got.Level, got.Change, got.Spark)
			}
		}
	}
	for _, d := range []tile.Definition{
		{Kind: tile.Ranking, Order: "worst", Limit: 10}, {Kind: tile.Map}, {Kind: tile.Table}, {Kind: tile.Trend, Of: "street", Span: time.Hour},
	} {
		d.Indicators, d.Areas = one, streets()
		for _, item := range w.render(d, tile.View{Traces: trace}).Items {
			v, status := item.Value, item.Status
			if d.Kind == tile.Table {
				v, status = item.Cells[0].Value, item.Cells[0].Status
			}
			if is(item.ID) != (v == nil) || is(item.ID) != (status == "suppressed") || is(item.ID) && item.Spark != nil {
				t.Errorf("%s: %s has %v, %s, %v", d.Kind, item.ID, v, status, item.Spark)
			}
		}
	}
	board := w.render(tile.Definition{Kind: tile.Board, Measures: []indicator.Index{cases}, Points: []tile.Point{{ID: "ward", Area: 1}, {ID: "ward", Area: 3}}}, tile.View{})
	if board.Items[0].Value != nil || board.Items[0].Cells[0].Value != nil || board.Items[0].Status != "suppressed" {
		t.Errorf("the board shows %+v", board.Items[0])
	}
	for _, a := range streets() {
		v := tile.View{State: w.state}
		if got := v.ValueOf(ill, a); is(got.Area) != (got.Value == nil) || is(got.Area) != (got.Level == nil) {
			t.Errorf("values: %s has %v", got.Area, got.Value)
		}
	}
}

func TestAlertsStandWorstThenNewestFirst(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	alert := func(a area.Index, level indicator.Level, since int64) tile.Alert {
		return tile.Alert{Place: free, Area: a, Level: level, Value: indicator.Some(1), Since: since}
	}
	open := []tile.Alert{
		alert(1, indicator.LevelWarn, 5), alert(2, indicator.LevelBad, 1), alert(3, indicator.LevelBad, 9), alert(4, indicator.LevelWarn, 7),
		{Place: crowd, Area: 5, Level: indicator.LevelBad, Since: 100},
	}
	got := w.render(tile.Definition{Kind: tile.Alerts, Indicators: []indicator.Place{free}, Limit: 3}, tile.View{Alerts: open})
	var order []string
	for _, item := range got.Items {
		order = append(order, item.ID)
	}
	if want := []string{"free/s3", "free/s2", "free/s4"}; !slices.Equal(order, want) || *got.Value != 4 || got.Status != "alarm" {
		t.Errorf("%v of %v, %s; want %v of 4, alarm", order, *got.Value, got.Status, want)
	}
	if none := w.render(tile.Definition{Kind: tile.Alerts, Indicators: []indicator.Place{free}, Limit: 3}, tile.View{}); *none.Value != 0 || none.Status != "normal" || len(none.Items) != 0 {
		t.Errorf("nothing open: %v, %s", *none.Value, none.Status)
	}
}

func TestASparklineStandsAtTheEndsOfSteps(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	w.say(visitors, 1, "", 7)
	const step = 24 * 60_000
	key := tile.TraceKey{Place: crowd, Area: 1, Step: step}
	trace := series.NewTrace(step)
	end := (noon/step + 1) * step
	midnight := noon - 12*3_600_000
	for at := end - 70*step; at < end; at += step {
		trace.Put(series.Sample{At: at, Value: 1, OK: true})
	}
	got := w.render(tile.Definition{Kind: tile.Stat, Indicators: []indicator.Place{crowd}, Area: 1}, tile.View{Traces: map[tile.TraceKey]*series.Trace{key: trace}})
	n := len(got.Spark)
	if n == 0 || got.Spark[n-1].At != end || *got.Spark[n-1].Value != 7 {
		t.Fatalf("the last point %+v, want the tile's value at %d", got.Spark[n-1:], end)
	}
	for i, p := range got.Spark {
		if p.At <= midnight || p.At%step != 0 || i > 0 && p.At != got.Spark[i-1].At+step {
			t.Errorf("point %d at %d: since midnight, every %d ms", i, p.At, step)
		}
	}
	if first := got.Spark[0].At; first-step > midnight {
		t.Errorf("the first point is %d, and midnight was %d", first, midnight)
	}
}

func TestABoardShowsItsPointsInTheListsOrder(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	w.say(beds, 1, "b", 8)
	w.say(beds, 2, "a", 3)
	w.say(visitors, 2, "a", 4)
	w.say(visitors, 2, "a", 5)
	d := tile.Definition{
		Kind: tile.Board, Measures: []indicator.Index{beds, visitors}, Warn: ptr(5.0), Alarm: ptr(8.0),
		Points: []tile.Point{{ID: "b", Area: 1}, {ID: "c", Area: 1}, {ID: "a", Area: 2}},
	}
	got := w.render(d, tile.View{})
	want := []struct {
		id, status string
		value, sum float64
	}{{"b", "alarm", 8, math.NaN()}, {"c", "empty", math.NaN(), math.NaN()}, {"a", "normal", 3, 9}}
	for i, x := range want {
		item := got.Items[i]
		v, sum := value(t, item.Value), value(t, item.Cells[1].Value)
		same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
		if item.ID != x.id || item.Status != x.status || !same(v, x.value) || !same(sum, x.sum) {
			t.Errorf("item %d is %s, %s, %v, %v; want %+v", i, item.ID, item.Status, v, sum, x)
		}
	}
	if got.Status != "alarm" || got.Coverage.Fresh != 2 || got.Coverage.Expected != 3 || !slices.Equal(got.Coverage.Silent, []string{"c"}) {
		t.Errorf("board: %s, %+v", got.Status, got.Coverage)
	}
	w.state.Advance(noon + 11*60_000)
	if late := w.render(d, tile.View{}); late.Status != "stale" || *late.Items[0].Level != "alarm" || late.Items[0].Status != "stale" {
		t.Errorf("eleven minutes later: %s, %+v", late.Status, late.Items[0])
	}
}

func ptr[T any](v T) *T { return &v }
