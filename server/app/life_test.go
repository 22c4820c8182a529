package app_test

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citydeck/server/app"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"

	"github.com/gorilla/websocket"
)

func TestRedisMayGoAndComeBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	redis := newProducer(t, server.Addr)
	p := serve(t, settings(t, server.URL()))
	p.ready()
	redis.add("readings", "measure", "boats", "area", "sill", "value", "1")
	p.counts("boats_ever", "valley", "1")
	s := p.connect()

	server.Kill()
	gone := time.Now()
	wait(t, "/readyz answers 503", func() bool { return p.status("/readyz") == http.StatusServiceUnavailable })
	if took := time.Since(gone); took > 10*time.Second {
		t.Errorf("/readyz knew after %v", took)
	}
	if _, text := p.ask(http.MethodGet, "/readyz", ""); !strings.Contains(text, `"redis":false`) {
		t.Errorf("/readyz says %s, want redis false", text)
	}
	s.hear("a beat that doesn't know how far behind it is", func(m message) bool { return m.Op == "beat" && m.Behind == nil })
	res, text := p.ask(http.MethodPost, "/api/v1/readings", `{"measure":"boats","area":"sill","value":1}`)
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("POST while Redis is away gives %d, Retry-After %q: %s", res.StatusCode, res.Header.Get("Retry-After"), text)
	}
	if p.status("/healthz") != http.StatusOK || p.status("/") != http.StatusOK || p.value("boats_ever", "valley").number() != "1" {
		t.Error("the server doesn't go on with what it knows")
	}

	server.Restart()
	redis.add("readings", "measure", "boats", "area", "gate", "value", "2")
	p.counts("boats_ever", "valley", "3")
	p.ready()
	s.hear("a beat that knows again", func(m message) bool { return m.Op == "beat" && m.Behind != nil })
	if n := strings.Count(p.log.String(), "stream can't be read"); n < 1 || n > 4 {
		t.Errorf("the log speaks %d times of Redis, want once each 10 s", n)
	}
}

func TestRedisMayBeAwayAtTheStart(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	redis := newProducer(t, server.Addr)
	redis.add("readings", "measure", "boats", "area", "sill", "value", "4")
	server.Kill()
	p := serve(t, settings(t, server.URL()))
	if p.status("/healthz") != http.StatusOK {
		t.Error("/healthz isn't 200 without Redis")
	}
	if res, text := p.ask(http.MethodGet, "/readyz", ""); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(text, `"ready":false,"redis":false`) {
		t.Errorf("/readyz says %d %s", res.StatusCode, text)
	}
	s := p.connect()
	if hello := s.hear("hello", func(m message) bool { return m.Op == "hello" }); hello.Ready {
		t.Error("hello says ready before anything was read")
	}
	s.say(`{"op":"subscribe","cockpit":"valley"}`)
	began := time.Now()
	snapshot := s.hear("snapshot", func(m message) bool { return m.Op == "snapshot" })
	if !snapshot.shows("boats", "status", `"empty"`) || time.Since(began) < 5*time.Second {
		t.Errorf("after %v the first picture without Redis is %+v", time.Since(began), snapshot)
	}
	server.Restart()
	s.hear("what stood in Redis", func(m message) bool { return m.shows("boats", "value", "4") })
	p.ready()
}

func TestTheEndIsOrderly(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	cfg := settings(t, server.URL())
	p := serve(t, cfg)
	p.ready()
	var screens []*screen
	for range 20 {
		s := p.connect()
		s.say(`{"op":"subscribe","cockpit":"valley"}`)
		s.hear("snapshot", func(m message) bool { return m.Op == "snapshot" })
		screens = append(screens, s)
	}
	stuck := p.connect() // never reads, so it never says goodbye
	conn, err := net.Dial("tcp", p.app.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write([]byte("POST /api/v1/readings HTTP/1.1\r\nHost: x\r\nContent-Length: 43\r\n\r\n")); err != nil { // a request under way
		t.Fatal(err)
	}
	began := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- p.stop() }()
	for i, s := range screens {
		for {
			_, err := s.next()
			if err == nil {
				continue
			}
			if closed := new(websocket.CloseError); !errors.As(err, &closed) || closed.Code != websocket.CloseGoingAway {
				t.Errorf("screen %d ends with %v, want 1001", i, err)
			}
			break
		}
	}
	if err := <-ended; err != nil {
		t.Errorf("the server ends with %v", err)
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("the end took %v", took)
	}
	_ = stuck.conn.Close()
	if _, err := net.DialTimeout("tcp", p.app.Addr(), time.Second); err == nil {
		t.Error("after the end somebody still listens")
	}
	again, err := app.New(cfg, slog.New(slog.DiscardHandler)) // the lock is free
	if err != nil {
		t.Fatalf("a new server on the same data: %v", err)
	}
	again.Stop()
	again.Stop() // does nothing
}

func TestWhatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	base := settings(t, "redis://127.0.0.1:1")
	first, err := app.New(base, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(first.Stop)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	key := func(text string, mode os.FileMode) string {
		dir := t.TempDir()
		name := filepath.Join(dir, "member.key")
		if err := os.WriteFile(name, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	const hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	tests := map[string]struct {
		change func(*config.Config)
		want   string
	}{
		"the data of another process": {func(c *config.Config) { c.Data.Dir = base.Data.Dir }, "is used by another process"},
		"a file as data folder":       {func(c *config.Config) { c.Data.Dir = file }, `data.dir = "` + file},
		"a port that is taken":        {func(c *config.Config) { c.HTTP.Listen = taken.Addr().String() }, `http.listen = "` + taken.Addr().String()},
		"a debug port that is taken":  {func(c *config.Config) { c.Debug.Listen = taken.Addr().String() }, `debug.listen = "` + taken.Addr().String()},
		"a district that lacks":       {func(c *config.Config) { c.District.Dir = "testdata/none" }, `district.dir = "testdata/none" is not a folder`},
		"a district with a fault":     {func(c *config.Config) { c.District.Dir = "../../fixtures/districts/broken/tiles-overlap" }, "cockpits/mill.toml:16: "},
		"a key that others can read":  {func(c *config.Config) { c.Data.Dir = key(hex, 0o644) }, "member.key can be read by others"},
		"a key that is none":          {func(c *config.Config) { c.Data.Dir = key("s3cret", 0o600) }, "member.key is no key"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := settings(t, "redis://127.0.0.1:1")
			tt.change(&cfg)
			a, err := app.New(cfg, slog.New(slog.DiscardHandler))
			if err == nil {
				a.Stop()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("New gives %v, want %q in it", err, tt.want)
			}
		})
	}
}
