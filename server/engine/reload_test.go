package engine_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/tile"
	"citydeck/fixtures"
	"citydeck/server/engine"
)

// altered is the tiny district with texts replaced in all files, and files added.
func altered(t *testing.T, more map[string]string, pairs ...string) *district.District {
	t.Helper()
	folder, err := fs.Sub(fixtures.Districts, "districts/tiny")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	err = fs.WalkDir(folder, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(folder, path)
		files[path] = &fstest.MapFile{Data: []byte(strings.NewReplacer(pairs...).Replace(string(text)))}
		return err
	})
	for name, text := range more {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	if err != nil {
		t.Fatal(err)
	}
	d, err := district.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func rulesOf(d *district.District) *reading.Rules {
	return reading.NewRules(d.Catalogue, d.Areas, d.Lateness, nil)
}

const duty = `
[[measure]]
id = "workers"
name = "在岗人数"
name_en = "Workers on duty"
kind = "stock"
unit = "人"
`

const onDuty = `
[[indicator]]
id = "on_duty"
name = "在岗人数"
name_en = "Workers on duty"
measure = "workers"
unit = "人"
window = "latest"
`

func TestAnEngineTakesADistrictThatNumbersOtherwise(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, src := newMemory(), newSource()
		was := tiny(t)
		old := rulesOf(was)
		r := run(t, []*source{src}, newScreen(), func(c *engine.Config) { kept(m)(c); c.District, c.Rules = was, old })
		r.d = was
		defer func() { r.stop() }()
		settle(2 * time.Second)
		r.give(r.reading("due", "west", 10, time.Now()), r.reading("timely", "west", 4, time.Now()), r.reading("heat", "west", 260, time.Now()), r.reading("workers", "east", 3, time.Now()))
		settle(90 * time.Minute)
		before := map[string]tile.Tile{"rate": r.screen.tile(t, "mill", "rate"), "hottest": r.screen.tile(t, "mill", "hottest")}
		if got := before["rate"]; *got.Level != "alarm" {
			t.Fatalf("the rate is %+v, want an alarm", got)
		}
		r.give(r.reading("heat", "west", 261, time.Now()))
		settle(time.Second)

		is := altered(t, map[string]string{"indicators/a.toml": "[[measure]]\nid = \"calls\"\nname = \"来电\"\nkind = \"flow\"\n\n[[indicator]]\nid = \"calls_ever\"\nname = \"来电\"\nmeasure = \"calls\"\nwindow = \"total\"\n"},
			"alarm = 90", "alarm = 30", duty, "", onDuty, "", "east,东街", "dam,水坝,Dam,street,mill,,120.17,30.31\neast,东街")
		renewed := 0
		change := &engine.Change{District: is, Rules: rulesOf(is), Keeper: m, Renewed: func() { renewed++ }}
		first, told := r.screen.counts()
		if err := r.engine.Redefine(t.Context(), change); err != nil || renewed != 1 {
			t.Fatalf("the change: %v, %d times renewed", err, renewed)
		}
		synctest.Wait()
		if calls, flushed := r.screen.counts(); calls["mill"] == first["mill"] || flushed == told {
			t.Error("nothing is published with the change")
		}
		got := r.screen.tile(t, "mill", "rate")
		if *got.Level != "warn" || number(got.Parts[0]) != 4.0 || number(got.Parts[1]) != 10.0 {
			t.Errorf("the rate is %+v, want a warning of 4 of 10", got)
		}
		if len(got.Spark) < len(before["rate"].Spark) || len(got.Spark) < 3 {
			t.Errorf("its sparkline has %d points, before %d", len(got.Spark), len(before["rate"].Spark))
		}
		if hot := r.screen.tile(t, "mill", "hottest"); number(hot.Value) != 261.0 || *hot.Level != "warn" {
			t.Errorf("the hottest stove is %+v, want 261 and a warning", hot)
		}
		// What was read before the change is numbered as it was then.
		stale := reading.Batch{Rules: old, Entries: 1, Readings: []reading.Reading{r.reading("due", "west", 5, time.Now()), r.reading("workers", "east", 9, time.Now())}}
		stale.Position = stale.Readings[1].Origin.Entry
		src.in <- stale
		r.d = is
		r.give(r.reading("due", "dam", 1, time.Now()))
		settle(time.Second)
		if got := r.screen.tile(t, "mill", "rate"); number(got.Parts[1]) != 16.0 {
			t.Errorf("%v alarms are due, want 10, 5 and 1", number(got.Parts[1]))
		}
		if no := src.refused(); len(no) != 1 || no[0].Reason != reading.UnknownMeasure || no[0].Measure != "workers" || no[0].Area != "east" {
			t.Errorf("refused: %+v, want the workers of the east", no)
		}
		ever, _ := is.Catalogue.Indicator("due_ever")
		east, _ := is.Areas.Lookup("east")
		if _, err := r.engine.By(was).Value(t.Context(), ever, east); !errors.Is(err, engine.ErrReplaced) {
			t.Errorf("a question by the old numbers: %v, want ErrReplaced", err)
		}
		if _, err := r.engine.Import(t.Context(), engine.Import{Digest: "x", District: was}); !errors.Is(err, engine.ErrReplaced) {
			t.Errorf("an import by the old numbers: %v, want ErrReplaced", err)
		}
		if v, err := r.engine.By(is).Value(t.Context(), ever, is.Areas.Root()); err != nil || number(v.Value) != 16.0 || v.CountsFrom == nil {
			t.Errorf("by the new ones: %+v, %v, want 16", v, err)
		}
	})
}

