package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"citydeck/cockpits/tile"
	"citydeck/server/live"
)

func TestMain(m *testing.M) {
	began := goleak.IgnoreCurrent()
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	if err := goleak.Find(began); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func ptr[T any](v T) *T { return &v }

// house is a hub behind a real HTTP server.
type house struct {
	*live.Hub
	url      string
	registry *prometheus.Registry
	stop     func()
}

// open starts a hub; it is stopped when the test ends. Its listener may be put
// into another.
func open(t testing.TB, change func(*live.Config), through ...func(net.Listener) net.Listener) *house {
	t.Helper()
	cfg := live.Config{
		Cockpits: []live.Cockpit{{ID: "a", Layout: "la"}, {ID: "b", Layout: "lb"}, {ID: "*", Layout: "tree"}},
		Build:    "b1", Anonymous: "viewer",
	}
	if change != nil {
		change(&cfg)
	}
	reg := prometheus.NewRegistry()
	h := &house{Hub: live.New(cfg, slog.New(slog.DiscardHandler), reg), registry: reg}
	e := echo.New()
	e.IPExtractor = func(r *http.Request) string {
		if from := r.Header.Get("Test-Address"); from != "" {
			return from
		}
		return "127.0.0.1"
	}
	h.Routes(e)
	srv := httptest.NewUnstartedServer(e)
	for _, f := range through {
		srv.Listener = f(srv.Listener)
	}
	srv.Start()
	h.url = srv.URL + "/api/v1/live"
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	began := make(chan struct{})
	go func() { close(began); ran <- h.Run(ctx) }()
	<-began
	h.awaitRunning(t)
	h.stop = func() {
		cancel()
		if err := <-ran; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
		ran <- nil
	}
	t.Cleanup(func() { h.stop(); srv.Close() })
	return h
}

// awaitRunning asks until the hub takes screens.
func (h *house) awaitRunning(t testing.TB) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for time.Now().Before(deadline) {
		c, resp, err := websocket.Dial(t.Context(), h.url, nil)
		if err == nil {
			_ = c.CloseNow()
			return
		}
		if resp == nil || resp.StatusCode != http.StatusServiceUnavailable {
			return // refused for what the test is about
		}
	}
	t.Fatal("the hub takes no screens")
}

// ready publishes a first picture of every cockpit and lets it out.
func (h *house) ready() {
	h.Publish("a", 1000, []tile.Tile{stat("x", 1), stat("y", 2)})
	h.Publish("b", 1000, []tile.Tile{stat("z", 3)})
	h.Publish("*", 1000, []tile.Tile{stat("a", 0), stat("b", 0)})
	h.Ready()
	h.Flush()
}

func stat(id string, v float64) tile.Tile {
	return tile.Tile{ID: id, Value: &v, Level: ptr("normal"), Status: "normal", AsOf: ptr(int64(900))}
}

// screen is a client.
type screen struct {
	t    testing.TB
	conn *websocket.Conn
	due  []object
}

func (h *house) dial(t testing.TB, header http.Header, protocols ...string) (*screen, *http.Response, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, h.url, &websocket.DialOptions{HTTPHeader: header, Subprotocols: protocols})
	if err != nil {
		return nil, resp, err
	}
	conn.SetReadLimit(16 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &screen{t: t, conn: conn}, resp, nil
}

// connect dials and takes the greeting.
func (h *house) connect(t testing.TB) *screen {
	t.Helper()
	s, _, err := h.dial(t, nil, "cockpit.v1")
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	if m := s.next(); m["op"] != "hello" {
		t.Fatalf("first message = %v, want hello", m)
	}
	return s
}

// try reads the next message; it fails when the connection ends.
func (s *screen) try() (object, error) {
	for len(s.due) == 0 {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		kind, frame, err := s.conn.Read(ctx)
		cancel()
		if err != nil {
			return nil, err
		}
		if kind != websocket.MessageText {
			s.t.Fatalf("frame of kind %v, want text", kind)
		}
		if s.due, err = messages(frame); err != nil {
			s.t.Fatalf("frame %s: %v", frame, err)
		}
	}
	m := s.due[0]
	s.due = s.due[1:]
	return m, nil
}

func (s *screen) next() object {
	s.t.Helper()
	m, err := s.try()
	if err != nil {
		s.t.Fatalf("read: %v", err)
	}
	return m
}

// until reads on to the first message of an op.
func (s *screen) until(op string) object {
	s.t.Helper()
	for {
		if m := s.next(); m["op"] == op {
			return m
		}
	}
}

func (s *screen) write(kind websocket.MessageType, text string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.conn.Write(ctx, kind, []byte(text)); err != nil {
		s.t.Fatalf("write %.40q: %v", text, err)
	}
}

func (s *screen) say(format string, args ...any) {
	s.t.Helper()
	s.write(websocket.MessageText, fmt.Sprintf(format, args...))
}

// ends reads on until the connection is closed and says with which code.
func (s *screen) ends() websocket.StatusCode {
	for {
		if _, err := s.try(); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

// value is a tile's value in a picture.
func (p *picture) value(id string) any { return p.Tiles[id]["value"] }

func dump(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func short(s string) string { return strings.ReplaceAll(s[:min(len(s), 200)], "\n", " ") }
