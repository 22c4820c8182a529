package rollup_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
)

func ptr[T any](v T) *T { return &v }

// calibers is a district whose one indicator changes on New Year's Day 2026.
func calibers(t *testing.T) (*rollup.State, *indicator.Catalogue) {
	t.Helper()
	tree, faults := area.New([]area.Area{{ID: "root", Kind: "district"}, {ID: "east", Kind: "street", Parent: "root"}})
	if faults != nil {
		t.Fatal(faults)
	}
	base := indicator.Indicator{
		ID: "load", Numerator: "used", Denominator: "beds", Scale: 1, Caliber: "old", Direction: indicator.LowerBetter, Warn: ptr(0.9),
	}
	next := base
	next.Caliber, next.Denominator, next.Warn = "new", "all", ptr(0.1)
	base.Versions = []indicator.Version{{ValidFrom: "2026-01-01", Changed: next}}
	stock := func(id string) indicator.Measure {
		return indicator.Measure{ID: id, Kind: indicator.Stock, Combine: indicator.Sum, FreshFor: time.Hour}
	}
	cat := indicator.NewCatalogue([]indicator.Measure{stock("used"), stock("beds"), stock("all")}, []indicator.Indicator{base})
	s := rollup.New(tree, cat, options(nil), start)
	for m, v := range []float64{50, 100, 200} {
		r := at(indicator.Index(m), 1, start, v)
		s.Apply(&r)
	}
	return s, cat
}

func TestACaliberChangesAtMidnightOfItsDay(t *testing.T) {
	t.Parallel()
	midnight := start + hour/2
	tests := map[string]struct {
		now     int64
		value   float64
		level   indicator.Level
		caliber string
	}{
		"the last millisecond before": {midnight - 1, 0.5, indicator.LevelOK, "old"},
		"the first of the day":        {midnight, 0.25, indicator.LevelWarn, "new"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := calibers(t)
			s.Settle()
			s.Advance(tt.now) // nothing comes
			changed := s.Settle()
			f := s.Figure(0, 0)
			if f.Value != indicator.Some(tt.value) || f.Level != tt.level || s.Held(0).Caliber != tt.caliber {
				t.Errorf("%v, level %q by caliber %q; want %v, %q, %q", f.Value, f.Level, s.Held(0).Caliber, tt.value, tt.level, tt.caliber)
			}
			if tt.caliber == "new" && len(changed) != 2 {
				t.Errorf("the change is told of %v, want both areas", changed)
			}
			if x := s.Explain(0, 0); !x.Reconciles || len(x.Parts) != 2 {
				t.Errorf("explain: %+v", x)
			}
			s.Advance(midnight - 1) // and back
			s.Settle()
			if f := s.Figure(0, 0); f.Value != indicator.Some(0.5) {
				t.Errorf("before midnight again: %v", f.Value)
			}
		})
	}
}

func TestChangesOfCaliberAreMarked(t *testing.T) {
	t.Parallel()
	_, cat := calibers(t)
	d := &cat.Indicators[0]
	got := d.Changes(shanghai)
	if len(got) != 1 || got[0] != (indicator.Change{At: start + hour/2, Caliber: "new"}) {
		t.Errorf("changes %+v", got)
	}
	if held := d.Held(start, shanghai); held != d {
		t.Errorf("before its day the caliber %q holds", held.Caliber)
	}
}

// Days begin when the zone says so: where the clock is put forward at midnight
// the day begins at one, and where a day is left out the next one follows.
func TestADayIsTheZonesDay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		zone        string
		last, first string // RFC 3339: the last second of a day, the first of the next
	}{
		"put forward at midnight":  {"America/Sao_Paulo", "2018-11-03T23:59:59-03:00", "2018-11-04T01:00:00-02:00"},
		"put back at midnight":     {"America/Sao_Paulo", "2018-02-17T23:59:59-03:00", "2018-02-18T00:00:00-03:00"},
		"put forward at two":       {"Europe/Berlin", "2026-03-28T23:59:59+01:00", "2026-03-29T00:00:00+01:00"},
		"a day is left out":        {"Pacific/Apia", "2011-12-29T23:59:59-10:00", "2011-12-31T00:00:00+14:00"},
		"Shanghai, 1991, forward":  {"Asia/Shanghai", "1991-04-13T23:59:59+08:00", "1991-04-14T00:00:00+08:00"},
		"Shanghai, 1991, backward": {"Asia/Shanghai", "1991-09-14T23:59:59+09:00", "1991-09-15T00:00:00+09:00"},
		"a leap day":               {"Asia/Shanghai", "2024-02-28T23:59:59+08:00", "2024-02-29T00:00:00+08:00"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			ms := func(text string) int64 {
				at, err := time.Parse(time.RFC3339, text)
				if err != nil {
					t.Fatal(err)
				}
				return at.UnixMilli()
			}
			last, first := ms(tt.last), ms(tt.first)
			tree, cat, opt := small(t)
			opt.Zone = zone
			s := rollup.New(tree, cat, opt, last)
			for _, r := range []struct {
				at    int64
				value float64
			}{{last, 1}, {first - 1, 2}, {first, 4}} {
				x := at(0, 1, r.at, r.value)
				s.Apply(&x)
			}
			for now, want := range map[int64]float64{first - 1: 3, first: 4} {
				s.Advance(now)
				s.Settle()
				if f := s.Figure(0, 0); f.Value != indicator.Some(want) {
					t.Errorf("at %s: %v, want %v", time.UnixMilli(now).In(zone), f.Value, want)
				}
			}
		})
	}
}

func TestAStatusKnowsSinceWhen(t *testing.T) {
	t.Parallel()
	s, _ := calibers(t)
	s.Settle()
	since := func() int64 { return s.Figure(0, 1).Since }
	if since() != start {
		t.Fatalf("since %d, want %d", since(), start)
	}
	more := at(0, 1, start+1000, 60)
	s.Apply(&more)
	s.Advance(start + 1000)
	s.Settle()
	if since() != start {
		t.Errorf("another value moved since to %d", since())
	}
	s.Advance(start + hour/2)
	s.Settle()
	if f := s.Figure(0, 1); f.Status != indicator.Warn || f.Since != start+hour/2 {
		t.Errorf("%s since %d, want warn since midnight", f.Status, f.Since)
	}
	s.Advance(start + hour + 1001)
	s.Settle()
	if f := s.Figure(0, 1); f.Status != indicator.Stale || f.Level != indicator.LevelWarn || f.Since != start+hour+1001 {
		t.Errorf("%s, level %s since %d, want stale with its level", f.Status, f.Level, f.Since)
	}
}
