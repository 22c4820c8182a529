package app_test

import (
	"strings"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/server/app"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"
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
