package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"citydeck/server/config"
)

func TestTheDemoStandsBeforeTheFirstPicture(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.HTTP.Listen = "127.0.0.1:0"
	cfg.Data.Dir = t.TempDir()
	began := time.Now()
	p := serve(t, cfg)
	if p.status("/healthz") != http.StatusOK {
		t.Error("/healthz isn't 200 at once")
	}
	s := p.connect()
	if hello := s.hear("hello", func(m message) bool { return m.Op == "hello" }); !hello.Demo {
		t.Errorf("hello is %+v, want the demo", hello)
	}
	s.say(`{"op":"subscribe","cockpit":"*"}`)
	p.ready()
	t.Logf("ready after %v", time.Since(began).Round(time.Millisecond))
	tree := s.hear("the tree", func(m message) bool { return m.Op == "snapshot" })
	if len(tree.Tiles) != 19 {
		t.Errorf("the tree has %d cockpits, want 1 + 8 + 10", len(tree.Tiles))
	}
	for _, c := range tree.Tiles {
		var id string
		if err := json.Unmarshal(c["id"], &id); err != nil {
			t.Fatal(err)
		}
		wait(t, "all tiles of "+id+" hold something", func() bool { return p.empty(id) == 0 })
	}
	s.say(`{"op":"subscribe","cockpit":"xiacheng"}`)
	s.hear("a change of the district", func(m message) bool { return m.Op == "delta" && m.Cockpit == "xiacheng" && len(m.Tiles) > 0 })

	redis := newProducer(t, p.app.Redis()) // as redis-cli would
	if !strings.Contains(p.log.String(), "addr="+p.app.Redis()) {
		t.Errorf("the log doesn't name %s:\n%s", p.app.Redis(), p.log)
	}
	redis.add("readings", "measure", "ws_alarms_due", "area", "nowhere", "value", "1")
	wait(t, "what redis-cli adds is read", func() bool { return redis.XLen(t.Context(), "readings:dead").Val() > 0 })
	if n := redis.XLen(t.Context(), "readings:dead").Val(); n != 1 {
		letters, _ := redis.XRange(t.Context(), "readings:dead", "-", "+").Result()
		t.Errorf("%d dead letters, want none of the demo's own: %v", n, letters)
	}
}

// empty counts a cockpit's tiles that nothing was ever reported for.
func (p *program) empty(cockpit string) int {
	p.t.Helper()
	_, text := p.ask(http.MethodGet, "/api/v1/cockpits/"+cockpit, "")
	var c struct {
		Tiles []struct{ State *struct{ Status string } }
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil || len(c.Tiles) < 12 {
		p.t.Fatalf("cockpit %s has %d tiles, %v", cockpit, len(c.Tiles), err)
	}
	n := 0
	for _, tile := range c.Tiles {
		if tile.State == nil || tile.State.Status == "empty" {
			n++
		}
	}
	return n
}
