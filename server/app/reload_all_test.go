package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/server/app"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"

	"github.com/redis/go-redis/v9"
)

// change replaces texts in a file of a folder.
func change(t testing.TB, dir, name string, pairs ...string) {
	t.Helper()
	was := put(t, dir, name, " ")
	is := strings.NewReplacer(pairs...).Replace(was)
	if is == was {
		t.Fatalf("%s has none of %q", name, pairs)
	}
	put(t, dir, name, is)
}

// more appends to a file of a folder, or makes it.
func more(t testing.TB, dir, name, text string) {
	t.Helper()
	put(t, dir, name, put(t, dir, name, " ")+text)
}

func (p *program) reload() {
	p.t.Helper()
	if err := p.app.Reload(p.t.Context()); err != nil {
		p.t.Fatalf("the reload ends with %v\n%s", err, p.log)
	}
}

const feedTile = `
[[tile]]
id = "news"
kind = "feed"
title = "动态"
x = 0
y = 8
w = 12
h = 4

[[tile]]
id = "most"
kind = "stat"
title = "最高水位"
indicator = "highest"
x = 12
y = 8
w = 6
h = 4
`

const moreIndicators = `
[[indicator]]
id = "highest"
name = "最高水位"
name_en = "Highest water"
measure = "level"
window = "latest"

[[indicator]]
id = "boats_hour"
name = "一小时船只"
name_en = "Boats an hour"
measure = "boats"
window = "60m"
`

func TestEverythingOfADistrictIsTakenWithoutARestart(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	redis := newProducer(t, server.Addr)
	cfg := settings(t, server.URL())
	dir := own(t, &cfg)
	p := serve(t, cfg)
	p.ready()
	redis.add("readings", "measure", "boats", "area", "sill", "value", "5", "id", "five")
	redis.add("readings", "measure", "boats_late", "area", "sill", "value", "1")
	redis.add("readings", "measure", "level", "area", "sill", "point", "pump-1", "value", "4")
	p.counts("late_share", "valley", "20")
	s := p.connect()
	s.say(`{"op":"subscribe","cockpit":"valley"}`)
	s.say(`{"op":"subscribe","cockpit":"gate"}`)
	s.sees("valley late level", `"warn"`)
	s.sees("gate boats value", "5")

	// a threshold: the level changes on the wall that is connected
	change(t, dir, "indicators/water.toml", "warn = 10", "warn = 30")
	p.reload()
	s.sees("valley late level", `"normal"`)
	s.sees("valley late value", "20")

	// another area before all others, another measure and indicators; one more tile
	change(t, dir, "areas.csv", "north,北", "east,东,East,town,valley,,,\nnorth,北", "Sill", "Threshold")
	change(t, dir, "indicators/water.toml", `name_en = "Boats"`, `name_en = "Ships"`)
	put(t, dir, "indicators/animals.toml", "[[measure]]\nid = \"fish\"\nname = \"鱼\"\nkind = \"flow\"\n\n[[indicator]]\nid = \"fish_ever\"\nname = \"鱼\"\nmeasure = \"fish\"\nwindow = \"total\"\n")
	more(t, dir, "indicators/water.toml", moreIndicators)
	more(t, dir, "cockpits/valley.toml", feedTile)
	p.reload()
	s.sees("valley most value", "4")
	s.sees("valley boats value", "5")
	redis.add("readings", "measure", "boats", "area", "east", "value", "2")
	redis.add("readings", "measure", "boats", "area", "sill", "value", "5", "id", "five") // known
	redis.add("readings", "measure", "fish", "area", "east", "value", "9")
	s.sees("valley boats value", "7")
	p.counts("fish_ever", "valley", "9")
	p.counts("boats_hour", "valley", "2") // what came before this was asked for is not told by hours
	p.counts("boats_ever", "east", "2")
	p.counts("boats_today", "sill", "5")
	if got := p.value("highest", "north"); got.number() != "4" || got.Coverage == nil || got.Coverage.Fresh != 1 || got.Coverage.Expected != 1 {
		t.Errorf("a new indicator over a known stock is %+v, want 4 of one fresh pump", got)
	}
	for path, word := range map[string]string{"/api/v1/areas/sill": "Threshold", "/api/v1/measures": "Ships", "/api/v1/areas/east": "East", "/api/v1/indicators/highest": "Highest"} {
		if _, text := p.ask("GET", path, ""); !strings.Contains(text, word) {
			t.Errorf("GET %s says %s, want %s in it", path, text, word)
		}
	}
	if _, text := p.ask("POST", "/api/v1/readings", `{"measure":"fish","area":"east","value":1}`); !strings.Contains(text, `"accepted":1`) {
		t.Errorf("a reading of what is new is answered %s", text)
	}
	p.counts("fish_ever", "valley", "10")

	// less: a tile, an area with all in it, a list's name, a calendar
	change(t, dir, "cockpits/gate.toml", "[[tile]]\nid = \"pumps\"", "[[tile]]\nid = \"wells\"")
	change(t, dir, "areas.csv", "hill,山,Hill,quarter,south,,,\n", "", "east,东,East,town,valley,,,\n", "")
	change(t, dir, "points.csv", "pumps,pump-2,hill,二号泵,,\n", "", "locks,lock-2,hill,二号船闸,,\n", "")
	change(t, dir, "lists.toml", "Pumps", "Engines")
	put(t, dir, "calendar.csv", "date,kind\n2026-10-01,off\n")
	p.reload()
	s.hear("the changed cockpit", func(m message) bool { return m.Op == "snapshot" && m.Cockpit == "gate" })
	s.sees("valley boats value", "5")
	if status := p.status("/api/v1/areas/hill"); status != 404 {
		t.Errorf("GET of the removed area: %d, want 404", status)
	}
	if _, text := p.ask("GET", "/api/v1/lists/pumps", ""); !strings.Contains(text, "Engines") || strings.Contains(text, "pump-2") {
		t.Errorf("the list says %s, want Engines without the second pump", text)
	}

	// and it is all there after a start with what is on disk
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	p = serve(t, cfg)
	p.ready()
	p.counts("boats_ever", "valley", "5")
	p.counts("late_share", "valley", "20")
	p.counts("boats_hour", "valley", "0") // its readings came to the east, which is gone
}

