package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"citydeck/server/stream/redistest"
)

func TestWhatIsAddedToRedisIsOnTheWall(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	redis := newProducer(t, server.Addr)
	redis.add("readings", "measure", "boats", "area", "hill", "value", "5") // stood there before the start
	p := serve(t, settings(t, server.URL()))
	p.ready()
	p.counts("boats_ever", "valley", "5")

	s := p.connect()
	hello := s.hear("hello", func(m message) bool { return m.Op == "hello" })
	if !hello.Ready || hello.Demo || hello.Build == "" {
		t.Errorf("hello is %+v, want ready, no demo, a build", hello)
	}
	s.say(`{"op":"subscribe","cockpit":"valley"}`)
	s.say(`{"op":"subscribe","cockpit":"*"}`)
	snapshot := s.hear("snapshot", func(m message) bool { return m.Op == "snapshot" && m.Cockpit == "valley" })
	if len(snapshot.Tiles) != 4 || !snapshot.shows("boats", "value", "5") {
		t.Errorf("the snapshot is %+v, want 4 tiles and 5 boats", snapshot)
	}
	redis.add("readings", "measure", "boats", "area", "sill", "value", "3")
	redis.add("readings", "batch", `[{"measure":"boats","area":"gate","value":"2"},{"measure":"boats_late","area":"sill","value":6}]`)
	delta := s.hear("10 boats", func(m message) bool { return m.Op == "delta" && m.shows("boats", "value", "10") })
	if delta.Epoch != snapshot.Epoch || delta.From < snapshot.Seq || delta.Seq <= delta.From {
		t.Errorf("after %+v came %+v", snapshot, delta)
	}
	for _, up := range []string{"sill", "gate", "yard", "quay", "north", "valley"} {
		want := map[string]string{"sill": "3", "valley": "10"}[up]
		if want == "" {
			want = "5"
		}
		p.counts("boats_ever", up, want)
	}
	p.counts("late_share", "valley", "60")
	if v := p.value("late_share", "valley"); v.Level == nil || *v.Level != "alarm" || v.Status != "alarm" {
		t.Errorf("60 %% late boats are %+v, want an alarm", v)
	}
	p.counts("boats_ever", "south", "5")
	s.sees("* valley status", `"alarm"`)

	if v := p.value("water", "valley"); v.Status != "empty" || v.Coverage == nil || v.Coverage.Expected != 2 {
		t.Errorf("water that nobody measured is %+v, want empty, 0 of 2", v)
	}
	redis.add("readings", "measure", "level", "area", "sill", "point", "pump-1", "value", "4")
	p.counts("water", "valley", "4")
	if v := p.value("water", "valley"); v.Status != "warn" || v.Coverage.Fresh != 1 {
		t.Errorf("4 of water from one of two pumps are %+v, want warn, 1 of 2", v)
	}
	redis.add("readings", "measure", "level", "area", "sill", "point", "pump-1", "gone", "1")
	p.counts("water", "valley", "none")
}

func TestSeveralStreamsAreOne(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	cfg := settings(t, server.URL())
	cfg.Redis.Streams = []string{"readings:{a}", "readings:{b}", "c"}
	redis := newProducer(t, server.Addr)
	p := serve(t, cfg)
	p.ready()
	for _, key := range cfg.Redis.Streams {
		redis.add(key, "measure", "boats", "area", "sill", "value", "1")
	}
	p.counts("boats_ever", "valley", "3")
}

func TestReadingsThatArePostedTakeTheSameWay(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	cfg := settings(t, server.URL())
	cfg.Redis.Streams = []string{"a", "b", "c"}
	redis := newProducer(t, server.Addr)
	p := serve(t, cfg)
	p.ready()
	steps := []struct {
		what, body, want string
		status           int
		boats            string
	}{
		{"one", `{"measure":"boats","area":"sill","value":1,"source":"harbour"}`, `{"accepted":1,"rejected":[]}`, 202, "1"},
		{"an array", `[{"measure":"boats","area":"sill","value":"2"},{"measure":"boats","area":"hill","value":3}]`, `{"accepted":2,"rejected":[]}`, 202, "6"},
		{"lines", "{\"measure\":\"boats\",\"area\":\"gate\",\"value\":4}\n\n{\"measure\":\"boats\",\"area\":\"hill\",\"value\":5}\n", `{"accepted":2,"rejected":[]}`, 202, "15"},
		{"a bad one among good ones", `[{"measure":"boats","area":"sill","value":1},{"measure":"ships","area":"sill","value":1}]`, `{"accepted":1,"rejected":[{"index":1,"reason":"unknown_measure",`, 202, "16"},
		{"bad ones only", `[{"measure":"boats","area":"sill","value":"NaN"}]`, `{"accepted":0,"rejected":[{"index":0,"reason":"bad_value",`, 202, "16"},
		{"an id", `{"measure":"boats","area":"sill","value":7,"id":"x1"}`, `{"accepted":1,"rejected":[]}`, 202, "23"},
		{"the same id again", `{"measure":"boats","area":"sill","value":7,"id":"x1"}`, `{"accepted":1,"rejected":[]}`, 202, "23"},
		{"the same id elsewhere", `{"measure":"boats","area":"hill","value":2,"id":"x1"}`, `{"accepted":1,"rejected":[]}`, 202, "25"},
		{"nothing readable", `{"measure":`, `"status":400`, 400, "25"},
		{"nothing", ``, `"status":400`, 400, "25"},
		{"too much", `[` + strings.Repeat(" ", 1<<20) + `]`, `"status":413`, 413, "25"},
	}
	for _, s := range steps {
		res, text := p.ask(http.MethodPost, "/api/v1/readings", s.body)
		if res.StatusCode != s.status || !strings.Contains(text, s.want) {
			t.Errorf("%s: %d %s, want %d %s", s.what, res.StatusCode, text, s.status, s.want)
		}
		p.counts("boats_ever", "valley", s.boats)
	}
	for area, want := range map[string]int{"sill": 1, "hill": 1} {
		found := 0
		for _, key := range cfg.Redis.Streams {
			entries, err := redis.XRange(t.Context(), key, "-", "+").Result()
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(fmt.Sprint(entries), `"area":"`+area+`"`) {
				found++
			}
			if text := fmt.Sprint(entries); strings.Contains(text, "harbour") || len(entries) > 0 && !strings.Contains(text, `"source":"anonymous"`) {
				t.Errorf("%s holds %s, want the source anonymous alone", key, text)
			}
		}
		if found != want {
			t.Errorf("the readings of %s are in %d streams, want %d", area, found, want)
		}
	}
	if n, err := redis.XLen(t.Context(), "readings:dead").Result(); err != nil || n != 0 {
		t.Errorf("%d dead letters of what was refused at the door, %v", n, err)
	}
}
