package live

import (
	"bufio"
	_ "embed"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/labstack/echo/v4"
)

// protocol is the one version of the live protocol that is spoken.
const protocol = "cockpit.v1"

//go:embed asyncapi.json
var asyncAPI []byte

// Routes registers the socket and its description.
func (h *Hub) Routes(e *echo.Echo) {
	e.GET("/api/v1/live", h.serve)
	describe := func(c echo.Context) error { return c.Blob(http.StatusOK, "application/json", asyncAPI) }
	e.GET("/api/v1/asyncapi.json", describe)
	e.HEAD("/api/v1/asyncapi.json", describe)
}

// anonymous lets everybody look, or nobody. There is no sign-in yet, so
// credentials can only be wrong ones; a cookie is nobody's.
func anonymous(may string) func(*http.Request) (func(string) bool, bool) {
	everything := func(string) bool { return true }
	return func(r *http.Request) (func(string) bool, bool) {
		return everything, may == "viewer" && r.Header.Get("Authorization") == ""
	}
}

// serve answers GET /api/v1/live and stays for as long as the screen does.
func (h *Hub) serve(c echo.Context) error {
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
	address := c.RealIP()
	retry := h.visitors.knock(address, h.cfg.Now())
	if retry > 0 && r.Header.Get("Origin") == "" {
		c.Response().Header().Set("Retry-After", strconv.Itoa(int(retry/time.Second)+1))
		return h.refuse(http.StatusTooManyRequests, "address", "too many connections of your address")
	}
	if !h.reserve() {
		c.Response().Header().Set("Retry-After", "5")
		return h.refuse(http.StatusServiceUnavailable, "screens", "no room for another screen, or the server stops")
	}
	defer h.moving.Done()
	return h.host(c, address, retry)
}

// refuse answers a handshake in HTTP; the server's error handler writes the problem.
func (h *Hub) refuse(status int, reason, detail string) error {
	h.met.refused.WithLabelValues(reason).Inc()
	return echo.NewHTTPError(status, detail)
}

// host upgrades the connection and serves the screen until it ends.
func (h *Hub) host(c echo.Context, address string, retry time.Duration) error {
	t := &tap{ResponseWriter: c.Response()}
	conn, err := websocket.Accept(t, c.Request(), &websocket.AcceptOptions{
		Subprotocols:       []string{protocol},
		InsecureSkipVerify: true, // the origin was checked above, more strictly
	})
	if err != nil {
		h.release(nil)
		c.Response().Header().Del("Content-Type") // Accept's, of the text that was held back
		return h.refuse(t.status, "handshake", "not a handshake as RFC 6455 has it")
	}
	bound(t.conn, h.cfg.SendBuffer)
	sees, known := h.cfg.Admit(c.Request())
	s := h.newScreen(conn, t.conn, sees)
	switch {
	case retry > 0:
		h.met.refused.WithLabelValues("address").Inc()
		s.say(problem{Op: "error", Code: busy, Detail: "too many connections of your address", Retry: retry.Milliseconds()})
		s.end(closing{statusBusy, "busy"})
	case !known:
		h.met.refused.WithLabelValues("unauthenticated").Inc()
		s.say(problem{Op: "error", Code: unauthenticated, Detail: "sign in first"})
		s.end(closing{statusUnauthenticated, "unauthenticated"})
	default:
		h.visitors.count(address, 1)
		defer h.visitors.count(address, -1)
		s.say(hello{Op: "hello", Build: h.cfg.Build, Now: h.cfg.Now().UnixMilli(), Ready: h.ready.Load(), Demo: h.cfg.Demo})
	}
	h.admit(s)
	defer h.release(s)
	s.read()
	<-s.done
	s.forget()
	return nil
}

// reserve takes a place for a screen; the caller calls moving.Done. False: there is none.
func (h *Hub) reserve() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.state != running || h.taken >= h.cfg.Screens {
		return false
	}
	h.taken++
	h.moving.Add(1)
	return true
}

// admit lets the screen be seen by the rounds, and starts its writer.
func (h *Hub) admit(s *screen) {
	h.mu.Lock()
	h.screens[s] = struct{}{}
	h.met.screens.Inc()
	stopping := h.state == stopped
	h.moving.Add(1)
	h.mu.Unlock()
	if stopping {
		s.end(closing{statusGoingAway, "the server stops"})
	}
	go func() {
		defer h.moving.Done()
		s.write()
	}()
}

// release gives a place back; s is nil when no screen came of it.
func (h *Hub) release(s *screen) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.taken--
	if s != nil {
		delete(h.screens, s)
		h.met.screens.Dec()
	}
}

// allowed holds pages to their origin: our own host (https if we serve TLS), or
// one of the settings. What sends no Origin is no browser.
func (h *Hub) allowed(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return true
	}
	if len(origins) > 1 {
		return false
	}
	if slices.ContainsFunc(h.cfg.Origins, func(o string) bool { return strings.EqualFold(o, origins[0]) }) {
		return true
	}
	u, err := url.Parse(origins[0])
	if err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && r.TLS == nil
}

// speaks tells whether a handshake offers our protocol, or none at all.
func speaks(r *http.Request) bool {
	offered := r.Header.Values("Sec-WebSocket-Protocol")
	for _, line := range offered {
		for name := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(name) == protocol {
				return true
			}
		}
	}
	return len(offered) == 0
}

// tap keeps the connection that a handshake took over. An answer that refuses
// the handshake it holds back: the server's error handler writes it.
type tap struct {
	http.ResponseWriter
	conn   net.Conn
	status int
}

// WriteHeader lets the upgrade pass alone.
func (t *tap) WriteHeader(status int) {
	t.status = status
	if status == http.StatusSwitchingProtocols {
		t.ResponseWriter.WriteHeader(status)
	}
}

// Write drops the text of a refusal.
func (t *tap) Write(b []byte) (int, error) { return len(b), nil }

// Hijack takes the connection over from the HTTP server.
func (t *tap) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	t.conn = conn
	return conn, rw, err
}