// flood is a producer that never stops, and the oracle of what it has said.
type flood struct {
	producer
	random *rand.Rand
	sent   int
	sums   map[string]map[string]float64 // by measure and area
	newest map[string]float64            // of the stock, by area
	places []string
}

const lot = 100 // readings of one write

// pour writes a lot of readings; each tenth is one that was said before.
func (f *flood) pour() {
	f.t.Helper()
	pipe := f.Pipeline()
	for range lot {
		area := f.places[f.random.IntN(len(f.places))]
		measure := []string{"boats", "boats_late", "level"}[f.random.IntN(3)]
		v := float64(f.random.IntN(100))
		f.sent++
		fields := []any{"measure", measure, "area", area, "value", v, "id", strconv.Itoa(f.sent)}
		pipe.XAdd(context.Background(), &redis.XAddArgs{Stream: "readings", Values: fields})
		if f.sent%10 == 0 {
			fields[5] = v + 1000
			pipe.XAdd(context.Background(), &redis.XAddArgs{Stream: "readings", Values: fields})
		}
		if measure == "level" {
			f.newest[area] = v
			continue
		}
		if f.sums[measure] == nil {
			f.sums[measure] = map[string]float64{}
		}
		f.sums[measure][area] += v
	}
	if _, err := pipe.Exec(context.Background()); err != nil {
		f.t.Fatal(err)
	}
}

// holds compares every roll-up with the oracle; up says what lies above an area.
func (f *flood) holds(p *program, up map[string][]string) {
	f.t.Helper()
	want := map[string]map[string]float64{"boats_ever": {}, "boats_today": {}, "late": {}}
	high := map[string]float64{}
	for area, above := range up {
		for _, a := range append(slices.Clone(above), area) {
			want["boats_ever"][a] += f.sums["boats"][area]
			want["late"][a] += f.sums["boats_late"][area]
			if v, said := f.newest[area]; said {
				high[a] = max(high[a], v)
			}
		}
	}
	for area := range up {
		p.counts("boats_ever", area, fmt.Sprint(want["boats_ever"][area]))
		p.counts("boats_today", area, fmt.Sprint(want["boats_ever"][area]))
		p.counts("late_share", area, fmt.Sprint(want["late"][area]*100/want["boats_ever"][area]))
		p.counts("water", area, fmt.Sprint(high[area]))
	}
}

// asksOn asks about areas again and again until it is told to end; every answer
// must be about what was asked.
func (p *program) asksOn(areas map[string][]string) (end func() int) {
	stop, asked := make(chan struct{}), make(chan int)
	var list []string
	for a := range areas {
		if a != "hill" { // it moves
			list = append(list, a)
		}
	}
	go func() {
		n := 0
		for ; ; n++ {
			select {
			case <-stop:
				asked <- n
				return
			default:
			}
			at := list[n%len(list)]
			for _, path := range []string{"/api/v1/values?indicator=water&area=" + at, "/api/v1/explain?indicator=boats_ever&area=" + at} {
				if res, text := p.ask("GET", path, ""); res.StatusCode != 200 || !strings.Contains(text, `"area":"`+at+`"`) {
					p.t.Errorf("GET %s: %d %s", path, res.StatusCode, text)
				}
			}
		}
	}()
	return func() int { close(stop); return <-asked }
}

