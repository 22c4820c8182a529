package simulate_test

import (
	"math"
	"testing"
	"time"

	"citydeck/cockpits/monitor/reading"
	"citydeck/server/simulate"
)

// hours of the hamlet from noon on: what each measure adds up to in each
// minute, and how many readings come.
func minutes(t *testing.T, day string, long time.Duration) (sums, counts map[string][]float64) {
	t.Helper()
	d := hamlet(t)
	start := time.Date(2026, 11, 24, 12, 0, 0, 0, d.Zone)
	sums, counts = map[string][]float64{}, map[string][]float64{}
	g := play(t, d, day, simulate.Config{Start: start})
	l := listen(t, d)
	n := int(long / time.Minute)
	now := start
	l.each = func(r *reading.Reading, measure, area string) {
		key := measure + "@" + area
		if sums[key] == nil {
			sums[key], counts[key] = make([]float64, n+1), make([]float64, n+1)
		}
		at := int(now.Sub(start) / time.Minute)
		sums[key][at] += r.Value
		counts[key][at]++
	}
	for now.Before(start.Add(long)) {
		now = now.Add(500 * time.Millisecond)
		entries, _ := g.Step(now)
		l.hear(entries, now)
	}
	return sums, counts
}

// total adds up minutes.
func total(list []float64, from, to int) (sum float64) {
	for _, v := range list[from:to] {
		sum += v
	}
	return sum
}

func TestAnIncidentTravelsThroughTheMeasuresItNames(t *testing.T) {
	t.Parallel()
	day := small + `
[[incident]]
id = "flood"
at = ["12:20"]
area = "west"
effect = [
  { measure = ["calls"], lasts = "20m", times = 12 },
  { measure = ["answered"], lasts = "20m", times = 0.1 },
  { measure = ["turning"], after = "30m", lasts = "10m", times = 0.25 },
  { measure = ["wheels"], after = "30m", lasts = "10m", add = 8 },
]
[[incident]]
id = "dry"
at = ["12:20"]
area = "hamlet"
effect = [{ measure = ["water"], lasts = "20m", times = 0.5 }]
`
	sums, counts := minutes(t, day, time.Hour)
	before, during := total(sums["calls@west"], 0, 20), total(sums["calls@west"], 20, 40)
	if during < 6*before || during > 24*before {
		t.Errorf("calls in the west: %v in the 20 minutes before a flood of 12 times, %v in it", before, during)
	}
	if east := total(sums["calls@east"], 20, 40); east > 2*total(sums["calls@east"], 0, 20)+10 {
		t.Errorf("%v calls in the east, where no flood is", east)
	}
	if rate := total(sums["answered@west"], 20, 40) / during; rate > 0.2 {
		t.Errorf("in the flood %v of the calls were answered, want about 0.09", rate)
	}
	if rate := total(sums["answered@west"], 0, 20) / before; rate < 0.7 {
		t.Errorf("before the flood %v of the calls were answered, want about 0.9", rate)
	}
	mean := func(id string, at int) float64 { return sums[id][at] / counts[id][at] }
	if mean("wheels@west", 45) != 40 || mean("wheels@west", 55) != 48 || mean("wheels@east", 55) != 40 {
		t.Errorf("wheels: %v, with 8 more %v, elsewhere %v", mean("wheels@west", 45), mean("wheels@west", 55), mean("wheels@east", 55))
	}
	if got := mean("turning@west", 55); math.Abs(got-6) > 1 {
		t.Errorf("%v of 48 wheels turn at a half of a quarter", got)
	}
	if before, dry := total(sums["water@hamlet"], 0, 20), total(sums["water@hamlet"], 20, 40); math.Abs(dry/before-0.5) > 0.15 {
		t.Errorf("water: %v before the dry time, %v in it", before, dry)
	}
}

func TestWhatIsAddedComesExactlyOnce(t *testing.T) {
	t.Parallel()
	quiet, _ := minutes(t, small, time.Hour)
	busy, _ := minutes(t, small+`
[[incident]]
id = "i"
at = ["12:20"]
area = "hamlet"
effect = [{ measure = ["calls"], lasts = "20m", add = 7 }]
`, time.Hour)
	more := 0.0
	for _, street := range []string{"calls@east", "calls@west"} {
		if total(busy[street], 0, 20) != total(quiet[street], 0, 20) || total(busy[street], 41, 60) != total(quiet[street], 41, 60) {
			t.Errorf("%s differs outside of the incident", street)
		}
		more += total(busy[street], 20, 41) - total(quiet[street], 20, 41)
	}
	if more != 7 {
		t.Errorf("an incident that adds 7 calls added %v", more)
	}
}

func TestASilentPlaceSaysNothingAndCatchesUp(t *testing.T) {
	t.Parallel()
	quiet, _ := minutes(t, small, time.Hour)
	sums, counts := minutes(t, small+`
[[incident]]
id = "cut"
at = ["12:20"]
area = "west"
effect = [{ measure = ["calls", "wheels"], lasts = "20m", silent = true }]
`, time.Hour)
	for _, id := range []string{"calls@west", "answered@west", "wheels@west", "turning@west"} {
		if n := total(counts[id], 21, 40); n != 0 {
			t.Errorf("%s came %v times while the line was cut", id, n)
		}
		if total(counts[id], 41, 60) == 0 {
			t.Errorf("%s never came back", id)
		}
	}
	if total(counts["calls@east"], 21, 40) == 0 {
		t.Error("the east said nothing either")
	}
	if total(sums["calls@west"], 0, 60) != total(quiet["calls@west"], 0, 60) {
		t.Errorf("with a cut the hour has %v calls in the west, without %v", total(sums["calls@west"], 0, 60), total(quiet["calls@west"], 0, 60))
	}
}

func TestIncidentsKeepToTheirDays(t *testing.T) {
	t.Parallel()
	for days, want := range map[string]float64{"work": 7, "off": 0} { // it is a Tuesday
		quiet, _ := minutes(t, small, time.Hour)
		busy, _ := minutes(t, small+"[[incident]]\nid = \"i\"\ndays = \""+days+"\"\nat = [\"12:20\"]\narea = \"west\"\neffect = [{ measure = [\"calls\"], lasts = \"20m\", add = 7 }]\n", time.Hour)
		if more := total(busy["calls@west"], 0, 60) - total(quiet["calls@west"], 0, 60); more != want {
			t.Errorf("an incident on days %q adds %v calls on a Tuesday, want %v", days, more, want)
		}
	}
}
