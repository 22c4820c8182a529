package simulate_test

import (
	"testing"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/server/simulate"
)

func TestThePastKeepsItsBounds(t *testing.T) {
	t.Parallel()
	d := shipped(t)
	for name, start := range map[string]time.Time{
		"in the afternoon":         afternoon(d.Zone),
		"at midnight":              time.Date(2026, 11, 24, 0, 0, 0, 0, d.Zone),
		"a minute later":           time.Date(2026, 11, 24, 0, 1, 0, 0, d.Zone),
		"at the end of the year":   time.Date(2026, 12, 31, 23, 58, 0, 0, d.Zone),
		"at the beginning of next": time.Date(2027, 1, 2, 8, 0, 0, 0, d.Zone),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := playShipped(t, d, simulate.Config{Start: start})
			l := listen(t, d)
			for entries := range g.Past(30) {
				for _, e := range entries {
					if len(e.Fields) != 2 || e.Fields[0] != "batch" || len(e.Fields[1]) > 1<<20 || e.ID == "" {
						t.Fatalf("entry %q has the fields %q and %d bytes", e.ID, e.Fields[0], len(e.Fields[1]))
					}
				}
				l.hear(entries, start)
			}
			if l.n > 500_000 || l.n < 100_000 {
				t.Errorf("the past has %d readings, want 100,000 to 500,000", l.n)
			}
			if last := start.UnixMilli() - 1; l.last.Ms != uint64(last) {
				t.Errorf("the last entry is of %d, want %d", l.last.Ms, last)
			}
		})
	}
}

func TestThePastAndTheDayFitTogether(t *testing.T) {
	t.Parallel()
	d := hamlet(t)
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, d.Zone)
	evening := noon.Add(9 * time.Hour)
	sum := func(start time.Time) map[string]float64 {
		l := listen(t, d)
		midnight := noon.Add(-12 * time.Hour).UnixMilli()
		sums := map[string]float64{}
		l.each = func(r *reading.Reading, measure, area string) {
			if r.At >= midnight && r.At < evening.UnixMilli() {
				sums[measure+" "+area] += r.Value
			}
		}
		g := play(t, d, small, simulate.Config{Start: start})
		for entries := range g.Past(3) {
			l.hear(entries, start)
		}
		for now := start; now.Before(evening); {
			now = now.Add(time.Minute)
			entries, _ := g.Step(now)
			l.hear(entries, now.Add(-time.Millisecond))
		}
		return sums
	}
	early, late := sum(noon), sum(evening)
	for _, id := range []string{"calls east", "calls west", "answered east", "answered west"} {
		if early[id] != late[id] || early[id] == 0 {
			t.Errorf("%s today: %v when half of it is past, %v when all of it is", id, early[id], late[id])
		}
	}
}

func TestTheYearIsToldForMeasuresOfAYear(t *testing.T) {
	t.Parallel()
	d := hamlet(t)
	start := time.Date(2026, 11, 24, 12, 0, 0, 0, d.Zone)
	g := play(t, d, small, simulate.Config{Start: start})
	l := listen(t, d)
	first := map[string]int64{}
	l.each = func(r *reading.Reading, measure, _ string) {
		if first[measure] == 0 {
			first[measure] = r.At
		}
	}
	for entries := range g.Past(30) {
		l.hear(entries, start)
	}
	day := func(ms int64) string { return time.UnixMilli(ms).In(d.Zone).Format(time.DateOnly) }
	for measure, want := range map[string]string{"calls": "2026-01-07", "water": "2026-10-25", "wheels": "2026-10-25"} {
		if got := day(first[measure]); got != want {
			t.Errorf("%s begins on %s, want %s", measure, got, want)
		}
	}
	if got := l.sum["calls"]; got < 0.8*328*2000 || got > 1.2*328*2000 {
		t.Errorf("the year has %v calls, want about %v", got, 328*2000)
	}
}

// TestADayLooksLikeOne rolls the shipped day up at several hours and looks at
// what a wall would show.
func TestADayLooksLikeOne(t *testing.T) {
	t.Parallel()
	d := shipped(t)
	for name, start := range map[string]time.Time{
		"a Tuesday night":     time.Date(2026, 11, 24, 0, 20, 0, 0, d.Zone),
		"a Tuesday morning":   time.Date(2026, 11, 24, 9, 40, 0, 0, d.Zone),
		"a Thursday at six":   time.Date(2026, 11, 26, 18, 5, 0, 0, d.Zone),
		"a Saturday at three": time.Date(2026, 11, 28, 15, 0, 0, 0, d.Zone),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := playShipped(t, d, simulate.Config{Seed: 1, Start: start})
			l := listen(t, d)
			l.fold(start)
			for entries := range g.Past(30) {
				l.hear(entries, start)
			}
			l.listenFor(g, start, 2*time.Minute, 100*time.Millisecond)
			count := map[string]map[indicator.Status]int{}
			for a := area.Index(0); int(a) < d.Areas.Len(); a++ {
				kind := d.Areas.At(a).Kind
				if count[kind] == nil {
					count[kind] = map[indicator.Status]int{}
				}
				for p := range d.Catalogue.Indicators {
					in := &d.Catalogue.Indicators[p]
					f := l.state.Figure(indicator.Place(p), a)
					count[kind][f.Status]++
					if in.Unit == "%" && in.Numerator != "" && f.Value.OK && (f.Value.V < 0 || f.Value.V > 100) {
						t.Errorf("%s at %s is %v %%", in.ID, d.Areas.At(a).ID, f.Value.V)
					}
					if kind == "district" && (f.Status == indicator.Stale || f.Status == indicator.Empty) {
						t.Errorf("%s is %s in the district", in.ID, f.Status)
					}
				}
			}
			few(t, count["district"], "the district", 3, 12)
			few(t, count["street"], "the streets", 6, 24)
			if count["street"][indicator.Warn] == 0 {
				t.Error("no street has a warning: a wall of them shows nothing")
			}
			worst(t, l)
		})
	}
}

// few holds how many figures are not normal to what is believable.
func few(t *testing.T, n map[indicator.Status]int, where string, alarms, warns int) {
	t.Helper()
	if n[indicator.Alarm] > alarms || n[indicator.Warn] > warns {
		t.Errorf("%s: %v, want up to %d alarms and %d warnings", where, n, alarms, warns)
	}
}

// worst holds that Shiqiao is the street to look at.
func worst(t *testing.T, l *listener) {
	t.Helper()
	p, known := l.d.Catalogue.Indicator("ev_dispose_ontime_rate")
	if !known {
		t.Fatal("no indicator ev_dispose_ontime_rate")
	}
	low, lowest := 101.0, ""
	for _, a := range l.d.Areas.Children(l.d.Areas.Root()) {
		if v := l.state.Figure(p, a).Value; v.OK && v.V < low {
			low, lowest = v.V, l.d.Areas.At(a).ID
		}
	}
	whole := l.state.Figure(p, l.d.Areas.Root()).Value.V
	if lowest != "shiqiao" || low < 89 || low > 93 || whole < 94.5 || whole > 97.5 {
		t.Errorf("handled in time: %v in the district, the least %v in %s; want about 96 and 91 in shiqiao", whole, low, lowest)
	}
}