func TestNoReadingIsLostOrCountsTwiceWhileTheDistrictChanges(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	cfg := settings(t, server.URL())
	dir := own(t, &cfg)
	change(t, dir, "district.toml", "Europe/Berlin", "Etc/GMT+12") // so that no midnight comes between
	p := serve(t, cfg)
	p.ready()
	f := &flood{producer: newProducer(t, server.Addr), random: rand.New(rand.NewPCG(1, 2)), sums: map[string]map[string]float64{}, newest: map[string]float64{}}
	up := map[string][]string{
		"valley": nil, "north": {"valley"}, "south": {"valley"}, "quay": {"north", "valley"}, "yard": {"quay", "north", "valley"},
		"gate": {"yard", "quay", "north", "valley"}, "sill": {"gate", "yard", "quay", "north", "valley"}, "hill": {"south", "valley"},
	}
	for area := range up {
		f.places = append(f.places, area)
	}
	slices.Sort(f.places)
	s := p.connect()
	s.say(`{"op":"subscribe","cockpit":"valley"}`)
	changes := []func(){
		func() { change(t, dir, "areas.csv", "north,北", "east,东,East,town,valley,,,\nnorth,北") },
		func() {
			put(t, dir, "indicators/animals.toml", "[[measure]]\nid = \"fish\"\nname = \"鱼\"\nkind = \"flow\"\n\n[[indicator]]\nid = \"fish_ever\"\nname = \"鱼\"\nmeasure = \"fish\"\nwindow = \"total\"\n")
		},
		func() { change(t, dir, "indicators/water.toml", "warn = 10", "warn = 0.5") },
		func() {
			change(t, dir, "areas.csv", "hill,山,Hill,quarter,south,,,\n", "", "valley,山谷", "hill,山,Hill,quarter,south,,,\nvalley,山谷")
		},
		func() { put(t, dir, "indicators/animals.toml", "") },
	}
	done, asked := make(chan error), p.asksOn(up)
	go func() {
		for i, do := range changes {
			do()
			if err := p.app.Reload(context.Background()); err != nil {
				done <- fmt.Errorf("reload %d: %w", i+1, err)
				return
			}
			time.Sleep(300 * time.Millisecond) // readings are to come in between
		}
		done <- nil
	}()
	pace := time.NewTicker(lot * time.Second / 2000)
	defer pace.Stop()
	for running := true; running; {
		select {
		case err := <-done:
			if running = false; err != nil {
				t.Fatalf("%v\n%s", err, p.log)
			}
		case <-pace.C:
			f.pour()
		}
	}
	if n := asked(); n == 0 {
		t.Error("nobody asked meanwhile")
	}
	up["east"] = []string{"valley"}
	f.places = append(f.places, "east")
	for range 10 {
		f.pour()
	}
	f.holds(p, up)
	s.sees("valley boats value", fmt.Sprint(func() (sum float64) {
		for _, v := range f.sums["boats"] {
			sum += v
		}
		return sum
	}()))
	if n, err := f.XLen(context.Background(), "readings:dead").Result(); err != nil || n > 0 {
		t.Errorf("%d dead letters (%v), want none", n, err)
	}
	t.Logf("%d readings", f.sent)
}

func TestACommandThatRunsKeepsThePlanOfItsLaunch(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	var dir string
	h := newHouse(t, redistest.Start(t).URL(), func(c *config.Config) { street(t, g)(c); dir = c.District.Dir })
	for _, list := range []string{"households", "responders", "shelters"} {
		h.must(app.Errand{Do: "import " + list, Path: shipped(list + ".csv")})
	}
	boss := h.commander("boss")
	press := m{"plan": "road-collapse", "zone": m{"buildings": []string{"潮安苑/1"}}, "exercise": true}
	var before, after command.Preview
	var drill, view command.View
	h.said(boss, "POST", "/commands/preview", press, &before)
	if status := h.said(boss, "POST", "/commands", press, &drill, "If-Match", `"`+before.Revision+`"`, "Idempotency-Key", "d"); status != 201 {
		t.Fatalf("the drill: %d", status)
	}
	change(t, dir, "plans/road-collapse.toml", "version = 1", "version = 2", "all_out = \"10m\"", "all_out = \"20m\"")
	h.reload()
	if h.said(boss, "GET", "/commands/"+drill.ID, nil, &view); view.Version != 1 || *view.AllOutBy != *drill.AllOutBy || view.Total != drill.Total {
		t.Errorf("the command that runs is of version %d, all out by %d, want 1 and %d", view.Version, *view.AllOutBy, *drill.AllOutBy)
	}
	if h.said(boss, "POST", "/commands/preview", press, &after); after.Revision == before.Revision || after.Households != before.Households {
		t.Errorf("the next press is of revision %s and %d households, want another one than %s and %d", after.Revision, after.Households, before.Revision, before.Households)
	}
}
