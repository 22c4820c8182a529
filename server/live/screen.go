package live

import (
	"encoding/binary"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// screen is one socket: what it watches, and what it is still to be told.
type screen struct {
	hub     *Hub
	conn    *websocket.Conn
	raw     net.Conn // under conn: to write frames, and to cut
	sees    func(cockpit string) bool
	pace    *rate.Limiter // of its ops
	wake    chan struct{} // of 1: look
	told    chan struct{} // of 1: something was written
	gone    chan struct{} // closed when nothing more can be read
	done    chan struct{} // closed when nothing more will be written
	round   atomic.Uint64 // the round that waits for it; 0: none
	writing atomic.Int64  // Unix ns since when a frame is under way; 0: none
	severed atomic.Bool   // it was cut for not reading

	mu      sync.Mutex
	cursors []*cursor // guarded by mu, as all below
	words   []message // hello and problems that are to be sent
	beat    uint64    // the last beat that it has
	last    closing   // how it ends; code 0: not yet

	faults      int   // owned by the reader: problems since
	faultsSince int64 // owned by the reader: Unix ms

	parts []message // owned by the writer
	key   []byte    // owned by the writer
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

func (h *Hub) newScreen(conn *websocket.Conn, raw net.Conn, sees func(string) bool) *screen {
	conn.SetReadLimit(messageSize)
	s := &screen{
		hub: h, conn: conn, raw: raw, sees: sees,
		pace: rate.NewLimiter(opsASecond, opBurst),
		wake: make(chan struct{}, 1),
		told: make(chan struct{}, 1),
		gone: make(chan struct{}),
		done: make(chan struct{}),
	}
	if b := h.beat.Load(); b != nil {
		s.beat = b.n // that one was for others; the next is due within 2 s
	}
	return s
}

// say queues a message to this screen alone.
func (s *screen) say(msg any) {
	s.mu.Lock()
	s.words = append(s.words, encode(msg))
	s.mu.Unlock()
	signal(s.wake)
}

// end closes the screen once it was told what is due. The first word counts.
func (s *screen) end(c closing) {
	s.mu.Lock()
	if s.last.code == 0 {
		s.last = c
	}
	s.mu.Unlock()
	signal(s.wake)
}

// cut ends the connection at once; whoever reads or writes is woken.
func (s *screen) cut() { _ = s.raw.Close() }

// write sends what is due, one frame at a time, until the screen ends.
func (s *screen) write() {
	defer close(s.done)
	defer s.conn.CloseNow()
	for {
		frame, last := s.compose()
		if frame.text != nil {
			if !s.send(frame.frame) {
				return
			}
			continue
		}
		signal(s.told)
		s.hub.settle(s)
		if last.code != 0 {
			s.bid(last)
			return
		}
		select {
		case <-s.wake:
		case <-s.gone:
			return
		}
	}
}

func (s *screen) send(frame []byte) bool {
	s.writing.Store(time.Now().UnixNano())
	_, err := s.raw.Write(frame)
	s.writing.Store(0)
	if err != nil {
		return false
	}
	s.hub.met.sent(len(frame))
	return true
}

// bid says goodbye and waits a moment for the answer.
func (s *screen) bid(c closing) {
	cut := time.AfterFunc(goodbye, s.cut)
	defer cut.Stop()
	_ = s.conn.Close(c.code, c.reason)
}

// compose makes the frame that is due, and moves the cursors to what it says.
// Without one it says how the screen ends, if it does.
func (s *screen) compose() (frame message, last closing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := len(s.words) > 0
	s.parts, s.key = append(s.parts[:0], s.words...), s.key[:0]
	s.words = nil
	if s.last.code == 0 {
		s.gather()
	}
	switch {
	case len(s.parts) == 0:
		return message{}, s.last
	case own || len(s.parts) == 1:
		frame = join(s.parts)
	default:
		frame = s.hub.joined.frame(s.key, s.parts, s.hub.round.number.Load())
	}
	clear(s.parts) // the bytes are others' to free
	return frame, closing{}
}

// gather collects what changed in the cockpits that it watches, and the beat.
func (s *screen) gather() {
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
			s.parts = append(s.parts, msg)
			s.key = binary.AppendUvarint(binary.AppendUvarint(s.key, e.id), from)
		}
	}
	if b := h.beat.Load(); b != nil && b.n != s.beat {
		msg, at := h.pulse.message(b, h.cfg.Now().UnixMilli())
		s.beat = b.n
		s.parts = append(s.parts, msg)
		s.key = binary.AppendVarint(binary.AppendUvarint(s.key, 0), at)
	}
}
