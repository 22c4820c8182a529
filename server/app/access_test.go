package app_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"citydeck/server/stream/redistest"

	"github.com/gorilla/websocket"
)

func TestWhatSomebodyWithoutCredentialsMayDo(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	tests := map[string]struct {
		method, path, body string
		viewer, none       int
	}{
		"alive":                    {"GET", "/healthz", "", 200, 200},
		"ready":                    {"GET", "/readyz", "", 200, 200},
		"metrics":                  {"GET", "/metrics", "", 200, 401},
		"the screens":              {"GET", "/", "", 200, 200},
		"the API's description":    {"GET", "/api/v1/openapi.json", "", 200, 200},
		"the socket's":             {"GET", "/api/v1/asyncapi.json", "", 200, 200},
		"cockpits":                 {"GET", "/api/v1/cockpits", "", 200, 401},
		"a cockpit":                {"GET", "/api/v1/cockpits/valley", "", 200, 401},
		"areas":                    {"GET", "/api/v1/areas", "", 200, 401},
		"indicators":               {"GET", "/api/v1/indicators", "", 200, 401},
		"an internal value":        {"GET", "/api/v1/values?indicator=boats_ever&area=valley", "", 200, 401},
		"a public value":           {"GET", "/api/v1/values?indicator=water&area=valley", "", 200, 200},
		"a reading":                {"POST", "/api/v1/readings", `{"measure":"boats","area":"sill","value":1}`, 202, 401},
		"an unknown cockpit":       {"GET", "/api/v1/cockpits/none", "", 404, 401},
		"nothing":                  {"GET", "/api/v1/nothing", "", 404, 404},
		"a wrong method":           {"DELETE", "/api/v1/areas", "", 405, 405},
		"the inside of the server": {"GET", "/debug/pprof/", "", 404, 404},
	}
	for _, anonymous := range []string{"viewer", "none"} {
		t.Run(anonymous, func(t *testing.T) {
			t.Parallel()
			cfg := settings(t, server.URL())
			cfg.Auth.Anonymous = anonymous
			p := serve(t, cfg)
			p.ready()
			for name, tt := range tests {
				want := map[string]int{"viewer": tt.viewer, "none": tt.none}[anonymous]
				res, text := p.ask(tt.method, tt.path, tt.body)
				if res.StatusCode != want {
					t.Errorf("%s: %s %s gives %d, want %d: %s", name, tt.method, tt.path, res.StatusCode, want, text)
				}
				if want >= 400 && res.Header.Get("Content-Type") != "application/problem+json" {
					t.Errorf("%s: the problem is %q", name, res.Header.Get("Content-Type"))
				}
			}
			s := p.connect()
			if anonymous == "viewer" {
				s.hear("hello", func(m message) bool { return m.Op == "hello" })
				return
			}
			s.hear("a refusal", func(m message) bool { return m.Op == "error" && m.Code == "unauthenticated" })
			_, err := s.next()
			if closed := new(websocket.CloseError); !errors.As(err, &closed) || closed.Code != 4401 {
				t.Errorf("the socket ends with %v, want 4401", err)
			}
		})
	}
}

func TestTheInsideIsShownOnItsOwnListener(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	cfg := settings(t, server.URL())
	cfg.Debug.Listen = "127.0.0.1:0"
	p := serve(t, cfg)
	p.ready()
	_, rest, _ := strings.Cut(p.log.String(), "msg=debugging url=")
	inside, _, found := strings.Cut(rest, "/debug/live")
	if !found {
		t.Fatalf("the log doesn't say where:\n%s", p.log)
	}
	for path, want := range map[string]int{
		"/debug/live": 200, "/debug/plain.js": 200, "/debug/pprof/": 200, "/debug/pprof/heap": 200, "/debug/pprof/cmdline": 200,
		"/api/v1/cockpits": 200, "/debug/nothing": 404,
	} {
		res, err := p.http.Get(inside + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s gives %d, want %d", path, res.StatusCode, want)
		}
	}
}

// figures is what an operator needs, each of a package that does the work.
var figures = []string{
	`citydeck_stream_lag_milliseconds{stream="readings"}`, `citydeck_stream_readings_total{stream="readings"}`,
	`citydeck_stream_rejects_total{reason="unknown_area"} 1`, `citydeck_stream_dead_letters_total{result="kept"} 1`,
	"citydeck_engine_readings_total 1", "citydeck_engine_readings_per_second", "citydeck_engine_tick_seconds_count", "citydeck_engine_points 1",
	"citydeck_live_screens 1", "citydeck_live_bytes_total", "citydeck_live_frames_total", "citydeck_live_round_seconds_count",
	`citydeck_api_request_seconds_count{method="GET",route="/readyz",status="200"}`, "go_goroutines", "process_resident_memory_bytes",
}

func TestAnOperatorFindsTheFiguresThatHeNeeds(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	redis := newProducer(t, server.Addr)
	p := serve(t, settings(t, server.URL()))
	p.ready()
	s := p.connect()
	s.say(`{"op":"subscribe","cockpit":"valley"}`)
	redis.add("readings", "batch", `[{"measure":"boats","area":"sill","value":1},{"measure":"boats","area":"sea","value":1}]`)
	s.sees("valley boats value", "1")
	text := ""
	for _, want := range figures {
		wait(t, "/metrics holds "+want, func() bool {
			_, text = p.ask(http.MethodGet, "/metrics", "")
			return strings.Contains(text, "\n"+want)
		})
	}
}
