package live_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/tile"
	"citydeck/server/live"
)

// event is one server-sent event.
type event struct{ id, data, retry string }

// listener reads a stream of events.
type listener struct {
	t    testing.TB
	resp *http.Response
	in   *bufio.Reader
}

func (h *house) listen(t testing.TB, cockpit string, header http.Header) (*listener, *http.Response) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url+"/"+cockpit+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	for key, v := range header {
		req.Header[key] = v
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return &listener{t: t, resp: resp, in: bufio.NewReader(resp.Body)}, resp
}

// next reads one event; io.EOF at the stream's end.
func (l *listener) next() (event, error) {
	var e event
	for {
		line, err := l.in.ReadString('\n')
		if err != nil {
			return e, err
		}
		key, v, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch key {
		case "id":
			e.id = v
		case "data":
			e.data = v
		case "retry":
			e.retry = v
		case "":
			return e, nil
		}
	}
}

// until reads on to the first message of an op.
func (l *listener) until(op string) (event, object) {
	l.t.Helper()
	for {
		e, err := l.next()
		if err != nil {
			l.t.Fatalf("waiting for %s: %v", op, err)
		}
		if e.data == "" {
			continue
		}
		many, err := messages([]byte(e.data))
		if err != nil || len(many) != 1 {
			l.t.Fatalf("event %q: %d messages, %v", e.data, len(many), err)
		}
		if many[0]["op"] == op {
			return e, many[0]
		}
	}
}

func TestEventsSayWhatTheSocketSays(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	l, resp := h.listen(t, "a", nil)
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" || !strings.Contains(resp.Header.Get("Cache-Control"), "no-store") {
		t.Fatalf("answer %d, %v; want an event stream that nobody keeps", resp.StatusCode, resp.Header)
	}
	if e, err := l.next(); err != nil || e.retry == "" {
		t.Errorf("first = %+v, %v; want when to come back", e, err)
	}
	if e, m := l.until("hello"); e.id != "" || m["build"] != "b1" {
		t.Errorf("hello = %+v; want no id and the build", e)
	}
	var p picture
	e, m := l.until("snapshot")
	if err := p.take(m); err != nil || e.id != p.Epoch+":1" {
		t.Fatalf("snapshot %s with the id %q (%v), want epoch:seq", dump(m), e.id, err)
	}
	h.Publish("a", 2000, []tile.Tile{stat("x", 5)})
	h.Beat(tile.Beat{Tick: 1})
	h.Flush()
	e, m = l.until("delta")
	if err := p.take(m); err != nil || p.value("x") != 5.0 || e.id != p.Epoch+":2" {
		t.Errorf("delta %s with the id %q (%v), want x = 5 and epoch:2", dump(m), e.id, err)
	}
	if e, _ := l.until("beat"); e.id != "" {
		t.Errorf("a beat has the id %q: it leads to no state", e.id)
	}
	h.Publish("b", 2000, []tile.Tile{stat("z", 5)})
	h.Publish("a", 3000, []tile.Tile{stat("x", 6)})
	h.Flush()
	if _, m = l.until("delta"); m["cockpit"] != "a" {
		t.Errorf("a stream of a brought %s", dump(m))
	}
	h.stop()
	if _, err := io.Copy(io.Discard, l.in); err != nil {
		t.Errorf("at the server's stop: %v, want the stream's end", err)
	}
}

