package api_test

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"testing"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/tile"
	"citydeck/server/api"
)

var noon = time.Date(2025, 8, 28, 12, 0, 0, 0, time.UTC).UnixMilli()

// lively is movers over a town whose roll-ups are real.
func lively(t testing.TB) *movers {
	t.Helper()
	d := town(t)
	s := rollup.New(d.Areas, d.Catalogue, rollup.Options{Zone: time.UTC, Lateness: 24 * time.Hour, Points: 1000, Dedupe: time.Hour, Keys: 10}, noon)
	for i, r := range []reading.Reading{
		{Measure: 0, Area: 1, Value: 40, Source: "safety", Point: "gate"}, {Measure: 1, Area: 1, Value: 39, Source: "safety", Point: "gate"},
		{Measure: 0, Area: 2, Value: 8, Source: "safety"}, {Measure: 1, Area: 2, Value: 3, Source: "safety"},
		{Measure: 0, Area: 3, Value: 2.5, Source: "other"}, {Measure: 1, Area: 3, Value: 2.25},
		{Measure: 0, Area: 0, Value: -1},
		{Measure: 2, Area: 1, Value: 7, Source: "a", Point: "l-1"}, {Measure: 2, Area: 1, Value: 9, Source: "b", Point: "l-1"}, {Measure: 2, Area: 2, Value: 5, Point: "l-9"},
		{Measure: 3, Area: 2, Value: 1, Point: "somebody", Source: "clinic"}, {Measure: 3, Area: 1, Value: 1, Point: "another", Source: "clinic"},
	} {
		r.At, r.Origin.Entry = noon-int64(i), reading.EntryID{Ms: uint64(noon), Seq: uint64(i)}
		s.Apply(&r)
	}
	s.Refuse("due", "pond", noon)
	s.Miss(rollup.Gap{Stream: "readings", Kind: "trimmed", From: noon - 9000, To: noon - 5000, Count: 3, Found: noon})
	s.Settle()
	v := tile.View{State: s}
	m := busy()
	m.explain = func(_ context.Context, p indicator.Place, a area.Index) (tile.Explanation, error) {
		return v.Explain(p, a, time.UTC), nil
	}
	m.value = func(_ context.Context, p indicator.Place, a area.Index) (tile.Value, error) {
		return v.ValueOf(p, a), nil
	}
	return m
}

// told is what the test reads of an answer, by itself.
type told struct {
	Indicator struct {
		Numerator, Denominator, Formula string
		Scale                           float64
		Versions                        []map[string]any
	}
	Value    *float64
	Rejected int
	Sources  []struct {
		Source   string
		Readings int
	}
	Gaps  []struct{ Count int }
	Parts []struct {
		Measure       string
		Value         *float64
		Contributions []struct {
			Area, Point *string
			Value       *float64
			Count       *float64
			Newest      *struct {
				Value, At float64
				Source    string
				Entry     string
			}
		}
	}
	Disputes []struct {
		Point  string
		Values []struct{ Value float64 }
	}
	Reconciles bool
}

func explained(t *testing.T, d *door, of, at string) told {
	t.Helper()
	target := api.Prefix + "/explain?indicator=" + of + "&area=" + at
	w := d.ask(t, "GET", target, "")
	var x told
	if err := json.Unmarshal(w.Body.Bytes(), &x); w.Code != http.StatusOK || err != nil {
		t.Fatalf("%s: %d, %v: %s", target, w.Code, err, w.Body)
	}
	return x
}

func TestWhatExplainReturnsGivesTheValueAgain(t *testing.T) {
	t.Parallel()
	d := open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{}, lively(t))
	floors := 0
	down := func(of, at string) float64 {
		x := explained(t, d, of, at)
		if !x.Reconciles || x.Value == nil {
			t.Fatalf("%s at %s: reconciles %v, value %v", of, at, x.Reconciles, x.Value)
		}
		parts := map[string]float64{}
		for _, p := range x.Parts {
			for _, c := range p.Contributions {
				parts[p.Measure] += *c.Value
				if c.Area != nil {
					floors++
					if below := explained(t, d, of, *c.Area); partOf(below, p.Measure) != *c.Value {
						t.Errorf("%s at %s brings in %v, and its own floor says %v", p.Measure, *c.Area, *c.Value, partOf(below, p.Measure))
					}
				} else if c.Newest == nil || c.Newest.Entry == "" {
					t.Errorf("%s at %s: point %q without its newest reading", p.Measure, at, *c.Point)
				}
			}
			if math.Abs(parts[p.Measure]-*p.Value) > 1e-9 {
				t.Errorf("%s at %s: contributions of %s give %v, the part is %v", of, at, p.Measure, parts[p.Measure], *p.Value)
			}
		}
		v := parts[of]
		switch {
		case x.Indicator.Numerator != "":
			v = x.Indicator.Scale * parts[x.Indicator.Numerator] / parts[x.Indicator.Denominator]
		case x.Indicator.Formula == "due - timely":
			v = parts["due"] - parts["timely"]
		}
		if math.Abs(v-*x.Value) > 1e-9*math.Abs(v) {
			t.Errorf("%s at %s: recombined %v, shown %v", of, at, v, *x.Value)
		}
		return v
	}
	for _, of := range []string{"rate", "open", "lamps"} {
		for _, at := range []string{"town", "east", "west", "pond"} {
			if of != "lamps" || at != "west" {
				down(of, at)
			}
		}
	}
	if floors == 0 {
		t.Error("no floor below was looked at")
	}
}

