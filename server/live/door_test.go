package live_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"

	"citydeck/cockpits/tile"
	"citydeck/server/live"
)

func TestHandshake(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *live.Config) { c.Origins = []string{"https://wall.example"} })
	h.ready()
	host := strings.TrimSuffix(strings.TrimPrefix(h.url, "http://"), "/api/v1/live")
	hostname, _, _ := strings.Cut(host, ":")
	tests := map[string]struct {
		header    http.Header
		protocols []string
		status    int // 101: served
		spoken    string
	}{
		"no browser, nothing offered":       {nil, nil, 101, ""},
		"our protocol":                      {nil, []string{"cockpit.v1"}, 101, "cockpit.v1"},
		"ours and a later one":              {nil, []string{"cockpit.v2", "cockpit.v1"}, 101, "cockpit.v1"},
		"only others":                       {nil, []string{"cockpit.v2", "mqtt"}, 400, ""},
		"a page of our own":                 {http.Header{"Origin": {"http://" + host}}, nil, 101, ""},
		"ours behind a proxy with TLS":      {http.Header{"Origin": {"https://" + host}}, nil, 101, ""},
		"a page of the settings":            {http.Header{"Origin": {"https://wall.example"}}, nil, 101, ""},
		"the settings' host without TLS":    {http.Header{"Origin": {"http://wall.example"}}, nil, 403, ""},
		"an evil page":                      {http.Header{"Origin": {"http://evil.example"}}, nil, 403, ""},
		"a page that hides where it is":     {http.Header{"Origin": {"null"}}, nil, 403, ""},
		"a sibling on another port":         {http.Header{"Origin": {"http://" + hostname + ":1"}}, nil, 403, ""},
		"our host as a part of theirs":      {http.Header{"Origin": {"http://" + host + ".evil.example"}}, nil, 403, ""},
		"another scheme":                    {http.Header{"Origin": {"file://" + host}}, nil, 403, ""},
		"two origins":                       {http.Header{"Origin": {"http://" + host, "http://evil.example"}}, nil, 403, ""},
		"an empty origin":                   {http.Header{"Origin": {""}}, nil, 403, ""},
		"a cookie without origin: nobody's": {http.Header{"Cookie": {"citydeck=stolen"}}, nil, 101, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, resp, err := h.dial(t, tt.header, tt.protocols...)
			if resp == nil || resp.StatusCode != tt.status {
				t.Fatalf("handshake: %v (%v), want status %d", resp, err, tt.status)
			}
			if tt.status != http.StatusSwitchingProtocols {
				return
			}
			if s.conn.Subprotocol() != tt.spoken {
				t.Errorf("subprotocol = %q, want %q", s.conn.Subprotocol(), tt.spoken)
			}
			if m := s.next(); m["op"] != "hello" {
				t.Errorf("first message = %s, want hello", dump(m))
			}
		})
	}
	for name, header := range map[string]http.Header{
		"a plain GET":            {},
		"an upgrade without key": {"Upgrade": {"websocket"}, "Connection": {"Upgrade"}, "Sec-Websocket-Version": {"13"}},
	} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header = header
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			want := map[string]int{"a plain GET": 426, "an upgrade without key": 400}[name]
			if resp.StatusCode != want || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
				t.Errorf("%d %s, want %d by the server's error handler", resp.StatusCode, resp.Header.Get("Content-Type"), want)
			}
		})
	}
}

