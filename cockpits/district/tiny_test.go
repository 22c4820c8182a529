package district_test

import (
	"encoding/csv"
	"hash/fnv"
	"io/fs"
	"math"
	"testing"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/fixtures"
)

// tiny loads the district that a person can compute by hand.
func tiny(t *testing.T) (*district.District, fs.FS) {
	t.Helper()
	files, err := fs.Sub(fixtures.Districts, "districts/tiny")
	if err != nil {
		t.Fatal(err)
	}
	d, err := district.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return d, files
}

// morning rolls up its readings.csv as if each came as an entry at 11:59:59.
func morning(t *testing.T, d *district.District, files fs.FS) *rollup.State {
	t.Helper()
	lists := map[string][]rollup.Listed{}
	for _, list := range d.Lists {
		for _, p := range list.Points {
			lists[list.ID] = append(lists[list.ID], rollup.Listed{Point: p.ID, Area: p.Area})
		}
	}
	arrive := time.Date(2026, 11, 25, 11, 59, 59, 0, d.Zone).UnixMilli()
	state := rollup.New(d.Areas, d.Catalogue, rollup.Options{
		Zone: d.Zone, Lateness: d.Lateness, Forget: 720 * time.Hour, Points: 100, Dedupe: time.Hour, Keys: 100, Lists: lists,
	}, arrive)
	file, err := files.Open("readings.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	hash := func(b []byte) uint64 {
		h := fnv.New64a()
		h.Write(b)
		return h.Sum64()
	}
	decoder := reading.NewRules(d.Catalogue, d.Areas, d.Lateness, hash).Decoder(0)
	for n, row := range rows[1:] {
		entry := reading.Entry{ID: reading.EntryID{Ms: uint64(arrive), Seq: uint64(n)}, Judged: arrive}
		for i, name := range rows[0] {
			entry.Fields = append(entry.Fields, reading.Field{Name: []byte(name), Value: []byte(row[i])})
		}
		var b reading.Batch
		decoder.Entry(&b, &entry)
		if len(b.Readings) != 1 {
			t.Fatalf("row %d of readings.csv is refused: %v", n+2, b.Rejected)
		}
		state.Apply(&b.Readings[0])
	}
	return state
}

// TestTheTinyDistrictByHand holds the roll-up to what its README computes.
func TestTheTinyDistrictByHand(t *testing.T) {
	t.Parallel()
	type want struct {
		value      float64 // NaN: none
		level      indicator.Level
		status     indicator.Status
		fresh, all int
	}
	none := math.NaN()
	tests := map[string]struct {
		indicator, area string
		clock           string // of 2026-11-25, or 24 hours more
		want            want
	}{
		"a ratio in the east":                    {"rate", "east", "12h", want{99.9, "normal", indicator.Normal, 0, 0}},
		"a ratio with a correction in the west":  {"rate", "west", "12h", want{2191.0 / 2203 * 100, "normal", indicator.Normal, 0, 0}},
		"a ratio of sums, not a mean of ratios":  {"rate", "mill", "12h", want{3190.0 / 3203 * 100, "normal", indicator.Normal, 0, 0}},
		"a sum for ever":                         {"due_ever", "mill", "12h", want{3203, "", indicator.Normal, 0, 0}},
		"a fresh stock":                          {"hottest", "east", "12h", want{180, "normal", indicator.Normal, 1, 1}},
		"a stale stock keeps its level":          {"hottest", "west", "12h", want{260, "warn", indicator.Stale, 0, 1}},
		"half of the points fresh is enough":     {"hottest", "mill", "12h", want{260, "warn", indicator.Warn, 1, 2}},
		"the newest by its time, not by arrival": {"on_duty", "west", "12h", want{7, "", indicator.Normal, 1, 1}},
		"stocks add up":                          {"on_duty", "mill", "12h", want{19, "", indicator.Normal, 2, 2}},
		"silence makes stale":                    {"hottest", "mill", "12h6m", want{260, "warn", indicator.Stale, 0, 2}},
		"silence of all makes stale":             {"on_duty", "mill", "12h10m", want{19, "", indicator.Stale, 0, 2}},
		"a new day without a reading":            {"rate", "mill", "24h1m", want{none, "", indicator.Normal, 0, 0}},
		"a sum for ever outlasts the day":        {"due_ever", "mill", "24h1m", want{3203, "", indicator.Normal, 0, 0}},
	}
	d, files := tiny(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock, err := time.ParseDuration(tt.clock)
			if err != nil {
				t.Fatal(err)
			}
			state := morning(t, d, files)
			state.Advance(time.Date(2026, 11, 25, 0, 0, 0, 0, d.Zone).Add(clock).UnixMilli())
			state.Settle()
			p, known := d.Catalogue.Indicator(tt.indicator)
			at, there := d.Areas.Lookup(tt.area)
			if !known || !there {
				t.Fatalf("no indicator %s or no area %s", tt.indicator, tt.area)
			}
			f := state.Figure(p, at)
			got := want{f.Value.V, f.Level, f.Status, f.Coverage.Fresh, f.Coverage.Expected}
			if !f.Value.OK {
				got.value = none
			}
			same := math.Abs(got.value-tt.want.value) <= 1e-9*math.Abs(tt.want.value) || math.IsNaN(got.value) && math.IsNaN(tt.want.value)
			got.value, tt.want.value = 0, 0
			if !same || got != tt.want {
				t.Errorf("%s at %s after %s = %+v (value %v), want %+v", tt.indicator, tt.area, tt.clock, got, f.Value, tt.want)
			}
		})
	}
}

func TestTheTinyDistrictCountsFromItsFirstReading(t *testing.T) {
	t.Parallel()
	d, files := tiny(t)
	state := morning(t, d, files)
	state.Settle()
	p, _ := d.Catalogue.Indicator("due_ever")
	want := time.Date(2026, 11, 25, 8, 0, 0, 0, d.Zone).UnixMilli()
	for _, id := range []string{"mill", "east", "west"} {
		at, _ := d.Areas.Lookup(id)
		if got := state.Figure(p, at).CountsFrom; got != want {
			t.Errorf("due_ever at %s counts from %d, want %d, 08:00", id, got, want)
		}
	}
}