func TestAlertsStayOpenOrCloseWithTheirThreshold(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pairs  []string
		open   float64
		events int // that the change tells
	}{
		"nothing that matters": {[]string{"Stove temperature", "Heat of stoves"}, 2, 0},
		"a lower one":          {[]string{"alarm = 90", "alarm = 30"}, 2, 2},
		"none any more":        {[]string{"warn = 95\nalarm = 90", ""}, 0, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				src := newSource()
				r := run(t, []*source{src}, newScreen(), nil)
				r.d = tiny(t)
				defer func() { r.stop() }()
				settle(2 * time.Second)
				r.give(r.reading("due", "west", 10, time.Now()), r.reading("timely", "west", 4, time.Now()))
				settle(time.Second)
				if got := r.screen.tile(t, "mill", "alerts"); number(got.Value) != 2.0 {
					t.Fatalf("%v alerts are open, want those of the west and the whole", number(got.Value))
				}
				before := len(r.screen.tile(t, "mill", "news").Items)
				since := r.screen.tile(t, "mill", "alerts").Items[0].Since
				settle(time.Minute)
				is := altered(t, nil, tt.pairs...)
				if err := r.engine.Redefine(t.Context(), &engine.Change{District: is, Renewed: func() {}}); err != nil {
					t.Fatal(err)
				}
				settle(time.Second)
				got := r.screen.tile(t, "mill", "alerts")
				if number(got.Value) != tt.open {
					t.Errorf("%v alerts are open, want %v", number(got.Value), tt.open)
				}
				if tt.events == 0 && *got.Items[0].Since != *since {
					t.Errorf("an alert is open since %d, want %d as before", *got.Items[0].Since, *since)
				}
				if told := len(r.screen.tile(t, "mill", "news").Items) - before; told != tt.events {
					t.Errorf("the feed tells %d events of it, want %d", told, tt.events)
				}
			})
		})
	}
}

func TestAChangeWaitsForNoDiskAndHearsWhatComesMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, src := newMemory(), newSource()
		m.slow = 3 * time.Second
		r := run(t, []*source{src}, newScreen(), kept(m))
		defer func() { r.stop() }()
		settle(2 * time.Second)
		r.give(r.reading("due", "west", 1, time.Now()))
		settle(5 * time.Second) // a checkpoint is on its way to a slow disk
		is := altered(t, nil, "east,东街", "dam,水坝,Dam,street,mill,,120.17,30.31\neast,东街")
		done := make(chan error, 1)
		go func() {
			done <- r.engine.Redefine(t.Context(), &engine.Change{District: is, Keeper: m, Renewed: func() {}})
		}()
		for range 40 {
			r.give(r.reading("due", "west", 1, time.Now()))
			settle(100 * time.Millisecond)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		settle(time.Second)
		if got := r.screen.tile(t, "mill", "rate"); number(got.Parts[1]) != 41.0 {
			t.Errorf("%v alarms are due, want 41", number(got.Parts[1]))
		}
		count := m.count()
		settle(10 * time.Second)
		if m.count() == count {
			t.Error("no checkpoint is taken after the change")
		}
	})
}
