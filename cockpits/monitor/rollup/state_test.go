package rollup_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"

	"pgregory.net/rapid"
)

var shanghai = time.FixedZone("CST", 8*3600)

// start is 23:30 in the zone, so that days, months and a year turn soon.
var start = time.Date(2025, 12, 31, 23, 30, 0, 0, shanghai).UnixMilli()

const forget = 6 * time.Hour

// world draws a tree of up to four levels and measures of every kind.
func world(t *rapid.T) (*area.Tree, *indicator.Catalogue, map[string][]listed) {
	n := rapid.IntRange(1, 9).Draw(t, "areas")
	areas := []area.Area{{ID: "root", Kind: "district"}}
	depth := []int{0}
	for i := 1; i < n; i++ {
		parent := rapid.IntRange(0, i-1).Filter(func(p int) bool { return depth[p] < 3 }).Draw(t, "parent")
		areas = append(areas, area.Area{ID: fmt.Sprint("a", i), Kind: "street", Parent: areas[parent].ID})
		depth = append(depth, depth[parent]+1)
	}
	tree, faults := area.New(areas)
	if faults != nil {
		t.Fatalf("draw a tree: %v", faults)
	}
	lists := map[string][]listed{"list": {{"p1", 0}, {"p2", area.Index(n - 1)}, {"p9", area.Index(n / 2)}}}
	tenMinutes := 10 * time.Minute
	measures := []indicator.Measure{
		{ID: "flow", Kind: indicator.Flow, FreshFor: tenMinutes},
		{ID: "quiet", Kind: indicator.Flow},
		{ID: "sum", Kind: indicator.Stock, Combine: indicator.Sum, FreshFor: tenMinutes},
		{ID: "mean", Kind: indicator.Stock, Combine: indicator.Mean, FreshFor: tenMinutes},
		{ID: "least", Kind: indicator.Stock, Combine: indicator.Min, FreshFor: tenMinutes},
		{ID: "most", Kind: indicator.Stock, Combine: indicator.Max, FreshFor: time.Hour, Expected: "list"},
		{ID: "patrol", Kind: indicator.Stock, Combine: indicator.Sum, Moves: true, FreshFor: tenMinutes},
		{ID: "cars", Kind: indicator.Stock, Combine: indicator.Max, Moves: true, FreshFor: tenMinutes, Expected: "list"},
		{ID: "wait", Kind: indicator.Observation, Combine: indicator.Mean},
		{ID: "fastest", Kind: indicator.Observation, Combine: indicator.Min},
		{ID: "slowest", Kind: indicator.Observation, Combine: indicator.Max},
		{ID: "p95", Kind: indicator.Observation, Combine: indicator.Quantile, Q: 0.95},
		{ID: "people", Kind: indicator.Distinct},
	}
	windows := []string{"day", "month", "year", "total", "1m", "60m", "48h"}
	var indicators []indicator.Indicator
	for _, m := range measures {
		for _, text := range windows {
			w, err := indicator.ParseWindow(text)
			if err != nil {
				t.Fatalf("window: %v", err)
			}
			if m.Kind == indicator.Stock {
				w, text = indicator.Window{}, "latest"
			}
			if m.Kind == indicator.Distinct && w.Span == indicator.Sliding {
				continue
			}
			indicators = append(indicators, indicator.Indicator{
				ID: m.ID + "_" + text, Measure: m.ID, Window: w, MinCoverage: 0.5, Direction: indicator.Neutral,
			})
			if m.Kind == indicator.Stock {
				break
			}
		}
	}
	return tree, indicator.NewCatalogue(measures, append(indicators, made(t)...)), lists
}