func partOf(x told, measure string) float64 {
	for _, p := range x.Parts {
		if p.Measure == measure && p.Value != nil {
			return *p.Value
		}
	}
	return math.NaN()
}

func TestExplainTellsOfSourcesDisputesGapsAndRejections(t *testing.T) {
	t.Parallel()
	d := open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{}, lively(t))
	x := explained(t, d, "rate", "town")
	if x.Rejected != 1 || len(x.Gaps) != 1 || x.Gaps[0].Count != 3 || len(x.Sources) != 3 || x.Indicator.Versions == nil {
		t.Errorf("rate at town: %+v", x)
	}
	if x := explained(t, d, "rate", "west"); x.Rejected != 0 {
		t.Errorf("rate at west: %d rejected, want none", x.Rejected)
	}
	if x := explained(t, d, "lamps", "east"); len(x.Disputes) != 1 || x.Disputes[0].Point != "l-1" || len(x.Disputes[0].Values) != 2 || x.Disputes[0].Values[0].Value != 7 {
		t.Errorf("disputes about lamps at east: %+v", x.Disputes)
	}
}

func TestExplainNamesNobody(t *testing.T) {
	t.Parallel()
	d := open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{}, lively(t))
	x := explained(t, d, "watched", "east")
	if x.Value == nil || *x.Value != 2 || !x.Reconciles {
		t.Fatalf("watched at east: %v, want 2", x.Value)
	}
	for _, c := range x.Parts[0].Contributions {
		if c.Value != nil || c.Count != nil || c.Newest != nil || c.Point != nil && *c.Point != "" {
			t.Errorf("below the root's children: %+v", c)
		}
	}
	if x := explained(t, d, "watched", "town"); *x.Parts[0].Contributions[0].Value != 2 {
		t.Errorf("the root's children are aggregates and may be seen: %+v", x.Parts[0].Contributions)
	}
}

func TestExplainRefusesWhatItMust(t *testing.T) {
	t.Parallel()
	away := lively(t)
	away.explain = func(context.Context, indicator.Place, area.Index) (tile.Explanation, error) {
		return tile.Explanation{}, fault.New(fault.Unavailable, "", "not yet")
	}
	tests := map[string]struct {
		query     string
		anonymous string
		movers    *movers
		status    int
	}{
		"an unknown indicator":                 {"indicator=nothing&area=town", "viewer", nil, 404},
		"an unknown area":                      {"indicator=rate&area=nowhere", "viewer", nil, 404},
		"no area":                              {"indicator=rate", "viewer", nil, 400},
		"a query that can't be read":           {"indicator=rate&area=%zz", "viewer", nil, 400},
		"a person's area":                      {"indicator=watched&area=pond", "viewer", nil, 403},
		"a stranger and an internal indicator": {"indicator=rate&area=town", "none", nil, 401},
		"a stranger and what isn't there":      {"indicator=nothing&area=town", "none", nil, 401},
		"an engine that isn't ready":           {"indicator=rate&area=town", "viewer", away, 503},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := tt.movers
			if m == nil {
				m = lively(t)
			}
			d := open(t, api.Config{Anonymous: tt.anonymous}, api.DoorConfig{}, m)
			wantProblem(t, tt.query, d.ask(t, "GET", api.Prefix+"/explain?"+tt.query, ""), tt.status)
		})
	}
	if w := open(t, api.Config{Anonymous: "none"}, api.DoorConfig{}, lively(t)).ask(t, "GET", api.Prefix+"/explain?indicator=lamps&area=town", ""); w.Code != http.StatusOK {
		t.Errorf("a public indicator without sign-in: %d", w.Code)
	}
}

func TestADefinitionTellsOfItsLaterCalibers(t *testing.T) {
	t.Parallel()
	d := town(t)
	rate := &d.Catalogue.Indicators[0]
	next := *rate
	next.Caliber, next.Numerator, next.Denominator, next.Measure = "新口径", "", "", "due"
	rate.Versions = []indicator.Version{{ValidFrom: "2999-01-01", Changed: next}}
	x := explained(t, over(t, d), "rate", "town")
	if len(x.Indicator.Versions) != 1 || x.Indicator.Numerator != "timely" {
		t.Fatalf("versions %+v of numerator %q", x.Indicator.Versions, x.Indicator.Numerator)
	}
	v := x.Indicator.Versions[0]
	if v["valid_from"] != "2999-01-01" || v["caliber"] != "新口径" || v["measure"] != "due" || v["numerator"] != nil || len(v) != 6 {
		t.Errorf("the later caliber changes %v", v)
	}
}

// over opens the door of a district of the test's own.
func over(t *testing.T, d *district.District) *door {
	t.Helper()
	d.Zone = time.UTC
	return openOver(t, d, api.Config{Anonymous: "viewer"}, api.DoorConfig{}, lively(t))
}
