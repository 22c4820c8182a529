package live

import (
	"context"
	_ "embed"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"
)

// protocol is the one version of the live protocol that is spoken.
const protocol = "cockpit.v1"

//go:embed asyncapi.json
var asyncAPI []byte

// Routes registers the socket, the events and their description.
func (h *Hub) Routes(e *echo.Echo) {
	e.GET("/api/v1/live", h.socket)
	e.GET("/api/v1/live/:cockpit/events", h.events)
	describe := func(c echo.Context) error { return c.Blob(http.StatusOK, "application/json", asyncAPI) }
	e.GET("/api/v1/asyncapi.json", describe)
	e.HEAD("/api/v1/asyncapi.json", describe)
}

// socket answers GET /api/v1/live. It returns once the screen is connected.
func (h *Hub) socket(c echo.Context) error {
	r := c.Request()
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		c.Response().Header().Set("Upgrade", "websocket")
		c.Response().Header().Set("Connection", "Upgrade")
		return h.refuse(http.StatusUpgradeRequired, "upgrade", "this is a WebSocket")
	}
	if !h.allowed(r) {
		return h.refuse(http.StatusForbidden, "origin", "a page of another origin may not connect")
	}
	if !speaks(r) {
		return h.refuse(http.StatusBadRequest, "subprotocol", "none of the offered subprotocols is "+protocol)
	}
	g := h.guest(c, r.Header.Get("Origin") != "")
	if g.retry > 0 && r.Header.Get("Origin") == "" {
		return h.later(c, http.StatusTooManyRequests, g.retry, "address", "too many connections of yours")
	}
	if !h.reserve() {
		return h.later(c, http.StatusServiceUnavailable, full, "screens", "no room for another screen, or the server stops")
	}
	if err := h.upgrade(c, g); err != nil {
		h.unreserve()
		return err
	}
	return nil
}

// guest is who knocks.
type guest struct {
	viewer Viewer
	known  bool
	key    key
	retry  time.Duration // he is to come back later; 0: he may come in
}

// guest asks who a request is from, and whether he knocks too often. A cookie
// counts only where a browser vouches for the page that uses it.
func (h *Hub) guest(c echo.Context, vouched bool) guest {
	r := c.Request()
	if !vouched && r.Header.Get("Cookie") != "" {
		r = r.Clone(r.Context())
		r.Header.Del("Cookie")
	}
	var g guest
	g.viewer, g.known = h.cfg.Admit(r)
	g.key = keyOf(c.RealIP(), g.viewer, g.known)
	now := h.cfg.Now()
	var crowded bool
	if g.retry, crowded = h.visitors.knock(g.key, now); crowded && h.reclaim() {
		g.retry, _ = h.visitors.knock(g.key, now)
	}
	if g.retry == 0 {
		g.retry = wait(h.handed, now)
	}
	return g
}

// wait is how long who comes now would have to wait for a pace; then he is not counted.
func wait(pace *rate.Limiter, now time.Time) time.Duration {
	turn := pace.ReserveN(now, 1)
	delay := turn.DelayFrom(now)
	if delay > 0 {
		turn.CancelAt(now)
	}
	return delay
}

// refuse answers in HTTP; the server's error handler writes the problem.
func (h *Hub) refuse(status int, reason, detail string) error {
	h.met.refused.WithLabelValues(reason).Inc()
	return echo.NewHTTPError(status, detail)
}

// later refuses, and says when to come back.
func (h *Hub) later(c echo.Context, status int, retry time.Duration, reason, detail string) error {
	c.Response().Header().Set("Retry-After", strconv.Itoa(int((retry+time.Second-1)/time.Second)))
	return h.refuse(status, reason, detail)
}

// upgrade makes a screen of a connection, and leaves it to a goroutine: what
// the HTTP server keeps for a request is free again then.
func (h *Hub) upgrade(c echo.Context, g guest) error {
	s := h.newScreen(g.viewer)
	s.pace = rate.NewLimiter(opsASecond, opBurst)
	t := &tap{ResponseWriter: c.Response(), screen: s}
	conn, err := websocket.Accept(t, c.Request(), &websocket.AcceptOptions{
		Subprotocols:       []string{protocol},
		InsecureSkipVerify: true, // the origin was checked before, more strictly
		CompressionMode:    websocket.CompressionNoContextTakeover,
		OnPongReceived:     func(_ context.Context, answer []byte) { s.heard(answer) },
	})
	if err != nil {
		c.Response().Header().Del("Content-Type") // Accept's, of the text that was held back
		return h.refuse(t.status, "handshake", "not a handshake as RFC 6455 has it")
	}
	conn.SetReadLimit(messageSize)
	s.conn = conn
	if c.Response().Header().Get("Sec-WebSocket-Extensions") != "" {
		s.form = packed
	}
	h.admit(s, g)
	go h.serve(s, s.read)
	return nil
}

// admit greets a screen, or tells it why it may not stay, and lets the rounds see it.
func (h *Hub) admit(s *screen, g guest) {
	bound(s.line, h.cfg.SendBuffer)
	s.raw = rawOf(s.line)
	switch {
	case g.retry > 0:
		h.met.refused.WithLabelValues("address").Inc()
		s.words = []*message{encode(problem{
			Op: "error", Code: busy, Detail: "too many connections of yours", Retry: max(g.retry.Milliseconds(), 1),
		})}
		s.last = closing{statusBusy, "busy"}
	case !g.known:
		h.met.refused.WithLabelValues("unauthenticated").Inc()
		s.words = []*message{encode(problem{Op: "error", Code: unauthenticated, Detail: "sign in first"})}
		s.last = closing{statusUnauthenticated, "unauthenticated"}
	default:
		h.visitors.count(g.key, 1)
		s.key = g.key
		s.words = append(s.words, encode(hello{
			Op: "hello", Build: h.cfg.Build, Now: h.cfg.Now().UnixMilli(), Ready: h.ready.Load(), Demo: h.cfg.Demo,
		}))
		if g.viewer.Turned != nil {
			if cockpit, until := g.viewer.Turned(); cockpit != "" {
				s.words = append(s.words, encode(show{Op: "show", Cockpit: cockpit, Until: until}))
			}
		}
	}
	h.mu.Lock()
	s.place = len(h.screens)
	h.screens = append(h.screens, s)
	stopping := h.state == stopped
	h.mu.Unlock()
	h.met.screens.Inc()
	if stopping {
		s.end(closing{statusGoingAway, "the server stops"})
	}
}

// serve keeps a screen until it is gone. It is the screen's one goroutine: it
// reads; frames are written by who has them.
func (h *Hub) serve(s *screen, read func()) {
	defer h.moving.Done()
	defer h.release(s)
	defer s.forget()
	defer s.hangUp()
	s.pump() // the greeting
	read()
}
