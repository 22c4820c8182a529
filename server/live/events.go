package live

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// events answers GET /api/v1/live/{cockpit}/events: the messages of the socket
// as server-sent events, for networks that break WebSockets. The connection is
// taken over, so that the same bytes go to all screens; its end is the stream's.
func (h *Hub) events(c echo.Context) error {
	r := c.Request()
	if !h.allowed(r) {
		return h.refuse(http.StatusForbidden, "origin", "a page of another origin may not connect")
	}
	// Browsers send no Origin when a page asks its own host, but say so otherwise.
	vouched := r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") == "same-origin"
	g := h.guest(c, vouched)
	cp := h.cockpit(c.Param("cockpit"))
	switch {
	case g.retry > 0:
		return h.later(c, http.StatusTooManyRequests, g.retry, "address", "too many connections of yours")
	case !g.known:
		return h.refuse(http.StatusUnauthorized, "unauthenticated", "sign in first")
	case cp == nil:
		return h.refuse(http.StatusNotFound, "cockpit", "there is no such cockpit")
	case !g.viewer.sees(cp.id):
		return h.refuse(http.StatusForbidden, "cockpit", "this cockpit is not for you")
	case !h.reserve():
		return h.later(c, http.StatusServiceUnavailable, full, "screens", "no room for another screen, or the server stops")
	}
	s := h.newScreen(g.viewer)
	s.form = events
	if err := h.stream(c, s); err != nil {
		h.unreserve()
		return err
	}
	epoch, seq := lastEvent(r.Header.Get("Last-Event-ID"))
	h.admit(s, g)
	go h.serve(s, func() {
		s.follow(cp, epoch, seq)
		s.pump()
		s.ignore()
	})
	return nil
}

// stream takes the connection over and begins the answer on it.
func (h *Hub) stream(c echo.Context, s *screen) error {
	line, _, err := http.NewResponseController(c.Response()).Hijack()
	if err != nil {
		return h.refuse(http.StatusHTTPVersionNotSupported, "hijack", "events are sent over HTTP/1.1 only")
	}
	s.line = line
	c.Response().Committed = true // nothing else answers any more
	c.Response().Status = http.StatusOK
	header := c.Response().Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store, no-transform")
	header.Set("X-Accel-Buffering", "no")
	header.Set("Connection", "close")
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\n")
	_ = header.Write(&b)
	// Each screen waits for another while before it comes back.
	b.WriteString("\r\nretry: " + strconv.Itoa(500+rand.IntN(1500)) + "\n\n") //nolint:gosec // no secret
	s.words = append(s.words, &message{event: b.Bytes()})
	return nil
}

// lastEvent reads the id of the last event that a screen has: "epoch:seq".
func lastEvent(id string) (epoch string, seq uint64) {
	epoch, number, _ := strings.Cut(id, ":")
	seq, err := strconv.ParseUint(number, 10, 64)
	if err != nil || seq > maxSeq {
		return "", 0
	}
	return epoch, seq
}

// chatter is how many bytes a screen may send that has nothing to say.
const chatter = 64 << 10

// ignore waits until a screen that only listens is gone.
func (s *screen) ignore() {
	_, _ = io.CopyN(io.Discard, s.line, chatter)
}
