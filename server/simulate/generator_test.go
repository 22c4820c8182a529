package simulate_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"citydeck/cockpits/monitor/reading"
	"citydeck/server/simulate"
)

// A Tuesday in the afternoon, in the district's time.
func afternoon(z *time.Location) time.Time { return time.Date(2026, 11, 24, 15, 20, 0, 0, z) }

func TestTheSameSeedTellsTheSameDay(t *testing.T) {
	t.Parallel()
	d := shipped(t)
	tell := func(seed uint64) (all []simulate.Entry) {
		start := afternoon(d.Zone)
		g := playShipped(t, d, simulate.Config{Seed: seed, Start: start})
		for entries := range g.Past(2) {
			all = append(all, entries...)
		}
		for i := range 50 {
			entries, _ := g.Step(start.Add(time.Duration(i+1) * 100 * time.Millisecond))
			all = append(all, entries...)
		}
		return all
	}
	one, again, other := tell(7), tell(7), tell(8)
	if !reflect.DeepEqual(one, again) {
		t.Error("seed 7 told two different days")
	}
	if reflect.DeepEqual(one, other) {
		t.Error("seeds 7 and 8 told the same day")
	}
}

func TestEveryMeasureOfTheCatalogueIsFed(t *testing.T) {
	t.Parallel()
	d := shipped(t)
	start := afternoon(d.Zone)
	g := playShipped(t, d, simulate.Config{Start: start})
	l := listen(t, d)
	for entries := range g.Past(30) {
		l.hear(entries, start)
	}
	for i := range d.Catalogue.Measures {
		if m := d.Catalogue.Measures[i].ID; l.count[m] == 0 {
			t.Errorf("measure %s has no reading in 30 days", m)
		}
	}
}

func TestTheRateIsKeptAndChangesNoTotals(t *testing.T) {
	t.Parallel()
	d := shipped(t)
	start := afternoon(d.Zone)
	end := start.Add(3 * time.Hour)
	sums := func(rate float64) map[string]float64 {
		g := playShipped(t, d, simulate.Config{Rate: rate, Start: start})
		l := listen(t, d)
		l.listenFor(g, start, 20*time.Second, 100*time.Millisecond)
		if got := float64(l.n) / 20; math.Abs(got-rate) > rate/50 {
			t.Errorf("at a rate of %v came %v readings a second", rate, got)
		}
		entries, _ := g.Step(end) // nobody has asked for so long that everything is due
		l.hear(entries, end)
		return l.sum
	}
	slow, fast := sums(400), sums(9000)
	checked := 0
	for i := range d.Catalogue.Measures {
		m := &d.Catalogue.Measures[i]
		if m.Kind != "flow" {
			continue
		}
		checked++
		if most := math.Abs(slow[m.ID]) * 1e-3; math.Abs(slow[m.ID]-fast[m.ID]) > max(most, 0.001) {
			t.Errorf("%s adds up to %v at 400 a second, to %v at 9000", m.ID, slow[m.ID], fast[m.ID])
		}
	}
	if checked < 50 {
		t.Errorf("compared %d flows, want more than 50", checked)
	}
}

func TestEntriesAreWhatTheSettingsAsk(t *testing.T) {
	t.Parallel()
	d := hamlet(t)
	start := afternoon(d.Zone)
	tests := map[string]struct {
		config simulate.Config
		flat   bool
		most   int
	}{
		"flat":              {simulate.Config{Batch: 1}, true, 1},
		"three in a batch":  {simulate.Config{Batch: 3}, false, 3},
		"over two streams":  {simulate.Config{Streams: []string{"readings:{a}", "readings:{b}"}}, false, 200},
		"as if not said":    {simulate.Config{}, false, 200},
		"six times as fast": {simulate.Config{Speed: 6}, false, 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.config.Start = start
			g := play(t, d, small, tt.config)
			home := map[string]string{}
			heard := map[string]bool{}
			for i := range 300 {
				now := start.Add(time.Duration(i+1) * time.Second)
				entries, _ := g.Step(now)
				for _, e := range entries {
					l := listen(t, d)
					l.each = func(r *reading.Reading, measure, area string) {
						if other, known := home[area]; known && other != e.Stream {
							t.Fatalf("%s is in the streams %s and %s", area, other, e.Stream)
						}
						home[area] = e.Stream
						heard[measure+" "+r.Point+" "+r.Source] = true
					}
					l.hear([]simulate.Entry{e}, now)
					if l.n > tt.most || (e.Fields[0] == "batch") == tt.flat {
						t.Fatalf("an entry holds %d readings as %q, want at most %d, flat: %v", l.n, e.Fields[0], tt.most, tt.flat)
					}
				}
			}
			for _, want := range []string{"calls  ", "water  ", `wheels big "mill" `, "turning small miller"} {
				if !heard[want] {
					t.Errorf("never heard %q, only %v", want, heard)
				}
			}
		})
	}
}

