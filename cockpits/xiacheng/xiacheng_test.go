package xiacheng_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"citydeck/cockpits/xiacheng"
)

// table reads a file as rows by column.
func table(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := xiacheng.Files.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var rows []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

type position [2]float64

// rings reads the outer ring of each area.
func rings(t *testing.T) map[string][]position {
	t.Helper()
	data, err := xiacheng.Files.ReadFile("areas.geojson")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Features []struct {
			Properties struct{ ID string }
			Geometry   struct{ Coordinates [][]position }
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	shapes := map[string][]position{}
	for _, f := range file.Features {
		if len(f.Geometry.Coordinates) != 1 {
			t.Errorf("%s has %d rings, want 1", f.Properties.ID, len(f.Geometry.Coordinates))
			continue
		}
		shapes[f.Properties.ID] = f.Geometry.Coordinates[0]
	}
	return shapes
}

// size is a ring's area in square degrees, above 0 when it runs counterclockwise.
func size(ring []position) float64 {
	sum := 0.0
	for i := range len(ring) - 1 {
		sum += (ring[i][0]-ring[0][0])*(ring[i+1][1]-ring[0][1]) - (ring[i+1][0]-ring[0][0])*(ring[i][1]-ring[0][1])
	}
	return sum / 2
}

// holds tells whether a place lies inside a ring.
func holds(ring []position, lon, lat float64) bool {
	in := false
	for i := range len(ring) - 1 {
		a, b := ring[i], ring[i+1]
		if (a[1] > lat) != (b[1] > lat) && lon < a[0]+(lat-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			in = !in
		}
	}
	return in
}

func TestTheTreeIsTheOneOfTheREADME(t *testing.T) {
	t.Parallel()
	kinds := map[string]int{}
	residents, below := map[string]int{}, map[string]int{}
	for _, a := range table(t, "areas.csv") {
		kinds[a["kind"]]++
		n, err := strconv.Atoi(a["residents"])
		if err != nil {
			t.Errorf("%s has %q residents", a["id"], a["residents"])
		}
		residents[a["id"]] = n
		below[a["parent"]] += n
		if a["name"] == "" || a["name_en"] == "" || a["note"] == "" {
			t.Errorf("%s has no name, English name or note", a["id"])
		}
		if a["kind"] == "grid" && (n < 600 || n > 1500) {
			t.Errorf("grid %s has %d residents, want about 1000", a["id"], n)
		}
		if (a["code"] != "") != (a["kind"] == "district" || a["kind"] == "street") {
			t.Errorf("%s %s has the code %q: only those of the district and the streets are known", a["kind"], a["id"], a["code"])
		}
	}
	for kind, want := range map[string]int{"district": 1, "street": 8, "community": 74, "park": 1, "grid": 504} {
		if kinds[kind] != want {
			t.Errorf("%d areas of kind %s, want %d", kinds[kind], kind, want)
		}
	}
	for id, n := range below {
		if id != "" && n != residents[id] {
			t.Errorf("%d residents below %s, and %d in it", n, id, residents[id])
		}
	}
}

// TestTheOutlinesFitTogether holds that the grids and the park fill the
// district without gap or overlap, corner to corner.
func TestTheOutlinesFitTogether(t *testing.T) {
	t.Parallel()
	shapes := rings(t)
	type line struct{ from, to position }
	drawn := map[line]string{}
	whole, leaves := map[string]float64{}, map[string]bool{}
	for _, a := range table(t, "areas.csv") {
		ring := shapes[a["id"]]
		if len(ring) < 4 || size(ring) <= 0 {
			t.Errorf("%s has an outline of %d corners and size %v", a["id"], len(ring), size(ring))
			continue
		}
		lon, _ := strconv.ParseFloat(a["lon"], 64)
		lat, _ := strconv.ParseFloat(a["lat"], 64)
		if !holds(ring, lon, lat) {
			t.Errorf("%s is placed at %v, %v, outside of its outline", a["id"], lon, lat)
		}
		whole[a["parent"]] += size(ring)
		if leaves[a["id"]] = a["kind"] == "grid" || a["kind"] == "park"; !leaves[a["id"]] {
			continue
		}
		for i := range len(ring) - 1 {
			l := line{ring[i], ring[i+1]}
			if other, twice := drawn[l]; twice {
				t.Errorf("%s and %s have the line %v on the same side", a["id"], other, l)
			}
			drawn[l] = a["id"]
		}
	}
	for id, sum := range whole {
		if id != "" && math.Abs(sum-size(shapes[id])) > 1e-12 {
			t.Errorf("what lies in %s fills %v square degrees of its %v", id, sum, size(shapes[id]))
		}
	}
	edge := shapes["xiacheng"]
	for l, id := range drawn {
		_, shared := drawn[line{l.to, l.from}]
		at := slices.Index(edge[:len(edge)-1], l.from)
		if !shared && (at < 0 || edge[at+1] != l.to) {
			t.Errorf("the line %v of %s has nothing on its other side", l, id)
		}
	}
}

func TestThePointsLieWhereTheyBelong(t *testing.T) {
	t.Parallel()
	shapes := rings(t)
	for _, p := range table(t, "points.csv") {
		lon, err := strconv.ParseFloat(p["lon"], 64)
		lat, err2 := strconv.ParseFloat(p["lat"], 64)
		switch {
		case p["name"] == "":
			t.Errorf("point %s of %s has no name", p["point"], p["list"])
		case p["list"] == "systems":
		case err != nil || err2 != nil || !holds(shapes[p["area"]], lon, lat):
			t.Errorf("point %s of %s lies at %s, %s, outside of %s", p["point"], p["list"], p["lon"], p["lat"], p["area"])
		}
	}
}

func TestTheCalendarMovesWorkingDays(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	for _, row := range table(t, "calendar.csv") {
		day, err := time.Parse(time.DateOnly, row["date"])
		if err != nil {
			t.Fatal(err)
		}
		weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if row["kind"] == "work" && !weekend {
			t.Errorf("%s is a %s: a working day anyway", row["date"], day.Weekday())
		}
		count[row["kind"]+row["date"][:4]]++
	}
	// As published: 2025 has 28 days off and 5 moved working days, 2026 has 33 and 6.
	for key, want := range map[string]int{"off2025": 28, "work2025": 5, "off2026": 33, "work2026": 6} {
		if count[key] != want {
			t.Errorf("%d days in the calendar as %s, want %d", count[key], key, want)
		}
	}
}
