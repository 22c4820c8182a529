package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"citydeck/server/config"
	"citydeck/server/stream/redistest"

	"github.com/redis/go-redis/v9"
)

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
		measure := []string{"boats", "boats_late", "level", "wait", "crew"}[f.random.IntN(5)]
		v := float64(f.random.IntN(100))
		f.sent++
		fields := []any{"measure", measure, "area", area, "value", v, "id", strconv.Itoa(f.sent), "member", "m" + strconv.Itoa(int(v))}
		pipe.XAdd(context.Background(), &redis.XAddArgs{Stream: "readings", Values: fields})
		if f.sent%10 == 0 {
			fields[5] = v + 1000
			pipe.XAdd(context.Background(), &redis.XAddArgs{Stream: "readings", Values: fields})
		}
		if measure == "level" {
			f.newest[area] = v
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

const waits = `
[[measure]]
id = "wait"
name = "等候"
kind = "observation"
combine = "quantile"
q = 0.9

[[measure]]
id = "crew"
name = "船员"
kind = "distinct"

[[indicator]]
id = "wait_hour"
name = "等候"
measure = "wait"
window = "60m"

[[indicator]]
id = "crew_today"
name = "船员"
measure = "crew"
window = "day"
`

// told is all that a server says of every indicator at every area, but for since
// when.
func (p *program) told() map[string]value {
	p.t.Helper()
	ids := func(path string) (list []string) {
		var rows []struct{ ID string }
		if _, text := p.ask("GET", path, ""); json.Unmarshal([]byte(text), &rows) != nil || len(rows) == 0 {
			p.t.Fatalf("GET %s: %s", path, text)
		}
		for _, r := range rows {
			list = append(list, r.ID)
		}
		return list
	}
	all := map[string]value{}
	for _, indicator := range ids("/api/v1/indicators") {
		for _, area := range ids("/api/v1/areas") {
			all[indicator+" at "+area] = p.value(indicator, area)
		}
	}
	return all
}

// countedAnew is another server that reads the same stream from its beginning, by
// the folder as it is now.
func countedAnew(t *testing.T, cfg config.Config) *program {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(cfg.Data.Dir, "member.key"))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Data.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(cfg.Data.Dir, "member.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	p := serve(t, cfg)
	p.ready()
	return p
}

func same(a, b value) bool { return reflect.DeepEqual(a, b) }

func TestNoReadingIsLostOrCountsTwiceWhileTheDistrictChanges(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	cfg := settings(t, server.URL())
	dir := own(t, &cfg)
	change(t, dir, "district.toml", "Europe/Berlin", "Etc/GMT+12") // so that no midnight comes between
	more(t, dir, "indicators/water.toml", waits+moreIndicators)
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
	anew := countedAnew(t, cfg)
	wait(t, "both say the same", func() bool { return maps.EqualFunc(anew.told(), p.told(), same) }) // members are counted once a second
	t.Logf("%d readings, %d figures", f.sent, len(p.told()))
}