func TestSpeedMakesTheDayGoByFaster(t *testing.T) {
	t.Parallel()
	d := hamlet(t)
	start := afternoon(d.Zone)
	water := func(speed float64) float64 {
		l := listen(t, d)
		g := play(t, d, small, simulate.Config{Start: start, Speed: speed})
		l.listenFor(g, start, 30*time.Minute, time.Second)
		return l.sum["water"]
	}
	if one, ten := water(1), water(10); math.Abs(ten/one-10) > 1.5 {
		t.Errorf("in half an hour %v at speed 1, and %v at speed 10", one, ten)
	}
}

func TestADayThatDoesNotFitIsRefusedWithEveryReason(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ day, want string }{
		"another district":       {`district = "moon"`, `the day is one of the district "moon", not of "hamlet"`},
		"an unknown key":         {"[[report]]\nid = \"a\"\ncolour = \"red\"", "day.toml: "},
		"no TOML":                {"[[report", "day.toml: line 1: "},
		"a duration without":     {"[[report]]\nevery = \"soon\"", `"soon" is no duration`},
		"a measure that is not":  {report(`{ id = "gold" }`), "report r: measure gold: is not in the catalogue"},
		"a parent that is not":   {report(`{ id = "calls", of = "gold" }`), `report r: measure calls: is of "gold", which doesn't stand before it`},
		"a stock among events":   {report(`{ id = "wheels" }`), "report r: measure wheels: is a stock, and the report one of event"},
		"a measure twice":        {report(`{ id = "calls" }, { id = "calls" }`), "report r: measure calls: is in another report already"},
		"a curve that is not":    {report(`{ id = "calls", curve = "steep" }`), `report r: measure calls: curve "steep" is unknown`},
		"a place without a list": {"[[report]]\nid = \"r\"\nkind = \"stock\"\nat = \"street\"\nevery = \"1s\"\nmeasure = [{ id = \"wheels\" }]", "report r: measure wheels: is expected from the list mills, not from street"},
		"a kind that is not":     {"[[report]]\nid = \"r\"\nkind = \"rumour\"", `report r: kind = "rumour" is neither event, amount nor stock`},
		"nowhere":                {"[[report]]\nid = \"r\"\nkind = \"stock\"\nat = \"moon\"\nevery = \"1s\"\nmeasure = [{ id = \"turning\" }]", "report r: comes from nowhere: no moon"},
		"an hour short":          {"[curve.c]\nhours = [1]\n" + report(`{ id = "calls", curve = "c" }`), `curve "c" has 1 and 1 hours, not 24`},
		"an incident nowhere":    {"[[incident]]\nid = \"i\"\narea = \"moon\"", `incident i: befalls nothing: area "moon", any ""`},
		"an incident in nothing": {"[[incident]]\nid = \"i\"\narea = \"east\"\neffect = [{ measure = [\"gold\"], lasts = \"1m\" }]", `incident i: measure "gold" is in no report`},
		"an incident at no time": {"[[incident]]\nid = \"i\"\narea = \"east\"\nat = [\"25:00\"]", `incident i: at "25:00" is no clock time`},
	}
	d := hamlet(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{"day.toml": &fstest.MapFile{Data: []byte(tt.day)}}
			_, err := simulate.New(d, files, simulate.Config{Rate: 1, Streams: []string{"readings"}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("a day with\n%s\nis refused with %v, want %q in it", tt.day, err, tt.want)
			}
		})
	}
}
