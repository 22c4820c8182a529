package live_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"citydeck/server/live"
)

// registry knows people and walls by the token that they bring.
type registry struct {
	mu   sync.Mutex
	gone map[string]bool
	only map[string]string // the one cockpit that somebody sees
}

func (r *registry) change(do func(*registry)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	do(r)
}

// admit takes "Bearer wall-1" and "Bearer person-1", or the same in a cookie.
func (r *registry) admit(req *http.Request) (live.Viewer, bool) {
	id := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
	if c, err := req.Cookie("citydeck"); err == nil {
		id = c.Value
	}
	return live.Viewer{
		ID: id, Paired: strings.HasPrefix(id, "wall"),
		Sees: func(cockpit string) bool {
			r.mu.Lock()
			defer r.mu.Unlock()
			only, some := r.only[id]
			return !some || only == cockpit
		},
		Still: func() bool {
			r.mu.Lock()
			defer r.mu.Unlock()
			return !r.gone[id]
		},
	}, id != ""
}

func bearer(id string) http.Header { return http.Header{"Authorization": {"Bearer " + id}} }

// enter connects as somebody and takes the greeting.
func (h *house) enter(t testing.TB, id string) *screen {
	t.Helper()
	s, resp, err := h.dial(t, bearer(id), "cockpit.v1")
	if err != nil {
		t.Fatalf("dial as %s: %v, %v", id, resp, err)
	}
	if m := s.next(); m["op"] != "hello" {
		t.Fatalf("as %s the first message is %s, want hello", id, dump(m))
	}
	return s
}

func TestPairedScreensTakeOrders(t *testing.T) {
	t.Parallel()
	r := &registry{gone: map[string]bool{}, only: map[string]string{}}
	h := open(t, func(c *live.Config) { c.Admit = r.admit })
	h.ready()
	wall, other, person := h.enter(t, "wall-1"), h.enter(t, "wall-2"), h.enter(t, "person-1")
	if n := h.Show("wall-1", "b", 99_000); n != 1 {
		t.Errorf("Show told %d screens, want the one", n)
	}
	if m := wall.next(); m["op"] != "show" || m["cockpit"] != "b" || m["until"] != 99_000.0 {
		t.Errorf("the wall was told %s, want to show b", dump(m))
	}
	if n := h.Reload("wall-2"); n != 1 {
		t.Errorf("Reload told %d screens, want the one", n)
	}
	if m := other.next(); m["op"] != "reload" {
		t.Errorf("the other wall was told %s, want to reload", dump(m))
	}
	if n := h.Show("person-1", "b", 1) + h.Reload("nobody"); n != 0 {
		t.Errorf("%d screens were told that are no walls", n)
	}
	for _, s := range []*screen{wall, person} {
		s.say(`{"op":"shown","cockpit":"b","seq":7,"overflow":["rate","<b>","","hot_2"]}`)
		s.say(`{"op":"subscribe","cockpit":"a"}`)
		if m := s.next(); m["op"] != "snapshot" {
			t.Errorf("shown was answered by %s", dump(m))
		}
	}
	if is := h.Shown("wall-1"); is.Connections != 1 || is.Cockpit != "b" || is.Seq != 7 || is.At.IsZero() || is.Overflow != "rate hot_2" {
		t.Errorf("the wall shows %+v, want b at 7 without room for rate and hot_2", is)
	}
	if is := h.Shown("wall-2"); is.Connections != 1 || !is.At.IsZero() {
		t.Errorf("the silent wall shows %+v, want a connection that said nothing", is)
	}
	if is := h.Shown("person-1"); is != (live.Shown{}) {
		t.Errorf("a person's page shows %+v, want nothing: it is no wall", is)
	}
}

