package live

import (
	"encoding/binary"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// screen is one connection: what it watches, and what it is still to be told.
type screen struct {
	hub    *Hub
	conn   *websocket.Conn // nil: server-sent events
	line   net.Conn        // under conn
	raw    syscall.RawConn // of line; nil: it can only be written to by waiting
	form   form
	viewer Viewer
	pace   *rate.Limiter         // of its ops
	shown  atomic.Pointer[Shown] // what a paired screen said last
	done   chan struct{}         // closed when nothing more will be written

	place   int    // among the hub's screens; guarded by its mu, as vacated
	vacated bool   // its place was given back
	key     key    // under which it counts; none: it doesn't
	round   uint64 // that was announced to it last; owned by Run

	mu      sync.Mutex
	told    sync.Cond  // on mu: a frame went out, or nothing more will
	cursors []*cursor  // guarded by mu, as all below; in the order of the cockpits
	words   []*message // hello and problems that are to be sent
	beat    uint64     // the last beat that it has
	last    closing    // how it ends; code 0: not yet
	writing bool       // somebody writes: nobody else may
	again   bool       // who writes looks again afterwards
	mute    bool       // a close frame is out: no other may follow
	closed  bool       // the goodbye is under way, or the connection failed
	reach   reach
	faults  tally // owned by the reader
}

// form is how a screen wants its messages.
type form uint8

const (
	plain  form = iota // WebSocket frames
	packed             // compressed ones
	events             // server-sent events
)

// tally counts what a screen did wrong within a minute.
type tally struct {
	count int
	since int64 // Unix ms
}

// cursor is the state of a cockpit that a screen has.
type cursor struct {
	screen  *screen
	cockpit *cockpit
	place   int // among the cockpit's watchers; guarded by its mu
	epoch   string
	seq     uint64
	owed    bool // a subscribe waits for its answer
}

// closing is a code and a reason of RFC 6455.
type closing struct {
	code   websocket.StatusCode
	reason string
}

const (
	statusGoingAway       = websocket.StatusGoingAway
	statusUnauthenticated = websocket.StatusCode(4401)
	statusBusy            = websocket.StatusCode(4429)
)

// Ops beyond this are read later, not refused.
const (
	opBurst     = 200
	opsASecond  = 20
	messageSize = 64 << 10
)

func (h *Hub) newScreen(viewer Viewer) *screen {
	s := &screen{hub: h, viewer: viewer, done: make(chan struct{})}
	s.told.L = &s.mu
	if b := h.beat.Load(); b != nil {
		s.beat = b.n // that one was for others; the next is due within 2 s
	}
	return s
}

// say sends a message to this screen alone.
func (s *screen) say(msg any) {
	s.mu.Lock()
	s.words = append(s.words, encode(msg))
	s.mu.Unlock()
	s.pump()
}

// end closes the screen once it was told what is due. The first word counts.
func (s *screen) end(c closing) {
	s.mu.Lock()
	if s.last.code == 0 {
		s.last = c
	}
	s.mu.Unlock()
	s.pump()
}

func (s *screen) ending() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last.code != 0
}

// cut ends the connection at once; whoever reads or writes is woken.
func (s *screen) cut() { _ = s.line.Close() }

// compose makes the bytes that are due, and moves the cursors to what they say;
// nil: nothing is. What is for this screen alone goes before what is shared.
// The caller holds mu.
func (s *screen) compose() []byte {
	if s.mute {
		return nil
	}
	if len(s.words) > 0 {
		m := join(s.words)
		s.words = nil
		s.again = true
		return s.formed(m)
	}
	if s.last.code != 0 {
		return nil
	}
	var few [8]*message
	var room [96]byte
	parts, key := s.gather(few[:0], room[:0])
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return s.formed(parts[0])
	}
	return s.formed(s.hub.joined.frame(key, parts, s.hub.round.number.Load()))
}

// formed is a message as this screen wants it.
func (s *screen) formed(m *message) []byte {
	switch s.form {
	case packed:
		return m.small(&s.hub.press)
	case events:
		return m.told()
	}
	return m.frame
}

// gather collects what changed in the cockpits that it watches, and the beat;
// the key names all of it. The caller holds mu.
func (s *screen) gather(parts []*message, key []byte) ([]*message, []byte) {
	h := s.hub
	if h.ready.Load() {
		for _, c := range s.cursors {
			e := c.cockpit.newest.Load()
			if e == nil || !c.owed && c.seq == e.board.Seq() && c.epoch == e.epoch {
				continue
			}
			msg, from := e.message(c.epoch, c.seq)
			if from > 0 {
				h.met.lag.Observe(float64(e.board.Seq() - from))
			}
			c.epoch, c.seq, c.owed = e.epoch, e.board.Seq(), false
			parts = append(parts, msg)
			key = binary.AppendUvarint(binary.AppendUvarint(key, e.id), from)
		}
	}
	if b := h.beat.Load(); b != nil && b.n != s.beat {
		msg, at := h.pulse.message(b, h.cfg.Now().UnixMilli())
		s.beat = b.n
		parts = append(parts, msg)
		key = binary.AppendVarint(binary.AppendUvarint(key, 0), at)
	}
	return parts, key
}

// cursor finds the cursor of a cockpit; nil: not watched. The caller holds mu.
func (s *screen) cursor(c *cockpit) *cursor {
	for _, w := range s.cursors {
		if w.cockpit == c {
			return w
		}
	}
	return nil
}

// follow begins to watch a cockpit from a state; false: it watches too many
// already. Cursors stand in the cockpits' order, so that screens that watch the
// same ones share their frames, whatever came first.
func (s *screen) follow(c *cockpit, epoch string, seq uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.cursor(c)
	if w == nil {
		if len(s.cursors) >= s.hub.cfg.Subscriptions {
			return false
		}
		w = &cursor{screen: s, cockpit: c}
		at, _ := slices.BinarySearchFunc(s.cursors, c.index, func(w *cursor, index int) int { return w.cockpit.index - index })
		s.cursors = slices.Insert(s.cursors, at, w)
		s.hub.met.subscriptions.Inc()
		c.watch(w)
	}
	w.owed, w.epoch, w.seq = true, epoch, seq
	return true
}

// drop stops watching a cockpit.
func (s *screen) drop(c *cockpit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cursors = slices.DeleteFunc(s.cursors, func(w *cursor) bool {
		if w.cockpit != c {
			return false
		}
		c.leave(w)
		s.hub.met.subscriptions.Dec()
		return true
	})
}

// forget takes the screen off everything that it watched.
func (s *screen) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.cursors {
		w.cockpit.leave(w)
	}
	s.hub.met.subscriptions.Sub(float64(len(s.cursors)))
	s.cursors = nil
}