func TestWhoIsNotKnownIsToldSoAndClosed(t *testing.T) {
	t.Parallel()
	none := open(t, func(c *live.Config) { c.Anonymous = "none" })
	viewer := open(t, nil)
	tests := map[string]struct {
		house  *house
		header http.Header
	}{
		"nobody may look":           {none, nil},
		"a token that nobody knows": {viewer, http.Header{"Authorization": {"Bearer x"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, _, err := tt.house.dial(t, tt.header, "cockpit.v1")
			if err != nil {
				t.Fatal(err)
			}
			if m := s.next(); m["op"] != "error" || m["code"] != "unauthenticated" {
				t.Errorf("first message = %s, want unauthenticated", dump(m))
			}
			if code := s.ends(); code != 4401 {
				t.Errorf("closed with %d, want 4401", code)
			}
		})
	}
}

func TestWhatIsNotForTheseEyes(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *live.Config) {
		c.Admit = func(*http.Request) (live.Viewer, bool) {
			return live.Viewer{Sees: func(cockpit string) bool { return cockpit == "a" }}, true
		}
	})
	h.ready()
	s := h.connect(t)
	s.say(`{"op":"subscribe","cockpit":"b"}`)
	if m := s.next(); m["code"] != "forbidden" || m["cockpit"] != "b" {
		t.Errorf("answer = %s, want forbidden", dump(m))
	}
	s.say(`{"op":"subscribe","cockpit":"a"}`)
	s.until("snapshot")
}

func TestLimitsOfOneAddress(t *testing.T) {
	t.Parallel()
	from := func(address string, more ...string) http.Header {
		h := http.Header{"Test-Address": {address}}
		for i := 0; i < len(more); i += 2 {
			h.Set(more[i], more[i+1])
		}
		return h
	}
	refused := func(t *testing.T, h *house, header http.Header) {
		t.Helper()
		_, resp, err := h.dial(t, header, "cockpit.v1")
		if err == nil || resp == nil || resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" {
			t.Errorf("handshake over the limit: %v, %v; want 429 with Retry-After", resp, err)
		}
		host := strings.TrimSuffix(strings.TrimPrefix(h.url, "http://"), "/api/v1/live")
		header.Set("Origin", "http://"+host)
		s, _, err := h.dial(t, header, "cockpit.v1")
		if err != nil {
			t.Fatalf("a browser over the limit: %v, want an open socket", err)
		}
		if m := s.next(); m["code"] != "busy" || m["retry_ms"].(float64) < 1 {
			t.Errorf("a browser is told %s, want busy with retry_ms", dump(m))
		}
		if code := s.ends(); code != 4429 {
			t.Errorf("closed with %d, want 4429", code)
		}
	}
	served := func(t *testing.T, h *house, header http.Header) {
		t.Helper()
		if _, resp, err := h.dial(t, header, "cockpit.v1"); err != nil {
			t.Fatalf("handshake within the limits: %v, %v", resp, err)
		}
	}
	t.Run("handshakes a minute", func(t *testing.T) {
		h := open(t, func(c *live.Config) {
			now := time.Now()
			c.Knocks, c.Now = 3, func() time.Time { return now }
		})
		for range 3 {
			served(t, h, from("192.0.2.1"))
		}
		refused(t, h, from("192.0.2.1"))
		served(t, h, from("192.0.2.2"))
		served(t, h, from("2001:db8::1"))
		served(t, h, from("2001:db8::2"))
		served(t, h, from("2001:db8::3"))
		refused(t, h, from("2001:db8::4"))
		for range 10 {
			served(t, h, from("127.0.0.1"))
		}
	})
	t.Run("sockets", func(t *testing.T) {
		h := open(t, func(c *live.Config) { c.PerAddress = 2 })
		s, _, err := h.dial(t, from("192.0.2.1"))
		if err != nil {
			t.Fatal(err)
		}
		s.next()
		other, _, err := h.dial(t, from("192.0.2.1"))
		if err != nil {
			t.Fatal(err)
		}
		other.next()
		refused(t, h, from("192.0.2.1"))
		served(t, h, from("192.0.2.2"))
		if err := s.conn.Close(1000, ""); err != nil {
			t.Fatal(err)
		}
		eventually(t, "a place became free", func() bool {
			_, _, err := h.dial(t, from("192.0.2.1"))
			return err == nil
		})
	})
}