func TestARightThatEndsIsFeltAtOnce(t *testing.T) {
	t.Parallel()
	r := &registry{gone: map[string]bool{}, only: map[string]string{}}
	h := open(t, func(c *live.Config) { c.Admit = r.admit })
	h.ready()
	leaving, staying, events := h.enter(t, "person-1"), h.enter(t, "person-2"), bearer("person-1")
	l, _ := h.listen(t, "a", events)
	l.until("snapshot")
	staying.say(`{"op":"subscribe","cockpit":"a"}`)
	staying.until("snapshot")
	staying.say(`{"op":"subscribe","cockpit":"b"}`)
	staying.until("snapshot")
	r.change(func(r *registry) { r.gone["person-1"] = true; r.only["person-2"] = "b" })
	h.Recheck("person-1")
	if m := leaving.until("error"); m["code"] != "unauthenticated" {
		t.Errorf("revoked: told %s, want unauthenticated", dump(m))
	}
	if code := leaving.ends(); code != 4401 {
		t.Errorf("revoked: closed with %d, want 4401", code)
	}
	if _, m := l.until("error"); m["code"] != "unauthenticated" {
		t.Errorf("revoked: the stream says %s, want unauthenticated", dump(m))
	}
	if _, err := l.next(); err == nil {
		t.Error("revoked: the stream goes on")
	}
	h.Recheck("person-2")
	if m := staying.until("error"); m["code"] != "forbidden" || m["cockpit"] != "a" {
		t.Errorf("a right was taken: told %s, want forbidden for a", dump(m))
	}
	staying.say(`{"op":"subscribe","cockpit":"a"}`)
	if m := staying.until("error"); m["code"] != "forbidden" {
		t.Errorf("again: %s, want forbidden", dump(m))
	}
	staying.say(`{"op":"subscribe","cockpit":"b"}`)
	staying.until("snapshot")
}

func TestRightsAreAskedForAgainByAndBy(t *testing.T) {
	t.Parallel()
	r := &registry{gone: map[string]bool{}, only: map[string]string{}}
	h := open(t, func(c *live.Config) { c.Admit, c.Recheck = r.admit, 20*time.Millisecond })
	h.ready()
	s := h.enter(t, "person-1")
	r.change(func(r *registry) { r.gone["person-1"] = true })
	if code := s.ends(); code != 4401 {
		t.Errorf("expired: closed with %d, want 4401", code)
	}
}

func TestSignedInOnesHaveLimitsOfTheirOwn(t *testing.T) {
	t.Parallel()
	r := &registry{}
	h := open(t, func(c *live.Config) {
		now := time.Now()
		c.Admit, c.PerAddress, c.PerViewer, c.Knocks, c.Now = r.admit, 1, 2, 3, func() time.Time { return now }
	})
	h.ready()
	street := func(id string) http.Header {
		header := bearer(id)
		header.Set("Test-Address", "192.0.2.1")
		return header
	}
	for _, id := range []string{"wall-1", "wall-2", "wall-3", "person-1", "person-2"} {
		for range 2 {
			if _, resp, err := h.dial(t, street(id)); err != nil {
				t.Fatalf("%s behind the street's address: %v, %v; want in", id, resp, err)
			}
		}
	}
	if _, resp, err := h.dial(t, street("wall-1")); err == nil || resp == nil || resp.StatusCode != 429 {
		t.Errorf("a third connection of one wall: %v, %v; want 429", resp, err)
	}
}

func TestHandshakesInAllHaveALimit(t *testing.T) {
	t.Parallel()
	now := time.Now()
	h := open(t, func(c *live.Config) {
		c.Screens, c.Handshakes, c.Now = 5, 1, func() time.Time { return now }
	})
	h.ready()
	refused := 0
	for i := range 25 { // three times as many as there are places may come at once
		s, resp, err := h.dial(t, http.Header{"Test-Address": {fmt.Sprint("192.0.2.", i)}})
		switch {
		case err == nil:
			_ = s.conn.CloseNow()
		case resp != nil && resp.StatusCode == 429 && resp.Header.Get("Retry-After") == "1":
			refused++
		case resp == nil || resp.StatusCode != 503:
			t.Fatalf("handshake %d: %v, %v", i, resp, err)
		}
	}
	if refused < 10 {
		t.Errorf("%d of 25 handshakes were refused at once, want all but 15", refused)
	}
}

func TestACookieCountsOnlyWithAnOrigin(t *testing.T) {
	t.Parallel()
	r := &registry{}
	h := open(t, func(c *live.Config) { c.Admit = r.admit })
	h.ready()
	host, _, _ := strings.Cut(strings.TrimPrefix(h.url, "http://"), "/")
	s, _, err := h.dial(t, http.Header{"Cookie": {"citydeck=person-1"}})
	if err != nil {
		t.Fatal(err)
	}
	if m := s.next(); m["code"] != "unauthenticated" {
		t.Errorf("a cookie without Origin: %s, want unauthenticated", dump(m))
	}
	s, _, err = h.dial(t, http.Header{"Cookie": {"citydeck=person-1"}, "Origin": {"http://" + host}})
	if err != nil {
		t.Fatal(err)
	}
	if m := s.next(); m["op"] != "hello" {
		t.Errorf("a cookie with our Origin: %s, want hello", dump(m))
	}
}