func TestEventsGoOnWhereTheyEnded(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	l, _ := h.listen(t, "a", nil)
	first, _ := l.until("snapshot")
	_ = l.resp.Body.Close()
	h.Publish("a", 2000, []tile.Tile{stat("x", 5)})
	h.Publish("a", 3000, []tile.Tile{stat("x", 6)})
	h.Flush()
	epoch, _, _ := strings.Cut(first.id, ":")
	for name, tt := range map[string]struct {
		id, op string
		tiles  int
	}{
		"what was missed":       {first.id, "delta", 1},
		"nothing was missed":    {epoch + ":3", "delta", 0},
		"a seq ahead":           {epoch + ":4", "snapshot", 2},
		"another server":        {"elsewhere:1", "snapshot", 2},
		"an id that is no seq":  {epoch + ":-1", "snapshot", 2},
		"an id without a colon": {"nonsense", "snapshot", 2},
		"a seq beyond counting": {epoch + ":9007199254740993", "snapshot", 2},
		"nothing":               {"", "snapshot", 2},
	} {
		t.Run(name, func(t *testing.T) {
			l, _ := h.listen(t, "a", http.Header{"Last-Event-Id": {tt.id}})
			e, m := l.until(tt.op)
			if e.id != epoch+":3" || len(m["tiles"].([]any)) != tt.tiles {
				t.Errorf("after %q: %+v, want a %s of %d tiles to state 3", tt.id, e, tt.op, tt.tiles)
			}
		})
	}
}

func TestEventsAreNotForEverybody(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *live.Config) {
		c.Knocks = 2
		now := time.Now()
		c.Now = func() time.Time { return now }
		c.Admit = func(r *http.Request) (live.Viewer, bool) {
			cookie, err := r.Cookie("citydeck")
			known := r.Header.Get("Authorization") == "Bearer good" || err == nil && cookie.Value == "good"
			return live.Viewer{Sees: func(cockpit string) bool { return cockpit != "b" }}, known
		}
	})
	h.ready()
	host, _, _ := strings.Cut(strings.TrimPrefix(h.url, "http://"), "/")
	tests := map[string]struct {
		cockpit string
		header  http.Header
		status  int
	}{
		"a token":                              {"a", http.Header{"Authorization": {"Bearer good"}}, 200},
		"a wrong token":                        {"a", http.Header{"Authorization": {"Bearer bad"}}, 401},
		"nobody":                               {"a", nil, 401},
		"a cookie from nowhere":                {"a", http.Header{"Cookie": {"citydeck=good"}}, 401},
		"a cookie of our page":                 {"a", http.Header{"Cookie": {"citydeck=good"}, "Sec-Fetch-Site": {"same-origin"}}, 200},
		"a cookie of our page, with an origin": {"a", http.Header{"Cookie": {"citydeck=good"}, "Origin": {"http://" + host}}, 200},
		"a cookie of a sibling's page":         {"a", http.Header{"Cookie": {"citydeck=good"}, "Sec-Fetch-Site": {"same-site"}}, 401},
		"an evil page":                         {"a", http.Header{"Cookie": {"citydeck=good"}, "Origin": {"http://evil.example"}}, 403},
		"a cockpit for other eyes":             {"b", http.Header{"Authorization": {"Bearer good"}}, 403},
		"a cockpit that is none":               {"nowhere", http.Header{"Authorization": {"Bearer good"}}, 404},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, resp := h.listen(t, tt.cockpit, tt.header); resp.StatusCode != tt.status {
				t.Errorf("answer %d, want %d", resp.StatusCode, tt.status)
			}
		})
	}
	t.Run("too often", func(t *testing.T) {
		header := http.Header{"Authorization": {"Bearer good"}, "Test-Address": {"192.0.2.7"}}
		for i := range 3 {
			want := 200
			if i == 2 {
				want = 429
			}
			_, resp := h.listen(t, "a", header)
			if resp.StatusCode != want || want == 429 && resp.Header.Get("Retry-After") == "" {
				t.Errorf("stream %d: %d, Retry-After %q; want %d", i+1, resp.StatusCode, resp.Header.Get("Retry-After"), want)
			}
		}
	})
}

func TestEventsTakeAPlace(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *live.Config) { c.Screens = 1 })
	h.ready()
	var l *listener
	eventually(t, "the place is free", func() bool {
		var resp *http.Response
		l, resp = h.listen(t, "a", nil)
		return resp.StatusCode == 200
	})
	l.until("snapshot")
	if _, resp := h.listen(t, "a", nil); resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("a second stream: %d, want 503 with Retry-After", resp.StatusCode)
	}
	_ = l.resp.Body.Close()
	eventually(t, "the place became free", func() bool {
		_, resp := h.listen(t, "a", nil)
		return resp.StatusCode == 200
	})
}