func TestAFullHouseSaysSo(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *live.Config) { c.Screens = 2 })
	var s *screen
	eventually(t, "two places are free", func() bool {
		a, _, err := h.dial(t, nil)
		if err != nil {
			return false
		}
		b, _, err := h.dial(t, nil)
		if err != nil {
			_ = a.conn.CloseNow()
			return false
		}
		s = b
		return true
	})
	_, resp, err := h.dial(t, nil)
	if err == nil || resp == nil || resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("third of two screens: %v, %v; want 503 with Retry-After", resp, err)
	}
	_ = s.conn.Close(1000, "")
	eventually(t, "its place became free", func() bool {
		_, _, err := h.dial(t, nil)
		return err == nil
	})
}

// eventually asks again and again, at most for five seconds.
func eventually(t testing.TB, what string, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !true(); {
		if time.Now().After(deadline) {
			t.Fatalf("not true within 5 s: %s", what)
		}
	}
}

// A client of another library: fragments, pings, compression offered, close codes.
func TestAForeignClient(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	dialer := gorilla.Dialer{Subprotocols: []string{"cockpit.v1"}, EnableCompression: true, HandshakeTimeout: 5 * time.Second, WriteBufferSize: 16}
	conn, resp, err := dialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(h.url, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	defer resp.Body.Close()
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	next := func() object {
		t.Helper()
		kind, frame, err := conn.ReadMessage()
		if err != nil || kind != gorilla.TextMessage {
			t.Fatalf("read: kind %d, %v", kind, err)
		}
		many, err := messages(frame)
		if err != nil {
			t.Fatal(err)
		}
		return many[0]
	}
	if m := next(); m["op"] != "hello" {
		t.Fatalf("first message = %s, want hello", dump(m))
	}
	pong := ""
	conn.SetPongHandler(func(text string) error { pong = text; return nil })
	if err := conn.WriteControl(gorilla.PingMessage, []byte("there?"), time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	w, err := conn.NextWriter(gorilla.TextMessage)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`{"op":"subsc`, `ribe",`, strings.Repeat(" ", 100), `"cockpit":"a"}`} {
		if _, err := w.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var p picture
	if err := p.take(next()); err != nil || p.value("x") != 1.0 {
		t.Errorf("picture = %s (%v), want x = 1", p.text(), err)
	}
	if pong != "there?" {
		t.Errorf("pong = %q, want what the ping said", pong)
	}
	h.Publish("a", 2000, []tile.Tile{stat("x", 7)})
	h.Flush()
	if err := p.take(next()); err != nil || p.value("x") != 7.0 {
		t.Errorf("picture = %s (%v), want x = 7", p.text(), err)
	}
	if err := conn.WriteControl(gorilla.CloseMessage, gorilla.FormatCloseMessage(1000, "bye"), time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.ReadMessage(); !gorilla.IsCloseError(err, 1000) {
		t.Errorf("after close: %v, want the code echoed", err)
	}
}

func TestStopTellsEverybody(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	var screens []*screen
	for range 20 {
		s := h.connect(t)
		s.say(`{"op":"subscribe","cockpit":"a"}`)
		s.until("snapshot")
		screens = append(screens, s)
	}
	silent := h.connect(t) // never answers the goodbye
	codes := make(chan websocket.StatusCode, len(screens))
	for _, s := range screens {
		go func() { codes <- s.ends() }()
	}
	began := time.Now()
	h.stop()
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("stop took %v, want at most the second that a silent screen has", took)
	}
	for range screens {
		if code := <-codes; code != websocket.StatusGoingAway {
			t.Errorf("closed with %d, want 1001", code)
		}
	}
	_ = silent.conn.CloseNow()
	if _, resp, err := h.dial(t, nil); err == nil || resp == nil || resp.StatusCode != 503 {
		t.Errorf("dial after the stop: %v, %v; want 503", resp, err)
	}
}