// made are indicators of several measures, with thresholds and versions.
func made(t *rapid.T) []indicator.Indicator {
	level := func(name string) *float64 {
		if rapid.Bool().Draw(t, name) {
			return nil
		}
		v := rapid.SampledFrom([]float64{-1, 0, 1, 50}).Draw(t, name)
		return &v
	}
	formula := func(text string) *indicator.Formula {
		f, err := indicator.ParseFormula(text)
		if err != nil {
			t.Fatalf("formula %s: %v", text, err)
		}
		return f
	}
	window := func() indicator.Window {
		w, err := indicator.ParseWindow(rapid.SampledFrom([]string{"day", "month", "year", "total", "60m"}).Draw(t, "window"))
		if err != nil {
			t.Fatalf("window: %v", err)
		}
		return w
	}
	rate := indicator.Indicator{
		ID: "rate", Numerator: "flow", Denominator: "quiet", Scale: 100, Window: window(), MinCoverage: 0.5,
		Direction: indicator.HigherBetter, Warn: level("warn"), Alarm: level("alarm"), ThresholdsFor: []string{"district"},
	}
	changed := rate
	changed.Denominator, changed.Direction, changed.Window, changed.MinCoverage = "sum", indicator.LowerBetter, window(), 0.9
	rate.Versions = []indicator.Version{{ValidFrom: "2026-01-02", Changed: changed}, {ValidFrom: "2026-01-01", Changed: rate}}
	rate.Versions[1].Changed.Scale = 1000
	return []indicator.Indicator{
		rate,
		{ID: "mixed", Formula: "flow / sum * 100 - wait", Expr: formula("flow / sum * 100 - wait"), Window: window(), MinCoverage: 0.4, Direction: indicator.LowerBetter, Warn: level("warn"), Alarm: level("alarm")},
		{ID: "both", Formula: "(flow + most) * 2", Expr: formula("(flow + most) * 2"), Window: window(), Direction: indicator.HigherBetter, Warn: level("warn")},
		{ID: "per_head", Numerator: "sum", Denominator: "patrol", Scale: 1, Window: indicator.Window{}, Direction: indicator.Neutral, Warn: level("warn")},
	}
}

func newState(tree *area.Tree, cat *indicator.Catalogue, lists map[string][]listed) *rollup.State {
	return rollup.New(tree, cat, options(lists), start)
}

func options(lists map[string][]listed) rollup.Options {
	opt := rollup.Options{
		Zone: shanghai, Lateness: 24 * time.Hour, Forget: forget, Points: 1000,
		Dedupe: time.Hour, Keys: 10000, Lists: map[string][]rollup.Listed{},
	}
	for id, list := range lists {
		for _, l := range list {
			opt.Lists[id] = append(opt.Lists[id], rollup.Listed{Point: l.point, Area: l.area})
		}
	}
	return opt
}

// draw makes a reading that passed the door: no older than a day, no more than
// five minutes ahead of its entry.
func draw(t *rapid.T, tree *area.Tree, cat *indicator.Catalogue, now int64, seq uint64) reading.Reading {
	m := rapid.IntRange(0, len(cat.Measures)-1).Draw(t, "measure")
	r := reading.Reading{
		Measure: indicator.Index(m),
		Area:    area.Index(rapid.IntRange(0, tree.Len()-1).Draw(t, "area")),
		Point:   rapid.SampledFrom([]string{"", "p1", "p2", "p3"}).Draw(t, "point"),
		Source:  rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "source"),
		ID:      rapid.SampledFrom([]string{"", "", "", "k1", "k2"}).Draw(t, "id"),
		Origin:  reading.Origin{Entry: reading.EntryID{Ms: uint64(now), Seq: seq}},
	}
	r.At = now - rapid.SampledFrom([]int64{-240_000, 0, 0, 0, 1000, 61_000, 3_600_000, 86_400_000}).Draw(t, "age")
	switch {
	case cat.Measures[m].Kind == indicator.Distinct:
		r.Member = rapid.Uint64Range(1, 5).Draw(t, "member") * 0x9e3779b97f4a7c15
	case cat.Measures[m].Kind == indicator.Stock && rapid.IntRange(0, 9).Draw(t, "gone") == 0:
		r.Gone = true
	case rapid.Bool().Draw(t, "whole"):
		r.Value = float64(rapid.Int64Range(-1e15, 1e15).Draw(t, "value"))
	default:
		r.Value = rapid.Float64Range(-1000, 1000).Draw(t, "value")
		if math.Abs(r.Value) < 1e-40 {
			r.Value = 0 // as at the door
		}
	}
	return r
}

func TestEveryFigureEqualsTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree, cat, lists := world(t)
		s := newState(tree, cat, lists)
		o := &oracle{tree: tree, cat: cat, zone: shanghai, lists: lists, forget: forget, dedupe: time.Hour}
		now, stream := start, start
		for seq := range uint64(rapid.IntRange(1, 40).Draw(t, "steps")) {
			// The clock may step back, two hours at most.
			now += rapid.SampledFrom([]int64{0, 1, 999, 60_000, 600_001, 1_800_000, 5 * 3_600_000, 26 * 3_600_000, -1, -61_000, -3_600_000}).Draw(t, "wait")
			stream = max(stream, now) // which doesn't step back
			now = max(now, stream-7_000_000)
			s.Advance(now)
			r := draw(t, tree, cat, stream, seq)
			o.take(r)
			s.Apply(&r)
			if rapid.IntRange(0, 3).Draw(t, "look") == 0 {
				now += 2000 // distinct members are counted once a second
				s.Advance(now)
				s.Settle()
				compare(t, s, o, now)
			}
		}
		now += 2000
		s.Advance(now)
		s.Settle()
		compare(t, s, o, now)
	})
}

// compare asks both for everything.
func compare(t *rapid.T, s *rollup.State, o *oracle, now int64) {
	for p := range indicator.Place(len(o.cat.Indicators)) {
		for a := range area.Index(o.tree.Len()) {
			got, want := s.Figure(p, a), o.figure(p, a, now)
			kind := ""
			if d := s.Held(p); d.Measure != "" {
				m := o.cat.Measures[d.Parts[0]]
				kind = string(m.Kind) + string(m.Combine)
			}
			if !equal(kind, got.Value, want.Value) || !equal(kind, got.Parts[0], want.Parts[0]) || !equal(kind, got.Parts[1], want.Parts[1]) {
				t.Fatalf("%s at %s, %s: value %v of %v, want %v of %v", o.cat.Indicators[p].ID, o.tree.At(a).ID,
					time.UnixMilli(now).In(shanghai), got.Value, got.Parts, want.Value, want.Parts)
			}
			got.Value, got.Parts, got.Since, got.Worst = want.Value, want.Parts, 0, 0
			if kind == "observationquantile" || kind == "distinct" {
				got.Level, got.Status = want.Level, want.Status
			}
			if got != want {
				t.Fatalf("%s at %s, %s:\n got %+v\nwant %+v", o.cat.Indicators[p].ID, o.tree.At(a).ID, time.UnixMilli(now).In(shanghai), got, want)
			}
		}
	}
}

func equal(kind string, got, want indicator.Number) bool {
	if got.OK != want.OK {
		return false
	}
	off := math.Abs(got.V - want.V)
	switch kind {
	case "observationquantile":
		return off <= 0.01*math.Abs(want.V)+1e-9
	case "flow", "stocksum", "distinct":
		return off <= 1e-9*math.Abs(want.V)+1e-40 && (want.V != math.Trunc(want.V) || off == 0)
	}
	return off <= 1e-9*math.Abs(want.V)+1e-40
}

func TestEveryValueReconcilesWithItsContributions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree, cat, lists := world(t)
		s := newState(tree, cat, lists)
		for seq := range uint64(rapid.IntRange(1, 40).Draw(t, "readings")) {
			r := draw(t, tree, cat, start+int64(seq)*1000, seq)
			s.Apply(&r)
		}
		s.Advance(start + 60_000)
		s.Settle()
		for p := range cat.Indicators {
			for a := range area.Index(tree.Len()) {
				x := s.Explain(indicator.Place(p), a)
				if !x.Reconciles {
					t.Fatalf("%s at %s does not reconcile: %+v", cat.Indicators[p].ID, tree.At(a).ID, x)
				}
				if cat.Indicators[p].Measure == "" {
					continue
				}
				var n int64
				for _, u := range x.Sources {
					n += u.Readings
				}
				var want int64
				for _, c := range x.Parts[0].Contributions {
					want += c.N
					if c.Area != area.None {
						for _, u := range s.Explain(indicator.Place(p), c.Area).Sources {
							want += u.Readings
						}
					}
				}
				if n != want {
					t.Fatalf("%s at %s: sources sent %d readings, the contributions hold %d", cat.Indicators[p].ID, tree.At(a).ID, n, want)
				}
			}
		}
	})
}
