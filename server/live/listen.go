package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// read takes the screen's ops until it ends.
func (s *screen) read() {
	defer close(s.gone)
	for {
		kind, text, err := s.conn.Read(context.Background())
		switch {
		case errors.Is(err, websocket.ErrMessageTooBig):
			s.end(closing{websocket.StatusMessageTooBig, "a message is over 64 KiB"})
		case err != nil:
			if s.left(err) {
				return
			}
			s.end(closing{websocket.StatusProtocolError, "not as RFC 6455 has it"})
		case kind != websocket.MessageText:
			s.fault(malformed, "binary messages are not understood", "")
		case !utf8.Valid(text):
			s.end(closing{websocket.StatusInvalidFramePayloadData, "text is not UTF-8"})
		default:
			s.take(text)
		}
		if s.ending() {
			<-s.done
			return
		}
		if !s.breathe() {
			return
		}
	}
}

// left tells whether a failed read means that the other side is no more.
func (s *screen) left(err error) bool {
	return websocket.CloseStatus(err) != -1 || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
		errors.As(err, new(net.Error))
}

func (s *screen) ending() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last.code != 0
}

// breathe waits until the next op may be read; false: the screen ended meanwhile.
func (s *screen) breathe() bool {
	wait := s.pace.Reserve().Delay()
	if wait == 0 {
		return true
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.done:
		return false
	}
}

// take does what one message asks for.
func (s *screen) take(text []byte) {
	o, c, detail := decode(text)
	switch {
	case c != "":
		about := ""
		if o.Cockpit != nil {
			about = *o.Cockpit
		}
		s.fault(c, detail, about)
	case *o.Op == unsubscribe:
		s.unsubscribe(*o.Cockpit)
	case *o.Op == subscribe:
		s.subscribe(&o)
	}
}

// echoed is how much of a cockpit's id an error repeats.
const echoed = 64

// faultsAMinute are answered; then the connection ends.
const faultsAMinute = 100

// fault tells the screen what can't be done.
func (s *screen) fault(c code, detail, cockpit string) {
	if len(cockpit) > echoed {
		cockpit = ""
	}
	s.hub.met.faults.WithLabelValues(string(c)).Inc()
	s.say(problem{Op: "error", Code: c, Detail: detail, Cockpit: cockpit})
	now := s.hub.cfg.Now().UnixMilli()
	if now-s.faultsSince >= time.Minute.Milliseconds() || now < s.faultsSince {
		s.faults, s.faultsSince = 0, now
	}
	if s.faults++; s.faults >= faultsAMinute {
		s.end(closing{websocket.StatusPolicyViolation, "too many errors"})
	}
}

// subscribe begins to watch a cockpit, or begins anew. It is answered once the
// hub is ready: by a delta when the screen names a state that can be resumed.
func (s *screen) subscribe(o *op) {
	c := s.hub.cockpits[*o.Cockpit]
	switch {
	case c == nil:
		s.fault(unknownCockpit, "there is no such cockpit", *o.Cockpit)
		return
	case !s.sees(c.id):
		s.fault(forbidden, "this cockpit is not for you", c.id)
		return
	}
	s.answered(c)
	s.mu.Lock()
	w := s.cursor(c)
	if w == nil {
		if len(s.cursors) >= s.hub.cfg.Subscriptions {
			s.mu.Unlock()
			s.fault(tooMany, fmt.Sprintf("%d cockpits are watched already", s.hub.cfg.Subscriptions), c.id)
			return
		}
		w = &cursor{screen: s, cockpit: c}
		s.cursors = append(s.cursors, w)
		s.hub.met.subscriptions.Inc()
		c.watch(w)
	}
	w.owed, w.epoch, w.seq = true, "", 0
	if o.Epoch != nil && o.Seq != nil {
		w.epoch, w.seq = *o.Epoch, *o.Seq
	}
	s.mu.Unlock()
	signal(s.wake)
}

// unsubscribe isn't answered.
func (s *screen) unsubscribe(cockpit string) {
	c := s.hub.cockpits[cockpit]
	if c == nil {
		return
	}
	s.answered(c)
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

// answered waits until an earlier subscribe to the cockpit has its answer, so
// that each gets one; a server that isn't ready answers the last one only.
func (s *screen) answered(c *cockpit) {
	for s.hub.ready.Load() && c.newest.Load() != nil {
		s.mu.Lock()
		w := s.cursor(c)
		owed := w != nil && w.owed
		s.mu.Unlock()
		if !owed {
			return
		}
		select {
		case <-s.told:
		case <-s.done:
			return
		}
	}
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
